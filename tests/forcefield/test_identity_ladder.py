"""The identity ladder between ions."""

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield import ladder, lennard_jones_ab, load, pair_parameters, pair_tables

FF = load("charmm36")


def test_labels_and_end_points():
    rungs = ladder(FF, ("K", "Na"), 5)
    assert rungs.labels == ("K", "K:0.20:Na", "K:0.40:Na", "K:0.60:Na", "K:0.80:Na", "Na")
    assert rungs.endpoints == {"K": 0, "Na": 5}
    potassium, sodium = FF.ions["K"].sites[0], FF.ions["Na"].sites[0]
    assert (rungs.rmin_half[0], rungs.epsilon[0]) == (potassium.rmin_half, potassium.epsilon)
    assert (rungs.rmin_half[5], rungs.epsilon[5]) == (sodium.rmin_half, sodium.epsilon)


def test_several_gaps_are_linear_each():
    ions = ("Li", "Na", "K", "Rb", "Cs")
    rungs = ladder(FF, ions, 4)
    assert len(rungs.labels) == len(rungs.rmin_half) == len(rungs.epsilon) == 17
    assert rungs.endpoints == {symbol: 4 * i for i, symbol in enumerate(ions)}
    real = [FF.ions[symbol].sites[0] for symbol in ions]
    at = np.arange(0, 17, 4)
    states = np.arange(17)
    np.testing.assert_allclose(
        rungs.rmin_half, np.interp(states, at, [site.rmin_half for site in real]), rtol=1e-14
    )
    np.testing.assert_allclose(
        rungs.epsilon, np.interp(states, at, [site.epsilon for site in real]), rtol=1e-14
    )


def test_one_ion_is_a_ladder_of_one():
    rungs = ladder(FF, ("K",), 5)
    assert rungs.labels == ("K",)
    A, B = pair_tables(rungs, FF, FF.carbonyl.sites)
    expected = [
        lennard_jones_ab(*pair_parameters(FF.ions["K"].sites[0], s)) for s in FF.carbonyl.sites
    ]
    np.testing.assert_allclose(np.column_stack((A[0], B[0])), expected, rtol=1e-14)


def test_pair_tables_follow_the_ladder_without_overrides():
    rungs = ladder(FF, ("K", "Na", "Li"), 3)
    partners = (*FF.water.sites[:2], *FF.carbonyl.sites)
    A, B = pair_tables(rungs, FF, partners)
    for j, (rmin_half, epsilon) in enumerate(zip(rungs.rmin_half, rungs.epsilon, strict=True)):
        for n, site in enumerate(partners):
            rmin, depth = rmin_half + site.rmin_half, np.sqrt(epsilon * site.epsilon)
            assert A[j, n] == pytest.approx(depth * rmin**12, rel=1e-12)
            assert B[j, n] == pytest.approx(2.0 * depth * rmin**6, rel=1e-12)


def test_overrides_hold_at_the_end_points_and_touch_their_gaps_only():
    ff = load("charmm36", overrides={("SOD", "O"): (3.3, 0.4)})
    rungs = ladder(ff, ("Cs", "K", "Na"), 2)
    A, B = pair_tables(rungs, ff, ff.carbonyl.sites)
    plain_a, plain_b = pair_tables(rungs, FF, FF.carbonyl.sites)
    assert (A[4, 1], B[4, 1]) == pytest.approx(lennard_jones_ab(3.3, 0.4), rel=1e-12)
    rmin_k, eps_k = pair_parameters(ff.ions["K"].sites[0], ff.carbonyl.sites[1])
    half = lennard_jones_ab(0.5 * (rmin_k + 3.3), 0.5 * (eps_k + 0.4))
    assert (A[3, 1], B[3, 1]) == pytest.approx(half, rel=1e-12)
    np.testing.assert_allclose(A[:3], plain_a[:3], rtol=1e-12)
    np.testing.assert_allclose(B[:3], plain_b[:3], rtol=1e-12)
    np.testing.assert_allclose(A[:, 0], plain_a[:, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("ions", "steps", "words"),
    [
        (("K", "Cl"), 5, "has the charge of K"),
        (("K", "K"), 5, "every ion once"),
        (("K", "Ca"), 5, "is an ion of the parameter set charmm36"),
        ((), 5, "at least one ion"),
        (("K", "Na"), 0, "at least 1"),
    ],
)
def test_impossible_ladders_are_refused(ions, steps, words):
    with pytest.raises(InputError, match=words):
        ladder(FF, ions, steps)
