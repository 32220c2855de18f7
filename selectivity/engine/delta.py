"""The fast pair sum: energies of one molecule with every other, in one vectorised pass.

Slow twin: :func:`selectivity.engine.energy.pair_matrix`.
"""

from __future__ import annotations

import numpy as np
from numba import uintp

from selectivity.engine.flags import inline, pair_sum, section


@pair_sum
def pair_row(row, sites, site_type, charge, n_slot, state_site, lj, pack):
    """Add up U_mn = Σ_ab [q_a q_b/r + A/r¹² − B/r⁶] for all partners n of one molecule.

    Parameters
    ----------
    row : ndarray, shape (Mp,)
        Filled with the energy with every molecule; the molecule's own element is meaningless.
    sites : ndarray, shape (n, 4)
        x, y, z and charge of the molecule's n sites.
    site_type : ndarray, shape (n,)
    charge, state_site, lj : arrays of :class:`~selectivity.engine.arrays.Model` and ``State``
    n_slot : ndarray, shape (S,)
    pack : tuple (has_lj, constants)
        Flags per type and slot, and the constants 1, guard², refused energy and 0.
    """
    has_lj, constants = pack
    one, guard2, refused, zero = constants[0], constants[1], constants[2], constants[3]
    mp = uintp(row.shape[0])
    for j in range(mp):
        row[j] = zero
    for a in range(sites.shape[0]):
        x, y, z, q = sites[a, 0], sites[a, 1], sites[a, 2], sites[a, 3]
        t = site_type[a]
        for s in range(n_slot.shape[0]):
            n = uintp(n_slot[s])
            o = uintp(s) * mp
            if has_lj[t, s]:
                for j in range(n):
                    dx = x - state_site[0, o + j]
                    dy = y - state_site[1, o + j]
                    dz = z - state_site[2, o + j]
                    r2 = dx * dx + dy * dy + dz * dz
                    inv = one / np.sqrt(r2)
                    inv2 = inv * inv
                    inv6 = inv2 * inv2 * inv2
                    row[j] += (
                        q * charge[o + j] * inv
                        + (lj[t, 0, o + j] * inv6 - lj[t, 1, o + j]) * inv6
                        + (refused if r2 < guard2 else zero)
                    )
            else:
                for j in range(n):
                    dx = x - state_site[0, o + j]
                    dy = y - state_site[1, o + j]
                    dz = z - state_site[2, o + j]
                    r2 = dx * dx + dy * dy + dz * dz
                    row[j] += q * charge[o + j] * (one / np.sqrt(r2)) + (
                        refused if r2 < guard2 else zero
                    )


@pair_sum
def row_difference(new, old, n):
    """Sum of ``new − old`` over the first ``n`` elements, in float64."""
    total = 0.0
    for j in range(uintp(n)):
        total += np.float64(new[j]) - np.float64(old[j])
    return total


@pair_sum
def row_sum(row, n):
    """Sum of the first ``n`` elements of a row, in float64."""
    total = 0.0
    for j in range(uintp(n)):
        total += np.float64(row[j])
    return total


@pair_sum
def site_lj(place, t, n_slot, state_site, lj, pack):
    """Lennard-Jones energy of one site of type ``t`` at ``place`` with all others, Σ A/r¹² − B/r⁶.

    ``place`` holds x, y and z in the precision of the rows; other arguments as for
    :func:`pair_row`; a site within the guard counts as the refused energy.
    """
    has_lj, constants = pack
    one, guard2, refused, zero = constants[0], constants[1], constants[2], constants[3]
    mp = uintp(state_site.shape[1] // n_slot.shape[0])
    x, y, z = place[0], place[1], place[2]
    total = 0.0
    for s in range(n_slot.shape[0]):
        n = uintp(n_slot[s])
        o = uintp(s) * mp
        if has_lj[t, s]:
            for j in range(n):
                dx = x - state_site[0, o + j]
                dy = y - state_site[1, o + j]
                dz = z - state_site[2, o + j]
                r2 = dx * dx + dy * dy + dz * dz
                inv2 = one / r2
                inv6 = inv2 * inv2 * inv2
                total += (lj[t, 0, o + j] * inv6 - lj[t, 1, o + j]) * inv6 + (
                    refused if r2 < guard2 else zero
                )
        else:
            for j in range(n):
                dx = x - state_site[0, o + j]
                dy = y - state_site[1, o + j]
                dz = z - state_site[2, o + j]
                r2 = dx * dx + dy * dy + dz * dz
                total += refused if r2 < guard2 else zero
    return total


@section
def bonded_pair(model, lj, m, n, r_m, r_n):
    """Energy between the two groups of one residue: pairs that are not excluded, and C...CB.

    One of ``m`` and ``n`` is the hydroxyl group (CB, OG1, HG1), the other the carbonyl (C, O);
    the distance term is E = ½k(d − d0)² between their first sites. The guard holds here too: the
    hydroxyl's hydrogen may come close to the carbonyl's O.
    """
    if model.n_sites[m] > model.n_sites[n]:
        h, c, r_h, r_c = m, n, r_m, r_n
    else:
        h, c, r_h, r_c = n, m, r_n, r_m
    mp = model.charge.shape[1] // model.n_slot.shape[0]
    energy = 0.0
    for a in range(model.n_sites[h]):
        for b in range(model.n_sites[c]):
            d2 = 0.0
            for k in range(3):
                d2 += (r_h[a, k] - r_c[b, k]) ** 2
            if a == 0 and b == 0:
                d = np.sqrt(d2)
                energy += 0.5 * model.bond[h, 0] * (d - model.bond[h, 1]) ** 2
            if model.excluded[a, b]:
                continue
            if d2 < model.constants[1]:
                energy += np.float64(model.constants[2])
            i6 = 1.0 / (d2 * d2 * d2)
            o = b * mp + c
            t = model.site_type[h, a]
            energy += np.float64(model.site_charge[h, a]) * model.charge[1, o] / np.sqrt(d2)
            energy += (lj[t, 0, o] * i6 - lj[t, 1, o]) * i6
    return energy


@inline
def store_row(state, m, row):
    """Take over the pair energies of molecule ``m`` with all others."""
    pair = state.pair
    for n in range(pair.shape[0]):
        pair[m, n] = row[n]
        pair[n, m] = row[n]


@inline
def molecule_row(row, m, r, model, state, work):
    """Pair energies of molecule ``m`` at coordinates ``r`` (S, 3) with all others, into ``row``."""
    molecule_pairs(row, m, r, model, state, work, model.n_slot)


@section
def molecule_pairs(row, m, r, model, state, work, n_slot):
    """As :func:`molecule_row` with the first ``n_slot`` molecules of every slot only."""
    n = model.n_sites[m]
    for a in range(n):
        work.sites[a, 0] = r[a, 0]
        work.sites[a, 1] = r[a, 1]
        work.sites[a, 2] = r[a, 2]
        work.sites[a, 3] = model.site_charge[m, a]
    pair_row(
        row,
        work.sites[:n],
        model.site_type[m],
        model.charge[model.ligand[m]],
        n_slot,
        state.site,
        state.lj,
        (model.has_lj, model.constants),
    )
    p = model.partner[m]
    if p >= 0:
        row[p] = bonded_pair(model, state.lj, m, p, r, state.r[p])
    row[m] = model.constants[3]
