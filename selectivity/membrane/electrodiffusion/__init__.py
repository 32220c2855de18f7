"""Nernst-Planck electrodiffusion in one dimension, by Scharfetter-Gummel finite volumes.

Steady and in time; in a constant field, electroneutral, or with Poisson's equation; and through a
potential of mean force, such as that of a sampled filter.
"""

from selectivity.membrane.electrodiffusion.axis import filter_current
from selectivity.membrane.electrodiffusion.axis_profile import AxisProfile
from selectivity.membrane.electrodiffusion.filter_curve import FilterCurve
from selectivity.membrane.electrodiffusion.mesh import even_mesh, layered_mesh
from selectivity.membrane.electrodiffusion.planck import (
    henderson_voltage,
    planck_current,
    planck_flux,
    planck_voltage,
)
from selectivity.membrane.electrodiffusion.result import SlabCurve, SlabRun, SlabState
from selectivity.membrane.electrodiffusion.slab import Slab
from selectivity.membrane.electrodiffusion.steady import slab_currents, slab_state
from selectivity.membrane.electrodiffusion.transient import slab_run

__all__ = [
    "AxisProfile",
    "FilterCurve",
    "Slab",
    "SlabCurve",
    "SlabRun",
    "SlabState",
    "even_mesh",
    "filter_current",
    "henderson_voltage",
    "layered_mesh",
    "planck_current",
    "planck_flux",
    "planck_voltage",
    "slab_currents",
    "slab_run",
    "slab_state",
]
