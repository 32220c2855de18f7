"""Chloride of a neuron: where it and GABA turn round, what holds it there, how it changes."""

from selectivity.cell.chloride.balance import (
    ChlorideBalance,
    ChlorideRates,
    chloride_balance,
    steady_e_cl,
)
from selectivity.cell.chloride.cell import ChlorideCell, chloride_cell
from selectivity.cell.chloride.reversal import (
    ChlorideReversals,
    chloride_at_reversal,
    chloride_reversals,
    gaba_reversal,
)

__all__ = [
    "ChlorideBalance",
    "ChlorideCell",
    "ChlorideRates",
    "ChlorideReversals",
    "chloride_at_reversal",
    "chloride_balance",
    "chloride_cell",
    "chloride_reversals",
    "gaba_reversal",
    "steady_e_cl",
]
