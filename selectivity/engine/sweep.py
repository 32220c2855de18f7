"""Sweeps and blocks of sweeps: the kernels that the sampling room calls."""

from __future__ import annotations

import numpy as np

from selectivity.engine.arrays import END, FIRST, FLIPS, HOP, SHIFT, THRUST
from selectivity.engine.delta import molecule_row, store_row
from selectivity.engine.flags import inline, kernel, section
from selectivity.engine.growth import vanish
from selectivity.engine.identity import ladder_energies, resample_identity, set_identity
from selectivity.engine.moves import move_molecule, shift_file
from selectivity.engine.onebody import alignment, one_body
from selectivity.engine.pack import new_output
from selectivity.engine.places import absent
from selectivity.engine.trajectory import trajectory


@section
def sweep(model, state, window, work, rng):
    """``sweep_length`` trial moves, drawn from the table of movers with replacement.

    A move drawn for a molecule that is not there does nothing.
    """
    n = model.movers.shape[0]
    for _ in range(model.sweep_length):
        i = int(rng.random() * n)
        kind, m = model.movers[i, 0], model.movers[i, 1]
        cls = model.cls[m]
        if kind < SHIFT and absent(state, m):
            continue
        window.tried[kind, cls] += 1
        if kind in (SHIFT, HOP):
            moved = shift_file(kind, model, state, window, work, rng)
        else:
            moved = move_molecule(kind, m, model, state, window, work, rng)
        if moved:
            window.accepted[kind, cls] += 1


@section
def step(model, state, window, work, rng):
    """A sweep, or in its place a trajectory with probability 1/``every`` (0: never).

    A mixture, not a sequence of the two, so that it is reversible like each of them.
    """
    every = window.trajectory[0]
    if every > 0 and rng.random() * every < 1.0:
        cls = model.cls[model.x]
        window.tried[THRUST, cls] += 1
        if trajectory(model, state, window, work, rng):
            window.accepted[THRUST, cls] += 1
    else:
        sweep(model, state, window, work, rng)


@section
def count_flips(model, state):
    """Count tethered groups that have turned over, either way, since they were last looked at."""
    for m in range(model.n_sites.shape[0]):
        if model.ligand[m] and model.tether_k[m, 0] > 0.0:
            over = alignment(model, m, state.r[m]) < 0.0
            if over != state.flipped[m]:
                state.counts[FLIPS] += 1
                state.flipped[m] = over


@section
def shell_counts(model, state, out):
    """Oxygens of ligands and of waters within every end ion's first-shell radius of X."""
    out[:] = 0
    x = model.x
    for m in range(model.n_sites.shape[0]):
        for s in range(model.n_sites[m]):
            if not model.oxygen[m, s]:
                continue
            d2 = 0.0
            for k in range(3):
                d2 += (state.r[m, s, k] - state.r[x, 0, k]) ** 2
            for i in range(model.shell.shape[0]):
                if d2 < model.shell[i] ** 2:
                    out[i, 0 if model.ligand[m] else 1] += 1


@section
def water_heights(model, state, out):
    """z of the waters of the first region that are there, rising, then nan."""
    out[:] = np.nan
    if model.region.shape[0] == 0:
        return
    n = 0
    for m in range(int(model.region[0, FIRST]), int(model.region[0, END])):
        if absent(state, m):
            continue
        z = state.r[m, model.main[m], 2]
        i = n
        while i > 0 and out[i - 1] > z:
            out[i] = out[i - 1]
            i -= 1
        out[i] = z
        n += 1


@inline
def weight_gain(t, half, n_states):
    """Gain of the adaptive weights at step ``t``: J min(1/J, t^−0.6) until ``half``, then J/t'.

    t' = t − half + half^0.6 joins the two continuously (Tan 2017, section 4).
    """
    if t <= half:
        return n_states * min(1.0 / n_states, t ** (-0.6))
    return n_states * min(1.0 / n_states, 1.0 / (t - half + half**0.6))


