"""What a run file resolves to and what it costs, before anything is sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from selectivity.config.run_file import RunFile
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import Reservoir, SystemSpec

if TYPE_CHECKING:
    from selectivity.system.topology import Topology

WATER_FROM: dict[Reservoir, str] = {
    "bulk": "liquid water",
    "caps": "the caps",
    "bulk and caps": "liquid water, which fills the caps too",
}
"""Where the waters of an open file come from, by reservoir."""

# bytes, uncompressed
_REAL, _SINGLE, _SHORT, _COUNT = 8, 4, 2, 1
# bytes on the disk, compressed, as measured on filters with and without water and on a droplet
_ENERGY, _HEIGHT, _INDICES, _SHELL, _PLACE, _OPEN_PLACE = 7.5, 7.2, 0.7, 0.2, 3.25, 0.9
_FRAME_SITE, _OPEN_FRAME_SITE, _STATE_SITE, _OPEN_STATE_SITE = 10.8, 2.0, 25.0, 5.0
STEP = 0.7
"""Time of the forces on all molecules in sweeps: 0.5 to 0.8 on droplets and filters."""
MOVES_A_SECOND = 1.5e6
"""Trial moves of one core with all else that a run does: 2.0 million filters, 1.2 small cages."""
_STATE = 1200  # of a window's state beside its molecules: step sizes, counters, random stream
# of a file beside its numbers, that is groups, labels, provenance: of the first, of the others, and
# more where they hold frames
_FIRST_LAYOUT, _LAYOUT, _FRAMES_LAYOUT = 25_000, 38_000, 6_000


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
        All of them, and those that trial moves move; the waters that an open file has places for
        are among both.
    sweeps : int
        Of one window of one replica, equilibration and adaptation included.
    moves : int
        Trial moves of all windows and replicas (one per mobile molecule and sweep). Those drawn
        for a place that holds no water count, though they do nothing. A trajectory of n steps,
        which stands in for a sweep, counts as the moves that take as long, those of n + 1 sweeps.
    trajectories : int
        Trajectories of all windows and replicas; none is made in equilibration.
    samples : int
        Stored samples of all windows and replicas.
    disk_bytes : int
        Samples, frames and, after equilibration and every segment, the state of every window, as
        they are stored; within a tenth or so.
    water : str or None
        Where the waters of an open file (``gc``) come from; None where their number is fixed.
    frames, frame_bytes : int
        Stored coordinates of all windows and replicas, and what they add to ``disk_bytes``.
    rings : tuple of str
        Rings of the structure that are changed, and how.
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
    trajectories: int
    samples: int
    disk_bytes: int
    water: str | None = None
    frames: int = 0
    frame_bytes: int = 0
    rings: tuple[str, ...] = ()


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
    trajectories = _trajectories(chains, plan)
    longer = STEP * (plan.trajectory_steps + 1) - 1.0  # than the sweep that one stands in for
    samples = chains * (plan.production // plan.stride)
    frames = chains * sum(plan.keeps_frame(i + 1) for i in range(plan.rounds * plan.segments))
    frame_bytes = round(frames * _sites_bytes(topology, _FRAME_SITE, _OPEN_FRAME_SITE))
    sampled = round(samples * _stored_sample_bytes(topology))
    return SystemCost(
        name=spec.name,
        kind=spec.kind,
        windows=windows,
        identities=identities,
        replicas=plan.replicas,
        molecules=len(topology.members),
        mobile=mobile,
        sweeps=plan.sweeps,
        moves=round(mobile * (chains * plan.sweeps + trajectories * longer)),
        trajectories=trajectories,
        samples=samples,
        disk_bytes=sampled + frame_bytes + _bytes_beside(topology, plan),
        water=_water_from(spec),
        frames=frames,
        frame_bytes=frame_bytes,
        rings=_changes(spec),
    )


def _trajectories(chains: int, plan: SamplingPlan) -> int:
    every = plan.trajectory_every
    return round(chains * (plan.adaptation + plan.production) / every) if every else 0


def sample_bytes(topology: Topology) -> int:
    """Bytes of one sample of one window in memory: z, u of every identity, indices, shells, file.

    Two coordination numbers an ion, z of every other member of the file, and z of every water that
    an open file has a place for.
    """
    spec = topology.spec
    shells = 2 * len(spec.ions) * _COUNT
    fixed = _REAL * (1 + len(topology.ladder.labels)) + 2 * _SHORT + shells
    if spec.kind != "filter":
        return fixed
    places = len(spec.composition.members) - 1
    if spec.composition.fluctuates:
        places += sum(member.role == "file_water" for member in topology.members)
    return fixed + _SINGLE * places


def _stored_sample_bytes(topology: Topology) -> float:
    """Bytes of one sample of one window on the disk.

    Energies relative to the first identity's, whose zeros take no room; neither does the z of an
    ion that stays at the origin.
    """
    spec = topology.spec
    energies = _ENERGY * (len(topology.ladder.labels) - 1)
    found = energies + _INDICES + 2 * _SHELL * len(spec.ions)
    if spec.kind != "filter":
        return found
    return (
        found
        + _HEIGHT
        + _PLACE * (len(spec.composition.members) - 1)
        + _OPEN_PLACE * sum(_may_be_absent(topology))
    )


def _may_be_absent(topology: Topology) -> list[bool]:
    """Whether a member is a place of an open file, which most of the time holds no water."""
    spec = topology.spec
    fluctuates = spec.kind == "filter" and spec.composition.fluctuates
    return [fluctuates and member.role == "file_water" for member in topology.members]


def _sites_bytes(topology: Topology, site: float, absent_site: float) -> float:
    """Bytes of all coordinates of one window at so many bytes a site."""
    return sum(
        len(member.molecule.sites) * (absent_site if absent else site)
        for member, absent in zip(topology.members, _may_be_absent(topology), strict=True)
    )


def _bytes_beside(topology: Topology, plan: SamplingPlan) -> int:
    """Bytes of all states of one system and of the files that hold them."""
    state = _sites_bytes(topology, _STATE_SITE, _OPEN_STATE_SITE) + _STATE
    states = (plan.segments + 1) * len(topology.window_centers) * state
    kept = any(plan.keeps_frame(i + 1) for i in range(plan.rounds * plan.segments))
    layout = _FIRST_LAYOUT + plan.segments * (_LAYOUT + kept * _FRAMES_LAYOUT)
    return round(plan.replicas * (states + layout))


def _changes(spec: SystemSpec) -> tuple[str, ...]:
    return tuple(map(str, spec.rings)) if spec.kind == "filter" else ()


def _water_from(spec: SystemSpec) -> str | None:
    if spec.kind != "filter" or not spec.composition.fluctuates:
        return None
    return WATER_FROM[spec.reservoir]
