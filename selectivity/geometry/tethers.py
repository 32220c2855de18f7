"""How stiff a ligand's tethers are: the constant that gives back its B-factor.

A rigid group with two heavy atoms d apart, each tethered to its crystal position with the same k,
and an orientation term k_θ(1 − cos θ), θ between the bond and its crystal direction. With Δ the
displacement of the bond's middle and n, n0 the bond's direction now and in the crystal, the atoms
move by Δ ± (d/2)(n − n0), and |n − n0|² = 2(1 − cos θ), so

    E = ½k(|u_O|² + |u_C|²) + k_θ(1 − cos θ) = k|Δ|² + (½kd² + k_θ)(1 − cos θ).

Middle and direction are independent, ⟨|Δ|²⟩ = 3RT/2k, and over the sphere cos θ has the density
∝ exp(a cos θ) with a = (½kd² + k_θ)/RT, whose mean is L(a) = coth a − 1/a. The oxygen's mean square
displacement about its crystal position, in three dimensions, is

    ⟨u_O²⟩ = 3RT/2k + (d²/2)(1 − L(a)),

set equal to 3B/8π². The displacement is counted from the crystal position, not from the mean one:
the mean of u_O is (d/2)(1 − L(a)) towards the carbon, 0.02 Å at k_θ = 20 kcal/mol, where its
square is less than 0.1 % of ⟨u_O²⟩ (for groups that turn freely, k_θ = 0, 0.2 Å and 6 %).

A hydroxyl's hydrogen carries no tether: the turn about CB-OG1 is free and drops out.
"""

from __future__ import annotations

import math

from selectivity.errors import InputError
from selectivity.units import rt


def mean_square_displacement(
    k: float, bond_length: float, k_theta: float, temperature_K: float
) -> float:
    """⟨u_O²⟩ of the isolated group about the crystal position, three-dimensional, Å².

    Parameters
    ----------
    k : float
        Tether constant per heavy atom, kJ/mol/Å².
    bond_length : float
        d, Å.
    k_theta : float
        Orientation constant, kJ/mol.
    temperature_K : float
    """
    thermal = rt(temperature_K)
    a = (0.5 * k * bond_length**2 + k_theta) / thermal
    return 1.5 * thermal / k + 0.5 * bond_length**2 * _one_minus_langevin(a)


def rms_displacement(k: float, bond_length: float, k_theta: float, temperature_K: float) -> float:
    """Root mean square displacement of O per axis, (⟨u_O²⟩/3)^½ = (B/8π²)^½, Å.

    Inverse of :func:`tether_constant`; parameters as in :func:`mean_square_displacement`.
    """
    return math.sqrt(mean_square_displacement(k, bond_length, k_theta, temperature_K) / 3.0)


def tether_constant(
    b_factor: float, bond_length: float, k_theta: float, temperature_K: float
) -> float:
    """Tether constant per heavy atom, kJ/mol/Å², at which ⟨u_O²⟩ = 3B/8π².

    Parameters
    ----------
    b_factor : float
        Isotropic B of the oxygen, Å².
    bond_length : float
        Å.
    k_theta : float
        Orientation constant, kJ/mol; 0 lets the group turn freely.
    temperature_K : float

    Raises
    ------
    InputError
        A B-factor, bond length or temperature that is not positive, or a negative ``k_theta``.
    """
    _require_positive("b_factor", b_factor)
    _require_positive("bond_length", bond_length)
    _require_positive("temperature_K", temperature_K)
    if not (math.isfinite(k_theta) and k_theta >= 0.0):
        raise InputError("k_theta", k_theta, "is not negative", "0 lets the group turn freely")
    from scipy.optimize import brentq

    target = math.log(3.0 * b_factor / (8.0 * math.pi**2))

    def excess(log_k: float) -> float:
        u2 = mean_square_displacement(math.exp(log_k), bond_length, k_theta, temperature_K)
        return math.log(u2) - target

    # ⟨u²⟩ falls as k grows and, since 1 − L(a) < 1/a, lies between 3RT/2k and 5RT/2k: the root is
    # between 1/2 and 5/6 of the naive constant 3RT/⟨u²⟩.
    guess = math.log(naive_constant(b_factor, temperature_K))
    return math.exp(brentq(excess, guess - 1.0, guess, xtol=1e-13))


def naive_constant(b_factor: float, temperature_K: float) -> float:
    """k of a free atom with that B-factor, RT/⟨u_x²⟩ = 8π²RT/B, kJ/mol/Å².

    Twice too stiff for a tethered pair of atoms, since the bond shares its tethers.
    """
    _require_positive("b_factor", b_factor)
    return 8.0 * math.pi**2 * rt(temperature_K) / b_factor


def _one_minus_langevin(a: float) -> float:
    """1 − coth a + 1/a without cancellation at small a."""
    if a < 1e-3:
        return 1.0 - a / 3.0 + a**3 / 45.0
    return 1.0 - 1.0 / math.tanh(a) + 1.0 / a


def _require_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise InputError(name, value, "is a positive number", "check its unit")
