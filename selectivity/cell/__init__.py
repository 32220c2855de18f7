"""The living cell: what keeps its ions in place, and what happens when that stops.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents
outward positive in A/m² (an applied current inward), temperature in K and never a default.

Here: pump, pump-leak, Donnan, volume, ischaemia, and :func:`simulate` for any published cell under
events. Rooms of their own: :mod:`selectivity.cell.excitable` (the squid axon: ``space_clamp``,
``firing_curve``, ``conduct``), :mod:`selectivity.cell.chloride` (``chloride_reversals``,
``chloride_balance``, ``chloride_development``) and :mod:`selectivity.cell.energy`
(``energy_budget``, ``resting_atp``).
"""

from selectivity.cell.atp import Phosphates, cycle_work, free_energy_of_atp, stall_potential
from selectivity.cell.cell_presets import CellPreset, cell_preset, cell_preset_names
from selectivity.cell.donnan import Donnan, Impermeant, donnan
from selectivity.cell.dynamics import CellRun, Event, integrate, parse_event, pump_failure
from selectivity.cell.ischaemia import (
    InterruptionScan,
    Ischaemia,
    interruption_scan,
    ischaemia,
)
from selectivity.cell.leaks import Leaks
from selectivity.cell.pump_bound import PumpBound, pump_bound
from selectivity.cell.pump_curves import PumpCurves, pump_curves
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.pump_leak import pump_leak, pump_leak_scan
from selectivity.cell.pump_leak_result import PumpLeak, PumpLeakScan
from selectivity.cell.pump_ledger import LedgerRow, PumpLedger, ledger_of_rest, pump_ledger
from selectivity.cell.pump_report import PumpReport
from selectivity.cell.simulate import dynamic_model, dynamic_presets, simulate
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
    "CellPreset",
    "CellRun",
    "Donnan",
    "Event",
    "Impermeant",
    "InterruptionScan",
    "Ischaemia",
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
    "cell_preset",
    "cell_preset_names",
    "cycle_work",
    "donnan",
    "dynamic_model",
    "dynamic_presets",
    "free_energy_of_atp",
    "integrate",
    "interruption_scan",
    "ischaemia",
    "least_volume",
    "ledger_of_rest",
    "parse_event",
    "pump_bound",
    "pump_curves",
    "pump_failure",
    "pump_leak",
    "pump_leak_neuron",
    "pump_leak_scan",
    "pump_ledger",
    "pump_scan",
    "sensitivities",
    "simulate",
    "stall_potential",
    "thermal_voltage",
    "volume_rest",
    "volume_sensitivities",
]
