"""WHAM as a witness of MBAR on umbrella samples of a known profile."""

import numpy as np
import pytest

from selectivity.estimators.profile import profile_set
from selectivity.estimators.wham import largest_difference
from selectivity.sampling.samples import ReplicaSamples


def umbrella(replica: int, n: int) -> ReplicaSamples:
    """Windows on W = 6(z² − 1)² kJ/mol, drawn exactly from a fine grid; two equal identities."""
    rng = np.random.default_rng(replica)
    beta, kappa = 0.4, 40.0
    centers = np.linspace(-1.4, 1.4, 9)
    grid = np.linspace(-2.4, 2.4, 4801)
    z = np.empty((9, n))
    for k, c in enumerate(centers):
        p = np.exp(-beta * (6.0 * (grid**2 - 1.0) ** 2 + 0.5 * kappa * (grid - c) ** 2))
        z[k] = rng.choice(grid, size=n, p=p / p.sum()) + rng.uniform(-5e-4, 5e-4, n)
    return ReplicaSamples(
        system="double well",
        replica=replica,
        start_ion="K" if replica % 2 == 0 else "Na",
        beta=beta,
        centers=centers,
        kappa=kappa,
        ladder=("K", "Na"),
        z=z,
        u=np.zeros((9, n, 2)),
        identity=rng.integers(0, 2, (9, n)),
        log_g=np.zeros((9, 2)),
        walker=np.repeat(np.arange(9)[:, None], n, axis=1),
    )


def test_wham_and_mbar_see_the_same_profile() -> None:
    replicas = [umbrella(r, 4000) for r in range(4)]
    profiles = profile_set(replicas, interior=(-1.2, 1.2))
    assert largest_difference(replicas, "K", profiles, (-1.2, 1.2)) < 0.05


def test_the_difference_is_that_of_the_profile_at_hand() -> None:
    replicas = [umbrella(r, 4000) for r in range(4)]
    profiles = profile_set(replicas, interior=(-1.2, 1.2))
    bent = profiles.w["K"] + 0.5 * profiles.z**2
    wrong = type(profiles)(**{**vars(profiles), "w": {**profiles.w, "K": bent}})
    inside = np.abs(profiles.z) <= 1.2
    curve = 0.5 * profiles.z[inside] ** 2
    expected = np.abs(curve - curve.mean()).max()
    found = largest_difference(replicas, "K", wrong, (-1.2, 1.2))
    assert found == pytest.approx(expected, abs=0.06)
