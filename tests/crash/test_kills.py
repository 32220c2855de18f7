"""SIGKILL at random moments over run, checkpoint and finish, of the program as users start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import kills as harness
import pytest
from kills import kill_often

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.usefixtures("kernels")
@pytest.mark.validate  # the quick twin: three kills of one run, tests/end_to_end/test_run.py
@pytest.mark.parametrize(("kills", "seed"), [(2, 1), (40, 2)])
def test_kills_lose_no_stored_block_and_change_no_bit(
    tiny: Path, tmp_path: Path, kills: int, seed: int
) -> None:
    """After every kill the folder is sound; a run continued by any executor ends the same."""
    tally = kill_often(tiny, tmp_path, kills, seed)
    print(tally)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert sum(tally.kills.values()) >= kills
    assert set(tally.lost_blocks) <= {0, 1}


@pytest.mark.validate
@pytest.mark.usefixtures("kernels")
def test_two_hundred_kills(tiny: Path, tmp_path: Path) -> None:
    """The same of processes that need not load the program each time."""
    done = subprocess.run(
        [sys.executable, harness.__file__, str(tiny), str(tmp_path), "200", "3"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    tally = json.loads(done.stdout.splitlines()[-1])
    assert not tally["wrong"], "\n".join(tally["wrong"])
    assert sum(tally["kills"].values()) >= 200
    assert set(tally["lost_blocks"]) <= {"0", "1"}
