"""Membranes and the shipped ones: they load, carry sources, and rest where they should."""

import math
import pickle

import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    Membrane,
    Solution,
    ion_currents,
    membrane_potential,
    nernst_potentials,
    neutrality,
    preset,
    preset_names,
    rest_balance,
    slope_conductances,
)


def test_every_preset_loads_with_source_and_temperature():
    assert {"squid", "squid_1949", "squid_peak", "neuron"} <= set(preset_names())
    for name in preset_names():
        membrane = preset(name)
        assert "concentrations:" in membrane.source
        assert "permeability:" in membrane.source
        assert membrane.verified is False  # every table of concentrations is from memory
        assert "not verified" in membrane.source
        assert 270.0 < membrane.temperature_K < 320.0


def test_unknown_preset_lists_the_known_ones():
    with pytest.raises(InputError, match="squid_1949"):
        preset("octopus")


@pytest.mark.parametrize("name", ["../squid", "squid.toml", ""])
def test_presets_are_names_not_paths(name):
    with pytest.raises(InputError):
        preset(name)


@pytest.mark.parametrize(
    ("name", "millivolt"),
    [("squid", -59.93), ("squid_1949", -59.68), ("squid_peak", 42.38), ("neuron", -67.34)],
)
def test_presets_rest_where_the_closed_form_says(name, millivolt):
    m = preset(name)
    p, inside, outside = m.permeability, m.inside, m.outside
    above = sum(p[ion] * outside[ion] for ion in ("K", "Na")) + p["Cl"] * inside["Cl"]
    below = sum(p[ion] * inside[ion] for ion in ("K", "Na")) + p["Cl"] * outside["Cl"]
    expected = 8.314462618 * m.temperature_K / 96485.33212 * math.log(above / below)
    assert membrane_potential(m) == pytest.approx(expected, rel=1e-9)
    assert 1000.0 * membrane_potential(m) == pytest.approx(millivolt, abs=0.01)


def test_chloride_turns_from_depolarising_to_shunting():
    mature, immature = (membrane_potential(preset(f"gaba_{age}")) for age in ("mature", "immature"))
    assert -0.072 < mature < -0.068
    assert -0.038 < immature < -0.033


def test_presets_are_not_neutral_and_the_report_says_so():
    assert not neutrality(preset("neuron").inside).neutral


def test_balance_at_rest():
    squid = preset("squid")
    balance = rest_balance(squid)
    assert balance.imbalance < 1e-14
    assert balance.v_chord_V == pytest.approx(balance.v_ghk_V, abs=1e-15)
    assert abs(balance.v_permeability_mean_V - balance.v_ghk_V) > 0.005
    assert balance.nernst_V == nernst_potentials(squid)
    assert balance.current == ion_currents(squid, balance.v_ghk_V)
    assert balance.current["K"] > 0.0 > balance.current["Na"]


def test_balance_with_an_ion_that_is_missing_on_one_side():
    inside = Solution({"K": 140.0, "Na": 0.0}, 310.15, "inside")
    outside = Solution({"K": 5.0, "Na": 145.0}, 310.15, "outside")
    balance = rest_balance(Membrane(inside, outside, {"K": 1.0, "Na": 0.04}))
    assert balance.imbalance < 1e-14
    assert math.isnan(balance.v_chord_V)
    assert balance.v_permeability_mean_V == math.inf
    blocked = rest_balance(Membrane(inside, outside, {"K": 1.0, "Na": 0.0}))
    assert blocked.v_ghk_V == nernst_potentials(preset("neuron"))["K"]
    assert blocked.v_chord_V == pytest.approx(blocked.v_ghk_V, rel=1e-14)
    with pytest.raises(InputError, match="bound the potential") as caught:
        rest_balance(Membrane(inside, outside, {"Na": 1.0}))
    assert caught.value.place == "inside.Na"


def test_impermeant_ions_are_named():
    assert preset("neuron").impermeant == ("Ca",)


def test_membrane_is_frozen_hashable_and_picklable():
    membrane = preset("neuron")
    twin = pickle.loads(pickle.dumps(membrane))
    assert twin == membrane
    assert hash(twin) == hash(membrane)
    with pytest.raises(TypeError):
        membrane.permeability["K"] = 2.0  # type: ignore[index]


INSIDE = Solution({"K": 140.0, "Na": 15.0}, 310.15, "inside")
OUTSIDE = Solution({"K": 5.0, "Na": 145.0}, 310.15, "outside")


@pytest.mark.parametrize(
    ("outside", "permeability", "place"),
    [
        (OUTSIDE, {"K": -1.0}, "permeability.K"),
        (OUTSIDE, {"Kalium": 1.0}, "permeability.Kalium"),
        (OUTSIDE, {"K": 1.0, "K+": 1.0}, "permeability.K+"),
        (OUTSIDE, {"K": 1.0, "Cl": 0.45}, "inside.Cl"),
        (OUTSIDE, {}, "permeability"),
        (OUTSIDE.at(293.15), {"K": 1.0}, "temperature_K"),
    ],
)
def test_membrane_errors_name_ion_and_field(outside, permeability, place):
    with pytest.raises(InputError) as caught:
        Membrane(INSIDE, outside, permeability)
    assert caught.value.place == place


def test_slope_conductances_are_the_slopes_of_the_currents():
    neuron, volt, step = preset("neuron"), -0.05, 1e-5
    ends = [ion_currents(neuron, volt + sign * step) for sign in (1.0, -1.0)]
    for ion, g in slope_conductances(neuron, volt).items():
        assert g == pytest.approx((ends[0][ion] - ends[1][ion]) / (2.0 * step), rel=1e-7)
