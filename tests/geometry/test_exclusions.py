"""Bonded exclusions and the distance term that stands in for them."""

import numpy as np
import pytest

from selectivity.geometry import distance_terms, excluded_pairs, load_filter
from selectivity.geometry.exclusions import C_CB_CONSTANT
from selectivity.units import KCAL

KCSA = load_filter("kcsa")


def test_pairs_within_three_bonds_of_one_residue():
    carbonyl, hydroxyl = KCSA.ring("T75 O"), KCSA.ring("T75 OG1")
    assert set(excluded_pairs(carbonyl, hydroxyl)) == {("C", "CB"), ("C", "OG1"), ("O", "CB")}
    assert {pair[::-1] for pair in excluded_pairs(hydroxyl, carbonyl)} == set(
        excluded_pairs(carbonyl, hydroxyl)
    )


def test_no_other_rings_exclude_each_other():
    for one in KCSA.rings:
        for other in KCSA.rings:
            if {one.name, other.name} != {"T75 O", "T75 OG1"}:
                assert excluded_pairs(one, other) == ()


@pytest.mark.parametrize(("name", "count"), [("kcsa", 1), ("mthk", 1), ("s2_idealised", 0)])
def test_one_distance_term_per_threonine(name, count):
    terms = distance_terms(load_filter(name))
    assert len(terms) == count
    for term in terms:
        assert {term.atom_a, term.atom_b} == {"C", "CB"}
        assert term.length == pytest.approx(2.54, abs=0.01)
        assert term.k == C_CB_CONSTANT


@pytest.mark.parametrize(
    ("ca", "c", "cb"),  # (r, z, phi) in the crystal structures 1K4C and 3LDC
    [
        ((4.300, -5.795, 7.53), (3.453, -4.817, -4.85), (3.503, -6.909, 18.97)),
        ((4.219, -5.803, 4.38), (3.426, -4.866, -9.44), (3.483, -6.932, 15.44)),
    ],
)
def test_constant_follows_from_the_bond_angle(ca, c, cb):
    """½k(dd)² = 52 kcal/mol/rad² (dθ)², with dd/dθ by finite difference at fixed bonds."""

    def place(r, z, phi):
        return np.array([r * np.cos(np.radians(phi)), r * np.sin(np.radians(phi)), z])

    ca, c, cb = place(*ca), place(*c), place(*cb)
    b1, b2 = np.linalg.norm(c - ca), np.linalg.norm(cb - ca)
    theta = np.arccos((c - ca) @ (cb - ca) / (b1 * b2))

    def distance(angle):
        return np.sqrt(b1**2 + b2**2 - 2.0 * b1 * b2 * np.cos(angle))

    slope = (distance(theta + 1e-5) - distance(theta - 1e-5)) / 2e-5
    assert 2.0 * 52.0 * KCAL / slope**2 == pytest.approx(C_CB_CONSTANT, rel=0.06)
