"""Many replicas: order, progress, and what a failure or a stop does to the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace

import pytest

from selectivity.errors import InputError, LostWorkerError, StoppedError
from selectivity.sampling import campaign
from selectivity.sampling.campaign import (
    RESUBMISSIONS,
    Block,
    Sink,
    Task,
    code,
    run_block,
    run_tasks,
)
from selectivity.sampling.checkpoint import Snapshot
from selectivity.sampling.executors import SerialExecutor, make_executor
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import CageSpec
from selectivity.units import kcal
from tests.same_samples import same

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
STATE = Snapshot("cage", 0, 0, {}, ())
EXECUTORS = pytest.mark.parametrize("kind", ["serial", "threads"])
Body = Callable[[Task, Callable[[int], None]], None]


def tasks(number: int = 4) -> list[Task]:
    return [Task(CAGE, PLAN, r, None, 1000.0 - r) for r in range(number)]


def after(task: Task) -> int:
    """Number of the segment that a task's next block ends with."""
    return 0 if task.saved is None else task.saved.segment + 1


def keep(snapshot: Snapshot, samples: ReplicaSamples | None) -> None:
    """A sink that forgets."""


def carry_out(
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    body: Body,
    stop: threading.Event | None = None,
    todo: list[Task] | None = None,
    leave: threading.Event | None = None,
) -> float:
    """Run tasks with ``body`` in place of each block; returns the progress that was told."""

    def block(task: Task, program: str, tick: Callable[[int], None]) -> Block:
        assert program == code()
        body(task, tick)
        return replace(STATE, replica=task.replica, segment=after(task)), None

    monkeypatch.setattr(campaign, "run_block", block)
    told, lock = [0.0], threading.Lock()

    def progress(share: float) -> None:
        with lock:
            told[0] += share

    executor = make_executor(kind, 2)
    run_tasks(todo or tasks(), keep, executor, progress, stop or threading.Event(), leave)
    return told[0]


