"""Pitzer's equations for water with Na⁺, K⁺ and Cl⁻, valid above 1 mol/kg.

With molalities m, α = 2, b = 1.2 (kg/mol)^½, A_φ = A ln 10/3 and Z = Σ m |z|, for the cation M

    ln γ_M = F + Σ_a m_a (2 B_Ma + Z C_Ma) + Σ_c m_c (2 θ_Mc + Σ_a m_a ψ_Mca) + ΣΣ m_c m_a C_ca
    F = −A_φ [√I/(1 + b √I) + (2/b) ln(1 + b √I)] + ΣΣ m_c m_a B′_ca
    B = β₀ + β₁ g(α√I),  B′ = β₁ g′(α√I)/I,  C = C_φ/2
    g(x) = 2 [1 − (1 + x) e⁻ˣ]/x²,  g′(x) = −2 [1 − (1 + x + x²/2) e⁻ˣ]/x²

and alike for the anion. Only combinations of neutral salts are measurable: the coefficients of
single ions are those that the sums give, a convention.

Sources: Pitzer 1973, J Phys Chem 77:268; Pitzer & Mayorga 1973, J Phys Chem 77:2300 (NaCl, KCl at
25 °C); Silvester & Pitzer 1978, J Solution Chem 7:327 (temperature); Harvie, Møller & Weare 1984,
Geochim Cosmochim Acta 48:723 (θ, ψ).
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.water import debye_huckel_a

Array = NDArray[np.float64]

PITZER_IONS = ("Na", "K", "Cl")
"""Ions whose parameters are stored."""

_ALPHA, _B, _REFERENCE_K = 2.0, 1.2, 298.15
_SERIES_BELOW = 1e-3
"""x below which g and g′ come from their series, whose neglected terms are then below 1e-9."""


@functools.cache
def parameters() -> dict[str, Any]:
    """The tables of ``activity.toml``: ion sizes and Pitzer's constants, each with its source."""
    with Path(__file__).with_name("activity.toml").open("rb") as file:
        return tomllib.load(file)


def pitzer_coefficients(
    molality: Mapping[str, ArrayLike], temperature_K: ArrayLike
) -> dict[str, Any]:
    """Activity coefficients of Na, K and Cl in one solution.

    Parameters
    ----------
    molality : mapping of str to array_like
        Mol per kg of water of ``Na``, ``K`` and ``Cl``; one left out is absent. The solution should
        be neutral: mean coefficients have no meaning otherwise.
    temperature_K : array_like
        Absolute temperature; the parameters hold from 0 to 50 °C.

    Returns
    -------
    dict
        γ of all three ions (of an absent one, at trace amounts), each in the broadcast shape.

    Raises
    ------
    InputError
        An ion other than these three, a negative molality, or a temperature outside 273.15 to
        373.15 K.
    """
    for ion in molality:
        if ion not in PITZER_IONS:
            rule = "is one of " + ", ".join(PITZER_IONS) + ", whose Pitzer parameters are stored"
            raise InputError(f"molality.{ion}", ion, rule, "take davies or truesdell-jones")
    m = {ion: checks.nonnegative(molality.get(ion, 0.0), f"molality.{ion}") for ion in PITZER_IONS}
    na, k, cl = (m[ion] for ion in PITZER_IONS)
    temperature = checks.temperature(temperature_K)
    total = na + k + cl
    strength = 0.5 * total
    nacl, kcl = (_salt(name, strength, temperature) for name in ("NaCl", "KCl"))
    common = _debye_huckel(strength, temperature)
    common = common + cl * (na * nacl[1] + k * kcl[1]) + cl * (na * nacl[2] + k * kcl[2])
    mixing = parameters()["pitzer"]["mixing"]
    theta, psi = mixing["theta_NaK"], mixing["psi_NaKCl"]
    logs = {
        "Na": common + cl * (2.0 * nacl[0] + total * nacl[2]) + k * (2.0 * theta + cl * psi),
        "K": common + cl * (2.0 * kcl[0] + total * kcl[2]) + na * (2.0 * theta + cl * psi),
        "Cl": common
        + na * (2.0 * nacl[0] + total * nacl[2])
        + k * (2.0 * kcl[0] + total * kcl[2])
        + na * k * psi,
    }
    return {ion: checks.plain(np.asarray(np.exp(value))) for ion, value in logs.items()}


def _salt(name: str, strength: Array, temperature: Array) -> tuple[Array, Array, Array]:
    """B, B′ and C of one salt."""
    row = parameters()["pitzer"]["salt"][name]
    warmer = temperature - _REFERENCE_K
    beta0 = row["beta0"] + row["beta0_K"] * warmer
    beta1 = row["beta1"] + row["beta1_K"] * warmer
    c = 0.5 * (row["c_phi"] + row["c_phi_K"] * warmer)
    g, slope = _g(_ALPHA * np.sqrt(strength))
    return beta0 + beta1 * g, beta1 * slope, c


def _g(x: Array) -> tuple[Array, Array]:
    """g(x) and g′(x)/I, with I = (x/α)²; the latter grows as −4α²/(3x) towards x = 0.

    At x = 0 it is set to 0: it enters multiplied by two molalities.
    """
    small = x < _SERIES_BELOW
    y = np.where(small, 1.0, x)
    fall = np.exp(-y)
    g = np.where(small, 1.0 - x * (2.0 / 3.0 - 0.25 * x), 2.0 * (1.0 - (1.0 + y) * fall) / y**2)
    full = -2.0 * (1.0 - (1.0 + y + 0.5 * y * y) * fall) / y**2
    slope = np.where(small, -x / 3.0 + 0.25 * x * x, full)
    inverse = np.where(x > 0.0, (_ALPHA / np.where(x > 0.0, x, 1.0)) ** 2, 0.0)
    return g, slope * inverse


def _debye_huckel(strength: Array, temperature: Array) -> Array:
    slope = np.asarray(debye_huckel_a(temperature)) * math.log(10.0) / 3.0
    root = np.sqrt(strength)
    return -slope * (root / (1.0 + _B * root) + (2.0 / _B) * np.log1p(_B * root))
