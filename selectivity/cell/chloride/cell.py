"""The neuron whose chloride is looked at: four ions on both sides, a potential, a receptor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selectivity.errors import InputError
from selectivity.membrane import (
    Membrane,
    Solution,
    checks,
    membrane_potential,
    nernst,
    preset,
    text,
)
from selectivity.membrane.solution import common_temperature

IONS = ("Na", "K", "Cl", "HCO3")
MATURE, IMMATURE = "gaba_mature", "gaba_immature"
CATIONS = "neuron"
"""Shipped membrane whose Na, K and potential stand in where none are given."""


@dataclass(frozen=True)
class ChlorideCell:
    """Na, K, Cl and HCO3 on both sides (mM), V (volt) and P_HCO3/P_Cl of GABA-A receptors.

    Parameters
    ----------
    inside, outside : Solution
        At one temperature, with at least the four ions, none of them zero.
    p_hco3 : float
        P_HCO3/P_Cl, zero or positive.
    voltage_V : float
        V = φ_in − φ_out in volt.
    source : str
        Where the numbers come from.

    Raises
    ------
    InputError
        A missing ion or one at zero, two temperatures, a negative ratio or V not finite.
    """

    inside: Solution
    outside: Solution
    p_hco3: float
    voltage_V: float
    source: str = ""

    def __post_init__(self) -> None:
        common_temperature(self.inside, self.outside)
        for side in (self.inside, self.outside):
            for ion in IONS:
                if side[ion] <= 0.0:
                    rule = "is above zero: an empty side has no finite reversal potential"
                    raise InputError(f"{side.name}.{ion}", side[ion], rule)
        checks.nonnegative(self.p_hco3, "p_hco3")
        checks.scalar(self.voltage_V, "voltage_V")

    @property
    def temperature_K(self) -> float:  # noqa: N802
        """Temperature of both solutions."""
        return self.inside.temperature_K

    @property
    def e_na_V(self) -> float:  # noqa: N802
        """Nernst potential of sodium."""
        return self._nernst(1, "Na")

    @property
    def e_k_V(self) -> float:  # noqa: N802
        """Nernst potential of potassium."""
        return self._nernst(1, "K")

    @property
    def e_cl_V(self) -> float:  # noqa: N802
        """Nernst potential of chloride."""
        return self._nernst(-1, "Cl")

    def _nernst(self, z: int, ion: str) -> float:
        return float(nernst(z, self.inside[ion], self.outside[ion], self.temperature_K))

    def lines(self) -> list[str]:
        """The inputs in words."""
        ions = (f"{ion} {self.inside[ion]:g}/{self.outside[ion]:g}" for ion in IONS)
        out = [
            f"in/out, mM: {', '.join(ions)}",
            f"V = {1000.0 * self.voltage_V:.2f} mV, P_HCO3/P_Cl = {self.p_hco3:g}, "
            f"{text.kelvin(self.temperature_K)}",
        ]
        return [*out, f"source: {self.source}"] if self.source else out

    def record(self) -> dict[str, Any]:
        """The inputs by name."""
        return {
            "inside_mM": {ion: self.inside[ion] for ion in IONS},
            "outside_mM": {ion: self.outside[ion] for ion in IONS},
            "v_mV": 1000.0 * self.voltage_V,
            "p_hco3": self.p_hco3,
            "temperature_K": self.temperature_K,
            "source": self.source,
        }


def chloride_cell(
    name: str = MATURE,
    voltage_V: float | None = None,
    inside_mM: Mapping[str, float] | None = None,
    outside_mM: Mapping[str, float] | None = None,
    p_hco3: float | None = None,
    temperature_K: float | None = None,
) -> ChlorideCell:
    """A shipped receptor membrane, with the neuron's cations, as a :class:`ChlorideCell`.

    Parameters
    ----------
    name : str
        Shipped membrane with Cl and HCO3 and their permeabilities: ``gaba_mature`` or
        ``gaba_immature``.
    voltage_V : float, optional
        V; without it the GHK potential of the shipped membrane ``neuron``.
    inside_mM, outside_mM : mapping, optional
        Concentrations that replace those of the shipped membranes, by ion.
    p_hco3, temperature_K : float, optional
        Replace those of the shipped membrane.

    Raises
    ------
    InputError
        Unknown name, a shipped membrane without chloride or bicarbonate, or what
        :class:`ChlorideCell` refuses.
    """
    receptor, neuron = preset(name), preset(CATIONS)
    if temperature_K is not None:
        receptor, neuron = receptor.at(temperature_K), neuron.at(temperature_K)
    ratio = p_hco3
    if ratio is None:
        ratio = _of(receptor, "HCO3") / _of(receptor, "Cl")
    volt = float(membrane_potential(neuron)) if voltage_V is None else voltage_V
    replaced = [side for side in (inside_mM, outside_mM) if side]
    parts = [f"{name}: {receptor.source}", f"Na and K of {CATIONS}"]
    parts += [f"V: GHK potential of {CATIONS}"] if voltage_V is None else []
    parts += ["some concentrations given"] if replaced else []
    return ChlorideCell(
        _side(receptor.inside, neuron.inside, inside_mM),
        _side(receptor.outside, neuron.outside, outside_mM),
        ratio,
        volt,
        "; ".join(parts),
    )


def _of(membrane: Membrane, ion: str) -> float:
    value = membrane.permeability.get(ion, 0.0)
    if value <= 0.0:
        remedy = f"for example {MATURE} or {IMMATURE}"
        raise InputError("preset", membrane.name, f"has a permeability of {ion}", remedy)
    return value


def _side(receptor: Solution, neuron: Solution, given: Mapping[str, float] | None) -> Solution:
    known = {"Na": neuron["Na"], "K": neuron["K"], "Cl": receptor["Cl"], "HCO3": receptor["HCO3"]}
    return Solution({**known, **(given or {})}, receptor.temperature_K, receptor.name)
