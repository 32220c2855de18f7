"""Q(N+1)/Q(N) from trial insertions and deletions, and droplets extrapolated to the bulk liquid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import NotConvergedError
from selectivity.records import Estimate

_SEARCH = 1.0e3  # |ln(z Q(N+1)/Q(N))| is sought up to this


def bennett(log_ratio: np.ndarray, upper: np.ndarray) -> float:
    """ln[z Q(N+1)/Q(N)] by Bennett's acceptance ratio.

    Trial and reverse trial weigh the same sets of places and orientations, so the distributions of
    l, p_0 over trial insertions from N waters and p_1 over trial deletions from N + 1, satisfy
    p_0(l)/p_1(l) = e^(−l) z Q(N+1)/Q(N). The D that solves

        Σ_insertions f(M − l + D) = Σ_deletions f(−M + l − D),  f(x) = 1/(1 + e^x),

    with M = ln(n_0/n_1) of the numbers of both, is the estimate of least variance (Bennett 1976,
    J. Comput. Phys. 22:245). It uses every trial, accepted or not, and holds for any z.

    Parameters
    ----------
    log_ratio : ndarray, shape (n,)
        l of every trial, ln of the acceptance ratio of the insertion; −inf where an insertion and
        +inf where a deletion was impossible.
    upper : ndarray of bool, shape (n,)
        Whether the trial was a deletion, from N + 1 waters.

    Raises
    ------
    NotConvergedError
        No possible trial of one of the two kinds: the number of waters never changed.
    """
    insertion, deletion = log_ratio[~upper], log_ratio[upper]
    if not (np.isfinite(insertion).any() and np.isfinite(deletion).any()):
        raise NotConvergedError("the number of waters never changed: sample longer")
    from scipy.optimize import brentq
    from scipy.special import expit

    m = math.log(len(insertion) / len(deletion))

    def excess(d: float) -> float:
        return float(expit(insertion - m - d).sum() - expit(m - deletion + d).sum())

    return float(brentq(excess, -_SEARCH, _SEARCH, xtol=1e-10))


@dataclass(frozen=True)
class BulkLimit:
    """Droplets extrapolated to N → ∞; energies in the unit of what was given.

    ``bulk`` has one estimate for each temperature, ``slope`` is b of μ = μ_∞ + b N^(−1/3), and
    ``without_smallest`` is ``bulk`` less what it would be without the smallest size, whose error is
    that of the difference. ``chi2`` is Σ(residual/error)² of the means, with ``dof`` degrees of
    freedom.
    """

    bulk: tuple[Estimate, ...]
    slope: Estimate
    without_smallest: tuple[Estimate, ...]
    chi2: float
    dof: int


def bulk_limit(
    sizes: Sequence[int], mu: np.ndarray, weights: Sequence[float] | None = None
) -> BulkLimit:
    """Fit μ(T, N) = μ_∞(T) + b N^(−1/3) to droplets of several sizes at one or more temperatures.

    A droplet of radius R ∝ N^(1/3) with the surface tension γ holds its liquid under the pressure
    2γ/R, by which μ exceeds that of the liquid by 2γ/(ρR) (Kelvin). b is taken as common to the
    temperatures: γ of water falls by 3 % over 12 K, b N^(−1/3) by some 0.01 kcal/mol.

    Parameters
    ----------
    sizes : sequence of int, length S
        N.
    mu : ndarray, shape (T, S, R)
        μ by temperature, size and replica. Every replica is fitted by itself; errors are their
        scatter.
    weights : sequence of float, length S, optional
        1/variance of each size up to a factor, known before sampling: the scatter of a few replicas
        is too poor a guide. Equal by default.
    """
    n_temperatures, n_sizes, n_replicas = mu.shape
    w = np.ones(n_sizes) if weights is None else np.asarray(weights, dtype=float)
    values, means = _fit(np.asarray(sizes), mu, w)
    smallest = int(np.argmin(sizes))
    dof = n_temperatures * n_sizes - n_temperatures - 1
    chi2 = math.nan
    if n_replicas > 1:
        error = mu.std(axis=2, ddof=1) / math.sqrt(n_replicas)
        chi2 = float((((mu.mean(axis=2) - means) / error) ** 2).sum()) if dof else 0.0
    without: tuple[Estimate, ...] = ()
    if n_sizes > 2:
        kept = [i for i in range(n_sizes) if i != smallest]
        fewer, _ = _fit(np.asarray(sizes)[kept], mu[:, kept], w[kept])
        without = tuple(map(Estimate.from_replicas, (values - fewer)[:-1]))
    bulk = tuple(map(Estimate.from_replicas, values[:-1]))
    return BulkLimit(bulk, Estimate.from_replicas(values[-1]), without, chi2, dof)


def _fit(sizes: np.ndarray, mu: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """μ_∞(T) and, last, b of every replica, (T + 1, R), and the fit of their mean, (T, S)."""
    n_temperatures, n_sizes, n_replicas = mu.shape
    design = np.zeros((n_temperatures, n_sizes, n_temperatures + 1))
    for t in range(n_temperatures):
        design[t, :, t] = 1.0
    design[:, :, -1] = np.asarray(sizes, dtype=float) ** (-1.0 / 3.0)
    design = design.reshape(-1, n_temperatures + 1)
    weight = np.sqrt(np.tile(weights, n_temperatures))[:, None]
    y = mu.reshape(-1, n_replicas)
    values = np.linalg.lstsq(design * weight, y * weight, rcond=None)[0]
    return values, (design @ values.mean(axis=1)).reshape(n_temperatures, n_sizes)
