"""SIGKILL at random moments over run, checkpoint and finish, of the program as users start it."""

from __future__ import annotations

from pathlib import Path

import pytest
from kills import kill_often


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(
    ("kills", "seed"), [(4, 1), pytest.param(200, 2, marks=pytest.mark.validate)]
)
def test_kills_lose_no_stored_block_and_change_no_bit(
    tiny: Path, tmp_path: Path, kills: int, seed: int
) -> None:
    """After every kill the folder is sound; a run continued by any executor ends the same."""
    tally = kill_often(tiny, tmp_path, kills, seed)
    print(tally)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert sum(tally.kills.values()) >= kills
    assert set(tally.lost_blocks) <= {0, 1}
