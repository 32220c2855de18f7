"""Files open to water: places, regions, closed stretches, and starts without overlaps."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield.library import load
from selectivity.forcefield.reservoir import liquid
from selectivity.geometry.confinement import FileWalls, Funnel, default_confinement
from selectivity.geometry.files import load_filter
from selectivity.system.build import build_topology, start
from selectivity.system.open_file import cap_waters, file_places, open_heights
from selectivity.system.spec import Composition, FilterSpec, Windows
from selectivity.system.topology import ABSENT, Region, Topology, absent_sites, is_absent

CLEAR = 1.2  # Å
COMPOSITIONS = ("[gc X gc]", "[gc X]", "[X gc]", "[K gc X gc]", "[gc K X gc]", "[gc K gc X gc]")
RESERVOIRS = ("bulk", "caps", "bulk and caps")


def open_filter(composition: str = "[gc X gc]", structure: str = "kcsa", **changes) -> FilterSpec:
    changes = {"forcefield": "jc-spce", "caps": (6, 6)} | changes
    return FilterSpec(
        name="filter",
        ions=("K", "Na"),
        temperature_K=changes.pop("temperature_K", 310.15),
        structure=structure,
        composition=Composition.parse(composition),
        windows=Windows(-3.2, 3.6, 2.3),
        interior=(-3.1, 3.5),
        **changes,
    )


def inside(region: Region, sites: np.ndarray) -> bool:
    """Whether a water's O lies in the region's cylinder."""
    x, y, z = sites[0]
    return bool(region.z_lower <= z <= region.z_upper and math.hypot(x, y) <= region.radius)


def in_open_stretch(topology: Topology, r: np.ndarray, m: int) -> bool:
    members = [r[f, 0, 2] for f in topology.file_order]
    return topology.open_stretches[int(np.searchsorted(members, r[m, 0, 2]))]


def present(topology: Topology, r: np.ndarray, region: int = 0) -> list[int]:
    return [m for m in topology.regions[region].members if not is_absent(r[m])]


class TestAbsent:
    def test_absent_sites_are_known_as_such(self):
        r = np.zeros((4, 3, 3))
        r[2] = absent_sites(2, 3)
        r[3, 0] = [0.0, 0.0, -7.0]
        assert is_absent(r).tolist() == [False, False, True, False]
        assert is_absent(np.stack([r, r])).shape == (2, 4)
        assert np.all(r[2] == 3.0 * ABSENT)

    def test_no_two_stand_in_one_place(self):
        """In float32 too, where the rows of the pair sum hold them."""
        x = np.array([absent_sites(m, 3)[0, 0] for m in range(400)], dtype=np.float32)
        assert len(np.unique(x)) == 400
        assert np.isfinite(3.0 * x.astype(np.float32) ** 2).all()


class TestRegions:
    @pytest.mark.parametrize("composition", ["[X]", "[W X W]", "[K W X W]"])
    def test_none_in_a_fixed_composition(self, composition):
        assert build_topology(open_filter(composition)).regions == ()

    @pytest.mark.parametrize("reservoir", RESERVOIRS)
    def test_which_and_with_what_activity(self, reservoir):
        spec = open_filter(reservoir=reservoir)
        topology = build_topology(spec)
        assert len(topology.regions) == (1 if reservoir == "bulk" else 3)
        assert [region.in_file for region in topology.regions] == [
            True, *([False] * (len(topology.regions) - 1))
        ]  # fmt: skip
        water = load(spec.forcefield).water.name
        for region in topology.regions:
            assert region.confined
            if reservoir == "caps":
                assert math.isnan(region.log_activity)
            else:
                assert region.log_activity == liquid(water, 310.15).log_activity

    def test_stated_activity(self):
        topology = build_topology(open_filter(log_activity=-9.5, reservoir="bulk and caps"))
        assert [region.log_activity for region in topology.regions] == [-9.5] * 3

    @pytest.mark.parametrize("structure", ["kcsa", "mthk", "kcsa_collapsed"])
    @pytest.mark.parametrize("reservoir", RESERVOIRS)
    def test_members_and_cylinders(self, structure, reservoir):
        """Consecutive places of one kind of water, within walls whose soft part is inside."""
        spec = open_filter(structure=structure, reservoir=reservoir, caps=(4, 7))
        topology = build_topology(spec)
        walls = topology.members[topology.x].wall
        assert isinstance(walls, FileWalls)
        seen: set[int] = set()
        for region in topology.regions:
            first = region.members[0]
            assert region.members == tuple(range(first, first + len(region.members)))
            assert not seen & set(region.members)
            seen |= set(region.members)
            members = [topology.members[m] for m in region.members]
            assert len({member.wall for member in members}) == 1
            assert {member.role for member in members} == {
                "file_water" if region.in_file else "water"
            }
            assert region.volume == pytest.approx(
                math.pi * region.radius**2 * (region.z_upper - region.z_lower)
            )
        file = topology.regions[0]
        assert len(file.members) == file_places(walls)
        assert (file.z_lower, file.z_upper) == topology.file_limits
        assert file.radius == walls.radius + 1.0
        # two waters of a single file are never closer than 2.4 Å, so no place is ever missing
        assert len(file.members) >= (file.z_upper - file.z_lower) / 2.4
        for region, n in zip(topology.regions[1:], (4, 7), strict=False):
            funnel = topology.members[region.members[0]].wall
            assert isinstance(funnel, Funnel)
            assert len(region.members) == 2 * n
            ends = (funnel.z_mouth, funnel.z_mouth + funnel.direction * funnel.depth)
            assert region.z_lower == pytest.approx(min(ends) - 1.0)
            assert region.z_upper == pytest.approx(max(ends) + 1.0)
            assert region.radius == pytest.approx(
                funnel.radius0 + funnel.slope * funnel.depth + 1.0
            )

    def test_a_cap_without_water_has_no_region(self):
        for caps in ((0, 5), (5, 0)):
            topology = build_topology(open_filter(reservoir="bulk and caps", caps=caps))
            assert len(topology.regions) == 2
            assert len(topology.regions[1].members) == 10
            funnel = topology.members[topology.regions[1].members[0]].wall
            assert isinstance(funnel, Funnel)
            assert funnel.direction == (1 if caps[1] else -1)

    def test_open_stretches_follow_the_composition(self):
        for composition, stretches in {
            "[gc X gc]": (True, True),
            "[gc X]": (True, False),
            "[K gc X]": (False, True, False),
            "[gc K X gc]": (True, False, True),
            "[Na K gc X]": (False, False, True, False),
        }.items():
            topology = build_topology(open_filter(composition))
            assert topology.open_stretches == stretches
            assert len(topology.file_order) == len(stretches) - 1

    def test_a_temperature_without_data(self):
        with pytest.raises(InputError, match="chemical potential"):
            build_topology(open_filter(temperature_K=400.0))
        build_topology(open_filter(temperature_K=400.0, reservoir="caps"))
        build_topology(open_filter(temperature_K=400.0, log_activity=-8.0))

    def test_places_by_hand(self):
        """20 Å and a margin of 1 Å at both ends: 22/1.8, rounded up."""
        assert file_places(FileWalls(-8.0, 12.0, 1.0, 2.0, 1.0)) == 13

    def test_the_filter_is_the_same_with_and_without_water(self):
        """Ligands, ions and walls do not depend on what the file is open to."""
        dry, wet = (build_topology(open_filter(c)) for c in ("[K X]", "[K X gc]"))
        names = [member.label for member in dry.members if member.role != "water"]
        assert names == [
            member.label for member in wet.members if not member.role.endswith("water")
        ]
        assert dry.file_limits == wet.file_limits


class TestStarts:
    @pytest.mark.parametrize("reservoir", RESERVOIRS)
    @pytest.mark.parametrize("composition", COMPOSITIONS)
    def test_empty_and_full(self, composition, reservoir):
        """No overlaps, every water in its region and an open stretch, places filled in order."""
        topology = build_topology(open_filter(composition, reservoir=reservoir))
        for seed, z in enumerate(topology.window_centers):
            for full in (False, True):
                r = start(topology, z, np.random.default_rng(seed), spread=full)
                here = present(topology, r)
                assert full or not here
                heights = r[list(topology.file_order), 0, 2]
                assert np.all(np.diff(heights) > 2.1)
                for i, region in enumerate(topology.regions):
                    there = present(topology, r, i)
                    assert there == list(region.members[: len(there)])
                    assert all(inside(region, r[m]) for m in there)
                    for m in set(region.members) - set(there):
                        assert np.array_equal(r[m], absent_sites(m, r.shape[1]))
                assert all(in_open_stretch(topology, r, m) for m in here)
                assert closest_approach(topology, r) > CLEAR

    @pytest.mark.parametrize("structure", ["mthk", "kcsa_collapsed"])
    @pytest.mark.parametrize("forcefield", ["charmm36", "jc-tip4pew"])
    def test_other_structures_and_waters(self, structure, forcefield):
        spec = open_filter(structure=structure, forcefield=forcefield)
        topology = build_topology(spec)
        for seed, z in enumerate(topology.window_centers):
            r = start(topology, z, np.random.default_rng(seed), spread=True)
            assert len(present(topology, r)) > 2
            assert closest_approach(topology, r) > CLEAR
            for m in present(topology, r):
                template = topology.members[m].molecule.coordinates()
                np.testing.assert_allclose(
                    np.linalg.norm(r[m][:, None] - r[m], axis=-1),
                    np.linalg.norm(template[:, None] - template, axis=-1),
                    atol=1e-12,
                )

    def test_full_is_full(self):
        """Neighbours 3 Å apart or more, and nowhere room for one more at 3 Å from both."""
        for composition in COMPOSITIONS:
            topology = build_topology(open_filter(composition))
            for z in topology.window_centers:
                r = start(topology, z, np.random.default_rng(1), spread=True)
                line = np.sort(r[[*present(topology, r), *topology.file_order], 0, 2])
                members = np.sort(r[list(topology.file_order), 0, 2])
                for low, high in itertools.pairwise(line):
                    stretch = np.searchsorted(members, 0.5 * (low + high))
                    assert high - low > 2.1
                    if topology.open_stretches[stretch]:
                        assert high - low < 6.0
                    waters = {low, high} - set(members)
                    assert not waters or high - low > 3.0 - 1e-9

    def test_heights_by_hand(self):
        """A file from −3 to 9 Å, a resident at 0 and X at 7: one water between, others beside."""
        topology = build_topology(open_filter("[gc K gc X gc]"))
        walls = FileWalls(-3.0, 9.0, 1.0, 2.0, 1.0)
        x = topology.members[topology.x]
        members = list(topology.members)
        members[topology.x] = dataclasses.replace(x, wall=walls)
        r = np.zeros((len(members), 3, 3))
        k, ion = topology.file_order
        r[k, 0, 2], r[ion, 0, 2] = 0.0, 7.0
        topology = dataclasses.replace(topology, members=tuple(members))
        assert open_heights(topology, r) == [-3.0, 3.5]
        closed = dataclasses.replace(topology, open_stretches=(True, False, True))
        assert open_heights(closed, r) == [-3.0]
        r[ion, 0, 2] = 3.0
        assert open_heights(topology, r) == pytest.approx([-3.0, 6.0, 9.0])

    @pytest.mark.parametrize("caps", [(6, 6), (1, 1), (2, 1), (0, 3), (1, 0)])
    def test_closed_caps_keep_their_number(self, caps):
        """Empty or full at the start, file and caps hold what the caps were given."""
        for composition in ("[gc X gc]", "[K gc X]"):
            topology = build_topology(open_filter(composition, reservoir="caps", caps=caps))
            for full in (False, True):
                r = start(topology, 0.0, np.random.default_rng(2), spread=full)
                numbers = [len(present(topology, r, i)) for i in range(len(topology.regions))]
                assert sum(numbers) == sum(caps)
                assert (numbers[0] > 0) == full

    @pytest.mark.parametrize("reservoir", ["bulk", "bulk and caps"])
    def test_other_caps_start_with_theirs(self, reservoir):
        topology = build_topology(open_filter(reservoir=reservoir, caps=(4, 7)))
        for full in (False, True):
            r = start(topology, 0.0, np.random.default_rng(2), spread=full)
            waters = cap_waters(topology, len(present(topology, r)))
            assert [len(members) for members, _ in waters] == [4, 7]
            assert [funnel.direction for _, funnel in waters] == [-1, 1]
            for members, _ in waters:
                assert not is_absent(r[members]).any()
            n = sum(member.role == "water" for member in topology.members)
            assert n == (11 if reservoir == "bulk" else 22)

    def test_caps_of_a_fixed_composition_stay_as_they_were(self):
        topology = build_topology(open_filter("[W X W]", caps=(4, 7)))
        assert [len(members) for members, _ in cap_waters(topology, 0)] == [4, 7]

    def test_caps_stand_beyond_the_file(self):
        geometry = load_filter("kcsa")
        confinement = default_confinement(geometry, (6, 6))
        topology = build_topology(open_filter(reservoir="bulk and caps"))
        file, inner, outer = topology.regions
        assert inner.z_upper == pytest.approx(confinement.file.z_lower + 1.0)
        assert outer.z_lower == pytest.approx(confinement.file.z_upper - 1.0)
        assert file.z_lower < inner.z_upper  # they share 2 Å, where waters of both may stand


def closest_approach(topology: Topology, r: np.ndarray) -> float:
    """Between sites of different molecules that are there, groups of one residue left out."""
    members = topology.members
    here = [m for m in range(len(members)) if not is_absent(r[m])]
    owner = np.array([m for m in here for _ in members[m].molecule.sites])
    slot = np.array([s for m in here for s in range(len(members[m].molecule.sites))])
    partner = np.array([member.anchor.partner if member.anchor else -1 for member in members])
    x = r[owner, slot]
    d = np.linalg.norm(x[:, None] - x[None], axis=-1)
    d[(owner[:, None] == owner[None]) | (partner[owner][:, None] == owner[None])] = np.inf
    return float(d.min())
