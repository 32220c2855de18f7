"""Forms of the resting potential, the pump with its ledger, the band of a channel's ratio."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.errors import InputError
from selectivity.membrane import (
    Membrane,
    Solution,
    ghk_voltage,
    ion_currents,
    membrane_potential,
    mullins_noda,
    mullins_noda_voltage,
    potential_of_ratio,
    preset,
    pumped_rest,
    resting_forms,
    resting_potential,
    with_channel,
)
from selectivity.records import Interval
from selectivity.units import FARADAY, GAS_CONSTANT

FIXED = settings(derandomize=True, deadline=None)
NEURON = preset("neuron")
T = NEURON.temperature_K
RT_F_MV = 1000.0 * GAS_CONSTANT * T / FARADAY
PAIR = NEURON.with_permeability({"K": 1.0, "Na": 0.04})
RATIO = Interval(150.0, 80.0, 300.0)


def test_mullins_noda_by_hand():
    above, below = 1.5 * 5.0 + 0.04 * 145.0, 1.5 * 140.0 + 0.04 * 15.0
    rest = mullins_noda(NEURON)
    assert rest.v_mV == pytest.approx(RT_F_MV * math.log(above / below), abs=1e-9)
    assert rest.left_out == ("Cl",)
    assert rest.v_passive_mV == pytest.approx(1000.0 * membrane_potential(PAIR), abs=1e-9)


@FIXED
@given(st.floats(1e-4, 10.0), st.floats(1.0, 4.0), st.floats(0.5, 50.0))
def test_mullins_noda_is_the_steady_state_of_both_ions(sodium, coupling, k_out):
    inside = Solution({"K": 140.0, "Na": 15.0}, T)
    outside = Solution({"K": k_out, "Na": 145.0}, T)
    membrane = Membrane(inside, outside, {"K": 1.0, "Na": sodium})
    rest = mullins_noda(membrane, coupling)
    leak = ion_currents(membrane, rest.v_mV / 1000.0)
    assert leak["Na"] == pytest.approx(-coupling * leak["K"], rel=1e-9)
    for row in rest.ledger.values():
        assert abs(row.sum_A_m2) <= 1e-9 * abs(row.leak_A_m2)
    assert -RT_F_MV * math.log(coupling) - 1e-9 <= rest.difference_mV <= 1e-9
    rounding = 1e-9 * 1e-9 * abs(leak["Na"])
    assert rest.pump_A_m2 == pytest.approx(-1e-9 * sum(leak.values()), rel=1e-6, abs=rounding)


def test_it_is_the_root_with_its_own_pump_current():
    rest = mullins_noda(PAIR, unit_m_s=1e-8)
    again = pumped_rest(PAIR, rest.pump_A_m2, 1e-8)
    assert again.v_mV == pytest.approx(rest.v_mV, abs=1e-9)
    assert again.ledger["Na"].pump_A_m2 == pytest.approx(3.0 * rest.pump_A_m2)
    assert again.ledger["K"].pump_A_m2 == pytest.approx(-2.0 * rest.pump_A_m2)


def test_the_bound_of_the_docstring():
    """(RT/F) ln 1.5 is 10.8 mV at 310 K, reached where sodium does not count."""
    bound = 1000.0 * GAS_CONSTANT * 310.0 / FARADAY * math.log(1.5)
    assert bound == pytest.approx(10.8, abs=0.05)
    tight = NEURON.with_permeability({"K": 1.0, "Na": 1e-9})
    assert abs(mullins_noda(tight).difference_mV) < 1e-5
    leaky = NEURON.with_permeability({"K": 1.0, "Na": 0.3})
    assert -RT_F_MV * math.log(1.5) < mullins_noda(leaky).difference_mV < -5.0


def test_a_pump_without_net_current_is_ghk():
    rest = mullins_noda(PAIR, 1.0)
    assert rest.v_mV == pytest.approx(rest.v_passive_mV, abs=1e-9)
    assert rest.pump_A_m2 == 0.0
    assert rest.ledger["Na"].pump_A_m2 == -rest.ledger["Na"].leak_A_m2


def test_the_voltage_broadcasts():
    p = np.array([[1.0, 1.0], [0.04, 0.1]])
    volts = mullins_noda_voltage(p, [[140.0], [15.0]], [[5.0], [145.0]], T)
    one = mullins_noda_voltage([1.0, 0.1], [140.0, 15.0], [5.0, 145.0], T)
    assert volts.shape == (2,)
    assert volts[1] == one


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: mullins_noda(NEURON.with_permeability({"K": 1.0})), "permeability.Na"),
        (lambda: mullins_noda(PAIR, 0.5), "coupling"),
        (lambda: pumped_rest(PAIR, 0.01, 0.0), "unit_m_s"),
        (lambda: pumped_rest(PAIR, 0.01, 1e-8, 1.0), "coupling"),
        (lambda: pumped_rest(PAIR, math.nan, 1e-8), "pump_A_m2"),
        (lambda: mullins_noda_voltage([1.0], [1.0], [1.0], T), "permeability"),
    ],
)
def test_bad_pumps(call, place):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.place == place


def test_a_pump_that_cannot_be_balanced():
    inside, outside = Solution({"Na": 0.0}, T), Solution({"Na": 145.0}, T)
    membrane = Membrane(inside, outside, {"Na": 1.0})
    with pytest.raises(InputError, match="bound the potential"):
        pumped_rest(membrane, -0.01, 1e-8)


# --- forms ---


def test_forms_of_the_neuron():
    rest = resting_forms(NEURON)
    assert rest["ghk"].v_mV == pytest.approx(1000.0 * membrane_potential(NEURON), abs=1e-9)
    assert rest["chord"].difference_mV == pytest.approx(0.0, abs=1e-9)
    assert rest["permeability_mean"].difference_mV < -10.0
    assert rest["pump"].v_mV == mullins_noda(NEURON).v_mV
    assert rest["chord_pump"].v_mV == pytest.approx(rest["pump"].v_mV, abs=1e-9)
    assert abs(rest["chord_slope"].difference_mV) > 1.0
    assert rest["ghk_pumped_ions"].v_mV == pytest.approx(1000.0 * membrane_potential(PAIR))
    assert "largest outward current is carried by K" in rest["ghk"].why
    with pytest.raises(InputError, match="is one of ghk"):
        rest["goldman"]


def test_a_pump_current_that_does_not_balance_every_ion_says_so():
    rest = resting_forms(NEURON, pump=pumped_rest(NEURON, 0.001, 1e-9))
    assert "concentrations still move" in rest["pump"].why
    assert rest["chord_pump"].v_mV == pytest.approx(rest["pump"].v_mV, abs=1e-9)
    ions = list(NEURON.permeability)
    expected = ghk_voltage(
        [1e-9 * NEURON.permeability[ion] for ion in ions],
        [1, 1, -1],
        [NEURON.inside[ion] for ion in ions],
        [NEURON.outside[ion] for ion in ions],
        T,
        0.001,
    )
    assert rest["pump"].v_mV == pytest.approx(1000.0 * expected, abs=1e-9)


def test_forms_without_sodium_and_with_an_absent_ion():
    alone = resting_forms(NEURON.with_permeability({"K": 1.0}))
    assert alone.pump is None
    assert "no form with a pump" in alone.summary()
    inside, outside = Solution({"K": 140.0, "Ca": 0.0}, T), Solution({"K": 5.0, "Ca": 2.0}, T)
    absent = resting_forms(Membrane(inside, outside, {"K": 1.0, "Ca": 0.1}))
    assert math.isnan(absent["chord"].v_mV)
    assert json.loads(absent.to_json())["forms"][1]["v_mV"] is None


def test_the_channels_ratio_with_its_band(tmp_path):
    handover = resting_potential(RATIO, T, NEURON)
    membrane = with_channel(NEURON, handover)
    assert membrane.permeability["Na"] == pytest.approx(1.0 / 150.0 + 0.04)
    rest = resting_forms(membrane, handover)
    assert rest["ghk"].v_mV == pytest.approx(handover.v_rest_mV.value, abs=1e-9)
    text = rest.summary()
    assert "P_Na,leak = 0.04 P_K (an input)" in text
    assert "bi-ionic" in text
    figure = rest.plot(tmp_path / "r.png")
    assert "of the channel" in figure.axes[1].get_xlabel()
    plain = resting_forms(NEURON).plot(tmp_path / "n.png")
    assert plain.axes[1].get_xlabel() == "K outside (mM)"


def test_the_band_is_ghk_of_each_ratio(tmp_path):
    handover = resting_potential(RATIO, T, NEURON)
    table = handover.columns()
    at = np.searchsorted(table["ratio"], 150.0)
    ratio = table["ratio"][at]
    single = resting_potential(Interval(ratio, ratio, ratio), T, NEURON)
    assert table["v_rest_mV"][at] == pytest.approx(single.v_rest_mV.value, abs=1e-9)
    assert table["v_rest_no_leak_mV"][at] == pytest.approx(single.v_rest_no_leak_mV, abs=1e-9)
    assert (np.diff(table["v_rest_mV"]) < 0.0).all()
    grid = potential_of_ratio(NEURON, [[80.0], [300.0]], 0.04)
    assert 1000.0 * grid[0, 0] == pytest.approx(handover.v_rest_mV.high, abs=1e-9)
    assert 1000.0 * grid[1, 0] == pytest.approx(handover.v_rest_mV.low, abs=1e-9)
    handover.plot(tmp_path / "band.png")
    open_ends = resting_potential(Interval(150.0, 0.0, math.inf), T, NEURON)
    open_ends.plot(tmp_path / "open.png")
    assert "unbounded" in open_ends.summary()
    with pytest.raises(InputError, match="ratio"):
        potential_of_ratio(NEURON, -1.0, 0.04)
