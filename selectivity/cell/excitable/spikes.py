"""Finding spikes in a voltage trace, and measuring them.

Between two samples V is the cubic that has V and dV/dt of both, so that times and heights are far
better than the sampling; at an edge of the stimulus, where dV/dt jumps, the cubic is cut.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from selectivity.cell.excitable.rates import Array

LEVEL_V = 0.0
"""A spike is an excursion of V above this potential, unless another is asked for."""


@dataclass(frozen=True)
class Spike:
    """One excursion above the level.

    ``time_ms`` of the upward crossing of the level, ``peak_ms`` and ``peak_mV``;
    ``half_height_mV`` midway between the base (V at the start) and the peak, ``width_ms`` between
    its crossings around the peak (nan where one lies outside the trace); ``rise_V_s`` the
    steepest rise at a sample around the peak, which may be the stimulus' own; ``trough_mV`` the
    lowest V until the next spike or the end.
    """

    time_ms: float
    peak_ms: float
    peak_mV: float
    half_height_mV: float
    width_ms: float
    rise_V_s: float
    trough_mV: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def crossings(t: Array, v: Array, slope: Array, level: float) -> list[tuple[float, bool]]:
    """Times at which V crosses ``level``, with True where it goes up.

    Parameters
    ----------
    t, v, slope : array, shape (n,)
        Times (any unit), V, and dV/dt in the units of both.
    level : float
        In the unit of V.
    """
    at = v - level
    found = []
    for i in np.flatnonzero((at[:-1] < 0.0) != (at[1:] < 0.0)):
        up = bool(at[i] < 0.0)
        if t[i + 1] <= t[i]:  # a shock carries V over the level
            found.append((float(t[i]), up))
            continue
        x = _root(at[i], at[i + 1], *(slope[i : i + 2] * (t[i + 1] - t[i])))
        found.append((float(t[i] + x * (t[i + 1] - t[i])), up))
    return found


def peaks(t: Array, v: Array, slope: Array, edges: bool = False) -> list[tuple[float, float]]:
    """Times and values of the maxima of V; with ``edges`` those at which the stimulus jumps, too.

    A maximum at an edge is what the stimulus pushed up, not what the membrane did.
    """
    found = []
    for i in np.flatnonzero((slope[:-1] > 0.0) & (slope[1:] <= 0.0)):
        h = t[i + 1] - t[i]
        if h <= 0.0:
            if edges:
                found.append((float(t[i]), float(max(v[i], v[i + 1]))))
            continue
        x = _summit(v[i], v[i + 1], slope[i] * h, slope[i + 1] * h)
        value = _cubic(v[i], v[i + 1], slope[i] * h, slope[i + 1] * h, x)
        found.append((float(t[i] + x * h), float(value)))
    return found


def find_spikes(
    t_s: Array, v_V: Array, slope_V_s: Array, level_V: float = LEVEL_V
) -> tuple[Spike, ...]:
    """Spikes of a trace: excursions above ``level_V`` with a maximum of the membrane's own.

    Where V falls as soon as the stimulus ends, the stimulus alone pushed it up: no spike.

    Parameters
    ----------
    t_s, v_V, slope_V_s : array, shape (n,)
        Times, potentials and dV/dt; a time stands twice at an edge of the stimulus.
    level_V : float
    """
    tops = peaks(t_s, v_V, slope_V_s)
    level = crossings(t_s, v_V, slope_V_s, level_V)
    ups = [time for time, up in level if up]
    if v_V[0] >= level_V:
        ups.insert(0, float(t_s[0]))
    found = []
    for up, after in zip(ups, [*ups[1:], math.inf][: len(ups)], strict=True):
        down = next((time for time, rising in level if not rising and time > up), float(t_s[-1]))
        inside = [top for top in tops if up <= top[0] <= down and top[1] > level_V]
        if inside:
            found.append(_spike(t_s, v_V, slope_V_s, (up, after), max(inside, key=lambda x: x[1])))
    return tuple(found)


def _spike(
    t: Array, v: Array, slope: Array, between: tuple[float, float], top: tuple[float, float]
) -> Spike:
    half = 0.5 * (float(v[0]) + top[1])
    at_half = crossings(t, v, slope, half)
    before = max((x for x, up in at_half if up and x <= top[0]), default=math.nan)
    after = min((x for x, up in at_half if not up and x >= top[0]), default=math.nan)
    rising = (t <= top[0]) & (t >= (before if math.isfinite(before) else between[0]))
    later = (t >= top[0]) & (t < between[1])
    return Spike(
        time_ms=1e3 * between[0],
        peak_ms=1e3 * top[0],
        peak_mV=1e3 * top[1],
        half_height_mV=1e3 * half,
        width_ms=1e3 * (after - before),
        rise_V_s=float(slope[rising].max()) if rising.any() else math.nan,
        trough_mV=1e3 * float(v[later].min()) if later.any() else math.nan,
    )


def _cubic(a: float, b: float, da: float, db: float, x: float) -> float:
    """Hermite's cubic between a and b with the slopes da and db per unit of x in [0, 1]."""
    y = 1.0 - x
    return a * y * y * (1 + 2 * x) + b * x * x * (3 - 2 * x) + da * x * y * y - db * x * x * y


def _root(a: float, b: float, da: float, db: float) -> float:
    """Zero of the cubic in [0, 1], a and b of opposite signs; bisection to the last digit."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if (_cubic(a, b, da, db, middle) < 0.0) == (a < 0.0):
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _summit(a: float, b: float, da: float, db: float) -> float:
    """Where the cubic's slope falls through zero in [0, 1], da > 0 ≥ db."""
    second, first = 3.0 * (2 * a - 2 * b + da + db), 2.0 * (3 * b - 3 * a - 2 * da - db)
    root = math.sqrt(max(0.0, first * first - 4.0 * second * da))
    # da > 0 ≥ db: the root in [0, 1] in the form that loses no digit
    x = -2.0 * da / (first - root) if first <= 0.0 else (-first - root) / (2.0 * second)
    return min(1.0, max(0.0, x))
