"""What ion movements cost: ATP of a resting membrane, of a spike, of tissue.

The sodium pump moves three Na out and two K in for one ATP, so that bringing a sodium load back
costs a third of its ions in ATP.

At rest the pump undoes the leaks, g_Na (E_Na − V) = 3 I_p and g_K (V − E_K) = 2 I_p, with I_p the
charge of the pump's cycles per time, e × ATP/s. With the input conductance G = g_Na + g_K

    I_p = G/[3/(E_Na − V) + 2/(V − E_K)],        ATP/s = I_p/e.

It counts all of G as sodium and potassium: what chloride carries makes the cost smaller. It is the
input conductance without the pump's own slope.

An action potential takes at least the sodium that charges the membrane, Na = Σ C A ΔV/e, times
the overlap: the sodium that enters for each ion needed, since K leaves while Na still comes in.

Sources: Attwell & Laughlin 2001, J Cereb Blood Flow Metab 21:1133; Sengupta et al. 2010, PLoS
Comput Biol 6:e1000840 (overlap).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.pump_law import NA_PER_CYCLE
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.units import AVOGADRO, ELEMENTARY_CHARGE

SECONDS_PER_MINUTE = 60.0
UMOL = 1e6
"""Micromoles in a mole."""


def pump_cycle_current(
    conductance_S: ArrayLike, voltage_V: ArrayLike, e_na_V: ArrayLike, e_k_V: ArrayLike
) -> Any:
    """I_p = G/[3/(E_Na − V) + 2/(V − E_K)] in ampere (module docstring).

    Parameters
    ----------
    conductance_S : array_like
        Input conductance G of sodium and potassium.
    voltage_V, e_na_V, e_k_V : array_like
        Potentials in volt, E_K < V < E_Na.

    Returns
    -------
    float or ndarray
        In the broadcast shape; the pump's net current is the same number, its sodium part three
        times it.

    Raises
    ------
    InputError
        A negative conductance, or V not between E_K and E_Na: no leak then feeds a 3:2 pump.
    """
    g = checks.nonnegative(conductance_S, "conductance_S")
    v = checks.numbers(voltage_V, "voltage_V")
    e_na, e_k = checks.numbers(e_na_V, "e_na_V"), checks.numbers(e_k_V, "e_k_V")
    sodium, potassium = e_na - v, v - e_k
    for place, e, force in (("e_na_V", e_na, sodium), ("e_k_V", e_k, potassium)):
        if (force <= 0.0).any():
            rule = "lies beyond V: at rest E_K < V < E_Na"
            remedy = "a membrane outside this range does not rest against a 3:2 pump"
            raise InputError(place, float((e + 0.0 * force)[force <= 0.0].flat[0]), rule, remedy)
    return checks.plain(np.asarray(g / (3.0 / sodium + 2.0 / potassium)))


def resting_atp(
    conductance_S: ArrayLike, voltage_V: ArrayLike, e_na_V: ArrayLike, e_k_V: ArrayLike
) -> Any:
    """ATP/s of a resting membrane, I_p/e; arguments and errors as :func:`pump_cycle_current`."""
    current = pump_cycle_current(conductance_S, voltage_V, e_na_V, e_k_V)
    return current / ELEMENTARY_CHARGE


def charging_sodium(
    capacitance_F_m2: ArrayLike, area_m2: ArrayLike, depolarisation_V: ArrayLike
) -> Any:
    """Sodium ions that charge a membrane, C A ΔV/e; of a whole cell it is the sum over parts.

    Raises
    ------
    InputError
        A negative capacitance, area or depolarisation.
    """
    charge = checks.nonnegative(capacitance_F_m2, "capacitance_F_m2")
    charge = charge * checks.nonnegative(area_m2, "area_m2")
    charge = charge * checks.nonnegative(depolarisation_V, "depolarisation_V")
    return checks.plain(np.asarray(charge / ELEMENTARY_CHARGE))


def atp_of_sodium(ions: ArrayLike, overlap: ArrayLike = 1.0) -> Any:
    """ATP that brings ``ions`` × ``overlap`` of sodium back: a third of them.

    Raises
    ------
    InputError
        A negative number of ions, or an overlap below 1: less sodium than charges the membrane
        cannot have come in.
    """
    factor = checks.numbers(overlap, "overlap")
    if (factor < 1.0).any():
        raise InputError("overlap", float(factor.min()), "is 1 or more")
    return checks.plain(np.asarray(checks.nonnegative(ions, "ions") * factor / NA_PER_CYCLE))


def atp_of_load(load_C_m2: ArrayLike, area_m2: ArrayLike) -> Any:
    """ATP of a sodium charge (C/m², into the cell) over an area: load × area/(3 e).

    For the load of a simulated action potential.

    Raises
    ------
    InputError
        A negative load or area.
    """
    charge = checks.nonnegative(load_C_m2, "load_C_m2")
    return atp_of_sodium(charge * checks.nonnegative(area_m2, "area_m2") / ELEMENTARY_CHARGE)


def tissue_rate(
    atp_per_neuron_s: ArrayLike, neurons_per_cm3: ArrayLike, density_g_cm3: ArrayLike = 1.0
) -> Any:
    """ATP use of tissue in µmol/(g min) from ATP/s of a neuron and the neurons in a cm³.

    Raises
    ------
    InputError
        A negative number, or a density that is not above zero.
    """
    rate = checks.nonnegative(atp_per_neuron_s, "atp_per_neuron_s")
    rate = rate * checks.nonnegative(neurons_per_cm3, "neurons_per_cm3")
    density = checks.numbers(density_g_cm3, "density_g_cm3")
    if (density <= 0.0).any():
        raise InputError("density_g_cm3", float(density.min()), "is above zero")
    per_minute = SECONDS_PER_MINUTE * UMOL / AVOGADRO
    return checks.plain(np.asarray(rate * per_minute / density))
