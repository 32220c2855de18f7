"""The reference energy: plain NumPy in float64, term by term, nothing cached and nothing padded.

It works from the molecules of a topology, the mixing rules of ``forcefield`` and the walls of
``geometry.confinement``, not from the packed arrays of the kernels, and shares no code with them:
what both compute, both compute right. The overlap guard of the kernels is a rule of the moves and
has no place here.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from selectivity.forcefield.identity import pair_tables
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.geometry.confinement import (
    FileWalls,
    SphereWall,
    file_energy,
    funnel_energy,
    sphere_energy,
)
from selectivity.system.topology import Member, Topology, is_absent
from selectivity.units import COULOMB

Term = Literal["coulomb", "lennard_jones", "bond", "tethers", "orientation", "walls", "umbrella"]
PAIR_TERMS: tuple[Term, ...] = ("coulomb", "lennard_jones", "bond")
TERMS: tuple[Term, ...] = (*PAIR_TERMS, "tethers", "orientation", "walls", "umbrella")

EXCLUDED = frozenset((("CB", "C"), ("OG1", "C"), ("CB", "O")))
"""Atoms of a residue's hydroxyl and of its carbonyl within three bonds: no pair energy."""


def energy_terms(
    topology: Topology,
    r: np.ndarray,
    identity: int = 0,
    umbrella: tuple[float, float] | None = None,
) -> dict[Term, float]:
    """Energy of one configuration, kJ/mol, by term.

    Parameters
    ----------
    topology : Topology
    r : ndarray, shape (M, S, 3)
        Å; places of sites that a molecule lacks are not read; molecules that are not there
        (``topology.is_absent``) have no energy.
    identity : int
        State j of the topology's ladder that the sampled ion is in.
    umbrella : tuple of float, optional
        Centre z_i (Å) and force constant κ (kJ/mol/Å²) of ½κ(z − z_i)².

    Returns
    -------
    dict
        ``coulomb`` Σ q_a q_b/(4πε0 r) and ``lennard_jones`` Σ A/r¹² − B/r⁶ over pairs of sites of
        different molecules; ``bond`` Σ ½k(d − d0)² over C...CB; ``tethers`` Σ ½k|Δ|²;
        ``orientation`` Σ k_θ(1 − cos θ); ``walls``; ``umbrella``. Their sum is the energy.
    """
    pairs = pair_terms(topology, r, identity)
    terms: dict[Term, float] = {term: 0.5 * float(pairs[term].sum()) for term in PAIR_TERMS}
    members = [(m, topology.members[m]) for m in np.flatnonzero(~is_absent(r))]
    terms["tethers"] = sum(_tethers(member, r[m]) for m, member in members)
    terms["orientation"] = sum(_orientation(member, r[m]) for m, member in members)
    terms["walls"] = sum(_wall(member, r[m]) for m, member in members)
    z = float(r[topology.x, 0, 2])
    terms["umbrella"] = 0.5 * umbrella[1] * (z - umbrella[0]) ** 2 if umbrella else 0.0
    return terms


def total_energy(
    topology: Topology,
    r: np.ndarray,
    identity: int = 0,
    umbrella: tuple[float, float] | None = None,
) -> float:
    """Sum of :func:`energy_terms`, kJ/mol."""
    return sum(energy_terms(topology, r, identity, umbrella).values())


def one_body_energies(topology: Topology, r: np.ndarray) -> np.ndarray:
    """Tethers, orientation term and wall of every molecule, shape (M,), kJ/mol."""
    energies = np.zeros(len(topology.members))
    for m in np.flatnonzero(~is_absent(r)):
        member = topology.members[m]
        energies[m] = _tethers(member, r[m]) + _orientation(member, r[m]) + _wall(member, r[m])
    return energies


def pair_matrix(topology: Topology, r: np.ndarray, identity: int = 0) -> np.ndarray:
    """Energy between every two molecules, shape (M, M), symmetric, zero on the diagonal, kJ/mol.

    Coulomb, Lennard-Jones and the C...CB term together; arguments as in :func:`energy_terms`.
    """
    return np.sum(list(pair_terms(topology, r, identity).values()), axis=0)


