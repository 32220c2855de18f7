"""Runs the program on one folder and kills it, again and again, at random moments of its work.

``python kills.py FILE BASE KILLS SEED`` kills processes forked from one that has loaded the
program, which spares most of the time, and prints the tally as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from selectivity.cli.main import answer
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica

CHANGES = (
    "sampling.replicas=2",
    "sampling.equilibration=50",
    "sampling.adaptation=100",
    "sampling.production=600",
    "sampling.segments=6",
)
BLOCKS = 28  # two systems, two replicas, preparation and six segments
EXECUTORS = ("serial", "serial", "threads:2", "threads:2", "processes:2")
MOMENTS = ("begin", "segment", "segment", "segment", "any", "any", "any", "results")
"""When a run is killed: as its folder comes, as a segment is written, anywhere, at the end."""
PROGRAM = "from selectivity.cli.main import main; main()"


def told(arguments: list[str]) -> tuple[int, str]:
    """Exit code and standard output of a command, run in this process."""
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(StringIO()):
        code = answer(arguments)
    return code, out.getvalue()


def arguments_of(file: Path, folder: Path, executor: str) -> list[str]:
    """The command that begins or continues a run."""
    changes = [text for change in CHANGES for text in ("--set", change)]
    return ["run", str(file), "--out", str(folder), "--executor", executor, *changes]


def digest(folder: Path) -> str:
    """SHA-256 of all samples of a finished run, CPU times apart."""
    total, run = hashlib.sha256(), open_folder(folder)
    for system in ("cage", "bulk"):
        for replica in range(2):
            record = vars(read_replica(run, system, replica))
            for key in sorted(record.keys() - {"cpu_seconds"}):
                value = record[key]
                parts = value.items() if isinstance(value, dict) else [("", value)]
                for name, part in parts:
                    data = part.tobytes() if hasattr(part, "tobytes") else repr(part).encode()
                    total.update(f"{key} {name} {len(data)}".encode() + data)
    return total.hexdigest()


def final_answer(folder: Path) -> dict[str, Any]:
    """What ``ratio --json`` prints, without where it comes from and what it cost."""
    code, text = told(["ratio", str(folder), "--json"])
    assert code in (0, 3), text
    return _settled(json.loads(text))


def _settled(value: Any) -> Any:
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {k: _settled(v) for k, v in value.items() if k != "provenance" and "cpu" not in k}


class Forked:
    """The command in a process forked from this one, which has loaded the program already."""

    def __init__(self, arguments: list[str], errors: int) -> None:
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                os.dup2(errors, 2)
                code = answer(arguments)
            finally:
                os._exit(code)

    def poll(self) -> int | None:
        """Exit code, or minus the signal; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def send_signal(self, number: int) -> None:
        """As :meth:`subprocess.Popen.send_signal`."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """Exit code when it has ended."""
        ends = time.monotonic() + timeout
        while (code := self.poll()) is None:
            assert time.monotonic() < ends
            time.sleep(0.002)
        return code


def started(arguments: list[str], errors: Any, forked: bool) -> Any:
    """The command as a process, forked or from its very start."""
    if forked:
        return Forked(arguments, errors.fileno())
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env={**os.environ, "SELECTIVITY_DEBUG": "1"},
    )


@dataclass
class Tally:
    """What happened: kills by moment, and whatever went wrong, in words."""

    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    wrong: list[str] = field(default_factory=list)
    unfinished_files: int = 0
    lost_blocks: Counter[int] = field(default_factory=Counter)
    forked: bool = False


def kill_often(file: Path, base: Path, kills: int, seed: int, forked: bool = False) -> Tally:
    """Kill runs of ``file`` in folders under ``base``; every folder is continued to its end."""
    dice, tally = random.Random(seed), Tally(forked=forked)
    whole = base / "whole.run"
    began = time.monotonic()
    assert told(arguments_of(file, whole, "serial"))[0] in (0, 3)
    seconds = time.monotonic() - began
    right = digest(whole), final_answer(whole)
    while sum(tally.kills.values()) < kills:
        tally.runs += 1
        folder = base / f"killed-{tally.runs:03d}.run"
        _one_folder(file, folder, kills, seconds, dice, tally)
        found = digest(folder), final_answer(folder)
        if found != right:
            tally.wrong.append(f"{folder.name}: other samples or another answer")
    return tally


def _one_folder(
    file: Path, folder: Path, kills: int, seconds: float, dice: random.Random, tally: Tally
) -> None:
    """Kill and continue one run until it ends, or until there were enough kills."""
    seen: dict[Path, tuple[int, int]] = {}
    code = None
    while code is None:
        enough = sum(tally.kills.values()) >= kills
        executor = dice.choice(EXECUTORS)
        moment = "" if enough else dice.choice(MOMENTS[folder.exists() :])
        code = _run(arguments_of(file, folder, executor), folder, moment, seconds, dice, tally)
        _check(folder, seen, tally)
        print(folder.name, executor, moment, code, tally, file=sys.stderr, flush=True)
    if code not in (0, 3):
        tally.wrong.append(f"{folder.name}: exit code {code}")
    if len(seen) != BLOCKS:
        tally.wrong.append(f"{folder.name}: {len(seen)} blocks stored, not {BLOCKS}")


def _run(
    arguments: list[str],
    folder: Path,
    moment: str,
    seconds: float,
    dice: random.Random,
    tally: Tally,
) -> int | None:
    """Exit code of the command; None where it was killed before its end."""
    with (folder.parent / "errors.txt").open("w", encoding="utf-8") as errors:
        process = started(arguments, errors, tally.forked)
        if moment:
            _wait_for(moment, folder, process, dice, seconds)
            process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=300)
    if code == -signal.SIGKILL:
        tally.kills[moment] += 1
        tally.lost_blocks[_unstored(folder, process.pid)] += 1
        return None
    text = (folder.parent / "errors.txt").read_text(encoding="utf-8")
    if "Traceback" in text:
        tally.wrong.append(text)
    return code


def _wait_for(moment: str, folder: Path, process: Any, dice: random.Random, seconds: float) -> None:
    """Wait until ``moment`` has come, and then for a random time."""
    lock = folder / "lock" / "run"
    stored = len(segments(folder))

    def come() -> bool:
        if moment == "begin":
            return folder.exists()
        if not _holds(lock, process.pid):
            return False
        if moment == "segment":
            return len(segments(folder)) > stored or stored == BLOCKS
        return moment == "any" or len(segments(folder)) == BLOCKS

    while process.poll() is None and not come():
        time.sleep(0.002)
    longest = {"begin": 0.02, "segment": 0.05, "any": seconds / 8, "results": seconds / 2}[moment]
    ends = time.monotonic() + dice.uniform(0.0, longest)
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.001)


def _holds(lock: Path, pid: int) -> bool:
    try:
        return json.loads(lock.read_bytes())["pid"] == pid
    except (OSError, ValueError):
        return False


def segments(folder: Path) -> list[Path]:
    """Stored segments of a run folder."""
    return sorted(folder.glob("segments/*/*/segment-*.h5"))


def _unstored(folder: Path, pid: int) -> int:
    """Blocks that came to their end and were killed before they had their name."""
    return len(list(folder.glob(f"segments/*/*/.*.{pid}-*.tmp")))


def _check(folder: Path, seen: dict[Path, tuple[int, int]], tally: Tally) -> None:
    """Nothing stored has gone or was written again, and all of it is sound."""
    tally.unfinished_files += len(list(folder.rglob(".*.tmp")))
    for path, mark in seen.items():
        if not path.exists() or _mark(path) != mark:
            tally.wrong.append(f"{path}: a stored segment went or changed")
    seen.update({path: _mark(path) for path in segments(folder)})
    tally.wrong.extend(_gaps(folder))
    if not (folder / "resolved.json").exists():
        if seen:
            tally.wrong.append(f"{folder}: segments and no record")
        return
    code, text = told(["verify", str(folder)])
    if code != 0:
        tally.wrong.append(text)


def _mark(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns


def _gaps(folder: Path) -> Iterator[str]:
    for replica in folder.glob("segments/*/*"):
        names = sorted(path.name for path in replica.glob("segment-*.h5"))
        if names != [f"segment-{n:04d}.h5" for n in range(len(names))]:
            yield f"{replica}: {names}"


if __name__ == "__main__":
    counted = kill_often(*map(Path, sys.argv[1:3]), *map(int, sys.argv[3:5]), forked=True)
    print(json.dumps(vars(counted)))
