"""Run folders to store in."""

from pathlib import Path

import pytest

from selectivity.storage.folder import RunFolder, create


@pytest.fixture
def run_folder(tmp_path: Path) -> RunFolder:
    """A fresh run folder of a run whose digest is ``abc``."""
    return create(tmp_path / "run", {"title": "test"}, "title: test\n", {"digest": "abc"})
