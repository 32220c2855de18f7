"""What a run file resolves to and what it costs, before anything is sampled."""

from __future__ import annotations

from dataclasses import dataclass

from selectivity.config.run_file import RunFile
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import SystemSpec

_REAL = 8  # bytes of a stored number


@dataclass(frozen=True)
class SystemCost:
    """The size of one system's sampling.

    Attributes
    ----------
    name, kind : str
    windows : int
        Umbrella windows, 1 for droplet and cage.
    identities : int
        States of the identity ladder, so that ``windows`` x ``identities`` states enter the MBAR.
    replicas : int
    molecules, mobile : int
        All of them, and those that trial moves move.
    sweeps : int
        Of one window of one replica, equilibration and adaptation included.
    moves : int
        Trial moves of all windows and replicas (one per mobile molecule and sweep).
    samples : int
        Stored samples of all windows and replicas.
    disk_bytes : int
        Samples and, after every segment, the state of every window, uncompressed.
    """

    name: str
    kind: str
    windows: int
    identities: int
    replicas: int
    molecules: int
    mobile: int
    sweeps: int
    moves: int
    samples: int
    disk_bytes: int


@dataclass(frozen=True)
class Description:
    """All systems of a run file with their sum; ``dataclasses.asdict`` gives JSON-ready data."""

    title: str
    source: str
    digest: str
    temperature_K: float
    ions: tuple[str, ...]
    pair: tuple[str, str]
    headline: str | None
    references: dict[str, str]
    membrane: str | None
    systems: tuple[SystemCost, ...]
    moves: int
    disk_bytes: int


def describe(run_file: RunFile) -> Description:
    """Windows, states, trial moves and disk of every system of ``run_file``."""
    systems = tuple(cost(spec, run_file.plans[spec.name]) for spec in run_file.systems)
    return Description(
        title=run_file.title,
        source=run_file.source,
        digest=run_file.digest(),
        temperature_K=run_file.temperature_K,
        ions=run_file.ions,
        pair=run_file.pair,
        headline=run_file.headline,
        references=run_file.references,
        membrane=run_file.membrane.name if run_file.membrane else None,
        systems=systems,
        moves=sum(system.moves for system in systems),
        disk_bytes=sum(system.disk_bytes for system in systems),
    )


def cost(spec: SystemSpec, plan: SamplingPlan) -> SystemCost:
    """Windows, states, trial moves and disk of one system."""
    from selectivity.system.build import build_topology

    topology = build_topology(spec, plan.states_per_gap)
    windows = len(topology.window_centers)
    identities = len(topology.ladder.labels)
    mobile = sum(member.mobile for member in topology.members)
    chains = windows * plan.replicas
    samples = chains * (plan.production // plan.stride)
    # z, u of every identity, identity, walker and two coordination numbers a sample; coordinates
    # of all sites a window and segment
    stored = samples * (identities + 5) + chains * plan.segments * 3 * topology.n_sites
    return SystemCost(
        name=spec.name,
        kind=spec.kind,
        windows=windows,
        identities=identities,
        replicas=plan.replicas,
        molecules=len(topology.members),
        mobile=mobile,
        sweeps=plan.sweeps,
        moves=chains * plan.sweeps * mobile,
        samples=samples,
        disk_bytes=_REAL * stored,
    )
