"""Exports read back by the programs that they are for: pandas-like CSV, pymbar, mdtraj."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import mdtraj
import numpy as np
import pytest

from selectivity import api
from selectivity.api.running import Options
from selectivity.api.stored import StoredRun, read_run
from selectivity.errors import InputError
from selectivity.estimators.profile import replica_profile
from selectivity.sampling.checkpoint import snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, produce
from selectivity.storage.folder import create
from selectivity.storage.segment import read_frames, write_segment
from selectivity.storage.trajectories import gather, write_trajectory
from selectivity.system.build import build_topology
from selectivity.system.spec import Composition, FilterSpec, Windows
from selectivity.units import rt
from tests.tiny import TINY

CHANGES = ("sampling.replicas=2", "sampling.production=600", "sampling.frames_every=100")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A run with two frames in each of three segments, never changed."""
    base = tmp_path_factory.mktemp("export")
    file = base / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    return read_run(api.run(file, base / "tiny.run", CHANGES, Options(executor="serial")))


def read_csv(path: Path) -> dict[str, np.ndarray]:
    """Columns of a CSV file: numbers, or texts where they are no numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = {}
    for key, column in zip(header, zip(*rows, strict=True), strict=True):
        try:
            columns[key] = np.array(column, float)
        except ValueError:
            columns[key] = np.array(column)
    return columns


def test_csv_gives_every_sample_back_to_the_bit(stored: StoredRun, tmp_path: Path) -> None:
    found = api.export(stored.folder.path, "csv", tmp_path / "out")
    for name, system in stored.systems.items():
        for samples in system.replicas:
            table = read_csv(tmp_path / "out" / name / f"replica-{samples.replica:02d}.csv")
            shape = samples.z.shape
            assert np.array_equal(table["z_A"].reshape(shape), samples.z)
            assert np.array_equal(table["identity"].reshape(shape), samples.identity)
            for j, ion in enumerate(samples.ladder):
                assert np.array_equal(table[f"u_{ion}_kJ_mol"].reshape(shape), samples.u[:, :, j])
            for key, values in samples.coordination.items():
                assert np.array_equal(table[f"shell_{key}"].reshape(shape), values)
            for key, values in samples.file_z.items():
                assert np.array_equal(table[f"file_{key}_z_A"].reshape(shape), values)
            assert table["sweep"][[0, -1]].tolist() == [10, 600]
    record = json.loads((tmp_path / "out/export.json").read_text())
    assert record["files"] == found.as_dict()["files"]
    assert all((tmp_path / "out" / file).is_file() for file in record["files"])
    assert record["provenance"]["digest"] == stored.run_file.digest()


def test_pymbar_over_the_csv_gives_the_profile(stored: StoredRun, tmp_path: Path) -> None:
    pymbar = pytest.importorskip("pymbar")
    api.export(stored.folder.path, "csv", tmp_path / "out", system="cage")
    (samples, _) = stored.systems["cage"].replicas
    states = read_csv(tmp_path / "out/cage/states.csv")
    table = read_csv(tmp_path / "out/cage/replica-00.csv")
    mine = states["replica"] == 0
    windows, J = int(states["window"].max()) + 1, len(samples.ladder)
    by_state = {key: values[mine].reshape(windows, J) for key, values in states.items()}
    assert by_state["ion"][0].tolist() == list(samples.ladder)
    beta, kappa = by_state["beta_mol_kJ"][0, 0], by_state["kappa_kJ_mol_A2"][0, 0]
    energy = np.array([table[f"u_{ion}_kJ_mol"] for ion in by_state["ion"][0]])
    u_kn = np.array(
        [
            0.5 * beta * kappa * (table["z_A"] - centre) ** 2
            - np.logaddexp.reduce(log_g[:, None] - beta * energy, axis=0)
            for centre, log_g in zip(by_state["center_A"][:, 0], by_state["log_g"], strict=True)
        ]
    )
    N_k = np.bincount(table["window"].astype(int))
    solved = pymbar.MBAR(u_kn, N_k, relative_tolerance=1e-12, initialize="zeros")
    log_d = np.logaddexp.reduce(np.log(N_k)[:, None] + solved.f_k[:, None] - u_kn, axis=0)
    expected = replica_profile(samples)
    width = expected.z[1] - expected.z[0]
    edges = np.append(expected.z - 0.5 * width, expected.z[-1] + 0.5 * width)
    profiles = {}
    for ion in ("K", "Na"):
        log_w = -beta * energy[list(by_state["ion"][0]).index(ion)] - log_d
        which = np.searchsorted(edges, table["z_A"], side="right") - 1
        inside = (which >= 0) & (which < expected.z.size)
        top = log_w[inside].max()
        # no histogram: it takes differences of running sums, which loses rare bins
        p = np.bincount(which[inside], np.exp(log_w[inside] - top), expected.z.size)
        with np.errstate(divide="ignore"):
            profiles[ion] = -(np.log(p) + top) / beta
    zero = expected.w["K"] - profiles["K"]
    for ion, w in profiles.items():
        held = np.isfinite(expected.w[ion])
        assert np.array_equal(held, np.isfinite(w))
        np.testing.assert_allclose((w + np.nanmean(zero))[held], expected.w[ion][held], atol=1e-6)


@pytest.mark.parametrize(("kind", "tolerance"), [("pdb", 2e-3), ("dcd", 2e-5), ("xtc", 2e-2)])
def test_mdtraj_loads_the_stored_coordinates(
    stored: StoredRun, tmp_path: Path, kind: str, tolerance: float
) -> None:
    """Tolerance: of a distance, Å, by the digits of each format."""
    api.export(stored.folder.path, kind, tmp_path / "out")
    folder = tmp_path / "out/cage"
    loaded = mdtraj.load(str(folder / f"trajectory.{kind}"), top=str(folder / "topology.pdb"))
    index = read_csv(folder / "frames.csv")
    windows = len(stored.systems["cage"].replicas[0].centers)
    assert loaded.n_frames == len(index["frame"]) == 2 * windows * 6
    top = loaded.topology
    assert {r.name for r in top.residues} == {"THR", "VAL", "GLY", "TYR", "K", "HOH"}
    assert [c.chain_id for c in top.chains] == ["A", "B", "C", "D", "I", "W"]
    assert len(top.select("protein")) == 4 * 11
    assert len(top.select("water")) == 3
    x = top.select("resname K and element K")
    assert len(x) == 1
    oxygens = top.select("protein and name O")
    distance = 10.0 * mdtraj.compute_distances(loaded, [(o, x[0]) for o in oxygens], periodic=False)
    atom = [f"{a.residue.chain.chain_id}:{a.residue}:{a.name}" for a in map(top.atom, oxygens)]
    for row in (0, 7, loaded.n_frames - 1):
        replica, window, segment = (
            int(index[key][row]) for key in ("replica", "window", "segment")
        )
        frames = read_frames(stored.folder.segment_path("cage", replica, segment))
        assert frames is not None
        (f,) = np.flatnonzero(frames.sample == index["sample"][row])
        r = dict(zip(frames.atoms, frames.r[window, f], strict=True))
        expected = [np.linalg.norm(r[name] - r["I:X1:X"]) for name in atom]
        np.testing.assert_allclose(distance[row], expected, atol=tolerance)
    samples = stored.systems["cage"].replicas
    n = samples[0].z.shape[1] // 3
    place = [index[key].astype(int) for key in ("replica", "window", "segment", "sample")]
    at = (place[2] - 1) * n + place[3]
    z = np.array([samples[r].z[k, i] for r, k, i in zip(*place[:2], at, strict=True)])
    np.testing.assert_array_equal(index["z_A"], z)
    np.testing.assert_allclose(10.0 * loaded.xyz[:, x[0], 2], z, atol=tolerance)
    np.testing.assert_array_equal(index["sweep"], 10 * (at + 1))


def test_an_ion_s_frames_carry_its_name(stored: StoredRun, tmp_path: Path) -> None:
    api.export(stored.folder.path, "dcd", tmp_path / "out", "cage", "Na")
    index = read_csv(tmp_path / "out/cage/frames.csv")
    assert set(index["ion"]) == {"Na"}
    top = mdtraj.load(str(tmp_path / "out/cage/topology.pdb")).topology
    (x,) = (a for a in top.atoms if a.residue.chain.chain_id == "I")
    assert (x.name, x.residue.name, x.element.symbol) == ("NA", "NA", "Na")


def test_without_frames_the_ends_of_segments_stand_in(finished_run: Path, tmp_path: Path) -> None:
    found = api.export(finished_run, "xtc", tmp_path / "out", "bulk")
    assert any("no frames were stored" in note for note in found.notes)
    index = read_csv(tmp_path / "out/bulk/frames.csv")
    assert index["segment"].tolist() == [1, 2, 3, 1, 2, 3]
    assert set(index["sample"]) == {-1}


def test_waters_that_are_not_there_stand_aside(tmp_path: Path) -> None:
    spec = FilterSpec(
        "open",
        "jc-tip4pew",
        ("K", "Na"),
        310.15,
        structure="kcsa",
        composition=Composition.parse("[gc X gc]"),
        windows=Windows(0.0, 0.3, 0.3),
        interior=(0.0, 0.3),
        caps=(1, 1),
    )
    plan = SamplingPlan(equilibration=0, adaptation=20, production=40, frames_every=20, segments=1)
    replica = new_replica(spec, plan, 0)
    replica.segment = 0
    folder = create(tmp_path / "run", {}, "", {"digest": "abc"})
    write_segment(folder, replace(snapshot(replica), segment=0), None, {})
    samples = produce(replica)
    write_segment(folder, snapshot(replica), samples, {})
    topology = build_topology(spec, plan.states_per_gap)
    gathered = gather(folder, topology, [0], plan.stride)
    assert gathered.r.shape[:2] == (4, topology.n_sites)
    write_trajectory(tmp_path / "out", topology, gathered, "K", "xtc")
    loaded = mdtraj.load(
        str(tmp_path / "out/trajectory.xtc"), top=str(tmp_path / "out/topology.pdb")
    )
    water = 10.0 * loaded.xyz[:, loaded.topology.select("water and name O")]
    there = water[..., 0] < 30.0
    n_w = np.isfinite(samples.water_z[:, samples.frames.sample]).sum(axis=2).ravel()
    assert np.array_equal(there.sum(axis=1), n_w + 2)
    assert (~there).any()
    first = loaded.topology.select("water and resSeq 1")
    pairs = [(first[0], first[1]), (first[0], first[3])]
    lengths = 10.0 * mdtraj.compute_distances(loaded, pairs, periodic=False)
    np.testing.assert_allclose(lengths, [[0.9572, 0.125]] * 4, atol=0.02)


def test_what_cannot_be_exported_is_refused(stored: StoredRun, tmp_path: Path) -> None:
    path, out = stored.folder.path, tmp_path / "out"
    for arguments, words in (
        (("gro",), "is one of csv, plumed"),
        (("csv", None, "cagee"), "is one of cage, bulk"),
        (("dcd", None, None, "Rb"), "is one of K, Na"),
        (("csv", None, None, "K"), "csv and plumed hold every identity"),
        (("wham", out, "bulk"), "there is nothing to export"),
    ):
        with pytest.raises(InputError, match=words):
            api.export(path, *arguments)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("")
    with pytest.raises(InputError, match="new or empty"):
        api.export(path, "csv", tmp_path / "full")


def test_wham_files_are_of_the_run_s_temperature(stored: StoredRun, tmp_path: Path) -> None:
    found = api.export(stored.folder.path, "wham", tmp_path / "out")
    assert any(path.name == "make_tpr.sh" for path in found.files)
    script = next(path for path in found.files if path.name == "wham.sh")
    assert " 310.15 0 metadata.dat" in script.read_text()
    (samples, _) = stored.systems["cage"].replicas
    assert samples.beta == pytest.approx(1.0 / rt(310.15))


def test_plumed_files_of_every_replica_and_window(stored: StoredRun, tmp_path: Path) -> None:
    found = api.export(stored.folder.path, "plumed", tmp_path / "out", "cage")
    (samples, other) = stored.systems["cage"].replicas
    names = {path.name for path in found.files}
    assert len(names) == len(found.files) == 4 * len(samples.centers)
    assert {"COLVAR.01.003", "plumed.00.003.dat"} < names
    z = np.loadtxt(tmp_path / "out/cage/COLVAR.01.003")[:, 1]
    np.testing.assert_array_equal(z, 0.1 * other.z[3])


def test_an_unfinished_run_is_exported_as_far_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    one = Options(executor="serial", only=(0,))
    folder = api.run(file, tmp_path / "tiny.run", CHANGES, one)
    found = api.export(folder, "wham", tmp_path / "out", ion="Na")
    assert any("1 of 2 replicas are used" in note for note in found.notes)
    assert {path.relative_to(found.folder).parts[1] for path in found.files} == {"Na"}
    with pytest.raises(InputError, match=r"nothing to export; .*no frame with X as K"):
        api.export(folder, "dcd", tmp_path / "none", "cage", "K")
    assert not (tmp_path / "none").exists()
