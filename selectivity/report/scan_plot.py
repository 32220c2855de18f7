"""The figure of a scan: a curve over one axis, a map over two.

A map is readable in grey: its colours grow darker in one direction, the winning ion stands in every
cell, and the boundary between two winners is a heavy line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.report.style import (
    GREY,
    ION_DASHES,
    LIGHT,
    SMALL,
    TEXT,
    ion_colour,
    ion_label,
    key_below,
    kj_axis,
    new_figure,
    tidy,
)
from selectivity.units import KCAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

Record = Mapping[str, Any]
NOT_CONVERGED = "n.c."
HATCH = "////"
RAMP = ("#FFF3E4", "#F6C79A", "#C59AC0", "#7A5AA8", "#37215F")
"""From light to dark in lightness, from Na's orange to K's violet in hue."""
MOST_TEXTS = 400
"""Cells beyond which nothing is written into them."""


def scan_figure(record: Record) -> Figure:
    """The curve or the map of a scan.

    Parameters
    ----------
    record : mapping
        ``Scan.as_dict()``, or the same read back from ``scan.json``.

    Returns
    -------
    Figure
        Of two ions, ΔΔG(a → b) of every cell with contours; of more, by how much the winner leads.
    """
    return _map(record) if len(record["axes"]) == 2 else _curve(record)


def axis_label(axis: Record) -> str:
    """The label with the unit that the values share."""
    return f"{axis['label']} ({unit_text(axis['unit'])})" if axis["unit"] else str(axis["label"])


def unit_text(unit: str) -> str:
    """A unit as figures write it."""
    short = unit.replace("angstrom^2", "Å²").replace("angstrom**2", "Å²").replace("angstrom", "Å")
    return short.replace("x B-factors", "× B-factors")


def tick_texts(axis: Record) -> list[str]:
    """The values without the unit that the label carries."""
    pairs = zip(axis["values"], axis["numbers"], strict=True)
    return [unit_text(text) if number is None else f"{number:g}" for text, number in pairs]


def _grid(record: Record, value: Any) -> np.ndarray:
    """``value(cell)`` of every cell, shape (first axis, second axis); nan where it is None."""
    shape = tuple(len(axis["values"]) for axis in record["axes"])
    grid = np.full(shape, np.nan)
    for cell in record["cells"]:
        found = value(cell)
        grid[tuple(cell["index"])] = np.nan if found is None else found
    return grid


def _ddg_kcal(cell: Record) -> float | None:
    return cell["legs"][0]["ddg_kcal_mol"] if cell["legs"] else None


def _map(record: Record) -> Figure:
    first, second = record["axes"]
    two = len(record["ions"]) == 2
    nx, ny = len(first["values"]), len(second["values"])
    figure = new_figure(max(5.4, 2.4 + 0.72 * nx), max(3.6, 1.9 + 0.46 * ny), record["title"])
    ax = figure.subplots()
    z = _grid(record, _ddg_kcal if two else lambda cell: cell["margin_kcal_mol"])
    low, high = _limits(z, from_zero=not two)
    mesh = ax.pcolormesh(
        np.arange(nx + 1) - 0.5, np.arange(ny + 1) - 0.5, z.T, cmap=_ramp(), vmin=low, vmax=high
    )
    mesh.set_edgecolor("white")
    mesh.set_linewidth(0.5)
    for cell in record["cells"]:
        _cell(ax, cell, record, z, (low, high))
    _boundaries(ax, record, (nx, ny))
    if two:
        _contours(ax, z)
    tidy(ax, xlabel=axis_label(first), ylabel=axis_label(second))
    ax.set_xticks(range(nx), tick_texts(first))
    ax.set_yticks(range(ny), tick_texts(second))
    ax.set_xlim(-0.5, nx - 0.5)
    ax.set_ylim(-0.5, ny - 0.5)
    _colourbar(figure, ax, mesh, record)
    _explain(figure, record)
    return figure


def _ramp() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("scan", RAMP)


def _limits(z: np.ndarray, from_zero: bool) -> tuple[float, float]:
    found = z[np.isfinite(z)]
    if found.size == 0:
        return 0.0, 1.0
    low = 0.0 if from_zero else float(found.min())
    return low, max(float(found.max()), low + 1e-6)


def _cell(
    ax: Axes, cell: Record, record: Record, z: np.ndarray, limits: tuple[float, float]
) -> None:
    """Winner and number of one cell; hatching where it cannot be trusted."""
    from matplotlib import patheffects
    from matplotlib.patches import Rectangle

    x, y = cell["index"]
    value = z[x, y]
    dark = np.isfinite(value) and (value - limits[0]) / (limits[1] - limits[0]) > 0.52
    ink = "white" if dark else "black"
    if cell["state"] != "done":
        hatch = HATCH if cell["state"] != "not finished" else None
        face = "none" if np.isfinite(value) else LIGHT
        patch = Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=face, edgecolor=GREY, hatch=hatch)
        patch.set_alpha(0.6)
        patch.set_linewidth(0.0)
        ax.add_patch(patch)
    if len(record["cells"]) > MOST_TEXTS:
        return
    box, halo = None, None
    if cell["state"] in ("not converged", "failed"):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
        ink = "black"
    elif np.isfinite(value):  # so that contours do not run through the text
        colour = _ramp()((value - limits[0]) / (limits[1] - limits[0]))
        halo = [patheffects.withStroke(linewidth=2.2, foreground=colour)]
    small = SMALL if len(record["cells"]) <= 120 else SMALL - 2.0
    ax.text(x, y, cell_text(cell), ha="center", va="center", fontsize=small, color=ink, bbox=box,
            linespacing=1.05, path_effects=halo, zorder=5)  # fmt: skip


def cell_text(cell: Record) -> str:
    """What stands in a cell: the winner, its lead in kcal/mol, and what is wrong with it."""
    if cell["winner"] is None:
        return {"failed": "failed", "not finished": "-"}.get(cell["state"], NOT_CONVERGED)
    winner = ion_label(cell["winner"]) + ("" if cell["resolved"] else "?")
    second = f"{cell['margin_kcal_mol']:.1f}"
    if len(cell["order"]) == 5:
        second = sequence_text(cell)
    if cell["state"] == "not converged":
        second += f" {NOT_CONVERGED}"
    return f"{winner}\n{second}"


def sequence_text(cell: Record) -> str:
    """Eisenman's number of the order, - where it is none of the eleven, ? where not resolved."""
    return f"{cell['eisenman'] or '-'}{'' if cell['order_resolved'] else '?'}"


