"""The electrogenic sodium pump in the resting potential, with the ledger of every ion.

A pump that moves r sodium ions out for each potassium ion in carries the net current

    I_pump = (r − 1)/r · I_Na,pump = −(r − 1) I_K,pump,

for r = 3/2 one third of its sodium part. Where the leaks of K and Na are exactly what the pump
undoes, J_Na/J_K = −r, and the GHK currents give the form of Mullins and Noda,

    V = (RT/F) ln[(r P_K K_out + P_Na Na_out)/(r P_K K_in + P_Na Na_in)].

It is GHK with r P_K in place of P_K, so it lies at most (RT/F) ln r below the GHK voltage of K and
Na (10.8 mV at 310 K for 3:2). A passive anion takes the potential as its own and adds nothing.
Under any other pump current V is a root (:func:`selectivity.membrane.ghk_voltage`).

Source: Mullins & Noda 1963, J Gen Physiol 47:117.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.membrane import (
    NM_PER_S,
    Membrane,
    ion_columns,
    ion_currents,
    membrane_potential,
    unbounded,
)
from selectivity.membrane.reversal import ghk_voltage
from selectivity.membrane.solution import VALENCE

THREE_TO_TWO = 1.5
PUMPED = ("K", "Na")


@dataclass(frozen=True)
class IonLedger:
    """Currents of one ion in A/m², outward positive: through the membrane, by the pump, the sum.

    The sum is zero where the ion is at steady state; what is left moves its concentrations.
    """

    leak_A_m2: float
    pump_A_m2: float
    sum_A_m2: float


@dataclass(frozen=True)
class PumpedRest:
    """A resting potential with a pump.

    ``v_mV`` with it, ``v_passive_mV`` the GHK voltage of the same ions without it;
    ``pump_A_m2`` the net pump current where a permeability of 1 is ``unit_m_s``; ``coupling`` Na
    per K; ``ledger`` of every ion that enters. ``left_out`` ions carry no current in this form,
    each taken to sit at V.
    """

    form: str
    v_mV: float
    v_passive_mV: float
    pump_A_m2: float
    unit_m_s: float
    coupling: float
    ledger: Mapping[str, IonLedger]
    left_out: tuple[str, ...] = ()

    @property
    def difference_mV(self) -> float:  # noqa: N802
        """What the pump adds to the potential of the same ions."""
        return self.v_mV - self.v_passive_mV

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "difference_mV": self.difference_mV}


def mullins_noda_voltage(
    permeability: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    temperature_K: ArrayLike,
    coupling: float = THREE_TO_TWO,
) -> Any:
    """Steady-state potential of K and Na with a coupled pump (module docstring), volt.

    Parameters
    ----------
    permeability, c_in, c_out : array_like, shape (2, ...)
        Of K and Na, in this order; concentrations in mM.
    temperature_K : array_like, shape (...)
        Absolute temperature.
    coupling : float
        r, sodium ions moved per potassium ion; 1 is a pump without net current, hence GHK.

    Raises
    ------
    InputError
        As :func:`selectivity.membrane.ghk_voltage`, or a coupling below 1.
    """
    r = _coupling(coupling)
    p = checks.nonnegative(permeability, "permeability")
    if p.ndim == 0 or p.shape[0] != len(PUMPED):
        raise InputError("permeability", p.tolist(), "has two entries, of K and of Na")
    weighted = np.stack([r * p[0], p[1]])
    return ghk_voltage(weighted, [VALENCE[ion] for ion in PUMPED], c_in, c_out, temperature_K)


def mullins_noda(
    membrane: Membrane, coupling: float = THREE_TO_TWO, unit_m_s: float = NM_PER_S
) -> PumpedRest:
    """Mullins-Noda potential of the K and Na of ``membrane``; its other ions are left out.

    Parameters
    ----------
    membrane : Membrane
        With permeabilities of K and Na above zero.
    coupling : float
        Na per K, 3/2 for the sodium pump.
    unit_m_s : float
        Permeability (m/s) of a relative permeability of 1; it scales the ledger only.

    Raises
    ------
    InputError
        K or Na missing or impermeant, or a coupling below 1.
    """
    r = _coupling(coupling)
    for ion in PUMPED:
        if membrane.permeability.get(ion, 0.0) <= 0.0:
            rule = f"{ion} is permeant: the pump balances the leaks of K and Na"
            raise InputError(f"permeability.{ion}", membrane.permeability.get(ion), rule)
    own = {ion: membrane.permeability[ion] for ion in PUMPED}
    c_in, c_out = ([side[i] for i in PUMPED] for side in (membrane.inside, membrane.outside))
    pair = membrane.with_permeability(own)
    kelvin = membrane.temperature_K
    volt = _finite(mullins_noda_voltage(list(own.values()), c_in, c_out, kelvin, r), membrane)
    sodium = -unit_m_s * ion_currents(pair, volt)["Na"]
    net = sodium * (r - 1.0) / r
    left = tuple(ion for ion, p in membrane.permeability.items() if p > 0.0 and ion not in own)
    return _rest("Mullins-Noda", pair, volt, net, (unit_m_s, r), left)


def pumped_rest(
    membrane: Membrane, pump_A_m2: float, unit_m_s: float, coupling: float = THREE_TO_TWO
) -> PumpedRest:
    """Potential at which the GHK currents of ``membrane`` and a pump current cancel.

    Parameters
    ----------
    membrane : Membrane
    pump_A_m2 : float
        Net pump current, outward positive (A/m²).
    unit_m_s : float
        Permeability (m/s) of a relative permeability of 1: against a current the scale matters.
    coupling : float
        Na per K; it splits the net current in the ledger and does not change V.

    Raises
    ------
    InputError
        No ion can carry a current, a scale that is not positive, or a coupling not above 1.
    """
    r = _coupling(coupling)
    if r == 1.0:
        raise InputError("coupling", r, "is above 1 where the pump carries a net current")
    unit = checks.positive(unit_m_s, "unit_m_s")
    ions = ion_columns(membrane)
    current = checks.scalar(pump_A_m2, "pump_A_m2")
    volt = ghk_voltage(unit * ions.p, *ions[1:], membrane.temperature_K, current)
    rest = _finite(volt, membrane)
    return _rest("GHK with a pump current", membrane, rest, current, (unit, r), ())


def _finite(volt: float, membrane: Membrane) -> float:
    if not math.isfinite(volt):
        raise unbounded(membrane)
    return float(volt)


def _rest(
    form: str,
    membrane: Membrane,
    volt: float,
    net: float,
    scale: tuple[float, float],
    left_out: tuple[str, ...],
) -> PumpedRest:
    unit, r = scale
    part = {"Na": r / (r - 1.0) * net, "K": -net / (r - 1.0)} if r > 1.0 else {}
    if r == 1.0:  # the leaks are equal and opposite, and the pump moves one for one
        leak = ion_currents(membrane, volt)
        part = {ion: -unit * leak[ion] for ion in PUMPED}
    ledger = {}
    for ion, current in ion_currents(membrane, volt).items():
        leak_A_m2, pump_A_m2 = unit * current, part.get(ion, 0.0)
        ledger[ion] = IonLedger(leak_A_m2, pump_A_m2, leak_A_m2 + pump_A_m2)
    passive = 1000.0 * membrane_potential(membrane)
    return PumpedRest(form, 1000.0 * volt, passive, net, unit, r, ledger, left_out)


def _coupling(value: float) -> float:
    r = checks.scalar(value, "coupling")
    if r < 1.0:
        raise InputError("coupling", r, "is 1 or more sodium ions per potassium ion", "3:2 is 1.5")
    return r
