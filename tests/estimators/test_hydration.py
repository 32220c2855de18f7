"""Coordination numbers along z against a case known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.estimators.hydration import coordination_profile
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import rt

RT = rt(310.15)
BETA = 1.0 / RT
CENTERS = np.linspace(-1.2, 1.2, 9)
KAPPA = 60.0
SHIFT = 4.0  # kJ/mol: what each water more costs Na over K
DG = -60.0  # kJ/mol


def _water_probability(z: np.ndarray, ion: str) -> np.ndarray:
    """Exact p(one water | z, X): logistic in z, moved by SHIFT for Na."""
    extra = SHIFT if ion == "Na" else 0.0
    return 1.0 / (1.0 + np.exp(BETA * (extra - 6.0 * z)))


def _two_state(replica: int, n: int = 1500) -> ReplicaSamples:
    """Flat in z; a hidden water is in (c = 1) or out, U_Na − U_K = DG + SHIFT·c.

    Energies: E(z, c) = −6 z c (kJ/mol) for K, so p_K(c = 1 | z) is logistic in z. Every window
    samples its own mixture over K and Na exactly, z by inversion on a fine grid.
    """
    rng = np.random.default_rng([11, replica])
    grid = np.linspace(-4.0, 4.0, 8001)
    z, c, identity = (np.empty((CENTERS.size, n)) for _ in range(3))
    log_g = np.tile([0.0, BETA * DG], (CENTERS.size, 1))
    energy = np.stack([np.zeros_like(grid), -6.0 * grid])  # c = 0, 1
    for k, center in enumerate(CENTERS):
        bias = 0.5 * KAPPA * (grid - center) ** 2
        p = np.stack(  # (ion, c, z)
            [
                np.exp(log_g[k, j] - BETA * (energy + j * (DG + SHIFT * np.arange(2)[:, None])))
                * np.exp(-BETA * bias)
                for j in range(2)
            ]
        ).reshape(4, -1)
        cdf = np.cumsum(p.sum(axis=0))
        at = np.searchsorted(cdf / cdf[-1], rng.random(n))
        z[k] = grid[at]
        state = (rng.random(n) > np.cumsum(p[:, at], axis=0) / p[:, at].sum(axis=0)).sum(axis=0)
        identity[k], c[k] = np.minimum(state, 3) // 2, np.minimum(state, 3) % 2
    gap = DG + SHIFT * c
    return ReplicaSamples(
        system="two-state",
        replica=replica,
        start_ion=("K", "Na")[replica % 2],
        beta=BETA,
        centers=CENTERS,
        kappa=KAPPA,
        ladder=("K", "Na"),
        z=z,
        u=np.stack([np.zeros_like(gap), gap], axis=2),
        identity=identity.astype(int),
        log_g=log_g,
        walker=np.tile(np.arange(CENTERS.size)[:, None], (1, n)),
        coordination={
            "K:ligand": np.full(z.shape, 7),
            "K:water": c.astype(int),
            "Na:ligand": np.full(z.shape, 5),
            "Na:water": c.astype(int),
        },
    )


@pytest.fixture(scope="module")
def replicas() -> list[ReplicaSamples]:
    return [_two_state(i) for i in range(12)]


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_water_numbers_follow_the_exact_law(replicas: list[ReplicaSamples], ion: str) -> None:
    z = -1.0 + 0.2 * np.arange(11)
    found = coordination_profile(replicas, z)
    # p(z | X) varies within a bin as 1 + exp(β(6z − shift)); the exact bin mean carries it.
    fine = z[:, None] + 0.2 * ((np.arange(101) + 0.5) / 101 - 0.5)
    extra = SHIFT if ion == "Na" else 0.0
    in_bin = np.exp(BETA * (6.0 * fine - extra))
    exact = in_bin.sum(axis=1) / (1.0 + in_bin).sum(axis=1)
    assert np.allclose(exact, _water_probability(z, ion), atol=0.01)
    score = (found.mean(ion, "water") - exact) / found.error(ion, "water")
    # 11 points, 12 replicas (t with 11 degrees of freedom): |z| > 5 has p = 4e-4 a point.
    assert np.all(np.abs(score) < 5.0)
    assert np.abs(score).mean() > 0.2
    assert found.error(ion, "water").max() < 0.02


def test_the_two_ions_differ_by_their_weights(replicas: list[ReplicaSamples]) -> None:
    found = coordination_profile(replicas, np.array([-0.1, 0.1]))
    gap = found.mean("K", "water") - found.mean("Na", "water")
    error = np.hypot(found.error("K", "water"), found.error("Na", "water"))
    assert np.all(gap / error > 10.0)


def test_constant_numbers_come_back_as_they_are(replicas: list[ReplicaSamples]) -> None:
    found = coordination_profile(replicas)
    assert found.ions == ("K", "Na")
    assert found.z[0] - 0.1 == pytest.approx(CENTERS[0])
    assert np.allclose(found.mean("K", "ligand"), 7.0)
    assert np.allclose(found.error("Na", "ligand"), 0.0)


def test_a_bin_without_samples_is_nan(replicas: list[ReplicaSamples]) -> None:
    found = coordination_profile(replicas[:2], np.array([0.0, 6.0]))
    assert np.isfinite(found.mean("K", "water")).tolist() == [True, False]


def test_the_plain_form_holds_null_where_nothing_was_sampled(
    replicas: list[ReplicaSamples],
) -> None:
    record = coordination_profile(replicas[:3], np.array([0.0, 6.0])).as_dict()
    assert record["z_A"] == [0.0, 6.0]
    assert record["K"]["ligand"]["mean"] == [pytest.approx(7.0), None]
    assert record["Na"]["water"]["error"][1] is None
    assert record["Na"]["water"]["error"][0] > 0.0


def test_one_replica_has_no_error(replicas: list[ReplicaSamples]) -> None:
    found = coordination_profile(replicas[:1])
    assert np.isnan(found.error("K", "water")).all()
    assert np.isfinite(found.mean("K", "water")).all()


def test_what_is_missing_is_named(replicas: list[ReplicaSamples]) -> None:
    bare = replace(replicas[0], coordination={})
    with pytest.raises(InputError, match="at least one ion"):
        coordination_profile([bare])
    droplet = replace(replicas[0], kappa=0.0)
    with pytest.raises(InputError, match="umbrella windows"):
        coordination_profile([droplet])
    with pytest.raises(InputError, match="evenly spaced"):
        coordination_profile(replicas, np.array([0.0, 0.5, 0.6]))
    found = coordination_profile(replicas[:1])
    with pytest.raises(InputError, match="Cs:water"):
        found.of("Cs", "water")
