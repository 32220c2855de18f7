"""Activities of the ions of a solution, and what they do to a Nernst potential.

The laws stand in :mod:`selectivity.membrane.debye_huckel` and :mod:`selectivity.membrane.pitzer`;
here they are applied to a :class:`Solution`, with their ranges. Activities are given in mM of an
ideal solution, a = γ c with c per litre of water.

**Convention of single ions.** Only the mean coefficient of a neutral salt can be measured. The
coefficient of one ion is what the chosen law gives it (``convention="model"``), or is scaled so
that Cl⁻ has the mean coefficient of KCl at the same ionic strength (``convention="macinnes"``,
MacInnes 1919, J Am Chem Soc 41:1086); mean coefficients are the same under both. What enters the
Nernst potential is the ratio γ_out/γ_in of one ion: E moves by (RT/zF) ln(γ_out/γ_in).

**Binding is not activity.** Ca and Mg of the cytosol are mostly bound: use free concentrations.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane import debye_huckel as laws
from selectivity.membrane.pitzer import PITZER_IONS, parameters, pitzer_coefficients
from selectivity.membrane.solution import VALENCE, Solution, ion_symbol, ionic_strength, neutrality
from selectivity.units import FARADAY, GAS_CONSTANT

CONVENTIONS = ("model", "macinnes")
PITZER_FITTED_K = (273.15, 323.15)
"""Temperatures (K) at which the parameters of Pitzer's equations hold."""


class ActivityRangeWarning(UserWarning):
    """A law of activity used past the ionic strength or temperature that it holds for."""


@dataclass(frozen=True)
class ActivityModel:
    """A law by name: its title, the ionic strength (mol/kg) that it holds up to, its source."""

    name: str
    title: str
    limit_mol_kg: float
    source: str


MODELS: Mapping[str, ActivityModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            ActivityModel("limiting", "Debye-Hückel limiting", 0.005, "Debye & Hückel 1923"),
            ActivityModel("extended", "Debye-Hückel extended", 0.1, "Kielland 1937 (sizes)"),
            ActivityModel("guntelberg", "Güntelberg", 0.1, "Güntelberg 1926"),
            ActivityModel("davies", "Davies", 0.5, "Davies 1962"),
            ActivityModel("truesdell-jones", "Truesdell-Jones", 2.0, "Truesdell & Jones 1974"),
            ActivityModel("pitzer", "Pitzer (Na, K, Cl)", 4.8, "Pitzer & Mayorga 1973"),
        )
    }
)
"""Laws that :func:`activity_coefficients` knows."""


def kielland_size_nm(ion: str) -> float:
    """Size a of ``ion`` in the extended law, in nm (Kielland 1937): Na 0.45, K and Cl 0.30."""
    return float(parameters()["kielland"]["size_nm"][ion_symbol(ion)])


def truesdell_jones_constants(ion: str) -> tuple[float, float]:
    """Size a in nm and b in kg/mol of ``ion`` (Truesdell & Jones 1974).

    Raises
    ------
    InputError
        No constants are known for this ion.
    """
    symbol = ion_symbol(ion)
    table = parameters()["truesdell_jones"]["ion"]
    if symbol not in table:
        rule = "has constants of Truesdell and Jones"
        raise InputError(symbol, "truesdell-jones", rule, "take davies; known: " + ", ".join(table))
    return float(table[symbol]["size_nm"]), float(table[symbol]["b"])


def check_model(model: str) -> ActivityModel:
    """The law of that name; InputError with the known names for another."""
    if model not in MODELS:
        raise InputError("model", model, "is a law of activity", "known: " + ", ".join(MODELS))
    return MODELS[model]


def activity_coefficients(
    solution: Solution, model: str = "davies", convention: str = "model", fill: bool = False
) -> dict[str, float]:
    """Activity coefficient of every ion of ``solution``.

    Parameters
    ----------
    solution : Solution
    model : str
        A name of :data:`MODELS`: limiting, extended, guntelberg, davies, truesdell-jones, pitzer.
    convention : str
        ``model`` or ``macinnes`` (module docstring).
    fill : bool
        Count missing charge as monovalent ions (see :func:`selectivity.membrane.ionic_strength`);
        not with pitzer, which needs to know the ions.

    Returns
    -------
    dict of str to float
        γ; 1 for every ion where the ionic strength is zero.

    Raises
    ------
    InputError
        Unknown model or convention, an ion without constants in that model, ``fill`` with pitzer,
        or a temperature outside 273.15 to 373.15 K.

    Warns
    -----
    ActivityRangeWarning
        Beyond the range of the law.
    """
    gamma = coefficients(solution, model, convention, fill)
    for text in range_warnings(solution, model, fill):
        warnings.warn(text, ActivityRangeWarning, stacklevel=2)
    return gamma


def coefficients(
    solution: Solution, model: str, convention: str = "model", fill: bool = False
) -> dict[str, float]:
    """:func:`activity_coefficients` without its warnings."""
    check_model(model)
    if convention not in CONVENTIONS:
        raise InputError("convention", convention, "is one of " + ", ".join(CONVENTIONS))
    kelvin, strength = solution.temperature_K, ionic_strength(solution, fill)
    if model == "pitzer":
        gamma = _pitzer(solution, fill)
    else:
        gamma = {ion: float(single_ion(model, ion, strength, kelvin)) for ion in solution}
    if convention == "model":
        return gamma
    chloride = gamma.get("Cl")
    if chloride is None:
        chloride = float(single_ion(model, "Cl", strength, kelvin))
    shift = math.log(chloride) - math.log(_mean_kcl(model, strength, kelvin))
    return {ion: value * math.exp(VALENCE[ion] * shift) for ion, value in gamma.items()}


