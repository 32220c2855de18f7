"""From the soft to the rigid cage: what the textbook's snug, rigid fit would really do.

    selectivity run runs/stiff_cage.yaml
    python analysis/rigid_cage.py --run stiff_cage.run --out out/rigid_cage
    python analysis/rigid_cage.py

The dry filter of KcsA with its tethers from half of what the B-factors say to the frozen crystal:
P_K/P_Na against stiffness, and the profiles through the stiffest cage. The textbook (after
Bezanilla and Armstrong, J Gen Physiol 1972, 60, 588, and Doyle et al., Science 1998, 280, 69) has a
rigid cage that fits K+ and is too wide for Na+; Noskov, Bernèche and Roux (Nature 2004, 431, 830)
asked how that can be where carbonyls move by more than the two radii differ. The table has both
answers: what a site in the cage prefers (ΔΔG of S2), and what gets through.

From a stored run: twenty seconds. Without --run it samples three stiffnesses for some thirty
seconds first, far from converged. runs/stiff_cage.yaml takes 6 CPU minutes or more.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from selectivity import api
from selectivity.api import script
from selectivity.api.pictures import compositions_figure, profile_picture

KCAL = 4.184  # kJ per kcal
SMALL = (
    "systems.kcsa.tether=[from B-factors, 10 kcal/mol/angstrom^2, rigid]",
    "systems.bulk.waters=20",
    "systems.bulk.radius=5.82 angstrom",
    "systems.bulk.sampling={adaptation: 6000, production: 16000}",
    "sampling.replicas=4",
    "sampling.equilibration=300",
    "sampling.adaptation=2000",
    "sampling.production=4000",
    "sampling.segments=1",
)


def row(system: Mapping[str, Any]) -> str:
    """One stiffness: what a site in the cage prefers beside what gets through."""
    site = next(iter(system["sites"].items()), None)
    binding = "-" if site is None else f"{site[0]} {site[1]['ddg_kJ_mol'] / KCAL:+.1f}"
    value = system["ratio"][system["headline"]]["value"]
    ratio = "undetermined" if value is None else f"{value:.3g}"
    state = "" if system["converged"] else "   not converged"
    return f"{system['system']:32} {binding:>12} {ratio:>12}{state}"


def work(given: argparse.Namespace) -> bool:
    """Table and figures; whether every stiffness converged."""
    folder = script.run_folder(given, "stiff_cage", SMALL)
    report = api.ratio(folder)
    record = report.as_dict()
    print(f"{'system':32} {'ΔΔG, kcal':>12} {'P_K/P_Na':>12}")
    print("\n".join(row(system) for system in record["systems"]))
    ratios = compositions_figure(record["systems"], (), report.analysis.run.run_file.title)
    script.picture(given, ratios, "rigid_cage")
    last = report.analysis.computed[record["systems"][-1]["system"]]
    script.picture(given, profile_picture(last), "rigid_cage_profiles")
    return all(system["converged"] for system in record["systems"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figures; returns the exit code."""
    return script.carry_out(work, script.parser(__doc__, "rigid_cage").parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
