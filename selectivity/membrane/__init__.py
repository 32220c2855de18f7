"""What the permeability ratio does to a membrane: Nernst, Goldman-Hodgkin-Katz, resting potential.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents and
fluxes positive outward, temperature in K and never a default.
"""

from selectivity.membrane.activity import (
    CONVENTIONS,
    MODELS,
    ActivityModel,
    ActivityRangeWarning,
    activity_coefficients,
    kielland_size_nm,
    mean_activity_coefficient,
    nernst_shift,
    single_ion,
    truesdell_jones_constants,
)
from selectivity.membrane.activity_result import (
    Activities,
    ActivityShift,
    activities,
    activity_shift,
)
from selectivity.membrane.band import potential_of_ratio
from selectivity.membrane.crossing import Reversal, reversal_of
from selectivity.membrane.debye_huckel import (
    davies,
    debye_huckel_extended,
    debye_huckel_limiting,
    guntelberg,
    molality,
    truesdell_jones,
)
from selectivity.membrane.driving import (
    DrivingForce,
    DrivingForces,
    driving_forces,
    electrochemical_potential,
)
from selectivity.membrane.electrodiffusion import (
    AxisProfile,
    FilterCurve,
    Slab,
    SlabCurve,
    SlabRun,
    SlabState,
    filter_current,
    henderson_voltage,
    planck_current,
    planck_flux,
    planck_voltage,
    slab_currents,
    slab_run,
    slab_state,
)
from selectivity.membrane.electroneutrality import (
    Compartment,
    Electroneutrality,
    cylinder,
    electroneutrality,
    excess_fraction,
    ions_moved,
    membrane_charge,
    sphere,
    spine,
)
from selectivity.membrane.equilibrium import Equilibrium, equilibrium
from selectivity.membrane.ghk import (
    bernoulli,
    chord_conductance,
    ghk_current,
    ghk_flux,
    rectification_ratio,
    slope_conductance,
)
from selectivity.membrane.goldman import Goldman, goldman, potential_against
from selectivity.membrane.handover import Range, RestingPotential, resting_potential
from selectivity.membrane.iv import IVCurve, iv_curve
from selectivity.membrane.measured import MeasuredIV, read_iv
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
from selectivity.membrane.permeability import PermeabilityRatios, RatioEstimate, permeability_ratios
from selectivity.membrane.permeability_fit import MeasuredReversal
from selectivity.membrane.pitzer import pitzer_coefficients
from selectivity.membrane.presets import Presets, preset, preset_list, preset_names
from selectivity.membrane.pump import PumpedRest, mullins_noda, mullins_noda_voltage, pumped_rest
from selectivity.membrane.rest import Form, Rest, resting_forms, with_channel
from selectivity.membrane.reversal import chord_potential, ghk_voltage
from selectivity.membrane.solution import (
    VALENCE,
    Neutrality,
    Solution,
    ion_symbol,
    ionic_strength,
    neutrality,
)
from selectivity.membrane.water import (
    debye_huckel_a,
    debye_huckel_b,
    debye_length,
    relative_permittivity,
    water_density,
)
from selectivity.records import Interval

__all__ = [
    "CONVENTIONS",
    "MODELS",
    "VALENCE",
    "Activities",
    "ActivityModel",
    "ActivityRangeWarning",
    "ActivityShift",
    "AxisProfile",
    "Compartment",
    "DrivingForce",
    "DrivingForces",
    "ElectrochemicalDifference",
    "Electroneutrality",
    "Equilibrium",
    "FilterCurve",
    "Form",
    "Goldman",
    "IVCurve",
    "Interval",
    "MeasuredIV",
    "MeasuredReversal",
    "Membrane",
    "Neutrality",
    "PermeabilityRatios",
    "Presets",
    "PumpedRest",
    "Range",
    "RatioEstimate",
    "Rest",
    "RestBalance",
    "RestingPotential",
    "Reversal",
    "Slab",
    "SlabCurve",
    "SlabRun",
    "SlabState",
    "Solution",
    "activities",
    "activity_coefficients",
    "activity_shift",
    "bernoulli",
    "chord_conductance",
    "chord_conductances",
    "chord_potential",
    "cylinder",
    "davies",
    "debye_huckel_a",
    "debye_huckel_b",
    "debye_huckel_extended",
    "debye_huckel_limiting",
    "debye_length",
    "driving_force",
    "driving_forces",
    "electrochemical_difference",
    "electrochemical_potential",
    "electroneutrality",
    "equilibrium",
    "excess_fraction",
    "filter_current",
    "ghk_current",
    "ghk_flux",
    "ghk_voltage",
    "goldman",
    "guntelberg",
    "henderson_voltage",
    "ion_currents",
    "ion_symbol",
    "ionic_strength",
    "ions_moved",
    "iv_curve",
    "kielland_size_nm",
    "mean_activity_coefficient",
    "membrane_charge",
    "membrane_potential",
    "molality",
    "mullins_noda",
    "mullins_noda_voltage",
    "nernst",
    "nernst_potentials",
    "nernst_shift",
    "nernst_slope",
    "neutrality",
    "permeability_ratios",
    "pitzer_coefficients",
    "planck_current",
    "planck_flux",
    "planck_voltage",
    "potential_against",
    "potential_of_ratio",
    "preset",
    "preset_list",
    "preset_names",
    "pumped_rest",
    "read_iv",
    "rectification_ratio",
    "relative_permittivity",
    "rest_balance",
    "resting_forms",
    "resting_potential",
    "reversal_of",
    "single_ion",
    "slab_currents",
    "slab_run",
    "slab_state",
    "slope_conductance",
    "sphere",
    "spine",
    "truesdell_jones",
    "truesdell_jones_constants",
    "water_density",
    "with_channel",
]
