"""Activity coefficient of one ion from its charge and the ionic strength.

With I in mol per kg of water, A and B of :mod:`selectivity.membrane.water` and an ion of size a,

    limiting         log₁₀ γ = −A z² √I                                   I < 0.005
    extended         log₁₀ γ = −A z² √I/(1 + B a √I)                      I < 0.1
    Güntelberg       the same with a = 0.304 nm for every ion             I < 0.1
    Davies           log₁₀ γ = −A z² [√I/(1 + √I) − 0.3 I]                I < 0.5
    Truesdell-Jones  log₁₀ γ = −A z² √I/(1 + B a √I) + b I                I < 2

Only the mean coefficient of a neutral salt can be measured. The coefficient of one ion rests on a
convention, here on the law itself; the ratio of one ion's coefficients on two sides of a membrane
depends on it too.

Ionic strengths are given in mM, that is per litre of *water*, so that I = c/ρ in mol/kg with the
density ρ of water; γ is 1 exactly at I = 0. No law warns by itself:
:mod:`selectivity.membrane.activity` knows the ranges.

Sources: Debye & Hückel 1923, Phys Z 24:185; Güntelberg 1926, Z Phys Chem 123:199; Davies 1962, Ion
Association (0.2 in place of 0.3 in Davies 1938, J Chem Soc 2093); Truesdell & Jones 1974, J Res US
Geol Surv 2:233.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import checks
from selectivity.membrane.water import debye_huckel_a, debye_huckel_b, water_density

Array = NDArray[np.float64]

GUNTELBERG_SIZE_NM = 0.304
"""One size for every ion, such that B a = 1 (kg/mol)^½ at 25 °C to 0.1 %."""

DAVIES_LINEAR = 0.3
"""Coefficient of the linear term since 1962; the paper of 1938 has 0.2."""


def molality(concentration_mM: ArrayLike, temperature_K: ArrayLike) -> Any:
    """Mol per kg of water of a concentration in mM per litre of water, c/ρ.

    Raises
    ------
    InputError
        A negative concentration, or a temperature outside 273.15 to 373.15 K.
    """
    c = checks.nonnegative(concentration_mM, "concentration_mM")
    return checks.plain(np.asarray(c / np.asarray(water_density(temperature_K))))


def debye_huckel_limiting(
    z: ArrayLike, ionic_strength_mM: ArrayLike, temperature_K: ArrayLike
) -> Any:
    """Limiting law, log₁₀ γ = −A z² √I, for I below 5 mM.

    Parameters
    ----------
    z : array_like
        Charge number; 0 gives γ = 1.
    ionic_strength_mM : array_like
        I in mM (mol per m³ of water).
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        γ in the broadcast shape of the arguments.

    Raises
    ------
    InputError
        A negative ionic strength, or a temperature outside 273.15 to 373.15 K.
    """
    return _gamma(z, ionic_strength_mM, temperature_K, 0.0)


def debye_huckel_extended(
    z: ArrayLike, ionic_strength_mM: ArrayLike, temperature_K: ArrayLike, size_nm: ArrayLike
) -> Any:
    """Extended law, log₁₀ γ = −A z² √I/(1 + B a √I), for I below 100 mM.

    ``size_nm`` is a in nm (Kielland's table: :func:`selectivity.membrane.kielland_size_nm`); other
    arguments, shapes and errors as :func:`debye_huckel_limiting`.
    """
    return _gamma(z, ionic_strength_mM, temperature_K, size_nm)


def guntelberg(z: ArrayLike, ionic_strength_mM: ArrayLike, temperature_K: ArrayLike) -> Any:
    """Extended law with a = 0.304 nm for every ion, for I below 100 mM.

    Arguments, shapes and errors as :func:`debye_huckel_limiting`.
    """
    return _gamma(z, ionic_strength_mM, temperature_K, GUNTELBERG_SIZE_NM)


def davies(
    z: ArrayLike,
    ionic_strength_mM: ArrayLike,
    temperature_K: ArrayLike,
    linear: float = DAVIES_LINEAR,
) -> Any:
    """Davies' equation, log₁₀ γ = −A z² [√I/(1 + √I) − ``linear`` I], for I below 500 mM.

    All ions of one |z| have one γ, so that equal ionic strengths leave every E_i where it is. γ
    turns upward past its minimum (at 0.39 mol/kg with 0.3) and means nothing above 1 M. Arguments,
    shapes and errors as :func:`debye_huckel_limiting`.
    """
    z, strength, a = _arguments(z, ionic_strength_mM, temperature_K)
    root = np.sqrt(strength)
    exponent = -a * z**2 * (root / (1.0 + root) - checks.scalar(linear, "linear") * strength)
    return checks.plain(np.asarray(10.0**exponent))


def truesdell_jones(
    z: ArrayLike,
    ionic_strength_mM: ArrayLike,
    temperature_K: ArrayLike,
    size_nm: ArrayLike,
    b: ArrayLike,
) -> Any:
    """Truesdell and Jones, log₁₀ γ = −A z² √I/(1 + B a √I) + b I, for I below 2 M.

    ``size_nm`` is a in nm and ``b`` in kg/mol, both fitted to chloride solutions; other arguments,
    shapes and errors as :func:`debye_huckel_limiting`.
    """
    strength = np.asarray(molality(ionic_strength_mM, temperature_K))
    linear = 10.0 ** (checks.numbers(b, "b") * strength)
    return checks.plain(np.asarray(_gamma(z, ionic_strength_mM, temperature_K, size_nm) * linear))


def _arguments(
    z: ArrayLike, ionic_strength_mM: ArrayLike, temperature_K: ArrayLike
) -> tuple[Array, Array, Array]:
    """Checked charge numbers, ionic strength in mol/kg and A."""
    checks.nonnegative(ionic_strength_mM, "ionic_strength_mM")
    strength = np.asarray(molality(ionic_strength_mM, temperature_K))
    return checks.numbers(z, "z"), strength, np.asarray(debye_huckel_a(temperature_K))


def _gamma(
    z: ArrayLike, ionic_strength_mM: ArrayLike, temperature_K: ArrayLike, size_nm: ArrayLike
) -> Any:
    charge, strength, a = _arguments(z, ionic_strength_mM, temperature_K)
    size = checks.nonnegative(size_nm, "size_nm")
    root, b = np.sqrt(strength), np.asarray(debye_huckel_b(temperature_K))
    exponent = -a * charge**2 * root / (1.0 + b * size * root)
    return checks.plain(np.asarray(10.0**exponent))
