"""Scan files: a run file, or the name of one, with one or two axes of values; one run per cell.

Beside ``axes:`` a scan file holds ``base:`` (a run file whose keys it takes over, its own keys laid
upon them), ``system:`` (which one is mapped) and any key of a run file. Every cell is the run file
with the values of the cell in it, reduced to the mapped system and its droplet.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selectivity import resources
from selectivity.config.document import (
    Document,
    Node,
    children,
    named,
    nearest,
    plain,
    problem_at,
    shown,
)
from selectivity.config.resolve import resolve
from selectivity.config.run_file import RunFile
from selectivity.config.scan_axis import Axis, read_axes
from selectivity.config.source import read, set_override, with_value
from selectivity.errors import Problem, RunFileError
from selectivity.system.spec import FilterSpec

OWN = ("axes", "base", "system")
"""Keys of a scan file that are none of a run file."""
LEFT_OUT = ("headline", "membrane")
"""Keys of a run file that a cell has no use for."""
MOST_CELLS = 2_500


@dataclass(frozen=True)
class Cell:
    """One cell of a scan.

    Attributes
    ----------
    index : tuple of int
        Along the axes.
    changes : tuple of str
        ``key=value`` of every key that the axes change; they set the cell's folder and its seed.
    run_file : RunFile
        The mapped system and its droplet of water.
    """

    index: tuple[int, ...]
    changes: tuple[str, ...]
    run_file: RunFile


@dataclass(frozen=True)
class ScanFile:
    """A resolved scan; ``cells`` run over the last axis first."""

    title: str
    source: str
    text: str
    system: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]


def load_scan(path: str | Path, overrides: Sequence[str] = ()) -> ScanFile:
    """Read the scan file at ``path`` and resolve every cell of it.

    Parameters
    ----------
    path : path
    overrides : sequence of str
        ``key=value`` texts that change the run file under the axes.

    Raises
    ------
    RunFileError
        Every problem at once, each as file:line:column; what an axis's value does wrong is told
        where the scan file gives it.
    """
    document = read(path)
    problems = list(document.problems)
    axes = read_axes(children(document.root).get("axes"), document.root, problems)
    system_node = children(document.root).get("system")
    under = _under(document, problems)
    taken = {key for axis in axes for key in axis.keys}
    for text in overrides:
        key = text.partition("=")[0].strip()
        if key in taken:
            message, remedy = f"{key} is an axis of the scan", "change the axis in the scan file"
            problems.append(Problem(f"--set {named(text)}", 1, 1, "override", message, remedy))
            continue
        try:
            under = set_override(under, text)
        except RunFileError as error:
            problems.extend(error.problems)
    system = _system(under.root, system_node, document, problems)
    number = 1
    for axis in axes:
        number *= len(axis.values)
    if number > MOST_CELLS:
        message = f"{number} cells, more than {MOST_CELLS}"
        problems.append(problem_at(document.root, ("axes",), message, "take fewer values"))
    if problems or system is None:
        raise RunFileError(_once(problems))
    cells = _cells(under, system, axes, system_node, problems)
    if problems:
        raise RunFileError(_once(problems))
    title = _text(under.root, "title") or Path(document.file).stem
    return ScanFile(title, document.file, document.text, system, tuple(axes), tuple(cells))


def cell_seed(seed: int, changes: Sequence[str]) -> int:
    """Seed of a cell's mapped system: 63 bits of the SHA-256 of the run file's and the changes.

    It depends on the values of the cell alone, not on its place: a scan with more values keeps its
    cells. The droplet keeps the run file's own seed.
    """
    text = json.dumps([seed, *sorted(changes)], ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _under(document: Document, problems: list[Problem]) -> Document:
    """The run file under the axes: the scan file's own keys over those of its base."""
    keys = children(document.root)
    own = {key: child for key, child in keys.items() if key not in OWN}
    root, folder = replace(document.root, value=own), document.folder
    if "base" in keys:
        try:
            base = read(_base(keys["base"], document))
        except RunFileError as error:
            problems.extend(error.problems)
        else:
            problems.extend(base.problems)
            if "axes" in children(base.root):
                message = f"{shown(plain(keys['base']))}: is a scan file itself"
                problems.append(problem_at(keys["base"], (), message, "name a run file"))
            root, folder = _laid_over(base.root, root), base.folder
    return replace(document, root=root, folder=folder, problems=())


def _base(node: Node, document: Document) -> Path:
    if not isinstance(node.value, str) or not node.value.strip():
        message = f"{shown(plain(node))}: must name a run file"
        found = problem_at(node, (), message, "a path, or a shipped one: noskov_cage")
        raise RunFileError([found])
    text = node.value.strip()
    beside = document.folder / text
    if beside.is_file():
        return beside
    shipped = resources.shipped("runs", text, ".yaml")
    if shipped is None:
        message = f"{shown(text)}: is neither a file beside this one nor a shipped run file"
        remedy = nearest(text, resources.names("runs", ".yaml"), "shipped")
        raise RunFileError([problem_at(node, (), message, remedy)])
    return shipped


