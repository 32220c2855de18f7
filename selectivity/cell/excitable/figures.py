"""Figures of the excitable axon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.plotting import (
    BAD,
    GREY,
    ION_COLOURS,
    TEXT,
    legend,
    open_frame,
    tidy,
)
from selectivity.units import AVOGADRO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from selectivity.cell.excitable.conduction import ConductedSpike
    from selectivity.cell.excitable.firing import FiringCurve
    from selectivity.cell.excitable.refractory import Refractoriness
    from selectivity.cell.excitable.trace import SpikeTrace
    from selectivity.cell.excitable.warmth import TemperatureSeries

MICRO = 100.0  # A/m² to µA/cm²
PICO = 1e8  # mol/m² to pmol/cm²
DASHED, DOTTED = (0, (5, 1.5)), (0, (1.2, 1.2))
LOAD_TO_ATP = 1e-8 * AVOGADRO * 1e-12 / 3.0  # pmol/cm² of sodium to ATP/µm²


def draw_trace(figure: Figure, trace: SpikeTrace) -> None:
    """Potential, gates, currents, and the sodium load with its ATP, over one another."""
    figure.set_size_inches(6.4, 8.0)
    v, gates, currents, load = figure.subplots(4, 1, sharex=True)
    t = trace.time_ms
    _potential(v, trace)
    styles: tuple[tuple[Any, str, Any], ...] = (
        (trace.m, "m", "-"),
        (trace.h, "h", DASHED),
        (trace.n, "n", DOTTED),
    )
    for gate, name, dash in styles:
        gates.plot(t, gate, color="black", ls=dash, lw=1.3, label=name)
    gates.set_ylim(-0.03, 1.03)
    tidy(gates, "", "", "gates")
    legend(gates, loc="upper right")
    na, k = ION_COLOURS["Na"], ION_COLOURS["K"]
    currents.axhline(0.0, color="0.7", lw=0.8)
    currents.plot(t, MICRO * trace.i_na_A_m2, color=na, lw=1.4, label="Na")
    currents.plot(t, MICRO * trace.i_k_A_m2, color=k, ls=DASHED, lw=1.4, label="K")
    currents.plot(t, MICRO * trace.i_leak_A_m2, color=GREY, ls=DOTTED, lw=1.2, label="leak")
    tidy(currents, "", "", "current, outward +\n(µA/cm²)")
    legend(currents, loc="upper right")
    _load(load, trace)
    for ax in (v, gates, currents):
        open_frame(ax)
    figure.align_ylabels()


def _potential(ax: Axes, trace: SpikeTrace) -> None:
    axon = trace.axon
    ax.plot(trace.time_ms, trace.v_mV, color="black", lw=1.5)
    ax.axhline(trace.rest_mV, color=GREY, ls=DOTTED, lw=0.9)
    stimulus = MICRO * trace.stimulus_A_m2
    if np.ptp(stimulus) > 0.0:
        low, high = trace.v_mV.min(), trace.v_mV.max()
        height = 0.16 * (high - low)
        scaled = low - 1.6 * height + height * (stimulus - stimulus.min()) / np.ptp(stimulus)
        ax.plot(trace.time_ms, scaled, color=GREY, lw=1.2)
        ax.set_yticks([x for x in ax.get_yticks() if low - 10.0 <= x <= high + 10.0])
    said = f"squid axon, space clamp, {axon.temperature_K - 273.15:.1f} °C"
    if np.ptp(stimulus) > 0.0:
        said += f"; grey: applied current, {stimulus.min():.4g} to {stimulus.max():.4g} µA/cm²"
    tidy(ax, said, "", "V (mV)")


def _load(ax: Axes, trace: SpikeTrace) -> None:
    load = PICO * trace.na_load_mol_m2
    ax.plot(trace.time_ms, load, color=ION_COLOURS["Na"], lw=1.6, label="sodium load")
    if trace.spikes:
        least = PICO * trace.cost().capacitive_mol_m2
        ax.axhline(least, color="black", ls=DASHED, lw=1.0, label="least charge C ΔV of one spike")
        legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.1)
    tidy(ax, "", "time (ms)", "Na⁺ above rest\n(pmol/cm²)")
    atp = ax.twinx()
    low, high = ax.get_ylim()
    atp.set_ylim(low * LOAD_TO_ATP, high * LOAD_TO_ATP)
    tidy(atp, "", "", "ATP to pump it out\n(per µm²)")
    atp.spines["top"].set_visible(False)
    ax.spines["top"].set_visible(False)


def draw_firing(figure: Figure, curve: FiringCurve) -> None:
    """Rate on both branches; the range of V with the steady state, dashed where unstable."""
    figure.set_size_inches(6.4, 6.4)
    rate, volt = figure.subplots(2, 1, sharex=True)
    i = MICRO * curve.current_A_m2
    on, off = ([f.rate_Hz for f in branch] for branch in (curve.from_rest, curve.from_firing))
    lasting = np.where(np.array(off) > 0.0, off, math.nan)
    rate.plot(i, lasting, "-", color=GREY, lw=1.2, label="come down to from firing")
    rate.plot(i, on, "o", color="black", ms=4.5, mfc="white", label="switched on at rest")
    slow = np.array(on) * 0.0
    rate.plot(i[curve.stable], slow[curve.stable], "x", color=BAD, ms=5, label="raised slowly")
    celsius = curve.axon.temperature_K - 273.15
    title = f"squid axon, space clamp, {celsius:.1f} °C, constant current"
    tidy(rate, title, "", "rate that lasts (Hz)")
    _firing_range(volt, curve, i)
    for ax in (rate, volt):
        _bounds(ax, curve)
        open_frame(ax)
    legend(rate, loc="center right")
    legend(volt, loc="upper right")


def _firing_range(ax: Axes, curve: FiringCurve, i: np.ndarray) -> None:
    fires = np.array([f.rate_Hz > 0.0 for f in curve.from_firing])
    peak = np.array([f.peak_mV for f in curve.from_firing])
    trough = np.array([f.trough_mV for f in curve.from_firing])
    if fires.any():
        ax.fill_between(i, trough, peak, where=fires, color="0.9", lw=0)
        ax.plot(i[fires], peak[fires], color="black", lw=1.3, label="peak and trough of firing")
        ax.plot(i[fires], trough[fires], color="black", lw=1.3)
    steady = np.where(curve.stable, curve.steady_mV, math.nan)
    lost = np.where(curve.stable, math.nan, curve.steady_mV)
    ax.plot(i, steady, "x", color=BAD, ms=4, label="steady state, stable")
    ax.plot(i, lost, ".", color=BAD, ms=4, label="steady state, unstable")
    tidy(ax, "", "current (µA/cm²)", "V (mV)")


def _bounds(ax: Axes, curve: FiringCurve) -> None:
    at: list[tuple[float, Any]] = [(MICRO * h.current_A_m2, DASHED) for h in curve.hopf]
    if math.isfinite(curve.fold_A_m2):
        at.append((MICRO * curve.fold_A_m2, DOTTED))
    low, high = MICRO * curve.current_A_m2[0], MICRO * curve.current_A_m2[-1]
    for current, dash in at:
        if low <= current <= high:
            ax.axvline(current, color=GREY, ls=dash, lw=0.9, zorder=0)


def draw_refractoriness(figure: Figure, found: Refractoriness) -> None:
    """Threshold of the second pulse over the resting one."""
    ax = figure.add_subplot()
    can = np.isfinite(found.ratio)
    ax.semilogy(found.interval_ms[can], found.ratio[can], "o-", color="black", ms=4, lw=1.2)
    ax.axhline(1.0, color=GREY, ls=DOTTED, lw=0.9)
    if not can.all():
        last = found.interval_ms[~can].max()
        ax.axvspan(found.interval_ms[0], last, color="0.92", lw=0)
        said = f"no spike at up to {found.strongest:g} ×"
        middle = 0.5 * (found.interval_ms[0] + last)
        ax.text(middle, 1.15, said, rotation=90, ha="center", va="bottom", fontsize=TEXT)
    ticks = [t for t in (0.5, 0.7, 1.0, 2.0, 5.0, 10.0) if t <= 1.2 * found.ratio[can].max()]
    ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()
    celsius = found.axon.temperature_K - 273.15
    title = f"second pulse of {found.duration_ms:g} ms, {celsius:.1f} °C"
    tidy(ax, title, "interval (ms)", "threshold / resting threshold")
    open_frame(ax)


def draw_temperatures(figure: Figure, series: TemperatureSeries) -> None:
    """Peak, width and sodium load against temperature."""
    figure.set_size_inches(6.4, 6.4)
    peak, width, load = figure.subplots(3, 1, sharex=True)
    celsius = series.temperature_K - 273.15
    peak.plot(celsius, series.peak_mV, "o-", color="black", ms=3.5, lw=1.2)
    peak.axhline(series.level_mV, color=GREY, ls=DOTTED, lw=0.9)
    width.semilogy(celsius, series.width_ms, "o-", color="black", ms=3.5, lw=1.2)
    sodium = ION_COLOURS["Na"]
    load.semilogy(celsius, PICO * series.na_load_mol_m2, "o-", color=sodium, ms=3.5, lw=1.2)
    tidy(peak, "squid axon, space clamp: warming", "", "peak (mV)")
    tidy(width, "", "", "width at half\nheight (ms)")
    tidy(load, "", "temperature (°C)", "Na⁺ per spike\n(pmol/cm²)")
    for ax, ticks in ((width, (0.1, 0.2, 0.5, 1, 2, 5)), (load, (0.5, 1, 2, 5, 10, 20, 50))):
        low, high = ax.get_ylim()
        ax.set_yticks(ticks, [f"{x:g}" for x in ticks])
        ax.minorticks_off()
        ax.set_ylim(low, high)
    for ax in (peak, width, load):
        if math.isfinite(series.block_K):
            ax.axvline(series.block_K - 273.15, color=GREY, ls=DASHED, lw=0.9)
        open_frame(ax)
    if math.isfinite(series.block_K):
        where = series.block_K - 273.15
        peak.text(where + 0.4, float(np.nanmax(series.peak_mV)), "heat block", fontsize=TEXT)


def draw_conduction(figure: Figure, found: ConductedSpike) -> None:
    """V over place and time, with the velocity as a line; V against time at the stations."""
    figure.set_size_inches(6.4, 7.0)
    field, traces = figure.subplots(2, 1, height_ratios=(1.4, 1.0))
    until = _interesting(found)
    few = found.time_ms <= until
    step = max(1, int(few.sum()) // 400)
    t, v = found.time_ms[few][::step], found.v_mV[few][::step]
    image = field.pcolormesh(
        found.x_mm, t, v, cmap="Greys_r", shading="nearest", rasterized=True, vmin=-80, vmax=50
    )
    bar = figure.colorbar(image, ax=field, pad=0.02)
    tidy(bar.ax, "", "", "V (mV)")
    celsius = found.axon.temperature_K - 273.15
    radius = 1e6 * found.axon.radius_m
    tidy(field, f"spike along an axon of {radius:g} µm radius, {celsius:.1f} °C", "", "time (ms)")
    field.set_xlabel("distance from the electrode (mm)", fontsize=TEXT)
    if found.conducted:
        x, when = found.stations_mm, found.arrivals_ms
        field.plot(x, when, color="white", marker="o", ms=6.5, lw=3.2)
        field.plot(x, when, color=BAD, marker="o", ms=4, lw=1.4)
        said = f"{found.velocity_m_s:.2f} m/s"
        field.text(x[-1], when[0], said, color="white", fontsize=TEXT + 1, ha="right", va="center")
    for place, dash in zip(found.stations_mm, ("-", DASHED, DOTTED), strict=True):
        i = int(np.argmin(np.abs(found.x_mm - place)))
        at = found.time_ms <= until
        label = f"at {place:.1f} mm"
        traces.plot(found.time_ms[at], found.v_mV[at, i], color="black", ls=dash, label=label)
    tidy(traces, "", "time (ms)", "V (mV)")
    open_frame(traces)
    legend(traces, loc="upper left")


def _interesting(found: ConductedSpike) -> float:
    """Until when (ms) something is to be seen: a little past the last arrival."""
    if not found.conducted or found.spike is None:
        return float(min(found.time_ms[-1], 5.0))
    end = found.arrivals_ms[-1] * 1.6 + 2.0 * found.spike.width_ms
    return float(min(found.time_ms[-1], end))
