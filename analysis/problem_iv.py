"""Guided problem: what does a current-voltage curve tell, and how well is its reversal known?

    python analysis/problem_iv.py --out out/problems

Shows the GHK curve of a neuron beside the straight line of its conductances: equal at the reversal,
threefold apart 170 mV above it. Then a recording (made here with 3 pA of noise from a fixed seed,
and written as a CSV file with units in its header) gives the reversal back: by the two neighbouring
points, and by a fit with its error; a straight line through all points is wrong by many standard
errors. Writes both figures. Two seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from selectivity import membrane as m

NEURON = m.preset("neuron")
AREA = 1.5e-9  # m², a cell of 11 µm radius
UNIT = 1e-8  # m/s, permeability of K
NOISE_PA = 3.0
SEED = 7


def recording(path: Path) -> None:
    """Write a noisy recording of the neuron, −100 to −20 mV in steps of 10 mV."""
    curve = m.iv_curve(NEURON, np.arange(-0.1, -0.0199, 0.01), UNIT)
    noise = np.random.default_rng(SEED).normal(0.0, NOISE_PA, curve.v_mV.size)
    current = 1e12 * AREA * curve.net_A_m2 + noise
    rows = [f"{v:.1f},{i:.2f},{NOISE_PA:g}" for v, i in zip(curve.v_mV, current, strict=True)]
    path.write_text("\n".join(["V (mV),I (pA),sd (pA)", *rows]) + "\n", encoding="utf-8")


def solve(path: Path) -> tuple[m.IVCurve, m.Reversal, m.Reversal]:
    """Computed curve, and the recording's reversal by the fitted order and by a straight line."""
    curve = m.iv_curve(NEURON, np.linspace(-0.15, 0.1, 251), UNIT)
    data = m.read_iv(path)
    return curve, m.reversal_of(data, model=curve), m.reversal_of(data, order=1)


def working(path: Path) -> str:
    """The problem with its solution as Markdown; every line is computed."""
    curve, found, line = solve(path)
    table = [
        f"   | {v:g} | {1000 * np.interp(v, curve.v_mV, curve.net_A_m2):+.1f} "
        f"| {1000 * np.interp(v, curve.v_mV, curve.net_ohmic_A_m2):+.1f} |"
        for v in (-150.0, -100.0, -67.343, -20.0, 40.0, 100.0)
    ]
    off = (line.reversal_mV - curve.reversal_mV) / line.error_mV
    lines = [
        "# I-V curves and their reversal",
        "",
        f"1. GHK and ohmic current of the neuron, mA/m², P_K = {1e9 * UNIT:g} nm/s. The ohmic one "
        "is Σ g (V − E)",
        f"   with the chord conductances at rest, Σ g = {curve.chord_S_m2:.4f} S/m² (slope "
        f"conductance {curve.slope_S_m2:.4f}):",
        "",
        "   | V, mV | GHK | ohmic |",
        "   |---|---|---|",
        *table,
        "",
        f"   Both reverse at {curve.reversal_mV:.3f} mV. Potassium leaves "
        f"{curve.rectification['K']:.2f} times as easily 100 mV above E_K as it enters below.",
        f"2. A recording of {found.points} points with {NOISE_PA:g} pA of noise. Between the two "
        f"points around zero: {found.interpolated_mV:.2f} mV.",
        f"   The fit of order {found.order}: {found.reversal_mV:.2f} ± {found.error_mV:.2f} mV, "
        f"95 % interval {found.low_mV:.2f} to {found.high_mV:.2f} mV, χ²/dof = "
        f"{found.chi2_per_dof:.2f};",
        f"   the truth is {curve.reversal_mV:.2f} mV, "
        f"{abs(found.reversal_mV - curve.reversal_mV) / found.error_mV:.1f} standard errors away.",
        f"3. A straight line through all points: {line.reversal_mV:.2f} ± {line.error_mV:.2f} mV, "
        f"{abs(off):.0f} standard errors from the truth.",
        f"   Its χ²/dof of {line.chi2_per_dof:.0f} says so: an I-V curve is straight only near its "
        "reversal.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.csv"
        recording(path)
        curve, found, _ = solve(path)
        curve.plot(given.out / "iv.png")
        found.plot(given.out / "iv_recording.png")
        print(working(path), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
