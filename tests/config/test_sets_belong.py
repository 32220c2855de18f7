"""Water and ions come together, as a parameter set; none pairs ions with another's water."""

from collections.abc import Callable

import pytest

from selectivity.config import known
from selectivity.config.run_file import RunFile
from selectivity.errors import RunFileError
from selectivity.forcefield import library

FITTED = {
    "charmm36": "tips3p",
    "charmm36-ecc": "tips3p",
    "jc-spce": "spce",
    "jc-tip3p": "tip3p",
    "jc-tip4pew": "tip4pew",
}
"""Parameter set -> the water that its ions were fitted in (sources in the parameter files)."""


def test_every_set_has_the_water_of_its_ions() -> None:
    assert {name: library.load(name).water.name for name in known.forcefields()} == FITTED


@pytest.mark.parametrize("key", ["water: spce", "ion_set: jc-tip3p", "water_model: tip4pew"])
def test_water_and_ions_cannot_be_chosen_apart(resolved: Callable[..., RunFile], key: str) -> None:
    with pytest.raises(RunFileError, match="fitted to each other, choose one: forcefield: ") as e:
        resolved(("title: small", f"title: small\n{key}"))
    assert len(e.value.problems) == 1
