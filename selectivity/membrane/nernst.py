"""Equilibrium of one ion across a membrane.

Conventions of the whole room: V = φ_in − φ_out in volt, concentrations in mM (mol/m³), fluxes and
currents positive from inside to outside, temperature in K. Concentrations stand for activities:
only their ratio enters, and it equals the ratio of activities where both sides have the same
activity coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import checks
from selectivity.units import FARADAY, GAS_CONSTANT


def log_ratio(c_out: NDArray[np.float64], c_in: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(c_out/c_in) to rounding, near equality and at extreme concentrations alike.

    −inf where only ``c_out`` is zero, +inf where only ``c_in`` is zero, nan where both are.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        ratio = c_out / c_in
        near = np.log1p((c_out - c_in) / c_in)
        far = np.log(c_out) - np.log(c_in)
        plain = np.log(ratio)
    result = np.where((ratio > 1e-300) & (ratio < 1e300), plain, far)
    return np.where((ratio > 0.5) & (ratio < 2.0), near, result)


def nernst(z: ArrayLike, c_in: ArrayLike, c_out: ArrayLike, temperature_K: ArrayLike) -> Any:
    """Nernst potential E = (RT/zF) ln(c_out/c_in) in volt.

    Parameters
    ----------
    z : array_like
        Charge number, a nonzero whole number.
    c_in, c_out : array_like
        Concentrations in mM. With ``c_in`` = 0 the result is +inf/z, with ``c_out`` = 0 it is
        −inf/z, with both zero nan.
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        In the broadcast shape of the arguments; a float where all are scalars.

    Raises
    ------
    InputError
        z = 0 or not whole, a negative concentration, or a temperature outside liquid water.
    """
    z = checks.valence(z)
    c_in, c_out = checks.nonnegative(c_in, "c_in"), checks.nonnegative(c_out, "c_out")
    thermal = GAS_CONSTANT * checks.temperature(temperature_K) / FARADAY
    return checks.plain(np.asarray(thermal / z * log_ratio(c_out, c_in)))


def nernst_slope(z: ArrayLike, temperature_K: ArrayLike) -> Any:
    """Change of E in volt per tenfold c_out/c_in: (RT/zF) ln 10."""
    thermal = GAS_CONSTANT * checks.temperature(temperature_K) / FARADAY
    return checks.plain(np.asarray(thermal / checks.valence(z) * np.log(10.0)))


def driving_force(
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """Driving force V − E in volt: positive drives positive charge outward."""
    equilibrium = np.asarray(nernst(z, c_in, c_out, temperature_K))
    return checks.plain(np.asarray(checks.numbers(voltage_V, "voltage_V") - equilibrium))


@dataclass(frozen=True)
class ElectrochemicalDifference:
    """Δμ = μ_in − μ_out of one ion, in three units; a passive ion leaves where Δμ > 0.

    ``J_mol`` (J/mol), ``kT`` (per ion, in units of kT) and ``mV`` (Δμ/zF = V − E; nan for z = 0).
    Floats or arrays of one shape.
    """

    J_mol: Any
    kT: Any
    mV: Any


def electrochemical_difference(
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    voltage_V: ArrayLike,
    temperature_K: ArrayLike,
) -> ElectrochemicalDifference:
    """Difference of the electrochemical potential, Δμ = RT ln(c_in/c_out) + zFV.

    The standard potentials of the two water phases are taken as equal. z = 0 is allowed here: a
    neutral solute keeps the term RT ln(c_in/c_out). A zero concentration gives ∓inf, two give nan.

    Raises
    ------
    InputError
        As :func:`nernst`, but z = 0 is allowed.
    """
    z = checks.numbers(z, "z")
    if (z != 0.0).any():
        checks.valence(z[z != 0.0])
    c_in, c_out = checks.nonnegative(c_in, "c_in"), checks.nonnegative(c_out, "c_out")
    voltage = checks.numbers(voltage_V, "voltage_V")
    energy = GAS_CONSTANT * checks.temperature(temperature_K)
    reduced = z * FARADAY * voltage / energy - log_ratio(c_out, c_in)
    with np.errstate(divide="ignore", invalid="ignore"):
        millivolt = np.where(z == 0.0, np.nan, 1000.0 * energy * reduced / (z * FARADAY))
    return ElectrochemicalDifference(
        J_mol=checks.plain(np.asarray(energy * reduced)),
        kT=checks.plain(np.asarray(reduced)),
        mV=checks.plain(millivolt),
    )
