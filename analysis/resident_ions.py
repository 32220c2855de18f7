"""Where the resident K+ of the single file stands while the sampled ion is where.

    python analysis/resident_ions.py --run quickstart.run --out out/resident_ions
    python analysis/resident_ions.py

A ratio is conditional on the composition of the file, which fixes number and order of its members
and leaves them their sites. The figure is the density of the resident K+ along the axis against z
of X, for X = K+ and X = Na+; the table its share in every site while X is in a site of the
interior, with the replicas that started close about X and spread out apart: where they differ, the
resident is slower than the run is long. Ions in the sites 1 and 3 or 2 and 4 are the figure of
Åqvist and Luzhkov (Nature 2000, 404, 881) and of Morais-Cabral, Zhou and MacKinnon (Nature 2001,
414, 37).

From a stored run: ten seconds. Without --run it samples KcsA as [K W X W] for some twenty seconds
first, far from converged. runs/quickstart.yaml takes 7 to 9 CPU minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from selectivity import api
from selectivity.api import script

SMALL = (
    "headline=kcsa",
    'systems.kcsa.composition="[K W X W]"',
    "systems.bulk.waters=20",
    "systems.bulk.radius=5.82 angstrom",
    "systems.bulk.sampling={adaptation: 5000, production: 8000}",
    "sampling.replicas=4",
    "sampling.equilibration=500",
    "sampling.adaptation=1500",
    "sampling.production=2000",
    "sampling.segments=1",
)
LEAST = 0.005  # share below which a row is left out


def table(record: dict[str, Any]) -> Iterator[str]:
    """The shares as lines of text, in per cent."""
    starts = list(dict.fromkeys(record["starts"]))
    yield "X    in    resident  in              share        " + "  ".join(
        f"{name:>6}" for name in starts
    )
    for row in record["rows"]:
        if row["share"] is None or row["share"] < LEAST:
            continue
        apart = "  ".join(
            "     -" if row["by_start"][name] is None else f"{100 * row['by_start'][name]:5.0f}%"
            for name in starts
        )
        error = "" if row["error"] is None else f" ± {100 * row['error']:3.0f}"
        symbol = row["resident"].split(":")[1]
        share = f"{100 * row['share']:5.0f}{error} %"
        yield f"{row['x']:4} {row['x_in']:5} {symbol:9} {row['in']:14} {share:14}{apart}"


def work(given: argparse.Namespace) -> bool:
    """Table and figure; whether the filter converged."""
    folder = script.run_folder(given, "kcsa_compositions", SMALL)
    found = api.resident_ions(folder, given.system)
    print(f"{found.system} {found.composition}; ± is one standard error over replicas")
    print("\n".join(table(found.as_dict())))
    script.picture(given, found.figure(), "resident_ions")
    return found.converged


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figure; returns the exit code."""
    parser = script.parser(__doc__, "resident_ions")
    parser.add_argument("--system", help="a filter of the run; the headline without it")
    return script.carry_out(work, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
