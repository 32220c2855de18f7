"""Ctrl-C, SIGTERM, SIGUSR1 and --max-hours, as a user or a batch system sends them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from tests.end_to_end.conftest import Run, command
from tests.same_samples import same

BLOCKS = ("--set", "sampling.production=900000", "--set", "sampling.segments=1500")
"""Blocks of 600 sweeps: some tenths of a second."""
LONG = ("--set", "sampling.production=9000000", "--set", "sampling.segments=1")
"""One segment, of minutes."""


def started(folder: Path, tiny: Path, *more: str) -> subprocess.Popen[str]:
    """The program in a process group of its own, when its first segment is stored."""
    process = subprocess.Popen(
        command("run", tiny.name, "--out", folder.name, *more),
        cwd=tiny.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 120
    while not segments(folder) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.poll() is None, process.communicate()[1]
    return process


def segments(folder: Path) -> int:
    return len(list(folder.glob("segments/*/*/segment-*.h5")))


def temporary(folder: Path) -> list[Path]:
    return list(folder.rglob(".*.tmp"))


@pytest.mark.parametrize(
    ("executor", "number", "group"),
    [
        ("threads:2", signal.SIGTERM, False),
        ("processes:2", signal.SIGINT, True),
        pytest.param("serial", signal.SIGUSR1, False, marks=pytest.mark.validate),
        pytest.param("processes:2", signal.SIGTERM, True, marks=pytest.mark.validate),
        pytest.param("processes:1", signal.SIGUSR1, True, marks=pytest.mark.validate),
        pytest.param("threads:1", signal.SIGINT, True, marks=pytest.mark.validate),
    ],
)
def test_a_stop_ends_after_the_blocks_in_hand_with_exit_4(
    program: Run, tiny: Path, executor: str, number: int, group: bool
) -> None:
    """Also where the signal goes to all processes of the job, workers among them."""
    folder = tiny.parent / "stopped.run"
    process = started(folder, tiny, "--executor", executor, *BLOCKS)
    stored = segments(folder)
    (os.killpg if group else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 4, errors
    assert "Traceback" not in errors
    assert "stopping after the blocks in hand" in errors
    assert f"stopped; the same command continues in {folder}:" in errors
    again = errors.strip().splitlines()[-1].strip()
    assert shlex.split(again)[:3] == ["selectivity", "run", "tiny.yaml"]
    assert segments(folder) > stored
    assert not temporary(folder)
    program("verify", folder, code=0)
    told = " ".join(program("status", folder, code=0).stdout.split())
    assert "nobody works at it; the same run command continues it" in told


@pytest.mark.validate
@pytest.mark.parametrize("executor", ["threads:2", "processes:2"])
def test_a_second_signal_leaves_at_once(tiny: Path, executor: str) -> None:
    folder = tiny.parent / "left.run"
    process = started(folder, tiny, "--executor", executor, *LONG)
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    heard = ""
    while "stopping after" not in heard:
        heard += process.stderr.readline()
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert process.returncode == 4, errors
    assert "leaving at once" in errors
    assert "Traceback" not in errors
    assert not list(folder.glob("segments/*/*/segment-0001.h5"))


def test_hours_and_grace_end_a_run(program: Run, tiny: Path) -> None:
    done = program(
        *("run", tiny, "--out", "a.run", "--max-hours", "0.0003", "--grace", "0.2", *LONG), code=4
    )
    assert re.search(r"the same command continues in .*a\.run:\n  selectivity run", done.stderr)
    assert not list((tiny.parent / "a.run").rglob("segment-0001.h5"))
    program("run", tiny, "--out", "b.run", "--grace", "-1", code=2)


@pytest.mark.validate
def test_stops_lose_nothing(program: Run, tiny: Path) -> None:
    """Stopped eight times by turns in threads and processes: the bits of the run in one go."""
    program("run", tiny, "--out", "whole.run")
    folder = tiny.parent / "stopped.run"
    whole = open_folder(tiny.parent / "whole.run")
    for n in range(8):
        executor = ("threads:2", "processes:2", "serial")[n % 3]
        code = program_stopped(tiny, folder, executor)
        if code in (0, 3):
            break
        assert code == 4
    program("run", tiny, "--out", folder)
    for system in ("cage", "bulk"):
        for replica in range(4):
            same(
                read_replica(open_folder(folder), system, replica),
                read_replica(whole, system, replica),
            )


def program_stopped(tiny: Path, folder: Path, executor: str) -> int:
    """Exit code of a run that is asked to stop after its next segment."""
    before = segments(folder)
    process = subprocess.Popen(
        command("run", tiny, "--out", folder, "--executor", executor),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while segments(folder) == before and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=120)
