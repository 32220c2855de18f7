"""Names of a system's sites as structure files have them: atom, residue, number, chain, element.

Ligands keep the names of their residues in chains A, B, C, ... (one subunit each); X, resident
ions and waters follow in chains of their own, called as the Protein Data Bank calls them.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from string import ascii_uppercase

from selectivity.system.filter_geometry import filter_geometry
from selectivity.system.spec import FilterSpec
from selectivity.system.topology import Member, Topology

ION_CHAIN, SOLVENT_CHAIN = "I", "W"
AMINO_ACIDS = dict(
    zip(
        "ARNDCQEGHILKMFPSTWYV",
        textwrap.wrap("ALAARGASNASPCYSGLNGLUGLYHISILELEULYSMETPHEPROSERTHRTRPTYRVAL", 3),
        strict=True,
    )
)
"""Three-letter names of residues by their letters."""
_SOLVENTS = {"formamide": "FMD", "nma": "NMA"}
_RESIDUE = re.compile(r"([A-Z])(\d+)")
_REPLACED = re.compile(r"(\w+) in place of [A-Z](\d+) .*")


@dataclass(frozen=True)
class Atom:
    """One site: ``element`` is its symbol, or empty for a massless charge site."""

    name: str
    residue: str
    number: int
    chain: str
    element: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.residue}{self.number}:{self.name}"


def atoms(topology: Topology, x: str = "X") -> tuple[Atom, ...]:
    """Names of all sites, molecule by molecule in the order of the topology.

    Parameters
    ----------
    topology : Topology
    x : str
        Symbol of the ion that the sampled ion X is to be called; ``"X"`` leaves it open.
    """
    places = _residues(topology)
    found: list[Atom] = []
    residents = waters = free = 0
    for m, member in enumerate(topology.members):
        if member.is_ligand:
            free += member.label not in places
            place = places.get(member.label, ("LIG", free, "A"))
        elif m == topology.x:
            place = (x.upper(), 1, ION_CHAIN)
        elif member.role == "resident":
            residents += 1
            place = (member.molecule.name.upper(), 1 + residents, ION_CHAIN)
        else:
            waters += 1
            place = (_SOLVENTS.get(member.molecule.name, "HOH"), waters, SOLVENT_CHAIN)
        found += _sites(member, place, x if m == topology.x else "")
    return tuple(found)


def _sites(member: Member, place: tuple[str, int, str], x: str) -> list[Atom]:
    residue, number, chain = place
    if chain == ION_CHAIN:
        return [Atom(residue, residue, number, chain, x or member.molecule.name)]
    names = [_named(name, residue) for name in member.molecule.site_names]
    return [Atom(name, residue, number, chain, _element(name)) for name in names]


def _named(name: str, residue: str) -> str:
    """The hydroxyl of a serine has the atoms OG and HG, that of a threonine OG1 and HG1."""
    return name.removesuffix("1") if residue == "SER" and name in ("OG1", "HG1") else name


def _element(name: str) -> str:
    """Element of an atom of a ligand, a water or an amide; a fourth water site has none."""
    return "" if name == "M" else name[0]


def _residues(topology: Topology) -> dict[str, tuple[str, int, str]]:
    """Residue, number and chain of a filter's ligand groups by the label of the member.

    Rings of residues without a letter and a number (an idealised filter) count as residues LIG; a
    group in another's place keeps its number.
    """
    if not isinstance(topology.spec, FilterSpec):
        return {}
    geometry = filter_geometry(topology.spec)
    found = {}
    for n, ring in enumerate(geometry.rings, start=1):
        match = _RESIDUE.fullmatch(ring.residue)
        known = match is not None and match[1] in AMINO_ACIDS
        name, number = ("LIG", n)
        if match is not None and known:
            name, number = AMINO_ACIDS[match[1]], int(match[2])
        elif (other := _REPLACED.fullmatch(ring.residue)) is not None:
            name, number = _SOLVENTS.get(other[1], "LIG"), int(other[2])
        for i in range(geometry.symmetry):
            found[f"{ring.name} {i}"] = (name, number, ascii_uppercase[i])
    return found
