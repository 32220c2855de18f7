"""Constants against CODATA as SciPy carries it."""

from __future__ import annotations

import pytest
from scipy import constants

from selectivity import units


def test_exact_constants():
    assert units.AVOGADRO == constants.N_A
    assert constants.k == units.BOLTZMANN
    assert constants.e == units.ELEMENTARY_CHARGE
    assert constants.calorie == units.KCAL


def test_derived_constants():
    assert pytest.approx(constants.R, rel=1e-9) == units.GAS_CONSTANT
    assert pytest.approx(constants.e * constants.N_A, rel=1e-12) == units.FARADAY
    assert units.R_KJ == units.GAS_CONSTANT / 1000.0
    assert units.rt(298.15) / units.KCAL == pytest.approx(0.59248, abs=1e-5)
    assert units.rt(310.15) / units.KCAL == pytest.approx(0.61633, abs=1e-5)


def test_coulomb():
    """e²N_A/(4πε0) in kJ Å/mol; ε0 differs in its tenth digit between CODATA editions."""
    joule_metre = constants.e**2 * constants.N_A / (4.0 * constants.pi * constants.epsilon_0)
    assert joule_metre * 1e10 / 1e3 == pytest.approx(units.COULOMB, rel=1e-8)


def test_debye():
    """1 D = 1e-21 C m²/s / c."""
    in_e_angstrom = 1e-21 / constants.c / constants.e * 1e10
    assert pytest.approx(in_e_angstrom, rel=1e-7) == units.DEBYE


def test_kcal():
    assert units.kcal(2.0) == 8.368