def pair_terms(topology: Topology, r: np.ndarray, identity: int = 0) -> dict[Term, np.ndarray]:
    """The terms of :func:`pair_matrix` apart, each of shape (M, M)."""
    members = topology.members
    owner = np.array([m for m, member in enumerate(members) for _ in member.molecule.sites])
    slot = np.array([s for member in members for s in range(len(member.molecule.sites))])
    x = r[owner, slot]
    gone = is_absent(r)[owner]
    distance = np.linalg.norm(x[:, None] - x[None, :], axis=-1)
    distance[~_counted(topology, owner, slot) | gone[:, None] | gone] = np.inf
    q = np.concatenate([member.molecule.charges() for member in members])
    coulomb = COULOMB * np.outer(q, q) / distance
    ligand = np.array([member.is_ligand for member in members])[owner]
    coulomb[np.outer(ligand, ligand)] *= topology.ligand_electrostatics
    A, B = _lennard_jones(topology, owner, slot, identity)
    lennard_jones = A / distance**12 - B / distance**6
    return {
        "coulomb": _by_molecule(coulomb, owner),
        "lennard_jones": _by_molecule(lennard_jones, owner),
        "bond": _bonds(topology, r),
    }


def _counted(topology: Topology, owner: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """Pairs of sites that carry Coulomb and Lennard-Jones energy, shape (N, N)."""
    counted = owner[:, None] != owner[None, :]
    names = [topology.members[m].molecule.site_names[s] for m, s in zip(owner, slot, strict=True)]
    for i, m in enumerate(owner):
        anchor = topology.members[m].anchor
        if anchor is None or anchor.partner < 0:
            continue
        for j in np.flatnonzero(owner == anchor.partner):
            if (names[i], names[j]) in EXCLUDED or (names[j], names[i]) in EXCLUDED:
                counted[i, j] = counted[j, i] = False
    return counted


def _lennard_jones(
    topology: Topology, owner: np.ndarray, slot: np.ndarray, identity: int
) -> tuple[np.ndarray, np.ndarray]:
    """A and B of every pair of sites, with the sampled ion as ``identity``, each (N, N)."""
    sites = [topology.members[m].molecule.sites[s] for m, s in zip(owner, slot, strict=True)]
    overrides = topology.forcefield.overrides
    index = {site: i for i, site in enumerate(dict.fromkeys(sites))}
    table = np.array(
        [[lennard_jones_ab(*pair_parameters(a, b, overrides)) for b in index] for a in index]
    )
    kind = np.array([index[site] for site in sites])
    A, B = table[kind[:, None], kind[None, :]].transpose(2, 0, 1)
    ion = int(np.flatnonzero(owner == topology.x)[0])
    of_x = [row[identity] for row in pair_tables(topology.ladder, topology.forcefield, sites)]
    A[ion], B[ion] = of_x
    A[:, ion], B[:, ion] = of_x
    return A, B


def _by_molecule(site_pairs: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Sum a matrix over pairs of sites to one over pairs of molecules."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.add.reduceat(np.add.reduceat(site_pairs, first, axis=0), first, axis=1)


def _bonds(topology: Topology, r: np.ndarray) -> np.ndarray:
    """½k(d − d0)² between the first sites (C and CB) of two groups of one residue, (M, M)."""
    energy = np.zeros((len(topology.members), len(topology.members)))
    for m, member in enumerate(topology.members):
        if member.anchor is not None and member.anchor.partner >= 0:
            k, length = member.anchor.bond
            d = float(np.linalg.norm(r[m, 0] - r[member.anchor.partner, 0]))
            energy[m, member.anchor.partner] = 0.5 * k * (d - length) ** 2
    return energy


def _tethers(member: Member, sites: np.ndarray) -> float:
    anchor = member.anchor
    if anchor is None:
        return 0.0
    shift2 = np.sum((sites[: len(anchor.k)] - anchor.position) ** 2, axis=1)
    return float(0.5 * anchor.k @ shift2)


def _orientation(member: Member, sites: np.ndarray) -> float:
    anchor = member.anchor
    if anchor is None or anchor.k_theta == 0.0:
        return 0.0
    now, crystal = sites[1] - sites[0], anchor.position[1] - anchor.position[0]
    cosine = now @ crystal / (np.linalg.norm(now) * np.linalg.norm(crystal))
    return float(anchor.k_theta * (1.0 - cosine))


def _wall(member: Member, sites: np.ndarray) -> float:
    wall, main = member.wall, sites[member.molecule.main]
    if wall is None:
        return 0.0
    if isinstance(wall, SphereWall):
        return float(sphere_energy(wall, main))
    if isinstance(wall, FileWalls):
        return float(file_energy(wall, main))
    return float(funnel_energy(wall, main))
