"""Run files: copy a shipped one, check any."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Sequence
from pathlib import Path

from selectivity import resources
from selectivity.config.check import Description, describe
from selectivity.config.document import nearest
from selectivity.config.load import load
from selectivity.errors import InputError
from selectivity.storage.folder import RESOLVED


def find_run_file(name: str | Path) -> Path:
    """The run file at a path or, where there is none, the shipped one of that name.

    ``runs/quickstart.yaml`` and ``quickstart`` both find the shipped file from anywhere.

    Raises
    ------
    InputError
        Neither exists, or it is the folder of a run.
    """
    path = Path(name)
    if (path / RESOLVED).is_file():
        remedy = f"to continue it, give its run file again: selectivity run FILE --out {name}"
        raise InputError("run file", str(name), "is the folder of a run, not its run file", remedy)
    if path.exists():
        return path
    named = path.parent == Path() or path.parent == Path("runs")
    found = resources.shipped("runs", path.name, ".yaml") if named else None
    if found is not None:
        return found
    raise InputError("run file", str(name), _nowhere(path), _like(path, named))


def _nowhere(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    return f"there is no such file in {folder}" + (
        "" if path.parent != Path() else ", and no shipped one of that name"
    )


def _like(path: Path, named: bool) -> str:
    """The same file near by, or one of a name like it: there or, by its name alone, shipped."""
    here, near = [], []
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        here = sorted(path.parent.glob("*.y*ml"))
        places = [Path(".."), *sorted(p for p in Path().iterdir() if p.is_dir())]
        near = [place / path.name for place in places if (place / path.name).is_file()]
    shipped = resources.names("runs", ".yaml") if named else []
    stems = {name: Path(name) for name in shipped} | {p.stem: p for p in here}
    near += [stems[stem] for stem in difflib.get_close_matches(path.stem, stems, 1, 0.8)]
    if near:
        return f'did you mean "{near[0]}"?'
    listed = f"run files there: {', '.join(p.name for p in here[:9])}; " if here else ""
    return f"{listed}shipped: {', '.join(resources.names('runs', '.yaml'))}"


def new(name: str, destination: str | Path | None = None) -> Path:
    """Copy the shipped run file ``name`` to ``destination``, the working folder by default.

    Raises
    ------
    InputError
        No such run file, or something stands at the destination already.
    """
    source = resources.shipped("runs", name, ".yaml")
    if source is None:
        shipped = resources.names("runs", ".yaml")
        raise InputError("NAME", name, "is no shipped run file", nearest(name, shipped, "shipped"))
    target = Path(destination) if destination is not None else Path(source.name)
    if target.is_dir():
        target = target / source.name
    if target.exists():
        raise InputError(str(target), "exists", "is a new file", "choose another place")
    if not target.parent.is_dir():
        raise InputError(str(target.parent), "no such folder", "is a folder", "make it first")
    target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return target


def check(path: str | Path, overrides: Sequence[str] = ()) -> Description:
    """Resolve a run file and tell what it costs; nothing is started.

    Raises
    ------
    RunFileError
        Every problem of the file at once.
    """
    return describe(load(find_run_file(path), overrides))
