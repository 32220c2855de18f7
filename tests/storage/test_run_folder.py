"""Making, finding and refusing run folders; strict JSON; texts replaced in one step."""

from __future__ import annotations

import errno
import json
import math
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectivity.errors import InputError, StoppedError, StoreError
from selectivity.records import Estimate
from selectivity.storage import files
from selectivity.storage.files import (
    plain,
    read_json,
    sha256_of,
    write_json_atomic,
    write_text_atomic,
)
from selectivity.storage.folder import RunFolder, create, open_folder, rewrite, slug
from selectivity.storage.verify import verify

RESOLVED = {"format": 1, "temperature_K": 310.15, "k": 0.1 + 0.2, "tether": None, "ions": ["K"]}
TEXT = "title: Å − ×\r\nions: [K, Na]\n"
PROVENANCE = {"digest": "abc", "seed": 2026, "versions": {"numpy": "2.0"}}


def test_folder_gives_back_what_it_was_made_from(tmp_path: Path) -> None:
    made = create(tmp_path / "deep" / "run", RESOLVED, TEXT, PROVENANCE)
    found = open_folder(str(made.path))
    assert found == made
    assert found.resolved() == RESOLVED
    assert found.provenance() == PROVENANCE
    assert found.text() == TEXT
    assert (found.path / "run.yaml").read_bytes() == TEXT.encode()
    assert found.digest() == "abc"
    assert [c.ok for c in verify(found)] == [True, True]


def test_relative_paths_do_not_follow_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = create("run", RESOLVED, TEXT, PROVENANCE)
    assert open_folder("run") == made
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert made.text() == TEXT


def test_digest_is_of_the_resolved_file_where_none_is_given(tmp_path: Path) -> None:
    one = create(tmp_path / "one", RESOLVED, TEXT, {})
    assert one.digest() == sha256_of(dict(reversed(RESOLVED.items())))
    with pytest.raises(InputError, match="another run"):
        create(one.path, {**RESOLVED, "k": 0.3}, TEXT, {})


def test_same_run_is_found_again_and_another_refused(tmp_path: Path) -> None:
    made = create(tmp_path / "run", RESOLVED, TEXT, PROVENANCE)
    before = (made.path / "resolved.json").read_bytes()
    again = create(made.path, RESOLVED, TEXT, {**PROVENANCE, "command": "later"})
    assert again == made
    assert (made.path / "resolved.json").read_bytes() == before
    with pytest.raises(InputError, match=r"run.*holds another run \(abc, not xyz\).*--out"):
        create(made.path, RESOLVED, TEXT, {"digest": "xyz"})


def test_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(InputError, match=r"not empty and not a run folder \(it holds thesis\.tex"):
        create(tmp_path, RESOLVED, TEXT, PROVENANCE)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(InputError, match="is a file"):
        create(tmp_path / "thesis.tex", RESOLVED, TEXT, PROVENANCE)
    with pytest.raises(InputError, match=r"thesis\.tex"):
        create(tmp_path / "thesis.tex" / "run", RESOLVED, TEXT, PROVENANCE)


def test_making_a_folder_continues_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.mkdir()
    (path / ".resolved.json.1-00.tmp").write_text("{")
    create(path, RESOLVED, TEXT, PROVENANCE)
    (path / "run.yaml").unlink()
    assert create(path, RESOLVED, TEXT, PROVENANCE).text() == TEXT


def test_many_processes_may_make_one_folder_at_once(tmp_path: Path) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def work(i: int) -> None:
        start.wait()
        try:
            create(tmp_path / "run", RESOLVED, TEXT, {"digest": f"run {i % 2}"})
            outcomes.append(f"run {i % 2}")
        except InputError:
            outcomes.append("refused")

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digest = open_folder(tmp_path / "run").digest()
    assert sorted(outcomes) == ["refused"] * 4 + [digest] * 4


def test_no_run_folder_is_bad_input(tmp_path: Path) -> None:
    for path, rule in (
        (tmp_path, "is not a run folder"),
        (tmp_path / "none", "there is no such folder"),
    ):
        with pytest.raises(InputError, match=rule) as caught:
            open_folder(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-40], "is not JSON"),
        (lambda text: text.replace("310.15", "300.15"), "its checksum differs"),
        (lambda text: text.replace('"format": 1', '"format": 9', 1), "has format 9"),
        (lambda text: "[]", "is not the record"),
        (lambda text: text.replace('"resolved"', '"resolve"'), "its checksum differs"),
    ],
)
def test_broken_record_is_a_damaged_store(tmp_path: Path, damage, message: str) -> None:
    made = create(tmp_path / "run", RESOLVED, TEXT, PROVENANCE)
    path = made.path / "resolved.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(StoreError, match=rf"resolved\.json: {message}"):
        open_folder(made.path)
    first = verify(RunFolder(made.path))[0]
    assert (first.path, first.ok) == (path, False)


