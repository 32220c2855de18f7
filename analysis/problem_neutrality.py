"""Guided problem: how many ions does a membrane potential take, and how many an action potential?

    python analysis/problem_neutrality.py --out out/problems

Shows the charge on the capacitance at −70 mV, its fraction of the ions of a cell body, a thin axon
and a spine, how many action potentials move a tenth of the sodium inside, and over which length
charges separate at all (Debye). Writes the figure of the fraction against the radius. One second.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

E, F = 1.602176634e-19, 96485.33212331  # C, C/mol
VOLT, FARAD = -0.070, 0.01  # V, F/m²
INSIDE = m.Solution({"K": 140.0, "Na": 10.0, "Cl": 150.0}, 310.15, "inside")
SHAPES = {
    "cell body, r = 10 µm": m.sphere(10e-6),
    "axon, r = 0.5 µm": m.cylinder(0.5e-6),
    "thin process, r = 0.1 µm": m.cylinder(0.1e-6),
    "spine, head 0.25 µm, neck 50 nm by 1 µm": m.spine(0.25e-6, 0.05e-6, 1e-6),
}


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    q = FARAD * VOLT
    body = SHAPES["cell body, r = 10 µm"]
    by_hand = 3.0 * FARAD * abs(VOLT) / (body.radius_m * F * 150.0)
    lines = [
        "# Ions of a membrane potential",
        "",
        f"1. q = C V = 0.01 F/m² · {1000 * VOLT:g} mV = {q:.1e} C/m² = "
        f"{1e-12 * q / E:.0f} elementary charges per µm²: one per "
        f"{math.sqrt(1e18 * E / abs(q)):.0f} nm by {math.sqrt(1e18 * E / abs(q)):.0f} nm.",
        f"2. In a sphere the excess fraction is 3 C|V|/(r F c) = {by_hand:.2e} for r = 10 µm and "
        "c = 150 mM.",
        "3. In other shapes:",
        "",
        "| compartment | ions on the membrane | fraction of the ions | Na of one 100 mV spike, mM "
        "| spikes that move a tenth of 10 mM Na |",
        "|---|---|---|---|---|",
    ]
    for name, shape in SHAPES.items():
        found = m.electroneutrality(INSIDE, shape, VOLT, "Na")
        where = " per µm" if shape.shape == "cylinder" else ""
        lines.append(
            f"| {name} | {found.excess_ions:.3g}{where} | {found.excess_fraction:.2e} "
            f"| {found.spike_change_mM:.2g} | {found.spikes_for_tenth:.3g} |"
        )
    length = 1e9 * m.debye_length(150.0, 310.15)
    lines += [
        "",
        "   The cell body is neutral to 1e-5, the thin process to 1e-3: a model that sets the net",
        "   charge to zero is in error by that much.",
        f"4. Charges separate over the Debye length, {length:.2f} nm at 150 mM and 37 °C: the "
        "excess sits in a film, the bulk is neutral.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    spine = m.electroneutrality(INSIDE, list(SHAPES.values())[-1], VOLT, "Na")
    spine.plot(given.out / "neutrality.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
