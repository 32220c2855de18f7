"""Temperature: what warming does to the spike and its cost, up to heat block."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.excitable.axon import SquidAxon
from selectivity.cell.excitable.rates import Array
from selectivity.cell.excitable.stimulus import Stimulus, shock
from selectivity.cell.excitable.threshold import bisect_scale, waiting_time
from selectivity.cell.excitable.trace import space_clamp
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOCK_C_M2 = 1.5e-4  # 15 nC/cm², twice the threshold or more at 6.3 to 25 °C


@dataclass(frozen=True, eq=False)
class TemperatureSeries(Result):
    """The spike after one and the same stimulus at several temperatures, shape (n,) each.

    ``peak_mV`` the highest V after the stimulus; ``width_ms``, ``na_load_mol_m2`` and ``overlap``
    are nan where no spike was fired. ``block_K`` is the temperature above which the stimulus fires
    none (nan if it lies outside the series).
    """

    axon: SquidAxon
    stimulus: Stimulus
    temperature_K: Array
    peak_mV: Array
    width_ms: Array
    na_load_mol_m2: Array
    overlap: Array
    level_mV: float
    block_K: float

    def lines(self) -> list[str]:
        """A table, and where heat blocks."""
        header = ("°C", "peak mV", "width ms", "Na pmol/cm²", "overlap", "ATP/µm²")
        table = self.columns()
        rows = [
            (
                f"{celsius:.2f}",
                fixed(table["peak_mV"][i], 2),
                fixed(table["width_ms"][i], 4),
                fixed(1e8 * self.na_load_mol_m2[i], 3),
                fixed(self.overlap[i], 2),
                fixed(table["atp_um2"][i], 0),
            )
            for i, celsius in enumerate(self.temperature_K - 273.15)
        ]
        said = ["squid axon (Hodgkin & Huxley 1952), space clamp, the same stimulus throughout"]
        if math.isfinite(self.block_K):
            said.append(
                f"heat block: above {self.block_K - 273.15:.2f} °C V stays below "
                f"{self.level_mV:g} mV"
            )
        return [*said, "", *aligned(header, rows)]

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {
            "axon": self.axon.as_dict(),
            "stimulus": self.stimulus.as_dict(),
            "level_mV": self.level_mV,
            "block_K": self.block_K,
            **self.columns(),
        }

    def columns(self) -> Columns:
        """One row a temperature."""
        from selectivity.units import AVOGADRO

        return {
            "temperature_K": self.temperature_K,
            "peak_mV": self.peak_mV,
            "width_ms": self.width_ms,
            "na_load_mol_m2": self.na_load_mol_m2,
            "overlap": self.overlap,
            "atp_um2": self.na_load_mol_m2 * AVOGADRO * 1e-12 / 3.0,
        }

    def draw(self, figure: Figure) -> None:
        """Peak, width and sodium load against temperature."""
        from selectivity.cell.excitable.figures import draw_temperatures

        draw_temperatures(figure, self)


def temperature_series(
    axon: SquidAxon,
    temperature_K: ArrayLike,
    stimulus: Stimulus | None = None,
    level_V: float = -0.02,
    progress: Callable[[float], None] | None = None,
) -> TemperatureSeries:
    """Spike, cost and heat block over temperatures.

    Parameters
    ----------
    temperature_K : array_like, shape (n,)
        Sorted before use.
    stimulus : Stimulus, optional
        Without it a shock of 15 nC/cm² at 0.
    level_V : float
        A spike is a peak above it, after the stimulus; −20 mV, since warm spikes are small.

    Raises
    ------
    InputError
        No temperature, or one that liquid water does not have.
    """
    kelvins = np.sort(checks.temperature(temperature_K).ravel())
    if kelvins.size == 0:
        raise InputError("temperature_K", [], "is a list of temperatures")
    given = shock(0.0, SHOCK_C_M2) if stimulus is None else stimulus
    rows = []
    for k, kelvin in enumerate(kelvins):
        rows.append(_row(axon.at(float(kelvin)), given, level_V))
        if progress is not None:
            progress((k + 1) / kelvins.size)
    peak, width, load, overlap = np.array(rows).T
    fired = np.isfinite(width)
    block = math.nan
    if fired.any() and not fired[-1]:
        warm = float(kelvins[np.flatnonzero(fired)[-1]])
        block = _block(axon, given, level_V, warm)
    return TemperatureSeries(axon, given, kelvins, peak, width, load, overlap, 1e3 * level_V, block)


def _row(axon: SquidAxon, stimulus: Stimulus, level: float) -> tuple[float, float, float, float]:
    length = stimulus.last_edge_s + 2.0 * waiting_time(axon)
    trace = space_clamp(axon, stimulus, length, 1e-5, 1e-9, level)
    if not trace.spikes:
        return trace.peak_mV, math.nan, math.nan, math.nan
    cost = trace.cost()
    first = trace.spikes[0]
    return first.peak_mV, first.width_ms, cost.na_load_mol_m2, cost.overlap


def _block(axon: SquidAxon, stimulus: Stimulus, level: float, warm: float) -> float:
    """Temperature (K) at which the spike goes under, from ``warm`` at which it is there."""

    def silent(excess: float) -> bool:
        hot = axon.at(warm + excess)
        length = stimulus.last_edge_s + waiting_time(hot)
        return not space_clamp(hot, stimulus, length, 1e-5, 1e-9, level).spikes

    return warm + bisect_scale(silent, "heat block", 100.0, 1e-4)
