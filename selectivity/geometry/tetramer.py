"""Four copies of a filter about one axis: as they stand in the file, or by its symmetry.

Tried in this order: the chains of the model; the file's assemblies (BIOMT,
``pdbx_struct_assembly``); the four-fold rotations of its space group (CRYST1, ``_symmetry``). A
file of a biological assembly has each subunit in a model of its own: several models that together
hold four copies about one axis are taken as one.

Models and structures here are gemmi's, duck-typed as in ``chains``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.axis import Axis, cylindrical, fit_axis, reversed_axis
from selectivity.geometry.chains import ChainFilter, find_filters, lone_ions

MAX_RMS_A = 1.0
MAX_ANGLE_ERROR_DEG = 5.0
MAX_RADIUS_A = 10.0
"""Atoms of a filter stand nearer to their axis than this, 2 to 4 Å."""
_IMAGE_REACH_A = 15.0  # between the centroids of neighbouring copies; 4 to 6 Å in a filter
_WHOLE = 24  # gemmi's denominator of a symmetry operation


@dataclass(frozen=True)
class Tetramer:
    """Four filters in the order of a positive turn about ``axis``, which points outward.

    ``ions`` are (element, position in Å) of the lone ions of file and images, ``how`` says how the
    four were made.
    """

    copies: tuple[ChainFilter, ...]
    axis: Axis
    ions: list[tuple[str, np.ndarray]]
    how: str


def tetramer(
    structure: Any, model: int | None, residues: Sequence[str] | None, place: str
) -> Tetramer:
    """The tetramer of a ``gemmi.Structure``.

    Parameters
    ----------
    structure : gemmi.Structure
    model : int or None
        Number of the model, counted from 1.
    residues : sequence of str or None
        As for :func:`chains.find_filters`.
    place : str
        The file, for messages.

    Raises
    ------
    InputError
        Several models that are no tetramer and no choice among them; no filter; no four copies
        about one four-fold axis.
    """
    if model is None and len(structure) > 1:
        return _of_models(structure, residues, place)
    chosen = _model(structure, model, place)
    copies = find_filters(chosen, residues, place)
    chains = ", ".join(part.chain for part in copies)
    axis, why = _axis(copies)
    if axis is not None:
        return _tetramer(copies, axis, chosen, f"Chains {chains} of the file")
    tried = [f"chain{'s' * (len(copies) > 1)} {chains} of the file{why}"]
    for assembly, name in (*_assemblies(structure), *_images(structure, chosen, copies)):
        import gemmi

        whole = gemmi.make_assembly(assembly, chosen, gemmi.HowToNameCopiedChain.AddNumber)
        made = find_filters(whole, residues, place)
        axis, why = _axis(made)
        if axis is not None:
            return _tetramer(made, axis, whole, f"Tetramer of chain {chains} by {name} of the file")
        tried.append(f"{name} with {len(made)} copies{why}")
    if not structure.assemblies:
        tried.append("no assembly records")
    rule = "holds four copies of the filter about one four-fold axis"
    remedy = (
        "give a file with the four chains of the tetramer, or with its assembly records "
        "(REMARK 350 BIOMT, _pdbx_struct_assembly)"
    )
    raise InputError(place, "; ".join(tried), rule, remedy)


def _tetramer(copies: tuple[ChainFilter, ...], axis: Axis, model: Any, how: str) -> Tetramer:
    return Tetramer(tuple(copies[m] for m in axis.order), axis, lone_ions(model), how)


def _of_models(structure: Any, residues: Sequence[str] | None, place: str) -> Tetramer:
    """The models of a biological assembly as one; any other file of several is refused."""
    count = len(structure)
    if count <= 4:
        whole = structure[0].clone()
        while len(whole) > 0:
            del whole[0]
        for number, model in enumerate(structure, start=1):
            for chain in model:
                copy = chain.clone()
                copy.name = f"{chain.name}{number}"
                whole.add_chain(copy)
        copies = find_filters(whole, residues, place)
        axis, _ = _axis(copies)
        if axis is not None:
            return _tetramer(copies, axis, whole, f"Models 1 to {count} of the file as one")
    rule = "the file holds several models, and which one to read is not said"
    raise InputError(place, count, rule, f"choose one: --model 1 to {count}")


def _model(structure: Any, model: int | None, place: str) -> Any:
    count = len(structure)
    if model is not None and not 1 <= model <= count:
        rule = f"is a model of {place}, which has {count}"
        raise InputError("--model", model, rule, "models are counted from 1")
    return structure[(model or 1) - 1]


def _axis(copies: tuple[ChainFilter, ...]) -> tuple[Axis | None, str]:
    """The four-fold axis of the copies, pointing outward; or None, and why there is none."""
    if len(copies) != 4:
        return None, ""
    if len({part.groups for part in copies}) != 1:
        return None, " (their residues differ)"
    positions = np.array([part.positions for part in copies])
    axis = fit_axis(positions.reshape(4, -1, 3))
    if abs(axis.angle_deg - 90.0) > MAX_ANGLE_ERROR_DEG or axis.rms > MAX_RMS_A:
        found = f"turned by {axis.angle_deg:.0f} degrees they differ by {axis.rms:.2f} Å"
        return None, f" ({found}, more than {MAX_RMS_A:g} Å or not a quarter turn)"
    r, _, heights = cylindrical(axis, positions)
    if r.mean() > MAX_RADIUS_A:
        return None, f" ({r.mean():.0f} Å from their axis: no pore between them)"
    z = heights.mean(axis=(0, 2))
    return (axis if z[-1] > z[0] else reversed_axis(axis)), ""


def _assemblies(structure: Any) -> Iterator[tuple[Any, str]]:
    for assembly in structure.assemblies:
        yield assembly, f"assembly {assembly.name}"


def _images(
    structure: Any, model: Any, copies: tuple[ChainFilter, ...]
) -> Iterator[tuple[Any, str]]:
    """Assemblies of every four-fold rotation of the space group that passes near one filter."""
    import gemmi

    group = structure.find_spacegroup()
    if group is None or not structure.cell.is_crystal() or len(copies) != 1:
        return
    center = copies[0].positions.reshape(-1, 3).mean(axis=0)
    orth, frac = (np.array(m.mat.tolist()) for m in (structure.cell.orth, structure.cell.frac))
    for operation in group.operations():
        rotation = np.array(operation.rot) / _WHOLE
        turn = orth @ rotation @ frac
        if not np.isclose(np.trace(turn), 1.0, atol=1e-6) or np.linalg.det(turn) < 0.0:
            continue  # a rotation by 90° has the trace 1
        shift = orth @ (np.array(operation.tran) / _WHOLE)
        away = np.round(frac @ (turn @ center + shift - center))
        shift = shift - orth @ away
        if np.linalg.norm(turn @ center + shift - center) > _IMAGE_REACH_A:
            continue
        assembly = gemmi.Assembly(operation.triplet())
        generator = gemmi.Assembly.Gen()
        generator.chains = [chain.name for chain in model]
        matrix, vector = np.eye(3), np.zeros(3)
        for _ in range(4):
            place = gemmi.Assembly.Operator()
            place.transform = gemmi.Transform(
                gemmi.Mat33(matrix.tolist()), gemmi.Vec3(*vector.tolist())
            )
            generator.operators.append(place)
            matrix, vector = turn @ matrix, turn @ vector + shift
        if np.linalg.norm(matrix @ center + vector - center) < 0.1:  # a rotation, not a screw
            assembly.generators.append(generator)
            yield assembly, f"the space group's operation {operation.triplet()}"
