"""Systems with changed rings: charges, tethers and energies of what stands there."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.engine import energy
from selectivity.geometry.mutations import RingChange
from selectivity.geometry.tethers import rms_displacement
from selectivity.system.atoms import atoms
from selectivity.system.build import build_topology
from selectivity.system.filter_geometry import filter_geometry
from selectivity.system.spec import Composition, FilterSpec, Windows
from selectivity.system.topology import Member, Topology
from selectivity.validation.small import make_run, scrambled


def topology_of(*changes: RingChange, forcefield: str = "charmm36") -> Topology:
    spec = FilterSpec(
        "changed",
        forcefield,
        ("K", "Na"),
        310.15,
        structure="kcsa",
        composition=Composition.parse("[W X]"),
        windows=Windows(-1.0, 1.0),
        interior=(-0.5, 0.5),
        caps=(2, 2),
        rings=changes,
    )
    return build_topology(spec)


def groups(topology: Topology, ring: str) -> list[Member]:
    return [m for m in topology.members if m.is_ligand and m.label.startswith(f"{ring} ")]


ALL = (
    RingChange("T75 OG1", ligand="deleted"),
    RingChange("V76 O", ligand="formamide"),
    RingChange("G77 O", radius=2.6, charge_scale=0.7),
    RingChange("Y78 O", ligand="hydroxyl"),
)


@pytest.fixture(scope="module")
def changed() -> Topology:
    return topology_of(*ALL)


def test_every_subunit_holds_the_new_group(changed: Topology) -> None:
    kinds = {name: {m.molecule.kind for m in groups(changed, name)} for name in ("V76 O", "Y78 O")}
    assert kinds == {"V76 O": {"amide"}, "Y78 O": {"hydroxyl"}}
    assert [len(groups(changed, c.ring)) for c in ALL] == [0, 4, 4, 4]
    names = {str(a) for a in atoms(changed)}
    assert {"A:FMD76:N", "D:LIG78:HG1", "C:GLY77:O"} <= names


def test_charges_are_scaled_and_stay_neutral(changed: Topology) -> None:
    plain = topology_of()
    for one, other in zip(groups(changed, "G77 O"), groups(plain, "G77 O"), strict=True):
        assert one.molecule.charge == pytest.approx(0.0)
        np.testing.assert_allclose(one.molecule.charges(), 0.7 * other.molecule.charges())
        assert one.anchor is not None
        assert np.hypot(*one.anchor.position[1, :2]) == pytest.approx(2.6)


@pytest.mark.parametrize("ring", ["V76 O", "G77 O", "Y78 O"])
def test_tethers_give_the_b_factor_back_with_the_new_bond(changed: Topology, ring: str) -> None:
    b = filter_geometry(changed.spec).ring(ring).oxygen.b_factor
    member = groups(changed, ring)[0]
    assert member.anchor is not None
    r = member.molecule.coordinates()
    bond = float(np.linalg.norm(r[1] - r[0]))
    found = rms_displacement(float(member.anchor.k[0]), bond, member.anchor.k_theta, 310.15)
    assert found == pytest.approx(np.sqrt(b / (8.0 * np.pi**2)), rel=1e-9)
    assert member.anchor.k[1] == member.anchor.k[0]
    assert not member.anchor.k[2:].any()


def test_the_kernels_agree_with_the_plain_sum(changed: Topology) -> None:
    r = scrambled(changed, 0.37, seed=5)
    run = make_run(changed, r, "double", 0)
    pairs = energy.pair_matrix(changed, r, 0)
    n = len(r)
    np.testing.assert_allclose(run.state.pair[:n, :n], pairs, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(
        run.state.one, energy.one_body_energies(changed, r), rtol=1e-9, atol=1e-10
    )
    assert run.energy() == pytest.approx(energy.total_energy(changed, r, 0), rel=1e-9)


def test_a_deleted_hydroxyl_leaves_its_carbonyl_unbonded(changed: Topology) -> None:
    for member in groups(changed, "T75 O"):
        assert member.anchor is not None
        assert member.anchor.partner == -1
        assert member.anchor.bond == (0.0, 0.0)
