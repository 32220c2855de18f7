"""Prints the pages of ``ratio`` and ``analyse``: colour on a terminal, plain ASCII in a pipe."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from selectivity.report import words
from selectivity.report.analysis_page import analysis_parts, not_converged
from selectivity.report.closing import NOT_CONVERGED, WRONG_ORDER, ordered, print_closing
from selectivity.report.layout import Say, alarm, as_is, bullets, line, written
from selectivity.report.membrane_page import membrane_parts
from selectivity.report.ratio_page import ratio_parts

if TYPE_CHECKING:
    from rich.console import Console

Record = Mapping[str, Any]
WIDEST = 100  # columns; longer lines are hard to read
ORDER_MEANS = "the ratio stands, but what it is a ratio of does not select as KcsA does"


def make_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console without markup for ``file`` (standard output without one), at most 100 wide."""
    from rich.console import Console

    console = Console(file=file, markup=False, highlight=False, emoji=False)
    console.width = width or min(console.width, WIDEST)
    return console


def print_ratio(
    record: Record,
    folder: str | Path | None = None,
    console: Console | None = None,
    ascii_only: bool | None = None,
) -> None:
    """Print the page of a permeability ratio; it ends with the headline and V_rest.

    Parameters
    ----------
    record : mapping
        ``RatioReport.as_dict()``, or the same read back from ``results/ratio.json``.
    folder : path, optional
        Run folder: the page then says where its results lie.
    console : rich.console.Console, optional
    ascii_only : bool, optional
        Without it, ASCII where the output is no terminal or its encoding is not UTF.
    """
    console = console or make_console()
    say = voice(console, ascii_only)
    for part in (*ratio_parts(record, say), *membrane_parts(record.get("membrane"), say)):
        console.print(part)
    _where(console, say, folder)
    if not record["converged"]:
        reasons = record.get("reasons") or record.get("warnings") or ()
        console.print(alarm(say, NOT_CONVERGED, reasons))
    if not ordered(record):
        means = [ORDER_MEANS] if record["converged"] else []
        console.print(alarm(say, WRONG_ORDER, [record["order"]["text"], *means]))
    console.print(bullets(say, words.dependence(record)))
    console.print()
    print_closing(record, folder, console, say)


def print_analysis(
    record: Record,
    folder: str | Path | None = None,
    console: Console | None = None,
    ascii_only: bool | None = None,
    details: bool = True,
) -> None:
    """Print the legs and the diagnostics of all systems.

    Parameters
    ----------
    record : mapping
        ``Analysis.as_dict()``, or the same read back from ``results/analysis.json``.
    folder, console, ascii_only
        As for :func:`print_ratio`.
    details : bool
        Adds acceptance, refusals and CPU time of every system.
    """
    console = console or make_console()
    say = voice(console, ascii_only)
    for part in analysis_parts(record, say, details):
        console.print(part)
    _where(console, say, folder)
    if not record["converged"]:
        console.print(alarm(say, NOT_CONVERGED, not_converged(record)))


def ratio_text(record: Record, width: int = 80, ascii_only: bool = True) -> str:
    """The page of :func:`print_ratio` as plain text."""
    file = io.StringIO()
    print_ratio(record, None, make_console(file, width), ascii_only)
    return _stripped(file)


def analysis_text(record: Record, width: int = 80, ascii_only: bool = True) -> str:
    """The page of :func:`print_analysis` as plain text."""
    file = io.StringIO()
    print_analysis(record, None, make_console(file, width), ascii_only)
    return _stripped(file)


def _stripped(file: io.StringIO) -> str:
    return "\n".join(row.rstrip() for row in file.getvalue().splitlines()) + "\n"


def voice(console: Console, ascii_only: bool | None = None) -> Say:
    """How the console says things: in ASCII where it is no terminal or its encoding is not UTF."""
    if ascii_only is None:
        ascii_only = not (console.is_terminal and console.encoding.lower().startswith("utf"))
    return words.ascii_text if ascii_only else as_is


def _where(console: Console, say: Say, folder: str | Path | None) -> None:
    """An empty line, or where the results lie, unfolded so that a click or a copy finds it."""
    console.print()
    if folder is not None:
        path = written(console, str(Path(folder) / "results"))
        console.print(line(as_is, f"results: {path}"), soft_wrap=True)
        console.print()
