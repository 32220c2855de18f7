"""The functions behind the commands: what they return, write and refuse."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from selectivity import api
from selectivity.api.running import Options, Watcher
from selectivity.config.load import load
from selectivity.errors import InputError, RunFileError, StoppedError, StoreError
from selectivity.permeation.amides import amide_caveat
from selectivity.storage.folder import create
from selectivity.units import FARADAY, GAS_CONSTANT
from tests.tiny import SHORT, TINY

SERIAL = Options(executor="serial")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_status_of_a_finished_run(finished_run: Path) -> None:
    status = api.status(finished_run)
    assert status.finished
    assert {s.system: (s.segments, s.stored) for s in status.systems} == {
        "cage": (3, (3, 3)),
        "bulk": (3, (3, 3)),
    }
    assert status.as_dict()["finished"] is True


def test_analyse_writes_what_it_returns(finished_run: Path) -> None:
    record = api.analyse(finished_run, figures=False).as_dict()
    stored = json.loads((finished_run / "results" / "analysis.json").read_text(encoding="utf-8"))
    assert stored["systems"] == json.loads(json.dumps(record["systems"]))
    assert [row["system"] for row in record["systems"]] == ["cage", "bulk"]
    assert record["converged"] is False  # two short replicas


def test_ratio_stands_on_the_droplet_and_within_its_bounds(finished_run: Path) -> None:
    analysis = api.analyse(finished_run, figures=False)
    report = api.ratio(finished_run, analysis)
    bulk = analysis.computed["bulk"].free.difference("K", "Na")
    assert report.result.bulk.value == pytest.approx(bulk.value)
    record = report.as_dict()
    bounds = record["ratio"]["bounds"]
    assert bounds["low"] <= record["ratio"]["integral_levelled"]["value"] <= bounds["high"]
    assert record["model_span"] is None
    value = record["ratio"]["integral_levelled"]["value"]
    reversal = -1000.0 * GAS_CONSTANT * 310.15 / FARADAY * np.log(value)
    assert record["membrane"]["bi_ionic_mV"] == pytest.approx(reversal)
    assert record["provenance"]["seeds"] == {"cage": 11, "bulk": 11}


def test_the_error_of_the_force_field_stands_beside_the_ratio(finished_run: Path) -> None:
    record = api.ratio(finished_run, api.analyse(finished_run, figures=False)).as_dict()
    forcefield = record["forcefield"]
    caveat = amide_caveat(forcefield, "K", "Na", record["temperature_K"])
    assert record["notes"].count(caveat) == 1
    assert all(system["amides"]["text"] == caveat for system in record["systems"])
    assert record["amides"]["forcefield"] == forcefield


def test_running_a_finished_run_again_samples_nothing(finished_run: Path, tiny: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in finished_run.rglob("*.h5")}
    watcher = Watcher(progress=lambda share: pytest.fail("sampled again"))
    assert api.run(tiny, finished_run, SHORT, SERIAL, watcher) == finished_run
    assert {p: p.stat().st_mtime_ns for p in finished_run.rglob("*.h5")} == before


def test_the_run_is_that_of_its_run_file_alone(finished_run: Path, tiny: Path) -> None:
    with pytest.raises(InputError, match="seed: 11 there, 12 here"):
        api.run(tiny, finished_run, (*SHORT, "sampling.seed=12"), SERIAL)


def test_a_stopped_run_keeps_its_segments_and_is_continued(tmp_path: Path, tiny: Path) -> None:
    """Stop in production, which is half of the sweeps; what was stored before stays."""
    stop, done = threading.Event(), [0.0]

    def progress(share: float) -> None:
        done[0] += share
        if done[0] > 0.7:
            stop.set()

    out = tmp_path / "a.run"
    with pytest.raises(StoppedError, match="the same command continues"):
        api.run(tiny, out, SHORT, SERIAL, Watcher(progress), stop)
    stored = api.status(out)
    assert not stored.finished
    assert any(sum(system.stored) for system in stored.systems)
    with pytest.raises((InputError, StoreError)):
        api.ratio(out)


def test_only_some_replicas(tmp_path: Path, tiny: Path) -> None:
    small = ("sampling.replicas=2", "sampling.production=150")
    options = Options(executor="serial", only=(1,))
    folder = api.run(tiny, tmp_path / "a.run", small, options)
    assert [system.stored for system in api.status(folder).systems] == [(0, 3), (0, 3)]
    analysis = api.analyse(folder, figures=False)
    assert not analysis.converged
    assert "1 of 2 replicas" in analysis.warnings[0]


def test_refusals_leave_no_folder(tmp_path: Path, tiny: Path) -> None:
    out = tmp_path / "a.run"
    for options, overrides, error in (
        (Options(workers=0), SHORT, InputError),
        (Options(executor="magic"), SHORT, InputError),
        (Options(only=(2,)), SHORT, InputError),
        (Options(max_hours=float("nan")), SHORT, InputError),
        (SERIAL, ("sampling.replicas=1",), RunFileError),
    ):
        with pytest.raises(error):
            api.run(tiny, out, overrides, options)
    assert not out.exists()


@pytest.mark.parametrize("job", [api.status, api.analyse, api.ratio])
def test_what_is_no_run_folder_is_refused(tmp_path: Path, job) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError):
            job(place)


def test_new_copies_and_overwrites_nothing(tmp_path: Path) -> None:
    copy = api.new("droplet", tmp_path)
    assert copy == tmp_path / "droplet.yaml"
    assert api.check(copy).digest == api.check("droplet").digest
    for name, target in (("droplet", copy), ("droplet", tmp_path / "no" / "a.yaml")):
        with pytest.raises(InputError):
            api.new(name, target)
    with pytest.raises(InputError, match='did you mean "droplet"'):
        api.new("drolpet", tmp_path)


def test_a_folder_from_before_there_were_trajectories_is_not_continued(
    tiny: Path, tmp_path: Path
) -> None:
    """And says so, whatever the run file holds."""
    record = load(tiny).to_dict()
    for plan in record["plans"].values():
        del plan["trajectory_every"], plan["trajectory_steps"]
    create(tmp_path / "old.run", record, TINY, {})
    for every in (0, 10):
        changes = (f"sampling.trajectory_every={every}",)
        with pytest.raises(InputError, match="with other moves: can be analysed, not"):
            api.run(tiny, tmp_path / "old.run", changes, SERIAL)
