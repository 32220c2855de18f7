"""Runs a run file to its end, from wherever its folder stands."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selectivity.api.continuing import refuse_another
from selectivity.api.files import find_run_file
from selectivity.api.following import Follower
from selectivity.api.provenance import provenance
from selectivity.api.room import check_disk, room_for
from selectivity.api.status import Status
from selectivity.config.check import cost
from selectivity.config.load import load
from selectivity.config.run_file import RunFile
from selectivity.errors import InputError, InterruptedRunError
from selectivity.sampling.campaign import Sink, Task, Told, run_tasks
from selectivity.sampling.executors import check_executor, make_executor, shares_memory, slots
from selectivity.storage.folder import RESOLVED, RUN, RunFolder, create, open_folder, rewrite
from selectivity.storage.lock import lock
from selectivity.storage.segment import last_snapshot
from selectivity.storage.sink import FolderSink
from selectivity.system.spec import FilterSpec


def _silent(_: object) -> None:
    return None


@dataclass(frozen=True)
class Watcher:
    """What a run tells while it works: share of the work done, sentences, and its status.

    ``status`` is called as the sampling begins, after every stored block and, where the workers
    share this process, twice a second; from any thread, one at a time. ``leave`` is what it is
    told: set, it ends the run at once and gives up the blocks in hand.
    """

    progress: Callable[[float], None] = _silent
    notice: Callable[[str], None] = _silent
    leave: threading.Event = field(default_factory=threading.Event)
    status: Callable[[Status], None] | None = None


@dataclass(frozen=True)
class Options:
    """How a run is carried out; none of it changes a result.

    ``executor`` is what :func:`selectivity.sampling.executors.check_executor` reads; ``only`` names
    the replicas to run; ``max_hours`` ends the run like a stop. Whatever stopped it, blocks in hand
    have ``grace`` seconds, where that is given, before they are given up.
    """

    workers: int | None = None
    executor: str = "threads"
    only: tuple[int, ...] | None = None
    max_hours: float | None = None
    grace: float | None = None


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
        Ends the run after the blocks in hand; the same call continues it.

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
    return carry_out(
        run_file, Path(out) if out is not None else default_folder(source), options, watcher, stop
    )


def carry_out(
    run_file: RunFile, out: Path, options: Options, watcher: Watcher, stop: threading.Event
) -> Path:
    """:func:`run` for a run file that is resolved already."""
    _check_only(run_file, options)
    check_limits(options)
    check_executor(options.executor, options.workers)
    folder = _folder(run_file, out)
    names = [f"replica-{r:02d}" for r in options.only] if options.only else ["run"]
    with contextlib.ExitStack() as held:
        for name in names:
            held.enter_context(lock(folder, name))
        _bring_up_to_date(folder, run_file)
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


def check_limits(options: Options) -> None:
    """Refuse a time limit or a grace that is none.

    Raises
    ------
    InputError
    """
    if options.max_hours is not None and not options.max_hours > 0:
        raise InputError("--max-hours", options.max_hours, "is above zero", "for example 1.5")
    if options.grace is not None and not options.grace >= 0:
        raise InputError("--grace", options.grace, "is not negative", "for example 90 seconds")


def _folder(run_file: RunFile, path: Path) -> RunFolder:
    """The run's folder, made now or found there."""
    if path.exists() and not path.is_dir():
        raise InputError("--out", str(path), "is a folder", "name a new one or that of this run")
    if not (path / RESOLVED).exists():
        return create(path, run_file.to_dict(), run_file.text, provenance(run_file))
    folder = open_folder(path)
    refuse_another(folder, run_file)
    return folder


def _bring_up_to_date(folder: RunFolder, run_file: RunFile) -> None:
    """Store the run file where it differs in what may; the caller holds the folder's lock."""
    refuse_another(folder, run_file)
    record = run_file.to_dict()
    if folder.resolved() != record or not (folder.path / RUN).exists():
        made = {**provenance(run_file), "run_digest": folder.digest()}
        rewrite(folder, record, run_file.text, made)


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
    executor = make_executor(options.executor, options.workers)
    try:
        processes = 1 if shares_memory(executor) else 1 + slots(executor)
        room = room_for(tasks, folder.path, processes, slots(executor) + 1)
        check_disk(room, folder.path)
        watcher.notice(str(room))
        sink: Sink = FolderSink(folder, provenance(run_file))
        told: Told | None = None
        if watcher.status is not None:
            hidden = 0 if shares_memory(executor) else slots(executor)
            follower = Follower(folder, run_file, watcher.status, hidden)
            sink, told = follower.storing(sink), follower.told
        with limits(options, stop, watcher.leave):
            run_tasks(tasks, sink, executor, watcher.progress, stop, watcher.leave, told)
    except InterruptedRunError:
        text = f"stopped; the same command continues in {folder.path}"
        raise InterruptedRunError(text) from None
    finally:
        executor.shutdown()


@contextlib.contextmanager
def limits(options: Options, stop: threading.Event, leave: threading.Event) -> Iterator[None]:
    """Set ``stop`` when the hours are over, and ``leave`` when the grace after a stop is."""
    ended = threading.Event()

    def watch() -> None:
        limit = None if options.max_hours is None else 3600.0 * options.max_hours
        if not _either(stop, ended, limit):
            stop.set()
        if options.grace is not None and not ended.wait(options.grace):
            leave.set()

    thread = threading.Thread(target=watch, name="limits", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _either(stop: threading.Event, ended: threading.Event, seconds: float | None) -> bool:
    """Wait for the first of two events; False where neither came in time."""
    until = None if seconds is None else time.monotonic() + seconds
    while not stop.is_set() and not ended.wait(0.2):
        if until is not None and time.monotonic() >= until:
            return False
    return True
