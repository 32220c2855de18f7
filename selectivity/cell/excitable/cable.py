"""A spike that travels along an axon: the cable equation by the method of lines.

    (a/2R_i) ∂²V/∂x² + J = C ∂V/∂t + I_Na + I_K + I_leak

in compartments of equal length h, V at their middles, both ends sealed; the second difference is of
second order in h, so that a velocity from two meshes extrapolates by h². In time LSODA with a
banded Jacobian (V, m, h, n of one compartment stand together: half-bandwidth 4) at a stated
tolerance: no splitting error and no time step to check. The current enters the first compartment,
as from an electrode at the end.

Source: Hodgkin & Huxley 1952, J Physiol 117:500 (eq. 29); Hines 1984, Int J Biomed Comput 15:69.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, resting_potential
from selectivity.cell.excitable.integrate import A_M2, MILLI, STEPS_AT_MOST, resting_state
from selectivity.cell.excitable.rates import Array, gate_rates, steady_gates
from selectivity.errors import InputError, SelectivityError
from selectivity.membrane import checks

Progress = Callable[[float], None]

PER_NODE = 4
NODES_AT_MOST = 4000
LENGTHS_OF_A_CABLE = 14.0
"""Default length of a cable in length constants: a spike of 6 °C is five of them long."""
DRIVE_A_M2 = 3.0
"""Default current: that of one length constant of membrane at this density."""
DRIVE_S = 2e-4
CHUNK = 100


@dataclass(frozen=True)
class Cable:
    """An axon of finite length in ``nodes`` compartments, with a current into its first one.

    ``stimulus_A`` for ``stimulus_s`` from time 0.
    """

    axon: SquidAxon
    length_m: float
    nodes: int
    stimulus_A: float
    stimulus_s: float

    def __post_init__(self) -> None:
        checks.positive(self.length_m, "length_m")
        checks.positive(self.stimulus_s, "stimulus_s")
        checks.scalar(self.stimulus_A, "stimulus_A")
        if not 20 <= self.nodes <= NODES_AT_MOST:
            raise InputError("nodes", self.nodes, f"lies between 20 and {NODES_AT_MOST}")

    @property
    def step_m(self) -> float:
        """Length of a compartment."""
        return self.length_m / self.nodes

    @property
    def x_m(self) -> Array:
        """Middles of the compartments, shape (nodes,)."""
        return np.asarray(self.step_m * (np.arange(self.nodes) + 0.5))


def length_constant(axon: SquidAxon) -> float:
    """λ = √(a/(2 R_i g)) of the resting axon (m), g the sum of its conductances at rest."""
    volt = resting_potential(axon)
    m, h, n = (float(x) for x in steady_gates(volt / MILLI))
    g = axon.g_na_S_m2 * m**3 * h + axon.g_k_S_m2 * n**4 + axon.g_leak_S_m2
    return math.sqrt(axon.radius_m / (2.0 * axon.axial_resistivity_ohm_m * g))


def make_cable(
    axon: SquidAxon,
    length_m: float | None = None,
    nodes: int = 280,
    stimulus_A: float | None = None,
) -> Cable:
    """A cable of ``axon``; without a length 14 length constants long.

    It is fired for 0.2 ms; without a current by what one length constant of membrane takes at
    3 A/m².
    """
    unit = length_constant(axon)
    current = 2.0 * math.pi * axon.radius_m * unit * DRIVE_A_M2
    return Cable(
        axon,
        LENGTHS_OF_A_CABLE * unit if length_m is None else length_m,
        nodes,
        current if stimulus_A is None else stimulus_A,
        DRIVE_S,
    )


@dataclass(frozen=True, eq=False)
class CableStates:
    """States of a cable at times: ``t_s`` (t,), ``y`` (t, nodes, 4) with V in mV, ``slope`` V/s."""

    t_s: Array
    y: Array
    slope_V_s: Array


def cable_rates(cable: Cable, current_A: float) -> Callable[[float, Array], Array]:
    """Rates (per ms) of the state, shape (4 nodes,), V in mV and gates of a node together."""
    axon = cable.axon
    g_na, g_k, g_l = (x / 10.0 for x in (axon.g_na_S_m2, axon.g_k_S_m2, axon.g_leak_S_m2))
    e_na, e_k, e_l = (x / MILLI for x in (axon.e_na_V, axon.e_k_V, axon.e_leak_V))
    per_c, phi = 1.0 / (axon.capacitance_F_m2 / A_M2), axon.phi
    axial = axon.radius_m / (2.0 * axon.axial_resistivity_ohm_m * cable.step_m**2)  # S/m²
    axial /= 10.0
    drive = current_A / (2.0 * math.pi * axon.radius_m * cable.step_m) / A_M2

    def rates(_: float, y: Array) -> Array:
        v, m, h, n = y.reshape(-1, PER_NODE).T
        r = gate_rates(v)
        flow = axial * np.diff(v)
        net = g_l * (e_l - v) + g_na * m**3 * h * (e_na - v) + g_k * n**4 * (e_k - v)
        net[:-1] += flow
        net[1:] -= flow
        net[0] += drive
        out = np.empty((v.size, PER_NODE))
        out[:, 0] = per_c * net
        out[:, 1] = phi * (r.alpha_m - (r.alpha_m + r.beta_m) * m)
        out[:, 2] = phi * (r.alpha_h - (r.alpha_h + r.beta_h) * h)
        out[:, 3] = phi * (r.alpha_n - (r.alpha_n + r.beta_n) * n)
        return out.ravel()

    return rates


def integrate_cable(
    cable: Cable,
    duration_s: float,
    dt_s: float,
    tolerance: float,
    finished: Callable[[Array, Array], bool] | None = None,
    progress: Progress | None = None,
) -> CableStates:
    """States from rest, every ``dt_s``, until ``duration_s`` or until ``finished(t, V)`` holds.

    Parameters
    ----------
    tolerance : float
        Relative and absolute, of V in mV and of the gates.
    finished : callable, optional
        Asked every 100 samples with their times (s) and V (mV), shapes (t,) and (t, nodes).

    Raises
    ------
    SelectivityError
        LSODA gives up.
    """
    y = np.tile(resting_state(cable.axon)[:PER_NODE], cable.nodes)
    driven, free = cable_rates(cable, cable.stimulus_A), cable_rates(cable, 0.0)
    first = np.linspace(0.0, cable.stimulus_s, max(2, round(cable.stimulus_s / dt_s) + 1))
    times, states, slopes = [first], [_advance(driven, y, first, tolerance)], []
    slopes.append(_slope_of(driven, states[0]))
    now = cable.stimulus_s
    while now < duration_s - 0.5 * dt_s:
        count = min(CHUNK, math.ceil((duration_s - now) / dt_s - 0.5))
        t: Array = np.asarray(now + dt_s * np.arange(count + 1))
        found = _advance(free, states[-1][-1], t, tolerance)
        times.append(t[1:])
        states.append(found[1:])
        slopes.append(_slope_of(free, found[1:]))
        now = float(t[-1])
        if progress is not None:
            progress(min(1.0, now / duration_s))
        if finished is not None and finished(t[1:], found[1:, ::PER_NODE]):
            break
    whole = np.concatenate(states)
    shape = (whole.shape[0], cable.nodes, PER_NODE)
    return CableStates(np.concatenate(times), whole.reshape(shape), np.concatenate(slopes))


def _advance(rates: Callable[[float, Array], Array], y: Array, t: Array, tolerance: float) -> Array:
    from scipy.integrate import ODEintWarning, odeint

    ms = t / MILLI
    options = {"rtol": tolerance, "atol": tolerance, "mxstep": STEPS_AT_MOST, "tcrit": ms[-1:]}
    with warnings.catch_warnings():
        warnings.simplefilter("error", ODEintWarning)
        try:
            return np.asarray(
                odeint(rates, y, ms, tfirst=True, ml=PER_NODE, mu=PER_NODE, **options)
            )
        except ODEintWarning as trouble:
            raise SelectivityError(
                f"the cable between {ms[0]:g} and {ms[-1]:g} ms: LSODA gave up "
                f"({str(trouble).split('.')[0]}); give a smaller current or a larger tolerance"
            ) from None


def _slope_of(rates: Callable[[float, Array], Array], states: Array) -> Array:
    """dV/dt (V/s, which is mV/ms) of states, (t, nodes)."""
    return np.array([rates(0.0, state)[::PER_NODE] for state in states])
