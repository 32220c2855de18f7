"""Current-voltage curve of the sampled filter: from a potential of mean force to picoampere.

    python analysis/filter_iv.py RUN --out out/filter_iv
    python analysis/filter_iv.py --out out/filter_iv

Takes the profiles of a stored run; without one it makes a small dry filter first (half a minute
of CPU, far from converged). Prints the permeabilities, the reversal potential beside
the GHK voltage of the run's ratio, and the curve with its band; writes figure, CSV and JSON.

What sampling does not know is an input, and is printed: the diffusion coefficients in the pore
(bulk values times --reduction), the cross-section (--radius), and how high the levelled wells of
K+ lie above the baths (--well), which sets the size of all currents and nothing else.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from selectivity import api
from selectivity import membrane as m

INSIDE, OUTSIDE = {"K": 140.0, "Na": 15.0}, {"K": 5.0, "Na": 145.0}  # mM
SMALL = """\
title: small dry filter for its current-voltage curve
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  dry:
    kind: filter
    structure: kcsa
    composition: "[X]"
    caps: [0, 0]
    reference: bulk
  bulk:
    kind: droplet
    waters: 8
    radius: 5 angstrom
    wall: 10 kcal/mol/angstrom^2
sampling:
  replicas: 4
  equilibration: 300
  adaptation: 1500
  production: 8000
  stride: 10
  exchange_every: 50
  segments: 1
"""


def small_run(folder: Path) -> Path:
    """A run folder of a small dry filter, made or continued under ``folder``."""
    file = folder / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return Path(api.run(file, folder / "small.run"))


def beside_ghk(curve: m.FilterCurve) -> list[str]:
    """The reversal potential beside the GHK voltage of the same two permeabilities."""
    if curve.ratio is None:
        return []
    kelvin = curve.inputs["temperature_K"]
    within, without = ([side["K"], side["Na"]] for side in (INSIDE, OUTSIDE))
    ghk = 1000.0 * m.ghk_voltage([curve.ratio.value, 1.0], [1, 1], within, without, kelvin)
    low, high = curve.reversal_interval_mV
    return [
        f"GHK voltage of the same P_K/P_Na = {curve.ratio.value:.3g}: {ghk:.2f} mV; of the "
        f"profiles: {curve.reversal_mV.value:.2f} mV (95 % {low:.2f} to {high:.2f}).",
        "They differ where the field weighs the two profiles differently: the ratio is that at "
        "V = 0, with every part of the interior weighed by exp(W/RT) alone.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the curve and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path, nargs="?", help="run folder; made small without one")
    parser.add_argument("--system", help="a filter of the run; the headline without it")
    parser.add_argument("--radius", type=float, default=1.5, help="of the cross-section, Å")
    parser.add_argument("--reduction", type=float, default=0.1, help="D in the pore over bulk")
    parser.add_argument("--well", type=float, default=0.0, help="wells above the baths, kJ/mol")
    parser.add_argument("--out", type=Path, default=Path("out/filter_iv"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    folder = given.run if given.run is not None else small_run(given.out)
    pore = api.Pore(1e-10 * given.radius, given.reduction, well_kJ_mol=given.well)
    volts = np.round(np.linspace(-0.1, 0.1, 21), 15)
    curve = api.filter_iv(folder, INSIDE, OUTSIDE, pore, volts, given.system)
    curve.plot(given.out / "filter_iv.png")
    curve.to_csv(given.out / "filter_iv.csv")
    curve.to_json(given.out / "filter_iv.json")
    print("\n".join([*curve.lines(), *beside_ghk(curve)]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
