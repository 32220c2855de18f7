"""Exported coordinates in mdtraj and MDAnalysis: names, ions per site, scenes beside them."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import mdtraj
import numpy as np
import pytest

from selectivity import api
from selectivity.api.running import Options
from selectivity.api.stored import StoredRun, read_run
from selectivity.geometry import load_filter
from tests.tiny import TINY

CHANGES = (
    "sampling.replicas=2",
    "sampling.equilibration=20",
    "sampling.adaptation=20",
    "sampling.production=300",
    "sampling.frames_every=50",
    "systems.cage.composition=[K W X W]",
    "systems.cage.interior=[S2, S1]",
    "systems.cage.windows={spacing: 0.6 angstrom, force_constant: 5 kcal/mol/angstrom^2}",
)
FORMATS = ("pdb", "dcd", "xtc")
ROUND = {"pdb": 1e-3, "dcd": 1e-4, "xtc": 1e-2}  # Å, beside the planes: by the digits of a format


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A run with a resident K+ and a frame every fifty sweeps, never changed."""
    base = tmp_path_factory.mktemp("sites")
    file = base / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    return read_run(api.run(file, base / "tiny.run", CHANGES, Options(executor="serial")))


@pytest.fixture(scope="module")
def exported(stored: StoredRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folder of the filter's trajectory in each format."""
    base = tmp_path_factory.mktemp("exported")
    for kind in FORMATS:
        api.export(stored.folder.path, kind, base / kind, "cage")
    return {kind: base / kind / "cage" for kind in FORMATS}


def sites_of(z: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Ions between each two planes by frame; frames in which none stands close to a plane.

    ``z`` (F, ions) in Å; planes of KcsA with the outside of the filter at both ends.
    """
    planes = np.array(list(load_filter("kcsa").planes.values()))
    clear = np.abs(z[:, :, None] - planes).min(axis=(1, 2)) > tolerance
    edges = np.concatenate([[-np.inf], planes, [np.inf]])
    inside = (z[:, :, None] >= edges[:-1]) & (z[:, :, None] < edges[1:])
    return inside.sum(axis=1), clear


def sampled_sites(stored: StoredRun, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """The same from the stored samples, in the order of the trajectory's frames."""
    heights = []
    for samples in stored.systems["cage"].replicas:
        (resident,) = (z for name, z in samples.file_z.items() if "K" in name)
        every = slice(4, None, 5)  # frames every 50 sweeps, samples every 10
        heights.append(np.stack([samples.z[:, every], resident[:, every]], axis=-1).reshape(-1, 2))
    return sites_of(np.concatenate(heights), tolerance)


@pytest.mark.parametrize("kind", FORMATS)
def test_mdtraj_counts_the_ions_of_every_site(
    stored: StoredRun, exported: dict[str, Path], kind: str
) -> None:
    folder = exported[kind]
    loaded = mdtraj.load(str(folder / f"trajectory.{kind}"), top=str(folder / "topology.pdb"))
    ions = loaded.topology.select("element K")
    expected, clear = sampled_sites(stored, ROUND[kind])
    found, _ = sites_of(10.0 * loaded.xyz[:, ions, 2], 0.0)
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(found[clear], expected[clear])
    assert (expected.sum(axis=0) > 0).sum() >= 3  # several sites are visited
    assert len(loaded.topology.select("water and name O")) == 2


@pytest.mark.parametrize("kind", FORMATS)
def test_mdanalysis_counts_the_ions_of_every_site(
    stored: StoredRun, exported: dict[str, Path], kind: str
) -> None:
    analysis = pytest.importorskip("MDAnalysis", reason="MDAnalysis is not installed")
    folder = exported[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        topology = str(folder / "topology.pdb")
        universe = analysis.Universe(topology, str(folder / f"trajectory.{kind}"))
        ions = universe.select_atoms("element K")
        z = np.array([ions.positions[:, 2].copy() for _ in universe.trajectory])
    assert (len(ions), set(ions.resnames), set(ions.chainIDs)) == (2, {"K"}, {"I"})
    expected, clear = sampled_sites(stored, ROUND[kind])
    np.testing.assert_array_equal(sites_of(z, 0.0)[0][clear], expected[clear])
    protein = universe.select_atoms("protein")
    assert set(protein.chainIDs) == {"A", "B", "C", "D"}
    assert {f"{r.resname}{r.resid}" for r in protein.residues} == {
        "THR75",
        "VAL76",
        "GLY77",
        "TYR78",
    }
    assert universe.select_atoms("water").n_residues == 2
    assert set(universe.atoms.elements) == {"C", "H", "K", "O"}


def test_the_columns_of_the_pdb_file_are_those_of_the_format(exported: dict[str, Path]) -> None:
    lines = (exported["xtc"] / "topology.pdb").read_text().splitlines()
    rows = [line for line in lines if line.startswith(("ATOM", "HETATM"))]
    assert {row[21] for row in rows} == set("ABCDIW")
    for row in rows:
        assert row[76:78].strip().upper() in row[12:16].strip().upper()
        assert row[17:20].strip() in {"THR", "VAL", "GLY", "TYR", "K", "HOH"}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_vmd_script_loads_the_files_beside_it(exported: dict[str, Path], kind: str) -> None:
    """Run by a plain Tcl with stand-ins for VMD's commands; VMD itself is not here."""
    tclsh = shutil.which("tclsh")
    if tclsh is None:
        pytest.skip("tclsh is not installed")
    script = exported[kind] / "scene.tcl"
    stand_ins = "".join(
        f"proc {name} args {{puts [linsert $args 0 {name}]}}\n"
        for name in ("mol", "animate", "display", "color", "axes", "rotate")
    )
    code = f"{stand_ins}source {{{script}}}\n"
    ended = subprocess.run([tclsh], input=code, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    said = ended.stdout.splitlines()
    opened = [Path(word) for line in said for word in line.split() if "/" in word]
    assert [path.name for path in opened][-1] == f"trajectory.{kind}"
    assert all(path.is_file() for path in opened)
    selections = [line for line in said if line.startswith("mol selection")]
    assert len(selections) == sum(line == "mol addrep top" for line in said) == 3
    assert "chain A B C D" in selections[0]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_molstar_scene_names_what_is_there(exported: dict[str, Path], kind: str) -> None:
    folder = exported[kind]
    scene = json.loads((folder / "scene.mvsj").read_text(encoding="utf-8"))
    assert scene["metadata"]["version"] == "1"
    nodes = list(walk(scene["root"]))
    kinds = [node["kind"] for node in nodes]
    assert kinds[:4] == ["root", "download", "parse", "structure"]
    url = nodes[1]["params"]["url"]
    assert "/" not in url
    top = mdtraj.load(str(folder / url)).topology
    chains = {chain.chain_id for chain in top.chains}
    names = {(a.residue.chain.chain_id, a.residue.resSeq, a.name) for a in top.atoms}
    for node in nodes:
        selector = node.get("params", {}).get("selector")
        for part in selector if isinstance(selector, list) else [selector or {}]:
            assert part.get("auth_asym_id", "A") in chains
            if "auth_atom_id" in part:
                key = (part["auth_asym_id"], part["auth_seq_id"], part["auth_atom_id"])
                assert key in names
    assert kinds.count("label") == 5
    with zipfile.ZipFile(folder / "scene.mvsx") as archive:
        assert sorted(archive.namelist()) == ["index.mvsj", url]
        assert archive.read(url) == (folder / url).read_bytes()
        assert json.loads(archive.read("index.mvsj")) == scene


def walk(node):
    """A node of the tree and all below it."""
    yield node
    for child in node.get("children", ()):
        yield from walk(child)
