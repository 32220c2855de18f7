"""Quantities that only a few topics read: pressures, conductances per area, amounts."""

from __future__ import annotations

import math
import re

from selectivity.errors import InputError

_PRESSURE = {
    "Pa": 1.0,
    "kPa": 1e3,
    "MPa": 1e6,
    "bar": 1e5,
    "mbar": 100.0,
    "atm": 101325.0,
    "mmHg": 133.322387415,
    "cmH2O": 98.0665,
}
_CONDUCTANCE = {
    "S/m2": 1.0,
    "mS/cm2": 10.0,
    "uS/cm2": 0.01,
    "S/cm2": 1e4,
    "pS/um2": 1.0,
}
_AMOUNT = {"fmol": 1.0, "pmol": 1e3, "nmol": 1e6, "amol": 1e-3}
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


def read_pressure(text: str, option: str) -> float:
    """``10 kPa`` in Pa."""
    return _read(text, option, _PRESSURE, "a pressure", "10 kPa")


def read_conductance(text: str, option: str) -> float:
    """``20 uS/cm^2`` in S/m²."""
    return _read(text, option, _CONDUCTANCE, "a conductance per area", "20 uS/cm^2")


def read_amount(text: str, option: str) -> float:
    """``300 fmol`` in fmol."""
    return _read(text, option, _AMOUNT, "an amount", "300 fmol")


def _read(text: str, option: str, units: dict[str, float], noun: str, example: str) -> float:
    match = _NUMBER.fullmatch(text.replace("−", "-"))
    if match is None:
        raise InputError(option, text, f"is {noun}: a number and a unit", f'such as "{example}"')
    unit = re.sub(r"\^|\*\*|\s", "", match[2]).replace("²", "2")
    unit = unit.replace("µ", "u").replace("μ", "u")
    if unit not in units:
        rule = f"has a unit of {noun}: {', '.join(units)}"
        raise InputError(option, text, rule, f'such as "{example}"')
    value = float(match[1]) * units[unit]
    if not math.isfinite(value):
        raise InputError(option, text, "is a finite number")
    return value
