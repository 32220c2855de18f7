"""What one simulation is asked to hold: droplet, cage or filter, in internal units.

These records are the resolved form of a run file's ``systems:``; they hold no coordinates and no
samples. Energies in kJ/mol, lengths in Å, temperature in K.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from selectivity.errors import InputError
from selectivity.units import kcal


@dataclass(frozen=True)
class Composition:
    """Order of the single file from inside to outside, such as ``[K W X W]``.

    ``X`` is the sampled ion (exactly one), ``W`` a water, an ion's symbol a resident ion.
    """

    order: tuple[str, ...]

    RESIDENTS = ("Li", "Na", "K", "Rb", "Cs")

    @classmethod
    def parse(cls, text: str, place: str = "composition") -> Composition:
        """Read ``[K W X W]``; commas are allowed between the places.

        Raises
        ------
        InputError
            Unknown symbol, no X or more than one, or missing brackets.
        """
        stripped = text.strip()
        if not (stripped.startswith("[") and stripped.endswith("]")):
            raise InputError(place, text, "stands in square brackets", 'write "[K W X W]"')
        order = tuple(stripped[1:-1].replace(",", " ").split())
        for symbol in order:
            if symbol not in (*cls.RESIDENTS, "W", "X"):
                rule = "each place is X (the sampled ion), W (water) or Li, Na, K, Rb, Cs"
                raise InputError(place, symbol, rule, 'for example "[K W X W]"')
        if order.count("X") != 1:
            raise InputError(place, text, "holds X exactly once", 'for example "[W X W]"')
        return cls(order)

    def __str__(self) -> str:
        return "[" + " ".join(self.order) + "]"


@dataclass(frozen=True)
class Tether:
    """Stiffness of the ligand atoms' tethers, E = ½k|Δ|² per atom.

    ``bfactor``: k of every group from its own B-factor times ``scale``; ``uniform``: the same
    ``k`` (kJ/mol/Å²) everywhere; ``rigid``: the crystal cage, frozen.
    """

    mode: Literal["bfactor", "uniform", "rigid"] = "bfactor"
    k: float = float("nan")
    scale: float = 1.0


@dataclass(frozen=True)
class Windows:
    """Umbrella windows on z of X: centres from ``lower`` to ``upper``, spacing about ``spacing``.

    ``kappa`` (kJ/mol/Å²) is the force constant of ½κ(z − z_i)².
    """

    lower: float
    upper: float
    spacing: float = 0.3
    kappa: float = kcal(20.0)

    def centers(self) -> tuple[float, ...]:
        """Evenly spaced centres, both ends included, no farther apart than ``spacing``."""
        gaps = max(1, math.ceil((self.upper - self.lower) / self.spacing - 1e-9))
        step = (self.upper - self.lower) / gaps
        return tuple(self.lower + i * step for i in range(gaps + 1))


@dataclass(frozen=True)
class DropletSpec:
    """Ion fixed at the origin with ``n_waters`` in a soft-walled sphere: the bulk reference."""

    name: str
    forcefield: str
    ions: tuple[str, ...]
    temperature_K: float
    n_waters: int = 64
    radius: float = 7.7
    wall_k: float = kcal(10.0)
    kind: Literal["droplet"] = "droplet"


@dataclass(frozen=True)
class CageSpec:
    """Ion fixed at the origin with ligands whose oxygens stay within a soft sphere.

    ``carbonyl_charge`` overrides the charge (e) of the carbonyl's C and, negated, of its O;
    ``ligand_electrostatics`` scales Coulomb between ligands (1 as is, 0 switched off).
    """

    name: str
    forcefield: str
    ions: tuple[str, ...]
    temperature_K: float
    n_carbonyls: int = 8
    n_waters: int = 0
    radius: float = 3.5
    wall_k: float = kcal(500.0)
    ligand_electrostatics: float = 1.0
    carbonyl_charge: float | None = None
    reference: str | None = None
    kind: Literal["cage"] = "cage"


@dataclass(frozen=True)
class FilterSpec:
    """An ion on the axis of a selectivity filter, with the rest of the single file and caps.

    ``interior`` (Å) is the interval of the headline; ``caps`` the waters beyond the inner and the
    outer end of the file; ``confinement`` the walls (see ``geometry.confinement``).
    """

    name: str
    forcefield: str
    ions: tuple[str, ...]
    temperature_K: float
    structure: str
    composition: Composition
    windows: Windows
    interior: tuple[float, float]
    caps: tuple[int, int] = (6, 6)
    tether: Tether = Tether()
    k_theta: float = kcal(20.0)
    ligand_electrostatics: float = 1.0
    on_axis: bool = False
    reference: str | None = None
    kind: Literal["filter"] = "filter"


SystemSpec = DropletSpec | CageSpec | FilterSpec
