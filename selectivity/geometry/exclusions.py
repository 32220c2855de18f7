"""Bonded exclusions between groups of one residue, and the distance term in their place.

Two groups of one residue and one subunit (the C=O and the CB-OG1-HG1 of a threonine) are bonded
to each other through CA. Pairs of their atoms within three bonds carry neither Lennard-Jones nor
Coulomb energy. With nothing in their place the two carbons would collapse onto each other, so a
harmonic term E = ½k(d − d0)² holds C···CB at the structure's own distance d0.

The constant k. C-CA-CB is a bond angle, CHARMM36 type CT1-CT1-C, E = k_θ(θ − θ0)² with
k_θ = 52 kcal/mol/rad² (no factor ½). At fixed bond lengths b1 = |C-CA|, b2 = |CA-CB| the distance
obeys d² = b1² + b2² − 2 b1 b2 cos θ, hence dd/dθ = b1 b2 sin θ/d, and ½k (dd)² = k_θ (dθ)² gives
k = 2 k_θ/(dd/dθ)². With the angle at CA of KcsA's T75 (b 1.538 and 1.573 Å, 109.3°, d 2.538 Å)
dd/dθ = 0.900 Å/rad and k = 129 kcal/mol/Å²; with MthK's T59 (1.531 and 1.537 Å, 112.2°, 2.547 Å)
0.855 and 142. Their middle, 135, is used for both; at 310 K it lets d vary by 0.07 Å.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from selectivity.geometry.filter import FilterGeometry, Ring
from selectivity.units import kcal

C_CB_CONSTANT = kcal(135.0)
"""Force constant of the C···CB distance term, kJ/mol/Å²."""

_BONDS = (("C", "O"), ("C", "CA"), ("CA", "CB"), ("CB", "OG1"), ("OG1", "HG1"))
_GROUP = {"carbonyl": ("C", "O"), "hydroxyl": ("CB", "OG1", "HG1")}
_EXCLUDED_UP_TO = 3  # bonds


@dataclass(frozen=True)
class DistanceTerm:
    """E = ½k(d − ``length``)² between one atom each of two rings, in every subunit.

    ``length`` in Å, ``k`` in kJ/mol/Å².
    """

    ring_a: str
    atom_a: str
    ring_b: str
    atom_b: str
    length: float
    k: float


def excluded_pairs(ring_a: Ring, ring_b: Ring) -> tuple[tuple[str, str], ...]:
    """Pairs (atom of ``ring_a``, atom of ``ring_b``) of one subunit without pair energy.

    Empty unless the rings are different groups of one residue. For a threonine's carbonyl and
    hydroxyl: C-CB, C-OG1 and O-CB are within three bonds; C-HG1, O-OG1 and O-HG1 are not.
    """
    if ring_a.residue != ring_b.residue or ring_a.kind == ring_b.kind:
        return ()
    pairs = product(_GROUP[ring_a.kind], _GROUP[ring_b.kind])
    return tuple((a, b) for a, b in pairs if _bonds_between(a, b) <= _EXCLUDED_UP_TO)


def distance_terms(geometry: FilterGeometry) -> tuple[DistanceTerm, ...]:
    """C···CB terms of every residue that is there with its carbonyl and its hydroxyl."""
    terms = []
    for one, other in combinations(geometry.rings, 2):
        if one.residue != other.residue or one.kind == other.kind:
            continue
        a, b = one.carbon, other.carbon
        length = float(np.linalg.norm(a.position() - b.position()))
        terms.append(DistanceTerm(one.name, a.name, other.name, b.name, length, C_CB_CONSTANT))
    return tuple(terms)


def _bonds_between(a: str, b: str) -> int:
    """Number of bonds on the shortest path from atom ``a`` to atom ``b`` of a threonine."""
    reached, frontier, steps = {a}, {a}, 0
    while b not in reached:
        steps += 1
        frontier = {
            far
            for near, far in (*_BONDS, *((y, x) for x, y in _BONDS))
            if near in frontier and far not in reached
        }
        reached |= frontier
    return steps
