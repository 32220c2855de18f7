"""Waters whose number fluctuates: insertion, deletion and jumps with configurational bias.

A trial place is chosen in two steps. Step 1 draws k places of the main site, uniform in the
region's cylinder, and picks one by its weight b = exp(−β u1), u1 being the Lennard-Jones energy of
the main site alone and the wall: cheap, it finds the cavities. Step 2 draws l orientations there,
uniform, and picks one by exp(−β(u − u1)), u being the energy of the whole molecule. The Rosenbluth
factor of the move is

    W = [Σ_i b_i / k] · [Σ_j exp(−β(u_j − u1)) / l].

With N waters in the region, its volume V and the activity z = ρ exp(βμ_ex) of the reservoir,

    insertion  N → N + 1 : min{1, z V W / (N + 1)},
    deletion   N → N − 1 : min{1, N / (z V W)},
    jump a → b           : min{1, [V_b W_b / (N_b + 1)] · [N_a / (V_a W_a)]},

where the W of a molecule that goes counts its own place and orientation as the first of the k and
of the l and is taken with the molecule removed: so forward and backward move weigh the same sets
of trials and detailed balance holds for every k and l (Frenkel and Smit, Understanding Molecular
Simulation, 2nd ed., section 13.2; two steps: Martin and Siepmann 1999, J. Phys. Chem. B 103:4508).
The reference is a molecule uniform in V and in its orientations, for which W = 1; for rigid
molecules μ_ex is all that the reservoir has beyond it. In a jump within one region N_b + 1 = N_a.

Tried in the filter of KcsA and left out, for they brought no more independent files per CPU second:
a resident K⁺ and a water beside it that change places (accepted once in 100,000), a K⁺ that leaps
anywhere between its neighbouring ions by configurational bias (3 in 1,000, but within its site), a
run of the file that hops while a water leaves one of its ends and returns elsewhere (6 in 100,000),
jumps beside insertions and deletions, four times and twelve times as many trials. What is slow is
the resident K⁺ across a plane of oxygens, not the waters.

A water that is not there stands at ``system.topology.ABSENT``, where its energies vanish.
"""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine.arrays import (
    DELETE,
    FIRST,
    INSERT,
    JUMP,
    LOG_ACTIVITY,
    LOG_VOLUME,
    MINIMUM,
    SATURATED,
)
from selectivity.engine.flags import kernel, section
from selectivity.engine.growth import appear, grow, put_back, retrace, take_out, vanish
from selectivity.engine.metropolis import accept
from selectivity.engine.places import count_waters, pick_water


@section
def insert_trial(region, given, model, state, work, rng):
    """Offer a water: ln[z V W/(n + 1)], and whether it came. ``given`` = (ln z, n, its place)."""
    log_z, n, m = given
    j, log_w = grow(model, state, work, region, m, rng)
    if j < 0:
        return -np.inf, False
    log_ratio = log_z + model.region[region, LOG_VOLUME] + log_w - math.log(n + 1.0)
    moved = accept(-log_ratio, rng)
    if moved:
        appear(model, state, work, m, j)
    return log_ratio, moved


@section
def delete_trial(region, given, model, state, work, rng):
    """Ask for one of n > 0 waters: ln[z V W/n], and whether it went. ``given`` = (ln z, n)."""
    log_z, n = given
    m = pick_water(model, state, region, int(rng.random() * n))
    take_out(state, m, model.n_sites[m])
    log_w = retrace(model, state, work, region, m, rng)
    log_ratio = log_z + model.region[region, LOG_VOLUME] + log_w - math.log(n)
    moved = accept(log_ratio, rng)
    if moved:
        vanish(model, state, m)
    else:
        put_back(state, m, model.n_sites[m])
    return log_ratio, moved


@section
def insert_water(region, model, state, work, rng):
    """One trial insertion; returns whether it was accepted. A full region counts as saturated."""
    n, _, m = count_waters(model, state, region)
    if m < 0:
        state.counts[SATURATED] += 1
        return False
    log_z = model.region[region, LOG_ACTIVITY]
    return insert_trial(region, (log_z, n, m), model, state, work, rng)[1]


@section
def delete_water(region, model, state, work, rng):
    """One trial deletion; returns whether it was accepted."""
    n, total, _ = count_waters(model, state, region)
    if n == 0 or total <= model.region[region, MINIMUM]:
        return False
    return delete_trial(region, (model.region[region, LOG_ACTIVITY], n), model, state, work, rng)[1]


@section
def jump_water(source, model, state, work, rng):
    """Take a water out of region ``source`` and place it in a region drawn uniformly."""
    target = int(rng.random() * model.region.shape[0])
    n, _, _ = count_waters(model, state, source)
    if n == 0:
        return False
    m = pick_water(model, state, source, int(rng.random() * n))
    arriving, new = n - 1, m
    if target != source:
        arriving, _, new = count_waters(model, state, target)
        if new < 0:
            state.counts[SATURATED] += 1
            return False
    take_out(state, m, model.n_sites[m])
    log_old = retrace(model, state, work, source, m, rng)
    j, log_new = grow(model, state, work, target, new, rng)
    log_old += model.region[source, LOG_VOLUME] - math.log(n)
    log_new += model.region[target, LOG_VOLUME] - math.log(arriving + 1.0)
    if j < 0 or not accept(log_old - log_new, rng):
        put_back(state, m, model.n_sites[m])
        return False
    if new != m:
        vanish(model, state, m)
    appear(model, state, work, new, j)
    return True


@kernel
def exchange_waters(model, state, window, work, rng, trials):
    """``trials`` trial insertions, deletions or jumps in regions drawn uniformly.

    A region with a reservoir tries insertions and deletions, half and half, one without jumps.
    Jumps beside insertions and deletions were measured and brought no more independent numbers of
    waters per CPU second.
    """
    regions = model.region.shape[0]
    for _ in range(trials):
        region = int(rng.random() * regions)
        cls = model.cls[int(model.region[region, FIRST])]
        if np.isnan(model.region[region, LOG_ACTIVITY]):
            kind = JUMP
            moved = jump_water(region, model, state, work, rng)
        elif rng.random() < 0.5:
            kind = DELETE
            moved = delete_water(region, model, state, work, rng)
        else:
            kind = INSERT
            moved = insert_water(region, model, state, work, rng)
        window.tried[kind, cls] += 1
        if moved:
            window.accepted[kind, cls] += 1
