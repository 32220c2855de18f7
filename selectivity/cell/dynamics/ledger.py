"""The ledger of a run: every ion's total and the charge, against what they were at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selectivity.cell.dynamics.model import Model
from selectivity.errors import NotConvergedError

CHARGE = "charge"


class ConservationError(NotConvergedError):
    """A run that lost or made an ion or charge; it stops there."""


@dataclass(frozen=True)
class Ledger:
    """Largest change of each total over a run, relative to the total.

    ``change`` has the ions and, last, ``charge``: the change of the net charge over all amounts.
    ``totals`` are those at the start, in the unit of the model's amounts.
    """

    totals: Mapping[str, float]
    change: Mapping[str, float]
    limit: float

    @property
    def largest(self) -> float:
        """The largest of the changes."""
        return max(self.change.values())

    def lines(self) -> list[str]:
        """One line."""
        said = ", ".join(f"{name} {value:.1e}" for name, value in self.change.items())
        return [f"ledger, largest relative change of each total: {said} (limit {self.limit:.0e})"]

    def record(self) -> dict[str, Any]:
        """Totals at the start, and their changes."""
        return {
            "totals_at_start": dict(self.totals),
            "largest_relative_change": dict(self.change),
            "limit": self.limit,
        }


class Auditor:
    """Keeps the ledger of a run, output by output."""

    def __init__(self, model: Model, y: Sequence[float], limit: float) -> None:
        self._model, self._limit = model, limit
        self._totals = model.totals(y)
        self._gap = model.charge_gap(y)
        self._size = sum(abs(total) for total in self._totals.values())
        self._change = dict.fromkeys((*self._totals, CHARGE), 0.0)

    def check(self, t_s: float, y: Sequence[float]) -> None:
        """Note the changes at a time.

        Raises
        ------
        ConservationError
            One of them is larger than the limit, or is no number.
        """
        now = self._model.totals(y)
        changes = {ion: _relative(now[ion] - total, total) for ion, total in self._totals.items()}
        changes[CHARGE] = _relative(self._model.charge_gap(y) - self._gap, self._size)
        for name, change in changes.items():
            if not change <= self._limit:
                what = name if name == CHARGE else f"the total of {name}"
                raise ConservationError(
                    f"{self._model.name}, t = {t_s:g} s: {what} changed by {change:.2e} of "
                    f"itself since the start; the limit is {self._limit:.0e}; lower rtol, or look "
                    "for a rate that takes from one side what it does not give to the other"
                )
            self._change[name] = max(self._change[name], change)

    def ledger(self) -> Ledger:
        """What was noted."""
        return Ledger(dict(self._totals), dict(self._change), self._limit)


def _relative(change: float, size: float) -> float:
    return abs(change) / abs(size) if size else abs(change)
