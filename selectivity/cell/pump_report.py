"""What is asked of a pump in one result: its ledger, its rate laws, its bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selectivity.cell.pump_bound import PumpBound
from selectivity.cell.pump_curves import PumpCurves
from selectivity.cell.pump_ledger import PumpLedger
from selectivity.errors import InputError
from selectivity.membrane.result import Columns, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANEL = (4.8, 3.8)


@dataclass(frozen=True, eq=False)
class PumpReport(Result):
    """Ledger, rate laws and bound of one pump, as far as each was asked for.

    Raises
    ------
    InputError
        None of the three.
    """

    ledger: PumpLedger | None = None
    curves: PumpCurves | None = None
    bound: PumpBound | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            rule = "holds a ledger, rate laws or a bound"
            raise InputError("pump", None, rule, "give a leak, a law, or a cell with its potential")

    @property
    def parts(self) -> dict[str, Result]:
        """What is there, in the order in which it is told."""
        every = {"ledger": self.ledger, "curves": self.curves, "bound": self.bound}
        return {name: part for name, part in every.items() if part is not None}

    def columns(self) -> Columns:
        """The table of the rate laws if there are any, else of the ledger, else of the bound."""
        first = self.curves or self.ledger or self.bound
        assert first is not None
        return first.columns()

    def record(self) -> dict[str, Any]:
        """The parts by name; None for what was not asked."""
        found: dict[str, Any] = dict.fromkeys(("ledger", "curves", "bound"))
        return found | {name: part.record() for name, part in self.parts.items()}

    def lines(self) -> list[str]:
        """The parts below each other."""
        said: list[str] = []
        for part in self.parts.values():
            said += [*([""] if said else []), *part.lines()]
        return said

    def draw(self, figure: Figure) -> None:
        """A panel for each part, two for the rate laws."""
        from selectivity.cell.pump_figures import draw_bound, draw_curves, draw_ledger

        count = len(self.parts) + (self.curves is not None)
        columns = min(2, count)
        rows = -(-count // columns)
        figure.set_size_inches(max(6.4, columns * _PANEL[0]), max(4.0, rows * _PANEL[1]))
        axes = [figure.add_subplot(rows, columns, i + 1) for i in range(count)]
        if self.curves is not None:
            draw_curves((axes.pop(0), axes.pop(0)), self.curves)
        if self.ledger is not None:
            draw_ledger(axes.pop(0), self.ledger)
        if self.bound is not None:
            draw_bound(axes.pop(0), self.bound)
