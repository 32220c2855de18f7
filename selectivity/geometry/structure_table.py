"""From the tables of a structure file to a geometry, with everything that is wrong at its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, cast

import numpy as np

from selectivity.errors import Problem
from selectivity.geometry.filter import ATOMS, FilterGeometry, Ring, RingAtom, RingKind
from selectivity.geometry.toml_places import Path, Places

LIMITS = {  # key -> lowest, highest, unit
    "r_A": (0.5, 15.0, "Å"),
    "z_A": (-60.0, 60.0, "Å"),
    "phi_deg": (-360.0, 360.0, "degrees"),
    "b_A2": (0.1, 500.0, "Å²"),
}
TEXTS = ("name", "title", "source", "preparation")
OVERLAP_A = 2.0
"""Oxygens closer than this overlap; those of a collapsed filter stay 2.9 Å apart."""
_BOND_A = {"carbonyl": (1.10, 1.36), "hydroxyl": (1.30, 1.56), "formamide": (1.10, 1.36)}
_TOP_KEYS = (*TEXTS, "symmetry", "notes", "cages", "sites", "rings")
_SYNONYMS = {"resname": "residue", "r": "r_A", "z": "z_A", "b": "b_A2", "bfactor": "b_A2"}
_MANY = 50  # rings; a filter has five


class Faults:
    """Collects problems of one file at their lines and columns."""

    def __init__(self, file: str, places: Places) -> None:
        self.file, self.places = file, places
        self.problems: list[Problem] = []

    def add(self, path: Path, value: object, rule: str, remedy: str, at_key: bool = False) -> None:
        """``value`` at ``path`` (None where there is none) breaks ``rule``."""
        line, column = self.places.of(path, at_key)
        text = repr(value)
        text = text if len(text) <= 60 else f"{text[:56]}...{text[-1]}"
        message = f"{text}: {rule}" if value is not None else f"is missing: it {rule}"
        self.problems.append(Problem(self.file, line, column, _dotted(path), message, remedy))


def geometry_of(data: dict[str, Any], faults: Faults) -> FilterGeometry | None:
    """The geometry of a structure file's tables; None where ``faults`` were found."""
    _known_keys(faults, (), data, _TOP_KEYS)
    texts = {key: _text(faults, (), data, key) for key in TEXTS}
    symmetry = data.get("symmetry", 4)
    if not isinstance(symmetry, int) or isinstance(symmetry, bool) or not 2 <= symmetry <= 8:
        rule = "symmetry is a whole number from 2 to 8"
        faults.add(("symmetry",), symmetry, rule, "a potassium channel has 4")
        symmetry = 4
    rings = _rings(data.get("rings"), faults)
    if rings is None:
        return None
    whole = tuple(ring for ring in rings if ring is not None)
    cages = _cages(faults, data.get("cages"), len(rings) - 1)
    sites = _sites(faults, data.get("sites", {}))
    notes = _notes(faults, data.get("notes", []))
    if faults.problems:
        return None
    found = FilterGeometry(
        texts["name"],
        texts["title"],
        texts["source"],
        texts["preparation"],
        symmetry,
        whole,
        cages,
        sites,
        notes,
    )
    _order(found, faults)
    if not faults.problems:
        _overlaps(found, faults)
        _sites_in_cages(found, faults)
    return None if faults.problems else found


def _rings(tables: Any, faults: Faults) -> tuple[Ring | None, ...] | None:
    if not isinstance(tables, list) or not tables:
        faults.add(("rings",), tables, "holds one [[rings]] table per ring", "add one")
        return None
    if len(tables) > _MANY:
        faults.add(("rings",), len(tables), f"is at most {_MANY} rings", "a filter has five")
        return None
    rings = tuple(_ring(faults, ("rings", i), table) for i, table in enumerate(tables))
    seen: set[str] = set()
    for i, table in enumerate(tables):
        name = table.get("name") if isinstance(table, dict) else None
        if isinstance(name, str) and name in seen:
            faults.add(("rings", i, "name"), name, "is unique", "rename it")
        seen |= {name} if isinstance(name, str) else set()
    return rings


def _ring(faults: Faults, path: Path, table: Any) -> Ring | None:
    if not _is_table(faults, path, table):
        return None
    before = len(faults.problems)
    _known_keys(faults, path, table, ("name", "residue", "kind", "atoms"))
    name, residue = (_text(faults, path, table, key) for key in ("name", "residue"))
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in ATOMS:
        rule = "is carbonyl, hydroxyl or formamide"
        faults.add((*path, "kind"), kind, rule, "choose one of them")
        return None
    expected, rows = ATOMS[kind], table.get("atoms")
    if not isinstance(rows, list) or len(rows) != 2:
        rule = f"holds the two atoms {expected[0]} and {expected[1]}, in this order"
        faults.add((*path, "atoms"), rows, rule, "write one table for each")
        return None
    atoms = [_atom(faults, (*path, "atoms", i), rows[i], expected[i]) for i in range(2)]
    if atoms[0] is None or atoms[1] is None or len(faults.problems) > before:
        return None
    ring = Ring(name, residue, cast(RingKind, kind), (atoms[0], atoms[1]))
    low, high = _BOND_A[kind]
    if not low <= ring.bond_length <= high:
        rule = f"{expected[0]}-{expected[1]} of a {kind} is {low:g} to {high:g} Å"
        remedy = "check r_A, z_A and that phi_deg of both atoms belongs to one subunit"
        faults.add((*path, "atoms"), round(ring.bond_length, 3), rule, remedy)
    return ring


