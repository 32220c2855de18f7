"""Chloride of a neuron: where it and GABA turn round, what holds it there, how it changes."""

from selectivity.cell.chloride.balance import (
    ChlorideBalance,
    ChlorideRates,
    chloride_balance,
    steady_e_cl,
)
from selectivity.cell.chloride.cell import IMMATURE, IONS, MATURE, ChlorideCell, chloride_cell
from selectivity.cell.chloride.development import (
    Bicarbonate,
    ChlorideDevelopment,
    Course,
    Maturation,
    chloride_development,
    maturation,
)
from selectivity.cell.chloride.reversal import (
    ChlorideReversals,
    chloride_at_reversal,
    chloride_reversals,
    gaba_reversal,
)

__all__ = [
    "IMMATURE",
    "IONS",
    "MATURE",
    "Bicarbonate",
    "ChlorideBalance",
    "ChlorideCell",
    "ChlorideDevelopment",
    "ChlorideRates",
    "ChlorideReversals",
    "Course",
    "Maturation",
    "chloride_at_reversal",
    "chloride_balance",
    "chloride_cell",
    "chloride_development",
    "chloride_reversals",
    "gaba_reversal",
    "maturation",
    "steady_e_cl",
]
