"""A run small enough for the quick tests, and a way to start the program as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiny import TINY

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
        expected = (code,) if code is not None else (0, 3)
        assert done.returncode in expected, done.stdout + done.stderr
        return done

    return run
