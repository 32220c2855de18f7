"""Runs OpenMM on the droplet: its CPU platform on one thread, the same terms of the energy."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.api.benchmark.droplet import KAPPA, TEMPERATURE_K, Droplet
from tests.benchmarks.gromacs_input import MASS_K, MASSES, SIGMA
from tests.benchmarks.gromacs_run import observables

NM = 0.1  # nm per Å
DISCARD_PS = 20.0
WALL = "0.5*k*step(d)*d^2; d = sqrt(x^2+y^2+z^2)-radius; k={k}; radius={radius}"


@dataclass(frozen=True)
class Setting:
    """One way to run OpenMM: integrator, time step (ps), friction (1/ps), masses, cut-off (nm)."""

    name: str
    integrator: str = "langevin"
    dt: float = 0.002
    friction: float = 1.0
    masses: str = "light"
    cutoff: float = 0.0  # none
    every: float = 0.1  # ps

    @property
    def stride(self) -> int:
        return max(1, round(self.every / self.dt))


SETTINGS = (
    Setting("langevin-1fs", dt=0.001),
    Setting("langevin-2fs"),
    Setting("langevin-2fs-cutoff", cutoff=2.6),
    Setting("nose-hoover-2fs", "nose-hoover"),
    Setting("langevin-4fs-heavy", dt=0.004, masses="heavy"),
    Setting("langevin-4fs-heavy-friction5", dt=0.004, masses="heavy", friction=5.0),
)


def version() -> str | None:
    """Version of an installed OpenMM; None where it is not there."""
    try:
        import openmm
    except ImportError:
        return None
    return str(openmm.__version__)


def run(
    setting: Setting, droplet: Droplet, seed: int, cpu_seconds: float
) -> tuple[np.ndarray, float]:
    """Sample for ``cpu_seconds``; rows (n, 4) of the observables, CPU seconds of this process."""
    import openmm

    context, integrator = _context(openmm, setting, droplet, seed)
    integrator.step(round(DISCARD_PS / setting.dt))
    places, energies = [], []
    began = time.process_time()
    while time.process_time() - began < cpu_seconds:
        integrator.step(setting.stride)
        state = context.getState(getPositions=True, getEnergy=True)
        places.append(state.getPositions(asNumpy=True)._value)
        energies.append(state.getPotentialEnergy()._value)
    cpu = time.process_time() - began
    return observables(droplet, np.array(places) / NM, np.array(energies)), cpu


def _context(openmm: Any, setting: Setting, droplet: Droplet, seed: int) -> tuple[Any, Any]:
    topology, r = droplet.topology, droplet.state.r
    system, places = openmm.System(), []
    pairs = openmm.NonbondedForce()
    if setting.cutoff:
        pairs.setNonbondedMethod(openmm.NonbondedForce.CutoffNonPeriodic)
        pairs.setCutoffDistance(setting.cutoff)
        pairs.setReactionFieldDielectric(1.0)  # no field; the shift of neutral waters is nothing
    member = next(m for m in topology.members if m.role == "water")
    wall = openmm.CustomExternalForce(
        WALL.format(k=member.wall.k / NM**2, radius=NM * member.wall.radius)
    )
    umbrella = openmm.CustomExternalForce(f"0.5*{KAPPA / NM**2}*z^2")
    for m in [*(m for m in range(len(r)) if m != topology.x), topology.x]:
        first = system.getNumParticles()
        sites = topology.members[m].molecule.sites
        m_o, m_h = MASSES[setting.masses]
        masses = [MASS_K] if m == topology.x else [m_o, m_h, m_h]
        for s, (site, mass) in enumerate(zip(sites, masses, strict=True)):
            system.addParticle(mass)
            pairs.addParticle(site.charge, NM * SIGMA * site.rmin_half or 0.1, site.epsilon)
            places.append(NM * r[m, s])
        if m == topology.x:
            umbrella.addParticle(first, [])
            continue
        wall.addParticle(first, [])
        for a, b in ((0, 1), (0, 2), (1, 2)):
            length = NM * float(np.linalg.norm(r[m, a] - r[m, b]))
            system.addConstraint(first + a, first + b, length)
            pairs.addException(first + a, first + b, 0.0, 1.0, 0.0)
    for force in (pairs, wall, umbrella):
        system.addForce(force)
    integrator = _integrator(openmm, setting, seed)
    platform = openmm.Platform.getPlatformByName("CPU")
    context = openmm.Context(system, integrator, platform, {"Threads": "1"})
    context.setPositions(places)
    context.setVelocitiesToTemperature(TEMPERATURE_K, seed)
    return context, integrator


def _integrator(openmm: Any, setting: Setting, seed: int) -> Any:
    if setting.integrator == "nose-hoover":
        return openmm.NoseHooverIntegrator(TEMPERATURE_K, setting.friction, setting.dt)
    found = openmm.LangevinMiddleIntegrator(TEMPERATURE_K, setting.friction, setting.dt)
    found.setRandomNumberSeed(seed)
    return found
