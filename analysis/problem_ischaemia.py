"""Guided problem: a cell whose pump stops, and what it takes to come back.

    python analysis/problem_ischaemia.py --out out/problems

Shows the rest of the cell of Huebel and Dahlem by the charge of its amounts; the published stop of
9.5 s and a short one; who recovers by the length of the stop, with a buffer of potassium and in a
closed system (Huebel and Ullah); where a cell without a pump ends, by hand, by the Donnan state
and by the run; the ledger, and what a second tolerance says. Writes three figures. Half a minute of
CPU.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity.cell import (
    InterruptionScan,
    Ischaemia,
    cell_preset,
    dynamic_model,
    interruption_scan,
    ischaemia,
)

BUFFERED, CLOSED, NO_CHLORIDE = "huebel_dahlem_2014", "huebel_ullah_2016", "huebel_ullah_2016_no_cl"
RT_F = 26.64  # mV, of both papers
STOPS = (5.0, 8.0, 9.5, 12.0, 30.0)


def rest_lines() -> list[str]:
    """The rest by hand: equilibria, and the charge that makes the potential."""
    start, geometry = cell_preset(BUFFERED)["start"], cell_preset(BUFFERED)["geometry"]
    inner, outer = start["inside_mM"], start["outside_mM"]
    e_k = RT_F * math.log(outer["K"] / inner["K"])
    e_na = RT_F * math.log(outer["Na"] / inner["Na"])
    held = 0.01 * geometry["area_um2"] * 1e-12 * abs(start["v_mV"]) * 1e-3 / 96485.0 * 1e15
    potassium = inner["K"] * geometry["w_in_um3"] / 1000.0
    impermeant, _ = dynamic_model(BUFFERED).impermeant_fmol  # type: ignore[attr-defined]
    return [
        "1. Rest of the buffered cell, from its printed concentrations:",
        f"   E_K = {RT_F} ln({outer['K']:g}/{inner['K']:.5g}) = {e_k:.2f} mV, E_Na = {e_na:.2f} "
        f"mV; V = {start['v_mV']:.2f} mV lies between.",
        f"   The charge behind V is C A V/F = {held:.5f} fmol, {held / potassium:.1e} of the "
        f"{potassium:.1f} fmol of potassium:",
        f"   impermeants with a charge of {impermeant:.2f} fmol make up for the rest.",
    ]


def stop_lines(long: Ischaemia, short: Ischaemia) -> list[str]:
    """The published stop and a short one."""
    (d,) = long.depolarisations
    return [
        "",
        "2. The pump stops for 9.5 s (published) and for 5 s:",
        f"   9.5 s: depolarised from {d.start_s:g} s to about {d.end_s:.0f} s, potassium outside "
        f"up to {long.k_out_peak_mM:.1f} mM; recovered: {'yes' if long.recovered else 'no'}",
        f"   5 s: {len(short.depolarisations)} depolarisations, potassium up to "
        f"{short.k_out_peak_mM:.2f} mM, V back at {short.run.final['v_mV']:.2f} mV",
        f"   At its lowest, V is {long.run.table['v_mV'].min():.0f} mV: at 59 mM sodium inside the "
        "pump runs at its full",
        "   6.8 uA/cm2 over a leak of 0.0875 mS/cm2, and hyperpolarises by tens of mV past E_K.",
    ]


def scan_lines(buffered: InterruptionScan, closed: InterruptionScan) -> list[str]:
    """Who recovers by the length of the stop."""
    lines = [
        "",
        "3. Stops of the pump by their length:",
        "",
        "   | stop, s | with a buffer | closed |",
        "   |---|---|---|",
    ]
    for a, b in zip(buffered.interruptions, closed.interruptions, strict=True):
        words = [
            "not triggered"
            if not i.depolarisations
            else ("depolarised, recovered" if i.recovered else "depolarised for good")
            for i in (a, b)
        ]
        lines.append(f"   | {a.duration_s:g} | {words[0]} | {words[1]} |")
    return [
        *lines,
        "",
        f"   Shortest stop that triggers: {buffered.shortest_s:g} s with the buffer, "
        f"{closed.shortest_s:g} s closed.",
        "   Closed, the depolarised state stays with the pump at work: potassium cannot leave.",
    ]


def donnan_by_hand() -> float:
    """V (mV) of the closed cell without pump and chloride conductance, volumes as at rest.

    With chloride shut in, the permeant cations inside must carry what impermeants and chloride
    lack, N₊ = −Q + N_Cl; r = (N₊/w)/(N₊,out/w_out) and V = −RT/F ln r.
    """
    preset = cell_preset(NO_CHLORIDE.removesuffix("_no_cl"))
    start, geometry = preset["start"], preset["geometry"]
    inner, outer = start["inside_fmol"], start["outside_fmol"]
    inside = inner["Na"] + inner["K"]
    w, total = geometry["w_in_um3"], geometry["w_total_um3"]
    return -RT_F * math.log((inside / w) / ((outer["Na"] + outer["K"]) / (total - w)))


def end_lines(run: Ischaemia, shut: Ischaemia) -> list[str]:
    """Where cells without a pump end."""
    assert run.donnan is not None
    assert shut.donnan is not None
    end = run.run.final
    equilibria = ", ".join(f"E_{i} {end[f'e_{i.lower()}_mV']:.2f}" for i in ("Na", "K", "Cl"))
    return [
        "",
        "4. The pump stops for good:",
        f"   chloride shut in, by hand: {donnan_by_hand():.2f} mV; Donnan state "
        f"{shut.donnan['v_mV']:.2f} mV; the run ends at {shut.run.final['v_mV']:.2f} mV "
        f"and {100.0 * (shut.swelling - 1.0):.2f} % swelling",
        f"   chloride free: Donnan state {run.donnan['v_mV']:.2f} mV and {run.donnan['w_um3']:.0f} "
        f"um3; the run ends at {end['v_mV']:.2f} mV and {end['w_um3']:.0f} um3 "
        f"({100.0 * (run.swelling - 1.0):.1f} % swelling)",
        f"   The equilibria meet there: {equilibria} mV. Not at V = 0: the impermeants stay.",
    ]


def check_lines(long: Ischaemia, again: Ischaemia, closed: Ischaemia) -> list[str]:
    """Ledgers, and a second tolerance."""
    a, b = long.run.at(75.0), again.run.at(75.0)
    ends = (long.depolarisations[0].end_s, again.depolarisations[0].end_s)
    return [
        "",
        "5. Checks:",
        f"   largest change of any total: {long.run.ledger.largest:.1e} (buffered), "
        f"{closed.run.ledger.largest:.1e} (closed, {closed.run.t_s[-1]:g} s)",
        f"   at 75 s, rtol {long.run.rtol:g} and {again.run.rtol:g}: V {a['v_mV']:.5f} and "
        f"{b['v_mV']:.5f} mV, K_o {a['k_out_mM']:.5f} and {b['k_out_mM']:.5f} mM",
        f"   the depolarisation ends at {ends[0]:.2f} and {ends[1]:.2f} s: by a delayed loss of "
        "stability, which rounding ends",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    long = ischaemia(BUFFERED, 20.0, 29.5, until_s=500.0)
    again = ischaemia(BUFFERED, 20.0, 29.5, until_s=150.0, rtol=1e-8)
    short = ischaemia(BUFFERED, 20.0, 25.0, until_s=100.0)
    scans = [interruption_scan(p, STOPS, after_s=300.0, rtol=1e-8) for p in (BUFFERED, CLOSED)]
    closed = ischaemia(CLOSED, 50.0, until_s=1000.0)
    shut = ischaemia(NO_CHLORIDE, 50.0, until_s=300.0, rtol=1e-8)
    long.plot(given.out / "ischaemia_buffered.png", (8.0, 5.2))
    closed.plot(given.out / "ischaemia_closed.png", (8.0, 5.2))
    scans[1].plot(given.out / "ischaemia_stops.png", (7.2, 3.4))
    lines = [
        "# A pump that stops",
        "",
        *rest_lines(),
        *stop_lines(long, short),
        *scan_lines(*scans),
        *end_lines(closed, shut),
        *check_lines(long, again, closed),
    ]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
