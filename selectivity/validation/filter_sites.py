"""Distances in the cages of a filter: those of the crystal, and those with K+ held in a site."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np

from selectivity.geometry.crystal import read_crystal
from selectivity.geometry.files import load_filter
from selectivity.geometry.filter import FilterGeometry, Ring
from selectivity.system.spec import Composition, FilterSpec, Windows
from selectivity.system.topology import Topology
from selectivity.units import kcal
from selectivity.validation.context import Arrays
from selectivity.validation.fixed_ion import sample

KAPPA = kcal(20.0)
"""Umbrella that holds the ion at the crystal's site, kJ/mol/Å²: that of the shipped run files."""


def ion_oxygen(geometry: FilterGeometry, site: str, ring: str) -> float:
    """Distance of the crystal's ion in ``site`` from the oxygens of ``ring``, Å."""
    oxygen = geometry.ring(ring).oxygen
    return math.hypot(oxygen.r, oxygen.z - geometry.sites[site])


def spacing(geometry: FilterGeometry, ring: str) -> float:
    """Distance of a ring's plane from the next one below it, Å."""
    planes = list(geometry.planes.values())
    return geometry.planes[ring] - planes[list(geometry.planes).index(ring) - 1]


def twist(geometry: FilterGeometry, ring: str) -> float:
    """Turn of a ring's oxygens against the next ring below it, 0 (cube) to 45 degrees."""
    names = [r.name for r in geometry.rings]
    below = geometry.rings[names.index(ring) - 1]
    turn = geometry.ring(ring).oxygen.phi_deg - below.oxygen.phi_deg
    period = 360.0 / geometry.symmetry
    return abs((turn + 0.5 * period) % period - 0.5 * period)


def mean_ion_oxygen(geometry: FilterGeometry) -> float:
    """Mean over all cages of the distances from the crystal's ion to both rings, Å."""
    found = [
        ion_oxygen(geometry, cage.name, ring)
        for cage in geometry.cages
        for ring in (cage.lower, cage.upper)
    ]
    return float(np.mean(found))


def largest_difference(geometry: FilterGeometry, other: FilterGeometry) -> float:
    """Largest distance between the same atoms of two structures, ions on the axis included, Å."""
    if [r.name for r in geometry.rings] != [r.name for r in other.rings]:
        return math.inf
    pairs = zip(geometry.rings, other.rings, strict=True)
    found = [
        float(np.abs(geometry.group_positions(a) - other.group_positions(b)).max())
        for a, b in pairs
    ]
    shared = [site for site in geometry.sites if site.startswith("S")]
    found += [abs(geometry.sites[s] - other.sites.get(s, math.inf)) for s in shared]
    return max(found)


def geometry_of(structure: str, crystal: Path | None) -> FilterGeometry:
    """A shipped structure, or the one read from the crystal's own file."""
    return load_filter(structure) if crystal is None else read_crystal(crystal)


def value(geometry: FilterGeometry, quantity: str, ring: str = "", site: str = "") -> float:
    """One number of a structure by its name, Å or degrees."""
    if quantity == "ion-oxygen":
        return ion_oxygen(geometry, site, ring)
    if quantity == "ion-ion":
        upper, lower = site.split("-")
        return geometry.sites[upper] - geometry.sites[lower]
    if quantity == "mean":
        return mean_ion_oxygen(geometry)
    if quantity == "spacing":
        return spacing(geometry, ring)
    if quantity == "twist":
        return twist(geometry, ring)
    oxygens = geometry.group_positions(geometry.ring(ring))[:, 1]
    oxygen = geometry.ring(ring).oxygen
    return {
        "r": oxygen.r,
        "z": oxygen.z,
        "O-O": float(np.mean([np.linalg.norm(b - a) for a, b in pairwise(oxygens)])),
        "rms": math.sqrt(oxygen.b_factor / (8.0 * math.pi**2)),
    }[quantity]


