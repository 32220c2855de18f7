"""From a run file to the ratio, as a user meets it: commands, files, exit codes, resuming."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from tests.end_to_end.conftest import Run, command


def results(folder: Path) -> dict[str, Any]:
    """ratio.json without what may differ between two ways to the same samples."""
    record = json.loads((folder / "results" / "ratio.json").read_text(encoding="utf-8"))
    del record["provenance"]
    return record


def samples(folder: Path) -> list[np.ndarray]:
    """Everything sampled in a run folder of the tiny run."""
    run = open_folder(folder)
    found = []
    for system in ("cage", "bulk"):
        for replica in range(4):
            s = read_replica(run, system, replica)
            found += [s.z, s.u, s.identity, s.walker, s.log_g, s.exchange_accepted]
    return found


def test_run_ends_with_the_ratio_and_the_resting_potential(program: Run, tiny: Path) -> None:
    done = program("run", tiny, "--out", "a.run")
    assert done.returncode in (0, 3), done.stderr
    tail = done.stdout.strip().splitlines()[-20:]
    assert any(line.startswith("P_K/P_Na = ") and "95 % statistical" in line for line in tail)
    assert any("V_rest = " in line and "mV" in line for line in tail)
    if done.returncode == 3:
        assert "NOT CONVERGED" in done.stdout
    folder = tiny.parent / "a.run"
    record = results(folder)
    assert record["headline"] == "integral_levelled"
    assert record["composition"] == "[W X]"
    r = record["ratio"]["integral_levelled"]
    assert 0 < r["low"] < r["value"] < r["high"]
    assert record["ratio"]["bounds"]["low"] <= r["value"] <= record["ratio"]["bounds"]["high"]
    assert record["membrane"]["v_rest_mV"]["low"] <= record["membrane"]["v_rest_mV"]["high"]
    assert record["converged"] == (not record["systems"][0]["reasons"])
    for picture in ("cage-profile.png", "cage-diagnostics.png"):
        assert (folder / "results" / picture).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    shown = json.loads(program("ratio", folder, "--json").stdout)
    assert shown["ratio"] == record["ratio"]
    analysis = json.loads(program("analyse", folder, "--json").stdout)
    legs = analysis["systems"][1]["alchemical"][0]
    assert (legs["from"], legs["to"], legs["replicas"]) == ("K", "Na", 4)
    assert legs["dg_kJ_mol"] == pytest.approx(record["bulk_dg_kJ_mol"]["value"])
    assert set(analysis["profile"]["w_kJ_mol"]) == {"K", "Na"}
    state = json.loads(program("status", folder, "--json", code=0).stdout)
    assert state["finished"]


def test_workers_do_not_change_a_bit(program: Run, tiny: Path) -> None:
    program("run", tiny, "--out", "a.run", "--workers", "1")
    program("run", tiny, "--out", "b.run", "--executor", "serial")
    program("run", tiny, "--out", "c.run", "--only", "replica=3", "--only", "replica=1")
    program("run", tiny, "--out", "c.run", "--workers", "3")
    first = samples(tiny.parent / "a.run")
    for other in ("b.run", "c.run"):
        for x, y in zip(first, samples(tiny.parent / other), strict=True):
            np.testing.assert_array_equal(x, y)
        assert results(tiny.parent / other) == results(tiny.parent / "a.run")


def test_killed_three_times_and_resumed_is_bit_identical(program: Run, tiny: Path) -> None:
    program("run", tiny, "--out", "whole.run")
    folder = tiny.parent / "killed.run"
    dice = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen(
            command("run", tiny, "--out", folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_segments(folder, dice.randint(1, 4), process)
        time.sleep(dice.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (folder / "results" / "ratio.json").exists() or stored(folder) == 32
    program("run", tiny, "--out", folder)
    for x, y in zip(samples(tiny.parent / "whole.run"), samples(folder), strict=True):
        np.testing.assert_array_equal(x, y)
    assert results(folder) == results(tiny.parent / "whole.run")


def stored(folder: Path) -> int:
    """Segments in a run folder."""
    return len(list(folder.glob("segments/*/*/segment-*.h5")))


def wait_for_segments(folder: Path, more: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until ``more`` segments have come, or the process has ended."""
    wanted = stored(folder) + more
    deadline = time.monotonic() + 120
    while stored(folder) < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_changed_run_file_is_refused_with_what_differs(program: Run, tiny: Path) -> None:
    program("run", tiny, "--out", "a.run")
    done = program("run", tiny, "--out", "a.run", "--set", "sampling.seed=12", code=2)
    assert "seed: 11 there, 12 here" in done.stderr
    text = tiny.read_text(encoding="utf-8")
    tiny.write_text(text.replace("preset: neuron", "preset: squid"), encoding="utf-8")
    program("run", tiny, "--out", "a.run")
    assert (
        results(tiny.parent / "a.run")["membrane"]["inputs"]["membrane"].lower().startswith("squ")
    )


@pytest.mark.parametrize(
    ("arguments", "code", "piece"),
    [
        (("run", "nothing.yaml"), 2, "nothing.yaml"),
        (("ratio", "."), 2, "not a run folder"),
        (("analyse", "nowhere"), 2, "nowhere"),
        (("status", "nowhere"), 2, "nowhere"),
        (("new", "quickstrat"), 2, "quickstart"),
        (("run", "tiny.yaml", "--executor", "magic"), 2, "threads"),
        (("run", "tiny.yaml", "--workers", "0"), 2, "at least 1"),
        (("run", "tiny.yaml", "--only", "replica=9"), 2, "replicas 0 to 3"),
        (("run", "tiny.yaml", "--only", "window=1"), 2, "replica=r"),
        (("run", "tiny.yaml", "--max-hours", "-1"), 2, "above zero"),
        (("run", "tiny.yaml", "--set", "sampling.replicas=1"), 2, "replicas"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_bad_input_is_exit_2_and_starts_nothing(
    program: Run, tiny: Path, arguments: tuple[str, ...], code: int, piece: str
) -> None:
    done = program(*arguments, code=code)
    assert piece in done.stderr
    assert not list(tiny.parent.glob("*.run"))


def test_a_damaged_segment_is_exit_5_and_named(program: Run, tiny: Path) -> None:
    program("run", tiny, "--out", "a.run")
    path = tiny.parent / "a.run" / "segments" / "cage" / "replica-02" / "segment-0002.h5"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    done = program("ratio", "a.run", code=5)
    assert "segment-0002.h5" in done.stderr


def test_new_copies_and_check_reads_every_shipped_run_file(program: Run, tiny: Path) -> None:
    listing = program("new", code=0).stdout
    for line in listing.splitlines():
        name = line.split()[0]
        program("new", name, code=0)
        assert "sound" in program("check", f"{name}.yaml", code=0).stdout
    assert "quickstart" in listing
    program("new", "quickstart", code=2)
