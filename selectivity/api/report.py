"""``report``: one self-contained page of a run, with its figures as files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectivity.api.analysis import analysis_of, store_analysis
from selectivity.api.compute import Computed, compute
from selectivity.api.provenance import PACKAGES, machine
from selectivity.api.ratios import filter_dict, ratio_of, store_ratio
from selectivity.api.stored import StoredRun, read_run
from selectivity.config.run_file import from_dict
from selectivity.errors import InputError, StoreError
from selectivity.forcefield.library import load
from selectivity.report.page.material import FilterParts, Frames, Leg, Material
from selectivity.report.page.write import PAGE, write
from selectivity.report.running import running_ratio
from selectivity.report.words import number
from selectivity.sampling.watch import DRIFT
from selectivity.storage.files import read_json
from selectivity.storage.folder import RunFolder, open_folder
from selectivity.storage.segment import read_snapshot
from selectivity.storage.trajectories import gather
from selectivity.system.spec import FilterSpec, SystemSpec

SHARES = (0.25, 0.5, 0.75)
Record = dict[str, Any]


@dataclass(frozen=True)
class Report:
    """Where a report lies and what it says of the run.

    ``converged`` and ``ordered`` are the verdicts of the headline, as of ``ratio``; without a
    filter ``converged`` is that of ``analyse``. A run without any samples is not converged. The
    program exits with 3 unless both hold.
    """

    page: Path
    files: tuple[Path, ...]
    converged: bool
    ordered: bool
    finished: bool
    headline: dict[str, Any] | None = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; files relative to the folder of the page."""
        files = [str(path.relative_to(self.page.parent)) for path in self.files]
        return {
            "page": str(self.page),
            "files": files,
            "converged": self.converged,
            "ordered": self.ordered,
            "finished": self.finished,
            "headline": self.headline,
        }


def report(folder: str | Path, out: str | Path | None = None) -> Report:
    """Write the page of a run and its figures.

    ``OUT/report.html`` needs nothing beside it: no other file and no network. ``OUT/figures/``
    holds every figure as SVG and PDF and its data as CSV. Results that ``analyse`` and ``ratio``
    left in the run folder are used where nothing has changed since, and made again else.

    Parameters
    ----------
    folder : path
        Run folder; it may be unfinished, and may have no filter.
    out : path, optional
        Folder of the page, made if missing; files of an older report there are replaced.
        ``results/report`` in the run folder without it.

    Raises
    ------
    InputError
        Not a run folder, or ``out`` is no folder or cannot be written.
    StoreError
        A damaged folder.
    NotConvergedError
        A system whose samples give no numbers at all.
    """
    opened = open_folder(Path(folder))
    target = Path(out) if out is not None else opened.results_path("report/x").parent
    found = _results(opened, elsewhere=out is not None)
    material = _material(found, opened)
    files = write(material, target)
    converged, ordered = _verdict(found)
    ratio_record = found.ratio
    headline = ratio_record["ratio"][ratio_record["headline"]] if ratio_record else None
    return Report(target / PAGE, tuple(files), converged, ordered, material.finished, headline)


@dataclass(frozen=True)
class _Results:
    """Records of the whole run, and the numbers of the systems that the page draws."""

    run: StoredRun
    computed: dict[str, Computed]
    analysis: Record
    ratio: Record | None


def _verdict(found: _Results) -> tuple[bool, bool]:
    if found.ratio is not None:
        return bool(found.ratio["converged"]), bool(found.ratio["order"]["same_as_kcsa"])
    return bool(found.analysis["converged"]) and bool(found.analysis["systems"]), True


def _results(folder: RunFolder, elsewhere: bool) -> _Results:
    """Stored results where they are those of this folder, else new ones.

    New ones are stored too; for a page ``elsewhere`` the folder may be one that cannot be written.
    """
    kept = _kept(folder)
    if kept is not None:
        return kept
    analysis = analysis_of(folder.path)
    headline = analysis.run.run_file.headline
    known = headline is not None and headline in analysis.computed
    found = ratio_of(analysis) if known else None
    with suppress(InputError) if elsewhere else nullcontext():
        store_analysis(analysis)
        if found is not None:
            store_ratio(found)
    drawn = _drawn(analysis.run, analysis.computed)
    record = None if found is None else found.as_dict()
    return _Results(analysis.run, drawn, analysis.as_dict(), record)


def _drawn(run: StoredRun, computed: dict[str, Computed]) -> dict[str, Computed]:
    """Systems that the page draws: the headline, or all where there is none."""
    name = run.run_file.headline
    if name is None or name not in computed:
        return {n: c for n, c in computed.items() if c.ratio is None}
    return {name: computed[name]}


def _kept(folder: RunFolder) -> _Results | None:
    """The stored results, if they are newer than every segment and of the same program.

    The headline is computed again from its samples: it has to come out the same.
    """
    results = folder.path / "results"
    paths = [results / "analysis.json", results / "ratio.json"]
    if not all(path.is_file() for path in paths) or _newest(folder) >= _oldest(paths):
        return None
    try:
        records = [read_json(path) for path in paths]
    except StoreError:
        return None
    if not all(isinstance(r, dict) and _same_making(r, folder) for r in records):
        return None
    analysis, record = records
    run = _headline_run(folder, str(record.get("system")))
    if run is None:
        return None
    computed = compute(run)
    headline = computed.get(str(record["system"]))
    if headline is None or not _same_number(headline, record):
        return None
    return _Results(run, {str(record["system"]): headline}, analysis, record)


