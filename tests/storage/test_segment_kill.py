"""A process that dies at any moment leaves a store that is whole and that continues."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from synthetic_segments import SYSTEM, differing, make_samples, make_snapshot

from selectivity.errors import InputError, StoppedError
from selectivity.storage import files
from selectivity.storage.folder import RunFolder, open_folder
from selectivity.storage.segment import last_snapshot, read_replica, write_segment
from selectivity.storage.verify import verify


class Killed(BaseException):
    """Stands for the end of the process."""


def names(folder: RunFolder) -> list[str]:
    """Files in the directory of replica 3."""
    return sorted(p.name for p in folder.segment_path(SYSTEM, 3, 0).parent.iterdir())


def die(*_: object, **__: object) -> None:
    """In place of a call that the process does not live to make."""
    raise Killed


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_dying_before_the_name_is_given_stores_nothing(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write_segment(run_folder, make_snapshot(0), None, {})
    with monkeypatch.context() as patch:
        patch.setattr(files.os, step, die)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # nor does it live to tidy up
        with pytest.raises(Killed):
            write_segment(run_folder, make_snapshot(1), make_samples(1), {})
    assert len(names(run_folder)) == 2
    assert run_folder.segments(SYSTEM, 3) == [0]
    assert all(check.ok for check in verify(run_folder))
    write_segment(run_folder, make_snapshot(1), make_samples(1), {})
    assert differing(make_samples(1), read_replica(run_folder, SYSTEM, 3)) == []


def test_dying_while_renaming_where_links_are_missing(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(files.os, "link", no_links)
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "rename", die)
        with pytest.raises(Killed):
            write_segment(run_folder, make_snapshot(0), None, {})
    assert run_folder.segments(SYSTEM, 3) == []
    path = write_segment(run_folder, make_snapshot(0), None, {})
    with pytest.raises(FileExistsError):
        files.write_new(path, b"other")
    assert names(run_folder) == ["segment-0000.h5"]


def test_leftovers_of_others_go_at_the_next_write(run_folder: RunFolder) -> None:
    path = write_segment(run_folder, make_snapshot(0), None, {})
    path.with_name(".segment-0001.h5.1-00000000.tmp").write_bytes(b"half")
    mine = path.with_name(f".segment-0009.h5.{os.getpid()}-00000000.tmp")
    mine.write_bytes(b"being written by another thread")
    path.with_name("notes.txt").write_text("kept")
    assert run_folder.segments(SYSTEM, 3) == [0]
    write_segment(run_folder, make_snapshot(1), make_samples(1), {})
    assert names(run_folder) == [mine.name, "notes.txt", "segment-0000.h5", "segment-0001.h5"]


def test_a_full_disk_stops_the_run_and_harms_nothing(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_segment(run_folder, make_snapshot(0), None, {})
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(StoppedError, match=r"segment-0001\.h5.*No space left.*continues"):
            write_segment(run_folder, make_snapshot(1), make_samples(1), {})
    assert names(run_folder) == ["segment-0000.h5"]
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", lambda _: (_ for _ in ()).throw(PermissionError(13, "no")))
        with pytest.raises(InputError, match="must be writable"):
            write_segment(run_folder, make_snapshot(1), make_samples(1), {})


def test_twenty_kills_leave_a_whole_store(tmp_path: Path) -> None:
    script = Path(__file__).with_name("kill_writer.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "run"), "20"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["stored"] == sorted(found["stored"])
    assert found["left"] >= 3, "the kills did not hit unfinished files"
    folder = open_folder(tmp_path / "run")
    n = found["stored"][-1]
    assert n >= 10
    last = last_snapshot(folder, SYSTEM, 3)
    assert last is not None
    assert differing(make_snapshot(n - 1), last) == []
    write_segment(folder, make_snapshot(n), make_samples(n), {})
    assert names(folder) == [f"segment-{k:04d}.h5" for k in range(n + 1)]
