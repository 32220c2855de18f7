"""Goldman-Hodgkin-Katz: current, flux and conductances of one ion in a constant field.

With u = zFV/RT, B(u) = u/(eᵘ − 1) and P the permeability (m/s),

    I = P z F [c_in B(−u) − c_out B(u)],

in A/m², positive outward (concentrations in mM = mol/m³). The two terms cancel near the reversal
potential and overflow far from it; with u_E = ln(c_out/c_in) the equal forms

    u ≤ u_E:  I =  P z F c_out B(u)  expm1(u − u_E)
    u > u_E:  I = −P z F c_in  B(−u) expm1(u_E − u)

do neither, and both stay right where a concentration is zero (u_E = ±inf).

Sources: Goldman 1943, J Gen Physiol 27:37; Hodgkin & Katz 1949, J Physiol 108:37; Alvarez &
Latorre 2017, J Gen Physiol 149:911.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import _checks
from selectivity.membrane.nernst import log_ratio
from selectivity.units import FARADAY, GAS_CONSTANT

Array = NDArray[np.float64]

_SERIES_BELOW = 0.3
"""|u| below which B′(u) comes from its series, whose neglected term is then below 2e-14."""


def bernoulli(u: ArrayLike) -> Any:
    """B(u) = u/(eᵘ − 1), with B(0) = 1 and B(−u) = B(u) + u; 0 at +inf and inf at −inf."""
    return _checks.plain(_bernoulli(np.asarray(u, dtype=float)))


def _bernoulli(u: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        value = u / np.expm1(u)
    return np.where(u == 0.0, 1.0, np.where(u == np.inf, 0.0, value))


def _bernoulli_slope(u: Array) -> Array:
    """B′(u); the closed form loses digits near 0, where the series stands in."""
    u = np.asarray(u, dtype=float)
    square = u * u
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        closed = _bernoulli(u) * (1.0 / u + 1.0 / np.expm1(-u))
        terms = -1.0 / 180.0 + square * (
            1.0 / 5040.0 + square * (-1.0 / 151200.0 + square / 4790016.0)
        )
        series = -0.5 + u * (1.0 / 6.0 + square * terms)
    return np.where(np.abs(u) < _SERIES_BELOW, series, closed)


def reduced_current(u: Array, c_in: Array, c_out: Array) -> Array:
    """c_in B(−u) − c_out B(u) without cancellation, for checked float arrays."""
    u_e = log_ratio(c_out, c_in)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        below = c_out * _bernoulli(u) * np.expm1(u - u_e)
        above = -c_in * _bernoulli(-u) * np.expm1(u_e - u)
    return np.where(np.isnan(u_e), 0.0, np.where(u <= u_e, below, above))


class _Checked(NamedTuple):
    permeability: Array
    z: Array
    c_in: Array
    c_out: Array
    voltage: Array
    per_volt: Array  # F/RT, 1/V


def _check(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> _Checked:
    return _Checked(
        _checks.nonnegative(permeability, "permeability"),
        _checks.valence(z),
        _checks.nonnegative(c_in, "c_in"),
        _checks.nonnegative(c_out, "c_out"),
        _checks.numbers(voltage_V, "voltage_V"),
        FARADAY / (GAS_CONSTANT * _checks.temperature(temperature_K)),
    )


def ghk_flux(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """GHK flux J = I/(zF) in mol/(m² s), positive from inside to outside.

    Arguments, shapes and errors as :func:`ghk_current`.
    """
    p, z, c_in, c_out, voltage, per_volt = _check(
        permeability, z, c_in, c_out, voltage_V, temperature_K
    )
    return _checks.plain(np.asarray(p * reduced_current(z * voltage * per_volt, c_in, c_out)))


def ghk_current(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """GHK current density of one ion (module docstring) in A/m², positive outward.

    Parameters
    ----------
    permeability : array_like
        P in m/s. With relative permeabilities the result is A/m² per m/s of the unit.
    z : array_like
        Charge number, a nonzero whole number.
    c_in, c_out : array_like
        Concentrations in mM (mol/m³); zero is allowed, two zeros carry no current.
    voltage_V : array_like
        V = φ_in − φ_out in volt.
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        In the broadcast shape of the arguments. Equal concentrations give P z² F² c V/RT, V = 0
        gives P z F (c_in − c_out).

    Raises
    ------
    InputError
        Negative permeability or concentration, z = 0 or not whole, V not finite, or a
        temperature outside liquid water.
    """
    flux = ghk_flux(permeability, z, c_in, c_out, voltage_V, temperature_K)
    return _checks.plain(np.asarray(_checks.valence(z) * FARADAY * flux))


def slope_conductance(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """dI/dV = (P z² F²/RT) [−c_in B′(−u) − c_out B′(u)] in S/m²; never negative.

    Arguments, shapes and errors as :func:`ghk_current`.
    """
    p, z, c_in, c_out, voltage, per_volt = _check(
        permeability, z, c_in, c_out, voltage_V, temperature_K
    )
    u = z * voltage * per_volt
    bracket = -c_in * _bernoulli_slope(-u) - c_out * _bernoulli_slope(u)
    return _checks.plain(np.asarray(p * z**2 * FARADAY * per_volt * bracket))


def chord_conductance(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """I/(V − E) in S/m², E the ion's Nernst potential; the slope conductance at V = E.

    Computed without the quotient 0/0: (P z² F²/RT) c_out B(u)/B(u − u_E) for u ≤ u_E, else
    (P z² F²/RT) c_in B(−u)/B(u_E − u). Zero where E is infinite. Arguments, shapes and errors as
    :func:`ghk_current`.
    """
    p, z, c_in, c_out, voltage, per_volt = _check(
        permeability, z, c_in, c_out, voltage_V, temperature_K
    )
    u, u_e = z * voltage * per_volt, log_ratio(c_out, c_in)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        below = c_out * _bernoulli(u) / _bernoulli(u - u_e)
        above = c_in * _bernoulli(-u) / _bernoulli(u_e - u)
    reduced = np.where(np.isnan(u_e), 0.0, np.where(u <= u_e, below, above))
    return _checks.plain(np.asarray(p * z**2 * FARADAY * per_volt * reduced))
