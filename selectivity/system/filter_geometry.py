"""The filter that a system is asked to hold: its structure with its rings changed."""

from __future__ import annotations

from selectivity.geometry.files import load_filter
from selectivity.geometry.filter import FilterGeometry
from selectivity.geometry.mutations import mutated
from selectivity.system.spec import FilterSpec


def filter_geometry(spec: FilterSpec) -> FilterGeometry:
    """Rings, cages and sites of ``spec``: those of its structure file after ``spec.rings``.

    Raises
    ------
    InputError
        No such structure, or changes that cannot be made.
    StructureFileError
        Everything that is wrong in the structure file.
    """
    return mutated(load_filter(spec.structure), spec.rings)
