"""Noskov's cage: eight free carbonyls with their mutual repulsion, without it, and in between.

    selectivity scan repulsion
    python analysis/noskov_cage.py --run repulsion.scan --out out/noskov_cage
    python analysis/noskov_cage.py

ΔΔG(K+ to Na+) of a cage as soft as a liquid, against bulk water, with the Coulomb energy between
its carbonyls scaled from 0 to 1: the counterfactual of Noskov, Bernèche and Roux (Nature 2004, 431,
830) step by step. The lines beside it are ΔG(K+ to Na+) in the cage itself at the two ends.

From a stored scan: two seconds. Without --run it makes a small one in some twenty seconds, far from
converged. runs/scans/repulsion.yaml takes 3.4 CPU minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from selectivity.api import script
from selectivity.api.pictures import scan_figure

SMALL = (
    "systems.bulk.sampling={production: 10000}",
    "sampling.replicas=4",
    "sampling.equilibration=500",
    "sampling.adaptation=2000",
    "sampling.production=4000",
    "sampling.segments=1",
)


def work(given: argparse.Namespace) -> bool:
    """Table and figure; whether every cell converged."""
    record = script.scan_record(given, "repulsion", SMALL)
    for cell in (record["cells"][0], record["cells"][-1]):
        for leg in cell["legs"]:
            print(
                f"Coulomb between carbonyls x {cell['values'][0]}: ΔG({leg['from']}→{leg['to']}) "
                f"{leg['dg_kcal_mol']:.2f} ± {leg['dg_error_kcal_mol']:.2f} kcal/mol in the cage, "
                f"{leg['reference_dg_kcal_mol']:.2f} ± {leg['reference_dg_error_kcal_mol']:.2f} "
                "in water"
            )
    script.picture(given, scan_figure(record), "noskov_cage")
    return bool(record["converged"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figure; returns the exit code."""
    parser = script.parser(__doc__, "noskov_cage", "folder of the scan")
    return script.carry_out(work, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
