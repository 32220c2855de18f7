"""Nernst potential and electrochemical difference against closed forms and their edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.errors import InputError
from selectivity.membrane import driving_force, electrochemical_difference, nernst, nernst_slope
from selectivity.units import BOLTZMANN, FARADAY, GAS_CONSTANT

FIXED = settings(derandomize=True, deadline=None)
T = 310.15
RT_F = GAS_CONSTANT * T / FARADAY
CONCENTRATION = st.floats(1e-6, 1e4)


def test_potassium_of_a_neuron_by_hand():
    by_hand = 8.314462618 * T / 96485.33212 * math.log(1.0 / 28.0)
    assert nernst(1, 140.0, 5.0, T) == pytest.approx(by_hand, rel=1e-9)
    assert 1000.0 * nernst(1, 140.0, 5.0, T) == pytest.approx(-89.0587, abs=1e-4)


def test_tenfold_outside_adds_one_slope():
    step = nernst(2, 1.0, 100.0, T) - nernst(2, 1.0, 10.0, T)
    assert step == pytest.approx(nernst_slope(2, T), rel=1e-13)
    assert 1000.0 * nernst_slope(1, 298.15) == pytest.approx(59.16, abs=0.005)


def test_zero_concentrations():
    assert nernst(1, 0.0, 5.0, T) == math.inf
    assert nernst(-1, 0.0, 5.0, T) == -math.inf
    assert nernst(1, 5.0, 0.0, T) == -math.inf
    assert nernst(-2, 5.0, 0.0, T) == math.inf
    assert math.isnan(nernst(1, 0.0, 0.0, T))


def test_small_differences_keep_their_digits():
    delta = 2.0**-40
    assert nernst(1, 1.0, 1.0 + delta, T) == pytest.approx(RT_F * math.log1p(delta), rel=1e-13)


def test_extreme_concentrations_do_not_overflow():
    assert nernst(1, 1e-200, 1e200, T) == pytest.approx(RT_F * 400 * math.log(10), rel=1e-13)


def test_broadcasts_and_returns_floats_for_scalars():
    assert type(nernst(1, 140.0, 5.0, T)) is float
    grid = nernst(np.array([[1], [-1]]), 10.0, np.array([1.0, 10.0, 100.0]), T)
    assert grid.shape == (2, 3)
    np.testing.assert_array_equal(grid[0], -grid[1])
    assert nernst(1, 10.0, 100.0, np.array([293.15, 310.15])).shape == (2,)


@FIXED
@given(z=st.sampled_from([-2, -1, 1, 2, 3]), a=CONCENTRATION, b=CONCENTRATION)
def test_swapping_sides_changes_the_sign(z, a, b):
    assert nernst(z, a, b, T) == pytest.approx(-nernst(z, b, a, T), rel=1e-12, abs=1e-16)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ((0, 1.0, 1.0, T), "z"),
        ((1.5, 1.0, 1.0, T), "z"),
        (([1, 0], 1.0, 1.0, T), "z"),
        ((1, -1.0, 1.0, T), "c_in"),
        ((1, 1.0, [1.0, -2.0], T), "c_out"),
        ((1, 1.0, math.nan, T), "c_out"),
        ((1, 1.0, 1.0, 0.0), "temperature_K"),
        ((1, 1.0, 1.0, 25.0), "temperature_K"),
        ((1, 1.0, 1.0, "warm"), "temperature_K"),
    ],
)
def test_errors_name_the_argument(arguments, place):
    with pytest.raises(InputError) as caught:
        nernst(*arguments)
    assert caught.value.place == place


def test_electrochemical_difference_in_three_units():
    difference = electrochemical_difference(2, 1e-4, 2.0, -0.07, T)
    by_hand = GAS_CONSTANT * T * math.log(1e-4 / 2.0) + 2 * FARADAY * -0.07
    assert difference.J_mol == pytest.approx(by_hand, rel=1e-13)
    per_ion = by_hand / 6.02214076e23
    assert difference.kT == pytest.approx(per_ion / (BOLTZMANN * T), rel=1e-12)
    assert difference.mV / 1000.0 == pytest.approx(-0.07 - nernst(2, 1e-4, 2.0, T), rel=1e-13)
    assert difference.mV / 1000.0 == pytest.approx(driving_force(2, 1e-4, 2.0, -0.07, T), rel=1e-13)


def test_electrochemical_difference_at_the_edges():
    neutral = electrochemical_difference(0, 10.0, 1.0, -0.07, T)
    assert neutral.J_mol == pytest.approx(GAS_CONSTANT * T * math.log(10.0))
    assert math.isnan(neutral.mV)
    empty = electrochemical_difference(1, np.array([0.0, 1.0, 0.0]), [1.0, 0.0, 0.0], 0.0, T)
    np.testing.assert_array_equal(empty.J_mol, [-np.inf, np.inf, np.nan])
    with pytest.raises(InputError):
        electrochemical_difference([0, 0.5], 1.0, 1.0, 0.0, T)


def test_passive_flow_runs_down_the_difference():
    from selectivity.membrane import ghk_flux

    for z, volt in ((1, -0.09), (1, -0.08), (-1, 0.1), (2, 0.03)):
        difference = electrochemical_difference(z, 140.0, 5.0, volt, T).J_mol
        assert difference * ghk_flux(1e-9, z, 140.0, 5.0, volt, T) > 0.0
