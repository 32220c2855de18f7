"""Small systems of waters that come and go, and their exact integrals.

Integrals over a water are normalised as those of the kernels: over positions of its main site, Å³,
and over all orientations to one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selectivity.engine.arrays import Model, Work
from selectivity.engine.pack import new_work
from selectivity.engine.sweep import refresh
from selectivity.engine.water import exchange_waters
from selectivity.forcefield.library import load
from selectivity.forcefield.species import Molecule, SiteType, ion
from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.topology import Member, Region, Role, absent_sites, is_absent
from selectivity.units import rt
from selectivity.validation.exact import gauss, ion_at
from selectivity.validation.small import Run, assemble, make_run

FF = load("jc-tip3p")
BETA = 1.0 / rt(300.0)
FEW, SEVERAL, DEFAULT = (1, 1), (4, 3), (32, 16)
"""Trial places and trial orientations: few and several are as right as the product's own."""


def changed(molecule: Molecule, name: str, **values: float) -> Molecule:
    """A molecule whose sites have other parameters, under other names."""
    sites = tuple(
        replace(site, name=name + site.name, **values)  # type: ignore[arg-type]
        for site in molecule.sites
    )
    return replace(molecule, sites=sites)


IDEAL = changed(FF.water, "ideal ", charge=0.0, epsilon=0.0)  # the shape of a water, no energy
UNCHARGED = changed(FF.water, "uncharged ", charge=0.0)  # Lennard-Jones between its O alone
GHOST = ion("ghost", SiteType("ghost", 0.0, 1.0, 0.0, False))
WEAK = ion("weak", replace(FF.ion("K").sites[0], name="weak", charge=0.25))  # attracts a little


@dataclass(frozen=True)
class Pool:
    """A region of waters as the builder of :func:`flask` takes it."""

    places: int
    z: tuple[float, float]
    radius: float
    log_activity: float = math.nan
    wall: SphereWall | FileWalls | Funnel | None = None
    confined: bool = True
    in_file: bool = False
    minimum: int = 0

    @property
    def volume(self) -> float:
        """Of its cylinder, Å³."""
        return math.pi * self.radius**2 * (self.z[1] - self.z[0])


@dataclass(frozen=True)
class Ion:
    """A molecule of one site; without a position it is not there."""

    molecule: Molecule
    position: tuple[float, float, float] | None = None
    mobile: bool = False
    wall: FileWalls | None = None


NO_ION = Ion(FF.ion("K"))


def flask(
    pools: Sequence[Pool],
    others: Sequence[Ion] = (),
    water: Molecule = IDEAL,
    x: Ion = NO_ION,
    guard: bool = False,
    trials: tuple[int, int] = SEVERAL,
    forcefield: str = "jc-tip3p",
    start: Sequence[Sequence[tuple[float, float, float]]] = (),
    movers: list[tuple[int, int]] | None = None,
    **options: Any,
) -> Run:
    """Waters of ``pools`` (molecules 0, 1, ...), then ``others``, then X.

    ``start`` gives the main sites of the waters that each pool begins with; without ``guard`` two
    sites may come as near as they like. Other options go to the run (precision, seed, umbrella)
    or to the topology (file, open_stretches, file_limits); molecules of ``file`` are named by
    their place among ``others`` and X.
    """
    members, regions = _pools(pools, water)
    n = len(members)
    ions = [*others, x]
    for i, single in enumerate(ions):
        role: Role = "ion" if i == len(others) else "resident"
        members.append(Member(single.molecule, role, f"ion {i}", single.mobile, single.wall))
    to_run = {k: options.pop(k) for k in ("precision", "seed", "umbrella") if k in options}
    if "file" in options:
        options["file"] = tuple(n + f for f in options["file"])
    topology = assemble(members, len(members) - 1, forcefield, regions=tuple(regions), **options)
    r = np.array([absent_sites(m, len(water.sites)) for m in range(len(members))])
    for i, single in enumerate(ions):
        if single.position is not None:
            r[n + i] = 0.0
            r[n + i, 0] = single.position
    for region, points in zip(regions, start, strict=False):
        for m, point in zip(region.members, points, strict=False):
            r[m] = water.coordinates() + np.array(point)
    run = make_run(topology, r, movers=movers, **to_run)
    if not guard:
        run.model = unguarded(run.model)
    run.work = with_trials(run.model, *trials)
    refresh(run.model, run.state, run.work)
    return run


def _pools(pools: Sequence[Pool], water: Molecule) -> tuple[list[Member], list[Region]]:
    members: list[Member] = []
    regions = []
    for pool in pools:
        here = tuple(range(len(members), len(members) + pool.places))
        role: Role = "file_water" if pool.in_file else "water"
        members += [Member(water, role, f"W{m}", wall=pool.wall) for m in here]
        regions.append(
            Region(here, *pool.z, pool.radius, pool.log_activity, pool.confined, pool.in_file,
                   pool.minimum)
        )  # fmt: skip
    return members, regions


def unguarded(model: Model) -> Model:
    """The same model with a guard of no size."""
    constants = model.constants.copy()
    constants[1] = 0.0
    return model._replace(constants=constants)


