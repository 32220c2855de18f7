"""``selectivity status``: how far a run is, from its files alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.results import Json, print_json
from selectivity.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from selectivity.api import Status

EVERY = 5.0
"""Seconds between two looks at a folder."""

Folder = Annotated[Path, typer.Argument(help="Run folder; another process may be writing it.")]


def status(
    folder: Folder,
    system: Annotated[
        str | None, typer.Option(help="Show the windows of this system; the headline without it.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every few seconds until it is finished.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how far a run is, how it mixes, how long it still takes."""
    from selectivity import api

    found = api.status(folder)
    _check(found, system)
    if as_json:
        print_json(found.as_dict())
        return
    from selectivity.report.console import make_console

    console = make_console()
    if watch and console.is_terminal:
        from selectivity.api.status import Reader

        found = _watch(Reader(folder).read, found, system, console)
    for part in _parts(found, system, console):
        console.print(part)


def _check(found: Status, system: str | None) -> None:
    names = [s.system for s in found.systems]
    if system is not None and system not in names:
        rule = "is a system of this run"
        raise InputError("--system", system, rule, f"its systems: {', '.join(names)}")


def _parts(
    found: Status, system: str | None, console: Console, rows: int | None = None
) -> list[RenderableType]:
    from selectivity.report.console import voice
    from selectivity.report.layout import line
    from selectivity.report.status_page import status_key, status_parts, whereabouts

    say, record = voice(console), found.as_dict()
    parts = status_parts(record, say, console.width, rows, system)
    if rows is None:
        parts += [line(say, ""), status_key(record, say)]
    return [*parts, line(say, ""), *(line(say, text) for text in whereabouts(record))]


def _watch(
    read: Callable[[], Status], found: Status, system: str | None, console: Console
) -> Status:
    """Redraw in place until the run is finished or Ctrl-C; the last status."""
    from rich.console import Group
    from rich.live import Live

    def draw() -> Group:
        return Group(*_parts(found, system, console, console.size.height - 5))

    with Live(get_renderable=draw, console=console, refresh_per_second=1, transient=True):
        try:
            while not found.finished:
                time.sleep(EVERY)
                found = read()
        except KeyboardInterrupt:
            pass
    return found
