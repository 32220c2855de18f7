"""Water in an open file against a joint law known in closed form."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t
from synthetic_water import CENTERS, LENGTH, SITES, draw_water, law, p_binned

from selectivity.errors import InputError
from selectivity.estimators.barrier import Sites
from selectivity.estimators.occupancy import (
    WaterProfile,
    number_of_waters,
    stretches_of,
    water_profile,
)
from selectivity.estimators.weights import replica_error, replica_mean, replica_weights
from selectivity.sampling.samples import ReplicaSamples

Z = -1.5 + 0.2 * np.arange(16)
REPLICAS = 12


@pytest.fixture(scope="module")
def replicas() -> list[ReplicaSamples]:
    return [draw_water(r) for r in range(REPLICAS)]


@pytest.fixture(scope="module")
def found(replicas: list[ReplicaSamples]) -> WaterProfile:
    return water_profile(replicas, SITES, Z)


def scores(rows: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """(mean − exact)/error over replicas where anything varies."""
    error = replica_error(rows)
    return ((replica_mean(rows) - exact) / np.where(error > 0, error, np.inf)).ravel()


def agree(rows: np.ndarray, exact: np.ndarray) -> None:
    """Mean square of the z-scores is that of Student's t, and none is beyond chance."""
    z = scores(rows, exact)
    dof = rows.shape[0] - 1
    assert np.abs(z).max() < t.isf(0.5e-3 / z.size, dof)
    # neighbouring points share samples: a third as many count as independent
    expected, spread = dof / (dof - 2), math.sqrt(2.0 * 3.0 / z.size) * 2.0
    assert abs(np.mean(z**2) - expected) < 4.0 * spread


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_the_law_of_the_number_is_recovered(found: WaterProfile, ion: str) -> None:
    exact = p_binned(Z, ion)
    assert found.numbers.tolist() == [0, 1, 2]
    assert np.allclose(found.p[ion].sum(axis=1), 1.0)
    agree(found.p[ion], exact)
    agree(found.of(ion), np.arange(3) @ exact)
    assert replica_error(found.p[ion]).max() < 0.02
    assert np.array_equal(found.mean(ion), replica_mean(found.of(ion)))


def test_the_two_ions_differ(found: WaterProfile) -> None:
    gap = found.mean("Na") - found.mean("K")
    exact = np.arange(3) @ (p_binned(Z, "Na") - p_binned(Z, "K"))
    assert np.abs(exact).max() > 0.2
    error = np.hypot(found.error("K"), found.error("Na"))
    assert np.all(np.abs(gap - exact) < 5.0 * error)


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_stretches_hold_their_share(found: WaterProfile, ion: str) -> None:
    assert [s.name for s in found.stretches] == [
        "below lower",
        "S3",
        "S2",
        "S1",
        "S0 and beyond",
    ]
    half = 0.5 * LENGTH
    share = np.array([(min(s.high, half) - max(s.low, -half)) / LENGTH for s in found.stretches])
    exact = share[:, None] * (np.arange(3) @ p_binned(Z, ion))
    agree(found.occupancy[ion], exact)
    assert np.allclose(found.occupancy[ion].sum(axis=1), found.of(ion))


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_number_while_the_ion_is_in_a_stretch(found: WaterProfile, ion: str) -> None:
    fine = np.linspace(-1.6, 1.6, 32001)
    p = law(fine, ion)
    exact = np.full(5, np.nan)
    for s, (low, high) in enumerate([(-1.6, -1.5), (-1.5, 1.5), (1.5, 1.6)], start=1):
        here = p[:, (fine > low) & (fine < high)].sum(axis=1)
        exact[s] = np.arange(3) @ here / here.sum()
    rows = found.while_in[ion]
    assert np.isnan(rows[:, [0, 4]]).all()
    assert np.abs(scores(rows[:, 1:4], exact[1:4])).max() < 5.0


def test_weights_that_are_given_change_nothing(
    replicas: list[ReplicaSamples], found: WaterProfile
) -> None:
    two = replicas[:2]
    given = water_profile(two, SITES, Z, [replica_weights(s) for s in two])
    assert np.array_equal(given.p["Na"], found.p["Na"][:2])


def test_a_bin_without_samples_is_nan(replicas: list[ReplicaSamples]) -> None:
    found = water_profile(replicas[:2], SITES, np.array([0.0, 6.0]))
    assert np.isfinite(found.mean("K")).tolist() == [True, False]
    assert np.isfinite(found.p["K"]).any(axis=0)[:, 0].all()
    assert np.isnan(found.occupancy["Na"][:, :, 1]).all()


def test_waters_are_counted(replicas: list[ReplicaSamples]) -> None:
    water_z = np.full((CENTERS.size, 3, 2), np.nan)
    water_z[0, 1] = [-2.0, np.nan]
    water_z[0, 2] = [-2.0, 1.0]
    few = replace(replicas[0], z=np.zeros((CENTERS.size, 3)), water_z=water_z)
    assert number_of_waters(few)[0].tolist() == [0, 1, 2]


def test_a_water_on_a_plane_counts_once(replicas: list[ReplicaSamples]) -> None:
    on = np.full(replicas[0].water_z.shape, np.nan)
    on[:, :, 0] = 1.5
    found = water_profile([replace(replicas[0], water_z=on)], SITES, Z)
    assert np.allclose(found.occupancy["K"][0].sum(axis=0), 1.0)
    assert np.allclose(found.occupancy["K"][0, 3], 1.0)
    assert found.numbers.tolist() == [0, 1]


def test_stretches_are_named_after_cages_else_planes() -> None:
    found = stretches_of(Sites((0.0, 1.0), {"S1": 3.0}, {"b": 2.0, "a": -2.0, "c": 4.0}))
    assert [(s.name, s.low, s.high) for s in found] == [
        ("below a", -math.inf, -2.0),
        ("a to b", -2.0, 2.0),
        ("S1", 2.0, 4.0),
        ("above c", 4.0, math.inf),
    ]
    with pytest.raises(InputError, match="plane"):
        stretches_of(Sites((0.0, 1.0), {"S1": 3.0}))


def test_what_is_missing_is_named(replicas: list[ReplicaSamples], found: WaterProfile) -> None:
    shut = replace(replicas[0], water_z=np.zeros((0, 0, 0), np.float32))
    with pytest.raises(InputError, match="only a file with gc"):
        water_profile([shut], SITES, Z)
    with pytest.raises(InputError, match="evenly spaced"):
        water_profile(replicas, SITES, np.array([0.0, 0.5, 0.6]))
    with pytest.raises(InputError, match="is one of K, Na"):
        found.of("Cs")
