"""The water phase on one side of a membrane: what is dissolved in it and how warm it is.

Concentrations are in mM (= mol/m³), per litre of water and *free*: calcium and magnesium of the
cytosol are mostly bound, and only the free part enters an equilibrium.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from selectivity.errors import InputError
from selectivity.membrane import checks

VALENCE: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("H", "Li", "Na", "K", "Rb", "Cs", "Tl", "NH4"), 1),
        **dict.fromkeys(("Mg", "Ca", "Sr", "Ba"), 2),
        **dict.fromkeys(("La", "Gd"), 3),
        **dict.fromkeys(("F", "Cl", "Br", "I", "OH", "HCO3", "NO3", "SCN", "ClO4"), -1),
        **dict.fromkeys(("SO4", "HPO4"), -2),
    }
)
"""Charge numbers of the ions that a :class:`Solution` may hold."""

_CHARGE = re.compile(r"\d[+-]|\++|-+")

NEUTRAL_FRACTION = 1e-4
"""Excess charge, as a fraction of all charge, up to which a solution counts as neutral."""


def ion_symbol(text: str, place: str = "ion") -> str:
    """Symbol of the ion table for ``text``; a trailing charge is allowed (``K+``, ``Ca2+``).

    Raises
    ------
    InputError
        The ion is not in the table, or the charge written behind it is not its charge.
    """
    written = text.strip()
    if written in VALENCE:
        return written
    fits = [s for s in VALENCE if written.startswith(s) and _CHARGE.fullmatch(written[len(s) :])]
    if not fits:
        raise InputError(place, text, "is an ion of the table", _near(written.rstrip("+-")))
    symbol = max(fits, key=len)
    if _charge(written[len(symbol) :]) != VALENCE[symbol]:
        rule = f"{symbol} carries the charge {VALENCE[symbol]:+d}"
        raise InputError(place, text, rule, f"write {symbol}")
    return symbol


def _charge(suffix: str) -> int:
    sign = 1 if suffix.endswith("+") else -1
    return sign * (int(suffix[0]) if suffix[0].isdigit() else len(suffix))


def _near(symbol: str) -> str:
    by_lower = {name.lower(): name for name in VALENCE}
    close = difflib.get_close_matches(symbol.lower(), by_lower, n=1)
    if close:
        return f"did you mean {by_lower[close[0]]}?"
    return "known: " + ", ".join(VALENCE)


@dataclass(frozen=True)
class Solution:
    """Concentrations of ions and the temperature.

    Parameters
    ----------
    concentrations_mM : mapping of str to float
        Free concentration of each ion in mM (mol/m³); symbols of :data:`VALENCE`.
    temperature_K : float
        Absolute temperature; there is no default.
    name : str
        How errors and reports call it, such as ``inside``.

    Raises
    ------
    InputError
        Unknown ion, negative or non-finite concentration, or a temperature at which water is not
        a liquid; the message names the solution and the ion.
    """

    concentrations_mM: Mapping[str, float]
    temperature_K: float
    name: str = "solution"

    def __post_init__(self) -> None:
        checked: dict[str, float] = {}
        for written, value in self.concentrations_mM.items():
            symbol = ion_symbol(written, f"{self.name}.{written}")
            place = f"{self.name}.{symbol}"
            if symbol in checked:
                raise InputError(place, written, "stands once", "leave one of the two out")
            remedy = "give the free concentration in mM"
            checks.nonnegative(value, place, remedy)
            checked[symbol] = checks.scalar(value, place)
        checks.temperature(self.temperature_K, f"{self.name}.temperature_K")
        temperature = checks.scalar(self.temperature_K, f"{self.name}.temperature_K")
        object.__setattr__(self, "concentrations_mM", MappingProxyType(checked))
        object.__setattr__(self, "temperature_K", temperature)

    def __hash__(self) -> int:
        items = frozenset(self.concentrations_mM.items())
        return hash((items, self.temperature_K, self.name))

    def __reduce__(self) -> tuple[type[Solution], tuple[dict[str, float], float, str]]:
        return Solution, (dict(self.concentrations_mM), self.temperature_K, self.name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.concentrations_mM)

    def __contains__(self, ion: object) -> bool:
        return ion in self.concentrations_mM

    def __getitem__(self, ion: str) -> float:
        """Concentration (mM) of ``ion``; InputError where the solution does not state it."""
        if ion not in self.concentrations_mM:
            rule = f"{self.name} states the concentration of {ion}"
            raise InputError(f"{self.name}.{ion}", None, rule, f"write {ion} = 0 if it holds none")
        return self.concentrations_mM[ion]

    def at(self, temperature_K: float) -> Solution:
        """The same concentrations at another temperature."""
        return Solution(self.concentrations_mM, temperature_K, self.name)

    @property
    def ionic_strength_mM(self) -> float:  # noqa: N802
        """I = ½ Σ c_i z_i² of the listed ions (mM)."""
        return ionic_strength(self)

    @property
    def net_charge_mM(self) -> float:  # noqa: N802
        """Σ z_i c_i of the listed ions (mM of unit charges)."""
        return neutrality(self).charge_mM

    @property
    def neutrality(self) -> Neutrality:
        """Charge balance of the listed ions; reports, never fails."""
        return neutrality(self)

    def activity_coefficients(
        self, model: str = "davies", convention: str = "model", fill: bool = False
    ) -> dict[str, float]:
        """γ of every ion; see :func:`selectivity.membrane.activity_coefficients`."""
        from selectivity.membrane.activity import activity_coefficients

        return activity_coefficients(self, model, convention, fill)

    def activities_mM(  # noqa: N802
        self, model: str = "davies", convention: str = "model", fill: bool = False
    ) -> dict[str, float]:
        """γ c of every ion in mM of an ideal solution; arguments as its γ."""
        gamma = self.activity_coefficients(model, convention, fill)
        return {ion: gamma[ion] * c for ion, c in self.concentrations_mM.items()}


def common_temperature(inside: Solution, outside: Solution) -> float:
    """Temperature (K) of two solutions; InputError where they differ."""
    if inside.temperature_K != outside.temperature_K:
        both = (inside.temperature_K, outside.temperature_K)
        rule = "both solutions have one temperature"
        raise InputError("temperature_K", both, rule, "the equations hold for one temperature")
    return inside.temperature_K


def ionic_strength(solution: Solution, fill: bool = False) -> float:
    """Ionic strength I = ½ Σ c_i z_i² in mM; with ``fill``, of what must be there.

    A list that leaves out impermeant anions has too small an ionic strength. ``fill`` counts the
    charge that is missing for neutrality as monovalent ions: ½ Σ c z² + ½ |Σ c z|.
    """
    listed = 0.5 * sum(c * VALENCE[ion] ** 2 for ion, c in solution.concentrations_mM.items())
    return listed + 0.5 * abs(solution.net_charge_mM) if fill else listed


@dataclass(frozen=True)
class Neutrality:
    """Charge balance of the ions that a solution lists.

    ``charge_mM`` is Σ z_i c_i, ``fraction`` the same over Σ |z_i| c_i (0 where nothing is
    dissolved). A list that leaves out impermeant anions or bicarbonate is not neutral; that is a
    property of the list, so it is reported and never an error.
    """

    name: str
    charge_mM: float
    fraction: float

    @property
    def neutral(self) -> bool:
        """Whether the excess is at most :data:`NEUTRAL_FRACTION` of all charge."""
        return abs(self.fraction) <= NEUTRAL_FRACTION

    def __str__(self) -> str:
        if self.neutral:
            return f"{self.name}: electroneutral"
        missing = "negative" if self.charge_mM > 0 else "positive"
        return f"{self.name}: {abs(self.charge_mM):.4g} mM of {missing} charge is not in the list"


def neutrality(solution: Solution) -> Neutrality:
    """Charge balance of ``solution``; reports, never fails."""
    terms = [VALENCE[ion] * c for ion, c in solution.concentrations_mM.items()]
    gross = sum(abs(term) for term in terms)
    charge = sum(terms)
    return Neutrality(solution.name, charge, charge / gross if gross > 0.0 else 0.0)
