"""Many replicas: order, progress, and what a failure or a stop does to the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from selectivity.errors import StoppedError
from selectivity.sampling import campaign
from selectivity.sampling.campaign import Task, run_task, run_tasks
from selectivity.sampling.checkpoint import Snapshot
from selectivity.sampling.executors import make_executor
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import CageSpec
from selectivity.units import kcal

CAGE = CageSpec("cage", "charmm36", ("K", "Na"), 300.0, 2, wall_k=kcal(10.0))
PLAN = SamplingPlan(
    replicas=4,
    equilibration=20,
    adaptation=20,
    production=60,
    stride=5,
    exchange_every=10,
    segments=3,
)
EXECUTORS = pytest.mark.parametrize("kind", ["serial", "threads"])
Body = Callable[[Task, object, Callable[[int], None]], None]


def tasks(number: int = 4) -> list[Task]:
    return [Task(CAGE, PLAN, r, None, 1000.0 - r) for r in range(number)]


def keep(snapshot: Snapshot, samples: ReplicaSamples | None) -> None:
    """A sink that forgets."""


def carry_out(
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    body: Body,
    stop: threading.Event | None = None,
    todo: list[Task] | None = None,
) -> float:
    """Run tasks with ``body`` in place of the sampling; returns the progress that was told."""
    monkeypatch.setattr(campaign, "run_task", body)
    told, lock = [0.0], threading.Lock()

    def progress(share: float) -> None:
        with lock:
            told[0] += share

    executor = make_executor(kind, 2)
    run_tasks(todo or tasks(), keep, executor, progress, stop or threading.Event())
    return told[0]


@EXECUTORS
def test_every_task_is_done_and_the_progress_adds_up(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    done = []

    def body(task: Task, sink: object, tick: Callable[[int], None]) -> None:
        for _ in range(10):
            tick(10)
        done.append(task.replica)

    assert carry_out(monkeypatch, kind, body) == pytest.approx(1.0)
    assert sorted(done) == [0, 1, 2, 3]


def test_the_longest_task_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    order = []
    todo = [replace(task, moves=moves) for task, moves in zip(tasks(), (2, 9, 1, 5), strict=True)]
    carry_out(monkeypatch, "serial", lambda task, sink, tick: order.append(task.replica), todo=todo)
    assert order == [1, 3, 0, 2]


@EXECUTORS
def test_a_failure_stops_the_others_and_is_raised(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    began = []

    def body(task: Task, sink: object, tick: Callable[[int], None]) -> None:
        began.append(task.replica)
        if task.replica == 0:
            raise OSError("disk full")
        for _ in range(20_000):  # as long as the test may take; a tick ends it
            threading.Event().wait(0.001)
            tick(0)

    stop = threading.Event()
    with pytest.raises(OSError, match="disk full"):
        carry_out(monkeypatch, kind, body, stop)
    assert stop.is_set()
    assert 3 not in began


@EXECUTORS
def test_a_failure_is_not_lost_behind_a_stop(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    stop = threading.Event()

    def body(task: Task, sink: object, tick: Callable[[int], None]) -> None:
        stop.set()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        carry_out(monkeypatch, kind, body, stop)


@EXECUTORS
def test_a_stop_ends_all_tasks_between_two_rounds(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stop, ended = threading.Event(), []

    def body(task: Task, sink: object, tick: Callable[[int], None]) -> None:
        tick(1)
        stop.set()
        tick(1)
        ended.append(task.replica)

    with pytest.raises(StoppedError, match="the same command continues"):
        carry_out(monkeypatch, kind, body, stop)
    assert not ended


def test_a_replica_continues_from_its_last_segment_and_no_other() -> None:
    """Segments of a run cut in two are those of a run in one go; a finished task does nothing."""
    whole: list[tuple[Snapshot, ReplicaSamples | None]] = []
    run_task(Task(CAGE, PLAN, 1, None, 1.0), lambda *pair: whole.append(pair), lambda sweeps: None)
    assert [snapshot.segment for snapshot, _ in whole] == [0, 1, 2, 3]
    assert whole[0][1] is None
    second = Task(CAGE, PLAN, 1, whole[1][0], 1.0)
    assert second.done == pytest.approx((40 + 20) / 100)
    rest: list[tuple[Snapshot, ReplicaSamples | None]] = []
    run_task(second, lambda *pair: rest.append(pair), lambda sweeps: None)
    assert [snapshot.segment for snapshot, _ in rest] == [2, 3]
    for (_, a), (_, b) in zip(whole[2:], rest, strict=True):
        assert a is not None
        assert b is not None
        np.testing.assert_array_equal(a.u, b.u)
        np.testing.assert_array_equal(a.identity, b.identity)
    finished = Task(CAGE, PLAN, 1, whole[-1][0], 1.0)
    assert finished.done == 1.0
    executor = make_executor("serial")
    run_tasks([finished], keep, executor, lambda share: pytest.fail("again"), threading.Event())
