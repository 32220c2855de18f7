"""Leaks of Na, K and Cl, and the composition that they allow at a given potential and pump rate.

Where each ion is at steady state its inner concentration is a closed function of u = FV/RT and of
the cycle current q. With a conductance g

    Na: g (V − E_Na) = −3 q     Na_in = Na_out exp[−u − 3 q F/(g RT)],
    K:  g (V − E_K)  = +2 q     K_in  = K_out  exp[−u + 2 q F/(g RT)],

with a permeability P (constant field, B(u) = u/(eᵘ − 1))

    Na_in = [Na_out B(u) − 3 q/(P F)]/B(−u),    K_in = [K_out B(u) + 2 q/(P F)]/B(−u),

and passive chloride is Cl_out eᵘ. KCC2, g_KCC2 (E_K − E_Cl), takes K and Cl out together: with
β = 1/(g_K g_Cl + g_KCC2 g_K + g_KCC2 g_Cl)

    V − E_K = 2 q (g_Cl + g_KCC2) β,    V − E_Cl = 2 q g_KCC2 β.

Source of the forms with conductances: Keener & Sneyd, Mathematical Physiology; Düsterwald et al.
2018, eLife 7:e39575.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from selectivity.cell.cotransport import kcc2_current
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.ghk import ghk_current
from selectivity.membrane.solution import VALENCE, ion_symbol
from selectivity.units import FARADAY, GAS_CONSTANT

IONS = ("Na", "K", "Cl")
_HIGHEST = 300.0
"""Exponents are cut here: a concentration that large is refused by its size."""


class Inside(NamedTuple):
    """Inner concentrations in mM; ``na`` is below zero where no leak feeds the pump."""

    na: float
    k: float
    cl: float


@dataclass(frozen=True)
class Leaks:
    """How Na, K and Cl pass besides the pump.

    Parameters
    ----------
    conductance_S_m2, permeability_m_s : mapping of str to float
        Each ion stands in one of the two. An ion that stands in neither, or with zero, has no
        path; chloride without one is an impermeant, to be counted among them.
    kcc2_S_m2 : float
        Rate constant of KCC2; K and Cl have conductances then.

    Raises
    ------
    InputError
        Another ion, an ion in both, a negative value, or KCC2 beside a permeability of K or Cl.
    """

    conductance_S_m2: Mapping[str, float] = field(default_factory=dict)
    permeability_m_s: Mapping[str, float] = field(default_factory=dict)
    kcc2_S_m2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("conductance_S_m2", "permeability_m_s"):
            object.__setattr__(self, name, _checked(getattr(self, name), name))
        for ion in self.conductance_S_m2.keys() & self.permeability_m_s.keys():
            rule = f"{ion} has a conductance or a permeability"
            raise InputError(f"permeability_m_s.{ion}", self.permeability_m_s[ion], rule)
        checks.nonnegative(self.kcc2_S_m2, "kcc2_S_m2")
        object.__setattr__(self, "kcc2_S_m2", checks.scalar(self.kcc2_S_m2, "kcc2_S_m2"))
        if self.kcc2_S_m2 > 0.0:
            for ion in ("K", "Cl"):
                if ion in self.permeability_m_s:
                    rule = f"stands beside a conductance of {ion}, not a permeability"
                    raise InputError("kcc2_S_m2", self.kcc2_S_m2, rule)

    def __hash__(self) -> int:
        parts = (frozenset(m.items()) for m in (self.conductance_S_m2, self.permeability_m_s))
        return hash((*parts, self.kcc2_S_m2))

    def __reduce__(self) -> tuple[type[Leaks], tuple[Any, ...]]:
        return Leaks, (dict(self.conductance_S_m2), dict(self.permeability_m_s), self.kcc2_S_m2)

    def passes(self, ion: str) -> bool:
        """Whether ``ion`` has a path besides the pump, its own or by KCC2."""
        g = self.conductance_S_m2.get
        if g(ion, 0.0) > 0.0 or self.permeability_m_s.get(ion, 0.0) > 0.0:
            return True
        other = {"K": "Cl", "Cl": "K"}.get(ion)
        return other is not None and self.kcc2_S_m2 > 0.0 and g(other, 0.0) > 0.0

    def inside(self, u: float, q_A_m2: float, outside: Inside, rt_over_f_V: float) -> Inside:
        """Inner concentrations at which every ion stands still (module docstring).

        Ions without a path follow the pump as if q were zero; chloride without one is zero.
        """
        na = self._pumped("Na", -NA_PER_CYCLE * q_A_m2, u, outside.na, rt_over_f_V)
        g_kcc2, g = self.kcc2_S_m2, self.conductance_S_m2.get
        if g_kcc2 == 0.0:
            k = self._pumped("K", K_PER_CYCLE * q_A_m2, u, outside.k, rt_over_f_V)
            cl = outside.cl * _exp(u) if self.passes("Cl") else 0.0
            return Inside(na, k, cl)
        g_k, g_cl = g("K", 0.0), g("Cl", 0.0)
        rho_k, rho_cl = kcc2_displacement(g_k, g_cl, g_kcc2)
        drive = q_A_m2 / rt_over_f_V
        k = outside.k * _exp(rho_k * drive - u)
        cl = outside.cl * _exp(u - rho_cl * drive) if self.passes("Cl") else 0.0
        return Inside(na, k, cl)

    def currents(
        self, v_V: float, inside: Inside, outside: Inside, temperature_K: float
    ) -> dict[str, tuple[float, float]]:
        """Leak and KCC2 part of each ion at a state (A/m², outward positive as charge).

        From the currents themselves, not from the steady-state forms: a check of a steady state.
        """
        rt_over_f = GAS_CONSTANT * temperature_K / FARADAY
        found: dict[str, tuple[float, float]] = {}
        e: dict[str, float] = {}
        for ion, c_in, c_out in zip(IONS, inside, outside, strict=True):
            if not self.passes(ion):
                continue
            e[ion] = rt_over_f * math.log(c_out / c_in) / VALENCE[ion]
            leak = self.conductance_S_m2.get(ion, 0.0) * (v_V - e[ion])
            if (p := self.permeability_m_s.get(ion, 0.0)) > 0.0:
                leak = float(ghk_current(p, VALENCE[ion], c_in, c_out, v_V, temperature_K))
            found[ion] = (leak, 0.0)
        if self.kcc2_S_m2 > 0.0 and {"K", "Cl"} <= found.keys():
            into = kcc2_current(self.kcc2_S_m2, e["K"], e["Cl"])
            found["K"] = (found["K"][0], -into)
            found["Cl"] = (found["Cl"][0], into)
        return found

    def _pumped(self, ion: str, current: float, u: float, c_out: float, rt_over_f: float) -> float:
        """Inner concentration of a cation whose leak carries ``current`` (A/m², outward)."""
        if (g := self.conductance_S_m2.get(ion, 0.0)) > 0.0:
            return c_out * _exp(current / (g * rt_over_f) - u)
        if (p := self.permeability_m_s.get(ion, 0.0)) > 0.0:
            back = 1.0 if u == 0.0 else -math.expm1(-u) / u if u > -_HIGHEST else _exp(-u) / -u
            return c_out * _exp(-u) + current / (p * FARADAY) * back
        return c_out * _exp(-u)


def kcc2_displacement(g_k: float, g_cl: float, g_kcc2: float) -> tuple[float, float]:
    """(V − E_K)/q and (V − E_Cl)/q in m²/S (module docstring); zeros where nothing passes."""
    whole = g_k * g_cl + g_kcc2 * (g_k + g_cl)
    if whole == 0.0:
        return 0.0, 0.0
    return K_PER_CYCLE * (g_cl + g_kcc2) / whole, K_PER_CYCLE * g_kcc2 / whole


def _exp(x: float) -> float:
    return math.exp(max(-_HIGHEST, min(_HIGHEST, x)))


def _checked(given: Mapping[str, float], name: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for written, value in given.items():
        place = f"{name}.{written}"
        ion = ion_symbol(written, place)
        if ion not in IONS:
            raise InputError(place, written, "is Na, K or Cl: the steady state counts these three")
        if ion in found:
            raise InputError(place, written, "stands once", "leave one of the two out")
        checks.nonnegative(value, place)
        found[ion] = checks.scalar(value, place)
    return MappingProxyType(found)
