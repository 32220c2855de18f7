"""Reads a crystal structure (PDB or mmCIF) into a filter geometry.

The steps: find the filter's residues in the chains, make or take the tetramer, fit its four-fold
axis, turn it so that +z is extracellular, average the cylindrical coordinates and B-factors of
the four subunits, and put the origin midway between the second and third carbonyl plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.axis import Axis, cylindrical
from selectivity.geometry.chains import ChainFilter
from selectivity.geometry.files import unusable
from selectivity.geometry.filter import ATOMS, FilterGeometry, Ring, RingAtom
from selectivity.geometry.pdb_records import broken_atoms, is_cut, is_pdb, pdb_lines
from selectivity.geometry.source_notes import source_notes
from selectivity.geometry.tetramer import Tetramer, tetramer

_ON_AXIS_A = 0.5
_S0_REACH_A = 5.0
_SAME_ION_A = 0.3
_NEED_B = "B-factors are needed: take a structure that has them, or give one: --b-factor 20"
_MAX_OFF_A = 1.5

_Ions = list[tuple[str, np.ndarray]]


def read_crystal(
    path: str | Path,
    residues: Sequence[str] | None = None,
    model: int | None = None,
    name: str | None = None,
    b_factor: float | None = None,
) -> FilterGeometry:
    """Read the selectivity filter of a tetrameric channel.

    Four chains that hold the filter are taken as they are where they stand about one axis;
    otherwise the file's assemblies (BIOMT, ``pdbx_struct_assembly``) are tried in order, then the
    four-fold rotations of its space group. Where a residue has alternates the one of highest
    occupancy is kept, the first of equal ones. What was done is written into ``preparation``, what
    is to be known of the file into ``notes``. An innermost threonine or serine gives a hydroxyl
    ring as well.

    Parameters
    ----------
    path : path
        PDB or mmCIF file, plain or gzipped.
    residues : sequence of str, optional
        The filter from inside to outside, such as ``("T75", "V76", "G77", "Y78")``. By default
        the first four of the motif T-[VI]-G-[YF]-G or of one of its relatives.
    model : int, optional
        Number of the model, counted from 1; needed where the file holds several.
    name : str, optional
        Name of the result; the file's stem by default.
    b_factor : float, optional
        In place of all B-factors of the file, Å².

    Returns
    -------
    FilterGeometry
        ``sites`` holds the ions within 0.5 Å of the axis: ``S1``, ``S2``, … where they lie
        between two planes, ``S0`` up to 5 Å above the topmost plane, ``Sext`` beyond, ``cavity``
        below the lowest.

    Raises
    ------
    InputError
        No such file or not a structure; several models; no filter, or more than one in a chain;
        missing atoms, or numbers that are none; no four copies about one four-fold axis; an atom
        far from its place in the other subunits; a filter that a structure file may not hold.
    """
    path = Path(path)
    try:
        return _filter_of(path, residues, model, name, b_factor)
    except UnicodeDecodeError as error:  # gemmi hands names over as they stand in the file
        rule = f"is text; it holds the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        remedy = "fetch the file anew, or save it as plain text"
        raise InputError("structure file", str(path), rule, remedy) from None


def _filter_of(
    path: Path,
    residues: Sequence[str] | None,
    model: int | None,
    name: str | None,
    b_factor: float | None,
) -> FilterGeometry:
    if b_factor is not None and not 0.1 <= b_factor <= 500.0:
        rule = "is a B-factor from 0.1 to 500 Å²"
        raise InputError("--b-factor", b_factor, rule, "15 to 30 is usual of a filter")
    structure = _read(path)
    lines = pdb_lines(path) if is_pdb(path) else None
    _refuse_broken(lines or [], path)
    tetra = tetramer(structure, model, residues, str(path))
    if b_factor is not None:
        tetra = replace(tetra, copies=tuple(_with_b(part, b_factor) for part in tetra.copies))
    copies, axis = tetra.copies, tetra.axis
    _refuse_outliers(axis, copies, str(path))
    cut = lines is not None and is_cut(lines)
    rings, zero = _rings(axis, copies)
    sites, elements = _sites(rings, axis, zero, tetra.ions)
    seen = [f"{element} in {site}" for element, site in zip(elements, sites, strict=True)]
    title = dict(structure.info.items()).get("_struct.title", "")
    stem = path.name.split(".")[0]
    found = FilterGeometry(
        name or stem,
        title.strip() or stem,
        _source(structure, path),
        _preparation(tetra, rings, seen, b_factor),
        len(copies),
        rings,
        tuple(f"S{n}" for n in range(len(rings) - 1, 0, -1)),
        sites,
        source_notes(structure, tetra, elements, b_factor, cut),
    )
    _refuse_unusable(found, str(path))
    return found


def _source(structure: Any, path: Path) -> str:
    """File, entry, method and resolution, as far as the file tells them."""
    info = dict(structure.info.items())
    told = [f"PDB entry {info['_entry.id']}"] if info.get("_entry.id") else []
    told += [method.lower()] if (method := info.get("_exptl.method", "")) else []
    told += [f"{structure.resolution:.2f} Å"] if structure.resolution > 0.0 else []
    return ", ".join([f"Structure file {path.name}", *told])


def _with_b(part: ChainFilter, b_factor: float) -> ChainFilter:
    return replace(part, b_factors=np.full_like(part.b_factors, b_factor))


def _refuse_unusable(found: FilterGeometry, place: str) -> None:
    """The filter is one that a structure file may hold."""
    problems = unusable(found)
    if not problems:
        return
    if not any(atom.b_factor for ring in found.rings for atom in ring.atoms):
        rule = "has B-factors, which the tethers are made of; they are all 0"
        raise InputError(place, "no B-factors", rule, _NEED_B)
    told = [f"{problem.key}: {problem.message}" for problem in problems]
    more = f"; and {len(told) - 6} more" if len(told) > 6 else ""
    remedy = "take another structure, or correct these atoms in the file"
    if any("b_A2" in problem.key for problem in problems):
        remedy = _NEED_B
    rule = "the filter that it gives cannot be used: " + "; ".join(told[:6]) + more
    raise InputError(place, found.preparation.partition(";")[0], rule, remedy)


def _refuse_broken(lines: list[str], path: Path) -> None:
    """Every number of the file's atoms is one."""
    problems = broken_atoms(lines, path.name)
    if problems:
        told = "; ".join(str(problem) for problem in problems[:6])
        more = f"; and {len(problems) - 6} more" if len(problems) > 6 else ""
        rule = f"the columns of its atoms hold numbers, which these do not: {told}{more}"
        remedy = "fetch the file anew, or correct these lines"
        raise InputError(str(path), f"{len(problems)} broken numbers", rule, remedy)


