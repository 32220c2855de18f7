"""Shipped filters: distances that the crystal structures are known for, and derived quantities."""

import csv
import math

import numpy as np
import pytest

from selectivity.geometry import hydroxyl_hydrogen, load_filter, shipped_filters

FILTERS = {name: load_filter(name) for name in shipped_filters()}


def test_shipped_filters():
    channels = {"kcsa", "mthk", "kcsa_collapsed", "nak_like"}
    assert set(FILTERS) == channels | {"s2_idealised", "cage_six", "cage_four"}
    for name, geometry in FILTERS.items():
        assert geometry.name == name
        assert len(geometry.source) > 20
        assert len(geometry.preparation) > 50


@pytest.mark.parametrize(
    ("name", "number", "angles"), [("cage_six", 6, (90.0, 180.0)), ("cage_four", 4, (109.47,))]
)
def test_ideal_cages_of_fewer_ligands_are_regular(name, number, angles):
    """Corners of an octahedron and of a tetrahedron, as far out as the eight of s2_idealised."""
    oxygens = np.concatenate([FILTERS[name].group_positions(r)[:, 1] for r in FILTERS[name].rings])
    eight = FILTERS["s2_idealised"].rings[0].oxygen.position()
    assert len(oxygens) == number
    np.testing.assert_allclose(np.linalg.norm(oxygens, axis=1), np.linalg.norm(eight), atol=1e-3)
    unit = oxygens / np.linalg.norm(oxygens, axis=1)[:, None]
    between = np.degrees(np.arccos(np.clip((unit @ unit.T)[np.triu_indices(number, 1)], -1, 1)))
    assert all(np.abs(np.array(angles) - angle).min() < 0.1 for angle in between)


def test_the_two_site_control_is_kcsa_without_its_outer_rings():
    kcsa, control = FILTERS["kcsa"], FILTERS["nak_like"]
    assert control.rings == kcsa.rings[:3]
    assert [cage.name for cage in control.cages] == ["S4", "S3"]
    assert control.cages == kcsa.cages[:2]


def test_rings_of_kcsa_from_inside_to_outside():
    kcsa = FILTERS["kcsa"]
    assert [ring.name for ring in kcsa.rings] == ["T75 OG1", "T75 O", "V76 O", "G77 O", "Y78 O"]
    assert [ring.kind for ring in kcsa.rings] == ["hydroxyl"] + ["carbonyl"] * 4
    assert kcsa.planes["G77 O"] == -kcsa.planes["V76 O"]
    assert kcsa.ring("G77 O").oxygen.phi_deg == 0.0
    with pytest.raises(KeyError):
        kcsa.ring("G79 O")


def test_cages_lie_between_their_planes_and_hold_the_crystal_ions():
    kcsa = FILTERS["kcsa"]
    assert [(cage.name, cage.lower, cage.upper) for cage in kcsa.cages] == [
        ("S4", "T75 OG1", "T75 O"),
        ("S3", "T75 O", "V76 O"),
        ("S2", "V76 O", "G77 O"),
        ("S1", "G77 O", "Y78 O"),
    ]
    assert kcsa.cage_centers == {
        "S4": -6.458,
        "S3": -3.115,
        "S2": 0.094,
        "S1": 3.494,
        "S0": 8.030,
    }
    for geometry in FILTERS.values():
        for cage in geometry.cages:
            assert geometry.planes[cage.lower] < cage.center < geometry.planes[cage.upper]


def test_cage_without_an_ion_is_centred_between_its_planes():
    collapsed = FILTERS["kcsa_collapsed"]
    assert "S2" not in collapsed.sites
    assert collapsed.cage_centers["S2"] == pytest.approx(0.0)
    assert "S0" not in collapsed.cage_centers


@pytest.mark.parametrize(
    ("ring", "adjacent", "diagonal"),
    [
        ("Y78 O", 3.62, 5.11),
        ("G77 O", 3.30, 4.67),
        ("V76 O", 3.31, 4.69),
        ("T75 O", 3.21, 4.53),
        ("T75 OG1", 3.73, 5.28),
    ],
)
def test_oxygen_squares_of_kcsa(ring, adjacent, diagonal):
    kcsa = FILTERS["kcsa"]
    oxygens = kcsa.group_positions(kcsa.ring(ring))[:, 1]
    assert np.linalg.norm(oxygens[1] - oxygens[0]) == pytest.approx(adjacent, abs=0.006)
    assert np.linalg.norm(oxygens[2] - oxygens[0]) == pytest.approx(diagonal, abs=0.006)


@pytest.mark.parametrize(
    ("name", "site", "expected"),
    [
        ("kcsa", "S1", (3.07, 2.79)),
        ("kcsa", "S2", (2.83, 2.72)),
        ("kcsa", "S3", (2.70, 2.85)),
        ("kcsa", "S4", (2.88, 2.94)),
        ("mthk", "S1", (2.96, 2.74)),
        ("mthk", "S2", (2.81, 2.73)),
        ("mthk", "S3", (2.68, 2.86)),
        ("mthk", "S4", (2.79, 2.90)),
        ("kcsa_collapsed", "S1", (2.77, None)),
        ("kcsa_collapsed", "S4", (3.32, 2.83)),
    ],
)
def test_ion_oxygen_distances_in_the_cages(name, site, expected):
    geometry = FILTERS[name]
    cage = next(cage for cage in geometry.cages if cage.name == site)
    ion = np.array([0.0, 0.0, cage.center])
    for ring, distance in zip((cage.lower, cage.upper), expected, strict=True):
        oxygens = geometry.group_positions(geometry.ring(ring))[:, 1]
        found = np.linalg.norm(oxygens - ion, axis=1)
        np.testing.assert_allclose(found, found[0], rtol=1e-12)
        if distance is not None:
            assert found[0] == pytest.approx(distance, abs=0.006)


