"""What the samples of one replica weigh, solved once, and weighted means along z.

The mean of a quantity c for ion X at z is Σ_n δ(z − z_n) c_n w_nX / Σ_n δ(z − z_n) w_nX with
w_nX = exp(−βU_nX)/D_n: every sample counts for every ion by its Rao-Blackwell weight, whatever
window and identity it was sampled with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.mixture import log_weights
from selectivity.estimators.separable import solve_windows
from selectivity.sampling.samples import ReplicaSamples


@dataclass(frozen=True)
class Weights:
    """Solution of MBAR over the windows of one replica.

    Attributes
    ----------
    log_denominator_n : ndarray, shape (K·N,)
        ln D_n of every sample, window by window.
    neighbour_overlap : ndarray, shape (K − 1,)
        Overlap of neighbouring windows, the smaller of O_k,k+1 and O_k+1,k.
    residual : float
        Of the solution.
    """

    log_denominator_n: np.ndarray
    neighbour_overlap: np.ndarray
    residual: float

    def log_weights(self, samples: ReplicaSamples) -> dict[str, np.ndarray]:
        """ln w_nX of the samples that this is the solution of, by ion, shape (K·N,)."""
        return log_weights(samples, self.log_denominator_n)


def replica_weights(samples: ReplicaSamples) -> Weights:
    """Solve MBAR over the windows of one replica.

    Raises
    ------
    InputError
        No umbrella windows, or samples that are not finite.
    NotConvergedError
        From :func:`selectivity.estimators.separable.solve_windows`.
    """
    if samples.kappa <= 0 or samples.z.shape[0] < 2:
        place = f"windows of {samples.system}"
        rule = "means along z need at least two umbrella windows"
        raise InputError(place, samples.z.shape[0], rule, "droplet and cage have none")
    solution = solve_windows(samples)
    overlap = solution.overlap
    return Weights(
        solution.log_denominator_n,
        np.minimum(np.diag(overlap, 1), np.diag(overlap, -1)),
        solution.residual,
    )


def all_weights(
    replicas: Sequence[ReplicaSamples], given: Sequence[Weights] | None = None
) -> Sequence[Weights]:
    """Weights of every replica: those that were ``given``, or solved here.

    Raises
    ------
    InputError
        Weights that are not those of as many replicas with as many samples.
    """
    if given is None:
        return [replica_weights(samples) for samples in replicas]
    found = [w.log_denominator_n.size for w in given]
    if found != [samples.z.size for samples in replicas]:
        raise InputError("weights", found, "are those of these replicas, one a replica")
    return given


def require_even(z: np.ndarray) -> np.ndarray:
    """Bin centres as an array, after checking that they are evenly spaced and rise.

    Raises
    ------
    InputError
    """
    z = np.asarray(z, dtype=float)
    if z.ndim != 1 or z.size < 2 or not np.allclose(np.diff(z), z[1] - z[0]) or z[1] <= z[0]:
        raise InputError("z_bins", z.shape, "holds at least two evenly spaced, rising bin centres")
    return z


def bin_of(z_n: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Bin of every sample among the even bin centres ``z``, −1 outside."""
    width = z[1] - z[0]
    which = np.floor((z_n - (z[0] - 0.5 * width)) / width).astype(int)
    return np.where((which >= 0) & (which < z.size), which, -1)


def normalised(which: np.ndarray, log_w: np.ndarray, bins: int) -> np.ndarray:
    """Weights that sum to one in every bin that holds samples; 0 outside all bins (−1).

    They are taken relative to the largest of their bin, so that none is lost to underflow.
    """
    inside = which >= 0
    at, log_w = which[inside], log_w[inside]
    top = np.full(bins, -np.inf)
    np.maximum.at(top, at, log_w)
    w = np.exp(log_w - top[at])
    total = np.bincount(at, w, minlength=bins)
    found = np.zeros(which.size)
    found[inside] = w / total[at]
    return found


def binned_means(which: np.ndarray, w: np.ndarray, values: np.ndarray, bins: int) -> np.ndarray:
    """Mean of ``values`` in every bin under :func:`normalised` weights; nan in empty bins."""
    inside = which >= 0
    mean = np.bincount(which[inside], (w * values)[inside], minlength=bins)
    filled = np.bincount(which[inside], minlength=bins) > 0
    return np.where(filled, mean, np.nan)


def replica_mean(rows: np.ndarray) -> np.ndarray:
    """Mean over the first axis of what is finite; nan where nothing is."""
    have = np.isfinite(rows)
    count = have.sum(axis=0)
    total = np.where(have, rows, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def replica_error(rows: np.ndarray) -> np.ndarray:
    """Standard error over the first axis of what is finite; nan below two values."""
    have = np.isfinite(rows)
    count = have.sum(axis=0)
    square = np.where(have, rows - replica_mean(rows), 0.0) ** 2
    variance = square.sum(axis=0) / np.maximum(count - 1, 1)
    return np.where(count > 1, np.sqrt(variance / np.maximum(count, 1)), np.nan)
