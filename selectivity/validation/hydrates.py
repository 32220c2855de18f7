"""Small clusters M⁺(H2O)n: what binding one water more brings, for rigid classical molecules.

The ion is fixed, and a soft wall holds the oxygens within ``RADIUS`` of it: a water that evaporates
comes back. In M⁺(H2O)(n−1) + H2O → M⁺(H2O)n both sides have the same kinetic energy, for rigid
molecules keep their translations and rotations in a cluster, so that, in an ideal gas,

    ΔH = ⟨U⟩_n − ⟨U⟩_(n−1) − RT,    ΔG° = −RT ln[ρ° Q_n/Q_(n−1)],    ρ° = 1 atm/kT,

Q_n = 1/n! ∫exp(−βU) over the waters' oxygens (Å³) and orientations (normalised to one). Masses and
the ion's place cancel. Q_n/Q_(n−1) of one ion comes from trial insertions and deletions; that of
the others from it and from identity ladders with n and with n − 1 waters:
ln[Q_n(X)/Q_(n−1)(X)] − ln[Q_n(Y)/Q_(n−1)(Y)] = −β[ΔG_n(Y → X) − ΔG_(n−1)(Y → X)].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from selectivity.engine import arrays, pack, sweep
from selectivity.engine.toggle import toggle_water
from selectivity.estimators.insertion import bennett
from selectivity.forcefield.library import load
from selectivity.sampling.chain import Chain, refresh, tune
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare
from selectivity.sampling.streams import BUILD, stream
from selectivity.system.build import build_topology, start
from selectivity.system.spec import DropletSpec
from selectivity.system.topology import Region, Topology, absent_sites
from selectivity.units import AVOGADRO, GAS_CONSTANT, KCAL, rt
from selectivity.validation.context import Arrays
from selectivity.validation.exact import pair_integral

TEMPERATURE = 298.15  # K, of the measurements
RADIUS = 6.0  # Å: first and second shell of every cluster lie well inside
REACH = 5.0  # Å: half the height and the radius of the cylinder of trial insertions
LOG_DENSITY = math.log(101325.0 * AVOGADRO / (GAS_CONSTANT * TEMPERATURE) * 1e-30)
"""ln(ρ° Å³) of an ideal gas at 1 atm."""

SWEEPS, TRIALS = 25, 20  # between two blocks of trials, and in one of them
TUNE_EVERY = 20  # blocks
BLOCK = 10  # identities drawn for one energy that is looked at
REFRESH_EVERY = 500  # blocks between two sums of all energies
FIRST_LOG_Z = -20.0  # ln(z Å³) to begin with: between the first and the last water


def hydrate(forcefield: str, ions: Sequence[str], n: int) -> DropletSpec:
    """``n`` waters about a fixed ion, within ``RADIUS``."""
    name = f"hydrate {forcefield} {n}"
    return DropletSpec(name, forcefield, tuple(ions), TEMPERATURE, n, RADIUS)


def ladder_replica(spec: DropletSpec, plan: SamplingPlan, number: int) -> Arrays:
    """One replica of an identity ladder: free energies and mean energies of its ions.

    Returns
    -------
    dict
        ``g``, F_X − F_first, and ``energy``, ⟨U⟩ with X, wall included, kJ/mol, shape (ions,).
    """
    replica = new_replica(spec, plan, number)
    prepare(replica)
    model, work, chain = replica.model, replica.work, replica.chains[0]
    blocks = plan.production // (plan.stride * BLOCK)
    out = pack.new_output(model, BLOCK)
    u = np.empty((blocks, BLOCK, model.ladder.shape[0]), dtype=np.float32)
    energy = np.empty(blocks)
    for i in range(blocks):
        if i % REFRESH_EVERY == 0:
            refresh(model, chain, work)
        sweep.advance(model, chain.state, chain.window, work, chain.rng, plan.stride, out)
        u[i] = out.u
        energy[i] = sweep.cached_energy(model, chain.state) - out.u[-1, out.identity[-1]]
    ends = [replica.topology.ladder.endpoints[ion] for ion in spec.ions]
    return reweighted(u, energy, chain.window.log_g, ends, spec.temperature_K)


def reweighted(
    u: np.ndarray, energy: np.ndarray, log_g: np.ndarray, ends: list[int], temperature_K: float
) -> Arrays:
    """F_X and ⟨U⟩_X from samples of p(x) ∝ Σ_j exp(g_j − βU_j).

    Parameters
    ----------
    u : ndarray, shape (B, n, J)
        U_j − U_0 of n samples in each of B blocks, kJ/mol.
    energy : ndarray, shape (B,)
        U_0 of every block's last sample, kJ/mol.
    log_g : ndarray, shape (J,)
    ends : list of int
        States of the ions; F is given less that of the first.
    """
    from scipy.special import logsumexp

    beta = 1.0 / rt(temperature_K)
    log_w = -beta * u[..., ends] - logsumexp(log_g - beta * u, axis=-1, keepdims=True)
    f = -logsumexp(log_w, axis=(0, 1)) / beta
    last, shown = log_w[:, -1], energy[:, None] + u[:, -1][:, ends]
    w = np.exp(last - last.max(axis=0))
    return {"g": f - f[0], "energy": (w * shown).sum(axis=0) / w.sum(axis=0)}


def _open(forcefield: str, ion: str, n: int) -> Topology:
    topology = build_topology(hydrate(forcefield, (ion,), n), states_per_gap=1)
    places = tuple(m for m in range(n + 1) if m != topology.x)
    region = Region(places, -REACH, REACH, REACH, confined=False, minimum=n - 1)
    return replace(topology, regions=(region,))


def insertion_replica(
    of: tuple[str, str, int], blocks: tuple[int, int], key: tuple[int, int]
) -> Arrays:
    """ln[Q_n/Q_(n−1)] about a fixed ion, Q in Å³, by Bennett's acceptance ratio.

    Parameters
    ----------
    of : tuple
        Parameter set, ion and n.
    blocks : tuple of int
        Of equilibration, which also brings z near the cluster's own, and of production.
    key : tuple of int
        Seed and number of the replica.

    Raises
    ------
    NotConvergedError
        The number of waters never changed.
    """
    topology = _open(*of)
    name, (seed, number) = f"insertion {topology.spec.name} {of[1]}", key
    chain, model, work = _cluster(topology, name, seed, number)
    trials, (first, rest) = np.empty(TRIALS), blocks
    upper = np.empty(TRIALS, dtype=bool)
    log_z, constant = FIRST_LOG_Z, max(1, first // 4)

    def block() -> None:
        sweep.adapt(model, chain.state, chain.window, work, chain.rng, (1, SWEEPS, 0, 1, 1))
        toggle_water(model, chain.state, work, chain.rng, log_z, trials, upper)

    for i in range(first):
        block()
        log_z -= (1.0 if i < constant else constant / (i + 1.0)) * (upper.mean() - 0.5)
        if i % TUNE_EVERY == TUNE_EVERY - 1 and i < first // 2:
            tune(chain.window)
    log_ratio, uppers = np.empty((rest, TRIALS)), np.empty((rest, TRIALS), dtype=bool)
    for i in range(rest):
        if i % REFRESH_EVERY == 0:
            refresh(model, chain, work)
        block()
        log_ratio[i], uppers[i] = trials, upper
    return {"log_k": np.array(bennett(log_ratio.ravel(), uppers.ravel()) - log_z)}


def _cluster(
    topology: Topology, name: str, seed: int, number: int
) -> tuple[Chain, arrays.Model, arrays.Work]:
    """A cluster ready to move; every second replica starts without its last water."""
    r = start(topology, 0.0, stream(seed, name, number, BUILD))
    if number % 2:
        last = topology.regions[0].members[-1]
        r[last] = absent_sites(last, r.shape[1])
    model = pack.pack_model(topology)
    work = pack.new_work(model)
    window = pack.new_window(model, math.nan, 0.0)
    chain = Chain(pack.pack_state(model, r), window, stream(seed, name, number, 0))
    refresh(model, chain, work)
    return chain, model, work


def exact_step(forcefield: str, ion: str) -> tuple[float, float]:
    """ΔH and ΔG° (kcal/mol) of the first water by quadrature over its places and orientations."""
    ff, rt_ = load(forcefield), rt(TEMPERATURE)
    found = pair_integral(ff.water, ff.ion(ion), lambda s: np.zeros(s.shape[:-1]), TEMPERATURE)
    return (found.energy - rt_) / KCAL, free_energy(found.log_z)


def free_energy(log_k: float | np.ndarray) -> float:
    """ΔG° = −RT(ln[Q_n/Q_(n−1)] + ln ρ°), kcal/mol."""
    return -rt(TEMPERATURE) * (log_k + LOG_DENSITY) / KCAL  # type: ignore[return-value]
