"""What the package carries of published membranes and cells, with the sources of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from selectivity.cell.cell_presets import CellPreset, cell_preset, cell_preset_names
from selectivity.cell.simulate import dynamic_presets
from selectivity.membrane.presets import Presets, preset_list
from selectivity.membrane.result import Columns, Result


@dataclass(frozen=True)
class CellPresets(Result):
    """Every shipped cell; ``dynamic`` are the names that can be followed in time."""

    cells: tuple[CellPreset, ...]
    dynamic: tuple[str, ...]

    def lines(self) -> list[str]:
        """The numbers by cell and section, with their sources."""
        said = [line for cell in self.cells for line in cell.lines()]
        return [*said, "followed in time by `simulate`: " + ", ".join(self.dynamic)]

    def record(self) -> dict[str, Any]:
        """The numbers with their sources."""
        return {"cells": [cell.record() for cell in self.cells], "dynamic": list(self.dynamic)}

    def columns(self) -> Columns:
        """A row for each number."""
        tables = [cell.columns() for cell in self.cells]
        return {key: [value for table in tables for value in table[key]] for key in tables[0]}


@dataclass(frozen=True)
class AllPresets(Result):
    """Membranes and cells together; the table is that of the membranes."""

    membranes: Presets
    cells: CellPresets

    def lines(self) -> list[str]:
        """Membranes, then cells."""
        return [*self.membranes.lines(), *self.cells.lines()]

    def record(self) -> dict[str, Any]:
        """``presets`` are the membranes, ``cells`` the cells."""
        return {**self.membranes.record(), **self.cells.record()}

    def columns(self) -> Columns:
        """The membranes."""
        return self.membranes.columns()


def cell_preset_list() -> CellPresets:
    """Every shipped cell with its numbers and citations."""
    return CellPresets(tuple(cell_preset(n) for n in cell_preset_names()), dynamic_presets())


def all_presets() -> AllPresets:
    """Every shipped membrane and cell."""
    return AllPresets(preset_list(), cell_preset_list())