def _refuse_outliers(axis: Axis, copies: Sequence[ChainFilter], place: str) -> None:
    """Every atom stands near the place that the four-fold axis gives it."""
    r, phi, z = cylindrical(axis, np.array([part.positions for part in copies]))
    phi = phi - np.arange(len(copies))[:, None, None] * (2.0 * np.pi / len(copies))
    turned = np.stack([r * np.cos(phi), r * np.sin(phi), z], axis=-1)
    off = np.linalg.norm(turned - np.median(turned, axis=0), axis=-1)
    if off.max() <= _MAX_OFF_A:
        return
    m, i, a = (int(k) for k in np.unravel_index(int(off.argmax()), off.shape))
    label, kind = copies[m].groups[i]
    rule = (
        f"stands within {_MAX_OFF_A:g} Å of its place in the other subunits, turned about the "
        f"axis; it is {off.max():.2f} Å off"
    )
    remedy = "correct its coordinates, or take another structure"
    raise InputError(place, f"chain {copies[m].chain}: {label} {ATOMS[kind][a]}", rule, remedy)


def _preparation(
    tetra: Tetramer, rings: Sequence[Ring], seen: Sequence[str], b_factor: float | None
) -> str:
    """What was done to the file, in one sentence that the structure file keeps."""
    parts = [
        tetra.how,
        f"four-fold averaged cylindrical coordinates about the fitted axis (subunits superpose to "
        f"{tetra.axis.rms:.3f} Å)",
        f"z towards the extracellular side from the middle of the {rings[-3].name} and "
        f"{rings[-2].name} planes, phi from {rings[-2].name}",
        "B-factors as refined" if b_factor is None else f"B-factors of {b_factor:g} Å² by hand",
        f"ions within {_ON_AXIS_A:g} Å of the axis: {', '.join(seen) or 'none'}",
    ]
    return "; ".join(parts) + "."


