"""How far a run is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from selectivity.config.run_file import from_dict
from selectivity.storage.folder import open_folder


@dataclass(frozen=True)
class SystemStatus:
    """Stored segments of every replica of one system; ``equilibrated`` replicas have begun."""

    system: str
    segments: int
    stored: tuple[int, ...]
    equilibrated: tuple[bool, ...]

    @property
    def share(self) -> float:
        """Share of the production that is stored."""
        return sum(self.stored) / (self.segments * len(self.stored))


@dataclass(frozen=True)
class Status:
    """How far every system of a run folder is."""

    path: str
    systems: tuple[SystemStatus, ...]

    @property
    def finished(self) -> bool:
        """Whether nothing is left to sample."""
        return all(system.share >= 1.0 for system in self.systems)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        rows = [{**asdict(system), "share": system.share} for system in self.systems]
        return {"path": self.path, "finished": self.finished, "systems": rows}


def status(path: str | Path) -> Status:
    """Count what a run folder holds, without reading samples.

    Raises
    ------
    InputError, StoreError
        Not a run folder, or a damaged one.
    """
    folder = open_folder(Path(path))
    run_file = from_dict(folder.resolved())
    rows = []
    for spec in run_file.systems:
        plan = run_file.plans[spec.name]
        found = [len(folder.segments(spec.name, r)) for r in range(plan.replicas)]
        stored = tuple(max(0, n - 1) for n in found)
        rows.append(SystemStatus(spec.name, plan.segments, stored, tuple(n > 0 for n in found)))
    return Status(str(path), tuple(rows))
