"""What decides a stored result: a digest of the code that made it.

Of every module that is imported, directly or not, the syntax tree without docstrings enters: a
change of wording or of layout leaves stored results as they are. Parameter files and structures
enter as they stand. Samples of a run file rest on less: on what the kernels are given, and on the
code that moves it (:func:`run_digest`).
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from selectivity import resources

PACKAGE = Path(__file__).resolve().parents[1]
FRAME = frozenset(f"selectivity.validation.{name}" for name in ("records", "context"))
"""Modules that sections import and that decide no number."""
OUTSIDE = ("plotting", "report", "membrane")
"""Rooms that decide no number of a section: figures, words, and what a ratio does to a cell."""
SAMPLERS = ("engine", "sampling", "system/placement", "system/filter_build", "system/open_file")
"""Code that draws starts and samples; what it is given is seen in the packed systems."""


@cache
def code_digest(module: str) -> str:
    """SHA-256 of the code that ``module`` (a dotted name) rests on within this package."""
    digest = hashlib.sha256()
    for path in sorted(closure(module)):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(_code(path))
    for path in _data_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def run_digest(path: Path, changes: tuple[str, ...]) -> str:
    """SHA-256 of what decides the samples of a run file with ``key=value`` changes.

    The resolved file, every array that the kernels are given, and the code of ``SAMPLERS``: a
    parameter that the run does not use leaves its samples as they are.

    Raises
    ------
    RunFileError
    """
    from selectivity.config.load import load
    from selectivity.engine.pack import pack_model
    from selectivity.system.build import build_topology

    run = load(path, changes)
    digest = hashlib.sha256(run.digest().encode())
    for spec in run.systems:
        plan = run.plans[spec.name]
        model = pack_model(build_topology(spec, plan.states_per_gap), plan.precision)
        for name, value in model._asdict().items():
            array = np.asarray(value)
            digest.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    for module in sorted(closure("selectivity.sampling.campaign")):
        place = module.relative_to(PACKAGE).as_posix()
        if place.startswith(SAMPLERS):
            digest.update(place.encode() + _code(module))
    return digest.hexdigest()


def closure(module: str) -> set[Path]:
    """Files of all modules of this package that ``module`` imports, and those that they import."""
    seen: set[str] = set()
    todo = [module]
    files = set()
    while todo:
        name = todo.pop()
        path = _file(name)
        if name in seen or name in FRAME or path is None or _room(name) in OUTSIDE:
            continue
        seen.add(name)
        files.add(path)
        todo.extend(_imports(path))
    return files


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def file_digest(paths: Iterable[Path]) -> str:
    """SHA-256 of the contents of files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _file(module: str) -> Path | None:
    """Source of a module of this package; None for anything else."""
    if module.split(".")[0] != PACKAGE.name:
        return None
    path = PACKAGE.joinpath(*module.split(".")[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file() and candidate != PACKAGE / "__init__.py":
            return candidate
    return None


@cache
def _imports(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _code(path: Path) -> bytes:
    """The syntax tree without docstrings and places, as text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree).encode()


@cache
def _data_files() -> tuple[Path, ...]:
    parameters = sorted((PACKAGE / "forcefield" / "parameters").glob("*.toml"))
    return (*parameters, *sorted(resources.folder("structures").glob("*.toml")))
