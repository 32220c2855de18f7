"""Run files: copy a shipped one, check any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selectivity import resources
from selectivity.config.check import Description, describe
from selectivity.config.load import load
from selectivity.errors import InputError


def find_run_file(name: str | Path) -> Path:
    """The run file at a path or, where there is none, the shipped one of that name.

    ``runs/quickstart.yaml`` and ``quickstart`` both find the shipped file from anywhere.

    Raises
    ------
    InputError
        Neither exists.
    """
    path = Path(name)
    if path.exists():
        return path
    named = path.parent == Path() or path.parent == Path("runs")
    found = resources.shipped("runs", path.name, ".yaml") if named else None
    if found is not None:
        return found
    shipped = ", ".join(resources.names("runs", ".yaml"))
    raise InputError(str(name), "no such file", "is a run file", f"shipped: {shipped}")


def new(name: str, destination: str | Path | None = None) -> Path:
    """Copy the shipped run file ``name`` to ``destination``, the working folder by default.

    Raises
    ------
    InputError
        No such run file, or something stands at the destination already.
    """
    source = resources.shipped("runs", name, ".yaml")
    if source is None:
        shipped = ", ".join(resources.names("runs", ".yaml"))
        raise InputError("NAME", name, "is a shipped run file", f"shipped: {shipped}")
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
