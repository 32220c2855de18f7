"""Where compiled kernels are kept."""

import tempfile

import pytest

from selectivity.engine.flags import cache_folder


def test_a_cache_that_cannot_be_written_gives_way_to_a_temporary_one(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = cache_folder.__wrapped__
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    own = find()
    assert own.is_relative_to(tmp_path / "kernels")

    def refused(dir):
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    other = find()
    assert other.is_relative_to(tmp_path / "temporary")
    assert other.is_dir()
    assert other.name == own.name
