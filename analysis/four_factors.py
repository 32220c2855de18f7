"""Four factors of selectivity in two maps: ligands and their charge, cavity size and rigidity.

    selectivity scan coordination_charge && selectivity scan tether_radius
    python analysis/four_factors.py --run coordination_charge.scan --and tether_radius.scan
    python analysis/four_factors.py

Thomas, Jayatilaka and Corry (Biophys J 2011, 100, 60) told four factors apart: the number of
ligands, their dipole, the size of the cavity and how rigid it is. Each map has ΔΔG(K+ to Na+)
against bulk water over two of them, with the ion that wins in every cell.

From stored scans: three seconds. Without --run it makes small ones in a minute or two, far from
converged. The shipped scans take 6 and 12.5 CPU minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from selectivity.api import script
from selectivity.api.pictures import scan_figure

SMALL_CAGE = (
    "systems.bulk.sampling={production: 10000}",
    "sampling.replicas=4",
    "sampling.equilibration=300",
    "sampling.adaptation=1500",
    "sampling.production=2000",
)
SMALL_RINGS = (
    "systems.bulk.sampling={adaptation: 4000, production: 10000}",
    "sampling.replicas=4",
    "sampling.equilibration=200",
    "sampling.adaptation=500",
    "sampling.production=800",
)


def work(given: argparse.Namespace) -> bool:
    """Tables and figures; whether every cell of both maps converged."""
    converged = True
    maps = (
        (given.run, "coordination_charge", SMALL_CAGE),
        (given.second, "tether_radius", SMALL_RINGS),
    )
    for folder, name, small in maps:
        if folder is None and (given.run or given.second) is not None:
            continue
        one = argparse.Namespace(**{**vars(given), "run": folder})
        record = script.scan_record(one, name, small)
        script.picture(given, scan_figure(record), name)
        converged = converged and bool(record["converged"])
    return converged


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figures; returns the exit code."""
    parser = script.parser(__doc__, "four_factors", "folder of the scan of number and charge")
    parser.add_argument(
        "--and", type=Path, dest="second", metavar="DIR", help="of the scan of rigidity and size"
    )
    return script.carry_out(work, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
