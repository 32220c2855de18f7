"""A small system for every move of one molecule, with the densities that it must sample.

Each is chosen so that walls, tethers, umbrella and the last molecule of the list shape it; the
densities come in closed form or by quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from selectivity.engine import energy
from selectivity.engine.arrays import RIGID, ROTATE, TORSION, TRANSLATE
from selectivity.forcefield.library import load
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import (
    FileWalls,
    Funnel,
    SphereWall,
    file_energy,
    funnel_energy,
    sphere_energy,
)
from selectivity.system.topology import Anchor, Member
from selectivity.units import kcal, rt
from selectivity.validation.exact import directions, in_body_frame, ion_at, marginal
from selectivity.validation.small import Run, assemble, make_run
from selectivity.validation.statistics import Density

FF = load("jc-tip3p")
BETA = 1.0 / rt(300.0)
FAR_AWAY = np.array([0.0, 0.0, 1000.0])
BOND = 1.229  # Å, C=O of this parameter set
Seed = int | np.random.Generator


@dataclass(frozen=True)
class Case:
    """A system with one kind of move, what is looked at, and what that must follow.

    ``make(seed)`` gives the run, ``observe(r)`` the observables of a configuration, ``exact()``
    their densities in the same order; ``stride`` trials lie between two records.
    """

    make: Callable[[Seed], Run]
    observe: Callable[[np.ndarray], Sequence[float] | np.ndarray]
    exact: Callable[[], tuple[Density, ...]]
    stride: int


def steps(run: Run, kind: int, m: int, size: float) -> None:
    """Set the step size of one kind of move for the class of molecule ``m``."""
    run.window.step[kind, run.model.cls[m]] = size


def ion_and(
    member: Member, at: np.ndarray, ion_position: np.ndarray, kind: int, seed: Seed = 1
) -> Run:
    """Molecule 0 makes moves of one kind; the ion, last of the list, stands still."""
    topology = assemble([member, Member(FF.ion("K"), "ion", "X", mobile=False)], x=1)
    r = np.zeros((2, max(len(member.molecule.sites), 1), 3))
    r[0, : len(at)] = at
    r[1, 0] = ion_position
    return make_run(topology, r, movers=[(kind, 0)], seed=seed)


def on_z(z: np.ndarray) -> np.ndarray:
    """Points on the axis at heights ``z``."""
    return np.stack([0 * z, 0 * z, z], axis=-1)


def two_ions() -> Case:
    """K+ in a sphere about a fixed K+: p(r) ∝ r² exp(−β[U + wall]), uniform over directions."""
    wall = SphereWall(3.0, kcal(60.0))

    def make(seed: Seed) -> Run:
        member = Member(FF.ion("K"), "resident", "K", wall=wall)
        run = ion_and(member, np.array([[0.0, 0.0, 3.2]]), np.zeros(3), TRANSLATE, seed)
        steps(run, TRANSLATE, 0, 1.2)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        far = float(np.linalg.norm(r[0, 0]))
        return far, r[0, 0, 2] / far

    def exact() -> tuple[Density, ...]:
        grid, line = np.linspace(2.5, 4.5, 2001), np.linspace(-1.0, 1.0, 101)
        u = ion_at(on_z(grid), FF.ion("K"), FF.ion("K")) + sphere_energy(wall, on_z(grid))
        return (
            Density("distance", grid, 2.0 * np.log(grid) - BETA * u),
            Density("direction", line, 0.0 * line),
        )

    return Case(make, observe, exact, 60)


def ion_under_umbrella() -> Case:
    """An ion alone: umbrella and an end of the file along z, the cylinder across."""
    wall = FileWalls(-0.4, 3.0, kcal(10.0), 0.3, 1.0)

    def make(seed: Seed) -> Run:
        topology = assemble([Member(FF.ion("K"), "ion", "X", wall=wall)], x=0)
        run = make_run(
            topology, np.zeros((1, 1, 3)), umbrella=(-0.5, 12.0), movers=[(TRANSLATE, 0)], seed=seed
        )
        steps(run, TRANSLATE, 0, 0.8)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        return r[0, 0, 2], math.hypot(r[0, 0, 0], r[0, 0, 1])

    def exact() -> tuple[Density, ...]:
        z, rho = np.linspace(-3.0, 3.0, 3001), np.linspace(1e-6, 3.0, 3001)
        aside = np.stack([rho, 0 * rho, 0 * rho + 1.0], axis=-1)
        return (
            Density("z", z, -BETA * (file_energy(wall, on_z(z)) + 6.0 * (z + 0.5) ** 2)),
            Density("off the axis", rho, np.log(rho) - BETA * file_energy(wall, aside)),
        )

    return Case(make, observe, exact, 20)


def water_in_funnel(direction: int = 1) -> Case:
    """A water that meets nothing but a cap's funnel."""
    wall = Funnel(1.5, direction, 1.0, 0.8, 2.0, kcal(3.0))

    def make(seed: Seed) -> Run:
        water = FF.water.coordinates() + np.array([0.0, 0.0, 1.5 + direction])
        run = ion_and(Member(FF.water, "water", "W", wall=wall), water, FAR_AWAY, TRANSLATE, seed)
        steps(run, TRANSLATE, 0, 2.0)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        return r[0, 0, 2], math.hypot(r[0, 0, 0], r[0, 0, 1])

    def exact() -> tuple[Density, ...]:
        z, rho = np.linspace(-6.0, 9.0, 1501), np.linspace(1e-6, 8.0, 1001)
        points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, z), axis=-1)
        log_p = np.log(rho)[:, None] - BETA * funnel_energy(wall, points)
        return (
            Density("z", z, marginal(log_p, 1, rho, z)),
            Density("off the axis", rho, marginal(log_p, 0, rho, z)),
        )

    return Case(make, observe, exact, 30)


