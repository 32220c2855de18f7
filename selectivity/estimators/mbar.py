"""Multistate Bennett acceptance ratio over mixture states.

Each umbrella window together with its ladder of identities is one mixture state: with the identity
summed out, window k samples q_k(x) ∝ exp(−u_k(x)) relative to identity 0 without a bias, where

    u_k(x) = ½βκ(z − z_k)² − ln Σ_j exp(log_g[k, j] − βU_λj(x)).

The K mixture states of one replica give the denominators D_n, and exp(−βU_λj(x_n))/D_n is the
weight of sample n in the unbiased ensemble of identity j, whatever identity it was sampled with.

Sources: Shirts & Chodera 2008 J Chem Phys 129:124105; Tan, Gallicchio, Lapelosa & Levy 2012
J Chem Phys 136:144102 (the convex form).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError, NotConvergedError
from selectivity.sampling.samples import ReplicaSamples

BLOCK = 4096  # samples a pass holds at once: K x BLOCK doubles stay in a second-level cache
CONNECTED = 1e-12  # spectral gap of the overlap matrix below which two groups of states share none
START_WIDTH = 1e-3  # kT, bracket at which the pairwise start stops


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


@dataclass(frozen=True)
class _Pass:
    """What one pass over the samples yields for given f: objective, gradient, Hessian, ln D_n."""

    objective: float
    gradient: np.ndarray
    hessian: np.ndarray
    log_d: np.ndarray


def mbar(
    u_kn: np.ndarray, N_k: np.ndarray, tol: float = 1e-10, max_iterations: int = 200
) -> MBARResult:
    """Solve the MBAR equations by a safeguarded Newton method.

    Minimises the convex Φ(f) = Σ_n ln Σ_k N_k exp(f_k − u_kn) − Σ_k N_k f_k with f_0 = 0, from a
    start that joins each state to the one before it by Bennett's two-state equation. A state with
    N_k = 0 takes no part in the solution; its f_k follows from the weights.

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
    f, state, iterations = _newton(u, n, _chain_start(u, n), tol, max_iterations)
    residual = float(np.max(np.abs(state.gradient) / n))
    if not residual <= tol:
        raise NotConvergedError(
            f"MBAR: residual {residual:.2e} after {iterations} steps, {tol:.0e} is required; "
            "the windows overlap too little: add windows or samples"
        )
    _require_connected(state.hessian, n)
    f_k = np.empty(N_k.size)
    f_k[sampled] = f
    for k in np.flatnonzero(N_k == 0):
        f_k[k] = -_log_sum_exp(-u_kn[k] - state.log_d)
    # The gauge f_0 = 0 also where state 0 was not sampled: u and D_n move together.
    return MBARResult(f_k - f_k[0], state.log_d - f_k[0], residual, iterations)


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


def _evaluate(u: np.ndarray, n: np.ndarray, f: np.ndarray) -> _Pass:
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
    return _Pass(float(log_d.sum() - n @ f), share - n, hessian, log_d)


def _newton(
    u: np.ndarray, n: np.ndarray, f: np.ndarray, tol: float, max_iterations: int
) -> tuple[np.ndarray, _Pass, int]:
    """Newton steps with a line search; a self-consistent step where Newton does not descend."""
    state = _evaluate(u, n, f)
    for iteration in range(max_iterations):
        size = float(np.max(np.abs(state.gradient) / n))
        if size <= 0.01 * tol:
            return f, state, iteration
        step = np.zeros(n.size)
        step[1:] = -_solve(state.hessian[1:, 1:], state.gradient[1:])
        trial = _descend(u, n, f, state, step, 1 if size <= tol else 30)
        if trial is None:
            if size <= tol:
                return f, state, iteration
            fixed = -np.log1p(state.gradient / n)
            f = f + fixed - fixed[0]
            state = _evaluate(u, n, f)
        else:
            f, state = trial
    return f, state, max_iterations


