"""Where a held current makes the resting axon fire: eigenvalues of the linearised equations.

The steady potential loses its stability where a pair of complex eigenvalues of the Jacobian of
(V, m, h, n) crosses the imaginary axis, a Hopf bifurcation. The lower one of the squid axon is
subcritical: below it, rest and repetitive firing are both stable over an interval of currents, and
which of the two is seen depends on the past. Above the upper one the axon is silent again,
depolarised: depolarisation block.

Source: Rinzel & Miller 1980, Math Biosci 49:27; Hassard 1978, J Theor Biol 71:401.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, held_current, resting_potential
from selectivity.cell.excitable.integrate import MILLI, right_hand_side
from selectivity.cell.excitable.rates import Array, steady_gates

_SCANNED_MV = np.linspace(-90.0, 20.0, 441)
_STEP = 1e-5


@dataclass(frozen=True)
class Hopf:
    """A current at which the steady state gains or loses stability.

    ``frequency_Hz`` is that of the oscillation which starts there; ``silent_above`` True where the
    steady state is stable at currents above.
    """

    current_A_m2: float
    v_mV: float
    frequency_Hz: float
    silent_above: bool


def eigenvalues(axon: SquidAxon, v_V: float) -> Array:
    """Eigenvalues (1/s) of the equations linearised about the state that holds ``v_V``, (4,)."""
    v = v_V / MILLI
    rates = right_hand_side(axon, float(held_current(axon, v_V)), 0.0, 0.0)
    rest = np.array([v, *(float(x) for x in steady_gates(v)), 0.0, 0.0, 0.0])
    jacobian = np.empty((4, 4))
    for i in range(4):
        move = np.zeros(7)
        move[i] = _STEP * (10.0 if i == 0 else 1.0)
        up, down = (np.array(rates(0.0, rest + sign * move)[:4]) for sign in (1.0, -1.0))
        jacobian[:, i] = (up - down) / (2.0 * move[i])
    return np.asarray(np.linalg.eigvals(jacobian)) / MILLI


def is_stable(axon: SquidAxon, current_A_m2: float) -> bool:
    """Whether the steady state under a held current is stable."""
    return growth(axon, resting_potential(axon, current_A_m2)) < 0.0


def growth(axon: SquidAxon, v_V: float) -> float:
    """Largest real part (1/s) of :func:`eigenvalues`."""
    return float(eigenvalues(axon, v_V).real.max())


def hopf_currents(axon: SquidAxon) -> tuple[Hopf, ...]:
    """Currents at which the steady state changes its stability, rising; none where it never does.

    Steady potentials from −90 to 20 mV are searched.
    """
    from scipy.optimize import brentq

    at = [growth(axon, MILLI * v) for v in _SCANNED_MV]
    found = []
    for i in range(len(at) - 1):
        if (at[i] < 0.0) == (at[i + 1] < 0.0):
            continue
        ends = MILLI * _SCANNED_MV[i : i + 2]
        volt = float(brentq(lambda v: growth(axon, v), *ends, xtol=1e-12))
        spin = float(np.abs(eigenvalues(axon, volt).imag).max()) / (2.0 * math.pi)
        current = float(held_current(axon, volt))
        found.append(Hopf(current, 1e3 * volt, spin, bool(at[i + 1] < 0.0)))
    return tuple(found)
