"""Scans end to end: exact answers, stops and kills, failing cells, more values in the same folder.

An ion and one carbonyl, against an ion and one water: both free energies are integrals over two
distances and angles that quadrature gives exactly.
"""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity import api
from selectivity.api.running import Options, Watcher
from selectivity.api.scan import carrying_out
from selectivity.api.scan.jobs import cell_name, workers_each
from selectivity.cli.main import app
from selectivity.errors import InputError, InterruptedRunError, WatchdogError
from selectivity.forcefield.library import load
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import SphereWall, sphere_energy
from selectivity.units import kcal, rt
from selectivity.validation.exact import pair_integral

EXACT = """\
title: one ligand
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
axes:
  - {key: systems.cage.carbonyl_charge, values: [0.2 e, 0.5 e]}
  - {key: systems.cage.radius, values: [3 angstrom, 4 angstrom]}
systems:
  cage: {kind: cage, carbonyls: 1, wall: 500 kcal/mol/angstrom^2, reference: bulk}
  bulk: {kind: droplet, waters: 1, radius: 4 angstrom, wall: 10 kcal/mol/angstrom^2}
sampling: {replicas: 4, equilibration: 200, adaptation: 500, production: 2400, stride: 5,
  exchange_every: 20, segments: 2, frames_every: 0}
"""
SERIAL = Options(executor="serial")


