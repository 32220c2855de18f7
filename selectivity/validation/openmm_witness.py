"""OpenMM as a witness of the Hamiltonian: written once more, in its forces and units.

Everything comes from the topology alone; the energy is that of its Reference platform, in double.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.topology import Topology, is_absent

NM = 0.1  # nm per Å
SIGMA = 2.0 * 2.0 ** (-1.0 / 6.0)  # sigma of a site per Rmin/2

WALLS: dict[type, str] = {
    SphereWall: "0.5*k*step(e)*e^2; e = 10*sqrt(x^2+y^2+z^2)-p0",
    FileWalls: "0.5*k*(step(a)*a^2+step(b)*b^2+step(c)*c^2);"
    "a = p0-10*z; b = 10*z-p1; c = 10*sqrt(x^2+y^2)-p2",
    Funnel: "0.5*k*(step(-s)*s^2+step(s-p4)*(s-p4)^2+step(c)*c^2);"
    "c = 10*sqrt(x^2+y^2)-p2-p3*min(max(s,0),p4); s = p1*(10*z-p0)",
}


def openmm_energy(topology: Topology, r: np.ndarray, identity: int) -> float:
    """Energy of the configuration ``r`` (M, S, 3) by OpenMM, kJ/mol, without the umbrella.

    Molecules that are not there carry nothing and stand apart from all others.
    """
    import openmm

    there = ~is_absent(r)
    system = openmm_system(topology, there, identity)
    context = openmm.Context(
        system,
        openmm.VerletIntegrator(0.001),
        openmm.Platform.getPlatformByName("Reference"),
    )
    sites = []
    for m, member in enumerate(topology.members):
        n = len(member.molecule.sites)
        sites.append(r[m, :n] if there[m] else np.full((n, 3), 1e3 * (m + 1)))
    context.setPositions(NM * np.concatenate(sites))
    found = context.getState(getEnergy=True).getPotentialEnergy()
    return float(found.value_in_unit(openmm.unit.kilojoule_per_mole))


def openmm_system(topology: Topology, there: np.ndarray, identity: int) -> Any:
    """The ``openmm.System`` of a topology: all forces, unit masses, no constraint.

    Parameters
    ----------
    topology : Topology
    there : ndarray of bool, shape (M,)
        Which molecules carry charges and Lennard-Jones sites.
    identity : int
        Of the sampled ion.
    """
    import openmm

    system = openmm.System()
    first = first_sites(topology)
    for _ in range(first[-1]):
        system.addParticle(1.0)
    system.addForce(_pairs(openmm, topology, there, identity))
    _add_bonds(openmm, system, topology, first)
    _add_tethers(openmm, system, topology, first)
    _add_walls(openmm, system, topology, (first, there))
    return system


def first_sites(topology: Topology) -> np.ndarray:
    """Index of every molecule's first particle and, last, the number of particles, (M + 1,)."""
    return np.cumsum([0] + [len(member.molecule.sites) for member in topology.members])


def flat(topology: Topology, r: np.ndarray) -> np.ndarray:
    """Sites of all molecules one after another, (P, 3), from coordinates (M, S, 3)."""
    members = enumerate(topology.members)
    return np.concatenate([r[m, : len(member.molecule.sites)] for m, member in members])


def _pairs(openmm: Any, topology: Topology, there: np.ndarray, identity: int) -> Any:
    force = openmm.NonbondedForce()
    force.setNonbondedMethod(openmm.NonbondedForce.NoCutoff)
    owner, sites = [], []
    for m, member in enumerate(topology.members):
        for site in member.molecule.sites:
            half, epsilon = site.rmin_half, site.epsilon
            if m == topology.x:
                half = float(topology.ladder.rmin_half[identity])
                epsilon = float(topology.ladder.epsilon[identity])
            row = (site.charge, NM * SIGMA * half, epsilon) if there[m] else (0.0, 1.0, 0.0)
            force.addParticle(*row)
            owner.append(m)
            sites.append(row)
    names = [name for member in topology.members for name in member.molecule.site_names]
    for i in range(len(owner)):
        for j in range(i):
            a, b = topology.members[owner[i]], topology.members[owner[j]]
            bonded = a.anchor is not None and a.anchor.partner == owner[j]
            within = {names[i], names[j]} in ({"C", "CB"}, {"C", "OG1"}, {"O", "CB"})
            if owner[i] == owner[j] or (bonded and within):
                force.addException(i, j, 0.0, 1.0, 0.0)
            elif a.is_ligand and b.is_ligand and topology.ligand_electrostatics != 1.0:
                q = topology.ligand_electrostatics * sites[i][0] * sites[j][0]
                sigma = 0.5 * (sites[i][1] + sites[j][1])
                force.addException(i, j, q, sigma, np.sqrt(sites[i][2] * sites[j][2]))
    return force


def _add_bonds(openmm: Any, system: Any, topology: Topology, first: np.ndarray) -> None:
    force = openmm.HarmonicBondForce()
    for m, member in enumerate(topology.members):
        if member.anchor is not None and 0 <= member.anchor.partner < m:
            k, length = member.anchor.bond
            a, b = int(first[m]), int(first[member.anchor.partner])
            force.addBond(a, b, NM * length, k / NM**2)
    system.addForce(force)


def _add_tethers(openmm: Any, system: Any, topology: Topology, first: np.ndarray) -> None:
    tether = openmm.CustomExternalForce("50*k*((x-x0)^2+(y-y0)^2+(z-z0)^2)")
    turn = openmm.CustomCompoundBondForce(
        2, "kt*(1-((x2-x1)*nx+(y2-y1)*ny+(z2-z1)*nz)/distance(p1,p2))"
    )
    for name in ("k", "x0", "y0", "z0"):
        tether.addPerParticleParameter(name)
    for name in ("kt", "nx", "ny", "nz"):
        turn.addPerBondParameter(name)
    for m, member in enumerate(topology.members):
        anchor = member.anchor
        if anchor is None:
            continue
        for s, k in enumerate(anchor.k):
            tether.addParticle(int(first[m]) + s, [k, *(NM * anchor.position[s])])
        axis = anchor.position[1] - anchor.position[0]
        axis = axis / np.sqrt(axis @ axis)
        turn.addBond([int(first[m]), int(first[m]) + 1], [anchor.k_theta, *axis])
    system.addForce(tether)
    system.addForce(turn)


def _wall_parameters(wall: SphereWall | FileWalls | Funnel) -> list[float]:
    if isinstance(wall, SphereWall):
        return [wall.k, wall.radius]
    if isinstance(wall, FileWalls):
        return [wall.k, wall.z_lower, wall.z_upper, wall.radius]
    return [wall.k, wall.z_mouth, wall.direction, wall.radius0, wall.slope, wall.depth]


def _add_walls(
    openmm: Any, system: Any, topology: Topology, where: tuple[np.ndarray, np.ndarray]
) -> None:
    first, there = where
    forces: dict[type, Any] = {}
    for m, member in enumerate(topology.members):
        if member.wall is None or not there[m]:
            continue
        kind, parameters = type(member.wall), _wall_parameters(member.wall)
        if kind not in forces:
            forces[kind] = openmm.CustomExternalForce(WALLS[kind])
            forces[kind].addPerParticleParameter("k")
            for i in range(len(parameters) - 1):
                forces[kind].addPerParticleParameter(f"p{i}")
        forces[kind].addParticle(int(first[m]) + member.molecule.main, parameters)
    for force in forces.values():
        system.addForce(force)
