"""Runs the cells of a scan side by side, each as a run of its own, and reads the map off them."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from selectivity.api.continuing import refuse_another
from selectivity.api.room import Room, check_disk
from selectivity.api.running import Options, Watcher, carry_out, check_limits, limits
from selectivity.api.scan.files import find_scan_file, keep_text
from selectivity.api.scan.jobs import Job, Jobs, plan_jobs, workers_each
from selectivity.api.scan.result import Scan, read_scan
from selectivity.api.scan.writing import write_scan
from selectivity.config.scan_file import ScanFile, load_scan
from selectivity.errors import InputError, InterruptedRunError, StoreError, WatchdogError
from selectivity.storage.folder import RESOLVED, RunFolder, open_folder
from selectivity.storage.lock import lock
from selectivity.system.spec import FilterSpec

KINDS = ("threads", "serial")
"""Executors of a scan: its cells go side by side in threads."""
FAULTS = (InputError, WatchdogError, StoreError)
"""What one cell may fail with while the others go on."""


def scan(
    path: str | Path,
    out: str | Path | None = None,
    overrides: Sequence[str] = (),
    options: Options | None = None,
    watcher: Watcher | None = None,
    stop: threading.Event | None = None,
) -> Scan:
    """Run every cell of a scan file that is not finished yet, and draw the map.

    The mapped ΔΔG is ΔG(a → X) of the system less that of its droplet. Every cell is a run folder
    in the scan's, and a droplet that several cells refer to is run once. The mapped system of a
    cell has a seed of its own (:func:`selectivity.config.scan_file.cell_seed`); the droplet has the
    run file's, and its error is common to all cells.

    Parameters
    ----------
    path : path
        A scan file, or the name of a shipped one.
    out : path, optional
        The scan's folder; ``NAME.scan`` in the working folder without it.
    overrides : sequence of str
        ``key=value`` texts that change the run file under the axes.
    options : Options, optional
        ``workers`` are those of the whole scan. ``executor`` is ``threads`` or ``serial``.
    watcher : Watcher, optional
        ``notice`` is told the cost before anything is run, and every cell that fails.
    stop : threading.Event, optional
        Ends the scan after the blocks in hand; the same call continues it.

    Returns
    -------
    Scan
        A cell that failed, or did not converge, says so and why.

    Raises
    ------
    RunFileError, InputError
        Nothing was started: the scan file is wrong, or the folder holds something else.
    InterruptedRunError
        Stopped; the map of what is finished is written.
    """
    options, watcher, stop = options or Options(), watcher or Watcher(), stop or threading.Event()
    source = find_scan_file(path)
    scan_file = load_scan(source, overrides)
    workers = _workers(options)
    folder = Path(out) if out is not None else Path(f"{source.stem}.scan")
    jobs = plan_jobs(scan_file, folder.absolute())
    _refuse_others(folder, jobs)
    watcher.notice(jobs.estimate(workers))
    with lock(RunFolder(folder.absolute())):
        failures = _complete(jobs, folder, scan_file, workers, options, watcher, stop)
        found = read_scan(scan_file, folder, jobs, failures)
        write_scan(found)
    if not found.finished:
        raise InterruptedRunError(f"stopped; the same command continues in {folder}")
    return found


def _complete(
    jobs: Jobs,
    folder: Path,
    scan_file: ScanFile,
    workers: int,
    options: Options,
    watcher: Watcher,
    stop: threading.Event,
) -> dict[Path, str]:
    """Run what is not there yet; returns what failed by its folder, in words."""
    waiting = [job for job in jobs.all if not finished(job)]
    if len(waiting) < len(jobs.all):
        watcher.notice(f"{len(jobs.all) - len(waiting)} of {len(jobs.all)} runs are there")
    keep_text(folder, scan_file)
    _check_room(folder, waiting)
    return _run_all(jobs, waiting, workers, options, watcher, stop)


def _workers(options: Options) -> int:
    if options.executor not in KINDS:
        rule = "is one that a scan runs its cells with"
        raise InputError("--executor", options.executor, rule, " or ".join(KINDS))
    if options.only is not None:
        raise InputError("--only", options.only, "is not for scans", "leave it out")
    if options.workers is not None and options.workers < 1:
        raise InputError("--workers", options.workers, "is at least 1", "leave it out for all")
    check_limits(options)
    return 1 if options.executor == "serial" else options.workers or os.cpu_count() or 1


def _refuse_others(folder: Path, jobs: Jobs) -> None:
    """Hold every run that is there to what the scan file says now, before anything is started."""
    if folder.exists() and not folder.is_dir():
        raise InputError("--out", str(folder), "is a folder", "name a new one or that of this scan")
    if (folder / RESOLVED).exists():
        raise InputError("--out", str(folder), "is a run folder", "name another one for the scan")
    for job in jobs.all:
        if (job.folder / RESOLVED).exists():
            refuse_another(open_folder(job.folder), job.run_file)


def finished(job: Job) -> bool:
    """Whether every segment of a run is stored."""
    if not (job.folder / RESOLVED).exists():
        return False
    run, plan = open_folder(job.folder), job.run_file.plans[job.cost.name]
    return all(len(run.segments(job.cost.name, r)) > plan.segments for r in range(plan.replicas))


def _check_room(folder: Path, waiting: Sequence[Job]) -> None:
    """Refuse to start what the disk cannot hold, all cells together."""
    import shutil

    needed = 1.1 * sum(job.cost.disk_bytes for job in waiting)
    free = shutil.disk_usage(folder).free
    check_disk(Room(needed, free, 0.0, None), folder)


@dataclass
class _Share:
    """Progress of many runs as one: each weighs what it costs."""

    watcher: Watcher
    total: float
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, job: Job) -> Watcher:
        """What one run tells goes to the scan's progress; its sentences are left out."""

        def progress(share: float) -> None:
            with self.lock:
                self.watcher.progress(share * job.seconds / self.total)

        return Watcher(progress, leave=_Below(self.watcher.leave))


