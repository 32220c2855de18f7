"""Plain records that several rooms share: an estimate with its error, a ratio with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A value with one standard error and the degrees of freedom of that error.

    ``error`` is the scatter of independent replicas over the square root of their number, ``dof``
    the replicas less one (Welch-Satterthwaite where estimates are combined); both are ``nan`` and
    0 where one replica only was run.
    """

    value: float
    error: float
    dof: float

    @classmethod
    def from_replicas(cls, values: Sequence[float] | np.ndarray) -> Estimate:
        """Mean and standard error of independent replicas."""
        x = np.asarray(values, dtype=float)
        if x.size == 0:
            raise ValueError("an estimate needs at least one replica")
        if x.size == 1:
            return cls(float(x[0]), math.nan, 0.0)
        return cls(float(x.mean()), float(x.std(ddof=1) / math.sqrt(x.size)), x.size - 1.0)

    def __sub__(self, other: Estimate) -> Estimate:
        """Difference of independent estimates; dof by Welch-Satterthwaite."""
        return Estimate(self.value - other.value, *_combine(self, other))

    def __add__(self, other: Estimate) -> Estimate:
        """Sum of independent estimates; dof by Welch-Satterthwaite."""
        return Estimate(self.value + other.value, *_combine(self, other))

    def half_width(self, level: float = 0.95) -> float:
        """Half width of the confidence interval by Student's t with ``dof`` degrees of freedom."""
        if self.dof <= 0 or math.isnan(self.error):
            return math.inf
        from scipy.special import stdtrit  # scipy.stats holds the same, and takes a second to load

        return float(stdtrit(self.dof, 0.5 * (1.0 + level))) * self.error


def _combine(a: Estimate, b: Estimate) -> tuple[float, float]:
    variance = a.error**2 + b.error**2
    if math.isnan(variance):
        return math.nan, 0.0
    terms = sum(e.error**4 / e.dof for e in (a, b) if e.dof > 0 and e.error > 0)
    return math.sqrt(variance), (variance**2 / terms if terms > 0 else min(a.dof, b.dof))


@dataclass(frozen=True)
class Interval:
    """A positive quantity with its log-normal 95 % interval (``low``, ``high``)."""

    value: float
    low: float
    high: float

    @classmethod
    def from_log(cls, ln: Estimate, level: float = 0.95) -> Interval:
        """``exp`` of an estimate of a logarithm and of its interval."""
        half = ln.half_width(level)
        return cls(_exp(ln.value), _exp(ln.value - half), _exp(ln.value + half))


def _exp(x: float) -> float:
    return math.inf if x >= 700.0 else math.exp(x)
