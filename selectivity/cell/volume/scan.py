"""Composition, potential and volume of a pump-leak cell against the rate of its pump."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.pump_law import AMPLITUDE
from selectivity.cell.volume.cell import VolumeCell
from selectivity.cell.volume.rest import VolumeRest, volume_rest
from selectivity.cell.volume.steady import composition, fastest, pump_current
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_AROUND, _POINTS = 1e3, 121


@dataclass(frozen=True, eq=False)
class PumpScan(Result):
    """Steady states of one cell at rates of its pump law.

    ``rate_A_m2`` is the parameter that the law is proportional to; ``table`` holds the outputs of
    :class:`VolumeRest` with nan (the volume inf) where ``steady`` is False, ``reasons`` why;
    ``atp_share`` is the work of a cycle over what ATP gives, above 1 where no pump gets to. The
    volume has its least value ``least_w_um3`` at ``least_rate_A_m2`` (nan where it has none).
    """

    cell: VolumeCell
    law: str
    rate_A_m2: Array
    steady: NDArray[np.bool_]
    reasons: tuple[str, ...]
    table: Mapping[str, Array]
    least_rate_A_m2: float
    least_w_um3: float

    @property
    def own_rate_A_m2(self) -> float:  # noqa: N802
        """Rate of the cell itself where the scan holds it, else nan."""
        own = self.cell.pump.rate_A_m2
        return own if self.rate_A_m2[0] <= own <= self.rate_A_m2[-1] else math.nan

    def gaps(self) -> list[tuple[float, float]]:
        """Ranges of rates without a steady state."""
        found, rate = [], self.rate_A_m2
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (~self.steady).astype(int), [0]])))
        for start, end in edges.reshape(-1, 2):
            found.append((float(rate[max(start - 1, 0)]), float(rate[min(end, rate.size - 1)])))
        return found

    def lines(self) -> list[str]:
        """The scan as a table of about twenty rows, its minimum, and where there is none."""
        step = max(1, self.rate_A_m2.size // 20)
        t = self.table
        rows = [
            (
                f"{self.rate_A_m2[i]:.4g}",
                fixed(t["v_mV"][i]),
                *(fixed(t[f"{ion}_in_mM"][i]) for ion in ("na", "k", "cl", "x")),
                "no steady state" if not self.steady[i] else f"{t['w_um3'][i]:.5g}",
                fixed(100.0 * t["atp_share"][i], 1),
            )
            for i in range(0, self.rate_A_m2.size, step)
        ]
        ions = ("Na, mM", "K, mM", "Cl, mM", "X, mM")
        header = (self.law + ", A/m²", "V, mV", *ions, "volume, µm³", "% of ATP")
        out = [self.cell.name, *aligned(header, rows)]
        if math.isfinite(self.least_rate_A_m2):
            out.append(
                f"least volume {self.least_w_um3:.6g} µm³ at {self.law} = "
                f"{self.least_rate_A_m2:.4g} A/m²"
            )
        else:
            out.append("the volume has no least value between two rates")
        past = self.rate_A_m2[t["atp_share"] > 1.0]
        if past.size:
            out.append(
                f"from {past[0]:.4g} to {past[-1]:.4g} A/m² a cycle would take more than ATP "
                "gives: no pump reaches these states"
            )
        return out + [
            f"no steady state: {reason}" for reason in dict.fromkeys(self.reasons) if reason
        ]

    def record(self) -> dict[str, Any]:
        """The scan with its inputs."""
        return {
            "cell": self.cell.record(),
            "law": self.law,
            "least_rate_A_m2": self.least_rate_A_m2,
            "least_w_um3": self.least_w_um3,
            "table": dict(self.columns()),
        }

    def columns(self) -> Columns:
        """A row for each rate."""
        return {
            "rate_A_m2": self.rate_A_m2,
            "steady": self.steady,
            **self.table,
            "reason": list(self.reasons),
        }

    def draw(self, figure: Figure) -> None:
        """Composition, volume with its minimum, and potentials against the rate."""
        from selectivity.cell.volume.figures import draw_scan

        draw_scan(self, figure)


def pump_scan(
    cell: VolumeCell,
    rates_A_m2: ArrayLike | None = None,
    progress: Callable[[float], None] | None = None,
) -> PumpScan:
    """Steady states of ``cell`` at other rates of its pump law.

    Parameters
    ----------
    cell : VolumeCell
    rates_A_m2 : array_like, shape (N,), optional
        Rising and above zero; three decades to each side of the cell's own without them.
    progress : callable, optional
        Told the share that is done.

    Raises
    ------
    InputError
        Rates that do not rise or are not above zero, or none given and a pump of the rate zero.
    """
    rates = _rates(cell, rates_A_m2)
    rests = []
    for rate in rates:
        rests.append(volume_rest(cell.with_pump_rate(float(rate))))
        if progress is not None:
            progress(len(rests) / rates.size)
    rows = [_row(rest) for rest in rests]
    least_rate, least_w = least_volume(cell)
    return PumpScan(
        cell=cell,
        law=AMPLITUDE[cell.pump.kind].removesuffix("_A_m2"),
        rate_A_m2=rates,
        steady=np.array([rest.steady for rest in rests]),
        reasons=tuple(rest.reason for rest in rests),
        table={key: np.array([row[key] for row in rows]) for key in rows[0]},
        least_rate_A_m2=least_rate,
        least_w_um3=least_w,
    )


def least_volume(cell: VolumeCell) -> tuple[float, float]:
    """Rate of the law (A/m²) with the least steady volume, and that volume (µm³).

    The volume follows from the cycle current q whatever the law; the rate is q over what the law
    of rate 1 gives at that composition. nan, nan where the volume only falls with q.
    """
    from scipy.optimize import minimize_scalar

    limit = fastest(cell)
    if not 0.0 < limit < math.inf:
        return math.nan, math.nan

    def log_volume(t: float) -> float:
        x = composition(cell, math.exp(t)).x_mM
        return -math.log(x) if x > 0.0 else math.inf

    grid = np.linspace(math.log(1e-6 * limit), math.log(limit * (1.0 - 1e-9)), 200)
    values = np.array([log_volume(float(t)) for t in grid])
    at = int(np.argmin(values))
    if at in (0, grid.size - 1):
        return math.nan, math.nan
    found = minimize_scalar(
        log_volume, bounds=(grid[at - 1], grid[at + 1]), method="bounded", options={"xatol": 1e-9}
    )
    q = math.exp(float(found.x))
    state = composition(cell, q)
    unit = float(pump_current(cell.with_pump_rate(1.0), state))
    return (q / unit if unit > 0.0 else math.nan), 1e3 * cell.x_fmol / state.x_mM


def _rates(cell: VolumeCell, given: ArrayLike | None) -> Array:
    if given is None:
        own = cell.pump.rate_A_m2
        if own == 0.0:
            rule = "is above zero where no rates to scan are given"
            raise InputError("pump rate", 0.0, rule, "give the rates")
        return np.geomspace(own / _AROUND, own * _AROUND, _POINTS)
    rates = np.atleast_1d(checks.numbers(given, "rates_A_m2"))
    if rates.ndim != 1 or rates.size < 2 or rates[0] <= 0.0 or (np.diff(rates) <= 0.0).any():
        raise InputError("rates_A_m2", rates.tolist()[:5], "holds rising rates above zero")
    return rates


def _row(rest: VolumeRest) -> dict[str, float]:
    return {**rest.outputs(), "e_k_mV": rest.ions["K"].e_mV, "atp_share": rest.atp_share}
