"""Permittivity, density and the constants of Debye and Hückel."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import constants

from selectivity.errors import InputError
from selectivity.membrane import (
    debye_huckel_a,
    debye_huckel_b,
    debye_length,
    relative_permittivity,
    water_density,
)
from selectivity.membrane.water import VACUUM_PERMITTIVITY, bjerrum_length


@pytest.mark.parametrize(
    ("kelvin", "a", "b"),
    [(298.15, 0.51080, 3.2865), (310.0, 0.52132, None), (310.15, 0.52146, 3.3051)],
)
def test_constants_of_debye_and_huckel(kelvin, a, b):
    assert debye_huckel_a(kelvin) == pytest.approx(a, abs=6e-6)
    if b is not None:
        assert debye_huckel_b(kelvin) == pytest.approx(b, abs=6e-5)


def test_water_at_two_temperatures():
    assert relative_permittivity(298.15) == pytest.approx(78.30, abs=0.005)
    assert relative_permittivity(310.15) == pytest.approx(74.15, abs=0.005)
    assert water_density([298.15, 310.15]) == pytest.approx([997.045, 993.33], abs=0.005)
    assert bjerrum_length(298.15) == pytest.approx(0.7157e-9, abs=1e-13)


def test_other_permittivities_change_a_by_less_than_half_a_percent():
    """ε_r 78.30 here, 78.40 and more elsewhere: A goes with ε^(−3/2)."""
    assert debye_huckel_a(298.15) * (78.304 / 78.48) ** 1.5 == pytest.approx(0.509, abs=5e-4)


def test_vacuum_permittivity():
    assert pytest.approx(constants.epsilon_0, rel=1e-8) == VACUUM_PERMITTIVITY


def test_debye_length():
    """The formula in SI, the law of 1/√I, no screening without ions, and B = 1/λ at 1 mol/kg."""
    kelvin, strength = 298.15, 150.0
    epsilon = constants.epsilon_0 * relative_permittivity(kelvin)
    faraday = constants.e * constants.N_A
    direct = np.sqrt(epsilon * constants.R * kelvin / (2.0 * faraday**2 * strength))
    assert debye_length(strength, kelvin) == pytest.approx(direct, rel=1e-8)
    assert debye_length(strength, kelvin) == pytest.approx(0.784e-9, abs=5e-13)
    found = debye_length([0.0, 1.0, 4.0], kelvin)
    assert np.isinf(found[0])
    assert found[1] / found[2] == pytest.approx(2.0, rel=1e-14)
    one_molal = debye_length(water_density(kelvin), kelvin)
    assert 1e-9 / one_molal == pytest.approx(debye_huckel_b(kelvin), rel=1e-12)


@pytest.mark.parametrize("kelvin", [270.0, 380.0, float("nan"), 37.0])
def test_temperatures_that_were_not_fitted(kelvin):
    with pytest.raises(InputError, match="temperature_K"):
        debye_huckel_a(kelvin)


def test_negative_ionic_strength():
    with pytest.raises(InputError, match="ionic_strength_mM"):
        debye_length(-1.0, 298.15)
