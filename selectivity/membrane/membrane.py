"""A membrane between two solutions and what rests on it: potential, currents, conductances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.ghk import chord_conductance, ghk_current, slope_conductance
from selectivity.membrane.nernst import nernst
from selectivity.membrane.reversal import chord_potential, ghk_voltage
from selectivity.membrane.solution import VALENCE, Solution, common_temperature, ion_symbol

Array = NDArray[np.float64]
NM_PER_S = 1e-9
"""1 nm/s in m/s: currents are given for a relative permeability of 1 that stands for it."""


@dataclass(frozen=True)
class Membrane:
    """Two solutions and the permeabilities of the membrane between them.

    Parameters
    ----------
    inside, outside : Solution
        Both at one temperature.
    permeability : mapping of str to float
        Relative permeability of each ion, in any one unit (usually that of K). Both solutions
        state the concentration of every ion named here; ions of the solutions that are not named
        are impermeant.
    name : str
    source : str
        Where concentrations and permeabilities come from.
    verified : bool or None
        False where a number was not checked against its source, None where no source is given.

    Raises
    ------
    InputError
        Unknown or missing ion, negative permeability, none at all, or two temperatures.
    """

    inside: Solution
    outside: Solution
    permeability: Mapping[str, float]
    name: str = "membrane"
    source: str = ""
    verified: bool | None = None

    def __post_init__(self) -> None:
        checked: dict[str, float] = {}
        for written, value in self.permeability.items():
            place = f"permeability.{written}"
            symbol = ion_symbol(written, place)
            if symbol in checked:
                raise InputError(place, written, "stands once", "leave one of the two out")
            checks.nonnegative(value, place)
            checked[symbol] = checks.scalar(value, place)
            for side in (self.inside, self.outside):
                side[symbol]
        if not checked:
            rule = "names at least one ion"
            raise InputError("permeability", {}, rule, 'for example {"K": 1, "Na": 0.04}')
        common_temperature(self.inside, self.outside)
        object.__setattr__(self, "permeability", MappingProxyType(checked))

    def __hash__(self) -> int:
        items = frozenset(self.permeability.items())
        return hash((self.inside, self.outside, items, self.name))

    def __reduce__(self) -> tuple[type[Membrane], tuple[Any, ...]]:
        fields = (self.inside, self.outside, dict(self.permeability))
        return Membrane, (*fields, self.name, self.source, self.verified)

    @property
    def temperature_K(self) -> float:  # noqa: N802
        """Temperature of both solutions."""
        return self.inside.temperature_K

    @property
    def impermeant(self) -> tuple[str, ...]:
        """Ions that a solution lists and that the membrane lets not through."""
        listed = dict.fromkeys((*self.inside, *self.outside))
        return tuple(ion for ion in listed if self.permeability.get(ion, 0.0) == 0.0)

    def at(self, temperature_K: float) -> Membrane:
        """The same membrane at another temperature."""
        return Membrane(
            self.inside.at(temperature_K),
            self.outside.at(temperature_K),
            self.permeability,
            self.name,
            self.source,
            self.verified,
        )

    def with_permeability(self, permeability: Mapping[str, float]) -> Membrane:
        """The same two solutions with other permeabilities."""
        return Membrane(
            self.inside, self.outside, permeability, self.name, self.source, self.verified
        )


class IonColumns(NamedTuple):
    """P, z, c_in and c_out over the ions of a membrane, each of shape (n_ions,)."""

    p: Array
    z: Array
    c_in: Array
    c_out: Array


def ion_columns(membrane: Membrane) -> IonColumns:
    """The numbers of the ions of ``membrane.permeability``, in its order."""
    ions = tuple(membrane.permeability)
    return IonColumns(
        np.array([membrane.permeability[ion] for ion in ions]),
        np.array([VALENCE[ion] for ion in ions], dtype=float),
        np.array([membrane.inside[ion] for ion in ions]),
        np.array([membrane.outside[ion] for ion in ions]),
    )


def membrane_potential(membrane: Membrane) -> float:
    """GHK voltage of ``membrane`` in volt (see :func:`selectivity.membrane.ghk_voltage`)."""
    return float(ghk_voltage(*ion_columns(membrane), membrane.temperature_K))


def ion_currents(membrane: Membrane, voltage_V: float) -> dict[str, float]:
    """GHK current of each ion at ``voltage_V``, in A/m² per m/s of the permeability unit.

    With a permeability of 1 standing for 1 nm/s the same numbers are 1e-9 of this, in A/m².
    """
    current = ghk_current(*ion_columns(membrane), voltage_V, membrane.temperature_K)
    return dict(zip(membrane.permeability, current.tolist(), strict=True))


def chord_conductances(membrane: Membrane, voltage_V: float) -> dict[str, float]:
    """Chord conductance I/(V − E) of each ion, in S/m² per m/s of the permeability unit."""
    g = chord_conductance(*ion_columns(membrane), voltage_V, membrane.temperature_K)
    return dict(zip(membrane.permeability, g.tolist(), strict=True))


def slope_conductances(membrane: Membrane, voltage_V: float) -> dict[str, float]:
    """Slope conductance dI/dV of each ion, in S/m² per m/s of the permeability unit."""
    g = slope_conductance(*ion_columns(membrane), voltage_V, membrane.temperature_K)
    return dict(zip(membrane.permeability, g.tolist(), strict=True))


def nernst_potentials(membrane: Membrane) -> dict[str, float]:
    """Nernst potential of each ion with a permeability entry, in volt."""
    reversal = nernst(*ion_columns(membrane)[1:], membrane.temperature_K)
    return dict(zip(membrane.permeability, reversal.tolist(), strict=True))


def unbounded(membrane: Membrane) -> InputError:
    """The error of a potential without a finite value: names the ions that a side lacks."""
    sides = (membrane.inside, membrane.outside)
    permeant = [ion for ion, p in membrane.permeability.items() if p > 0.0]
    present = [ion for ion in permeant if any(side[ion] > 0.0 for side in sides)]
    missing = [f"{side.name}.{ion}" for ion in present for side in sides if side[ion] == 0.0]
    rule = "is above zero for one of them: the permeant ions bound the potential from both sides"
    remedy = "an ion that is absent from one side has no finite equilibrium"
    return InputError(", ".join(missing) or membrane.name, 0.0, rule, remedy)


@dataclass(frozen=True)
class RestBalance:
    """The GHK voltage beside the two means that it is confused with, and its current balance.

    ``v_ghk_V``; ``v_chord_V`` = Σ g E/Σ g with the chord conductances at ``v_ghk_V`` (the same
    number, by identity; nan where a permeant ion is missing on one side);
    ``v_permeability_mean_V`` = Σ P E/Σ P, which is not the GHK voltage (infinite or nan there).
    ``current`` (A/m² per m/s) and ``conductance`` (S/m² per m/s) of each ion at rest;
    ``imbalance`` is |Σ I| / Σ |I|.
    """

    v_ghk_V: float
    v_chord_V: float
    v_permeability_mean_V: float
    nernst_V: Mapping[str, float]
    current: Mapping[str, float]
    conductance: Mapping[str, float]
    imbalance: float


def rest_balance(membrane: Membrane) -> RestBalance:
    """Currents, conductances and potentials of ``membrane`` at its GHK voltage.

    Raises
    ------
    InputError
        No ion can carry current, or the GHK voltage is infinite because the only permeant ions
        are missing on one side.
    """
    rest = membrane_potential(membrane)
    if not np.isfinite(rest):
        raise unbounded(membrane)
    reversal = nernst_potentials(membrane)
    current, conductance = ion_currents(membrane, rest), chord_conductances(membrane, rest)
    gross = sum(abs(i) for i in current.values())
    e = np.array(list(reversal.values()))
    g = np.array(list(conductance.values()))
    p = np.array(list(membrane.permeability.values()))
    through = p > 0.0
    ohmic = bool(np.isfinite(e[through]).all())
    return RestBalance(
        v_ghk_V=rest,
        v_chord_V=chord_potential(g[through], e[through]) if ohmic else float("nan"),
        v_permeability_mean_V=chord_potential(p, e),
        nernst_V=reversal,
        current=current,
        conductance=conductance,
        imbalance=abs(sum(current.values())) / gross if gross > 0.0 else 0.0,
    )
