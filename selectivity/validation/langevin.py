"""Langevin dynamics by OpenMM of the same Hamiltonian: another sampler, written by others.

Molecules are rigid by constraints, the sampled ion stands still (mass zero), and its identity is
fixed in every stretch of the run.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from selectivity.system.topology import Topology
from selectivity.validation.openmm_witness import NM, SIGMA, first_sites, flat, openmm_system

MASS = {"O": 15.999, "C": 12.011, "H": 1.008}  # g/mol, by the first letter of an atom's name
FRICTION = 5.0  # 1/ps
TOLERANCE = 1.0e-8  # of constraints, relative


def langevin(
    topology: Topology,
    r: np.ndarray,
    identities: list[int],
    seed: int,
    *,
    records: int,
    steps: int,
    equilibration: int,
    step_fs: float,
) -> np.ndarray:
    """Places of all sites along a run at every identity in turn, by OpenMM's LangevinMiddle.

    Parameters
    ----------
    topology : Topology
        Of molecules that are all there.
    r : ndarray, shape (M, S, 3)
        Start, Å; the sampled ion stays where it is.
    identities : list of int
        In this order, each from where the one before left off.
    seed : int
        Of the thermostat, above 0.
    records, steps, equilibration : int
        Configurations kept of each identity, time steps between two, and before the first.
    step_fs : float

    Returns
    -------
    ndarray, shape (identities, records, P, 3)
        Å, sites of all molecules one after another.
    """
    import openmm

    system = openmm_system(topology, np.ones(len(topology.members), bool), identities[0])
    first = first_sites(topology)
    _make_rigid(system, topology, first)
    temperature = topology.spec.temperature_K
    integrator = openmm.LangevinMiddleIntegrator(temperature, FRICTION, 1e-3 * step_fs)
    integrator.setRandomNumberSeed(seed)
    integrator.setConstraintTolerance(TOLERANCE)
    platform = openmm.Platform.getPlatformByName("Reference")
    context = openmm.Context(system, integrator, platform)
    sites = flat(topology, r)
    context.setPositions(NM * sites)
    openmm.LocalEnergyMinimizer.minimize(context, 10.0)
    context.setVelocitiesToTemperature(temperature, seed)
    found = np.empty((len(identities), records, len(sites), 3))
    for i, identity in enumerate(identities):
        _set_identity(system, context, topology, int(first[topology.x]), identity)
        integrator.step(equilibration)
        for n in range(records):
            integrator.step(steps)
            found[i, n] = context.getState(getPositions=True).getPositions(asNumpy=True)._value
    return found / NM


def _make_rigid(system: Any, topology: Topology, first: np.ndarray) -> None:
    """Masses and all distances within every molecule; the sampled ion gets no mass."""
    for m, member in enumerate(topology.members):
        at, places = int(first[m]), member.molecule.coordinates()
        for s, name in enumerate(member.molecule.site_names):
            system.setParticleMass(at + s, 0.0 if m == topology.x else MASS[name[0]])
        for a, b in combinations(range(len(places)), 2):
            system.addConstraint(at + a, at + b, NM * float(np.linalg.norm(places[a] - places[b])))


def _set_identity(system: Any, context: Any, topology: Topology, x: int, identity: int) -> None:
    pairs = system.getForce(0)
    half, epsilon = topology.ladder.rmin_half[identity], topology.ladder.epsilon[identity]
    charge = topology.members[topology.x].molecule.charge
    pairs.setParticleParameters(x, charge, NM * SIGMA * float(half), float(epsilon))
    pairs.updateParametersInContext(context)
