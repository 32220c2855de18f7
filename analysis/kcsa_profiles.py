"""K+ and Na+ along the filter of KcsA: where each rests, what each has to climb, and their gap.

    python analysis/kcsa_profiles.py --run quickstart.run --out out/kcsa_profiles
    python analysis/kcsa_profiles.py

Above, W(z) of both ions less their difference in bulk water; in the middle less the common f(z)
through the wells of K+; below, ΔΔG(z), which holds whatever common potential acts. Potentials of
mean force of K+ in KcsA are the figure of Åqvist and Luzhkov (Nature 2000, 404, 881) and of
Bernèche and Roux (Nature 2001, 414, 73), the gap between the two ions that of Noskov, Bernèche and
Roux (Nature 2004, 431, 830). Exit code 3 where the filter did not converge.

From a stored run: ten seconds. Without --run it samples a dry filter for some twenty seconds first,
far from converged. runs/quickstart.yaml takes 7 to 9 CPU minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from selectivity.api import script
from selectivity.api.one_filter import one_filter
from selectivity.api.pictures import profile_picture

SMALL = (
    "systems.kcsa.tether=from B-factors",
    "headline=kcsa",
    "systems.bulk.waters=20",
    "systems.bulk.radius=5.82 angstrom",
    "systems.bulk.sampling={adaptation: 6000, production: 16000}",
    "sampling.replicas=4",
    "sampling.equilibration=300",
    "sampling.adaptation=2000",
    "sampling.production=4000",
    "sampling.segments=1",
)


def work(given: argparse.Namespace) -> bool:
    """Draw the profiles of one filter; whether it converged."""
    folder = script.run_folder(given, "stiff_cage", SMALL)
    _, found = one_filter(folder, given.system)
    assert found.ratio is not None
    value, peaks = found.ratio.headline, found.ratio.maxima_levelled
    print(
        f"P_{found.ratio.a}/P_{found.ratio.b}, levelled integral: {value.value:.3g} "
        f"(95 % {value.low:.3g} to {value.high:.3g}); highest of the interior, levelled: "
        + ", ".join(f"{ion} at {peak.z:+.1f} Å" for ion, peak in peaks.items())
    )
    print("\n".join(found.verdict.reasons), end="\n" if found.verdict.reasons else "")
    script.picture(given, profile_picture(found), "kcsa_profiles")
    return found.verdict.converged


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figure; returns the exit code."""
    parser = script.parser(__doc__, "kcsa_profiles")
    parser.add_argument("--system", help="a filter of the run; the headline without it")
    return script.carry_out(work, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
