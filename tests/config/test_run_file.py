"""The resolved record: read back unchanged, one digest for one physics, changes by key."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from selectivity import resources
from selectivity.config.check import describe
from selectivity.config.load import load, load_text
from selectivity.config.run_file import RunFile, changed_keys, from_dict, has_other_moves
from selectivity.errors import StoreError
from selectivity.geometry.files import load_filter, write_toml

RUNS = sorted(resources.folder("runs").glob("*.yaml"))
Read = Callable[..., RunFile]


@pytest.mark.parametrize("path", RUNS, ids=lambda p: p.stem)
def test_the_record_reads_back_through_json(path: Path) -> None:
    run = load(path)
    again = from_dict(json.loads(json.dumps(run.to_dict(), allow_nan=False)))
    assert again == run
    assert again.digest() == run.digest()


def test_records_of_another_version_or_incomplete_are_refused(resolved: Read) -> None:
    record = resolved().to_dict()
    with pytest.raises(StoreError, match="format 0"):
        from_dict({**record, "format": 0})
    with pytest.raises(StoreError, match="incomplete"):
        from_dict({key: value for key, value in record.items() if key != "ions"})
    with pytest.raises(StoreError, match="incomplete"):
        from_dict({**record, "systems": {"bulk": {"kind": "ball"}}})


def test_writing_the_same_differently_keeps_the_digest(resolved: Read) -> None:
    digest = resolved().digest()
    same = (
        (("title: small", "# a comment\ntitle: large"),),
        (("310.15 K", "37 degC"),),
        (("5.82 angstrom", "0.582 nm"),),
        (("reference: bulk", "reference: bulk\n    orientation: 83.68 kJ/mol"),),
        (("title: small", "membrane: {preset: squid}"),),
    )
    for changes in same:
        assert resolved(*changes).digest() == digest
    assert len(digest) == 64


@pytest.mark.parametrize(
    ("old", "new", "key", "values"),
    [
        ("310.15 K", "300 K", "temperature_K", (310.15, 300.0)),
        ("[K, Na]", "[Na, K]", "ions", (["K", "Na"], ["Na", "K"])),
        ('"[X]"', '"[W X W]"', "systems.kcsa.composition", ("[X]", "[W X W]")),
        ("replicas: 2", "replicas: 4", "plans.bulk.replicas", (2, 4)),
        ("[S3, S1]", "[S3, S2]", "systems.kcsa.interior", None),
        ("structure: kcsa", "structure: mthk", "structure_sha256.kcsa", None),
    ],
)
def test_a_changed_run_file_is_told_by_key(
    resolved: Read, old: str, new: str, key: str, values: tuple[object, object] | None
) -> None:
    before, after = resolved(), resolved((old, new))
    assert before.digest() != after.digest()
    changes = {key: (a, b) for key, a, b in changed_keys(before.to_dict(), after.to_dict())}
    assert key in changes
    if values is not None:
        assert changes[key] == values


def test_a_reservoir_is_part_of_the_record_of_an_open_file_alone(resolved: Read) -> None:
    closed = resolved()
    assert "reservoir" not in closed.to_dict()["systems"]["kcsa"]
    kept = ('"[X]"', "[gc X gc]"), ("caps: [0, 0]", "caps: [2, 2]")
    bulk = resolved(*kept)
    record = bulk.to_dict()
    assert record["systems"]["kcsa"]["composition"] == "[gc X gc]"
    assert record["systems"]["kcsa"]["reservoir"] == "bulk"
    stated = resolved(kept[0], ("caps: [0, 0]", "reservoir: bulk\n    caps: [2, 2]"))
    assert stated.digest() == bulk.digest()
    caps = resolved(kept[0], ("caps: [0, 0]", "reservoir: caps\n    caps: [2, 2]"))
    assert from_dict(json.loads(json.dumps(caps.to_dict()))) == caps
    changes = changed_keys(record, caps.to_dict())
    activity = record["systems"]["kcsa"]["log_activity"]  # of the liquid, and none of closed caps
    assert sorted(changes) == [
        ("systems.kcsa.log_activity", activity, None),
        ("systems.kcsa.reservoir", "bulk", "caps"),
    ]
    assert caps.digest() != bulk.digest()


def test_a_system_that_is_new_or_gone_is_one_change(resolved: Read) -> None:
    before = resolved()
    after = resolved(("  bulk: {", "  cage: {kind: cage}\n  bulk: {"))
    changes = {k: (a, b) for k, a, b in changed_keys(before.to_dict(), after.to_dict())}
    assert set(changes) == {"systems.cage", "plans.cage"}
    assert changes["systems.cage"][0] is None


def test_what_is_not_sampled_is_no_change(resolved: Read) -> None:
    other = resolved(("title: small", "title: other\nmembrane: {preset: squid}"))
    assert changed_keys(resolved().to_dict(), other.to_dict()) == []


def test_a_moved_structure_is_the_same_and_an_edited_one_is_not(
    tmp_path: Path, resolved: Read
) -> None:
    digests = []
    text = resolved().text.replace("structure: kcsa", "structure: own.toml")
    for name, edited in (("a", False), ("b", False), ("c", True)):
        folder = tmp_path / name
        folder.mkdir()
        write_toml(load_filter("kcsa"), folder / "own.toml")
        if edited:
            content = (folder / "own.toml").read_text(encoding="utf-8")
            (folder / "own.toml").write_text(content + "# edited\n", encoding="utf-8")
        digests.append(load_text(text, folder=folder).digest())
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


def test_trajectories_are_part_of_the_run(resolved: Read) -> None:
    text = "segments: 4, trajectory_every: {}, trajectory_steps: {}"
    some, none, longer = (
        resolved(("segments: 4", text.format(*n))) for n in ((25, 12), (0, 12), (25, 13))
    )
    assert some.plans["kcsa"].trajectory == (25, 12)
    assert len({run.digest() for run in (some, none, longer)}) == 3
    assert ("plans.kcsa.trajectory_steps", 12, 13) in changed_keys(some.to_dict(), longer.to_dict())
    old = json.loads(json.dumps(some.to_dict()))
    assert not has_other_moves(old)
    del old["plans"]["kcsa"]["trajectory_every"], old["plans"]["kcsa"]["trajectory_steps"]
    assert has_other_moves(old)  # as stored before there were any
    assert from_dict(old).plans["kcsa"].trajectory_every == 0


def test_frames_change_no_run(resolved: Read) -> None:
    often, none = (resolved(("segments: 4", f"segments: 4, frames_every: {n}")) for n in (200, 0))
    assert often.plans["kcsa"].frames_every == 200
    assert often.digest() == none.digest() == resolved().digest()
    assert changed_keys(often.to_dict(), none.to_dict()) == []
    old = json.loads(json.dumps(none.to_dict()))
    del old["plans"]["kcsa"]["frames_every"]  # as stored before there were frames
    assert from_dict(old).plans["kcsa"].frames_every == 1000
    assert changed_keys(old, often.to_dict()) == []
    described = describe(resolved(("segments: 4", "segments: 4, frames_every: 200"))).systems[0]
    without = describe(none).systems[0]
    # 34 windows of 2 replicas; 400 sweeps; 12 groups of 2 and 4 of 3 sites, and X
    assert (described.frames, without.frames) == (34 * 2 * 2, 0)
    assert 0.8 < described.frame_bytes / (described.frames * (16 * 2 + 4 * 3 + 1) * 12) < 1.0
    assert described.disk_bytes - without.disk_bytes > described.frame_bytes
