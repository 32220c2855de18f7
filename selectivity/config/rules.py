"""What the values of a run file must satisfy together; every rule answers with problems."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from selectivity.config import known
from selectivity.config.document import Node, children, nearest, problem_at, shown
from selectivity.config.model import SamplingModel
from selectivity.errors import InputError, Problem
from selectivity.geometry.filter import FilterGeometry
from selectivity.geometry.mutations import RingChange, mutated
from selectivity.system.spec import CageSpec, DropletSpec, FilterSpec, SystemSpec, Windows
from selectivity.units import rt

BEYOND = 1.0
"""Windows reach at least this far (Å) beyond the interior on both sides."""
GAP = 2.5
"""Largest spacing of windows in units of √(RT/κ), the spread of z within one window."""
MAX_WINDOWS = 200
_LEAST_VOLUME = 0.84  # of that of the liquid, as for water under a gigapascal
_ROUND = 1e-9
_KEY_OF_PLACE = {"ion": "composition"}


def windows_reach(spec: FilterSpec, node: Node) -> Iterator[Problem]:
    """The windows are a sensible interval and reach beyond the interior."""
    low, high = spec.interior
    windows = spec.windows
    if windows.lower >= windows.upper:
        message = f"the windows end at {windows.upper:g} Å, at or below their begin"
        yield problem_at(node, ("windows", "upper"), message, "lower: is the inner end")
        return
    if windows.lower > low - BEYOND + _ROUND:
        message = f"the windows begin at {windows.lower:g} Å, the interior at {low:g} Å"
        remedy = f"windows reach 1 Å beyond it: lower: {math.floor(10 * (low - 1)) / 10:g} angstrom"
        yield problem_at(node, ("windows", "lower"), message, remedy)
    if windows.upper < high + BEYOND - _ROUND:
        message = f"the windows end at {windows.upper:g} Å, the interior at {high:g} Å"
        remedy = f"windows reach 1 Å beyond it: upper: {math.ceil(10 * (high + 1)) / 10:g} angstrom"
        yield problem_at(node, ("windows", "upper"), message, remedy)
    if (number := (windows.upper - windows.lower) / windows.spacing) > MAX_WINDOWS:
        message = f"makes {number:.3g} windows, more than {MAX_WINDOWS}"
        yield problem_at(node, ("windows", "spacing"), message, "widen it")


def rings_hold(
    geometry: FilterGeometry, changes: Sequence[RingChange], node: Node
) -> Iterator[Problem]:
    """Every ring that is changed is there and can be changed so, alone and with the others."""
    told = False
    for some in (*([change] for change in changes), changes):
        try:
            mutated(geometry, some)
        except InputError as error:
            if told and some is changes:
                return
            told = True
            ring = error.place.removeprefix("rings.")
            missing = ring not in geometry.planes
            remedy = nearest(ring, geometry.planes, "its rings") if missing else error.remedy
            message = f"{shown(error.value)}: {error.rule}"
            yield problem_at(node, ("rings", ring), message, remedy, at_key=missing)


def windows_overlap(windows: Windows, temperature_K: float, node: Node) -> Iterator[Problem]:
    """Neighbouring windows sample some of the same z: spacing ≤ 2.5 √(RT/κ)."""
    thermal = rt(temperature_K)
    largest = GAP * math.sqrt(thermal / windows.kappa)
    if windows.spacing <= largest:
        return
    softest = thermal * (GAP / windows.spacing) ** 2
    message = (
        f"windows {windows.spacing:g} Å apart leave gaps: each spreads "
        f"{math.sqrt(thermal / windows.kappa):.2f} Å about its centre"
    )
    remedy = (
        f"at most {math.floor(100 * largest) / 100:g} angstrom, or a force_constant of at most "
        f"{math.floor(10 * softest) / 10:g} kJ/mol/angstrom^2"
    )
    yield problem_at(node, ("windows", "spacing"), message, remedy)


def reservoir_holds(spec: FilterSpec, node: Node) -> Iterator[Problem]:
    """A reservoir stands with an open file only, and holds water."""
    if "reservoir" not in children(node):
        return
    if not spec.composition.fluctuates:
        message = f"{spec.composition} keeps its number of waters, none comes or goes"
        remedy = 'delete the line, or open the file with gc: "[gc X gc]"'
        yield problem_at(node, ("reservoir",), message, remedy, at_key=True)
    elif spec.reservoir != "bulk" and not any(spec.caps):
        message = f"{shown(spec.reservoir)}: the caps hold no water that could come or go"
        remedy = "give the caps some, caps: [6, 6], or write bulk"
        yield problem_at(node, ("reservoir",), message, remedy)


def solvent_is_known(solvent: str, node: Node) -> Iterator[Problem]:
    """The droplet's liquid exists and is counted by its own key; water has no reference."""
    liquids, keys = known.solvents(), children(node)
    if solvent not in liquids:
        message = f"{shown(solvent)}: is not a liquid that a droplet can be of"
        yield problem_at(node, ("solvent",), message, nearest(solvent, liquids, "one of"))
        return
    water = known.is_water(solvent)
    wrong, right = ("molecules", "waters") if water else ("waters", "molecules")
    if wrong in keys:
        message = f"the droplet is of {solvent}"
        yield problem_at(node, (wrong,), message, f"write {right}:", at_key=True)
    if water and "reference" in keys:
        message = "a droplet of water is what others refer to"
        yield problem_at(node, ("reference",), message, "delete the line", at_key=True)


