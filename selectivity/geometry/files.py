"""Filter geometries as TOML tables: reading with all dimensions checked, and writing.

One ``[[rings]]`` table per ring from inside to outside, each with two atoms (C and O, or CB and
OG1) in the keys ``r_A``, ``z_A``, ``phi_deg`` and ``b_A2``; ``cages`` names the spaces between
consecutive rings, ``[sites]`` holds the z (Å) of the crystal's ions on the axis, ``notes`` what is
to be known of the source.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

from selectivity import resources
from selectivity.errors import InputError, Problem, StructureFileError
from selectivity.geometry.filter import FilterGeometry
from selectivity.geometry.structure_table import TEXTS, Faults, geometry_of
from selectivity.geometry.toml_places import Places

_BARE = re.compile(r"[A-Za-z0-9_-]+")
MAX_BYTES = 1_000_000
_AT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def load_filter(name_or_path: str | Path) -> FilterGeometry:
    """Read a filter geometry: a shipped name (``"kcsa"``) or the path of a TOML file.

    Raises
    ------
    InputError
        No such file, or one that cannot be read.
    StructureFileError
        Every problem of the file at once, at its line and column: not TOML; a key missing, unknown
        or of the wrong type; a value out of range; rings out of order; a bond length that no such
        group has; oxygens within each other; a site outside of its cage.
    """
    path = _find(name_or_path)
    text = _read(path)
    data = _table(path, text)
    faults = Faults(str(path), Places(text))
    geometry = geometry_of(data, faults)
    if geometry is None:
        raise StructureFileError(sorted(faults.problems, key=lambda p: (p.line, p.column)))
    return geometry


def _read(path: Path) -> str:
    def fail(message: str, remedy: str, line: int = 1, column: int = 1) -> StructureFileError:
        return StructureFileError([Problem(str(path), line, column, "file", message, remedy)])

    try:
        if path.stat().st_size > MAX_BYTES:
            raise fail("is too large for a structure file", "import a crystal structure first")
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise fail(f"cannot be read: {reason}", "check the path and its permissions") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte 0x{raw[error.start]:02x} is not UTF-8 text"
        raise fail(message, "is it a TOML file? save it as UTF-8", line, column) from None


def _table(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _AT.fullmatch(str(error))
        line, column = 1, 1
        if found is not None:
            line, column = int(found[2] or text.count("\n") + 1), int(found[3] or 1)
            message = f"is not TOML: {found[1]}"
        elif isinstance(error, RecursionError):
            message = "is not TOML: brackets nest too deeply"
        else:
            message = f"is not TOML: {str(error).partition(':')[0]}"
        remedy = "correct that line"
        if path.suffix.lower() in (".pdb", ".ent", ".cif", ".mmcif", ".gz"):
            remedy = f"import it first: selectivity structure import {path.name} --out NAME.toml"
        raise StructureFileError(
            [Problem(str(path), line, column, "file", message, remedy)]
        ) from None


def shipped_filters() -> list[str]:
    """Names of the shipped filter geometries, sorted."""
    return resources.names("structures", ".toml")


def write_toml(geometry: FilterGeometry, path: str | Path) -> None:
    """Write ``geometry`` so that :func:`load_filter` reads it back (lengths to 0.001 Å)."""
    Path(path).write_text(_toml(geometry), encoding="utf-8")


def unusable(geometry: FilterGeometry) -> list[Problem]:
    """What :func:`load_filter` would say against ``geometry`` once it is written."""
    text = _toml(geometry)
    faults = Faults(geometry.name, Places(text))
    geometry_of(tomllib.loads(text), faults)
    return faults.problems


def _toml(geometry: FilterGeometry) -> str:
    lines = [f"{key} = {_quote(getattr(geometry, key))}" for key in TEXTS]
    lines.append(f"symmetry = {geometry.symmetry}")
    if geometry.notes:
        lines += ["notes = [", *(f"  {_quote(note)}," for note in geometry.notes), "]"]
    cages = ", ".join(_quote(cage) for cage in geometry.cage_names)
    lines += [f"cages = [{cages}]  # between consecutive rings, from inside to outside", ""]
    lines.append("[sites]  # z of the crystal's ions on the axis, Å")
    for site, z in sorted(geometry.sites.items(), key=lambda item: -item[1]):
        lines.append(f"{site if _BARE.fullmatch(site) else _quote(site)} = {z:.3f}")
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
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{"".join(map(_printable, escaped))}"'


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    return "?" if 0xD800 <= number <= 0xDFFF else f"\\U{number:08x}"


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    shipped = None if "/" in text else resources.shipped("structures", text, ".toml")
    if shipped is not None:
        return shipped
    path = Path(text)
    try:
        if path.is_file():
            return path
        if path.is_dir():
            raise InputError("structure", text, "is a folder", "name the .toml file in it")
    except OSError as error:
        rule = f"cannot be read: {error.strerror}"
        raise InputError("structure", text[:80], rule, "check the path") from None
    known = shipped_filters()
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    rule = "is a shipped filter or the path of a TOML file"
    raise InputError("structure", text, rule, f"{hint}shipped: {', '.join(known)}")
