"""The last lines of ``run`` and ``ratio``: the headline, what stands beside it, what to do next.

On a terminal it is a box. In a pipe it stands between two rules, and headline and V_rest stay one
line each, however long, for a copy.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity.permeation.measured import compare
from selectivity.records import Interval
from selectivity.report import words
from selectivity.report.layout import Say, as_is, is_ascii, line, written
from selectivity.report.membrane_page import rest_line
from selectivity.report.ratio_page import measured_beside

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.panel import Panel
    from rich.table import Table

Record = Mapping[str, Any]
NOT_CONVERGED = "NOT CONVERGED"
WRONG_ORDER = "NOT THE ORDER OF KCSA"
NEXT = "next"
_SIGNS = {"value": "=", "above": ">", "below": "<"}
_LIES = {
    ("value", "consistent"): "holds it",
    ("value", "inconsistent"): "leaves it out",
    ("above", "consistent"): "lies above it",
    ("above", "inconsistent"): "lies below it",
    ("below", "consistent"): "lies below it",
    ("below", "inconsistent"): "lies above it",
}


def ordered(record: Record) -> bool:
    """Whether the ions of a ratio record come out in KcsA's order."""
    order: Mapping[str, Any] = record.get("order") or {}
    return bool(order.get("same_as_kcsa", True))


def print_closing(record: Record, folder: str | Path | None, console: Console, say: Say) -> None:
    """Print headline, ΔΔG‡, experiment, V_rest and what to do next."""
    flags = [NOT_CONVERGED] * (not record["converged"]) + [WRONG_ORDER] * (not ordered(record))
    colour = "red" if flags else "green"
    title = f"{record['system']}, composition {record['composition']}, interior only"
    headline, rest = words.headline(record), rest_line(record)
    if not is_ascii(say):
        rows = _rows(record, folder, rest)
        console.print(_box(title, flags, headline, _grid(console, say, rows), console.width))
        return
    bar = "=" * console.width
    console.print(line(say, bar, colour))
    console.print(line(say, ", ".join((title, *flags))))
    console.print(line(say, headline, f"bold {colour}"), soft_wrap=True)
    console.print(line(say, rest, "bold"), soft_wrap=True)
    console.print(_grid(console, say, _rows(record, folder, "")))
    console.print(line(say, bar, colour))


def _box(title: str, flags: list[str], headline: str, rows: Table, width: int) -> Panel:
    from rich import box
    from rich.align import Align
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    colour = "red" if flags else "green"
    body: list[RenderableType] = [
        Align.center(Text(f" {flag} ", style="bold white on red")) for flag in flags
    ]
    top: Text | None = Text(title, style=f"bold {colour}")
    if len(title) > width - 6:  # a title is cut, a line is folded
        body.append(Text(title, style="bold"))
        top = None
    body += [Text(headline, style=f"bold {colour}"), Text(""), rows]
    return Panel(Group(*body), title=top, title_align="left", box=box.HEAVY, border_style=colour)


def _grid(console: Console, say: Say, rows: list[tuple[str, str]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        shown = written(console, text) if name == NEXT else say(text)
        grid.add_row(line(say, name, "bold"), line(as_is, shown))
    return grid


def _rows(record: Record, folder: str | Path | None, rest: str) -> list[tuple[str, str]]:
    a, b = record["ions"]
    effective = words.energy(record.get("ddg_integral_kJ_mol"), "value", "error")
    barrier = words.energies(record.get("ddg_barrier_kJ_mol"), "value", "error")[1]
    rows = [("ΔΔG‡", f"{effective}, RT ln of the ratio; levelled barrier {barrier} kcal/mol")]
    rows.append(("measured", "\n".join(_measured(record)) or f"no P_{a}/P_{b} to set beside it"))
    if rest:
        rows.append(("V_rest", rest.removeprefix("V_rest = ").removeprefix("V_rest: ")))
    if folder is not None:
        rows.append((NEXT, shlex.join(["selectivity", "report", _near(folder)])))
    if record.get("longer"):
        rows.append(("longer", _longer(record)))
    return rows


def _measured(record: Record) -> list[str]:
    found = record["ratio"][record["headline"]]
    value = words.number(found, "value")
    if not math.isfinite(value):
        return []
    low, high = words.number(found, "low", 0.0), words.number(found, "high", math.inf)
    computed = Interval(value, low, high)
    found_beside = []
    for m in measured_beside(record):
        lies = _LIES.get((m.kind, compare(computed, m).verdict), "reaches across it")
        found_beside.append(f"{_SIGNS[m.kind]} {m.value:g}, {m.channel}: the interval {lies}")
    return found_beside


def _longer(record: Record) -> str:
    """What to write in the run file, one line for every system."""
    more = record["longer"]
    places: dict[str, list[str]] = {}
    for text in more["set"]:
        place, _, setting = text.rpartition(".")
        places.setdefault(place, []).append(setting.replace("=", ": "))
    half = ", half the interval" if record["converged"] else ""
    rows = [f"{more['times']} times the production{half}; in the run file, or by --set:"]
    rows += [f"  {place}: {{{', '.join(settings)}}}" for place, settings in places.items()]
    return "\n".join([*rows, "the same run command goes on from what is stored"])


def _near(folder: str | Path) -> str:
    """The folder as a user would type it: from here where it lies below."""
    path = Path(folder)
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
