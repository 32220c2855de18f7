"""Ratios of several systems side by side: composition, stiffness, parameter set."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selectivity.errors import InputError
from selectivity.permeation.measured import Measurement
from selectivity.permeation.span import figure as three_digits
from selectivity.report import style, words
from selectivity.units import KCAL, rt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST = 1e3  # factor by which an interval may stretch the x axis beyond the values
Row = Mapping[str, Any]


def compositions_figure(
    systems: Sequence[Row],
    measured: Sequence[Measurement] = (),
    title: str = "",
) -> Figure:
    """P_a/P_b of several systems with 95 % intervals, on a logarithmic axis.

    One row a system in the order given: the levelled integral with its statistical interval (open
    where not converged), the levelled barrier, and the bounds within which the ratio lies whatever
    common f(z) acts. Measured values or bounds stand as lines.

    Parameters
    ----------
    systems : sequence of mapping
        As in ``systems`` of ``selectivity ratio --json``: ``system``, ``composition``, ``ions``,
        ``temperature_K``, ``ratio``, ``converged`` and, where they differ, ``tether`` and
        ``forcefield``.
    measured : sequence of Measurement
        Of the same pair of ions.
    title : str

    Raises
    ------
    InputError
        No system, different pairs of ions, or no finite ratio.
    """
    if not systems:
        raise InputError("systems", 0, "holds at least one system with a ratio")
    pairs = {tuple(row["ions"]) for row in systems}
    if len(pairs) != 1:
        raise InputError("systems", sorted(pairs), "share one pair of ions")
    a, b = next(iter(pairs))
    names = row_labels(systems)
    height = 1.9 + 0.42 * len(systems)
    figure = style.new_figure(7.2, height, title)
    ax = figure.subplots()
    low, high = _range(systems, measured)
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(len(systems) - 0.4, -0.9 if measured else -0.6)
    for i, row in enumerate(systems):
        _draw_row(ax, i, row, (low, high))
    for place, m in enumerate(measured):
        _draw_measured(ax, m, (low, high), place)
    ax.axvline(1.0, color=style.GREY, lw=0.8, zorder=1)
    ax.set_yticks(range(len(systems)), names)
    style.tidy(ax, xlabel=f"{style.ratio_label(a, b)}, 95 % statistical intervals")
    ax.tick_params(axis="y", labelsize=style.TEXT, length=0)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    _plain_ticks(ax, high / low)
    _energy_axis(ax, float(systems[0]["temperature_K"]))
    _key(figure, systems)
    return figure


def row_labels(systems: Sequence[Row]) -> list[str]:
    """Composition of every system with whatever else tells them apart; else the system's name."""
    parts = [[str(row["composition"])] for row in systems]
    for describe in (_structure, _tether, _forcefield):
        kinds = [describe(row) for row in systems]
        if len(set(kinds)) > 1:
            for part, word in zip(parts, kinds, strict=True):
                part.append(word)
    labels = [", ".join(part) for part in parts]
    return labels if len(set(labels)) == len(labels) else [str(row["system"]) for row in systems]


def _structure(row: Row) -> str:
    return str(row.get("structure", ""))


def _forcefield(row: Row) -> str:
    return str(row.get("forcefield", ""))


def _tether(row: Row) -> str:
    return words.tether_text(row.get("tether"))


def _interval(row: Row, name: str = "integral_levelled") -> tuple[float, float, float]:
    found = row["ratio"].get(name)
    return (
        words.number(found, "value", math.nan),
        words.number(found, "low", 0.0),
        words.number(found, "high", math.inf),
    )


def _range(systems: Sequence[Row], measured: Sequence[Measurement]) -> tuple[float, float]:
    """x limits: all values, and intervals as far as a factor ``WIDEST`` beyond them."""
    values = [_interval(row)[0] for row in systems] + [
        _interval(row, "barrier_levelled")[0] for row in systems
    ]
    values = [v for v in values if math.isfinite(v) and v > 0.0]
    if not values:
        raise InputError("systems", [row["system"] for row in systems], "hold a finite ratio")
    values += [m.value for m in measured]
    low, high = min(*values, 1.0), max(*values, 1.0)
    ends = [_interval(row)[1:] for row in systems]
    low = max(low / WIDEST, min([low] + [e[0] for e in ends if e[0] > 0.0]))
    high = min(high * WIDEST, max([high] + [e[1] for e in ends if math.isfinite(e[1])]))
    margin = max(1.35, (high / low) ** 0.06)
    return low / margin, high * margin


