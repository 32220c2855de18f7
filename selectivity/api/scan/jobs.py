"""What a scan has to run: a run of the mapped system per cell, and every droplet once.

::

    DIR/scan.yaml                 the scan file as given
    DIR/cells/<values>/           a run folder per cell: the mapped system alone
    DIR/droplets/<name>/          a run folder per droplet, whichever cells refer to it
    DIR/scan.csv scan.json        the results
    DIR/map.png map.svg map.pdf

A folder's name follows from what it holds, not from its place, so that a scan with more values
keeps the cells that it has.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

from selectivity.config.check import MOVES_A_SECOND, SystemCost, cost
from selectivity.config.expand import slug
from selectivity.config.run_file import RunFile
from selectivity.config.scan_file import Cell, ScanFile
from selectivity.units import duration, size

RUN_SECONDS, FILE_SECONDS = 0.3, 0.02
"""Of one core, for a rough estimate: one run, writing one segment."""


@dataclass(frozen=True)
class Job:
    """One run: a cell's mapped system, or a droplet that cells share."""

    folder: Path
    run_file: RunFile
    cost: SystemCost

    @property
    def name(self) -> str:
        """The folder inside the scan's."""
        return "/".join(self.folder.parts[-2:])

    @property
    def seconds(self) -> float:
        """CPU seconds, roughly."""
        plan = self.run_file.plans[self.cost.name]
        files = plan.replicas * (plan.segments + 1)
        return self.cost.moves / MOVES_A_SECOND + RUN_SECONDS + FILE_SECONDS * files


@dataclass(frozen=True)
class Jobs:
    """All jobs of a scan; ``droplet_of`` leads from a cell's index to its droplet's folder."""

    cells: dict[tuple[int, ...], Job]
    droplets: tuple[Job, ...]
    droplet_of: dict[tuple[int, ...], Path]

    @property
    def all(self) -> tuple[Job, ...]:
        """The longest first, so that all end together."""
        every = (*self.droplets, *self.cells.values())
        return tuple(sorted(every, key=lambda job: -job.seconds))

    def estimate(self, workers: int) -> str:
        """What the whole scan costs, in a sentence."""
        moves = sum(job.cost.moves for job in self.all)
        disk = sum(job.cost.disk_bytes for job in self.all)
        longest = max(job.seconds for job in self.all)
        seconds = max(longest, sum(job.seconds for job in self.all) / workers)
        droplets = f"{len(self.droplets)} droplet{'s' if len(self.droplets) > 1 else ''}"
        return (
            f"{len(self.cells)} cells and {droplets}: {moves / 1e6:.0f} million trial moves, "
            f"about {duration(seconds)} on {workers} core{'s' if workers > 1 else ''}, "
            f"{size(disk)} on the disk"
        )


def plan_jobs(scan_file: ScanFile, folder: Path) -> Jobs:
    """The runs of ``scan_file`` and where they lie."""
    cells: dict[tuple[int, ...], Job] = {}
    droplets: dict[Path, Job] = {}
    droplet_of: dict[tuple[int, ...], Path] = {}
    for cell in scan_file.cells:
        own = folder / "cells" / cell_name(cell.changes)
        cells[cell.index] = _job(own, cell.run_file, scan_file.system)
        droplet = _droplet(cell, scan_file.system)
        job = _job(_droplet_folder(folder, droplet), droplet, droplet.systems[0].name)
        droplets.setdefault(job.folder, job)
        droplet_of[cell.index] = job.folder
    return Jobs(cells, tuple(droplets.values()), droplet_of)


def cell_name(changes: tuple[str, ...]) -> str:
    """Folder of a cell: its values in short, and a digest of the changes in full."""
    digest = hashlib.sha256(json.dumps(sorted(changes), ensure_ascii=False).encode()).hexdigest()
    named = (change.partition("=") for change in changes)
    parts = (slug(f"{key.split('.')[-1]} {value}") for key, _, value in named)
    return "_".join([*dict.fromkeys(parts), digest[:8]])


def _job(folder: Path, run_file: RunFile, system: str) -> Job:
    spec = run_file.system(system)
    alone = replace(
        run_file,
        systems=(spec,),
        references={k: v for k, v in run_file.references.items() if k == system},
        plans={system: run_file.plans[system]},
        headline=system if spec.kind == "filter" else None,
        structure_sha256={k: v for k, v in run_file.structure_sha256.items() if k == system},
    )
    return Job(folder, alone, cost(spec, run_file.plans[system]))


def _droplet(cell: Cell, system: str) -> RunFile:
    name = cell.run_file.references[system]
    spec = cell.run_file.system(name)
    return replace(
        cell.run_file,
        title=f"droplet {name}",
        systems=(spec,),
        references={},
        plans={name: cell.run_file.plans[name]},
        headline=None,
        structure_sha256={},
    )


def _droplet_folder(folder: Path, droplet: RunFile) -> Path:
    name = droplet.systems[0].name
    return folder / "droplets" / f"{slug(name)}_{droplet.run_digest()[:8]}"


def workers_each(workers: int, waiting: int) -> tuple[int, int]:
    """How many runs go side by side, and the workers of each: together never more than there are.

    Whole cells side by side first; only where fewer cells than workers wait do several work at one.
    """
    side_by_side = max(1, min(workers, waiting))
    return side_by_side, max(1, math.floor(workers / side_by_side))
