"""Correlation of one series and agreement of several: inefficiency, effective samples, split R-hat.

Sources: Geyer 1992 Stat Sci 7:473 (initial positive sequence); Chodera et al. 2007 J Chem Theory
Comput 3:26; Gelman et al. 2013 Bayesian Data Analysis, 3rd ed., section 11.4 (split R-hat).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from selectivity.errors import InputError


def autocorrelation(x: np.ndarray) -> np.ndarray:
    """Normalised autocorrelation ρ(t) of a series by FFT, ρ(0) = 1.

    ρ(t) = Σ_n δx_n δx_{n+t} / Σ_n δx_n² with the mean of the whole series (the biased form, which
    is positive definite).

    Parameters
    ----------
    x : ndarray, shape (N,)

    Returns
    -------
    ndarray, shape (N,)
        All ones for a series that never changes.
    """
    x = _series(x)
    d = x - x.mean()
    power = np.fft.rfft(d, 1 << (2 * x.size - 1).bit_length())
    c = np.fft.irfft(power * power.conj())[: x.size]
    if _constant(x):
        return np.ones(x.size)
    return c / c[0]


def statistical_inefficiency(x: np.ndarray, method: Literal["geyer", "chodera"] = "geyer") -> float:
    """Statistical inefficiency g = 1 + 2 Σ_t ρ(t): samples that weigh as much as one.

    ``geyer`` sums pairs ρ(2m) + ρ(2m+1) while they are positive, made non-increasing (initial
    monotone sequence); ``chodera`` sums (1 − t/N) ρ(t) with the unbiased ρ(t) up to its first
    non-positive value beyond t = 3.

    Returns
    -------
    float
        Between 1 and N. A series that never changes counts as one sample (g = N).
    """
    x = _series(x)
    n = x.size
    if _constant(x):
        return float(n)
    rho = autocorrelation(x)
    if method == "geyer":
        pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
        negative = np.flatnonzero(pairs <= 0)
        pairs = np.minimum.accumulate(pairs[: negative[0]] if negative.size else pairs)
        g = 2.0 * float(pairs.sum()) - 1.0
    else:
        t = np.arange(1, n - 1)
        unbiased = rho[1 : n - 1] * n / (n - t)
        stop = np.flatnonzero((unbiased <= 0) & (t > 3))
        last = stop[0] if stop.size else t.size
        g = 1.0 + 2.0 * float(np.sum(unbiased[:last] * (1.0 - t[:last] / n)))
    return float(min(max(g, 1.0), n))


def integrated_autocorrelation_time(x: np.ndarray) -> float:
    """Integrated autocorrelation time τ = ½(g − 1), in samples (0 where they are independent)."""
    return 0.5 * (statistical_inefficiency(x) - 1.0)


def effective_samples(x: np.ndarray) -> float:
    """Effective number of independent samples N/g of a series."""
    return _series(x).size / statistical_inefficiency(x)


def split_rhat(chains: np.ndarray) -> float:
    """Split R-hat of M chains: every chain is cut into halves and the 2M halves are compared.

    R-hat = sqrt[((n − 1)/n · W + B/n) / W] with W the mean variance within and B/n the variance
    between the means of the halves of length n; near 1 where they sample one distribution.

    Parameters
    ----------
    chains : ndarray, shape (M, N) or (N,)
        At least 4 samples a chain.

    Returns
    -------
    float
        1 where nothing varies at all; infinite where the halves are constant and differ.
    """
    chains = np.atleast_2d(np.asarray(chains, dtype=float))
    n = chains.shape[1] // 2
    if n < 2:
        raise InputError("chains", chains.shape, "holds at least 4 samples a chain")
    halves = np.concatenate([chains[:, :n], chains[:, -n:]])
    within = float(halves.var(axis=1, ddof=1).mean())
    between = float(halves.mean(axis=1).var(ddof=1))
    if within == 0.0:
        return 1.0 if between == 0.0 else float("inf")
    return float(np.sqrt((n - 1) / n + between / within))


def _constant(x: np.ndarray) -> bool:
    return bool(np.ptp(x) <= 1e-14 * np.max(np.abs(x)))


def _series(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or x.size < 2:
        raise InputError("series", x.shape, "is one-dimensional with at least 2 samples")
    if not np.all(np.isfinite(x)):
        raise InputError("series", "not finite", "is finite everywhere")
    return x
