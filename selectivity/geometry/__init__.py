"""Where the filter is: rings and cages, their flexibility, walls, and reading crystal files."""

from selectivity.geometry.files import load_filter, shipped_filters, write_toml
from selectivity.geometry.filter import (
    Cage,
    FilterGeometry,
    Ring,
    RingAtom,
    hydroxyl_hydrogen,
)

__all__ = [
    "Cage",
    "FilterGeometry",
    "Ring",
    "RingAtom",
    "hydroxyl_hydrogen",
    "load_filter",
    "shipped_filters",
    "write_toml",
]
