"""Identity ladder and window exchange: probabilities and marginals that both must keep."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from selectivity.engine import energy, sweep
from selectivity.engine.arrays import AXIAL
from selectivity.sampling.exchange import exchange_pairs, mixture_potential
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.streams import stream
from selectivity.system.build import build_topology, start
from selectivity.system.spec import CageSpec, Composition, FilterSpec, Tether, Windows
from selectivity.system.topology import Topology
from selectivity.units import kcal, rt
from selectivity.validation.context import Arrays, Context
from selectivity.validation.records import Computed
from selectivity.validation.sections.moves import (
    Sampled,
    distribution,
    pictures,
    sampled,
    uniform,
)
from selectivity.validation.small import make_run, scrambled
from selectivity.validation.statistics import Counts, Density

__all__ = ["arrangements", "distribution", "draws", "pictures", "uniform", "weights", "windows"]

Exact = Callable[[], tuple[Density | Counts, ...]]


def _frozen() -> tuple[Topology, np.ndarray, np.ndarray]:
    """A cage of eight carbonyls and a water, its coordinates, and βU_j − βU_0 by the reference."""
    topology = build_topology(CageSpec("cage", "charmm36", ("K", "Na"), 300.0, n_waters=1))
    r = scrambled(topology, 0.0, 2, 0.0)
    u = [energy.total_energy(topology, r, j) for j in range(len(topology.ladder.labels))]
    return topology, r, (np.array(u) - u[0]) / rt(300.0)


def draws(context: Context) -> Sampled:
    """Identities drawn again and again at one configuration: p(j | x) ∝ exp(log_g_j − βU_j)."""
    topology, r, beta_u = _frozen()
    log_g = beta_u + np.random.default_rng(1).normal(0.0, 0.7, beta_u.size)

    def one(seed: int) -> Arrays:
        run = make_run(topology, r, seed=stream(context.seed, "identity", seed, 0))
        run.window.log_g[:] = log_g
        drawn = np.empty((context.settings["records"], 1))
        for i in range(len(drawn)):
            sweep.relabel(run.model, run.state, run.window, run.work, run.rng)
            drawn[i] = run.state.identity[0]
        return {"series": drawn}

    p = np.exp(log_g - beta_u - logsumexp(log_g - beta_u))
    return sampled(context, one, lambda: (Counts("identity", p),))


def weights(context: Context) -> Computed:
    """Adaptive weights where nothing moves: they become β(U_j − U_0) up to a constant.

    They use the conditional probabilities and not the draws, so no noise is left.
    """
    topology, r, beta_u = _frozen()
    run = make_run(topology, r, seed=stream(context.seed, "weights", 0, 0))
    run.model = run.model._replace(movers=np.array([[0, topology.x]]), sweep_length=0)
    sweep.adapt(run.model, run.state, run.window, run.work, run.rng, (20_000, 1, 0, 4000, 0))
    off = run.window.log_g - run.window.log_g.mean() - (beta_u - beta_u.mean())
    return Computed(float(np.abs(off).max()))


def arrangements(context: Context) -> Sampled:
    """Exchange alone, three configurations in three windows: p ∝ exp(−Σ_k m_k(x_σ(k)))."""
    rng = np.random.default_rng(2)
    centers = np.linspace(-1.0, 1.0, 3)
    z, u = centers + rng.normal(0.0, 0.5, 3), rng.normal(0.0, 6.0, (3, 3))
    m_kn = 0.5 * mixture_potential(z, u, centers, 5.0, rng.normal(0.0, 2.0, (3, 3)), 0.4)
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    log_p = np.array([-sum(m_kn[k, n] for k, n in enumerate(order)) for order in orders])

    def one(seed: int) -> Arrays:
        rng = stream(context.seed, "arrangements", seed, 0)
        where, seen = np.arange(3), np.empty((context.settings["records"], 1))
        for i in range(4 * len(seen)):
            for k, swap in exchange_pairs(m_kn[:, where], i % 2, rng):
                if swap:
                    where[[k, k + 1]] = where[[k + 1, k]]
            seen[i // 4] = orders.index((int(where[0]), int(where[1]), int(where[2])))
        return {"series": seen}

    return sampled(context, one, lambda: (Counts("order", np.exp(log_p - logsumexp(log_p))),))


def two_windows() -> FilterSpec:
    """An ion on the axis of the rigid idealised cage, in two windows on the climb to a plane."""
    return FilterSpec(
        name="two windows",
        forcefield="charmm36",
        ions=("K", "Na"),
        temperature_K=310.15,
        structure="s2_idealised",
        composition=Composition.parse("[X]"),
        windows=Windows(0.6, 0.8, 0.2, kcal(40.0)),
        interior=(-1.0, 1.0),
        caps=(0, 0),
        tether=Tether("rigid"),
        on_axis=True,
    )


def windows(context: Context) -> Sampled:
    """z and identity in two exchanging windows: p_k(z, j) ∝ exp(g_kj − βU_j − ½βκ(z − z_k)²).

    Small steps and an exchange after every trial, so that exchanges rule what is sampled; weights
    that favour Na+ in one window and K+ in the other, so that a configuration that kept its
    identity in an exchange would be seen.
    """
    spec, s = two_windows(), context.settings
    u = _field(build_topology(spec))
    log_g = [u[1] / rt(310.15) + slope * np.linspace(-1.0, 1.0, u[1].shape[1]) for slope in (2, -2)]
    log_g = [g[GRID.size // 2] for g in log_g]  # weights that are fixed: near the truth at one z

    def one(seed: int) -> Arrays:
        plan = SamplingPlan(
            seed=context.seed,
            equilibration=200,
            adaptation=200,
            production=s["records"],
            stride=1,
            exchange_every=1,
            segments=1,
        )
        replica = new_replica(spec, plan, seed)
        prepare(replica)
        for chain, g in zip(replica.chains, log_g, strict=True):
            chain.window.log_g[:] = g
            chain.window.step[AXIAL] = 0.15
        found = produce(replica)
        burn = s["records"] // 10
        return {"series": np.concatenate([found.z, found.identity])[:, burn:].T}

    return sampled(context, one, lambda: _marginals(spec, u[0], log_g))


GRID = np.linspace(-0.1, 1.5, 161)


def _field(topology: Topology) -> tuple[np.ndarray, np.ndarray]:
    """U_j(z) on the axis by the reference and U_j − U_0, kJ/mol, shape (grid, J)."""
    r = start(topology, 0.0, np.random.default_rng(0))
    u = np.empty((GRID.size, len(topology.ladder.labels)))
    for i, z in enumerate(GRID):
        r[topology.x, 0] = 0.0, 0.0, z
        u[i] = [energy.total_energy(topology, r, j) for j in range(u.shape[1])]
    return u, u - u[:, :1]


def _marginals(
    spec: FilterSpec, u: np.ndarray, log_g: list[np.ndarray]
) -> tuple[Density | Counts, ...]:
    beta = 1.0 / rt(spec.temperature_K)
    heights: list[Density | Counts] = []
    identities: list[Density | Counts] = []
    for k, center in enumerate(spec.windows.centers()):
        bias = 0.5 * beta * spec.windows.kappa * (GRID - center) ** 2
        log_p = log_g[k] - beta * u - bias[:, None]
        heights.append(Density(f"z, window {k + 1}", GRID, logsumexp(log_p, axis=1)))
        p = np.exp(logsumexp(log_p, axis=0) - logsumexp(log_p))
        identities.append(Counts(f"identity, window {k + 1}", p))
    return (*heights, *identities)
