"""Excess chemical potential of liquid water, by model and temperature, from droplets.

    python analysis/water_chemical_potential.py --out out/water

Droplets of N waters are offered one more and asked to give one back; the activity at which both
are equally likely is the droplet's own. Its surface raises it (Kelvin), so μ_ex = RT ln(z/ρ) is
followed over several N to N → ∞. Prints a table of droplets and liquids beside published values
and the rows of selectivity/forcefield/parameters/reservoir.toml, and draws μ_ex against N^(−1/3).

All four models at both temperatures took 29 min of CPU time; ``--replicas 3`` give a first look in
11. Nothing here is fitted to a published value.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity import api
from selectivity.api.pictures import save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KCAL = 4.184  # kJ per kcal
WATERS = ("tips3p", "tip3p", "spce", "tip4pew")
COLOURS = ("#5E3C99", "#E66101", "#00876C", "#62B1E6")


def kcal(estimate: api.Estimate, digits: int = 3) -> str:
    """Value and standard error in kcal/mol."""
    return f"{estimate.value / KCAL:.{digits}f} ± {estimate.error / KCAL:.{digits}f}"


def table(found: Sequence[api.WaterPotential]) -> str:
    """Droplets and liquids in Markdown."""
    lines = [
        "| water | T, K | N | μ_ex, kcal/mol | density inside, Å⁻³ |",
        "|---|---|---|---|---|",
    ]
    for water in found:
        for d in water.droplets:
            inside = d.core_density
            density = (
                "" if inside.value != inside.value else f"{inside.value:.5f} ± {inside.error:.5f}"
            )
            lines.append(
                f"| {water.water} | {d.temperature_K:g} | {d.waters} | {kcal(d.mu_excess)} "
                f"| {density} |"
            )
    lines += [
        "",
        "| water | T, K | μ_ex of the liquid, kcal/mol | published | less without the smallest "
        "| γ, mN/m | χ² (dof) |",
        "|---|---|---|---|---|---|---|",
    ]
    for water in found:
        for liquid in water.liquids:
            known, change = water.published, liquid.without_smallest
            other = ""
            if known is not None and abs(known.temperature_K - liquid.temperature_K) < 0.5:
                other = f"{known.mu_excess / KCAL:.2f}"
            gamma = water.surface_tension
            lines.append(
                f"| {water.water} | {liquid.temperature_K:g} | {kcal(liquid.mu_excess)} | {other} "
                f"| {kcal(change) if change else ''} | {gamma.value:.1f} ± {gamma.error:.1f} "
                f"| {water.chi2:.1f} ({water.dof}) |"
            )
    return "\n".join(lines) + "\n"


def rows(found: Sequence[api.WaterPotential]) -> str:
    """The points of reservoir.toml."""
    lines = []
    for water in found:
        lines += [f"[{water.water}]", "points = ["]
        for liquid in water.liquids:
            mu = liquid.mu_excess
            lines.append(
                f"  {{ temperature_K = {liquid.temperature_K:g}, "
                f"mu_excess_kcal_mol = {mu.value / KCAL:.3f}, "
                f"error_kcal_mol = {mu.error / KCAL:.3f}, density_A3 = {liquid.density:.5f} }},"
            )
        lines += ["]", ""]
    return "\n".join(lines)


def figure(found: Sequence[api.WaterPotential]) -> Figure:
    """μ_ex of the droplets against N^(−1/3), the fitted lines and what others have found."""
    from matplotlib.figure import Figure

    temperatures = sorted({d.temperature_K for water in found for d in water.droplets})
    drawing = Figure(figsize=(4.2 * len(temperatures), 3.6), layout="constrained")
    panels = drawing.subplots(1, len(temperatures), sharey=True, squeeze=False)[0]
    for panel, temperature in zip(panels, temperatures, strict=True):
        for water, colour in zip(found, COLOURS, strict=False):
            _draw(panel, water, temperature, colour)
        panel.set_title(f"{temperature:g} K", loc="left", fontsize=9)
        panel.set_xlabel("$N^{-1/3}$")
        panel.set_xlim(-0.012, 0.27)
    panels[0].set_ylabel("μ$_{ex}$, kcal/mol")
    key = {"color": "#6E6E6E", "linestyle": "none"}
    panels[0].plot([], [], marker="s", ms=4, label="N → ∞", **key)
    panels[0].plot([], [], marker=">", ms=6, mfc="none", label="published", **key)
    panels[0].legend(fontsize=7.5, frameon=False)
    return drawing


def _draw(panel: Any, water: api.WaterPotential, temperature: float, colour: str) -> None:
    droplets = [d for d in water.droplets if d.temperature_K == temperature]
    x = [d.waters ** (-1.0 / 3.0) for d in droplets]
    panel.errorbar(
        x,
        [d.mu_excess.value / KCAL for d in droplets],
        [d.mu_excess.error / KCAL for d in droplets],
        fmt="o",
        ms=3.5,
        color=colour,
        label=water.water,
    )
    (bulk,) = (one.mu_excess for one in water.liquids if one.temperature_K == temperature)
    ends = [0.0, max(x)]
    panel.plot(
        ends, [(bulk.value + water.slope.value * e) / KCAL for e in ends], color=colour, lw=1
    )
    panel.errorbar([0.0], [bulk.value / KCAL], [bulk.error / KCAL], fmt="s", ms=4, color=colour)
    known = water.published
    if known is not None and abs(known.temperature_K - temperature) < 0.5:
        panel.plot([-0.006], [known.mu_excess / KCAL], marker=">", ms=6, color=colour, mfc="none")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute, print and write; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--water", nargs="+", default=WATERS, help="models (default: all four)")
    parser.add_argument("--temperature", nargs="+", type=float, default=(298.15, 310.15))
    parser.add_argument("--density", nargs="+", type=float, help="Å⁻³, one a temperature")
    parser.add_argument(
        "--production", type=int, default=700, help="blocks of ten sweeps of the largest"
    )
    parser.add_argument("--replicas", type=int, default=8)
    parser.add_argument("--workers", type=int, help="threads (default: all cores)")
    parser.add_argument("--out", type=Path, default=Path("out/water"), help="folder for the files")
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    given = parser.parse_args(arguments)
    settings = api.DropletSettings(replicas=given.replicas, production=given.production)
    found = []
    try:
        for water in given.water:
            found.append(
                api.water_potential(
                    water, given.temperature, settings, given.density, given.workers
                )
            )
            print(f"{water}: {found[-1].cpu_seconds / 60.0:.1f} min of CPU time", file=sys.stderr)
    except Exception as problem:
        code = getattr(problem, "exit_code", None)  # the program's own errors explain themselves
        if code is None:
            raise
        print(problem, file=sys.stderr)
        return int(code)
    given.out.mkdir(parents=True, exist_ok=True)
    text = table(found)
    (given.out / "water.md").write_text(text, encoding="utf-8")
    record = json.dumps([water.as_dict() for water in found], indent=1)
    (given.out / "water.json").write_text(record, encoding="utf-8")
    save_figure(figure(found), given.out / f"water.{given.format}")
    print(text)
    print(rows(found), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
