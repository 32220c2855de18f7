"""The resolved record: read back unchanged, one digest for one physics, changes by key."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from selectivity import resources
from selectivity.config.check import describe
from selectivity.config.load import load, load_text
from selectivity.config.run_file import RunFile, changed_keys, from_dict
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


def test_cost(resolved: Read) -> None:
    described = describe(resolved(("[S3, S1]", "[-3 angstrom, 3 angstrom]")))
    kcsa, bulk = described.systems
    # windows from 0.3 Å below T75 O to 0.3 Å above Y78 O, by at most 0.3 Å; ladder K to Na in 5
    # steps; 5 rings of 4 and X
    assert (kcsa.windows, kcsa.identities, kcsa.molecules, kcsa.mobile) == (34, 6, 21, 21)
    assert (bulk.windows, bulk.identities, bulk.molecules, bulk.mobile) == (1, 6, 21, 20)
    sweeps = 2000 + 4000 + 400
    assert kcsa.moves == 34 * 2 * sweeps * 21
    assert bulk.moves == 1 * 2 * sweeps * 20
    assert described.moves == kcsa.moves + bulk.moves
    assert kcsa.samples == 34 * 2 * 40
    assert kcsa.disk_bytes > 8 * kcsa.samples * 6
    assert described.references == {"kcsa": "bulk"}


def test_a_rigid_cage_moves_the_ion_alone(resolved: Read) -> None:
    run = resolved(("caps: [0, 0]", "caps: [0, 0]\n    tether: rigid"))
    assert describe(run).systems[0].mobile == 1
