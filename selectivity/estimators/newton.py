"""Safeguarded Newton method for the convex function behind MBAR and binned UWHAM.

Both minimise Φ(f) = Σ_c h_c ln Σ_k N_k exp(f_k − u_kc) − Σ_k N_k f_k with f_0 = 0: over samples
with h_c = 1, or over cells that hold h_c of them.

Source: Tan, Gallicchio, Lapelosa & Levy 2012 J Chem Phys 136:144102.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selectivity.errors import NotConvergedError

CONNECTED = 1e-12  # spectral gap of the overlap matrix below which two groups of states share none
HALVINGS = 12  # of a Newton step before a self-consistent step, which always descends, is taken
START_WIDTH = 1e-3  # kT, bracket at which the pairwise start stops
LEAST_SHARE = 1e-300  # of a state, in a self-consistent step


@dataclass(frozen=True)
class Pass:
    """What one pass over samples or cells yields for given f.

    Attributes
    ----------
    objective : float
        Φ.
    gradient : ndarray, shape (K,)
    hessian : ndarray, shape (K, K)
    log_d : ndarray
        ln D of every sample or cell.
    """

    objective: float
    gradient: np.ndarray
    hessian: np.ndarray
    log_d: np.ndarray


Evaluate = Callable[[np.ndarray], Pass]


def residual(state: Pass, n: np.ndarray) -> float:
    """max_k |Σ_c h_c exp(f_k − u_kc)/D_c − 1|."""
    return float(np.max(np.abs(state.gradient) / n))


def newton(
    evaluate: Evaluate, n: np.ndarray, f: np.ndarray, tol: float, max_iterations: int
) -> tuple[np.ndarray, Pass, int]:
    """Newton steps with a line search; a self-consistent step where Newton does not descend.

    It stops at 0.01 ``tol``, or where rounding allows no less than ``tol``.

    Returns
    -------
    f : ndarray, shape (K,)
    state : Pass
        At f.
    iterations : int
    """
    state = evaluate(f)
    for iteration in range(max_iterations):
        size = residual(state, n)
        if size <= 0.01 * tol:
            return f, state, iteration
        step = np.zeros(n.size)
        step[1:] = -_solve(state.hessian[1:, 1:], state.gradient[1:], n.max())
        trial = _descend(evaluate, n, f, state, step, 1 if size <= tol else HALVINGS)
        if trial is None:
            if size <= tol:
                return f, state, iteration
            f = f - np.log(np.maximum(state.gradient / n + 1.0, LEAST_SHARE))
            f -= f[0]
            state = evaluate(f)
        else:
            f, state = trial
    return f, state, max_iterations


def _solve(hessian: np.ndarray, gradient: np.ndarray, scale: float) -> np.ndarray:
    """Solve H d = g, with as little damping as makes H positive definite to rounding.

    ``scale`` is the size that the elements of H have where states overlap: the largest N_k.
    """
    damping = 0.0
    while True:
        try:
            lower = np.linalg.cholesky(hessian + damping * np.eye(gradient.size))
        except np.linalg.LinAlgError:
            damping = max(10.0 * damping, 1e-14 * scale)
            continue
        step = np.linalg.solve(lower.T, np.linalg.solve(lower, gradient))
        if np.max(np.abs(step), initial=0.0) < 1e12:
            return step
        damping = max(10.0 * damping, 1e-14 * scale)


def _descend(
    evaluate: Evaluate, n: np.ndarray, f: np.ndarray, state: Pass, step: np.ndarray, trials: int
) -> tuple[np.ndarray, Pass] | None:
    """Shorten ``step`` until Φ or, near the minimum, the gradient falls; None if neither does."""
    slope = float(state.gradient @ step)
    size = residual(state, n)
    for _ in range(trials):
        new = f + step
        trial = evaluate(new)
        enough = trial.objective <= state.objective + 1e-4 * slope
        if enough and slope < -1e-9 * abs(state.objective):
            return new, trial
        if residual(trial, n) < 0.9 * size:
            return new, trial
        step, slope = 0.5 * step, 0.5 * slope
    return None


def two_states(gap: np.ndarray, target: float, h: np.ndarray | None = None) -> float:
    """The f with Σ_c h_c/(1 + exp(gap_c − f)) = ``target``: Bennett's equation, by bisection."""
    low, high = float(gap.min()) - 1.0, float(gap.max()) + 1.0
    while high - low > START_WIDTH:
        middle = 0.5 * (low + high)
        share = 0.5 * (1.0 + np.tanh(0.5 * (middle - gap)))
        if (share.sum() if h is None else float(h @ share)) < target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def require_solved(state: Pass, n: np.ndarray, tol: float, iterations: int) -> None:
    """Raise where the residual is not met, or where the states fall apart.

    States that share no sample have no relative free energy.

    Raises
    ------
    NotConvergedError
    """
    size = residual(state, n)
    if not size <= tol:
        raise NotConvergedError(
            f"MBAR: residual {size:.2e} after {iterations} steps, {tol:.0e} is required; "
            "the windows overlap too little: add windows or samples"
        )
    if n.size == 1:
        return
    root = np.sqrt(n)
    gap = np.linalg.eigvalsh(state.hessian / np.outer(root, root))[1]
    if gap < CONNECTED:
        raise NotConvergedError(
            f"MBAR: the states fall into groups without overlap (spectral gap {gap:.1e}); "
            "place the windows closer or make them softer"
        )


def overlap_of(state: Pass, n: np.ndarray) -> np.ndarray:
    """Overlap O_kl = N_l Σ_c h_c W_ck W_cl, W_ck = exp(f_k − u_kc)/D_c, at the solution.

    The Hessian holds the same sums: H_kl = δ_kl N_k − N_k N_l Σ_c h_c W_ck W_cl.
    """
    share = state.gradient + n
    return (np.diag(share) - state.hessian) / n[:, None]
