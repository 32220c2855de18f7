"""One replica of one system: its windows side by side, from start to the last segment."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from selectivity.engine import arrays, pack, sweep, trajectory
from selectivity.engine.water import exchange_waters
from selectivity.sampling.chain import (
    Chain,
    energy_drift,
    refresh,
    start_trajectories,
    tune,
)
from selectivity.sampling.exchange import exchange_pairs, mixture_potential
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.samples import Frames, ReplicaSamples
from selectivity.sampling.streams import BUILD, EXCHANGE, stream
from selectivity.system.atoms import atoms
from selectivity.system.build import build_topology, start
from selectivity.system.spec import SystemSpec
from selectivity.system.topology import Topology, absent_sites, is_absent

FILE_STARTS = {False: ("near", "far"), True: ("empty", "full")}  # by whether water fluctuates
# Trials of a change in the number of waters for a sweep and region: one or three of them gave no
# more independent numbers of waters and cost a third to a half of all CPU time.
WATER_TRIALS = 0.25
TUNE_EVERY = 100  # sweeps: fewer tell too little of an acceptance
Tick = Callable[[int], None]  # called with the sweeps just done in every window


@dataclass
class Replica:
    """Chains of all windows of one replica; ``walker`` follows configurations through exchanges.

    ``segment`` counts the production segments that are done; −1 stands before equilibration.
    """

    topology: Topology
    plan: SamplingPlan
    number: int
    model: arrays.Model
    work: arrays.Work
    chains: list[Chain]
    walker: np.ndarray
    exchange_rng: np.random.Generator
    exchange_tried: np.ndarray
    exchange_accepted: np.ndarray
    rounds: int = 0
    segment: int = -1
    cpu_seconds: float = 0.0
    drift: float = 0.0

    @property
    def start_ion(self) -> str:
        """Identity at which the replica was started."""
        return start_ion(self.topology.spec, self.number)


def start_ion(spec: SystemSpec, number: int) -> str:
    """Identity of the start: even replicas begin as the first ion, odd ones as the last."""
    return spec.ions[0] if number % 2 == 0 else spec.ions[-1]


def starts_spread(number: int) -> bool:
    """Whether the single file starts far from X: not in replicas 0, 1, 4, 5, ..., but in others."""
    return number // 2 % 2 == 1


def start_file(topology: Topology, number: int) -> str:
    """Start of the single file: near X or far from it, and with ``gc`` empty or full."""
    return FILE_STARTS[bool(topology.regions)][starts_spread(number)]


def new_replica(spec: SystemSpec, plan: SamplingPlan, number: int, placed: bool = True) -> Replica:
    """Build a replica's windows from its own random streams.

    Without ``placed`` no molecule is there yet: a stored state is about to take their places.
    """
    topology = build_topology(spec, plan.states_per_gap)
    model = pack.pack_model(topology, plan.precision)
    work = pack.new_work(model)
    centers = topology.window_centers
    kappa = spec.windows.kappa if spec.kind == "filter" else 0.0
    build_rng = stream(plan.seed, spec.name, number, BUILD)
    identity = topology.ladder.endpoints[start_ion(spec, number)]
    chains = []
    n_molecules, n_slots = model.site_type.shape
    for k, center in enumerate(centers):
        if placed:
            r = start(topology, center, build_rng, spread=starts_spread(number))
        else:
            r = np.array([absent_sites(m, n_slots) for m in range(n_molecules)])
        state = pack.pack_state(model, r, identity)
        window = pack.new_window(model, center, kappa)
        chain = Chain(state, window, stream(plan.seed, spec.name, number, k))
        refresh(model, chain, work)
        chains.append(chain)
    n = len(centers)
    return Replica(
        topology,
        plan,
        number,
        model,
        work,
        chains,
        walker=np.arange(n),
        exchange_rng=stream(plan.seed, spec.name, number, EXCHANGE),
        exchange_tried=np.zeros(max(0, n - 1), dtype=np.int64),
        exchange_accepted=np.zeros(max(0, n - 1), dtype=np.int64),
    )


def prepare(replica: Replica, tick: Tick | None = None) -> None:
    """Equilibrate at the starting identity, tune the steps, adapt the weights, freeze both."""
    began = time.thread_time()
    plan, every = replica.plan, max(replica.plan.exchange_every, TUNE_EVERY)
    blocks = [every] * (plan.equilibration // every)
    if rest := plan.equilibration - sum(blocks):
        blocks.append(rest)
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    if not blocks:
        _add_squares(replica, squares)
    for i, length in enumerate(blocks):
        for chain in replica.chains:
            _adapt(replica, chain, length, 0, fixed=True)
            if i < len(blocks) - 1 or i == 0:
                tune(chain.window)
        if i >= len(blocks) // 2:
            _add_squares(replica, squares)
        _tick(tick, length)
    for chain in replica.chains:
        start_trajectories(replica.model, chain.window, squares, plan.trajectory)
    rounds = max(1, plan.adaptation // plan.exchange_every)
    u, z = _room_for_measures(replica)
    for i in range(rounds):
        for k, chain in enumerate(replica.chains):
            _adapt(replica, chain, plan.exchange_every, i, fixed=False)
            u[k], z[k] = replica.work.u, chain.state.r[replica.model.x, 0, 2]
            if i < rounds // 2 and (i + 1) * plan.exchange_every % every < plan.exchange_every:
                tune(chain.window)
        _exchange(replica, u, z)
        _tick(tick, plan.exchange_every)
    for chain in replica.chains:
        chain.window.tried[:] = chain.window.accepted[:] = 0
        chain.state.counts[:] = 0
    replica.exchange_tried[:] = replica.exchange_accepted[:] = 0
    replica.segment = 0
    _close(replica, began)


def _add_squares(replica: Replica, squares: np.ndarray) -> None:
    """Add the squares of all windows' forces and torques, from which steps are set."""
    for chain in replica.chains:
        trajectory.add_squares(replica.model, chain.state, chain.window, replica.work, squares)


