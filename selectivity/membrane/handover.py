"""From a channel's P_K/P_Na to the potential of a membrane that holds the channel.

A channel's ratio is not the membrane's. The membrane is given with its own permeabilities in
units of the channel's potassium permeability; its sodium entry is the leak through other paths,
and the channel adds its share:

    P_Na = P_K/r + P_Na,leak.

The leak has no default: a membrane without a sodium entry is refused, and zero is allowed only
when it is written.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.membrane import (
    Membrane,
    ion_currents,
    membrane_potential,
    slope_conductances,
)
from selectivity.membrane.nernst import nernst
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.records import Interval
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODEL = "P_Na = P_K/r + P_Na,leak"
CHANNEL_IONS = ("K", "Na")


@dataclass(frozen=True)
class Range:
    """A value of either sign with the ends of its interval, ``low`` ≤ ``high``."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RestingPotential(Result):
    """What a channel's P_K/P_Na does to a membrane.

    ``v_rest_mV``: GHK voltage with the channel's sodium and the leak, the ends of the ratio's
    interval carried through (it is monotone). ``v_rest_no_leak_mV``: the same membrane with the
    sodium leak taken out, other ions kept. ``v_rest_channel_only_mV``: the channel's two ions alone
    (``channel_only_ions``: no leak, no chloride, nothing else). ``dv_dlnratio_mV``: ∂V/∂ln r at the
    value. ``bi_ionic_mV`` with its 95 % interval: −(RT/F) ln r, the reversal potential with K
    inside and Na outside at equal concentration. ``inputs`` echoes everything that entered.
    """

    v_rest_mV: Range
    v_rest_no_leak_mV: float
    v_rest_channel_only_mV: float
    dv_dlnratio_mV: float
    bi_ionic_mV: float
    bi_ionic_interval_mV: tuple[float, float]
    temperature_K: float
    inputs: dict[str, Any]
    channel_only_ions: tuple[str, ...] = CHANNEL_IONS
    model: str = MODEL
    warnings: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The potentials with everything that entered."""
        return asdict(self)

    def lines(self) -> list[str]:
        """What the ratio does, the model, and the warnings."""
        v, bi_ionic = self.v_rest_mV, (self.bi_ionic_mV, *self.bi_ionic_interval_mV)
        only = " and ".join(self.channel_only_ions)
        rows = [
            ("resting potential, sodium leak included", *map(fixed, (v.value, v.low, v.high))),
            ("the same without the sodium leak", fixed(self.v_rest_no_leak_mV), "", ""),
            (f"channel alone ({only} only, no Cl)", fixed(self.v_rest_channel_only_mV), "", ""),
            ("bi-ionic, −(RT/F) ln r", *map(fixed, bi_ionic)),
            ("dV/d ln r", fixed(self.dv_dlnratio_mV), "", ""),
        ]
        leak = self.inputs["sodium_leak_over_P_K"]
        return [
            f"P_K/P_Na = {ratio_text(self.inputs['ratio'])} at {kelvin(self.temperature_K)}",
            *aligned(("with the channel's ratio", "mV", "low", "high"), rows),
            f"model: {self.model}, with P_Na,leak = {leak:g} P_K (an input)",
        ]

    def columns(self) -> Columns:
        """V against P_K/P_Na with the leak and without it, over four decades around the value."""
        from selectivity.membrane.band import band_columns

        return band_columns(self)

    def draw(self, figure: Figure) -> None:
        """V_rest against P_K/P_Na, the band of the ratio's interval marked."""
        from selectivity.membrane.band import draw_band

        draw_band(figure.add_subplot(), self)


def ratio_text(ratio: dict[str, Any]) -> str:
    """``150 (80 to 300)``, with words where there is no interval or no end."""
    if ratio["low"] == ratio["high"]:
        return f"{ratio['value']:g} (no interval given)"
    unbounded = ratio["high"] is None or not math.isfinite(ratio["high"])
    high = "unbounded" if unbounded else f"{ratio['high']:g}"
    return f"{ratio['value']:g} ({ratio['low']:g} to {high})"


