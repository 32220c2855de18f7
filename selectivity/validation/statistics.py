"""Does a series come from a density? Thinning, Kolmogorov-Smirnov, chi², and over many seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.correlation import statistical_inefficiency

SPARSE = 3.0
"""Inefficiencies between two values that count as independent: their correlation is below 1 %."""
FEWEST = 8.0
"""Expected counts below which a value is taken together with its neighbour in a chi² test."""


@dataclass(frozen=True)
class Density:
    """An exact density: ``log_p`` on a fine ``grid``, up to a constant."""

    name: str
    grid: np.ndarray
    log_p: np.ndarray

    def cumulative(self, x: np.ndarray) -> np.ndarray:
        """The distribution function."""
        from scipy.integrate import cumulative_trapezoid

        c = cumulative_trapezoid(np.exp(self.log_p - self.log_p.max()), self.grid, initial=0.0)
        return np.interp(x, self.grid, c / c[-1])

    def density(self, x: np.ndarray) -> np.ndarray:
        """The normalised density."""
        from scipy.integrate import trapezoid

        p = np.exp(self.log_p - self.log_p.max())
        return np.interp(x, self.grid, p) / trapezoid(p, self.grid)

    @property
    def mean(self) -> float:
        """The exact mean."""
        from scipy.integrate import trapezoid

        weight = np.exp(self.log_p - self.log_p.max())
        return float(trapezoid(weight * self.grid, self.grid) / trapezoid(weight, self.grid))


@dataclass(frozen=True)
class Counts:
    """Exact probabilities ``p`` of the integers 0, 1, ..."""

    name: str
    p: np.ndarray


def thinned(series: np.ndarray, sparse: float = SPARSE) -> np.ndarray:
    """Every m-th value of a series, m = ``sparse`` times its statistical inefficiency.

    An inefficiency of one within its own noise leaves the series whole.
    """
    g = statistical_inefficiency(series)
    return series[:: 1 if g < 1.05 else math.ceil(sparse * g)]


def p_value(sample: np.ndarray, exact: Density | Counts) -> float:
    """Probability of a sample of independent values as unlike ``exact`` as this, or more.

    Kolmogorov-Smirnov for a density, chi² for counts; 0 where a value is impossible.
    """
    from scipy.stats import chisquare, kstest

    if isinstance(exact, Density):
        if sample.min() < exact.grid[0] or sample.max() > exact.grid[-1]:
            return 0.0
        return float(kstest(sample, exact.cumulative).pvalue)
    seen = np.bincount(sample.astype(int), minlength=exact.p.size)
    if seen.size > exact.p.size or np.any(seen[exact.p == 0.0]):
        return 0.0
    return float(chisquare(*merged(seen, exact.p * sample.size)).pvalue)


def merged(seen: np.ndarray, expected: np.ndarray) -> tuple[list[float], list[float]]:
    """Both with neighbours added up until 8 or more are expected."""
    rows: list[list[float]] = [[0.0, 0.0]]
    for s, e in zip(seen, expected, strict=True):
        if rows[-1][1] >= FEWEST:
            rows.append([0.0, 0.0])
        rows[-1][0] += s
        rows[-1][1] += e
    if len(rows) > 1 and rows[-1][1] < FEWEST:
        s, e = rows.pop()
        rows[-1][0] += s
        rows[-1][1] += e
    return [row[0] for row in rows], [row[1] for row in rows]


def uniformity(p: Sequence[float]) -> float:
    """Kolmogorov-Smirnov p-value of independent p-values being uniform."""
    from scipy.stats import kstest

    return float(kstest(np.asarray(p), "uniform").pvalue)
