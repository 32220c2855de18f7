"""The liquid that exchanges water with an open file: its chemical potential, from stored data.

z = ρ exp(βμ_ex), ρ the number density and μ_ex the excess chemical potential of the liquid at 1 atm.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from selectivity.errors import InputError
from selectivity.units import kcal, rt

_FILE = Path(__file__).parent / "parameters" / "reservoir.toml"
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


def liquid(water: str, temperature_K: float) -> Liquid:
    """Liquid of the water model ``water``, linear in temperature between tabulated points.

    Raises
    ------
    InputError
        A model without data, or a temperature more than 5 K beyond them.
    """
    rows = _table().get(water)
    if rows is None:
        remedy = f"models with one: {', '.join(_table())}"
        raise InputError("water", water, "has no stored chemical potential", remedy)
    points = sorted(rows["points"], key=lambda point: point["temperature_K"])
    low, high = points[0], points[-1]
    first, last = low["temperature_K"], high["temperature_K"]
    if not first - _REACH <= temperature_K <= last + _REACH:
        rule = f"the chemical potential of {water} is stored for {first:g} to {last:g} K"
        remedy = "compute it at this temperature: analysis/water_chemical_potential.py"
        raise InputError("temperature", f"{temperature_K:g} K", rule, remedy)
    for a, b in zip(points[:-1], points[1:], strict=True):
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


@cache
def _table() -> dict[str, dict]:  # type: ignore[type-arg]
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)