@section
def _record(model, state, work, out, i):
    """Write the present configuration as record ``i`` of ``out``."""
    out.z[i] = state.r[model.x, 0, 2]
    for j in range(work.u.shape[0]):
        out.u[i, j] = work.u[j]
    out.identity[i] = state.identity[0]
    shell_counts(model, state, out.coordination[i])
    for f in range(model.file_order.shape[0]):
        m = model.file_order[f]
        out.file_z[i, f] = state.r[m, model.main[m], 2]
    water_heights(model, state, out.water_z[i])
    count_flips(model, state)


@kernel
def sample(model, state, window, work, rng, plan, out):
    """``records`` times ``stride`` sweeps, each with a record where ``out`` has room for one.

    What :func:`advance` and :func:`adapt` run: one kernel is compiled in half the time of two.
    """
    records, stride, clock, half, fixed = plan
    for i in range(records):
        gain = 0.0
        if half > 0:
            gain = weight_gain(clock + i + 1.0, float(half), model.ladder.shape[0])
        for n in range(stride):
            step(model, state, window, work, rng)
            if not fixed:
                ladder_energies(model, state, work)
                last = n == stride - 1
                resample_identity(model, state, window, work, rng, gain if last else 0.0)
        if out.z.shape[0]:
            _record(model, state, work, out, i)
    count_flips(model, state)


def advance(model, state, window, work, rng, stride, out):
    """Sample a block: ``stride`` times a sweep and the identity, then one record; n times over.

    Parameters
    ----------
    model, state, window, work : see :mod:`selectivity.engine.arrays`
    rng : numpy.random.Generator
    stride : int
    out : Output
        Its length n is the number of records.
    """
    sample(model, state, window, work, rng, (out.z.shape[0], stride, 0, 0, 0), out)


def adapt(model, state, window, work, rng, plan):
    """Sweeps before production, with adaptive identity weights or with a fixed identity.

    Parameters
    ----------
    plan : tuple of int
        (records, stride, steps of the weights already made, step > 0 at which their gain starts to
        fall as 1/t, whether the identity is fixed): the last equilibrates a start as one ion.
    """
    sample(model, state, window, work, rng, plan, new_output(model, 0))


@kernel
def relabel(model, state, window, work, rng):
    """Draw the identity of a configuration that has come into ``window``."""
    ladder_energies(model, state, work)
    resample_identity(model, state, window, work, rng, 0.0)


@kernel
def refresh(model, state, work):
    """Fill every cache of ``state`` from its coordinates and its identity."""
    mp = state.pair.shape[0]
    n_mol = model.n_sites.shape[0]
    for t in range(state.lj.shape[0]):
        for i in range(state.lj.shape[2]):
            state.lj[t, 0, i] = model.base_lj[t, 0, i]
            state.lj[t, 1, i] = model.base_lj[t, 1, i]
    for m in range(n_mol):
        for s in range(model.n_sites[m]):
            for k in range(3):
                state.site[k, s * mp + m] = state.r[m, s, k]
    wanted = state.identity[0]
    state.identity[0] = -1
    set_identity(model, state, work, wanted)
    row = work.rows[0]
    for m in range(n_mol):
        if absent(state, m):
            vanish(model, state, m)
            continue
        molecule_row(row, m, state.r[m], model, state, work)
        store_row(state, m, row)
        state.one[m] = one_body(model, m, state.r[m])
        if model.ligand[m]:
            state.flipped[m] = alignment(model, m, state.r[m]) < 0.0


@kernel
def cached_energy(model, state):
    """Energy of the present configuration without the umbrella, as the caches hold it."""
    n_mol = model.n_sites.shape[0]
    total = 0.0
    for m in range(n_mol):
        total += state.one[m]
        for n in range(m):
            total += np.float64(state.pair[m, n])
    return total
