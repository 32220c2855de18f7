"""Second witnesses of a profile in z: histogram WHAM and umbrella integration, for one identity.

Both see the samples of one identity only: sample n of window k counts for identity j by its
posterior p(j | x_n, k) = exp(log_g[k, j] − βU_nj) / Σ_i exp(log_g[k, i] − βU_ni), which makes the
window an ordinary umbrella of that identity. Neither uses the MBAR solver.

Sources: Kumar et al. 1992 J Comput Chem 13:1011 (WHAM); Zhu & Hummer 2012 J Comput Chem 33:453
(its convex form); Kästner & Thiel 2005 J Chem Phys 123:144104 (umbrella integration).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from selectivity.errors import NotConvergedError
from selectivity.estimators.mixture import posterior
from selectivity.estimators.profile import ProfileSet
from selectivity.sampling.samples import ReplicaSamples

REFINE = 5  # WHAM's own bins per bin of the profile: the bias is steep within 0.1 Å
MOST_STEPS = 500


def wham(
    samples: ReplicaSamples, ion: str, z: np.ndarray, tol: float = 1e-8
) -> tuple[np.ndarray, np.ndarray]:
    """Profile of one ion by histogram WHAM.

    Solves p_b = Σ_k h_kb / Σ_k N_k exp(f_k) c_kb and exp(−f_k) = Σ_b c_kb p_b on bins ``REFINE``
    times finer than the profile's, c_kb being the bias factor exp(−½βκ(z − z_k)²) averaged over
    the bin in closed form, by minimising the convex Σ_b h_b ln Σ_k N_k exp(f_k) c_kb − Σ_k N_k f_k.

    Parameters
    ----------
    samples : ReplicaSamples
    ion : str
    z : ndarray, shape (B,)
        Bin centres, evenly spaced, Å.
    tol : float
        Largest |Σ_b c_kb p_b exp(f_k) − 1| that is accepted.

    Returns
    -------
    w : ndarray, shape (B,)
        W(z), kJ/mol, with its minimum at zero; nan in empty bins.
    f_k : ndarray, shape (K,)
        Reduced free energies of the windows, f_0 = 0.

    Raises
    ------
    NotConvergedError
    """
    z = np.asarray(z, dtype=float)
    width = z[1] - z[0]
    reach = np.sqrt(50.0 / (samples.beta * samples.kappa))  # bias of 25 kT
    fine = width / REFINE
    extra = int(np.ceil(reach / width)) * REFINE
    edges = z[0] - 0.5 * width + fine * np.arange(-extra, z.size * REFINE + extra + 1)
    h_kb = _histograms(samples, posterior(samples, ion), edges)
    c_kb = _bin_bias(samples, edges)
    N_k = h_kb.sum(axis=1)
    if np.any(N_k <= 0):
        raise NotConvergedError(f"WHAM: a window holds no weight for {ion}; sample it longer")
    h_b, filled = h_kb.sum(axis=0), h_kb.sum(axis=0) > 0
    f_k = _solve(h_b[filled], c_kb[:, filled], N_k, tol)
    p = np.zeros(h_b.size)
    p[filled] = h_b[filled] / ((N_k * np.exp(f_k)) @ c_kb[:, filled])
    coarse = p[extra : extra + z.size * REFINE].reshape(z.size, REFINE).sum(axis=1)
    with np.errstate(divide="ignore"):
        w = np.where(coarse > 0, -np.log(coarse) / samples.beta, np.nan)
    return w - np.nanmin(w), f_k


def largest_difference(
    replicas: Sequence[ReplicaSamples],
    ion: str,
    profiles: ProfileSet,
    interval: tuple[float, float],
) -> float:
    """Largest |W_WHAM − W_MBAR| of the means over replicas within ``interval``, kJ/mol.

    Each mean is aligned over the interval first: a witness of the profile's shape. nan where WHAM
    does not solve.
    """
    inside = (profiles.z >= interval[0]) & (profiles.z <= interval[1])
    rows = []
    for samples in replicas:
        try:
            rows.append(wham(samples, ion, profiles.z)[0][inside])
        except NotConvergedError:
            return float("nan")
    aligned = np.array(rows) - np.nanmean(rows, axis=1, keepdims=True)
    mine = profiles.of(ion)[:, inside]
    mine = mine - np.nanmean(mine, axis=1, keepdims=True)
    return float(np.nanmax(np.abs(aligned.mean(axis=0) - mine.mean(axis=0))))


def _histograms(samples: ReplicaSamples, weight: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Weight of every window in every bin of the even ``edges``, shape (K, bins)."""
    K, bins = samples.z.shape[0], edges.size - 1
    which = np.floor((samples.z - edges[0]) * (bins / (edges[-1] - edges[0]))).astype(np.int64)
    inside = (which >= 0) & (which < bins)
    row = np.where(inside, which, 0) + bins * np.arange(K)[:, None]
    counted = np.where(inside, weight, 0.0)
    return np.bincount(row.ravel(), counted.ravel(), minlength=K * bins).reshape(K, bins)


