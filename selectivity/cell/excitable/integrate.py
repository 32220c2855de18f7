"""The space-clamped membrane in time: LSODA on scaled states, restarted at every edge.

The state is V (mV), m, h, n, and the charges that have left the cell as Na, K and leak since the
start (nC/cm² = 10 µC/m²), all of order one; time is in ms. The charges are integrated with the
rest, so that a sodium load is as exact as the potential.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, ion_currents, resting_potential
from selectivity.cell.excitable.rates import Array, scalar_rates, steady_gates
from selectivity.cell.excitable.stimulus import Stimulus
from selectivity.errors import SelectivityError

MILLI = 1e-3
A_M2 = 0.01  # per µA/cm²
C_M2 = 1e-5  # per nC/cm²
STEPS_AT_MOST = 200_000


@dataclass(frozen=True, eq=False)
class Solution:
    """States at times; at an edge of the stimulus the time stands twice, before and after.

    ``t_s`` shape (n,); ``y`` shape (n, 7) as in the module docstring; ``slope`` dV/dt (V/s);
    ``stimulus_A_m2`` on the side of the edge that the sample belongs to.
    """

    t_s: Array
    y: Array
    slope_V_s: Array
    stimulus_A_m2: Array


def resting_state(axon: SquidAxon, current_A_m2: float = 0.0) -> Array:
    """Steady state under a held current, charges at zero; shape (7,)."""
    volt = resting_potential(axon, current_A_m2)
    gates = [float(x) for x in steady_gates(volt / MILLI)]
    return np.array([volt / MILLI, *gates, 0.0, 0.0, 0.0])


def right_hand_side(
    axon: SquidAxon, current_A_m2: float, slope_A_m2_s: float, start_s: float
) -> Callable[[float, Array], list[float]]:
    """Rates (per ms) of the state under a current that goes along a straight line in time."""
    g_na, g_k, g_l = (x / 10.0 for x in (axon.g_na_S_m2, axon.g_k_S_m2, axon.g_leak_S_m2))
    e_na, e_k, e_l = (x / MILLI for x in (axon.e_na_V, axon.e_k_V, axon.e_leak_V))
    per_c, phi = 1.0 / (axon.capacitance_F_m2 / A_M2), axon.phi
    j0, j1, t0 = current_A_m2 / A_M2, slope_A_m2_s * MILLI / A_M2, start_s / MILLI

    def rates(t: float, y: Array) -> list[float]:
        v, m, h, n, *_ = y.tolist()
        am, bm, ah, bh, an, bn = scalar_rates(v)
        i_na = g_na * m * m * m * h * (v - e_na)
        i_k = g_k * n * n * n * n * (v - e_k)
        i_l = g_l * (v - e_l)
        return [
            (j0 + j1 * (t - t0) - i_na - i_k - i_l) * per_c,
            phi * (am * (1.0 - m) - bm * m),
            phi * (ah * (1.0 - h) - bh * h),
            phi * (an * (1.0 - n) - bn * n),
            i_na,
            i_k,
            i_l,
        ]

    return rates


def integrate(
    axon: SquidAxon,
    stimulus: Stimulus,
    duration_s: float,
    dt_s: float,
    tolerance: float,
    start: Array | None = None,
) -> Solution:
    """States from 0 to ``duration_s``, every ``dt_s`` and at every edge of ``stimulus``.

    Parameters
    ----------
    tolerance : float
        Relative and absolute tolerance of LSODA on the scaled states.
    start : array, shape (7,), optional
        Without it the steady state under the held current.

    Raises
    ------
    SelectivityError
        LSODA gives up; the message names the time.
    """
    y = resting_state(axon, stimulus.held_A_m2) if start is None else np.array(start, dtype=float)
    pieces: list[tuple[Array, Array, Array, Array]] = []
    edges = stimulus.edges(duration_s)
    y[0] += 1e3 * stimulus.charge_at(0.0) / axon.capacitance_F_m2
    for low, high in pairwise(edges):
        current, slope = stimulus.line(low, high)
        rates = right_hand_side(axon, current, slope, low)
        t = _times(low, high, dt_s)
        found = _solve(rates, y, t, tolerance)
        over = current + slope * (t - low)
        pieces.append((t, found, _slopes(axon, found, over), over))
        y = found[-1].copy()
        y[0] += 1e3 * stimulus.charge_at(high) / axon.capacitance_F_m2
    return Solution(*(np.concatenate(part) for part in zip(*pieces, strict=True)))


def _times(low: float, high: float, dt: float) -> Array:
    """Multiples of dt between two edges, and the edges."""
    first, last = int(np.floor(low / dt)) + 1, int(np.ceil(high / dt)) - 1
    inner = dt * np.arange(first, last + 1)
    near = 1e-6 * dt
    inner = inner[(inner > low + near) & (inner < high - near)]
    return np.concatenate([[low], inner, [high]])


def _solve(rates: Callable[[float, Array], list[float]], y: Array, t: Array, tol: float) -> Array:
    from scipy.integrate import ODEintWarning, odeint

    with warnings.catch_warnings():
        warnings.simplefilter("error", ODEintWarning)
        try:
            ms = t / MILLI
            options = {"rtol": tol, "atol": tol, "mxstep": STEPS_AT_MOST, "tcrit": ms[-1:]}
            return np.asarray(odeint(rates, y, ms, tfirst=True, **options))
        except ODEintWarning as trouble:
            raise SelectivityError(
                f"the membrane between {ms[0]:g} and {ms[-1]:g} ms: LSODA gave up "
                f"({str(trouble).split('.')[0]}); give a smaller current or a larger tolerance"
            ) from None


def _slopes(axon: SquidAxon, y: Array, current_A_m2: Array) -> Array:
    """dV/dt (V/s) of states with the stimulus on their side of an edge."""
    ionic = sum(ion_currents(axon, MILLI * y[:, 0], *y[:, 1:4].T))
    return np.asarray((current_A_m2 - ionic) / axon.capacitance_F_m2)
