"""One-body energies: tethers, orientation terms, walls and the umbrella.

Everything here is float64; slow twins with the same formulae in NumPy stand in
:mod:`selectivity.engine.energy` and in ``geometry.confinement``.
"""

from __future__ import annotations

import numpy as np

from selectivity.engine.arrays import FILE, NO_WALL, SPHERE
from selectivity.engine.flags import inline, section


@inline
def _half_harmonic(excess, k):
    return 0.5 * k * excess * excess if excess > 0.0 else 0.0


@section
def wall_energy(kind, p, x, y, z):
    """Soft wall on one point.

    SPHERE: p = (radius, k). FILE: p = (z_lower, z_upper, k, cylinder radius). FUNNEL: p =
    (z_mouth, direction, radius0, slope, depth, k): d = direction·(z − z_mouth) lies in 0...depth
    and the distance from the axis within radius0 + slope·d, with d clipped to 0...depth; all
    half-harmonic, ½k·excess².
    """
    if kind == NO_WALL:
        return 0.0
    rho2 = x * x + y * y
    if kind == SPHERE:
        return _half_harmonic(np.sqrt(rho2 + z * z) - p[0], p[1])
    rho = np.sqrt(rho2)
    if kind == FILE:
        return (
            _half_harmonic(p[0] - z, p[2])
            + _half_harmonic(z - p[1], p[2])
            + _half_harmonic(rho - p[3], p[2])
        )
    d = p[1] * (z - p[0])
    inside = min(max(d, 0.0), p[4])
    return (
        _half_harmonic(-d, p[5])
        + _half_harmonic(d - p[4], p[5])
        + _half_harmonic(rho - p[2] - p[3] * inside, p[5])
    )


@inline
def alignment(model, m, r):
    """Cosine between a ligand group's direction (slot 0 to slot 1) and its crystal direction."""
    dot = 0.0
    length2 = 0.0
    for k in range(3):
        d = r[1, k] - r[0, k]
        dot += d * model.direction[m, k]
        length2 += d * d
    return dot / np.sqrt(length2)


@section
def one_body(model, m, r):
    """Tethers ½k|Δ|², orientation k_θ(1 − cos θ) and wall of molecule ``m`` at ``r`` (S, 3)."""
    energy = 0.0
    if model.ligand[m]:
        for s in range(model.n_sites[m]):
            k = model.tether_k[m, s]
            if k > 0.0:
                for c in range(3):
                    energy += 0.5 * k * (r[s, c] - model.tether_r[m, s, c]) ** 2
        if model.theta_k[m] > 0.0:
            energy += model.theta_k[m] * (1.0 - alignment(model, m, r))
    if model.wall_kind[m] != NO_WALL:
        s = model.main[m]
        energy += wall_energy(model.wall_kind[m], model.wall[m], r[s, 0], r[s, 1], r[s, 2])
    return energy


@inline
def umbrella_energy(umbrella, z):
    """½κ(z − z_i)² of window i; ``umbrella`` = (z_i, κ)."""
    return 0.5 * umbrella[1] * (z - umbrella[0]) ** 2
