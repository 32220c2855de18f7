"""Guided problem: what do activities do to a Nernst potential?

    python analysis/problem_activity.py --out out/problems

Shows γ of 150 mM salt by hand (Davies) and by six laws; the shift of E_K for equal ionic strength
(none by Davies, a tenth of a millivolt by Pitzer) and for a bath of a tenth of the salt (several);
what a list without its impermeant anions does to the answer; that only mean coefficients can be
measured. Writes the figures of γ and of the shifts. Two seconds.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

WARM = 310.15  # K
INSIDE = m.Solution({"K": 140.0, "Na": 10.0, "Cl": 150.0}, WARM, "inside")
OUTSIDE = m.Solution({"K": 5.0, "Na": 145.0, "Cl": 150.0}, WARM, "outside")
THIN = m.Solution({"K": 5.0, "Na": 10.0, "Cl": 15.0}, WARM, "outside")


def shifts(outside: m.Solution, ion: str = "K") -> dict[str, float]:
    """Shift of E of ``ion`` in mV by law, from INSIDE to ``outside``."""
    found = m.activity_shift(INSIDE, outside)
    return {row.model: row.shift_mV for row in found.rows if row.ion == ion}


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    a, strength = m.debye_huckel_a(WARM), m.molality(150.0, WARM)
    root = math.sqrt(strength)
    log = -a * (root / (1.0 + root) - 0.3 * strength)
    equal, unequal = shifts(OUTSIDE), shifts(THIN)
    cell = m.preset("neuron")
    bare = m.activity_shift(cell.inside, cell.outside, ["davies"])
    full = m.activity_shift(cell.inside, cell.outside, ["davies"], fill=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", m.ActivityRangeWarning)
        mean = m.mean_activity_coefficient(INSIDE, "K", "Cl", "pitzer")
        scales = [m.activity_coefficients(INSIDE, "pitzer", c) for c in m.CONVENTIONS]
    lines = [
        "# Activities and the Nernst potential",
        "",
        "1. Davies at 37 °C by hand. "
        f"I = 150 mM / {m.water_density(WARM):.2f} kg/m³ = {strength:.4f} mol/kg, A = {a:.4f}:",
        f"   log₁₀ γ = −A [√I/(1 + √I) − 0.3 I] = {log:.4f}, γ = {10**log:.4f}; the library: "
        f"{m.davies(1, 150.0, WARM):.4f}.",
        "2. Six laws, E_K from activities minus E_K from concentrations, mV:",
        "",
        "| law | γ(K), 150 mM | holds to, mol/kg | 150 mM on both sides | 15 mM outside |",
        "|---|---|---|---|---|",
    ]
    gamma = m.activities(INSIDE).gamma
    lines += [
        f"| {m.MODELS[name].title} | {gamma[name]['K']:.3f} | {m.MODELS[name].limit_mol_kg:g} "
        f"| {equal[name]:+.2f} | {unequal[name]:+.2f} |"
        for name in gamma
    ]
    lines += [
        "",
        "   γ is 0.7 to 0.75, far from 1, yet E_K hardly moves where both sides have one ionic",
        "   strength: only the ratio of the two γ enters.",
        "3. The preset neuron lists no impermeant anions. As listed I is "
        f"{bare.ionic_strength_in_mM:.1f} mM inside and {bare.ionic_strength_out_mM:.1f} outside,",
        f"   and E_K seems to move by {bare.rows[0].shift_mV:+.2f} mV. With the missing charge "
        f"counted ({full.ionic_strength_in_mM:.1f} and {full.ionic_strength_out_mM:.1f} mM): "
        f"{full.rows[0].shift_mV:+.2f} mV.",
        "4. Single ions are a convention: γ(K) and γ(Cl) by Pitzer are "
        f"{scales[0]['K']:.4f} and {scales[0]['Cl']:.4f}, or scaled by MacInnes",
        f"   {scales[1]['K']:.4f} and {scales[1]['Cl']:.4f}; γ±(KCl) is {mean:.4f} under both.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    m.activities(INSIDE).plot(given.out / "activity.png")
    m.activity_shift(INSIDE, THIN).plot(given.out / "activity_shift.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
