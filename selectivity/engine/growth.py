"""Growing a water at a trial place, and taking one away: the two steps of configurational bias.

The rule and its notation stand in :mod:`selectivity.engine.water`.
"""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine.arrays import RADIUS, Z_LOWER, Z_UPPER
from selectivity.engine.delta import molecule_row, row_sum, site_lj, store_row
from selectivity.engine.flags import REFUSED, inline, kernel, section
from selectivity.engine.onebody import one_body, wall_energy
from selectivity.engine.places import may_stand
from selectivity.system.topology import ABSENT

PLACES = 32  # k of step 1
TURNS = 16  # l of step 2


@inline
def draw_place(model, region, spot, rng):
    """A point uniform in the region's cylinder."""
    p = model.region[region]
    rho, phi = p[RADIUS] * math.sqrt(rng.random()), 2.0 * math.pi * rng.random()
    spot[0], spot[1] = rho * math.cos(phi), rho * math.sin(phi)
    spot[2] = p[Z_LOWER] + (p[Z_UPPER] - p[Z_LOWER]) * rng.random()


@inline
def draw_turn(model, n, spot, sites, rng):
    """The water's sites with its main site at ``spot``, in an orientation uniform over all.

    A unit quaternion from three uniform numbers (Shoemake 1992, in Graphics Gems III).
    """
    u, a, b = rng.random(), 2.0 * math.pi * rng.random(), 2.0 * math.pi * rng.random()
    s, c = math.sqrt(1.0 - u), math.sqrt(u)
    x, y, z, w = s * math.sin(a), s * math.cos(a), c * math.sin(b), c * math.cos(b)
    for i in range(n):
        tx, ty, tz = model.template[i, 0], model.template[i, 1], model.template[i, 2]
        ux, uy, uz = y * tz - z * ty + w * tx, z * tx - x * tz + w * ty, x * ty - y * tx + w * tz
        sites[i, 0] = spot[0] + tx + 2.0 * (y * uz - z * uy)
        sites[i, 1] = spot[1] + ty + 2.0 * (z * ux - x * uz)
        sites[i, 2] = spot[2] + tz + 2.0 * (x * uy - y * ux)


@inline
def log_mean(log_w, n):
    """ln of the mean of exp(log_w) over its first ``n`` elements."""
    top = -np.inf
    for i in range(n):
        top = max(top, log_w[i])
    if top == -np.inf:
        return top
    total = 0.0
    for i in range(n):
        total += math.exp(log_w[i] - top)
    return top + math.log(total / n)


@inline
def pick(log_w, n, log_average, rng):
    """Index drawn with the weights exp(log_w), whose mean has the logarithm ``log_average``."""
    u = rng.random() * n
    last = 0
    for i in range(n):
        if log_w[i] == -np.inf:
            continue
        last = i
        u -= math.exp(log_w[i] - log_average)
        if u < 0.0:
            return i
    return last


@inline
def weight_of(energy, beta):
    """−β energy; −inf for a place inside the guard and for what is not a number."""
    return -beta * energy if energy < 0.5 * REFUSED else -np.inf


@inline
def spot_weight(model, state, work, region, m, spot):
    """ln b of a place: Lennard-Jones energy of the main site and the wall."""
    x, y, z = spot[0], spot[1], spot[2]
    if not may_stand(model, state, region, x, y, z):
        return -np.inf
    t = model.site_type[m, model.main[m]]
    place = work.sites[0]
    place[0], place[1], place[2] = x, y, z
    energy = np.float64(
        site_lj(place, t, model.n_slot, state.site, state.lj, (model.has_lj, model.constants))
    )
    return weight_of(energy + wall_energy(model.wall_kind[m], model.wall[m], x, y, z), model.beta)


