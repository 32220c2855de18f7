"""Liquid water as the ions feel it: permittivity, density, and the lengths of Debye and Hückel.

All functions broadcast over arrays. The two polynomials were fitted between 0 and 100 °C at
atmospheric pressure and are refused outside.

Sources: Malmberg & Maryott 1956, J Res Natl Bur Stand 56:1 (permittivity); Kell 1975, J Chem Eng
Data 20:97 (density); Debye & Hückel 1923, Phys Z 24:185.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.units import AVOGADRO, BOLTZMANN, ELEMENTARY_CHARGE

VACUUM_PERMITTIVITY = 8.8541878188e-12
"""ε0 in F/m (CODATA 2022)."""

ZERO_CELSIUS_K = 273.15
FITTED_K = (ZERO_CELSIUS_K, ZERO_CELSIUS_K + 100.0)
"""Temperatures (K) between which the polynomials of this module were fitted."""

_PERMITTIVITY = (-1.410e-6, 9.398e-4, -0.40008, 87.740)
_DENSITY = (-280.54253e-12, 105.56302e-9, -46.170461e-6, -7.9870401e-3, 16.945176, 999.83952)


def _celsius(temperature_K: ArrayLike) -> NDArray[np.float64]:
    kelvin = checks.temperature(temperature_K)
    low, high = FITTED_K
    bad = (kelvin < low) | (kelvin > high)
    if bad.any():
        rule = f"lies between {low:g} and {high:g} K, where the properties of water are known"
        raise InputError("temperature_K", float(kelvin[bad].flat[0]), rule)
    return kelvin - ZERO_CELSIUS_K


def relative_permittivity(temperature_K: ArrayLike) -> Any:
    """ε_r of water, 87.740 − 0.40008 t + 9.398e-4 t² − 1.410e-6 t³ with t in °C.

    78.30 at 25 °C and 74.15 at 37 °C. Later measurements lie about 0.2 % higher; the constant A of
    :func:`debye_huckel_a` then is 0.509 at 25 °C in place of 0.511.

    Raises
    ------
    InputError
        A temperature outside 273.15 to 373.15 K.
    """
    return checks.plain(np.asarray(np.polyval(_PERMITTIVITY, _celsius(temperature_K))))


def water_density(temperature_K: ArrayLike) -> Any:
    """Density of water at atmospheric pressure in kg/m³ (997.05 at 25 °C, 993.33 at 37 °C).

    Raises
    ------
    InputError
        A temperature outside 273.15 to 373.15 K.
    """
    t = _celsius(temperature_K)
    return checks.plain(np.asarray(np.polyval(_DENSITY, t) / (1.0 + 16.879850e-3 * t)))


def bjerrum_length(temperature_K: ArrayLike) -> Any:
    """Distance at which two unit charges have the energy kT, e²/(4π ε0 ε_r kT), in m.

    0.7157 nm at 25 °C. Arguments and errors as :func:`relative_permittivity`.
    """
    permittivity = np.asarray(relative_permittivity(temperature_K)) * VACUUM_PERMITTIVITY
    energy = BOLTZMANN * np.asarray(temperature_K, dtype=float)
    return checks.plain(np.asarray(ELEMENTARY_CHARGE**2 / (4.0 * math.pi * permittivity * energy)))


def debye_huckel_a(temperature_K: ArrayLike) -> Any:
    """A of log₁₀ γ = −A z² √I, in (kg/mol)^½: √(2π N_A ρ) l_B^{3/2} / ln 10, l_B Bjerrum's length.

    0.51080 at 298.15 K, 0.52132 at 310 K and 0.52146 at 310.15 K, for I in mol per kg of water.
    Arguments and errors as :func:`relative_permittivity`.
    """
    length = np.asarray(bjerrum_length(temperature_K))
    density = np.asarray(water_density(temperature_K))
    value = np.sqrt(2.0 * math.pi * AVOGADRO * density) * length**1.5 / math.log(10.0)
    return checks.plain(np.asarray(value))


def debye_huckel_b(temperature_K: ArrayLike) -> Any:
    """B of the extended law in (kg/mol)^½/nm: the inverse Debye length at I = 1 mol/kg.

    B = √(2 N_A e² ρ/(ε0 ε_r kT)); 3.2865 at 298.15 K, 3.3051 at 310.15 K. Arguments and errors as
    :func:`relative_permittivity`.
    """
    length = np.asarray(bjerrum_length(temperature_K))
    density = np.asarray(water_density(temperature_K))
    return checks.plain(np.asarray(np.sqrt(8.0 * math.pi * AVOGADRO * density * length) * 1e-9))


def debye_length(ionic_strength_mM: ArrayLike, temperature_K: ArrayLike) -> Any:
    """Debye length λ = √(ε0 ε_r RT/(2 F² I)) in m.

    Parameters
    ----------
    ionic_strength_mM : array_like
        I in mM (mol/m³); inf is returned where it is zero.
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        In the broadcast shape of the arguments; 0.784 nm at 150 mM and 25 °C.

    Raises
    ------
    InputError
        A negative ionic strength, or a temperature outside 273.15 to 373.15 K.
    """
    strength = checks.nonnegative(ionic_strength_mM, "ionic_strength_mM")
    length = np.asarray(bjerrum_length(temperature_K))
    with np.errstate(divide="ignore"):
        value = 1.0 / np.sqrt(8.0 * math.pi * AVOGADRO * length * strength)
    return checks.plain(np.asarray(value))
