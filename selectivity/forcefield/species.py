"""Sites and rigid molecules: what the particles are, in internal units (Å, kJ/mol, e)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["ion", "water", "carbonyl", "hydroxyl", "amide"]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class SiteType:
    """One charged Lennard-Jones site, E = ε[(Rmin/r)¹² − 2(Rmin/r)⁶] with its like.

    Attributes
    ----------
    name : str
        Type name of the parameter set (``"POT"``, ``"OT"``); pair overrides refer to it.
    charge : float
        Elementary charges.
    rmin_half : float
        Half the distance of the minimum between two such sites, Å.
    epsilon : float
        Depth of that minimum, kJ/mol (positive).
    hydrogen : bool
        Whether the overlap guard of hydrogens applies.
    """

    name: str
    charge: float
    rmin_half: float
    epsilon: float
    hydrogen: bool


@dataclass(frozen=True)
class Molecule:
    """A rigid molecule: its sites and the template coordinates of one copy.

    Attributes
    ----------
    name : str
        ``"K"``, ``"SPC/E"``, ``"C=O"``, …
    kind : {"ion", "water", "carbonyl", "hydroxyl", "amide"}
    sites : tuple of SiteType, length n
    site_names : tuple of str, length n
        Atom names, unique in the molecule (``"O"``, ``"H1"``, …).
    positions : tuple of (x, y, z), length n
        Template geometry, Å.
    main : int
        Index of the site that walls and z refer to: the ion itself, O of a water, a carbonyl or
        an amide, OG1 of a hydroxyl.
    """

    name: str
    kind: Kind
    sites: tuple[SiteType, ...]
    site_names: tuple[str, ...]
    positions: tuple[Vector, ...]
    main: int

    @property
    def charge(self) -> float:
        """Net charge, e."""
        return math.fsum(site.charge for site in self.sites)

    def coordinates(self) -> np.ndarray:
        """Template coordinates as an array of shape (n, 3), Å; the caller owns it."""
        return np.array(self.positions, dtype=float)

    def charges(self) -> np.ndarray:
        """Site charges as an array of shape (n,), e."""
        return np.array([site.charge for site in self.sites])

    def index(self, site_name: str) -> int:
        """Index of the site called ``site_name``; ValueError if there is none."""
        return self.site_names.index(site_name)


def ion(symbol: str, site: SiteType) -> Molecule:
    """A monatomic ion at the origin."""
    return Molecule(symbol, "ion", (site,), (symbol,), ((0.0, 0.0, 0.0),), 0)


def water(
    name: str,
    oxygen: SiteType,
    hydrogen: SiteType,
    r_oh: float,
    angle_hoh_deg: float,
    virtual: SiteType | None = None,
    r_om: float = 0.0,
) -> Molecule:
    """A rigid water, O at the origin, H in the xz plane, the bisector of HOH along +z.

    Sites are O, H1, H2 and, for a four-site model, M at ``r_om`` (Å) from O on the bisector.
    """
    half = math.radians(angle_hoh_deg) / 2.0
    x, z = r_oh * math.sin(half), r_oh * math.cos(half)
    sites = [oxygen, hydrogen, hydrogen]
    names = ["O", "H1", "H2"]
    positions = [(0.0, 0.0, 0.0), (x, 0.0, z), (-x, 0.0, z)]
    if virtual is not None:
        sites.append(virtual)
        names.append("M")
        positions.append((0.0, 0.0, r_om))
    return Molecule(name, "water", tuple(sites), tuple(names), tuple(positions), 0)


def carbonyl(name: str, carbon: SiteType, oxygen: SiteType, r_co: float) -> Molecule:
    """A rigid C=O, C at the origin, O at (0, 0, ``r_co``)."""
    positions = ((0.0, 0.0, 0.0), (0.0, 0.0, r_co))
    return Molecule(name, "carbonyl", (carbon, oxygen), ("C", "O"), positions, 1)


def hydroxyl(
    name: str,
    sites: tuple[SiteType, SiteType, SiteType],
    r_co: float,
    r_oh: float,
    angle_coh_deg: float,
) -> Molecule:
    """A rigid CB-OG1-HG1, CB at the origin, OG1 at (0, 0, ``r_co``), HG1 in the xz plane."""
    angle = math.radians(angle_coh_deg)
    hydrogen = (r_oh * math.sin(angle), 0.0, r_co - r_oh * math.cos(angle))
    positions = ((0.0, 0.0, 0.0), (0.0, 0.0, r_co), hydrogen)
    return Molecule(name, "hydroxyl", sites, ("CB", "OG1", "HG1"), positions, 1)


def amide(
    name: str,
    sites: tuple[SiteType, ...],
    site_names: tuple[str, ...],
    positions: tuple[Vector, ...],
) -> Molecule:
    """A rigid amide; its main site is the one called O."""
    return Molecule(name, "amide", sites, site_names, positions, site_names.index("O"))
