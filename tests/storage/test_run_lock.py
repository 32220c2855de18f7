"""One writer at a time, whatever becomes of it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from selectivity.errors import InputError
from selectivity.storage import lock as lock_module
from selectivity.storage.folder import RunFolder
from selectivity.storage.lock import STALE, Holder, holders, lock

HOLD = """
import sys, os, time
from pathlib import Path
from selectivity.storage.folder import RunFolder
from selectivity.storage.lock import lock

with lock(RunFolder(Path(sys.argv[1])), sys.argv[2]):
    child, (ready, tell) = -1, os.pipe()
    if sys.argv[3] == "fork":
        child = os.fork()
        if child == 0:
            os.write(tell, b".")
            time.sleep(60)
            os._exit(0)
        os.read(ready, 1)  # the child is past its own beginning
    print("held", child, flush=True)
    sys.stdin.readline()
"""


class Other:
    """Another process that holds a lock until told to leave."""

    def __init__(self, folder: RunFolder, name: str = "run", how: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder.path), name, how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        held, child = self.process.stdout.readline().split()
        assert held == "held"
        self.child = int(child)

    def leave(self) -> None:
        """Leave the block as a finished run does."""
        self.process.communicate("\n", timeout=20)

    def kill(self) -> None:
        """End without any word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)


@pytest.fixture
def other(run_folder: RunFolder) -> Iterator[Any]:
    """Starts other processes and ends those that are left."""
    started: list[Other] = []

    def start(name: str = "run", how: str = "") -> Other:
        started.append(Other(run_folder, name, how))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()


def test_second_process_is_refused_with_who_and_what_to_do(run_folder: RunFolder, other) -> None:
    pid = other().process.pid
    with pytest.raises(InputError) as caught, lock(run_folder):
        raise AssertionError("two writers")
    assert caught.value.exit_code == 2
    assert caught.value.place == str(run_folder.path / "lock" / "run")
    host = os.uname().nodename
    assert f"pid {pid} on {host} since 20" in str(caught.value)
    assert f"`kill -INT {pid}` on {host}" in caught.value.remedy
    assert holders(run_folder)[0].pid == pid


def test_lock_is_free_after_leaving_and_after_sigkill(run_folder: RunFolder, other) -> None:
    other().leave()
    assert holders(run_folder) == []
    with lock(run_folder):
        assert [h.pid for h in holders(run_folder)] == [os.getpid()]
    killed = other()
    killed.kill()
    assert json.loads((run_folder.path / "lock" / "run").read_text())["pid"] == killed.process.pid
    assert holders(run_folder) == []  # its text is there, its process is not
    with lock(run_folder):
        assert [h.pid for h in holders(run_folder)] == [os.getpid()]
    assert holders(run_folder) == []


def test_lock_is_free_after_an_error_in_the_block(run_folder: RunFolder) -> None:
    with pytest.raises(KeyError), lock(run_folder, "replica-01"):
        raise KeyError
    with lock(run_folder):
        pass


def test_parts_go_side_by_side_and_exclude_the_whole(run_folder: RunFolder, other) -> None:
    first, second = other("replica-00"), other("replica-01")
    with lock(run_folder, "replica-02"), lock(run_folder, "replica-03"):
        assert sorted(h.name for h in holders(run_folder)) == [f"replica-0{r}" for r in range(4)]
    with pytest.raises(InputError) as caught, lock(run_folder, "replica-01"):
        pass
    assert f"pid {second.process.pid} " in str(caught.value)
    assert f"pid {first.process.pid} " not in str(caught.value)
    with pytest.raises(InputError) as caught, lock(run_folder):
        pass
    assert f"pid {first.process.pid} " in str(caught.value)
    assert f"pid {second.process.pid} " in str(caught.value)
    first.leave()
    with pytest.raises(InputError), lock(run_folder):
        pass
    second.kill()
    with lock(run_folder):
        pass


def test_the_whole_excludes_parts(run_folder: RunFolder, other) -> None:
    whole = other()
    holder = rf"pid {whole.process.pid} .*\(run\)"
    with pytest.raises(InputError, match=holder), lock(run_folder, "replica-00"):
        pass
    whole.leave()
    with lock(run_folder, "replica-00"):
        pass


def test_one_process_does_not_lock_twice(run_folder: RunFolder) -> None:
    me = f"pid {os.getpid()} "
    with lock(run_folder), pytest.raises(InputError, match=me), lock(run_folder):
        pass
    with lock(run_folder):
        pass


def test_a_refused_part_lets_go_of_the_whole(run_folder: RunFolder, other) -> None:
    part = other("replica-00")
    with pytest.raises(InputError), lock(run_folder, "replica-00"):
        pass
    part.leave()
    with lock(run_folder):
        pass


def test_a_worker_that_outlives_its_killed_parent_holds_nothing(
    run_folder: RunFolder, other
) -> None:
    parent = other("run", "fork")
    try:
        with pytest.raises(InputError), lock(run_folder):
            pass
        parent.kill()
        os.kill(parent.child, 0)
        with lock(run_folder):
            pass
    finally:
        os.kill(parent.child, signal.SIGKILL)