def test_what_is_not_sampled_may_change(tmp_path: Path) -> None:
    made = create(tmp_path / "run", RESOLVED, TEXT, PROVENANCE)
    rewrite(made, {**RESOLVED, "title": "new"}, "title: new\n", PROVENANCE)
    assert open_folder(made.path).resolved()["title"] == "new"
    assert made.text() == "title: new\n"
    assert [c.ok for c in verify(made)] == [True, True]
    with pytest.raises(InputError, match="another run"):
        rewrite(made, RESOLVED, TEXT, {"digest": "xyz"})


def test_segments_count_from_zero_without_gaps(tmp_path: Path) -> None:
    made = create(tmp_path / "run", RESOLVED, TEXT, PROVENANCE)
    assert made.segments("bulk", 0) == []
    for n in (1, 2):
        path = made.segment_path("bulk", 0, n)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    path.with_name(".segment-0000.h5.1-00.tmp").touch()
    assert made.segments("bulk", 0) == []
    made.segment_path("bulk", 0, 0).touch()
    made.segment_path("bulk", 0, 4).touch()
    assert made.segments("bulk", 0) == [0, 1, 2]
    assert made.segments("bulk", 1) == []
    relative = made.segment_path("bulk", 3, 12).relative_to(made.path)
    assert relative.as_posix() == "segments/bulk/replica-03/segment-0012.h5"


@given(st.lists(st.text(max_size=200), min_size=2, max_size=8, unique=True))
def test_directories_of_systems_are_plain_and_distinct(systems: list[str]) -> None:
    slugs = [slug(system) for system in systems]
    assert len(set(slugs)) == len(systems)
    for name in slugs:
        assert len(name) <= 150
        assert name[0].isalnum()
        assert name.isascii()
        assert not set(name) & set('/\\:*?"<>| []')


def test_plain_system_names_stay_readable() -> None:
    assert slug("filter-K-W-X-W") == "filter-K-W-X-W"
    assert slug("[K W X W]").startswith("K-W-X-W-")


def test_results_stay_inside_the_folder(tmp_path: Path) -> None:
    made = create(tmp_path / "run", RESOLVED, TEXT, PROVENANCE)
    assert made.results_path("figures/profile.png").parent.is_dir()
    for name in ("", "../resolved.json", "/etc/passwd", "a/../../b"):
        with pytest.raises(ValueError, match="results"):
            made.results_path(name)


@dataclass(frozen=True)
class Table:
    """Something to write."""

    z_A: np.ndarray
    best: Estimate
    path: Path


def test_json_is_strict_whatever_goes_in(tmp_path: Path) -> None:
    table = Table(
        np.array([[1.5, np.nan], [np.inf, -0.25]]), Estimate(1.0, math.nan, 0.0), tmp_path
    )
    value = {
        "table": table,
        "numpy": [np.int64(3), np.float32(0.5), np.bool_(True), np.str_("Å"), np.array(2)],
        "plain": (1, 2.5, True, None, "text"),
        7: -math.inf,
    }
    path = tmp_path / "results" / "analysis.json"
    write_json_atomic(path, value)

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is not strict JSON")

    assert json.loads(path.read_text(), parse_constant=refuse) == {
        "table": {
            "z_A": [[1.5, None], [None, -0.25]],
            "best": {"value": 1.0, "error": None, "dof": 0.0},
            "path": str(tmp_path),
        },
        "numpy": [3, 0.5, True, "Å", 2],
        "plain": [1, 2.5, True, None, "text"],
        "7": None,
    }


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_bit(x: float) -> None:
    back = json.loads(json.dumps(plain(np.float64(x))))
    assert math.copysign(1.0, back) == math.copysign(1.0, x)
    assert back == x


@pytest.mark.parametrize("value", [{1, 2}, 1j, object(), b"bytes", Estimate])
def test_what_has_no_json_form_leaves_the_old_file(tmp_path: Path, value: object) -> None:
    path = tmp_path / "ratio.json"
    write_json_atomic(path, {"ratio": 1})
    with pytest.raises(TypeError, match="no JSON form"):
        write_json_atomic(path, {"ratio": value})
    assert read_json(path) == {"ratio": 1}


def test_a_failed_write_leaves_the_old_text(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "run.yaml"
    write_text_atomic(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(StoppedError, match="No space left"):
        write_text_atomic(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["run.yaml"]


def test_old_temporary_texts_go_and_young_ones_stay(tmp_path: Path) -> None:
    old, young = tmp_path / ".a.json.1-00.tmp", tmp_path / ".a.json.2-00.tmp"
    other = tmp_path / ".b.json.1-00.tmp"
    for path in (old, young, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_json_atomic(tmp_path / "a.json", 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == [young.name, other.name, "a.json"]


def test_files_are_readable_as_the_umask_says(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "a.txt", "text")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~mask


def test_read_json_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none\.json: is missing"):
        read_json(tmp_path / "none.json")
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    with pytest.raises(StoreError, match=r"bad\.json: is not JSON"):
        read_json(tmp_path / "bad.json")
    with pytest.raises(StoreError, match="cannot be read"):
        read_json(tmp_path)
