"""Parts that pages are made of: lines, lists, tables and boxes for rich, or in ASCII."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from selectivity.report.words import ascii_text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

Say = Callable[[str], str]
"""Turns text into what the terminal can show: itself, or ASCII."""

_ASCII_HEAD = "    \n    \n -- \n    \n    \n -- \n    \n    \n"


def as_is(text: str) -> str:
    """The text itself (see ``Say``)."""
    return text


def is_ascii(say: Say) -> bool:
    """Whether ``say`` writes ASCII only."""
    return say is ascii_text


def written(console: Console, path: str) -> str:
    """A path or a command as it is, since other letters name another place; else in ASCII."""
    try:
        path.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return ascii_text(path)
    return path


def line(say: Say, text: str, style: str = "") -> Text:
    """One paragraph."""
    from rich.text import Text

    return Text(say(text), style=style)


def heading(say: Say, text: str) -> Text:
    """A heading with an empty line above it."""
    return line(say, f"\n{text}", "bold")


def bullets(say: Say, items: Iterable[str], style: str = "") -> Padding:
    """A list; lines that are folded stand under their own text."""
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for item in items:
        grid.add_row("-", line(say, item, style))
    return Padding(grid, (0, 0, 0, 1))


def table(say: Say, columns: Sequence[str], left: int = 1) -> Table:
    """An empty table whose first ``left`` columns stand at the left, the others at the right."""
    from rich import box
    from rich.table import Table

    frame = box.Box(_ASCII_HEAD, ascii=True) if is_ascii(say) else box.SIMPLE_HEAD
    made = Table(box=frame, padding=(0, 1, 0, 0), pad_edge=False, header_style="", show_edge=False)
    for i, column in enumerate(columns):
        made.add_column(say(column), justify="left" if i < left else "right", overflow="fold")
    return made


def alarm(say: Say, title: str, items: Iterable[str]) -> Panel:
    """A heavy box that cannot be missed."""
    from rich import box
    from rich.align import Align
    from rich.console import Group
    from rich.panel import Panel

    parts: list[RenderableType] = [Align.center(line(say, title, "bold white on red"))]
    parts.append(bullets(say, items))
    frame = box.ASCII if is_ascii(say) else box.HEAVY
    return Panel(Group(*parts), box=frame, border_style="bold red", padding=(0, 1))