@pytest.fixture(autouse=True)
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take a second to draw and have their own tests."""
    from selectivity.report import scan_plot, style

    monkeypatch.setattr(scan_plot, "scan_figure", lambda record: None)
    monkeypatch.setattr(style, "save_figure", lambda figure, path: path)


@pytest.fixture(scope="module")
def scan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scans") / "exact.yaml"
    path.write_text(EXACT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(scan_file: Path) -> api.Scan:
    """The scan run in one go, in threads; with its map."""
    return api.scan(scan_file, scan_file.parent / "whole.scan", (), Options(workers=2))


def exact(charge: float, radius: float) -> float:
    """ΔΔG(K → Na) of one carbonyl less that of one water, by quadrature, kJ/mol."""
    ff = load("charmm36", carbonyl_charge=charge)

    def difference(molecule: Molecule, wall: SphereWall) -> float:
        k, na = (
            pair_integral(molecule, ff.ion(x), lambda r: sphere_energy(wall, r), 310.15).log_z
            for x in ("K", "Na")
        )
        return rt(310.15) * (k - na)

    cage = difference(ff.carbonyl, SphereWall(radius, kcal(500.0)))
    return cage - difference(ff.water, SphereWall(4.0, kcal(10.0)))


def test_every_cell_has_the_exact_answer(whole: api.Scan) -> None:
    """Four cells, 4 replicas each: |z| <= 3.5 and no error above 1 kJ/mol."""
    assert whole.finished
    for cell in whole.cells:
        charge, radius = (0.2, 0.5)[cell.index[0]], (3.0, 4.0)[cell.index[1]]
        (leg,) = cell.legs
        assert leg.ion == "Na"
        assert leg.ddg.error < 1.0
        assert abs(leg.ddg.value - exact(charge, radius)) < 3.5 * leg.ddg.error
        assert leg.ddg.value == leg.site.value - leg.bulk.value


def test_table_and_record_say_the_same(whole: api.Scan) -> None:
    rows = list(csv.DictReader((whole.folder / "scan.csv").open(encoding="utf-8")))
    record = json.loads((whole.folder / "scan.json").read_text(encoding="utf-8"))
    assert len(rows) == len(record["cells"]) == 4
    for row, cell, found in zip(rows, record["cells"], whole.cells, strict=True):
        (leg,) = cell["legs"]
        assert float(row["ddg_K_to_Na_kJ_mol"]) == leg["ddg_kJ_mol"] == found.legs[0].ddg.value
        kcal_mol = float(row["ddg_K_to_Na_kcal_mol"])
        assert kcal_mol == pytest.approx(leg["ddg_kJ_mol"] / 4.184)
        assert row["winner"] == cell["winner"] == ("K" if leg["ddg_kJ_mol"] > 0.0 else "Na")
        assert int(row["seed"]) == found.seed
        assert (whole.folder / row["folder"] / "resolved.json").is_file()
    assert rows[1]["systems.cage.radius (angstrom)"] == "4.0"
    assert len({row["seed"] for row in rows}) == 4
    assert {row["droplet_seed"] for row in rows} == {"2026"}


def test_a_droplet_is_run_once(whole: api.Scan) -> None:
    assert len(list((whole.folder / "droplets").iterdir())) == 1
    assert len(list((whole.folder / "cells").iterdir())) == 4


def test_a_stopped_scan_goes_on_to_the_same_bits(
    scan_file: Path, whole: api.Scan, tmp_path: Path
) -> None:
    stop, done = threading.Event(), [0.0]

    def halfway(share: float) -> None:
        done[0] += share
        if done[0] > 0.5:
            stop.set()

    folder = tmp_path / "half.scan"
    with pytest.raises(InterruptedRunError, match="the same command continues"):
        api.scan(scan_file, folder, (), SERIAL, Watcher(halfway), stop)
    half = (folder / "scan.csv").read_text(encoding="utf-8")
    assert "not finished" in half
    told: list[str] = []
    found = api.scan(scan_file, folder, (), SERIAL, Watcher(notice=told.append))
    assert found.finished
    assert any("are there" in text for text in told)
    assert (folder / "scan.csv").read_bytes() == (whole.folder / "scan.csv").read_bytes()


def test_more_values_keep_the_cells_that_are_there(
    scan_file: Path, whole: api.Scan, tmp_path: Path
) -> None:
    import shutil

    folder, wider = tmp_path / "wider.scan", tmp_path / "wider.yaml"
    shutil.copytree(whole.folder, folder)
    wider.write_text(EXACT.replace("[0.2 e, 0.5 e]", "[0.2 e, 0.3 e, 0.5 e]"), encoding="utf-8")
    told: list[str] = []
    found = api.scan(wider, folder, (), SERIAL, Watcher(notice=told.append))
    assert "5 of 7 runs are there" in told
    before = {cell.changes: cell.legs for cell in whole.cells}
    after = {cell.changes: cell.legs for cell in found.cells}
    assert before.items() <= after.items()


def test_another_run_file_is_refused_before_anything_is_run(
    scan_file: Path, whole: api.Scan, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="holds another run"):
        api.scan(scan_file, whole.folder, ("systems.cage.waters=1",), SERIAL)
    (tmp_path / "resolved.json").touch()
    with pytest.raises(InputError, match="is a run folder"):
        api.scan(scan_file, tmp_path, (), SERIAL)
    for options, rule in (
        (Options(executor="dask"), "runs its cells with"),
        (Options(workers=0), "at least 1"),
        (Options(max_hours=-1.0), "above zero"),
        (Options(grace=-1.0), "not negative"),
    ):
        with pytest.raises(InputError, match=rule):
            api.scan(scan_file, tmp_path / "none", (), options)
    assert not (tmp_path / "none").exists()


def test_a_cell_that_fails_is_marked_and_the_others_go_on(
    scan_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = cell_name(("systems.cage.carbonyl_charge=0.5 e", "systems.cage.radius=3 angstrom"))
    real = carrying_out.carry_out

    def sometimes(run_file, out, *rest):  # type: ignore[no-untyped-def]
        if out.name == bad:
            raise WatchdogError("the running energy drifted")
        return real(run_file, out, *rest)

    monkeypatch.setattr(carrying_out, "carry_out", sometimes)
    arguments = ["scan", str(scan_file), "--out", str(tmp_path / "x.scan"), "--executor", "serial"]
    arguments += ["--set", "sampling.replicas=2", "--set", "sampling.production=240"]
    found = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert found.exit_code == 3
    cells = json.loads(found.stdout)["cells"]
    assert [cell["state"] == "failed" for cell in cells] == [False, False, True, False]
    assert cells[2]["reasons"] == ["the running energy drifted"]
    assert cells[2]["winner"] is None
    assert "million trial moves" in found.stderr
    assert f"cells/{bad} failed" in found.stderr
    monkeypatch.setattr(carrying_out, "carry_out", real)
    again = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "failed" not in again.stdout
    assert "results: " in again.stdout


def test_a_damaged_droplet_fails_the_cells_that_refer_to_it_alone(tmp_path: Path) -> None:
    path, folder = tmp_path / "waters.yaml", tmp_path / "waters.scan"
    axes = "axes: [{key: systems.bulk.waters, values: [1, 2]}]\nsystems:"
    text = EXACT[: EXACT.index("axes:")] + axes + EXACT.partition("systems:")[2]
    path.write_text(text.replace("carbonyls: 1,", "carbonyls: 1, radius: 3 angstrom,"))
    short = ("sampling.replicas=2", "sampling.production=240")
    assert api.scan(path, folder, short, SERIAL).finished
    damaged = next(folder.glob("droplets/*/segments/*/replica-00/segment-0002.h5"))
    os.truncate(damaged, 100)
    found = api.scan(path, folder, short, SERIAL)
    assert sorted(cell.state == "failed" for cell in found.cells) == [False, True]
    (bad,) = (cell for cell in found.cells if cell.state == "failed")
    assert len(bad.reasons) == 1
    assert str(damaged) in bad.reasons[0]


@pytest.mark.parametrize(
    ("workers", "waiting", "found"),
    [(8, 45, (8, 1)), (8, 3, (3, 2)), (2, 1, (1, 2)), (1, 9, (1, 1))],
)
def test_cells_and_their_workers_never_exceed_the_workers(
    workers: int, waiting: int, found: tuple[int, int]
) -> None:
    assert workers_each(workers, waiting) == found
    assert math.prod(found) <= workers


@pytest.mark.validate
def test_a_killed_scan_goes_on_to_the_same_bits(
    scan_file: Path, whole: api.Scan, tmp_path: Path
) -> None:
    """SIGKILL at some moment of the work, twice; then the same command to its end."""
    folder = tmp_path / "killed.scan"
    code = "from selectivity.cli.main import main; main()"
    command = [sys.executable, "-c", code, "scan", str(scan_file), "--out", str(folder)]
    for cells in (1, 3):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 120.0
        while process.poll() is None and time.monotonic() < until:
            if len(list((folder / "cells").glob("*/segments/*/*/segment-0001.h5"))) > 4 * cells:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.005)
        process.wait()
    assert subprocess.run(command, capture_output=True).returncode in (0, 3)
    assert (folder / "scan.csv").read_bytes() == (whole.folder / "scan.csv").read_bytes()