def _boundaries(ax: Axes, record: Record, shape: tuple[int, int]) -> None:
    """Heavy lines between neighbouring cells with different winners."""
    winners = {tuple(cell["index"]): cell["winner"] for cell in record["cells"]}
    for (x, y), winner in winners.items():
        for other, line in (
            ((x + 1, y), ((x + 0.5, x + 0.5), (y - 0.5, y + 0.5))),
            ((x, y + 1), ((x - 0.5, x + 0.5), (y + 0.5, y + 0.5))),
        ):
            if winner and winners.get(other) and winners[other] != winner:
                ax.plot(*line, color="black", lw=2.2, solid_capstyle="projecting", zorder=6)


def _contours(ax: Axes, z: np.ndarray) -> None:
    """Lines of equal ΔΔG at whole kcal/mol, labelled in both units."""
    from matplotlib import patheffects
    from matplotlib.ticker import MaxNLocator

    if min(z.shape) < 3 or not np.isfinite(z).all():
        return
    low, high = _limits(z, from_zero=False)
    levels = [v for v in MaxNLocator(6, integer=True).tick_values(low, high) if low < v < high]
    if not levels:
        return
    x, y = (np.concatenate([[-0.5], np.arange(n), [n - 0.5]]) for n in z.shape)
    lines = ax.contour(
        x, y, np.pad(z, 1, mode="edge").T, levels=levels, colors="black", linewidths=0.8,
        linestyles="solid", zorder=4,
    )  # fmt: skip
    halo = [patheffects.withStroke(linewidth=2.4, foreground="white")]
    taken: list[np.ndarray] = []
    for level, segments in zip(lines.levels, lines.allsegs, strict=True):
        place = _free_place(segments, taken, z.shape)
        if place is None:
            continue
        taken.append(place)
        label = f"{_signed(level)} kcal\n{_signed(KCAL * level)} kJ"
        ax.text(place[0], place[1], label, fontsize=SMALL - 1.5, ha="center", va="center",
                linespacing=1.1, path_effects=halo, zorder=7)  # fmt: skip


def _free_place(
    segments: Sequence[np.ndarray], taken: Sequence[np.ndarray], shape: tuple[int, ...]
) -> np.ndarray | None:
    """Where a line's label stands: far from the middles of cells, from other labels, inside."""
    points = [_dense(segment) for segment in segments if len(segment) > 1]
    if not points:
        return None
    found = np.concatenate(points)
    inner = [(found[:, i] > -0.2) & (found[:, i] < shape[i] - 0.8) for i in (0, 1)]
    found = found[inner[0] & inner[1]] if (inner[0] & inner[1]).any() else found
    off = np.abs(found - np.round(found)) / np.array([0.5, 0.5])
    room = 0.35 * off[:, 0] + 0.65 * off[:, 1]  # texts are wide: above or below a middle is best
    for other in taken:
        apart = np.hypot(*(found - other).T)
        room = np.minimum(room, 0.8 * apart)
    best: np.ndarray = found[int(np.argmax(room))]
    return best


def _dense(line: np.ndarray) -> np.ndarray:
    t = np.linspace(0.0, len(line) - 1.0, 20 * len(line))
    return np.column_stack([np.interp(t, np.arange(len(line)), line[:, i]) for i in (0, 1)])


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−") if abs(value) >= 0.5 else "0"


