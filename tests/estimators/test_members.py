"""Places of the members of a file beside X against a joint law known in closed form.

The resident stands at z − 3 Å + σξ with ξ normal, whatever X is: it does not enter W.
"""

from __future__ import annotations

from dataclasses import replace
from math import erf

import numpy as np
import pytest
from scipy.stats import t
from synthetic_water import SITES, draw_water, law

from selectivity.errors import InputError
from selectivity.estimators.members import member_shares, residents
from selectivity.estimators.weights import replica_error, replica_mean
from selectivity.sampling.samples import ReplicaSamples

Z = -1.5 + 0.2 * np.arange(16)
SPREAD = 0.8  # Å
REPLICAS = 12


def beside(samples: ReplicaSamples) -> ReplicaSamples:
    """Six residents that know nothing of each other, and a water that never moves."""
    rng = np.random.default_rng([7, samples.replica])
    xi = rng.normal(size=(6, *samples.z.shape))
    file_z = {f"{i}:K": samples.z - 3.0 + SPREAD * xi[i] for i in range(6)}
    return replace(samples, file_z={**file_z, "6:W": np.full_like(samples.z, 2.5)})


@pytest.fixture(scope="module")
def replicas() -> list[ReplicaSamples]:
    return [beside(draw_water(r)) for r in range(REPLICAS)]


def below(cut: float, z: np.ndarray, ion: str) -> np.ndarray:
    """Exact share of the resident below ``cut`` with X in even bins about z."""
    fine = z[:, None] + 0.2 * ((np.arange(21) + 0.5) / 21 - 0.5)
    weight = law(fine.ravel(), ion).sum(axis=0).reshape(fine.shape)
    share = 0.5 * (1.0 + np.vectorize(erf)((cut - fine + 3.0) / SPREAD / np.sqrt(2.0)))
    return (weight * share).sum(axis=1) / weight.sum(axis=1)


def test_shares_are_those_of_the_law(replicas: list[ReplicaSamples]) -> None:
    """6 residents x 2 ions x some 40 shares: their mean square is that of Student's t, 11/9."""
    found = member_shares(replicas, np.append(Z - 0.1, Z[-1] + 0.1), np.array([-4.0, -2.5]))
    scores = []
    for (ion, member), rows in found.items():
        assert rows.shape == (REPLICAS, 3, Z.size)
        assert np.allclose(rows.sum(axis=1), 1.0)
        if member == "6:W":
            assert np.allclose(rows[:, 2], 1.0)
            continue
        cuts = [below(cut, Z, ion) for cut in (-4.0, -2.5)]
        exact = np.diff([np.zeros(Z.size), *cuts, np.ones(Z.size)], axis=0)
        error = replica_error(rows)
        assert error.max() < 0.05
        scores.append(((replica_mean(rows) - exact) / error)[exact > 0.02])
    z = np.concatenate(scores)
    assert len(scores) == 12
    assert np.abs(z).max() < t.isf(0.5e-3 / z.size, REPLICAS - 1)
    assert abs(np.mean(z**2) - 11.0 / 9.0) < 4.0 * np.sqrt(2.0 * 4.0 / z.size) * 1.7


def test_density_and_sites(replicas: list[ReplicaSamples]) -> None:
    found = residents(replicas[:3], SITES, Z)
    assert found.members == tuple(f"{i}:K" for i in range(6))
    assert found.ions == ("K", "Na")
    assert found.sites_of_x == ("S2",)  # the only cage of the interior
    assert found.sites[0].startswith("below")
    width = found.z_resident[1] - found.z_resident[0]
    density = found.density["K", "0:K"]
    assert np.allclose(density.sum(axis=0) * width, 1.0)
    middle = (found.z_resident[:, None] * density).sum(axis=0) * width
    assert np.allclose(middle, Z - 3.0, atol=0.15)
    shares = found.shares["K", "0:K"]
    assert shares.shape == (3, len(found.sites), 1)
    assert np.allclose(shares.sum(axis=1), 1.0)


def test_bins_of_x_that_hold_no_sample_are_empty(replicas: list[ReplicaSamples]) -> None:
    found = member_shares(replicas, np.array([-1.0, 1.0, 50.0, 60.0]), np.array([0.0]))
    assert np.isnan(found["K", "0:K"][:, :, 2]).all()
    assert np.isfinite(found["K", "0:K"][:, :, 0]).all()


def test_a_file_without_a_resident_is_refused(replicas: list[ReplicaSamples]) -> None:
    waters = [replace(s, file_z={"0:W": s.z}) for s in replicas[:2]]
    with pytest.raises(InputError, match="resident ion"):
        residents(waters, SITES, Z)
    with pytest.raises(InputError, match="weights"):
        member_shares(replicas, Z, Z, [])