def turning_water(kind: int = ROTATE, size: float = 1.5) -> Case:
    """A water turns about its fixed O, 4 Å from K+: the ion's direction in the water's frame."""

    def make(seed: Seed) -> Run:
        member = Member(FF.water, "file_water", "W")
        run = ion_and(member, FF.water.coordinates(), np.array([2.4, 0.0, 3.2]), kind, seed)
        steps(run, kind, 0, size)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        s = in_body_frame(r[0], r[1, 0])
        return s[2] / 4.0, math.atan2(abs(s[1]), abs(s[0]))

    def exact() -> tuple[Density, ...]:
        c, phi = np.linspace(-1.0, 1.0, 601), np.linspace(0.0, np.pi / 2, 201)
        log_p = -BETA * ion_at(4.0 * directions(c, phi), FF.water, FF.ion("K"))
        return (
            Density("cosine", c, marginal(log_p, 0, c, phi)),
            Density("azimuth", phi, marginal(log_p, 1, c, phi)),
        )

    return Case(make, observe, exact, 20)


def turning_carbonyl() -> Case:
    """C=O turns about a fixed O in tether, orientation term and the field of an ion."""
    crystal = np.array([[0.3, -0.2, -BOND], [0.0, 0.0, 0.0]])
    ion = np.array([3.2, 0.0, 1.6])

    def make(seed: Seed) -> Run:
        anchor = Anchor(crystal, np.array([8.0, 5.0]), k_theta=4.0)
        member = Member(FF.carbonyl, "carbonyl", "C=O", anchor=anchor)
        sites = FF.carbonyl.coordinates() - [0.0, 0.0, BOND]
        run = ion_and(member, sites, ion, ROTATE, seed)
        steps(run, ROTATE, 0, 2.5)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        n = (r[0, 1] - r[0, 0]) / BOND
        return n[2], math.atan2(n[1], n[0])

    def exact() -> tuple[Density, ...]:
        c, phi = np.linspace(-1.0, 1.0, 401), np.linspace(-np.pi, np.pi, 401)
        now = directions(c, phi)
        u = ion_at(ion + BOND * now, one_site(FF.carbonyl, 0), FF.ion("K"))
        u += ion_at(np.broadcast_to(ion, now.shape), one_site(FF.carbonyl, 1), FF.ion("K"))
        u += 4.0 * np.sum((-BOND * now - crystal[0]) ** 2, axis=-1)
        towards = -crystal[0] / np.linalg.norm(crystal[0])
        u += 4.0 * (1.0 - now @ towards)
        return (
            Density("cosine", c, marginal(-BETA * u, 0, c, phi)),
            Density("azimuth", phi, marginal(-BETA * u, 1, c, phi)),
        )

    return Case(make, observe, exact, 20)


