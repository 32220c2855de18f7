"""Loops that the engine's speed is measured with: a textbook's, the hardware's, and repetitions.

The textbook loop is compiled too, but written the way one writes it first: sites as an array of
structures in float64, one pair after the other, energies before and after every trial. The
hardware's loops do nothing but the one operation that no pair sum can do without.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from selectivity.engine.arrays import WATER
from selectivity.engine.delta import molecule_row
from selectivity.engine.flags import inline, kernel, pair_sum
from selectivity.engine.forces import forces, gather
from selectivity.engine.sweep import cached_energy, step
from selectivity.forcefield.mixing import lj_tables
from selectivity.system.topology import Topology
from selectivity.units import COULOMB

textbook = numba.njit(nogil=True)
OBSERVED = ("z", "U", "coordination", "dipole")  # columns of :func:`observe`


class Plain(NamedTuple):
    """What the textbook loop works on: molecules of at most three sites, one record per site."""

    r: np.ndarray  # (M, 3, 3)
    n_sites: np.ndarray  # (M,)
    charge: np.ndarray  # (M, 3)
    kind: np.ndarray  # (M, 3)
    A: np.ndarray  # (T, T)
    B: np.ndarray  # (T, T)


def plain(topology: Topology, r: np.ndarray) -> Plain:
    """The textbook's arrays of a droplet at ``r`` (M, 3, 3), the sampled ion last."""
    sites = [member.molecule.sites for member in topology.members]
    types = list(dict.fromkeys(site for row in sites for site in row))
    charge, kind = np.zeros((len(sites), 3)), np.zeros((len(sites), 3), dtype=np.int64)
    for m, row in enumerate(sites):
        charge[m, : len(row)] = [site.charge for site in row]
        kind[m, : len(row)] = [types.index(site) for site in row]
    A, B = lj_tables(types)
    return Plain(r.copy(), np.array([len(row) for row in sites]), charge, kind, A, B)


@textbook
def plain_energy(p, m, trial):
    """Energy of molecule ``m`` at ``trial`` with all others."""
    energy = 0.0
    for n in range(p.r.shape[0]):
        if n == m:
            continue
        for a in range(p.n_sites[m]):
            for b in range(p.n_sites[n]):
                dx = trial[a, 0] - p.r[n, b, 0]
                dy = trial[a, 1] - p.r[n, b, 1]
                dz = trial[a, 2] - p.r[n, b, 2]
                r2 = dx * dx + dy * dy + dz * dz
                energy += COULOMB * p.charge[m, a] * p.charge[n, b] / math.sqrt(r2)
                A = p.A[p.kind[m, a], p.kind[n, b]]
                if A > 0.0:
                    r6 = r2 * r2 * r2
                    energy += A / (r6 * r6) - p.B[p.kind[m, a], p.kind[n, b]] / r6
    return energy


@textbook
def plain_pair_sums(p, n):
    """Energies of ``n`` waters in turn, each with all others."""
    total = 0.0
    for i in range(n):
        m = i % (p.r.shape[0] - 1)
        total += plain_energy(p, m, p.r[m])
    return total


@textbook
def plain_turn(p, m, trial, axis, angle, shift):
    """Put molecule ``m`` into ``trial``, turned about its first site and moved."""
    ct, st = math.cos(angle), math.sin(angle)
    for a in range(3):
        d0 = p.r[m, a, 0] - p.r[m, 0, 0]
        d1 = p.r[m, a, 1] - p.r[m, 0, 1]
        d2 = p.r[m, a, 2] - p.r[m, 0, 2]
        dot = (axis[0] * d0 + axis[1] * d1 + axis[2] * d2) * (1.0 - ct)
        c0, c1 = axis[1] * d2 - axis[2] * d1, axis[2] * d0 - axis[0] * d2
        c2 = axis[0] * d1 - axis[1] * d0
        trial[a, 0] = p.r[m, 0, 0] + shift[0] + ct * d0 + st * c0 + dot * axis[0]
        trial[a, 1] = p.r[m, 0, 1] + shift[1] + ct * d1 + st * c1 + dot * axis[1]
        trial[a, 2] = p.r[m, 0, 2] + shift[2] + ct * d2 + st * c2 + dot * axis[2]


