"""How fast the number of waters in a single file turns over, window by window and by walker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.estimators.mixing import follow, round_trips
from selectivity.estimators.occupancy import number_of_waters
from selectivity.estimators.starts import Contrast, contrast
from selectivity.sampling.samples import ReplicaSamples

LIKELY = 0.05  # pooled probability from which a number of waters counts as an extreme


@dataclass(frozen=True)
class WaterTurnover:
    """n_w in K windows of R replicas.

    The extremes of a window are the lowest and the highest n_w whose probability there, over all
    replicas and identities, is at least ``LIKELY``; where they are one number the window is
    ``fixed`` and n_w has nowhere to go. A round trip leads from one extreme, or beyond it, to the
    other and back. The inefficiency g is the number of samples that weigh as much as one;
    g times the sweeps between two samples is the correlation time.

    Attributes
    ----------
    centers : ndarray, shape (K,)
        Å.
    mean, variance : ndarray, shape (R, K)
        Mean n_w of every replica, and the variance that this mean would have if the replica's
        samples were independent: it cannot scatter less.
    lowest, highest : ndarray of int, shape (K,)
    round_trips : ndarray of int, shape (K,)
        Summed over replicas; 0 where fixed.
    inefficiency, effective : ndarray, shape (K,)
        g of all replicas together and effective samples of n_w, summed; nan where n_w never
        changed in any replica.
    walker_extremes : (int, int)
        Over all windows.
    walker_round_trips, walker_inefficiency : ndarray, shape (K,)
        The same for every walker followed through the windows: it tells real turnover from an
        exchange of files that keep their water.
    """

    centers: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    round_trips: np.ndarray
    inefficiency: np.ndarray
    effective: np.ndarray
    walker_extremes: tuple[int, int]
    walker_round_trips: np.ndarray
    walker_inefficiency: np.ndarray

    @property
    def fixed(self) -> np.ndarray:
        """Windows in which one number of waters alone is likely, shape (K,)."""
        return self.lowest == self.highest

    @property
    def slowest(self) -> int | None:
        """Window with the fewest round trips of those that allow any; None where none does.

        Of several the one with the longest correlation.
        """
        free = np.flatnonzero(~self.fixed)
        if free.size == 0:
            return None
        longest = np.lexsort((-self.inefficiency[free], self.round_trips[free]))
        return int(free[longest[0]])

    def starts(self, kinds: Sequence[str]) -> Contrast:
        """Mean n_w of every window between two kinds of start.

        The variance of a replica's mean is never taken below that of independent samples: with
        few changes of n_w all replicas of a kind can hold the same count by chance. Correlation
        within the replicas does not enter, so that a slow approach from the start, which the
        replicas of a kind share, is not taken for noise.
        """
        return contrast(self.mean, kinds, self.variance.mean(axis=0))


def water_turnover(replicas: Sequence[ReplicaSamples]) -> WaterTurnover:
    """Turnover of n_w from the samples of one filter with open stretches.

    Raises
    ------
    InputError
        Samples without places of waters.
    """
    n_rkn = np.stack([number_of_waters(samples) for samples in replicas])
    followed = np.stack(
        [follow(samples.walker, n) for samples, n in zip(replicas, n_rkn, strict=True)]
    )
    R, K, N = n_rkn.shape
    ends = np.array([_extremes(n_rkn[:, k]) for k in range(K)])
    overall = _extremes(n_rkn)
    inefficiency = _inefficiency(n_rkn)
    return WaterTurnover(
        centers=replicas[0].centers,
        mean=n_rkn.mean(axis=2),
        variance=n_rkn.var(axis=2) / N,
        lowest=ends[:, 0],
        highest=ends[:, 1],
        round_trips=np.array([_trips(n_rkn[:, k], *ends[k]) for k in range(K)]),
        inefficiency=inefficiency,
        effective=R * N / inefficiency,
        walker_extremes=overall,
        walker_round_trips=np.array([_trips(followed[:, k], *overall) for k in range(K)]),
        walker_inefficiency=_inefficiency(followed),
    )


def _extremes(n: np.ndarray) -> tuple[int, int]:
    """Lowest and highest of the numbers that are likely."""
    p = np.bincount(n.ravel()) / n.size
    likely = np.flatnonzero(p >= min(LIKELY, float(p.max())))
    return int(likely[0]), int(likely[-1])


def _trips(rows: np.ndarray, low: int, high: int) -> int:
    return sum(round_trips(np.clip(row, low, high), low, high) for row in rows)


def _inefficiency(n_rkn: np.ndarray) -> np.ndarray:
    """g of all replicas together, R/Σ_r(1/g_r), shape (K,); nan where nothing ever changed.

    A replica whose row never changes counts as one sample, g = N.
    """
    g = np.array([[statistical_inefficiency(row) for row in rows] for rows in n_rkn])
    moved = (np.ptp(n_rkn, axis=2) > 0).any(axis=0)
    return np.where(moved, g.shape[0] / (1.0 / g).sum(axis=0), math.nan)
