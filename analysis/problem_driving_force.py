"""Guided problem: which way do K, Na, Cl and Ca go across a resting neuron, and how hard?

    python analysis/problem_driving_force.py --out out/problems

Shows Δμ = RT ln(c_in/c_out) + zFV of each ion by hand, in J/mol, kT per ion and mV, beside what the
library gives; the energy of a transported ion; what happens to the signs at another potential.
Writes the figure of V and every E. One second.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

R, F = 8.31446261815324, 96485.33212331  # J/(mol K), C/mol
VOLT = -0.070  # V


def working(volt: float = VOLT) -> str:
    """The problem with its solution as Markdown; every line is computed."""
    cell = m.preset("neuron")
    kelvin = cell.temperature_K
    lines = [
        "# Driving forces of a resting neuron",
        "",
        f"T = {kelvin:g} K, V = φ_in − φ_out = {1000 * volt:g} mV; {cell.source}",
        "",
        "1. For each ion RT ln(c_in/c_out) is the work that its concentrations do, zFV the work of",
        "   the field. Their sum Δμ > 0 drives it out, Δμ < 0 in.",
        "",
        "| ion | RT ln(c_in/c_out), J/mol | zFV, J/mol | Δμ, J/mol | Δμ/kT | V − E, mV | goes |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in m.driving_forces(cell.inside, cell.outside, volt).rows:
        chemical = R * kelvin * math.log(row.c_in_mM / row.c_out_mM)
        electric = row.z * F * volt
        lines.append(
            f"| {row.ion} | {chemical:.0f} | {electric:.0f} | {chemical + electric:.0f} "
            f"| {row.delta_mu_kT:.3f} | {row.driving_force_mV:.2f} | {row.passive} |"
        )
    potassium = m.driving_forces(cell.inside, cell.outside, volt, ["K"]).rows[0]
    there = m.driving_forces(cell.inside, cell.outside, 0.001 * potassium.e_mV, ["K"]).rows[0]
    pumped = m.driving_forces(cell.inside, cell.outside, volt, ["Na", "K"]).rows
    cycle = -3 * pumped[0].delta_mu_J_mol + 2 * pumped[1].delta_mu_J_mol
    lines += [
        "",
        f"2. K at V = E_K = {potassium.e_mV:.2f} mV: Δμ = {there.delta_mu_J_mol:.1e} J/mol. "
        "It is at",
        "   equilibrium there, whatever its concentrations are.",
        "3. One cycle of the pump takes 3 Na out and 2 K in, both uphill: "
        f"{cycle / 1000:.1f} kJ per mole of cycles,",
        "   less than the 57 kJ/mol that the hydrolysis of ATP gives at physiological "
        "concentrations.",
        f"4. Cl is {abs(_row(cell, 'Cl', volt).driving_force_mV):.1f} mV from its equilibrium: "
        "nearly passive. It is at rest where V = E_Cl.",
    ]
    return "\n".join(lines) + "\n"


def _row(cell: m.Membrane, ion: str, volt: float) -> m.DrivingForce:
    return m.driving_forces(cell.inside, cell.outside, volt, [ion]).rows[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    cell = m.preset("neuron")
    m.driving_forces(cell.inside, cell.outside, VOLT).plot(given.out / "driving_force.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
