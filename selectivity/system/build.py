"""Builds systems without overlaps from a seed: topology and starting coordinates."""

from __future__ import annotations

import math

import numpy as np

from selectivity.errors import InputError
from selectivity.forcefield.identity import Ladder, ladder
from selectivity.forcefield.library import WATER, ForceField, amide_density, load
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import SphereWall
from selectivity.system.filter_build import filter_start, filter_topology
from selectivity.system.placement import (
    ball_lattice,
    closest,
    lattice,
    random_rotation,
    roomiest,
)
from selectivity.system.spec import CageSpec, DropletSpec, SystemSpec
from selectivity.system.topology import Anchor, Member, Role, Topology, sort_members

_ROOM = 1.5  # Å between the sites of two amides at the start
Start = np.ndarray  # (M, S, 3), Å; places of sites that a molecule lacks are zero


def build_topology(spec: SystemSpec, states_per_gap: int = 5) -> Topology:
    """The molecules of ``spec`` and what holds them.

    Raises
    ------
    InputError
        Unknown parameter set, ion or structure; a composition that does not fit into the file.
    """
    charge = spec.carbonyl_charge if isinstance(spec, CageSpec) else None
    forcefield = load(spec.forcefield, carbonyl_charge=charge)
    rungs = ladder(forcefield, spec.ions, states_per_gap)
    if isinstance(spec, DropletSpec):
        return _droplet(spec, forcefield, rungs)
    if isinstance(spec, CageSpec):
        return _cage(spec, forcefield, rungs)
    return filter_topology(spec, forcefield, rungs)


def start(topology: Topology, z: float, rng: np.random.Generator, spread: bool = False) -> Start:
    """Starting coordinates with X at height ``z`` (Å; ignored where X is fixed at the origin).

    The rest of the single file stands close about X or, with ``spread``, evenly out to the ends.

    No two sites of different molecules are closer than 1.2 Å, except inside the crystal cage.
    """
    spec = topology.spec
    if isinstance(spec, DropletSpec):
        return _droplet_start(topology, spec, rng)
    if isinstance(spec, CageSpec):
        return _cage_start(topology, spec, rng)
    return filter_start(topology, z, rng, spread)


def _sampled_ion(forcefield: ForceField, spec: SystemSpec, mobile: bool) -> Member:
    return Member(forcefield.ion(spec.ions[0]), "ion", "X", mobile=mobile)


def _droplet(spec: DropletSpec, forcefield: ForceField, rungs: Ladder) -> Topology:
    wall = SphereWall(radius=spec.radius, k=spec.wall_k)
    members = [_sampled_ion(forcefield, spec, mobile=False)]
    molecule = forcefield.solvent(spec.solvent, f"systems.{spec.name}.solvent")
    role: Role = "water" if spec.solvent == WATER else "solvent"
    label = "W" if spec.solvent == WATER else f"{spec.solvent} "
    members += [Member(molecule, role, f"{label}{i}", wall=wall) for i in range(spec.n_waters)]
    ordered, new_index = sort_members(members)
    return Topology(spec, forcefield, rungs, ordered, new_index[0])


def _cage(spec: CageSpec, forcefield: ForceField, rungs: Ladder) -> Topology:
    wall = SphereWall(radius=spec.radius, k=spec.wall_k)
    members = [_sampled_ion(forcefield, spec, mobile=False)]
    members += [_free_ligand(forcefield.carbonyl, i, wall) for i in range(spec.n_carbonyls)]
    members += [Member(forcefield.water, "water", f"W{i}", wall=wall) for i in range(spec.n_waters)]
    ordered, new_index = sort_members(members)
    return Topology(
        spec,
        forcefield,
        rungs,
        ordered,
        new_index[0],
        ligand_electrostatics=spec.ligand_electrostatics,
    )


def _free_ligand(molecule: Molecule, i: int, wall: SphereWall) -> Member:
    """A carbonyl that only the wall holds: its anchor has no tether and no orientation term."""
    anchor = Anchor(molecule.coordinates(), np.zeros(len(molecule.sites)))
    return Member(molecule, "carbonyl", f"C=O {i}", wall=wall, anchor=anchor)


