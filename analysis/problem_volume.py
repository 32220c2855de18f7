"""Guided problem: what sets the volume of a cell, and what happens to it when the pump stops?

    python analysis/problem_volume.py --out out/problems

Shows Donnan equilibrium with the golden ratio and the pressure it takes, the resting neuron of
Düsterwald et al. 2018 by the closed form and by following it in time, what the volume does and does
not depend on, the least volume over the pump's rate, and a pump that stops for a quarter of an hour
or for good. Writes four figures. Ten seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from selectivity import cell as c
from selectivity.cell.dynamics import CellRun, integrate, parse_event
from selectivity.cell.volume import at_rest
from selectivity.membrane import Solution

KELVIN = 310.15
SALT = Solution({"K": 100.0, "Cl": 100.0}, KELVIN, "outside")
BATH = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, KELVIN, "outside")
OUTER = c.Impermeant(29.5, -1.0)
NEURON = c.pump_leak_neuron()
PRINTED = {
    "v_mV": "-72.5881058137",
    "na_in_mM": "14.00164776",
    "k_in_mM": "122.873328238",
    "cl_in_mM": "5.16482776206",
    "x_in_mM": "154.96019624",
    "e_cl_mV": "-83.8430527042",
    "w_um3": "1963.51826388",
}


def donnan_part() -> list[str]:
    """Donnan equilibrium by hand and by the program."""
    golden = c.donnan(SALT, c.Impermeant(100.0, -1.0))
    none = c.donnan(SALT, c.Impermeant(100.0, -1.0), volume="free")
    wall = c.donnan(SALT, c.Impermeant(100.0, -1.0), volume="free", wall_Pa=1e5)
    free = c.donnan(BATH, c.Impermeant(155.0, -0.85), OUTER, "free")
    return [
        "1. 100 mM KCl outside, 100 mM of a monovalent anion inside that cannot cross:",
        f"   r S − S/r = X gives r = (1 + √5)/2 = {golden.ratio:.6f}, V = −(RT/F) ln r = "
        f"{golden.v_mV:.2f} mV, and",
        f"   ΔΠ = RT (rS + S/r + X − 2S) = {golden.pressure_Pa / 1e3:.0f} kPa at 37 °C: "
        f"{golden.pressure_Pa / 101325:.1f} atmospheres to hold the volume.",
        f"2. Without a wall: {none.reason}.",
        f"   With one that bears 100 kPa the volume comes to rest at {wall.swelling:.2f} times; "
        "with 29.5 mM of",
        "   impermeants in the bath (145 Na, 3.5 K, 119 Cl) it comes to rest without a wall, at "
        f"{free.swelling:.2f}",
        f"   times and V = {free.v_mV:+.2f} mV. 'A cell without a pump swells until it bursts' is "
        "true only",
        "   without either.",
    ]


def rest_part() -> list[str]:
    """The published neuron three times."""
    closed = c.volume_rest(NEURON).outputs()
    far = replace(NEURON, start_v_V=-0.03, start_k_mM=100.0, start_w_um3=2500.0)
    later = integrate(far, [], 2e4, times_s=[0.0, 2e4]).final
    out = [
        "3. The pump-leak neuron of Düsterwald et al. 2018 at rest; the last column starts from",
        "   V = −30 mV, 100 mM K and 2500 µm³ and waits 20,000 s:",
        "",
        "| | printed | closed form | in time |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {name} | {said} | {closed[name]:.11g} | {later[name]:.11g} |"
        for name, said in PRINTED.items()
    ]
    own = {field.name: getattr(NEURON, field.name) for field in fields(c.VolumeCell)}
    neutral = c.volume_rest(c.VolumeCell(**{**own, "capacitance_F_m2": 0.0}))
    gap = 1e3 * (neutral.v_mV - closed["v_mV"])
    return [
        *out,
        "",
        "   The charge of the membrane itself is "
        f"{c.volume_rest(NEURON).charge_in_mM:.4f} mM inside; "
        f"leaving it out moves V by {gap:+.2f} µV.",
    ]


def chloride_part() -> list[str]:
    """What the chloride conductance does."""
    out = [
        "4. 'A low chloride permeability prevents swelling': it slows it. At rest:",
        "",
        "| g_Cl, S/m² | V, W without KCC2 | V, W with KCC2 |",
        "|---|---|---|",
    ]
    for g in (0.002, 0.02, 0.2, 2.0):
        pair = [
            c.volume_rest(NEURON.with_numbers({"g_cl_S_m2": g, "g_kcc2_S_m2": kcc2}))
            for kcc2 in (0.0, 0.2)
        ]
        said = " | ".join(f"{r.v_mV:.4f} mV, {r.w_um3:.2f} µm³" for r in pair)
        out.append(f"| {g:g} | {said} |")
    return [*out, "", "   With passive chloride E_Cl = V, and g_Cl is nowhere in the answer."]


def pump_part(out: Path) -> list[str]:
    """The volume against the rate of the pump; the table of sensitivities."""
    bare = NEURON.with_numbers({"x_out_mM": 0.0, "cl_out_mM": 148.5})
    constant = replace(bare, pump=c.PumpLaw.constant(0.009))
    scan = c.pump_scan(constant, np.geomspace(1e-4, 0.3, 121))
    scan.plot(out / "volume_pump.png")
    lines = [
        "5. A constant pump and a bath of permeant ions alone:",
        "",
        "| q, A/m² | volume, µm³ | q W |",
        "|---|---|---|",
    ]
    for q in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1):
        rest = c.volume_rest(constant.with_pump_rate(q))
        said = (
            f"{rest.w_um3:.5g} | {q * rest.w_um3:.4g}" if rest.steady else f"none | {rest.reason}"
        )
        lines.append(f"| {q:g} | {said} |")
    found = c.volume_sensitivities(NEURON)
    found.plot(out / "volume_sensitivities.png")
    top = sorted(found.rows, key=lambda name: -abs(found.value("v_mV", name)))[:4]
    said = ", ".join(f"{name} {found.value('v_mV', name):+.3f}" for name in top)
    return [
        *lines,
        "",
        f"   W grows as 1/q; the least volume is {scan.least_w_um3:.1f} µm³ at "
        f"{scan.least_rate_A_m2:.4f} A/m² (volume_pump.png).",
        f"6. What moves V most, in mV per 1 %: {said};",
        f"   the pump itself {found.value('v_mV', 'pump.p_A_m2'):+.4f} mV "
        "(volume_sensitivities.png).",
    ]


def stop_part(out: Path) -> list[str]:
    """A pause of the pump, and a pump that stops for good."""
    event = parse_event("pump 60 s 960 s 0")
    pause = integrate(NEURON, [event], 959.9)
    whole = integrate(NEURON, [event], 6000.0, times_s=[0.0, *np.linspace(960, 962, 81), 6000.0])
    hill = at_rest(replace(NEURON, pump=c.PumpLaw.hill(0.05, 10.0, 1.0)))
    saturating = integrate(hill, [event], 3000.0)
    saturating.plot(out / "volume_pause.png")
    worst, end = pause.final, whole.final
    bare = at_rest(NEURON.with_numbers({"x_out_mM": 0.0, "cl_out_mM": 148.5}))
    still = [_stopped(NEURON), _stopped(bare)]
    donnan = c.donnan(BATH, c.Impermeant(c.volume_rest(NEURON).x_in_mM, -0.85), OUTER, "free")
    donnan.plot(out / "volume_donnan.png")
    return [
        f"7. The pump off for a quarter of an hour: V {worst['v_mV']:.1f} mV, Na "
        f"{worst['na_in_mM']:.0f} mM, K {worst['k_in_mM']:.0f} mM, W {worst['w_um3']:.0f} µm³; "
        f"back to {end['v_mV']:.4f} mV after it.",
        f"   The cubic law has no largest rate: at once {whole.table['v_mV'].min():.0f} mV, which "
        "no ATP pays for; a law that",
        f"   saturates (Hill) goes to {saturating.table['v_mV'].min():.0f} mV (volume_pause.png).",
        "8. Off for good, after 0, 1 h, 1 day, 10 days, 100 days:",
        "",
        "| bath | V, mV | K inside, mM | volume, µm³ |",
        "|---|---|---|---|",
        _row("29.5 mM impermeants", still[0]),
        _row("permeant ions alone", still[1]),
        "",
        f"   The first ends at Donnan: {donnan.v_mV:.2f} mV, {donnan.inside_mM['K']:.2f} mM, "
        f"{donnan.swelling * c.volume_rest(NEURON).w_um3:.0f} µm³. The second has no end; its "
        "potential goes",
        "   with its gradients, not before them.",
        f"   The ledger of these runs: {max(r.ledger.largest for r in (*still, whole)):.0e}.",
    ]


def _stopped(neuron: c.PumpLeakNeuron) -> CellRun:
    times = [0.0, 3600.0, 86400.0, 8.64e5, 8.64e6]
    return integrate(neuron, [parse_event("pump 0 s end 0")], 8.64e6, times_s=times)


def _row(name: str, run: CellRun) -> str:
    cells = [
        ", ".join(f"{value:.{digits}f}" for value in run.table[column])
        for column, digits in (("v_mV", 1), ("k_in_mM", 1), ("w_um3", 0))
    ]
    return f"| {name} | {' | '.join(cells)} |"


def working(out: Path) -> str:
    """The problem with its solution as Markdown; every number is computed."""
    parts = [donnan_part(), rest_part(), chloride_part(), pump_part(out), stop_part(out)]
    return "\n".join(["# The volume of a cell", "", *(line for part in parts for line in part)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    print(working(given.out))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
