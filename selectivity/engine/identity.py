"""Identity of the sampled ion: energies of all identity states at once, and their resampling."""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine.delta import molecule_row, store_row
from selectivity.engine.flags import inline, section


@section
def ladder_energies(model, state, work):
    """U_λj of the sampled ion for every identity j, relative to j = 0, into ``work.u``.

    The Lennard-Jones energy is linear in the sums Σ r⁻¹² and Σ r⁻⁶ over the sites of each type,
    U_j = Σ_t A_jt S12_t − B_jt S6_t, so one pass over the sites serves all identities.
    """
    n_states, n_types = model.ladder.shape[0], model.ladder.shape[1]
    sums, r, site_type = work.sums, state.r, model.site_type
    sums[:] = 0.0
    x = model.x
    for m in range(model.n_sites.shape[0]):
        if m == x:
            continue
        for s in range(model.n_sites[m]):
            d2 = 0.0
            for k in range(3):
                d2 += (r[m, s, k] - r[x, 0, k]) ** 2
            i6 = 1.0 / (d2 * d2 * d2)
            t = site_type[m, s]
            sums[t, 0] += i6 * i6
            sums[t, 1] += i6
    for j in range(n_states):
        u = 0.0
        for t in range(n_types):
            u += (model.ladder[j, t, 0] - model.ladder[0, t, 0]) * work.sums[t, 0]
            u -= (model.ladder[j, t, 1] - model.ladder[0, t, 1]) * work.sums[t, 1]
        work.u[j] = u


@section
def set_identity(model, state, work, j):
    """Make the sampled ion identity ``j``: its Lennard-Jones rows and its cached pair energies."""
    if state.identity[0] == j:
        return
    state.identity[0] = j
    mp = state.pair.shape[0]
    for m in range(model.n_sites.shape[0]):
        for s in range(model.n_sites[m]):
            t = model.site_type[m, s]
            state.lj[model.x_type, 0, s * mp + m] = model.ladder[j, t, 0]
            state.lj[model.x_type, 1, s * mp + m] = model.ladder[j, t, 1]
    for t in range(model.ladder.shape[1]):
        state.lj[t, 0, model.x] = model.ladder[j, t, 0]
        state.lj[t, 1, model.x] = model.ladder[j, t, 1]
    row = work.rows[0]
    molecule_row(row, model.x, state.r[model.x], model, state, work)
    store_row(state, model.x, row)


@inline
def posterior(log_g, beta, u, p):
    """p(j | x) ∝ exp(log_g_j − βU_j), normalised, into ``p``; returns ln of the normaliser."""
    top = -np.inf
    for j in range(u.shape[0]):
        p[j] = log_g[j] - beta * u[j]
        top = max(top, p[j])
    total = 0.0
    for j in range(u.shape[0]):
        p[j] = math.exp(p[j] - top)
        total += p[j]
    for j in range(u.shape[0]):
        p[j] /= total
    return top + math.log(total)


@inline
def draw(p, rng):
    """Index drawn with the probabilities ``p`` (they sum to one)."""
    u = rng.random()
    for j in range(p.shape[0] - 1):
        u -= p[j]
        if u < 0.0:
            return j
    return p.shape[0] - 1


@section
def resample_identity(model, state, window, work, rng, gain):
    """Gibbs step in the identity, and one step of its weights where ``gain`` > 0.

    The identity is drawn from its exact conditional distribution p(j | x), which always satisfies
    detailed balance. With ``gain`` the weights move towards equal visits,
    log_g_j += gain (1/J − p_j) (self-adjusted mixture sampling with the conditional probability in
    place of the indicator: Tan 2017, J. Comput. Graph. Stat. 26:54); production runs with 0.

    ``work.u`` must hold the ladder energies.
    """
    n = model.ladder.shape[0]
    posterior(window.log_g, model.beta, work.u, work.p)
    j = draw(work.p, rng)
    if gain > 0.0:
        for i in range(n):
            window.log_g[i] += gain * (1.0 / n - work.p[i])
    set_identity(model, state, work, j)
