"""What series of waters that come and go are held against; the systems are the product's own."""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.stats import chisquare, kstest

from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.validation.exact import gauss
from selectivity.validation.statistics import merged
from selectivity.validation.water import (
    BETA,
    DEFAULT,
    FEW,
    FF,
    GHOST,
    IDEAL,
    SEVERAL,
    UNCHARGED,
    WEAK,
    Ion,
    Pool,
    about_ion,
    any_water,
    count,
    exchange,
    flask,
    over_cylinder,
    poisson,
    present,
    share_of_sphere,
    shared,
    turned_average,
    unguarded,
    watch,
    with_trials,
)
from selectivity.validation.water import quarter_sphere as directions

__all__ = [
    "BETA",
    "DEFAULT",
    "FEW",
    "FF",
    "GHOST",
    "IDEAL",
    "P_LEAST",
    "SEVERAL",
    "UNCHARGED",
    "WEAK",
    "Z_MOST",
    "Ion",
    "Pool",
    "about_ion",
    "any_water",
    "assert_density",
    "assert_histogram",
    "assert_mean",
    "count",
    "directions",
    "exchange",
    "flask",
    "gauss",
    "independent",
    "over_cylinder",
    "poisson",
    "present",
    "share_of_sphere",
    "shared",
    "turned_average",
    "unguarded",
    "watch",
    "with_trials",
]

P_LEAST = 1e-4  # chance of a correct kernel to fail a chi² test; the seeds are fixed
Z_MOST = 4.0  # the same of a z-score: 6e-5


def independent(series: np.ndarray, states: int) -> np.ndarray:
    """A series of integers thinned by 1.5 times the largest inefficiency of what it counts."""
    marks = [series == i for i in range(states)]
    common = [mark.astype(float) for mark in marks if 0.02 < mark.mean() < 0.98]
    g = max([1.0, *(statistical_inefficiency(mark) for mark in common)])
    return series[:: 1 if g < 1.05 else math.ceil(1.5 * g)]


def assert_histogram(series: np.ndarray, p: np.ndarray, least: int = 1000) -> None:
    """A correlated series of integers has the probabilities ``p``: chi² of its independent part.

    Values expected fewer than 8 times are taken together with their neighbours.
    """
    assert set(np.unique(series)) <= set(np.flatnonzero(p)), "a number that cannot be"
    thin = independent(series, len(p))
    assert len(thin) >= least, f"{len(thin)} effective samples of {len(series)}"
    seen, expected = merged(np.bincount(thin, minlength=len(p)), len(thin) * p)
    assert len(seen) > 1, "nothing to compare"
    found = chisquare(seen, expected).pvalue
    print(f"N_eff {len(thin)}, p {found:.3g}, seen {seen}, expected {np.round(expected, 1)}")
    assert found > P_LEAST, f"p = {found:.1e}: seen {seen}, expected {np.round(expected, 1)}"


def assert_mean(series: np.ndarray, exact: float, least: int = 500) -> None:
    """The mean of a correlated series is ``exact`` within 4 standard errors."""
    g = statistical_inefficiency(series)
    n = len(series) / g
    assert n >= least, f"{n:.0f} effective samples of {len(series)}"
    z = (series.mean() - exact) / (series.std(ddof=1) / math.sqrt(n))
    print(f"N_eff {n:.0f}, mean {series.mean():.5g}, exact {exact:.5g}, z {z:.2f}")
    assert abs(z) < Z_MOST, f"mean {series.mean():.5g}, exact {exact:.5g}, z = {z:.1f}"


def assert_density(
    series: np.ndarray, grid: np.ndarray, density: np.ndarray, least: int = 1000
) -> None:
    """A correlated series has a density on a fine grid: Kolmogorov-Smirnov of what is independent.

    The series is thinned by 1.5 times its statistical inefficiency; ``least`` values must be left.
    """
    assert grid[0] <= series.min()
    assert series.max() <= grid[-1]
    g = statistical_inefficiency(series)
    thin = series[:: 1 if g < 1.05 else math.ceil(1.5 * g)]
    assert len(thin) >= least, f"{len(thin)} effective samples of {len(series)}"
    c = cumulative_trapezoid(density, grid, initial=0.0)
    p = kstest(thin, lambda x: np.interp(x, grid, c / c[-1])).pvalue
    print(f"N_eff {len(thin)}, p {p:.3g}")
    assert p > P_LEAST, f"p = {p:.1e} with {len(thin)} samples"
