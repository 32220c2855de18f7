"""A droplet between N and N + 1 waters: insertion and deletion by turns, every trial recorded.

With N waters there only an insertion is tried, with N + 1 only a deletion: the proposals of both
ways are certain, so the rules of :mod:`selectivity.engine.water` stand. The logarithm of every
trial's acceptance ratio is kept, whether it was accepted or not, for an estimate of Q(N+1)/Q(N)
that uses more than the visits.
"""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine.arrays import LOG_VOLUME, MINIMUM
from selectivity.engine.flags import inline, kernel
from selectivity.engine.growth import appear, grow, put_back, retrace, take_out, vanish
from selectivity.engine.metropolis import accept
from selectivity.engine.places import count_waters, pick_water


@inline
def insert_trial(model, state, work, rng, log_z, n, m):
    """Trial insertion as water ``m``, ``n`` in the region before it: ln of z V W/(n + 1)."""
    j, log_w = grow(model, state, work, 0, m, rng)
    if j < 0:
        return -np.inf
    log_ratio = log_z + model.region[0, LOG_VOLUME] + log_w - math.log(n + 1.0)
    if accept(-log_ratio, rng):
        appear(model, state, work, m, j)
    return log_ratio


@inline
def delete_trial(model, state, work, rng, log_z, n):
    """Trial deletion of one of ``n`` waters of the region: ln of z V W/n, +inf where n is 0."""
    if n == 0:
        return np.inf
    m = pick_water(model, state, 0, int(rng.random() * n))
    take_out(state, m, model.n_sites[m])
    log_w = retrace(model, state, work, 0, m, rng)
    log_ratio = log_z + model.region[0, LOG_VOLUME] + log_w - math.log(n)
    if accept(log_ratio, rng):
        vanish(model, state, m)
    else:
        put_back(state, m, model.n_sites[m])
    return log_ratio


@kernel
def toggle_water(model, state, work, rng, log_z, log_ratio, upper):
    """One trial for every element of ``log_ratio``, in the first region at the activity exp(log_z).

    Parameters
    ----------
    log_ratio : ndarray
        Filled with ln[z V W/(n + 1)] of a trial insertion (n waters in the region before it) or
        ln[z V W/n] of a trial deletion; the reverse move has the negative logarithm.
    upper : ndarray of bool
        Filled with whether the trial started from N + 1 waters.
    """
    for i in range(log_ratio.shape[0]):
        n, total, empty = count_waters(model, state, 0)
        upper[i] = total > model.region[0, MINIMUM]
        if upper[i]:
            log_ratio[i] = delete_trial(model, state, work, rng, log_z, n)
        else:
            log_ratio[i] = insert_trial(model, state, work, rng, log_z, n, empty)
