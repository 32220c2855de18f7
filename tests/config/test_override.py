"""``--set key=value``: as if the file said so, with problems reported at the override."""

from collections.abc import Callable

import pytest

from selectivity.config.run_file import RunFile
from selectivity.errors import RunFileError
from selectivity.system.spec import CageSpec, FilterSpec

Read = Callable[..., RunFile]


def test_values_are_read_as_yaml(resolved: Read) -> None:
    run = resolved(
        overrides=(
            "sampling.replicas=4",
            "systems.kcsa.composition=[W X W]",
            "temperature=37 degC",
            "ions=[Na, K]",
            "systems.kcsa.windows.spacing=0.2 angstrom",
            "systems.bulk.sampling.production=800",
            "membrane.preset=squid",
        )
    )
    spec = run.system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert run.plans["kcsa"].replicas == 4
    assert spec.composition.order == ("W", "X", "W")
    assert spec.windows.spacing == 0.2
    assert run.temperature_K == 310.15
    assert run.ions == ("Na", "K")
    assert run.plans["bulk"].production == 800
    assert run.plans["kcsa"].production == 400
    assert run.membrane is not None
    assert run.overrides[0] == "sampling.replicas=4"


def test_a_quoted_composition(resolved: Read) -> None:
    run = resolved(overrides=('systems.kcsa.composition="[X]"',))
    assert run.systems == resolved().systems


def test_a_reservoir(resolved: Read) -> None:
    open_file = ("systems.kcsa.composition=[gc X gc]", "systems.kcsa.caps=[2, 2]")
    run = resolved(overrides=(*open_file, "systems.kcsa.reservoir=bulk and caps"))
    spec = run.system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert (str(spec.composition), spec.reservoir) == ("[gc X gc]", "bulk and caps")


def test_the_last_override_wins(resolved: Read) -> None:
    run = resolved(overrides=("sampling.seed=1", "sampling.seed=2"))
    assert run.plans["kcsa"].seed == 2


def test_a_list_makes_an_axis(resolved: Read) -> None:
    run = resolved(overrides=("systems.kcsa.tether=[rigid, from B-factors]",))
    assert [s.name for s in run.systems] == ["kcsa-rigid", "kcsa-from-B-factors", "bulk"]


def test_names_with_dots(resolved: Read) -> None:
    cage = "  cage.3.5: {kind: cage}\n  bulk: {"
    run = resolved(("  bulk: {", cage), overrides=("systems.cage.3.5.radius=4 angstrom",))
    spec = run.system("cage.3.5")
    assert isinstance(spec, CageSpec)
    assert spec.radius == 4.0


@pytest.mark.parametrize(
    ("text", "column", "pieces"),
    [
        ("sampling.replicas", 1, ["is not key=value", "--set sampling.replicas=4"]),
        ("=4", 1, ["is not key=value"]),
        ("sampling.replicas=", 1, ["is not key=value"]),
        ("sampling.replicas=# 4", 19, ["has no value"]),
        ("sampling.replcas=4", 1, ["unknown key", 'did you mean "replicas"?']),
        ("sampling.replicas=3", 19, ["sampling.replicas: 3: must be even"]),
        ("systems.kcsa.windows.lower=-4.2", 28, ["a length needs a unit"]),
        ("systems.kcsa.caps=[6, six]", 23, ["'six': must be a whole number"]),
        ("systems.kcas.tether=rigid", 1, ["no system 'kcas'", 'did you mean "kcsa"?']),
        ("title.x=1", 1, ["title: holds no keys"]),
        ("ions=[K, Na", 6, ["ions: while parsing a flow sequence"]),
        ("systems.kcsa.reservoir=caps", 1, ["[X] keeps its number of waters"]),
        ("systems.kcsa.reservoir=cap", 24, ["'cap': is not a reservoir", 'did you mean "caps"?']),
        ("ions=[K, Ca]", 10, ["'Ca': is not an ion"]),
    ],
)
def test_problems_point_into_the_override(
    resolved: Read, text: str, column: int, pieces: list[str]
) -> None:
    with pytest.raises(RunFileError) as caught:
        resolved(overrides=(text,))
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.column) == (f"--set {text}", 1, column)
    for piece in pieces:
        assert piece in str(problem)


def test_problems_of_file_and_override_come_together(resolved: Read) -> None:
    with pytest.raises(RunFileError) as caught:
        resolved(("temperature: 310.15 K", "temperature: 310.15"), overrides=("ions=[K]",))
    assert [p.file for p in caught.value.problems] == ["run.yaml", "--set ions=[K]"]
