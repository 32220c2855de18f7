"""Exchange between windows: its rule by itself, and the marginals that it must not change."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sampling_cases import sampled
from scipy.integrate import cumulative_trapezoid
from scipy.special import logsumexp
from scipy.stats import chisquare, kstest
from worker_cases import FILTER, PLAN

from selectivity.engine import energy
from selectivity.engine.arrays import AXIAL
from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.sampling import replica as sampling
from selectivity.sampling.checkpoint import resume, snapshot
from selectivity.sampling.exchange import exchange_pairs, mixture_potential
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.streams import EXCHANGE, stream
from selectivity.system.build import start
from selectivity.system.spec import Composition, FilterSpec, Tether, Windows
from selectivity.units import kcal

BETA = 0.4


def mixture(rng, n_windows=4, n_states=3):
    centers = np.linspace(-1.0, 1.0, n_windows)
    z = centers + rng.normal(0.0, 0.5, n_windows)
    u = rng.normal(0.0, 6.0, (n_windows, n_states))
    u[:, 0] = 0.0
    return z, u, centers, 5.0, rng.normal(0.0, 2.0, (n_windows, n_states)), BETA


class TestRule:
    def test_mixture_potential_by_hand(self):
        z, u, centers, kappa, log_g, beta = mixture(np.random.default_rng(0))
        m_kn = mixture_potential(z, u, centers, kappa, log_g, beta)
        for k in range(4):
            for n in range(4):
                total = sum(math.exp(log_g[k, j] - beta * u[n, j]) for j in range(3))
                bias = 0.5 * beta * kappa * (z[n] - centers[k]) ** 2
                assert m_kn[k, n] == pytest.approx(bias - math.log(total), rel=1e-12)

    def test_mixture_potential_of_distant_states(self):
        """Weights and energies of hundreds of kT do not overflow."""
        z, u, centers, kappa, log_g, beta = mixture(np.random.default_rng(0))
        shifted = mixture_potential(z, 1e5 * u, centers, kappa, log_g + 5e4, beta)
        assert np.all(np.isfinite(shifted))

    @pytest.mark.parametrize("parity", [0, 1])
    def test_which_pairs(self, parity):
        m_kn = np.zeros((6, 6))
        decisions = exchange_pairs(m_kn, parity, np.random.default_rng(0))
        assert decisions.tolist() == [[k, 1] for k in range(parity, 5, 2)]

    def test_arrangements_in_detailed_balance(self):
        """Fixed configurations, exchange the only move: every arrangement at its exact frequency.

        3 windows, 6 arrangements, p ∝ exp(−Σ_k m_k(x_σ(k))); 30,000 rounds, every fifth counted.
        """
        rng = np.random.default_rng(2)
        m_kn = mixture_potential(*mixture(rng, n_windows=3))
        m_kn *= 0.5  # so that no arrangement is rare
        where, seen = np.arange(3), {}
        for i in range(30_000):
            for k, swap in exchange_pairs(m_kn[:, where], i % 2, rng):
                if swap:
                    where[[k, k + 1]] = where[[k + 1, k]]
            if i % 5 == 0:
                seen[tuple(where)] = seen.get(tuple(where), 0) + 1
        keys = sorted(seen)
        assert len(keys) == 6
        log_p = np.array([-sum(m_kn[k, n] for k, n in enumerate(key)) for key in keys])
        p = np.exp(log_p - logsumexp(log_p))
        counts = np.array([seen[key] for key in keys])
        assert (p * counts.sum()).min() > 50
        assert chisquare(counts, p * counts.sum()).pvalue > 1e-3


def filter_of(windows: Windows) -> FilterSpec:
    return FilterSpec(
        name="two windows",
        forcefield="charmm36",
        ions=("K", "Na"),
        temperature_K=310.15,
        structure="s2_idealised",
        composition=Composition.parse("[X]"),
        windows=windows,
        interior=(-1.0, 1.0),
        caps=(0, 0),
        tether=Tether("rigid"),
        on_axis=True,
    )


class TestWindows:
    def test_marginals_of_exchanging_windows(self):
        """z and identity of both windows: p_k(z, j) ∝ exp(g_kj − βU_j(z) − ½βκ(z − z_k)²).

        Small steps and an exchange after every single trial, so that exchanges rule what is
        sampled; and weights that favour Na+ in one window, K+ in the other, on a climb where the
        two feel different forces, so that a configuration without a new identity would be seen.
        """
        spec = filter_of(Windows(0.6, 0.8, 0.2, kcal(40.0)))
        plan = SamplingPlan(
            seed=8,
            production=10_000,
            equilibration=100,
            adaptation=4000,
            stride=1,
            exchange_every=1,
            segments=1,
        )
        replica = new_replica(spec, plan, 0)
        prepare(replica)
        for chain, slope in zip(replica.chains, (2.0, -2.0), strict=True):
            chain.window.log_g[:] += slope * np.linspace(-1.0, 1.0, 6)
            chain.window.step[AXIAL] = 0.15
        samples = produce(replica)
        assert samples.exchange_tried[0] == 5000
        assert 0.5 < samples.exchange_accepted[0] / 5000 < 0.9
        grid = np.linspace(-0.1, 1.5, 161)
        u = field(replica.topology, grid)
        for k, center in enumerate(samples.centers):
            log_p = samples.log_g[k] - samples.beta * u
            log_p -= 0.5 * samples.beta * samples.kappa * (grid[:, None] - center) ** 2
            p_z = np.exp(logsumexp(log_p, axis=1) - logsumexp(log_p))
            cumulative = cumulative_trapezoid(p_z, grid, initial=0.0)
            z, mean = samples.z[k], float(p_z @ grid / p_z.sum())
            g = statistical_inefficiency(z)
            thin = z[:: math.ceil(1.5 * g)]
            score = (z.mean() - mean) / (z.std() * math.sqrt(g / z.size))
            found = kstest(thin, lambda x, c=cumulative: np.interp(x, grid, c / c[-1]))
            print(f"window {k}: N_eff {len(thin)}, p {found.pvalue:.3f}, z {score:.2f}")
            assert len(thin) >= 500
            assert found.pvalue > 1e-3
            assert abs(score) < 3.5
            p_j = np.exp(logsumexp(log_p, axis=0) - logsumexp(log_p))
            assert p_j.max() > 0.5
            for j in range(p_j.size):
                here = (samples.identity[k] == j).astype(float)
                g = statistical_inefficiency(here)
                error = math.sqrt(p_j[j] * (1.0 - p_j[j]) * g / here.size)
                assert abs(here.mean() - p_j[j]) < 3.5 * error

    def test_walkers_are_followed(self):
        """The walker in a window is the configuration that sits there: a swap swaps both."""
        spec = filter_of(Windows(-0.5, 0.5, 0.25, kcal(30.0)))
        plan = SamplingPlan(
            seed=5, production=400, equilibration=20, adaptation=40, stride=1,
            exchange_every=1, segments=1,
        )  # fmt: skip
        _, samples = sampled(spec, plan)
        assert np.array_equal(np.sort(samples.walker, axis=0), np.tile(np.arange(5)[:, None], 400))
        swaps = np.count_nonzero(np.diff(samples.walker, axis=1)) // 2
        assert swaps > 50
        assert 0 <= samples.exchange_accepted.sum() - swaps <= 2  # the last round is not seen


def field(topology, grid: np.ndarray) -> np.ndarray:
    """U_j(z) on the axis by the reference, shape (grid, J)."""
    r = start(topology, 0.0, np.random.default_rng(0))
    u = np.empty((grid.size, len(topology.ladder.labels)))
    for i, z in enumerate(grid):
        r[topology.x, 0] = 0.0, 0.0, z
        u[i] = [energy.total_energy(topology, r, j) for j in range(u.shape[1])]
    return u


def test_decisions_come_from_their_own_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every round of a replica, stored and continued on the way, replayed from its stream alone."""
    rounds = []
    decide = sampling.exchange_pairs

    def listen(m_kn, parity, rng):
        found = decide(m_kn, parity, rng)
        rounds.append((m_kn.copy(), parity, found))
        return found

    monkeypatch.setattr(sampling, "exchange_pairs", listen)
    replica = sampling.new_replica(FILTER, PLAN, 1)
    sampling.prepare(replica)
    for _ in range(PLAN.segments):
        replica = resume(FILTER, PLAN, snapshot(replica))
        sampling.produce(replica)
    rng = stream(PLAN.seed, FILTER.name, 1, EXCHANGE)
    for m_kn, parity, found in rounds:
        np.testing.assert_array_equal(decide(m_kn, parity, rng), found)
    assert len(rounds) == 4 + 3 * 5
    assert sum(found[:, 1].sum() for _, _, found in rounds) > 0
    assert rng.bit_generator.state == replica.exchange_rng.bit_generator.state
