"""The full table that is committed, and what the README says of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from selectivity.validation.table import VERDICTS

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "analysis" / "validation" / "results.json"


@pytest.fixture(scope="module")
def record():
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def test_it_says_when_from_what_and_how(record):
    found = record["provenance"]
    assert found["tier"] == "full"
    assert found["command"][:2] == ["selectivity", "validate"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", found["date"])
    assert re.fullmatch(r"[0-9a-f]{7,40}", found["commit"])
    assert record["stopped"] is False


def test_its_counts_are_those_of_its_rows(record):
    for section in record["sections"]:
        verdicts = [r["verdict"] for r in record["rows"] if r["section"] == section["name"]]
        assert [section[v] for v in VERDICTS] == [verdicts.count(v) for v in VERDICTS]
    assert len(record["rows"]) == sum(record["counts"].values())


def test_a_row_that_fails_or_was_not_run_says_why(record):
    for row in record["rows"]:
        assert row["reason"] or row["verdict"] in ("pass", "reported"), row["id"]


def test_the_page_beside_it_is_of_the_same_run(record):
    text = RESULTS.with_name("results.md").read_text(encoding="utf-8")
    assert f"{record['provenance']['date']}, commit {record['provenance']['commit']}" in text


def test_readme_shows_the_summary_as_it_came_out(record):
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    for section in [*record["sections"], {"title": "all", **record["counts"]}]:
        cells = [section["title"], *(str(section[v] or "-") for v in VERDICTS)]
        assert f"| {' | '.join(cells)} |" in lines
    assert any(record["provenance"]["commit"] in line for line in lines)
