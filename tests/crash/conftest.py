"""A run that is over in a second or two, to be killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A run file of a second or two."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path
