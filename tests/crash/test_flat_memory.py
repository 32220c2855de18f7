"""A run that goes on takes no more memory, and the room on the disk that ``check`` foretold."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from kills import PROGRAM, segments

from selectivity.config.check import cost
from selectivity.config.load import load

SECONDS, WARM = 75.0, 25.0
CHANGES = ("sampling.replicas=2", "sampling.production=20000000", "sampling.segments=10000")


def resident(pid: int) -> float:
    """Memory that a process holds, MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (text,) = (line for line in lines if line.startswith("VmRSS"))
    return float(text.split()[1]) / 1024.0


@pytest.mark.validate
@pytest.mark.usefixtures("kernels")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_a_minute_on_one_worker(tiny: Path, tmp_path: Path) -> None:
    """Flat within 5 % after the warm-up; the folder within 10 % of what its segments should take.

    Kernels are called thousands of times a second: at 60 bytes a call, as without numba's
    reference counts, memory would grow by more.
    """
    folder = tmp_path / "long.run"
    changes = [text for change in CHANGES for text in ("--set", change)]
    arguments = ["run", str(tiny), "--out", str(folder), "--workers", "1", *changes]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stderr=subprocess.PIPE, text=True
    )
    held = []
    while len(segments(folder)) < 4 and process.poll() is None:
        time.sleep(0.1)
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < SECONDS:
        held.append((elapsed, resident(process.pid)))
        time.sleep(0.5)
    process.terminate()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 4, errors
    warm = [mb for elapsed, mb in held if elapsed > WARM]
    print(f"{held[0][1]:.1f} MB, {warm[0]:.1f} MB warm, {max(warm):.1f} MB at most")
    assert max(warm) / warm[0] < 1.05
    expected, found = predicted(tiny, folder), size(folder)
    print(
        f"{found / 1e6:.2f} MB in {len(segments(folder))} segments, {expected / 1e6:.2f} foretold"
    )
    assert found / expected == pytest.approx(1.0, abs=0.1)


def size(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def predicted(file: Path, folder: Path) -> float:
    """What ``check`` says of a run of the segments that are stored."""
    run = load(file, CHANGES)
    total = 0.0
    for spec in run.systems:
        plan = run.plans[spec.name]
        length = plan.production // plan.segments
        for replica in folder.glob(f"segments/{spec.name}/*"):
            n = len(list(replica.glob("segment-*.h5"))) - 1
            part = replace(plan, replicas=1, production=max(1, n) * length, segments=max(1, n))
            whole = cost(spec, part).disk_bytes
            total += whole if n else whole / 2
    return total
