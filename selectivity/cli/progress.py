"""What a run shows while it works: a live table on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from selectivity.api.status import Status

EVERY = 60.0
"""Seconds between two lines where there is no terminal."""


class Lines:
    """Plain lines on standard error: one a minute, and one where a system's phase ends."""

    def __init__(self) -> None:
        self._began, self._last = time.monotonic(), ""
        self._status: Status | None = None
        self._phases: dict[str, str] = {}
        self._stop = threading.Event()

    def say(self, text: str) -> None:
        """Print a sentence."""
        print(text, file=sys.stderr, flush=True)

    warn = say

    def status(self, status: Status) -> None:
        """Take note of how far the run is, and print what has just ended."""
        first = not self._phases
        for system in status.systems:
            before = self._phases.get(system.system)
            self._phases[system.system] = system.phase
            if not first and before != system.phase and system.phase in ("production", "finished"):
                self.say(_ended(system))
        self._status = status

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Say ``what`` is done now."""
        self.say(f"{what} ...")
        yield

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Print a line a minute while the block runs, and one at its end."""
        thread = threading.Thread(target=self._beat, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._line()

    def _beat(self) -> None:
        while not self._stop.wait(EVERY):
            self._line()

    def _line(self) -> None:
        from selectivity.report.words import ascii_text
        from selectivity.units import duration

        if self._status is None:
            return
        status = self._status
        took = time.monotonic() - self._began
        text = f"sampled {int(100.0 * status.share + 1e-9)} % in {duration(took)}"
        if status.seconds_left:
            text += f", about {duration(status.seconds_left)} left"
        at_work = [s for s in status.systems if s.phase not in ("waiting", "finished")]
        shown = [f"{s.system} {s.phase} {int(100.0 * s.done)} %" for s in at_work]
        text = ascii_text("; ".join((text, *shown[:3])))
        if text != self._last:
            self.say(text)
        self._last = text


def _ended(system: Any) -> str:
    if system.phase == "production":
        return f"{system.system}: equilibrated, weights frozen; production begins"
    found = [f"{system.round_trips:,} round trips"]
    if len(system.windows) > 1:
        found = [f"{system.round_trips:,} round trips in the slowest window"]
    if system.acceptance is not None:
        found.insert(0, f"acceptance {system.acceptance:.2f}")
    if system.exchange is not None:
        found.append(f"exchange {system.exchange:.2f} or more")
    return f"{system.system}: sampled; {', '.join(found)}"


class Screen:
    """A table at the foot of the terminal that is redrawn in place and goes when the run ends."""

    def __init__(self, console: Console) -> None:
        self._console, self._message = console, ""
        self._record: dict[str, Any] | None = None
        self._at = time.monotonic()

    def say(self, text: str) -> None:
        """Print a sentence above the table."""
        self._console.print(text)

    def warn(self, text: str) -> None:
        """Show a sentence under the table; a signal handler may do so."""
        self._message = text

    def status(self, status: Status) -> None:
        """Take note of how far the run is; the next redraw shows it."""
        self._record, self._at = status.as_dict(), time.monotonic()

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show ``what`` while the block runs."""
        with self._console.status(f"{what} ...", spinner="line"):
            yield

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the table while the block runs."""
        from rich.live import Live

        with Live(
            get_renderable=self._draw,
            console=self._console,
            refresh_per_second=2,
            transient=True,
            vertical_overflow="crop",
        ):
            yield

    def _draw(self) -> RenderableType:
        from rich.console import Group

        from selectivity.report.console import WIDEST, voice
        from selectivity.report.layout import line
        from selectivity.report.status_page import status_parts

        say = voice(self._console)
        below = [line(say, self._message, "yellow")] if self._message else []
        record = self._record
        if record is None:
            return Group(*below)
        passed = time.monotonic() - self._at
        moved = {"elapsed": (record["elapsed"] or 0.0) + passed}
        if record["seconds_left"]:
            moved["seconds_left"] = max(1.0, record["seconds_left"] - passed)
        size = self._console.size
        parts = status_parts(record | moved, say, min(size.width, WIDEST), size.height - 3)
        return Group(*parts, *below)


def display() -> Lines | Screen:
    """What suits standard error."""
    if not sys.stderr.isatty():
        return Lines()
    from rich.console import Console

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    return Lines() if console.is_dumb_terminal else Screen(console)