@textbook
def plain_moves(p, n, beta, wall, limits, seed):
    """``n`` trials of a water each: moved and turned about a random axis, Metropolis.

    ``wall`` is (radius, force constant), ``limits`` the largest displacement and angle.
    """
    np.random.seed(seed)
    trial = np.empty((3, 3))
    accepted = 0
    for _ in range(n):
        m = np.random.randint(p.r.shape[0] - 1)
        c = 2.0 * np.random.random() - 1.0
        phi = 2.0 * math.pi * np.random.random()
        s = math.sqrt(1.0 - c * c)
        axis = (s * math.cos(phi), s * math.sin(phi), c)
        angle = limits[1] * (2.0 * np.random.random() - 1.0)
        shift = (
            limits[0] * (2.0 * np.random.random() - 1.0),
            limits[0] * (2.0 * np.random.random() - 1.0),
            limits[0] * (2.0 * np.random.random() - 1.0),
        )
        plain_turn(p, m, trial, axis, angle, shift)
        delta = plain_energy(p, m, trial) - plain_energy(p, m, p.r[m])
        for sign, x in ((1.0, trial[0]), (-1.0, p.r[m, 0])):
            excess = math.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2) - wall[0]
            if excess > 0.0:
                delta += sign * 0.5 * wall[1] * excess**2
        if delta <= 0.0 or np.random.random() < math.exp(-beta * delta):
            accepted += 1
            for a in range(3):
                for i in range(3):
                    p.r[m, a, i] = trial[a, i]
    return accepted


@pair_sum
def _reciprocal_roots(x, one, zero):
    total = zero
    for j in range(x.shape[0]):
        total += one / np.sqrt(x[j])
    return total


@pair_sum
def _multiply_adds(x, zero):
    total = zero
    for j in range(x.shape[0]):
        total += x[j] * x[j]
    return total


@kernel
def reciprocal_roots(x, n, constants):
    """Σ 1/√x_j, ``n`` times over; ``constants`` are 1 and 0 in the precision of ``x``."""
    total = 0.0
    for i in range(n):
        total += _reciprocal_roots(x, constants[0], constants[1])
        x[i % x.shape[0]] += constants[0]
    return total


@kernel
def multiply_adds(x, n, constants):
    """Σ x_j², ``n`` times over."""
    total = 0.0
    for i in range(n):
        total += _multiply_adds(x, constants[1])
        x[i % x.shape[0]] += constants[0]
    return total


@kernel
def pair_sums(model, state, work, n):
    """Energies of ``n`` waters in turn, each with all others, by the engine's kernel."""
    total = 0.0
    row = work.rows[0]
    for i in range(n):
        m = i % (model.n_sites.shape[0] - 1)
        molecule_row(row, m, state.r[m], model, state, work)
        for j in range(model.n_sites.shape[0]):
            total += np.float64(row[j])
    return total


@kernel
def repeat_forces(model, state, window, work, n):
    """All forces and torques, ``n`` times over, as every step of a trajectory needs them."""
    gather(model, state, work)
    total = 0.0
    for _ in range(n):
        forces(model, state, window.umbrella, work)
        total += work.force[0, 0, 0]
    return total


@inline
def _look(model, state, out):
    """z of X, energy without the umbrella, oxygens in X's first shell, dipole of the waters."""
    x = model.x
    out[0] = state.r[x, 0, 2]
    out[1] = cached_energy(model, state)
    near, dipole = 0, 0.0
    for m in range(model.n_sites.shape[0]):
        if model.cls[m] != WATER:
            continue
        d2, s = 0.0, model.main[m]
        for k in range(3):
            d2 += (state.r[m, s, k] - state.r[x, 0, k]) ** 2
        if d2 < model.shell[0] ** 2:
            near += 1
        for a in range(model.n_sites[m]):
            dipole += np.float64(model.site_charge[m, a]) * state.r[m, a, 2]
    out[2] = near
    out[3] = dipole / math.sqrt(COULOMB)  # e Å


@kernel
def observe(model, state, window, work, rng, stride, out):
    """Sample at a fixed identity: ``stride`` sweeps, then a row of ``out`` (n, 4): ``OBSERVED``."""
    for i in range(out.shape[0]):
        for _ in range(stride):
            step(model, state, window, work, rng)
        _look(model, state, out[i])