@pytest.mark.parametrize("name", ["kcsa", "mthk", "kcsa_collapsed"])
def test_atoms_of_one_residue_and_subunit_belong_together(name):
    geometry = FILTERS[name]
    groups = {ring.name: geometry.group_positions(ring) for ring in geometry.rings}
    for ring in geometry.rings:
        low, high = (1.20, 1.27) if ring.kind == "carbonyl" else (1.40, 1.45)
        lengths = np.linalg.norm(groups[ring.name][:, 1] - groups[ring.name][:, 0], axis=1)
        np.testing.assert_allclose(lengths, ring.bond_length, rtol=1e-12)
        assert low < ring.bond_length < high
    hydroxyl, carbonyl = geometry.rings[:2]
    across = np.linalg.norm(groups[hydroxyl.name][:, 0] - groups[carbonyl.name][:, 0], axis=1)
    assert across == pytest.approx(2.54, abs=0.03)
    # C of consecutive residues of one subunit: 1-4 neighbours, about 3 Å.
    for one, other in zip(geometry.rings[1:-1], geometry.rings[2:], strict=True):
        step = groups[one.name][:, 0] - groups[other.name][:, 0]
        assert np.linalg.norm(step, axis=1) == pytest.approx(3.05, abs=0.15)


def test_subunits_are_quarter_turns():
    kcsa = FILTERS["kcsa"]
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for ring in kcsa.rings:
        group = kcsa.group_positions(ring)
        assert group.shape == (4, 2, 3)
        np.testing.assert_allclose(group[[1, 2, 3, 0]], group @ quarter.T, atol=1e-12)


def test_idealised_cage_is_a_square_antiprism():
    ideal = FILTERS["s2_idealised"]
    lower, upper = (ideal.group_positions(ring) for ring in ideal.rings)
    turn = np.array([[1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, -math.sqrt(2.0)]]) / math.sqrt(2)
    np.testing.assert_allclose(upper @ turn.T, lower, atol=1e-12)
    oxygens = np.vstack((lower[:, 1], upper[:, 1]))
    np.testing.assert_allclose(np.linalg.norm(oxygens, axis=1), 2.776, atol=5e-4)


@pytest.mark.parametrize("name", ["kcsa", "mthk", "kcsa_collapsed"])
def test_hydroxyl_hydrogen(name):
    geometry = FILTERS[name]
    heavy = geometry.group_positions(geometry.rings[0])
    hydrogen = hydroxyl_hydrogen(heavy)
    assert hydrogen.shape == (4, 3)
    bond, back = hydrogen - heavy[:, 1], heavy[:, 0] - heavy[:, 1]
    np.testing.assert_allclose(np.linalg.norm(bond, axis=1), 0.96, rtol=1e-12)
    cosine = np.sum(bond * back, axis=1) / (0.96 * np.linalg.norm(back, axis=1))
    np.testing.assert_allclose(np.degrees(np.arccos(cosine)), 106.0, rtol=1e-12)
    # No other torsion brings it farther out along the radial direction of its oxygen.
    u = back / np.linalg.norm(back, axis=1)[:, None]
    radial = heavy[:, 1] * [1.0, 1.0, 0.0]
    outward = np.sum(bond * radial, axis=1)
    for torsion in np.linspace(0.1, 2.0 * np.pi, 40, endpoint=False):
        turned = (
            bond * np.cos(torsion)
            + np.cross(u, bond) * np.sin(torsion)
            + u * np.sum(u * bond, axis=1)[:, None] * (1.0 - np.cos(torsion))
        )
        assert np.all(np.sum(turned * radial, axis=1) < outward)


def test_hydroxyl_hydrogen_with_the_bond_along_the_radius():
    heavy = np.array([[[4.0, 0.0, 1.0], [2.6, 0.0, 1.0]]])
    hydrogen = hydroxyl_hydrogen(heavy)[0]
    assert hydrogen == pytest.approx(
        [
            2.6 + 0.96 * math.cos(math.radians(106.0)),
            0.0,
            1.0 + 0.96 * math.sin(math.radians(106.0)),
        ]
    )


@pytest.mark.parametrize(("name", "code"), [("kcsa", "1K4C"), ("mthk", "3LDC_MthK")])
def test_tables_agree_with_the_one_subunit_coordinates(name, code, shared_data):
    with (shared_data / "filter_rings.csv").open(encoding="utf-8") as stream:
        rows = {
            (int(row["resno"]), row["atom"]): row
            for row in csv.DictReader(stream)
            if row["structure"] == code
        }
    for ring in FILTERS[name].rings:
        for atom in ring.atoms:
            row = rows[int(ring.residue[1:]), atom.name]
            assert atom.r == pytest.approx(float(row["r_A"]), abs=0.003)
            assert atom.z == pytest.approx(float(row["z_A_rel_S2"]), abs=0.003)
            turn = (atom.phi_deg - float(row["phi_deg_mod90_rel_G77O"]) + 45.0) % 90.0 - 45.0
            assert turn == pytest.approx(0.0, abs=0.13)
            assert atom.b_factor == pytest.approx(float(row["B_A2"]), abs=0.011)
