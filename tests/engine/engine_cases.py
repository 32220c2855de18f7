"""Systems that the engine's tests share, and how a series is held against a density."""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.stats import kstest

from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    SystemSpec,
    Tether,
    Windows,
)
from selectivity.units import kcal
from selectivity.validation.exact import in_body_frame, ion_at, marginal
from selectivity.validation.small import Run, assemble, make_run, record, scrambled

__all__ = [
    "SYSTEMS",
    "Run",
    "assemble",
    "assert_follows",
    "cage",
    "droplet",
    "filter_",
    "in_body_frame",
    "ion_at",
    "make_run",
    "marginal",
    "record",
    "scrambled",
    "start_z",
]

FORCE_FIELDS = ("charmm36", "jc-tip3p", "jc-spce", "jc-tip4pew", "charmm36-ecc")
KAPPA = kcal(20.0)


def droplet(forcefield: str = "charmm36", **changes) -> DropletSpec:
    changes = {"n_waters": 20, "radius": 5.82} | changes
    return DropletSpec("droplet", forcefield, ("K", "Na"), 298.15, **changes)


def cage(forcefield: str = "charmm36", **changes) -> CageSpec:
    return CageSpec("cage", forcefield, ("K", "Na"), 300.0, **changes)


def filter_(composition: str = "[K W X W]", forcefield: str = "charmm36", **changes) -> FilterSpec:
    changes = {"structure": "kcsa", "caps": (6, 6)} | changes
    return FilterSpec(
        name="filter",
        forcefield=forcefield,
        ions=changes.pop("ions", ("K", "Na")),
        temperature_K=310.15,
        composition=Composition.parse(composition),
        windows=changes.pop("windows", Windows(-4.2, 4.5, 0.3, KAPPA)),
        interior=(-3.1, 3.5),
        **changes,
    )


# Every kind of system and every force field; each with what is special about it in its name.
SYSTEMS: dict[str, SystemSpec] = {
    **{f"droplet {ff}": droplet(ff) for ff in FORCE_FIELDS},
    "droplet of formamide": droplet(solvent="formamide", n_waters=16, radius=6.4),
    "droplet of nma, ff14SB": droplet("jc-tip3p", solvent="nma", n_waters=12, radius=7.2),
    **{f"cage {ff}": cage(ff, n_waters=2) for ff in FORCE_FIELDS},
    **{f"filter {ff}": filter_(forcefield=ff) for ff in FORCE_FIELDS},
    "cage ligand electrostatics off": cage(ligand_electrostatics=0.0),
    "cage other dipole, four ions": CageSpec(
        "cage", "charmm36", ("K", "Na", "Rb", "Li"), 300.0, 6, 2, carbonyl_charge=0.3
    ),
    "filter ligand electrostatics scaled": filter_(ligand_electrostatics=0.4),
    "filter dry and rigid on its axis": filter_(
        "[X]", tether=Tether("rigid"), on_axis=True, caps=(0, 0)
    ),
    "filter turning freely": filter_("[K X]", k_theta=0.0, tether=Tether("uniform", kcal(3.1))),
    "filter one cap": filter_("[W X W]", caps=(0, 9)),
    "mthk": filter_(structure="mthk", ions=("K", "Na", "Cs")),
    "collapsed": filter_("[X]", structure="kcsa_collapsed"),
    "ideal cage": filter_("[X]", structure="s2_idealised", windows=Windows(-1.5, 1.5)),
}


def start_z(spec: SystemSpec) -> float:
    """A height of X inside the windows of a filter, away from any symmetry."""
    return 0.37 if spec.kind == "filter" else 0.0


def assert_follows(
    series: np.ndarray, grid: np.ndarray, log_density: np.ndarray, least: int = 1000
) -> None:
    """A correlated series comes from a density on a fine grid: KS of its independent part, mean.

    The series is thinned by 1.5 times its statistical inefficiency; ``least`` samples must be
    left. Mean: |z| < 3.5; Kolmogorov-Smirnov: p > 1e-3.
    """
    thin = series[:: math.ceil(1.5 * statistical_inefficiency(series))]
    assert len(thin) >= least, f"{len(thin)} effective samples of {len(series)}"
    weight = np.exp(log_density - log_density.max())
    cumulative = cumulative_trapezoid(weight, grid, initial=0.0)
    assert grid[0] <= series.min()
    assert series.max() <= grid[-1]
    mean = np.trapezoid(weight * grid, grid) / cumulative[-1]
    z = (thin.mean() - mean) / (thin.std(ddof=1) / math.sqrt(len(thin)))
    p = kstest(thin, lambda x: np.interp(x, grid, cumulative / cumulative[-1])).pvalue
    print(f"N_eff {len(thin)}, z {z:.2f}, p {p:.3f}")
    assert abs(z) < 3.5, f"mean {thin.mean():.4f}, exact {mean:.4f}, z = {z:.1f}"
    assert p > 1e-3, f"p = {p:.1e} with {len(thin)} samples"