def liquid_radius(solvent: str, number: int) -> float:
    """Radius (Å) of a sphere of ``number`` molecules at the liquid's density, rounded up to 0.01 Å.

    r = (3N/4πρ)^⅓.
    """
    radius = (3.0 * number / (4.0 * math.pi * known.number_density(solvent))) ** (1.0 / 3.0)
    return math.ceil(100 * radius) / 100


def droplet_holds(spec: DropletSpec, node: Node) -> Iterator[Problem]:
    """The sphere is large enough for its molecules."""
    volume = 4.0 / 3.0 * math.pi * spec.radius**3
    if spec.n_waters * _LEAST_VOLUME / known.number_density(spec.solvent) <= volume:
        return
    kind = "waters" if known.is_water(spec.solvent) else f"molecules of {spec.solvent}"
    message = f"a sphere of {spec.radius:g} Å is too small for {spec.n_waters} {kind}"
    liquid = liquid_radius(spec.solvent, spec.n_waters)
    remedy = f"at the density of {spec.solvent} they need {liquid:g} angstrom"
    yield problem_at(node, ("radius",), message, remedy)


def cage_holds(spec: CageSpec, node: Node) -> Iterator[Problem]:
    """The cage has ligands, not too many, and room for the ion among them."""
    number = spec.n_carbonyls + spec.n_waters
    if number == 0:
        remedy = "give carbonyls: or waters:"
        yield problem_at(node, ("carbonyls",), "the cage has no ligand", remedy)
    if number > 30:
        key = "carbonyls" if spec.n_carbonyls > 30 else "waters"
        message = f"{number} ligands are more than a cage holds (30)"
        yield problem_at(node, (key,), message, "take a droplet for many waters")
    if spec.radius < 2.0:
        message = f"oxygens within {spec.radius:g} Å of an ion overlap with it"
        yield problem_at(node, ("radius",), message, "3.5 angstrom is Noskov's cage")


def plan_is_whole(plan: SamplingModel, node: Node) -> Iterator[Problem]:
    """Lengths divide each other as samples, exchanges and segments need it."""
    if plan.replicas % 2:
        message = f"{plan.replicas}: must be even, half of the replicas start as either end ion"
        remedy = f"{plan.replicas - 1} or {plan.replicas + 1}"
        yield problem_at(node, ("replicas",), message, remedy)
    if plan.exchange_every % plan.stride:
        message = f"{plan.stride}: must divide exchange_every ({plan.exchange_every})"
        remedy = f"nearest that do: {_near_divisors(plan.stride, plan.exchange_every)}"
        yield problem_at(node, ("stride",), message, remedy)
    block = plan.segments * plan.exchange_every
    if plan.production % block:
        below = plan.production // block * block
        message = (
            f"{plan.production}: must be a multiple of segments x exchange_every "
            f"({plan.segments} x {plan.exchange_every} = {block})"
        )
        nearest = " or ".join(str(n) for n in (below, below + block) if n > 0)
        yield problem_at(node, ("production",), message, f"nearest: {nearest}")


def _near_divisors(number: int, whole: int) -> str:
    small = [d for d in range(1, min(math.isqrt(whole), 10**6) + 1) if whole % d == 0]
    divisors = sorted({*small, *(whole // d for d in small)})
    below = max((d for d in divisors if d <= number), default=None)
    above = min((d for d in divisors if d >= number), default=None)
    return " or ".join(str(d) for d in (below, above) if d is not None)


def builds(spec: SystemSpec, node: Node, root: Node) -> Iterator[Problem]:
    """The molecules find a place to start from, in the first and in the last window.

    What does not fit is a key of the system's ``node``, or one of the whole file's ``root``.
    """
    from selectivity.system.build import build_topology, start

    try:
        topology = build_topology(spec)
        for z in dict.fromkeys((topology.window_centers[0], topology.window_centers[-1])):
            start(topology, z, np.random.default_rng(0))
    except InputError as error:
        key = _KEY_OF_PLACE.get(error.place, error.place.rpartition(".")[2])
        keys = tuple(error.place.split(".", 1)) if error.place.startswith("rings.") else (key,)
        holder = next((place for place in (node, root) if keys[0] in children(place)), None)
        rule = error.rule.removeprefix(f"{spec.name}: ")
        message = rule if rule != error.rule else f"{shown(error.value)}: {rule}"
        if holder is None:
            yield problem_at(node, (), message, error.remedy, at_key=True)
        else:
            yield problem_at(holder, keys, message, error.remedy)
