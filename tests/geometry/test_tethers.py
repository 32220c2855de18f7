"""Tether constants from B-factors: limits in closed form, and direct sampling of the group."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.errors import InputError
from selectivity.geometry import rms_displacement, tether_constant
from selectivity.geometry.tethers import mean_square_displacement, naive_constant
from selectivity.units import KCAL, rt

T = 310.15


def test_inverse_of_each_other():
    for b in (5.0, 15.0, 40.0):
        for k_theta in (0.0, 20.0 * KCAL, 500.0 * KCAL):
            k = tether_constant(b, 1.23, k_theta, T)
            rms = rms_displacement(k, 1.23, k_theta, T)
            assert 8.0 * math.pi**2 * rms**2 == pytest.approx(b, rel=1e-10)


@settings(max_examples=50, deadline=None)
@given(
    b=st.floats(1.0, 200.0),
    d=st.floats(0.5, 3.0),
    k_theta=st.floats(0.0, 1e4),
    temperature=st.floats(100.0, 500.0),
)
def test_a_root_is_found_everywhere_between_half_and_five_sixths_of_naive(
    b, d, k_theta, temperature
):
    k = tether_constant(b, d, k_theta, temperature)
    assert 0.5 - 1e-9 <= k / naive_constant(b, temperature) <= 5.0 / 6.0 + 1e-9
    assert 3.0 * rms_displacement(k, d, k_theta, temperature) ** 2 == pytest.approx(
        3.0 * b / (8.0 * math.pi**2), rel=1e-9
    )


def test_group_that_cannot_turn_shares_its_tethers():
    """k_θ → ∞, or a bond of no length: two tethers hold one point, k is half the naive one."""
    naive = naive_constant(15.0, T)
    assert tether_constant(15.0, 1.23, 1e9, T) == pytest.approx(naive / 2.0, rel=1e-6)
    assert tether_constant(15.0, 1e-4, 0.0, T) == pytest.approx(naive / 2.0, rel=1e-6)


def test_naive_constant_is_thermal_energy_over_mean_square():
    assert naive_constant(15.0, 298.15) == pytest.approx(
        rt(298.15) / (15.0 / (8.0 * math.pi**2)), rel=1e-12
    )
    assert naive_constant(15.0, 298.15) / KCAL == pytest.approx(3.12, abs=0.01)


def test_published_figures():
    """About 1.6 kcal/mol/Å² for B near 15 Å²; with 3.1 the group moves 0.31 to 0.32 Å only."""
    k = tether_constant(15.0, 1.23, 20.0 * KCAL, T) / KCAL
    assert 1.55 < k < 1.75
    rms = rms_displacement(3.1 * KCAL, 1.23, 20.0 * KCAL, T)
    assert 0.31 < rms < 0.33


def test_series_of_the_langevin_function_joins_its_closed_form():
    below = mean_square_displacement(1e-12, 1.0, 0.999e-3 * rt(T), T) - 1.5 * rt(T) / 1e-12
    assert math.isfinite(below)
    from selectivity.geometry.tethers import _one_minus_langevin as one_minus

    assert one_minus(1e-3 - 1e-12) == pytest.approx(one_minus(1e-3 + 1e-12), rel=1e-9)
    assert one_minus(0.0) == 1.0
    assert one_minus(1e5) == pytest.approx(1e-5, rel=1e-9)


@pytest.mark.parametrize(
    ("k_kcal", "d", "k_theta_kcal"),
    [(1.687, 1.23, 20.0), (2.694, 1.23, 0.0), (1.3, 1.42, 5.0), (12.0, 1.23, 20.0)],
)
def test_mean_square_displacement_by_direct_sampling(k_kcal, d, k_theta_kcal):
    """Independent of the closed form's centre and direction: C is drawn from its own tether, the
    bond's direction from the orientation term, and O's tether enters as a weight.
    """
    thermal = rt(T)
    k, k_theta = k_kcal * KCAL, k_theta_kcal * KCAL
    rng = np.random.default_rng(20)
    n = 400_000
    u_c = rng.normal(scale=math.sqrt(thermal / k), size=(n, 3))
    a = k_theta / thermal
    uniform = rng.random(n)
    if a > 0.0:
        cosine = 1.0 + np.log(uniform + (1.0 - uniform) * math.exp(-2.0 * a)) / a
    else:
        cosine = 2.0 * uniform - 1.0
    sine, phi = np.sqrt(np.clip(1.0 - cosine**2, 0.0, None)), 2.0 * np.pi * rng.random(n)
    bond = np.column_stack((sine * np.cos(phi), sine * np.sin(phi), cosine))
    u_o = u_c + d * (bond - np.array([0.0, 0.0, 1.0]))
    u2 = np.sum(u_o**2, axis=1)
    w = np.exp(-0.5 * k * u2 / thermal)
    mean = np.sum(w * u2) / np.sum(w)
    error = math.sqrt(np.sum((w * (u2 - mean)) ** 2)) / np.sum(w)
    assert error < 0.01 * mean
    z = (mean - mean_square_displacement(k, d, k_theta, T)) / error
    assert abs(z) < 3.5


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((0.0, 1.23, 80.0, T), "b_factor"),
        ((15.0, -1.0, 80.0, T), "bond_length"),
        ((15.0, 1.23, -1.0, T), "k_theta"),
        ((15.0, 1.23, math.nan, T), "k_theta"),
        ((15.0, 1.23, 80.0, 0.0), "temperature_K"),
    ],
)
def test_impossible_values_are_refused(arguments, field):
    with pytest.raises(InputError, match=field):
        tether_constant(*arguments)
