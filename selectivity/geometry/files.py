"""Filter geometries as TOML tables: reading with all dimensions checked, and writing.

One ``[[rings]]`` table per ring from inside to outside, each with two atoms (C and O, or CB and
OG1) in the keys ``r_A``, ``z_A``, ``phi_deg`` and ``b_A2``; ``cages`` names the spaces between
consecutive rings, ``[sites]`` holds the z (Å) of the crystal's ions on the axis.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from selectivity import resources
from selectivity.errors import InputError
from selectivity.geometry.filter import ATOMS, FilterGeometry, Ring, RingAtom

_LIMITS = {  # key -> lowest, highest, unit
    "r_A": (0.5, 15.0, "Å"),
    "z_A": (-60.0, 60.0, "Å"),
    "phi_deg": (-360.0, 360.0, "degrees"),
    "b_A2": (0.1, 500.0, "Å²"),
}
_BOND_A = {"carbonyl": (1.10, 1.36), "hydroxyl": (1.30, 1.56)}
_TEXTS = ("name", "title", "source", "preparation")
_TOP_KEYS = (*_TEXTS, "symmetry", "cages", "sites", "rings")


def load_filter(name_or_path: str | Path) -> FilterGeometry:
    """Read a filter geometry: a shipped name (``"kcsa"``) or the path of a TOML file.

    Raises
    ------
    InputError
        No such file; not TOML; a key missing, unknown or of the wrong type; a value out of range;
        rings out of order; a bond length that no such group has.
    """
    path = _find(name_or_path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        rule = f"is not TOML: {error}"
        raise InputError(str(path), path.name, rule, "correct that line") from None
    except UnicodeDecodeError:
        raise InputError(str(path), path.name, "is UTF-8 text", "is it a TOML file?") from None
    return _geometry(str(path), data)


def shipped_filters() -> list[str]:
    """Names of the shipped filter geometries, sorted."""
    return resources.names("structures", ".toml")


def write_toml(geometry: FilterGeometry, path: str | Path) -> None:
    """Write ``geometry`` so that :func:`load_filter` reads it back (lengths to 0.001 Å)."""
    lines = [f"{key} = {_quote(getattr(geometry, key))}" for key in _TEXTS]
    lines.append(f"symmetry = {geometry.symmetry}")
    cages = ", ".join(_quote(cage) for cage in geometry.cage_names)
    lines += [f"cages = [{cages}]  # between consecutive rings, from inside to outside", ""]
    lines.append("[sites]  # z of the crystal's ions on the axis, Å")
    for site, z in sorted(geometry.sites.items(), key=lambda item: -item[1]):
        lines.append(f"{site} = {z:.3f}")
    for ring in geometry.rings:
        lines += ["", "[[rings]]"]
        lines += [f"{key} = {_quote(getattr(ring, key))}" for key in ("name", "residue", "kind")]
        lines.append("atoms = [")
        for atom in ring.atoms:
            lines.append(
                f"  {{ name = {_quote(atom.name)}, r_A = {atom.r:.3f}, z_A = {atom.z:.3f}, "
                f"phi_deg = {atom.phi_deg:.2f}, b_A2 = {atom.b_factor:.2f} }},"
            )
        lines.append("]")
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    shipped = None if "/" in text else resources.shipped("structures", text, ".toml")
    if shipped is not None:
        return shipped
    path = Path(text)
    if path.is_file():
        return path
    known = shipped_filters()
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    rule = "is a shipped filter or the path of a TOML file"
    raise InputError("structure", text, rule, f"{hint}shipped: {', '.join(known)}")


def _geometry(place: str, data: dict[str, Any]) -> FilterGeometry:
    _known_keys(place, data, _TOP_KEYS)
    texts = {key: _text(place, data, key) for key in _TEXTS}
    symmetry = data.get("symmetry", 4)
    if not isinstance(symmetry, int) or not 2 <= symmetry <= 8:
        rule = "symmetry is a whole number from 2 to 8"
        raise InputError(f"{place}: symmetry", symmetry, rule, "a potassium channel has 4")
    tables = data.get("rings")
    if not isinstance(tables, list) or not tables:
        raise InputError(f"{place}: rings", tables, "holds one [[rings]] table per ring", "add one")
    rings = tuple(_ring(f"{place}: rings[{i + 1}]", table) for i, table in enumerate(tables))
    _check_rings(place, rings)
    cages = _cages(place, data.get("cages", []), len(rings) - 1)
    table = _as_table(f"{place}: sites", data.get("sites", {}))
    sites = {key: _number(f"{place}: sites", table, key, "z_A") for key in table}
    return FilterGeometry(
        texts["name"],
        texts["title"],
        texts["source"],
        texts["preparation"],
        symmetry,
        rings,
        cages,
        sites,
    )


def _ring(place: str, table: Any) -> Ring:
    table = _as_table(place, table)
    _known_keys(place, table, ("name", "residue", "kind", "atoms"))
    kind = _text(place, table, "kind")
    if kind not in ATOMS:
        raise InputError(f"{place}.kind", kind, "is carbonyl or hydroxyl", "choose one of the two")
    expected = ATOMS[kind]
    rows = table.get("atoms")
    if not isinstance(rows, list) or len(rows) != 2:
        rule = f"holds the two atoms {expected[0]} and {expected[1]}, in this order"
        raise InputError(f"{place}.atoms", rows, rule, "write one table for each")
    atoms = tuple(_atom(f"{place}.atoms[{i + 1}]", rows[i], expected[i]) for i in range(2))
    ring = Ring(
        _text(place, table, "name"),
        _text(place, table, "residue"),
        "carbonyl" if kind == "carbonyl" else "hydroxyl",
        (atoms[0], atoms[1]),
    )
    low, high = _BOND_A[kind]
    if not low <= ring.bond_length <= high:
        rule = f"{expected[0]}-{expected[1]} of a {kind} is {low:g} to {high:g} Å"
        remedy = "check r_A, z_A and that phi_deg of both atoms belongs to one subunit"
        raise InputError(f"{place}.atoms", round(ring.bond_length, 3), rule, remedy)
    return ring


def _atom(place: str, row: Any, expected: str) -> RingAtom:
    row = _as_table(place, row)
    _known_keys(place, row, ("name", *_LIMITS))
    name = _text(place, row, "name")
    if name != expected:
        raise InputError(f"{place}.name", name, f"is {expected}", "carbon first, then oxygen")
    r, z, phi, b = (_number(place, row, key, key) for key in _LIMITS)
    return RingAtom(name, r, z, phi, b)


def _check_rings(place: str, rings: tuple[Ring, ...]) -> None:
    seen: set[str] = set()
    for i, ring in enumerate(rings):
        if ring.name in seen:
            raise InputError(f"{place}: rings[{i + 1}].name", ring.name, "is unique", "rename it")
        seen.add(ring.name)
        if i and ring.oxygen.z <= rings[i - 1].oxygen.z:
            rule = f"lies above {rings[i - 1].name} (z {rings[i - 1].oxygen.z:g} Å)"
            remedy = "order the rings by the z of their oxygens, inside (low z) first"
            raise InputError(f"{place}: rings[{i + 1}]", ring.oxygen.z, rule, remedy)


def _cages(place: str, value: Any, count: int) -> tuple[str, ...]:
    texts = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if not texts or len(value) != count or len(set(value)) != count:
        rule = f"names the {count} cages between consecutive rings, each once"
        remedy = 'from inside to outside, for example ["S4", "S3", "S2", "S1"]'
        raise InputError(f"{place}: cages", value, rule, remedy)
    return tuple(value)


def _as_table(place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(place, value, "is a table of keys and values", "see the shipped files")
    return value


def _known_keys(place: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}? " if near else ""
            raise InputError(
                place, key, "is not a key of this table", f"{hint}known: {', '.join(known)}"
            )


def _text(place: str, table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{place}.{key}", value, "is a text that is not empty", "write one")
    return value


def _number(place: str, table: dict[str, Any], key: str, limit: str) -> float:
    low, high, unit = _LIMITS[limit]
    value: Any = table.get(key)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= float(value) <= high:  # nan fails both comparisons
        rule = f"is a number from {low:g} to {high:g} {unit}"
        raise InputError(f"{place}.{key}", value, rule, f"give it in {unit}, without a unit")
    return float(value)