def _draw_row(ax: Axes, i: int, row: Row, limits: tuple[float, float]) -> None:
    value, low, high = _interval(row)
    bounds = row["ratio"].get("bounds")
    _bar(
        ax,
        i,
        words.number(bounds, "low", 0.0),
        words.number(bounds, "high", math.inf),
        limits,
        bounds=True,
    )
    colour = style.ION_COLOURS["K"]
    if math.isfinite(value):
        _bar(ax, i, low, high, limits)
        face = colour if row.get("converged") else "white"
        ax.plot(value, i, "o", ms=6.5, mfc=face, mec=colour, mew=1.3, zorder=5)
    barrier = _interval(row, "barrier_levelled")[0]
    if math.isfinite(barrier):
        ax.plot(barrier, i, "D", ms=3.8, mfc="white", mec=style.ION_COLOURS["Na"], zorder=4)
    none = low == 0.0 and math.isinf(high)
    interval = "no interval" if none else f"{three_digits(low)}-{three_digits(high)}"
    text = f"{three_digits(value)} ({interval})"
    if not row.get("converged"):
        text += "\nnot converged"
    ax.text(1.015, i, text, transform=ax.get_yaxis_transform(), va="center", fontsize=style.SMALL)


def _bar(
    ax: Axes,
    i: int,
    low: float,
    high: float,
    limits: tuple[float, float],
    bounds: bool = False,
) -> None:
    """Horizontal bar; an end outside the frame is cut there and marked by an arrow head."""
    colour, width, size = (style.ION_COLOURS["K"], 2.2, 5)
    if bounds:
        colour, width, size = ("#C9C6D6", 5.0, 4)
    start, end = max(low, limits[0]), min(high, limits[1])
    order = 2 if bounds else 3
    ax.plot([start, end], [i, i], color=colour, lw=width, solid_capstyle="butt", zorder=order)
    for cut, at, marker in ((low < limits[0], start, "<"), (high > limits[1], end, ">")):
        if cut:
            ax.plot(at, i, marker, color=colour, ms=size, clip_on=False, zorder=order)


def _draw_measured(ax: Axes, m: Measurement, limits: tuple[float, float], place: int) -> None:
    """A measured value as a line; a bound with the side that respects it shaded."""
    ax.axvline(m.value, color=style.GOOD, lw=1.1, ls="--", zorder=1)
    if m.kind != "value":
        respected = (m.value, limits[1]) if m.kind == "above" else (limits[0], m.value)
        ax.axvspan(*respected, color=style.GOOD, alpha=0.07, lw=0, zorder=0)
    sign = {"value": "", "above": "> ", "below": "< "}[m.kind]
    left = m.value > math.sqrt(limits[0] * limits[1])
    ax.annotate(
        f"{m.channel} {sign}{m.value:g}",
        (m.value, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if left else 3, -2 - 10 * place),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        fontsize=style.SMALL,
        color=style.GOOD,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _plain_ticks(ax: Axes, spread: float) -> None:
    """Numbers without powers; 1, 2, 5 within a decade where the axis spans less than two."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    subs = (1.0, 2.0, 5.0) if spread < 100.0 else (1.0,)
    ax.xaxis.set_major_locator(LogLocator(subs=subs))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.7g}" if x < 1e7 else f"{x:.0e}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _energy_axis(ax: Axes, temperature_K: float) -> None:
    """RT ln ratio above, kcal/mol."""
    import numpy as np

    thermal = rt(temperature_K) / KCAL
    top = ax.secondary_xaxis(
        "top",
        functions=(
            lambda p: thermal * np.log(np.maximum(p, 1e-300)),
            lambda e: np.exp(np.clip(np.asarray(e) / thermal, -600.0, 600.0)),
        ),
    )
    top.set_xscale("linear")
    top.tick_params(labelsize=style.SMALL, width=0.7, length=3)
    top.set_xlabel("RT ln ratio (kcal/mol)", fontsize=style.TEXT)


def _key(figure: Figure, systems: Sequence[Row]) -> None:
    from matplotlib.lines import Line2D

    purple, orange = style.ION_COLOURS["K"], style.ION_COLOURS["Na"]
    handles = [
        Line2D([], [], color=purple, lw=2.2, marker="o", ms=6, label="levelled integral"),
        Line2D(
            [], [], color=orange, marker="D", ms=3.8, mfc="white", ls="", label="levelled barrier"
        ),
        Line2D([], [], color="#C9C6D6", lw=5.0, label="bounds for any common f(z)"),
    ]
    if not all(row.get("converged") for row in systems):
        open_mark = Line2D(
            [], [], color=purple, marker="o", mfc="white", ls="", label="not converged"
        )
        handles.append(open_mark)
    style.key_below(figure, handles)
