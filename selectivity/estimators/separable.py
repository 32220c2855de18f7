"""MBAR over the windows of one replica, from separable reduced potentials in linear memory.

The reduced potential of window k is ½βκ(z_n − z_k)² − ln Σ_j exp(log_g[k, j] − βU_nj): a sample
enters by its z and its J Boltzmann factors, a window by its centre and its J weights. No table of
windows by samples is held: blocks of it are made in every pass, of samples sorted by z, and in a
block only those windows whose share is not lost in the last digit of every sample. The start is
the solution of the same equations on cells (:mod:`selectivity.estimators.cells`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from selectivity.estimators.cells import REFINE, bins_of, cells, posterior_jn, solve_cells
from selectivity.estimators.mbar import mbar, overlap_matrix
from selectivity.estimators.mixture import Factors, factors, mixture_reduced_bias, require_samples
from selectivity.estimators.newton import (
    Pass,
    newton,
    overlap_of,
    require_solved,
    residual,
)
from selectivity.sampling.samples import ReplicaSamples

BLOCK = 2048  # samples of a block
LOST = 50.0  # kT: windows whose share of every sample of a block is below exp(−50) are left out
START_WIDTH = 0.1 / REFINE  # Å, bins of the start
START_TOL = 1e-6  # residual of the start, which bins alone put further off


@dataclass(frozen=True)
class WindowSolution:
    """Solution of MBAR over the windows of one replica.

    Attributes
    ----------
    f_k : ndarray, shape (K,)
        Reduced free energies of the windows' mixtures, f_0 = 0.
    log_denominator_n : ndarray, shape (K·N,)
        ln D_n of every sample, window by window.
    overlap : ndarray, shape (K, K)
        See :func:`selectivity.estimators.mbar.overlap_matrix`.
    residual : float
    iterations : int
        Newton steps over the samples.
    """

    f_k: np.ndarray
    log_denominator_n: np.ndarray
    overlap: np.ndarray
    residual: float
    iterations: int


@dataclass(frozen=True)
class _Sorted:
    """Samples by rising z, and what joins them to the windows."""

    z: np.ndarray
    e_jn: np.ndarray
    log_g_kj: np.ndarray
    centers: np.ndarray
    half: float  # ½βκ
    n: np.ndarray


def solve_windows(
    samples: ReplicaSamples,
    tol: float = 1e-10,
    max_iterations: int = 200,
    start: np.ndarray | None = None,
) -> WindowSolution:
    """Solve the MBAR equations of the mixture states of one replica.

    The solution is that of :func:`selectivity.estimators.mbar.mbar` on
    :func:`selectivity.estimators.mixture.mixture_reduced_bias`.

    Parameters
    ----------
    samples : ReplicaSamples
        K windows with N samples each.
    tol : float
        Largest residual that is accepted.
    max_iterations : int
    start : ndarray, shape (K,), optional
        Free energies near the solution, such as those of other samples of the same windows.

    Raises
    ------
    InputError
        Samples that are not finite, or shapes that do not fit.
    NotConvergedError
        The residual is not met, or the windows fall into groups that share no sample.
    """
    require_samples(samples)
    parts = factors(samples)
    if parts.wide or samples.kappa <= 0:
        return _dense(samples, tol, max_iterations)
    if start is None:
        start = _cell_start(samples, parts)
    order = np.argsort(samples.z.ravel(), kind="stable")
    by_z = _Sorted(
        samples.z.ravel()[order],
        parts.e_jn[:, order],
        parts.log_g_kj,
        samples.centers,
        0.5 * samples.beta * samples.kappa,
        np.full(samples.z.shape[0], float(samples.z.shape[1])),
    )
    top_n = parts.top_n
    del parts
    f, state, steps = newton(partial(_evaluate, by_z), by_z.n, start, tol, max_iterations)
    require_solved(state, by_z.n, tol, steps)
    log_d = np.empty(order.size)
    log_d[order] = state.log_d
    log_d += top_n
    return WindowSolution(f, log_d, overlap_of(state, by_z.n), residual(state, by_z.n), steps)


def _dense(samples: ReplicaSamples, tol: float, max_iterations: int) -> WindowSolution:
    """The same from the table of windows by samples: weights beyond the range of a product."""
    u_kn, N_k = mixture_reduced_bias(samples), np.full(*samples.z.shape)
    found = mbar(u_kn, N_k, tol, max_iterations)
    overlap = overlap_matrix(u_kn, N_k, found.f_k)
    return WindowSolution(
        found.f_k, found.log_denominator_n, overlap, found.residual, found.iterations
    )


def _cell_start(samples: ReplicaSamples, parts: Factors) -> np.ndarray:
    """Free energies of the windows from bins of ``START_WIDTH``."""
    grid = (float(samples.centers.min()), START_WIDTH)
    bins, place = bins_of(samples.z.ravel(), *grid)
    found = cells(samples, posterior_jn(samples, parts), bins, place, grid)
    return solve_cells(found, START_TOL).f_k


def _evaluate(s: _Sorted, f: np.ndarray) -> Pass:
    """Φ, its gradient and Hessian and ln D_n less top_n, in blocks of samples sorted by z."""
    K, N = s.n.size, s.z.size
    shift = f + np.log(s.n)
    low, high = s.log_g_kj.min(axis=1), s.log_g_kj.max(axis=1) + np.log(s.e_jn.shape[0])
    g_kj = np.exp(s.log_g_kj)
    log_d, share, square = np.empty(N), np.zeros(K), np.zeros((K, K))
    for begin in range(0, N, BLOCK):
        part = slice(begin, begin + BLOCK)
        z = s.z[part]
        use = _in_reach(s, shift + low, shift + high, (z[0], z[-1]))
        p = z - s.centers[use, None]
        np.multiply(p, p, out=p)
        p *= -s.half
        p += shift[use, None]
        top = p.max(axis=0)
        p -= top
        np.exp(p, out=p)
        p *= g_kj[use] @ s.e_jn[:, part]
        total = p.sum(axis=0)
        p /= total
        log_d[part] = top + np.log(total)
        share[use] += p.sum(axis=1)
        square[np.ix_(use, use)] += p @ p.T
    # Σ_n top_n, the same for every f, is left out of Φ.
    objective = float(log_d.sum() - s.n @ f)
    return Pass(objective, share - s.n, np.diag(share) - square, log_d)


def _in_reach(
    s: _Sorted, low: np.ndarray, high: np.ndarray, span: tuple[float, float]
) -> np.ndarray:
    """Windows that some sample within ``span`` may give a share above exp(−LOST).

    ``low`` and ``high`` bound the logarithm of every window's term without its umbrella.
    """
    near = np.maximum(0.0, np.maximum(span[0] - s.centers, s.centers - span[1]))
    far = np.maximum(np.abs(span[0] - s.centers), np.abs(span[1] - s.centers))
    least = np.max(low - s.half * far**2)
    return np.flatnonzero(high - s.half * near**2 >= least - LOST)
