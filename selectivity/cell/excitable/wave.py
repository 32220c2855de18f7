"""Conduction velocity without a mesh: the travelling wave of 1952.

A spike of constant form, V(t − x/θ), turns the cable equation into an ordinary one,

    a/(2 R_i θ²) d²V/dt² = C dV/dt + I_Na + I_K + I_leak,

of which only the right θ returns to rest: too slow a guess flies off to +∞, too fast a one to −∞ or
the reverse, and bisection finds the velocity between them. The trajectory starts on the unstable
direction of the resting state. There are two such θ; the slower belongs to a wave that is not
stable, and the search therefore starts around the velocity of a cable.

Since a and R_i enter as a/(2 R_i θ²) alone, θ goes exactly as √(a/R_i).

Source: Hodgkin & Huxley 1952, J Physiol 117:500, eqs 30 and 31.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, resting_potential
from selectivity.cell.excitable.integrate import A_M2, MILLI
from selectivity.cell.excitable.rates import Array, scalar_rates, steady_gates
from selectivity.errors import InputError
from selectivity.membrane import checks

Rates = Callable[[float, Array], list[float]]

_FAR_MV = 200.0
_SEED_MV = 1e-6
_LONGEST_MS = 400.0


def wave_velocity(axon: SquidAxon, guess_m_s: float, relative: float = 1e-9) -> float:
    """Velocity (m/s) of the stable travelling wave, within a tenth of ``guess_m_s``.

    Parameters
    ----------
    guess_m_s : float
        For example a cable's velocity.
    relative : float
        Where bisection stops.

    Raises
    ------
    InputError
        Both ends of the interval fly off the same way: no velocity between them.
    """
    guess = checks.positive(guess_m_s, "guess_m_s")
    low, high = 0.9 * guess, 1.1 * guess
    below = _flies_up(axon, low)
    if below == _flies_up(axon, high):
        rule = "lies within a tenth of the velocity of a stable wave"
        raise InputError("guess_m_s", guess, rule, "measure it on a cable")
    while high - low > relative * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _flies_up(axon, middle) == below else (low, middle)
    return 0.5 * (low + high)


def _flies_up(axon: SquidAxon, velocity: float) -> bool:
    """Whether the trajectory that leaves rest at a guessed velocity ends at +∞."""
    from scipy.integrate import solve_ivp

    def left(sign: float) -> Callable[[float, Array], float]:
        def at(_: float, y: Array) -> float:
            return float(sign * y[0] - _FAR_MV)

        at.terminal = True  # type: ignore[attr-defined]
        return at

    rates = _wave_rates(axon, velocity)
    rest, direction = _departure(axon, rates)
    start = rest + _SEED_MV * direction / direction[0]
    run = solve_ivp(
        rates,
        (0.0, _LONGEST_MS),
        start,
        method="LSODA",
        rtol=1e-10,
        atol=1e-10,
        events=[left(1.0), left(-1.0)],
    )
    if not any(t.size for t in run.t_events):
        rule = "leaves the neighbourhood of the membrane's potentials"
        raise InputError("velocity", velocity, rule, "give another guess")
    return bool(run.t_events[0].size)


def _wave_rates(axon: SquidAxon, velocity: float) -> Rates:
    g_na, g_k, g_l = (x / 10.0 for x in (axon.g_na_S_m2, axon.g_k_S_m2, axon.g_leak_S_m2))
    e_na, e_k, e_l = (x / MILLI for x in (axon.e_na_V, axon.e_k_V, axon.e_leak_V))
    c, phi = axon.capacitance_F_m2 / A_M2, axon.phi
    # a/(2 R_i θ²) in F s/m², to µF ms/cm²
    inertia = axon.radius_m / (2.0 * axon.axial_resistivity_ohm_m * velocity**2) / A_M2 / MILLI

    def rates(_: float, y: Array) -> list[float]:
        v, w, m, h, n = y.tolist()
        am, bm, ah, bh, an, bn = scalar_rates(v)
        ionic = g_na * m**3 * h * (v - e_na) + g_k * n**4 * (v - e_k) + g_l * (v - e_l)
        return [
            w,
            (c * w + ionic) / inertia,
            phi * (am * (1.0 - m) - bm * m),
            phi * (ah * (1.0 - h) - bh * h),
            phi * (an * (1.0 - n) - bn * n),
        ]

    return rates


def _departure(axon: SquidAxon, rates: Rates) -> tuple[Array, Array]:
    """Rest, and the real unstable direction away from it."""
    volt = resting_potential(axon) / MILLI
    rest = np.array([volt, 0.0, *(float(x) for x in steady_gates(volt))])
    jacobian = np.empty((5, 5))
    for i in range(5):
        move = np.zeros(5)
        move[i] = 1e-5
        up, down = (np.array(rates(0.0, rest + s * move)) for s in (1.0, -1.0))
        jacobian[:, i] = (up - down) / 2e-5
    values, vectors = np.linalg.eig(jacobian)
    k = int(np.argmax(values.real))
    if values[k].real <= 0.0 or not math.isclose(values[k].imag, 0.0, abs_tol=1e-12):
        raise InputError("axon", volt, "has a rest that a wave can leave", "is it silent at rest?")
    return rest, np.asarray(vectors[:, k].real)