def _headline_run(folder: RunFolder, name: str) -> StoredRun | None:
    """The headline system with its reference; None where it is not called ``name``."""
    run_file = from_dict(folder.resolved())
    return read_run(folder.path, only=name) if run_file.headline == name else None


def _same_number(found: Computed, record: Record) -> bool:
    """Whether a stored record has the headline of these samples, and all its parts."""
    if found.ratio is None or not filter_dict(found).keys() <= record.keys():
        return False
    stored = number(record["ratio"]["integral_levelled"], "value")
    return math.isclose(found.ratio.headline.value, stored, rel_tol=1e-9)


def _newest(folder: RunFolder) -> float:
    """When the last of the samples and of the run file came to lie where they do."""
    files = [*(folder.path / "segments").rglob("*.h5"), folder.path / "resolved.json"]
    stats = [path.stat() for path in files]
    return max(max(s.st_mtime, s.st_ctime) for s in stats)


def _oldest(paths: Sequence[Path]) -> float:
    return min(path.stat().st_mtime for path in paths)


def _same_making(record: Record, folder: RunFolder) -> bool:
    made = record.get("provenance", {})
    now = machine(*PACKAGES)["versions"]
    return bool(
        made.get("digest") == folder.provenance().get("digest")
        and made.get("result", {}).get("versions") == now
        and "forcefield_sha256" not in made.get("result", {})
    )


def _material(found: _Results, folder: RunFolder) -> Material:
    run = found.run
    head = next((c for c in found.computed.values() if c.ratio is not None), None)
    legs = [
        Leg(name, c.stored.spec.kind, c.stored.replicas, c.free.per_replica(*run.run_file.pair))
        for name, c in found.computed.items()
        if c.ratio is None
    ]
    drawn = {n: c for n, c in found.computed.items() if c is head or head is None}
    return Material(
        title=run.run_file.title,
        folder=folder.path.name,
        ions=run.run_file.pair,
        analysis=found.analysis,
        ratio=found.ratio,
        status=_status(run, folder),
        filter=_filter(head) if head is not None else None,
        legs=legs,
        frames={name: _frames(run, c) for name, c in drawn.items()},
        drift={name: _drift(run, c) for name, c in drawn.items()},
        run_text=folder.text(),
        sources=_sources(run.run_file.systems),
    )


def _status(run: StoredRun, folder: RunFolder) -> list[Record]:
    """How many segments of every replica are stored."""
    rows = []
    for spec in run.run_file.systems:
        plan = run.run_file.plans[spec.name]
        counts = (len(folder.segments(spec.name, r)) - 1 for r in range(plan.replicas))
        stored = [max(0, n) for n in counts]
        share = sum(stored) / (plan.segments * plan.replicas)
        rows.append({"system": spec.name, "kind": spec.kind, "stored": stored,
                     "segments": plan.segments, "share": share})  # fmt: skip
    return rows


def _filter(c: Computed) -> FilterParts:
    from selectivity.system.filter_geometry import filter_geometry

    spec = c.stored.spec
    assert isinstance(spec, FilterSpec)
    assert c.profiles is not None
    assert c.sites is not None
    assert c.reference is not None
    assert c.ratio is not None
    a, b, final = c.ratio.a, c.ratio.b, c.ratio.ddg_integral
    return FilterParts(
        c.stored.replicas,
        c.profiles,
        c.sites,
        c.reference,
        c.ratio,
        c.shells,
        running_ratio(c.stored.replicas, c.ratio.bulk, c.sites, a, b, SHARES, final),
        filter_geometry(spec),
        str(spec.composition),
        c.weights,
    )


def _frames(run: StoredRun, c: Computed) -> Frames:
    from selectivity.system.build import build_topology

    spec, plan = c.stored.spec, run.run_file.plans[c.stored.spec.name]
    topology = build_topology(spec, plan.states_per_gap)
    replicas = [samples.replica for samples in c.stored.replicas]
    gathered = gather(run.folder, topology, replicas, plan.stride)
    ends = {ion: topology.ladder.endpoints[ion] for ion in c.free.ions}
    return Frames(topology, gathered, topology.forcefield.first_shell_A, ends)


def _drift(run: StoredRun, c: Computed) -> tuple[float, float]:
    """Largest drift of the running energy of any replica, and what is allowed, kJ/mol."""
    from selectivity.system.build import build_topology

    spec, plan = c.stored.spec, run.run_file.plans[c.stored.spec.name]
    found = []
    for samples in c.stored.replicas:
        last = run.folder.segments(spec.name, samples.replica)[-1]
        state = read_snapshot(run.folder.segment_path(spec.name, samples.replica, last))
        found.append(float(state.arrays["cpu"][1]))
    members = len(build_topology(spec, plan.states_per_gap).members)
    return max(found), DRIFT[plan.precision] * members


def _sources(systems: Sequence[SystemSpec]) -> list[tuple[str, str]]:
    """What is to be cited: every structure and every parameter set of the run, once."""
    from selectivity.geometry.files import load_filter

    found: dict[str, str] = {}
    for spec in systems:
        if isinstance(spec, FilterSpec):
            geometry = load_filter(spec.structure)
            found.setdefault(f"structure {geometry.name}", geometry.source)
    for spec in systems:
        for source in load(spec.forcefield).sources:
            known = {text for name, text in found.items() if name.startswith("parameter set")}
            if source not in known:
                number = sum(name.startswith("parameter set") for name in found) + 1
                found[f"parameter set {spec.forcefield} ({number})"] = source
    return list(found.items())
