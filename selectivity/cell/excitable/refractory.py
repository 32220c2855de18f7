"""The refractory period: what a second spike needs so soon after a first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.excitable.axon import SquidAxon
from selectivity.cell.excitable.integrate import MILLI, integrate
from selectivity.cell.excitable.rates import Array
from selectivity.cell.excitable.spikes import LEVEL_V, crossings, peaks
from selectivity.cell.excitable.stimulus import Stimulus, pulse
from selectivity.cell.excitable.threshold import (
    bisect_scale,
    pulse_threshold,
    sampling,
    waiting_time,
)
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import kelvin

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Refractoriness(Result):
    """Strength that a second pulse needs after a spike, over that of the first.

    ``interval_ms`` shape (n,) from the start of the first pulse to that of the second; ``ratio``
    of the threshold at that interval to the resting one, infinite where ``strongest`` times the
    resting threshold does not fire. ``first_factor`` is the strength of the first pulse.
    """

    axon: SquidAxon
    duration_ms: float
    threshold_A_m2: float
    first_factor: float
    strongest: float
    interval_ms: Array
    ratio: Array
    level_mV: float

    @property
    def absolute_ms(self) -> float:
        """Shortest interval of the table at which a second spike could be fired (nan if none)."""
        can = self.interval_ms[np.isfinite(self.ratio)]
        return float(can.min()) if can.size else math.nan

    def lines(self) -> list[str]:
        """A line each interval."""
        said = [
            f"squid axon, space clamp, {kelvin(self.axon.temperature_K)}: second pulse of "
            f"{self.duration_ms:g} ms after a first of {self.first_factor:g} times its threshold "
            f"({100.0 * self.threshold_A_m2:.4g} µA/cm²)",
            f"shortest interval with a second spike above {self.level_mV:g} mV at up to "
            f"{self.strongest:g} times the threshold: {self.absolute_ms:g} ms",
        ]
        for interval, ratio in zip(self.interval_ms, self.ratio, strict=True):
            words = f"{ratio:.4f} of the resting threshold" if math.isfinite(ratio) else "none"
            said.append(f"  {interval:7.3f} ms: {words}")
        return said

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {
            "axon": self.axon.as_dict(),
            "duration_ms": self.duration_ms,
            "threshold_A_m2": self.threshold_A_m2,
            "first_factor": self.first_factor,
            "strongest": self.strongest,
            "level_mV": self.level_mV,
            "absolute_ms": self.absolute_ms,
            **self.columns(),
        }

    def columns(self) -> Columns:
        """Interval and ratio."""
        return {"interval_ms": self.interval_ms, "ratio": self.ratio}

    def draw(self, figure: Figure) -> None:
        """Threshold over the resting one against the interval."""
        from selectivity.cell.excitable.figures import draw_refractoriness

        draw_refractoriness(figure, self)


def refractory_period(
    axon: SquidAxon,
    intervals_s: ArrayLike,
    duration_s: float = 5e-4,
    strongest: float = 10.0,
    level_V: float = LEVEL_V,
    progress: Callable[[float], None] | None = None,
) -> Refractoriness:
    """Threshold of a second pulse at each interval after a first of twice the threshold.

    A second spike counts where V crosses the level upward after the second pulse began and peaks
    after that pulse has ended, so that a pulse that only pushes V up is no spike.

    Raises
    ------
    InputError
        An interval not above the pulse's duration.
    """
    gaps = np.sort(checks.numbers(intervals_s, "intervals_s").ravel())
    width = checks.positive(duration_s, "duration_s")
    if gaps.size == 0 or gaps[0] <= width:
        raise InputError("intervals_s", gaps[:1].tolist(), "is longer than the pulse")
    base = pulse_threshold(axon, width, level_V).current_A_m2
    first = 2.0

    def ratio(gap: float) -> float:
        def fires(scale: float) -> bool:
            pair = pulse(0.0, width, first * base) + pulse(gap, width, scale * base)
            return _second_spike(axon, pair, gap, width, level_V)

        try:
            return bisect_scale(fires, "second pulse", strongest, 1e-6)
        except InputError:
            return math.inf

    ratios = []
    for k, gap in enumerate(gaps):
        ratios.append(ratio(float(gap)))
        if progress is not None:
            progress((k + 1) / gaps.size)
    return Refractoriness(
        axon,
        1e3 * width,
        base,
        first,
        strongest,
        1e3 * gaps,
        np.array(ratios),
        1e3 * level_V,
    )


def _second_spike(axon: SquidAxon, pair: Stimulus, gap: float, width: float, level: float) -> bool:
    found = integrate(axon, pair, gap + width + waiting_time(axon), sampling(axon), 1e-8)
    v = MILLI * found.y[:, 0]
    ups = [t for t, up in crossings(found.t_s, v, found.slope_V_s, level) if up and t >= gap]
    if not ups:
        return False
    tops = peaks(found.t_s, v, found.slope_V_s)
    return any(t > gap + width and t >= ups[0] and top > level for t, top in tops)
