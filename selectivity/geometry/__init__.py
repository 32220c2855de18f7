"""Where the filter is: rings and cages, their flexibility, walls, and reading crystal files."""

from selectivity.geometry.confinement import (
    Confinement,
    FileWalls,
    Funnel,
    SphereWall,
    default_confinement,
)
from selectivity.geometry.exclusions import DistanceTerm, distance_terms, excluded_pairs
from selectivity.geometry.files import load_filter, shipped_filters, write_toml
from selectivity.geometry.filter import (
    Cage,
    FilterGeometry,
    Ring,
    RingAtom,
    hydroxyl_hydrogen,
)
from selectivity.geometry.tethers import rms_displacement, tether_constant

__all__ = [
    "Cage",
    "Confinement",
    "DistanceTerm",
    "FileWalls",
    "FilterGeometry",
    "Funnel",
    "Ring",
    "RingAtom",
    "SphereWall",
    "default_confinement",
    "distance_terms",
    "excluded_pairs",
    "hydroxyl_hydrogen",
    "load_filter",
    "rms_displacement",
    "shipped_filters",
    "tether_constant",
    "write_toml",
]
