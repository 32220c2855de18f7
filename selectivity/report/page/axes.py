"""Axes of the page's figures: scales, ticks, curves cut at the frame, bands, keys."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.report.page.canvas import Mark, label, path, rectangle
from selectivity.units import KCAL

WIDTH = 400.0
"""Width of a figure: one column of the page, and a telephone's."""
TYPE = 11.0
SMALL = 10.0


@dataclass(frozen=True)
class Panel:
    """A frame on the canvas (left, top, width, height in points) and its limits."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """y of the lower edge."""
        return self.top + self.height

    def at_x(self, x: np.ndarray | float) -> np.ndarray:
        """Points from the left of the canvas."""
        low, high = self.x
        return self.left + (np.asarray(x, float) - low) / (high - low) * self.width

    def at_y(self, y: np.ndarray | float) -> np.ndarray:
        """Points from the top of the canvas."""
        low, high = self.y
        return self.bottom - (np.asarray(y, float) - low) / (high - low) * self.height


def ticks(low: float, high: float, about: int = 5) -> np.ndarray:
    """Round numbers from ``low`` to ``high``, ``about`` of them."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return np.array([])
    raw = (high - low) / about
    size = 10.0 ** math.floor(math.log10(raw))
    step = size * next(m for m in (1.0, 2.0, 5.0, 10.0) if m * size >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return step * (first + np.arange(max(0, count)))


def tick_text(value: float) -> str:
    """A tick's number with a true minus sign."""
    return f"{0.0 if abs(value) < 1e-12 else value:g}".replace("-", "−")


def frame(panel: Panel, xlabel: str = "", ylabel: str = "", whole: bool = False) -> list[Mark]:
    """Left and lower axis with ticks and names; ``whole`` keeps x to whole numbers."""
    corner = [(panel.left, panel.top), (panel.left, panel.bottom), (panel.right, panel.bottom)]
    marks = [path(corner, "thin grey")]
    at = ticks(*panel.x, 6)
    for x in at[at == np.round(at)] if whole else at:
        px = float(panel.at_x(x))
        marks.append(path([(px, panel.bottom), (px, panel.bottom + 3)], "thin grey"))
        marks.append(label(px, panel.bottom + 14, tick_text(x), "text grey", SMALL, "middle"))
    for y in ticks(*panel.y, max(4, int(panel.height / 32))):
        py = float(panel.at_y(y))
        marks.append(path([(panel.left - 3, py), (panel.left, py)], "thin grey"))
        marks.append(label(panel.left - 5, py + 3.5, tick_text(y), "text grey", SMALL, "end"))
    middle = 0.5 * (panel.left + panel.right)
    if xlabel:
        marks.append(label(middle, panel.bottom + 30, xlabel, "text ink", TYPE, "middle"))
    if ylabel:
        at_y = 0.5 * (panel.top + panel.bottom)
        marks.append(label(panel.left - 33, at_y, ylabel, "text ink", TYPE, "middle", -90.0))
    return marks


def kj_axis(panel: Panel) -> list[Mark]:
    """A second axis at the right in kJ/mol, for panels in kcal/mol."""
    marks = [path([(panel.right, panel.top), (panel.right, panel.bottom)], "thin grey")]
    low, high = panel.y
    for y in ticks(low * KCAL, high * KCAL, max(4, int(panel.height / 32))):
        py = float(panel.at_y(y / KCAL))
        marks.append(path([(panel.right, py), (panel.right + 3, py)], "thin grey"))
        marks.append(label(panel.right + 5, py + 3.5, tick_text(y), "text grey", SMALL))
    at_y = 0.5 * (panel.top + panel.bottom)
    marks.append(label(panel.right + 36, at_y, "kJ/mol", "text grey", SMALL, "middle", -90.0))
    return marks


def cut(x: np.ndarray, y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """A curve without what lies outside ``low`` … ``high``; nan stands where it leaves."""
    xs, ys = [], []
    for i in range(len(x)):
        if i and np.isfinite(y[i - 1]) and np.isfinite(y[i]):
            for edge in sorted((low, high), reverse=bool(y[i] < y[i - 1])):
                if (y[i - 1] - edge) * (y[i] - edge) < 0.0:
                    share = (edge - y[i - 1]) / (y[i] - y[i - 1])
                    xs.append(x[i - 1] + share * (x[i] - x[i - 1]))
                    ys.append(edge)
        inside = np.isfinite(y[i]) and low <= y[i] <= high
        xs.append(x[i])
        ys.append(y[i] if inside else np.nan)
    return np.array(xs), np.array(ys)


def curve(panel: Panel, x: np.ndarray, y: np.ndarray, style: str) -> Mark:
    """A line, cut at the upper and the lower edge."""
    xs, ys = cut(np.asarray(x, float), np.asarray(y, float), *panel.y)
    return path(np.stack([panel.at_x(xs), panel.at_y(ys)], axis=1), style)


def band(panel: Panel, x: np.ndarray, low: np.ndarray, high: np.ndarray, style: str) -> list[Mark]:
    """The area between two curves, pressed into the frame; one for every stretch without nan."""
    x, low, high = (np.asarray(values, float) for values in (x, low, high))
    have = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], have, [False]]).astype(int)))
    marks = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        part = slice(begin, end)
        around_x = np.concatenate([x[part], x[part][::-1]])
        around_y = np.clip(np.concatenate([low[part], high[part][::-1]]), *panel.y)
        marks.append(path(np.stack([panel.at_x(around_x), panel.at_y(around_y)], axis=1), style))
    return marks


