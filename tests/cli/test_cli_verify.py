"""``verify`` tells sound from damaged, says what is usable, and its advice mends the folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity import api
from selectivity.api.running import Options
from selectivity.cli.main import app
from selectivity.errors import InputError, StoreError
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from tests.same_samples import same
from tests.tiny import SHORT, TINY

SEGMENTS = Path("segments/cage/replica-01")


def verify(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    done = CliRunner().invoke(app, ["verify", str(folder), *more])
    assert done.exception is None or isinstance(done.exception, SystemExit | InputError)
    return 2 if isinstance(done.exception, InputError) else done.exit_code, done.stdout


@pytest.fixture
def copied(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of the finished run, to be damaged."""
    return Path(shutil.copytree(finished_run, tmp_path / "tiny.run"))


def again(folder: Path) -> None:
    """Give the run command that made the folder once more."""
    file = folder.parent / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    api.run(file, folder, SHORT, Options(executor="serial"))


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_finished_run_is_sound(finished_run: Path) -> None:
    code, text = verify(finished_run, "--json")
    record = json.loads(text)
    assert (code, record["sound"], record["remedies"]) == (0, True, [])
    assert {r["usable_segments"] for r in record["replicas"]} == {4}
    assert {"resolved.json", "run.yaml", "results/ratio.json"} < {
        row["path"] for row in record["files"]
    }
    code, text = verify(finished_run)
    assert code == 0
    assert "cage/replica-01: usable segments: 0 to 3" in text


def test_a_flipped_bit_is_found_and_the_advice_mends_it(copied: Path, finished_run: Path) -> None:
    flip(copied / SEGMENTS / "segment-0002.h5", -1000)
    code, text = verify(copied)
    assert code == 5
    assert "segment-0002.h5: is damaged: its checksum differs" in text
    record = json.loads(verify(copied, "--json")[1])
    (hurt,) = (r for r in record["replicas"] if r["in_the_way"])
    assert (hurt["replica"], hurt["usable_segments"], hurt["continues_after"]) == (
        *("cage/replica-01", 2),
        1,
    )
    names = [str(SEGMENTS / f"segment-000{n}.h5") for n in (2, 3)]
    assert hurt["in_the_way"] == names
    with pytest.raises(StoreError, match="is damaged"):
        read_replica(open_folder(copied), "cage", 1)
    for name in names:  # the advice
        (copied / name).unlink()
    again(copied)
    assert verify(copied)[0] == 0
    mended, whole = (read_replica(open_folder(f), "cage", 1) for f in (copied, finished_run))
    same(mended, whole)


@pytest.mark.parametrize("how", ["edited", "lost"])
def test_a_lost_record_is_written_anew(copied: Path, how: str) -> None:
    record = copied / "resolved.json"
    if how == "edited":
        record.write_text(record.read_text().replace('"seed": 11', '"seed": 12'))
    else:
        record.unlink()
    code, text = verify(copied)
    assert code == 5
    assert "resolved.json: move it out of the folder" in text
    record.unlink(missing_ok=True)
    again(copied)
    assert verify(copied)[0] == 0


def test_missing_truncated_and_foreign_segments(copied: Path) -> None:
    (copied / SEGMENTS / "segment-0000.h5").unlink()
    other = copied / "segments/bulk/replica-00"
    path = other / "segment-0003.h5"
    path.write_bytes(path.read_bytes()[:-1])
    shutil.copy(other / "segment-0001.h5", copied / "segments/cage/replica-00/segment-0004.h5")
    (copied / "results/analysis.json").write_text('{"a": ')
    code, text = verify(copied)
    assert code == 5
    assert "segment-0001.h5: stands behind a gap: segment 0 is missing" in text
    assert "cage/replica-01: usable segments: none" in text
    assert "begins it anew" in text
    assert "is truncated" in text
    assert "segment-0004.h5: is a segment of bulk replica 0" in text
    assert "bulk/replica-00: usable segments: 0 to 2" in text
    assert "results/analysis.json: selectivity analyse and ratio write it again" in text


def test_what_is_no_run_folder_is_bad_input(tmp_path: Path) -> None:
    assert verify(tmp_path)[0] == 2
    assert verify(tmp_path / "none")[0] == 2
