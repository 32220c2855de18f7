"""Rings changed one at a time: what moves, what stays, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.geometry import load_filter
from selectivity.geometry.mutations import BOND_A, RingChange, mutated

KCSA = load_filter("kcsa")


def test_nothing_changed_is_the_same_filter() -> None:
    assert mutated(KCSA, ()) == KCSA
    assert mutated(KCSA, [RingChange("G77 O")]) == KCSA


def test_a_ring_moves_out_as_a_whole() -> None:
    ring = mutated(KCSA, [RingChange("V76 O", radius=2.8)]).ring("V76 O")
    before = KCSA.ring("V76 O")
    assert ring.oxygen.r == 2.8
    shift = ring.oxygen.position() - before.oxygen.position()
    np.testing.assert_allclose(ring.carbon.position() - before.carbon.position(), shift, atol=1e-12)
    assert np.linalg.norm(shift) == pytest.approx(2.8 - before.oxygen.r)
    assert shift[2] == 0.0


@pytest.mark.parametrize("kind", ["hydroxyl", "formamide"])
def test_another_ligand_has_its_oxygen_in_the_old_place(kind: str) -> None:
    found = mutated(KCSA, [RingChange("G77 O", ligand=kind)])
    ring, before = found.ring("G77 O"), KCSA.ring("G77 O")
    np.testing.assert_allclose(ring.oxygen.position(), before.oxygen.position())
    assert ring.bond_length == pytest.approx(BOND_A[ring.kind])
    bond, old = (r.carbon.position() - r.oxygen.position() for r in (ring, before))
    assert np.dot(bond, old) == pytest.approx(np.linalg.norm(bond) * np.linalg.norm(old))
    assert (ring.kind, ring.oxygen.b_factor) == (kind, before.oxygen.b_factor)
    assert [r for r in found.rings if r is not ring] == [r for r in KCSA.rings if r is not before]


def test_a_deleted_ring_joins_the_cages_beside_it() -> None:
    found = mutated(KCSA, [RingChange("G77 O", ligand="deleted")])
    assert found.cage_names == ("S4", "S3", "S2+S1")
    assert list(found.planes) == ["T75 OG1", "T75 O", "V76 O", "Y78 O"]
    middle = 0.5 * (KCSA.planes["V76 O"] + KCSA.planes["Y78 O"])
    assert found.cages[-1].center == pytest.approx(middle)
    assert found.sites == KCSA.sites
    for ring, left in (("T75 OG1", ("S3", "S2", "S1")), ("Y78 O", ("S4", "S3", "S2"))):
        assert mutated(KCSA, [RingChange(ring, ligand="deleted")]).cage_names == left


def test_charges_are_scaled_and_changes_add_up() -> None:
    change = RingChange("Y78 O", 2.4, 0.5, "hydroxyl")
    ring = mutated(KCSA, [change, RingChange("T75 OG1", ligand="deleted")]).ring("Y78 O")
    assert (ring.charge_scale, ring.oxygen.r, ring.kind) == (0.5, 2.4, "hydroxyl")
    assert str(change) == "Y78 O at 2.4 Å, charges x 0.5, as hydroxyl"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([RingChange("G78 O", 2.5)], "is a ring of kcsa"),
        ([RingChange("T75 O", ligand="hydroxyl")], "is bonded to T75 OG1"),
        ([RingChange("V76 O", 1.2)], "keep 2 Å"),
        ([RingChange("V76 O", 40.0)], "from 0.5 to 15 Å"),
        ([RingChange(name, ligand="deleted") for name in list(KCSA.planes)[1:]], "two rings"),
    ],
)
def test_what_cannot_be_is_refused(changes: list[RingChange], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        mutated(KCSA, changes)
    assert caught.value.place.startswith("rings.")
    assert caught.value.remedy


def test_a_bonded_group_may_be_replaced_where_its_partner_goes() -> None:
    """Without its own hydroxyl a threonine's carbonyl stands alone."""
    changes = [RingChange("T75 OG1", ligand="deleted"), RingChange("T75 O", ligand="hydroxyl")]
    assert mutated(KCSA, changes).ring("T75 O").kind == "hydroxyl"