@kernel
def weigh_places(model, state, work, region, m):
    """Weights ln b of all trial places of molecule ``m`` into ``work.log_w``; ln of their mean."""
    k = work.spots.shape[0]
    for i in range(k):
        work.log_w[i] = spot_weight(model, state, work, region, m, work.spots[i])
    return log_mean(work.log_w, k)


@kernel
def weigh_turns(model, state, work, m, log_b):
    """Weights of all trial orientations of ``m`` into ``work.log_w``; ln of their mean.

    ``work.rows`` gets their pair energies, ``log_b`` is the weight of their place.
    """
    turns, s = work.turns.shape[0], model.main[m]
    for j in range(turns):
        sites = work.turns[j]
        molecule_row(work.rows[j], m, sites, model, state, work)
        energy = row_sum(work.rows[j], model.n_sites.shape[0])
        x, y, z = sites[s, 0], sites[s, 1], sites[s, 2]
        energy += wall_energy(model.wall_kind[m], model.wall[m], x, y, z)
        work.log_w[j] = weight_of(energy, model.beta) - log_b
    return log_mean(work.log_w, turns)


@kernel
def grow(model, state, work, region, m, rng):
    """Find a place for water ``m``: number of its orientation and ln W; (−1, −inf) for none."""
    places, turns = work.spots.shape[0], work.turns.shape[0]
    for i in range(places):
        draw_place(model, region, work.spots[i], rng)
    log_places = weigh_places(model, state, work, region, m)
    if log_places == -np.inf:
        return -1, log_places
    i = pick(work.log_w, places, log_places, rng)
    log_b = work.log_w[i]
    for j in range(turns):
        draw_turn(model, model.n_sites[m], work.spots[i], work.turns[j], rng)
    log_turns = weigh_turns(model, state, work, m, log_b)
    if log_turns == -np.inf:
        return -1, log_turns
    return pick(work.log_w, turns, log_turns, rng), log_places + log_turns


@kernel
def retrace(model, state, work, region, m, rng):
    """ln W of water ``m`` where it stands; its sites must have been taken out before."""
    s = model.main[m]
    for k in range(3):
        work.spots[0, k] = state.r[m, s, k]
        for a in range(model.n_sites[m]):
            work.turns[0, a, k] = state.r[m, a, k]
    for i in range(1, work.spots.shape[0]):
        draw_place(model, region, work.spots[i], rng)
    log_places = weigh_places(model, state, work, region, m)
    log_b = work.log_w[0]
    for j in range(1, work.turns.shape[0]):
        draw_turn(model, model.n_sites[m], work.spots[0], work.turns[j], rng)
    return log_places + weigh_turns(model, state, work, m, log_b)


@inline
def take_out(state, m, n):
    """Remove the sites of molecule ``m`` from the rows that pair sums run over."""
    mp = state.pair.shape[0]
    for a in range(n):
        for k in range(3):
            state.site[k, a * mp + m] = ABSENT * (m + 1)


@inline
def put_back(state, m, n):
    """Undo :func:`take_out`."""
    mp = state.pair.shape[0]
    for a in range(n):
        for k in range(3):
            state.site[k, a * mp + m] = state.r[m, a, k]


@section
def vanish(model, state, m):
    """Make molecule ``m`` absent, its energies with it."""
    take_out(state, m, model.n_sites[m])
    for a in range(state.r.shape[1]):
        for k in range(3):
            state.r[m, a, k] = ABSENT * (m + 1)
    for n in range(state.pair.shape[0]):
        state.pair[m, n] = model.constants[3]
        state.pair[n, m] = model.constants[3]
    state.one[m] = 0.0


@inline
def appear(model, state, work, m, j):
    """Place molecule ``m`` in trial orientation ``j``."""
    for a in range(model.n_sites[m]):
        for k in range(3):
            state.r[m, a, k] = work.turns[j, a, k]
    put_back(state, m, model.n_sites[m])
    store_row(state, m, work.rows[j])
    state.one[m] = one_body(model, m, state.r[m])
