"""A droplet between N and N + 1 waters: insertion and deletion by turns, every trial recorded.

With N waters there only an insertion is tried, with N + 1 only a deletion: the proposals of both
ways are certain, so the rules of :mod:`selectivity.engine.water` stand. The logarithm of every
trial's acceptance ratio is kept, whether it was accepted or not, for an estimate of Q(N+1)/Q(N)
that uses more than the visits.
"""

from __future__ import annotations

import numpy as np

from selectivity.engine.arrays import MINIMUM
from selectivity.engine.flags import kernel
from selectivity.engine.places import count_waters
from selectivity.engine.water import delete_trial, insert_trial


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
            log_ratio[i] = np.inf  # where none of the waters is in the region
            if n > 0:
                log_ratio[i] = delete_trial(0, (log_z, n), model, state, work, rng)[0]
        else:
            log_ratio[i] = insert_trial(0, (log_z, n, empty), model, state, work, rng)[0]