def _room_for_measures(replica: Replica) -> tuple[np.ndarray, np.ndarray]:
    """Ladder energies and z of every window's configuration, as exchanges need them."""
    n = len(replica.chains)
    return np.empty((n, replica.model.ladder.shape[0])), np.empty(n)


def _adapt(replica: Replica, chain: Chain, sweeps: int, i: int, fixed: bool) -> None:
    plan = replica.plan
    records = max(1, sweeps // plan.stride)
    half = max(1, plan.adaptation // plan.stride // 2)
    _exchange_waters(replica, chain, sweeps)
    sweep.adapt(
        replica.model,
        chain.state,
        chain.window,
        replica.work,
        chain.rng,
        (records, plan.stride, i * records, half, int(fixed)),
    )


def _exchange_waters(replica: Replica, chain: Chain, sweeps: int) -> None:
    """Trial insertions, deletions and jumps of waters where their number fluctuates.

    They stand before the sweeps, so that the last record of a block is the present configuration.
    """
    trials = math.ceil(WATER_TRIALS * sweeps * len(replica.topology.regions))
    if trials:
        exchange_waters(replica.model, chain.state, chain.window, replica.work, chain.rng, trials)


def _tick(tick: Tick | None, sweeps: int) -> None:
    if tick is not None:
        tick(sweeps)


def _close(replica: Replica, began: float) -> None:
    """Record the drift of the running energy and make the caches a function of the coordinates."""
    for chain in replica.chains:
        drift = abs(energy_drift(replica.model, chain, replica.work))
        replica.drift = max(replica.drift, drift)
    replica.cpu_seconds += time.thread_time() - began


def _exchange(replica: Replica, u: np.ndarray, z: np.ndarray) -> None:
    """One round of exchanges, even and odd pairs by turns; moved configurations are relabelled.

    ``u`` (K, J) and ``z`` (K,) are those of the configurations as they stand in their windows.
    """
    chains, model = replica.chains, replica.model
    if len(chains) < 2:
        return
    centers = np.array(replica.topology.window_centers)
    log_g = np.array([chain.window.log_g for chain in chains])
    kappa = float(chains[0].window.umbrella[1])
    m_kn = mixture_potential(z, u, centers, kappa, log_g, model.beta)
    for k, swap in exchange_pairs(m_kn, replica.rounds % 2, replica.exchange_rng):
        replica.exchange_tried[k] += 1
        if not swap:
            continue
        replica.exchange_accepted[k] += 1
        a, b = chains[k], chains[k + 1]
        a.state, b.state = b.state, a.state
        replica.walker[[k, k + 1]] = replica.walker[[k + 1, k]]
        for chain in (a, b):
            sweep.relabel(model, chain.state, chain.window, replica.work, chain.rng)
    replica.rounds += 1


def produce(replica: Replica, tick: Tick | None = None) -> ReplicaSamples:
    """Sample one production segment with everything frozen."""
    began = time.thread_time()
    plan, model = replica.plan, replica.model
    rounds = plan.rounds
    n = plan.exchange_every // plan.stride
    outputs = [pack.new_output(model, rounds * n) for _ in replica.chains]
    u, z = _room_for_measures(replica)
    walkers: list[np.ndarray] = []
    kept: dict[int, np.ndarray] = {}
    for i in range(rounds):
        walkers.append(replica.walker.copy())
        for k, chain in enumerate(replica.chains):
            _exchange_waters(replica, chain, plan.exchange_every)
            out = arrays.Output(*(column[i * n : (i + 1) * n] for column in outputs[k]))
            sweep.advance(
                model, chain.state, chain.window, replica.work, chain.rng, plan.stride, out
            )
            u[k], z[k] = out.u[-1], out.z[-1]
        if plan.keeps_frame(replica.segment * rounds + i + 1):
            kept[(i + 1) * n - 1] = _coordinates(replica)
        _exchange(replica, u, z)
        _tick(tick, plan.exchange_every)
    replica.segment += 1
    _close(replica, began)
    samples = _samples(replica, outputs, np.repeat(np.array(walkers).T, n, axis=1))
    if not kept:
        return samples
    names = tuple(str(atom) for atom in atoms(replica.topology))
    frames = Frames(np.array(list(kept)), np.stack(list(kept.values()), axis=1), names)
    return replace(samples, frames=frames)


def _coordinates(replica: Replica) -> np.ndarray:
    """All sites of all windows as they stand, shape (K, A, 3); nan where a molecule is not."""
    r = np.array([chain.state.r for chain in replica.chains])
    sites = [len(member.molecule.sites) for member in replica.topology.members]
    r[is_absent(r)] = np.nan
    return r[:, np.arange(r.shape[2]) < np.array(sites)[:, None]].astype(np.float32)


def _samples(replica: Replica, outputs: list[arrays.Output], walker: np.ndarray) -> ReplicaSamples:
    topology, model = replica.topology, replica.model
    coordination = np.array([out.coordination for out in outputs])
    shells = {
        f"{ion}:{what}": coordination[:, :, i, w]
        for i, ion in enumerate(topology.spec.ions)
        for w, what in enumerate(("ligand", "water"))
    }
    return ReplicaSamples(
        system=topology.spec.name,
        replica=replica.number,
        start_ion=replica.start_ion,
        beta=model.beta,
        centers=np.array(topology.window_centers),
        kappa=float(replica.chains[0].window.umbrella[1]),
        ladder=topology.ladder.labels,
        z=np.array([out.z for out in outputs]),
        u=np.array([out.u for out in outputs]),
        identity=np.array([out.identity for out in outputs]),
        log_g=np.array([chain.window.log_g for chain in replica.chains]),
        walker=walker,
        coordination=shells,
        file_z=_file_z(topology, outputs),
        start_file=start_file(topology, replica.number),
        water_z=np.array([out.water_z for out in outputs], dtype=np.float32),
        counters=counters(replica),
        exchange_accepted=replica.exchange_accepted.copy(),
        exchange_tried=replica.exchange_tried.copy(),
        cpu_seconds=replica.cpu_seconds,
    )


def _file_z(topology: Topology, outputs: list[arrays.Output]) -> dict[str, np.ndarray]:
    if not topology.file_order:
        return {}
    z = np.array([out.file_z for out in outputs], dtype=np.float32)
    order = topology.spec.composition.members if topology.spec.kind == "filter" else ()
    return {f"{f}:{name}": z[:, :, f] for f, name in enumerate(order) if name != "X"}


def counters(replica: Replica) -> dict[str, int]:
    """Moves tried and accepted by kind and class, and what was refused, since production began."""
    tried = np.sum([chain.window.tried for chain in replica.chains], axis=0)
    accepted = np.sum([chain.window.accepted for chain in replica.chains], axis=0)
    found = {}
    for kind, cls in zip(*np.nonzero(tried), strict=True):
        key = f"{arrays.KIND_NAMES[kind]}:{arrays.CLASS_NAMES[cls]}"
        found[f"{key}:tried"] = int(tried[kind, cls])
        found[f"{key}:accepted"] = int(accepted[kind, cls])
    counts = np.sum([chain.state.counts for chain in replica.chains], axis=0)
    found["departures"] = int(counts[arrays.DEPARTURES])
    found["flips"] = int(counts[arrays.FLIPS])
    found["guarded"] = int(counts[arrays.GUARDED])
    found["saturated"] = int(counts[arrays.SATURATED])
    return found
