"""A run small enough for the quick tests, and a way to start the program as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TINY = """\
title: tiny
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  cage:
    kind: filter
    structure: kcsa
    composition: "[W X]"
    interior: [-0.4 angstrom, 0.6 angstrom]
    caps: [0, 0]
    reference: bulk
  bulk:
    kind: droplet
    waters: 4
    radius: 4 angstrom
    wall: 10 kcal/mol/angstrom^2
sampling:
  seed: 11
  replicas: 4
  states_per_gap: 3
  equilibration: 100
  adaptation: 200
  production: 1200
  stride: 10
  exchange_every: 50
  segments: 3
membrane:
  preset: neuron
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A run file of a few seconds."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def command(*arguments: str | Path) -> list[str]:
    """The program with arguments, in this interpreter."""
    code = "from selectivity.cli.main import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


@pytest.fixture
def program(tmp_path: Path) -> Run:
    """Run the program in an empty folder; returns the finished process with its texts."""

    def run(*arguments: str | Path, code: int | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command(*arguments),
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    return run
