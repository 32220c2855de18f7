"""The map of a scan: every cell's free energies against bulk, read from the stored runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from selectivity.api.compute import Computed, compute
from selectivity.api.provenance import PACKAGES, command, machine
from selectivity.api.scan.jobs import Job, Jobs
from selectivity.api.stored import StoredRun, StoredSystem, read_run
from selectivity.config.scan_file import Cell, ScanFile
from selectivity.errors import SelectivityError
from selectivity.estimators.convergence import Verdict, verdict
from selectivity.permeation.measured import EISENMAN
from selectivity.records import Estimate
from selectivity.storage.folder import RESOLVED
from selectivity.system.spec import FilterSpec
from selectivity.units import KCAL

State = Literal["done", "not converged", "failed", "not finished"]


@dataclass(frozen=True)
class Leg:
    """ΔG(a → ion) of the mapped system, of its droplet, and their difference ΔΔG, kJ/mol."""

    ion: str
    site: Estimate
    bulk: Estimate
    ddg: Estimate


@dataclass(frozen=True)
class CellResult:
    """One cell of the map.

    Attributes
    ----------
    index : tuple of int
        Along the axes.
    changes : tuple of str
    seed, droplet_seed : int
        Of the mapped system and of the droplet.
    folder : str
        Its run folder, inside the scan's.
    state : {"done", "not converged", "failed", "not finished"}
    reasons : tuple of str
        Why it is not done; empty where it is.
    legs : tuple of Leg
        One for every ion but the first of the pair.
    order : tuple of str
        Ions by rising ΔΔG: the first is the one that the system prefers to bulk the most.
    margin : Estimate or None
        ΔΔG of the second of the order less that of the first, kJ/mol.
    order_resolved : bool
        Whether the 95 % intervals of all neighbours in the order leave out zero.
    permeation : Estimate or None
        RT ln(P_a/P_b) of a filter, the levelled integral, kJ/mol.
    """

    index: tuple[int, ...]
    changes: tuple[str, ...]
    seed: int
    droplet_seed: int
    folder: str
    state: State
    reasons: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    order: tuple[str, ...] = ()
    margin: Estimate | None = None
    order_resolved: bool = False
    permeation: Estimate | None = None

    @property
    def winner(self) -> str | None:
        """The ion with the lowest ΔΔG relative to bulk."""
        return self.order[0] if self.order else None

    @property
    def resolved(self) -> bool:
        """Whether the 95 % interval of the margin leaves out zero."""
        return self.margin is not None and _positive(self.margin)

    @property
    def eisenman(self) -> str | None:
        """Roman number of the Eisenman sequence that the order is, if it is one of the eleven."""
        return next((name for name, order in EISENMAN.items() if order == self.order), None)


@dataclass(frozen=True)
class Scan:
    """A scan with all its cells; ``cells`` run over the last axis first."""

    scan_file: ScanFile
    folder: Path
    cells: tuple[CellResult, ...]

    @property
    def ions(self) -> tuple[str, ...]:
        """Ions of the first cell's ladder."""
        return self.scan_file.cells[0].run_file.ions

    @property
    def pair(self) -> tuple[str, str]:
        """Ions of the ratio; ΔΔG is relative to the first."""
        return self.scan_file.cells[0].run_file.pair

    @property
    def finished(self) -> bool:
        """Whether nothing is left to sample."""
        return all(cell.state != "not finished" for cell in self.cells)

    @property
    def converged(self) -> bool:
        """Whether every cell is done and converged."""
        return all(cell.state == "done" for cell in self.cells)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, energies in kJ/mol."""
        return self._record

    @cached_property
    def _record(self) -> dict[str, Any]:
        scan_file = self.scan_file
        first = scan_file.cells[0].run_file
        return {
            "title": scan_file.title,
            "folder": str(self.folder),
            "system": scan_file.system,
            "kind": first.system(scan_file.system).kind,
            "ions": list(self.ions),
            "pair": list(self.pair),
            "axes": [
                {
                    "keys": list(axis.keys),
                    "label": axis.label,
                    "unit": axis.unit,
                    "values": list(axis.texts),
                    "numbers": list(axis.numbers),
                    "log": axis.log,
                }
                for axis in scan_file.axes
            ],
            "cells": [_cell_dict(cell, self) for cell in self.cells],
            "finished": self.finished,
            "converged": self.converged,
            "seed_rule": "the first 63 bits of SHA-256 of the JSON list [seed, changes sorted]; "
            "the droplet keeps the run file's seed",
            "provenance": {**machine(*PACKAGES), "command": command()},
        }


def _cell_dict(cell: CellResult, scan: Scan) -> dict[str, Any]:
    axes = scan.scan_file.axes
    five = set(cell.order) == set(EISENMAN["I"])
    return {
        "index": list(cell.index),
        "values": [axis.texts[i] for axis, i in zip(axes, cell.index, strict=True)],
        "changes": list(cell.changes),
        "folder": cell.folder,
        "seed": cell.seed,
        "droplet_seed": cell.droplet_seed,
        "state": cell.state,
        "reasons": list(cell.reasons),
        "legs": [
            {
                "from": scan.pair[0],
                "to": leg.ion,
                **_both("dg", leg.site),
                **_both("reference_dg", leg.bulk),
                **_both("ddg", leg.ddg),
                "ddg_half_width_kJ_mol": leg.ddg.half_width(),
                "ddg_half_width_kcal_mol": leg.ddg.half_width() / KCAL,
            }
            for leg in cell.legs
        ],
        "winner": cell.winner,
        "resolved": cell.resolved,
        **_both("margin", cell.margin),
        "order": list(cell.order),
        "order_resolved": cell.order_resolved,
        "eisenman": cell.eisenman if five else None,
        **({"permeation_ddg_kJ_mol": asdict(cell.permeation)} if cell.permeation else {}),
    }


def _positive(e: Estimate) -> bool:
    return e.value > e.half_width()


def _both(name: str, e: Estimate | None) -> dict[str, float | None]:
    """Value and error in kJ/mol and in kcal/mol."""
    value, error = (None, None) if e is None else (e.value, e.error)
    return {
        f"{name}_kJ_mol": value,
        f"{name}_error_kJ_mol": error,
        f"{name}_kcal_mol": None if value is None else value / KCAL,
        f"{name}_error_kcal_mol": None if error is None else error / KCAL,
    }


def read_scan(scan_file: ScanFile, folder: Path, jobs: Jobs, failures: Mapping[Path, str]) -> Scan:
    """Everything that the folder of a scan holds; ``failures`` is what a run of it failed with.

    What cannot be read fails the cells that need it, and no others.
    """
    wrong_of, droplets = dict(failures), dict[Path, StoredRun | None]()
    for job in jobs.droplets:
        try:
            droplets[job.folder] = _stored(job)
        except SelectivityError as error:
            droplets[job.folder], wrong_of[job.folder] = None, str(error)
    cells = []
    for cell in scan_file.cells:
        job, droplet = jobs.cells[cell.index], jobs.droplet_of[cell.index]
        try:
            found = _read(cell, scan_file.system, job, droplets[droplet])
        except SelectivityError as error:
            found = _empty(cell, scan_file.system, job, "failed", (str(error),))
        wrong = [wrong_of[place] for place in (job.folder, droplet) if place in wrong_of]
        if wrong and found.state == "not finished":
            found = _empty(cell, scan_file.system, job, "failed", tuple(wrong))
        cells.append(found)
    return Scan(scan_file, folder, tuple(cells))


def _stored(job: Job) -> StoredRun | None:
    return read_run(job.folder) if (job.folder / RESOLVED).exists() else None


def _empty(
    cell: Cell, system: str, job: Job, state: State, reasons: tuple[str, ...] = ()
) -> CellResult:
    droplet = cell.run_file.references[system]
    plans = cell.run_file.plans
    return CellResult(
        cell.index, cell.changes, plans[system].seed, plans[droplet].seed, job.name, state, reasons
    )


def _read(cell: Cell, system: str, job: Job, droplet: StoredRun | None) -> CellResult:
    """The cell with its numbers, where it and its droplet are finished."""
    run = _stored(job)
    stored: dict[str, StoredSystem] = {}
    for found in (droplet, run):
        stored |= {} if found is None else found.systems
    if run is None or len(stored) < 2 or any(s.missing for s in stored.values()):
        return _empty(cell, system, job, "not finished")
    computed = compute(StoredRun(run.folder, cell.run_file, stored))
    return _judged(_empty(cell, system, job, "done"), computed[system], computed, cell)


def _judged(
    empty: CellResult, c: Computed, computed: Mapping[str, Computed], cell: Cell
) -> CellResult:
    assert c.reference is not None
    a, b = cell.run_file.pair
    others = [ion for ion in c.free.ions if ion != a]
    site, bulk = c.free, c.reference
    legs = tuple(
        Leg(ion, x := site.difference(a, ion), y := bulk.difference(a, ion), x - y)
        for ion in others
    )
    ddg = {a: 0.0, **{leg.ion: leg.ddg.value for leg in legs}}
    order = tuple(sorted(ddg, key=lambda ion: ddg[ion]))
    steps = [site.difference(x, y) - bulk.difference(x, y) for x, y in pairwise(order)]
    ends = (a, b) if len(others) == 1 else (c.free.ions[0], c.free.ions[-1])
    reasons = tuple(
        f"{name}: {reason}"
        for name, one in computed.items()
        for reason in _verdict(one, ends).reasons
    )
    return CellResult(
        empty.index,
        empty.changes,
        empty.seed,
        empty.droplet_seed,
        empty.folder,
        "not converged" if reasons else "done",
        reasons,
        legs,
        order,
        steps[0],
        all(_positive(step) for step in steps),
        c.ratio.ddg_integral if c.ratio is not None else None,
    )


def _verdict(c: Computed, ends: tuple[str, str]) -> Verdict:
    """Whether ΔG between the ends of what is compared converged (of a filter: over its windows)."""
    a, b = ends
    spec = c.stored.spec
    interval = spec.interior if isinstance(spec, FilterSpec) else None
    values = c.free.per_replica(a, b)
    return verdict(c.stored.replicas, values, a=a, b=b, profiles=c.profiles, interval=interval)
