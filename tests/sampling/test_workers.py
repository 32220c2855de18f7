"""Bits and kills: whoever computes the blocks, and however often, the samples are the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import worker_cases
from worker_cases import Store, carry_out, doomed, mortal_in, order_kills

from selectivity.errors import InputError, InterruptedRunError, LostWorkerError, WatchdogError
from selectivity.sampling import campaign
from selectivity.sampling.campaign import run_tasks
from selectivity.sampling.executors import ProcessExecutor, RemoteExecutor, make_executor, slots

HERE = Path(worker_cases.__file__).parent
REPOSITORY = HERE.parents[1]


@pytest.fixture(scope="module")
def serial() -> Store:
    """The campaign run in this thread."""
    return carry_out(make_executor("serial"), Store())


@pytest.fixture(scope="module")
def right(serial: Store) -> str:
    """What every other way must give."""
    return serial.digest()


def test_the_digest_sees_one_bit(serial: Store) -> None:
    before = serial.digest()
    z = serial.samples["cage", 1][0].z
    old = z[0, 3]
    try:
        z[0, 3] += 2.0**-50
        assert serial.digest() != before
    finally:
        z[0, 3] = old
    assert serial.digest() == before


PROCESSES = [pytest.param(f"processes:{n}", marks=pytest.mark.validate) for n in (1, 2, 4)]


@pytest.mark.parametrize("text", ["threads:1", "threads:2", "threads:4", *PROCESSES])
def test_executors_give_the_same_bits(right: str, text: str) -> None:
    assert carry_out(make_executor(text), Store()).digest() == right


def test_moved_from_executor_to_executor(right: str) -> None:
    """Stopped three times between or within rounds, and continued elsewhere each time."""
    store = Store()
    for text in ("threads:2", "processes:1", "serial"):
        with pytest.raises(InterruptedRunError):
            carry_out(make_executor(text), store, stop_after=0.2)
    assert carry_out(make_executor("threads:4"), store).digest() == right


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(3, 1), *(pytest.param(16, seed, marks=pytest.mark.validate) for seed in range(2, 6))],
)
def test_killed_workers_cost_their_blocks_only(
    right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int, seed: int
) -> None:
    order_kills(tmp_path, kills, seed)
    assert len(list(tmp_path.iterdir())) == kills
    monkeypatch.setattr(campaign, "run_block", mortal_in(tmp_path))
    assert carry_out(make_executor("processes:2"), Store()).digest() == right
    assert not list(tmp_path.iterdir())


@pytest.mark.validate
def test_a_block_that_always_kills_is_named_and_the_rest_is_kept(
    monkeypatch: pytest.MonkeyPatch, right: str
) -> None:
    monkeypatch.setattr(campaign, "run_block", doomed)
    store = Store()
    with pytest.raises(LostWorkerError, match=r"cage replica 1, segment 2 of 3: .* lost 4 times"):
        carry_out(make_executor("processes:2"), store)
    assert store.saved["cage", 1].segment == 1
    monkeypatch.undo()
    assert carry_out(make_executor("serial"), store).digest() == right


def raise_in_worker(task: object, program: str) -> None:
    raise WatchdogError("cage replica 0: not a number")


def test_an_error_comes_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "run_block", raise_in_worker)
    with pytest.raises(WatchdogError, match=r"^cage replica 0: not a number$"):
        carry_out(make_executor("processes:1"), Store())
    with (
        make_executor("processes:1") as executor,
        pytest.raises(InputError, match="2: is right; do so") as caught,
    ):
        executor.submit(raise_input_error).result()
    assert caught.value.remedy == "do so"


def raise_input_error() -> None:
    raise InputError("here", 2, "is right", "do so")


def test_processes_end_at_once_when_they_are_dropped() -> None:
    executor = make_executor("processes:2")
    assert isinstance(executor, ProcessExecutor)
    pids = [executor.submit(os.getpid).result() for _ in range(2)]
    futures = [executor.submit(time.sleep, 600) for _ in range(5)]
    began = time.monotonic()
    executor.shutdown(cancel_futures=True)
    assert time.monotonic() - began < 20
    assert all(future.done() for future in futures)
    assert not any(alive(pid) for pid in pids)


DRIVER = """\
import os, time
from selectivity.sampling.campaign import run_tasks
from selectivity.sampling.executors import make_executor
executor = make_executor("processes:1")
print(executor.submit(os.getpid).result(), flush=True)
executor.submit(time.sleep, 600).result()
"""


def test_processes_end_with_a_killed_driver() -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER], stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None
    pid = int(driver.stdout.readline())
    assert alive(pid)
    driver.kill()
    driver.wait()
    until(lambda: not alive(pid))
    driver.stdout.close()


def alive(pid: int) -> bool:
    """Whether a process is there and no mere entry in its parent's table."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dask scheduler that two workers serve."""
    with dask(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


@contextmanager
def dask(base: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A dask scheduler on loopback with two worker processes of one thread each."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    address_file = base / "scheduler.json"
    env = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{REPOSITORY}", "DASK_LOGGING": "{}"}
    logs = (base / "log").open("w")
    options = {"cwd": base, "env": env, "stdout": logs, "stderr": logs}
    central = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    central += ["--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard"]
    worker += ["--scheduler-file", str(address_file), "--nworkers", "1", "--nthreads", "1"]
    started = [subprocess.Popen(command, **options) for command in (central, worker, worker)]
    try:
        until(lambda: address_file.exists() and address_file.stat().st_size > 0)
        yield json.loads(address_file.read_text())["address"], started[0]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:  # a worker in the middle of its restart
                process.kill()
                process.wait()
        logs.close()


def connected(scheduler: str) -> RemoteExecutor:
    """An executor over two workers."""
    executor = make_executor(f"dask:{scheduler}")
    assert isinstance(executor, RemoteExecutor)
    until(lambda: slots(executor) == 2)
    return executor


@pytest.mark.parametrize("kills", [1, pytest.param(6, marks=pytest.mark.validate)])
def test_dask_gives_the_same_bits_while_its_workers_are_killed(
    right: str, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    order_kills(tmp_path, kills, 5)
    monkeypatch.setattr(campaign, "run_block", mortal_in(tmp_path))
    assert carry_out(connected(scheduler), Store()).digest() == right
    assert not list(tmp_path.iterdir())


@pytest.mark.validate
def test_dask_names_a_block_that_always_kills(
    scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "run_block", doomed)
    with pytest.raises(LostWorkerError, match=r"cage replica 1, segment 2 of 3: .* lost 4 times"):
        carry_out(connected(scheduler), Store())


@pytest.mark.validate
def test_a_lost_scheduler_ends_the_run_and_loses_nothing_stored(tmp_path: Path, right: str) -> None:
    with dask(tmp_path) as (address, process):
        executor, store = connected(address), Store()

        def sink(saved, samples) -> None:
            store(saved, samples)
            process.kill()

        with pytest.raises(LostWorkerError, match="the same command continues"):
            run_tasks(store.tasks(), sink, executor, lambda share: None, threading.Event())
    assert store.saved
    assert carry_out(make_executor("serial"), store).digest() == right


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    with pytest.raises(InputError, match=r"dask:nonsense.*no answer.*dask scheduler"):
        make_executor("dask:nonsense://127.0.0.1")


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for kind, extra in (("dask", "cluster"), ("mpi", "mpi")):
        with pytest.raises(InputError, match=rf'pip install "selectivity\[{extra}\]"'):
            make_executor(kind)


def mpi(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The campaign on two ranks beside that of the driver."""
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    beside = Path(sys.executable).with_name("mpiexec")
    launcher = str(beside) if beside.exists() else shutil.which("mpiexec")
    if launcher is None:
        pytest.skip("no mpiexec here")
    command = [launcher, "-n", "3", sys.executable, "-m", "mpi4py.futures"]
    command += [str(HERE / "worker_cases.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.validate
def test_mpi_gives_the_same_bits(right: str) -> None:
    done = mpi()
    assert done.stdout.split() == [right], done.stderr


@pytest.mark.validate
def test_a_dead_rank_ends_an_mpi_run_and_does_not_hang(tmp_path: Path) -> None:
    """MPI's own rule; blocks that were stored are the start of the next run."""
    (tmp_path / "cage-1-2-0").write_text("2")
    done = mpi(tmp_path)
    assert done.returncode != 0
    assert not done.stdout.startswith(tuple("0123456789abcdef"))
    assert not list(tmp_path.iterdir())
