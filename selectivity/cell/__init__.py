"""The living cell: what keeps its ions in place, and what happens when that stops.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents
outward positive in A/m², temperature in K and never a default.

This front holds, for every topic, the calls behind its command, what they take and what they
return. The parts ``chloride``, ``dynamics``, ``energy``, ``excitable``, ``ion_hh``, ``ischaemia``
and ``volume`` have fronts of their own with all of their names.
"""

from selectivity.cell.atp import Phosphates, cycle_work, free_energy_of_atp, stall_potential
from selectivity.cell.cell_presets import CellPreset, cell_preset, cell_preset_names
from selectivity.cell.chloride import (
    ChlorideBalance,
    ChlorideCell,
    ChlorideDevelopment,
    ChlorideRates,
    ChlorideReversals,
    Course,
    Maturation,
    chloride_balance,
    chloride_cell,
    chloride_development,
    chloride_reversals,
    maturation,
)
from selectivity.cell.donnan import Donnan, Impermeant, donnan
from selectivity.cell.dynamics import CellRun, Event, integrate, parse_event, pump_failure
from selectivity.cell.energy import EnergyBudget, EnergyInputs, energy_budget, energy_preset
from selectivity.cell.excitable import (
    Cable,
    ConductedSpike,
    FiringCurve,
    Refractoriness,
    SpikeTrace,
    SquidAxon,
    Stimulus,
    TemperatureSeries,
    Threshold,
    Velocity,
    anode_break,
    conduct,
    conduction_velocity,
    firing_curve,
    make_cable,
    pulse_threshold,
    refractory_period,
    rheobase,
    shock_threshold,
    space_clamp,
    squid_axon,
    temperature_series,
)
from selectivity.cell.ischaemia import (
    InterruptionScan,
    Ischaemia,
    interruption_scan,
    ischaemia,
)
from selectivity.cell.leaks import Leaks
from selectivity.cell.preset_list import AllPresets, CellPresets, all_presets, cell_preset_list
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
    "AllPresets",
    "Cable",
    "CellPreset",
    "CellPresets",
    "CellRun",
    "ChlorideBalance",
    "ChlorideCell",
    "ChlorideDevelopment",
    "ChlorideRates",
    "ChlorideReversals",
    "ConductedSpike",
    "Course",
    "Donnan",
    "EnergyBudget",
    "EnergyInputs",
    "Event",
    "FiringCurve",
    "Impermeant",
    "InterruptionScan",
    "Ischaemia",
    "Leaks",
    "LedgerRow",
    "Maturation",
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
    "Refractoriness",
    "Sensitivities",
    "SpikeTrace",
    "SquidAxon",
    "Stimulus",
    "TemperatureSeries",
    "Threshold",
    "Velocity",
    "VolumeCell",
    "VolumeRest",
    "all_presets",
    "anode_break",
    "cell_preset",
    "cell_preset_list",
    "cell_preset_names",
    "chloride_balance",
    "chloride_cell",
    "chloride_development",
    "chloride_reversals",
    "conduct",
    "conduction_velocity",
    "cycle_work",
    "donnan",
    "dynamic_model",
    "dynamic_presets",
    "energy_budget",
    "energy_preset",
    "firing_curve",
    "free_energy_of_atp",
    "integrate",
    "interruption_scan",
    "ischaemia",
    "least_volume",
    "ledger_of_rest",
    "make_cable",
    "maturation",
    "parse_event",
    "pulse_threshold",
    "pump_bound",
    "pump_curves",
    "pump_failure",
    "pump_leak",
    "pump_leak_neuron",
    "pump_leak_scan",
    "pump_ledger",
    "pump_scan",
    "refractory_period",
    "rheobase",
    "sensitivities",
    "shock_threshold",
    "simulate",
    "space_clamp",
    "squid_axon",
    "stall_potential",
    "temperature_series",
    "thermal_voltage",
    "volume_rest",
    "volume_sensitivities",
]
