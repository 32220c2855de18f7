"""What one simulation is asked to hold: droplet, cage or filter, in internal units.

These records are the resolved form of a run file's ``systems:``; they hold no coordinates and no
samples. Energies in kJ/mol, lengths in Å, temperature in K.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

from selectivity.errors import InputError
from selectivity.geometry.mutations import RingChange
from selectivity.units import kcal


@dataclass(frozen=True)
class Composition:
    """Order of the single file from inside to outside, such as ``[K W X W]``.

    ``X`` is the sampled ion (exactly one), ``W`` a water, an ion's symbol a resident ion. ``gc``
    is a stretch of the file in which the number of waters fluctuates, from none upward:
    ``[gc X gc]`` a lone ion in a file open to water on both sides, ``[K gc X gc]`` no water inside
    of the resident K+. A composition with ``gc`` names no single waters.
    """

    order: tuple[str, ...]

    RESIDENTS = ("Li", "Na", "K", "Rb", "Cs")
    OPEN = "gc"

    @classmethod
    def parse(cls, text: str, place: str = "composition") -> Composition:
        """Read ``[K W X W]``; commas are allowed between the places.

        Raises
        ------
        InputError
            Unknown symbol, no X or more than one, missing brackets, ``gc`` beside ``gc`` or
            together with ``W``.
        """
        stripped = text.strip()
        if not (stripped.startswith("[") and stripped.endswith("]")):
            raise InputError(place, text, "stands in square brackets", 'write "[K W X W]"')
        order = tuple(stripped[1:-1].replace(",", " ").split())
        for symbol in order:
            if symbol not in (*cls.RESIDENTS, "W", "X", cls.OPEN):
                rule = (
                    "each place is X (the sampled ion), W (water), gc (water whose number "
                    "fluctuates) or Li, Na, K, Rb, Cs"
                )
                raise InputError(place, symbol, rule, 'for example "[K W X W]" or "[K gc X gc]"')
        if order.count("X") != 1:
            raise InputError(place, text, "holds X exactly once", 'for example "[W X W]"')
        if cls.OPEN in order and "W" in order:
            rule = "names either single waters (W) or stretches with any number of them (gc)"
            raise InputError(place, text, rule, "write gc in place of every W")
        if (cls.OPEN, cls.OPEN) in itertools.pairwise(order):
            rule = "holds one gc between two ions: it stands for any number of waters"
            raise InputError(place, text, rule, "write gc once")
        return cls(order)

    @property
    def fluctuates(self) -> bool:
        """Whether the number of waters in the file is an output."""
        return self.OPEN in self.order

    @property
    def members(self) -> tuple[str, ...]:
        """The file without its open stretches: ions and single waters, from inside to outside."""
        return tuple(symbol for symbol in self.order if symbol != self.OPEN)

    @property
    def open_stretches(self) -> tuple[bool, ...]:
        """Whether the stretch inside of member f, and last the one outside of all, is open."""
        found, last = [], False
        for symbol in self.order:
            if symbol != self.OPEN:
                found.append(last)
            last = symbol == self.OPEN
        return (*found, last)

    def __str__(self) -> str:
        return "[" + " ".join(self.order) + "]"


Reservoir = Literal["bulk", "caps", "bulk and caps"]


@dataclass(frozen=True)
class Tether:
    """Stiffness of the ligand atoms' tethers, E = ½k|Δ|² per atom.

    ``bfactor``: k of every group from its own B-factor times ``scale``; ``uniform``: the same
    ``k`` (kJ/mol/Å²) everywhere; ``rigid``: the crystal cage, frozen.
    """

    mode: Literal["bfactor", "uniform", "rigid"] = "bfactor"
    k: float = float("nan")
    scale: float = 1.0

    def _key(self) -> tuple[str, float | None, float]:
        return self.mode, None if math.isnan(self.k) else self.k, self.scale

    def __eq__(self, other: object) -> bool:
        """Two tethers without a common ``k`` are alike, though nan is not nan."""
        return isinstance(other, Tether) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


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
    """Ion fixed at the origin in a liquid within a soft-walled sphere: the bulk reference.

    ``n_waters`` counts the molecules of the liquid, which are waters unless ``solvent`` names a
    liquid amide of the parameter set; such a droplet has the droplet of water as its
    ``reference``, if any.
    """

    name: str
    forcefield: str
    ions: tuple[str, ...]
    temperature_K: float
    n_waters: int = 64
    radius: float = 7.7
    wall_k: float = kcal(10.0)
    solvent: str = "water"
    reference: str | None = None
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
    outer end of the file; the walls are those of ``geometry.confinement``. ``reservoir`` is where
    the waters of a composition with ``gc`` come from and go to: liquid water of the same model at
    its chemical potential (``"bulk"``; the caps keep their number), the caps (``"caps"``: the
    number of waters in file and caps together is fixed), or liquid water for the file and for the
    caps (``"bulk and caps"``). ``log_activity`` is ln(z Å³) of that liquid, None for the stored
    one of the parameter set's water (``forcefield.reservoir``). ``rings`` are changes of single
    rings of the structure, each ring once.
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
    reservoir: Reservoir = "bulk"
    log_activity: float | None = None
    rings: tuple[RingChange, ...] = ()
    reference: str | None = None
    kind: Literal["filter"] = "filter"


SystemSpec = DropletSpec | CageSpec | FilterSpec
