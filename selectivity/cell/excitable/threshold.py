"""How strong a stimulus must be: thresholds by bisection.

In the space clamp the equations have no all-or-none threshold in the strict sense: the peak is a
continuous function of the stimulus, only so steep that at 6.3 °C a change of one part in a thousand
decides, and the steeper the colder. A threshold is therefore the strength at which the peak after
the stimulus reaches a stated level (0 mV unless another is asked for), and comes with the
potentials that one per cent less and one per cent more reach. Where these hardly differ, as in a
warm axon, the response is graded and the threshold is that of the level alone.

The scale by which the strength is changed multiplies every pulse, step, ramp and shock of the
stimulus and leaves the held current alone.

Source: Hodgkin & Huxley 1952, J Physiol 117:500; FitzHugh & Antosiewicz 1959, J SIAM 7:447.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selectivity.cell.excitable.axon import SquidAxon
from selectivity.cell.excitable.integrate import MILLI, integrate
from selectivity.cell.excitable.spikes import LEVEL_V, peaks
from selectivity.cell.excitable.stimulus import Stimulus, pulse, shock, step
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import kelvin

STRONGEST_FACTOR = 1e4
SEARCH_TOLERANCE = 1e-9
GRADED_MV = 10.0
ARTICLE = {"pulse": "a", "shock": "a", "step": "a", "anode break": "an"}
RESPONSE_S = 0.03
"""How long after the stimulus a spike is waited for; longer below 6.3 °C."""


@dataclass(frozen=True)
class Threshold(Result):
    """Weakest stimulus of one shape that fires the axon.

    ``current_A_m2`` of a pulse or step (nan for a shock), ``charge_C_m2`` of a pulse or shock (nan
    for a step), ``jump_mV`` = Q/C of a shock or pulse; ``below_mV`` and ``above_mV`` the peaks that
    99 % and 101 % of it reach; ``level_mV`` the potential that counts as a spike.
    """

    axon: SquidAxon
    shape: str
    duration_ms: float
    current_A_m2: float
    charge_C_m2: float
    below_mV: float
    above_mV: float
    level_mV: float

    @property
    def jump_mV(self) -> float:  # noqa: N802
        """What the charge would move V by if nothing leaked, Q/C."""
        return 1e3 * self.charge_C_m2 / self.axon.capacitance_F_m2

    @property
    def graded(self) -> bool:
        """Whether 2 % of the strength move the peak by less than 10 mV: no all-or-none spike."""
        return self.above_mV - self.below_mV < GRADED_MV

    def lines(self) -> list[str]:
        """The strength in the units of the lab."""
        held = f"{100.0 * self.current_A_m2:.6g} µA/cm² for {self.duration_ms:g} ms"
        strength = {
            "pulse": f"{held}, {1e5 * self.charge_C_m2:.5g} nC/cm²",
            "shock": f"{1e5 * self.charge_C_m2:.6g} nC/cm² at once, which moves V by "
            f"{self.jump_mV:.4f} mV",
            "step": f"{held} (rheobase)",
            "anode break": f"{held}, then its end",
        }[self.shape]
        said = [
            f"squid axon (Hodgkin & Huxley 1952), space clamp, {kelvin(self.axon.temperature_K)}",
            f"threshold of {ARTICLE[self.shape]} {self.shape}: {strength}",
            f"a spike is a peak above {self.level_mV:g} mV; 99 % of it peaks at "
            f"{self.below_mV:.2f} mV, 101 % at {self.above_mV:.2f} mV",
        ]
        if self.graded:
            said.append(
                "graded: the peak grows evenly with the stimulus, so that this strength is set by "
                f"the level of {self.level_mV:g} mV and not by the membrane"
            )
        return said

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {"axon": self.axon.as_dict(), **{k: v[0] for k, v in self.columns().items()}}

    def columns(self) -> Columns:
        """One row."""
        return {
            "shape": [self.shape],
            "duration_ms": [self.duration_ms],
            "temperature_K": [self.axon.temperature_K],
            "current_A_m2": [self.current_A_m2],
            "charge_C_m2": [self.charge_C_m2],
            "jump_mV": [self.jump_mV],
            "below_mV": [self.below_mV],
            "above_mV": [self.above_mV],
            "level_mV": [self.level_mV],
            "graded": [self.graded],
        }


def pulse_threshold(
    axon: SquidAxon, duration_s: float, level_V: float = LEVEL_V, held_A_m2: float = 0.0
) -> Threshold:
    """Weakest depolarising pulse of ``duration_s`` that fires.

    Raises
    ------
    InputError
        A duration that is not above 0, or no strength that fires.
    """
    shape = Stimulus(pulse(0.0, duration_s, 0.01).pieces, (), held_A_m2)
    return _threshold(axon, "pulse", shape, duration_s, level_V)


def shock_threshold(axon: SquidAxon, level_V: float = LEVEL_V, held_A_m2: float = 0.0) -> Threshold:
    """Smallest charge that fires when it is on the membrane at once."""
    shape = Stimulus((), shock(0.0, 1e-5).shocks, held_A_m2)
    return _threshold(axon, "shock", shape, 0.0, level_V)


def rheobase(axon: SquidAxon, level_V: float = LEVEL_V, duration_s: float = 0.1) -> Threshold:
    """Weakest long step that fires at least once within ``duration_s``."""
    length = checks.positive(duration_s, "duration_s")
    return _threshold(axon, "step", step(0.0, 0.01), length, level_V)


def anode_break(axon: SquidAxon, duration_s: float = 0.03, level_V: float = LEVEL_V) -> Threshold:
    """Weakest hyperpolarising pulse at whose end the axon fires."""
    return _threshold(axon, "anode break", pulse(0.0, duration_s, -0.01), duration_s, level_V)


def peak_after(axon: SquidAxon, stimulus: Stimulus, from_s: float, to_s: float) -> float:
    """Highest maximum of V (volt) between two times, −inf where V has none of its own there."""
    found = integrate(axon, stimulus, to_s, sampling(axon), SEARCH_TOLERANCE)
    v = MILLI * found.y[:, 0]
    tops = peaks(found.t_s, v, found.slope_V_s)
    return max((value for time, value in tops if time >= from_s), default=-math.inf)


def sampling(axon: SquidAxon) -> float:
    """Distance of samples (s) at which the peak of a spike is found to a microvolt."""
    return 2e-5 / max(1.0, axon.phi)


def waiting_time(axon: SquidAxon) -> float:
    """How long (s) a spike is waited for after the stimulus."""
    return RESPONSE_S / min(1.0, axon.phi)


def _threshold(
    axon: SquidAxon, shape: str, unit: Stimulus, duration_s: float, level_V: float
) -> Threshold:
    level = checks.scalar(level_V, "level_V")
    duration = duration_s if shape == "shock" else checks.positive(duration_s, "duration_s")
    end = duration if shape == "step" else duration + waiting_time(axon)
    since = duration if shape == "anode break" else 0.0

    def peak(scale: float) -> float:
        return peak_after(axon, unit.scaled(scale), since, end)

    scale = bisect_scale(lambda x: peak(x) > level, f"threshold of {ARTICLE[shape]} {shape}")
    current = scale * unit.pieces[0].from_A_m2 if unit.pieces else math.nan
    charge = scale * unit.shocks[0].charge_C_m2 if unit.shocks else current * duration
    return Threshold(
        axon=axon,
        shape=shape,
        duration_ms=1e3 * duration,
        current_A_m2=current,
        charge_C_m2=math.nan if shape in ("step", "anode break") else charge,
        below_mV=1e3 * peak(0.99 * scale),
        above_mV=1e3 * peak(1.01 * scale),
        level_mV=1e3 * level,
    )


def bisect_scale(
    fires: Callable[[float], bool],
    place: str,
    strongest: float = STRONGEST_FACTOR,
    resolution: float = 1e-10,
) -> float:
    """Scale above which ``fires`` holds, to ``resolution`` relative: doubled, then halved.

    Raises
    ------
    InputError
        It holds at a thousandth of the unit already, or not even at ``strongest``.
    """
    high = 1e-3
    if fires(high):
        remedy = "it fires without; take away the held current"
        raise InputError(place, high, "is a strength below which the axon is silent", remedy)
    while not fires(high):
        high *= 2.0
        if high > strongest:
            rule = "fires at some strength"
            remedy = "it is blocked, or the level lies above what its spikes reach"
            raise InputError(place, f"{strongest:g} times the unit", rule, remedy)
    low = 0.5 * high
    while high - low > resolution * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if fires(middle) else (middle, high)
    return high
