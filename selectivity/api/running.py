"""Runs a run file to its end, from wherever its folder stands."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from selectivity.api.files import find_run_file
from selectivity.api.provenance import provenance
from selectivity.api.room import check_disk, room_for
from selectivity.config.check import cost
from selectivity.config.load import load
from selectivity.config.run_file import RunFile, changed_keys, has_other_moves
from selectivity.errors import InputError, InterruptedRunError
from selectivity.sampling.campaign import Task, run_tasks
from selectivity.sampling.executors import check_executor, make_executor, shares_memory, slots
from selectivity.storage.folder import RESOLVED, RunFolder, create, open_folder, rewrite
from selectivity.storage.lock import lock
from selectivity.storage.segment import last_snapshot
from selectivity.storage.sink import FolderSink
from selectivity.system.spec import FilterSpec


def _silent(_: object) -> None:
    return None


@dataclass(frozen=True)
class Watcher:
    """What a run tells while it works: share of the work done, and sentences."""

    progress: Callable[[float], None] = _silent
    notice: Callable[[str], None] = _silent


@dataclass(frozen=True)
class Options:
    """How a run is carried out; none of it changes a result.

    ``executor`` is what :func:`selectivity.sampling.executors.check_executor` reads; ``only`` names
    the replicas to run; ``max_hours`` ends the run like a stop.
    """

    workers: int | None = None
    executor: str = "threads"
    only: tuple[int, ...] | None = None
    max_hours: float | None = None


def default_folder(path: Path) -> Path:
    """``quickstart.run`` in the working folder for ``quickstart.yaml``."""
    return Path(f"{path.stem}.run")


def run(
    path: str | Path,
    out: str | Path | None = None,
    overrides: Sequence[str] = (),
    options: Options | None = None,
    watcher: Watcher | None = None,
    stop: threading.Event | None = None,
) -> Path:
    """Sample everything that a run file asks for and its folder does not hold yet.

    Parameters
    ----------
    path : path
        A run file, or the name of a shipped one.
    out : path, optional
        The run folder; ``NAME.run`` in the working folder without it.
    overrides : sequence of str
        ``key=value`` texts that change the run file.
    options, watcher : optional
    stop : threading.Event, optional
        Ends the run, see :func:`selectivity.sampling.campaign.run_tasks`; the same call continues
        it.

    Returns
    -------
    Path
        The run folder.

    Raises
    ------
    RunFileError, InputError
        Nothing was started: the run file is wrong, or the folder belongs to another run.
    StoppedError
        Stopped, or a block that lost its worker too often or failed a watchdog; finished segments
        are stored.
    StoreError
        The folder is damaged.
    """
    options, watcher, stop = options or Options(), watcher or Watcher(), stop or threading.Event()
    source = find_run_file(path)
    run_file = load(source, overrides)
    _check_only(run_file, options)
    check_executor(options.executor, options.workers)
    folder = _folder(run_file, Path(out) if out is not None else default_folder(source))
    names = [f"replica-{r:02d}" for r in options.only] if options.only else ["run"]
    with contextlib.ExitStack() as held:
        for name in names:
            held.enter_context(lock(folder, name))
        tasks = [task for task in _tasks(folder, run_file, options) if task.done < 1.0]
        if tasks:
            _sample(tasks, folder, run_file, watcher, stop, options)
    return folder.path


def _check_only(run_file: RunFile, options: Options) -> None:
    most = max(plan.replicas for plan in run_file.plans.values())
    for r in options.only or ():
        if not 0 <= r < most:
            rule = f"names replicas 0 to {most - 1} of this run file"
            raise InputError("--only", f"replica={r}", rule, "count from 0")
    if options.max_hours is not None and not options.max_hours > 0:
        raise InputError("--max-hours", options.max_hours, "is above zero", "for example 1.5")


def _folder(run_file: RunFile, path: Path) -> RunFolder:
    """The run's folder, made now or found as this very run's."""
    record = run_file.to_dict()
    if path.exists() and not path.is_dir():
        raise InputError("--out", str(path), "is a folder", "name a new one or that of this run")
    if not (path / RESOLVED).exists():
        return create(path, record, run_file.text, provenance(run_file))
    folder = open_folder(path)
    stored = folder.resolved()
    if has_other_moves(stored):
        rule = "was sampled by an earlier version with other moves: can be analysed, not continued"
        raise InputError(str(path), run_file.source, rule, "give another folder with --out")
    differences = changed_keys(stored, record)
    if differences:
        rows = [f"\n  {key}: {old!r} there, {new!r} here" for key, old, new in differences[:20]]
        rule = "holds another run; what differs:" + "".join(rows)
        remedy = "\nchange the run file back, or give another folder with --out"
        raise InputError(str(path), run_file.source, rule, remedy)
    if stored != record:
        rewrite(folder, record, run_file.text, provenance(run_file))
    return folder


def _tasks(folder: RunFolder, run_file: RunFile, options: Options) -> Iterator[Task]:
    for spec in run_file.systems:
        plan = run_file.plans[spec.name]
        moves = cost(spec, plan).moves / plan.replicas
        for replica in range(plan.replicas):
            if options.only is not None and replica not in options.only:
                continue
            saved = last_snapshot(folder, spec.name, replica)
            yield Task(spec, plan, replica, saved, moves)


def _sample(
    tasks: list[Task],
    folder: RunFolder,
    run_file: RunFile,
    watcher: Watcher,
    stop: threading.Event,
    options: Options,
) -> None:
    from selectivity.sampling.warmup import compile_kernels

    open_file = any(
        isinstance(task.spec, FilterSpec) and task.spec.composition.fluctuates for task in tasks
    )
    compile_kernels((task.plan.precision for task in tasks), watcher.notice, open_file)
    timer = None
    if options.max_hours is not None:
        timer = threading.Timer(3600.0 * options.max_hours, stop.set)
        timer.daemon = True
        timer.start()
    executor = make_executor(options.executor, options.workers)
    try:
        processes = 1 if shares_memory(executor) else 1 + slots(executor)
        room = room_for(tasks, folder.path, processes, slots(executor) + 1)
        check_disk(room, folder.path)
        watcher.notice(str(room))
        run_tasks(tasks, FolderSink(folder, provenance(run_file)), executor, watcher.progress, stop)
    except InterruptedRunError:
        text = f"stopped; the same command continues in {folder.path}"
        raise InterruptedRunError(text) from None
    finally:
        executor.shutdown()
        if timer is not None:
            timer.cancel()
