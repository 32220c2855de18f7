"""``selectivity scan``: a run file over one or two axes of values, to a curve or a map."""

from __future__ import annotations

import shlex
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.files import Set
from selectivity.cli.results import print_json
from selectivity.cli.run import stop_on_signals
from selectivity.errors import InterruptedRunError, NotConvergedError

if TYPE_CHECKING:
    from selectivity.api.running import Watcher


def scan(
    file: Annotated[Path, typer.Argument(help="Scan file, or the name of a shipped one.")],
    out: Annotated[Path | None, typer.Option(help="Folder; NAME.scan without it.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="How many, for all cells together; all cores without it.")
    ] = None,
    executor: Annotated[str, typer.Option(help="threads or serial.")] = "threads",
    set_: Set = None,
    max_hours: Annotated[
        float | None, typer.Option(help="Stop, resumable, with the first blocks that end later.")
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="After a stop, give up unfinished blocks after this."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the map as JSON.")] = False,
) -> None:
    """Map a run file over one or two of its values.

    The cost is told first. Cells go side by side; a stopped or killed scan is continued by the same
    command. The folder holds scan.csv, scan.json, map.png, map.svg and map.pdf.
    Exit code 3: a cell failed or did not converge.
    """
    from selectivity import api
    from selectivity.api.running import Options

    options = Options(workers, executor, None, max_hours, grace)
    stop, leave = threading.Event(), threading.Event()
    with stop_on_signals(stop, leave), _meter(leave) as watcher:
        try:
            found = api.scan(file, out, set_ or (), options, watcher, stop)
        except InterruptedRunError as error:
            again = shlex.join(["selectivity", *sys.argv[1:]])
            raise InterruptedRunError(f"{error}:\n  {again}") from None
    if as_json:
        print_json(found.as_dict())
    else:
        from selectivity.report.scan_page import print_scan

        print_scan(found.as_dict(), found.folder)
    if not found.converged:
        raise typer.Exit(NotConvergedError.exit_code)


@contextmanager
def _meter(leave: threading.Event) -> Iterator[Watcher]:
    """Progress with the time left on standard error: a bar on a terminal, lines elsewhere."""
    from selectivity.api.running import Watcher

    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("scanning"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %, left"),
            TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("scanning", total=1.0)
            say = partial(console.print, markup=False, highlight=False)
            yield Watcher(lambda share: bar.advance(task, share), say, leave)
        return
    yield _lines(leave)


def _lines(leave: threading.Event) -> Watcher:
    """A line on standard error at every tenth, with the time that is left."""
    from selectivity.api.running import Watcher
    from selectivity.units import duration

    lock, began = threading.Lock(), time.monotonic()
    first, done, last = [-1.0], [0.0], [0]

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def progress(share: float) -> None:
        with lock:
            done[0] = min(1.0, done[0] + share)
            if first[0] < 0.0:  # what was there before
                first[0] = done[0]
            tenth = int(10.0 * done[0] + 1e-9)
            if tenth <= last[0] or done[0] <= first[0]:
                return
            last[0] = tenth
            left = (time.monotonic() - began) * (1.0 - done[0]) / (done[0] - first[0])
            say(f"{10 * tenth} % done" + (f", about {duration(left)} left" if tenth < 10 else ""))

    return Watcher(progress, say, leave)
