"""Repetitive firing under a constant current: the f-I curve, on both of its branches.

Each current is tried twice: switched on at rest, and come down to from firing at the next higher
current of the list. Where firing lasts although the steady state is stable, both are (bistability):
a current raised slowly stays silent there, and a step may or may not fire.
Firing that lasts is an oscillation of V that has not lost more than a twentieth of its height from
the third to the fourth quarter of the time; its rate is taken there, by crossings of the middle of
its range. Near depolarisation block the height goes to zero evenly, so the rate is no sign of
spikes: look at peak and trough.

Source: Rinzel & Miller 1980, Math Biosci 49:27.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.excitable.axon import SquidAxon, resting_potential
from selectivity.cell.excitable.integrate import MILLI, Solution, integrate, resting_state
from selectivity.cell.excitable.rates import Array
from selectivity.cell.excitable.spikes import crossings
from selectivity.cell.excitable.stability import Hopf, growth, hopf_currents
from selectivity.cell.excitable.stimulus import held, pulse
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed, kelvin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Progress = Callable[[float], None]

TOLERANCE = 1e-8
DT_S = 5e-5
LEAST_HEIGHT_V = 2e-3
LASTING = 0.95
EXTENSIONS = 4
LONGEST_S = 60.0


@dataclass(frozen=True)
class Firing:
    """What one current does in the end.

    ``rate_Hz`` is 0 where nothing lasts; ``peak_mV`` and ``trough_mV`` of the last quarter;
    ``spikes`` counts the upward crossings of 0 mV from the start of the current.
    """

    rate_Hz: float
    peak_mV: float
    trough_mV: float
    spikes: int


@dataclass(frozen=True, eq=False)
class FiringCurve(Result):
    """Firing against current.

    ``current_A_m2`` shape (n,), rising; ``from_rest`` and ``from_firing`` one :class:`Firing`
    each; ``steady_mV`` the steady potential and ``stable`` whether it is stable, shape (n,): a
    current raised slowly stays silent there; ``hopf`` where it changes its stability;
    ``fold_A_m2`` the lowest current at which firing once begun goes on (nan if not found).
    """

    axon: SquidAxon
    duration_s: float
    current_A_m2: Array
    from_rest: tuple[Firing, ...]
    from_firing: tuple[Firing, ...]
    steady_mV: Array
    stable: NDArray[np.bool_]
    hopf: tuple[Hopf, ...]
    fold_A_m2: float

    def lines(self) -> list[str]:
        """Bounds of firing, then a table."""
        said = [
            f"squid axon (Hodgkin & Huxley 1952), space clamp, {kelvin(self.axon.temperature_K)}, "
            f"constant current for {1e3 * self.duration_s:g} ms"
        ]
        said += self._bounds()
        header = ("µA/cm²", "Hz on", "Hz off", "peak mV", "trough mV", "spikes on")
        rows = [
            (
                f"{100.0 * i:g}",
                fixed(on.rate_Hz, 1),
                fixed(off.rate_Hz, 1),
                fixed(off.peak_mV, 1),
                fixed(off.trough_mV, 1),
                str(on.spikes),
            )
            for i, on, off in zip(self.current_A_m2, self.from_rest, self.from_firing, strict=True)
        ]
        note = "on: current switched on at rest; off: come down to from firing at the next higher"
        return [*said, note, "", *aligned(header, rows)]

    def _bounds(self) -> list[str]:
        micro = 100.0
        said = []
        for at in self.hopf:
            what = "again silent above: depolarisation block" if at.silent_above else "fires above"
            said.append(
                f"the steady state {'gains' if at.silent_above else 'loses'} its stability at "
                f"{micro * at.current_A_m2:.3f} µA/cm² ({at.v_mV:.2f} mV, {at.frequency_Hz:.1f} "
                f"Hz): {what}"
            )
        if not self.hopf:
            said.append("the steady state is stable at every current: no firing without end")
        low = next((h for h in self.hopf if not h.silent_above), None)
        if low is not None and math.isfinite(self.fold_A_m2):
            said.append(
                f"firing once begun goes on down to {micro * self.fold_A_m2:.3f} µA/cm²: from "
                f"there to {micro * low.current_A_m2:.3f} µA/cm² rest and firing are both stable; "
                "a current raised slowly stays silent, a step may fire"
            )
        return said

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {
            "axon": self.axon.as_dict(),
            "duration_s": self.duration_s,
            "hopf": [asdict(at) for at in self.hopf],
            "fold_A_m2": self.fold_A_m2,
            **self.columns(),
        }

    def columns(self) -> Columns:
        """One row a current."""
        columns: dict[str, Any] = {
            "current_A_m2": self.current_A_m2,
            "steady_mV": self.steady_mV,
            "steady_stable": self.stable,
        }
        for name, branch in (("on", self.from_rest), ("off", self.from_firing)):
            columns[f"rate_{name}_Hz"] = [f.rate_Hz for f in branch]
            columns[f"peak_{name}_mV"] = [f.peak_mV for f in branch]
            columns[f"trough_{name}_mV"] = [f.trough_mV for f in branch]
            columns[f"spikes_{name}"] = [f.spikes for f in branch]
        return columns

    def draw(self, figure: Figure) -> None:
        """Rate against current on both branches; below, the range of V and the steady state."""
        from selectivity.cell.excitable.figures import draw_firing

        draw_firing(figure, self)


def firing_curve(
    axon: SquidAxon,
    current_A_m2: ArrayLike,
    duration_s: float = 0.4,
    progress: Progress | None = None,
) -> FiringCurve:
    """f-I curve of the space-clamped axon.

    Parameters
    ----------
    current_A_m2 : array_like, shape (n,)
        Constant currents, sorted before use.
    duration_s : float
        Of each; the second half tells whether firing lasts.
    progress : callable, optional
        Called with the share done, 0 to 1.

    Raises
    ------
    InputError
        Fewer than two currents, or a duration that is not between 0 and 60 s.
    """
    currents = np.sort(checks.numbers(current_A_m2, "current_A_m2").ravel())
    length = checks.positive(duration_s, "duration_s")
    if length > LONGEST_S:
        raise InputError("duration_s", length, f"is at most {LONGEST_S:g} s")
    if currents.size < 2:
        raise InputError("current_A_m2", currents.tolist(), "is a list of two or more currents")
    tell = progress or (lambda share: None)
    total = 2.0 * currents.size + 10.0
    rest = resting_state(axon)
    on = []
    for k, current in enumerate(currents):
        on.append(settled(axon, float(current), length, rest)[0])
        tell((k + 1) / total)
    off: list[Firing] = []
    state = _firing_state(axon, rest, length)
    for k, current in enumerate(currents[::-1]):
        found, after = settled(axon, float(current), length, state)
        off.insert(0, found)
        state = after if found.rate_Hz > 0.0 else state
        tell((currents.size + k + 1) / total)
    hopf = hopf_currents(axon)
    steady = np.array([resting_potential(axon, float(i)) for i in currents])
    fold = _fold(axon, hopf, length)
    tell(1.0)
    return FiringCurve(
        axon=axon,
        duration_s=length,
        current_A_m2=currents,
        from_rest=tuple(on),
        from_firing=tuple(off),
        steady_mV=1e3 * steady,
        stable=np.array([growth(axon, float(v)) < 0.0 for v in steady]),
        hopf=hopf,
        fold_A_m2=fold,
    )


def settled(
    axon: SquidAxon, current_A_m2: float, duration_s: float, start: Array
) -> tuple[Firing, Array]:
    """What ``current_A_m2`` comes to from the state ``start``, and a state to go on from.

    Undecided after ``duration_s`` (an oscillation that shrinks) it gets up to four times more. The
    state to go on from is the highest V of the last quarter: a spike's peak, from which firing goes
    on under a slightly different current where other phases may fall back to rest.
    """
    dt = DT_S / max(1.0, axon.phi)
    spikes = 0
    for _ in range(1 + EXTENSIONS):
        found = integrate(axon, held(current_A_m2), duration_s, dt, TOLERANCE, start)
        v = MILLI * found.y[:, 0]
        third, last = (_range(found, v, a * duration_s, b * duration_s) for a, b in _QUARTERS)
        height, before = last[1] - last[0], third[1] - third[0]
        spikes += len(_ups(found, v, 0.0, 0.0))
        lasts = height >= LASTING * before
        if height <= LEAST_HEIGHT_V or lasts:
            break
        start = found.y[-1]
    rate = 0.0
    if height > LEAST_HEIGHT_V and lasts:
        times = _ups(found, v, 0.5 * (last[0] + last[1]), 0.5 * duration_s)
        if len(times) > 1:
            rate = (len(times) - 1) / (times[-1] - times[0])
    tail = np.flatnonzero(found.t_s >= 0.75 * duration_s)
    state = found.y[tail[np.argmax(v[tail])]]
    return Firing(rate, 1e3 * last[1], 1e3 * last[0], spikes), state


_QUARTERS = ((0.5, 0.75), (0.75, 1.0))


def _range(found: Solution, v: Array, low: float, high: float) -> tuple[float, float]:
    inside = v[(found.t_s >= low) & (found.t_s <= high)]
    return float(inside.min()), float(inside.max())


def _ups(found: Solution, v: Array, level: float, since: float) -> list[float]:
    every = crossings(found.t_s, v, found.slope_V_s, level)
    return [time for time, up in every if up and time >= since]


def _firing_state(axon: SquidAxon, rest: Array, duration: float) -> Array:
    """A state in the middle of a spike, from which firing starts wherever it can last."""
    kick = pulse(0.0, 5e-4, 0.3)
    dt = DT_S / max(1.0, axon.phi)
    return integrate(axon, kick, min(duration, 2e-3), dt, TOLERANCE, rest).y[-1]


def _fold(axon: SquidAxon, hopf: tuple[Hopf, ...], duration: float) -> float:
    """Lowest current (A/m²) at which firing goes on, to a thousandth; nan if it never does.

    Each step starts from the firing of the lowest current at which it lasted.
    """
    low_end = next((h.current_A_m2 for h in hopf if not h.silent_above), None)
    if low_end is None:
        return math.nan
    high = 1.05 * low_end
    found, state = settled(axon, high, duration, _firing_state(axon, resting_state(axon), duration))
    if found.rate_Hz == 0.0:
        return math.nan
    low = 0.0
    while high - low > 1e-3 * low_end:
        middle = 0.5 * (low + high)
        found, after = settled(axon, middle, duration, state)
        if found.rate_Hz > 0.0:
            high, state = middle, after
        else:
            low = middle
    return high
