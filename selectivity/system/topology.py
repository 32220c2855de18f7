"""What one simulation holds: its molecules, what holds them, and the order of the single file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from selectivity.forcefield.identity import Ladder
from selectivity.forcefield.library import ForceField
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.spec import SystemSpec

ABSENT = 1.0e15
"""A molecule that is not there stands this far off (Å; molecule m at m + 1 times it)."""

Role = Literal["ion", "carbonyl", "hydroxyl", "file_water", "water", "solvent", "resident"]


@dataclass(frozen=True)
class Anchor:
    """What ties a ligand group to the crystal.

    Attributes
    ----------
    position : ndarray, shape (n, 3)
        Crystal position of every site, Å.
    k : ndarray, shape (n,)
        Tether constants, kJ/mol/Å²; 0 leaves a site free.
    k_theta : float
        Orientation term k_θ(1 − cos θ) about the crystal direction from site 0 to site 1, kJ/mol.
    partner : int
        Group of the same residue (index in the topology), or −1.
    bond : tuple of float
        Force constant (kJ/mol/Å²) and length (Å) of the C...CB distance term with the partner.
    """

    position: np.ndarray
    k: np.ndarray
    k_theta: float = 0.0
    partner: int = -1
    bond: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Member:
    """One molecule of a system."""

    molecule: Molecule
    role: Role
    label: str
    mobile: bool = True
    wall: SphereWall | FileWalls | Funnel | None = None
    anchor: Anchor | None = None

    @property
    def is_ligand(self) -> bool:
        """Whether it belongs to the cage (its mutual electrostatics can be scaled)."""
        return self.role in ("carbonyl", "hydroxyl")


@dataclass(frozen=True)
class Region:
    """A cylinder about the axis whose waters are exchanged with a reservoir or another region.

    Its places (``members``, consecutive) hold a water or none. The number of waters follows
    p(N) ∝ (zV)^N/N! ∫exp(−βU) over positions in the cylinder and orientations, the integrals
    normalised to the volume V and to all orientations; z = ρ exp(βμ_ex) is the activity of the
    reservoir.

    Attributes
    ----------
    members : tuple of int
        Places of its waters in the topology, present or not.
    z_lower, z_upper, radius : float
        Of the cylinder, Å.
    log_activity : float
        ln(z/Å⁻³); ``nan`` where there is no reservoir and waters jump between regions only.
    confined : bool
        Whether its waters never leave the cylinder; else only those inside it are exchanged.
    in_file : bool
        Whether it is the single file, whose stretches may be closed.
    minimum : int
        The number of waters (inside the cylinder or not) below which none is taken away.
    """

    members: tuple[int, ...]
    z_lower: float
    z_upper: float
    radius: float
    log_activity: float = float("nan")
    confined: bool = True
    in_file: bool = False
    minimum: int = 0

    @property
    def volume(self) -> float:
        """Volume of the cylinder, Å³."""
        return float(np.pi * self.radius**2 * (self.z_upper - self.z_lower))


@dataclass(frozen=True)
class Topology:
    """A system without its coordinates.

    ``members`` are sorted by falling number of sites; ``x`` is the sampled ion, ``file_order``
    the single file from inside to outside (empty for droplet and cage), ``file_limits`` the z (Å)
    beyond which a member of the file has departed. ``on_axis`` keeps X at x = y = 0. ``regions``
    hold the waters whose number fluctuates, the file first; ``open_stretches`` says whether they
    may stand inside of member f of the file and, last, outside of all members.
    """

    spec: SystemSpec
    forcefield: ForceField
    ladder: Ladder
    members: tuple[Member, ...]
    x: int
    file_order: tuple[int, ...] = ()
    file_limits: tuple[float, float] = (-np.inf, np.inf)
    ligand_electrostatics: float = 1.0
    on_axis: bool = False
    regions: tuple[Region, ...] = ()
    open_stretches: tuple[bool, ...] = (True,)

    @property
    def n_sites(self) -> int:
        """Sites of all molecules."""
        return sum(len(member.molecule.sites) for member in self.members)

    @property
    def window_centers(self) -> tuple[float, ...]:
        """Umbrella centres, Å; one ``nan`` where the ion is fixed."""
        if self.spec.kind == "filter":
            return self.spec.windows.centers()
        return (float("nan"),)


def absent_sites(m: int, n_slots: int) -> np.ndarray:
    """Coordinates that say that molecule ``m`` is not there, shape (n_slots, 3), Å.

    All sites in one place and no two molecules in the same: every energy with it vanishes.
    """
    return np.full((n_slots, 3), ABSENT * (m + 1))


def is_absent(r: np.ndarray) -> np.ndarray:
    """Whether molecules are not there; ``r`` has the shape (..., S, 3), the answer (...)."""
    return r[..., 0, 0] > 0.5 * ABSENT


def sort_members(members: list[Member]) -> tuple[tuple[Member, ...], list[int]]:
    """Sort by falling number of sites (stable); returns the new index of every old one too."""
    order = sorted(range(len(members)), key=lambda i: -len(members[i].molecule.sites))
    new_index = [0] * len(members)
    for new, old in enumerate(order):
        new_index[old] = new
    return tuple(members[old] for old in order), new_index
