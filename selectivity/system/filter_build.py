"""Builds the filter: rings from a structure, the single file, resident ions and caps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from selectivity.errors import InputError
from selectivity.forcefield.identity import Ladder
from selectivity.forcefield.library import ForceField
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import FileWalls, Funnel, default_confinement
from selectivity.geometry.exclusions import distance_terms
from selectivity.geometry.filter import FilterGeometry, Ring, hydroxyl_hydrogen
from selectivity.geometry.tethers import tether_constant
from selectivity.system.filter_geometry import filter_geometry
from selectivity.system.open_file import cap_waters, file_places, fill_file, filter_regions
from selectivity.system.placement import closest, lattice, settle
from selectivity.system.spec import FilterSpec
from selectivity.system.topology import Anchor, Member, Role, Topology, sort_members

FILE_SPACING = 3.0  # Å: starting distance between neighbours of the single file
CLEAR = 1.2  # Å: no starting site of water is closer than this to any other molecule's


def filter_topology(spec: FilterSpec, forcefield: ForceField, rungs: Ladder) -> Topology:
    """Ligand groups at their crystal places, the file in its order, waters in the caps.

    A composition with ``gc`` has more places for waters than can be filled: in the file one per
    1.8 Å of it, in caps that are open twice their number.
    """
    geometry = filter_geometry(spec)
    confinement = default_confinement(geometry, spec.caps)
    walls, water = confinement.file, forcefield.water
    composition = spec.composition
    members = _ligands(spec, geometry, forcefield)
    n_ligands = len(members)
    for place, symbol in enumerate(composition.members):
        members.append(_file_member(symbol, place, spec, forcefield, walls))
    open_file = file_places(walls) if composition.fluctuates else 0
    spans = [range(len(members), len(members) + open_file)]
    members += [
        Member(water, "file_water", f"file water {i}", wall=walls) for i in range(open_file)
    ]
    for end, funnel, n in zip(
        ("inner", "outer"), (confinement.inner, confinement.outer), spec.caps, strict=True
    ):
        room = n if spec.reservoir == "bulk" or not open_file else 2 * n
        spans.append(range(len(members), len(members) + room))
        members += [Member(water, "water", f"{end} cap {i}", wall=funnel) for i in range(room)]
    ordered, new = sort_members(members)
    ordered = tuple(_repoint(member, new) for member in ordered)
    file_order = tuple(new[n_ligands + i] for i in range(len(composition.members)))
    places = [tuple(new[i] for i in span) for span in spans]
    return Topology(
        spec,
        forcefield,
        rungs,
        ordered,
        file_order[composition.members.index("X")],
        file_order=file_order,
        file_limits=(walls.z_lower - walls.hard_margin, walls.z_upper + walls.hard_margin),
        ligand_electrostatics=spec.ligand_electrostatics,
        on_axis=spec.on_axis,
        regions=filter_regions(spec, forcefield, confinement, places),
        open_stretches=composition.open_stretches,
    )


def _repoint(member: Member, new_index: list[int]) -> Member:
    """The member with its anchor's partner under the index that sorting gave it."""
    anchor = member.anchor
    if anchor is None or anchor.partner < 0:
        return member
    return replace(member, anchor=replace(anchor, partner=new_index[anchor.partner]))


def _file_member(
    symbol: str, place: int, spec: FilterSpec, forcefield: ForceField, walls: FileWalls
) -> Member:
    label = f"file {place}: {symbol}"
    if symbol == "X":
        return Member(forcefield.ion(spec.ions[0]), "ion", label, wall=walls)
    if symbol == "W":
        return Member(forcefield.water, "file_water", label, wall=walls)
    return Member(forcefield.ion(symbol), "resident", label, wall=walls)


