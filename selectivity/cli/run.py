"""``selectivity run``: sample, then analyse, then the ratio; the same command continues."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from selectivity.cli.files import RunFile, Set
from selectivity.cli.progress import display
from selectivity.cli.results import finish
from selectivity.errors import InputError, InterruptedRunError


def run(
    file: RunFile,
    out: Annotated[Path | None, typer.Option(help="Run folder; NAME.run without it.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many; all cores without it.")] = None,
    executor: Annotated[
        str,
        typer.Option(help="serial, threads, processes, dask, dask:tcp://HOST:PORT or mpi."),
    ] = "threads",
    set_: Set = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="replica=r", help="Run these replicas only.")
    ] = None,
    max_hours: Annotated[
        float | None, typer.Option(help="Stop, resumable, with the first blocks that end later.")
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="After a stop, give up unfinished blocks after this."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ratio as JSON.")] = False,
) -> None:
    """Run a run file, or continue it, and end with its numbers."""
    from selectivity import api
    from selectivity.api.running import Options, Watcher

    options = Options(workers, executor, _replicas(only), max_hours, grace)
    stop, leave, shown = threading.Event(), threading.Event(), display()
    with stop_on_signals(stop, leave, shown.warn), shown.shown():
        watcher = Watcher(notice=shown.say, leave=leave, status=shown.status)
        try:
            folder = api.run(file, out, set_ or (), options, watcher, stop)
        except InterruptedRunError as error:
            again = shlex.join(["selectivity", *sys.argv[1:]])
            raise InterruptedRunError(f"{error}:\n  {again}") from None
    finish(folder, as_json, shown)


def _replicas(only: list[str] | None) -> tuple[int, ...] | None:
    if not only:
        return None
    found = []
    for text in only:
        key, _, value = text.partition("=")
        if key != "replica" or not value.isdigit():
            raise InputError("--only", text, "has the form replica=r", "for example replica=0")
        found.append(int(value))
    return tuple(sorted(set(found)))


@contextmanager
def stop_on_signals(
    stop: threading.Event,
    leave: threading.Event | None = None,
    tell: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGUSR1 ask for a stop, a second one of them to ``leave`` at once.

    What happens is handed to ``tell``, or written to standard error. A third SIGINT, or a second
    where there is no ``leave``, is a KeyboardInterrupt.
    """

    def ask(number: int, frame: FrameType | None) -> None:
        text = "leaving at once; blocks in hand are given up, stored ones are safe ..."
        if not stop.is_set():
            stop.set()
            text = "stopping; finished segments are stored ..."
            if leave is not None:
                text = "stopping after the blocks in hand (the same signal again: at once) ..."
        elif leave is not None and not leave.is_set():
            leave.set()
        elif number == signal.SIGINT:
            raise KeyboardInterrupt
        else:
            return
        if tell is not None:
            tell(text)
        else:
            print(f"\n{text}", file=sys.stderr, flush=True)

    wanted = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGUSR1"):
        wanted.append(signal.SIGUSR1)
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, ask) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
