"""Kills a process that stores segments in a loop, again and again, at different moments.

Run as ``python kill_writer.py DIR KILLS``; prints one JSON object: numbers of segments stored at
each kill, temporary files left behind, and what a check of the folder found wrong after any kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from synthetic_segments import SYSTEM, make_samples, make_snapshot

from selectivity.storage.folder import RunFolder, create
from selectivity.storage.segment import last_snapshot, write_segment
from selectivity.storage.verify import verify


def write_on(folder: RunFolder) -> None:
    """Continue the store for ever, as a resumed run does."""
    while True:
        last = last_snapshot(folder, SYSTEM, 3)
        n = 0 if last is None else last.segment + 1
        write_segment(
            folder, make_snapshot(n), make_samples(n) if n else None, {"pid": os.getpid()}
        )


def wait_to_kill(folder: RunFolder, i: int, rng: random.Random) -> None:
    """Let one more segment be stored or none; then wait for an unfinished file, or some time."""
    directory = folder.segment_path(SYSTEM, 3, 0).parent
    deadline = time.monotonic() + 20.0
    enough = len(folder.segments(SYSTEM, 3)) + i // 2 % 2
    before = set(directory.glob(".*.tmp"))
    while len(folder.segments(SYSTEM, 3)) < enough and time.monotonic() < deadline:
        time.sleep(2e-4)
    if i % 2 == 0:
        time.sleep(rng.uniform(0.0, 0.03))
    while i % 2 and not set(directory.glob(".*.tmp")) - before and time.monotonic() < deadline:
        time.sleep(1e-4)


def main(path: Path, kills: int) -> None:
    """Start, kill and check ``kills`` times."""
    folder = create(path, {"title": "test"}, "title: test\n", {"digest": "abc"})
    write_segment(folder, make_snapshot(0), None, {})
    directory = folder.segment_path(SYSTEM, 3, 0).parent
    rng = random.Random(7)
    stored: list[int] = []
    wrong: list[str] = []
    left = 0
    for i in range(kills):
        before = set(directory.glob(".*.tmp"))
        child = os.fork()
        if child == 0:
            write_on(folder)
        wait_to_kill(folder, i, rng)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left += len(set(directory.glob(".*.tmp")) - before)
        wrong += [f"{c.path.name}: {c.message}" for c in verify(folder) if not c.ok]
        stored.append(len(folder.segments(SYSTEM, 3)))
    print(json.dumps({"stored": stored, "left": left, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
