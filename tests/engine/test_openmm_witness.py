"""OpenMM as a second witness: every shipped kind of system on its Reference platform, in double.

The Hamiltonian is written here once more, in OpenMM's forces and units, from the topology alone.
"""

from __future__ import annotations

import numpy as np
import openmm
import pytest
from engine_cases import SYSTEMS, make_run, scrambled, start_z

from selectivity.engine import energy
from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.build import build_topology

NM = 0.1  # nm per Å
SIGMA = 2.0 * 2.0 ** (-1.0 / 6.0)  # sigma of a site per Rmin/2

WALLS = {
    SphereWall: "0.5*k*step(e)*e^2; e = 10*sqrt(x^2+y^2+z^2)-p0",
    FileWalls: "0.5*k*(step(a)*a^2+step(b)*b^2+step(c)*c^2);"
    "a = p0-10*z; b = 10*z-p1; c = 10*sqrt(x^2+y^2)-p2",
    Funnel: "0.5*k*(step(-s)*s^2+step(s-p4)*(s-p4)^2+step(c)*c^2);"
    "c = 10*sqrt(x^2+y^2)-p2-p3*min(max(s,0),p4); s = p1*(10*z-p0)",
}


def wall_parameters(wall) -> list[float]:
    if isinstance(wall, SphereWall):
        return [wall.k, wall.radius]
    if isinstance(wall, FileWalls):
        return [wall.k, wall.z_lower, wall.z_upper, wall.radius]
    return [wall.k, wall.z_mouth, wall.direction, wall.radius0, wall.slope, wall.depth]


def openmm_energy(topology, r: np.ndarray, identity: int) -> float:
    """Energy of the configuration by OpenMM, kJ/mol, without the umbrella."""
    system = openmm.System()
    first = np.cumsum([0] + [len(member.molecule.sites) for member in topology.members])
    for _ in range(first[-1]):
        system.addParticle(1.0)
    system.addForce(pair_force(topology, first, identity))
    add_bonds(system, topology, first)
    add_tethers(system, topology, first)
    add_walls(system, topology, first)
    context = openmm.Context(
        system,
        openmm.VerletIntegrator(0.001),
        openmm.Platform.getPlatformByName("Reference"),
    )
    sites = [r[m, : len(member.molecule.sites)] for m, member in enumerate(topology.members)]
    context.setPositions(NM * np.concatenate(sites))
    found = context.getState(getEnergy=True).getPotentialEnergy()
    return found.value_in_unit(openmm.unit.kilojoule_per_mole)


def pair_force(topology, first: np.ndarray, identity: int) -> openmm.NonbondedForce:
    force = openmm.NonbondedForce()
    force.setNonbondedMethod(openmm.NonbondedForce.NoCutoff)
    owner, sites = [], []
    for m, member in enumerate(topology.members):
        for site in member.molecule.sites:
            half, epsilon = site.rmin_half, site.epsilon
            if m == topology.x:
                half = topology.ladder.rmin_half[identity]
                epsilon = topology.ladder.epsilon[identity]
            force.addParticle(site.charge, NM * SIGMA * half, epsilon)
            owner.append(m)
            sites.append((site.charge, NM * SIGMA * half, epsilon))
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


def add_bonds(system: openmm.System, topology, first: np.ndarray) -> None:
    force = openmm.HarmonicBondForce()
    for m, member in enumerate(topology.members):
        if member.anchor is not None and 0 <= member.anchor.partner < m:
            k, length = member.anchor.bond
            a, b = int(first[m]), int(first[member.anchor.partner])
            force.addBond(a, b, NM * length, k / NM**2)
    system.addForce(force)


def add_tethers(system: openmm.System, topology, first: np.ndarray) -> None:
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


def add_walls(system: openmm.System, topology, first: np.ndarray) -> None:
    forces: dict[type, openmm.CustomExternalForce] = {}
    for m, member in enumerate(topology.members):
        if member.wall is None:
            continue
        kind, parameters = type(member.wall), wall_parameters(member.wall)
        if kind not in forces:
            forces[kind] = openmm.CustomExternalForce(WALLS[kind])
            forces[kind].addPerParticleParameter("k")
            for i in range(len(parameters) - 1):
                forces[kind].addPerParticleParameter(f"p{i}")
        forces[kind].addParticle(int(first[m]) + member.molecule.main, parameters)
    for force in forces.values():
        system.addForce(force)


@pytest.mark.parametrize("name", SYSTEMS)
def test_openmm_agrees(name):
    """1e-6 relative, of the kernels in double and of the NumPy reference."""
    topology = build_topology(SYSTEMS[name])
    r = scrambled(topology, start_z(topology.spec), seed=11)
    last = len(topology.ladder.labels) - 1
    for identity in (0, last - 2, last):
        witness = openmm_energy(topology, r, identity)
        assert energy.total_energy(topology, r, identity) == pytest.approx(witness, rel=1e-6)
        run = make_run(topology, r, "double", identity)
        assert run.energy() == pytest.approx(witness, rel=1e-6)
        if "filter" not in name and "mthk" not in name:
            break


@pytest.mark.parametrize("name", ["droplet jc-tip4pew", "cage charmm36", "filter charmm36"])
def test_openmm_agrees_after_moves(name):
    """Energies of equilibrated configurations are smaller than those of scrambled ones."""
    topology = build_topology(SYSTEMS[name])
    run = make_run(topology, scrambled(topology, start_z(topology.spec), 11, 0.0), "double")
    run.equilibrate(300)
    witness = openmm_energy(topology, run.state.r, 0)
    assert run.energy() == pytest.approx(witness, rel=1e-6)
