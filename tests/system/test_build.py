"""Starting configurations: no overlaps from any seed, the file in its order, the cage in place."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield.library import load
from selectivity.geometry.files import load_filter
from selectivity.system.build import build_topology, start
from selectivity.system.placement import ball_lattice, lattice, random_rotation
from selectivity.system.spec import CageSpec, Composition, DropletSpec, FilterSpec, Tether, Windows
from selectivity.units import kcal

CLEAR = 1.2  # Å


def droplet(n: int, radius: float, forcefield: str = "jc-spce") -> DropletSpec:
    return DropletSpec("droplet", forcefield, ("K", "Na"), 298.15, n, radius)


def filter_(composition: str, structure: str = "kcsa", **changes) -> FilterSpec:
    changes = {"forcefield": "jc-spce", "windows": Windows(-4.2, 4.5, 0.9)} | changes
    return FilterSpec(
        name="filter",
        ions=("K", "Na"),
        temperature_K=310.15,
        structure=structure,
        composition=Composition.parse(composition),
        interior=(-3.1, 3.5),
        **changes,
    )


DROPLETS = [droplet(20, 5.82), droplet(64, 7.7), droplet(64, 6.6), droplet(100, 8.2)]
CAGES = [
    CageSpec("cage", "charmm36", ("K", "Na"), 300.0, n_carbonyls, n_waters)
    for n_carbonyls, n_waters in ((8, 0), (0, 8), (1, 0), (4, 4), (6, 2), (12, 0))
]
FILTERS = [
    filter_(composition, structure)
    for structure in ("kcsa", "mthk", "kcsa_collapsed")
    for composition in ("[X]", "[W X W]", "[K W X W]", "[K X]")
]


def closest_approach(topology, r: np.ndarray) -> float:
    """Between sites of different molecules, groups of one residue left out (they are bonded)."""
    members = topology.members
    owner = np.array([m for m, member in enumerate(members) for _ in member.molecule.sites])
    slot = np.array([s for member in members for s in range(len(member.molecule.sites))])
    partner = np.array([member.anchor.partner if member.anchor else -1 for member in members])
    x = r[owner, slot]
    d = np.linalg.norm(x[:, None] - x[None], axis=-1)
    d[(owner[:, None] == owner[None]) | (partner[owner][:, None] == owner[None])] = np.inf
    return float(d.min())


class TestNoOverlaps:
    @pytest.mark.parametrize("spec", DROPLETS, ids=lambda s: f"{s.n_waters} in {s.radius}")
    def test_droplets(self, spec):
        topology = build_topology(spec)
        for seed in range(3):
            r = start(topology, 0.0, np.random.default_rng(seed))
            assert closest_approach(topology, r) > CLEAR
            oxygens = np.linalg.norm(r[:, 0], axis=1)
            assert oxygens.max() <= spec.radius

    @pytest.mark.parametrize("spec", CAGES, ids=lambda s: f"{s.n_carbonyls}+{s.n_waters}")
    def test_cages(self, spec):
        topology = build_topology(spec)
        for seed in range(12):
            r = start(topology, 0.0, np.random.default_rng(seed))
            assert closest_approach(topology, r) > CLEAR

    @pytest.mark.parametrize("spec", FILTERS, ids=lambda s: f"{s.structure} {s.composition}")
    def test_filters(self, spec):
        topology = build_topology(spec)
        for seed, z in enumerate(topology.window_centers):
            r = start(topology, z, np.random.default_rng(seed))
            assert closest_approach(topology, r) > CLEAR

    @pytest.mark.parametrize("forcefield", ["charmm36", "jc-tip4pew"])
    def test_large_caps(self, forcefield):
        topology = build_topology(filter_("[K W X W]", caps=(30, 18), forcefield=forcefield))
        for seed in range(3):
            r = start(topology, 0.2, np.random.default_rng(seed))
            assert closest_approach(topology, r) > CLEAR


class TestFilter:
    @pytest.mark.parametrize("composition", ["[X]", "[W X W]", "[K W X W]", "[K X]", "[W X Na]"])
    def test_order_of_the_file(self, composition):
        spec = filter_(composition)
        topology = build_topology(spec)
        symbols = [
            "X" if m == topology.x else ("W" if member.role == "file_water" else member.label[-2:])
            for m in topology.file_order
            for member in [topology.members[m]]
        ]
        assert [symbol.strip() for symbol in symbols] == list(spec.composition.order)
        for seed, z in enumerate(topology.window_centers):
            r = start(topology, z, np.random.default_rng(seed))
            heights = np.array(
                [r[m, topology.members[m].molecule.main, 2] for m in topology.file_order]
            )
            assert r[topology.x, 0].tolist() == [0.0, 0.0, z]
            assert np.all(np.diff(heights) > 2.1)
            assert topology.file_limits[0] < heights[0]
            assert heights[-1] < topology.file_limits[1]

    def test_cage_stands_at_its_crystal_place(self):
        geometry, topology = load_filter("kcsa"), build_topology(filter_("[X]"))
        r = start(topology, 0.0, np.random.default_rng(0))
        for ring in geometry.rings:
            for i, sites in enumerate(geometry.group_positions(ring)):
                m = [member.label for member in topology.members].index(f"{ring.name} {i}")
                # bond lengths of crystal and parameter set differ by up to 0.02 Å
                np.testing.assert_allclose(r[m, :2], sites, atol=0.012)
                np.testing.assert_allclose(topology.members[m].anchor.position[:2], sites)

    def test_groups_are_rigid_templates(self):
        topology = build_topology(filter_("[K W X W]"))
        r = start(topology, 0.3, np.random.default_rng(0))
        for m, member in enumerate(topology.members):
            template = member.molecule.coordinates()
            n = len(template)
            np.testing.assert_allclose(
                np.linalg.norm(r[m, :n, None] - r[m, None, :n], axis=-1),
                np.linalg.norm(template[:, None] - template[None], axis=-1),
                atol=1e-12,
            )

    def test_hydroxyl_hydrogens_point_off_the_axis(self):
        topology = build_topology(filter_("[X]"))
        r = start(topology, 0.0, np.random.default_rng(0))
        for m, member in enumerate(topology.members):
            if member.role == "hydroxyl":
                assert np.hypot(*r[m, 2, :2]) > np.hypot(*r[m, 1, :2])

    def test_partners_point_at_each_other(self):
        topology = build_topology(filter_("[K W X W]"))
        partners = {
            m: member.anchor.partner
            for m, member in enumerate(topology.members)
            if member.anchor and member.anchor.partner >= 0
        }
        assert len(partners) == 8
        assert all(partners[partners[m]] == m for m in partners)
        for m, p in partners.items():
            assert topology.members[m].anchor.bond == topology.members[p].anchor.bond
            assert topology.members[m].anchor.bond[0] == pytest.approx(kcal(135.0))

    def test_tethers(self):
        bfactor = build_topology(filter_("[X]"))
        doubled = build_topology(filter_("[X]", tether=Tether("bfactor", scale=2.0)))
        uniform = build_topology(filter_("[X]", tether=Tether("uniform", 7.0)))
        rigid = build_topology(filter_("[X]", tether=Tether("rigid")))
        for a, b, c, d in zip(
            *(t.members for t in (bfactor, doubled, uniform, rigid)), strict=True
        ):
            if a.anchor is None:
                continue
            assert kcal(1.0) < a.anchor.k[0] < kcal(2.5)
            assert a.anchor.k[0] == a.anchor.k[1]
            assert np.array_equal(2.0 * a.anchor.k, b.anchor.k)
            assert c.anchor.k[:2].tolist() == [7.0, 7.0]
            assert not a.anchor.k[2:].any()  # the hydrogen is free
            assert not d.anchor.k.any()
            assert not d.mobile
            assert d.anchor.k_theta == 0.0
            assert a.anchor.k_theta == pytest.approx(kcal(20.0))

    def test_no_room(self):
        topology = build_topology(filter_("[K W X W]"))
        for z in (-7.5, 8.5):
            with pytest.raises(InputError, match="leaves no room"):
                start(topology, z, np.random.default_rng(0))

    def test_ion_outside_the_file(self):
        topology = build_topology(filter_("[X]"))
        low, high = topology.file_limits
        for z in (low - 0.1, high + 0.1):
            with pytest.raises(InputError, match="leaves no room"):
                start(topology, z, np.random.default_rng(0))


class TestDroplet:
    def test_too_many_waters(self):
        topology = build_topology(droplet(60, 4.5))
        with pytest.raises(InputError, match="do not fit"):
            start(topology, 0.0, np.random.default_rng(0))

    def test_ion_is_fixed_at_the_centre(self):
        topology = build_topology(droplet(20, 5.82))
        assert not topology.members[topology.x].mobile
        r = start(topology, 3.0, np.random.default_rng(0))
        assert not r[topology.x].any()


class TestTopology:
    def test_members_are_sorted_and_complete(self):
        spec = filter_("[K W X W]", caps=(3, 5))
        topology = build_topology(spec)
        sizes = [len(member.molecule.sites) for member in topology.members]
        assert sizes == sorted(sizes, reverse=True)
        roles = [member.role for member in topology.members]
        expected = {"carbonyl": 16, "hydroxyl": 4, "file_water": 2, "water": 8, "resident": 1}
        assert {role: roles.count(role) for role in expected} == expected
        assert roles.count("ion") == 1
        assert topology.members[topology.x].role == "ion"
        assert topology.n_sites == 16 * 2 + 4 * 3 + 10 * 3 + 2

    def test_unknown_names(self):
        with pytest.raises(InputError, match="did you mean charmm36"):
            build_topology(DropletSpec("d", "charmm3", ("K",), 300.0))
        with pytest.raises(InputError):
            build_topology(DropletSpec("d", "charmm36", ("K", "Fr"), 300.0))
        with pytest.raises(InputError):
            build_topology(filter_("[X]", structure="no-such-filter"))

    def test_carbonyl_charge(self):
        topology = build_topology(CageSpec("cage", "charmm36", ("K",), 300.0, carbonyl_charge=0.3))
        carbonyl = next(m.molecule for m in topology.members if m.role == "carbonyl")
        assert carbonyl.charges().tolist() == [0.3, -0.3]
        assert load("charmm36").carbonyl.charges().tolist() == [0.51, -0.51]


class TestPlacement:
    def test_random_rotations_are_rotations_and_uniform(self):
        """R R^T = 1, det 1; a rotated vector is uniform: ⟨x⟩ = 0, ⟨x²⟩ = 1/3 within 4 errors."""
        rng, n = np.random.default_rng(3), 4000
        rotations = np.array([random_rotation(rng) for _ in range(n)])
        np.testing.assert_allclose(
            rotations @ rotations.transpose(0, 2, 1), np.tile(np.eye(3), (n, 1, 1)), atol=1e-12
        )
        np.testing.assert_allclose(np.linalg.det(rotations), 1.0, atol=1e-12)
        v = rotations @ np.array([0.6, 0.0, 0.8])
        assert np.all(np.abs(v.mean(axis=0)) < 4.0 / np.sqrt(3 * n))
        error = np.sqrt((1 / 5 - 1 / 9) / n)
        assert np.all(np.abs((v**2).mean(axis=0) - 1 / 3) < 4.0 * error)
        angle = np.arccos(np.clip((np.trace(rotations, axis1=1, axis2=2) - 1) / 2, -1, 1))
        mean = np.pi / 2 + 2 / np.pi  # of the density (1 − cos θ)/π
        assert abs(angle.mean() - mean) < 4.0 * angle.std() / np.sqrt(n)

    def test_lattice_spacing(self):
        points = lattice(np.zeros(3), np.full(3, 12.0), 3.1)
        d = np.linalg.norm(points[:, None] - points[None], axis=-1)
        assert d[d > 0].min() == pytest.approx(3.1)
        assert points.min() >= 0.0
        assert points.max() <= 12.0 + 1e-9

    def test_ball(self):
        points = ball_lattice(64, 7.7, 2.4, np.random.default_rng(0))
        d = np.linalg.norm(points, axis=1)
        assert points.shape == (64, 3)
        assert d.min() >= 2.4
        assert d.max() <= 7.7
        assert ball_lattice(64, 4.0, 2.4, np.random.default_rng(0)) is None


class TestSpec:
    def test_compositions(self):
        assert Composition.parse(" [K, W  X,W] ").order == ("K", "W", "X", "W")
        assert str(Composition.parse("[K W X W]")) == "[K W X W]"
        for text in ("K W X W", "[K W]", "[X X]", "[K Q X]", "[]", "[X"):
            with pytest.raises(InputError):
                Composition.parse(text)

    def test_window_centres(self):
        assert Windows(-1.0, 1.0, 0.5).centers() == (-1.0, -0.5, 0.0, 0.5, 1.0)
        centers = Windows(-4.2, 4.5, 0.3).centers()
        assert len(centers) == 30
        assert centers[0] == -4.2
        assert centers[-1] == pytest.approx(4.5, abs=1e-12)
        assert np.diff(Windows(0.0, 1.0, 0.3).centers()) == pytest.approx(0.25)
        assert len(Windows(0.0, 0.1, 0.3).centers()) == 2
