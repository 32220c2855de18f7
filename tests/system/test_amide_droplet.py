"""Droplets of liquid amides: every start has room, whatever the size and the seed."""

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield import library
from selectivity.system.build import build_topology, start
from selectivity.system.placement import closest
from selectivity.system.spec import DropletSpec

CASES = [
    ("charmm36", "formamide", 20),
    ("charmm36", "formamide", 64),
    ("charmm36", "nma", 1),
    ("charmm36", "nma", 32),
    ("jc-tip3p", "nma", 64),
]


def droplet(forcefield: str, solvent: str, number: int) -> DropletSpec:
    return DropletSpec("d", forcefield, ("K", "Na"), 310.15, number, 8.0, solvent=solvent)


@pytest.mark.parametrize(("forcefield", "solvent", "number"), CASES)
@pytest.mark.parametrize("seed", [0, 7])
def test_start_without_overlap(forcefield, solvent, number, seed):
    topology = build_topology(droplet(forcefield, solvent, number))
    r = start(topology, 0.0, np.random.default_rng(seed))
    n = len(topology.members[0].molecule.sites)
    ion = r[topology.x, :1]
    assert topology.x == number  # behind the molecules, which have more sites
    assert np.array_equal(ion, np.zeros((1, 3)))
    for i in range(number):
        assert closest(r[i, :n], ion) > 1.5
        assert all(closest(r[i, :n], r[j, :n]) > 1.5 for j in range(i))
    again = start(topology, 0.0, np.random.default_rng(seed))
    assert np.array_equal(r, again)


def test_molecules_stay_rigid_and_as_close_as_the_liquid():
    topology = build_topology(droplet("charmm36", "formamide", 64))
    r = start(topology, 0.0, np.random.default_rng(3))
    template = topology.members[0].molecule.coordinates()
    inside = np.linalg.norm(template[:, None] - template[None], axis=-1)
    for m in range(64):
        found = np.linalg.norm(r[m, :, None] - r[m, None], axis=-1)
        np.testing.assert_allclose(found, inside, atol=1e-12)
    radius = (3.0 * 64 / (4.0 * np.pi * library.amide_density("formamide"))) ** (1.0 / 3.0)
    assert np.linalg.norm(r[:64].mean(axis=1), axis=1).max() < 1.25 * radius


def test_roles_and_walls():
    members = build_topology(droplet("charmm36", "nma", 3)).members
    assert [member.role for member in members] == ["solvent"] * 3 + ["ion"]
    assert [member.label for member in members[:3]] == ["nma 0", "nma 1", "nma 2"]
    assert all(member.wall is not None and member.wall.radius == 8.0 for member in members[:3])
    assert not any(member.is_ligand for member in members)


def test_a_set_without_the_liquid_says_so():
    with pytest.raises(InputError, match=r"systems\.d\.solvent"):
        build_topology(droplet("jc-tip3p", "formamide", 8))
