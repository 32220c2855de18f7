"""Commands in one process: help, JSON alone on standard output, progress on standard error."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity import __version__
from selectivity.cli.main import app
from selectivity.errors import InputError

COMMANDS = (
    "new", "check", "run", "status", "analyse", "ratio", "report", "verify", "export", "validate",
    "membrane", "structure",
    "benchmark",
)  # fmt: skip
DROPLET = """\
title: droplet
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  bulk: {kind: droplet, waters: 4, radius: 4 angstrom, wall: 10 kcal/mol/angstrom^2}
sampling: {replicas: 2, equilibration: 50, adaptation: 50, production: 100, stride: 10,
  exchange_every: 50, segments: 2}
"""


def invoke(*arguments: str | Path, code: int = 0):
    found = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found


def strict(text: str):
    """JSON without NaN and infinities."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take seconds to draw and have their own tests."""
    from selectivity.api import pictures

    monkeypatch.setattr(pictures, "write_figures", lambda run, computed: [])


def test_help_names_every_command_with_a_whole_sentence() -> None:
    text = invoke("--help").stdout
    for command in COMMANDS:
        rows = [row.split() for row in text.splitlines()]
        assert any(row[:1] == [command] for row in rows), command
    assert "..." not in text.split("Commands:")[1]
    assert "4 stopped and resumable" in text
    assert invoke("--version").stdout == f"selectivity {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option(command: str) -> None:
    text = invoke(command, "--help").stdout
    rows = [row.removesuffix("  [required]") for row in text.splitlines() if row[:4] == "  --"]
    assert rows
    assert all(len(row.split("  ")[-1].split()) >= 2 for row in rows), text


@pytest.mark.parametrize("group", ["membrane", "structure"])
def test_a_group_without_a_command_shows_its_help(group: str) -> None:
    found = invoke(group, code=2)
    assert "Commands:" in found.output


def test_status_in_json(finished_run: Path) -> None:
    found = invoke("status", finished_run, "--json")
    assert strict(found.stdout)["finished"] is True
    assert found.stderr == ""
    assert "finished" in invoke("status", finished_run).stdout


@pytest.mark.parametrize("command", ["analyse", "ratio"])
def test_results_in_json_are_those_on_disk(
    finished_run: Path, no_figures: None, command: str
) -> None:
    found = invoke(command, finished_run, "--json", code=3)
    name = "analysis" if command == "analyse" else "ratio"
    assert found.stderr == ""
    path = finished_run / "results" / f"{name}.json"
    assert strict(found.stdout) == strict(path.read_text(encoding="utf-8"))


def test_the_page_ends_with_the_headline_and_its_flag(finished_run: Path) -> None:
    text = invoke("ratio", finished_run, code=3).stdout
    assert "NOT CONVERGED" in text
    tail = text.split("=" * 80)[-2].splitlines()
    assert any(row.startswith("P_K/P_Na = ") for row in tail)
    assert any("V_rest" in row for row in tail)


def test_run_tells_its_progress_on_standard_error_alone(tmp_path: Path, no_figures: None) -> None:
    file = tmp_path / "droplet.yaml"
    file.write_text(DROPLET, encoding="utf-8")
    out = tmp_path / "a.run"
    found = invoke("run", file, "--out", out, "--executor", "serial", "--json", code=3)
    record = strict(found.stdout)
    assert record["system"] == "bulk"
    told = [row for row in found.stderr.splitlines() if row.startswith("sampled ")]
    assert told[-1].startswith("sampled 100 %")
    assert len(told) == len(set(told)) <= 10


def test_check_in_json_costs_what_the_page_says() -> None:
    record = strict(invoke("check", "noskov_cage", "--json").stdout)
    assert record["moves"] == pytest.approx(sum(s["moves"] for s in record["systems"]))
    page = invoke("check", "noskov_cage").stdout
    assert f"{record['moves'] / 1e6:.0f} M" in page
    assert math.isfinite(record["disk_bytes"])


def test_structure_lists_shows_and_overwrites_nothing(tmp_path: Path) -> None:
    assert "kcsa" in invoke("structure", "list").stdout
    assert "T75" in invoke("structure", "show", "kcsa").stdout
    mine = tmp_path / "mine.toml"
    mine.write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match="new file"):
        invoke("structure", "import", tmp_path / "any.pdb", "--out", mine)
    assert mine.read_text(encoding="utf-8") == "kept"
