"""Trial moves: each proposes symmetrically, asks the one acceptance rule, and commits or leaves.

Every move changes the cached pair energies and coordinates together, so that the sum of the
cache is the energy of the present configuration at any time.
"""

from __future__ import annotations

import math

from selectivity.engine.arrays import (
    AXIAL,
    DEPARTURES,
    GUARDED,
    HOP,
    REORIENT,
    RIGID,
    ROTATE,
    SHIFT,
    TORSION,
    TRANSLATE,
)
from selectivity.engine.delta import molecule_row, row_difference, store_row
from selectivity.engine.flags import REFUSED, inline, section
from selectivity.engine.metropolis import accept
from selectivity.engine.onebody import one_body, umbrella_energy
from selectivity.engine.places import (
    crowds,
    departs,
    file_now,
    file_place,
    holds_x,
    leaves,
    outside,
)


@inline
def rotate_about(r, n, pivot, axis, angle):
    """Rotate ``n`` sites of ``r`` in place by ``angle`` about ``axis`` (unit) through ``pivot``."""
    c, s = math.cos(angle), math.sin(angle)
    ax, ay, az = axis
    px, py, pz = pivot
    for a in range(n):
        dx, dy, dz = r[a, 0] - px, r[a, 1] - py, r[a, 2] - pz
        dot = (1.0 - c) * (ax * dx + ay * dy + az * dz)
        r[a, 0] = px + c * dx + s * (ay * dz - az * dy) + dot * ax
        r[a, 1] = py + c * dy + s * (az * dx - ax * dz) + dot * ay
        r[a, 2] = pz + c * dz + s * (ax * dy - ay * dx) + dot * az


@inline
def random_axis(rng):
    """Unit vector, uniform on the sphere."""
    z = 2.0 * rng.random() - 1.0
    phi = 2.0 * math.pi * rng.random()
    rho = math.sqrt(1.0 - z * z)
    return rho * math.cos(phi), rho * math.sin(phi), z


@section
def propose(kind, model, m, step, trial, rng):
    """Move the sites of molecule ``m`` in ``trial`` (S, 3) by a symmetric random displacement.

    Translations are uniform in a cube of half-width ``step[TRANSLATE]``, rotations about the main
    site by an angle uniform in ±``step[ROTATE]`` about a random axis (REORIENT: any angle;
    TORSION: about the line from slot 0 to slot 1). AXIAL moves along z only. RIGID does both,
    with its own share of both step sizes.
    """
    n = model.n_sites[m]
    cls = model.cls[m]
    if kind == AXIAL:
        shift = step[AXIAL, cls] * (2.0 * rng.random() - 1.0)
        for a in range(n):
            trial[a, 2] += shift
        return
    if kind in (TRANSLATE, RIGID):
        width = step[kind, cls] if kind == TRANSLATE else step[kind, cls] * step[TRANSLATE, cls]
        for k in range(3):
            shift = width * (2.0 * rng.random() - 1.0)
            for a in range(n):
                trial[a, k] += shift
    if kind != TRANSLATE:
        s = model.main[m]
        pivot = (trial[s, 0], trial[s, 1], trial[s, 2])
        if kind == TORSION:
            ax, ay = trial[1, 0] - trial[0, 0], trial[1, 1] - trial[0, 1]
            az = trial[1, 2] - trial[0, 2]
            length = math.sqrt(ax * ax + ay * ay + az * az)
            axis = (ax / length, ay / length, az / length)
        else:
            axis = random_axis(rng)
        if kind == REORIENT:
            width = math.pi
        elif kind in (ROTATE, TORSION):
            width = step[kind, cls]
        else:
            width = step[kind, cls] * step[ROTATE, cls]
        rotate_about(trial, n, pivot, axis, width * (2.0 * rng.random() - 1.0))


@inline
def commit(model, state, m, trial, row):
    """Take over trial coordinates and the row of pair energies of molecule ``m``."""
    r, site, mp = state.r, state.site, state.pair.shape[0]
    for a in range(model.n_sites[m]):
        for k in range(3):
            r[m, a, k] = trial[a, k]
            site[k, a * mp + m] = trial[a, k]
    store_row(state, m, row)


