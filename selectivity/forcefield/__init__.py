"""What the particles are: sites, rigid molecules, mixing rules and the shipped parameter sets."""

from selectivity.forcefield.identity import Ladder, ladder, pair_tables
from selectivity.forcefield.library import ForceField, load, names
from selectivity.forcefield.mixing import lennard_jones_ab, lj_tables, pair_parameters
from selectivity.forcefield.species import Molecule, SiteType

__all__ = [
    "ForceField",
    "Ladder",
    "Molecule",
    "SiteType",
    "ladder",
    "lennard_jones_ab",
    "lj_tables",
    "load",
    "names",
    "pair_parameters",
    "pair_tables",
]
