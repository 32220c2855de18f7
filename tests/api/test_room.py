"""Disk and memory: estimated before the start, and a disk without room starts nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from selectivity import api
from selectivity.api import room as rooms
from selectivity.api.room import Room, check_disk, free_memory, room_for
from selectivity.api.running import Options, Watcher
from selectivity.config.check import cost
from selectivity.config.load import load
from selectivity.errors import InputError
from selectivity.sampling.campaign import Task
from selectivity.units import size
from tests.tiny import SHORT, TINY

SERIAL = Options(executor="serial")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def full(monkeypatch: pytest.MonkeyPatch, free: float) -> None:
    """A disk with ``free`` bytes left."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e12, 1e12 - free, free))


def test_a_full_disk_starts_nothing_and_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny: Path
) -> None:
    full(monkeypatch, 15e6)
    out = tmp_path / "a.run"
    with pytest.raises(InputError, match=r"15 MB free.*room for the run, about 2\d MB.*--out"):
        api.run(tiny, out, SHORT, SERIAL)
    assert not list(out.glob("segments/*"))
    monkeypatch.undo()
    told: list[str] = []
    api.run(tiny, out, SHORT, SERIAL, Watcher(notice=told.append))
    assert any("more on the disk" in text and "of memory" in text for text in told)
    full(monkeypatch, 0.0)  # a finished run needs no more
    api.run(tiny, out, SHORT, SERIAL)


def test_what_is_stored_already_is_not_asked_for_again(tiny: Path) -> None:
    run_file = load(tiny, ())
    spec = run_file.systems[0]
    plan = run_file.plans[spec.name]
    whole = cost(spec, plan).disk_bytes
    fresh = [Task(spec, plan, r, None, 1.0) for r in range(plan.replicas)]
    need = room_for(fresh, tiny.parent, 1, 1)
    assert need.disk == pytest.approx(rooms.DISK_MARGIN * whole + rooms.RESULTS_BYTES)
    half = room_for(fresh[:2], tiny.parent, 1, 1)
    assert half.disk == pytest.approx(rooms.DISK_MARGIN * whole / 2 + rooms.RESULTS_BYTES)
    more = room_for(fresh, tiny.parent, 3, 3)
    assert more.memory == pytest.approx(3 * need.memory)


@pytest.mark.validate
@pytest.mark.usefixtures("kernels")  # compiling them takes more
def test_memory_of_a_block_is_within_its_estimate(tmp_path: Path, tiny: Path) -> None:
    """A process of its own runs the tiny file; its peak is below the estimate and above a half."""
    code = (
        "import resource, sys\n"
        "from selectivity import api\n"
        "from selectivity.api.running import Options, Watcher\n"
        "api.run(sys.argv[1], sys.argv[2], (), Options(executor='serial'), Watcher(notice=print))\n"
        "print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    command = [sys.executable, "-c", code, str(tiny), str(tmp_path / "m.run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    peak = float(done.stdout.split()[-1])
    run_file = load(tiny, ())
    tasks = [Task(spec, run_file.plans[spec.name], 0, None, 1.0) for spec in run_file.systems]
    estimate = room_for(tasks, tmp_path, 1, 2).memory
    assert 0.5 * estimate < peak < 1.1 * estimate, (peak, estimate)


def test_free_memory_is_that_of_the_machine_or_less() -> None:
    free = free_memory()
    if free is None:
        pytest.skip("this system does not say")
    assert 0 < free <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_sentences() -> None:
    assert size(12.4e6) == "12 MB"
    assert size(3.26e9) == "3.3 GB"
    room = Room(5e7, 1e9, 3e8, None)
    check_disk(room, Path("."))
    assert str(room) == "needs about 50 MB more on the disk (1.0 GB free) and 300 MB of memory"
    assert str(Room(5e7, 1e9, 3e8, 2e9)).endswith("300 MB of memory (2.0 GB free)")
