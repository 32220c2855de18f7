"""Finds the filter's residues in a chain of a crystal structure, alternates resolved.

Chains, residues and atoms here are gemmi's; they are duck-typed so that importing this module
does not import gemmi.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.filter import ATOMS, RingKind

_FARTHEST_A = 1e5  # what a file has room for
_MOTIF = re.compile("T[VI]G[YF](?=G)")
_RELATIVE = re.compile("[TSC][VIL]G[YFWLMHNDE](?=G)")
_HYDROXYL_ATOMS = {"THR": ("CB", "OG1"), "SER": ("CB", "OG")}
_FULL = 0.99  # occupancy
_EXAMPLE = "T75,V76,G77,Y78"
CATIONS = ("Li", "Na", "K", "Rb", "Cs", "Tl", "Ba", "Sr", "Ca")
"""Elements that count as ions where they stand alone in a residue."""


@dataclass(frozen=True)
class ChainFilter:
    """The filter of one chain: n groups (carbon, oxygen), the innermost first.

    Attributes
    ----------
    chain : str
    groups : tuple of (residue label, kind), length n
        The hydroxyl of an innermost threonine comes before the carbonyls.
    positions : ndarray, shape (n, 2, 3)
        Å, in the frame of the file.
    b_factors : ndarray, shape (n, 2)
        Å².
    notes : tuple of str
        Which alternates were kept, and atoms that are not there in every copy of the crystal.
    signature : str
        Its residues by their letters and the one that follows, such as TVGYG.
    """

    chain: str
    groups: tuple[tuple[str, RingKind], ...]
    positions: np.ndarray
    b_factors: np.ndarray
    notes: tuple[str, ...]
    signature: str = ""


def find_filters(model: Any, residues: Sequence[str] | None, place: str) -> tuple[ChainFilter, ...]:
    """The filter of every chain of ``model`` that has one.

    Parameters
    ----------
    model : gemmi.Model
    residues : sequence of str or None
        Labels from inside to outside (``"T75"``, …), or None to look for T-[VI]-G-[YF]-G and,
        where no chain has that, for its relatives [TSC]-[VIL]-G-[YFWLMHNDE]-G: those of hERG
        (SVGFG), HCN (CIGYG), NaK (TVGDG) and two-pore channels (TVGLG) among them.
    place : str
        The file, for messages.

    Raises
    ------
    InputError
        No chain has it; a chain has the motif more than once; atoms are missing or have no place
        (all of them are named).
    """
    if residues is not None and len(residues) < 3:
        rule = "names at least three residues, from inside to outside"
        raise InputError("--residues", ",".join(residues), rule, f"for example {_EXAMPLE}")
    if residues is not None and len(set(residues)) < len(residues):
        rule = "names every residue once"
        raise InputError("--residues", ",".join(residues), rule, f"for example {_EXAMPLE}")
    found, lost = [], []
    motif = _MOTIF if any(_starts(chain, _MOTIF) for chain in model) else _RELATIVE
    for chain in model:
        match = _by_motif(chain, motif, place) if residues is None else _by_label(chain, residues)
        if match:
            missing = _missing(match)
            lost += [f"chain {chain.name}: {', '.join(missing)}"] if missing else []
            found += [] if missing else [_chain_filter(chain, match)]
    if lost:
        rule = "these atoms of the filter are missing or have no coordinates"
        remedy = (
            "complete them with a modelling program, take another structure, or leave a residue at "
            "an end out: --residues V76,G77,Y78"
        )
        raise InputError(place, "; ".join(lost), rule, remedy)
    if found:
        return tuple(found)
    if residues is None:
        held = ", ".join(chain.name for chain in model if any(_is_amino(r) for r in chain))
        rule = (
            "a chain holds the motif T-[VI]-G-[YF]-G of a potassium channel's filter, or a "
            f"relative [TSC]-[VIL]-G-[YFWLMHNDE]-G; chains with a protein: {held or 'none'}"
        )
        remedy = f"name the residues from inside to outside: --residues {_EXAMPLE}"
        raise InputError(place, "no filter", rule, remedy)
    rule = f"a chain of {place} holds all of them"
    raise InputError("--residues", ",".join(residues), rule, "check numbers and one-letter codes")


def lone_ions(model: Any) -> list[tuple[str, np.ndarray]]:
    """Element and position (Å) of every residue that is a single cation."""
    found = []
    for chain in model:
        for residue in chain:
            atoms = list(residue)
            if len({atom.name for atom in atoms}) == 1 and atoms[0].element.name in CATIONS:
                found.append((atoms[0].element.name, np.array(atoms[0].pos.tolist())))
    return found


def _wanted(residues: Sequence[Any]) -> list[tuple[Any, RingKind]]:
    """Residues with the group that is read of each, an innermost threonine's hydroxyl first."""
    wanted: list[tuple[Any, RingKind]] = [(residue, "carbonyl") for residue in residues]
    if residues[0].name in _HYDROXYL_ATOMS:
        wanted.insert(0, (residues[0], "hydroxyl"))
    return wanted


