"""Identity of the sampled ion: its conditional probabilities, its weights, its bookkeeping."""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_cases import assemble, cage, droplet, filter_, make_run, scrambled
from scipy.special import logsumexp
from scipy.stats import chisquare

from selectivity.engine import energy, sweep
from selectivity.engine.sweep import weight_gain
from selectivity.forcefield.library import load
from selectivity.system.build import build_topology
from selectivity.system.topology import Member


def ladder_energies(run) -> np.ndarray:
    """U_λj by the reference, relative to j = 0."""
    labels = run.topology.ladder.labels
    u = np.array([energy.total_energy(run.topology, run.state.r, j) for j in range(len(labels))])
    return u - u[0]


@pytest.mark.parametrize("spec", [cage(n_waters=1), droplet("jc-tip4pew", n_waters=6), filter_()])
def test_frequencies(spec):
    """Repeated draws at one configuration follow p(j | x) ∝ exp(log_g_j − βU_j): χ², p > 1e-3."""
    topology = build_topology(spec)
    run = make_run(topology, scrambled(topology, 0.3, 2, 0.0), seed=8)
    run.equilibrate(50)
    u = ladder_energies(run)
    rng = np.random.default_rng(1)
    run.window.log_g[:] = run.model.beta * u + rng.normal(0.0, 0.7, u.size)
    log_p = run.window.log_g - run.model.beta * u
    p = np.exp(log_p - logsumexp(log_p))
    drawn = np.zeros(u.size)
    n = 6000
    for _ in range(n):
        sweep.relabel(run.model, run.state, run.window, run.work, run.rng)
        drawn[run.state.identity[0]] += 1
    assert (p * n).min() > 10
    assert chisquare(drawn, p * n).pvalue > 1e-3


def test_identity_without_neighbours_follows_its_weights():
    """An ion alone has the same energy as every identity: p_j ∝ exp(log_g_j)."""
    topology = assemble([Member(load("jc-tip3p").ion("K"), "ion", "X")], x=0)
    run = make_run(topology, np.zeros((1, 1, 3)))
    run.window.log_g[:] = np.linspace(0.0, 1.5, 6)
    drawn = np.bincount([run.advance(1, 1).identity[0] for _ in range(5000)], minlength=6)
    p = np.exp(run.window.log_g - logsumexp(run.window.log_g))
    assert chisquare(drawn, p * drawn.sum()).pvalue > 1e-3


def test_weights_converge_to_equal_visits():
    """Where nothing moves, the adaptive weights become β(U_j − U_0) up to a constant.

    They use the conditional probabilities and not the draws, so no noise is left.
    """
    topology = build_topology(cage(n_waters=1))
    run = make_run(topology, scrambled(topology, 0.0, 2, 0.0))
    run.equilibrate(50)
    run.model = run.model._replace(movers=np.array([[0, topology.x]]), sweep_length=0)
    exact = run.model.beta * ladder_energies(run)
    sweep.adapt(run.model, run.state, run.window, run.work, run.rng, (20_000, 1, 0, 4000, 0))
    log_g = run.window.log_g - run.window.log_g.mean()
    np.testing.assert_allclose(log_g, exact - exact.mean(), atol=1e-3)
    assert abs(run.window.log_g.sum()) < 1e-8


def test_gain_is_continuous_and_falls_as_one_over_t():
    """J min(1/J, t^−0.6), then J/(t − t0 + t0^0.6)."""
    half, n = 400.0, 6
    gains = np.array([weight_gain(float(t), half, n) for t in range(1, 20_001)])
    assert gains[0] == 1.0
    assert np.all(np.diff(gains) <= 0.0)
    assert gains[399] == pytest.approx(n * 400.0**-0.6)
    assert gains[400] == pytest.approx(n / (1.0 + 400.0**0.6))
    assert gains[-1] == pytest.approx(n / 20_000, rel=0.03)
    assert gains[400] / gains[399] > 0.95


def test_production_and_fixed_starts_leave_weights_and_identity_alone():
    topology = build_topology(cage(n_waters=1))
    run = make_run(topology, scrambled(topology, 0.0, 2, 0.0), identity=3)
    run.window.log_g[:] = np.arange(6.0)
    run.equilibrate(200)
    assert run.state.identity[0] == 3
    run.advance(50, 2)
    assert np.array_equal(run.window.log_g, np.arange(6.0))


def test_pairs_change_with_the_identity():
    topology = build_topology(filter_())
    run = make_run(topology, scrambled(topology, 0.37, 5, 0.0))
    seen = set()
    for _ in range(15):
        run.window.log_g[:] = run.model.beta * ladder_energies(run)
        sweep.relabel(run.model, run.state, run.window, run.work, run.rng)
        j, n = int(run.state.identity[0]), len(run.state.r)
        seen.add(j)
        pairs = energy.pair_matrix(topology, run.state.r, j)
        np.testing.assert_allclose(run.state.pair[:n, :n], pairs, rtol=1e-5, atol=1e-4)
    assert len(seen) == 6


def test_free_energy_of_a_frozen_system_is_its_energy():
    """Reweighted from the samples' own u: −RT ln ⟨exp(−βu_j)⟩ is exact where nothing moves."""
    topology = build_topology(cage(n_carbonyls=2))
    run = make_run(topology, scrambled(topology, 0.0, 2, 0.0))
    run.model = run.model._replace(movers=np.array([[0, topology.x]]), sweep_length=0)
    out = run.advance(10, 1)
    np.testing.assert_allclose(out.u, np.tile(ladder_energies(run), (10, 1)), atol=1e-9)
    assert math.isclose(out.z[0], 0.0)
