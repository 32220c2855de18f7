"""Reads a run file: one call from a path to a :class:`RunFile`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selectivity.config.document import Document, parse
from selectivity.config.resolve import resolve
from selectivity.config.run_file import RunFile
from selectivity.config.source import read, set_override
from selectivity.errors import Problem, RunFileError


def load(path: str | Path, overrides: Sequence[str] = ()) -> RunFile:
    """Read, override and resolve the run file at ``path``.

    Parameters
    ----------
    path : path
        YAML 1.2, UTF-8; relative paths of structures in it count from its folder.
    overrides : sequence of str
        ``key=value`` texts as of ``--set``, applied in order.

    Raises
    ------
    RunFileError
        Every problem at once, each as file:line:column.
    """
    return resolve(_overridden(read(path), overrides))


def load_text(
    text: str, name: str = "run.yaml", folder: str | Path = ".", overrides: Sequence[str] = ()
) -> RunFile:
    """The run file of a text; ``name`` is what messages call it. Raises as :func:`load`."""
    return resolve(_overridden(parse(text, name, Path(folder).absolute()), overrides))


def _overridden(document: Document, overrides: Sequence[str]) -> Document:
    problems: list[Problem] = []
    for text in overrides:
        try:
            document = set_override(document, text)
        except RunFileError as error:
            problems.extend(error.problems)
    if problems:
        raise RunFileError([*document.problems, *problems])
    return document
