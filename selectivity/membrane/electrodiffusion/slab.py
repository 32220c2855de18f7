"""A slab of membrane between two baths, and the same in reduced units.

x runs from 0 at the inside face to L at the outside face, φ(inside bath) = V, φ(outside bath) = 0.
Reduced units: length L, concentration c_ref (the largest at either face), diffusion coefficient
D_ref (the largest), potential RT/F, time L²/D_ref. Poisson's equation then reads
Λ² φ″ = −(Σ z c + X) with Λ² = ε RT/(F² c_ref L²).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.solution import VALENCE, Solution, common_temperature, ion_symbol
from selectivity.membrane.water import VACUUM_PERMITTIVITY
from selectivity.units import FARADAY, GAS_CONSTANT

Array = NDArray[np.float64]
Mode = Literal["constant-field", "electroneutral", "pnp"]


@dataclass(frozen=True)
class Slab:
    """What ions cross, and what lies on its two sides.

    Parameters
    ----------
    inside, outside : Solution
        Both at one temperature; each states every ion of ``diffusion_m2_s``. Other ions of the
        solutions do not enter the slab.
    diffusion_m2_s : mapping of str to float
        Diffusion coefficient of each ion in the slab, m²/s, above zero.
    length_m : float
        Thickness L.
    relative_permittivity : float, optional
        ε/ε0 of the slab; needed by the mode ``pnp`` and for Debye lengths.
    fixed_charge_mM : float
        Charge bound in the slab over F, of either sign, spread evenly.
    partition : mapping of str to float
        Concentration just inside a face over that of the bath at equal potential, above zero; 1
        for ions that are not named.

    Raises
    ------
    InputError
        Unknown ion, an ion that a bath does not state, a number outside its range, two
        temperatures.
    """

    inside: Solution
    outside: Solution
    diffusion_m2_s: Mapping[str, float]
    length_m: float
    relative_permittivity: float | None = None
    fixed_charge_mM: float = 0.0
    partition: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        diffusion = _positive_by_ion(self.diffusion_m2_s, "diffusion_m2_s")
        if not diffusion:
            rule = "names at least one ion"
            raise InputError("diffusion_m2_s", {}, rule, 'for example {"K": 1.96e-9}')
        partition = _positive_by_ion(self.partition, "partition")
        for ion in partition:
            if ion not in diffusion:
                rule = "names ions that have a diffusion coefficient"
                raise InputError(f"partition.{ion}", partition[ion], rule)
        for side in (self.inside, self.outside):
            for ion in diffusion:
                side[ion]
        common_temperature(self.inside, self.outside)
        checks.positive(self.length_m, "length_m")
        if self.relative_permittivity is not None:
            checks.positive(self.relative_permittivity, "relative_permittivity")
        checks.scalar(self.fixed_charge_mM, "fixed_charge_mM")
        object.__setattr__(self, "diffusion_m2_s", MappingProxyType(diffusion))
        object.__setattr__(self, "partition", MappingProxyType(partition))

    @property
    def ions(self) -> tuple[str, ...]:
        """Ions that cross, in the order of ``diffusion_m2_s``."""
        return tuple(self.diffusion_m2_s)

    @property
    def temperature_K(self) -> float:  # noqa: N802
        """Temperature of both baths and of the slab."""
        return self.inside.temperature_K

    @property
    def thermal_V(self) -> float:  # noqa: N802
        """RT/F in volt."""
        return GAS_CONSTANT * self.temperature_K / FARADAY

    @property
    def permeability_m_s(self) -> dict[str, float]:
        """P = K D/L of each ion, m/s: what the constant-field equation makes of the slab."""
        return {
            ion: self.partition.get(ion, 1.0) * d / self.length_m
            for ion, d in self.diffusion_m2_s.items()
        }

    def debye_length_m(self) -> float:
        """λ = √(ε RT/(2F² I)) in m, the shorter of those at the two faces.

        I = ½ Σ z² c of the ions that cross, at the face and after partitioning, or half the fixed
        charge where that is more.

        Raises
        ------
        InputError
            No permittivity, or no ion on either side.
        """
        if self.relative_permittivity is None:
            rule = "is given where a Debye length is needed"
            raise InputError("relative_permittivity", None, rule, "78.3 is that of water at 25 °C")
        z, _, left, right = _columns(self)
        ionic = max(0.5 * float((z**2 * side).sum()) for side in (left, right))
        ionic = max(ionic, 0.5 * abs(self.fixed_charge_mM))
        if ionic == 0.0:
            raise InputError("inside, outside", 0.0, "hold an ion that crosses the slab")
        epsilon = self.relative_permittivity * VACUUM_PERMITTIVITY
        return math.sqrt(epsilon * self.thermal_V / (2.0 * FARADAY * ionic))


class Reduced(NamedTuple):
    """The slab in reduced units. Per ion, shape (n,): ``z``, ``d``, ``left``, ``right``.

    ``left``, ``right`` are concentrations just inside the faces, ``jump_left``, ``jump_right`` the
    potential there less that of the bath; ``coupling`` is Λ², 0 for electroneutrality and
    infinite for a constant field.
    """

    z: Array
    d: Array
    left: Array
    right: Array
    jump_left: float
    jump_right: float
    fixed: float
    coupling: float


class Scale(NamedTuple):
    """Units of the reduced quantities: m, mM, m²/s, V, s, mol/(m² s), A/m²."""

    length: float
    concentration: float
    diffusion: float
    potential: float
    time: float
    flux: float
    current: float


def reduce_slab(slab: Slab, mode: str) -> tuple[Reduced, Scale]:
    """``slab`` in reduced units for one of the three modes.

    Raises
    ------
    InputError
        Unknown mode, ``pnp`` without permittivity, a fixed charge in a constant field, no ion that
        crosses, or a face that no potential can make electroneutral.
    """
    check_mode(mode)
    z, d, left, right = _columns(slab)
    c_ref, d_ref = max(left.max(), right.max()), d.max()
    if c_ref == 0.0:
        raise InputError("inside, outside", 0.0, "hold an ion that crosses the slab")
    if mode == "constant-field" and slab.fixed_charge_mM != 0.0:
        rule = "is zero in a constant field, which knows no charge"
        raise InputError("fixed_charge_mM", slab.fixed_charge_mM, rule, "use pnp or electroneutral")
    coupling = np.inf if mode == "constant-field" else 0.0
    if mode == "pnp":
        slab.debye_length_m()
        assert slab.relative_permittivity is not None
        epsilon = slab.relative_permittivity * VACUUM_PERMITTIVITY
        coupling = epsilon * slab.thermal_V / (FARADAY * c_ref * slab.length_m**2)
    left, right, fixed = left / c_ref, right / c_ref, slab.fixed_charge_mM / c_ref
    jumps = [0.0, 0.0]
    if mode == "electroneutral":
        sides = ((slab.inside, left), (slab.outside, right))
        jumps = [donnan(z, c, fixed, side.name) for side, c in sides]
        left, right = left * np.exp(-z * jumps[0]), right * np.exp(-z * jumps[1])
    flux = d_ref * c_ref / slab.length_m
    scale = Scale(
        slab.length_m,
        c_ref,
        d_ref,
        slab.thermal_V,
        slab.length_m**2 / d_ref,
        flux,
        FARADAY * flux,
    )
    return Reduced(z, d / d_ref, left, right, jumps[0], jumps[1], fixed, coupling), scale


def donnan(z: Array, c: Array, fixed: float, place: str = "solution") -> float:
    """Reduced Donnan potential ψ at which Σ z c e^(−zψ) + X = 0; the sum falls with ψ.

    Raises
    ------
    InputError
        All ions that are there have the sign of the fixed charge, or there is none.
    """
    from scipy.optimize import brentq

    present = c > 0.0
    z, c = z[present], c[present]
    gross = float((np.abs(z) * c).sum())
    if gross == 0.0 and fixed == 0.0:
        rule = "holds ions that cross: pure water has no electroneutral potential"
        raise InputError(place, 0.0, rule, "use pnp or constant-field")
    if abs(float((z * c).sum()) + fixed) <= 1e-14 * gross:
        return 0.0
    up = (z > 0).any() or fixed > 0.0
    down = (z < 0).any() or fixed < 0.0
    if not (z.size and up and down):
        rule = "holds ions of both signs that cross, or a fixed charge that balances them"
        remedy = "give the counter-ion a diffusion coefficient, or use pnp"
        raise InputError(place, c.tolist(), rule, remedy)

    def charge(psi: float) -> float:
        return float((z * c * np.exp(-z * psi)).sum()) + fixed

    low, high = -1.0, 1.0
    while charge(low) < 0.0:
        low *= 2.0
    while charge(high) > 0.0:
        high *= 2.0
    return float(brentq(charge, low, high, xtol=1e-15, rtol=1e-15))


def check_mode(mode: str) -> None:
    """InputError unless ``mode`` is one of the three."""
    if mode not in get_args(Mode):
        raise InputError("mode", mode, "is one of " + ", ".join(get_args(Mode)))


def _columns(slab: Slab) -> tuple[Array, Array, Array, Array]:
    """z, D and the concentrations K c_in and K c_out of the ions that cross."""
    ions = slab.ions
    k = np.array([slab.partition.get(ion, 1.0) for ion in ions])
    return (
        np.array([VALENCE[ion] for ion in ions], dtype=float),
        np.array([slab.diffusion_m2_s[ion] for ion in ions]),
        k * np.array([slab.inside[ion] for ion in ions]),
        k * np.array([slab.outside[ion] for ion in ions]),
    )


def _positive_by_ion(values: Mapping[str, float], name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for written, value in values.items():
        symbol = ion_symbol(written, f"{name}.{written}")
        if symbol in found:
            raise InputError(f"{name}.{symbol}", written, "stands once", "leave one of the two out")
        found[symbol] = checks.positive(value, f"{name}.{symbol}")
    return found
