"""Reads a crystal structure (PDB or mmCIF) into a filter geometry.

The steps: find the filter's residues in the chains, make or take the tetramer, fit its four-fold
axis, turn it so that +z is extracellular, average the cylindrical coordinates and B-factors of
the four subunits, and put the origin midway between the second and third carbonyl plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.axis import Axis, cylindrical, fit_axis, reversed_axis
from selectivity.geometry.chains import ChainFilter, find_filters, lone_ions
from selectivity.geometry.files import unusable
from selectivity.geometry.filter import ATOMS, FilterGeometry, Ring, RingAtom
from selectivity.geometry.pdb_records import broken_atoms, is_cut, is_pdb, pdb_lines

_ON_AXIS_A = 0.5
_S0_REACH_A = 5.0
_SAME_ION_A = 0.3
_MAX_RMS_A = 1.0
_MAX_OFF_A = 1.5
_MAX_ANGLE_ERROR_DEG = 5.0

_Ions = list[tuple[str, np.ndarray]]


def read_crystal(
    path: str | Path,
    residues: Sequence[str] | None = None,
    model: int | None = None,
    name: str | None = None,
) -> FilterGeometry:
    """Read the selectivity filter of a tetrameric channel.

    Four chains that hold the filter are taken as they are where they stand about one axis;
    otherwise the file's assemblies (BIOMT, ``pdbx_struct_assembly``) are tried in order. Where a
    residue has alternates the one of highest occupancy is kept, the first of equal ones; what was
    done is written into ``preparation``. An innermost threonine gives a hydroxyl ring as well.

    Parameters
    ----------
    path : path
        PDB or mmCIF file, plain or gzipped.
    residues : sequence of str, optional
        The filter from inside to outside, such as ``("T75", "V76", "G77", "Y78")``. By default
        the first four of the motif T-[VI]-G-[YF]-G.
    model : int, optional
        Number of the model, counted from 1; needed where the file holds several.
    name : str, optional
        Name of the result; the file's stem by default.

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
        return _filter_of(path, residues, model, name)
    except UnicodeDecodeError as error:  # gemmi hands names over as they stand in the file
        rule = f"is text; it holds the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        remedy = "fetch the file anew, or save it as plain text"
        raise InputError("structure file", str(path), rule, remedy) from None


def _filter_of(
    path: Path, residues: Sequence[str] | None, model: int | None, name: str | None
) -> FilterGeometry:
    structure = _read(path)
    lines = pdb_lines(path) if is_pdb(path) else None
    _refuse_broken(lines or [], path)
    chosen = _model(structure, model, str(path))
    copies, axis, ions, how = _tetramer(structure, chosen, residues, str(path))
    _refuse_outliers(axis, copies, str(path))
    how += "; the file has no END record and may be cut" if lines and is_cut(lines) else ""
    rings, zero = _rings(axis, copies)
    sites, seen = _sites(rings, axis, zero, ions)
    title = dict(structure.info.items()).get("_struct.title", "")
    stem = path.name.split(".")[0]
    found = FilterGeometry(
        name or stem,
        title.strip() or stem,
        f"crystal structure, file {path.name}",
        _preparation(how, axis, copies, rings, seen),
        len(copies),
        rings,
        tuple(f"S{n}" for n in range(len(rings) - 1, 0, -1)),
        sites,
    )
    _refuse_unusable(found, str(path))
    return found


