"""A neuron that stays close to its steady state, followed for days with a bounded effort.

Where a ramp begins or ends, LSODA begins anew, beside the steady state and without stiffness to be
seen in what changes by less than its rounding. It may then hold the cell for not stiff and take
steps of milliseconds for days. A run that spends too many evaluations is done again with a tenfold
tolerance, at which it sees more; 1500 evaluations are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from selectivity.cell.dynamics import CellRun, Event, integrate
from selectivity.cell.volume.neuron import PumpLeakNeuron
from selectivity.errors import NotConvergedError

if TYPE_CHECKING:
    from selectivity.cell.dynamics.drive import Drive

TOLERANCES = (1e-8, 1e-7, 1e-6)
EVALUATIONS = 6_000


@dataclass(frozen=True)
class _Counted(PumpLeakNeuron):
    """The neuron with a count of its evaluations, which its copies share."""

    allowed: int = EVALUATIONS
    spent: list[int] = field(default_factory=lambda: [0])

    def rates(self, t_s: float, y: list[float], drive: Drive) -> list[float]:
        """As of the neuron; ValueError once more are spent than allowed."""
        self.spent[0] += 1
        if self.spent[0] > self.allowed:
            raise ValueError(f"more than {self.allowed} evaluations")
        return super().rates(t_s, y, drive)


def follow(
    neuron: PumpLeakNeuron,
    events: Sequence[Event],
    t_end_s: float,
    dt_out_s: float,
    progress: Callable[[float], None] | None = None,
    allowed: int = EVALUATIONS,
) -> CellRun:
    """:func:`selectivity.cell.dynamics.integrate` at the first tolerance that is done in time.

    Parameters
    ----------
    neuron, events, t_end_s, dt_out_s, progress
        As there.
    allowed : int
        Evaluations of the rates at each of :data:`TOLERANCES`, for a thousand rows; more rows
        allow more.

    Raises
    ------
    NotConvergedError
        No tolerance was enough.
    """
    own = {f.name: getattr(neuron, f.name) for f in fields(neuron)}
    rows = max(1.0, 1e-3 * t_end_s / dt_out_s)
    for rtol in TOLERANCES:
        counted = _Counted(**own, allowed=int(rows * allowed))
        try:
            run = integrate(
                counted, events, t_end_s, dt_out_s=dt_out_s, rtol=rtol, progress=progress
            )
        except NotConvergedError:
            if rtol == TOLERANCES[-1] or counted.spent[0] <= counted.allowed:
                raise
            continue
        return replace(run, model=neuron)
    raise AssertionError("a tolerance returns or raises")
