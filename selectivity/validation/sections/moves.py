"""Every kind of move alone samples exactly the Boltzmann distribution of a small system."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from selectivity.engine.arrays import REORIENT
from selectivity.sampling.streams import stream
from selectivity.validation import file_cases, move_cases, trajectory_cases
from selectivity.validation.context import Arrays, Context
from selectivity.validation.move_cases import Case
from selectivity.validation.records import Computed
from selectivity.validation.small import record
from selectivity.validation.statistics import Counts, Density, p_value, thinned, uniformity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CASES: dict[str, Callable[[], Case]] = {
    "translate": move_cases.two_ions,
    "translate in walls": move_cases.ion_under_umbrella,
    "translate in a funnel": move_cases.water_in_funnel,
    "rotate": move_cases.turning_water,
    "reorient": lambda: move_cases.turning_water(REORIENT, math.pi),
    "rotate a carbonyl": move_cases.turning_carbonyl,
    "torsion": move_cases.hydroxyl_torsion,
    "rigid": move_cases.rigid_water,
    "rigid, tethered": move_cases.rigid_carbonyl,
    "axial": file_cases.ion_on_axis,
    "shift": file_cases.three_in_file,
    "hop": file_cases.hopping_waters,
    **trajectory_cases.CASES,
}


@dataclass(frozen=True)
class Sampled:
    """Series of all seeds, shape (S, N, O), and the exact densities of the O observables."""

    series: np.ndarray
    exact: tuple[Density | Counts, ...]


def sample(context: Context) -> Sampled:
    """Many short independent runs of one case."""
    s = context.settings
    case = CASES[s["case"]]()

    def one(seed: int) -> Arrays:
        rng = stream(context.seed, f"move {s['case']}", seed, 0)
        return {"series": record(case.make(rng), s["records"], case.stride, case.observe)}

    return sampled(context, one, case.exact)


def sampled(
    context: Context,
    one: Callable[[int], Arrays],
    exact: Callable[[], tuple[Density | Counts, ...]],
) -> Sampled:
    """The series of every seed, in pieces of a quarter each, and the exact densities."""
    quarters = np.array_split(np.arange(context.settings["seeds"]), 4)

    def make(key: str | int) -> Arrays:
        if isinstance(key, str):
            return _curves(exact())
        return {"series": np.array([one(int(seed))["series"] for seed in quarters[key]])}

    curves, *parts = context.pieces(["exact", *range(4)], make)
    series = np.concatenate([part["series"] for part in parts])
    return Sampled(series, tuple(_exact(curves, i) for i in range(series.shape[2])))


def _curves(exact: tuple[Density | Counts, ...]) -> Arrays:
    found: Arrays = {}
    for i, e in enumerate(exact):
        found[f"name{i}"] = np.array(e.name)
        if isinstance(e, Counts):
            found[f"p{i}"] = e.p
        else:
            found[f"grid{i}"], found[f"log_p{i}"] = e.grid, e.log_p
    return found


def _exact(curve: Arrays, i: int) -> Density | Counts:
    name = str(curve[f"name{i}"])
    if f"p{i}" in curve:
        return Counts(name, curve[f"p{i}"])
    return Density(name, curve[f"grid{i}"], curve[f"log_p{i}"])


def _independent(found: Sampled, seed: int, i: int) -> np.ndarray:
    """Independent values of observable ``i`` in one seed; nan says that there was none."""
    series = found.series[seed, :, i]
    return thinned(series[np.isfinite(series)])


def pictures(stages: Mapping[str, Sampled]) -> list[Figure]:
    """Histograms of what was sampled over the exact densities, in one figure."""
    from selectivity.report.style import GOOD, new_figure, open_frame, tidy

    panels = [(name, found, i) for name, found in stages.items() for i in range(len(found.exact))]
    rows = -(-len(panels) // COLUMNS)
    figure = new_figure(9.0, 1.45 * rows)
    for place, (name, found, i) in enumerate(panels):
        ax = figure.add_subplot(rows, COLUMNS, place + 1)
        exact, values = found.exact[i], found.series[:, :, i].ravel()
        values = values[np.isfinite(values)]
        if isinstance(exact, Counts):
            n = np.arange(exact.p.size)
            ax.bar(n, np.bincount(values.astype(int), minlength=n.size) / values.size, color=GOOD)
            ax.plot(n, exact.p, "k_", ms=9)
        else:
            ax.hist(values, 60, density=True, color=GOOD, alpha=0.6)
            low, high = np.quantile(values, [0.0005, 0.9995])
            x = np.linspace(low, high, 300)
            ax.plot(x, exact.density(x), color="black", lw=0.8)
            ax.set_xlim(low, high)
        ax.set_yticks([])
        tidy(ax, f"{name}: {exact.name}")
        ax.title.set_fontsize(6.0)
        open_frame(ax)
    return [figure]


COLUMNS = 5


def distribution(context: Context) -> Computed:
    """p-value of one observable, independent values of all seeds taken together."""
    found: Sampled = context.stage()
    names = [e.name for e in found.exact]
    i = names.index(context.settings["observable"])
    pooled = np.concatenate([_independent(found, s, i) for s in range(len(found.series))])
    exact = found.exact[i]
    note = f"N {pooled.size} of {len(found.series)} seeds"
    if isinstance(exact, Density):
        off = (pooled.mean() - exact.mean) / (pooled.std(ddof=1) / math.sqrt(pooled.size))
        note += f", mean off by {off:+.1f} standard errors"
    return Computed(p_value(pooled, exact), n_eff=float(pooled.size), note=note)


def uniform(context: Context) -> Computed:
    """p-value of the seeds' p-values being uniform; seed s looks at observable s modulo O."""
    found: Sampled = context.stage()
    n = len(found.exact)
    p = [
        p_value(_independent(found, seed, seed % n), found.exact[seed % n])
        for seed in range(len(found.series))
    ]
    return Computed(uniformity(p), n_eff=float(len(p)), note=f"smallest of {len(p)}: {min(p):.2g}")
