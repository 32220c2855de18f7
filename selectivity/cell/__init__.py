"""The living cell: what keeps its ions in place, and what happens when that stops.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents
outward positive in A/m², temperature in K and never a default.
"""

from selectivity.cell.atp import Phosphates, cycle_work, free_energy_of_atp, stall_potential
from selectivity.cell.donnan import Donnan, Impermeant, donnan
from selectivity.cell.leaks import Leaks
from selectivity.cell.pump_bound import PumpBound, pump_bound
from selectivity.cell.pump_curves import PumpCurves, pump_curves
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.pump_leak import pump_leak, pump_leak_scan
from selectivity.cell.pump_leak_result import PumpLeak, PumpLeakScan
from selectivity.cell.pump_ledger import LedgerRow, PumpLedger, ledger_of_rest, pump_ledger
from selectivity.cell.pump_report import PumpReport
from selectivity.cell.volume import (
    PumpLeakNeuron,
    PumpScan,
    Sensitivities,
    VolumeCell,
    VolumeRest,
    least_volume,
    pump_leak_neuron,
    pump_scan,
    sensitivities,
    thermal_voltage,
    volume_rest,
    volume_sensitivities,
)

__all__ = [
    "Donnan",
    "Impermeant",
    "Leaks",
    "LedgerRow",
    "Phosphates",
    "PumpBound",
    "PumpCurves",
    "PumpLaw",
    "PumpLeak",
    "PumpLeakNeuron",
    "PumpLeakScan",
    "PumpLedger",
    "PumpReport",
    "PumpScan",
    "Sensitivities",
    "VolumeCell",
    "VolumeRest",
    "cycle_work",
    "donnan",
    "free_energy_of_atp",
    "least_volume",
    "ledger_of_rest",
    "pump_bound",
    "pump_curves",
    "pump_leak",
    "pump_leak_neuron",
    "pump_leak_scan",
    "pump_ledger",
    "pump_scan",
    "sensitivities",
    "stall_potential",
    "thermal_voltage",
    "volume_rest",
    "volume_sensitivities",
]