def _refuse_unusable(found: FilterGeometry, place: str) -> None:
    """The filter is one that a structure file may hold."""
    problems = unusable(found)
    if not problems:
        return
    told = [f"{problem.key}: {problem.message}" for problem in problems]
    more = f"; and {len(told) - 6} more" if len(told) > 6 else ""
    remedy = "take another structure, or correct these atoms in the file"
    if any("b_A2" in problem.key for problem in problems):
        remedy = "B-factors are needed: take a structure that has them, or put them into the file"
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
    how: str, axis: Axis, copies: Sequence[ChainFilter], rings: Sequence[Ring], seen: Sequence[str]
) -> str:
    """What was done to the file, in one sentence that the structure file keeps."""
    parts = [
        how,
        f"four-fold averaged cylindrical coordinates about the fitted axis (subunits superpose to "
        f"{axis.rms:.3f} Å)",
        f"z towards the extracellular side from the middle of the {rings[-3].name} and "
        f"{rings[-2].name} planes, phi from {rings[-2].name}",
        "B-factors as refined",
        f"ions within {_ON_AXIS_A:g} Å of the axis: {', '.join(seen) or 'none'}",
        *sorted({note for part in copies for note in part.notes}),
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


def _model(structure: Any, model: int | None, place: str) -> Any:
    count = len(structure)
    if model is None and count > 1:
        rule = "the file holds several models, and which one to read is not said"
        raise InputError(place, count, rule, f"choose one: --model 1 to {count}")
    if model is not None and not 1 <= model <= count:
        rule = f"is a model of {place}, which has {count}"
        raise InputError("--model", model, rule, "models are counted from 1")
    return structure[(model or 1) - 1]


def _tetramer(
    structure: Any, model: Any, residues: Sequence[str] | None, place: str
) -> tuple[tuple[ChainFilter, ...], Axis, _Ions, str]:
    """Four filters in the order of a turn, their axis, the ions, and how they were made."""
    import gemmi

    copies = find_filters(model, residues, place)
    chains = ", ".join(part.chain for part in copies)
    axis, why = _axis(copies)
    if axis is not None:
        return _ordered(copies, axis), axis, lone_ions(model), f"Chains {chains} of the file"
    tried = [f"chain{'s' * (len(copies) > 1)} {chains} of the file{why}"]
    for assembly in structure.assemblies:
        whole = gemmi.make_assembly(assembly, model, gemmi.HowToNameCopiedChain.AddNumber)
        made = find_filters(whole, residues, place)
        axis, why = _axis(made)
        if axis is not None:
            how = f"Tetramer of chain {chains} by assembly {assembly.name} of the file"
            return _ordered(made, axis), axis, lone_ions(whole), how
        tried.append(f"assembly {assembly.name} with {len(made)} copies{why}")
    if not structure.assemblies:
        tried.append("no assembly records")
    rule = "holds four copies of the filter about one four-fold axis"
    remedy = (
        "give a file with the four chains of the tetramer, or with its assembly records "
        "(REMARK 350 BIOMT, _pdbx_struct_assembly)"
    )
    raise InputError(place, "; ".join(tried), rule, remedy)


def _axis(copies: tuple[ChainFilter, ...]) -> tuple[Axis | None, str]:
    """The four-fold axis of the copies, pointing outward; or None, and why there is none."""
    if len(copies) != 4:
        return None, ""
    if len({part.groups for part in copies}) != 1:
        return None, " (their residues differ)"
    positions = np.array([part.positions for part in copies])
    axis = fit_axis(positions.reshape(4, -1, 3))
    if abs(axis.angle_deg - 90.0) > _MAX_ANGLE_ERROR_DEG or axis.rms > _MAX_RMS_A:
        found = f"turned by {axis.angle_deg:.0f} degrees they differ by {axis.rms:.2f} Å"
        return None, f" ({found}, more than {_MAX_RMS_A:g} Å or not a quarter turn)"
    z = cylindrical(axis, positions)[2].mean(axis=(0, 2))
    return (axis if z[-1] > z[0] else reversed_axis(axis)), ""


def _ordered(copies: tuple[ChainFilter, ...], axis: Axis) -> tuple[ChainFilter, ...]:
    return tuple(copies[m] for m in axis.order)


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
    """z of the ions on the axis by the name of their site, from outside to inside; and a text of
    each. Images of one ion count once; of two ions in one place the one nearer the middle of the
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
    return outside_in, [f"{heights[z]} in {site}" for site, z in outside_in.items()]
