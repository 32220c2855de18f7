"""The functions of the filter's section, on profiles and distances that are known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from ratio_records import record

from selectivity.estimators.profile import ProfileSet
from selectivity.geometry.files import load_filter
from selectivity.sampling.streams import stream
from selectivity.system.build import build_topology, start
from selectivity.units import KCAL
from selectivity.validation import filter_profiles as along
from selectivity.validation import filter_sites as sites
from selectivity.validation.filter_pictures import (
    oxygen_figure,
    profile_figure,
    stiffness_figure,
)
from selectivity.validation.filter_profiles import FilterProfiles
from selectivity.validation.sections import filter as section

KCSA = load_filter("kcsa")
Z = np.arange(-8.55, 8.55, 0.1)


def bumps(places, height: float, width: float = 0.5) -> np.ndarray:
    return sum(height * np.exp(-0.5 * ((Z - z) / width) ** 2) for z in places)


def known(tilt: float = 0.0, noise: float = 0.0, replicas: int = 4) -> FilterProfiles:
    """K+ with barriers of 20 kJ/mol in the planes, Na+ with wells of 12 there, on a slope."""
    planes = KCSA.planes.values()
    rng = np.random.default_rng(0)
    rows = {"K": bumps(planes, 20.0), "Na": 30.0 - bumps(planes, 12.0)}
    w = {
        ion: np.stack([row + tilt * Z + rng.normal(0.0, noise, Z.size) for _ in range(replicas)])
        for ion, row in rows.items()
    }
    return FilterProfiles(ProfileSet(Z, w, ("K", "Na"), 310.15), KCSA, (), ())


def test_a_slope_has_no_minimum():
    z = np.linspace(-1.0, 1.0, 21)
    assert along.local_minimum(z, z, -1.0, 1.0) is None
    assert along.local_minimum(z, (z - 0.3) ** 2, -1.0, 1.0) == 13
    assert along.local_minimum(z, (z - 0.3) ** 2, -1.0, 0.3) is None
    two = np.cos(2.0 * math.pi * z) + 0.2 * z
    assert z[along.local_minimum(z, two, -1.0, 1.0)] == pytest.approx(-0.5)


@pytest.mark.parametrize("tilt", [0.0, 3.0])
def test_minima_lie_where_they_were_put(tilt):
    """K+ between the planes, Na+ in them; a straight line added moves none far."""
    read = known(tilt)
    for cage in KCSA.cages:
        here, low, high = along.around(read, "cage", cage.name)
        assert (here, low, high) == (
            cage.center,
            KCSA.planes[cage.lower],
            KCSA.planes[cage.upper],
        )
        found = along.minimum_place(read, "K", low, high)
        assert found is not None
        assert found.value == pytest.approx(0.5 * (low + high), abs=0.5)
    for name in ("V76 O", "G77 O"):
        here, low, high = along.around(read, "plane", name)
        found = along.minimum_place(read, "Na", low, high)
        assert found is not None
        assert found.value == pytest.approx(here, abs=0.11)


def test_levelling_finds_minima_on_a_steep_slope():
    read = known(tilt=60.0)
    here, low, high = along.around(read, "plane", "V76 O")
    assert along.minimum_place(read, "Na", low, high) is None
    found = along.minimum_place(read, "Na", low, high, levelled=True)
    assert found is not None
    assert found.value == pytest.approx(here, abs=0.11)


@pytest.mark.parametrize("tilt", [0.0, 5.0, -12.0])
def test_a_climb_does_not_see_a_tilt(tilt):
    """Some 20 kJ/mol from cage to plane for K+, 12 from plane to cage for Na+."""
    found, top, bottom = along.climb(known(tilt), "K", "S3", "S1")
    assert found.shape == (4,)
    assert found.mean() == pytest.approx(20.0 - 0.5, abs=0.1)
    assert min(abs(top - plane) for plane in (-1.496, 1.496)) < 0.11
    assert min(abs(bottom - cage) for cage in (-3.04, 0.0, 3.05)) < 0.25
    found, top, bottom = along.climb(known(tilt), "Na", "S3", "S1")
    assert found.mean() == pytest.approx(12.0 - 0.1, abs=0.1)
    assert min(abs(bottom - plane) for plane in (-1.496, 1.496)) < 0.11


def test_difference_at_a_height_is_that_of_the_functions():
    read = known(tilt=4.0)
    z = KCSA.cage_centers["S2"]
    planes = np.array(list(KCSA.planes.values()))
    near = np.exp(-0.5 * ((z - planes) / 0.5) ** 2).sum()
    assert along.ddg_at(read, z) == pytest.approx(30.0 - 32.0 * near, abs=0.3)


def test_site_selectivity_of_a_constant_difference():
    """W_Na − W_K the same everywhere: that is ΔΔG of every site."""
    base = known()
    w = {"K": base.of("K"), "Na": base.of("K") + 7.0}
    read = replace(base, profiles=ProfileSet(Z, w, ("K", "Na"), 310.15))
    found = along.site_ddg(read, ("S2", "S1"))
    assert list(found) == ["S2", "S1"]
    assert np.concatenate(list(found.values())) == pytest.approx(7.0)


def context(read, **settings):
    settings = {"system": "x", "structure": "kcsa", "droplet": "bulk", **settings}
    return SimpleNamespace(settings=settings, stage=lambda: read)


@pytest.fixture
def stand_in(monkeypatch):
    """Rows that read a run's profiles read those that the test made."""
    monkeypatch.setattr(section, "read_profiles", lambda found, system, structure: found)
    monkeypatch.setattr(along, "bulk", lambda found, droplet: SimpleNamespace(value=0.0))


