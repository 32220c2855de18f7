"""Cell volume: the pump-leak cell in closed form and in time.

rest = volume_rest(pump_leak_neuron())          the published neuron, or any VolumeCell
rest.v_mV, rest.w_um3, rest.ions["Cl"].e_mV
pump_scan(cell), volume_sensitivities(cell)     against the pump rate; to every parameter
integrate(pump_leak_neuron(), events, 600.0)    in time (:mod:`selectivity.cell.dynamics`)
"""

from selectivity.cell.volume.cell import VolumeCell, thermal_voltage
from selectivity.cell.volume.neuron import PumpLeakNeuron, at_rest
from selectivity.cell.volume.published import MODEL as PUMP_LEAK_MODEL
from selectivity.cell.volume.published import pump_leak_neuron
from selectivity.cell.volume.rest import IonRest, VolumeRest, volume_rest
from selectivity.cell.volume.scan import PumpScan, least_volume, pump_scan
from selectivity.cell.volume.sensitivity import (
    Sensitivities,
    sensitivities,
    volume_sensitivities,
)

__all__ = [
    "PUMP_LEAK_MODEL",
    "IonRest",
    "PumpLeakNeuron",
    "PumpScan",
    "Sensitivities",
    "VolumeCell",
    "VolumeRest",
    "at_rest",
    "least_volume",
    "pump_leak_neuron",
    "pump_scan",
    "sensitivities",
    "thermal_voltage",
    "volume_rest",
    "volume_sensitivities",
]
