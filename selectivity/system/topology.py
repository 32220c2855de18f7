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

Role = Literal["ion", "carbonyl", "hydroxyl", "file_water", "water", "resident"]


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
class Topology:
    """A system without its coordinates.

    ``members`` are sorted by falling number of sites; ``x`` is the sampled ion, ``file_order``
    the single file from inside to outside (empty for droplet and cage), ``file_limits`` the z (Å)
    beyond which a member of the file has departed. ``on_axis`` keeps X at x = y = 0.
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


def sort_members(members: list[Member]) -> tuple[tuple[Member, ...], list[int]]:
    """Sort by falling number of sites (stable); returns the new index of every old one too."""
    order = sorted(range(len(members)), key=lambda i: -len(members[i].molecule.sites))
    new_index = [0] * len(members)
    for new, old in enumerate(order):
        new_index[old] = new
    return tuple(members[old] for old in order), new_index
