"""Mistakes that a new user makes first, each answered by what mends it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity.cli.main import app
from selectivity.errors import SelectivityError
from tests.tiny import SHORT, TINY


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "below").mkdir()
    return tmp_path


def answer(*arguments: str) -> str:
    """The message of a command that must fail."""
    found = CliRunner().invoke(app, list(arguments))
    assert isinstance(found.exception, SelectivityError), found.output
    assert found.exception.exit_code == 2
    return str(found.exception)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("mine.yml", 'did you mean "mine.yaml"?'),
        ("quikstart", 'did you mean "quickstart"?'),
        ("quikstart.yaml", 'did you mean "quickstart"?'),
        ("zzz.yaml", "run files there: mine.yaml"),
        ("nowhere/mine.yaml", "there is no folder"),
    ],
)
def test_a_wrong_file_name(here: Path, name: str, remedy: str) -> None:
    assert remedy in answer("check", name)


def test_a_wrong_folder_to_stand_in(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here / "below")
    assert 'did you mean "../mine.yaml"?' in answer("run", "mine.yaml")
    (here / "below" / "other.yaml").write_text(TINY, encoding="utf-8")
    monkeypatch.chdir(here)
    assert 'did you mean "below/other.yaml"?' in answer("run", "other.yaml")


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        ("temperature: ", "temprature: ", 'did you mean "temperature"?'),
        ("310.15 K", "310.15", 'write "310.15 K"'),
        ("radius: 4 angstrom", "radius: 4", 'write "4 angstrom"'),
        ("[K, Na]", "[K, Tl]", "one of: Li, Na, K, Rb, Cs"),
        ("[K, Na]", "[K+, Na+]", 'did you mean "Na"?'),
        ("charmm36", "charmm", 'did you mean "charmm36"?'),
        ("structure: kcsa", "structure: 1k4c.pdb", "selectivity structure import 1k4c.pdb"),
        ("reference: bulk", "reference: bulc", 'did you mean "bulk"?'),
    ],
)
def test_a_wrong_line_of_a_run_file(here: Path, right: str, wrong: str, remedy: str) -> None:
    (here / "mine.yaml").write_text(TINY.replace(right, wrong, 1), encoding="utf-8")
    message = answer("run", "mine.yaml")
    assert remedy in message
    assert message.startswith("mine.yaml:")


def test_a_run_file_in_place_of_its_folder_and_the_other_way_round(
    here: Path, finished_run: Path
) -> None:
    assert "give the folder that a run wrote (--out)" in answer("ratio", "mine.yaml")
    shutil.copytree(finished_run, here / "mine.run")
    assert "did you mean the folder of its run, mine.run?" in answer("ratio", "mine.yaml")
    assert "there are: mine.run" in answer("status", "other.run")
    assert "there are: mine.run" in answer("analyse", ".")
    assert "selectivity run FILE --out mine.run" in answer("run", "mine.run")


def test_the_folder_of_another_run(here: Path, finished_run: Path) -> None:
    more = [word for text in (*SHORT, "sampling.seed=12") for word in ("--set", text)]
    message = answer("run", "mine.yaml", "--out", str(finished_run), *more)
    assert "seed: 11 there, 12 here" in message
    assert "give another folder with --out" in message