def test_rows_of_known_profiles(stand_in):
    read = known(tilt=2.0)
    cage = section.minimum(context(read, ion="K", kind="cage", place="S2"))
    assert cage.value == pytest.approx(0.2, abs=0.11)
    over = section.cage_over_plane(context(read, cage="S2"))
    assert over.value == pytest.approx(32.0 / KCAL, rel=0.05)
    assert over.error == pytest.approx(0.0, abs=1e-6)
    rise = section.climb(context(read, ion="K"))
    assert rise.value == pytest.approx(20.0 / KCAL, rel=0.03)
    less = section.climb_difference(context(read))
    assert less.value == pytest.approx(8.0 / KCAL, rel=0.1)
    sloping = section.above_sites(context(known(5.0), site="S1", against="S2"))
    apart = (
        Z[along.lowest_near(known(5.0), "K", "S1")] - Z[along.lowest_near(known(5.0), "K", "S2")]
    )
    assert sloping.value == pytest.approx(5.0 * apart / KCAL, abs=0.2)


def test_no_minimum_has_no_value(stand_in):
    found = section.minimum(context(known(60.0), ion="Na", kind="plane", place="V76 O"))
    assert math.isnan(found.value)
    assert "no minimum" in found.note


def test_errors_come_from_the_replicas(stand_in):
    quiet = section.cage_over_plane(context(known(noise=0.1), cage="S2"))
    loud = section.cage_over_plane(context(known(noise=1.0), cage="S2"))
    assert quiet.dof == loud.dof == 3
    assert loud.error == pytest.approx(10.0 * quiet.error, rel=0.1)


def test_ratios_are_read_from_the_record():
    systems = [record("x", 5.0, 0.5, 0.3, converged=False), record("y", 3.0, 0.5, 0.3)]
    run = SimpleNamespace(ratio=lambda: {"systems": systems})
    found = section.ratio(context(run))
    assert (found.value, found.error, found.dof) == pytest.approx((5.0, 0.5, 7.0))
    assert found.note.endswith("NOT CONVERGED: too short")
    apart = section.ratio_difference(context(run, against="y"))
    assert apart.value == pytest.approx(2.0)
    assert apart.error == pytest.approx(math.sqrt(2.0) * 0.4)
    assert section.spread(context(run)).value == pytest.approx(2.0)
    site = section.site(context(run, site="S2"))
    assert (site.value, site.error, site.dof) == pytest.approx((5.0, 0.2, 7.0))
    assert site.note == "in the centre 6.0"


def test_a_difference_with_an_unknown_error_has_none():
    systems = [record("x"), record("y")]
    systems[1]["ddg_integral_kJ_mol"]["error"] = None
    run = SimpleNamespace(ratio=lambda: {"systems": systems})
    assert math.isnan(section.ratio_difference(context(run, against="y")).error)


def test_distances_of_an_ideal_cage():
    """Its oxygens lie 2.776 Å from the centre, its planes 2.992 Å and 45° apart."""
    ideal = load_filter("s2_idealised")
    for ring in ("lower O", "upper O"):
        assert sites.value(ideal, "ion-oxygen", ring, "S2") == pytest.approx(2.776, abs=1e-3)
    assert sites.value(ideal, "spacing", "upper O") == pytest.approx(2.992)
    assert sites.value(ideal, "twist", "upper O") == pytest.approx(45.0)
    assert sites.value(ideal, "O-O", "upper O") == pytest.approx(2.338 * math.sqrt(2.0))
    assert sites.value(ideal, "rms", "upper O") == pytest.approx(math.sqrt(15.0 / 8.0) / math.pi)
    assert sites.value(ideal, "mean") == pytest.approx(2.776, abs=1e-3)


def test_largest_difference_is_found():
    ring = KCSA.rings[2]
    moved = replace(ring, atoms=(ring.carbon, replace(ring.oxygen, z=ring.oxygen.z + 0.02)))
    other = replace(KCSA, rings=(*KCSA.rings[:2], moved, *KCSA.rings[3:]))
    assert sites.largest_difference(KCSA, KCSA) == 0.0
    assert sites.largest_difference(KCSA, other) == pytest.approx(0.02)
    ions = replace(KCSA, sites={**KCSA.sites, "S2": KCSA.sites["S2"] + 0.05})
    assert sites.largest_difference(KCSA, ions) == pytest.approx(0.05)
    assert sites.largest_difference(KCSA, load_filter("mthk")) == math.inf


