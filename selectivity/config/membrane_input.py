"""``membrane:`` of a run file: a shipped membrane, stated values, or one with changes."""

from __future__ import annotations

from selectivity.config import known
from selectivity.config.document import Node, nearest, problem_at, shown
from selectivity.config.model import MembraneModel, RunModel
from selectivity.config.run_file import MembraneInput
from selectivity.errors import Problem


def membrane_input(
    run: RunModel, node: Node | None, problems: list[Problem]
) -> MembraneInput | None:
    """What the ratio is put into; None where the file says nothing, or something wrong.

    The sodium leak through other paths than the channel has no default: a channel's ratio is not
    the membrane's.
    """
    if run.membrane is None or node is None:
        return None
    model = run.membrane
    if model.preset is not None and model.preset not in known.membranes():
        message = f"{shown(model.preset)}: is not a shipped membrane"
        remedy = nearest(model.preset, known.membranes(), "shipped")
        problems.append(problem_at(node, ("preset",), message, remedy))
        return None
    resolved = _stated(model, run) if model.preset is None else _preset(model)
    found = list(_incomplete(resolved, model, node))
    problems.extend(found)
    return None if found else resolved


def _stated(model: MembraneModel, run: RunModel) -> MembraneInput:
    inside, outside, permeability = _changes(model)
    return MembraneInput(
        name="stated in the run file",
        temperature_K=run.temperature if model.temperature is None else model.temperature,
        inside_mM=inside,
        outside_mM=outside,
        permeability=permeability,
        source=model.source or "the run file",
    )


def _preset(model: MembraneModel) -> MembraneInput:
    shipped = known.membrane(str(model.preset))
    inside, outside, permeability = _changes(model)
    changed = sorted({*inside, *model.permeability.model_fields_set})
    note = f"; changed in the run file: {', '.join(changed)}" if changed else ""
    own = f" ({model.source})" if model.source else ""
    return MembraneInput(
        name=shipped.name,
        temperature_K=shipped.temperature_K if model.temperature is None else model.temperature,
        inside_mM={**shipped.inside.concentrations_mM, **inside},
        outside_mM={**shipped.outside.concentrations_mM, **outside},
        permeability={**shipped.permeability, **permeability},
        source=shipped.source + note + own,
        verified=False if changed else shipped.verified,
    )


def _changes(
    model: MembraneModel,
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Concentrations inside and outside (mM) and permeabilities that the file states."""
    sides = {ion: getattr(model.concentrations, ion) for ion in ("K", "Na", "Cl")}
    inside = {ion: side.inside for ion, side in sides.items() if side is not None}
    outside = {ion: side.outside for ion, side in sides.items() if side is not None}
    stated = model.permeability
    named = {"Na": stated.Na_leak, "Cl": stated.Cl}
    permeability = {ion: value for ion, value in named.items() if value is not None}
    if model.preset is None or "K" in stated.model_fields_set:
        permeability = {"K": stated.K, **permeability}
    return inside, outside, permeability


def _incomplete(resolved: MembraneInput, model: MembraneModel, node: Node) -> list[Problem]:
    found = []
    for ion in ("K", "Na", "Cl"):
        needed = ion != "Cl" or resolved.permeability.get("Cl", 0.0) > 0.0
        if needed and ion not in resolved.inside_mM:
            message = f"{ion} needs its concentrations"
            remedy = f"concentrations: {{{ion}: {{inside: 140 mM, outside: 5 mM}}}}"
            if model.preset is not None:
                remedy = "take squid or neuron, or give concentrations:"
            keys = ("preset",) if model.preset is not None else ("concentrations", ion)
            found.append(problem_at(node, keys, message, remedy))
    if "Na" not in resolved.permeability:
        message = "the sodium leak through other paths is stated, relative to P_K"
        remedy = "a channel's ratio is not the membrane's: Na_leak: 0.04, or 0 for none"
        found.append(problem_at(node, ("permeability", "Na_leak"), message, remedy))
    if resolved.permeability.get("K", 1.0) == 0.0:
        message = "the channel's potassium permeability is above 0"
        found.append(problem_at(node, ("permeability", "K"), message, "it is the unit: K: 1"))
    return found
