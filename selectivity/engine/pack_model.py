"""A topology as the arrays of :class:`selectivity.engine.arrays.Model`."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from selectivity.engine import arrays
from selectivity.engine.flags import GUARD, LANES, REFUSED
from selectivity.forcefield.identity import pair_tables
from selectivity.forcefield.mixing import lj_tables
from selectivity.forcefield.species import SiteType
from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.topology import Member, Topology
from selectivity.units import COULOMB, rt

Precision = Literal["mixed", "double"]
OPEN_FILE = 4  # waters in an open file, for its share of the file's collective moves; not tuned
FLAT_LANES = 32  # the list of all sites is padded to a multiple of this

_CLASS = dict(zip(arrays.CLASS_NAMES, range(arrays.N_CLASSES), strict=True))
_CLASS["solvent"] = arrays.WATER  # another liquid, of which there is one kind in a droplet


def dtype_of(precision: Precision) -> type:
    """Floating-point type of the pair sum."""
    return np.float32 if precision == "mixed" else np.float64


def _padded(n: int) -> int:
    return -(-n // LANES) * LANES


def site_types(topology: Topology) -> tuple[list[SiteType], np.ndarray]:
    """Distinct Lennard-Jones types but X's, and the type of every site, shape (M, S); −1 empty.

    The sampled ion's type is last: its parameters are those of its present identity.
    """
    index: dict[str, int] = {}
    types: list[SiteType] = []
    n_slots = max(len(member.molecule.sites) for member in topology.members)
    of_site = np.full((len(topology.members), n_slots), -1)
    for m, member in enumerate(topology.members):
        if m == topology.x:
            continue
        for s, site in enumerate(member.molecule.sites):
            if site.name not in index:
                index[site.name] = len(types)
                types.append(site)
            of_site[m, s] = index[site.name]
    of_site[topology.x, 0] = len(types)
    return types, of_site


def pack_model(topology: Topology, precision: Precision = "mixed") -> arrays.Model:
    """Turn a topology into the arrays of :class:`selectivity.engine.arrays.Model`."""
    types, site_type = site_types(topology)
    members = topology.members
    n_sites = np.array([len(member.molecule.sites) for member in members])
    n_slot = np.array([_padded(int((n_sites > s).sum())) for s in range(site_type.shape[1])])
    mp, dtype = _padded(len(members)), dtype_of(precision)
    ladder = _ladder(topology, types)
    base = _base_lj(topology, types, site_type, mp, ladder)
    site_charge, charge = _charges(topology, site_type.shape, mp)
    one_body = _anchors(topology, site_type.shape)
    walls = [_wall(member) for member in members]
    site_type[site_type < 0] = 0
    ligand = np.array([member.is_ligand for member in members])
    return arrays.Model(
        n_sites=n_sites,
        n_slot=n_slot,
        cls=np.array([_CLASS[member.role] for member in members]),
        ligand=ligand.astype(np.int64),
        main=np.array([member.molecule.main for member in members]),
        charge=charge.astype(dtype),
        site_charge=site_charge.astype(dtype),
        site_type=site_type,
        has_lj=(np.abs(base).sum(axis=1).reshape(len(base), len(n_slot), mp) > 0).any(axis=2),
        base_lj=base.astype(dtype),
        ladder=ladder,
        constants=np.array([1.0, GUARD**2, REFUSED, 0.0], dtype=dtype),
        partner=np.array([member.anchor.partner if member.anchor else -1 for member in members]),
        excluded=_excluded(site_type.shape[1]),
        bond=np.array([member.anchor.bond if member.anchor else (0.0, 0.0) for member in members]),
        **one_body,
        wall_kind=np.array([kind for kind, _ in walls]),
        wall=np.array([row for _, row in walls]),
        file_order=np.array(topology.file_order, dtype=np.int64),
        file_limits=np.array(topology.file_limits, dtype=float),
        **_regions(topology, site_type.shape[1]),
        **_flat(topology, mp),
        meets_lj=np.abs(base).sum(axis=(1, 2)) > 0,
        free=_free(topology),
        movers=movers(topology),
        oxygen=_oxygens(topology, site_type.shape),
        shell=np.array([topology.forcefield.first_shell_A[ion] for ion in topology.spec.ions]),
        sweep_length=sum(member.mobile for member in members),
        x=topology.x,
        x_type=len(types),
        beta=1.0 / rt(topology.spec.temperature_K),
    )


def _ladder(topology: Topology, types: list[SiteType]) -> np.ndarray:
    a, b = pair_tables(topology.ladder, topology.forcefield, types)
    table = np.zeros((len(topology.ladder.labels), len(types) + 1, 2))
    table[:, :-1, 0], table[:, :-1, 1] = a, b
    return table


def _base_lj(
    topology: Topology, types: list[SiteType], site_type: np.ndarray, mp: int, ladder: np.ndarray
) -> np.ndarray:
    n_types, n_slots = len(types) + 1, site_type.shape[1]
    full = np.zeros((2, n_types, n_types))
    full[0, :-1, :-1], full[1, :-1, :-1] = lj_tables(types, topology.forcefield.overrides)
    for i in range(2):
        full[i, -1, :] = full[i, :, -1] = ladder[0, :, i]
    base = np.zeros((n_types, 2, n_slots * mp))
    for m, s in zip(*np.nonzero(site_type >= 0), strict=True):
        base[:, :, s * mp + m] = full[:, :, site_type[m, s]].T
    return base


def _charges(topology: Topology, shape: tuple[int, ...], mp: int) -> tuple[np.ndarray, np.ndarray]:
    site_charge = np.zeros(shape)
    charge = np.zeros((2, shape[1] * mp))
    for m, member in enumerate(topology.members):
        scale = topology.ligand_electrostatics if member.is_ligand else 1.0
        for s, site in enumerate(member.molecule.sites):
            q = math.sqrt(COULOMB) * site.charge
            site_charge[m, s] = q
            charge[:, s * mp + m] = q, q * scale
    return site_charge, charge


def _anchors(topology: Topology, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    n = len(topology.members)
    k, r = np.zeros(shape), np.zeros((*shape, 3))
    k_theta, direction = np.zeros(n), np.zeros((n, 3))
    for m, member in enumerate(topology.members):
        anchor = member.anchor
        if anchor is not None:
            k[m, : len(anchor.k)], r[m, : len(anchor.k)] = anchor.k, anchor.position
            k_theta[m] = anchor.k_theta
            axis = anchor.position[1] - anchor.position[0]
            direction[m] = axis / np.linalg.norm(axis)
    return {"tether_k": k, "tether_r": r, "theta_k": k_theta, "direction": direction}


def _wall(member: Member) -> tuple[int, np.ndarray]:
    row, wall = np.zeros(8), member.wall
    if isinstance(wall, SphereWall):
        row[:2] = wall.radius, wall.k
        return arrays.SPHERE, row
    if isinstance(wall, FileWalls):
        row[:4] = wall.z_lower, wall.z_upper, wall.k, wall.radius
        return arrays.FILE, row
    if isinstance(wall, Funnel):
        row[:6] = wall.z_mouth, wall.direction, wall.radius0, wall.slope, wall.depth, wall.k
        return arrays.FUNNEL, row
    return arrays.NO_WALL, row


def _regions(topology: Topology, n_slots: int) -> dict[str, np.ndarray]:
    """Regions of fluctuating waters, by row and by molecule, and the water that they hold."""
    table = np.zeros((len(topology.regions), 10))
    region_of = np.full(len(topology.members), -1)
    template = np.zeros((n_slots, 3))
    if len({math.isnan(region.log_activity) for region in topology.regions}) > 1:
        raise ValueError("all regions have a reservoir, or none has one")  # jumps go both ways
    for i, region in enumerate(topology.regions):
        first, end = region.members[0], region.members[-1] + 1
        if region.members != tuple(range(first, end)):
            raise ValueError("the places of a region are consecutive")
        table[i] = (
            region.z_lower, region.z_upper, region.radius, math.log(region.volume),
            region.log_activity, region.confined, region.in_file, first, end, region.minimum,
        )  # fmt: skip
        region_of[first:end] = i
        molecule = topology.members[first].molecule
        sites = molecule.coordinates()
        template[: len(sites)] = sites - sites[molecule.main]
    return {
        "region": table,
        "region_of": region_of,
        "template": template,
        "open_stretch": np.array(topology.open_stretches, dtype=np.int64),
    }


def _flat(topology: Topology, mp: int) -> dict[str, np.ndarray]:
    """All sites as one list, molecule by molecule: where they stand in a row by slots."""
    sizes = [len(member.molecule.sites) for member in topology.members]
    places = [s * mp + m for m, size in enumerate(sizes) for s in range(size)]
    flat = np.full(-(-len(places) // FLAT_LANES) * FLAT_LANES, -1)
    flat[: len(places)] = places
    return {"flat": flat, "first": np.cumsum([0, *sizes[:-1]])}


def _free(topology: Topology) -> np.ndarray:
    free = np.zeros((len(topology.members), 4))
    for m, member in enumerate(topology.members):
        if member.mobile:
            free[m] = 1.0, 1.0, 1.0, float(len(member.molecule.sites) > 1)
    if topology.on_axis:
        free[topology.x, :2] = 0.0
    return free


def _excluded(n_slots: int) -> np.ndarray:
    """C...CB, C...OG1 and O...CB of one residue: within three bonds (slots CB OG1 HG1 × C O)."""
    table = np.zeros((max(n_slots, 3), max(n_slots, 3)), dtype=np.int64)
    table[0, 0] = table[1, 0] = table[0, 1] = 1
    return table


def _oxygens(topology: Topology, shape: tuple[int, ...]) -> np.ndarray:
    table = np.zeros(shape, dtype=np.int64)
    for m, member in enumerate(topology.members):
        if member.molecule.kind != "ion":
            table[m, member.molecule.main] = 1
    return table


# Shares of the trial moves by role: (kind, weight). Ion and file carry the slow modes and are
# tried more often than the ligands and the caps around them.
_SHARES: dict[str, tuple[tuple[int, int], ...]] = {
    "ion": ((arrays.TRANSLATE, 4),),
    "resident": ((arrays.TRANSLATE, 3),),
    "file_water": ((arrays.TRANSLATE, 1), (arrays.RIGID, 2), (arrays.ROTATE, 1),
                   (arrays.REORIENT, 1)),
    "water": ((arrays.RIGID, 1), (arrays.TRANSLATE, 1), (arrays.ROTATE, 1)),
    "solvent": ((arrays.RIGID, 1), (arrays.TRANSLATE, 1), (arrays.ROTATE, 1)),
    "carbonyl": ((arrays.RIGID, 2), (arrays.ROTATE, 1)),
    "hydroxyl": ((arrays.RIGID, 1), (arrays.TORSION, 2)),
}  # fmt: skip


def movers(topology: Topology) -> np.ndarray:
    """Table of (kind, molecule) from which every trial is drawn uniformly."""
    rows: list[tuple[int, int]] = []
    for m, member in enumerate(topology.members):
        if not member.mobile:
            continue
        shares = _SHARES[member.role]
        if m == topology.x and topology.on_axis:
            shares = ((arrays.AXIAL, 4),)
        for kind, weight in shares:
            rows.extend([(kind, m)] * weight)
    length = len(topology.file_order)
    if any(region.in_file for region in topology.regions):
        length += OPEN_FILE
    if length > 1 and topology.members[topology.x].mobile:  # the whole file moves, X with it
        rows.extend([(arrays.SHIFT, topology.x)] * (2 * length))
        rows.extend([(arrays.HOP, topology.x)] * (2 * length))
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