def _names(residue: Any, kind: RingKind) -> tuple[str, str]:
    """Names of a group's two atoms in the file: a serine's oxygen is OG, not OG1."""
    return _HYDROXYL_ATOMS[residue.name] if kind == "hydroxyl" else ATOMS[kind]


def _missing(residues: Sequence[Any]) -> list[str]:
    """Atoms that are not there, or that have no coordinates."""
    return [
        f"{_label(residue)} {name}"
        for residue, kind in _wanted(residues)
        for name in _names(residue, kind)
        if (atom := _atom(residue, name)) is None
        or not np.all(np.abs(atom.pos.tolist()) < _FARTHEST_A)  # nan fails the comparison
        or not np.isfinite(atom.b_iso)
    ]


def _chain_filter(chain: Any, residues: Sequence[Any]) -> ChainFilter:
    wanted = _wanted(residues)
    atoms = [[_atom(residue, name) for name in _names(residue, kind)] for residue, kind in wanted]
    notes = []
    for residue in residues:
        kept, all_of_them = _alternate(residue)
        if len(all_of_them) > 1:
            choice = f"{', '.join(all_of_them)}: {kept} kept"
            notes.append(f"{_label(residue)} of chain {chain.name} has alternates {choice}")
    for (residue, _), pair in zip(wanted, atoms, strict=True):
        part = min(atom.occ for atom in pair)
        if part < _FULL and len(_alternate(residue)[1]) < 2:
            notes.append(f"{_label(residue)} of chain {chain.name} has an occupancy of {part:.2f}")
    return ChainFilter(
        chain.name,
        tuple((_label(residue), kind) for residue, kind in wanted),
        np.array([[atom.pos.tolist() for atom in pair] for pair in atoms]),
        np.array([[atom.b_iso for atom in pair] for pair in atoms]),
        tuple(dict.fromkeys(notes)),
        _signature(chain, residues),
    )


def _signature(chain: Any, residues: Sequence[Any]) -> str:
    """Letters of the residues, and of the one that follows the last where there is one."""
    polymer = _polymer(chain)
    after = [i for i, residue in enumerate(polymer) if residue.seqid == residues[-1].seqid]
    following = polymer[after[0] + 1 : after[0] + 2] if after else []
    return "".join(_letter(residue) for residue in (*residues, *following))


def _polymer(chain: Any) -> list[Any]:
    return [residue for residue in chain if residue.find_atom("CA", "*")]


def _starts(chain: Any, motif: re.Pattern[str]) -> list[int]:
    letters = "".join(_letter(residue) for residue in _polymer(chain))
    return [match.start() for match in motif.finditer(letters)]


def _by_motif(chain: Any, motif: re.Pattern[str], place: str) -> list[Any]:
    polymer, starts = _polymer(chain), _starts(chain, motif)
    if len(starts) > 1:
        labels = ", ".join(_label(polymer[start]) for start in starts)
        rule = f"chain {chain.name} holds the filter's motif once, not at {labels}"
        remedy = (
            f"name the residues from inside to outside: --residues {_EXAMPLE}; a two-pore channel "
            "(K2P), which has two filters in a chain, has no four-fold one"
        )
        raise InputError(place, len(starts), rule, remedy)
    return polymer[starts[0] : starts[0] + 4] if starts else []


def _by_label(chain: Any, residues: Sequence[str]) -> list[Any]:
    by_label = {_label(residue): residue for residue in chain}
    if any(label not in by_label for label in residues):
        return []
    return [by_label[label] for label in residues]


def _letter(residue: Any) -> str:
    import gemmi

    code = gemmi.find_tabulated_residue(residue.name).one_letter_code.upper()
    return code if code.isalpha() else "X"


def _label(residue: Any) -> str:
    return f"{_letter(residue)}{residue.seqid.num}"


def _alternate(residue: Any) -> tuple[str, list[str]]:
    """The residue's alternate of highest total occupancy (first of equals), and all of them."""
    totals: dict[str, float] = {}
    for atom in residue:
        if atom.has_altloc():
            totals[atom.altloc] = totals.get(atom.altloc, 0.0) + atom.occ
    kept = max(totals, key=lambda label: round(totals[label], 4)) if totals else ""
    return kept, list(totals)


def _atom(residue: Any, name: str) -> Any:
    """The atom of the residue's kept alternate, else its own of highest occupancy; None if none."""
    kept, _ = _alternate(residue)
    found = [atom for atom in residue if atom.name == name]
    for atom in found:
        if not atom.has_altloc() or atom.altloc == kept:
            return atom
    return max(found, key=lambda atom: round(atom.occ, 4), default=None)


def _is_amino(residue: Any) -> bool:
    import gemmi

    return bool(gemmi.find_tabulated_residue(residue.name).is_amino_acid())
