"""What runs/README.md says of a run file is what ``check`` says of it."""

from __future__ import annotations

import re

import pytest

from selectivity import api, resources

FOLDER = resources.folder("runs")
ROWS = dict(
    re.findall(r"^\| `(\w+)` \|.*\| ([\d.]+) \|$", (FOLDER / "README.md").read_text("utf-8"), re.M)
)


@pytest.mark.parametrize("name", ["quickstart", "own_structure", "kcsa", "noskov_cage", "droplet"])
def test_moves_are_those_of_check(name: str) -> None:
    assert api.check(FOLDER / f"{name}.yaml").moves / 1e9 == pytest.approx(
        float(ROWS[name]), rel=0.1
    )
