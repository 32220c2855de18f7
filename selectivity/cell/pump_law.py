"""Rate laws of the sodium-potassium pump: the cycle current from the concentrations it sees.

The cycle current q = F × cycles per area and time (A/m²). Of it I_Na,pump = +3 q leaves as sodium
and I_K,pump = −2 q enters as potassium, so the net current of the pump is +q, outward.

    constant   q
    cubic      p (Na_in/Na_out)³
    sigmoid    ρ / [(1 + exp((25 mM − Na_in)/3 mM)) (1 + exp((5.5 mM − K_out)/1 mM))]
    hill       q_max (1 + K_Na/Na_in)⁻³ (1 + K_K/K_out)⁻²

and each, where it is made so by :meth:`PumpLaw.with_atp`, times ATP/(ATP + K_m).

None of them knows the potential or the energy of ATP: where a law would drive the pump past its
thermodynamic bound, :mod:`selectivity.cell.atp` says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.membrane import checks

NA_PER_CYCLE = 3
K_PER_CYCLE = 2
_SOURCE = {
    "constant": "a given rate",
    "cubic": "Duesterwald et al. 2018, eLife 7:e39575",
    "sigmoid": "Huebel & Dahlem 2014, PLoS Comput Biol 10:e1003941",
    "hill": "equal independent sites, three of Na inside and two of K outside: "
    "Garay & Garrahan 1973, J Physiol 231:297",
}
KINDS = tuple(_SOURCE)
AMPLITUDE = {
    "constant": "q_A_m2",
    "cubic": "p_A_m2",
    "sigmoid": "rho_A_m2",
    "hill": "q_max_A_m2",
}
"""Name of the parameter that the rate of each kind is proportional to."""
RATE_SYMBOL = {"constant": "q", "cubic": "p", "sigmoid": "ρ", "hill": "q_max"}
ATP_CONSTANT = "k_m_atp_mM"
_NAMES = {
    "constant": ("q_A_m2",),
    "cubic": ("p_A_m2",),
    "sigmoid": ("rho_A_m2", "na_half_mM", "na_slope_mM", "k_half_mM", "k_slope_mM"),
    "hill": ("q_max_A_m2", "k_na_mM", "k_k_mM"),
}


@dataclass(frozen=True)
class PumpLaw:
    """A rate law of the pump; made by :meth:`constant`, :meth:`cubic`, :meth:`sigmoid`,
    :meth:`hill`.

    Parameters
    ----------
    kind : {"constant", "cubic", "sigmoid", "hill"}
    parameters : mapping of str to float
        Numbers of the module docstring, units in the names: a rate in A/m² (cycle current), the
        others in mM. ``k_m_atp_mM`` is there where the law reads ATP.
    source : str

    Raises
    ------
    InputError
        Unknown kind, a missing or unknown parameter, a negative rate, a constant not above zero.
    """

    kind: str
    parameters: Mapping[str, float]
    source: str = ""
    _values: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _k_m_mM: float | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("kind", self.kind, "is one of " + ", ".join(KINDS))
        names, rate = _NAMES[self.kind], AMPLITUDE[self.kind]
        found: dict[str, float] = {}
        for name, value in self.parameters.items():
            if name not in (*names, ATP_CONSTANT):
                rule = f"is a parameter of the law {self.kind}"
                raise InputError(name, value, rule, "known: " + ", ".join((*names, ATP_CONSTANT)))
            if name == rate:
                checks.nonnegative(value, name)
                found[name] = checks.scalar(value, name)
            else:
                found[name] = checks.positive(value, name)
        for name in names:
            if name not in found:
                raise InputError(name, None, f"is given for the law {self.kind}")
        object.__setattr__(self, "parameters", MappingProxyType(found))
        object.__setattr__(self, "source", self.source or _SOURCE[self.kind])
        object.__setattr__(self, "_values", tuple(found[name] for name in names))
        object.__setattr__(self, "_k_m_mM", found.get(ATP_CONSTANT))

    def __hash__(self) -> int:
        return hash((self.kind, frozenset(self.parameters.items()), self.source))

    def __reduce__(self) -> tuple[type[PumpLaw], tuple[Any, ...]]:
        return PumpLaw, (self.kind, dict(self.parameters), self.source)

    @classmethod
    def constant(cls, q_A_m2: float) -> PumpLaw:
        """A pump that runs at q whatever the concentrations."""
        return cls("constant", {"q_A_m2": q_A_m2})

    @classmethod
    def cubic(cls, p_A_m2: float) -> PumpLaw:
        """p (Na_in/Na_out)³; p is the rate at equal sodium on both sides."""
        return cls("cubic", {"p_A_m2": p_A_m2})

    @classmethod
    def sigmoid(
        cls,
        rho_A_m2: float,
        na_half_mM: float = 25.0,
        na_slope_mM: float = 3.0,
        k_half_mM: float = 5.5,
        k_slope_mM: float = 1.0,
    ) -> PumpLaw:
        """ρ is the largest rate; half of it on each side at 25 mM Na inside, 5.5 mM K outside."""
        values = (rho_A_m2, na_half_mM, na_slope_mM, k_half_mM, k_slope_mM)
        return cls("sigmoid", dict(zip(_NAMES["sigmoid"], values, strict=True)))

    @classmethod
    def hill(cls, q_max_A_m2: float, k_na_mM: float, k_k_mM: float) -> PumpLaw:
        """Three sites of Na inside (constant K_Na) and two of K outside (K_K), all filled."""
        values = (q_max_A_m2, k_na_mM, k_k_mM)
        return cls("hill", dict(zip(_NAMES["hill"], values, strict=True)))

    @property
    def rate_A_m2(self) -> float:  # noqa: N802
        """The parameter that the rate is proportional to: q, p, ρ or q_max."""
        return self.parameters[AMPLITUDE[self.kind]]

    @property
    def reads(self) -> tuple[str, ...]:
        """Which concentrations change the rate: of Na_in, Na_out, K_out and ATP."""
        own = {
            "constant": (),
            "cubic": ("Na_in", "Na_out"),
            "sigmoid": ("Na_in", "K_out"),
            "hill": ("Na_in", "K_out"),
        }[self.kind]
        return own if self._k_m_mM is None else (*own, "ATP")

    def with_atp(self, k_m_mM: float) -> PumpLaw:
        """The same law times ATP/(ATP + K_m); its rate is then that of plenty of ATP."""
        return PumpLaw(self.kind, {**self.parameters, ATP_CONSTANT: k_m_mM}, self.source)

    def with_rate(self, rate_A_m2: float) -> PumpLaw:
        """The same law with another ``rate_A_m2``."""
        return PumpLaw(self.kind, {**self.parameters, AMPLITUDE[self.kind]: rate_A_m2}, self.source)

    def cycle_current(
        self, na_in_mM: Any, na_out_mM: Any, k_in_mM: Any, k_out_mM: Any, atp_mM: Any = None
    ) -> Any:
        """q = F × cycles in A/m².

        Numbers take a path without arrays. Nothing is checked there but what would divide by
        zero, since right-hand sides of differential equations stand on it.

        Parameters
        ----------
        na_in_mM, na_out_mM, k_in_mM, k_out_mM : float or array_like, shape (...)
            Concentrations, zero or positive. No law of this module reads ``k_in_mM``.
        atp_mM : float or array_like, shape (...), optional
            Needed by a law :meth:`with_atp`; others do not read it.

        Raises
        ------
        InputError
            ATP missing, or no sodium outside under the cubic law.
        """
        law = _LAW[self.kind]
        given: tuple[Any, ...] = (na_in_mM, na_out_mM, k_in_mM, k_out_mM)
        if all(isinstance(c, float | int) for c in given):
            q = law(self._values, na_in_mM, na_out_mM, k_out_mM, _exp)
        else:
            given = np.broadcast_arrays(*(np.asarray(c, dtype=float) for c in given))
            q = law(self._values, given[0], given[1], given[3], np.exp)
        if self._k_m_mM is None:
            return q
        if atp_mM is None:
            raise InputError("atp_mM", None, "is given: this pump reads ATP")
        if not isinstance(atp_mM, float | int):
            atp_mM = np.asarray(atp_mM, dtype=float)
        return q * (atp_mM / (atp_mM + self._k_m_mM))


def _exp(x: float) -> float:
    return math.inf if x > 709.0 else math.exp(x)


def _constant(values: tuple[float, ...], na_in: Any, na_out: Any, k_out: Any, exp: Any) -> Any:
    return values[0] if isinstance(na_in, float | int) else np.full_like(na_in, values[0])


def _cubic(values: tuple[float, ...], na_in: Any, na_out: Any, k_out: Any, exp: Any) -> Any:
    empty = na_out <= 0.0
    if empty if isinstance(empty, bool) else np.any(empty):
        raise InputError("na_out_mM", 0.0, "is above zero: the law divides by it")
    ratio = na_in / na_out
    return values[0] * ratio * ratio * ratio


def _sigmoid(values: tuple[float, ...], na_in: Any, na_out: Any, k_out: Any, exp: Any) -> Any:
    rho, na_half, na_slope, k_half, k_slope = values
    sodium = 1.0 + exp((na_half - na_in) / na_slope)
    return rho / sodium / (1.0 + exp((k_half - k_out) / k_slope))


def _hill(values: tuple[float, ...], na_in: Any, na_out: Any, k_out: Any, exp: Any) -> Any:
    q_max, k_na, k_k = values
    sodium = na_in / (na_in + k_na)
    potassium = k_out / (k_out + k_k)
    return q_max * (sodium * sodium * sodium) * (potassium * potassium)


_LAW: dict[str, Callable[..., Any]] = {
    "constant": _constant,
    "cubic": _cubic,
    "sigmoid": _sigmoid,
    "hill": _hill,
}
