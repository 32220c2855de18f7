"""The Scharfetter-Gummel flux, and what follows from it exactly where the potential is given.

Between two nodes, with ψ = zFφ/RT plus the potential of mean force over RT and w = ψ_k+1 − ψ_k,

    J = (D/h) [c_k B(w) − c_k+1 B(−w)],   B(w) = w/(e^w − 1),

the exact flux of a straight ψ: one cell is the GHK equation, zero flux a Boltzmann profile. Since
B(−w) = B(w) e^w, a constant J along many cells gives

    J = D [c_0 e^ψ0 − c_N e^ψN]/R,   R = Σ h_k e^ψk/B(w_k),

and a profile that is a sum of positive terms.

Source: Scharfetter & Gummel 1969, IEEE Trans Electron Devices 16:64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selectivity.membrane.ghk import bernoulli, bernoulli_slope
from selectivity.membrane.nernst import log_ratio

Array = NDArray[np.float64]


def cell_flux(d: Array, h: Array, w: Array, c: Array) -> Array:
    """J of every ion on every cell, shape (n, N); ``d`` (n, 1), ``h`` (N,), ``w`` (n, N).

    ``c`` are the concentrations at the nodes, shape (n, N + 1).
    """
    found: Array = d / h * (c[:, :-1] * bernoulli(w) - c[:, 1:] * bernoulli(-w))
    return found


def cell_slopes(d: Array, h: Array, w: Array, c: Array) -> tuple[Array, Array, Array]:
    """∂J/∂ln c_k, ∂J/∂ln c_k+1 and ∂J/∂w on every cell, each of shape (n, N)."""
    g = d / h
    here, there = c[:, :-1], c[:, 1:]
    by_w = g * (here * bernoulli_slope(w) + there * bernoulli_slope(-w))
    return g * here * bernoulli(w), -g * there * bernoulli(-w), by_w


def log_cell_resistance(h: Array, psi: Array) -> Array:
    """ln(h e^ψk/B(w)) of every cell, the logarithm of ∫e^ψ dx over it; shape (n, N)."""
    from scipy.special import exprel

    w = np.diff(psi, axis=-1)
    top = np.maximum(psi[..., :-1], psi[..., 1:])
    with np.errstate(under="ignore"):
        return np.log(h) + top + np.log(exprel(-np.abs(w)))


def log_resistance(x: Array, psi: Array) -> Array:
    """ln ∫e^ψ dx over the whole axis for ψ straight between nodes; shape (n,)."""
    from scipy.special import logsumexp

    found: Array = logsumexp(log_cell_resistance(np.diff(x), psi), axis=-1)
    return found


def end_to_end_flux(d: Array, psi: Array, log_r: Array, left: Array, right: Array) -> Array:
    """J = D [c_0 e^ψ0 − c_N e^ψN]/R without cancellation or overflow, shape (n,).

    ``log_r`` is ln R; ``left``, ``right`` the concentrations at the first and the last node.
    """
    first, last = psi[..., 0], psi[..., -1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        gap = log_ratio(right, left) + last - first
        forward = left * np.exp(first - log_r) * -np.expm1(gap)
        backward = right * np.exp(last - log_r) * np.expm1(-gap)
    return np.where(np.isnan(gap), 0.0, d * np.where(gap <= 0.0, forward, backward))


def profile_between(x: Array, psi: Array, left: Array, right: Array) -> Array:
    """ln c at the nodes for a constant flux between fixed ends, shape (n, N + 1).

    c_k e^ψk is the mean of its two end values weighted by the resistance on the other side; −inf
    where an ion is absent from both ends.
    """
    log_cells = log_cell_resistance(np.diff(x), psi)
    n = psi.shape[0]
    nothing = np.full((n, 1), -np.inf)
    before = np.hstack([nothing, np.logaddexp.accumulate(log_cells, axis=1)])
    after = np.hstack([np.logaddexp.accumulate(log_cells[:, ::-1], axis=1)[:, ::-1], nothing])
    with np.errstate(divide="ignore"):
        from_left = np.log(left)[:, None] + psi[:, :1] + after
        from_right = np.log(right)[:, None] + psi[:, -1:] + before
    found: Array = np.logaddexp(from_left, from_right) - psi - before[:, -1:]
    return found