def _run_all(
    jobs: Jobs,
    waiting: list[Job],
    workers: int,
    options: Options,
    watcher: Watcher,
    stop: threading.Event,
) -> dict[Path, str]:
    """Run what waits; returns what failed by its folder, in words."""
    if not waiting:
        return {}
    _compile(waiting, watcher)
    side_by_side, each = workers_each(workers, len(waiting))
    own = replace(
        options,
        workers=each,
        executor="serial" if each == 1 else "threads",
        max_hours=None,
        grace=None,
    )
    share = _Share(watcher, sum(job.seconds for job in jobs.all))
    watcher.progress(1.0 - sum(job.seconds for job in waiting) / share.total)
    failures: dict[Path, str] = {}
    with (
        limits(options, stop, watcher.leave),
        ThreadPoolExecutor(side_by_side, thread_name_prefix="cell") as pool,
    ):
        futures = {pool.submit(_run_one, job, own, share.of(job), stop): job for job in waiting}
        for future in as_completed(futures):
            try:
                reason = future.result()
            except BaseException:
                stop.set()
                raise
            if reason is not None:
                failures[futures[future].folder] = reason
                watcher.notice(f"{futures[future].name} failed: {reason}")
    return failures


def _run_one(job: Job, options: Options, watcher: Watcher, stop: threading.Event) -> str | None:
    """Run one job to its end, or to a stop; what it failed with, in words."""
    if stop.is_set():
        return None
    try:
        carry_out(job.run_file, job.folder, options, watcher, _Below(stop))
    except InterruptedRunError:
        return None
    except FAULTS as error:
        return str(error)
    return None


class _Below(threading.Event):
    """Set where it is set itself or the one above it is: one run's end leaves the others alone."""

    def __init__(self, above: threading.Event) -> None:
        super().__init__()
        self._above = above

    def is_set(self) -> bool:
        """Whether this one or the one above is set."""
        return super().is_set() or self._above.is_set()


def _compile(waiting: Sequence[Job], watcher: Watcher) -> None:
    """Compile the kernels before cells ask for them side by side."""
    from selectivity.sampling.warmup import compile_kernels

    specs = [job.run_file.system(job.cost.name) for job in waiting]
    plans = [job.run_file.plans[job.cost.name] for job in waiting]
    open_file = any(isinstance(s, FilterSpec) and s.composition.fluctuates for s in specs)
    compile_kernels((plan.precision for plan in plans), watcher.notice, open_file)
