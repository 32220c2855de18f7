"""``selectivity validate``: the numbers outside the program that it is held against."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.run import stop_on_signals
from selectivity.errors import InputError, NotConvergedError, StoppedError
from selectivity.units import duration

if TYPE_CHECKING:
    from selectivity.report.layout import Say
    from selectivity.validation.campaign import Listener
    from selectivity.validation.records import Outcome, Section, Stage, Tier
    from selectivity.validation.table import Report

LONG = 20.0
"""CPU seconds of a stage that tells how far it is."""
STYLES = {"pass": "green", "fail": "bold red", "reported": "", "not run": "dim"}


def validate(
    quick: Annotated[bool, typer.Option("--quick", help="What takes minutes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="What takes longest as well.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Rows whose id holds it; * and ? stand for any."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder with crystal and reference files.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of results.")] = Path("validation"),
    workers: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
    seed: Annotated[int, typer.Option(help="Root of all random streams.")] = 2026,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Compute published and exact numbers again; show which agree.

    Three tiers: --quick takes some four minutes of CPU time, no option fifty, --full 130;
    what is left to do is told first. Finished rows are kept and not computed again; a stopped
    command is continued by the same one.
    Exit code 3: a row fails.
    """
    if quick and full:
        raise InputError("--quick", "--full", "is one of the two, or neither", "leave one out")
    tier: Tier = "quick" if quick else "full" if full else "default"
    from selectivity import api
    from selectivity.api.running import Options

    stop = threading.Event()
    with stop_on_signals(stop):
        listener = _quiet() if as_json else _printer()
        report = api.validate(
            out, tier, only or (), data, seed, Options(workers=workers), listener, stop
        )
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _close(report, out)
    if report.stopped:
        again = shlex.join(["selectivity", *sys.argv[1:]])
        raise StoppedError(f"stopped; finished rows are stored, and it is continued by\n  {again}")
    if report.failed:
        raise typer.Exit(NotConvergedError.exit_code)


def _printer() -> Listener:
    """Rows on standard output as they come, what is worked at on standard error."""
    from selectivity.report.console import make_console
    from selectivity.validation.campaign import Listener
    from selectivity.validation.table import head_line, row_lines, section_lines

    console = make_console()
    say = _voice(console.is_terminal and console.encoding.lower().startswith("utf"))
    current: list[Section] = []

    def plan(rows: int, seconds: float) -> None:
        typer.echo(f"{rows} rows to compute, about {duration(seconds)} of CPU time in all")
        typer.echo(head_line())

    def section(found: Section) -> None:
        current[:] = [found]
        for i, text in enumerate(section_lines(found, say)):
            console.print(text, style="bold" if i == 1 else "", soft_wrap=True)

    def row(outcome: Outcome) -> None:
        for i, text in enumerate(row_lines(outcome, current[0], say)):
            style = STYLES[outcome.verdict] if i == 0 else "dim"
            console.print(text, style=style, soft_wrap=True)

    stage, progress = _stages()
    return Listener(plan, section, stage, progress, row)


def _quiet() -> Listener:
    """What is worked at on standard error, nothing on standard output."""
    from selectivity.validation.campaign import Listener

    stage, progress = _stages()
    return Listener(stage=stage, progress=progress)


def _stages() -> tuple[Callable[[Stage, float], None], Callable[[float], None]]:
    """Announces every stage with what it costs, and how far a long one is at every quarter."""
    lock, name, done, long = threading.Lock(), [""], [0.0], [False]

    def stage(found: Stage, seconds: float) -> None:
        name[0], done[0], long[0] = found.title, 0.0, seconds >= LONG
        _tell(f"... {found.title}: about {duration(seconds)} of CPU time")

    def progress(share: float) -> None:
        with lock:
            before, done[0] = done[0], done[0] + share
            quarter = int(4.0 * done[0] + 1e-9)
            if long[0] and int(4.0 * before + 1e-9) < quarter < 4:
                _tell(f"... {name[0]}: {25 * quarter} %")

    return stage, progress


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _voice(unicode_terminal: bool) -> Say:
    from selectivity.report.layout import as_is
    from selectivity.report.words import ascii_text

    return as_is if unicode_terminal else ascii_text


def _close(report: Report, out: Path) -> None:
    from selectivity.validation.summary import closing_lines

    for text in closing_lines(report):
        typer.echo(text)
    typer.echo(f"results: {out / 'index.html'}, results.md, results.json, results.csv")