@section
def move_molecule(kind, m, model, state, window, work, rng):
    """One trial of a single rigid molecule; returns whether it was accepted."""
    trial, row, r = work.trial[0], work.rows[0], state.r
    for a in range(model.n_sites[m]):
        for k in range(3):
            trial[a, k] = r[m, a, k]
    propose(kind, model, m, window.step, trial, rng)
    s = model.main[m]
    f = file_place(model, m)
    if (
        (f >= 0 and departs(model, state.r, f, trial[s, 2]))
        or (f >= 0 and crowds(model, state, m, trial[s, 2]))
        or leaves(model, state, m, trial[s, 0], trial[s, 1], trial[s, 2])
    ):
        state.counts[DEPARTURES] += 1
        return False
    one = one_body(model, m, trial)
    delta = one - state.one[m]
    if m == model.x:
        delta += umbrella_energy(window.umbrella, trial[s, 2])
        delta -= umbrella_energy(window.umbrella, state.r[m, s, 2])
    molecule_row(row, m, trial, model, state, work)
    pairs = row_difference(row, state.pair[m], model.n_sites.shape[0])
    if pairs > 0.5 * REFUSED:
        state.counts[GUARDED] += 1
    if not accept(model.beta * (delta + pairs), rng):
        return False
    state.one[m] = one
    commit(model, state, m, trial, row)
    return True


@section
def shift_trials(model, state, work, run, dz):
    """Copy places first...last of the present file, displaced, to ``work.trial``; if they may."""
    first, last, n_file = run
    for f in range(first, last + 1):
        m = work.file[f]
        s = model.main[m]
        z = state.r[m, s, 2] + dz
        if outside(model, z):
            return False
        if f == first and f > 0:
            below = work.file[f - 1]
            if z <= state.r[below, model.main[below], 2]:
                return False
        if f == last and f + 1 < n_file:
            above = work.file[f + 1]
            if z >= state.r[above, model.main[above], 2]:
                return False
        for a in range(model.n_sites[m]):
            for k in range(3):
                work.trial[f - first, a, k] = state.r[m, a, k]
            work.trial[f - first, a, 2] += dz
    return True


@section
def shift_file(kind, model, state, window, work, rng):
    """Move a run of neighbours of the single file along z together.

    The run's two ends are drawn uniformly among the present members by their z (waters of open
    stretches with them) and the displacement uniformly in ±step; energies among the members do not
    change, so only their pairs with the others enter ΔU, and neither number nor order changes, so
    the way back is as likely. SHIFT has a small step; HOP carries residents and waters from cage to
    cage, and is refused to a run that holds X, which its umbrella would not let go. A hop beyond an
    end or over a neighbour says nothing of a departure and is not counted as one.
    """
    n_file = file_now(model, state, work.file)
    first = int(rng.random() * n_file)
    last = int(rng.random() * n_file)
    if first > last:
        first, last = last, first
    if kind == HOP and holds_x(model, work.file, first, last):
        return False
    cls = model.cls[model.x]
    dz = window.step[kind, cls] * (2.0 * rng.random() - 1.0)
    if not shift_trials(model, state, work, (first, last, n_file), dz):
        if kind == SHIFT:
            state.counts[DEPARTURES] += 1
        return False
    delta = 0.0
    for f in range(first, last + 1):
        m = work.file[f]
        row = work.rows[f - first]
        molecule_row(row, m, work.trial[f - first], model, state, work)
        for g in range(first, last + 1):
            row[work.file[g]] = state.pair[m, work.file[g]]
        delta += row_difference(row, state.pair[m], model.n_sites.shape[0])
        delta += one_body(model, m, work.trial[f - first]) - state.one[m]
        if m == model.x:
            z = state.r[m, 0, 2]
            delta += umbrella_energy(window.umbrella, z + dz)
            delta -= umbrella_energy(window.umbrella, z)
    if not accept(model.beta * delta, rng):
        return False
    for f in range(first, last + 1):
        m = work.file[f]
        state.one[m] = one_body(model, m, work.trial[f - first])
        commit(model, state, m, work.trial[f - first], work.rows[f - first])
    return True
