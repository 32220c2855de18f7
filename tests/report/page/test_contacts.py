"""Distances and pictures read off coordinates, against loops over the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.report.page.contacts import along_z, oxygens, shell_numbers
from selectivity.report.page.filmstrip import sphere_strips
from selectivity.report.page.material import Frames, Material
from selectivity.report.page.rings import between, side_view
from selectivity.report.page.snapshots import Shot, View, describe, drawing, pick
from selectivity.storage.trajectories import INDEX, Gathered
from selectivity.system.atoms import atoms
from selectivity.system.build import build_topology
from selectivity.system.filter_geometry import filter_geometry
from selectivity.system.spec import CageSpec, Composition, DropletSpec, FilterSpec, Windows

SPEC = FilterSpec(
    "cage", "charmm36", ("K", "Na"), 310.15, "kcsa", Composition.parse("[K W X W]"),
    Windows(-1.0, 1.0), (-0.5, 0.5), caps=(2, 2),
)  # fmt: skip
TOPOLOGY = build_topology(SPEC, 2)
NAMES = atoms(TOPOLOGY)
F, REPLICAS = 60, 3


def made(topology=TOPOLOGY, names=NAMES, seed: int = 7) -> Frames:
    """Random frames in a box; one water is absent in every third of them."""
    rng = np.random.default_rng(seed)
    r = rng.uniform(-4.0, 4.0, (F, topology.n_sites, 3))
    x = oxygens(topology).x
    r[:, x, :2] = 0.0
    waters = [i for i, atom in enumerate(names) if atom.residue == "HOH" and atom.number == 1]
    if waters:
        r[np.ix_(np.arange(0, F, 3), waters)] = np.nan
    rows = np.zeros((F, len(INDEX)))
    rows[:, 0] = np.arange(F) % REPLICAS
    rows[:, 6] = rng.integers(0, 2, F) * (len(topology.ladder.labels) - 1)
    rows[:, 7] = r[:, x, 2]
    ends = topology.ladder.endpoints
    gathered = Gathered(r.astype(np.float32), rows, False)
    return Frames(topology, gathered, topology.forcefield.first_shell_A, ends)


def nearest(frames: Frames, f: int, solvent: bool) -> list[float]:
    """Rising distances of frame f from X to the oxygens of one kind that are there."""
    x = next(i for i, atom in enumerate(NAMES) if str(atom) == "I:X1:X")
    found = []
    for i, atom in enumerate(NAMES):
        if atom.element == "O" and (atom.residue == "HOH") is solvent:
            d = float(np.linalg.norm(frames.gathered.r[f, i] - frames.gathered.r[f, x]))
            found += [d] if np.isfinite(d) else []
    return sorted(found)


def test_oxygens_are_those_of_the_names():
    where = oxygens(TOPOLOGY)
    assert {NAMES[i].element for i in where.ligand} == {"O"}
    assert len(where.ligand) == 20
    assert len(where.solvent) == 6
    assert str(NAMES[where.x]) == "I:X1:X"


@pytest.mark.parametrize(("what", "first", "last"), [("ligand", 5, 8), ("water", 1, 1)])
def test_distances_along_z_are_plain_means(what, first, last):
    frames, z = made(), np.array([-3.0, -1.0, 1.0, 3.0])
    found = {c.ion: c for c in along_z(frames, z, ((what, first, last),))}
    assert list(found) == ["K", "Na"]
    for ion, contact in found.items():
        for replica in range(REPLICAS):
            for b, center in enumerate(z):
                values = [
                    np.mean(nearest(frames, f, what == "water")[first - 1 : last])
                    for f in range(F)
                    if frames.gathered.rows[f, 0] == replica
                    and frames.gathered.rows[f, 6] == frames.identities[ion]
                    and abs(frames.gathered.rows[f, 7] - center) < 1.0
                ]
                if values:
                    assert contact.values[replica, b] == pytest.approx(np.mean(values), rel=1e-5)
                else:
                    assert np.isnan(contact.values[replica, b])


def test_too_few_oxygens_give_no_contact():
    assert along_z(made(), np.array([-1.0, 1.0]), (("water", 1, 7),)) == []


def test_numbers_within_a_radius():
    spec = CageSpec("c", "charmm36", ("K", "Na"), 300.0)
    topology = build_topology(spec, 2)
    frames = made(topology, atoms(topology))
    found = shell_numbers(frames, "K", np.array([0.0, 100.0]))
    assert list(found) == ["ligand"]
    assert found["ligand"] == pytest.approx([0.0, 8.0])


def test_the_picked_frame_is_of_the_ion_and_in_the_bin():
    frames = made()
    for ion in ("K", "Na"):
        shot = pick(frames, ion, 1.0, 2.0)
        assert shot is not None
        assert 0.0 <= shot.z <= 2.0
        rows = frames.gathered.rows
        same = np.isclose(rows[:, 7], shot.z) & (rows[:, 6] == frames.identities[ion])
        assert same.sum() == 1
        assert np.allclose(frames.gathered.r[same][0], shot.r, equal_nan=True)
    assert pick(frames, "K", 99.0, 1.0) is None


def test_a_picture_stands_where_its_atoms_do():
    frames, view = made(), View(-10.0, 10.0)
    shot = Shot("Na", 1.0, 0, np.full((TOPOLOGY.n_sites, 3), np.nan))
    shot.r[oxygens(TOPOLOGY).x] = (0.0, 0.0, 1.0)
    marks = drawing(TOPOLOGY, shot, view, 0.0).marks
    ion = [m for m in marks if m.style == "dots Na"]
    assert len(ion) == 1
    assert ion[0].xy[0] == pytest.approx([11.0 * view.scale, 0.5 * view.height])
    assert [m.text for m in marks if m.kind == "text"] == ["Na⁺"]
    assert "0 ligand oxygens and 0 water oxygens" in describe(frames, shot)


def test_a_turn_about_the_axis_brings_subunits_into_the_paper():
    geometry = filter_geometry(SPEC)
    seen = side_view(geometry)
    assert len(seen) == 20
    for ring in geometry.rings:
        depths = sorted(depth for name, _, depth in seen if name == ring.name)
        heights = sorted(p[1, 1] for name, p, _ in seen if name == ring.name)
        radius = ring.oxygen.r
        assert depths[0] == pytest.approx(-depths[-1])
        assert heights[0] == pytest.approx(-heights[-1])
        assert radius * np.cos(np.pi / 4) <= heights[-1] <= radius
        assert all(p[1, 0] == ring.oxygen.z for name, p, _ in seen if name == ring.name)


def test_a_bond_ends_at_its_atoms():
    points = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert between(points, 2.0, 3.0) == pytest.approx(np.array([[2.0, 0.0], [7.0, 0.0]]))
    assert np.isnan(between(points, 6.0, 5.0)).all()


def test_frames_between_the_ions_give_no_pictures():
    spec = DropletSpec("bulk", "charmm36", ("K", "Na"), 310.15, n_waters=2, radius=4.0)
    topology = build_topology(spec, 2)
    frames = made(topology, atoms(topology))
    material = Material("", "", ("K", "Na"), {}, None, [], frames={"bulk": frames})
    assert list(sphere_strips(material)) == ["bulk"]
    frames.gathered.rows[:, 6] = 1
    assert sphere_strips(material) == {}
