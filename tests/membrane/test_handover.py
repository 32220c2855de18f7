"""From P_K/P_Na to the resting potential: model, interval, limits and what must be stated."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.errors import InputError
from selectivity.membrane import membrane_potential, nernst, preset, resting_potential
from selectivity.records import Interval
from selectivity.units import FARADAY, GAS_CONSTANT

FIXED = settings(derandomize=True, deadline=None)
T = 310.15
RT_F_MV = 1000.0 * GAS_CONSTANT * T / FARADAY
NEURON = preset("neuron")
RATIO = Interval(150.0, 80.0, 300.0)


def neuron_mV(sodium, chloride=0.45):
    above = 5.0 + sodium * 145.0 + chloride * 10.0
    below = 140.0 + sodium * 15.0 + chloride * 110.0
    return RT_F_MV * math.log(above / below)


def test_the_model_by_hand():
    rest = resting_potential(RATIO, T, NEURON)
    assert rest.v_rest_mV.value == pytest.approx(neuron_mV(1 / 150 + 0.04), abs=1e-9)
    assert rest.v_rest_mV.high == pytest.approx(neuron_mV(1 / 80 + 0.04), abs=1e-9)
    assert rest.v_rest_mV.low == pytest.approx(neuron_mV(1 / 300 + 0.04), abs=1e-9)
    assert rest.v_rest_no_leak_mV == pytest.approx(neuron_mV(1 / 150), abs=1e-9)
    assert rest.v_rest_channel_only_mV == pytest.approx(neuron_mV(1 / 150, 0.0), abs=1e-9)
    assert rest.channel_only_ions == ("K", "Na")
    assert rest.warnings == ()


def test_the_channel_alone_lies_well_below_the_membrane():
    rest = resting_potential(RATIO, T, NEURON)
    assert rest.v_rest_channel_only_mV < -80.0 < rest.v_rest_mV.low


def test_bi_ionic_potential_is_ghk_at_equal_concentrations():
    rest = resting_potential(RATIO, T, NEURON)
    assert rest.bi_ionic_mV == pytest.approx(-RT_F_MV * math.log(150.0), abs=1e-9)
    low, high = rest.bi_ionic_interval_mV
    assert low == pytest.approx(-RT_F_MV * math.log(300.0), abs=1e-9)
    assert high == pytest.approx(-RT_F_MV * math.log(80.0), abs=1e-9)


def test_sensitivity_is_the_derivative():
    step = 1e-4
    for ratio in (2.0, 150.0, 1e4):
        rest = resting_potential(Interval(ratio, ratio, ratio), T, NEURON)
        ends = [neuron_mV(math.exp(-s * step) / ratio + 0.04) for s in (1, -1)]
        slope = (ends[0] - ends[1]) / (2 * step)
        assert rest.dv_dlnratio_mV == pytest.approx(slope, rel=1e-5)


@FIXED
@given(st.floats(0.05, 1e6), st.floats(0.0, 5.0), st.floats(0.0, 5.0), st.floats(0.0, 1.0))
def test_the_interval_holds_the_value_and_follows_the_ratio(value, down, up, leak):
    ratio = Interval(value, value * math.exp(-down), value * math.exp(up))
    membrane = NEURON.with_permeability({**NEURON.permeability, "Na": leak})
    rest = resting_potential(ratio, T, membrane)
    assert rest.v_rest_mV.low <= rest.v_rest_mV.value <= rest.v_rest_mV.high
    assert rest.dv_dlnratio_mV < 0.0
    assert rest.v_rest_no_leak_mV <= rest.v_rest_mV.value + 1e-9


def test_an_unbounded_interval_runs_from_the_leak_alone_to_the_sodium_potential():
    rest = resting_potential(Interval(150.0, 0.0, math.inf), T, NEURON)
    assert rest.v_rest_mV.low == pytest.approx(1000.0 * membrane_potential(NEURON), abs=1e-9)
    assert rest.v_rest_mV.high == pytest.approx(1000.0 * nernst(1, 15.0, 145.0, T), abs=1e-9)
    assert rest.bi_ionic_interval_mV == (-math.inf, math.inf)
    assert rest.as_dict()["bi_ionic_interval_mV"] == [None, None]


def test_the_sodium_leak_must_be_stated_and_may_be_zero():
    silent = NEURON.with_permeability({"K": 1.0, "Cl": 0.45})
    with pytest.raises(InputError, match=r"permeability\.Na.*Na = 0 for no leak"):
        resting_potential(RATIO, T, silent)
    none = NEURON.with_permeability({"K": 1.0, "Na": 0.0, "Cl": 0.45})
    rest = resting_potential(RATIO, T, none)
    assert rest.v_rest_mV.value == rest.v_rest_no_leak_mV
    assert rest.inputs["sodium_leak_over_P_K"] == 0.0


def test_only_the_ratio_to_potassium_matters():
    scaled = {ion: 7.0 * p for ion, p in NEURON.permeability.items()}
    twin = resting_potential(RATIO, T, NEURON.with_permeability(scaled))
    rest = resting_potential(RATIO, T, NEURON)
    assert twin.v_rest_mV.value == pytest.approx(rest.v_rest_mV.value, abs=1e-9)
    assert twin.v_rest_no_leak_mV == pytest.approx(rest.v_rest_no_leak_mV, abs=1e-9)
    assert twin.dv_dlnratio_mV == pytest.approx(rest.dv_dlnratio_mV, rel=1e-9)


def test_the_temperature_of_the_ratio_is_used_with_a_warning():
    rest = resting_potential(RATIO, T, preset("squid"))
    assert rest.temperature_K == T
    assert rest.bi_ionic_mV == pytest.approx(-RT_F_MV * math.log(150.0), abs=1e-9)
    assert len(rest.warnings) == 1
    assert "293.15 K" in rest.warnings[0]
    assert "310.15 K" in rest.warnings[0]
    assert rest.inputs["membrane_temperature_K"] == 293.15


def test_inputs_are_echoed_and_ready_for_json():
    record = resting_potential(RATIO, T, NEURON).as_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["inputs"]["ratio"] == {"value": 150.0, "low": 80.0, "high": 300.0}
    assert record["inputs"]["permeability"] == {"K": 1.0, "Na": 0.04, "Cl": 0.45}
    assert record["inputs"]["inside_mM"]["K"] == 140.0
    assert record["inputs"]["source"] == NEURON.source


@pytest.mark.parametrize(
    ("ratio", "kelvin", "membrane", "place"),
    [
        (Interval(0.0, 0.0, 1.0), T, NEURON, "ratio"),
        (Interval(math.nan, 1.0, 2.0), T, NEURON, "ratio"),
        (Interval(math.inf, 1.0, math.inf), T, NEURON, "ratio"),
        (Interval(10.0, 11.0, 12.0), T, NEURON, "ratio"),
        (Interval(10.0, -1.0, 12.0), T, NEURON, "ratio"),
        (RATIO, 37.0, NEURON, "ratio_temperature_K"),
        (RATIO, T, NEURON.with_permeability({"Na": 0.04}), "permeability.K"),
        (RATIO, T, NEURON.with_permeability({"K": 0.0, "Na": 0.04}), "permeability.K"),
    ],
)
def test_errors_name_the_field(ratio, kelvin, membrane, place):
    with pytest.raises(InputError) as caught:
        resting_potential(ratio, kelvin, membrane)
    assert caught.value.place == place
