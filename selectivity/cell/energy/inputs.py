"""Inputs of an energy budget, from a shipped preset with changes by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from selectivity.cell.cell_presets import CellPreset, Section, cell_preset
from selectivity.cell.energy.costs import charging_sodium
from selectivity.errors import InputError
from selectivity.membrane import checks

MODEL = "energy_budget"
_SIGNED = ("v_mV", "e_na_mV", "e_k_mV")
_UM = 1e-6
_F_M2 = 1e-2  # of 1 µF/cm²


@dataclass(frozen=True)
class EnergyInputs:
    """Numbers of one neuron with its glia and synapses; names carry units.

    ``sodium_minimum`` is the ions that charge the cell in a spike, ``overlap`` what enters for
    each of them; ``*_ATP`` are the cost of one vesicle of glutamate, ``boutons`` × ``rate_Hz`` ×
    ``release_probability`` the vesicles per second. ``spike_ATP`` and ``rest_neuron_ATP_s``
    stand in for what is computed where they are given, as from a simulated spike.

    Raises
    ------
    InputError
        A number that is not finite, or negative where it cannot be; a release probability
        above 1.
    """

    input_resistance_Mohm: float
    v_mV: float
    e_na_mV: float
    e_k_mV: float
    glia_ATP_s: float
    glia_per_neuron: float
    sodium_minimum: float
    overlap: float
    non_nmda_ATP: float
    nmda_ATP: float
    mglur_ATP: float
    presynaptic_calcium_ATP: float
    recycling_ATP: float
    vesicle_cycle_ATP: float
    boutons: float
    release_probability: float
    rate_Hz: float
    neurons_per_cm3: float
    spike_ATP: float | None = None
    rest_neuron_ATP_s: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            number = checks.scalar(value, field.name)
            if field.name not in _SIGNED:
                checks.nonnegative(number, field.name)
            object.__setattr__(self, field.name, number)
        checks.positive(self.input_resistance_Mohm, "input_resistance_Mohm")
        if self.release_probability > 1.0:
            raise InputError("release_probability", self.release_probability, "is 1 or less")


@dataclass(frozen=True)
class Published:
    """A number that the paper prints beside what is computed here."""

    value: float
    source: str
    verified: bool


@dataclass(frozen=True)
class EnergyPreset:
    """Inputs of a published budget, where each comes from, and what the paper prints."""

    name: str
    title: str
    inputs: EnergyInputs
    origin: Mapping[str, Section]
    published: Mapping[str, Published]
    changed: tuple[str, ...] = ()


def input_names() -> tuple[str, ...]:
    """Names that :func:`energy_preset` lets one change."""
    return tuple(field.name for field in fields(EnergyInputs))


def energy_preset(name: str, changes: Mapping[str, float] | None = None) -> EnergyPreset:
    """The inputs of a shipped energy budget, with some of them replaced.

    Parameters
    ----------
    name : str
        ``attwell_laughlin_2001`` or ``howarth_2012``.
    changes : mapping of str to float, optional
        Inputs by name (:func:`input_names`); what the paper prints is then of another cell and
        still shown.

    Raises
    ------
    InputError
        Unknown preset or input, a preset of another kind, or what :class:`EnergyInputs` refuses.
    """
    preset = _checked(name)
    sections = list(preset.sections.values())
    if "inputs" in preset.sections:
        base = _checked(str(preset["inputs"]["as_in"])).sections.items()
        inherited = [s for key, s in base if not key.startswith("published")]
        sections = inherited + sections
    known, values, origin, published = set(input_names()), {}, {}, {}
    for section in sections:
        for key, value in section.values.items():
            if section.name.startswith("published"):
                published[key] = Published(float(value), section.source, section.verified)
            elif key in known:
                values[key], origin[key] = float(value), section
    inputs = EnergyInputs(**values)
    for key in changes or {}:
        if key not in known:
            remedy = "known: " + ", ".join(input_names())
            raise InputError("set", key, "is an input of the budget", remedy)
    changed = dict(changes or {})
    return EnergyPreset(
        name, preset.title, replace(inputs, **changed), origin, published, tuple(changed)
    )


def geometry_sodium(name: str = "attwell_laughlin_2001") -> dict[str, float]:
    """Sodium that charges soma, dendrites and axon of a preset's cell, in ions by part.

    A sphere and two cylinders without ends. Raises as :func:`energy_preset`; StoreError where the
    preset has no geometry.
    """
    g = _checked(name)["geometry"]
    soma = math.pi * g["soma_diameter_um"] ** 2
    dendrite = math.pi * g["dendrite_diameter_um"] * g["dendrite_length_um"]
    axon = math.pi * g["axon_diameter_um"] * g["axon_length_um"]
    steps = [g["depolarisation_mV"], g["dendrite_depolarisation_mV"], g["depolarisation_mV"]]
    area = _UM**2 * np.array([soma, dendrite, axon])
    ions: Any = charging_sodium(_F_M2 * g["capacitance_uF_cm2"], area, 1e-3 * np.array(steps))
    return dict(zip(("soma", "dendrites", "axon"), ions.tolist(), strict=True))


def _checked(name: str) -> CellPreset:
    preset = cell_preset(name)
    if preset.model != MODEL:
        remedy = "known: attwell_laughlin_2001, howarth_2012"
        raise InputError("preset", name, "is an energy budget", remedy)
    return preset