def single_ion(model: str, ion: str, ionic_strength: ArrayLike, temperature_K: ArrayLike) -> Any:
    """γ of ``ion`` at an ionic strength in mM, by a law that needs to know nothing else.

    With pitzer, of Na, K and Cl in their own pure salts at that strength: Na in NaCl, K and Cl in
    KCl. Broadcasts; errors as :func:`activity_coefficients`.
    """
    check_model(model)
    symbol = ion_symbol(ion)
    z = VALENCE[symbol]
    if model == "limiting":
        return laws.debye_huckel_limiting(z, ionic_strength, temperature_K)
    if model == "extended":
        size = kielland_size_nm(symbol)
        return laws.debye_huckel_extended(z, ionic_strength, temperature_K, size)
    if model == "guntelberg":
        return laws.guntelberg(z, ionic_strength, temperature_K)
    if model == "davies":
        return laws.davies(z, ionic_strength, temperature_K)
    if model == "truesdell-jones":
        constants = truesdell_jones_constants(symbol)
        return laws.truesdell_jones(z, ionic_strength, temperature_K, *constants)
    _pitzer_ions([symbol])
    m = laws.molality(ionic_strength, temperature_K)
    salt = {"Na": m, "Cl": m} if symbol == "Na" else {"K": m, "Cl": m}
    return pitzer_coefficients(salt, temperature_K)[symbol]


def mean_activity_coefficient(
    solution: Solution, cation: str, anion: str, model: str = "davies", fill: bool = False
) -> float:
    """Mean coefficient of a salt in ``solution``, the one that can be measured.

    γ± = (γ₊^|z₋| γ₋^|z₊|)^(1/(|z₊| + |z₋|)); the same under every convention of single ions.

    Raises
    ------
    InputError
        As :func:`activity_coefficients`, or the two are not a cation and an anion of the solution.
    """
    plus, minus = ion_symbol(cation, "cation"), ion_symbol(anion, "anion")
    for ion, sign, place in ((plus, 1, "cation"), (minus, -1, "anion")):
        solution[ion]
        if VALENCE[ion] * sign < 0:
            raise InputError(place, ion, f"is a {place}")
    gamma = activity_coefficients(solution, model, fill=fill)
    up, down = abs(VALENCE[minus]), abs(VALENCE[plus])
    log = (up * math.log(gamma[plus]) + down * math.log(gamma[minus])) / (up + down)
    return math.exp(log)


def nernst_shift(
    z: ArrayLike, gamma_in: ArrayLike, gamma_out: ArrayLike, temperature_K: ArrayLike
) -> Any:
    """What activities add to a Nernst potential, (RT/zF) ln(γ_out/γ_in), in volt.

    Broadcasts. Zero where the two coefficients are equal.

    Raises
    ------
    InputError
        z = 0 or not whole, a coefficient that is not positive, or a temperature outside water's.
    """
    charge = checks.valence(z)
    logs = []
    for value, place in ((gamma_out, "gamma_out"), (gamma_in, "gamma_in")):
        gamma = checks.numbers(value, place)
        if (gamma <= 0.0).any():
            raise InputError(place, float(gamma[gamma <= 0.0].flat[0]), "is positive")
        logs.append(np.log(gamma))
    thermal = GAS_CONSTANT * checks.temperature(temperature_K) / FARADAY
    return checks.plain(np.asarray(thermal / charge * (logs[0] - logs[1])))


def range_warnings(solution: Solution, model: str, fill: bool = False) -> list[str]:
    """What is to be said of ``model`` in ``solution``: ranges, and a list that is not neutral."""
    law = check_model(model)
    kelvin, said = solution.temperature_K, []
    strength = float(laws.molality(ionic_strength(solution, fill), kelvin))
    if strength > law.limit_mol_kg:
        said.append(
            f"{solution.name}: ionic strength {strength:.3g} mol/kg is past the range of "
            f"{law.name} ({law.limit_mol_kg:g} mol/kg)"
        )
    low, high = PITZER_FITTED_K
    if model == "pitzer" and not low <= kelvin <= high:
        said.append(f"{solution.name}: {kelvin:g} K is outside {low:g} to {high:g} K of pitzer")
    balance = neutrality(solution)
    if not fill and not balance.neutral:
        said.append(f"{balance}: it is missing from the ionic strength too")
    return said


def _pitzer_ions(ions: list[str]) -> None:
    others = [ion for ion in ions if ion not in PITZER_IONS]
    if others:
        rule = "is one of Na, K and Cl, whose Pitzer parameters are stored"
        raise InputError(others[0], "pitzer", rule, "take davies or truesdell-jones")


def _pitzer(solution: Solution, fill: bool) -> dict[str, float]:
    if fill:
        rule = "is not used with pitzer, which needs to know every ion"
        raise InputError("fill", True, rule, "list the missing ions, or take davies")
    _pitzer_ions(list(solution))
    kelvin = solution.temperature_K
    m = {ion: laws.molality(c, kelvin) for ion, c in solution.concentrations_mM.items()}
    gamma = pitzer_coefficients(m, kelvin)
    return {ion: float(gamma[ion]) for ion in solution}


def _mean_kcl(model: str, strength: float, kelvin: float) -> float:
    """Mean coefficient of KCl alone at that ionic strength (mM)."""
    k, cl = (float(single_ion(model, ion, strength, kelvin)) for ion in ("K", "Cl"))
    return math.sqrt(k * cl)
