"""Cells of bin and identity: what binned UWHAM sees of the samples of one replica.

On the space of configurations and identities together, window k differs from window l only by
½βκ(z − z_k)² − log_g[k, j] less the same of l, a function of z and of the identity j. Sorted into
cells c = (b, j) of a bin in z and an identity, the samples are all that the free energies of the
windows depend on, whatever their energies:

    p_c = h_c / Σ_k N_k exp(f_k) q_kc,    exp(−f_k) = Σ_c p_c q_kc,

with q_kc = exp(log_g[k, j]) times the mean of exp(−½βκ(z − z_k)²) over the bin. A sample counts
for every identity by its posterior p(j | x_n, k), so that h_c holds no noise of the identity.

Sources: Tan, Gallicchio, Lapelosa & Levy 2012 J Chem Phys 136:144102; Zhu & Hummer 2012 J Comput
Chem 33:453.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from selectivity.estimators.mixture import Factors
from selectivity.estimators.newton import Pass, newton, two_states
from selectivity.sampling.samples import ReplicaSamples

REFINE = 5  # bins of the solver per bin of the output: the bias is steep within 0.1 Å
# Nodes and weights of Gauss and Legendre on (−½, ½).
NODES = np.sqrt(0.15) * np.array([-1.0, 0.0, 1.0])
SHARES = np.array([5.0, 8.0, 5.0]) / 18.0


@dataclass(frozen=True)
class Cells:
    """Histogram over the filled bins and all identities, window by window.

    Attributes
    ----------
    bins : ndarray of int, shape (B,)
        Filled bins, rising; bin i spans ``edge + i·width`` to ``edge + (i + 1)·width``.
    h_kbj : ndarray, shape (K, B, J)
        Weight of window k in each cell; Σ_bj h_kbj is its number of samples.
    log_q_kbj : ndarray, shape (K, B, J)
    """

    bins: np.ndarray
    h_kbj: np.ndarray
    log_q_kbj: np.ndarray


@dataclass(frozen=True)
class CellSolution:
    """Solution of binned UWHAM.

    Attributes
    ----------
    f_k : ndarray, shape (K,)
        Reduced free energies of the windows, f_0 = 0.
    state : Pass
        At the solution; ``log_d`` of the cells in the order (b, j).
    iterations : int
    """

    f_k: np.ndarray
    state: Pass
    iterations: int


def posterior_jn(samples: ReplicaSamples, parts: Factors) -> np.ndarray:
    """Posterior p(j | x_n, k) of every sample in the window that it came from, (J, K·N)."""
    K, N = samples.z.shape
    weight = parts.log_g_kj - parts.log_g_kj.max(axis=1, keepdims=True)
    p = parts.e_jn.reshape(-1, K, N) * np.exp(weight).T[:, :, None]
    p /= p.sum(axis=0)
    return p.reshape(-1, K * N)


def bins_of(z_n: np.ndarray, edge: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Filled bins, rising, and the place of every sample among them."""
    which = np.floor((z_n - edge) / width).astype(np.int64)
    lowest = int(which.min())
    if int(which.max()) - lowest > 4 * z_n.size:
        bins, place = np.unique(which, return_inverse=True)
        return bins, place
    which -= lowest
    filled = np.bincount(which) > 0
    place = (np.cumsum(filled) - 1)[which]
    return np.flatnonzero(filled) + lowest, place


def cells(
    samples: ReplicaSamples,
    p_jn: np.ndarray,
    bins: np.ndarray,
    place: np.ndarray,
    grid: tuple[float, float],
) -> Cells:
    """Sort samples with posteriors ``p_jn`` into the cells of :func:`bins_of` with that grid."""
    K, N = samples.z.shape
    edge, width = grid
    row = np.repeat(np.arange(K) * bins.size, N) + place
    h = [np.bincount(row, p, minlength=K * bins.size).reshape(K, bins.size) for p in p_jn]
    log_c = _log_bin_bias(samples, edge + width * (bins + 0.5), width)
    return Cells(bins, np.stack(h, axis=2), log_c[:, :, None] + samples.log_g[:, None, :])


def _log_bin_bias(samples: ReplicaSamples, middle: np.ndarray, width: float) -> np.ndarray:
    """Logarithm of the mean of exp(−½βκ(z − z_k)²) over every bin, shape (K, B)."""
    stiffness = samples.beta * samples.kappa
    d = middle[None, :] - samples.centers[:, None]
    terms = [
        np.log(share) - stiffness * node * (d + 0.5 * node)  # far windows overflow without logs
        for node, share in zip(NODES * width, SHARES, strict=True)
    ]
    return np.logaddexp.reduce(terms) - 0.5 * stiffness * d * d


def solve_cells(
    found: Cells, tol: float = 1e-10, max_iterations: int = 100, start: np.ndarray | None = None
) -> CellSolution:
    """Free energies of the windows from their histograms; the caller judges the residual.

    ``start`` are free energies near the solution; without them every window is joined to the one
    before by Bennett's two-state equation.
    """
    K = found.h_kbj.shape[0]
    h_kc, log_q = found.h_kbj.reshape(K, -1), found.log_q_kbj.reshape(K, -1)
    n = h_kc.sum(axis=1)
    if start is None:
        start = _chain_start(h_kc, log_q, n)
    f, state, steps = newton(
        partial(_evaluate, h_kc.sum(axis=0), log_q, n), n, start, tol, max_iterations
    )
    return CellSolution(f, state, steps)


def _evaluate(h_c: np.ndarray, log_q_kc: np.ndarray, n: np.ndarray, f: np.ndarray) -> Pass:
    """Φ, its gradient and Hessian over cells, and ln D of each."""
    p = (f + np.log(n))[:, None] + log_q_kc
    top = p.max(axis=0)
    p -= top
    np.exp(p, out=p)
    total = p.sum(axis=0)
    p /= total
    log_d = top + np.log(total)
    share = p @ h_c
    p *= np.sqrt(h_c)
    hessian = np.diag(share) - p @ p.T
    return Pass(float(h_c @ log_d - n @ f), share - n, hessian, log_d)


def _chain_start(h_kc: np.ndarray, log_q: np.ndarray, n: np.ndarray) -> np.ndarray:
    f = np.zeros(n.size)
    for k in range(1, n.size):
        h = h_kc[k - 1] + h_kc[k]
        own = np.flatnonzero(h > 0)
        gap = log_q[k - 1, own] - log_q[k, own] + np.log(n[k - 1] / n[k])
        f[k] = f[k - 1] + two_states(gap, n[k], h[own])
    return f
