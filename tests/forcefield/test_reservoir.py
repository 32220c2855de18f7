"""The stored chemical potential of liquid water: lookup, and agreement with published values."""

from __future__ import annotations

import math

import pytest

from selectivity.errors import InputError
from selectivity.forcefield.library import load, names
from selectivity.forcefield.reservoir import liquid, published, waters
from selectivity.units import kcal, rt

TEMPERATURES = (298.15, 310.15)


def test_every_parameter_set_has_its_water() -> None:
    assert {load(name).water.name for name in names()} == set(waters())


@pytest.mark.parametrize("name", waters())
def test_activity_is_density_times_boltzmann_factor(name: str) -> None:
    one = liquid(name, 298.15)
    assert math.exp(one.log_activity) == pytest.approx(
        one.density * math.exp(one.mu_excess / rt(298.15))
    )
    assert one.source


@pytest.mark.parametrize("name", waters())
def test_linear_between_the_points(name: str) -> None:
    low, high = (liquid(name, t) for t in TEMPERATURES)
    middle = liquid(name, 0.75 * TEMPERATURES[0] + 0.25 * TEMPERATURES[1])
    assert middle.mu_excess == pytest.approx(0.75 * low.mu_excess + 0.25 * high.mu_excess)
    assert middle.density == pytest.approx(0.75 * low.density + 0.25 * high.density)
    beyond = liquid(name, TEMPERATURES[1] + 4.0)
    assert beyond.mu_excess == pytest.approx(
        high.mu_excess + (high.mu_excess - low.mu_excess) * 4.0 / 12.0
    )


@pytest.mark.parametrize("name", waters())
def test_stored_values_agree_with_published_ones(name: str) -> None:
    """Within 0.2 kcal/mol; a model without a published value stands beside TIP3P."""
    known = published(name)
    if known is None:
        assert name == "tips3p"
        return
    assert abs(liquid(name, known.temperature_K).mu_excess - known.mu_excess) < kcal(0.2)


@pytest.mark.parametrize("name", waters())
def test_errors_are_small_enough_to_use(name: str) -> None:
    """Below 0.1 kcal/mol, a sixth of RT: 17 % in the activity."""
    assert all(0.0 < liquid(name, t).error < kcal(0.1) for t in TEMPERATURES)


@pytest.mark.parametrize("name", waters())
def test_density_is_that_of_water(name: str) -> None:
    assert all(0.0320 < liquid(name, t).density < 0.0342 for t in TEMPERATURES)


@pytest.mark.parametrize("name", waters())
def test_the_entropy_is_that_of_leaving_a_gas(name: str) -> None:
    """−dμ_ex/dT, from excess enthalpies of −10 to −11.7 kcal/mol, is −13 to −16 cal/mol/K."""
    low, high = (liquid(name, t) for t in TEMPERATURES)
    rise = (high.mu_excess - low.mu_excess) / 12.0
    error = math.hypot(low.error, high.error) / 12.0
    assert abs(rise - kcal(0.0145)) < 3.0 * error + kcal(0.002)


def test_unknown_water_and_temperature() -> None:
    with pytest.raises(InputError, match="models with one: tips3p"):
        liquid("tip5p", 298.15)
    with pytest.raises(InputError, match="models with one: tips3p"):
        published("tip5p")
    for temperature in (293.0, 315.2):
        with pytest.raises(InputError, match="stored for"):
            liquid("spce", temperature)
