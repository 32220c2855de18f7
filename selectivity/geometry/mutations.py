"""Rings changed one at a time: moved in or out, charged otherwise, of another ligand, or deleted.

A change is made on the filter of the structure file, the rest of which stays as it is.

- ``radius``: the whole group moves along the radial direction of its oxygen, its direction and its
  height kept, until the oxygen stands at that distance from the axis.
- ``ligand``: another group takes the place. Its oxygen stands where the old one stood, its carbon
  on the old bond's line at the new bond's length; the B-factors, hence the tethers' mean square
  displacement, stay. The tether constants follow from them for the new group
  (``geometry.tethers``), since the bond's length enters.
- ``charge_scale`` multiplies all charges of the group, which stays neutral.
- ``deleted``: the ring is gone, and the cages beside it are one, named after both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.files import unusable
from selectivity.geometry.filter import ATOMS, FilterGeometry, Ring, RingAtom, RingKind

Ligand = Literal["carbonyl", "hydroxyl", "formamide", "deleted"]
BOND_A: dict[RingKind, float] = {"carbonyl": 1.23, "hydroxyl": 1.42, "formamide": 1.23}
"""Carbon-oxygen bond of a group that takes another's place, Å."""


@dataclass(frozen=True)
class RingChange:
    """What is done to the ring called ``ring``; what is None or 1 is left as it is.

    Attributes
    ----------
    ring : str
    radius : float or None
        Distance of the oxygens from the axis, Å.
    charge_scale : float
        Factor of all charges of the group.
    ligand : {"carbonyl", "hydroxyl", "formamide", "deleted"} or None
    """

    ring: str
    radius: float | None = None
    charge_scale: float = 1.0
    ligand: Ligand | None = None

    def __str__(self) -> str:
        if self.ligand == "deleted":
            return f"{self.ring} deleted"
        parts = [] if self.radius is None else [f"at {self.radius:g} Å"]
        parts += [] if self.charge_scale == 1.0 else [f"charges x {self.charge_scale:g}"]
        parts += [] if self.ligand is None else [f"as {self.ligand}"]
        return f"{self.ring} {', '.join(parts) or 'as it is'}"


def mutated(geometry: FilterGeometry, changes: Sequence[RingChange]) -> FilterGeometry:
    """``geometry`` with ``changes`` made.

    Raises
    ------
    InputError
        A ring that is not there; a group bonded to another one of its residue replaced; fewer than
        two rings left; a filter that a structure file may not hold (oxygens within each other, a
        radius out of range). ``place`` is ``rings.NAME``.
    """
    gone = {change.ring for change in changes if change.ligand == "deleted"}
    for change in changes:
        _check(geometry, change, gone)
    changed = [(change, _changed(geometry, change)) for change in changes]
    for change, found in changed:
        if found is None and len(geometry.rings) < 3:
            rule = "a filter keeps two rings, which make a cage"
            raise InputError(f"rings.{change.ring}", "deleted", rule, "keep this one")
        geometry = _with(geometry, change.ring, found)
        problems = unusable(geometry)
        if problems:
            value = change.radius if change.radius is not None else change.ligand
            rule = f"the filter that it gives cannot be used: {problems[0].message}"
            raise InputError(f"rings.{change.ring}", value, rule, "change it less")
    return geometry


def _check(geometry: FilterGeometry, change: RingChange, gone: set[str]) -> None:
    place, names = f"rings.{change.ring}", list(geometry.planes)
    if change.ring not in names:
        rule = f"is a ring of {geometry.name}"
        raise InputError(place, change.ring, rule, f"its rings: {', '.join(names)}")
    ring = geometry.ring(change.ring)
    others = [r for r in geometry.rings if r is not ring and r.name not in gone]
    bonded = [r.name for r in others if r.residue == ring.residue]
    if change.ligand not in (None, "deleted", ring.kind) and bonded:
        rule = f"is bonded to {bonded[0]} of the same residue, so no other group can take its place"
        raise InputError(place, change.ligand, rule, f"delete {bonded[0]}, or change another ring")


def _changed(geometry: FilterGeometry, change: RingChange) -> Ring | None:
    """The ring after its change, None where it is deleted."""
    ring = geometry.ring(change.ring)
    if change.ligand == "deleted":
        return None
    if change.ligand is not None and change.ligand != ring.kind:
        ring = _replaced(ring, change.ligand)
    if change.radius is not None:
        ring = _moved(ring, change.radius)
    return replace(ring, charge_scale=ring.charge_scale * change.charge_scale)


def _replaced(ring: Ring, kind: RingKind) -> Ring:
    carbon, oxygen = ring.carbon, ring.oxygen
    back = carbon.position() - oxygen.position()
    place = oxygen.position() + BOND_A[kind] * back / np.linalg.norm(back)
    names = ATOMS[kind]
    atoms = (_atom(carbon, names[0], place), replace(oxygen, name=names[1]))
    return replace(ring, residue=f"{kind} in place of {ring.name}", kind=kind, atoms=atoms)


def _moved(ring: Ring, radius: float) -> Ring:
    place = ring.oxygen.position()
    outward = np.array([place[0], place[1], 0.0]) / ring.oxygen.r
    shift = (radius - ring.oxygen.r) * outward
    carbon = _atom(ring.carbon, ring.carbon.name, ring.carbon.position() + shift)
    return replace(ring, atoms=(carbon, replace(ring.oxygen, r=radius)))


def _atom(like: RingAtom, name: str, place: np.ndarray) -> RingAtom:
    x, y, z = (float(value) for value in place)
    return RingAtom(name, math.hypot(x, y), z, math.degrees(math.atan2(y, x)), like.b_factor)


def _with(geometry: FilterGeometry, name: str, ring: Ring | None) -> FilterGeometry:
    """``geometry`` with ``ring`` in place of the one called ``name``, or without it."""
    at = list(geometry.planes).index(name)
    rings, cages = list(geometry.rings), list(geometry.cage_names)
    if ring is not None:
        rings[at] = ring
        return replace(geometry, rings=tuple(rings))
    del rings[at]
    if 0 < at < len(cages):
        cages[at - 1 : at + 1] = [f"{cages[at - 1]}+{cages[at]}"]
    else:
        del cages[0 if at == 0 else -1]
    return replace(geometry, rings=tuple(rings), cage_names=tuple(cages))
