"""Exported umbrella sampling read back: WHAM written for the test, GROMACS, PLUMED's format.

Samples of an exactly solvable filter, independent draws from every window.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from selectivity.estimators.profile import replica_profile
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.tables import write_colvars
from selectivity.storage.wham_files import write_gromacs, write_wham
from tests.estimators.synthetic_filter import BETA, HARMONIC, RT, TEMPERATURE, Model, draw

STRIDE = 10
CENTERS = np.linspace(-1.8, 1.8, 10)
ONE_ION = Model(v=HARMONIC.v, d=HARMONIC.d, ladder=("K",))
KCAL = 4.184


def draw_all(model: Model, replicas: int, n: int = 300) -> list[ReplicaSamples]:
    return [draw(model, 8, CENTERS, kappa=40.0, n=n, replica=r) for r in range(replicas)]


def read_metadata(folder: Path) -> list[tuple[np.ndarray, float, float]]:
    """z (Å), centre (Å) and spring constant (kJ/mol/Å²) of every line of metadata.dat."""
    found = []
    for line in (folder / "metadata.dat").read_text().splitlines():
        if not line.startswith("#"):
            name, centre, spring = line.split()
            z = np.loadtxt(folder / name, ndmin=2)[:, 1]
            found.append((z, float(centre), KCAL * float(spring)))
    return found


def own_wham(rows: list[tuple[np.ndarray, float, float]], z_bins: np.ndarray) -> np.ndarray:
    """W (kJ/mol) at bin centres from the fixed-point equations of WHAM without bins."""
    z = np.concatenate([row[0] for row in rows])
    N_k = np.array([len(row[0]) for row in rows])
    bias = np.exp([-0.5 * BETA * spring * (z - centre) ** 2 for _, centre, spring in rows])
    f_k = np.ones(len(rows))
    for _ in range(20_000):
        weight = 1.0 / ((N_k * f_k) @ bias)
        new = 1.0 / (bias @ weight)
        change = np.max(np.abs(np.log(new / new[0]) - np.log(f_k / f_k[0])))
        f_k = new / new[0]
        if change < 1e-12:
            break
    width = z_bins[1] - z_bins[0]
    edges = np.append(z_bins - 0.5 * width, z_bins[-1] + 0.5 * width)
    with np.errstate(divide="ignore"):
        w = -RT * np.log(np.histogram(z, edges, weights=weight)[0])
    return w - w[np.isfinite(w)].min()


def test_wham_over_the_files_is_the_program_s_histogram(tmp_path: Path) -> None:
    (samples,) = draw_all(ONE_ION, 1)
    paths = write_wham(tmp_path, [samples], "K", TEMPERATURE, STRIDE)
    assert all(path.is_file() for path in paths)
    mine = replica_profile(samples)
    w = own_wham(read_metadata(tmp_path), mine.z)
    expected = mine.w["K"]
    held = np.isfinite(expected)
    assert held.sum() > 30
    assert np.array_equal(held, np.isfinite(w))
    np.testing.assert_allclose(w[held], (expected - np.nanmin(expected))[held], atol=1e-7)


def test_files_hold_the_samples_of_one_ion_to_the_bit(tmp_path: Path) -> None:
    replicas = draw_all(HARMONIC, 2)
    write_wham(tmp_path, replicas, "Na", TEMPERATURE, STRIDE)
    rows = read_metadata(tmp_path)
    assert len(rows) == 2 * len(CENTERS)
    j = HARMONIC.ladder.index("Na")
    for (z, centre, spring), (s, k) in zip(
        rows, ((s, k) for s in replicas for k in range(len(CENTERS))), strict=True
    ):
        assert np.array_equal(z, s.z[k, s.identity[k] == j])
        assert (centre, spring) == (CENTERS[k], pytest.approx(40.0, rel=1e-15))
    time = np.loadtxt(tmp_path / "replica-00.window-000.dat")[:, 0]
    assert np.array_equal(time, STRIDE * (1 + np.flatnonzero(replicas[0].identity[0] == j)))
    assert f" {TEMPERATURE!r} 0 metadata.dat pmf.dat" in (tmp_path / "wham.sh").read_text()
    assert write_wham(tmp_path / "none", [remade(replicas[0])], "Na", TEMPERATURE, STRIDE) == []


def remade(samples: ReplicaSamples) -> ReplicaSamples:
    """The same with X always the first ion."""
    from dataclasses import replace

    return replace(samples, identity=np.zeros_like(samples.identity))


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_wham_over_one_ion_s_samples_is_its_exact_profile(tmp_path: Path, ion: str) -> None:
    """Eight replicas of 10 windows of 600 samples, about 1200 of them with each end ion."""
    z = np.linspace(-1.5, 1.5, 16)
    found = []
    for samples in draw_all(HARMONIC, 8, n=600):
        folder = tmp_path / str(samples.replica)
        write_wham(folder, [samples], ion, TEMPERATURE, STRIDE)
        found.append(own_wham(read_metadata(folder), z))
    difference = np.array(found) - HARMONIC.binned(z, ion)
    difference -= difference.mean(axis=1, keepdims=True)
    score = difference.mean(axis=0) / (difference.std(axis=0, ddof=1) / np.sqrt(len(found)))
    assert np.abs(difference.mean(axis=0)).max() < 0.5
    assert np.sqrt(np.mean(score**2)) < 2.0


@pytest.mark.skipif(shutil.which("gmx") is None, reason="GROMACS is not installed")
def test_gromacs_makes_the_run_inputs_and_the_same_profile(tmp_path: Path) -> None:
    replicas = draw_all(ONE_ION, 2, n=1000)
    write_wham(tmp_path, replicas, "K", TEMPERATURE, STRIDE)
    folder = tmp_path / "gromacs"
    write_gromacs(folder, replicas, "K", TEMPERATURE, STRIDE)
    done = subprocess.run(["sh", "make_tpr.sh"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = (folder / "profile.xvg").read_text().splitlines()
    z, w = np.array([row.split() for row in rows if row[0] not in "#@"], float).T
    inner = (np.abs(10.0 * z) < 1.5) & np.isfinite(w)
    mine = own_wham(read_metadata(tmp_path), 10.0 * z)
    difference = (w - mine)[inner]
    assert inner.sum() > 50
    # gmx wham takes the bias in the middle of bins of 0.05 Å
    assert np.abs(difference - difference.mean()).max() < 0.15


def test_pull_files_hold_position_and_force(tmp_path: Path) -> None:
    (samples,) = draw_all(ONE_ION, 1, n=20)
    write_gromacs(tmp_path, [samples], "K", TEMPERATURE, STRIDE)
    x, f = (
        np.loadtxt(tmp_path / f"replica-00.window-003.{kind}.xvg", comments=("#", "@"))
        for kind in ("pullx", "pullf")
    )
    np.testing.assert_array_equal(x[:, 1], 0.1 * samples.z[3])
    np.testing.assert_allclose(f[:, 1], -4000.0 * (x[:, 1] - 0.1 * CENTERS[3]), rtol=1e-12)
    mdp = dict(line.split(" = ") for line in (tmp_path / "window-003.mdp").read_text().splitlines())
    assert float(mdp["pull-coord1-k"]) == 4000.0
    assert float(mdp["pull-coord1-init"]) == pytest.approx(0.1 * CENTERS[3], rel=1e-15)
    assert (tmp_path / "tpr-files.dat").read_text().split()[3] == "window-003.tpr"


@pytest.mark.parametrize("held", [True, False])
def test_colvars_are_plumed_s(tmp_path: Path, held: bool) -> None:
    samples = draw(HARMONIC, 8, CENTERS if held else None, kappa=40.0, n=25, replica=3)
    paths = write_colvars(tmp_path, samples, STRIDE)
    assert len(paths) == (2 * len(CENTERS) if held else 1)
    for k in range(len(samples.centers)):
        head, *lines = (tmp_path / f"COLVAR.03.{k:03d}").read_text().splitlines()
        fields = head.removeprefix("#! FIELDS ").split()
        assert fields[0] == "time"
        column = dict(zip(fields, np.array([line.split() for line in lines], float).T, strict=True))
        np.testing.assert_array_equal(column["z"], 0.1 * samples.z[k])
        np.testing.assert_array_equal(column["identity"], samples.identity[k])
        np.testing.assert_array_equal(column["u.K_0.5_Na"], samples.u[k, :, 2])
        assert ("restraint.bias" in column) == held
        if held:
            text = (tmp_path / f"plumed.03.{k:03d}.dat").read_text()
            at, kappa = (float(text.split(f"{key}=")[1].split()[0]) for key in ("AT", "KAPPA"))
            bias = 0.5 * kappa * (column["z"] - at) ** 2
            np.testing.assert_allclose(column["restraint.bias"], bias, rtol=1e-9, atol=1e-12)
