"""Guided problem: permeability ratios from reversal potentials, and how their errors propagate.

    python analysis/problem_permeability.py --out out/problems

Potassium inside, one other ion outside: the bi-ionic potential gives P_X/P_K at once, by hand and
by the library; an error of 2 mV is 8 % of the ratio, whatever its size, and the interval is
lopsided. Calcium takes another formula. Then five measurements of three ions are fitted together.
The reversal potentials are made up for the exercise. Writes the figure of the ratios. A second.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

WARM = 293.15  # K
FARADAY, GAS = 96485.33212, 8.314462618
RT_F_MV = 1000.0 * GAS * WARM / FARADAY
INSIDE = m.Solution({"K": 150.0}, WARM, "inside")
REVERSAL_MV = {"Rb": -9.0, "NH4": -52.0, "Na": -118.0}
ERROR_MV = 2.0
CALCIUM_MV = -95.0


def measured(outside: dict[str, float], volt_mV: float, name: str) -> m.MeasuredReversal:
    """150 mM K inside against ``outside``, mM."""
    side = m.Solution(outside, WARM, "outside")
    return m.MeasuredReversal(INSIDE, side, volt_mV / 1000.0, ERROR_MV / 1000.0, name)


def bi_ionic() -> list[m.MeasuredReversal]:
    """One measurement an ion."""
    return [measured({ion: 150.0}, volt, f"K | {ion}") for ion, volt in REVERSAL_MV.items()]


def together() -> m.PermeabilityRatios:
    """The bi-ionic measurements and two of mixtures in one fit."""
    mixed = [
        measured({"Rb": 75.0, "Na": 75.0}, -25.0, "K | Rb + Na"),
        measured({"NH4": 100.0, "K": 5.0}, -55.0, "K | NH4 + 5 K"),
    ]
    return m.permeability_ratios([*bi_ionic(), *mixed])


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    single = m.permeability_ratios(bi_ionic()).ratios
    rows = [
        f"   | {ion} | {volt:g} | {math.exp(volt / RT_F_MV):.5f} | {single[ion].value:.5f} "
        f"| {single[ion].low:.4f} to {single[ion].high:.4f} | {1 / single[ion].value:.1f} |"
        for ion, volt in REVERSAL_MV.items()
    ]
    x = math.exp(CALCIUM_MV / RT_F_MV)
    by_hand = 150.0 / (4.0 * 110.0) * x * (x + 1.0)
    calcium = m.permeability_ratios([measured({"Ca": 110.0}, CALCIUM_MV, "K | Ca")]).ratios["Ca"]
    fit = together()
    fitted = [
        f"   | {ion} | {single[ion].value:.5f} ± {100 * single[ion].ln_error:.1f} % "
        f"| {r.value:.5f} ± {100 * r.ln_error:.1f} % |"
        for ion, r in fit.ratios.items()
    ]
    lines = [
        "# Permeability ratios from reversal potentials",
        "",
        f"1. 150 mM K inside, 150 mM X outside, RT/F = {RT_F_MV:.3f} mV: P_X/P_K = e^(FV/RT):",
        "",
        "   | X | V, mV | by hand | library | 95 % | P_K/P_X |",
        "   |---|---|---|---|---|---|",
        *rows,
        "",
        f"   ±{ERROR_MV:g} mV is ±{100 * ERROR_MV / RT_F_MV:.1f} % of each ratio "
        "(σ(ln P) = Fσ/RT). The intervals are symmetric in the logarithm alone.",
        f"2. 110 mM Ca outside, V = {CALCIUM_MV:g} mV: P_Ca/P_K = (K_in/4 Ca_out) x (x + 1) with "
        f"x = e^(FV/RT): {by_hand:.6f}; the library: {calcium.value:.6f}.",
        "   The formula of the monovalent ions would have given "
        f"{150.0 / 110.0 * x:.4f}, {150.0 / 110.0 * x / by_hand:.1f} times as much.",
        "3. Two measurements with mixtures outside enter one fit with the three above:",
        "",
        "   | X | alone | together |",
        "   |---|---|---|",
        *fitted,
        "",
        f"   χ²/dof = {fit.chi2_per_dof:.2f} with {fit.dof} to spare: one set of permeabilities "
        "describes all five.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    together().plot(given.out / "permeability.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
