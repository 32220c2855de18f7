"""From a document to a :class:`RunFile`: lists expanded, names looked up, rules applied."""

from __future__ import annotations

from dataclasses import replace

from selectivity.config import known, rules
from selectivity.config.document import (
    UNREADABLE,
    Document,
    Node,
    children,
    nearest,
    problem_at,
    shown,
)
from selectivity.config.expand import Declared, expand
from selectivity.config.membrane_input import membrane_input
from selectivity.config.model import SYSTEM_MODELS, RunModel, SamplingModel
from selectivity.config.run_file import MembraneInput, RunFile
from selectivity.config.systems import Shared, system_spec
from selectivity.config.validate import validate
from selectivity.errors import Problem, RunFileError
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import FilterSpec


def resolve(document: Document) -> RunFile:
    """Everything that ``document`` asks for, in internal units.

    Raises
    ------
    RunFileError
        Every problem of the file at once, in the order of its lines.
    """
    root, problems = document.root, list(document.problems)
    keys = children(root)
    top = {key: child for key, child in keys.items() if key not in ("systems", "sampling")}
    run = validate(RunModel, replace(root, value=top), problems)
    base = _text(root, "forcefield")
    declared: list[Declared] = []
    if "systems" in keys:
        declared = expand(keys["systems"], base, problems)
    else:
        problems.append(problem_at(root, ("systems",), "is missing", "declare at least one"))
    shared = Shared(root, document.folder, run or _stand_in(base))
    specs = [system_spec(system, shared, problems) for system in declared]
    plans = [_plan(system, root, problems) for system in declared]
    named = [_reference(system, declared, base, problems) for system in declared]
    headline = _headline(root, declared, problems)
    pair, membrane = _ratio(run, root, headline, problems)
    if problems or run is None:
        raise RunFileError(_in_order(problems))
    systems = tuple(
        replace(spec, reference=droplet)
        for spec, droplet in zip(specs, named, strict=True)
        if spec is not None
    )
    return RunFile(
        title=run.title,
        source=document.file,
        text=document.text,
        overrides=document.overrides,
        temperature_K=run.temperature,
        ions=run.ions,
        pair=pair,
        systems=systems,
        references={d.name: ref for d, ref in zip(declared, named, strict=True) if ref},
        plans={d.name: plan for d, plan in zip(declared, plans, strict=True) if plan},
        headline=headline,
        membrane=membrane,
        structure_sha256={
            spec.name: known.structure_sha256(spec.structure)
            for spec in systems
            if isinstance(spec, FilterSpec)
        },
    )


def _stand_in(base: str | None) -> RunModel:
    """Shared keys in place of wrong ones, so that the problems of the systems are found too."""
    forcefield = base or known.forcefields()[0]
    return RunModel.model_construct(temperature=310.15, ions=("K", "Na"), forcefield=forcefield)


def _text(node: Node, key: str) -> str | None:
    child = children(node).get(key)
    return child.value if child is not None and isinstance(child.value, str) else None


def _ratio(
    run: RunModel | None, root: Node, headline: str | None, problems: list[Problem]
) -> tuple[tuple[str, str], MembraneInput | None]:
    """The ions of the ratio, and the membrane that it is put into."""
    if run is None:
        return ("K", "Na"), None
    pair = _pair(run, root, problems)
    node = children(root).get("membrane")
    membrane = membrane_input(run, node, problems)
    if node is not None and membrane is not None:
        problems.extend(_membrane_unused(pair, headline, node))
    return pair, membrane


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Problems by line, each place and message once (an expanded list may repeat them)."""
    unique: dict[tuple[str, int, int, str], Problem] = {}
    unread = {(p.file, p.line, p.column) for p in problems if p.message.endswith(UNREADABLE)}
    for p in problems:
        if (p.file, p.line, p.column) not in unread or p.message.endswith(UNREADABLE):
            unique.setdefault((p.file, p.line, p.column, p.message), p)
    return sorted(unique.values(), key=lambda p: (p.file.startswith("--set"), p.line, p.column))


def _pair(run: RunModel, root: Node, problems: list[Problem]) -> tuple[str, str]:
    """Ions of the ratio: as stated, else K over Na, else the ends of the ladder."""
    if run.pair is None:
        return ("K", "Na") if {"K", "Na"} <= set(run.ions) else (run.ions[0], run.ions[-1])
    for i, ion in enumerate(run.pair):
        if ion not in run.ions:
            remedy = f"choose two of {', '.join(run.ions)}"
            problems.append(
                problem_at(root, ("pair", i), f"{ion}: is not among the ions of the run", remedy)
            )
    return run.pair


def _plan(system: Declared, root: Node, problems: list[Problem]) -> SamplingPlan | None:
    """The shared ``sampling:`` with the system's own keys over it."""
    shared, own = children(root).get("sampling"), children(system.node).get("sampling")
    merged: dict[str, Node] = {}
    for node in (shared, own):
        if node is not None and not isinstance(node.value, dict):
            validate(SamplingModel, node, problems)
            return None
        merged |= children(node) if node is not None else {}
    node = replace(own or shared or root, value=merged)
    model = validate(SamplingModel, node, problems)
    if model is None:
        return None
    problems.extend(rules.plan_is_whole(model, node))
    return SamplingPlan(**model.model_dump())


