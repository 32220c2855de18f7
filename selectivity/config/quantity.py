"""Texts with a unit, such as ``"310.15 K"``, to numbers in the internal units.

A bare number has no meaning here: ``310.15`` may be kelvin or a typing error for degrees Celsius,
so it is refused with its likely readings. Units are read by pint, which is loaded at the first use.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selectivity.errors import InputError

if TYPE_CHECKING:
    import pint


@dataclass(frozen=True)
class _Dimension:
    """Name for messages, internal unit as pint writes it, and units to offer (likeliest first)."""

    noun: str
    unit: str
    offered: tuple[str, ...]


_DIMENSIONS: dict[str, _Dimension] = {
    "length": _Dimension("a length", "angstrom", ("angstrom", "nm")),
    "energy": _Dimension("an energy per mole", "kJ/mol", ("kcal/mol", "kJ/mol")),
    "force_constant": _Dimension(
        "a force constant (energy per mole and length²)",
        "kJ/mol/angstrom**2",
        ("kcal/mol/angstrom^2", "kJ/mol/angstrom^2"),
    ),
    "temperature": _Dimension("a temperature", "kelvin", ("K", "degC")),
    "concentration": _Dimension("a concentration", "mmol/L", ("mM", "M")),
    "voltage": _Dimension("a voltage", "mV", ("mV", "V")),
    "current": _Dimension("an electric current", "pA", ("pA", "nA")),
    "current_density": _Dimension("a current density", "A/m**2", ("A/m^2", "uA/cm^2")),
    "permeability": _Dimension("a permeability", "m/s", ("nm/s", "cm/s")),
    "capacitance": _Dimension("a capacitance per area", "F/m**2", ("uF/cm^2", "F/m^2")),
    "conductance_density": _Dimension(
        "a conductance per area", "S/m**2", ("uS/cm^2", "mS/cm^2", "S/m^2")
    ),
    "resistivity": _Dimension("a resistivity", "ohm*m", ("ohm cm", "ohm m")),
    "pressure": _Dimension("a pressure", "Pa", ("kPa", "mmHg")),
    "amount": _Dimension("an amount", "fmol", ("fmol", "pmol")),
    "diffusion": _Dimension("a diffusion coefficient", "m**2/s", ("m^2/s", "cm^2/s")),
    "charge": _Dimension("a charge", "elementary_charge", ("e",)),
    "dipole": _Dimension("a dipole moment", "debye", ("debye",)),
    "time": _Dimension("a time", "s", ("s", "ms", "h")),
    "dimensionless": _Dimension("a pure number", "dimensionless", ("",)),
}
_ALSO_NAMED = {
    "an energy, not per mole": "J",
    "a mass": "kg",
    "a capacitance": "F",
    "an energy per area, not per mole": "J/m**2",
}
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\d.,])\s*(.*?)\s*", re.S)
_UNIT_TEXT = re.compile(r"[A-Za-zµμÅΩ°%_/*^() .\-\d]{0,60}")
_STRAY_DIGITS = re.compile(r"(?<![\^\d])(?<!\^-)\d|\d\d")
_WITH_DIGITS = ("cmH2O",)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TRAPS = {
    "A": 'A is the ampere; write "angstrom" or "Å"',
    "C": 'C is the coulomb; write "degC"',
    "F": 'F is the farad; write "degC" or "K"',
    "kT": 'kT depends on the temperature; write "kJ/mol" or "kcal/mol"',
}


def parse_quantity(text: object, dimension: str, place: str) -> float:
    """Read ``text`` as a number with a unit of ``dimension``.

    Parameters
    ----------
    text : object
        For example ``"20 kcal/mol/angstrom^2"``, ``"37 °C"``, ``"145 mM"``. Signs, exponents
        (``1e-3``), ``^`` or ``**``, superscripts and ``Å`` are understood.
    dimension : str
        ``length`` (Å), ``energy`` (kJ/mol), ``force_constant`` (kJ/mol/Å²), ``temperature`` (K),
        ``concentration`` (mM), ``voltage`` (mV), ``current`` (pA), ``current_density`` (A/m²),
        ``permeability`` (m/s), ``capacitance`` (F/m²), ``conductance_density`` (S/m²),
        ``resistivity`` (Ω m), ``pressure`` (Pa), ``amount`` (fmol), ``diffusion`` (m²/s),
        ``charge`` (e), ``dipole`` (debye), ``time`` (s) or ``dimensionless``; in brackets the unit
        of what is returned.
    place : str
        What an error message names as the place: field, argument or file:line:column.

    Returns
    -------
    float
        Finite, in the internal unit, rounded to 14 significant digits (so that equal quantities
        in different units give equal floats).

    Raises
    ------
    InputError
        No unit, an unknown unit, a unit of another dimension, no number or not a finite one.
    """
    kind = _DIMENSIONS[dimension]
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise InputError(place, text, f"needs {kind.noun}", _example(kind))
    if isinstance(text, int) and text.bit_length() > 1000:
        raise InputError(place, "a huge integer", f"needs {kind.noun}", _example(kind))
    match = _NUMBER.fullmatch(str(text).replace("−", "-").strip())
    if match is None:
        remedy = _example(kind)
        if comma := re.fullmatch(r"\s*([+-]?\d+),(\d+\b.*)", str(text)):
            remedy = f'write "{comma[1]}.{comma[2]}": a point stands before the decimals'
        raise InputError(place, text, f"needs {kind.noun}: one finite number and a unit", remedy)
    number, unit = float(match[1]), match[2]
    if not math.isfinite(number):
        raise InputError(place, text, "needs a finite number", _example(kind))
    if not unit and dimension != "dimensionless":
        raise InputError(place, text, f"{kind.noun} needs a unit", _readings(match[1], kind))
    return _convert(number, unit, kind, place, text)


def internal_unit(dimension: str) -> str:
    """The unit in which a number of ``dimension`` is kept, as messages write it."""
    return _DIMENSIONS[dimension].unit.replace("**", "^").replace("dimensionless", "").strip()


def examples(dimension: str, number: str) -> str:
    """``write for example "20 kcal/mol" or "20 kJ/mol"``, with the units that one uses."""
    return _readings(number, _DIMENSIONS[dimension]).replace(' "', ' for example "', 1)


@functools.cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry()


def _convert(number: float, unit: str, kind: _Dimension, place: str, text: object) -> float:
    plain = _plain_unit(unit)
    parsed = None if plain is None else _parsed_unit(plain)
    if parsed is None:
        rule = f"{unit!r} is not a unit" if unit else "needs a unit"
        raise InputError(place, text, rule, _trap(unit) or _example(kind))
    registry = _registry()
    if parsed.dimensionality != registry.parse_units(kind.unit).dimensionality:
        rule = f"found {_noun(parsed)}, needs {kind.noun}"
        remedy = _trap(unit)
        if unit == "F" and kind.noun == "a temperature":
            remedy = f'write "{(number - 32.0) / 1.8:.4g} degC" for degrees Fahrenheit'
        if not remedy and kind.unit == "kJ/mol" and (parsed * registry.J**-1).dimensionless:
            remedy = f'write "{number:.12g} {unit}/mol" if it is per mole'
        raise InputError(place, text, rule, remedy or _readings(f"{number:.12g}", kind))
    value = float(f"{registry.Quantity(number, parsed).m_as(kind.unit):.14g}")
    if not math.isfinite(value):
        raise InputError(place, text, "needs a finite number", _example(kind))
    return value


def _plain_unit(unit: str) -> str | None:
    """``unit`` with ``^`` exponents only, or None where it cannot be a unit."""
    if unit in _WITH_DIGITS:
        return unit
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), unit)
    text = text.replace("**", "^").replace("·", " ").replace("\N{ANGSTROM SIGN}", "Å")
    text = re.sub(r"Ångstr[öo]m", "angstrom", text)
    text = re.sub(r"(?<=[A-Za-zÅ])(-?\d)", r"^\1", text)
    if not _UNIT_TEXT.fullmatch(text) or _STRAY_DIGITS.search(text) or "delta" in text:
        return None
    return text


def _parsed_unit(text: str) -> Any:
    """pint's unit of ``text``, or None: pint answers bad texts with errors of many classes."""
    try:
        return _registry().parse_units(text)
    except Exception:
        return None


def _noun(unit: Any) -> str:
    registry = _registry()
    nouns = {kind.noun: kind.unit for kind in _DIMENSIONS.values()} | _ALSO_NAMED
    for noun, known in nouns.items():
        if registry.parse_units(known).dimensionality == unit.dimensionality:
            return noun
    return f"a quantity of dimension {unit.dimensionality}"


def _trap(unit: str) -> str:
    for symbol in re.findall(r"[A-Za-z]+", unit):
        if symbol in _TRAPS:
            return _TRAPS[symbol]
    return ""


def _readings(number: str, kind: _Dimension) -> str:
    return "write " + " or ".join(f'"{number} {unit}"'.replace(' "', '"') for unit in kind.offered)


def _example(kind: _Dimension) -> str:
    numbers = {"a temperature": "310.15", "a concentration": "145", "a voltage": "-70"}
    return _readings(numbers.get(kind.noun, "1.5"), kind).replace(' "', ' for example "', 1)
