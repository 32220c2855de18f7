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
from pathlib import Path
from typing import Any

import pytest

from selectivity.errors import InputError
from selectivity.storage.folder import RunFolder
from selectivity.storage.lock import Holder, holders, lock

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


def test_text_of_another_machine_is_believed_and_rubbish_is_not(run_folder: RunFolder) -> None:
    directory = run_folder.path / "lock"
    directory.mkdir()
    far = {"name": "replica-07", "pid": 1, "host": "far-away", "started": "2026-01-01T00:00:00"}
    (directory / "replica-07").write_text(json.dumps(far))
    here = os.uname().nodename
    for i, text in enumerate(("", "{", "[1]", json.dumps({**far, "pid": "x", "host": here}))):
        (directory / f"replica-{i:02d}").write_text(text)
    assert holders(run_folder) == [Holder(**far)]
    with lock(run_folder, "replica-07"):  # the text does not lock, the kernel does
        pass


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
