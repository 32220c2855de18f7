"""The selectivity filter as data: rings of ligand groups around a symmetry axis.

Coordinates are cylindrical about the axis, Å and degrees; z points to the extracellular side. The
origin of shipped channel structures is the middle between the planes of the second and third
carbonyl ring from outside (the centre of S2), φ counts from the oxygen of the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

RingKind = Literal["carbonyl", "hydroxyl", "formamide"]
ATOMS: dict[str, tuple[str, str]] = {
    "carbonyl": ("C", "O"),
    "hydroxyl": ("CB", "OG1"),
    "formamide": ("C", "O"),
}
"""Atoms that place a group, by its kind: carbon, then oxygen."""


@dataclass(frozen=True)
class RingAtom:
    """One atom of a ring in subunit 0: ``r`` and ``z`` in Å, ``phi_deg`` in degrees, B in Å²."""

    name: str
    r: float
    z: float
    phi_deg: float
    b_factor: float

    def position(self, turn_deg: float = 0.0) -> np.ndarray:
        """Cartesian position, shape (3,), Å, after a turn about the axis."""
        phi = math.radians(self.phi_deg + turn_deg)
        return np.array([self.r * math.cos(phi), self.r * math.sin(phi), self.z])


@dataclass(frozen=True)
class Ring:
    """One ligand group per subunit: ``atoms`` are (C, O) or (CB, OG1) of one residue.

    ``charge_scale`` multiplies the charges that the parameter set gives to the group.
    """

    name: str
    residue: str
    kind: RingKind
    atoms: tuple[RingAtom, RingAtom]
    charge_scale: float = 1.0

    @property
    def carbon(self) -> RingAtom:
        """C of a carbonyl, CB of a hydroxyl."""
        return self.atoms[0]

    @property
    def oxygen(self) -> RingAtom:
        """O of a carbonyl, OG1 of a hydroxyl; its z is the plane of the ring."""
        return self.atoms[1]

    @property
    def bond_length(self) -> float:
        """Carbon-oxygen distance in the structure, Å."""
        return float(np.linalg.norm(self.oxygen.position() - self.carbon.position()))


@dataclass(frozen=True)
class Cage:
    """The space between two neighbouring oxygen planes; ``center`` is z in Å."""

    name: str
    lower: str
    upper: str
    center: float


@dataclass(frozen=True)
class FilterGeometry:
    """A filter with ``symmetry`` equal subunits around the z axis.

    Attributes
    ----------
    name, title : str
    source, preparation : str
        Where the coordinates come from, and what was done to them.
    symmetry : int
        Number of subunits.
    rings : tuple of Ring
        Ordered by the z of their oxygens, from inside (low z) to outside.
    cage_names : tuple of str, one less than rings
        Names of the cages between consecutive rings, from inside to outside.
    sites : dict of str to float
        z (Å) of the crystal's ions on the axis: cages (``"S1"``, …), ``"S0"`` and others.
    notes : tuple of str
        What is to be known of the source, a sentence each: resolution, method, alternates.
    """

    name: str
    title: str
    source: str
    preparation: str
    symmetry: int
    rings: tuple[Ring, ...]
    cage_names: tuple[str, ...]
    sites: dict[str, float]
    notes: tuple[str, ...] = ()

    @property
    def planes(self) -> dict[str, float]:
        """z (Å) of every ring's oxygens by the ring's name."""
        return {ring.name: ring.oxygen.z for ring in self.rings}

    @property
    def cages(self) -> tuple[Cage, ...]:
        """Cages between consecutive planes, from inside to outside.

        The centre is the crystal ion's z, or the middle of the two planes where none was seen.
        """
        found = []
        for name, lower, upper in zip(
            self.cage_names, self.rings[:-1], self.rings[1:], strict=True
        ):
            middle = 0.5 * (lower.oxygen.z + upper.oxygen.z)
            found.append(Cage(name, lower.name, upper.name, self.sites.get(name, middle)))
        return tuple(found)

    @property
    def cage_centers(self) -> dict[str, float]:
        """z (Å) of the cage centres by name, from inside to outside, with S0 where it is known."""
        centers = {cage.name: cage.center for cage in self.cages}
        if "S0" in self.sites:
            centers.setdefault("S0", self.sites["S0"])
        return centers

    def ring(self, name: str) -> Ring:
        """The ring called ``name``; KeyError if there is none."""
        for ring in self.rings:
            if ring.name == name:
                return ring
        raise KeyError(name)

    def group_positions(self, ring: Ring) -> np.ndarray:
        """Crystal positions of the ring's heavy atoms, shape (symmetry, 2, 3), Å.

        Entry m is subunit m, subunit 0 turned by m·360°/``symmetry`` about the axis; the order of
        atoms is that of ``ring.atoms``.
        """
        turns = [360.0 / self.symmetry * m for m in range(self.symmetry)]
        return np.array([[atom.position(turn) for atom in ring.atoms] for turn in turns])


def hydroxyl_hydrogen(
    heavy: np.ndarray, r_oh: float = 0.96, angle_coh_deg: float = 106.0
) -> np.ndarray:
    """HG1 of hydroxyl groups, its torsion chosen to point away from the axis.

    With u the unit vector from OG1 to CB and v the unit component, normal to u, of the outward
    radial direction at OG1: HG1 = OG1 + r_OH (cos α u + sin α v). Where the radial direction is
    along u, v follows from +z instead.

    Parameters
    ----------
    heavy : ndarray, shape (n, 2, 3)
        CB and OG1, Å, as :meth:`FilterGeometry.group_positions` gives them.
    r_oh : float
        Å.
    angle_coh_deg : float
        CB-OG1-HG1, degrees.

    Returns
    -------
    ndarray, shape (n, 3)
        Å.
    """
    alpha = math.radians(angle_coh_deg)
    hydrogens = np.empty((len(heavy), 3))
    for i, (carbon, oxygen) in enumerate(heavy):
        u = (carbon - oxygen) / np.linalg.norm(carbon - oxygen)
        v = _normal_part(np.array([oxygen[0], oxygen[1], 0.0]), u)
        if v is None:
            v = _normal_part(np.array([0.0, 0.0, 1.0]), u)
        if v is None:
            v = np.array([1.0, 0.0, 0.0])
        hydrogens[i] = oxygen + r_oh * (math.cos(alpha) * u + math.sin(alpha) * v)
    return hydrogens


def _normal_part(vector: np.ndarray, u: np.ndarray) -> np.ndarray | None:
    """Unit vector along the part of ``vector`` normal to the unit vector ``u``, None if tiny."""
    part = vector - (vector @ u) * u
    length = float(np.linalg.norm(part))
    return part / length if length > 1e-6 else None
