"""The membrane of the squid axon: its numbers, its currents, its rest.

    C dV/dt = J − g_Na m³h (V − E_Na) − g_K n⁴ (V − E_K) − g_leak (V − E_leak)
    dx/dt = φ [α_x (1 − x) − β_x x],  x = m, h, n,   φ = Q10^((T − T_ref)/10 K)

J is the applied current, A/m² of membrane, positive where it depolarises; the ions' currents are
positive outward. Temperature enters through φ alone: conductances and reversal potentials are
those of the preset at every temperature, as in the source.

Source: Hodgkin & Huxley 1952, J Physiol 117:500.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.cell_presets import CellPreset, cell_preset
from selectivity.cell.excitable.rates import Array, steady_gates
from selectivity.errors import InputError
from selectivity.membrane import checks

MILLI, MICRO, CENTI = 1e-3, 1e-6, 1e-2
PER_CM2 = 1e4
LEAKS = {"rounded": "leak", "1952": "leak_1952"}
PRESET = "squid_axon"
_SEARCHED_MV = (-200.0, 200.0)


@dataclass(frozen=True)
class SquidAxon:
    """Membrane of the squid axon at one temperature, SI units.

    ``capacitance_F_m2``; conductances ``g_*_S_m2``; reversal potentials ``e_*_V``; ``q10`` of the
    rates above ``reference_K``; ``temperature_K``. A cable of it has ``radius_m`` and
    ``axial_resistivity_ohm_m``. ``source`` says where the numbers come from.
    """

    capacitance_F_m2: float
    g_na_S_m2: float
    g_k_S_m2: float
    g_leak_S_m2: float
    e_na_V: float
    e_k_V: float
    e_leak_V: float
    q10: float
    reference_K: float
    temperature_K: float
    radius_m: float
    axial_resistivity_ohm_m: float
    source: str = ""

    def __post_init__(self) -> None:
        above = ("capacitance_F_m2", "q10", "radius_m", "axial_resistivity_ohm_m")
        for name in above:
            checks.positive(getattr(self, name), name)
        for name in ("g_na_S_m2", "g_k_S_m2", "g_leak_S_m2"):
            checks.nonnegative(checks.scalar(getattr(self, name), name), name)
        for name in ("e_na_V", "e_k_V", "e_leak_V"):
            volt = checks.scalar(getattr(self, name), name)
            if abs(volt) >= 1.0:
                raise InputError(name, volt, "lies within 1 V of zero", "give it in volt")
        for name in ("reference_K", "temperature_K"):
            checks.temperature(checks.scalar(getattr(self, name), name), name)

    @property
    def phi(self) -> float:
        """Factor of all rates, Q10^((T − T_ref)/10 K)."""
        return float(self.q10 ** (0.1 * (self.temperature_K - self.reference_K)))

    def at(self, temperature_K: float) -> SquidAxon:
        """The same membrane at another temperature (K)."""
        return replace(self, temperature_K=temperature_K)

    def as_dict(self) -> dict[str, Any]:
        """The numbers in the source's units, as results carry them."""
        return {
            "capacitance_uF_cm2": _tidy(self.capacitance_F_m2 / MICRO / PER_CM2),
            "g_na_mS_cm2": _tidy(self.g_na_S_m2 / MILLI / PER_CM2),
            "g_k_mS_cm2": _tidy(self.g_k_S_m2 / MILLI / PER_CM2),
            "g_leak_mS_cm2": _tidy(self.g_leak_S_m2 / MILLI / PER_CM2),
            "e_na_mV": _tidy(self.e_na_V / MILLI),
            "e_k_mV": _tidy(self.e_k_V / MILLI),
            "e_leak_mV": _tidy(self.e_leak_V / MILLI),
            "q10": self.q10,
            "reference_K": self.reference_K,
            "temperature_K": self.temperature_K,
            "source": self.source,
        }


