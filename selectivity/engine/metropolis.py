"""The one acceptance rule, used by every move and every exchange."""

from __future__ import annotations

import math

from selectivity.engine.flags import inline


@inline
def accept(delta, rng):
    """Metropolis rule: accept with probability min(1, exp(−delta)).

    Parameters
    ----------
    delta : float
        Change of the reduced potential, β ΔU (no unit); NaN and +inf are refused.
    rng : numpy.random.Generator
        A number is drawn only where the move goes uphill.

    Notes
    -----
    Metropolis et al. 1953, J. Chem. Phys. 21:1087. Proposals are symmetric throughout, so no
    other factor enters.
    """
    if delta <= 0.0:
        return True
    if not (delta < 700.0):
        return False
    return rng.random() < math.exp(-delta)
