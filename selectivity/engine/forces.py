"""Forces and torques on rigid molecules: minus the gradient of the energy that the moves use.

The pair sum runs over one flat list of all sites (``Work.place``), each against all others in one
vectorised pass; the sites of the molecule in hand, and of the group that is bonded to it, are
hidden from it far away. Slow twin: differences of :func:`selectivity.engine.energy.total_energy`.

A rigid molecule is described by the place of its main site and by its orientation about it. The
force on it is the sum over its sites, F = Σ_a f_a, the torque τ = Σ_a (r_a − r_main) × f_a plus
that of the orientation term.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uintp

from selectivity.engine.arrays import FILE, NO_WALL, SPHERE
from selectivity.engine.flags import inline, pair_sum, section
from selectivity.engine.places import absent

HIDDEN = 1.0e5  # Å: 1e-7 kJ/mol/Å are felt from there; farther off, powers of r are subnormal


@pair_sum
def pull(place, at, partners, constants):
    """Force on site ``at`` = (x, y, z, charge) from all sites, kJ/mol/Å; three numbers.

    Parameters
    ----------
    place : ndarray, shape (3, N)
        Every site, N a multiple of the lanes.
    partners : tuple of ndarray, shape (N,)
        Charge, 12 A and 6 B of every site against this one.
    constants : tuple
        1 and 0 in the precision of the rows.

    Notes
    -----
    f = −dU/dr · r⃗/r with U = q q'/r + A/r¹² − B/r⁶.
    """
    charge, a12, b6 = partners
    one, zero = constants
    x, y, z, q = at
    fx, fy, fz = zero, zero, zero
    for j in range(uintp(place.shape[1])):
        dx = x - place[0, j]
        dy = y - place[1, j]
        dz = z - place[2, j]
        inv = one / np.sqrt(dx * dx + dy * dy + dz * dz)
        inv2 = inv * inv
        inv6 = inv2 * inv2 * inv2
        f = (q * charge[j] * inv + (a12[j] * inv6 - b6[j]) * inv6) * inv2
        fx += f * dx
        fy += f * dy
        fz += f * dz
    return fx, fy, fz


@pair_sum
def pull_charge(place, at, charge, constants):
    """As :func:`pull` for a site without Lennard-Jones partners."""
    one, zero = constants
    x, y, z, q = at
    fx, fy, fz = zero, zero, zero
    for j in range(uintp(place.shape[1])):
        dx = x - place[0, j]
        dy = y - place[1, j]
        dz = z - place[2, j]
        inv = one / np.sqrt(dx * dx + dy * dy + dz * dz)
        f = q * charge[j] * (inv * inv * inv)
        fx += f * dx
        fy += f * dy
        fz += f * dz
    return fx, fy, fz


@section
def gather(model, state, work):
    """Lay out places and Lennard-Jones tables of all sites as one flat list each."""
    for i in range(model.flat.shape[0]):
        e = model.flat[i]
        work.place[0, i] = HIDDEN
        work.place[1, i] = HIDDEN
        work.place[2, i] = HIDDEN
        for t in range(state.lj.shape[0]):
            work.a12[t, i] = 0.0 if e < 0 else 12.0 * state.lj[t, 0, e]
            work.b6[t, i] = 0.0 if e < 0 else 6.0 * state.lj[t, 1, e]
    for m in range(model.n_sites.shape[0]):
        if not absent(state, m):
            lay(model, state, work, m)


@inline
def lay(model, state, work, m):
    """Put the sites of molecule ``m`` to their places in the flat list."""
    place, r, first = work.place, state.r, model.first[m]
    for a in range(model.n_sites[m]):
        for k in range(3):
            place[k, first + a] = r[m, a, k]


@inline
def hide(model, work, m):
    """Take the sites of molecule ``m`` out of reach."""
    place, first = work.place, model.first[m]
    for a in range(model.n_sites[m]):
        place[0, first + a] = HIDDEN


@section
def forces(model, state, umbrella, work):
    """Fill ``work.force`` with the force and the torque on every molecule that is there.

    Shape (M, 2, 3), kJ/mol/Å and kJ/mol; the list of sites is that of :func:`gather`.
    """
    for m in range(model.n_sites.shape[0]):
        if absent(state, m):
            continue
        _site_forces(model, state, work, m)
        force, torque = work.force[m, 0], work.force[m, 1]
        force[:] = 0.0
        torque[:] = 0.0
        if model.ligand[m]:
            _anchor_forces(model, state, work, m)
        main, r, pull = model.main[m], state.r[m], work.pull
        if model.wall_kind[m] != NO_WALL:
            wall_force(model.wall_kind[m], model.wall[m], r[main], pull[main])
        if m == model.x:
            pull[0, 2] -= umbrella[1] * (r[0, 2] - umbrella[0])
        for a in range(model.n_sites[m]):
            fx, fy, fz = pull[a, 0], pull[a, 1], pull[a, 2]
            dx, dy, dz = r[a, 0] - r[main, 0], r[a, 1] - r[main, 1], r[a, 2] - r[main, 2]
            force[0] += fx
            force[1] += fy
            force[2] += fz
            torque[0] += dy * fz - dz * fy
            torque[1] += dz * fx - dx * fz
            torque[2] += dx * fy - dy * fx


@section
def _site_forces(model, state, work, m):
    """Pair forces on the sites of one molecule, into ``work.pull``."""
    partner = model.partner[m]
    hide(model, work, m)
    if partner >= 0:
        hide(model, work, partner)
    charge = work.charge[model.ligand[m]]
    constants = (model.constants[0], model.constants[3])
    first, place, out = model.first[m], work.place, work.pull
    for a in range(model.n_sites[m]):
        t = model.site_type[m, a]
        place[0, first + a] = state.r[m, a, 0]
        at = (
            place[0, first + a],
            place[1, first + a],
            place[2, first + a],
            model.site_charge[m, a],
        )
        place[0, first + a] = HIDDEN
        if model.meets_lj[t]:
            fx, fy, fz = pull(place, at, (charge, work.a12[t], work.b6[t]), constants)
        else:
            fx, fy, fz = pull_charge(place, at, charge, constants)
        out[a, 0], out[a, 1], out[a, 2] = fx, fy, fz
    lay(model, state, work, m)
    if partner >= 0:
        lay(model, state, work, partner)
        _bonded_forces(model, state, work, m, partner)


@section
def _bonded_forces(model, state, work, m, n):
    """Forces on ``m`` from the other group of its residue; twin of ``delta.bonded_pair``."""
    own_is_h = model.n_sites[m] > model.n_sites[n]
    h, c = (m, n) if own_is_h else (n, m)
    mp = model.charge.shape[1] // model.n_slot.shape[0]
    for a in range(model.n_sites[h]):
        for b in range(model.n_sites[c]):
            dx = state.r[h, a, 0] - state.r[c, b, 0]
            dy = state.r[h, a, 1] - state.r[c, b, 1]
            dz = state.r[h, a, 2] - state.r[c, b, 2]
            d2 = dx * dx + dy * dy + dz * dz
            f = 0.0
            if a == 0 and b == 0:
                d = math.sqrt(d2)
                f -= model.bond[h, 0] * (d - model.bond[h, 1]) / d
            if not model.excluded[a, b]:
                o = b * mp + c
                t = model.site_type[h, a]
                i2 = 1.0 / d2
                i6 = i2 * i2 * i2
                q = np.float64(model.site_charge[h, a]) * model.charge[1, o]
                lj = (12.0 * state.lj[t, 0, o] * i6 - 6.0 * state.lj[t, 1, o]) * i6
                f += (q * math.sqrt(i2) + lj) * i2
            site, sign = (a, 1.0) if own_is_h else (b, -1.0)
            work.pull[site, 0] += sign * f * dx
            work.pull[site, 1] += sign * f * dy
            work.pull[site, 2] += sign * f * dz


@section
def _anchor_forces(model, state, work, m):
    """Tethers −kΔ on the sites, and the torque k_θ u × u_crystal of the orientation term."""
    r = state.r[m]
    for a in range(model.n_sites[m]):
        k = model.tether_k[m, a]
        if k > 0.0:
            for c in range(3):
                work.pull[a, c] -= k * (r[a, c] - model.tether_r[m, a, c])
    if model.theta_k[m] > 0.0:
        ux, uy, uz = r[1, 0] - r[0, 0], r[1, 1] - r[0, 1], r[1, 2] - r[0, 2]
        k = model.theta_k[m] / math.sqrt(ux * ux + uy * uy + uz * uz)
        vx, vy, vz = model.direction[m]
        work.force[m, 1, 0] += k * (uy * vz - uz * vy)
        work.force[m, 1, 1] += k * (uz * vx - ux * vz)
        work.force[m, 1, 2] += k * (ux * vy - uy * vx)


@section
def wall_force(kind, p, r, out):
    """Add the force of a soft wall on the point ``r``; twin of ``onebody.wall_energy``."""
    rho = math.sqrt(r[0] * r[0] + r[1] * r[1])
    if kind == SPHERE:
        d = math.sqrt(rho * rho + r[2] * r[2])
        if d > p[0]:
            for c in range(3):
                out[c] -= p[1] * (d - p[0]) * r[c] / d
        return
    if kind == FILE:
        out[2] += p[2] * (max(p[0] - r[2], 0.0) - max(r[2] - p[1], 0.0))
        excess, k = rho - p[3], p[2]
    else:
        d = p[1] * (r[2] - p[0])
        k = p[5]
        excess = rho - p[2] - p[3] * min(max(d, 0.0), p[4])
        out[2] += k * p[1] * (max(-d, 0.0) - max(d - p[4], 0.0))
        if excess > 0.0 and 0.0 < d < p[4]:
            out[2] += k * p[1] * p[3] * excess
    if excess > 0.0:
        out[0] -= k * excess * r[0] / rho
        out[1] -= k * excess * r[1] / rho
