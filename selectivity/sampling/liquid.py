"""Droplets of pure water that come and go between N and N + 1 molecules.

The ratio of times spent with N + 1 and with N waters is z Q(N+1)/Q(N), where z is the activity at
which waters are offered and Q the configuration integral, normalised as in
``system.topology.Region``. The droplet's own activity z*(N) = Q(N)/Q(N+1) is that at which both
are equally likely. Its liquid has a free surface: the wall, a few Å outside of it, does no more
than keep a stray molecule from leaving, so that what is left of the droplet's smallness is the
pressure of its curved surface (Kelvin). A wall close to the surface would press the liquid by an
amount that no theory gives, and one that attracts would wet: 64 TIP3P waters at 298 K have
ln(z*/Å⁻³) = −12.51 ± 0.03, −12.62 ± 0.02 and −12.63 ± 0.04 with the wall 1.5, 3 and 6 Å outside.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from selectivity.engine import arrays, pack, sweep
from selectivity.engine.toggle import toggle_water
from selectivity.errors import InputError
from selectivity.forcefield.library import load, names
from selectivity.geometry.confinement import WATER_DENSITY
from selectivity.sampling.chain import Chain, energy_drift, refresh, tune
from selectivity.sampling.streams import BUILD, stream
from selectivity.system.build import build_topology, start
from selectivity.system.spec import DropletSpec
from selectivity.system.topology import Region, Topology, absent_sites, is_absent

CLEARANCE = 3.0  # Å from the droplet's radius to its wall: beyond the 10-90 width of the surface
SURFACE = 1.5  # Å by which the region of trials reaches beyond the droplet's radius
DEPTH = 5.0  # Å below the droplet's radius where its density is that of its inside
INSIDE = 4.0  # Å: smaller insides hold too few waters for a density
PLACES, TURNS = 4, 4  # trial places and orientations: in a liquid many cheap trials tell the most
TRIALS = 0.125  # trials for a water and a sweep: about a third of the time
FEWEST = 16  # trials in a block
TUNE_EVERY = 10  # blocks of equilibration
GUESS = -13.7  # ln(z/Å⁻³) at the start: liquid water at 300 K, near enough to begin with


@dataclass(frozen=True)
class DropletPlan:
    """How long one droplet is sampled, in blocks of ``sweeps`` sweeps followed by trials.

    Equilibration also brings ln z near the droplet's own; both steps and z are then frozen.
    """

    equilibration: int = 500
    production: int = 700
    sweeps: int = 10
    seed: int = 2026


@dataclass(frozen=True)
class DropletTrials:
    """What one replica of one droplet came out with.

    Attributes
    ----------
    waters : int
        N.
    log_z : float
        ln(z/Å⁻³) at which waters were offered.
    log_ratio, upper : ndarray, shape (n,)
        Logarithm of every trial's acceptance ratio and whether it started from N + 1 waters, as
        ``engine.toggle.toggle_water`` writes them.
    core_density : float
        Mean density farther inside than ``DEPTH`` below the droplet's radius, about the centre of
        the waters, Å⁻³; ``nan`` where the droplet has no such inside.
    drift : float
        Of the running energy, kJ/mol.
    cpu_seconds : float
    """

    waters: int
    log_z: float
    log_ratio: np.ndarray
    upper: np.ndarray
    core_density: float
    drift: float
    cpu_seconds: float


def force_field_of(water: str) -> str:
    """A parameter set with the water model ``water``; all of them have the same water then.

    Raises
    ------
    InputError
        No shipped set has it.
    """
    for name in names():
        if load(name).water.name == water:
            return name
    known = sorted({load(name).water.name for name in names()})
    raise InputError("water", water, "is the water of a parameter set", f"known: {known}")


def droplet_radius(n: int, density: float = WATER_DENSITY) -> float:
    """Radius (Å) of a ball of ``n`` waters at a density in Å⁻³."""
    return math.cbrt(3.0 * n / (4.0 * math.pi * density))


def water_droplet(water: str, temperature_K: float, n: int, radius: float) -> Topology:
    """``n`` waters and the place of one more, in a sphere ``CLEARANCE`` wider than ``radius`` (Å).

    The sampled ion that every droplet has is there too; :func:`new_droplet` leaves it out.

    Raises
    ------
    InputError
        No parameter set has this water model.
    """
    spec = DropletSpec(
        f"{water} {n}",
        force_field_of(water),
        ("K", "Na"),
        temperature_K,
        n_waters=n + 1,
        radius=radius + CLEARANCE,
    )
    topology = build_topology(spec, states_per_gap=1)
    places = tuple(m for m in range(n + 2) if m != topology.x)
    reach = radius + SURFACE
    region = Region(places, -reach, reach, reach, confined=False, minimum=n)
    return replace(topology, regions=(region,))


@dataclass
class Droplet:
    """A droplet ready to move."""

    topology: Topology
    model: arrays.Model
    chain: Chain
    work: arrays.Work


def new_droplet(topology: Topology, seed: int, replica: int) -> Droplet:
    """The droplet of :func:`water_droplet` with N waters and without its ion."""
    (region,) = topology.regions
    r = start(topology, 0.0, stream(seed, _key(topology), replica, BUILD))
    for m in (topology.x, region.members[-1]):
        r[m] = absent_sites(m, r.shape[1])
    model = pack.pack_model(topology)
    work = pack.new_work(model)
    work = work._replace(
        spots=work.spots[:PLACES], turns=work.turns[:TURNS], log_w=work.log_w[: max(PLACES, TURNS)]
    )
    window = pack.new_window(model, math.nan, 0.0)
    chain = Chain(pack.pack_state(model, r), window, stream(seed, _key(topology), replica, 0))
    refresh(model, chain, work)
    return Droplet(topology, model, chain, work)


def _key(topology: Topology) -> str:
    """Name of the random streams of a droplet."""
    return f"liquid {topology.spec.name} {topology.spec.temperature_K:.2f}"


def toggle_droplet(
    topology: Topology,
    replica: int,
    plan: DropletPlan,
    tick: Callable[[], None] = lambda: None,
) -> DropletTrials:
    """Run one replica of the droplet ``topology`` to its end; ``tick`` is called after a block."""
    began = time.thread_time()
    droplet = new_droplet(topology, plan.seed, replica)
    trials = max(FEWEST, round(TRIALS * plan.sweeps * topology.regions[0].minimum))
    log_ratio, upper = np.empty(trials), np.empty(trials, dtype=bool)
    log_z = GUESS
    constant = max(1, plan.equilibration // 8)
    for i in range(plan.equilibration):
        _block(droplet, plan.sweeps, log_z, log_ratio, upper)
        if i % TUNE_EVERY == 0 and i < plan.equilibration // 2:
            tune(droplet.chain.window)
        gain = 1.0 if i < constant else constant / (i + 1.0)
        log_z -= gain * (upper.mean() - 0.5)
        tick()
    shape = (plan.production, trials)
    log_ratios, uppers = np.empty(shape), np.empty(shape, dtype=bool)
    core = np.empty(plan.production)
    for i in range(plan.production):
        _block(droplet, plan.sweeps, log_z, log_ratios[i], uppers[i])
        core[i] = _core_density(droplet)
        tick()
    drift = energy_drift(droplet.model, droplet.chain, droplet.work)
    return DropletTrials(
        topology.regions[0].minimum,
        log_z,
        log_ratios.ravel(),
        uppers.ravel(),
        float(core.mean()),
        drift,
        time.thread_time() - began,
    )


def _block(
    droplet: Droplet, sweeps: int, log_z: float, log_ratio: np.ndarray, upper: np.ndarray
) -> None:
    model, chain, work = droplet.model, droplet.chain, droplet.work
    sweep.adapt(model, chain.state, chain.window, work, chain.rng, (1, sweeps, 0, 1, 1))
    toggle_water(model, chain.state, work, chain.rng, log_z, log_ratio, upper)


def _core_density(droplet: Droplet) -> float:
    """Waters within the droplet's inside, by their oxygens, over its volume, Å⁻³."""
    (region,) = droplet.topology.regions
    depth = region.radius - SURFACE - DEPTH
    if depth < INSIDE:
        return math.nan
    r = droplet.chain.state.r[list(region.members)]
    main = droplet.topology.members[region.members[0]].molecule.main
    there = r[~is_absent(r), main]
    distance = np.linalg.norm(there - there.mean(axis=0), axis=1)
    return float((distance < depth).sum() / (4.0 / 3.0 * math.pi * depth**3))
