"""What a run folder holds, read back for analysis: the run file and the replicas to use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from selectivity.config.run_file import RunFile, from_dict
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.folder import RunFolder, open_folder
from selectivity.storage.segment import read_replica
from selectivity.system.spec import SystemSpec


@dataclass(frozen=True)
class StoredSystem:
    """Samples of one system, equally long in all replicas that are used.

    ``missing`` says in words what a run that is not finished still lacks, else it is empty.
    """

    spec: SystemSpec
    replicas: tuple[ReplicaSamples, ...]
    missing: str = ""


@dataclass(frozen=True)
class StoredRun:
    """A run folder with its resolved run file and everything sampled so far."""

    folder: RunFolder
    run_file: RunFile
    systems: dict[str, StoredSystem]


def read_run(path: str | Path, only: str | None = None) -> StoredRun:
    """Read a run folder; with ``only``, of its systems this one and its reference.

    Raises
    ------
    InputError
        Not a run folder.
    StoreError
        Damaged, or written by another version.
    """
    folder = open_folder(Path(path))
    run_file = from_dict(folder.resolved())
    wanted = {only, run_file.references.get(only)} if only is not None else None
    systems = {
        spec.name: _read(folder, run_file, spec)
        for spec in run_file.systems
        if wanted is None or spec.name in wanted
    }
    return StoredRun(folder, run_file, systems)


def _read(folder: RunFolder, run_file: RunFile, spec: SystemSpec) -> StoredSystem:
    plan = run_file.plans[spec.name]
    done = {r: max(0, len(folder.segments(spec.name, r)) - 1) for r in range(plan.replicas)}
    longest = max(done.values())
    used = [r for r, n in done.items() if n == longest and n > 0]
    missing = ""
    if longest < plan.segments or len(used) < plan.replicas:
        missing = (
            f"{spec.name}: the run is not finished: {len(used)} of {plan.replicas} replicas are "
            f"used, with {longest} of {plan.segments} segments; the same run command continues it"
        )
    samples = tuple(read_replica(folder, spec.name, r) for r in used)
    return StoredSystem(spec, samples, missing)
