"""GHK current and conductances: all limits, and 1e-12 against 60-digit arithmetic."""

import itertools
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.errors import InputError
from selectivity.membrane import (
    bernoulli,
    chord_conductance,
    ghk_current,
    ghk_flux,
    nernst,
    rectification_ratio,
    slope_conductance,
)
from selectivity.units import FARADAY, GAS_CONSTANT

FIXED = settings(derandomize=True, deadline=None)
T = 310.15
RT_F = GAS_CONSTANT * T / FARADAY
P = 1e-8
VALENCES = (-2, -1, 1, 2, 3)
VOLTS = (0.0, 1e-12, -1e-12, 1e-6, -1e-6, 0.01, -0.01, -0.07, 0.0605, 0.5, -0.5, 5.0, -5.0, 30.0)
PAIRS = ((140.0, 5.0), (5.0, 140.0), (100.0, 100.0), (1e-4, 2.0), (0.0, 5.0), (5.0, 0.0))


def exact_current(z, c_in, c_out, volt, digits=60):
    """The textbook form, z F P [c_in B(−u) − c_out B(u)], in decimal arithmetic."""
    with localcontext() as context:
        context.prec = digits
        u = Decimal(z) * Decimal(FARADAY) * Decimal(volt) / (Decimal(GAS_CONSTANT) * Decimal(T))
        inside, outside = Decimal(c_in), Decimal(c_out)
        if abs(u) < Decimal("1e-20"):  # B(u) = 1 − u/2, the neglected term is below 1e-41
            bracket = inside - outside + u / 2 * (inside + outside)
        else:
            bracket = inside * u / (1 - (-u).exp()) - outside * u / (u.exp() - 1)
        return Decimal(P) * Decimal(z) * Decimal(FARADAY) * bracket


@pytest.mark.parametrize(("z", "pair"), list(itertools.product(VALENCES, PAIRS)))
def test_current_to_1e_12_at_every_potential(z, pair):
    for volt in VOLTS:
        expected = float(exact_current(z, *pair, volt))
        assert ghk_current(P, z, *pair, volt, T) == pytest.approx(expected, rel=1e-12, abs=0.0)


@FIXED
@given(
    z=st.sampled_from(VALENCES),
    c_in=st.floats(1e-6, 1e3),
    c_out=st.floats(1e-6, 1e3),
    volt=st.floats(-1.0, 1.0),
)
def test_current_to_1e_12_beyond_what_rounding_of_the_arguments_does(z, c_in, c_out, volt):
    expected = float(exact_current(z, c_in, c_out, volt))
    u = abs(z * volt / RT_F) + abs(math.log(c_out / c_in))
    slope = slope_conductance(P, z, c_in, c_out, volt, T) * RT_F / abs(z)
    tolerance = 1e-12 * abs(expected) + 1e-15 * u * slope + 1e-300
    assert abs(ghk_current(P, z, c_in, c_out, volt, T) - expected) <= tolerance


@pytest.mark.parametrize("z", VALENCES)
def test_no_current_at_the_nernst_potential(z):
    volt = nernst(z, 140.0, 5.0, T)
    scale = slope_conductance(P, z, 140.0, 5.0, volt, T) * abs(volt)
    assert abs(ghk_current(P, z, 140.0, 5.0, volt, T)) < 1e-15 * scale


@pytest.mark.parametrize("z", VALENCES)
def test_equal_concentrations_are_ohmic(z):
    volts = np.linspace(-0.3, 0.3, 61)
    ohmic = P * z**2 * FARADAY * 120.0 * volts / RT_F
    np.testing.assert_allclose(ghk_current(P, z, 120.0, 120.0, volts, T), ohmic, rtol=1e-13)
    g = slope_conductance(P, z, 120.0, 120.0, volts, T)
    np.testing.assert_allclose(g, P * z**2 * FARADAY * 120.0 / RT_F, rtol=1e-13)


@pytest.mark.parametrize("z", VALENCES)
def test_at_zero_potential_it_is_ficks_law(z):
    expected = P * z * FARADAY * (140.0 - 5.0)
    assert ghk_current(P, z, 140.0, 5.0, 0.0, T) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("z", VALENCES)
def test_far_limits_are_straight_lines_of_the_source_side(z):
    for u in (200.0, -200.0):
        volt = u * RT_F / z
        source = 140.0 if u > 0 else 5.0
        line = P * z**2 * FARADAY * volt * source / RT_F
        assert ghk_current(P, z, 140.0, 5.0, volt, T) == pytest.approx(line, rel=1e-12)
    there = ghk_current(P, z, 140.0, 5.0, 200.0 * RT_F / z, T)
    back = ghk_current(P, z, 140.0, 5.0, -200.0 * RT_F / z, T)
    assert there / back == pytest.approx(-140.0 / 5.0, rel=1e-12)


def test_both_sides_empty_carry_nothing():
    assert ghk_current(P, 1, 0.0, 0.0, -0.07, T) == 0.0
    assert chord_conductance(P, 1, 0.0, 0.0, -0.07, T) == 0.0


def test_flux_is_the_current_over_zf():
    flux = ghk_flux(P, -2, 3.0, 7.0, 0.02, T)
    assert ghk_current(P, -2, 3.0, 7.0, 0.02, T) == pytest.approx(-2 * FARADAY * flux, rel=1e-15)


