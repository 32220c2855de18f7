"""The steady state of pump and leak in a cell of fixed volume, and whether there is one.

Every ion stands still and the inside is electroneutral:

    I_Na,leak = −3 q,   I_K,leak = +2 q (with KCC2 less what it takes),   I_Cl + I_KCC2 = 0,
    Na_in + K_in − Cl_in + z X = 0,   q = law(Na_in, ...),

with the bath and the impermeant charge z X (mM of the fixed volume) given. V follows from
electroneutrality; the charge of the membrane itself, about 1e-5 of the ions of a soma, is left out.

**There is one steady state or none.** At a given q the inner concentrations are functions of
u = FV/RT (:mod:`selectivity.cell.leaks`), and with Na_in ≥ 0 Na and K fall and Cl rises with u,
so the charge has one zero u(q). Along it d Na_in/dq < 0: at fixed u, q lowers Na and raises K
(and lowers Cl), and the move of u that mends the charge undoes less than all of the first and adds
to it by the second. The laws rise with Na_in, so law(Na_in(q)) − q falls: one zero. It is a steady
state where Na_in > 0 there. No steady state is left where

- the leak of sodium cannot feed the pump (a constant-field leak is bounded, a law may not be),
- sodium or potassium has no path for what the pump moves,
- a concentration would exceed that of water itself, 55.5 M, or be less than one ion a litre.

Such a state is held by a wall: inside and outside differ in osmolarity, and the pressure that this
takes is stated. A cell without a wall changes its volume instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from selectivity.cell.atp import Phosphates
from selectivity.cell.donnan import NONE, Impermeant
from selectivity.cell.leaks import IONS, Inside, Leaks
from selectivity.cell.pump_bound import pump_bound
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.pump_leak_result import NoSteadyState, PumpLeak, PumpLeakScan
from selectivity.errors import InputError
from selectivity.membrane.solution import Solution
from selectivity.units import AVOGADRO, FARADAY, GAS_CONSTANT

WATER_MM = 55_500.0
"""Concentration of water in water (mM): no ion of a solution exceeds it."""
ONE_ION_MM = 1e3 / AVOGADRO
"""One ion in a litre (mM): less is no concentration."""
_FAR = 690.0
_TIGHT = 4.0 * 2.220446049250313e-16


class _Cell(NamedTuple):
    """What the equations are given, in the form in which they use it."""

    outside: Inside
    charge_mM: float
    leaks: Leaks
    law: PumpLaw
    atp_mM: float | None
    rt_over_f_V: float


def pump_leak(
    outside: Solution,
    leaks: Leaks,
    law: PumpLaw,
    impermeant: Impermeant,
    outer: Impermeant = NONE,
    phosphates: Phosphates | None = None,
) -> PumpLeak:
    """Steady state of a cell of fixed volume (module docstring).

    Parameters
    ----------
    outside : Solution
        The bath, constant: Na, K and, where chloride passes, Cl; other ions count for the
        osmolarity only. Its temperature is that of the cell.
    leaks : Leaks
    law : PumpLaw
    impermeant : Impermeant
        Inside: concentration and mean charge number.
    outer : Impermeant
        In the bath; only its concentration enters, in the osmolarity.
    phosphates : Phosphates, optional
        ATP for a law that reads it, and for the bound: a law does not know what ATP can pay, so a
        steady state past the bound is marked.

    Returns
    -------
    PumpLeak
        With ``steady`` False and a ``reason`` in place of numbers where there is no steady state.

    Raises
    ------
    InputError
        Na, K or Cl missing from the bath or zero, an ion without a path that no pump moves either,
        or no charge inside to hold the cations.
    """
    cell = _cell(outside, leaks, law, impermeant, phosphates)
    found = _solve(cell)
    if isinstance(found, NoSteadyState):
        return PumpLeak(outside, leaks, law, impermeant, outer, phosphates, found.reason)
    u, q, inside = found
    state = PumpLeak(
        outside,
        leaks,
        law,
        impermeant,
        outer,
        phosphates,
        "",
        1000.0 * u * cell.rt_over_f_V,
        q,
        inside.na,
        inside.k,
        inside.cl if leaks.passes("Cl") else math.nan,
    )
    if phosphates is None:
        return state
    inner = Solution({"Na": inside.na, "K": inside.k}, outside.temperature_K, "inside")
    return state.with_bound(pump_bound(inner, outside, 1e-3 * state.v_mV, phosphates))


def pump_leak_scan(
    outside: Solution,
    leaks: Leaks,
    law: PumpLaw,
    impermeant: Impermeant,
    rates_A_m2: Sequence[float],
    outer: Impermeant = NONE,
    phosphates: Phosphates | None = None,
) -> PumpLeakScan:
    """Steady states over the rate of the law (A/m²): its q, p, ρ or q_max; others as pump_leak.

    Raises
    ------
    InputError
        As :func:`pump_leak`, or no rate at all.
    """
    if not len(rates_A_m2):
        raise InputError("rates_A_m2", rates_A_m2, "holds at least one rate")
    each = [
        pump_leak(outside, leaks, law.with_rate(rate), impermeant, outer, phosphates)
        for rate in rates_A_m2
    ]
    return PumpLeakScan(law, tuple(each))


def _cell(
    outside: Solution,
    leaks: Leaks,
    law: PumpLaw,
    impermeant: Impermeant,
    phosphates: Phosphates | None,
) -> _Cell:
    if "ATP" in law.reads and phosphates is None:
        raise InputError("phosphates", None, "is given: this pump reads ATP")
    bath = []
    for ion in IONS:
        c = outside[ion] if ion != "Cl" or leaks.passes("Cl") else 1.0
        if c == 0.0:
            place = f"{outside.name}.{ion}"
            raise InputError(place, c, "is above zero", "give what the water holds as a trace")
        bath.append(c)
    if not leaks.passes("Cl") and impermeant.charge_mM >= 0.0:
        rule = "is negative charge inside where no chloride passes: something holds the cations"
        raise InputError(
            "impermeant", impermeant.charge_mM, rule, "count inner chloride among them"
        )
    thermal = GAS_CONSTANT * outside.temperature_K / FARADAY
    atp = None if phosphates is None else phosphates.atp_mM
    return _Cell(Inside(*bath), impermeant.charge_mM, leaks, law, atp, thermal)


def _solve(cell: _Cell) -> tuple[float, float, Inside] | NoSteadyState:
    """u, q and the composition, or why there is none."""

    def rate(sodium: float) -> float:
        bath = cell.outside
        q = cell.law.cycle_current(max(sodium, 0.0), bath.na, bath.k, bath.k, cell.atp_mM)
        return float(q)

    u, inside = _neutral(cell, 0.0)
    fastest = rate(inside.na)
    blocked = [ion for ion in ("Na", "K") if not cell.leaks.passes(ion)]
    if blocked and fastest == 0.0:
        rule = "has a path: neither a leak nor the pump moves it"
        raise InputError(f"leaks.{blocked[0]}", 0.0, rule, "count it among the impermeants")
    if blocked:
        return NoSteadyState(_NO_PATH[blocked[0]])
    q = _root(lambda q: rate(_neutral(cell, q)[1].na) - q, 0.0, fastest)
    u, inside = _neutral(cell, q)
    if inside.na <= 0.0:
        return NoSteadyState(
            f"the pump takes out {3.0 * q:.4g} A/m² of sodium, more than the leak lets in at any "
            "composition: Na_in would have to be below zero"
        )
    passing = {ion: c for ion, c in zip(IONS, inside, strict=True) if cell.leaks.passes(ion)}
    most, least = max(passing, key=passing.__getitem__), min(passing, key=passing.__getitem__)
    said = "the leaks balance the pump only at "
    if passing[most] > WATER_MM:
        return NoSteadyState(f"{said}{most}_in above {WATER_MM:g} mM, more than water itself")
    if passing[least] < ONE_ION_MM:
        return NoSteadyState(f"{said}{least}_in below {ONE_ION_MM:.2g} mM, one ion in a litre")
    return u, q, inside


_NO_PATH = {
    "Na": "sodium has no way in besides the pump, which throws it out until none is left",
    "K": "potassium has no way out besides the pump, which brings in more of it",
}


def _neutral(cell: _Cell, q: float) -> tuple[float, Inside]:
    """The one u at which the inside is neutral at the cycle current q, and its composition."""

    def inside(u: float) -> Inside:
        return cell.leaks.inside(u, q, cell.outside, cell.rt_over_f_V)

    def charge(u: float) -> float:
        c = inside(u)
        return max(c.na, 0.0) + c.k - c.cl + cell.charge_mM

    low, high = -5.0, 5.0
    while charge(low) < 0.0 and low > -_FAR:
        low *= 2.0
    while charge(high) > 0.0 and high < _FAR:
        high *= 2.0
    u = _root(charge, low, high)
    return u, inside(u)


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Zero of a function that falls from ``low`` to ``high``, to the last digits."""
    from scipy.optimize import brentq

    if falling(low) <= 0.0:
        return low
    if falling(high) >= 0.0:
        return high
    return float(brentq(falling, low, high, xtol=1e-300, rtol=_TIGHT, maxiter=500))