def squid_axon(temperature_K: float | None = None, leak: str = "rounded") -> SquidAxon:
    """The shipped squid axon (``presets/squid_axon.toml``).

    Parameters
    ----------
    temperature_K : float, optional
        Without it the temperature at which the rates were measured, 279.45 K (6.3 °C).
    leak : str
        ``"rounded"``: E_leak = −54.3 mV, as NEURON has it, which puts the rest at −64.97 mV.
        ``"1952"``: −54.387 mV, which puts it at −65.00 mV.

    Raises
    ------
    InputError
        Another ``leak``, or no temperature of liquid water.
    """
    if leak not in LEAKS:
        raise InputError("leak", leak, "is one of " + ", ".join(LEAKS))
    return _axon(cell_preset(PRESET), LEAKS[leak], temperature_K)


def cable_temperature_K() -> float:  # noqa: N802
    """Temperature of the propagated action potential of 1952, 18.5 °C, in K."""
    return float(cell_preset(PRESET)["cable"]["temperature_K"])


def _axon(preset: CellPreset, leak: str, temperature_K: float | None) -> SquidAxon:
    membrane, warmth, cable = (preset[name] for name in ("membrane", "temperature", "cable"))
    siemens = MILLI * PER_CM2
    used = (membrane, preset[leak], warmth, cable)
    return SquidAxon(
        capacitance_F_m2=_tidy(membrane["capacitance_uF_cm2"] * MICRO * PER_CM2),
        g_na_S_m2=_tidy(membrane["g_na_mS_cm2"] * siemens),
        g_k_S_m2=_tidy(membrane["g_k_mS_cm2"] * siemens),
        g_leak_S_m2=_tidy(membrane["g_leak_mS_cm2"] * siemens),
        e_na_V=_tidy(membrane["e_na_mV"] * MILLI),
        e_k_V=_tidy(membrane["e_k_mV"] * MILLI),
        e_leak_V=_tidy(preset[leak]["e_leak_mV"] * MILLI),
        q10=warmth["q10"],
        reference_K=warmth["reference_K"],
        temperature_K=warmth["reference_K"] if temperature_K is None else temperature_K,
        radius_m=_tidy(cable["radius_um"] * MICRO),
        axial_resistivity_ohm_m=_tidy(cable["axial_resistivity_ohm_cm"] * CENTI),
        source="; ".join(part.cited for part in used),
    )


def _tidy(value: float) -> float:
    """Without the last digits that a change of units leaves behind."""
    return float(f"{value:.14g}")


def ion_currents(
    axon: SquidAxon, v_V: ArrayLike, m: ArrayLike, h: ArrayLike, n: ArrayLike
) -> tuple[Array, Array, Array]:
    """Sodium, potassium and leak current (A/m², outward positive); all arguments broadcast."""
    v, m, h, n = (np.asarray(x, dtype=float) for x in (v_V, m, h, n))
    return (
        axon.g_na_S_m2 * m**3 * h * (v - axon.e_na_V),
        axon.g_k_S_m2 * n**4 * (v - axon.e_k_V),
        axon.g_leak_S_m2 * (v - axon.e_leak_V),
    )


def held_current(axon: SquidAxon, v_V: ArrayLike) -> Any:
    """Applied current (A/m²) that holds the membrane at ``v_V`` for good; broadcasts.

    The steady current-voltage curve: of the ions' currents with the gates at α/(α + β). It rises
    throughout in the squid axon, so each current has one steady potential.
    """
    v = np.asarray(v_V, dtype=float)
    return checks.plain(np.asarray(sum(ion_currents(axon, v, *steady_gates(v / MILLI)))))


def resting_potential(axon: SquidAxon, current_A_m2: float = 0.0) -> float:
    """Steady potential (V) under a constant applied current.

    Raises
    ------
    InputError
        No steady potential between −200 and 200 mV.
    """
    from scipy.optimize import brentq

    low, high = (MILLI * x for x in _SEARCHED_MV)
    current = checks.scalar(current_A_m2, "current_A_m2")
    if not held_current(axon, low) <= current <= held_current(axon, high):
        rule = "has a steady potential between -200 and 200 mV"
        raise InputError("current_A_m2", current, rule)
    return float(brentq(lambda v: held_current(axon, v) - current, low, high, xtol=1e-15))