def dry_filter(structure: str, z: float, forcefield: str = "charmm36") -> FilterSpec:
    """The dry filter of a structure about a height, tethered by its B-factors, at 310.15 K."""
    return FilterSpec(
        "held",
        forcefield,
        ("K", "Na"),
        310.15,
        structure,
        Composition.parse("[X]"),
        Windows(z - 1.0, z + 1.0),
        (z - 0.5, z + 0.5),
        caps=(0, 0),
    )


def observe(geometry: FilterGeometry, topology: Topology, r: np.ndarray) -> np.ndarray:
    """One row: X, then distance from X and displacement of every oxygen, ring by ring.

    Displacements count from the crystal position and are turned back into the frame of subunit 0;
    shape (3 + rings · symmetry · 4,).
    """
    x = r[topology.x, 0]
    rows = [x]
    labels = {member.label: m for m, member in enumerate(topology.members)}
    for ring in geometry.rings:
        for i in range(geometry.symmetry):
            m = labels[f"{ring.name} {i}"]
            member = topology.members[m]
            assert member.anchor is not None
            site = member.molecule.main
            u = r[m, site] - member.anchor.position[site]
            rows.append(np.array([np.linalg.norm(r[m, site] - x)]))
            rows.append(_turned(u, -2.0 * math.pi * i / geometry.symmetry))
    return np.concatenate(rows)


def _turned(u: np.ndarray, angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([c * u[0] - s * u[1], s * u[0] + c * u[1], u[2]])


def held(
    structure: str, site: str, stream: np.random.Generator, records: int, stride: int
) -> Arrays:
    """Means with K+ held at a site of the crystal in one chain.

    ``x`` (3,) is the ion's mean place, ``distance`` (rings,) the mean distance to a ring's oxygens,
    ``u`` (rings, 3) and ``u2`` (rings,) mean and mean square of their displacement.
    """
    geometry = load_filter(structure)
    z = geometry.sites[site]
    rows = sample(
        dry_filter(structure, z),
        "K",
        lambda topology, r: observe(geometry, topology, r),
        stream,
        records=records,
        stride=stride,
        z=z,
        kappa=KAPPA,
    )
    return means(rows, len(geometry.rings), geometry.symmetry)


def means(rows: np.ndarray, rings: int, symmetry: int) -> Arrays:
    """What :func:`held` keeps of the rows of :func:`observe`, shape (records, ...)."""
    oxygens = rows[:, 3:].reshape(len(rows), rings, symmetry, 4)
    u = oxygens[..., 1:]
    return {
        "x": rows[:, :3].mean(axis=0),
        "distance": oxygens[..., 0].mean(axis=(0, 2)),
        "u": u.mean(axis=(0, 2)),
        "u2": (u**2).sum(axis=-1).mean(axis=(0, 2)),
    }


def mean_place_distance(geometry: FilterGeometry, ring: str, piece: Arrays) -> float:
    """Distance between the mean place of the ion, on the axis, and that of a ring's oxygen, Å.

    What a crystal gives: the distance of mean places. The mean of distances is longer, by about
    ⟨u²⟩ across it over twice the distance.
    """
    i = [r.name for r in geometry.rings].index(ring)
    oxygen = geometry.rings[i].oxygen.position() + piece["u"][i]
    return float(np.linalg.norm(oxygen - np.array([0.0, 0.0, piece["x"][2]])))


def rms_about_mean(ring: Ring, geometry: FilterGeometry, pieces: list[Arrays]) -> float:
    """rms displacement per axis of a ring's oxygens about their mean place, all sites pooled, Å."""
    i = [r.name for r in geometry.rings].index(ring.name)
    mean = np.mean([piece["u"][i] for piece in pieces], axis=0)
    square = np.mean([piece["u2"][i] for piece in pieces])
    return math.sqrt((square - mean @ mean) / 3.0)
