"""Guided problem: where does a membrane rest that lets several ions through, and what flows?

    python analysis/problem_ghk.py --out out/problems

Shows the Goldman-Hodgkin-Katz voltage of a neuron by hand; the quadratic that calcium makes of it,
and lanthanum, which needs a root; the current at −70 mV and at 0 mV, where the printed formula is
0/0; slope against chord conductance and rectification; what the 3:2 pump adds, ion by ion. Writes
V against log K_out leaving the Nernst slope. Two seconds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

NEURON = m.preset("neuron")
WARM = NEURON.temperature_K
FARADAY, GAS = 96485.33212, 8.314462618  # C/mol, J/(mol K)
RT_F_MV = 1000.0 * GAS * WARM / FARADAY
P = {"K": 1.0, "Na": 0.04, "Cl": 0.45, "Ca": 0.5}
IN = {"K": 140.0, "Na": 15.0, "Cl": 10.0, "Ca": 1e-4}  # mM
OUT = {"K": 5.0, "Na": 145.0, "Cl": 110.0, "Ca": 2.0}
UNIT = 1e-8  # m/s, permeability of K


def monovalent() -> tuple[list[str], float]:
    """GHK voltage of K, Na and Cl by hand, with its lines."""
    above = P["K"] * OUT["K"] + P["Na"] * OUT["Na"] + P["Cl"] * IN["Cl"]
    below = P["K"] * IN["K"] + P["Na"] * IN["Na"] + P["Cl"] * OUT["Cl"]
    volt = RT_F_MV * math.log(above / below)
    return [
        f"1. K, Na and Cl at {WARM:g} K, RT/F = {RT_F_MV:.3f} mV:",
        f"   Σ P c = {above:.2f} mM on the side that pulls V up, {below:.2f} on the other,",
        f"   V = RT/F ln({above:.2f}/{below:.2f}) = {volt:.3f} mV; "
        f"the library: {1000.0 * m.membrane_potential(NEURON):.3f} mV.",
    ], volt


def with_calcium() -> list[str]:
    """The quadratic in x = exp(−FV/RT) by hand."""
    a = P["K"] * IN["K"] + P["Na"] * IN["Na"] + P["Cl"] * OUT["Cl"]
    b = P["K"] * OUT["K"] + P["Na"] * OUT["Na"] + P["Cl"] * IN["Cl"]
    d_in, d_out = 4.0 * P["Ca"] * IN["Ca"], 4.0 * P["Ca"] * OUT["Ca"]
    x = (a - b + math.sqrt((a - b) ** 2 + 4.0 * (b + d_out) * (a + d_in))) / (2.0 * (b + d_out))
    volt = -RT_F_MV * math.log(x)
    ions = list(P)
    z = [m.VALENCE[ion] for ion in ions]
    columns = ([P[i] for i in ions], z, [IN[i] for i in ions], [OUT[i] for i in ions])
    found = 1000.0 * m.ghk_voltage(*columns, WARM)
    more = ([*columns[0], 0.5], [*z, 3], [*columns[2], 0.0], [*columns[3], 0.1])
    lanthanum = 1000.0 * m.ghk_voltage(*more, WARM)
    return [
        f"2. With P_Ca = {P['Ca']:g} P_K and x = exp(−FV/RT): (b + d_out) x² − (a − b) x − "
        "(a + d_in) = 0,",
        f"   a = {a:.2f}, b = {b:.2f}, d_in = {d_in:.4f}, d_out = {d_out:.2f} mM, x = {x:.5f}, "
        f"V = {volt:.3f} mV; the library: {found:.3f} mV.",
        f"   With 0.1 mM La³⁺ outside too (P = 0.5 P_K) no closed form is left; the root is "
        f"{lanthanum:.3f} mV.",
    ]


def currents() -> list[str]:
    """Current, conductances and rectification of potassium."""
    k = (1, IN["K"], OUT["K"])
    at70, at0 = (1000.0 * m.ghk_current(UNIT, *k, v, WARM) for v in (-0.07, 0.0))
    fick = 1000.0 * UNIT * FARADAY * (IN["K"] - OUT["K"])
    e = m.nernst(*k, WARM)
    pairs = [
        (v, m.slope_conductance(UNIT, *k, v, WARM), m.chord_conductance(UNIT, *k, v, WARM))
        for v in (e, -0.07, 0.0)
    ]
    rows = [f"   | {1000.0 * v:.2f} | {slope:.4f} | {chord:.4f} |" for v, slope, chord in pairs]
    near, far = (m.rectification_ratio(*k, step, WARM) for step in (0.1, 10.0))
    return [
        f"3. Potassium current for P_K = {1e9 * UNIT:g} nm/s, outward positive: {at70:.3f} mA/m² "
        "at −70 mV.",
        f"   At 0 mV the printed formula is 0/0; its limit is Fick's law, P F (c_in − c_out) = "
        f"{fick:.3f} mA/m²; the library: {at0:.3f}.",
        "4. Slope dI/dV and chord I/(V − E), S/m²; they agree at E alone:",
        "",
        "   | V, mV | slope | chord |",
        "   |---|---|---|",
        *rows,
        "",
        f"   100 mV from E the outward current is {near:.2f} times the inward one, far away "
        f"{far:.1f} times: c_in/c_out = {IN['K'] / OUT['K']:g} is the limit.",
    ]


def pumped(passive: float) -> list[str]:
    """The pump's share, with the ledger of each ion."""
    pump = m.mullins_noda(NEURON, unit_m_s=UNIT)
    again = m.pumped_rest(
        NEURON.with_permeability({"K": P["K"], "Na": P["Na"]}), pump.pump_A_m2, UNIT
    )
    rows = [
        f"   | {ion} | {1000 * row.leak_A_m2:+.3f} | {1000 * row.pump_A_m2:+.3f} |"
        for ion, row in pump.ledger.items()
    ]
    return [
        f"5. At {passive:.2f} mV K still leaves and Na still enters. A 3:2 pump that undoes both "
        "(Mullins-Noda):",
        f"   V = RT/F ln[(1.5 P_K K_out + P_Na Na_out)/(1.5 P_K K_in + P_Na Na_in)] = "
        f"{pump.v_mV:.3f} mV, {-pump.difference_mV:.2f} mV below GHK of K and Na.",
        "",
        "   | mA/m² | leak | pump |",
        "   |---|---|---|",
        *rows,
        "",
        f"   Its net current is {1000 * pump.pump_A_m2:.3f} mA/m², a third of its sodium part; "
        f"the root of GHK with that current is {again.v_mV:.3f} mV.",
    ]


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    first, volt = monovalent()
    lines = ["# GHK voltage and currents", "", *first, *with_calcium(), *currents(), *pumped(volt)]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    m.goldman(NEURON).plot(given.out / "ghk.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