def _empty(topology: Topology) -> Start:
    n_slots = max(len(member.molecule.sites) for member in topology.members)
    return np.zeros((len(topology.members), n_slots, 3))


def _droplet_start(topology: Topology, spec: DropletSpec, rng: np.random.Generator) -> Start:
    if spec.solvent != WATER:
        return _amide_start(topology, spec, rng)
    points = ball_lattice(spec.n_waters, spec.radius, clearance=2.4, rng=rng)
    if points is None:
        rule = f"{spec.n_waters} waters do not fit within {spec.radius:g} Å"
        raise InputError(f"systems.{spec.name}.radius", spec.radius, rule, "enlarge the droplet")
    r, place, placed = _empty(topology), iter(points), np.zeros((1, 3))
    for m, member in enumerate(topology.members):
        if m != topology.x:
            sites = roomiest(member.molecule, next(place), placed, rng)
            r[m, : len(sites)] = sites
            placed = np.concatenate([placed, sites])
    return r


def _amide_start(topology: Topology, spec: DropletSpec, rng: np.random.Generator) -> Start:
    """Amides on a lattice about the ion, a little wider than the liquid; the wall gathers them.

    The lattice widens until every molecule has room.
    """
    spacing = (math.sqrt(2.0) / amide_density(spec.solvent)) ** (1.0 / 3.0)
    for widening in np.linspace(1.05, 1.5, 10):
        edge = widening * spacing
        box = np.full(3, edge * (spec.n_waters ** (1.0 / 3.0) + 1.0))
        points = lattice(-box, box, edge) + rng.uniform(-0.5, 0.5, 3) * edge
        distance = np.linalg.norm(points, axis=1)
        nearest = np.argsort(np.where(distance < 0.75 * edge, np.inf, distance))
        r, placed, room = _empty(topology), np.zeros((1, 3)), math.inf
        solvent = [m for m in range(len(topology.members)) if m != topology.x]
        for m, point in zip(solvent, points[nearest[: len(solvent)]], strict=True):
            sites = roomiest(topology.members[m].molecule, point, placed, rng, centred=True)
            room = min(room, closest(sites, placed))
            r[m, : len(sites)] = sites
            placed = np.concatenate([placed, sites])
        if room >= _ROOM:
            return r
    rule = f"{spec.n_waters} molecules of {spec.solvent} find no place to start from"
    raise InputError(f"systems.{spec.name}.molecules", spec.n_waters, rule, "take fewer")


def _cage_start(topology: Topology, spec: CageSpec, rng: np.random.Generator) -> Start:
    """Oxygens evenly over a sphere inside the wall, carbons and hydrogens pointing outward."""
    n = len(topology.members) - 1
    radius = min(spec.radius, 2.9) if n <= 9 else min(spec.radius, 2.9 * math.sqrt(n / 9.0))
    directions = _fibonacci(n) @ random_rotation(rng).T
    r, i = _empty(topology), 0
    for m, member in enumerate(topology.members):
        if m == topology.x:
            continue
        out = directions[i]
        template = member.molecule.coordinates()
        template -= template[member.molecule.main]
        outward = template.mean(axis=0)
        r[m, : len(template)] = template @ _turn(outward, out).T + radius * out
        i += 1
    return r


def _fibonacci(n: int) -> np.ndarray:
    """``n`` unit vectors spread evenly over the sphere."""
    i = np.arange(n) + 0.5
    z = 1.0 - 2.0 * i / n
    phi = math.pi * (1.0 + math.sqrt(5.0)) * i
    rho = np.sqrt(1.0 - z * z)
    return np.stack([rho * np.cos(phi), rho * np.sin(phi), z], axis=1)


def _turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rotation matrix that turns the direction of ``a`` into that of ``b``."""
    from scipy.spatial.transform import Rotation

    rotation, _ = Rotation.align_vectors(b[None, :], (a / np.linalg.norm(a))[None, :])
    return rotation.as_matrix()
