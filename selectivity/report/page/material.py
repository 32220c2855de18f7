"""Everything that the page shows, gathered before a line of it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.estimators.barrier import Sites
from selectivity.estimators.hydration import CoordinationProfile
from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.weights import Weights
from selectivity.geometry.filter import FilterGeometry
from selectivity.permeation.result import RatioResult
from selectivity.report.running import Running
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.trajectories import Gathered
from selectivity.system.topology import Topology

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Frames:
    """Stored coordinates of one system.

    ``shell_A`` is the first-shell radius of every ion of the ladder, Å; ``identities`` the number
    of its state in the ladder.
    """

    topology: Topology
    gathered: Gathered
    shell_A: Mapping[str, float]
    identities: Mapping[str, int]

    def of(self, ion: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Frames in which X is ``ion``: r (F, A, 3), z of X (F,) and replica (F,)."""
        rows = self.gathered.rows
        mine = rows[:, 6] == self.identities[ion]
        return self.gathered.r[mine], rows[mine, 7], rows[mine, 0]


@dataclass(frozen=True)
class FilterParts:
    """What the sections on the headline filter draw."""

    replicas: Sequence[ReplicaSamples]
    profiles: ProfileSet
    sites: Sites
    bulk: IdentityFreeEnergies
    result: RatioResult
    shells: CoordinationProfile
    running: Running
    geometry: FilterGeometry
    composition: str
    weights: Sequence[Weights]


@dataclass(frozen=True)
class Leg:
    """One system without windows: its replicas and ΔG(a → b) of each, kJ/mol."""

    name: str
    kind: str
    replicas: Sequence[ReplicaSamples]
    values: np.ndarray


@dataclass(frozen=True)
class Material:
    """All that a page is made of.

    Attributes
    ----------
    title : str
        Of the run file; text of others, like every text of a run folder.
    folder : str
        Name of the run folder.
    ions : (str, str)
        The pair of the ratio.
    analysis : mapping
        ``selectivity analyse --json``.
    ratio : mapping or None
        ``selectivity ratio --json``; None where the run has no filter or too little of one.
    status : sequence of mapping
        How far every system is: ``system kind stored segments share``.
    filter : FilterParts or None
    legs : sequence of Leg
        Systems without windows that have samples.
    frames : mapping of str to Frames
        By system: of the headline, or of all where there is no filter.
    drift : mapping of str to (float, float)
        Largest drift of the running energy by system, and what is allowed, kJ/mol.
    run_text : str
        The run file as given.
    sources : sequence of (str, str)
        What is to be cited beside the program.
    """

    title: str
    folder: str
    ions: tuple[str, str]
    analysis: Record
    ratio: Record | None
    status: Sequence[Record]
    filter: FilterParts | None = None
    legs: Sequence[Leg] = ()
    frames: Mapping[str, Frames] = field(default_factory=dict)
    drift: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    run_text: str = ""
    sources: Sequence[tuple[str, str]] = ()

    @property
    def finished(self) -> bool:
        """Whether every system holds all samples that were asked for."""
        return all(row["share"] >= 1.0 for row in self.status)

    @property
    def filter_name(self) -> str:
        """The headline system; empty where there is none."""
        return str(self.ratio["system"]) if self.ratio is not None else ""
