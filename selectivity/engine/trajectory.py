"""Hybrid Monte Carlo of all molecules at once: a short trajectory, accepted by the one rule.

A molecule has the place x of its main site and an orientation R about it, with momenta p and ℓ
drawn from a normal distribution of unit width in units in which a time step moves it by s·p (Å)
and turns it by s'·ℓ (rad):

    H = βU(x, R) + ½p² + ½ℓ²,   leapfrog: p += ½ β s F, ℓ += ½ β s' τ;  x += s p, R ← C(s' ℓ) R.

Any s and s' do; they belong to a class of molecules and are its thermal amplitudes against the
mean square of its forces, s = ε RT/√⟨F²⟩ and s' = ε RT/√⟨τ²⟩ per component, so that all classes
move at one frequency. The inertia is isotropic, so a free molecule turns at constant ℓ; C is the
Cayley map, a turn by 2 atan(½|ω|) about ω. Each part preserves volume (dx times the uniform
measure of orientations) and is undone by reversed momenta, so that with new momenta every time and
acceptance min(1, exp(−ΔH)) detailed balance holds at any step. The number of steps and a factor on
ε are drawn anew every time, independently of the configuration.

Sources: Duane, Kennedy, Pendleton & Roweth 1987, Phys. Lett. B 195:216; Neal 2011, Handbook of
Markov Chain Monte Carlo, ch. 5. A file that would change its order, or a water that would leave its
region, is refused like an infinite energy.
"""

from __future__ import annotations

from selectivity.engine.arrays import DEPARTURES, GUARDED, SPIN, THRUST
from selectivity.engine.delta import molecule_pairs, row_difference
from selectivity.engine.flags import LANES, REFUSED, inline, kernel, section
from selectivity.engine.forces import forces, gather, lay
from selectivity.engine.metropolis import accept
from selectivity.engine.onebody import one_body, umbrella_energy
from selectivity.engine.places import absent, departs, leaves

JITTER = 0.1  # share by which the step varies from trajectory to trajectory


@section
def trajectory(model, state, window, work, rng):
    """One trajectory of 1 to 2n − 1 steps, n on average; returns whether it was accepted."""
    scale = 1.0 + JITTER * (2.0 * rng.random() - 1.0)
    steps = 1 + int(rng.random() * (2 * window.trajectory[1] - 1))
    kinetic = _begin(model, state, work, rng)
    if not integrate(model, state, window, work, scale, steps):
        _restore(model, state, work)
        return False
    delta = _kinetic(model, state, work) - kinetic
    if _keeps_order(model, state):
        delta += model.beta * _energy_change(model, state, window, work)
        if accept(delta, rng):
            _take(model, state, work)
            return True
    else:
        state.counts[DEPARTURES] += 1
    _restore(model, state, work)
    return False


@section
def integrate(model, state, window, work, scale, steps):
    """Leapfrog from ``state.r`` and ``work.momentum``, both changed in place; caches are not.

    Returns false where a molecule was thrown to where absent ones stand. Such a trajectory is
    refused, and so would be its reverse, which comes by the same place.
    """
    gather(model, state, work)
    forces(model, state, window.umbrella, work)
    _kick(model, state, window.step, work, 0.5 * scale)
    for i in range(steps):
        if not _drift(model, state, window.step, work, scale):
            return False
        forces(model, state, window.umbrella, work)
        _kick(model, state, window.step, work, scale if i < steps - 1 else 0.5 * scale)
    return True


@section
def _begin(model, state, work, rng):
    """Keep the coordinates, draw momenta; their kinetic energy in RT."""
    total = 0.0
    for m in range(model.n_sites.shape[0]):
        for a in range(model.n_sites[m]):
            for k in range(3):
                work.before[m, a, k] = state.r[m, a, k]
        for part in range(2):
            for k in range(3):
                work.momentum[m, part, k] = rng.standard_normal()
                if not absent(state, m):
                    total += 0.5 * work.momentum[m, part, k] ** 2
    return total


@section
def _kinetic(model, state, work):
    total = 0.0
    for m in range(model.n_sites.shape[0]):
        if not absent(state, m):
            for part in range(2):
                for k in range(3):
                    total += 0.5 * work.momentum[m, part, k] ** 2
    return total


@section
def _kick(model, state, step, work, share):
    free, momentum, force, beta = model.free, work.momentum, work.force, model.beta
    for m in range(model.n_sites.shape[0]):
        if absent(state, m):
            continue
        cls = model.cls[m]
        thrust, spin = share * beta * step[THRUST, cls], share * beta * step[SPIN, cls]
        for k in range(3):
            momentum[m, 0, k] += thrust * free[m, k] * force[m, 0, k]
            momentum[m, 1, k] += spin * free[m, 3] * force[m, 1, k]


