"""What signalling costs: ATP of rest, spikes and synapses, and published budgets."""

from selectivity.cell.energy.budget import PARTS, Costs, EnergyBudget, energy_budget, energy_costs
from selectivity.cell.energy.costs import (
    atp_of_load,
    atp_of_sodium,
    charging_sodium,
    pump_cycle_current,
    resting_atp,
    tissue_rate,
)
from selectivity.cell.energy.inputs import (
    EnergyInputs,
    EnergyPreset,
    Published,
    energy_preset,
    geometry_sodium,
    input_names,
)
from selectivity.cell.energy.squid import squid_overlap

__all__ = [
    "PARTS",
    "Costs",
    "EnergyBudget",
    "EnergyInputs",
    "EnergyPreset",
    "Published",
    "atp_of_load",
    "atp_of_sodium",
    "charging_sodium",
    "energy_budget",
    "energy_costs",
    "energy_preset",
    "geometry_sodium",
    "input_names",
    "pump_cycle_current",
    "resting_atp",
    "squid_overlap",
    "tissue_rate",
]
