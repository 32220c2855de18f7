"""Runs the replicas of several systems to their end, from wherever each of them stands.

The unit that a worker is given is a block: the preparation of a replica or one of its production
segments. It is a function of the replica's last snapshot alone, so that who computes it, when, and
how often it was begun in vain leave no trace in it. Finished blocks come back to the driver, which
hands them to a sink. Nothing here knows of files or of the terminal.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field, replace

from selectivity import __version__
from selectivity.engine.flags import cache_folder
from selectivity.errors import InputError, InterruptedRunError, LostWorkerError
from selectivity.sampling.checkpoint import Snapshot, resume, snapshot
from selectivity.sampling.executors import RemoteExecutor, losses, shares_memory, slots
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import Tick, new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.sampling.watch import watch
from selectivity.system.spec import SystemSpec

RESUBMISSIONS = 3  # times that a block whose worker was lost is given to another one
AGAIN = "what is stored is unharmed, and the same command continues"

Block = tuple[Snapshot, ReplicaSamples | None]
Sink = Callable[[Snapshot, ReplicaSamples | None], object]
Progress = Callable[[float], None]  # called with the share of all work that was just done


@dataclass(frozen=True)
class Task:
    """One replica of one system; ``saved`` is where it stands, None before the start.

    ``moves`` is the number of trial moves of the whole replica.
    """

    spec: SystemSpec
    plan: SamplingPlan
    replica: int
    saved: Snapshot | None
    moves: float

    @property
    def done(self) -> float:
        """Share of the replica that is stored."""
        if self.saved is None:
            return 0.0
        plan = self.plan
        prepared = plan.equilibration + plan.adaptation
        return (prepared + plan.production * self.saved.segment / plan.segments) / plan.sweeps

    @property
    def left(self) -> float:
        """Trial moves that are not stored yet."""
        return self.moves * (1.0 - self.done)

    def __str__(self) -> str:
        segment = 0 if self.saved is None else self.saved.segment + 1
        what = f"segment {segment} of {self.plan.segments}" if segment else "preparation"
        return f"{self.spec.name} replica {self.replica}, {what}"


Told = Callable[[Task, int], None]
"""Called with the sweeps that a worker of this process just did in every window of a replica."""


def code() -> str:
    """What must be the same wherever blocks of one run are computed."""
    return f"{__version__} {cache_folder().name}"


def run_block(task: Task, program: str, tick: Tick | None = None) -> Block:
    """Compute the next block of a replica: its state afterwards, and samples if it produced any.

    Parameters
    ----------
    task : Task
    program : str
        :func:`code` of the driver.
    tick : callable, optional
        Called with the sweeps that were just done in every window.

    Raises
    ------
    InputError
        Another version of the program runs here.
    WatchdogError
        The block cannot be trusted.
    """
    if program != code():
        rule = f"workers and driver run the same program, here {code()}"
        raise InputError("--executor", program, rule, "install one version everywhere")
    if task.saved is None:
        replica, samples = new_replica(task.spec, task.plan, task.replica), None
        prepare(replica, tick)
    else:
        replica = resume(task.spec, task.plan, task.saved)
        samples = produce(replica, tick)
    watch(replica, samples)
    return snapshot(replica), samples


def run_tasks(
    tasks: Iterable[Task],
    sink: Sink,
    executor: Executor,
    progress: Progress,
    stop: threading.Event,
    leave: threading.Event | None = None,
    told: Told | None = None,
) -> None:
    """Run every task that is not done; what has most left comes first, so that all end together.

    ``stop`` ends the run after the blocks in hand, ``leave`` before: in this process between two
    rounds, in others at once, under MPI after the block; blocks in hand are lost and nothing else.
    A failure sets both. Calls ``sink`` in this thread only, with the blocks of a replica in order;
    ``progress`` and ``told`` in those of the workers too.

    Raises
    ------
    InterruptedRunError
        ``stop`` was set.
    LostWorkerError
        A block lost its worker more than ``RESUBMISSIONS`` times.
    Exception
        Whatever a block or the sink failed with, also where a stop was asked for meanwhile.
    """
    todo = [task for task in tasks if task.done < 1.0]
    run = _Run(todo, sink, executor, progress, stop, leave or threading.Event(), told)
    for task in run.ready:
        progress(task.moves / run.total * task.done)
    try:
        while run.running or (run.ready and not stop.is_set()):
            if run.leave.is_set():
                break
            _fill(run)
            _drop_waiting(run)
            for future in wait(run.running, 0.5, FIRST_COMPLETED).done:
                _collect(run, future)
    finally:
        if run.running:
            stop.set()
            run.leave.set()
        executor.shutdown(wait=True, cancel_futures=bool(run.running))
    for future in [future for future in run.running if future.done()]:
        _collect(run, future)
    if run.failures:
        raise run.failures[0]
    if run.unfinished:
        raise InterruptedRunError("stopped before the end; the same command continues")


@dataclass
class _Run:
    """What :func:`run_tasks` works with."""

    ready: list[Task]
    sink: Sink
    executor: Executor
    progress: Progress
    stop: threading.Event
    leave: threading.Event
    told: Told | None = None
    running: dict[Future[Block], Task] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    failures: list[Exception] = field(default_factory=list)
    total: float = field(init=False)
    unfinished: int = field(init=False)

    def __post_init__(self) -> None:
        self.unfinished = len(self.ready)
        self.total = sum(task.moves for task in self.ready) or 1.0


def _fill(run: _Run) -> None:
    """Give the executor blocks to work on, and a few to wait, but none to a serial one."""
    run.ready.sort(key=lambda task: task.left)
    try:
        n = slots(run.executor)
        most = n + n // 4 + 1 if n > 1 else 1
        while run.ready and len(run.running) < most and not run.stop.is_set():
            task = run.ready.pop()
            tick = (_tick(run, task),) if shares_memory(run.executor) else ()
            run.running[run.executor.submit(run_block, task, code(), *tick)] = task
    except Exception as error:
        _fail(run, LostWorkerError(f"workers cannot be reached: {error}; {AGAIN}"))


def _drop_waiting(run: _Run) -> None:
    """After a stop, take back the blocks that no worker has begun.

    A dask scheduler does not tell which these are: what it was given is finished.
    """
    if run.stop.is_set() and not isinstance(run.executor, RemoteExecutor):
        for future in run.running:
            future.cancel()


def _tick(run: _Run, task: Task) -> Tick:
    def tick(sweeps: int) -> None:
        if run.leave.is_set():
            raise InterruptedRunError("stopped")
        run.progress(task.moves / run.total * sweeps / task.plan.sweeps)
        if run.told is not None:
            run.told(task, sweeps)

    return tick


def _collect(run: _Run, future: Future[Block]) -> None:
    """Store what a block gave, and make its replica ready for the next one."""
    task = run.running.pop(future)
    try:
        saved, samples = future.result()
        run.sink(saved, samples)
    except InterruptedRunError:
        return
    except CancelledError:
        if not run.stop.is_set():
            _fail(run, LostWorkerError(f"{task}: all workers are gone; {AGAIN}"))
        return
    except Exception as error:
        if not losses(error):
            _fail(run, error)
        elif not run.stop.is_set():
            _resubmit(run, task, losses(error))
        return
    after = replace(task, saved=saved)
    if not shares_memory(run.executor):
        run.progress((task.left - after.left) / run.total)
    if after.done < 1.0:
        run.ready.append(after)
    else:
        run.unfinished -= 1


def _resubmit(run: _Run, task: Task, lost: int) -> None:
    run.lost[str(task)] += lost
    if run.lost[str(task)] <= RESUBMISSIONS:
        run.ready.append(task)
        return
    what = f"its worker was lost {run.lost[str(task)]} times (killed, or out of memory?)"
    _fail(run, LostWorkerError(f"{task}: {what}; {AGAIN}"))


def _fail(run: _Run, error: Exception) -> None:
    run.failures.append(error)
    run.stop.set()
    run.leave.set()
