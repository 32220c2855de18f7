"""Runs the replicas of several systems to their end, from wherever each of them stands.

A replica is one task: it continues from its last snapshot and hands every finished segment to a
sink. Nothing here knows of files or of the terminal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from selectivity.errors import StoppedError
from selectivity.sampling.checkpoint import Snapshot, resume, snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import SystemSpec

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


def run_task(task: Task, sink: Sink, tick: Callable[[int], None]) -> None:
    """Take one replica from where it stands to its last segment."""
    if task.saved is None:
        replica = new_replica(task.spec, task.plan, task.replica)
        prepare(replica, tick)
        sink(snapshot(replica), None)
    else:
        replica = resume(task.spec, task.plan, task.saved)
    while replica.segment < task.plan.segments:
        samples = produce(replica, tick)
        sink(snapshot(replica), samples)


def run_tasks(
    tasks: Iterable[Task],
    sink: Sink,
    executor: Executor,
    progress: Progress,
    stop: threading.Event,
) -> None:
    """Run every task that is not done; the longest first, so that no core waits long at the end.

    ``stop`` ends the run between two rounds; the segments in hand are lost and nothing else. A
    task that fails sets it, so that the others stop too.

    Raises
    ------
    StoppedError
        ``stop`` was set.
    Exception
        Whatever a task failed with, also where a stop was asked for at the same time.
    """
    todo = [task for task in tasks if task.done < 1.0]
    todo.sort(key=lambda task: -task.moves * (1.0 - task.done))
    total = sum(task.moves for task in todo) or 1.0

    def work(task: Task) -> None:

        def tick(done: int) -> None:
            if stop.is_set():
                raise StoppedError("stopped")
            progress(task.moves / total * done / task.plan.sweeps)

        if stop.is_set():
            return
        progress(task.moves / total * task.done)
        try:
            run_task(task, sink, tick)
        except BaseException:
            stop.set()
            raise

    futures: list[Future[None]] = []
    try:
        futures.extend(executor.submit(work, task) for task in todo)
        while not stop.is_set() and wait(futures, timeout=0.5).not_done:
            pass
    except BaseException:
        stop.set()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    _raise_failure(futures)
    if stop.is_set():
        raise StoppedError("stopped before the end; the same command continues")


def _raise_failure(futures: Iterable[Future[None]]) -> None:
    """Raise what the first task in order failed with; a task that was stopped did not fail."""
    for future in futures:
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, StoppedError):
            raise error