def test_of_many_starters_one_gets_in(run_folder: RunFolder) -> None:
    command = [sys.executable, "-c", HOLD, str(run_folder.path), "run", ""]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(6)]
    # Those that are refused end by themselves; the one that holds waits for its line.
    waiting, deadline = list(processes), time.monotonic() + 20.0
    while len(waiting) > 1 and time.monotonic() < deadline:
        waiting = [p for p in waiting if p.poll() is None]
    if len(waiting) != 1:
        for process in waiting:
            process.kill()
    assert len(waiting) == 1
    out, _ = waiting[0].communicate("\n", timeout=20)
    assert out == "held -1\n"
    refused = [p.communicate()[1] for p in processes if p is not waiting[0]]
    assert all("InputError" in text for text in refused)


FAR = {"name": "replica-07", "pid": 1, "host": "far-away", "started": "2026-01-01T00:00:00"}


def write_far(run_folder: RunFolder, silent: float, **changes: Any) -> Path:
    """The lock file of a process on another host that was last heard of ``silent`` seconds ago."""
    record = FAR | changes
    path = run_folder.path / "lock" / record["name"]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record))
    then = time.time() - silent
    os.utime(path, (then, then))
    return path


def test_a_live_holder_on_another_host_is_believed_though_the_kernel_would_let_one_in(
    run_folder: RunFolder,
) -> None:
    write_far(run_folder, silent=STALE - 60.0)
    assert holders(run_folder) == [Holder(**FAR)]
    for name in ("replica-07", "run"):  # the whole folder holds that part too
        with pytest.raises(InputError) as caught, lock(run_folder, name):
            raise AssertionError("two writers")
        assert "pid 1 on far-away" in str(caught.value)
        assert "last sign of life 240 s ago" in str(caught.value)
        assert "its lock counts no more in 60 s" in caught.value.remedy
    with lock(run_folder, "replica-06"):  # another part is free
        pass
    write_far(run_folder, silent=0.0, name="run")
    with pytest.raises(InputError, match=r"\(run\), last sign"), lock(run_folder, "replica-06"):
        pass


@pytest.mark.parametrize("silent", [STALE + 1.0, 1e6])
def test_a_silent_holder_on_another_host_is_taken_over(
    run_folder: RunFolder, silent: float
) -> None:
    path = write_far(run_folder, silent)
    assert holders(run_folder) == []
    with lock(run_folder), lock_refused(run_folder):
        pass
    with lock(run_folder, "replica-07"):
        assert json.loads(path.read_text())["pid"] == os.getpid()
        assert holders(run_folder)[0].silent < 10.0


@contextmanager
def lock_refused(run_folder: RunFolder) -> Iterator[None]:
    """Nobody else gets in."""
    with pytest.raises(InputError), lock(run_folder, "replica-07"):
        pass
    yield


def test_a_dead_holder_here_is_passed_over_however_young_its_text(run_folder: RunFolder) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_far(run_folder, 0.0, host=os.uname().nodename, pid=gone.pid, name="run")
    assert holders(run_folder) == []
    with lock(run_folder):
        pass


def test_a_reused_pid_here_does_not_lock(run_folder: RunFolder) -> None:
    write_far(run_folder, 0.0, host=os.uname().nodename, pid=os.getpid(), name="run")
    with lock(run_folder):  # that process lives, but the kernel knows that it holds nothing
        pass


def test_rubbish_locks_nobody_out(run_folder: RunFolder) -> None:
    directory = run_folder.path / "lock"
    directory.mkdir()
    here = os.uname().nodename
    odd = {**FAR, "pid": "x", "host": here}
    for i, text in enumerate(("", "{", "[1]", "{}", json.dumps(odd))):
        (directory / f"replica-{i:02d}").write_text(text)
    assert holders(run_folder) == []
    with lock(run_folder):
        pass


def test_the_heart_beats_while_the_lock_is_held(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "BEAT", 0.02)
    with lock(run_folder) as path:
        os.utime(path, (0.0, 0.0))
        deadline = time.monotonic() + 20.0
        while path.stat().st_mtime < 1.0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert time.time() - path.stat().st_mtime < 20.0
    os.utime(path, (0.0, 0.0))
    time.sleep(0.1)
    assert path.stat().st_mtime == 0.0  # and stops when it is let go


def test_a_file_system_without_locks_is_named(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(InputError, match="file system has no file locks"), lock(run_folder):
        pass


@pytest.mark.parametrize("name", ["", "../run", ".hidden", "a b"])
def test_names_of_locks_are_plain(run_folder: RunFolder, name: str) -> None:
    with pytest.raises(ValueError, match="name of a lock"), lock(run_folder, name):
        pass


def test_a_folder_that_is_a_file_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be writable"), lock(RunFolder(tmp_path / "file")):
        pass
