"""From the validated keys of one system to its record, with the rules that concern it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selectivity.config import known, rules
from selectivity.config.document import Node, children, nearest, problem_at, shown
from selectivity.config.expand import Declared
from selectivity.config.model import (
    SYSTEM_MODELS,
    CageModel,
    DropletModel,
    FilterModel,
    RunModel,
)
from selectivity.config.validate import validate
from selectivity.errors import InputError, Problem, StructureFileError
from selectivity.geometry.filter import FilterGeometry
from selectivity.geometry.mutations import RingChange, mutated
from selectivity.system.spec import CageSpec, DropletSpec, FilterSpec, SystemSpec, Windows

PAST_PLANE = 0.3
"""Windows left out reach this far (Å) beyond the planes on both sides of the interior."""


@dataclass(frozen=True)
class Shared:
    """What every system of a file shares; its own root finds the places of shared keys."""

    root: Node
    folder: Path
    run: RunModel


def system_spec(system: Declared, shared: Shared, problems: list[Problem]) -> SystemSpec | None:
    """The record of ``system`` without its reference; None where problems were found."""
    if system.reported:
        return None
    if system.kind not in SYSTEM_MODELS:
        problems.append(_wrong_kind(system))
        return None
    keys = {key: child for key, child in children(system.node).items() if key != "sampling"}
    node = replace(system.node, value=keys)
    model = validate(SYSTEM_MODELS[system.kind], node, problems)
    if model is None:
        return None
    forcefield = model.forcefield or shared.run.forcefield
    found = _forcefield(forcefield, node if model.forcefield else shared.root, shared)
    common: dict[str, Any] = {
        "name": system.name,
        "forcefield": forcefield,
        "ions": shared.run.ions,
        "temperature_K": shared.run.temperature,
    }
    spec: SystemSpec | None
    if isinstance(model, DropletModel):
        found += rules.solvent_is_known(model.solvent, node)
        spec = None if found else _droplet(model, common)
        found += rules.droplet_holds(spec, node) if spec is not None else ()
    elif isinstance(model, CageModel):
        spec = _cage(model, common)
        found += rules.cage_holds(spec, node)
    else:
        spec = _filter(model, common, node, shared.folder, found)
    if not found and spec is not None:
        found += rules.builds(spec, node, shared.root)
    problems.extend(found)
    return spec


def _wrong_kind(system: Declared) -> Problem:
    kind = children(system.node).get("kind")
    if kind is None:
        remedy = f"one of: {', '.join(SYSTEM_MODELS)}"
        return problem_at(system.node, ("kind",), "is missing", remedy)
    message = f"{shown(kind.value)}: is not a kind of system"
    remedy = nearest(system.kind, SYSTEM_MODELS, "one of")
    return problem_at(system.node, ("kind",), message, remedy)


def _forcefield(name: str, where: Node, shared: Shared) -> list[Problem]:
    """Problems of a parameter set that does not exist or lacks an ion of the ladder."""
    if name not in known.forcefields():
        message = f"{shown(name)}: is not a parameter set"
        remedy = nearest(name, known.forcefields())
        return [problem_at(where, ("forcefield",), message, remedy)]
    held = known.ions_of(name)
    remedy = f"it holds {', '.join(held)}"
    return [
        problem_at(shared.root, ("ions", i), f"{ion}: is not in the parameter set {name}", remedy)
        for i, ion in enumerate(shared.run.ions)
        if ion not in held
    ]


def _droplet(model: DropletModel, common: dict[str, Any]) -> DropletSpec:
    water = known.is_water(model.solvent)
    number = model.waters if water else model.molecules
    usual = DropletSpec.radius if water else rules.liquid_radius(model.solvent, number)
    return DropletSpec(
        **common,
        n_waters=number,
        radius=model.radius or usual,
        wall_k=model.wall,
        solvent=model.solvent,
    )


def _cage(model: CageModel, common: dict[str, Any]) -> CageSpec:
    return CageSpec(
        **common,
        n_carbonyls=model.carbonyls,
        n_waters=model.waters,
        radius=model.radius,
        wall_k=model.wall,
        ligand_electrostatics=model.ligand_electrostatics,
        carbonyl_charge=model.carbonyl_charge,
    )


def _filter(
    model: FilterModel, common: dict[str, Any], node: Node, folder: Path, found: list[Problem]
) -> FilterSpec | None:
    try:
        name, geometry = known.structure(model.structure, folder)
    except StructureFileError as error:
        found += [_in_structure(fault, model.structure, node) for fault in error.problems]
        return None
    except InputError as error:
        message = f"{shown(error.value)}: {error.rule}"
        found.append(problem_at(node, ("structure",), message, error.remedy))
        return None
    changes = _ring_changes(model)
    wrong = list(rules.rings_hold(geometry, changes, node))
    if wrong:
        found += wrong
        return None
    # windows and interior are those of the filter as it is, so that one with changed rings is
    # sampled over the same interval
    if model.interior is None:
        interior = _default_interior(model, geometry, node, found)
    else:
        places = known.places(mutated(geometry, changes)) | known.places(geometry)
        interior = _interior(model, places, node, found)
    if interior is None:
        return None
    spec = FilterSpec(
        **common,
        log_activity=_log_activity(model, common),
        structure=name,
        composition=model.composition,
        windows=_windows(model, interior, geometry),
        interior=interior,
        caps=model.caps,
        reservoir=model.reservoir,
        tether=model.tether,
        k_theta=model.orientation,
        ligand_electrostatics=model.ligand_electrostatics,
        on_axis=model.on_axis,
        rings=changes,
    )
    found += rules.reservoir_holds(spec, node)
    found += rules.windows_reach(spec, node)
    found += rules.windows_overlap(spec.windows, spec.temperature_K, node)
    return spec


def _ring_changes(model: FilterModel) -> tuple[RingChange, ...]:
    """Changes that change something, in the order of the file."""
    changes = (
        RingChange(name, ring.radius, ring.charge_scale, ring.ligand)
        for name, ring in model.rings.items()
    )
    return tuple(change for change in changes if change != RingChange(change.ring))


def _in_structure(fault: Problem, structure: str, node: Node) -> Problem:
    """A fault of the structure file, told at the line of the run file that names it."""
    place = f"{Path(fault.file).name}:{fault.line}:{fault.column}: {fault.key}"
    message = f"{shown(structure)}: {place}: {fault.message}"
    return problem_at(node, ("structure",), message, fault.remedy)


def _log_activity(model: FilterModel, common: dict[str, Any]) -> float | None:
    """ln(z Å³) of the liquid that an open file exchanges water with; None where there is none.

    It stands in the resolved file, so that a run goes on with the value that it began with. What is
    wrong with it is told by ``rules.builds``.
    """
    if not model.composition.fluctuates or model.reservoir == "caps":
        return None
    return known.log_activity(common["forcefield"], common["temperature_K"])


def _default_interior(
    model: FilterModel, geometry: FilterGeometry, node: Node, found: list[Problem]
) -> tuple[float, float] | None:
    """From the lowest to the highest cage that the composition leaves to X.

    The members of the file below X take a cage each from the innermost on; the innermost is never
    X's own (its outer neighbours lie beyond the structure). A ``gc`` between two ions counts as
    one water, a ``gc`` innermost as none. KcsA: S3 to S1 for ``[X]``, ``[W X W]`` and
    ``[gc X gc]``, S2 to S1 for ``[K W X W]``, ``[K gc X gc]`` and ``[gc K gc X gc]``.
    """
    cages, order = geometry.cages, model.composition.order
    below = order[: order.index("X")]
    lowest = max(1, len(below) - (below[:1] == (model.composition.OPEN,)))
    if lowest >= len(cages) - 1:
        message = f"{model.composition} leaves X no two cages of {model.structure}"
        remedy = "give the interval yourself: interior: [S2, S1] or two lengths"
        found.append(problem_at(node, ("interior",), message, remedy))
        return None
    return cages[lowest].center, cages[-1].center


def _interior(
    model: FilterModel, places: dict[str, float], node: Node, found: list[Problem]
) -> tuple[float, float] | None:
    """Both ends of the interior in Å, inner end first."""
    ends: list[float] = []
    for i, end in enumerate(model.interior):
        if isinstance(end, str) and end not in places:
            message = f"{shown(end)}: has no place in the structure {model.structure}"
            remedy = nearest(end, places, "its places")
            found.append(problem_at(node, ("interior", i), message, remedy))
        else:
            ends.append(places[end] if isinstance(end, str) else end)
    if len(ends) < 2:
        return None
    if ends[0] >= ends[1]:
        message = f"ends at {ends[1]:g} Å, at or below its begin {ends[0]:g} Å"
        found.append(problem_at(node, ("interior",), message, "name the inner end first"))
        return None
    return ends[0], ends[1]


def _windows(
    model: FilterModel, interior: tuple[float, float], geometry: FilterGeometry
) -> Windows:
    """Windows left out reach 1 Å beyond the interior and 0.3 Å beyond the planes about it."""
    planes = sorted(geometry.planes.values())
    below = [z - PAST_PLANE for z in planes if z < interior[0]][-1:]
    above = [z + PAST_PLANE for z in planes if z > interior[1]][:1]
    lower, upper = model.windows.lower, model.windows.upper
    return Windows(
        lower=min([interior[0] - rules.BEYOND, *below]) if lower is None else lower,
        upper=max([interior[1] + rules.BEYOND, *above]) if upper is None else upper,
        spacing=model.windows.spacing,
        kappa=model.windows.force_constant,
    )