def with_trials(model: Model, places: int, turns: int) -> Work:
    """Scratch arrays for other numbers of trials than the default."""
    work = new_work(model)
    n_slots, mp = work.turns.shape[1], work.rows.shape[1]
    n_file = work.trial.shape[0]
    return work._replace(
        rows=np.zeros((max(n_file, turns) + 1, mp), dtype=work.rows.dtype),
        spots=np.zeros((places, 3)),
        turns=np.zeros((turns, n_slots, 3)),
        log_w=np.zeros(max(places, turns)),
    )


def present(run: Run, pool: int = 0) -> np.ndarray:
    """Waters of a pool that are there."""
    members = np.array(run.topology.regions[pool].members)
    return members[~is_absent(run.state.r[members])]


def count(run: Run, pool: int = 0) -> int:
    """How many waters of a pool are there."""
    return len(present(run, pool))


def exchange(run: Run, trials: int) -> None:
    """Trial insertions, deletions and jumps."""
    exchange_waters(run.model, run.state, run.window, run.work, run.rng, trials)


def watch(
    run: Run, n: int, trials: int, observe: Callable[[Run], object], sweeps: int = 0
) -> np.ndarray:
    """``observe(run)`` of ``n`` configurations, after n/10 of them that are not looked at."""
    found = []
    for i in range(n + n // 10):
        exchange(run, trials)
        if sweeps:
            run.equilibrate(sweeps)
        if i >= n // 10:
            found.append(observe(run))
    return np.array(found)


def any_water(run: Run, pool: int = 0, rng: np.random.Generator | None = None) -> np.ndarray:
    """Sites of one water of those that are there, drawn by ``rng``; nan where there is none."""
    here = present(run, pool)
    if len(here) == 0:
        return np.full(run.state.r.shape[1:], np.nan)
    return run.state.r[here[0] if rng is None else rng.choice(here)].copy()


def poisson(mean: float, most: int, least: int = 0) -> np.ndarray:
    """p(N) ∝ mean^N/N! for least ≤ N ≤ most."""
    p = np.array([mean**n / math.factorial(n) for n in range(most + 1)])
    p[:least] = 0.0
    return p / p.sum()


def shared(weights: Sequence[float], total: int, places: Sequence[int]) -> np.ndarray:
    """p(N_a, N_b, ...) ∝ Π w^N/N! of ``total`` ideal waters, N at most the places of a region."""
    p = np.zeros([n + 1 for n in places])
    for numbers in np.ndindex(*p.shape):
        if sum(numbers) == total:
            p[numbers] = math.prod(
                w**n / math.factorial(n) for w, n in zip(weights, numbers, strict=True)
            )
    return p / p.sum()


def over_cylinder(pool: Pool, density: Callable[[np.ndarray], np.ndarray], n: int = 200) -> float:
    """∫ density(r) d³r over the pool's cylinder, for a density symmetric about the axis."""
    rho, w_rho = gauss(0.0, pool.radius, n)
    z, w_z = gauss(*pool.z, n)
    points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, z), axis=-1)
    return float(2.0 * math.pi * (w_rho * rho) @ density(points) @ w_z)


def quarter_sphere(n_c: int = 90, n_phi: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Directions (n, 3) over a quarter of the sphere, dense about ±z, with weights of sum one."""
    t, w_t = gauss(0.0, 1.0, n_c)
    c, w_c = np.cos(math.pi * t), math.pi * np.sin(math.pi * t) * w_t
    phi, w_phi = gauss(0.0, 0.5 * math.pi, n_phi)
    s = np.sqrt(1.0 - c**2)[:, None]
    d = np.broadcast_arrays(s * np.cos(phi), s * np.sin(phi), c[:, None] + 0.0 * phi)
    weight = (w_c[:, None] * w_phi).ravel()
    return np.stack(d, axis=-1).reshape(-1, 3), weight / weight.sum()


def turned_average(
    distance: np.ndarray, water: Molecule, single: Molecule, beta: float = BETA
) -> np.ndarray:
    """exp(−βu) of a water and an ion at distances from its O, averaged over all orientations.

    Over the ion's direction in the water's frame, of which two mirror planes leave a quarter; 0
    inside the guard.
    """
    d, weight = quarter_sphere()
    points = distance[:, None, None] * d
    closest = np.min(
        [np.linalg.norm(points - site, axis=-1) for site in water.coordinates()], axis=0
    )
    factor = np.where(closest < 0.8, 0.0, np.exp(-beta * ion_at(points, water, single)))
    return factor @ weight


def share_of_sphere(distance: np.ndarray, pool: Pool) -> np.ndarray:
    """Part of a sphere about the origin that lies in the pool's cylinder."""
    c = np.linspace(-1.0, 1.0, 2001)
    height = distance[:, None] * c
    inside = (height >= pool.z[0]) & (height <= pool.z[1])
    inside &= distance[:, None] ** 2 * (1.0 - c**2) <= pool.radius**2
    return inside.mean(axis=1)


def about_ion(
    pool: Pool, water: Molecule, single: Molecule, beta: float = BETA
) -> tuple[np.ndarray, np.ndarray]:
    """Distances from an ion at the origin, and ∫exp(−βu) per Å of them in the pool, Å²."""
    reach = math.hypot(pool.radius, max(abs(pool.z[0]), abs(pool.z[1])))
    r = np.linspace(1.2, reach, 300)
    shell = 4.0 * math.pi * r**2 * share_of_sphere(r, pool)
    return r, shell * turned_average(r, water, single, beta)
