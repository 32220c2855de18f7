"""What a figure is made of: marks with a style, on a canvas whose unit is a point.

A style is two words: how a mark is drawn (a key of :data:`KINDS`) and in which colour (a key of
:data:`COLOURS`). The page's style sheet and the PDF writer both read these tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from selectivity.plotting import BAD, GOOD, GREY, ION_COLOURS, LIGHT

COLOURS: dict[str, tuple[str, str]] = {
    "ink": ("#1D1D22", "#ECECF1"),
    "paper": ("#FFFFFF", "#17171C"),
    "grey": (GREY, "#A3A3AD"),
    "faint": ("#D5D5DC", "#3D3D48"),
    "interior": (LIGHT, "#23232C"),
    "good": (GOOD, "#7CC79A"),
    "bad": (BAD, "#FF8A80"),
    "oxygen": ("#C8332B", "#E8665C"),
    "carbon": ("#8A8A90", "#7C7C86"),
    "water": ("#2C7FB8", "#6DB7E8"),
    "hydrogen": ("#A9BCCB", "#8DA3B5"),
    **{
        ion: (colour, dark)
        for (ion, colour), dark in zip(
            ION_COLOURS.items(),
            ("#B79AF0", "#FF9A4D", "#3CC9A7", "#9AD3FA", "#E4E4E4", "#7CC79A", "#D9A55B"),
            strict=True,
        )
    },
}
"""Colours by name: in light and in dark surroundings."""


class Kind(NamedTuple):
    """How a mark is drawn: stroked or filled, line width (pt), dashes (pt), opacity."""

    filled: bool
    width: float = 0.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


KINDS: dict[str, Kind] = {
    "line": Kind(False, 1.8),
    "dash": Kind(False, 1.5, (5.0, 3.0)),
    "thin": Kind(False, 0.9),
    "fine": Kind(False, 0.9, (1.0, 3.0)),
    "band": Kind(True, opacity=0.2),
    "fill": Kind(True),
    "pale": Kind(True, opacity=0.5),
    "ghost": Kind(False, 1.0, opacity=0.28),
    "dots": Kind(False, 4.0),
    "text": Kind(True),
    "bold": Kind(True),
}


@dataclass(frozen=True)
class Mark:
    """One stroke, area, group of dots or text.

    Attributes
    ----------
    kind : {"path", "dots", "text"}
    xy : ndarray, shape (N, 2)
        Points, y downward; nan breaks a path.
    style : str
        ``"line K"``, ``"band Na"``, ``"text grey"``.
    text : str
    size : float
        Line width of a path, diameter of dots, size of type; the style's own where 0.
    anchor : {"start", "middle", "end"}
        Of a text.
    turn : float
        Of a text, degrees clockwise.
    opacity : float
        Beside the style's own.
    """

    kind: Literal["path", "dots", "text"]
    xy: np.ndarray
    style: str
    text: str = ""
    size: float = 0.0
    anchor: Literal["start", "middle", "end"] = "start"
    turn: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True)
class Canvas:
    """Marks on ``width`` × ``height`` points, the first at the bottom of the pile."""

    width: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Figure:
    """One figure of the page.

    Attributes
    ----------
    name : str
        Stem of its files.
    title, caption : str
    alt : str
        What it shows, in words, for those who do not see it.
    canvas : Canvas
    columns : mapping of str to sequence
        Its data: columns of the CSV file and of the table on the page.
    extra : mapping of str to str
        Attributes that the page's script reads.
    """

    name: str
    title: str
    caption: str
    alt: str
    canvas: Canvas
    columns: Mapping[str, Sequence[Any]]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table: ``rows`` of texts, ``left`` columns of them at the left; ``flags`` are bad rows."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    flags: Sequence[int] = ()
    left: int = 1


@dataclass(frozen=True)
class Section:
    """One section of the page: paragraphs, then figures and tables, then a list of remarks."""

    key: str
    title: str
    lead: Sequence[str] = ()
    blocks: Sequence[Figure | Table] = ()
    remarks: Sequence[str] = ()


def path(points: Any, style: str, size: float = 0.0, opacity: float = 1.0) -> Mark:
    """A line or, in a filled style, an area."""
    return Mark("path", np.asarray(points, float), style, size=size, opacity=opacity)


def rectangle(x0: float, y0: float, x1: float, y1: float, style: str, opacity: float = 1.0) -> Mark:
    """A rectangle between two corners."""
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    return path(corners, style, opacity=opacity)


def dots(points: Any, style: str, diameter: float, opacity: float = 1.0) -> Mark:
    """Round dots of one size."""
    return Mark("dots", np.asarray(points, float).reshape(-1, 2), style, "", diameter, "start", 0.0,
                opacity)  # fmt: skip


def label(
    x: float,
    y: float,
    text: str,
    style: str = "text ink",
    size: float = 11.0,
    anchor: Literal["start", "middle", "end"] = "start",
    turn: float = 0.0,
) -> Mark:
    """A text whose base line begins, is centred or ends at (x, y)."""
    return Mark("text", np.array([[x, y]], float), style, text, size, anchor, turn)


def moved(marks: Iterable[Mark], dx: float, dy: float) -> list[Mark]:
    """The same marks elsewhere."""
    shift = np.array([dx, dy])
    return [
        Mark(m.kind, m.xy + shift, m.style, m.text, m.size, m.anchor, m.turn, m.opacity)
        for m in marks
    ]
