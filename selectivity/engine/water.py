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

A water that is not there stands at ``system.topology.ABSENT``, where its energies vanish.
"""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine.arrays import (
    CONFINED,
    DELETE,
    END,
    FIRST,
    IN_FILE,
    INSERT,
    JUMP,
    LOG_ACTIVITY,
    LOG_VOLUME,
    MINIMUM,
    RADIUS,
    SATURATED,
    Z_LOWER,
    Z_UPPER,
)
from selectivity.engine.delta import molecule_row, row_sum, site_lj, store_row
from selectivity.engine.flags import REFUSED, inline, kernel
from selectivity.engine.metropolis import accept
from selectivity.engine.onebody import one_body, wall_energy
from selectivity.system.topology import ABSENT

PLACES = 32  # k of step 1
TURNS = 16  # l of step 2


@inline
def absent(state, m):
    """Whether molecule ``m`` is not there."""
    return state.r[m, 0, 0] > 0.5 * ABSENT


@inline
def stretch_open(model, state, z, moved, z_moved):
    """Whether a water may stand at ``z``, with member ``moved`` of the file at ``z_moved``."""
    stretch = 0
    for f in range(model.file_order.shape[0]):
        m = model.file_order[f]
        height = z_moved if m == moved else state.r[m, model.main[m], 2]
        if height < z:
            stretch += 1
    return model.open_stretch[stretch] != 0


@inline
def inside(model, region, x, y, z):
    """Whether a point lies in the region's cylinder."""
    p = model.region[region]
    return p[Z_LOWER] <= z <= p[Z_UPPER] and x * x + y * y <= p[RADIUS] * p[RADIUS]


@inline
def may_stand(model, state, region, x, y, z):
    """Whether a water of ``region`` may stand at a point of its cylinder."""
    if not inside(model, region, x, y, z):
        return False
    return model.region[region, IN_FILE] == 0.0 or stretch_open(model, state, z, -1, 0.0)


@inline
def leaves(model, state, m, x, y, z):
    """Whether water ``m`` would leave the region that confines it."""
    region = model.region_of[m]
    if region < 0 or model.region[region, CONFINED] == 0.0:
        return False
    return not may_stand(model, state, region, x, y, z)


@inline
def crowds(model, state, m, z):
    """Whether file member ``m`` at ``z`` would leave a water of the file in a closed stretch."""
    if model.region.shape[0] == 0 or model.region[0, IN_FILE] == 0.0:
        return False
    for w in range(int(model.region[0, FIRST]), int(model.region[0, END])):
        if not absent(state, w) and not stretch_open(
            model, state, state.r[w, model.main[w], 2], m, z
        ):
            return True
    return False


@inline
def count_waters(model, state, region):
    """Waters of a region inside its cylinder, all of them, and its first empty place or −1."""
    n, total, empty = 0, 0, -1
    for m in range(int(model.region[region, FIRST]), int(model.region[region, END])):
        if absent(state, m):
            if empty < 0:
                empty = m
            continue
        total += 1
        s = model.main[m]
        if inside(model, region, state.r[m, s, 0], state.r[m, s, 1], state.r[m, s, 2]):
            n += 1
    return n, total, empty


@inline
def pick_water(model, state, region, i):
    """Water number ``i`` of those inside the region's cylinder."""
    for m in range(int(model.region[region, FIRST]), int(model.region[region, END])):
        if absent(state, m):
            continue
        s = model.main[m]
        if inside(model, region, state.r[m, s, 0], state.r[m, s, 1], state.r[m, s, 2]):
            if i == 0:
                return m
            i -= 1
    return -1


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


@inline
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


@inline
def insert_water(region, model, state, work, rng):
    """One trial insertion; returns whether it was accepted. A full region counts as saturated."""
    n, _, m = count_waters(model, state, region)
    if m < 0:
        state.counts[SATURATED] += 1
        return False
    j, log_w = grow(model, state, work, region, m, rng)
    if j < 0:
        return False
    log_zv = model.region[region, LOG_ACTIVITY] + model.region[region, LOG_VOLUME]
    if not accept(math.log(n + 1.0) - log_zv - log_w, rng):
        return False
    appear(model, state, work, m, j)
    return True


@inline
def delete_water(region, model, state, work, rng):
    """One trial deletion; returns whether it was accepted."""
    n, total, _ = count_waters(model, state, region)
    if n == 0 or total <= model.region[region, MINIMUM]:
        return False
    m = pick_water(model, state, region, int(rng.random() * n))
    take_out(state, m, model.n_sites[m])
    log_w = retrace(model, state, work, region, m, rng)
    log_zv = model.region[region, LOG_ACTIVITY] + model.region[region, LOG_VOLUME]
    if not accept(log_zv + log_w - math.log(n), rng):
        put_back(state, m, model.n_sites[m])
        return False
    vanish(model, state, m)
    return True


@inline
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

    A region with a reservoir tries insertions and deletions, half and half, and jumps as often as
    either; one without tries jumps only.
    """
    regions = model.region.shape[0]
    for _ in range(trials):
        region = int(rng.random() * regions)
        cls = model.cls[int(model.region[region, FIRST])]
        which = int(3.0 * rng.random())
        if np.isnan(model.region[region, LOG_ACTIVITY]) or which == 2:
            kind = JUMP
            moved = jump_water(region, model, state, work, rng)
        elif which == 1:
            kind = DELETE
            moved = delete_water(region, model, state, work, rng)
        else:
            kind = INSERT
            moved = insert_water(region, model, state, work, rng)
        window.tried[kind, cls] += 1
        if moved:
            window.accepted[kind, cls] += 1
