"""What a model of a cell offers the integrator; the package's docstring says what each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from selectivity.cell.dynamics.drive import Drive


@runtime_checkable
class Model(Protocol):
    """Members of a model (:mod:`selectivity.cell.dynamics`)."""

    @property
    def name(self) -> str:
        """Its name, as of its preset."""

    @property
    def names(self) -> tuple[str, ...]:
        """Components of the state, with units."""

    @property
    def adjustable(self) -> tuple[str, ...]:
        """Fields that an event may change."""

    @property
    def baths_mM(self) -> Mapping[str, float]:  # noqa: N802
        """Concentrations of a bath by ion."""

    @property
    def atp_mM(self) -> float | None:  # noqa: N802
        """ATP at rest, None where the pump does not read it."""

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ions that may carry an applied current."""

    @property
    def panels(self) -> tuple[tuple[str, str], ...]:
        """Columns that a figure shows, with the labels of their axes."""

    def start(self) -> Sequence[float]:
        """The first state."""

    def scales(self) -> Sequence[float]:
        """Sizes of the components."""

    def rates(self, t_s: float, y: list[float], drive: Drive) -> list[float]:
        """dy/dt per second."""

    def observe(self, t_s: float, y: list[float], drive: Drive) -> dict[str, float]:
        """One row of the table."""

    def totals(self, y: Sequence[float]) -> dict[str, float]:
        """Amount of every ion, wherever it is."""

    def charge_gap(self, y: Sequence[float]) -> float:
        """Net charge of everything that is counted."""

    def record(self) -> dict[str, Any]:
        """Its numbers with units in the names."""
