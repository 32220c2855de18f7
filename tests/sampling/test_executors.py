"""Executors: one interface, tasks run where they should, bad wishes refused."""

from __future__ import annotations

import threading

import pytest

from selectivity.errors import InputError
from selectivity.sampling.executors import SerialExecutor, available_cores, make_executor


def test_serial_executor_runs_at_once_in_the_calling_thread() -> None:
    with make_executor("serial") as executor:
        assert isinstance(executor, SerialExecutor)
        future = executor.submit(threading.get_ident)
        assert future.done()
        assert future.result() == threading.get_ident()


def test_serial_executor_keeps_an_error_in_the_future() -> None:
    future = SerialExecutor().submit(int, "no number")
    assert isinstance(future.exception(), ValueError)


def test_threads_work_at_the_same_time() -> None:
    """Two tasks that wait for each other end only where both run."""
    meeting = threading.Barrier(2, timeout=20)
    with make_executor("threads", workers=2) as executor:
        futures = [executor.submit(meeting.wait) for _ in range(2)]
        assert sorted(future.result() for future in futures) == [0, 1]


def test_workers_are_as_many_as_asked_for() -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1

    with make_executor("threads", workers=1) as executor:
        for future in [executor.submit(work) for _ in range(5)]:
            future.result()
    assert most == 1
    assert available_cores() >= 1


@pytest.mark.parametrize(
    ("kind", "workers", "piece"),
    [
        ("threads", 0, "at least 1"),
        ("serial", -1, "at least 1"),
        ("magic", None, "serial, threads"),
        ("threads:0", None, "at least 1"),
        ("serial:2", None, "serial, threads"),
        ("processes:many", None, "serial, threads"),
        ("threads:", None, "serial, threads"),
        ("processes:2", 3, "as many workers as --workers"),
    ],
)
def test_bad_wishes_are_refused(kind: str, workers: int | None, piece: str) -> None:
    with pytest.raises(InputError, match=piece):
        make_executor(kind, workers)
