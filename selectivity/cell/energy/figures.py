"""The figure of an energy budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectivity.plotting import SMALL, ion_colour, legend, open_frame, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from selectivity.cell.energy.budget import EnergyBudget

_WORDS = {
    "spikes": "action potentials",
    "postsynaptic": "postsynaptic receptors",
    "rest": "resting potentials",
    "recycling": "glutamate recycling",
    "presynaptic": "presynaptic release",
}


def draw_budget(found: EnergyBudget, figure: Figure) -> None:
    """Bars of the parts in ATP/s with their share, the published share as a mark."""
    ax = figure.add_subplot()
    columns, total = found.columns(), found.total_ATP_s
    names, spent = list(columns["part"]), list(columns["ATP_s"])
    rows = range(len(names))
    ax.barh(rows, [1e-9 * v for v in spent], height=0.6, color=ion_colour("Na"), label="computed")
    said = columns["published_percent"] if not found.preset.changed else [float("nan")] * len(names)
    for y, value, share, theirs in zip(rows, spent, columns["share_percent"], said, strict=True):
        label = f"{share:.1f} %" + (f" (published {theirs:g} %)" if theirs == theirs else "")
        point = (1e-9 * max(value, 0.01 * total * theirs if theirs == theirs else 0.0), y)
        ax.annotate(label, point, (7, 0), textcoords="offset points", va="center", fontsize=SMALL)
    marks = [(y, 1e-11 * total * share) for y, share in enumerate(said) if share == share]
    if marks:
        label = "published share of this total"
        ax.plot([x for _, x in marks], [y for y, _ in marks], "k|", ms=20, mew=1.6, label=label)
        legend(ax, loc="lower right", markerscale=0.5)
    ax.set_yticks(list(rows), [_WORDS[name] for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.margins(x=0.4)
    rate = found.preset.inputs.rate_Hz
    changed = ", changed" if found.preset.changed else ""
    title = (
        f"{found.preset.name}{changed}, {rate:g} Hz: {1e-9 * total:.3g}×10⁹ ATP/s, "
        f"{found.tissue_umol_g_min:.3g} µmol/g/min"
    )
    tidy(ax, title, "10⁹ ATP/s per neuron (with glia)")
    open_frame(ax)