def _ligands(spec: FilterSpec, geometry: FilterGeometry, forcefield: ForceField) -> list[Member]:
    """Groups ring by ring; group i of ring n stands at index n·symmetry + i."""
    n_sub = geometry.symmetry
    partners = _partners(geometry)
    members = []
    for n, ring in enumerate(geometry.rings):
        molecule = _ligand(ring, forcefield)
        # groups with sites beside their bond are moved as hydroxyls are: turned about it as well
        role: Role = "carbonyl" if ring.kind == "carbonyl" else "hydroxyl"
        for i, crystal in enumerate(_crystal_sites(geometry, ring, molecule)):
            anchor = Anchor(
                position=crystal,
                k=_tethers(spec, ring, molecule),
                k_theta=0.0 if spec.tether.mode == "rigid" else spec.k_theta,
                partner=partners[n] * n_sub + i if n in partners else -1,
                bond=_bond(geometry, ring),
            )
            mobile = spec.tether.mode != "rigid"
            label = f"{ring.name} {i}"
            members.append(Member(molecule, role, label, mobile=mobile, anchor=anchor))
    return members


def _ligand(ring: Ring, forcefield: ForceField) -> Molecule:
    """The molecule of a ring's groups, with its charges scaled."""
    if ring.kind == "formamide":
        if ring.kind not in forcefield.amides:
            rule = f"the parameter set {forcefield.name} has no such molecule"
            remedy = "take charmm36, or another ligand"
            raise InputError(f"rings.{ring.name}", ring.kind, rule, remedy)
        molecule = forcefield.amides[ring.kind]
    else:
        molecule = forcefield.carbonyl if ring.kind == "carbonyl" else forcefield.hydroxyl
    if ring.charge_scale == 1.0:
        return molecule
    sites = (replace(site, charge=ring.charge_scale * site.charge) for site in molecule.sites)
    return replace(molecule, sites=tuple(sites))


def _partners(geometry: FilterGeometry) -> dict[int, int]:
    """Ring index of the other group of the same residue, for rings that have one."""
    found = {}
    for a, ring in enumerate(geometry.rings):
        for b, other in enumerate(geometry.rings):
            if a != b and ring.residue == other.residue:
                found[a] = b
    return found


def _bond(geometry: FilterGeometry, ring: Ring) -> tuple[float, float]:
    for term in distance_terms(geometry):
        if ring.name in (term.ring_a, term.ring_b):
            return (term.k, term.length)
    return (0.0, 0.0)


def _crystal_sites(geometry: FilterGeometry, ring: Ring, molecule: Molecule) -> list[np.ndarray]:
    """Heavy atoms of the crystal and, of larger groups, the other sites pointing off the axis."""
    heavy = geometry.group_positions(ring)
    if ring.kind == "carbonyl":
        return list(heavy)
    thirds = hydroxyl_hydrogen(heavy)
    frames = [np.vstack([group, third]) for group, third in zip(heavy, thirds, strict=True)]
    if ring.kind == "hydroxyl":
        return frames
    return [superpose(molecule.coordinates(), frame) for frame in frames]


def _tethers(spec: FilterSpec, ring: Ring, molecule: Molecule) -> np.ndarray:
    """Tether constants of one group's sites, kJ/mol/Å²: heavy atoms alike, hydrogen free."""
    if spec.tether.mode == "bfactor":
        length = float(np.linalg.norm(molecule.coordinates()[1] - molecule.coordinates()[0]))
        b = ring.oxygen.b_factor
        k = spec.tether.scale * tether_constant(b, length, spec.k_theta, spec.temperature_K)
    else:
        k = 0.0 if spec.tether.mode == "rigid" else spec.tether.k
    k_site = np.zeros(len(molecule.sites))
    k_site[:2] = k
    return k_site