def _reference(
    system: Declared, declared: list[Declared], base: str | None, problems: list[Problem]
) -> str | None:
    """Name of the droplet of the same parameter set that ``system`` refers to."""
    text = system.text("reference")
    named = [other for other in declared if text in other.aliases]
    told = any(other.kind not in SYSTEM_MODELS for other in named)
    if text is None or told or _is_water(system):
        return None
    told = any((s.text("solvent") or known.solvents()[0]) not in known.solvents() for s in named)
    sets = [other.text("forcefield") or base for other in (system, *named)]
    if told or any(name is not None and name not in known.forcefields() for name in sets):
        return None
    droplets = [other for other in named if _is_water(other)]
    own = system.text("forcefield") or base
    same = [other for other in droplets if (other.text("forcefield") or base) == own]
    exact = [other for other in same if other.name == text]
    if len(same) == 1 or exact:
        return (exact or same)[0].name
    if not named:
        names = [other.name for other in declared if _is_water(other)]
        message = f"{shown(text)}: no system of that name"
        remedy = nearest(text, names, "droplets") or "declare it: bulk: {kind: droplet}"
    elif not droplets:
        message = f"{shown(text)}: is a {named[0].kind}"
        remedy = "the reference is a droplet"
        if named[0].kind == "droplet":
            message += f" of {named[0].text('solvent')}"
            remedy += " of water"
    elif not same:
        theirs = droplets[0].text("forcefield") or base
        message = f"{shown(text)}: is a droplet of {theirs}, the system is of {own}"
        remedy = f"never mix references: declare a droplet with forcefield: {own}"
    else:
        message = f"{shown(text)}: stands for {len(same)} droplets"
        remedy = f"name one: {', '.join(other.name for other in same)}"
    problems.append(problem_at(system.node, ("reference",), message, remedy))
    return None


def _is_water(system: Declared) -> bool:
    """Whether it is a droplet of water, to which others refer."""
    return system.kind == "droplet" and known.is_water(system.text("solvent"))


def _headline(root: Node, declared: list[Declared], problems: list[Problem]) -> str | None:
    """Name of the headline's filter: as stated, else the first; None where there is no filter."""
    filters = [system for system in declared if system.kind == "filter"]
    text = _text(root, "headline")
    if text is None:
        return filters[0].name if filters else None
    if any(d.kind not in SYSTEM_MODELS for d in declared if text in d.aliases):
        return None
    named = [system for system in filters if text in system.aliases]
    exact = [system for system in named if system.name == text]
    if len(named) == 1 or exact:
        return (exact or named)[0].name
    if named:
        message = f"{shown(text)}: stands for {len(named)} systems"
        remedy = f"name one: {', '.join(system.name for system in named)}"
    elif any(text in system.aliases for system in declared):
        message = f"{shown(text)}: is not a filter, and gives no ratio"
        remedy = f"name a filter: {', '.join(s.name for s in filters)}" if filters else ""
    else:
        message = f"{shown(text)}: no system of that name"
        remedy = nearest(text, [system.name for system in filters], "filters")
    problems.append(problem_at(root, ("headline",), message, remedy))
    return None


def _membrane_unused(pair: tuple[str, str], headline: str | None, node: Node) -> list[Problem]:
    """A membrane needs a ratio P_K/P_Na, which needs a filter."""
    if pair != ("K", "Na"):
        message = f"the membrane takes P_K/P_Na, the run gives P_{pair[0]}/P_{pair[1]}"
        return [problem_at(node, (), message, "delete membrane:, or pair: [K, Na]", at_key=True)]
    if headline is None:
        message = "the file has no filter, so no ratio to put into a membrane"
        return [problem_at(node, (), message, "delete membrane:", at_key=True)]
    return []
