"""Newton's method for the coupled Nernst-Planck and Poisson equations of a slab.

Unknowns at every node are ln c of each ion and φ, so that no concentration can become negative.
With J the Scharfetter-Gummel fluxes, v_k the control volumes and Δt the time step,

    J_k+½ − J_k−½ + v_k (c − c_old)/Δt = 0
    Λ² [(φ_k+1 − φ_k)/h_k − (φ_k − φ_k−1)/h_k−1] + v_k (Σ z c + X) = 0,

where Λ = 0 is electroneutrality and Δt = ∞ the steady state. φ is given at both faces; so are the
concentrations, unless the faces are closed. The matrix is banded and goes to LAPACK.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import NotConvergedError
from selectivity.membrane.electrodiffusion.mesh import volumes
from selectivity.membrane.electrodiffusion.scharfetter_gummel import cell_flux, cell_slopes
from selectivity.membrane.electrodiffusion.slab import Reduced

Array = NDArray[np.float64]

MAX_STEP = 2.0
"""Largest change of ln c or of φ (in RT/F) in one iteration."""
STEP_REACHED = 1e-9
"""Change below which the iteration has converged: the next one would be its square."""
ROUNDING = 1e-6
"""Change below which an iteration that stops shrinking has met rounding."""
NEGLIGIBLE = -69.0
"""ln c (c over the largest at a face) below which a concentration decides nothing: 1e-30."""
MAX_ITERATIONS = 60


class State(NamedTuple):
    """ln c (n, N + 1; −inf at a face without the ion), φ (N + 1,) and V, in reduced units."""

    log_c: Array
    phi: Array
    voltage: float

    @property
    def c(self) -> Array:
        """Concentrations, never negative."""
        with np.errstate(under="ignore"):
            found: Array = np.exp(self.log_c)
        return found


class Step(NamedTuple):
    """A time step: the concentrations before it, 1/Δt, and whether the faces are closed."""

    old_c: Array
    rate: float
    closed: bool = False


def solve(x: Array, slab: Reduced, guess: State, step: Step | None = None) -> State:
    """The state that satisfies the equations, from ``guess``, whose faces hold the given values.

    ``step`` is None for the steady state.

    Raises
    ------
    NotConvergedError
        After ``MAX_ITERATIONS``, or where the matrix is singular.
    """
    state, last = guess, np.inf
    for _ in range(MAX_ITERATIONS):
        change = _change(x, slab, state, step)
        size = _size(state, change)
        if not np.isfinite(size):
            break
        factor = min(1.0, MAX_STEP / size) if size > 0.0 else 1.0
        moved = np.clip(factor * change, -MAX_STEP, MAX_STEP)
        state = State(state.log_c + moved[:-1], state.phi + moved[-1], state.voltage)
        if size < STEP_REACHED or (size < ROUNDING and size >= 0.5 * last):
            return state
        last = size
    raise NotConvergedError(
        f"electrodiffusion: Newton's method did not converge on {x.size - 1} cells at "
        f"FV/RT = {state.voltage:.4g} and Λ² = {slab.coupling:.3g}; use more cells, a smaller "
        "voltage or, in time, more steps"
    )


def _size(state: State, change: Array) -> float:
    """Largest change of φ and of every ln c that is not negligible before and after it."""
    if not np.isfinite(change).all():
        return np.inf
    counts = np.maximum(state.log_c, state.log_c + change[:-1]) > NEGLIGIBLE
    by_ion = np.abs(np.where(counts, change[:-1], 0.0)).max()
    return float(max(by_ion, np.abs(change[-1]).max()))


def _change(x: Array, slab: Reduced, state: State, step: Step | None) -> Array:
    """Changes of ln c and, in the last row, of φ; shape (n + 1, N + 1)."""
    from scipy.linalg import LinAlgError, solve_banded

    residual, blocks = _equations(x, slab, state, step)
    m = residual.shape[0]
    try:
        found: Array = solve_banded((2 * m - 1,) * 2, _banded(blocks), -residual.T.ravel())
    except (LinAlgError, ValueError):
        return np.full(residual.shape, np.nan)
    return found.reshape(-1, m).T


class Blocks(NamedTuple):
    """The matrix by nodes: by the node itself, the one before, the one after; each (m, m, N + 1)"""

    own: Array
    before: Array
    after: Array


def _equations(x: Array, slab: Reduced, state: State, step: Step | None) -> tuple[Array, Blocks]:
    """Residuals (m, N + 1), m = n + 1, and the matrix.

    Every row is divided by its own size so that pivots compare like with like.
    """
    n, nodes = slab.z.size, x.size
    blocks = Blocks(*(np.zeros((n + 1, n + 1, nodes)) for _ in range(3)))
    residual = np.zeros((n + 1, nodes))
    c = state.c
    _transport(x, slab, state.phi, c, residual, blocks)
    vol, ion = volumes(x), np.arange(n)
    if step is not None:
        residual[:n] += vol * step.rate * (c - step.old_c)
        blocks.own[ion, ion] += vol * step.rate * c
    _poisson(x, slab, state.phi, c, residual, blocks)
    held = slice(n, n + 1) if step is not None and step.closed else slice(0, n + 1)
    for end in (0, -1):
        residual[held, end] = 0.0
        for block in blocks:
            block[held, :, end] = 0.0
        rows = np.arange(n + 1)[held]
        blocks.own[rows, rows, end] = 1.0
    size = np.maximum(np.abs(blocks.own).max(axis=1), np.finfo(float).tiny)
    return residual / size, Blocks(*(block / size[:, None] for block in blocks))


def _transport(
    x: Array, slab: Reduced, phi: Array, c: Array, residual: Array, blocks: Blocks
) -> None:
    """Adds what flows out of every control volume, and its derivatives."""
    z, d, h = slab.z[:, None], slab.d[:, None], np.diff(x)
    n = slab.z.size
    ion = np.arange(n)
    w = z * np.diff(phi)
    flux = cell_flux(d, h, w, c)
    by_here, by_there, by_w = cell_slopes(d, h, w, c)
    residual[:n, :-1] += flux
    residual[:n, 1:] -= flux
    blocks.own[ion, ion, :-1] += by_here
    blocks.own[ion, ion, 1:] -= by_there
    blocks.own[:n, n, :-1] -= z * by_w
    blocks.own[:n, n, 1:] -= z * by_w
    blocks.after[ion, ion, :-1] += by_there
    blocks.after[:n, n, :-1] += z * by_w
    blocks.before[ion, ion, 1:] -= by_here
    blocks.before[:n, n, 1:] += z * by_w


def _poisson(
    x: Array, slab: Reduced, phi: Array, c: Array, residual: Array, blocks: Blocks
) -> None:
    """Adds Poisson's equation to the last row; the faces are overwritten afterwards."""
    n, vol = slab.z.size, volumes(x)
    stiffness = slab.coupling / np.diff(x)
    field = stiffness * np.diff(phi)
    residual[n, :-1] += field
    residual[n, 1:] -= field
    residual[n] += vol * (slab.z @ c + slab.fixed)
    blocks.own[n, :n] += vol * slab.z[:, None] * c
    blocks.own[n, n, :-1] -= stiffness
    blocks.own[n, n, 1:] -= stiffness
    blocks.after[n, n, :-1] += stiffness
    blocks.before[n, n, 1:] += stiffness


def _banded(blocks: Blocks) -> Array:
    """The block-tridiagonal matrix as the diagonals that ``solve_banded`` takes."""
    m, _, nodes = blocks.own.shape
    wide = 2 * m - 1
    bands = np.zeros((2 * wide + 1, nodes * m))
    for i in range(m):
        for j in range(m):
            bands[wide + i - j, j::m] = blocks.own[i, j]
            bands[wide + i - j + m, j : (nodes - 1) * m : m] = blocks.before[i, j, 1:]
            bands[wide + i - j - m, j + m :: m] = blocks.after[i, j, :-1]
    return bands