@pytest.mark.parametrize("z", VALENCES)
def test_slope_conductance_to_1e_12(z):
    step = Decimal("1e-25")
    for volt in (0.0, 1e-9, -0.003, 0.003, 0.0079, 0.0081, -0.07, 0.3, -2.0):
        with localcontext() as context:
            context.prec = 80
            at = Decimal(volt)
            ends = [exact_current(z, 140.0, 5.0, at + s * step, 80) for s in (1, -1)]
            expected = float((ends[0] - ends[1]) / (2 * step))
        found = slope_conductance(P, z, 140.0, 5.0, volt, T)
        assert found == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_chord_conductance_is_current_over_driving_force_and_slope_at_rest():
    e = nernst(2, 0.5, 2.0, T)
    for volt in (-0.2, 0.0, 0.1):
        quotient = ghk_current(P, 2, 0.5, 2.0, volt, T) / (volt - e)
        found = chord_conductance(P, 2, 0.5, 2.0, volt, T)
        assert found == pytest.approx(quotient, rel=1e-12)
    slope = slope_conductance(P, 2, 0.5, 2.0, e, T)
    assert chord_conductance(P, 2, 0.5, 2.0, e, T) == pytest.approx(slope, rel=1e-12)
    assert chord_conductance(P, 1, 0.0, 5.0, -0.07, T) == 0.0


def test_bernoulli_identities():
    u = np.array([-800.0, -30.0, -1.0, -1e-9, 0.0, 1e-300, 1e-9, 0.29, 0.31, 30.0, 800.0])
    np.testing.assert_allclose(bernoulli(-u), bernoulli(u) + u, rtol=1e-13, atol=1e-14)
    assert bernoulli(0.0) == 1.0
    assert bernoulli(math.inf) == 0.0
    assert bernoulli(-math.inf) == math.inf


@FIXED
@given(
    z=st.sampled_from(VALENCES),
    c_in=st.floats(0.0, 1e3),
    c_out=st.floats(0.0, 1e3),
    volt=st.floats(-3.0, 3.0),
)
def test_current_mirrors_and_never_falls(z, c_in, c_out, volt):
    here = ghk_current(P, z, c_in, c_out, volt, T)
    assert here == pytest.approx(-ghk_current(P, z, c_out, c_in, -volt, T), rel=1e-9, abs=1e-20)
    assert here == pytest.approx(ghk_current(P, -z, c_out, c_in, volt, T), rel=1e-9, abs=1e-20)
    assert slope_conductance(P, z, c_in, c_out, volt, T) >= 0.0


def test_broadcasts():
    volts = np.linspace(-0.1, 0.1, 5)
    grid = ghk_current(P, np.array([[1], [2]]), [[140.0], [1e-4]], [[5.0], [2.0]], volts, T)
    assert grid.shape == (2, 5)
    assert grid[1, 3] == ghk_current(P, 2, 1e-4, 2.0, volts[3], T)
    assert type(ghk_current(P, 1, 1.0, 2.0, 0.0, T)) is float


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"permeability": -1.0}, "permeability"),
        ({"z": 0}, "z"),
        ({"c_in": -1.0}, "c_in"),
        ({"voltage_V": math.inf}, "voltage_V"),
        ({"temperature_K": 20.0}, "temperature_K"),
    ],
)
def test_errors_name_the_argument(change, place):
    good = {"permeability": P, "z": 1, "c_in": 1.0, "c_out": 2.0, "voltage_V": 0.0}
    for function in (ghk_current, ghk_flux, slope_conductance, chord_conductance):
        with pytest.raises(InputError) as caught:
            function(**{**good, "temperature_K": T, **change})
        assert caught.value.place == place


@pytest.mark.parametrize("z", VALENCES)
@pytest.mark.parametrize("step", [0.001, 0.05, 0.3, 3.0, -0.05])
def test_rectification_is_the_quotient_of_two_currents(z, step):
    e = nernst(z, 140.0, 5.0, T)
    ends = [ghk_current(P, z, 140.0, 5.0, e + sign * step, T) for sign in (1, -1)]
    expected = abs(ends[0] / ends[1])
    assert rectification_ratio(z, 140.0, 5.0, step, T) == pytest.approx(expected, rel=1e-11)


def test_rectification_runs_from_one_to_the_ratio_of_the_concentrations():
    assert rectification_ratio(1, 140.0, 5.0, 0.0, T) == 1.0
    assert rectification_ratio(1, 7.0, 7.0, 0.1, T) == 1.0
    assert rectification_ratio(1, 140.0, 5.0, 1e6, T) == pytest.approx(28.0, rel=1e-6)
    assert rectification_ratio(-1, 140.0, 5.0, 1e6, T) == pytest.approx(1 / 28.0, rel=1e-6)
    assert rectification_ratio(1, 0.0, 5.0, 0.1, T) == 0.0
    assert rectification_ratio(1, 5.0, 0.0, 0.1, T) == math.inf
    assert math.isnan(rectification_ratio(1, 0.0, 0.0, 0.1, T))
    assert rectification_ratio(1, [1.0, 2.0], 5.0, [[0.1], [0.2]], T).shape == (2, 2)


def test_a_long_array_goes_through_in_blocks_and_comes_out_the_same():
    volts = np.linspace(-0.3, 0.3, 70_001).reshape(1, -1)
    for function in (ghk_current, ghk_flux, slope_conductance, chord_conductance):
        long = function(P, [[2.0]], 0.5, [2.0], volts, T)
        assert long.shape == volts.shape
        some = function(P, 2, 0.5, 2.0, volts[0, ::1000], T)
        np.testing.assert_allclose(long[0, ::1000], some, rtol=1e-13)
