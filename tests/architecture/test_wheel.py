"""The wheel in a clean environment, away from any clone: what it holds and what works from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    done = subprocess.run(
        [*command, str(REPOSITORY)], capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        pytest.skip(f"no wheel can be built here: {done.stderr.strip().splitlines()[-1:]}")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a new environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", str(wheel)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        pytest.skip(f"dependencies cannot be had here: {done.stderr.strip().splitlines()[-1:]}")
    return folder / "bin" / "selectivity"


def test_it_holds_the_shipped_folders(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for kind, pattern in (("structures", "*.toml"), ("runs", "**/*.yaml"), ("analysis", "*.py")):
        shipped = {
            f"selectivity/_data/{kind}/{path.relative_to(REPOSITORY / kind).as_posix()}"
            for path in (REPOSITORY / kind).glob(pattern)
        }
        assert shipped
        assert shipped <= inside
    assert not [name for name in inside if name.startswith("tests/") or name.endswith(".nbc")]
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_it_works_away_from_a_clone(installed: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [installed, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said("--version").startswith("selectivity ")
    assert "quickstart" in said("new")
    said("new", "kcsa", "mine.yaml")
    assert (tmp_path / "mine.yaml").read_bytes() == (REPOSITORY / "runs/kcsa.yaml").read_bytes()
    assert "kcsa" in said("structure", "list")
    for file in ("mine.yaml", "quickstart", "noskov_cage"):
        record = json.loads(said("check", file, "--json"))
        assert record["moves"] > 0
    assert "neuron" in said("membrane", "rest", "--preset", "neuron")
