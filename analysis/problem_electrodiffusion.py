"""Guided problem: from Goldman to Planck, which field do ions make in a membrane?

    python analysis/problem_electrodiffusion.py --out out/problems

Shows the steady Nernst-Planck equations in a slab three ways: constant field (Goldman),
electroneutral (Planck) and with Poisson's equation in full, which leads from the one to the other
as the slab grows from a hundredth of a Debye length to a thousand; Henderson's junction beside
them; profiles c(x) and φ(x); and a run in time with its ledger. Ten seconds.
"""

from __future__ import annotations

import argparse
import functools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from selectivity import membrane as m

if TYPE_CHECKING:
    from matplotlib.axes import Axes

T, EPSILON = 298.15, 78.3
R, F = 8.31446261815324, 96485.33212331
D = {"H": 9.31e-9, "Na": 1.33e-9, "K": 1.96e-9, "Cl": 2.03e-9}  # m²/s, bulk water, 25 °C
RATIOS = (0.01, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
Baths = tuple[Mapping[str, float], Mapping[str, float]]
JUNCTIONS: dict[str, Baths] = {
    "NaCl 10 / 100 mM": ({"Na": 10.0, "Cl": 10.0}, {"Na": 100.0, "Cl": 100.0}),
    "HCl 10 / NaCl 100 mM": (
        {"H": 10.0, "Na": 0.0, "Cl": 10.0},
        {"H": 0.0, "Na": 100.0, "Cl": 100.0},
    ),
    "HCl 100 / NaCl 100 mM": (
        {"H": 100.0, "Na": 0.0, "Cl": 100.0},
        {"H": 0.0, "Na": 100.0, "Cl": 100.0},
    ),
}
NEURON: Baths = ({"K": 140.0, "Na": 15.0, "Cl": 155.0}, {"K": 5.0, "Na": 145.0, "Cl": 150.0})


def slab(baths: Baths, over_debye: float) -> m.Slab:
    """A slab of so many Debye lengths between two baths."""
    inside, outside = m.Solution(baths[0], T, "inside"), m.Solution(baths[1], T, "outside")
    diffusion = {ion: D[ion] for ion in baths[0]}
    length = over_debye * m.Slab(inside, outside, diffusion, 1e-9, EPSILON).debye_length_m()
    return m.Slab(inside, outside, diffusion, length, EPSILON)


@functools.cache
def open_circuit(name: str) -> list[float]:
    """Potential (mV) of no net current with Poisson's equation, at every thickness of RATIOS."""
    some = [slab(JUNCTIONS[name], x) for x in RATIOS]
    return [1000.0 * m.slab_state(s, None, "pnp").voltage_V for s in some]


def limits(baths: Baths) -> dict[str, float]:
    """Goldman, Planck and Henderson of one junction, mV."""
    some = slab(baths, 1.0)
    return {
        "GHK": 1000.0 * m.slab_state(some, None, "constant-field").voltage_V,
        "Planck": 1000.0 * m.planck_voltage(some),
        "Henderson": 1000.0 * m.henderson_voltage(some),
    }


def ghk_gap(baths: Baths, volt: float) -> float:
    """Largest |J − J_GHK| over the larger one-way flux, at a hundredth of a Debye length."""
    thin = slab(baths, 0.01)
    poisson = m.slab_state(thin, volt, "pnp").flux_mol_m2_s
    gaps = []
    for ion, p in thin.permeability_m_s.items():
        z, (c_in, c_out) = m.VALENCE[ion], (thin.inside[ion], thin.outside[ion])
        ways = [abs(m.ghk_flux(p, z, *c, volt, T)) for c in ((c_in, 0.0), (0.0, c_out))]
        gaps.append(abs(poisson[ion] - m.ghk_flux(p, z, c_in, c_out, volt, T)) / max(ways))
    return max(gaps)


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    salt = JUNCTIONS["NaCl 10 / 100 mM"]
    thermal = 1000.0 * R * T / F
    by_hand = (D["Na"] - D["Cl"]) / (D["Na"] + D["Cl"]) * thermal * math.log(10.0)
    debye = 1e9 * slab(salt, 1.0).debye_length_m()
    lines = [
        "# Electrodiffusion: from Goldman to Planck",
        "",
        f"1. RT/F = {thermal:.3f} mV at 25 °C. The Debye length at 100 mM is λ = {debye:.3f} nm: "
        f"4 nm of such water are {4.0 / debye:.1f} λ, the 0.6 nm of a filter {0.6 / debye:.1f}.",
        "2. One salt in a thick layer (Planck): V = (D₊ − D₋)/(D₊ + D₋) RT/F ln(c_out/c_in) = "
        f"(1.33 − 2.03)/(1.33 + 2.03) · {thermal:.3f} mV · ln 10 = {by_hand:.3f} mV.",
        "3. With P = D/L, Goldman, Hodgkin and Katz give another number for the same salt, since "
        "their field is constant:",
        "",
        "| inside | GHK, mV | Planck, mV | Henderson, mV | PNP at L/λ = 0.01 | 1 | 30 | 1000 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, baths in JUNCTIONS.items():
        ends, by_ratio = limits(baths), dict(zip(RATIOS, open_circuit(name), strict=True))
        some = " | ".join(f"{by_ratio[x]:.3f}" for x in (0.01, 1.0, 30.0, 1000.0))
        three = " | ".join(f"{v:.3f}" for v in ends.values())
        lines.append(f"| {name} | {three} | {some} |")
    run = transient()
    lines += [
        "",
        "   Poisson's equation leads from the first column to the second. With equal totals on "
        "both sides the field is constant at any thickness, and all agree (last row). Henderson is "
        "Planck for one salt, and for equal totals with one anion; else it is not.",
        "4. At L/λ = 0.01 and −70 mV the fluxes with Poisson's equation differ from GHK by "
        f"{ghk_gap(NEURON, -0.07):.1e} of the larger one-way flux between the solutions of a "
        f"neuron, by {ghk_gap(salt, -0.07):.1e} for a tenfold step of salt; the rest falls with "
        "(L/λ)².",
        f"5. In time: the neuron's ions fill a slab of 10 λ = {1e9 * run.slab.length_m:.1f} nm at "
        f"−70 mV. After {1e9 * run.time_s[-1]:.0f} ns flux in and flux out agree to "
        f"{max(run.unsteadiness.values()):.0e}; content = initial + entered − left to "
        f"{max(run.ledger_error.values()):.0e}.",
    ]
    return "\n".join(lines) + "\n"


def transient() -> m.SlabRun:
    """The neuron's ions from the outside solution to the steady state at −70 mV."""
    return m.slab_run(slab(NEURON, 10.0), -0.07, "pnp", start="outside", cells=150, steps=300)


def draw_limits(ax: Axes) -> None:
    """V of no current against L/λ between its two limits."""
    looks = (("o", "-"), ("s", (0, (5, 1.5))), ("^", (0, (1.2, 1.2))))
    for (name, baths), (mark, dash) in zip(JUNCTIONS.items(), looks, strict=True):
        ends = limits(baths)
        grey = "black" if mark == "o" else "0.35"
        ax.plot(RATIOS, open_circuit(name), marker=mark, ms=4, ls=dash, color=grey, label=name)
        ax.plot([RATIOS[0]], [ends["GHK"]], "<", ms=8, color=grey, mfc="white", clip_on=False)
        ax.plot([RATIOS[-1]], [ends["Planck"]], ">", ms=8, color=grey, mfc="white", clip_on=False)
        ax.plot([RATIOS[-1]], [ends["Henderson"]], "x", ms=6, color=grey, clip_on=False)
    ax.set_xscale("log")
    ax.set_xlabel("thickness over Debye length, L/λ")
    ax.set_ylabel("potential of no net current (mV)")
    ax.set_title("◁ GHK    ▷ Planck    × Henderson", fontsize=9, loc="left")
    ax.set_ylim(-38.0, 0.0)
    ax.legend(fontsize=7.5, loc="upper right", frameon=False)


def draw_field(ax: Axes) -> None:
    """φ(x) of the salt junction in three thicknesses at the same voltage."""
    salt = JUNCTIONS["NaCl 10 / 100 mM"]
    for over, dash in ((0.01, "-"), (10.0, (0, (5, 1.5))), (300.0, (0, (1.2, 1.2)))):
        state = m.slab_state(slab(salt, over), -0.05, "pnp")
        x = state.x_m / state.slab.length_m
        ax.plot(x, 1000.0 * state.potential_V, ls=dash, color="black", label=f"L/λ = {over:g}")
    ax.set_xlabel("x/L from 10 mM (inside) to 100 mM")
    ax.set_ylabel("potential φ (mV)")
    ax.set_title("NaCl at −50 mV: the field gathers where ions are few", fontsize=9, loc="left")
    ax.legend(fontsize=7.5, frameon=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    draw_limits(left)
    draw_field(right)
    figure.savefig(given.out / "electrodiffusion_limits.png", dpi=150)
    goldman = m.slab_state(slab(NEURON, 5.0), -0.07, "constant-field")
    goldman.plot(given.out / "electrodiffusion_profiles.png")
    transient().plot(given.out / "electrodiffusion_in_time.png", size=(9.0, 3.6))
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
