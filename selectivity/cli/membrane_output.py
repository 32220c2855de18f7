"""What every ``selectivity membrane`` topic shares: output options, what they do, and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from selectivity.membrane.result import Result

QUIET_S = 2.0
"""A run that is done sooner says nothing of its progress."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write the table to this CSV file.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Write the figure: .png, .pdf or .svg.")]


def emit(result: Result, as_json: bool, csv: Path | None, plot: Path | None) -> None:
    """Write the files that were asked for, then print the result."""
    if csv is not None:
        result.to_csv(csv)
    if plot is not None:
        result.plot(plot)
    if as_json:
        typer.echo(result.to_json(), nl=False)
        return
    from selectivity.report.console import make_console
    from selectivity.report.words import ascii_text

    console = make_console()
    plain = not console.encoding.lower().startswith("utf")
    for line in result.lines():
        console.print(ascii_text(line) if plain else line, soft_wrap=True, highlight=False)
    for path in (csv, plot):
        if path is not None:
            console.print(f"written: {path}", soft_wrap=True, highlight=False)


def told(name: str) -> Callable[[float], None]:
    """Says on standard error how far ``name`` is, at every quarter of what takes seconds."""
    began, said = time.monotonic(), [0]

    def progress(share: float) -> None:
        quarter = int(4.0 * share + 1e-9)
        if quarter > said[0] and time.monotonic() - began > QUIET_S and quarter < 4:
            print(f"... {name}: {25 * quarter} %", file=sys.stderr, flush=True)
        said[0] = max(said[0], quarter)

    return progress
