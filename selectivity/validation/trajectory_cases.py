"""The systems of the other moves, moved by trajectories alone: the same exact distributions.

Where a case holds something fixed that trajectories would move (the O of a turning water, the
direction of waters in file), it is held by a step of zero or by the table of what is free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from selectivity.engine.arrays import SPIN, THRUST
from selectivity.geometry.confinement import SphereWall
from selectivity.system.topology import Anchor, Member
from selectivity.units import kcal
from selectivity.validation import file_cases, move_cases
from selectivity.validation.exact import directions, marginal
from selectivity.validation.move_cases import BETA, BOND, FAR_AWAY, FF, Case, Seed
from selectivity.validation.small import Run, assemble, make_run
from selectivity.validation.statistics import Density

ALONG_Z = (0.0, 0.0, 1.0, 0.0)


def by_trajectories(
    case: Case,
    thrust: float,
    spin: float = 0.0,
    length: int = 4,
    free: tuple[float, ...] | None = None,
) -> Case:
    """``case`` with a trajectory in place of every trial.

    Parameters
    ----------
    thrust, spin : float
        Steps of every class in Å and rad per unit of momentum.
    length : int
        Mean number of steps.
    free : tuple of float, optional
        Whether mobile molecules move along x, y and z and turn.
    """

    def make(seed: Seed) -> Run:
        run = case.make(seed)
        run.window.step[THRUST], run.window.step[SPIN] = thrust, spin
        run.window.trajectory[:] = 1, length
        if free is not None:
            run.model = run.model._replace(free=run.model.free * np.array(free))
        return run

    return replace(case, make=make, stride=1)


def ion_in_harmonic_cage() -> Case:
    """K+ alone in a harmonic well ½k r² and under an umbrella: a Gaussian along every axis."""
    k, umbrella = kcal(2.0), (0.4, kcal(3.0))

    def make(seed: Seed) -> Run:
        wall = SphereWall(0.0, k)
        topology = assemble([Member(FF.ion("K"), "ion", "X", wall=wall)], x=0)
        return make_run(topology, np.zeros((1, 1, 3)), umbrella=umbrella, seed=seed)

    def exact() -> tuple[Density, ...]:
        line = np.linspace(-3.0, 3.0, 2001)
        along = 0.5 * k * line**2 + 0.5 * umbrella[1] * (line - umbrella[0]) ** 2
        return (
            Density("across", line, -0.5 * BETA * k * line**2),
            Density("along", line, -BETA * along),
        )

    return by_trajectories(Case(make, lambda r: r[0, 0, [0, 2]].copy(), exact, 1), 0.35)


def water_that_meets_nothing() -> Case:
    """A water alone in a harmonic well: its normal is uniform on the sphere, its O a Gaussian."""
    k = kcal(1.0)

    def make(seed: Seed) -> Run:
        member = Member(FF.water, "water", "W", wall=SphereWall(0.0, k))
        return move_cases.ion_and(member, FF.water.coordinates(), FAR_AWAY, 0, seed)

    def observe(r: np.ndarray) -> tuple[float, float, float]:
        normal = np.cross(r[0, 1] - r[0, 0], r[0, 2] - r[0, 0])
        dipole = r[0, 1] + r[0, 2] - 2.0 * r[0, 0]
        return (
            normal[0] / float(np.linalg.norm(normal)),
            dipole[2] / float(np.linalg.norm(dipole)),
            r[0, 0, 1],
        )

    def exact() -> tuple[Density, ...]:
        c, line = np.linspace(-1.0, 1.0, 201), np.linspace(-4.0, 4.0, 2001)
        return (
            Density("normal", c, 0.0 * c),
            Density("dipole", c, 0.0 * c),
            Density("place", line, -0.5 * BETA * k * line**2),
        )

    return by_trajectories(Case(make, observe, exact, 1), 0.4, 0.5)


def tethered_carbonyl() -> Case:
    """C=O with tethers of unequal stiffness and an orientation term, free to move and to turn.

    With n the direction, the minimum over places of ½k_C|Δ_C|² + ½k_O|Δ_O|² leaves
    ½ k_C k_O/(k_C + k_O) |b n − d|², d being the crystal's C to O, and the middle weighted by k is
    a Gaussian of k_C + k_O, whatever n is.
    """
    crystal = np.array([[0.3, -0.2, -1.1], [0.0, 0.1, 0.0]])
    k, k_theta = np.array([kcal(2.0), kcal(0.8)]), 4.0

    def make(seed: Seed) -> Run:
        anchor = Anchor(crystal, k, k_theta=k_theta)
        member = Member(FF.carbonyl, "carbonyl", "C=O", anchor=anchor)
        return move_cases.ion_and(member, FF.carbonyl.coordinates(), FAR_AWAY, 0, seed)

    def observe(r: np.ndarray) -> tuple[float, float, float]:
        off = k @ (r[0, :2] - crystal) / k.sum()
        direction = (r[0, 1] - r[0, 0]) / BOND
        return off[0], direction[2], float(np.arctan2(direction[1], direction[0]))

    def exact() -> tuple[Density, ...]:
        line = np.linspace(-4.0, 4.0, 2001)
        c, phi = np.linspace(-1.0, 1.0, 401), np.linspace(-np.pi, np.pi, 401)
        n, d = directions(c, phi), crystal[1] - crystal[0]
        u = 0.5 * k.prod() / k.sum() * np.sum((BOND * n - d) ** 2, axis=-1)
        u += k_theta * (1.0 - n @ d / np.linalg.norm(d))
        return (
            Density("weighted middle", line, -0.5 * BETA * k.sum() * line**2),
            Density("cosine", c, marginal(-BETA * u, 0, c, phi)),
            Density("azimuth", phi, marginal(-BETA * u, 1, c, phi)),
        )

    return by_trajectories(Case(make, observe, exact, 1), 0.25, 0.5)


CASES: dict[str, Callable[[], Case]] = {
    "trajectory: well": ion_in_harmonic_cage,
    "trajectory: two ions": lambda: by_trajectories(move_cases.two_ions(), 0.12, length=24),
    "trajectory: walls": lambda: by_trajectories(move_cases.ion_under_umbrella(), 0.12),
    "trajectory: funnel": lambda: by_trajectories(move_cases.water_in_funnel(), 0.4, length=12),
    "trajectory: free": water_that_meets_nothing,
    "trajectory: turns": lambda: by_trajectories(move_cases.turning_water(), 0.0, 0.22),
    "trajectory: carbonyl": tethered_carbonyl,
    "trajectory: rigid": lambda: by_trajectories(move_cases.rigid_water(), 0.06, 0.14),
    "trajectory: axis": lambda: by_trajectories(file_cases.ion_on_axis(), 0.1),
    "trajectory: file": lambda: by_trajectories(
        file_cases.three_in_file(), 0.04, length=16, free=ALONG_Z
    ),
}