def _bin_bias(samples: ReplicaSamples, edges: np.ndarray) -> np.ndarray:
    """Mean of exp(−½βκ(z − z_k)²) over every bin, shape (K, bins)."""
    from scipy.special import ndtr

    scale = sqrt(samples.beta * samples.kappa)
    x = (edges[None, :] - samples.centers[:, None]) * scale
    # Both tails are taken on the side where the normal integral keeps its digits.
    area = np.where(x[:, :-1] > 0, ndtr(-x[:, :-1]) - ndtr(-x[:, 1:]), np.diff(ndtr(x), axis=1))
    mean = area * sqrt(2.0 * np.pi) / np.diff(x, axis=1)
    return np.maximum(mean, 1e-300)


def _solve(h_b: np.ndarray, c_kb: np.ndarray, N_k: np.ndarray, tol: float) -> np.ndarray:
    """Minimise the convex WHAM objective: Newton steps, halved while they do not descend.

    Where 30 halvings are not enough a fixed-point step is taken, which always descends. One more
    step than ``tol`` asks for costs little and leaves rounding alone.
    """
    log_c, f, met = np.log(c_kb), np.zeros(N_k.size), False
    value, q = _objective(h_b, log_c, N_k, f)
    for _ in range(MOST_STEPS):
        share = q @ h_b
        residual = float(np.max(np.abs(share / N_k - 1.0)))
        if met or residual <= 1e-4 * tol:
            break
        met = residual <= tol
        hessian = (np.diag(share) - (q * h_b) @ q.T)[1:, 1:]
        hessian[np.diag_indices(N_k.size - 1)] += 1e-13 * N_k.max()
        step = np.concatenate([[0.0], np.linalg.solve(hessian, (N_k - share)[1:])])
        slope, length = float((share - N_k) @ step), 1.0
        for _ in range(30):
            new, new_q = _objective(h_b, log_c, N_k, f + length * step)
            if new <= value + 1e-4 * length * slope + 1e-14 * abs(value):
                f = f + length * step
                break
            length *= 0.5
        else:
            f = f - np.log(np.maximum(share / N_k, 1e-300))
            f -= f[0]
            new, new_q = _objective(h_b, log_c, N_k, f)
        value, q = new, new_q
    if not residual <= tol:
        raise NotConvergedError(f"WHAM: residual {residual:.1e}, {tol:.0e} is required")
    return f


def _objective(
    h_b: np.ndarray, log_c: np.ndarray, N_k: np.ndarray, f: np.ndarray
) -> tuple[float, np.ndarray]:
    """Σ_b h_b ln Σ_k N_k exp(f_k) c_kb − Σ_k N_k f_k, and the share of every window in a bin."""
    a = (f + np.log(N_k))[:, None] + log_c
    top = a.max(axis=0)
    q = np.exp(a - top)
    s = q.sum(axis=0)
    return float(h_b @ (top + np.log(s)) - N_k @ f), q / s


def umbrella_integration(samples: ReplicaSamples, ion: str, z: np.ndarray) -> np.ndarray:
    """Profile of one ion from the mean forces of the windows.

    The mean slope over window k is ⟨dW/dz⟩_k = −κ(⟨z⟩_k − z_k), exactly. Around it every biased
    distribution is taken as Gaussian, dW/dz = RT(z − ⟨z⟩_k)/σ_k² − κ(z − z_k); windows are averaged
    with weights N_k times their Gaussian, and the slope is integrated by the trapezoid rule.

    Parameters
    ----------
    samples : ReplicaSamples
    ion : str
    z : ndarray, shape (B,)
        Å, increasing.

    Returns
    -------
    ndarray, shape (B,)
        W(z), kJ/mol, with its minimum at zero.
    """
    p = posterior(samples, ion)
    N_k = p.sum(axis=1)
    if np.any(N_k <= 0):
        raise NotConvergedError(f"a window holds no weight for {ion}; sample it longer")
    mean = (p * samples.z).sum(axis=1) / N_k
    variance = (p * (samples.z - mean[:, None]) ** 2).sum(axis=1) / N_k
    d = np.asarray(z, dtype=float)[None, :] - mean[:, None]
    log_weight = np.log(N_k / np.sqrt(variance))[:, None] - 0.5 * d * d / variance[:, None]
    weight = np.exp(log_weight - log_weight.max(axis=0))
    spring = samples.kappa * (np.asarray(z)[None, :] - samples.centers[:, None])
    slope = d / (samples.beta * variance[:, None]) - spring
    force = (weight * slope).sum(axis=0) / weight.sum(axis=0)
    steps = 0.5 * (force[1:] + force[:-1]) * np.diff(z)
    w = np.concatenate([[0.0], np.cumsum(steps)])
    return w - w.min()
