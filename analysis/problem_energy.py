"""Guided problem: what signalling costs a neuron in ATP.

    python analysis/problem_energy.py --out out/problems

Shows the resting cost from the input conductance by hand, and what the pump-leak neuron spends on
its own leaks; the sodium of an action potential from the cell's geometry, and where the factor
four comes from; two published budgets computed from their inputs beside what they print; the power
in watt. Writes two figures. Five seconds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import cell
from selectivity.cell import energy as e
from selectivity.cell import volume as v

ELEMENTARY = 1.602176634e-19
BUDGETS = ("attwell_laughlin_2001", "howarth_2012")
BODY_K = 310.15


def resting_lines() -> list[str]:
    """The resting cost by the equation and by the pump-leak neuron."""
    conductance = 1.0 / 200e6
    current = conductance / (3.0 / 0.12 + 2.0 / 0.03)
    rest = v.volume_rest(v.pump_leak_neuron())
    neuron = v.pump_leak_neuron()
    assert neuron.length_um is not None
    area = 2.0 * math.sqrt(math.pi * neuron.length_um * rest.w_um3) * 1e-12
    atp = rest.q_A_m2 * area / ELEMENTARY
    return [
        "1. At rest the pump undoes the leaks: I_p = G/[3/(E_Na − V) + 2/(V − E_K)] = 5 nS/(3/120 "
        f"mV + 2/30 mV) = {1e12 * current:.2f} pA, ATP/s = I_p/e = {current / ELEMENTARY:.4g} "
        f"(library {e.resting_atp(conductance, -0.07, 0.05, -0.1):.4g}; published 3.42e8).",
        f"   The pump-leak neuron (Düsterwald et al. 2018, {1e12 * area:.0f} µm² of membrane) "
        f"spends {atp:.3g} ATP/s on its own leaks.",
    ]


def spike_lines() -> list[str]:
    """Sodium of a spike by geometry and by the squid axon."""
    parts = e.geometry_sodium()
    total = sum(parts.values())
    shares = ", ".join(f"{name} {100.0 * ions / total:.0f} %" for name, ions in parts.items())
    rows = []
    for celsius in (6.3, 18.5, 25.0):
        overlap = e.squid_overlap(celsius + 273.15)
        rows.append(f"   | {celsius:g} | {overlap:.2f} | {e.atp_of_sodium(total, overlap):.3g} |")
    return [
        f"2. Charging soma, dendrites and axon takes {total:.3g} Na ({shares}; published 2.88e8).",
        "   More enters, since K leaves while Na still comes in. The squid axon's overlap, and the "
        "ATP of a spike with it (published: 4 and 3.84e8 in 2001, 1.24 in 2012 for mammals):",
        "",
        "   | °C | overlap | ATP per spike |",
        "   |---|---|---|",
        *rows,
        "",
    ]


def share_rows() -> list[str]:
    """Shares of both budgets, computed and published."""
    found = {name: e.energy_budget(name) for name in BUDGETS}
    rows = []
    for part in e.PARTS:
        cells = []
        for budget in found.values():
            said = budget.preset.published[f"{part}_percent"].value
            cells.append(f"{budget.share_percent[part]:.1f} | {said:g}")
        rows.append(f"   | {part} | {' | '.join(cells)} |")
    return rows


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    gives = cell.free_energy_of_atp(3.0, 0.03, 5.0, BODY_K)
    old, new = (e.energy_budget(name, free_energy_kJ_mol=gives) for name in BUDGETS)
    beside = [
        f"   | {key} | {mine:.4g} | {theirs:g} | {100.0 * (mine / theirs - 1.0):+.2f} |"
        for key, mine, theirs, _ in old.comparison()
        if not key.endswith("_percent")
    ]
    lines = [
        "# What signalling costs a neuron",
        "",
        *resting_lines(),
        *spike_lines(),
        "3. The budget of 2001: f (spike + boutons × release probability × vesicle) + rest.",
        "",
        "   | quantity | computed | published | difference, % |",
        "   |---|---|---|---|",
        *beside,
        "",
        "   Shares in per cent; 2012 differs by the overlap of a spike alone:",
        "",
        "   | part | 2001 computed | published | 2012 computed | published |",
        "   |---|---|---|---|---|",
        *share_rows(),
        "",
        f"4. One spike a second more costs {old.per_hertz_umol_g_min:.2f} µmol ATP/g/min (2001), "
        f"{new.per_hertz_umol_g_min:.2f} (2012).",
        f"   At ΔG_ATP = {gives:.1f} kJ/mol a neuron with its glia spends {old.power_W:.2g} W and "
        f"{new.power_W:.2g} W, tissue {old.power_W_kg:.1f} and {new.power_W_kg:.1f} W/kg.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for name in BUDGETS:
        e.energy_budget(name).plot(given.out / f"energy_{name}.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
