"""Ischaemia: the pump fails; the cell depolarises, potassium rises, water enters, or it is back."""

from selectivity.cell.ischaemia.depolarisation import (
    CRITERION,
    RECOVERY,
    Depolarisation,
    Watch,
    recovered,
)
from selectivity.cell.ischaemia.donnan_end import donnan_end
from selectivity.cell.ischaemia.interruptions import (
    Interruption,
    InterruptionScan,
    interruption_scan,
)
from selectivity.cell.ischaemia.result import Ischaemia
from selectivity.cell.ischaemia.run import ischaemia

__all__ = [
    "CRITERION",
    "RECOVERY",
    "Depolarisation",
    "Interruption",
    "InterruptionScan",
    "Ischaemia",
    "Watch",
    "donnan_end",
    "interruption_scan",
    "ischaemia",
    "recovered",
]
