"""What a run file may name: parameter sets, structures, membranes; asked of their rooms."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from selectivity import resources
from selectivity.config.document import nearest
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.geometry.filter import FilterGeometry
    from selectivity.membrane.membrane import Membrane

CRYSTALS = (".pdb", ".ent", ".cif", ".mmcif")


@cache
def forcefields() -> tuple[str, ...]:
    """Names of the shipped parameter sets."""
    from selectivity.forcefield import library

    return tuple(library.names())


@cache
def ions_of(forcefield: str) -> tuple[str, ...]:
    """Ions that the parameter set holds."""
    from selectivity.forcefield import library

    return tuple(library.load(forcefield).ions)


@cache
def solvents() -> tuple[str, ...]:
    """Liquids that a droplet may be of, water first."""
    from selectivity.forcefield import library

    return library.solvents()


def is_water(solvent: str | None) -> bool:
    """Whether ``solvent:`` of a droplet is water, as it is where the line is left out."""
    return solvent is None or solvent == solvents()[0]


def number_density(solvent: str) -> float:
    """Molecules of a liquid in Å³."""
    from selectivity.forcefield import library
    from selectivity.geometry.confinement import WATER_DENSITY

    return WATER_DENSITY if solvent == library.WATER else library.amide_density(solvent)


def log_activity(forcefield: str, temperature_K: float) -> float | None:
    """ln(z Å³) of the liquid of a parameter set's water; None where it is not known."""
    from selectivity.forcefield import library, reservoir

    try:
        water = library.load(forcefield).water.name
        return reservoir.liquid(water, temperature_K).log_activity
    except InputError:
        return None


def structures() -> list[str]:
    """Names of the shipped filter geometries."""
    from selectivity.geometry.files import shipped_filters

    return shipped_filters()


def structure(text: str, folder: Path) -> tuple[str, FilterGeometry]:
    """The filter geometry ``text``, a shipped name or a path relative to ``folder``.

    Returns
    -------
    name : str
        What a :class:`FilterSpec` calls it: the shipped name or the absolute path.
    geometry : FilterGeometry

    Raises
    ------
    InputError
        Not a shipped name and no such file; a crystal file, which is imported first.
    StructureFileError
        Everything that is wrong in the file.
    """
    from selectivity.geometry.files import load_filter

    shipped = _shipped(text)
    path = shipped or (folder / text)
    if path.suffix.lower() in CRYSTALS:
        rule = "is a crystal structure, not a filter geometry"
        remedy = f"import it once: selectivity structure import {text}, and name the .toml here"
        raise InputError("structure", text, rule, remedy)
    try:
        there = path.is_file()
    except OSError:  # too long for a name of a file
        there = False
    if not there:
        rule = "is neither a shipped structure nor a file beside the run file"
        raise InputError("structure", text, rule, nearest(text, structures(), "shipped"))
    return (path.stem if shipped else str(path.resolve())), load_filter(path)


def structure_sha256(name: str) -> str:
    """Digest of the file of a structure, ``name`` as :func:`structure` returns it."""
    return hashlib.sha256((_shipped(name) or Path(name)).read_bytes()).hexdigest()


def _shipped(text: str) -> Path | None:
    return None if "/" in text else resources.shipped("structures", text, ".toml")


def places(geometry: FilterGeometry) -> dict[str, float]:
    """z (Å) of everything on the axis that has a name: cages, sites of the crystal, planes."""
    return {**geometry.planes, **geometry.sites, **geometry.cage_centers}


def membranes() -> tuple[str, ...]:
    """Names of the shipped membranes."""
    from selectivity.membrane.presets import preset_names

    return preset_names()


def membrane(name: str) -> Membrane:
    """The shipped membrane ``name``."""
    from selectivity.membrane.presets import preset

    return preset(name)