def _atom(faults: Faults, path: Path, row: Any, expected: str) -> RingAtom | None:
    if not _is_table(faults, path, row):
        return None
    before = len(faults.problems)
    _known_keys(faults, path, row, ("name", *LIMITS))
    name = _text(faults, path, row, "name")
    if name and name != expected:
        faults.add((*path, "name"), name, f"is {expected}", "carbon first, then oxygen")
    r, z, phi, b = (_number(faults, (*path, key), row.get(key), key) for key in LIMITS)
    return RingAtom(name, r, z, phi, b) if len(faults.problems) == before else None


def _order(found: FilterGeometry, faults: Faults) -> None:
    for i, (below, ring) in enumerate(zip(found.rings, found.rings[1:], strict=False), start=1):
        if ring.oxygen.z <= below.oxygen.z:
            rule = f"lies above {below.name} (z {below.oxygen.z:g} Å)"
            remedy = "order the rings by the z of their oxygens, inside (low z) first"
            faults.add(("rings", i, "atoms", 1, "z_A"), ring.oxygen.z, rule, remedy)


def _overlaps(found: FilterGeometry, faults: Faults) -> None:
    """No two oxygens of a ring, or of neighbouring rings, stand within each other."""
    oxygens = [found.group_positions(ring)[:, 1] for ring in found.rings]
    for i, here in enumerate(oxygens):
        for j in range(max(0, i - 1), i + 1):
            apart = np.linalg.norm(here[:, None] - oxygens[j][None], axis=-1)
            if j == i:
                apart = apart + 1e9 * np.eye(len(here))
            if apart.min() < OVERLAP_A:
                other = "each other" if j == i else f"those of {found.rings[j].name}"
                rule = f"its oxygens keep {OVERLAP_A:g} Å from {other}"
                remedy = "check r_A, z_A and phi_deg of the oxygens"
                faults.add(("rings", i, "atoms", 1), round(float(apart.min()), 3), rule, remedy)


def _sites_in_cages(found: FilterGeometry, faults: Faults) -> None:
    planes = found.planes
    for cage in found.cages:
        low, high = planes[cage.lower], planes[cage.upper]
        if not low < cage.center < high:
            rule = f"the site lies in its cage, between {low:g} and {high:g} Å"
            faults.add(("sites", cage.name), cage.center, rule, "correct it, or delete the line")


def _cages(faults: Faults, value: Any, count: int) -> tuple[str, ...]:
    texts = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if value is None and count == 0:
        return ()
    if not texts or len(value) != count or len(set(value)) != count:
        rule = f"names the cages between consecutive rings, {count} here, each once"
        remedy = 'from inside to outside, for example ["S4", "S3", "S2", "S1"]'
        faults.add(("cages",), value, rule, remedy)
        return ()
    return tuple(value)


def _sites(faults: Faults, table: Any) -> dict[str, float]:
    if not _is_table(faults, ("sites",), table):
        return {}
    return {key: _number(faults, ("sites", key), value, "z_A") for key, value in table.items()}


def _notes(faults: Faults, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(value)
    rule = "is a list of sentences"
    faults.add(("notes",), value, rule, 'write ["one", "another"], or delete the line')
    return ()


def _is_table(faults: Faults, path: Path, value: Any) -> bool:
    if not isinstance(value, dict):
        faults.add(path, value, "is a table of keys and values", "see the shipped files")
        return False
    return True


def _known_keys(faults: Faults, path: Path, table: dict[str, Any], known: Iterable[str]) -> None:
    choices = list(known)
    for key in table:
        if key not in choices:
            near = [_SYNONYMS[key]] if _SYNONYMS.get(key) in choices else []
            near = near or difflib.get_close_matches(key, choices, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}? " if near else ""
            remedy = f"{hint}known: {', '.join(choices)}"
            faults.add((*path, key), key, "is not a key of this table", remedy, at_key=True)


def _text(faults: Faults, path: Path, table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        faults.add((*path, key), value, "is a text that is not empty", "write one")
        return ""
    return value


def _number(faults: Faults, path: Path, value: Any, limit: str) -> float:
    low, high, unit = LIMITS[limit]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # nan fails both comparisons
        rule = f"is a number from {low:g} to {high:g} {unit}"
        faults.add(path, value, rule, _reading(value, limit))
        return low
    return float(value)


def _reading(value: Any, limit: str) -> str:
    """What a number that is none, or is out of range, probably means."""
    low, high, unit = LIMITS[limit]
    if isinstance(value, str) and (match := re.match(r"\s*(-?\d+(\.\d+)?)", value)):
        return f"write {match[1]}: it is in {unit}, without a unit"
    if limit == "r_A" and isinstance(value, float) and low <= 10.0 * value <= high:
        return f"write {10.0 * value:.6g} if {value:g} is in nm: it is in Å, without a unit"
    return f"give it in {unit}, without a unit"


def _dotted(path: Path) -> str:
    """``rings[3].atoms[2].r_A``: indexes counted from 1, as one counts tables in a file."""
    text = "".join(f"[{k + 1}]" if isinstance(k, int) else f".{k}" for k in path)
    return text.lstrip(".") or "file"
