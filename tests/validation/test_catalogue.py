"""The shipped tables are sound, and a wrong one is refused."""

from __future__ import annotations

import inspect
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from selectivity.config import rules
from selectivity.config.load import load
from selectivity.errors import InputError
from selectivity.report.words import ascii_text
from selectivity.validation import catalogue, store
from selectivity.validation.data_files import FILES
from selectivity.validation.records import TIERS
from selectivity.validation.table import TITLE, titled

SECTIONS = catalogue.sections()
ROWS = [row for section in SECTIONS for row in section.rows]


def test_there_are_rows_of_every_section():
    assert [section.name for section in SECTIONS] == list(catalogue.SECTIONS)
    assert all(section.rows and section.title and section.text for section in SECTIONS)
    assert len(ROWS) > 200


def test_every_row_has_a_source_and_a_function():
    for row in ROWS:
        assert row.source
        function = getattr(catalogue.module_of(row.section), row.compute)
        assert list(inspect.signature(function).parameters) == ["context"], row.id
        assert function.__doc__
        for name in row.needs:
            assert name in FILES


def test_every_stage_is_used_and_has_a_cost():
    for section in SECTIONS:
        assert {row.stage for row in section.rows} - {None} == set(section.stages)
        for stage in section.stages.values():
            assert 0.0 < stage.cpu_seconds < 1e6
            assert getattr(catalogue.module_of(section.name), stage.compute or "__doc__")


def test_titles_fit_into_their_column():
    """In ASCII too, where one sign may become two."""
    assert not [row.id for row in ROWS if len(ascii_text(titled(row))) > TITLE + 2]
    assert not [row.id for row in ROWS if len(titled(row)) > TITLE]
    assert not [row.id for row in ROWS if "?" in ascii_text(f"{titled(row)} {row.source}")]


def test_rows_of_one_stage_stand_together():
    """So that no stage is read twice."""
    for section in SECTIONS:
        order = [row.stage for row in section.rows]
        changes = sum(a != b for a, b in pairwise(order))
        assert changes == len(set(order)) - 1


@cache
def systems_of(path: Path, changes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(spec.name for spec in load(path, changes).systems)


def test_rows_name_systems_that_their_run_file_holds(monkeypatch):
    """In every tier that runs them: a wrong name would show after hours of sampling only."""
    monkeypatch.setattr(rules, "builds", lambda *_: ())  # names need no start
    for section in SECTIONS:
        for row in section.rows:
            stage = section.stages.get(row.stage or "")
            if stage is None or not stage.run:
                continue
            for tier in TIERS[TIERS.index(row.tier) :]:
                changes = catalogue.at_tier(stage.settings, tier).get("set", ())
                kept = tuple(c for c in changes if "sampling." not in c.partition("=")[0])
                held = systems_of(store.run_file(stage), kept)
                assert named_systems(catalogue.at_tier(row.settings, tier)) <= held, (row.id, tier)


def named_systems(settings) -> set[str]:
    series = {f"{settings['series']}-{n}" for n in settings.get("numbers", ())}
    single = {settings[key] for key in ("system", "than", "upper", "lower", "droplet")
              if key in settings}  # fmt: skip
    return {*single, *series, *settings.get("systems", ())}


ROW = """
title = "T"
text = "t"
[[row]]
id = "{n}.a b"
title = "n = {n}"
unit = ""
source = "s"
mark = "C"
criterion = "z"
tier = "quick"
compute = "f"
settings = { x = 1, full = { x = 2 } }
cases = [{ n = 1, target = 2 }, { n = 2, target = 3, known = "why", tier = "full", y = "z" }]
"""


def test_cases_make_rows(bench):
    bench.section("s", ROW)
    first, second = bench.read()[0].rows
    assert (first.id, second.id) == ("s.1.a-b", "s.2.a-b")
    assert (first.title, first.target.value, first.tier, first.known) == ("n = 1", 2.0, "quick", "")
    assert (second.target.value, second.tier, second.known) == (3.0, "full", "why")
    assert first.settings == {"x": 1, "full": {"x": 2}, "n": 1}
    assert second.settings == {"x": 1, "full": {"x": 2}, "n": 2, "y": "z"}


@pytest.mark.parametrize(("tier", "x"), [("quick", 1), ("default", 3), ("full", 2)])
def test_settings_change_with_the_tier(tier, x):
    settings = {"x": 1, "full": {"x": 2}, "default": {"x": 3}}
    assert catalogue.at_tier(settings, tier) == {"x": x}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('criterion = "z"', 'criterion = "z"\nlimit = 3', "not a key"),
        ('compute = "f"', 'compute = "f"\nstage = "nowhere"', "is a stage"),
        ('mark = "C"', 'mark = "X"', "one of V, C, M"),
        ('tier = "quick"', 'tier = "slow"', "one of quick"),
        ('criterion = "z"', 'criterion = "absolute"', "tolerance above zero"),
        ('criterion = "z"', 'criterion = "range"', "a low or a high end"),
        ('id = "{n}.a b"', 'id = "same"', "id of one row"),
    ],
)
def test_wrong_tables_are_refused(bench, old, new, rule):
    assert old in ROW
    bench.section("s", ROW.replace(old, new))
    with pytest.raises(InputError, match=rule):
        bench.read()


def test_a_stage_has_one_way_to_be_computed(bench):
    stage = '[[stage]]\nname = "a"\ntitle = "a"\n'
    for more in ("", 'compute = "f"\nrun = "g"\n'):
        bench.section("s", ROW + stage + more)
        with pytest.raises(InputError, match="either compute or run"):
            bench.read()
