"""Two processes on one run folder: refused, or side by side on other replicas, with one result."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from selectivity import api
from selectivity.api.running import Options
from selectivity.errors import InputError, StoppedError
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from tests.same_samples import same
from tests.tiny import SHORT, TINY

HOLD = """
import sys
import threading
from pathlib import Path
from selectivity.storage.folder import RunFolder
from selectivity.storage.lock import lock

with lock(RunFolder(Path(sys.argv[1])), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def options(*only: int) -> Options:
    return Options(executor="serial", only=only or None)


def test_a_second_process_waits_its_turn_or_takes_other_replicas(
    tmp_path: Path, finished_run: Path
) -> None:
    file, folder = tmp_path / "tiny.yaml", tmp_path / "tiny.run"
    file.write_text(TINY, encoding="utf-8")
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):  # the folder is there, nothing in it
        api.run(file, folder, SHORT, options(), stop=stop)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), "replica-00"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        api.run(file, folder, SHORT, options(1))  # the other replica is free
        for refused in ((), (0,), (0, 1)):
            with pytest.raises(InputError, match=f"pid {other.pid} on .* \\(replica-00\\)"):
                api.run(file, folder, SHORT, options(*refused))
        rows = api.status(folder).systems
        assert [row.stored for row in rows] == [(0, 3), (0, 3)]
    finally:
        other.kill()
        other.wait()
    api.run(file, folder, SHORT, options())
    assert api.status(folder).finished
    for name in ("cage", "bulk"):
        for replica in range(2):
            found, whole = (
                read_replica(open_folder(path), name, replica) for path in (folder, finished_run)
            )
            same(found, whole)