def _read(path: Path) -> Any:
    import gemmi

    if path.is_dir():
        raise InputError("structure file", str(path), "is a folder", "name the file in it")
    if not path.is_file():
        raise InputError("structure file", str(path), "does not exist", "check the path")
    try:
        structure = gemmi.read_structure(str(path))
    except (RuntimeError, ValueError, OSError, IndexError) as error:
        reason = " ".join(str(error).split())[:200]
        rule = f"is a PDB or mmCIF file: {reason}"
        remedy = "its name ends in .pdb, .ent or .cif (also .gz); fetch it anew if it was cut"
        raise InputError("structure file", str(path), rule, remedy) from None
    if len(structure) == 0 or structure[0].count_atom_sites() == 0:
        rule = "holds at least one model with atoms"
        raise InputError("structure file", str(path), rule, "is it a PDB or mmCIF file?")
    structure.setup_entities()
    return structure


def _rings(axis: Axis, copies: tuple[ChainFilter, ...]) -> tuple[tuple[Ring, ...], float]:
    """Rings by z of their oxygens, and the origin's height along ``axis``, Å.

    ``copies`` stand in the order of a positive turn: subunit m is turned back by m·90° before its
    angles are averaged (as unit vectors).
    """
    r, phi, z = cylindrical(axis, np.array([part.positions for part in copies]))
    turns = np.arange(len(copies))[:, None, None] * (2.0 * np.pi / len(copies))
    phi = np.angle(np.exp(1j * (phi - turns)).mean(axis=0))
    r, z = r.mean(axis=0), z.mean(axis=0)
    b = np.mean([part.b_factors for part in copies], axis=0)
    groups = copies[0].groups
    oxygens = [i for i, (_, kind) in enumerate(groups) if kind == "carbonyl"]
    zero = float(0.5 * (z[oxygens[-2], 1] + z[oxygens[-3], 1]))
    phi = np.degrees(np.angle(np.exp(1j * (phi - phi[oxygens[-2], 1]))))
    rings = []
    for i, (label, kind) in enumerate(groups):
        carbon, oxygen = (
            RingAtom(name, float(r[i, a]), float(z[i, a] - zero), float(phi[i, a]), float(b[i, a]))
            for a, name in enumerate(ATOMS[kind])
        )
        rings.append(Ring(f"{label} {oxygen.name}", label, kind, (carbon, oxygen)))
    return tuple(sorted(rings, key=lambda ring: ring.oxygen.z)), zero


def _sites(
    rings: tuple[Ring, ...], axis: Axis, zero: float, ions: _Ions
) -> tuple[dict[str, float], list[str]]:
    """z of the ions on the axis by the name of their site, from outside to inside; and the element
    of each. Images of one ion count once; of two ions in one place the one nearer the middle of the
    filter has the plain name.
    """
    heights: dict[float, str] = {}
    for element, position in ions:
        r, _, z = cylindrical(axis, position)
        height = float(z) - zero
        if float(r) <= _ON_AXIS_A and all(abs(height - h) > _SAME_ION_A for h in heights):
            heights[height] = element
    planes = [ring.oxygen.z for ring in rings]
    named: dict[str, float] = {}
    for height in sorted(heights, key=abs):
        if height > planes[-1]:
            place = "S0" if height - planes[-1] <= _S0_REACH_A else "Sext"
        elif height < planes[0]:
            place = "cavity"
        else:
            place = f"S{sum(plane > height for plane in planes)}"
        again = sum(label.split("_")[0] == place for label in named)
        named[f"{place}_{again + 1}" if again else place] = height
    outside_in = dict(sorted(named.items(), key=lambda item: -item[1]))
    return outside_in, [heights[z] for z in outside_in.values()]
