"""The rules of the house, read off the sources: who imports whom, how large, how light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "selectivity"
ORDER = (
    "units",
    "errors",
    "records",
    "resources",
    "plotting",
    "forcefield",
    "geometry",
    "system",
    "engine",
    "sampling",
    "estimators",
    "permeation",
    "membrane",
    "cell",
    "storage",
    "config",
    "report",
    "validation",
    "api",
    "cli",
)
MAX_FILE = 400
MAX_FUNCTION = 60
MAX_KERNEL_PARAMETERS = 8
KERNELS = {"kernel", "inline", "pair_sum"}
HEAVY = ("numba", "scipy", "matplotlib", "mdtraj")

SOURCES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.Module) -> list[tuple[str, int]]:
    """Modules that a file imports, at its top or anywhere inside, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            if node.module == "selectivity":
                found += [(f"selectivity.{alias.name}", node.lineno) for alias in node.names]
            else:
                found.append((node.module or "", node.lineno))
    return found


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_every_room_has_its_place():
    rooms = {room_of(path) for path in SOURCES} - {"__init__", "_data"}
    assert rooms <= set(ORDER)
    assert {"engine", "sampling", "estimators", "permeation", "membrane"} <= rooms


def test_imports_go_downward():
    wrong = []
    for path, tree in TREES.items():
        room = room_of(path)
        if room == "__init__":
            continue
        for module, line in imports(tree):
            parts = module.split(".")
            if parts[0] != "selectivity" or parts[1:] in ([], ["__version__"]):
                continue
            if ORDER.index(parts[1]) > ORDER.index(room):
                wrong.append(f"{name_of(path)}:{line} imports {module}")
    assert not wrong


@pytest.mark.parametrize("room", ["permeation", "membrane", "cell"])
def test_libraries_work_without_a_simulation(room):
    """They import no room that runs one, nor the estimators' samples."""
    for path, tree in TREES.items():
        if room_of(path) == room:
            used = {module.split(".")[1] for module, _ in imports(tree) if "selectivity." in module}
            assert not used & {"engine", "sampling", "system", "storage", "config"}, name_of(path)


def test_numba_lives_in_the_engine():
    users = {
        room_of(path)
        for path, tree in TREES.items()
        if any(module.split(".")[0] == "numba" for module, _ in imports(tree))
    }
    assert users == {"engine"}


def test_no_file_is_too_long():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert not {name: n for name, n in lengths.items() if n > MAX_FILE}


def test_no_function_is_too_long():
    long = {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path, tree in TREES.items()
        for node in functions(tree)
        if node.end_lineno - node.lineno + 1 > MAX_FUNCTION
    }
    assert not long


def test_kernels_have_few_parameters():
    found = {}
    for path, tree in TREES.items():
        for node in functions(tree):
            decorators = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
            if decorators & KERNELS:
                found[f"{name_of(path)}:{node.name}"] = len(node.args.args)
    assert len(found) > 20
    assert not {name: n for name, n in found.items() if n > MAX_KERNEL_PARAMETERS}


def test_public_functions_say_what_they_do():
    silent = []
    for path, tree in TREES.items():
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        for node in list(public):
            if isinstance(node, ast.ClassDef):
                public += [
                    member
                    for member in node.body
                    if isinstance(member, ast.FunctionDef) and not member.name.startswith("_")
                ]
        silent += [f"{name_of(path)}:{node.name}" for node in public if not ast.get_docstring(node)]
        if path.stat().st_size and not ast.get_docstring(tree):
            silent.append(f"{name_of(path)}: no docstring of the module")
    assert not silent


def test_no_module_is_a_placeholder():
    """No room introduces itself with a note to its author, no function stands empty."""
    marks = ("TODO", "FIXME", "XXX", "NotImplementedError")
    found = [name_of(p) for p in SOURCES if any(mark in p.read_text() for mark in marks)]
    assert not found


def test_command_line_loads_nothing_heavy():
    code = f"""
import sys
import selectivity.cli.main
print(sorted({{name.split(".")[0] for name in sys.modules}} & set({HEAVY!r})))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_analysis_goes_through_the_api():
    """Scripts of analysis/ import selectivity.api and the libraries of membrane and cell alone."""
    for path in sorted((PACKAGE.parent / "analysis").glob("*.py")):
        for module, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
            if module.split(".")[0] == "selectivity":
                open_to_all = module == "selectivity.membrane" or module.startswith(
                    ("selectivity.api", "selectivity.cell")
                )
                assert open_to_all, f"{path.name}:{line}: {module}"


def test_test_files_have_names_of_their_own():
    """Folders without ``__init__.py`` share one name space: two files of one name stop pytest."""
    tests = Path(__file__).resolve().parents[1]
    loose = [p for p in tests.rglob("*.py") if not (p.parent / "__init__.py").exists()]
    names = [path.name for path in loose if path.name != "conftest.py"]
    assert sorted(set(names)) == sorted(names)
