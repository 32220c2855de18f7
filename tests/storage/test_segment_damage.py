"""A damaged segment is named, with what is wrong with it; no damage passes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_segments import SYSTEM, make_samples, make_snapshot

from selectivity.errors import StoreError
from selectivity.storage.folder import RunFolder, create
from selectivity.storage.seal import BLOCK, check_seal, seal
from selectivity.storage.segment import (
    last_snapshot,
    read_replica,
    read_samples,
    read_snapshot,
    write_segment,
)
from selectivity.storage.verify import verify


@pytest.fixture
def stored(run_folder: RunFolder) -> Path:
    """Segments 0 and 1 of a replica; the path of segment 1."""
    write_segment(run_folder, make_snapshot(0), None, {})
    return write_segment(run_folder, make_snapshot(1), make_samples(waters=2), {})


def edited(path: Path, change: Callable[[Any], None]) -> None:
    """Change a segment with h5py and seal it anew, as if it had been written so."""
    with h5py.File(path, "r+") as file:
        change(file)
    path.write_bytes(seal(path.read_bytes()[BLOCK:]))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Bytes of one segment."""
    folder = create(tmp_path_factory.mktemp("whole") / "run", {}, "", {})
    return write_segment(folder, make_snapshot(1), make_samples(), {}).read_bytes()