@EXECUTORS
def test_every_task_is_done_and_the_progress_adds_up(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    done = []

    def body(task: Task, tick: Callable[[int], None]) -> None:
        tick(40 if task.saved is None else 20)
        done.append(task.replica)

    assert carry_out(monkeypatch, kind, body) == pytest.approx(1.0)
    assert sorted(done) == sorted(4 * [0, 1, 2, 3])


def test_what_has_most_left_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are 0.4, 0.2, 0.2 and 0.2 of a task: 10 of moves leave 6 and 4, then 5 is more."""
    order: list[int] = []
    moves = (2, 10, 1, 5)
    todo = [replace(task, moves=m) for task, m in zip(tasks(), moves, strict=True)]
    carry_out(monkeypatch, "serial", lambda task, tick: order.append(task.replica), todo=todo)
    assert order[:4] == [1, 1, 3, 1]
    assert sorted(order) == sorted(4 * [0, 1, 2, 3])


@EXECUTORS
def test_a_failure_stops_the_others_and_is_raised(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    began = []

    def body(task: Task, tick: Callable[[int], None]) -> None:
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

    def body(task: Task, tick: Callable[[int], None]) -> None:
        stop.set()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        carry_out(monkeypatch, kind, body, stop)


@EXECUTORS
def test_a_stop_ends_the_run_after_the_blocks_in_hand(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stop, began, ended = threading.Event(), [], []

    def body(task: Task, tick: Callable[[int], None]) -> None:
        began.append(task.replica)
        tick(1)
        stop.set()
        threading.Event().wait(0.1)
        tick(1)
        ended.append(task.replica)

    with pytest.raises(StoppedError, match="the same command continues"):
        carry_out(monkeypatch, kind, body, stop)
    assert ended
    assert sorted(began) == sorted(ended)
    assert len(ended) <= 2


@EXECUTORS
def test_whoever_leaves_ends_all_tasks_between_two_rounds(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stop, leave, ended = threading.Event(), threading.Event(), []

    def body(task: Task, tick: Callable[[int], None]) -> None:
        tick(1)
        stop.set()
        leave.set()
        tick(1)
        ended.append(task.replica)

    with pytest.raises(StoppedError, match="the same command continues"):
        carry_out(monkeypatch, kind, body, stop, leave=leave)
    assert not ended


def test_a_replica_continues_from_its_last_segment_and_no_other() -> None:
    """Segments of a run cut in two are those of a run in one go; a finished task does nothing."""

    def stored(task: Task) -> list[Block]:
        blocks: list[Block] = []
        sink: Sink = lambda saved, samples: blocks.append((saved, samples))  # noqa: E731
        run_tasks([task], sink, make_executor("serial"), lambda share: None, threading.Event())
        return blocks

    whole = stored(Task(CAGE, PLAN, 1, None, 1.0))
    assert [saved.segment for saved, _ in whole] == [0, 1, 2, 3]
    assert whole[0][1] is None
    second = Task(CAGE, PLAN, 1, whole[1][0], 1.0)
    assert second.done == pytest.approx((40 + 20) / 100)
    rest = stored(second)
    assert [saved.segment for saved, _ in rest] == [2, 3]
    for (_, a), (_, b) in zip(whole[2:], rest, strict=True):
        assert a is not None
        assert b is not None
        same(a, b)
    finished = Task(CAGE, PLAN, 1, whole[-1][0], 1.0)
    assert finished.done == 1.0
    executor = make_executor("serial")
    run_tasks([finished], keep, executor, lambda share: pytest.fail("again"), threading.Event())


def test_a_stop_after_the_last_block_is_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def body(task: Task, tick: Callable[[int], None]) -> None:
        if task.saved is not None and task.saved.segment == PLAN.segments - 1:
            stop.set()

    carry_out(monkeypatch, "serial", body, stop, tasks(1))
    assert stop.is_set()


@pytest.mark.parametrize("error", [StoppedError("disk full"), OSError("disk full")])
def test_a_sink_that_fails_ends_the_run_with_its_own_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def sink(saved: Snapshot, samples: ReplicaSamples | None) -> None:
        if saved.segment == 1:
            raise error

    monkeypatch.setattr(
        campaign, "run_block", lambda task, *rest: (replace(STATE, segment=after(task)), None)
    )
    executor = make_executor("threads", 2)
    with pytest.raises(type(error), match="disk full"):
        run_tasks(tasks(), sink, executor, lambda share: None, threading.Event())


class LosingExecutor(SerialExecutor):
    """Loses the worker of the first block ``times`` times, then works."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.given = times, error, 0

    def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future:
        self.given += 1
        if self.given > self.times:
            return super().submit(fn, *args, **kwargs)
        future: Future = Future()
        future.set_exception(self.error)
        return future


class KilledWorker(Exception):  # noqa: N818
    """As dask's scheduler gives up."""

    allowed_failures = RESUBMISSIONS


def test_a_lost_block_is_given_away_again_and_then_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        campaign, "run_block", lambda task, *rest: (replace(STATE, segment=after(task)), None)
    )

    def run(executor: LosingExecutor) -> list[int]:
        kept: list[int] = []
        sink: Sink = lambda saved, samples: kept.append(saved.segment)  # noqa: E731
        run_tasks(tasks(1), sink, executor, lambda share: None, threading.Event())
        return kept

    assert run(LosingExecutor(RESUBMISSIONS, BrokenExecutor("gone"))) == [0, 1, 2, 3]
    with pytest.raises(LostWorkerError, match=r"cage replica 0, preparation: .* lost 4 times"):
        run(LosingExecutor(RESUBMISSIONS + 1, BrokenExecutor("gone")))
    with pytest.raises(LostWorkerError, match="lost 4 times"):
        run(LosingExecutor(1, KilledWorker()))
    with pytest.raises(ValueError, match="a fault"):
        run(LosingExecutor(1, ValueError("a fault")))


def test_another_program_on_a_worker_is_refused() -> None:
    with pytest.raises(InputError, match="the same program"):
        run_block(tasks(1)[0], "0.0.1 of last year")
