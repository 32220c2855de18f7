"""What a run shows while it works: on a terminal a table that goes, elsewhere lines."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from selectivity import api
from selectivity.cli.main import app
from selectivity.cli.progress import Lines, Screen
from selectivity.report.layout import as_is
from selectivity.report.status_page import status_parts, times
from selectivity.report.words import ascii_text
from selectivity.units import duration
from tests.end_to_end.conftest import command
from tests.tiny import TINY

LONG = ("--set", "sampling.production=9000000", "--set", "sampling.segments=1")


@pytest.fixture(scope="module")
def record(finished_run: Path) -> dict[str, Any]:
    return api.status(finished_run).as_dict()


def page(record: dict[str, Any], width: int, rows: int | None = None, say=as_is) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    for part in status_parts(record, say, width, rows):
        console.print(part)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [100, 80, 60, 50, 40])
def test_the_table_fits_any_width(record: dict[str, Any], width: int) -> None:
    named = {**record, "title": "a long title " * 9}
    rows = page(named, width)
    assert max(map(len, rows)) <= width
    head = next(row for row in rows if row.startswith("system"))
    assert ("sweeps" in head) == (width >= 70)
    assert {"phase", "done", "trips", "exch."} <= set(head.split())
    bulk = next(row for row in rows if row.startswith("bulk"))
    assert "finished" in bulk
    assert "100 %" in bulk


def test_windows_that_do_not_fit_are_those_with_most_round_trips(record: dict[str, Any]) -> None:
    cage = record["systems"][0]
    windows = [{**w, "round_trips": 9 - w["window"]} for w in cage["windows"]]
    short = {**record, "systems": [{**cage, "windows": windows}, record["systems"][1]]}
    rows = page(short, 80, 16)
    assert len(rows) <= 16
    assert any("fewest round trips" in row for row in rows)
    assert f"{windows[-1]['z_A']:.2f}" in " ".join(rows).replace("−", "-")
    assert len(page(short, 80)) > len(rows)
    assert not any("windows of" in row for row in page(short, 80, 10))


def test_an_old_terminal_gets_ascii(record: dict[str, Any]) -> None:
    assert "\n".join(page(record, 80, say=ascii_text)).isascii()


def test_times_in_words(record: dict[str, Any]) -> None:
    going = {**record, "finished": False, "elapsed": 200.0, "seconds_left": 4000.0}
    assert times(going).startswith("3 min so far; about 67 min left, until ")
    assert "known after" in times({**going, "seconds_left": None})
    idle = {**going, "elapsed": None, "seconds_left": None, "cpu_seconds_left": 7200.0}
    assert times(idle) == "2 h 0 min of CPU time left"
    assert [duration(s) for s in (3.2, 99.0, 100.0, 180_000.0)] == [
        "3 s", "99 s", "2 min", "2 days 2 h",
    ]  # fmt: skip


def test_lines_tell_the_end_of_each_phase(
    finished_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    done = api.status(finished_run)
    early = replace(
        done, systems=tuple(replace(s, phase="weights", done=0.3) for s in done.systems), share=0.3
    )
    later = replace(early, systems=(replace(early.systems[0], phase="production"), done.systems[1]))
    lines = Lines()
    with lines.shown():
        for status in (early, later, done):
            lines.status(status)
    rows = capsys.readouterr().err.splitlines()
    assert rows[0] == "cage: equilibrated, weights frozen; production begins"
    assert rows[1].startswith("bulk: sampled; acceptance 0.")
    assert "round trips in the slowest window" in rows[2]
    assert rows[3].startswith("sampled 100 % in ")


def test_the_screen_counts_down_between_blocks(finished_run: Path) -> None:
    from dataclasses import replace

    file = io.StringIO()
    console = Console(file=file, width=80, height=24, force_terminal=True, color_system=None)
    screen = Screen(console)
    console.print(screen._draw())
    going = replace(api.status(finished_run), elapsed=10.0, seconds_left=50.0)
    systems = (replace(going.systems[0], stored=(1, 1)), *going.systems[1:])
    screen.status(replace(going, systems=systems))
    screen._at -= 20.0
    screen.warn("stopping")
    console.print(screen._draw())
    assert "30 s so far; about 30 s left" in file.getvalue()
    assert "stopping" in file.getvalue()


def test_status_shows_the_page_and_one_system(finished_run: Path) -> None:
    def invoke(*more: str):
        return CliRunner().invoke(app, ["status", str(finished_run), *more])

    text = invoke().stdout
    assert text.isascii()
    assert "windows of cage" in text
    assert "last block stored" in text
    assert "windows of" not in invoke("--system", "bulk").stdout
    assert "its systems: cage, bulk" in str(invoke("--system", "cag").exception)
    record = json.loads(invoke("--json").stdout)
    assert record["systems"][0]["windows"][0].keys() >= {"z_A", "acceptance", "round_trips"}


def test_ctrl_c_leaves_a_clean_screen(tmp_path: Path) -> None:
    """In a terminal of 50 columns: the table is there, and after Ctrl-C only what was told."""
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 50, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "OMP_NUM_THREADS": "1"}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        command("run", "tiny.yaml", "--executor", "threads:1", *LONG),
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    seen, interrupted, deadline = b"", 0, time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        seen += part
        if (b"production", b"again", b"\0")[interrupted] in seen:
            interrupted += 1
            os.write(ours, b"\x03")
    assert process.wait(30) == 4
    text = seen.decode()
    assert "windows" not in text.split("stopped; the same command continues")[-1]
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is back
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert "system" in shown
    assert "stopping after the blocks" in shown
    assert "Traceback" not in shown