def one_site(molecule: Molecule, s: int) -> Molecule:
    """One site of a molecule at the origin."""
    return replace(
        molecule,
        sites=(molecule.sites[s],),
        positions=((0.0, 0.0, 0.0),),
        site_names=("s",),
        main=0,
    )


def hydroxyl_torsion() -> Case:
    """One torsion about C-O beside an ion: energies by the reference at 720 angles."""
    sites = FF.hydroxyl.coordinates()

    def make(seed: Seed) -> Run:
        member = Member(FF.hydroxyl, "hydroxyl", "OH")
        run = ion_and(member, sites, np.array([2.0, 2.2, 3.0]), TORSION, seed)
        steps(run, TORSION, 0, 2.0)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        return (math.atan2(r[0, 2, 1], r[0, 2, 0]),)

    def exact() -> tuple[Density, ...]:
        run = make(1)
        phi = np.linspace(-np.pi, np.pi, 721)
        u = np.empty(721)
        for i, angle in enumerate(phi):
            r = run.state.r.copy()
            r[0, 2] = [sites[2, 0] * np.cos(angle), sites[2, 0] * np.sin(angle), sites[2, 2]]
            u[i] = energy.total_energy(run.topology, r)
        return (Density("angle", phi, -BETA * u),)

    return Case(make, observe, exact, 20)


def rigid_water() -> Case:
    """Translation with rotation: the place of K+ in the frame of a water held in a sphere."""
    wall = SphereWall(3.0, kcal(2.0))

    def make(seed: Seed) -> Run:
        water = FF.water.coordinates() + np.array([0.0, 0.0, 2.9])
        run = ion_and(Member(FF.water, "water", "W", wall=wall), water, np.zeros(3), RIGID, seed)
        steps(run, TRANSLATE, 0, 0.5)
        steps(run, ROTATE, 0, 1.2)
        steps(run, RIGID, 0, 1.0)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        s = in_body_frame(r[0], r[1, 0])
        far = float(np.linalg.norm(s))
        return far, s[2] / far, math.atan2(abs(s[1]), abs(s[0]))

    def exact() -> tuple[Density, ...]:
        r, phi = np.linspace(1.8, 5.5, 186), np.linspace(0.0, np.pi / 2, 41)
        c = 2.0 * np.linspace(0.0, 1.0, 181) ** 2 - 1.0  # finest where the ion sits, before O
        points = r[:, None, None, None] * directions(c, phi)
        u = ion_at(points, FF.water, FF.ion("K")) + sphere_energy(wall, points)
        log_p = 2.0 * np.log(r)[:, None, None] - BETA * u
        return (
            Density("distance", r, marginal(log_p, 0, r, c, phi)),
            Density("cosine", c, marginal(log_p, 1, r, c, phi)),
            Density("azimuth", phi, marginal(log_p, 2, r, c, phi)),
        )

    return Case(make, observe, exact, 40)


def rigid_carbonyl() -> Case:
    """A tethered C=O alone: a Gaussian for its middle, exp(a cos θ) for its direction."""
    crystal = np.array([[0.0, 0.0, 0.0], [0.0, BOND, 0.0]])
    k, k_theta = kcal(1.6), kcal(2.0)

    def make(seed: Seed) -> Run:
        anchor = Anchor(crystal, np.array([k, k]), k_theta=k_theta)
        member = Member(FF.carbonyl, "carbonyl", "C=O", anchor=anchor)
        run = ion_and(member, crystal, FAR_AWAY, RIGID, seed)
        steps(run, TRANSLATE, 0, 0.8)
        steps(run, ROTATE, 0, 1.2)
        steps(run, RIGID, 0, 1.0)
        return run

    def observe(r: np.ndarray) -> Sequence[float]:
        middle = r[0, :2].mean(axis=0) - crystal.mean(axis=0)
        return middle[0], middle[1], (r[0, 1, 1] - r[0, 0, 1]) / BOND

    def exact() -> tuple[Density, ...]:
        line, c = np.linspace(-4.0, 4.0, 2001), np.linspace(-1.0, 1.0, 1001)
        a = BETA * (0.5 * k * BOND**2 + k_theta)
        return (
            Density("middle, across", line, -BETA * k * line**2),
            Density("middle, along", line, -BETA * k * line**2),
            Density("cosine", c, a * c),
        )

    return Case(make, observe, exact, 25)
