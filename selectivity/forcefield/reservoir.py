"""The liquid that exchanges water with an open file: its chemical potential, from stored data.

z = ρ exp(βμ_ex), with the number density ρ and the excess chemical potential μ_ex of the liquid at
1 atm. The data are this program's own, from droplets of pure water (``api.water_potential``).
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from selectivity.errors import InputError
from selectivity.units import kcal, rt

_FILE = Path(__file__).resolve().parent / "parameters" / "reservoir.toml"
_REACH = 5.0  # K: how far beyond the tabulated temperatures a line through them is trusted


@dataclass(frozen=True)
class Liquid:
    """Liquid water of one model at one temperature.

    Attributes
    ----------
    water : str
        Name of the model.
    temperature_K : float
    mu_excess, error : float
        μ_ex and its standard error, kJ/mol.
    density : float
        Å⁻³.
    source : str
    """

    water: str
    temperature_K: float
    mu_excess: float
    error: float
    density: float
    source: str

    @property
    def log_activity(self) -> float:
        """ln(z/Å⁻³) with z = ρ exp(βμ_ex)."""
        return math.log(self.density) + self.mu_excess / rt(self.temperature_K)


@dataclass(frozen=True)
class Published:
    """μ_ex (kJ/mol) of a model as others have computed it, at one temperature."""

    mu_excess: float
    temperature_K: float
    source: str


def liquid(water: str, temperature_K: float) -> Liquid:
    """Liquid of the water model ``water``, linear in temperature between tabulated points.

    Raises
    ------
    InputError
        A model without data, or a temperature more than 5 K beyond them.
    """
    rows = _rows(water)
    points = sorted(rows["points"], key=lambda point: point["temperature_K"])
    first, last = points[0]["temperature_K"], points[-1]["temperature_K"]
    if not first - _REACH <= temperature_K <= last + _REACH:
        rule = f"the chemical potential of {water} is stored for {first:g} to {last:g} K"
        remedy = "compute it at this temperature: analysis/water_chemical_potential.py"
        raise InputError("temperature", f"{temperature_K:g} K", rule, remedy)
    low, high = points[0], points[-1]
    for a, b in pairwise(points):
        low, high = a, b
        if temperature_K <= b["temperature_K"]:
            break
    span = high["temperature_K"] - low["temperature_K"]
    t = (temperature_K - low["temperature_K"]) / span if span else 0.0
    mu, error, density = (
        (1.0 - t) * low[key] + t * high[key]
        for key in ("mu_excess_kcal_mol", "error_kcal_mol", "density_A3")
    )
    return Liquid(water, temperature_K, kcal(mu), kcal(error), density, rows["source"])


def published(water: str) -> Published | None:
    """What others have found for the model, or None where nothing comparable is known.

    Raises
    ------
    InputError
        A model without data.
    """
    row = _rows(water).get("published")
    if row is None:
        return None
    return Published(kcal(row["mu_excess_kcal_mol"]), row["temperature_K"], row["source"])


def waters() -> list[str]:
    """Water models with a stored chemical potential, in the order of the file."""
    return list(_table())


def _rows(water: str) -> dict[str, Any]:
    rows = _table().get(water)
    if rows is None:
        remedy = f"models with one: {', '.join(_table())}"
        raise InputError("water", water, "has no stored chemical potential", remedy)
    return rows


@cache
def _table() -> dict[str, dict[str, Any]]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)
