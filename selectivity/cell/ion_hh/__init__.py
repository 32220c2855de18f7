"""Ion-conserving Hodgkin-Huxley cells: spreading depolarisation, anoxia, death or recovery.

Two published cells whose gradients run down when the pump stops, each with a variant: with a glial
buffer or with vessels (Huebel & Dahlem 2014), with a chloride conductance or without (Huebel &
Ullah 2016). They are models of :mod:`selectivity.cell.dynamics`.
"""

from selectivity.cell.ion_hh.buffered import Buffer, BufferedCell, buffered_cell
from selectivity.cell.ion_hh.donnan import ClosedSystem
from selectivity.cell.ion_hh.membrane import IonHH
from selectivity.cell.ion_hh.swelling import SwellingCell, swelling_cell

__all__ = [
    "Buffer",
    "BufferedCell",
    "ClosedSystem",
    "IonHH",
    "SwellingCell",
    "buffered_cell",
    "swelling_cell",
]
