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

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import checks
from selectivity.membrane.nernst import log_ratio
from selectivity.units import FARADAY, GAS_CONSTANT

Array = NDArray[np.float64]

_SERIES_BELOW = 0.3
"""|u| below which B′(u) comes from its series, whose neglected term is then below 2e-14."""

_BLOCK = 32_768
"""Elements that are worked on at once: what a step leaves is still in the cache for the next."""


def bernoulli(u: ArrayLike) -> Any:
    """B(u) = u/(eᵘ − 1), with B(0) = 1 and B(−u) = B(u) + u; 0 at +inf and inf at −inf."""
    return checks.plain(_bernoulli(np.asarray(u, dtype=float)))


def _bernoulli(u: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        value = u / np.expm1(u)
    return np.where(u == 0.0, 1.0, np.where(u == np.inf, 0.0, value))


def bernoulli_slope(u: Array) -> Array:
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
    """c_in B(−u) − c_out B(u) without cancellation, for checked float arrays.

    Both forms of the module docstring are ±c B(w) expm1(−|u − u_E|) with w = ±u, so that each
    element costs two exponentials.
    """
    u_e = np.asarray(log_ratio(c_out, c_in))
    below = u <= u_e
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        w = np.where(below, u, -u)
        distance = np.asarray(u - u_e)
        np.copysign(distance, -1.0, out=distance)
        value = np.where(below, c_out, -c_in)
        value *= w
        value *= np.expm1(distance, out=distance)
        value /= np.expm1(w)
    if not w.all():
        value = np.where(w == 0.0, np.where(below, c_out, -c_in) * distance, value)
    if np.isnan(u_e).any():
        value = np.where(np.isnan(u_e), 0.0, value)
    return value


def reduced_slope(u: Array, c_in: Array, c_out: Array) -> Array:
    """∂/∂u of :func:`reduced_current`, −c_in B′(−u) − c_out B′(u), for checked float arrays."""
    return np.asarray(-c_in * bernoulli_slope(-u) - c_out * bernoulli_slope(u))


class _Checked(NamedTuple):
    permeability: Array
    z: Array
    c_in: Array
    c_out: Array
    voltage: Array
    per_volt: Array  # F/RT, 1/V

    @property
    def u(self) -> Array:
        """zFV/RT."""
        return np.asarray(self.z * self.per_volt * self.voltage)


def _check(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> _Checked:
    return _Checked(
        checks.nonnegative(permeability, "permeability"),
        checks.valence(z),
        checks.nonnegative(c_in, "c_in"),
        checks.nonnegative(c_out, "c_out"),
        checks.numbers(voltage_V, "voltage_V"),
        FARADAY / (GAS_CONSTANT * checks.temperature(temperature_K)),
    )


def _by_blocks(formula: Callable[[_Checked], Array], given: _Checked) -> Any:
    """``formula`` of the arguments; a long array of voltages alone goes through it in blocks."""
    voltage = given.voltage
    others = (part for part in given if part is not voltage)
    if voltage.size <= _BLOCK or any(part.size != 1 for part in others):
        return checks.plain(np.asarray(formula(given)))
    plain = _Checked(*(part if part is voltage else part.reshape(()) for part in given))
    flat, value = np.ravel(voltage), np.empty(voltage.size)
    for start in range(0, flat.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        value[part] = formula(plain._replace(voltage=flat[part]))
    return value.reshape(np.broadcast_shapes(*(part.shape for part in given)))


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
    given = _check(permeability, z, c_in, c_out, voltage_V, temperature_K)
    return _by_blocks(lambda a: a.permeability * reduced_current(a.u, a.c_in, a.c_out), given)


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
    given = _check(permeability, z, c_in, c_out, voltage_V, temperature_K)
    return _by_blocks(
        lambda a: a.permeability * a.z * FARADAY * reduced_current(a.u, a.c_in, a.c_out), given
    )


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
    given = _check(permeability, z, c_in, c_out, voltage_V, temperature_K)

    def formula(a: _Checked) -> Array:
        slope = reduced_slope(a.u, a.c_in, a.c_out)
        return a.permeability * a.z**2 * FARADAY * a.per_volt * slope

    return _by_blocks(formula, given)


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
    given = _check(permeability, z, c_in, c_out, voltage_V, temperature_K)

    def formula(a: _Checked) -> Array:
        u, u_e = a.u, log_ratio(a.c_out, a.c_in)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            below = a.c_out * _bernoulli(u) / _bernoulli(u - u_e)
            above = a.c_in * _bernoulli(-u) / _bernoulli(u_e - u)
        reduced = np.where(np.isnan(u_e), 0.0, np.where(u <= u_e, below, above))
        return a.permeability * a.z**2 * FARADAY * a.per_volt * reduced

    return _by_blocks(formula, given)


def rectification_ratio(
    z: ArrayLike, c_in: ArrayLike, c_out: ArrayLike, step_V: ArrayLike, temperature_K: ArrayLike
) -> Any:
    """|I(E + v)/I(E − v)|: how much better the membrane conducts outward than inward.

    With w = |z|F|v|/RT and u_E = ln(c_out/c_in) it is e^(−u_E) B(−u_E − w)/B(u_E − w) for a
    cation and the inverse for an anion: 1 at v = 0, and c_in/c_out (anion c_out/c_in) far from E.

    Parameters
    ----------
    z, c_in, c_out, temperature_K : array_like
        As in :func:`ghk_current`.
    step_V : array_like
        Distance v from the reversal potential E, volt; a negative one gives the inverse.

    Returns
    -------
    float or ndarray
        Where a concentration is zero and E infinite, the far limit; nan where both are zero.

    Raises
    ------
    InputError
        As :func:`ghk_current`.
    """
    given = _check(0.0, z, c_in, c_out, step_V, temperature_K)
    w, u_e = np.abs(given.u), np.asarray(log_ratio(given.c_out, given.c_in))
    with np.errstate(invalid="ignore", over="ignore"):
        logarithm = _log_bernoulli(-u_e - w) - _log_bernoulli(u_e - w) - u_e
        logarithm = np.where(np.isinf(u_e) & (w > 0.0), -u_e, np.where(w == 0.0, 0.0, logarithm))
        ratio = np.exp(np.sign(given.u) * logarithm)
    return checks.plain(np.asarray(np.where(np.isnan(u_e), np.nan, ratio)))


def _log_bernoulli(u: Array) -> Array:
    """ln B(u) for finite u, without overflow."""
    size = np.abs(u)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(size / -np.expm1(-size)) - np.maximum(u, 0.0)
    return np.where(size == 0.0, 0.0, value)
