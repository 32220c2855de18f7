"""Eisenman's sequences: the order of five alkali ions in a site, from weak to strong field.

    selectivity scan eisenman
    python analysis/eisenman.py --run eisenman.scan --out out/eisenman
    python analysis/eisenman.py

ΔΔG(K+ to X) of Li+, Na+, Rb+ and Cs+ in a cage of six carbonyls against bulk water, as the charge
of their C and O grows; above every point which of the eleven sequences of Eisenman (Biophys J 1962,
2, 259) the order is. His own figure holds measured energies of hydration against those of an anion
of variable radius; here ions, carbonyls and water are explicit.

From a stored scan: two seconds. Without --run it makes a small one in half a minute, far from
converged. runs/scans/eisenman.yaml takes 14 CPU minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import groupby

from selectivity.api import script
from selectivity.api.pictures import scan_figure

SMALL = (
    "systems.bulk.sampling={adaptation: 10000, production: 20000}",
    "sampling.replicas=4",
    "sampling.equilibration=500",
    "sampling.adaptation=8000",
    "sampling.production=8000",
    "sampling.segments=1",
)


def work(given: argparse.Namespace) -> bool:
    """Table and figure; whether every cell converged."""
    record = script.scan_record(given, "eisenman", SMALL)
    orders = groupby(record["cells"], key=lambda cell: (cell["eisenman"], tuple(cell["order"])))
    for (number, order), cells in orders:
        values = [cell["values"][0] for cell in cells]
        span = values[0] if len(values) == 1 else f"{values[0]} to {values[-1]}"
        print(f"{number or 'none'}: {' > '.join(order)} at {span}")
    script.picture(given, scan_figure(record), "eisenman")
    return bool(record["converged"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figure; returns the exit code."""
    parser = script.parser(__doc__, "eisenman", "folder of the scan")
    return script.carry_out(work, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
