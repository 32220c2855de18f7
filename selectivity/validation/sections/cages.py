"""Cages of Noskov, Bernèche and Roux: free energies, distances and how many ligands stay near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.config.load import load
from selectivity.permeation.measured import EISENMAN
from selectivity.records import Estimate
from selectivity.sampling.streams import stream
from selectivity.system.spec import CageSpec, SystemSpec
from selectivity.system.topology import Topology
from selectivity.validation import fixed_ion, legs
from selectivity.validation.context import Arrays, Context, RunOutput
from selectivity.validation.legs import Leg
from selectivity.validation.records import Computed
from selectivity.validation.replicas import from_replicas

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEAR = 3.5
"""Å; ligands with their oxygen closer than this are counted."""
IONS = ("K", "Na")
CHARGES = {f"dipole-{d}": float(d) for d in ("1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5")}
RADII = {f"radius-{r}-angstrom": float(r) for r in ("2.8", "3.0", "3.25", "4.0", "5.0")}
WATERS = {
    "carbonyls-8": 0,
    "waters-8": 8,
    "mixed-2-6": 6,
    "mixed-4-4": 4,
    "mixed-6-2": 2,
    "mixed-7-1": 1,
}


def _leg(context: Context, system: str | None = None) -> Leg:
    s = context.settings
    analysis = context.stage().analysis()
    return legs.leg(analysis, system or s["system"], s.get("a", "K"), s.get("b", "Na"))


def site(context: Context) -> Computed:
    """ΔG(a→b) in a cage, kcal/mol."""
    return legs.computed(_leg(context), "dg")


def selectivity(context: Context) -> Computed:
    """ΔΔG(a→b) against the droplet of the same run, kcal/mol."""
    return legs.computed(_leg(context), "ddg")


def contrast(context: Context) -> Computed:
    """ΔΔG of one cage less that of another."""
    return legs.contrast(_leg(context), _leg(context, context.settings["than"]))


def largest(context: Context) -> Computed:
    """The largest ΔΔG of several cages."""
    names = context.settings["systems"]
    return legs.extreme({name: _leg(context, name) for name in names}, 1.0)


def turning_point(context: Context) -> Computed:
    """The number of ligands of the smallest ΔΔG."""
    numbers = context.settings["numbers"]
    found = [_leg(context, f"{context.settings['series']}-{n}") for n in numbers]
    return legs.turning_point(numbers, found)


def sequence(context: Context) -> Computed:
    """Eisenman's sequence of the order in which a cage prefers the five ions over water."""
    found = legs.preference(
        context.stage().analysis(), context.settings["system"], ("Li", "Na", "K", "Rb", "Cs")
    )
    order = sorted(found, key=lambda ion: found[ion])
    values = ", ".join(f"{ion} {found[ion]:+.2f}" for ion in order)
    return Computed(legs.roman(order, EISENMAN), note=f"K→X, kcal/mol: {values}")


def shells(context: Context) -> dict[str, Arrays]:
    """Mean distance and number of near ligands of every replica, by system: arrays (2 ions, R)."""
    s = context.settings
    specs = {
        name: stiffer(load(context.section.parent / f"{file}.yaml").system(name), s)
        for file, names in s["files"].items()
        for name in names
    }

    def one(name: str) -> Arrays:
        rows = np.array(
            [
                [
                    fixed_ion.sample(
                        specs[name],
                        ion,
                        look,
                        stream(context.seed, f"shell {name} {ion}", replica, 0),
                        records=s["records"],
                        stride=s["stride"],
                    ).mean(axis=0)
                    for replica in range(s["replicas"])
                ]
                for ion in IONS
            ]
        )
        return {"distance": rows[:, :, 0], "near": rows[:, :, 1]}

    return dict(zip(specs, context.pieces(specs, one), strict=True))


def stiffer(spec: SystemSpec, settings: Mapping[str, Any]) -> SystemSpec:
    """A cage whose wall is stiffer by a factor, where the settings give one."""
    if "stiffer" not in settings or not isinstance(spec, CageSpec):
        return spec
    return replace(spec, wall_k=settings["stiffer"] * spec.wall_k)


def look(topology: Topology, r: np.ndarray) -> np.ndarray:
    """Mean distance of the ligands' oxygens from the ion, Å, and how many are near."""
    d = fixed_ion.distances(topology, r, "carbonyl", "water")
    return np.array([d.mean(), np.count_nonzero(d < NEAR)])


