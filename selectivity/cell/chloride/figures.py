"""Figures of chloride: over Cl_in, over the rate of NKCC1, and along development."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selectivity.plotting import (
    GREY,
    LIGHT,
    SMALL,
    ion_colour,
    legend,
    open_frame,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from selectivity.cell.chloride.balance import ChlorideBalance
    from selectivity.cell.chloride.development import ChlorideDevelopment
    from selectivity.cell.chloride.reversal import ChlorideReversals

GABA = "#202020"


def draw_reversals(found: ChlorideReversals, figure: Figure) -> None:
    """E_Cl and E_GABA against Cl_in with V, and where the transporters stand still."""
    ax = figure.add_subplot()
    v = 1000.0 * found.cell.voltage_V
    _curves(ax, found.cl_in_mM, found.e_cl_mV, found.e_gaba_mV)
    _rest(ax, v)
    outside = found.cell.outside["Cl"]
    points = (("KCC2", found.kcc2_cl_mM, "v", (9, -3)), ("NKCC1", found.nkcc1_cl_mM, "^", (-9, 3)))
    for name, cl, marker, offset in points:
        e = np.interp(np.log(cl), np.log(found.cl_in_mM), found.e_cl_mV)
        ax.plot(cl, e, marker, color="black", ms=6, mfc="white", zorder=4)
        ax.annotate(
            f"{name} stands still\nat {cl:.3g} mM",
            (cl, e),
            offset,
            textcoords="offset points",
            fontsize=SMALL,
            ha="left" if offset[0] > 0 else "right",
            va="top" if offset[0] > 0 else "bottom",
        )
    own = found.cell.inside["Cl"]
    label = f"this cell, {own:g} mM: GABA {found.effect}"
    ax.plot(own, found.cell_e_gaba_mV, "o", color=GABA, ms=6, zorder=5, label=label)
    title = f"Cl$_{{out}}$ {outside:g} mM, {found.cell.temperature_K:g} K; shaded: GABA depolarises"
    plain_log(ax, found.cl_in_mM)
    tidy(ax, title, "internal chloride (mM)", "potential (mV)")
    legend(ax, loc="lower right")
    open_frame(ax)


def draw_balance(found: ChlorideBalance, figure: Figure) -> None:
    """Steady E_Cl and E_GABA against g_NKCC1, with the switch and the given rate."""
    ax = figure.add_subplot()
    g = found.sweep_nkcc1_S_m2
    _curves(ax, g, found.sweep_e_cl_mV, found.sweep_e_gaba_mV)
    _rest(ax, found.v_mV)
    switch = found.switch_nkcc1_S_m2
    if g[0] <= switch <= g[-1]:
        label = f"GABA turns round, {switch:.3g} S/m²"
        ax.plot(switch, found.v_mV, "s", color="black", mfc="white", ms=6, zorder=5, label=label)
    if g[0] <= found.rates.g_nkcc1_S_m2 <= g[-1]:
        label = f"this cell: Cl$_{{in}}$ {found.cl_in_mM:.3g} mM, {found.winner} wins"
        given = found.rates.g_nkcc1_S_m2
        ax.plot(given, found.e_gaba_mV, "o", color=GABA, ms=6, zorder=5, label=label)
    cl, kcc2, _ = found.rates
    title = f"steady chloride: leak {cl:g}, KCC2 {kcc2:g} S/m²; shaded: GABA depolarises"
    ax.set_xscale("log")
    ax.set_xlim(g[0], g[-1])
    tidy(ax, title, "rate constant of NKCC1 (S/m²)", "potential (mV)")
    legend(ax, loc="upper left")
    open_frame(ax)


def draw_development(found: ChlorideDevelopment, figure: Figure) -> None:
    """Rates, potentials, chloride and volume against age."""
    figure.set_size_inches(8.4, 6.0)
    panels = figure.subplots(2, 2, sharex=True)
    age, table = found.table["age_days"], found.table
    rates, volts, chloride, volume = panels.ravel()
    rates.plot(age, table["g_kcc2_S_m2"], color="black", lw=1.4, label="KCC2")
    rates.plot(age, table["g_nkcc1_S_m2"], ls=(0, (5, 1.5)), color=GREY, lw=1.4, label="NKCC1")
    tidy(rates, "what changes", ylabel="rate constant (S/m²)")
    _curves(volts, age, table["e_cl_mV"], table["e_gaba_mV"])
    volts.plot(age, table["v_mV"], ls=":", color=GREY, lw=1.6, label="V")
    days = ", ".join(f"{day:.1f}" for day in found.gaba_switch_days)
    for day in found.gaba_switch_days:
        for ax in panels.ravel():
            ax.axvline(day, color=GREY, lw=0.8, ls=(0, (2, 2)))
    turn = f"GABA turns round on day {days}; " if days else ""
    tidy(
        volts,
        f"{turn}shaded: it depolarises" if turn else "shaded: GABA depolarises",
        ylabel="potential (mV)",
    )
    low, high = volts.get_ylim()
    depolarises = table["driving_force_mV"] < 0.0
    volts.fill_between(age, low, high, where=depolarises, color=LIGHT, zorder=0, lw=0)
    volts.set_ylim(low, high)
    chloride.plot(age, table["cl_in_mM"], color=ion_colour("Cl"), lw=1.4)
    tidy(chloride, "internal chloride", "age (days)", "Cl inside (mM)")
    volume.plot(age, table["w_um3"], color="black", lw=1.4)
    tidy(volume, "volume", "age (days)", "volume (µm³)")
    for ax in panels.ravel():
        ax.set_xlim(float(age[0]), float(age[-1]))
        open_frame(ax)
    legend(rates)
    legend(volts)


def _curves(ax: Axes, x: object, e_cl: object, e_gaba: object) -> None:
    ax.plot(x, e_gaba, "-", color=GABA, lw=1.6, label="E$_{GABA}$ (with HCO$_3^-$)")  # type: ignore[arg-type]
    ax.plot(x, e_cl, ls=(0, (5, 1.5)), color=ion_colour("Cl"), lw=1.6, label="E$_{Cl}$")  # type: ignore[arg-type]


def _rest(ax: Axes, v: float) -> None:
    """V as a line; above it GABA depolarises."""
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, v - 5.0), max(high, v + 5.0))
    ax.axhspan(v, ax.get_ylim()[1], color=LIGHT, zorder=0)
    ax.axhline(
        v, color=GREY, lw=1.0, ls=":", label=f"V = −{-v:.1f} mV" if v < 0 else f"V = {v:.1f} mV"
    )


def plain_log(ax: Axes, values: np.ndarray) -> None:
    """A logarithmic axis of concentrations with plain numbers at 1, 2, 5, 10 …"""
    from matplotlib.ticker import NullFormatter, NullLocator

    low, high = float(values[0]), float(values[-1])
    steps = [m * 10.0**e for e in range(-3, 4) for m in (1, 2, 5)]
    ticks = [t for t in steps if low <= t <= high]
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