def _laid_over(base: Node, own: Node) -> Node:
    """``own`` upon ``base``: mappings key by key, anything else as a whole."""
    if not isinstance(base.value, dict) or not isinstance(own.value, dict):
        return own
    value = dict(base.value)
    for key, child in own.value.items():
        value[key] = _laid_over(value[key], child) if key in value else child
    return replace(own, value=value)


def _system(
    root: Node, node: Node | None, document: Document, problems: list[Problem]
) -> str | None:
    """The system that is mapped: as stated, else the headline, else the first with a reference."""
    systems = children(children(root)["systems"]) if "systems" in children(root) else {}
    if node is not None:
        if isinstance(node.value, str) and node.value in systems:
            return node.value
        message = f"{shown(plain(node))}: the run file declares no such system"
        remedy = nearest(str(plain(node)), systems, "its systems")
        problems.append(problem_at(node, (), message, remedy))
        return None
    headline = _text(root, "headline")
    if headline in systems:
        return headline
    found = next((name for name in systems if "reference" in children(systems[name])), None)
    if found is None and not problems:
        message = "no system has a reference, so there is no ΔΔG to map"
        remedy = "give the cage or filter a reference: its droplet of water"
        problems.append(problem_at(document.root, ("systems",), message, remedy))
    return found


def _cells(
    under: Document,
    system: str,
    axes: list[Axis],
    system_node: Node | None,
    problems: list[Problem],
) -> list[Cell]:
    cells = []
    where = system_node or axes[0].key_nodes[0]
    for index in itertools.product(*(range(len(axis.values)) for axis in axes)):
        changes = tuple(
            f"{key}={a.texts[i]}" for a, i in zip(axes, index, strict=True) for key in a.keys
        )
        try:
            root = under.root
            for axis, i in zip(axes, index, strict=True):
                for key, key_node in zip(axis.keys, axis.key_nodes, strict=True):
                    root = with_value(root, key, axis.values[i], key_node.mark)
            run_file = _run_file(replace(under, root=root), system, changes, where)
            cells.append(Cell(index, changes, run_file))
        except RunFileError as error:
            problems.extend(_of_cell(problem, changes, under.file) for problem in error.problems)
    return cells


def _of_cell(problem: Problem, changes: Sequence[str], file: str) -> Problem:
    """The problem; one that stands in the base says for which cell it arises."""
    if problem.file == file:
        return problem
    return replace(problem, message=f"{problem.message} (with {', '.join(changes)})")


def _run_file(document: Document, system: str, changes: tuple[str, ...], where: Node) -> RunFile:
    root = _reduced(document.root, system)
    found = resolve(replace(document, root=root, overrides=()))
    if [spec.name for spec in found.systems if spec.name == system] != [system]:
        remedy = "give one value there: lists of a run file are none of the axes"
        message = f"{system} is a list of systems in the run file"
        raise RunFileError([problem_at(where, (), message, remedy)])
    droplet = found.references.get(system)
    if droplet is None:
        message = f"{system} has no reference, so there is no ΔΔG to map"
        raise RunFileError([problem_at(where, (), message, "name its droplet of water")])
    plan = found.plans[system]
    seed = cell_seed(plan.seed, changes)
    return replace(
        found,
        title=f"{found.title}: {', '.join(changes)}",
        text=_yaml(root, system, seed, found),
        systems=tuple(spec for spec in found.systems if spec.name in (system, droplet)),
        plans={system: replace(plan, seed=seed), droplet: found.plans[droplet]},
    )


def _reduced(root: Node, system: str) -> Node:
    """The run file with the mapped system and the one that it refers to alone."""
    kept = {key: child for key, child in children(root).items() if key not in LEFT_OUT}
    systems = kept.get("systems")
    if systems is None or system not in children(systems):
        return replace(root, value=kept)
    reference = _text(children(systems)[system], "reference")
    named = {n: child for n, child in children(systems).items() if n in (system, reference)}
    return replace(root, value={**kept, "systems": replace(systems, value=named)})


def _yaml(root: Node, system: str, seed: int, found: RunFile) -> str:
    """A run file of the cell alone: ``selectivity run`` with it gives the cell's samples."""
    from ruamel.yaml import YAML

    data: dict[str, Any] = plain(root)
    keys = data["systems"][system]
    keys["sampling"] = {**keys.get("sampling", {}), "seed": seed}
    spec = found.system(system)
    if isinstance(spec, FilterSpec):
        keys["structure"] = spec.structure
    stream = io.StringIO()
    YAML().dump(data, stream)
    return stream.getvalue()


def _text(node: Node, key: str) -> str | None:
    child = children(node).get(key)
    return child.value if child is not None and isinstance(child.value, str) else None


def _once(problems: list[Problem]) -> list[Problem]:
    """Problems by file and line, each place once: the cells of a row share their faults."""
    unique: dict[tuple[str, int, int, str], Problem] = {}
    for p in problems:
        unique.setdefault((p.file, p.line, p.column, p.message.partition(" (with ")[0]), p)
    return sorted(unique.values(), key=lambda p: (p.file, p.line, p.column))
