"""The single file open to water: its places, the regions that exchange them, and how it starts."""

from __future__ import annotations

import math

import numpy as np

from selectivity.forcefield.library import ForceField
from selectivity.forcefield.reservoir import liquid
from selectivity.geometry.confinement import Confinement, FileWalls, Funnel
from selectivity.system.placement import settle
from selectivity.system.spec import FilterSpec
from selectivity.system.topology import Region, Topology, absent_sites

SPACING = 3.0  # Å: between neighbours where the file starts full
PLACE_LENGTH = 1.8  # Å of file for which one place is kept: shorter than any water needs
MARGIN = 1.0  # Å: waters of an open region stay within this of its soft walls


def file_places(walls: FileWalls) -> int:
    """Places for waters in an open file."""
    return math.ceil((walls.z_upper - walls.z_lower + 2.0 * walls.hard_margin) / PLACE_LENGTH)


def filter_regions(
    spec: FilterSpec,
    forcefield: ForceField,
    confinement: Confinement,
    places: list[tuple[int, ...]],
) -> tuple[Region, ...]:
    """Regions of an open file: the file and, unless the reservoir is bulk alone, both caps.

    Parameters
    ----------
    places : list of tuple of int
        Waters of the file, of the inner and of the outer cap in the topology.

    Raises
    ------
    InputError
        The water model has no stored chemical potential at this temperature.
    """
    if not spec.composition.fluctuates:
        return ()
    activity = spec.log_activity
    if spec.reservoir == "caps":
        activity = math.nan
    elif activity is None:
        activity = liquid(forcefield.water.name, spec.temperature_K).log_activity
    walls = confinement.file
    file = Region(
        members=places[0],
        z_lower=walls.z_lower - walls.hard_margin,
        z_upper=walls.z_upper + walls.hard_margin,
        radius=walls.radius + MARGIN,
        log_activity=activity,
        in_file=True,
    )
    if spec.reservoir == "bulk":
        return (file,)
    funnels = (confinement.inner, confinement.outer)
    caps = [_cap(f, m, activity) for f, m in zip(funnels, places[1:], strict=True) if m]
    return (file, *caps)


def _cap(funnel: Funnel, members: tuple[int, ...], activity: float) -> Region:
    """Cylinder about a cap's funnel."""
    ends = sorted(funnel.z_mouth + funnel.direction * s for s in (-MARGIN, funnel.depth + MARGIN))
    radius = funnel.radius0 + funnel.slope * funnel.depth + MARGIN
    return Region(members, ends[0], ends[1], radius, activity)


def open_heights(topology: Topology, r: np.ndarray) -> list[float]:
    """z of waters that fill the open stretches, evenly, 3 Å or more from all neighbours."""
    walls = topology.members[topology.x].wall
    assert isinstance(walls, FileWalls)
    edges = [walls.z_lower, *(float(r[m, 0, 2]) for m in topology.file_order), walls.z_upper]
    last = len(edges) - 2
    heights: list[float] = []
    for i, is_open in enumerate(topology.open_stretches):
        low, high = edges[i], edges[i + 1]
        ends = (i > 0) + (i < last)  # sides on which a member of the file stands
        n = int((high - low) / SPACING + 1e-9) - (1 if ends == 2 else 0)
        if not is_open or n < 1:
            continue
        step = (high - low) / (n + 1 if ends == 2 else n)
        start = low + step if i > 0 else low
        heights += [start + j * step for j in range(n)]
    return heights


def fill_file(
    topology: Topology,
    r: np.ndarray,
    placed: list[np.ndarray],
    full: bool,
    rng: np.random.Generator,
) -> int:
    """Place the waters of an open file, none or as many as fit; returns their number.

    Parameters
    ----------
    r : ndarray, shape (M, S, 3)
        Holds the cage and the ions of the file; gets the waters, absent ones included.
    placed : list of ndarray
        Sites to keep clear of; gets those of the waters.
    full : bool
    """
    for region in topology.regions:
        for m in region.members:
            r[m] = absent_sites(m, r.shape[1])
    if not full:
        return 0
    members, spec = topology.regions[0].members, topology.spec
    assert isinstance(spec, FilterSpec)
    heights = open_heights(topology, r)[: len(members)]
    if spec.reservoir == "caps":
        heights = heights[: sum(spec.caps)]
    for m, height in zip(members, heights, strict=False):
        settle(r[m], topology.members[m].molecule, np.array([0.0, 0.0, height]), placed, rng)
    return len(heights)


def cap_waters(topology: Topology, in_file: int) -> list[tuple[list[int], Funnel]]:
    """Waters that the caps start with, with their funnels.

    A closed system has as many waters as its caps were given, ``in_file`` of them in the file at
    the start: those are taken from the fuller cap, one by one.
    """
    by_funnel: dict[Funnel, list[int]] = {}
    for m, member in enumerate(topology.members):
        if isinstance(member.wall, Funnel):
            by_funnel.setdefault(member.wall, []).append(m)
    spec = topology.spec
    assert isinstance(spec, FilterSpec)
    numbers = [n for n in spec.caps if n]
    if topology.regions and spec.reservoir == "caps":
        for _ in range(in_file):
            numbers[numbers.index(max(numbers))] -= 1
    return [
        (waters[:n], funnel) for n, (funnel, waters) in zip(numbers, by_funnel.items(), strict=True)
    ]
