"""What the permeability ratio does to a membrane: Nernst, Goldman-Hodgkin-Katz, resting potential.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents and
fluxes positive outward, temperature in K and never a default.
"""

from selectivity.membrane.ghk import (
    bernoulli,
    chord_conductance,
    ghk_current,
    ghk_flux,
    rectification_ratio,
    slope_conductance,
)
from selectivity.membrane.handover import Range, RestingPotential, resting_potential
from selectivity.membrane.membrane import (
    Membrane,
    RestBalance,
    chord_conductances,
    ion_currents,
    membrane_potential,
    nernst_potentials,
    rest_balance,
)
from selectivity.membrane.nernst import (
    ElectrochemicalDifference,
    driving_force,
    electrochemical_difference,
    nernst,
    nernst_slope,
)
from selectivity.membrane.presets import preset, preset_names
from selectivity.membrane.reversal import chord_potential, ghk_voltage
from selectivity.membrane.solution import (
    VALENCE,
    Neutrality,
    Solution,
    ion_symbol,
    ionic_strength,
    neutrality,
)

__all__ = [
    "VALENCE",
    "ElectrochemicalDifference",
    "Membrane",
    "Neutrality",
    "Range",
    "RestBalance",
    "RestingPotential",
    "Solution",
    "bernoulli",
    "chord_conductance",
    "chord_conductances",
    "chord_potential",
    "driving_force",
    "electrochemical_difference",
    "ghk_current",
    "ghk_flux",
    "ghk_voltage",
    "ion_currents",
    "ion_symbol",
    "ionic_strength",
    "membrane_potential",
    "nernst",
    "nernst_potentials",
    "nernst_slope",
    "neutrality",
    "preset",
    "preset_names",
    "rectification_ratio",
    "rest_balance",
    "resting_potential",
    "slope_conductance",
]