@section
def _drift(model, state, step, work, share):
    """Move and turn every molecule; false where one was thrown to where absent ones stand."""
    for m in range(model.n_sites.shape[0]):
        if absent(state, m):
            continue
        cls, main = model.cls[m], model.main[m]
        p, turn, r = work.momentum[m, 0], work.momentum[m, 1], state.r
        if model.free[m, 3] > 0.0:
            s = 0.5 * share * step[SPIN, cls]
            _cayley(r[m], model.n_sites[m], main, (s * turn[0], s * turn[1], s * turn[2]))
        for k in range(3):
            shift = share * model.free[m, k] * step[THRUST, cls] * p[k]
            for a in range(model.n_sites[m]):
                r[m, a, k] += shift
        if absent(state, m):
            return False
        lay(model, state, work, m)
    return True


@inline
def _cayley(r, n, main, g):
    """Turn ``n`` sites about site ``main`` by 2 atan|g| about g: x + 2/(1 + g²) [g×x + g×(g×x)]."""
    gx, gy, gz = g
    c = 2.0 / (1.0 + gx * gx + gy * gy + gz * gz)
    for a in range(n):
        if a == main:
            continue
        x, y, z = r[a, 0] - r[main, 0], r[a, 1] - r[main, 1], r[a, 2] - r[main, 2]
        ux, uy, uz = gy * z - gz * y, gz * x - gx * z, gx * y - gy * x
        r[a, 0] += c * (ux + gy * uz - gz * uy)
        r[a, 1] += c * (uy + gz * ux - gx * uz)
        r[a, 2] += c * (uz + gx * uy - gy * ux)


@section
def _keeps_order(model, state):
    """Whether the file has its order and its limits, and confined waters are where they may be."""
    for f in range(model.file_order.shape[0]):
        m = model.file_order[f]
        if departs(model, state.r, f, state.r[m, model.main[m], 2]):
            return False
    for m in range(model.n_sites.shape[0]):
        if model.region_of[m] >= 0 and not absent(state, m):
            s = model.main[m]
            if leaves(model, state, m, state.r[m, s, 0], state.r[m, s, 1], state.r[m, s, 2]):
                return False
    return True


@section
def _energy_change(model, state, window, work):
    """U(after) − U(before), kJ/mol; pair energies and one-body energies go to ``work``."""
    n_mol, mp = model.n_sites.shape[0], state.pair.shape[0]
    r, site = state.r, state.site
    for m in range(n_mol):
        if not absent(state, m):
            for a in range(model.n_sites[m]):
                for k in range(3):
                    site[k, a * mp + m] = r[m, a, k]
    total = 0.0
    for m in range(n_mol):
        if absent(state, m):
            continue
        _half_row(model, state, work, m)
        total += row_difference(work.pair[m], state.pair[m], m)
        work.one[m] = one_body(model, m, state.r[m])
        total += work.one[m] - state.one[m]
    if total > 0.5 * REFUSED:
        state.counts[GUARDED] += 1
    total += umbrella_energy(window.umbrella, state.r[model.x, 0, 2])
    return total - umbrella_energy(window.umbrella, work.before[model.x, 0, 2])


@section
def _half_row(model, state, work, m):
    """Pair energies of molecule ``m`` with those before it, into ``work.pair``."""
    for s in range(model.n_slot.shape[0]):
        work.half[s] = min(model.n_slot[s], (m + LANES - 1) // LANES * LANES)
    molecule_pairs(work.pair[m], m, state.r[m], model, state, work, work.half)


@section
def _take(model, state, work):
    """The trial's pair and one-body energies become those of the state."""
    pair, trial = state.pair, work.pair
    for m in range(model.n_sites.shape[0]):
        if absent(state, m):
            continue
        state.one[m] = work.one[m]
        for n in range(m):
            if not absent(state, n):
                pair[m, n] = trial[m, n]
                pair[n, m] = trial[m, n]


@section
def _restore(model, state, work):
    """Back to the coordinates before the trajectory."""
    mp, r, site, before = state.pair.shape[0], state.r, state.site, work.before
    for m in range(model.n_sites.shape[0]):
        for a in range(model.n_sites[m]):
            for k in range(3):
                r[m, a, k] = before[m, a, k]
        if not absent(state, m):
            for a in range(model.n_sites[m]):
                for k in range(3):
                    site[k, a * mp + m] = r[m, a, k]


@kernel
def add_squares(model, state, window, work, squares):
    """Add squared components of forces and torques by class, and their number, to ``squares``.

    Shape (N_CLASSES, 2, 2): class; force or torque; sum or number.
    """
    gather(model, state, work)
    forces(model, state, window.umbrella, work)
    for m in range(model.n_sites.shape[0]):
        if absent(state, m):
            continue
        cls = model.cls[m]
        for k in range(3):
            for part in range(2):
                free = model.free[m, k] if part == 0 else model.free[m, 3]
                if free > 0.0:
                    squares[cls, part, 0] += work.force[m, part, k] ** 2
                    squares[cls, part, 1] += 1.0
