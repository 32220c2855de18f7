"""A run of a cell as a result: the table of its rows, the states, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selectivity.cell.dynamics.events import Event
from selectivity.cell.dynamics.ledger import Ledger
from selectivity.cell.dynamics.model import Model
from selectivity.errors import InputError
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

BEYOND_MV = 250.0
"""No cell holds more: a pump of 3:2 stalls near −230 mV at a neuron's gradients
(:func:`selectivity.cell.pump_bound.pump_bound`), bilayers break at a few hundred millivolt."""


@dataclass(frozen=True, eq=False, repr=False)
class CellRun(Result):
    """A model followed in time.

    Attributes
    ----------
    model : Model
        With its numbers.
    events : tuple of Event
    table : mapping of str to ndarray, shape (T,)
        Columns by name, ``t_s`` first, units in the names.
    states : ndarray, shape (T, n)
        States in the units of ``model.names``.
    ledger : Ledger
        Largest relative change of each ion's total and of the charge.
    rtol : float
    calls : int
        Evaluations of the rates.
    stopped : bool
        Ended before its time by ``stop``.
    crept_s : tuple of float
        Times from which BDF went on, since LSODA crept there
        (:mod:`selectivity.cell.dynamics.work`).
    """

    model: Model
    events: tuple[Event, ...]
    table: Mapping[str, Array]
    states: Array
    ledger: Ledger
    rtol: float
    calls: int
    stopped: bool = False
    crept_s: tuple[float, ...] = ()

    def __repr__(self) -> str:
        """Short, since the table and the states are long."""
        return f"<CellRun {self.model.name}: {self.t_s[-1]:g} s in {self.t_s.size} rows>"

    @property
    def t_s(self) -> Array:
        """Times of the rows."""
        return self.table["t_s"]

    @property
    def final(self) -> dict[str, float]:
        """The last row."""
        return {key: float(column[-1]) for key, column in self.table.items()}

    def at(self, t_s: float) -> dict[str, float]:
        """The row that is nearest to a time.

        Raises
        ------
        InputError
            A time outside the run.
        """
        if not self.t_s[0] <= t_s <= self.t_s[-1]:
            rule = f"lies in the run, {self.t_s[0]:g} to {self.t_s[-1]:g} s"
            raise InputError("t_s", t_s, rule)
        row = int(np.abs(self.t_s - t_s).argmin())
        return {key: float(column[row]) for key, column in self.table.items()}

    def lines(self) -> list[str]:
        """Model, events, the panels' columns at start, extremes of the rows and end, the ledger."""
        length = f"{self.t_s[-1]:g} s in {self.t_s.size} rows"
        said = [f"{self.model.name}: {length}, rtol {self.rtol:g}, {self.calls} rates"]
        said += [f"event: {event.text()}" for event in self.events] or ["no events"]
        if self.stopped:
            said.append("ended before its time, as was asked")
        if self.crept_s:
            said.append("BDF went on from " + ", ".join(f"{t:g} s" for t in self.crept_s))
        rows = []
        for column in dict.fromkeys([c for c, _ in self.model.panels]):
            x = self.table[column]
            rows.append((column, *(f"{v:.6g}" for v in (x[0], x.min(), x.max(), x[-1]))))
        said += ["", *aligned(("column", "start", "least", "most", "end"), rows), ""]
        return said + self.cautions() + self.ledger.lines()

    def cautions(self) -> list[str]:
        """What a reader should know before believing the run; empty as a rule.

        A potential past :data:`BEYOND_MV`, which a rate law without a stall reaches; events that
        begin only when the run is over.
        """
        end = float(self.t_s[-1])
        late = [event for event in self.events if event.start_s >= end]
        said = [f"not reached by the run, without effect: {event.text()}" for event in late]
        volt = self.table.get("v_mV", np.zeros(1))
        row = int(np.abs(volt).argmax())
        if abs(volt[row]) > BEYOND_MV:
            said.append(
                f"V reaches {volt[row]:.0f} mV at {self.t_s[row]:g} s: ATP drives no pump against "
                "this and no bilayer bears it; the equations do it (a rate law without a largest "
                "rate, a current too strong), not a cell"
            )
        return said

    def record(self) -> dict[str, Any]:
        """Model, events, ledger and the table."""
        return {
            "model": self.model.name,
            "numbers": self.model.record(),
            "events": [event.record() for event in self.events],
            "rtol": self.rtol,
            "rate_calls": self.calls,
            "stopped": self.stopped,
            "bdf_from_s": list(self.crept_s),
            "cautions": self.cautions(),
            "ledger": self.ledger.record(),
            "final": self.final,
            "table": dict(self.table),
        }

    def columns(self) -> Columns:
        """The table."""
        return dict(self.table)

    def draw(self, figure: Figure) -> None:
        """The model's panels against time, the events shaded."""
        panels = self.model.panels
        rows = (len(panels) + 1) // 2
        width, height = figure.get_size_inches()
        figure.set_size_inches(max(7.6, width), max(2.3 * rows, height))
        axes = figure.subplots(rows, 2, sharex=True, squeeze=False).ravel()
        for ax, (column, label) in zip(axes, panels, strict=False):
            draw_panel(ax, self, column, label)
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        for ax in axes[max(0, len(panels) - 2) : len(panels)]:
            ax.set_xlabel("time (s)", fontsize=8.5)


def draw_panel(ax: Axes, run: CellRun, column: str, label: str) -> None:
    """One column of ``run`` against time in seconds, the events shaded."""
    from selectivity.plotting import GREY, ION_COLOURS, open_frame, tidy

    first = column.split("_")[0].capitalize()
    ax.plot(run.t_s, run.table[column], color=ION_COLOURS.get(first, "#202020"), lw=1.1)
    for event in run.events:
        end = min(event.end_s, float(run.t_s[-1]))
        if end > event.start_s:
            ax.axvspan(event.start_s, end, color=GREY, alpha=0.22, lw=0)
    ax.set_xlim(float(run.t_s[0]), float(run.t_s[-1]))
    ax.locator_params(axis="x", nbins=6)
    tidy(ax, ylabel=label)
    open_frame(ax)