def _colourbar(figure: Figure, ax: Axes, mesh: Any, record: Record) -> None:
    a, b = record["pair"]
    what = f"ΔΔG({ion_label(a)}→{ion_label(b)}) against bulk"
    if len(record["ions"]) > 2:
        what = "lead of the winner"
    bar = figure.colorbar(mesh, ax=ax, pad=0.03)
    bar.ax.tick_params(labelsize=SMALL)
    bar.set_label(f"{what} (kcal/mol)", fontsize=TEXT)
    bar.ax.yaxis.set_ticks_position("left")
    bar.ax.yaxis.set_label_position("left")
    turn = (lambda y: np.asarray(y) * KCAL, lambda y: np.asarray(y) / KCAL)
    right = bar.ax.secondary_yaxis("right", functions=turn)
    right.tick_params(labelsize=SMALL)
    right.set_ylabel("kJ/mol", fontsize=TEXT)


def _explain(figure: Figure, record: Record) -> None:
    width = int(17.5 * figure.get_figwidth())
    text = textwrap.fill(explanation(record), width)
    figure.supxlabel(text, fontsize=SMALL - 0.5, color=GREY)


def explanation(record: Record) -> str:
    """The sentence below a figure."""
    text = "in a cell: the ion that it prefers to bulk water and its lead over the next, kcal/mol"
    if len(record["ions"]) == 5:
        text = (
            "in a cell: the ion that it prefers to bulk water and its Eisenman sequence (-: none)"
        )
    if any(cell["winner"] and not cell["order_resolved"] for cell in record["cells"]):
        text += "; ?: the 95 % interval of the lead, or of a step of the sequence, holds zero"
    if any(cell["state"] == "not converged" for cell in record["cells"]):
        text += f"; hatched, {NOT_CONVERGED}: not converged"
    return text


def _curve(record: Record) -> Figure:
    axis, a = record["axes"][0], record["pair"][0]
    n = len(axis["values"])
    figure = new_figure(max(5.6, 1.6 + 0.52 * n), 3.9, record["title"])
    ax = figure.subplots()
    x = _positions(axis)
    ax.axhline(0.0, color=ion_colour(a), lw=1.4, ls=ION_DASHES.get(a, "-"), label=ion_label(a))
    for ion in (ion for ion in record["ions"] if ion != a):
        legs = [_leg(cell, ion) for cell in record["cells"]]
        value = np.array([leg.get("ddg_kcal_mol") for leg in legs], dtype=float)
        half = np.array([leg.get("ddg_half_width_kcal_mol") for leg in legs], dtype=float)
        ax.errorbar(
            x, value, np.nan_to_num(half), color=ion_colour(ion), ls=ION_DASHES.get(ion, "-"),
            lw=1.4, marker="o", ms=3.5, capsize=2, label=ion_label(ion),
        )  # fmt: skip
    _winners_above(ax, record, x)
    label = f"ΔΔG({ion_label(a)}→X) against bulk"
    tidy(ax, xlabel=axis_label(axis), ylabel=f"{label} (kcal/mol)")
    if axis["log"]:
        ax.set_xscale("log")
        ax.minorticks_off()
    if axis["log"] or any(number is None for number in axis["numbers"]) or n <= 14:
        ax.set_xticks(x, tick_texts(axis))
    kj_axis(ax, "kJ/mol")
    key_below(figure, ax.get_legend_handles_labels()[0], ncols=6)
    text = explanation(record).replace("in a cell", "bars: 95 %; above") + "; line at 0: "
    text = textwrap.fill(text + ion_label(a), int(16.0 * figure.get_figwidth()))
    ax.set_title(text, fontsize=SMALL - 0.5, color=GREY, loc="left", pad=30)
    edges = _edges(x, bool(axis["log"]))
    ax.set_xlim(edges[0], edges[-1])
    return figure


def _leg(cell: Record, ion: str) -> Record:
    found: Sequence[Record] = [leg for leg in cell["legs"] if leg["to"] == ion]
    return found[0] if found else {}


def _positions(axis: Record) -> np.ndarray:
    numbers = axis["numbers"]
    if any(number is None for number in numbers):
        return np.arange(len(numbers), dtype=float)
    return np.array(numbers, dtype=float)


def _winners_above(ax: Axes, record: Record, x: np.ndarray) -> None:
    """Winner and sequence of every cell above the frame; a hatched band where it is no result."""
    edges = _edges(x, bool(record["axes"][0]["log"]))
    for cell in record["cells"]:
        i = cell["index"][0]
        if cell["state"] != "done":
            band = ax.axvspan(edges[i], edges[i + 1], facecolor="none", edgecolor=GREY, lw=0.0)
            band.set(hatch=HATCH, alpha=0.5, zorder=0)
        ax.text(x[i], 1.02, cell_text(cell), ha="center", va="bottom", fontsize=SMALL,
                transform=ax.get_xaxis_transform(), clip_on=False, linespacing=1.05)  # fmt: skip


def _edges(x: np.ndarray, log: bool) -> np.ndarray:
    """Half way between neighbouring places, and as far beyond the outermost."""
    t = np.log(x) if log else x
    middle = 0.5 * (t[1:] + t[:-1])
    edges = np.concatenate([[2 * t[0] - middle[0]], middle, [2 * t[-1] - middle[-1]]])
    return np.exp(edges) if log else edges
