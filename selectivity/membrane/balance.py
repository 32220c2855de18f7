"""The reduced potential θ = FV/RT at which GHK currents and a fixed current cancel, by bracket.

    f(θ) = Σ P z [c_in B(−zθ) − c_out B(zθ)] + q = 0

with q the fixed (pump) current over F. Every term rises with θ, so there is one root where
f changes sign, and none where what could balance q is missing on both ends: θ is then ±inf.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from selectivity.membrane.ghk import reduced_current, reduced_slope
from selectivity.membrane.nernst import log_ratio

Array = NDArray[np.float64]

_STEPS = 600
_BISECT_EVERY = 4
"""Newton creeps where the current decays exponentially; bisection settles within 600 steps."""


def balance(p: Array, z: Array, c_in: Array, c_out: Array, q: Array) -> Array:
    """Root θ of each mixture (module docstring), to the last digits that its sum has.

    Newton's step where it stays well inside the bracket, bisection elsewhere. Without q the
    bracket is the range of the ions' equilibria.

    Parameters
    ----------
    p, c_in, c_out : ndarray, shape (n_ions, m)
        Permeabilities, of the order of 1, and concentrations (mM).
    z : ndarray, shape (n_ions, 1)
        Charge numbers.
    q : ndarray, shape (m,)
        Fixed current over F and over the unit of ``p`` (mM), positive outward.

    Returns
    -------
    ndarray, shape (m,)
        +inf where the sum is negative at every θ, −inf where it is positive at every θ, nan where
        no ion can carry a current.
    """

    def net(theta: Array) -> Array:
        return np.asarray((p * z * reduced_current(z * theta, c_in, c_out)).sum(axis=0) + q)

    active = (p > 0.0) & ((c_in > 0.0) | (c_out > 0.0))
    up = (active & (np.where(z > 0, c_in, c_out) > 0.0)).any(axis=0) | (q > 0.0)
    down = (active & (np.where(z > 0, c_out, c_in) > 0.0)).any(axis=0) | (q < 0.0)
    some = up & down & active.any(axis=0)
    low, high = _bracket(net, np.where(active, log_ratio(c_out, c_in) / z, np.nan), some)
    theta, done = 0.5 * (low + high), ~some
    for turn in range(_STEPS):
        value = net(theta)
        low, high = np.where(value <= 0.0, theta, low), np.where(value >= 0.0, theta, high)
        slope = (p * z**2 * reduced_slope(z * theta, c_in, c_out)).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = theta - value / slope
        good = (newton > low) & (newton < high) & (np.abs(newton - theta) < 0.5 * (high - low))
        if turn % _BISECT_EVERY == _BISECT_EVERY - 1:
            good &= np.abs(newton - theta) <= 1e-9 * np.maximum(1.0, np.abs(theta))
        fresh = np.where(good, newton, 0.5 * (low + high))
        fresh = np.where(done | (value == 0.0), theta, fresh)
        done |= np.abs(fresh - theta) <= 4e-16 * np.maximum(1.0, np.abs(theta))
        theta = fresh
        if done.all():
            break
    end = np.where(up & ~down, -np.inf, np.where(down & ~up, np.inf, np.nan))
    return np.where(some, theta, np.where(active.any(axis=0), end, np.nan))


def _bracket(
    net: Callable[[Array], Array], equilibria: Array, some: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Ends with ``net`` of opposite sign where there is a root, doubled out from the equilibria."""
    finite = np.isfinite(equilibria)
    none = ~finite.any(axis=0)
    low = np.where(none, 0.0, np.where(finite, equilibria, np.inf).min(axis=0))
    high = np.where(none, 0.0, np.where(finite, equilibria, -np.inf).max(axis=0))
    for sign, end in ((-1.0, low), (1.0, high)):
        step = 1e-9 * np.maximum(1.0, np.abs(end))
        end += sign * step
        while (wrong := some & (sign * net(end) < 0.0)).any():
            end += np.where(wrong, sign * step, 0.0)
            step = 2.0 * step
    return low, high
