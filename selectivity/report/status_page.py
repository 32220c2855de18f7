"""How far a run is: the page of ``selectivity status`` and of a run that goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selectivity.estimators.convergence import MIN_ROUND_TRIPS
from selectivity.report import words
from selectivity.report.layout import Say, bullets, is_ascii, line, table
from selectivity.units import duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

Record = Mapping[str, Any]
_WIDE, _MIDDLE = 70, 58  # columns from which on all, and all but the sweeps, are shown
_HEAD = 3  # lines of a table beside its rows: two of its head, and one above it


def status_parts(
    record: Record, say: Say, width: int, rows: int | None = None, shown: str | None = None
) -> list[RenderableType]:
    """Share and time left, a row for every system, a row for every window of one of them.

    Parameters
    ----------
    record : mapping
        ``Status.as_dict()``.
    say : callable
    width : int
        Columns of the terminal.
    rows : int, optional
        Lines of the terminal: windows that do not fit are left out, those with the fewest round
        trips last.
    shown : str, optional
        System whose windows are shown: the headline without it.
    """
    systems: Sequence[Record] = record["systems"]
    parts: list[RenderableType] = [
        line(say, _short(record["title"], width), "bold"),
        _bar(say, record["share"], width),
        line(say, times(record)),
        line(say, ""),
        _systems(say, systems, record["headline"], width),
    ]
    room = None if rows is None else rows - 4 - 2 - len(systems) - _HEAD - 1
    chosen = next((s for s in systems if s["system"] == (shown or _focus(record))), None)
    if chosen is not None and (room is None or room >= 3) and _has_windows(chosen):
        parts += _windows(say, chosen, width, room)
    return parts


def status_key(record: Record, say: Say) -> RenderableType:
    """What the columns hold."""
    return bullets(
        say,
        [
            "sweeps: of production, all replicas together; acc.: accepted share of trial moves",
            f"trips: round trips of the identity from end to end, in the window with fewest "
            f"({MIN_ROUND_TRIPS} required)",
            "exch.: accepted exchanges with the next window; of a system, the lowest",
        ],
    )


def whereabouts(record: Record) -> list[str]:
    """When the last block was stored, and who works at the run."""
    texts = []
    if record["last_block_age"] is not None:
        texts.append(f"last block stored {duration(record['last_block_age'])} ago")
    for holder in record["holders"]:
        who = f"{holder['name']}: process {holder['pid']} on {holder['host']}"
        sign = "" if holder["here"] else f", last sign of life {duration(holder['silent'])} ago"
        texts.append(f"{who}, since {holder['started']}{sign}")
    if not record["holders"] and not record["finished"]:
        texts.append("nobody works at it; the same run command continues it")
    return texts


def times(record: Record) -> str:
    """Time so far and time left in words."""
    if record["finished"]:
        return f"finished; {_cpu(record)}"
    texts = []
    left, elapsed = record["seconds_left"], record["elapsed"]
    if elapsed is not None:
        texts.append(f"{duration(elapsed)} so far")
    if left is not None:
        clock = time.strftime("%H:%M", time.localtime(time.time() + left))
        texts.append(f"about {duration(left)} left" + (f", until {clock}" if left > 300 else ""))
    elif elapsed is not None:
        texts.append("time left: known after the first blocks")
    else:
        rest = record["cpu_seconds_left"]
        texts.append(f"{duration(rest)} of CPU time left" if rest else "nothing stored yet")
    return "; ".join(texts)


def _cpu(record: Record) -> str:
    return f"{duration(sum(s['cpu_seconds'] for s in record['systems']))} of CPU time"


def _bar(say: Say, share: float, width: int) -> Text:
    from rich.text import Text

    text = f" {math.floor(100.0 * share + 1e-9):3d} %"
    length = max(10, min(width, 80) - len(text))
    done = round(length * share)
    full, empty = ("#", ".") if is_ascii(say) else ("━", "━")
    return Text.assemble((full * done, "green"), (empty * (length - done), "bright_black"), text)


def _systems(say: Say, systems: Sequence[Record], headline: str | None, width: int) -> Table:
    columns = ["system", "phase", "done", "trips", "exch."]
    if width >= _MIDDLE:
        columns.insert(3, "acc.")
    if width >= _WIDE:
        columns.insert(3, "sweeps")
    made = table(say, columns, left=2)
    longest = max(8, width - 13 - 6 * (len(columns) - 2) - 8 * (width >= _WIDE) - 2)
    for system in systems:
        mark = " *" if system["system"] == headline and len(systems) > 1 else ""
        cells = {
            "system": _short(system["system"], longest - len(mark)) + mark,
            "phase": system["phase"],
            "done": f"{math.floor(100.0 * system['done'] + 1e-9)} %",
            **_counts(system),
        }
        made.add_row(*(say(cells[column]) for column in columns), style=_style(system))
    return made


def _style(system: Record) -> str:
    if system["phase"] == "waiting":
        return "bright_black"
    few = system["phase"] == "finished" and system["round_trips"] < MIN_ROUND_TRIPS
    return "yellow" if few else ""


def _counts(row: Record) -> dict[str, str]:
    begun = row["sweeps"] > 0
    return {
        "sweeps": f"{row['sweeps']:,}" if begun else "-",
        "acc.": _share(row["acceptance"]),
        "trips": f"{row['round_trips']:,}" if begun else "-",
        "exch.": _share(row["exchange"]),
    }


def _share(value: float | None) -> str:
    return "-" if value is None else words.plain(value)


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: max(1, length - 3)]}..."


def _focus(record: Record) -> str | None:
    several = (s["system"] for s in record["systems"] if _has_windows(s))
    focus: str | None = record["headline"] or next(several, None)
    return focus


def _has_windows(system: Record) -> bool:
    return len(system["windows"]) > 1 and system["sweeps"] > 0


def _windows(say: Say, system: Record, width: int, room: int | None) -> list[RenderableType]:
    windows: Sequence[Record] = system["windows"]
    title = f"windows of {system['system']}"
    if room is not None and room < len(windows):
        fewest = sorted(windows, key=lambda w: (w["round_trips"], w["window"]))[:room]
        title += f": {room} of {len(windows)}, fewest round trips"
        windows = sorted(fewest, key=lambda w: int(w["window"]))
    columns = ["z, Å", "sweeps", "acc.", "trips", "exch."]
    made = table(say, columns, left=0)
    for window in windows:
        z = words.plain(window["z_A"]) if window["z_A"] is not None else "-"
        cells = {"z, Å": z, **_counts(window)}
        made.add_row(*(say(cells[column]) for column in columns))
    return [line(say, ""), line(say, _short(title, width), "bold"), made]
