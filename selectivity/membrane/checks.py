"""Checks that every function of this room applies to its arguments before it computes.

They return float arrays and raise :class:`selectivity.errors.InputError` with the argument's name,
the first value that breaks the rule, the rule and a remedy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError

LIQUID_WATER_K = (200.0, 650.0)
"""Temperatures (K) between which water can be a liquid, supercooled or under pressure."""


def numbers(value: ArrayLike, place: str) -> NDArray[np.float64]:
    """``value`` as a float array; every element finite.

    Raises
    ------
    InputError
        Not numeric, infinite or nan.
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(place, value, "is a number or an array of numbers") from None
    _refuse(~np.isfinite(array), array, place, "is finite")
    return array


def nonnegative(value: ArrayLike, place: str, remedy: str = "") -> NDArray[np.float64]:
    """``value`` as a float array without negative elements (concentrations, permeabilities)."""
    array = numbers(value, place)
    _refuse(array < 0.0, array, place, "is zero or positive", remedy)
    return array


def temperature(value: ArrayLike, place: str = "temperature_K") -> NDArray[np.float64]:
    """``value`` as a float array of absolute temperatures of liquid water (K)."""
    array = numbers(value, place)
    low, high = LIQUID_WATER_K
    bad = (array < low) | (array > high)
    if bad.any():
        found = float(array[bad].flat[0])
        remedy = "give kelvin"
        if found < 0.0:
            remedy += "; it is never negative"
        elif found <= 130.0:
            remedy = f"{found:g} °C is {found + 273.15:g} K"
        raise InputError(place, found, f"lies between {low:g} and {high:g} K", remedy)
    return array


def valence(value: ArrayLike, place: str = "z") -> NDArray[np.float64]:
    """``value`` as a float array of nonzero whole charge numbers."""
    array = numbers(value, place)
    _refuse(
        array == 0.0, array, place, "is not zero", "a neutral species has no reversal potential"
    )
    _refuse(array != np.rint(array), array, place, "is a whole number")
    return array


def scalar(value: Any, place: str) -> float:
    """``value`` as one finite float."""
    array = numbers(value, place)
    if array.ndim:
        raise InputError(place, value, "is one number")
    return float(array)


def positive(value: Any, place: str) -> float:
    """``value`` as one float above zero."""
    number = scalar(value, place)
    if number <= 0.0:
        raise InputError(place, number, "is above zero")
    return number


def plain(array: NDArray[np.float64]) -> Any:
    """A float where all arguments were scalars, the array otherwise."""
    return float(array) if array.ndim == 0 else array


def _refuse(
    bad: NDArray[np.bool_], array: NDArray[np.float64], place: str, rule: str, remedy: str = ""
) -> None:
    if bad.any():
        raise InputError(place, float(array[bad].flat[0]), rule, remedy)
