"""Figures of electrodiffusion: Goldman profiles, current-voltage curves, profiles in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.membrane.solution import VALENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from selectivity.membrane.electrodiffusion.filter_curve import FilterCurve
    from selectivity.membrane.electrodiffusion.result import SlabCurve, SlabRun, SlabState

DASHES: Sequence[Any] = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1.2, 1.2)), (0, (8, 2)))


def _look(ions: Sequence[str], ion: str) -> dict[str, Any]:
    """Colour and dashes of an ion; the dashes tell the ions apart in grey."""
    from selectivity.plotting import ion_colour

    place = list(ions).index(ion)
    return {"color": ion_colour(ion), "linestyle": DASHES[place % len(DASHES)], "linewidth": 1.5}


def _label(ion: str) -> str:
    from selectivity.plotting import ion_label

    return ion_label(ion, VALENCE[ion])


def draw_state(state: SlabState, figure: Figure) -> None:
    """c(x) above φ(x), the baths' values as marks at the faces."""
    from selectivity.plotting import GREY, legend, open_frame, tidy

    upper, lower = figure.subplots(2, 1, sharex=True)
    x, ions = 1e9 * state.x_m, state.slab.ions
    for ion, c in state.concentration_mM.items():
        look = _look(ions, ion)
        upper.plot(x, c, label=_label(ion), **look)
        baths = (state.slab.inside[ion], state.slab.outside[ion])
        upper.plot(x[[0, -1]], baths, "o", ms=4, mfc="white", mec=look["color"], clip_on=False)
    lower.plot(x, 1000.0 * state.potential_V, color="black", lw=1.5)
    ends = (1000.0 * state.voltage_V, 0.0)
    lower.plot(x[[0, -1]], ends, "o", ms=4, mfc="white", mec="black", clip_on=False)
    lower.axhline(0.0, color=GREY, lw=0.6)
    from selectivity.membrane.electrodiffusion.result import MODE_WORDS

    title = f"{MODE_WORDS[state.mode]}, V = {1000.0 * state.voltage_V:.1f} mV (circles: baths)"
    tidy(upper, title=title, ylabel="concentration (mM)")
    tidy(lower, xlabel="x from the inside face (nm)", ylabel="potential φ (mV)")
    for ax in (upper, lower):
        open_frame(ax)
    upper.set_ylim(bottom=0.0)
    legend(upper)


def draw_curve(curve: SlabCurve, figure: Figure) -> None:
    """Net current and each ion's against V, the reversal marked."""
    from selectivity.plotting import legend, tidy

    ax = figure.subplots()
    order = np.argsort(curve.voltage_V)
    millivolt = 1000.0 * curve.voltage_V[order]
    for ion, current in curve.current_A_m2.items():
        ax.plot(millivolt, current[order], label=_label(ion), **_look(curve.slab.ions, ion))
    ax.plot(millivolt, curve.net_current_A_m2[order], color="black", lw=2.2, label="net")
    cross(ax, 1000.0 * curve.reversal_V)
    tidy(ax, xlabel="membrane potential V (mV)", ylabel="current density, outward + (A/m²)")
    legend(ax)


def cross(ax: Axes, reversal_mV: float) -> None:
    """Axes through the origin and a circle at the reversal potential."""
    from selectivity.plotting import GREY, open_frame

    ax.axhline(0.0, color=GREY, lw=0.6)
    ax.axvline(0.0, color=GREY, lw=0.6)
    if np.isfinite(reversal_mV):
        label = f"reversal {reversal_mV:.1f} mV"
        ax.plot([reversal_mV], [0.0], "o", ms=6, mfc="white", mec="black", label=label, zorder=5)
    open_frame(ax)


def draw_run(run: SlabRun, figure: Figure) -> None:
    """One panel an ion: profiles at up to six stored times, from light to dark."""
    from selectivity.plotting import SMALL, legend, tidy

    axes = np.atleast_1d(figure.subplots(1, len(run.concentration_mM)))
    some = np.unique(np.linspace(0, run.time_s.size - 1, 6).astype(int))
    x = 1e9 * run.x_m
    for ax, (ion, c) in zip(axes, run.concentration_mM.items(), strict=True):
        for place, k in enumerate(some):
            grey = 0.78 * (1.0 - place / max(1, some.size - 1))
            label = f"{_time(run.time_s[k])}" if ax is axes[0] else None
            dashes = DASHES[place % len(DASHES)] if place < some.size - 1 else "-"
            ax.plot(x, c[k], color=str(grey), lw=1.4, ls=dashes, label=label)
        tidy(ax, title=_label(ion), xlabel="x from the inside face (nm)")
        ax.set_ylim(0.0, 1.06 * float(c.max()) or 1.0)
    tidy(axes[0], title=_label(next(iter(run.concentration_mM))), ylabel="concentration (mM)")
    legend(axes[0], title="time", title_fontsize=SMALL)


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def draw_filter(curve: FilterCurve, figure: Figure) -> None:
    """Each ion's current with its band, a panel an ion, since they differ by the selectivity.

    The first panel has the net current too, whose zero is the reversal.
    """
    from selectivity.plotting import legend, tidy

    ions = list(curve.current_pA)
    axes = np.atleast_1d(figure.subplots(len(ions), 1, sharex=True))
    order = np.argsort(curve.voltage_V)
    millivolt = 1000.0 * curve.voltage_V[order]
    if len(ions) > 1:
        net, least, most = (row[order] for row in curve.net_pA)
        if np.isfinite([least, most]).all():
            axes[0].fill_between(millivolt, least, most, color="0.85", lw=0, zorder=0)
        axes[0].plot(millivolt, net, color="black", ls="-.", lw=1.2, label="net", zorder=3)
    for ax, ion in zip(axes, ions, strict=True):
        value, low, high = (row[order] for row in curve.current_pA[ion])
        look = _look(ions, ion)
        if np.isfinite([low, high]).all():
            ax.fill_between(millivolt, low, high, color=look["color"], alpha=0.25, lw=0)
        ax.plot(millivolt, value, label=f"{_label(ion)} (band: 95 %)", **look)
        cross(ax, curve.reversal_mV.value if ax is axes[0] else float("nan"))
        tidy(ax, ylabel="current (pA)")
        legend(ax)
    tidy(axes[0], title=f"{curve.inputs['system']}: outward +, interior only")
    tidy(axes[-1], xlabel="membrane potential V (mV)")
