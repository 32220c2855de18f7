"""Free-energy differences between identities without a coordinate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, kstest, t
from synthetic_filter import BETA, DOUBLE_WELL, DROPLET, RT, draw

from selectivity.errors import InputError
from selectivity.estimators.alchemical import (
    IdentityFreeEnergies,
    free_energies,
    replica_free_energies,
)

EXACT = -72.0 - DROPLET.c**2 / (2.0 * DROPLET.k)


def test_written_out():
    """−RT ln[Σ exp(−βU_Na)/D / Σ exp(−βU_K)/D] with D = Σ_j exp(log_g_j − βU_j)."""
    samples = draw(DROPLET, 1, None, n=50)
    u = samples.u[0]
    d = np.exp(samples.log_g[0] - BETA * u).sum(axis=1)
    expected = -RT * np.log(np.sum(np.exp(-BETA * u[:, -1]) / d) / np.sum(1.0 / d))
    assert replica_free_energies(samples)["Na"] == pytest.approx(expected, rel=1e-12)
    assert replica_free_energies(samples)["K"] == 0.0


def test_replicas_are_calibrated_and_their_intervals_cover():
    """300 runs of 4 replicas: t_3 scores, and 95 % intervals that hold the exact value."""
    score, covered = [], 0
    for run in range(300):
        replicas = [draw(DROPLET, 500 + run, None, n=200, replica=r) for r in range(4)]
        estimate = free_energies(replicas).difference("K", "Na")
        score.append((estimate.value - EXACT) / estimate.error)
        covered += abs(estimate.value - EXACT) < estimate.half_width()
        assert estimate.dof == 3.0
    assert kstest(score, t(3).cdf).pvalue > 0.01
    assert binomtest(covered, 300, 0.95).pvalue > 0.003


def test_weights_do_better_than_counting():
    """Counting the sampled identities gives the same number with a larger scatter."""
    weighted, counted = [], []
    for r in range(100):
        samples = draw(DROPLET, 3, None, n=300, replica=r)
        weighted.append(replica_free_energies(samples)["Na"])
        n = np.bincount(samples.identity[0], minlength=5)
        log_p = np.log(n[[0, -1]]) - samples.log_g[0, [0, -1]]
        counted.append(-RT * (log_p[1] - log_p[0]))
    error = np.hypot(np.std(weighted), np.std(counted)) / 10.0
    assert abs(np.mean(weighted) - np.mean(counted)) < 3.0 * error
    assert np.std(weighted) < 0.85 * np.std(counted)
    assert abs(np.mean(weighted) - EXACT) < 3.0 * np.std(weighted, ddof=1) / 10.0


def test_windows_integrate_over_what_they_cover():
    """With umbrella windows: −RT ln of the ratio of ∫exp(−W/RT)dz, as a z-score of 30 runs."""
    grid = np.linspace(-3.5, 3.5, 20001)
    integrals = np.exp(-BETA * (DOUBLE_WELL.w(grid)[[0, -1]] + 70.0)).sum(axis=1)
    exact = -RT * np.log(integrals[1] / integrals[0])
    centers = np.linspace(-2.7, 2.7, 19)
    found = [
        replica_free_energies(draw(DOUBLE_WELL, 6, centers, n=100, replica=r))["Na"]
        for r in range(30)
    ]
    z = (np.mean(found) - exact) / (np.std(found, ddof=1) / np.sqrt(30))
    assert abs(z) < 3.0


def test_pairs_of_ions_are_consistent():
    rng = np.random.default_rng(0)
    g = {ion: rng.normal(size=5) for ion in ("Li", "Na", "K")}
    energies = IdentityFreeEnergies(("Li", "Na", "K"), g, 310.15)
    np.testing.assert_allclose(
        energies.per_replica("Li", "K"),
        energies.per_replica("Li", "Na") + energies.per_replica("Na", "K"),
    )
    assert energies.difference("K", "Na").value == pytest.approx(
        -energies.difference("Na", "K").value
    )
    with pytest.raises(InputError, match="is one of Li, Na, K"):
        energies.difference("K", "Cs")


def test_one_replica_has_a_value_and_no_error():
    estimate = free_energies([draw(DROPLET, 1, None)]).difference("K", "Na")
    assert np.isfinite(estimate.value)
    assert np.isnan(estimate.error)
    assert estimate.half_width() == np.inf


def test_energies_far_apart_keep_their_digits():
    """A clash of 1e6 kJ/mol as identity 0 shifts all energies of that sample and no weight."""
    samples = draw(DROPLET, 1, None, n=50)
    u = samples.u.copy()
    u[0, ::2] -= 1e6
    moved = replace(samples, u=u)
    # Identity 0 itself has U = −1e6 there: only differences within a sample matter to D.
    assert replica_free_energies(moved)["Na"] == pytest.approx(
        replica_free_energies(samples)["Na"], abs=1e-6
    )


def test_refusals():
    with pytest.raises(InputError, match="replica"):
        free_energies([])
    samples = draw(DROPLET, 1, None)
    with pytest.raises(InputError, match="ladder"):
        free_energies([samples, replace(samples, ladder=("K", "a", "b", "c", "Rb"), replica=1)])
    with pytest.raises(InputError, match="names at least one ion"):
        replica_free_energies(replace(samples, ladder=("K:0:Na",) * 5))