def test_every_byte_of_the_block_counts(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "segment-0001.h5"
    for position in range(BLOCK):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x01]) + whole[position + 1 :])
        with pytest.raises(StoreError):
            check_seal(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_seen(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(whole) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "segment-0001.h5"
    path.write_bytes(whole[:position] + bytes([whole[position] ^ bit]) + whole[position + 1 :])
    with pytest.raises(StoreError, match=r"segment-0001\.h5"):
        read_samples(path)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_truncated_file_is_seen(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "segment-0001.h5"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(StoreError, match=r"segment-0001\.h5: is truncated.*run again"):
        read_snapshot(path)


def test_bytes_appended_are_seen(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes() + b"\0")
    with pytest.raises(StoreError, match=r"segment-0001\.h5: has bytes too many"):
        read_samples(stored)


@pytest.mark.parametrize("read", [read_samples, read_snapshot])
def test_what_is_no_segment_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(StoreError, match=r"none\.h5: is missing"):
        read(tmp_path / "none.h5")
    with pytest.raises(StoreError, match="cannot be read"):
        read(tmp_path)
    plain = tmp_path / "plain.h5"
    with h5py.File(plain, "w") as file:
        file["z"] = np.arange(999)
    with pytest.raises(StoreError, match=r"plain\.h5: is not a segment"):
        read(plain)
    plain.write_bytes(seal(b"not HDF5"))
    with pytest.raises(StoreError, match=r"plain\.h5: is not laid out as a segment"):
        read(plain)


def test_another_format_version_is_named(stored: Path) -> None:
    data = stored.read_bytes().replace(b"selectivity segment 1", b"selectivity segment 2", 1)
    stored.write_bytes(data)
    with pytest.raises(StoreError, match=r"segment-0001\.h5: has segment format 2.*reads format 1"):
        read_samples(stored)


@pytest.mark.parametrize(
    "name",
    ["z", "u", "identity", "log_g", "walker", "beta", "centers", "ladder", "counters", "counter",
     "exchange_tried", "exchange_accepted", "kappa", "cpu_seconds", "coordination"],
)  # fmt: skip
def test_a_missing_dataset_of_the_samples_is_named(stored: Path, name: str) -> None:
    edited(stored, lambda file: file.__delitem__(f"samples/{name}"))
    with pytest.raises(StoreError, match=rf"segment-0001\.h5: .*samples/{name} is missing"):
        read_samples(stored)


def test_samples_from_before_open_files_have_no_places_for_waters(stored: Path) -> None:
    edited(stored, lambda file: file.__delitem__("samples/water_z"))
    assert read_samples(stored).water_z.shape == (3, 8, 0)


@pytest.mark.parametrize("name", ["r", "log_g", "walker", "clock"])
def test_a_missing_array_of_the_state_is_named(stored: Path, name: str) -> None:
    edited(stored, lambda file: file.__delitem__(f"state/{name}"))
    with pytest.raises(StoreError, match=rf"segment-0001\.h5: dataset /state/{name} is missing"):
        read_snapshot(stored)


@pytest.mark.parametrize("name", ["state", "samples", "streams"])
def test_a_missing_part_is_named(stored: Path, name: str) -> None:
    edited(stored, lambda file: file.__delitem__(name))
    with pytest.raises(StoreError, match=rf"segment-0001\.h5: .*{name}"):
        (read_samples if name == "samples" else read_snapshot)(stored)


def test_a_missing_attribute_is_named(stored: Path) -> None:
    edited(stored, lambda file: file.attrs.__delitem__("replica"))
    with pytest.raises(StoreError, match=r"segment-0001\.h5: attribute replica .*missing"):
        read_snapshot(stored)


def reshaped(name: str, index: Any) -> Callable[[Any], None]:
    """Replace dataset ``name`` by a part of itself."""

    def change(file: Any) -> None:
        values = file[name][()][index]
        del file[name]
        file[name] = values

    return change


@pytest.mark.parametrize(
    ("name", "index"),
    [("u", np.s_[:, 1:]), ("u", np.s_[..., 0]), ("z", np.s_[1:]), ("identity", np.s_[:, :2]),
     ("log_g", np.s_[:, :-1]), ("walker", np.s_[0]), ("coordination/K:water", np.s_[1:]),
     ("file_z/0:K", np.s_[:, 1:]), ("water_z", np.s_[:, 1:]), ("water_z", np.s_[..., 0]),
     ("exchange_tried", np.s_[:1]), ("counters", np.s_[1:]), ("centers", np.s_[1:])],
)  # fmt: skip
def test_a_wrong_shape_of_the_samples_is_named(stored: Path, name: str, index: Any) -> None:
    edited(stored, reshaped(f"samples/{name}", index))
    with pytest.raises(StoreError, match=r"segment-0001\.h5: .* has shape"):
        read_samples(stored)


@pytest.mark.parametrize(("name", "index"), [("r", np.s_[1:]), ("step", np.s_[..., 0])])
def test_a_wrong_shape_of_the_state_is_named(stored: Path, name: str, index: Any) -> None:
    edited(stored, reshaped(f"state/{name}", index))
    with pytest.raises(StoreError, match=rf"segment-0001\.h5: {name} has shape"):
        read_snapshot(stored)


def test_a_segment_of_another_place_is_refused(
    run_folder: RunFolder, stored: Path, tmp_path: Path
) -> None:
    shutil.copy(stored, run_folder.segment_path(SYSTEM, 3, 2))
    with pytest.raises(StoreError, match=r"segment-0002\.h5: is the segment of another segment"):
        read_replica(run_folder, SYSTEM, 3)
    with pytest.raises(StoreError, match=r"segment-0002\.h5"):
        last_snapshot(run_folder, SYSTEM, 3)
    other = create(tmp_path / "other", {}, "", {"digest": "xyz"})
    shutil.copytree(run_folder.path / "segments", other.path / "segments")
    with pytest.raises(StoreError, match="is the segment of another digest: abc, not xyz"):
        read_replica(other, SYSTEM, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"beta": 0.5},
        {"kappa": 1.0},
        {"start_ion": "K"},
        {"log_g": make_samples().log_g + 1e-12},
        {"centers": make_samples().centers + 0.1},
        {"ladder": ("K", "a", "b", "Rb")},
        {"coordination": {}},
        {"file_z": {}},
        {"water_z": make_samples(waters=3).water_z},
    ],
    ids=lambda change: next(iter(change)),
)
def test_segments_sampled_differently_are_not_joined(
    run_folder: RunFolder, stored: Path, change: dict[str, Any]
) -> None:
    samples = replace(make_samples(2, waters=2), **change)
    write_segment(run_folder, make_snapshot(2), samples, {})
    with pytest.raises(StoreError, match=rf"segment-0002\.h5: {next(iter(change))} differs"):
        read_replica(run_folder, SYSTEM, 3)
    assert [c.path.name for c in verify(run_folder) if not c.ok] == ["segment-0002.h5"]


def test_verify_passes_what_is_whole(run_folder: RunFolder, stored: Path) -> None:
    stored.with_name(".segment-0002.h5.99-aa.tmp").write_bytes(b"half")
    run_folder.results_path("ratio.json").write_text("{}")
    checks = verify(run_folder)
    assert [(c.path.name, c.ok) for c in checks] == [
        ("resolved.json", True),
        ("run.yaml", True),
        ("segment-0000.h5", True),
        ("segment-0001.h5", True),
        ("ratio.json", True),
    ]
    assert checks[3].message == "8 samples in each of 3 windows"


def test_verify_tells_every_damage(run_folder: RunFolder, stored: Path) -> None:
    for n in (2, 4, 5):
        write_segment(run_folder, make_snapshot(n), make_samples(n, waters=2), {})
    damaged = run_folder.segment_path(SYSTEM, 3, 2)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    foreign = run_folder.segment_path("other", 0, 0)
    foreign.parent.mkdir(parents=True)
    shutil.copy(run_folder.segment_path(SYSTEM, 3, 0), foreign)
    (run_folder.path / "run.yaml").write_text("title: edited\n")
    run_folder.results_path("ratio.json").write_text("{")
    found = {str(c.path.relative_to(run_folder.path)): c for c in verify(run_folder)}
    place = f"segments/{SYSTEM}/replica-03"
    told = {name: check.message for name, check in found.items() if not check.ok}
    assert set(told) == {
        "run.yaml",
        f"{place}/segment-0002.h5",
        f"{place}/segment-0004.h5",
        f"{place}/segment-0005.h5",
        "segments/other/replica-00/segment-0000.h5",
        "results/ratio.json",
    }
    assert told[f"{place}/segment-0002.h5"].startswith("is truncated")
    assert told[f"{place}/segment-0005.h5"] == "stands behind a gap: segment 3 is missing"
    assert (
        f"is a segment of {SYSTEM} replica 3" in told["segments/other/replica-00/segment-0000.h5"]
    )
    assert run_folder.segments(SYSTEM, 3) == [0, 1, 2]