def shell(context: Context) -> Computed:
    """Mean distance or mean number near of one ion in one cage."""
    s = context.settings
    values = context.stage()[s["system"]][s["what"]][IONS.index(s["ion"])]
    return from_replicas(values)


def pictures(stages: Mapping[str, Any]) -> list[Figure]:
    """ΔΔG against the number of ligands, the dipole, the radius and the share of waters."""
    from selectivity.report.style import new_figure

    runs: dict[str, RunOutput] = {n: s for n, s in stages.items() if isinstance(s, RunOutput)}
    records = {name: run.analysis() for name, run in runs.items()}
    if "charmm36" not in records:
        return []
    figure = new_figure(9.0, 5.6)
    axes = figure.subplots(2, 2)
    _numbers(axes[0, 0], records)
    if "shapes" in records:
        found = records["shapes"]
        _series(axes[0, 1], found, CHARGES, "carbonyl's dipole, D", "o")
        _series(axes[1, 0], found, RADII, "radius of the wall, Å", "o")
        both = {"systems": [*found["systems"], *records["charmm36"]["systems"]]}
        _series(axes[1, 1], both, WATERS, "waters among eight ligands", "o")
    for i, ax in enumerate(axes.flat):
        _finish(ax, "abcd"[i])
    return [figure]


def _numbers(ax: Axes, records: Mapping[str, Any]) -> None:
    """ΔΔG against n for every kind of ligand."""
    from selectivity.report.style import GREY, ion_colour, legend, whole_numbers

    kinds = [
        ("charmm36", "carbonyls", "carbonyls, CHARMM36", "o", ion_colour("K")),
        ("charmm36", "waters", "waters, CHARMM36", "s", ion_colour("Rb")),
        ("jc", "spce-carbonyls", "carbonyls, JC/SPC/E", "^", ion_colour("Na")),
        ("jc", "tip3p-carbonyls", "carbonyls, JC/TIP3P", "v", GREY),
        ("jc", "spce-waters", "waters, JC/SPC/E", "D", ion_colour("Cs")),
    ]
    for record, series, label, marker, colour in kinds:
        if record in records:
            places = {f"{series}-{n}": float(n) for n in range(1, 9)}
            _series(ax, records[record], places, "number of ligands", marker, label, colour)
    silent = _found(records["charmm36"], {"silent": 8.0})
    for x, y, _ in silent:
        ax.plot(x, y, "x", color=ion_colour("K"), ms=7, label="8 carbonyls, no repulsion")
    ax.set_ylim(-14.0, None)  # room for the legend
    whole_numbers(ax.xaxis)
    legend(ax, loc="lower left")


def _found(record: Mapping[str, Any], places: Mapping[str, float]) -> list[tuple[float, ...]]:
    """x, ΔΔG and the half width of its 95 % interval, for the systems that the record holds."""
    rows = []
    held = {system["system"] for system in record["systems"]}
    for name, x in places.items():
        if name in held:
            k_na = legs.leg(record, name, "K", "Na")
            half = Estimate(k_na.ddg, k_na.ddg_error, k_na.replicas - 1.0).half_width()
            rows.append((x, k_na.ddg, half))
    return sorted(rows)


def _series(
    ax: Axes,
    record: Mapping[str, Any],
    places: Mapping[str, float],
    xlabel: str,
    marker: str,
    label: str = "",
    colour: str = "",
) -> None:
    from selectivity.report.style import ion_colour, tidy

    rows = _found(record, places)
    if not rows:
        return
    x, y, half = np.array(rows).T
    line: dict[str, Any] = {
        "marker": marker,
        "ms": 4,
        "lw": 1.0,
        "capsize": 2,
        "label": label or None,
    }
    ax.errorbar(x, y, half, color=colour or ion_colour("K"), **line)
    tidy(ax, xlabel=xlabel, ylabel="ΔΔG(K⁺→Na⁺), kcal/mol")


def _finish(ax: Axes, letter: str) -> None:
    from selectivity.report.style import GREY, TEXT, open_frame

    ax.axhline(0.0, color=GREY, lw=0.7, zorder=0)
    ax.set_title(letter, fontsize=TEXT, fontweight="bold", loc="left")
    open_frame(ax)
