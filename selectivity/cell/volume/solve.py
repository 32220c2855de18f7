"""The pump rate at which a pump-leak cell rests, or why there is none.

Composition and potential follow from the cycle current q in closed form (:mod:`.steady`); the rate
law gives q from them. With a law that reads sodium the two meet where ln[law(q)/q] = 0. Where
sodium falls with q this falls as well and has one root. Strongly charged impermeants or cotransport
may let sodium rise with q for a while; the division by q outweighed that in every cell that was
tried, and should it not, the bracket holds every change of sign and the fastest rate is taken.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from selectivity.cell.volume.cell import VolumeCell
from selectivity.cell.volume.steady import (
    Composition,
    composition,
    fastest,
    pump_current,
    slowest_growth,
)

_SPAN, _POINTS = 14.0, 281
_EDGE = 1e-9
SLOW = (
    "the pump is too slow: without impermeants in the bath nothing holds back the water that those "
    "inside draw, the volume grows without bound"
)
STILL = (
    "the pump stands still and the bath holds no impermeants: permeant ions balance, those "
    "inside draw water, the volume grows without bound"
)
FAST = (
    "the pump is too fast: the potassium and chloride that its current draws in outweigh the "
    "sodium it removes, so that the ions alone exceed the osmolarity of the bath and the volume "
    "grows without bound"
)


class Working(NamedTuple):
    """Cycle current (A/m²) with its composition; or the reason for which there is none."""

    q_A_m2: float
    state: Composition
    reason: str = ""


def working_point(cell: VolumeCell) -> Working:
    """Where the cell rests (module docstring)."""
    if cell.pump.kind == "constant":
        q = float(pump_current(cell, composition(cell, 0.0)))
        return _told(cell, q)
    still = composition(cell, 0.0)
    limit = fastest(cell)
    if limit == 0.0:
        return Working(math.nan, composition(cell, math.nan), FAST)
    first = still if math.isfinite(still.v_V) else composition(cell, _first(cell, limit))
    slow = float(pump_current(cell, first))
    if not slow > 0.0:
        return _told(cell, 0.0)
    return _meeting(cell, slow, limit)


def _first(cell: VolumeCell, limit: float) -> float:
    """A cycle current that is small but has a composition where rest at q = 0 has none."""
    return _EDGE * min(limit, cell.rt_over_f_V * min(cell.g_na_S_m2, cell.g_k_S_m2))


def _meeting(cell: VolumeCell, slow: float, limit: float) -> Working:
    """The root of ln(law/q), bracketed on a logarithmic grid below ``limit``."""
    high = limit * (1.0 - _EDGE) if math.isfinite(limit) else _beyond(cell, slow)
    low = min(_EDGE * slow, math.exp(-_SPAN) * high)
    grid = np.linspace(math.log(low), math.log(high), _POINTS)
    with np.errstate(divide="ignore"):
        law = np.log(pump_current(cell, composition(cell, np.exp(grid))))
    excess = law - grid
    falls = np.flatnonzero((excess[:-1] >= 0.0) & (excess[1:] < 0.0))
    if falls.size == 0:
        return Working(math.nan, composition(cell, math.nan), FAST)
    from scipy.optimize import brentq

    def gap(t: float) -> float:
        return math.log(float(pump_current(cell, composition(cell, math.exp(t))))) - t

    at = falls[-1]
    root = brentq(gap, grid[at], grid[at + 1], xtol=1e-15, rtol=1e-15)
    return _told(cell, math.exp(float(root)))


def _beyond(cell: VolumeCell, slow: float) -> float:
    """A cycle current above what the law gives there."""
    high = slow
    while float(pump_current(cell, composition(cell, high))) >= high:
        high *= 4.0
    return high


def _told(cell: VolumeCell, q: float) -> Working:
    state = composition(cell, q)
    if math.isfinite(state.v_V) and state.x_mM > 0.0:
        return Working(q, state)
    reason = STILL if q == 0.0 else SLOW if q < slowest_growth(cell) else FAST
    return Working(q, composition(cell, math.nan), reason)
