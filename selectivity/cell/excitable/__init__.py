"""Excitability: the squid axon of Hodgkin and Huxley, clamped in space and as a cable.

What fires it, how often, how fast a spike travels, and what it costs in sodium and ATP. The
concentrations stay as they are here; what one spike changes is computed and stated.
"""

from selectivity.cell.excitable.axon import (
    SquidAxon,
    cable_temperature_K,
    held_current,
    ion_currents,
    resting_potential,
    squid_axon,
)
from selectivity.cell.excitable.cable import Cable, length_constant, make_cable
from selectivity.cell.excitable.conduction import (
    ConductedSpike,
    Velocity,
    conduct,
    conduction_velocity,
)
from selectivity.cell.excitable.cost import AxonCost, SpikeCost
from selectivity.cell.excitable.firing import Firing, FiringCurve, firing_curve
from selectivity.cell.excitable.rates import Rates, gate_rates, steady_gates
from selectivity.cell.excitable.refractory import Refractoriness, refractory_period
from selectivity.cell.excitable.spikes import Spike, find_spikes
from selectivity.cell.excitable.stability import Hopf, eigenvalues, hopf_currents, is_stable
from selectivity.cell.excitable.stimulus import (
    Stimulus,
    held,
    pulse,
    ramp,
    shock,
    step,
    together,
)
from selectivity.cell.excitable.threshold import (
    Threshold,
    anode_break,
    pulse_threshold,
    rheobase,
    shock_threshold,
)
from selectivity.cell.excitable.trace import SpikeTrace, space_clamp
from selectivity.cell.excitable.warmth import TemperatureSeries, temperature_series
from selectivity.cell.excitable.wave import wave_velocity

__all__ = [
    "AxonCost",
    "Cable",
    "ConductedSpike",
    "Firing",
    "FiringCurve",
    "Hopf",
    "Rates",
    "Refractoriness",
    "Spike",
    "SpikeCost",
    "SpikeTrace",
    "SquidAxon",
    "Stimulus",
    "TemperatureSeries",
    "Threshold",
    "Velocity",
    "anode_break",
    "cable_temperature_K",
    "conduct",
    "conduction_velocity",
    "eigenvalues",
    "find_spikes",
    "firing_curve",
    "gate_rates",
    "held",
    "held_current",
    "hopf_currents",
    "ion_currents",
    "is_stable",
    "length_constant",
    "make_cable",
    "pulse",
    "pulse_threshold",
    "ramp",
    "refractory_period",
    "resting_potential",
    "rheobase",
    "shock",
    "shock_threshold",
    "space_clamp",
    "squid_axon",
    "steady_gates",
    "step",
    "temperature_series",
    "together",
    "wave_velocity",
]