def superpose(template: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rigid template laid over crystal sites: first bond's middle and direction, third site.

    Bond lengths of the parameter set and of the crystal differ by some 0.01 Å.
    """
    return _frame_origin(target) + (template - _frame_origin(template)) @ (
        _frame(template).T @ _frame(target)
    )


def _frame_origin(sites: np.ndarray) -> np.ndarray:
    return 0.5 * (sites[0] + sites[1])


def _frame(sites: np.ndarray) -> np.ndarray:
    """Rows: unit vectors along the first bond, towards the third site, and normal to both."""
    u = (sites[1] - sites[0]) / np.linalg.norm(sites[1] - sites[0])
    helper = sites[2] - sites[1] if len(sites) > 2 else np.eye(3)[int(np.argmin(np.abs(u)))]
    v = helper - (helper @ u) * u
    v /= np.linalg.norm(v)
    return np.array([u, v, np.cross(u, v)])


def filter_start(
    topology: Topology, z: float, rng: np.random.Generator, spread: bool = False
) -> np.ndarray:
    """Cage at its crystal place, X at ``z`` on the axis, the file around it, waters in the caps.

    An open file starts empty or, with ``spread``, full.
    """
    n_slots = max(len(member.molecule.sites) for member in topology.members)
    r = np.zeros((len(topology.members), n_slots, 3))
    placed: list[np.ndarray] = []
    for m, member in enumerate(topology.members):
        if member.anchor is not None:
            sites = superpose(member.molecule.coordinates(), member.anchor.position)
            r[m, : len(sites)] = sites
            placed.extend(sites)
    for m, height in zip(topology.file_order, _file_heights(topology, z, spread), strict=True):
        settle(r[m], topology.members[m].molecule, np.array([0.0, 0.0, height]), placed, rng)
    taken = 0
    if topology.regions:
        taken = fill_file(topology, r, placed, spread, rng)
    for waters, funnel in cap_waters(topology, taken):
        for m, point in zip(waters, _cap_points(funnel, len(waters), placed, rng), strict=True):
            settle(r[m], topology.members[m].molecule, point, placed, rng)
    return r


def _file_heights(topology: Topology, z: float, spread: bool) -> list[float]:
    """z of the file's members with X at ``z``: 3 Å apart, closer where an end wall is near.

    With ``spread`` they stand evenly between X and the soft end walls, where that is wider.
    """
    low, high = topology.file_limits
    place = topology.file_order.index(topology.x)
    above = len(topology.file_order) - 1 - place
    down = min(FILE_SPACING, (z - low) / (place + 0.25)) if place else FILE_SPACING
    up = min(FILE_SPACING, (high - z) / (above + 0.25)) if above else FILE_SPACING
    if not low <= z <= high or min(down, up) < 2.2:
        rule = f"{topology.spec.name}: X at {z:.2f} Å leaves no room for the rest of the file"
        raise InputError(f"systems.{topology.spec.name}.composition", z, rule, "narrow the windows")
    if spread:
        walls = topology.members[topology.x].wall
        assert isinstance(walls, FileWalls)
        down = max(down, (z - walls.z_lower) / (place or 1))
        up = max(up, (walls.z_upper - z) / (above or 1))
    return [z + (f - place) * (down if f < place else up) for f in range(len(topology.file_order))]


def _cap_points(
    funnel: Funnel, n: int, placed: list[np.ndarray], rng: np.random.Generator
) -> list[np.ndarray]:
    """``n`` places for oxygens beyond a mouth, nearest the mouth first, clear of what is placed."""
    wide = funnel.radius0 + funnel.slope * funnel.depth
    for spacing in np.arange(3.2, 2.39, -0.1):
        box = np.array([wide, wide, funnel.depth])
        points = lattice(np.array([-wide, -wide, 0.0]), box, spacing)
        points[:, :2] += rng.uniform(-0.5, 0.5, 2) * spacing
        rho = np.hypot(points[:, 0], points[:, 1])
        points = points[rho <= funnel.radius0 + funnel.slope * points[:, 2]]
        points = points[np.argsort(points[:, 2], kind="stable")]
        points[:, 2] = funnel.z_mouth + funnel.direction * points[:, 2]
        others = np.array(placed)
        clear = [p for p in points if closest(p[None], others) > 2.3]
        if len(clear) >= n:
            return clear[:n]
    raise InputError(
        "caps", n, f"{n} waters do not fit into a cap of depth {funnel.depth:g} Å", "take fewer"
    )
