"""The command of the page: exit codes, JSON alone on standard output, what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity import api
from selectivity.cli.main import app


def test_json_names_the_files_and_the_verdict(finished_run: Path, tmp_path: Path) -> None:
    arguments = ["report", str(finished_run), "--out", str(tmp_path / "page"), "--json"]
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert found.exit_code == 3
    record = json.loads(found.stdout)
    assert record["page"] == str(tmp_path / "page" / "report.html")
    assert record["converged"] is False
    assert record["finished"] is True
    assert all((tmp_path / "page" / name).is_file() for name in record["files"])
    assert set(record["headline"]) == {"value", "low", "high"}


@pytest.mark.parametrize(
    ("converged", "ordered", "finished", "code"),
    [
        (True, True, True, 0),
        (True, True, False, 0),
        (True, False, True, 3),
        (False, True, False, 3),
    ],
)
def test_exit_codes_and_words(
    monkeypatch: pytest.MonkeyPatch, converged: bool, ordered: bool, finished: bool, code: int
) -> None:
    made = api.Report(
        Path("p/report.html"), (Path("a"), Path("b")), converged, ordered, finished, None
    )
    monkeypatch.setattr(api, "report", lambda folder, out: made)
    found = CliRunner().invoke(app, ["report", "x.run"], catch_exceptions=False)
    assert found.exit_code == code
    assert "wrote p/report.html and 1 files of its figures" in found.stdout
    assert ("NOT CONVERGED" in found.stdout) is not converged
    assert ("order of the ions" in found.stdout) is not ordered
    assert ("not finished" in found.stdout) is not finished
