"""Finds the shipped folders: structures/, runs/ and analysis/.

In a checkout or an editable install they lie beside the package; in a wheel, under
``selectivity/_data``.
"""

from __future__ import annotations

from pathlib import Path

from selectivity.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def folder(kind: str) -> Path:
    """Path of the shipped folder ``kind``: ``structures``, ``runs`` or ``analysis``.

    Raises
    ------
    InputError
        If the installation does not hold it.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        path = base / kind
        if path.is_dir():
            return path
    raise InputError(kind, str(_PACKAGE), "the installation lacks this folder", "reinstall")


def names(kind: str, suffix: str) -> list[str]:
    """Sorted stems of the shipped files of ``kind`` that end in ``suffix`` (with the dot)."""
    return sorted(path.stem for path in folder(kind).glob(f"*{suffix}"))


def shipped(kind: str, name: str, suffix: str) -> Path | None:
    """Path of the shipped file ``name`` (with or without ``suffix``), or None."""
    stem = name[: -len(suffix)] if name.endswith(suffix) else name
    path = folder(kind) / f"{stem}{suffix}"
    try:
        return path if path.is_file() and path.parent == folder(kind) else None
    except OSError:  # too long for a name of a file
        return None
