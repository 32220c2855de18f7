"""Guided problem: what fires the squid axon, how fast does a spike travel, and what does it cost?

    python analysis/problem_spike.py --out out/problems

Shows the action potential of Hodgkin and Huxley with its currents and its sodium; thresholds and
how sharp they are; the currents between which the axon fires without end, and where rest and firing
are both stable; what warming does; conduction along an axon against the velocity that was computed
in 1952, and that it goes as the root of the radius. Sodium and ATP of each spike: at 6.3 °C
thirteen times the least that charging the membrane takes, at 18.5 °C four to five times. Writes
four figures. Nine seconds of CPU.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from selectivity.cell import excitable as x

AXON = x.squid_axon()
PULSE = x.pulse(2e-3, 5e-4, 0.2)
WARM_K = x.cable_temperature_K()
PUBLISHED = (18.8, 21.2)  # m/s, Hodgkin & Huxley 1952: computed; measured (from memory)
CURRENTS = np.array([1, 3, 5, 6.5, 7.5, 9, 10, 15, 25, 50, 75, 100, 125, 150, 160])
CELSIUS = np.arange(0.0, 41.0, 4.0)
NODES = (70, 140, 280)
THIN = 0.25e-6  # m, radius of a thin axon


@dataclass(frozen=True)
class Solved:
    """Everything that the working states."""

    trace: x.SpikeTrace
    warm: x.SpikeTrace
    firing: x.FiringCurve
    heat: x.TemperatureSeries
    velocity: x.Velocity


def solve() -> Solved:
    """All runs of the problem."""
    warm = AXON.at(WARM_K)
    return Solved(
        trace=x.space_clamp(AXON, PULSE, 0.04),
        warm=x.space_clamp(warm, PULSE, 0.04),
        firing=x.firing_curve(AXON, CURRENTS / 100.0, 0.25),
        heat=x.temperature_series(AXON, 273.15 + CELSIUS),
        velocity=x.conduction_velocity(warm, nodes=NODES),
    )


def working(found: Solved) -> str:
    """The problem with its solution as Markdown; every line is computed."""
    parts = [_spike(found), _thresholds(), _firing(found), _cost(found), _cable(found)]
    return "\n".join(["# Spikes of the squid axon", "", *(line for part in parts for line in part)])


def _spike(found: Solved) -> list[str]:
    trace, spike = found.trace, found.trace.spikes[0]
    other = 1e3 * x.resting_potential(x.squid_axon(leak="1952"))
    return [
        f"1. At rest the currents cancel at {trace.rest_mV:.3f} mV (E_leak "
        f"{1e3 * AXON.e_leak_V:g} mV; with the -54.387 mV of 1952 at {other:.3f} mV).",
        f"   20 µA/cm² for 0.5 ms at 6.3 °C: peak {spike.peak_mV:.2f} mV, {spike.width_ms:.3f} ms "
        f"wide at half height, then {spike.trough_mV:.1f} mV.",
        f"   At 18.5 °C, gates {AXON.at(WARM_K).phi:.2f} times as fast: "
        f"{found.warm.spikes[0].peak_mV:.2f} mV, {found.warm.spikes[0].width_ms:.3f} ms.",
    ]


def _thresholds() -> list[str]:
    at_once, long = x.shock_threshold(AXON), x.rheobase(AXON)
    below, warm = x.anode_break(AXON), x.shock_threshold(AXON.at(298.15))
    again = x.refractory_period(AXON, [7e-3, 9e-3, 18e-3])
    told = ", ".join(
        f"{r:.2f} at {t:g} ms" if np.isfinite(r) else f"none at {t:g} ms"
        for t, r in zip(again.interval_ms, again.ratio, strict=True)
    )
    return [
        f"2. Threshold of a charge at once: {1e5 * at_once.charge_C_m2:.3f} nC/cm², which is "
        f"Q/C = {at_once.jump_mV:.3f} mV. One per cent less peaks at {at_once.below_mV:.1f} mV, "
        f"one per cent more at {at_once.above_mV:.1f} mV.",
        f"   At 25 °C the same two are {warm.below_mV:.1f} and {warm.above_mV:.1f} mV: graded.",
        f"   Weakest long step: {100 * long.current_A_m2:.3f} µA/cm². The end of "
        f"{100 * below.current_A_m2:.3f} µA/cm² for 30 ms fires, too (anode break).",
        f"   Threshold of a second pulse over that of the first: {told}.",
    ]


def _firing(found: Solved) -> list[str]:
    low, high = found.firing.hopf
    fold = 100.0 * found.firing.fold_A_m2
    fast = max(f.rate_Hz for f in found.firing.from_rest)
    slow = min(f.rate_Hz for f in found.firing.from_rest if f.rate_Hz > 0.0)
    return [
        f"3. A constant current fires without end from {fold:.2f} to "
        f"{100 * high.current_A_m2:.1f} µA/cm², at {slow:.0f} to {fast:.0f} Hz: never slowly.",
        f"   The steady state is stable up to {100 * low.current_A_m2:.2f} µA/cm²; between "
        f"{fold:.2f} and {100 * low.current_A_m2:.2f} the past decides. Above "
        f"{100 * high.current_A_m2:.1f} it is stable again, at {high.v_mV:.1f} mV: depolarisation "
        "block.",
    ]


def _cost(found: Solved) -> list[str]:
    cold, warm = found.trace.cost(), found.warm.cost()
    wide, thin = (cold.for_axon(radius, 1e-3) for radius in (AXON.radius_m, THIN))
    return [
        f"4. One spike at 6.3 °C takes in {1e8 * cold.na_load_mol_m2:.2f} pmol/cm² of Na+; "
        f"C ΔV/F is {1e8 * cold.capacitive_mol_m2:.3f}: overlap {cold.overlap:.2f}. At 18.5 °C "
        f"{1e8 * warm.na_load_mol_m2:.2f} and {warm.overlap:.2f}.",
        f"   ATP = Na/3: {cold.atp_um2:.0f} and {warm.atp_um2:.0f} per µm².",
        f"   Na inside rises by 2N/a = {wide.na_in_change_mM:.2e} mM at a = {wide.radius_um:g} µm, "
        f"and by {thin.na_in_change_mM:.2f} mM at {thin.radius_um:g} µm.",
        f"   Heat block of the space clamp: {found.heat.block_K - 273.15:.1f} °C.",
    ]


def _cable(found: Solved) -> list[str]:
    v = found.velocity
    run = v.runs[-1]
    assert run.cost is not None
    inside = run.cost.for_axon(run.axon.radius_m, 1e-3)
    thin = x.wave_velocity(replace(run.axon, radius_m=run.axon.radius_m / 100.0), v.wave_m_s / 10.0)
    meshes = ", ".join(f"{m:.3f}" for m in v.velocity_m_s)
    off = 100.0 * (v.extrapolated_m_s / PUBLISHED[0] - 1.0)
    return [
        f"5. Along the axon of {1e6 * run.axon.radius_m:g} µm at 18.5 °C, on three meshes: "
        f"{meshes} m/s; at h = 0 {v.extrapolated_m_s:.3f}, by the travelling wave "
        f"{v.wave_m_s:.3f}.",
        f"   Computed in 1952: {PUBLISHED[0]} m/s ({off:+.1f} %); measured: {PUBLISHED[1]} "
        "[not verified].",
        f"   A hundredth of the radius: {thin:.4f} m/s, {v.wave_m_s / thin:.4f} times less.",
        f"   On its way {1e8 * run.cost.na_load_mol_m2:.2f} pmol/cm² of Na+, overlap "
        f"{run.cost.overlap:.2f}; 1 mm takes {inside.na_ions:.2e} Na+ and {inside.atp:.2e} ATP.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    found = solve()
    found.trace.plot(given.out / "spike.png")
    found.firing.plot(given.out / "spike_firing.png")
    found.heat.plot(given.out / "spike_warming.png")
    found.velocity.plot(given.out / "spike_cable.png")
    print(working(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
