"""Panels of the figures of the pump: ledger, rate laws, composition, scan over the rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.membrane.solution import VALENCE
from selectivity.units import FARADAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from selectivity.cell.pump_bound import PumpBound
    from selectivity.cell.pump_curves import PumpCurves
    from selectivity.cell.pump_leak_result import PumpLeak, PumpLeakScan
    from selectivity.cell.pump_ledger import PumpLedger

_HATCH = {"leak": "", "pump": "////", "transport": "...."}
_STYLES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1.5)), (0, (1.2, 1.2)))
_APART = 8.0
_IONS = {"na_in_mM": "Na", "k_in_mM": "K", "cl_in_mM": "Cl"}


def draw_ledger(ax: Axes, ledger: PumpLedger) -> None:
    """Bars of leak, pump part and transport for every ion and for all charge, with numbers."""
    from selectivity.plotting import ion_colour, ion_label, legend, open_frame, tidy

    rows = (*ledger.rows, ledger.charge)
    size = ledger.size or 1.0
    kinds = ledger.kinds
    width = 0.8 / len(kinds)
    for at, row in enumerate(rows):
        colour = ion_colour(row.ion)
        for i, kind in enumerate(kinds):
            fill = colour if kind == "leak" else "white"
            x = at + (i - 0.5 * (len(kinds) - 1)) * width
            value = getattr(row, kind)
            ax.bar(x, value, 0.9 * width, color=fill, ec=colour, hatch=_HATCH[kind])
            _number(ax, x, value, size)
    ax.axhline(0.0, color="black", lw=0.8)
    names = [ion_label(row.ion, VALENCE[row.ion]) for row in ledger.rows]
    ax.set_xticks(range(len(rows)), [*names, "all charge"])
    ax.set_ylim(-1.3 * size, 1.5 * size)
    for kind in kinds:
        fill = "0.4" if kind == "leak" else "white"
        ax.bar([0], [0], color=fill, ec="0.4", hatch=_HATCH[kind], label=kind)
    unit = ledger.unit.replace("m2", "m²")
    place = "" if ledger.unit == "pA" else " per µm²"
    title = f"pump {ledger.sodium}:{ledger.potassium}, {ledger.atp_per_s:.3g} ATP/s{place}"
    tidy(ax, title, "", f"current, outward ({unit})")
    open_frame(ax)
    legend(ax, loc="upper right", ncols=len(kinds))


def _number(ax: Axes, x: float, value: float, size: float) -> None:
    from selectivity.plotting import SMALL

    zero = abs(value) <= 1e-12 * size
    text = "0" if zero else f"{value:+.2g}" if abs(value) < 0.1 else f"{value:+.3g}"
    side, align = (0.03, "bottom") if value >= 0.0 or zero else (-0.03, "top")
    text = text.replace("-", "−")
    ax.text(x, value + side * size, text, ha="center", va=align, fontsize=SMALL - 1.0)


def _amount(ax: Axes, x: float, value_mM: float) -> None:
    from selectivity.plotting import SMALL

    ax.annotate(
        f"{value_mM:.3g}",
        (x, value_mM),
        (0, 2),
        textcoords="offset points",
        ha="center",
        fontsize=SMALL - 1.0,
    )


def draw_curves(axes: tuple[Axes, Axes], curves: PumpCurves) -> None:
    """Cycle current of each law against inner sodium and against outer potassium."""
    from selectivity.plotting import ion_label, legend, open_frame, tidy

    ends = (
        (axes[0], curves.na_in_mM, curves.over_sodium_A_m2, ("Na", "inside"), curves.na_at_mM),
        (axes[1], curves.k_out_mM, curves.over_potassium_A_m2, ("K", "outside"), curves.k_at_mM),
    )
    other = (f"K outside {curves.k_at_mM:g} mM", f"Na inside {curves.na_at_mM:g} mM")
    for (ax, c, q, (ion, side), at), held in zip(ends, other, strict=True):
        for i, label in enumerate(curves.labels):
            style = _STYLES[i % len(_STYLES)]
            ax.plot(c, q[i], color="black", ls=style, lw=1.3, label=label)
            ax.plot(at, curves.at_A_m2[i], "o", color="white", mec="black", ms=5)
        _rates(ax, q)
        ax.set_xlim(0.0, c[-1])
        tidy(ax, held, f"{ion_label(ion)} {side} (mM)", "cycle current q (A/m²)")
        open_frame(ax)
    legend(axes[0], loc="best")


def _rates(ax: Axes, q: np.ndarray) -> None:
    """From zero; on a logarithmic axis where the laws differ much in size."""
    tops = q.max(axis=1)
    tops = tops[tops > 0.0]
    if tops.size and tops.max() > _APART * tops.min():
        ax.set_yscale("log")
        ax.set_ylim(1e-3 * tops.min(), 2.0 * tops.max())
    else:
        ax.set_ylim(bottom=0.0)


def draw_bound(ax: Axes, bound: PumpBound) -> None:
    """Work of a cycle against V beside what ATP gives; the stall is where they cross."""
    from selectivity.plotting import GREY, legend, open_frame, tidy

    stall = bound.v_mV if math.isnan(bound.stall_mV) else bound.stall_mV
    ends = np.array([min(stall, bound.v_mV) - 30.0, max(stall, bound.v_mV, 0.0) + 30.0])
    slope = (bound.potassium - bound.sodium) * FARADAY * 1e-6
    work = bound.work_kJ_mol + slope * (ends - bound.v_mV)
    ax.plot(ends, work, color="black", label=f"work of a cycle, {bound.sodium}:{bound.potassium}")
    gives = -bound.free_energy_kJ_mol
    ax.axhline(gives, color=GREY, ls="--", lw=1.1, label="ATP gives")
    at = f"here: {100.0 * bound.efficiency:.0f} % of ATP"
    ax.plot(bound.v_mV, bound.work_kJ_mol, "o", color="black", label=at)
    if not math.isnan(bound.stall_mV):
        name = f"stall, {bound.stall_mV:.0f} mV"
        ax.plot(bound.stall_mV, gives, "o", color="white", mec="black", label=name)
    ax.set_ylim(0.0 if min(work) > 0.0 else None, 1.25 * max(*work, gives))
    tidy(ax, "one cycle of the pump", "V (mV)", "energy (kJ/mol)")
    open_frame(ax)
    legend(ax, loc="lower left")


def draw_composition(ax: Axes, state: PumpLeak) -> None:
    """Inner and outer concentration of every ion at the steady state."""
    from selectivity.plotting import ion_colour, ion_label, legend, open_frame, tidy

    ions = list(state.inside_mM)
    for at, ion in enumerate(ions):
        colour = ion_colour(ion)
        ax.bar(at - 0.2, state.inside_mM[ion], 0.36, color=colour, ec=colour)
        ax.bar(at + 0.2, state.outside[ion], 0.36, color="white", ec=colour, hatch="////")
        _amount(ax, at - 0.2, state.inside_mM[ion])
        _amount(ax, at + 0.2, state.outside[ion])
    x, bath = state.impermeant, state.outer.c_mM
    ax.bar(len(ions) - 0.2, x.c_mM, 0.36, color="0.4", ec="0.4", label="inside")
    ax.bar(len(ions) + 0.2, bath, 0.36, color="white", ec="0.4", hatch="////", label="bath")
    _amount(ax, len(ions) - 0.2, x.c_mM)
    _amount(ax, len(ions) + 0.2, bath)
    names = [ion_label(ion, VALENCE[ion]) for ion in ions]
    ax.set_xticks(range(len(ions) + 1), [*names, f"X, z = {x.z:g}"])
    ax.set_ylim(top=1.22 * ax.get_ylim()[1])
    tidy(ax, f"steady state, V = {state.v_mV:.2f} mV", "", "concentration (mM)")
    open_frame(ax)
    legend(ax, loc="upper right", ncols=2)


def draw_words(ax: Axes, title: str, text: str) -> None:
    """A title and a sentence in place of a figure."""
    from textwrap import fill

    from selectivity.plotting import LARGE, TEXT

    ax.set_axis_off()
    ax.text(0.5, 0.6, title, ha="center", fontsize=LARGE, transform=ax.transAxes)
    ax.text(0.5, 0.5, fill(text, 70), ha="center", va="top", fontsize=TEXT, transform=ax.transAxes)


def draw_scan(figure: Figure, scan: PumpLeakScan) -> None:
    """Composition and potential against the rate of the law, one above the other."""
    from selectivity.plotting import ion_colour, ion_label, legend, open_frame, tidy

    width, height = figure.get_size_inches()
    figure.set_size_inches(width, max(6.0, height))
    upper, lower = figure.subplots(2, 1, sharex=True)
    table, rate = scan.columns(), scan.rates_A_m2
    styles = {"Na": "-", "K": "--", "Cl": "-."}
    for key, ion in _IONS.items():
        c = np.asarray(table[key], dtype=float)
        if np.isfinite(c).any():
            label, style = ion_label(ion, VALENCE[ion]), styles[ion]
            upper.plot(rate, c, ls=style, color=ion_colour(ion), lw=1.5, label=label)
    lower.plot(rate, table["v_mV"], color="black", lw=1.5, label="V")
    past = np.array([s.bound is not None and not s.bound.runs_forward for s in scan.states])
    for ax in (upper, lower):
        _shade(ax, rate, ~scan.steady, "0.85", "no steady state", "")
        _shade(ax, rate, past & scan.steady, "0.93", "past the bound of ATP", "///")
        open_frame(ax)
    positive = rate[rate > 0.0]
    if positive.size > 1 and positive.max() > 20.0 * positive.min():
        lower.set_xscale("symlog" if (rate <= 0.0).any() else "log")
    lower.set_xlim(rate.min(), rate.max())
    tidy(upper, f"steady state at fixed volume, pump: {scan.law.kind}", "", "inside (mM)")
    tidy(lower, "", f"rate of the pump, {scan.rate_symbol} (A/m²)", "V (mV)")
    legend(upper, loc="best")


def _shade(
    ax: Axes, rate: np.ndarray, where: np.ndarray, colour: str, name: str, hatch: str
) -> None:
    """Grey where a condition holds; a run of rates reaches to the last one without it."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], where, [False])).astype(int)))
    for i, (start, stop) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        low, high = rate[max(start - 1, 0)], rate[min(stop, rate.size - 1)]
        label = name if i == 0 else None
        ax.axvspan(low, high, fc=colour, ec="0.75" if hatch else "none", hatch=hatch, label=label)