def resting_potential(
    ratio: Interval, ratio_temperature_K: float, membrane: Membrane
) -> RestingPotential:
    """Put a channel's P_K/P_Na into ``membrane``.

    Parameters
    ----------
    ratio : Interval
        P_K/P_Na of the channel with its log-normal interval; the ends may be 0 and inf.
    ratio_temperature_K : float
        Temperature at which the ratio holds. The membrane is taken to this temperature; where its
        own differs, a warning says so.
    membrane : Membrane
        Solutions and permeabilities. ``permeability["K"]`` is the channel's potassium
        permeability and sets the unit; ``permeability["Na"]`` is the sodium leak through *other*
        paths and must be there (0 is allowed); other ions are kept as they are.

    Returns
    -------
    RestingPotential
        Potentials in mV at ``ratio_temperature_K``.

    Raises
    ------
    InputError
        No sodium leak stated, no potassium permeability, or a ratio that is not positive with
        low ≤ value ≤ high.
    """
    _check_ratio(ratio)
    _check_paths(membrane)
    checks.temperature(ratio_temperature_K, "ratio_temperature_K")
    warm = membrane.at(ratio_temperature_K)
    thermal_mV = 1000.0 * GAS_CONSTANT * warm.temperature_K / FARADAY
    ends = [1000.0 * _potential(warm, r) for r in (ratio.value, ratio.low, ratio.high)]
    bi_ionic = [_bi_ionic(r, thermal_mV) for r in (ratio.value, ratio.high, ratio.low)]
    k, na = warm.permeability["K"], _channel_sodium(warm, ratio.value)
    return RestingPotential(
        v_rest_mV=Range(ends[0], min(ends), max(ends)),
        v_rest_no_leak_mV=1000.0 * _with_sodium(warm, na),
        v_rest_channel_only_mV=1000.0
        * membrane_potential(warm.with_permeability({"K": k, "Na": na})),
        dv_dlnratio_mV=1000.0 * _sensitivity(warm, ratio.value),
        bi_ionic_mV=bi_ionic[0],
        bi_ionic_interval_mV=(bi_ionic[1], bi_ionic[2]),
        temperature_K=warm.temperature_K,
        inputs=_echo(ratio, ratio_temperature_K, membrane),
        warnings=_warnings(ratio_temperature_K, membrane),
    )


def _channel_sodium(membrane: Membrane, ratio: float) -> float:
    """P_K/r in the membrane's unit of permeability; 0 at r = inf."""
    return membrane.permeability["K"] / ratio


def _check_ratio(ratio: Interval) -> None:
    if not (0.0 < ratio.value < math.inf and 0.0 <= ratio.low <= ratio.value <= ratio.high):
        found = (ratio.value, ratio.low, ratio.high)
        raise InputError("ratio", found, "value is positive and lies between low and high")


def _check_paths(membrane: Membrane) -> None:
    if membrane.permeability.get("K", 0.0) <= 0.0:
        rule = "the channel's potassium permeability is above zero"
        remedy = "it is the unit of the others: write K = 1"
        raise InputError("permeability.K", membrane.permeability.get("K"), rule, remedy)
    if "Na" not in membrane.permeability:
        rule = "the sodium leak through other paths is stated, in units of P_K"
        remedy = "a channel's ratio is not the membrane's: write Na = 0.04, or Na = 0 for no leak"
        raise InputError("permeability.Na", None, rule, remedy)


def _with_sodium(membrane: Membrane, sodium: float) -> float:
    """V (volt) with the membrane's sodium permeability replaced."""
    return membrane_potential(
        membrane.with_permeability({**membrane.permeability, "Na": sodium}),
    )


def _potential(membrane: Membrane, ratio: float) -> float:
    """V (volt) with P_Na = P_K/r + leak; the sodium potential in the limit r = 0."""
    if ratio == 0.0:
        inside, outside = membrane.inside["Na"], membrane.outside["Na"]
        return float(nernst(VALENCE["Na"], inside, outside, membrane.temperature_K))
    return _with_sodium(membrane, _channel_sodium(membrane, ratio) + membrane.permeability["Na"])


def _bi_ionic(ratio: float, thermal_mV: float) -> float:
    if ratio == 0.0:
        return math.inf
    return -thermal_mV * math.log(ratio) if math.isfinite(ratio) else -math.inf


def _sensitivity(membrane: Membrane, ratio: float) -> float:
    """∂V/∂ln r (volt): from dΣI = 0, (P_K/r) i_Na / Σ G with i_Na the current per permeability."""
    channel = _channel_sodium(membrane, ratio)
    sodium = channel + membrane.permeability["Na"]
    voltage = _with_sodium(membrane, sodium)
    whole = membrane.with_permeability({**membrane.permeability, "Na": sodium})
    total = sum(slope_conductances(whole, voltage).values())
    per_permeability = ion_currents(membrane.with_permeability({"Na": 1.0}), voltage)["Na"]
    return channel * per_permeability / total


def _echo(ratio: Interval, ratio_temperature_K: float, membrane: Membrane) -> dict[str, Any]:
    return {
        "ratio": {"value": ratio.value, "low": ratio.low, "high": ratio.high},
        "ratio_temperature_K": float(ratio_temperature_K),
        "membrane": membrane.name,
        "membrane_temperature_K": membrane.temperature_K,
        "inside_mM": dict(membrane.inside.concentrations_mM),
        "outside_mM": dict(membrane.outside.concentrations_mM),
        "permeability": dict(membrane.permeability),
        "sodium_leak_over_P_K": membrane.permeability["Na"] / membrane.permeability["K"],
        "source": membrane.source,
        "verified": membrane.verified,
    }


def _warnings(ratio_temperature_K: float, membrane: Membrane) -> tuple[str, ...]:
    own = membrane.temperature_K
    if math.isclose(own, ratio_temperature_K, rel_tol=1e-9):
        return ()
    return (
        f"the membrane {membrane.name} is stated at {own:g} K and the ratio at "
        f"{ratio_temperature_K:g} K; everything is computed at the ratio's temperature",
    )
