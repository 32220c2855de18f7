"""Multistate Bennett acceptance ratio: free energies of K states from samples of all of them.

Sources: Shirts & Chodera 2008 J Chem Phys 129:124105; Tan, Gallicchio, Lapelosa & Levy 2012
J Chem Phys 136:144102 (the convex form).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.mixture import mixture_reduced_bias
from selectivity.estimators.newton import Pass, newton, require_solved, residual, two_states

__all__ = ["MBARResult", "mbar", "mixture_reduced_bias", "overlap_matrix"]

BLOCK = 4096  # samples a pass holds at once: K x BLOCK doubles stay in a second-level cache
QUICK = 30  # Newton steps from the first start before a better one is sought


@dataclass(frozen=True)
class MBARResult:
    """Solution of the MBAR equations.

    Attributes
    ----------
    f_k : ndarray, shape (K,)
        Reduced free energies −ln Z_k, with f_0 = 0.
    log_denominator_n : ndarray, shape (N,)
        ln D_n = ln Σ_k N_k exp(f_k − u_kn).
    residual : float
        max_k |Σ_n exp(f_k − u_kn)/D_n − 1|, over the states that were sampled.
    iterations : int
        Newton steps.
    """

    f_k: np.ndarray
    log_denominator_n: np.ndarray
    residual: float
    iterations: int


def mbar(
    u_kn: np.ndarray, N_k: np.ndarray, tol: float = 1e-10, max_iterations: int = 200
) -> MBARResult:
    """Solve the MBAR equations by a safeguarded Newton method.

    Minimises the convex Φ(f) = Σ_n ln Σ_k N_k exp(f_k − u_kn) − Σ_k N_k f_k with f_0 = 0, from a
    start that joins each state to the one before it by Bennett's two-state equation, and, where
    that fails, from one that is followed down from a high temperature. A state with N_k = 0 takes
    no part in the solution; its f_k follows from the weights.

    Parameters
    ----------
    u_kn : ndarray, shape (K, N)
        Reduced potential of every sample in every state. Samples grouped by state in the order of
        ``N_k`` give the best start; the solution does not depend on their order.
    N_k : ndarray of int, shape (K,)
        Samples drawn from each state, Σ N_k = N.
    tol : float
        Largest residual that is accepted.
    max_iterations : int

    Raises
    ------
    InputError
        Shapes that do not fit, counts that do not add up, or values that are not finite.
    NotConvergedError
        The residual is not met, or the states fall into groups that share no sample.
    """
    u_kn, N_k = _checked(u_kn, N_k)
    sampled = np.flatnonzero(N_k > 0)
    u = u_kn if sampled.size == N_k.size else u_kn[sampled]
    n = N_k[sampled].astype(float)
    quick = min(QUICK, max_iterations)
    evaluate = partial(_evaluate, u, n)
    f, state, iterations = newton(evaluate, n, _chain_start(u, n), tol, quick)
    if residual(state, n) > tol and iterations < max_iterations:
        begin = _annealed_start(u, n)
        f, state, more = newton(evaluate, n, begin, tol, max_iterations - iterations)
        iterations += more
    require_solved(state, n, tol, iterations)
    f_k = np.empty(N_k.size)
    f_k[sampled] = f
    for k in np.flatnonzero(N_k == 0):
        f_k[k] = -_log_sum_exp(-u_kn[k] - state.log_d)
    # The gauge f_0 = 0 also where state 0 was not sampled: u and D_n move together.
    return MBARResult(f_k - f_k[0], state.log_d - f_k[0], residual(state, n), iterations)


def _checked(u_kn: np.ndarray, N_k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    u_kn, N_k = np.asarray(u_kn, dtype=float), np.asarray(N_k)
    if u_kn.ndim != 2 or N_k.shape != (u_kn.shape[0],):
        raise InputError("u_kn", u_kn.shape, "is (K, N) beside N_k of shape (K,)")
    if np.any(N_k < 0) or N_k.sum() != u_kn.shape[1] or u_kn.shape[1] == 0:
        raise InputError("N_k", N_k.tolist(), f"counts the {u_kn.shape[1]} samples of u_kn, >= 1")
    if not np.all(np.isfinite(u_kn)):
        bad = int(np.count_nonzero(~np.isfinite(u_kn)))
        raise InputError("u_kn", f"{bad} values", "is finite everywhere", "check the samples")
    return u_kn, N_k


def _blocks(u: np.ndarray) -> Iterator[slice]:
    for start in range(0, u.shape[1], BLOCK):
        yield slice(start, start + BLOCK)


def _evaluate(u: np.ndarray, n: np.ndarray, f: np.ndarray) -> Pass:
    """Φ, its gradient and Hessian and ln D_n, in blocks of samples."""
    shift = (f + np.log(n))[:, None]
    log_d = np.empty(u.shape[1])
    share = np.zeros(n.size)
    hessian = np.zeros((n.size, n.size))
    for part in _blocks(u):
        p = shift - u[:, part]
        top = p.max(axis=0)
        p -= top
        np.exp(p, out=p)
        total = p.sum(axis=0)
        p /= total
        log_d[part] = top + np.log(total)
        share += p.sum(axis=1)
        hessian -= p @ p.T
    hessian[np.diag_indices(n.size)] += share
    return Pass(float(log_d.sum() - n @ f), share - n, hessian, log_d)


def _chain_start(u: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Start: each state joined to the one before by the two-state equation."""
    ends = np.concatenate([[0], np.cumsum(n).astype(int)])
    f = np.zeros(n.size)
    for k in range(1, n.size):
        own = slice(ends[k - 1], ends[k + 1])
        gap = u[k, own] - u[k - 1, own] + np.log(n[k - 1] / n[k])
        f[k] = f[k - 1] + two_states(gap, n[k])
    return f


def _annealed_start(u: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Start for states that are not in order: solve u/T for T falling by halves to 1.

    At high T all states overlap; f·T hardly changes from one T to the next.
    """
    lowest = u.min(axis=1)
    spread = float(np.max(np.median(u - lowest[:, None], axis=1)))
    temperature = 2.0 ** max(0, int(np.ceil(np.log2(max(spread, 1.0)))))
    f = lowest - lowest[0]  # T·f
    while temperature > 1.0:
        hot = partial(_evaluate, u / temperature, n)
        f = newton(hot, n, f / temperature, 1e-3, QUICK)[0] * temperature
        temperature *= 0.5
    return f


def overlap_matrix(u_kn: np.ndarray, N_k: np.ndarray, f_k: np.ndarray) -> np.ndarray:
    """Overlap O_kl = N_l Σ_n W_nk W_nl with W_nk = exp(f_k − u_kn)/D_n; its rows sum to one.

    Parameters
    ----------
    u_kn : ndarray, shape (K, N)
    N_k : ndarray of int, shape (K,)
    f_k : ndarray, shape (K,)
        Solution of :func:`mbar`.

    Returns
    -------
    ndarray, shape (K, K)
        Probability that a sample of state k, drawn by its weight, is assigned to state l.
    """
    u_kn, N_k = _checked(u_kn, N_k)
    n = N_k.astype(float)
    overlap = np.zeros((n.size, n.size))
    for part in _blocks(u_kn):
        a = np.asarray(f_k, dtype=float)[:, None] - u_kn[:, part]
        top = a.max(axis=0)
        w = np.exp(a - top)
        w /= n @ w
        overlap += w @ w.T
    return overlap * n


def _log_sum_exp(a: np.ndarray) -> float:
    top = float(a.max())
    return top + float(np.log(np.exp(a - top).sum()))
