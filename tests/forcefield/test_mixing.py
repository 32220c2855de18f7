"""Mixing rules and the tables built from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectivity.forcefield import SiteType, lennard_jones_ab, lj_tables, load, pair_parameters
from selectivity.units import KCAL

FF = load("charmm36")
CARBONYL_O = FF.carbonyl.sites[1]


@pytest.mark.parametrize(
    ("ion", "rmin", "eps"), [("K", 3.46375, 0.102176), ("Na", 3.11075, 0.075020)]
)
def test_ion_carbonyl_pairs_follow_lorentz_berthelot(ion, rmin, eps):
    found = pair_parameters(FF.ions[ion].sites[0], CARBONYL_O)
    assert found[0] == pytest.approx(rmin, abs=1e-9)
    assert found[1] / KCAL == pytest.approx(eps, abs=5e-7)


def test_override_replaces_the_rule_in_either_order():
    sodium = FF.ions["Na"].sites[0]
    overrides = {frozenset(("SOD", "O")): (3.2, 0.5)}
    assert pair_parameters(sodium, CARBONYL_O, overrides) == (3.2, 0.5)
    assert pair_parameters(CARBONYL_O, sodium, overrides) == (3.2, 0.5)
    potassium = FF.ions["K"].sites[0]
    plain = pair_parameters(potassium, CARBONYL_O)
    assert pair_parameters(potassium, CARBONYL_O, overrides) == plain


@given(
    rmin=st.floats(1.0, 6.0),
    epsilon=st.floats(1e-3, 10.0),
)
def test_coefficients_put_the_minimum_at_rmin(rmin, epsilon):
    A, B = lennard_jones_ab(rmin, epsilon)
    assert A / rmin**12 - B / rmin**6 == pytest.approx(-epsilon, rel=1e-12)
    assert -12.0 * A / rmin**13 + 6.0 * B / rmin**7 == pytest.approx(0.0, abs=1e-10)
    sigma = (A / B) ** (1.0 / 6.0)
    assert sigma == pytest.approx(rmin / 2.0 ** (1.0 / 6.0))


def test_tables_are_symmetric_and_hold_every_pair():
    types = [*FF.water.sites[:2], *FF.carbonyl.sites, FF.ions["Na"].sites[0]]
    overrides = {frozenset(("SOD", "O")): (3.2, 0.5)}
    A, B = lj_tables(types, overrides)
    assert A.shape == B.shape == (5, 5)
    np.testing.assert_array_equal(A, A.T)
    np.testing.assert_array_equal(B, B.T)
    for i, a in enumerate(types):
        for j, b in enumerate(types):
            expected = lennard_jones_ab(*pair_parameters(a, b, overrides))
            assert (A[i, j], B[i, j]) == pytest.approx(expected, rel=1e-14)
    assert (A[3, 4], B[3, 4]) == lennard_jones_ab(3.2, 0.5)


def test_a_site_without_lennard_jones_has_zero_coefficients():
    bare = SiteType("HW", 0.4, 0.0, 0.0, True)
    A, B = lj_tables([bare, CARBONYL_O])
    assert A[0, 1] == B[0, 1] == 0.0
