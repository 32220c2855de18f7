"""Whatever text stands in a run file, the answer is a run file or problems with places."""

import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selectivity.config.check import describe
from selectivity.config.load import load_text
from selectivity.errors import RunFileError

BASE = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
LINES = BASE.splitlines()
VALUES = st.sampled_from(
    [
        "", "~", "true", "-1", "0", "3", "1e3", "1e300", ".inf", ".nan", "0x10", "2001-01-01",
        "[]", "{}", "[X]", "[[X], [W X]]", "[gc X gc]", "[1, 2]", "[K, Na]", "{a: 1}",
        "rigid", "free", "bulk", "caps",
        "kcsa", "mthk", "charmm36", "[charmm36, jc-spce]", "300 K", "0.3 angstrom", "1e3 nm",
        "-1e300 angstrom", "1e-300 angstrom", "5 kcal/mol", "1e6 kJ/mol/nm^2", '"[K W X]"', "!x y",
        "&a [*a]", "*a", "'", '"', "|", "> x", "? x", "@", "%", "\t", "\u2028", "\x85", "9" * 40,
        "\ud800", "filter", "cage", "droplet", "[S3, S1]", "<<", "=", "- x",
    ]
)  # fmt: skip


def answer(text: str, overrides: tuple[str, ...] = ()) -> None:
    """Read ``text``: any error but a run file's own fails the test."""
    problems = []
    try:
        moves = describe(load_text(text, overrides=overrides)).moves
    except RunFileError as error:
        moves, problems = 0, error.problems
    assert moves > 0 or problems
    for problem in problems:
        assert min(problem.line, problem.column) >= 1
        assert problem.key
        assert problem.message
        assert problem.file == "run.yaml" or problem.file.startswith("--set ")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    answer(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.text(min_size=1, max_size=3), st.integers(1, 4))
def test_characters_changed(seed: int, piece: str, number: int) -> None:
    rng, text = random.Random(seed), BASE
    for _ in range(number):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["", piece, "\n", " "]) + text[at + rng.randrange(4) :]
    answer(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), VALUES), min_size=1, max_size=3))
def test_values_changed(changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for at, value in changes:
        key, colon, _ = lines[at].partition(":")
        lines[at] = f"{key}{colon} {value}"
    answer("\n".join(lines))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(len(LINES))), st.integers(0, len(LINES)))
def test_lines_shuffled_or_dropped(order: list[int], kept: int) -> None:
    answer("\n".join(LINES[i] for i in order[:kept]))


KEYS = st.sampled_from(
    [
        "title", "temperature", "forcefield", "ions", "pair", "headline", "membrane.preset",
        "membrane.permeability.Cl", "membrane.concentrations.K.inside", "sampling",
        "sampling.replicas", "sampling.stride", "sampling.seed", "sampling.states_per_gap",
        "systems", "systems.kcsa", "systems.kcsa.kind", "systems.kcsa.composition",
        "systems.kcsa.tether", "systems.kcsa.reservoir",
        "systems.kcsa.windows.lower", "systems.kcsa.windows.spacing",
        "systems.kcsa.windows.force_constant", "systems.kcsa.orientation", "systems.kcsa.caps",
        "systems.kcsa.reference", "systems.kcsa.forcefield", "systems.kcsa.structure",
        "systems.bulk.waters", "systems.bulk.radius", "systems.bulk.sampling.production",
        "systems.bulk.kind", "a.b.c", "systems.", ".", "",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(KEYS, VALUES)
def test_overrides(key: str, value: str) -> None:
    answer(BASE, (f"{key}={value}",))
