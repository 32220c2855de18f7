"""What may change in a run folder, and that a run made longer is the run asked for at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selectivity import api
from selectivity.api.running import Options
from selectivity.cli.main import answer
from selectivity.errors import InputError
from selectivity.storage.files import write_json_atomic
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from selectivity.storage.verify import verify
from tests.same_samples import same
from tests.tiny import TINY

QUICK = ("sampling.equilibration=20", "sampling.adaptation=50")
SHORT = (*QUICK, "sampling.replicas=2", "sampling.production=100", "sampling.segments=2")
LONGER = (*QUICK, "sampling.replicas=4", "sampling.production=150", "sampling.segments=3")
SERIAL = Options(executor="serial")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.mark.usefixtures("kernels")
def test_more_sweeps_and_replicas_give_the_run_asked_for_at_once(
    tiny: Path, tmp_path: Path
) -> None:
    whole = open_folder(api.run(tiny, tmp_path / "whole.run", LONGER, SERIAL))
    grown = open_folder(api.run(tiny, tmp_path / "grown.run", SHORT, SERIAL))
    before = {path: path.read_bytes() for path in grown.path.rglob("*.h5")}
    digest = grown.digest()
    api.run(tiny, grown.path, LONGER, Options(workers=2))
    assert grown.digest() == digest == whole.digest()
    assert grown.resolved()["plans"]["bulk"]["segments"] == 3
    assert all(path.read_bytes() == data for path, data in before.items())
    for system in ("cage", "bulk"):
        for replica in range(4):
            assert grown.segments(system, replica) == list(range(4))
            same(read_replica(grown, system, replica), read_replica(whole, system, replica))
    assert api.status(grown.path).finished
    assert all(check.ok for check in verify(grown))
    with pytest.raises(InputError, match=r"plans\.cage\.replicas: 4 there, 2 here"):
        api.run(tiny, grown.path, SHORT, SERIAL)  # the way back is none


@pytest.mark.parametrize(
    ("changes", "keys", "hint"),
    [
        (("sampling.seed=12",), {"cage.seed", "bulk.seed"}, ""),
        (("sampling.replicas=2",), {"cage.replicas", "bulk.replicas"}, ""),
        (("sampling.production=600",), {"cage.production", "bulk.production"}, "segments: 6"),
        (("sampling.segments=6",), {"cage.segments", "bulk.segments"}, ""),
        (
            ("sampling.production=200", "sampling.segments=2"),
            {
                f"{system}.{key}"
                for system in ("cage", "bulk")
                for key in ("production", "segments")
            },
            "",
        ),
        (
            ("sampling.adaptation=300", "sampling.replicas=6"),
            {"cage.adaptation", "bulk.adaptation"},
            "",
        ),
    ],
)
def test_what_may_not_change_is_listed_and_what_may_is_named(
    begun: tuple[Path, Path], changes: tuple[str, ...], keys: set[str], hint: str
) -> None:
    file, folder = begun
    stored = (folder / "resolved.json").read_bytes()
    base = ("sampling.replicas=4", "sampling.production=300")
    with pytest.raises(InputError) as caught:
        api.run(file, folder, (*base, *changes), SERIAL)
    text = str(caught.value)
    listed = {line.split(":")[0].strip() for line in text.splitlines() if line.startswith("  ")}
    assert listed == {f"plans.{key}" for key in keys}
    assert "what may change in a run folder: title, membrane, frames_every, workers" in text
    assert "more production in more segments of the same length" in text
    assert hint in text
    assert (hint == "") == ("to go on, write" not in text)
    assert (folder / "resolved.json").read_bytes() == stored


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, kernels: None) -> tuple[Path, Path]:
    """A run file and its folder, sampled in none of its replicas but the last of the droplet."""
    base = tmp_path_factory.mktemp("begun")
    file = base / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    changes = ("sampling.replicas=4", "sampling.production=300")
    folder = api.run(file, base / "a.run", changes, Options(executor="serial", only=(3,)))
    return file, folder


def test_what_is_not_sampled_changes_freely(begun: tuple[Path, Path]) -> None:
    file, folder = begun
    digest = open_folder(folder).digest()
    only = Options(executor="threads", workers=2, only=(3,))
    base = ("sampling.replicas=4", "sampling.production=300")
    for change in ("title=another", "membrane.preset=squid", "sampling.frames_every=50"):
        api.run(file, folder, (*base, change), only)
        record = open_folder(folder).record()
        assert record["digest"] == digest
        assert change in record["resolved"]["overrides"]
        assert all(check.ok for check in verify(open_folder(folder)))


def test_a_folder_of_an_older_program_keeps_its_digest(begun: tuple[Path, Path]) -> None:
    """Its segments carry whatever digest it was made with; only what differs decides."""
    file, folder = begun
    record = open_folder(folder).record()
    older = {**record, "provenance": {**record["provenance"], "digest": record["digest"]}}
    del older["checksum"]
    from selectivity.storage.files import sha256_of

    write_json_atomic(folder / "resolved.json", {**older, "checksum": sha256_of(older)})
    base = ("sampling.replicas=4", "sampling.production=300", "title=newer")
    api.run(file, folder, base, Options(executor="serial", only=(3,)))
    assert open_folder(folder).digest() == record["digest"]
    assert all(check.ok for check in verify(open_folder(folder)))


def test_a_text_lost_on_the_way_comes_back(
    begun: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed between the record and the text beside it."""
    file, folder = begun
    (folder / "run.yaml").unlink()
    assert answer(["verify", str(folder), "--json"]) == 0
    rows = {row["path"]: row for row in json.loads(capsys.readouterr().out)["files"]}
    assert rows["run.yaml"]["ok"]
    assert "is missing" in rows["run.yaml"]["message"]
    base = ("sampling.replicas=4", "sampling.production=300")
    api.run(file, folder, base, Options(executor="serial", only=(3,)))
    assert (folder / "run.yaml").read_text(encoding="utf-8") == TINY