def level(panel: Panel, y: float, style: str = "thin grey") -> Mark:
    """A horizontal line across the panel."""
    at = float(panel.at_y(y))
    return path([(panel.left, at), (panel.right, at)], style)


def filter_marks(panel: Panel, sites: Sites, names: bool = True) -> list[Mark]:
    """The interior shaded, oxygen planes as lines, cage centres dotted; their names above."""
    low, high = (float(panel.at_x(np.clip(z, *panel.x))) for z in sites.interior)
    marks = [rectangle(low, panel.top, high, panel.bottom, "fill interior")]
    for places, style, name_style, up in (
        (sites.planes, "thin faint", "text grey", 16.0),
        (sites.cages, "fine grey", "bold ink", 4.0),
    ):
        for name, z in places.items():
            if panel.x[0] <= z <= panel.x[1]:
                x = float(panel.at_x(z))
                marks.append(path([(x, panel.top), (x, panel.bottom)], style))
                if names:
                    marks.append(label(x, panel.top - up, name, name_style, SMALL, "middle"))
    return marks


def key(entries: Sequence[tuple[str, str]], left: float, y: float, gap: float = 14.0) -> list[Mark]:
    """A line of keys: style and name, one after the other."""
    marks, x = [], left
    for style, name in entries:
        colour = style.split()[1]
        if style.startswith(("band", "fill", "pale")):
            marks.append(rectangle(x, y - 8, x + 16, y, style))
        elif style.startswith("dots"):
            marks.append(path([(x + 8, y - 4), (x + 8, y - 4)], f"line {colour}", 7.0))
        else:
            marks.append(path([(x, y - 4), (x + 18, y - 4)], style))
        marks.append(label(x + 22, y, name, "text ink", SMALL))
        x += 22 + 5.4 * len(name) + gap
    return marks


def padded(values: Sequence[np.ndarray] | np.ndarray, least: float = 0.0) -> tuple[float, float]:
    """Limits that hold all finite values with a margin of a tenth, at least ``least`` apart."""
    flat = np.concatenate([np.ravel(np.asarray(v, float)) for v in values])
    flat = flat[np.isfinite(flat)]
    if flat.size == 0:
        return 0.0, 1.0
    low, high = float(flat.min()), float(flat.max())
    reach = max(high - low, least, 1e-9)
    return low - 0.1 * reach, high + 0.1 * reach


def column(values: np.ndarray) -> list[float | str]:
    """A column of numbers; empty where there is none."""
    return [float(v) if np.isfinite(v) else "" for v in np.asarray(values, float)]


def rounded(columns: Mapping[str, Sequence[object]]) -> dict[str, list[str]]:
    """Columns as texts for the page, numbers with four significant digits."""
    return {
        name: [tick_text(float(f"{v:.4g}")) if isinstance(v, float) else str(v) for v in values]
        for name, values in columns.items()
    }
