"""Executors behind one interface, that of ``concurrent.futures``.

What is submitted here is one block of one replica: it takes plain data and gives plain data back,
so that a worker may be killed at any moment and its block be computed again elsewhere.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from typing import TYPE_CHECKING, Any

from selectivity.errors import InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

KINDS = ("serial", "threads", "processes", "dask", "mpi")
EXTRAS = {"dask": ("distributed", "cluster"), "mpi": ("mpi4py", "mpi")}
STOPPING = tuple(  # signals that ask a run to stop
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGUSR1") if hasattr(signal, name)
)
FORMS = "serial, threads, processes, dask, dask:tcp://HOST:PORT or mpi; threads:2 sets workers"


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


class ProcessExecutor(ThreadPoolExecutor):
    """Processes on this machine, each with a pool of its own.

    One common pool ends as a whole with any of its processes; here a process that is killed costs
    its task and is replaced at the next one. Processes end with the executor, or with the process
    that made it, however it ends.
    """

    def __init__(self, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="worker")
        self._own = threading.local()
        self._pools: list[ProcessPoolExecutor] = []
        self._context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
        if os.name == "posix":
            self._context.set_forkserver_preload(["selectivity.sampling.campaign"])
            _start_server()
        self._line, self._end = self._context.Pipe(duplex=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn`` in a process; all arguments and the result go there and back by pickle."""
        return super().submit(self._elsewhere, fn, args, kwargs)

    def _elsewhere(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        pool = getattr(self._own, "pool", None)
        if pool is None:
            pool = ProcessPoolExecutor(1, self._context, _end_with, (self._line,))
            self._own.pool = pool
            self._pools.append(pool)
        try:
            return pool.submit(fn, *args, **kwargs).result()
        except BrokenExecutor:
            self._own.pool = None
            raise

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; with ``cancel_futures`` at once, with the tasks in hand."""
        if cancel_futures:
            self._end.close()
        super().shutdown(wait, cancel_futures=cancel_futures)
        for pool in self._pools:
            pool.shutdown(wait)
        self._end.close()
        self._line.close()


def _start_server() -> None:
    """Start the process that forks workers, deaf to the signals that ask the driver to stop.

    A terminal and a batch system send them to all processes of a job; the workers inherit this,
    and finish their blocks.
    """
    from multiprocessing import forkserver, resource_tracker

    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        resource_tracker.ensure_running()  # deaf to SIGUSR1 by this mask; lifts it for the others
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(line: Connection) -> None:
    """In a worker: end when the other end of ``line`` is closed; leave Ctrl-C to the driver."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            line.poll(None)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()


class RemoteExecutor(Executor):
    """An executor of another library, with the number of its workers and a way to leave it."""

    def __init__(
        self, inner: Executor, count: Callable[[], int], leave: Callable[[bool], None]
    ) -> None:
        self._inner, self.count, self._leave = inner, count, leave

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As the executor inside."""
        return self._inner.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the workers; tasks that wait are dropped with ``cancel_futures``."""
        self._leave(cancel_futures)


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


def check_executor(text: str, workers: int | None = None) -> tuple[str, str, int | None]:
    """Kind, address and number of workers that ``text`` asks for.

    ========================  ==================================================================
    ``serial``                in this thread
    ``threads``               the default: kernels run without the interpreter's lock
    ``processes``             on this machine; a process that is killed costs its block only
    ``dask``                  dask.distributed with workers on this machine (extra ``cluster``)
    ``dask:tcp://HOST:PORT``  a dask scheduler that runs there
    ``mpi``                   mpi4py.futures: ``mpiexec -n 9 python -m mpi4py.futures
                              $(which selectivity) run FILE --executor mpi`` (extra ``mpi``)
    ========================  ==================================================================

    ``threads:2`` is ``threads`` with ``workers=2``; so with ``processes``, ``dask`` and ``mpi``.

    Raises
    ------
    InputError
        ``text`` is none of these, says another number of workers, or its extra is not installed.
    """
    kind, _, rest = text.partition(":")
    number, address = (int(rest), "") if rest.isdecimal() else (None, rest)
    wrong = kind not in KINDS or (rest and kind == "serial") or (address and kind != "dask")
    if wrong or (":" in text and not rest):
        raise InputError("--executor", text, f"is one of {FORMS}", "threads is the default")
    if number is not None and workers not in (None, number):
        rule = f"names as many workers as --workers, {workers}"
        raise InputError("--executor", text, rule, "give one of the two")
    wanted = workers if number is None else number
    if wanted is not None:
        worker_count(wanted)
    for name, (package, extra) in EXTRAS.items():
        if kind == name and importlib.util.find_spec(package) is None:
            remedy = f'pip install "selectivity[{extra}]"'
            raise InputError("--executor", text, f"needs the package {package}", remedy)
    return kind, address, wanted


def make_executor(text: str = "threads", workers: int | None = None) -> Executor:
    """The executor that ``text`` asks for, as :func:`check_executor` reads it.

    Parameters
    ----------
    text : str
    workers : int, optional
        All cores that the process may use, unless given; with ``mpi`` all ranks.

    Raises
    ------
    InputError
        As :func:`check_executor`, or no scheduler or MPI library answers.
    """
    kind, address, wanted = check_executor(text, workers)
    if kind == "serial":
        return SerialExecutor()
    if kind == "dask":
        return _dask(address, wanted)
    if kind == "mpi":
        return _mpi(wanted)
    count = worker_count(wanted)
    if kind == "processes":
        return ProcessExecutor(count)
    return ThreadPoolExecutor(count, thread_name_prefix="replica")


def shares_memory(executor: Executor) -> bool:
    """Whether tasks run in this process, where they can be watched and stopped between rounds."""
    return type(executor) in (SerialExecutor, ThreadPoolExecutor)


def slots(executor: Executor) -> int:
    """Tasks that ``executor`` works on at once."""
    if isinstance(executor, SerialExecutor):
        return 1
    if isinstance(executor, RemoteExecutor):
        return max(1, executor.count())
    return int(executor._max_workers)  # type: ignore[attr-defined]


def losses(error: BaseException | None) -> int:
    """How many workers an error says were lost over one task; 0 if it says something else.

    A dask scheduler has tried again by itself before it gives up.
    """
    if isinstance(error, BrokenExecutor):
        return 1
    if type(error).__name__ == "KilledWorker":
        return int(getattr(error, "allowed_failures", 0)) + 1
    return 0


def _dask(address: str, workers: int | None) -> Executor:
    import distributed

    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # the run says it itself
    cluster = None
    if not address:
        cluster = distributed.LocalCluster(
            n_workers=worker_count(workers),
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.ERROR,
        )
    try:
        client = distributed.Client(cluster or address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        remedy = "start one with `dask scheduler` and give the address that it prints"
        raise InputError("--executor", f"dask:{address}", f"no answer: {error}", remedy) from None

    def leave(drop: bool) -> None:
        inner.shutdown(wait=not drop)
        client.close()
        if cluster is not None:
            cluster.close()

    inner = client.get_executor(pure=False)
    return RemoteExecutor(inner, lambda: sum(client.nthreads().values()), leave)


def _mpi(workers: int | None) -> Executor:
    try:
        from mpi4py.futures import MPIPoolExecutor
    except (ImportError, RuntimeError) as error:
        remedy = "install an MPI library: MPICH, Open MPI or that of the cluster"
        raise InputError("--executor", "mpi", f"finds no MPI here: {error}", remedy) from None
    inner = MPIPoolExecutor(workers)

    def leave(drop: bool) -> None:
        inner.shutdown(wait=True, cancel_futures=drop)

    return RemoteExecutor(inner, lambda: inner.num_workers, leave)