def test_the_crystal_gives_its_own_distances():
    """Every oxygen at its crystal place: no displacement, and the distances of the crystal."""
    z = KCSA.sites["S2"]
    topology = build_topology(sites.dry_filter("kcsa", z))
    r = start(topology, z, np.random.default_rng(0))
    for member, coordinates in zip(topology.members, r, strict=True):
        if member.anchor is not None:
            coordinates[: len(member.anchor.position)] = member.anchor.position
    found = sites.means(np.array([sites.observe(KCSA, topology, r)]), 5, 4)
    assert found["u"] == pytest.approx(0.0, abs=1e-12)
    names = [ring.name for ring in KCSA.rings]
    for ring in ("V76 O", "G77 O"):
        crystal = sites.ion_oxygen(KCSA, "S2", ring)
        assert found["distance"][names.index(ring)] == pytest.approx(crystal)
        assert sites.mean_place_distance(KCSA, ring, found) == pytest.approx(crystal)


def test_displacements_of_all_subunits_add_up_in_one_frame():
    """All four oxygens of a ring moved outward by the same length: so is their mean."""
    z = KCSA.sites["S2"]
    topology = build_topology(sites.dry_filter("kcsa", z))
    r = start(topology, z, np.random.default_rng(0))
    for m, member in enumerate(topology.members):
        if member.anchor is not None:
            r[m, : len(member.anchor.position)] = member.anchor.position
            if member.label.startswith("G77 O"):
                place = r[m, member.molecule.main]
                place[:2] *= 1.0 + 0.3 / np.hypot(place[0], place[1])
    found = sites.means(np.array([sites.observe(KCSA, topology, r)]), 5, 4)
    i = [ring.name for ring in KCSA.rings].index("G77 O")
    assert np.linalg.norm(found["u"][i]) == pytest.approx(0.3)
    oxygen = KCSA.ring("G77 O").oxygen
    wider = math.hypot(oxygen.r + 0.3, oxygen.z - z)
    assert sites.mean_place_distance(KCSA, "G77 O", found) == pytest.approx(wider)


def test_fluctuation_about_the_mean_leaves_the_shift_out():
    rng = np.random.default_rng(1)
    shift = np.array([0.3, -0.1, 0.2])
    rows = np.zeros((20_000, 3 + 5 * 4 * 4))
    rows[:, 3:].reshape(-1, 5, 4, 4)[..., 1:] = shift + rng.normal(0.0, 0.4, (20_000, 5, 4, 3))
    piece = sites.means(rows, 5, 4)
    assert piece["u"] == pytest.approx(np.tile(shift, (5, 1)), abs=0.01)
    found = sites.rms_about_mean(KCSA.rings[0], KCSA, [piece, piece])
    assert found == pytest.approx(0.4, abs=0.003)


def test_an_ion_is_held_at_its_site(kernels):
    """Twice the same from one stream; K+ stays within a few tenths of an ångström."""
    first, again = (
        sites.held("kcsa", "S2", stream(1, "held", 0, 0), records=20, stride=5) for _ in range(2)
    )
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert abs(first["x"][2] - KCSA.sites["S2"]) < 0.4
    assert np.all(first["u2"] > 0.0)


def test_files_of_crystals_give_the_shipped_structures(shared_data: Path):
    pytest.importorskip("gemmi")
    for name, file in (("kcsa", "1k4c.pdb"), ("mthk", "3ldc.pdb"), ("kcsa_collapsed", "5vke.pdb")):
        read = sites.geometry_of(name, shared_data / file)
        assert sites.largest_difference(load_filter(name), read) < 0.0011


def test_pictures_are_drawn():
    bulk = SimpleNamespace(value=-5.0)
    assert len(profile_figure([("KcsA", known(), bulk)] * 2).axes) == 4  # type: ignore[list-item]
    piece = {
        "x": np.zeros(3),
        "distance": np.full(5, 2.8),
        "u": np.zeros((5, 3)),
        "u2": np.full(5, 0.5),
    }
    assert oxygen_figure({("kcsa", "S2"): [piece]}).axes[0].lines
    records = [
        {"tether": {"mode": mode, "k_kJ_mol_A2": 41.84, "scale": 2.0},
         "ddg_integral_kJ_mol": {"value": value, "error": 0.4}}
        for mode, value in (("bfactor", 20.0), ("uniform", 10.0), ("rigid", None))
    ]  # fmt: skip
    ticks = stiffness_figure(records).axes[0].get_xticklabels()
    assert [tick.get_text() for tick in ticks] == ["2 B", "10", "rigid"]
