"""GHK voltage: closed forms against a root search, exact limits, and the weighted means."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from selectivity.errors import InputError
from selectivity.membrane import (
    chord_conductance,
    chord_potential,
    ghk_current,
    ghk_voltage,
    nernst,
)
from selectivity.units import FARADAY, GAS_CONSTANT

FIXED = settings(derandomize=True, deadline=None)
T = 310.15
RT_F = GAS_CONSTANT * T / FARADAY
PICOVOLT = 1e-12  # 1e-9 mV
NEURON = ([1, 1, -1], [140.0, 15.0, 10.0], [5.0, 145.0, 110.0])


def by_root(p, z, c_in, c_out):
    """Independent root of the summed currents, over a bracket that holds every reversal."""

    def net(volt):
        return float(np.sum(ghk_current(p, z, c_in, c_out, volt, T)))

    return brentq(net, -2.0, 2.0, xtol=1e-15, rtol=1e-15)


def mixtures(valences):
    ion = st.tuples(
        st.sampled_from(valences), st.floats(1e-4, 1.0), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3)
    )
    return st.lists(ion, min_size=2, max_size=6)


def columns(mixture):
    z, p, c_in, c_out = (np.array(column, dtype=float) for column in zip(*mixture, strict=True))
    return p, z, c_in, c_out


def test_monovalent_closed_form():
    p = [1.0, 0.04, 0.45]
    above = 5.0 + 0.04 * 145.0 + 0.45 * 10.0
    below = 140.0 + 0.04 * 15.0 + 0.45 * 110.0
    expected = RT_F * math.log(above / below)
    assert ghk_voltage(p, *NEURON, T) == pytest.approx(expected, abs=PICOVOLT)


@FIXED
@given(mixtures([-1, 1]))
def test_monovalent_mixtures_by_root(mixture):
    assert ghk_voltage(*columns(mixture), T) == pytest.approx(
        by_root(*columns(mixture)), abs=PICOVOLT
    )


@FIXED
@given(mixtures([-2, -1, 1, 2]))
def test_divalent_closed_form_by_root(mixture):
    assert ghk_voltage(*columns(mixture), T) == pytest.approx(
        by_root(*columns(mixture)), abs=PICOVOLT
    )


@FIXED
@given(mixtures([-3, -1, 1, 2, 3]))
def test_higher_charges_by_root(mixture):
    assert ghk_voltage(*columns(mixture), T) == pytest.approx(
        by_root(*columns(mixture)), abs=PICOVOLT
    )


def test_divalents_shift_the_potential_as_the_known_formula_says():
    """Lewis' form: P' = 4 P/(1 + exp(FV/RT)) stands in the monovalent equation for calcium."""
    p, z = np.array([1.0, 0.05, 0.2]), np.array([1, 1, 2])
    c_in, c_out = np.array([140.0, 15.0, 1e-4]), np.array([5.0, 145.0, 2.0])
    volt = ghk_voltage(p, z, c_in, c_out, T)
    effective = p * np.array([1.0, 1.0, 4.0 / (1.0 + math.exp(volt / RT_F))])
    inward = effective * c_out * np.array([1.0, 1.0, 1.0])
    outward = effective * c_in * np.array([1.0, 1.0, math.exp(volt / RT_F)])
    assert volt == pytest.approx(RT_F * math.log(inward.sum() / outward.sum()), abs=PICOVOLT)


@pytest.mark.parametrize("z", [-2, -1, 1, 2, 3])
def test_one_permeant_ion_gives_exactly_its_nernst_potential(z):
    expected = nernst(z, 137.3, 4.9, T)
    assert ghk_voltage([0.0, 0.37], [1, z], [10.0, 137.3], [150.0, 4.9], T) == expected
    assert ghk_voltage([5.0, 0.37], [1, z], [0.0, 137.3], [0.0, 4.9], T) == expected


def test_ions_with_one_potential_rest_there():
    volt = ghk_voltage([1.0, 2.0, 0.5], [1, -1, 2], [10.0, 40.0, 1.0], [40.0, 10.0, 16.0], T)
    assert volt == pytest.approx(RT_F * math.log(4.0), abs=PICOVOLT)
    with_third = ghk_voltage([1.0, 2.0, 0.5], [1, -1, 3], [10.0, 40.0, 1.0], [40.0, 10.0, 64.0], T)
    assert with_third == pytest.approx(RT_F * math.log(4.0), abs=PICOVOLT)


@pytest.mark.parametrize("z", [1, 2, 3])
def test_ions_that_are_absent_from_one_side(z):
    assert ghk_voltage([1.0, 1.0], [1, z], [0.0, 0.0], [5.0, 1.0], T) == math.inf
    assert ghk_voltage([1.0, 1.0], [1, z], [5.0, 1.0], [0.0, 0.0], T) == -math.inf
    bounded = ghk_voltage([1.0, 1.0], [1, z], [5.0, 0.0], [0.0, 5.0], T)
    assert math.isfinite(bounded)
    assert bounded == pytest.approx(by_root([1.0, 1.0], [1, z], [5.0, 0.0], [0.0, 5.0]), abs=1e-12)


def test_nothing_permeant_is_refused_for_one_mixture_and_nan_in_an_array():
    with pytest.raises(InputError, match="at least one ion is permeant"):
        ghk_voltage([0.0, 0.0], [1, 1], [140.0, 15.0], [5.0, 145.0], T)
    p = np.array([[0.0, 1.0], [0.0, 0.0]])
    volts = ghk_voltage(p, [1, 1], [140.0, 15.0], [5.0, 145.0], T)
    assert math.isnan(volts[0])
    assert volts[1] == nernst(1, 140.0, 5.0, T)


def test_broadcasts_over_trailing_axes():
    potassium = np.array([1.0, 5.0, 50.0])
    c_out = np.stack([potassium, np.full(3, 145.0), np.full(3, 2.0)])
    p, z, c_in = [1.0, 0.04, 0.01], [1, 1, 3], [140.0, 15.0, 1e-4]
    volts = ghk_voltage(p, z, c_in, c_out, T)
    single = [ghk_voltage(p, z, c_in, c_out[:, j], T) for j in range(3)]
    np.testing.assert_array_equal(volts, single)
    warm = ghk_voltage(p[:2], z[:2], c_in[:2], c_out[:2, 1], np.array([293.15, 310.15]))
    assert warm[1] / warm[0] == pytest.approx(310.15 / 293.15, rel=1e-13)


@FIXED
@given(mixtures([-2, -1, 1, 2, 3]), st.floats(1e-12, 1e12))
def test_symmetries_and_bounds(mixture, scale):
    p, z, c_in, c_out = columns(mixture)
    assume(np.abs(z).max() < 3 or len(mixture) > 1)
    volt = ghk_voltage(p, z, c_in, c_out, T)
    assert ghk_voltage(scale * p, z, c_in, c_out, T) == pytest.approx(volt, abs=PICOVOLT)
    assert ghk_voltage(p, z, c_out, c_in, T) == pytest.approx(-volt, abs=PICOVOLT)
    assert ghk_voltage(p, -z, c_out, c_in, T) == pytest.approx(volt, abs=PICOVOLT)
    e = nernst(z, c_in, c_out, T)
    assert e.min() - PICOVOLT <= volt <= e.max() + PICOVOLT


@FIXED
@given(mixtures([-2, -1, 1, 2]))
def test_chord_conductances_at_rest_give_the_ghk_voltage(mixture):
    p, z, c_in, c_out = columns(mixture)
    volt = ghk_voltage(p, z, c_in, c_out, T)
    g = chord_conductance(p, z, c_in, c_out, volt, T)
    assert chord_potential(g, nernst(z, c_in, c_out, T)) == pytest.approx(volt, abs=1e-11)


def test_permeability_weighted_mean_is_not_the_ghk_voltage():
    p, z, c_in, c_out = [1.0, 0.05], [1, 1], [140.0, 15.0], [5.0, 145.0]
    mean = chord_potential(p, nernst(z, c_in, c_out, T))
    assert ghk_voltage(p, z, c_in, c_out, T) - mean > 0.015


def test_chord_potential_edges():
    assert chord_potential([2.0, 0.0], [-0.08, math.inf]) == -0.08
    assert chord_potential([3.0, 1.0], [-0.09, 0.05]) == pytest.approx(-0.055)
    with pytest.raises(InputError, match="above zero"):
        chord_potential([0.0, 0.0], [-0.08, 0.05])
    with pytest.raises(InputError, match="first axis"):
        chord_potential([1.0, 1.0], [-0.08])


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (([1.0, 1.0], [1, 0], [1.0, 1.0], [1.0, 1.0], T), "z"),
        (([1.0, 1.0], 1, [1.0, 1.0], [1.0, 1.0], T), "z"),
        (([1.0, -1.0], [1, 1], [1.0, 1.0], [1.0, 1.0], T), "permeability"),
        (([1.0], [1, 1], [1.0, 1.0], [1.0, 1.0], T), "permeability"),
        (([1.0, 1.0], [1, 1], 1.0, [1.0, 1.0], T), "c_in"),
        (([1.0, 1.0], [1, 1], [1.0, 1.0], [1.0, -1.0], T), "c_out"),
        (([1.0, 1.0], [1, 1], np.ones((2, 3)), np.ones((2, 4)), T), "shapes"),
        (([1.0, 1.0], [1, 1], [1.0, 1.0], [1.0, 1.0], 20.0), "temperature_K"),
    ],
)
def test_errors_name_the_argument(arguments, place):
    with pytest.raises(InputError) as caught:
        ghk_voltage(*arguments)
    assert caught.value.place == place


def test_the_bracketed_root_holds_for_any_pump_and_any_scale():
    """2,000 mixtures with charges to 3, empty sides, permeabilities and pumps over 10 decades."""
    rng, n = np.random.default_rng(0), 2000
    z = np.array([1.0, -1.0, 2.0, 3.0])
    p = 10.0 ** rng.uniform(-14.0, -4.0, (4, n))
    sides = 10.0 ** rng.uniform(-6.0, 3.0, (2, 4, n))
    sides[rng.random(sides.shape) < 0.15] = 0.0
    pump = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-9.0, 3.0, n)
    volts = ghk_voltage(p, z, *sides, T, pump)
    finite = np.isfinite(volts)
    assert finite.mean() > 0.99
    at, given = volts[finite], (p[:, finite], z[:, None], *sides[:, :, finite])
    near = 1e-12 * (1.0 + np.abs(at))
    for sign in (-1.0, 1.0):
        net = np.sum(ghk_current(*given, at + sign * near, T), axis=0) + pump[finite]
        assert (sign * net >= 0.0).all()
