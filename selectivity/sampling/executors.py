"""Executors behind one interface, that of ``concurrent.futures``."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from selectivity.errors import InputError

KINDS = ("threads", "serial")


class SerialExecutor(Executor):
    """Runs every task at once in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn`` now; the future that comes back is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worker_count(workers: int | None) -> int:
    """``workers``, or all cores that this process may use.

    Raises
    ------
    InputError
        Fewer than one.
    """
    if workers is None:
        return available_cores()
    if workers < 1:
        raise InputError("--workers", workers, "is at least 1", "leave it out to use every core")
    return workers


def make_executor(kind: str = "threads", workers: int | None = None) -> Executor:
    """Executor of one kind: ``threads`` (kernels run without the interpreter's lock) or ``serial``.

    Parameters
    ----------
    kind : str
    workers : int, optional
        All cores that the process may use, unless given.
    """
    count = worker_count(workers)
    if kind == "serial":
        return SerialExecutor()
    if kind == "threads":
        return ThreadPoolExecutor(count, thread_name_prefix="replica")
    raise InputError("--executor", kind, f"is one of {', '.join(KINDS)}", "threads is the default")