def _solve(hessian: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Solve H d = g, with as little damping as makes H positive definite to rounding."""
    if gradient.size == 0:
        return gradient
    scale = float(np.max(np.diag(hessian))) or 1.0
    damping = 0.0
    while True:
        try:
            lower = np.linalg.cholesky(hessian + damping * np.eye(gradient.size))
            return np.linalg.solve(lower.T, np.linalg.solve(lower, gradient))
        except np.linalg.LinAlgError:
            damping = max(10.0 * damping, 1e-14 * scale)


def _descend(
    u: np.ndarray, n: np.ndarray, f: np.ndarray, state: _Pass, step: np.ndarray, trials: int
) -> tuple[np.ndarray, _Pass] | None:
    """Shorten ``step`` until Φ or, near the minimum, the gradient falls; None if neither does."""
    slope = float(state.gradient @ step)
    size = float(np.max(np.abs(state.gradient) / n))
    for _ in range(trials):
        new = f + step
        trial = _evaluate(u, n, new)
        enough = trial.objective <= state.objective + 1e-4 * slope
        if enough and slope < -1e-9 * abs(state.objective):
            return new, trial
        if np.max(np.abs(trial.gradient) / n) < 0.9 * size:
            return new, trial
        step, slope = 0.5 * step, 0.5 * slope
    return None


def _chain_start(u: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Start: each state joined to the one before by the two-state equation, by bisection."""
    ends = np.concatenate([[0], np.cumsum(n).astype(int)])
    f = np.zeros(n.size)
    for k in range(1, n.size):
        own = slice(ends[k - 1], ends[k + 1])
        gap = u[k, own] - u[k - 1, own] + np.log(n[k - 1] / n[k])
        low, high = float(gap.min()) - 1.0, float(gap.max()) + 1.0
        while high - low > START_WIDTH:
            middle = 0.5 * (low + high)
            share = 0.5 * (1.0 + np.tanh(0.5 * (middle - gap)))
            if share.sum() < n[k]:
                low = middle
            else:
                high = middle
        f[k] = f[k - 1] + 0.5 * (low + high)
    return f


def _require_connected(hessian: np.ndarray, n: np.ndarray) -> None:
    """Raise where the states fall apart: their relative free energy is then undetermined."""
    if n.size == 1:
        return
    root = np.sqrt(n)
    gap = np.linalg.eigvalsh(hessian / np.outer(root, root))[1]
    if gap < CONNECTED:
        raise NotConvergedError(
            f"MBAR: the states fall into groups without overlap (spectral gap {gap:.1e}); "
            "place the windows closer or make them softer"
        )


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


def mixture_reduced_bias(samples: ReplicaSamples) -> np.ndarray:
    """Reduced bias of every sample in every mixture state of one replica.

    u_kn = ½βκ(z_n − z_k)² − ln Σ_j exp(log_g[k, j] − βU_nj), relative to identity 0 without bias.

    Parameters
    ----------
    samples : ReplicaSamples
        K windows with N samples each and J identities.

    Returns
    -------
    ndarray, shape (K, K·N)
        Samples flattened window by window (sample n of window k at k·N + n).

    Raises
    ------
    InputError
        Energies, positions or weights that are not finite, or shapes that do not fit.
    """
    K, N = samples.z.shape
    J = len(samples.ladder)
    if samples.u.shape != (K, N, J) or samples.log_g.shape != (K, J):
        found = (samples.z.shape, samples.u.shape, samples.log_g.shape)
        raise InputError(_place(samples), found, "z, u, log_g are (K, N), (K, N, J), (K, J)")
    for name in ("z", "u", "log_g"):
        if not np.all(np.isfinite(getattr(samples, name))):
            raise InputError(f"{_place(samples)}.{name}", "not finite", "is finite everywhere")
    u_kn = -_log_mixture(samples.beta * samples.u.reshape(K * N, J), samples.log_g)
    if samples.kappa > 0:
        z = samples.z.ravel()
        for k, centre in enumerate(samples.centers):
            u_kn[k] += 0.5 * samples.beta * samples.kappa * (z - centre) ** 2
    return u_kn


def _place(samples: ReplicaSamples) -> str:
    return f"samples of {samples.system}, replica {samples.replica}"


def _log_mixture(reduced_nj: np.ndarray, log_g_kj: np.ndarray) -> np.ndarray:
    """ln Σ_j exp(log_g[k, j] − u_nj), shape (K, N), as one matrix product.

    The mean weights over the windows go with the samples, so that only the differences between
    windows (a few tens of kT) stand in the other factor.
    """
    middle = log_g_kj.mean(axis=0)
    relative = log_g_kj - middle
    a_nj = middle - reduced_nj
    top = a_nj.max(axis=1)
    if np.ptp(relative) > 300.0:
        return np.stack([_rows_log_sum_exp(a_nj + row) for row in relative])
    return np.log(np.exp(relative) @ np.exp(a_nj - top[:, None]).T) + top


def _rows_log_sum_exp(a: np.ndarray) -> np.ndarray:
    top = a.max(axis=1)
    return top + np.log(np.exp(a - top[:, None]).sum(axis=1))


def _log_sum_exp(a: np.ndarray) -> float:
    top = float(a.max())
    return top + float(np.log(np.exp(a - top).sum()))
