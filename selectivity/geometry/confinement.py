"""Soft walls: the droplet's and the cage's sphere, the ends of the single file, the cap funnels.

All are half-harmonic, E = ½k·excess² beyond a surface and zero within it, and act on a molecule's
main site (the ion, O of water and carbonyl, OG1). Functions take positions of shape (..., 3) in Å
and return kJ/mol of shape (...); they are the plain reference of the compiled ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.geometry.filter import FilterGeometry
from selectivity.units import kcal

WATER_DENSITY = 0.0334
"""Number density of liquid water, Å⁻³."""

_WALL_K = kcal(10.0)
_FREE_SPACE = 0.5


@dataclass(frozen=True)
class SphereWall:
    """E = ½k(r − R)² for r > R, r the distance from the origin.

    Attributes
    ----------
    radius : float
        R, Å.
    k : float
        kJ/mol/Å².
    """

    radius: float
    k: float


@dataclass(frozen=True)
class FileWalls:
    """Walls of the single file: two ends and a flat-bottomed cylinder about the axis.

    E = ½k[(z_lower − z)₊² + (z − z_upper)₊² + (ρ − radius)₊²], ρ the distance from the axis.

    Attributes
    ----------
    z_lower, z_upper : float
        Inner and outer end, Å.
    k : float
        kJ/mol/Å².
    radius : float
        Of the cylinder, Å.
    hard_margin : float
        A molecule of the file farther than this beyond an end has departed: the move is refused
        and counted, Å.
    """

    z_lower: float
    z_upper: float
    k: float
    radius: float
    hard_margin: float


@dataclass(frozen=True)
class Funnel:
    """A cone open to one side of the filter that holds a cap of waters.

    With s = direction·(z − z_mouth): E = ½k[(−s)₊² + (s − depth)₊² + (ρ − R(s))₊²],
    R(s) = radius0 + slope·s with s clipped to [0, depth].

    Attributes
    ----------
    z_mouth : float
        Where the cone begins, Å.
    direction : int
        +1 opens towards high z (outside), −1 towards low z (inside).
    radius0 : float
        Radius at the mouth, Å.
    slope : float
        Widening of the radius per Å of depth (1 is 45°).
    depth : float
        Å.
    k : float
        kJ/mol/Å².
    """

    z_mouth: float
    direction: int
    radius0: float
    slope: float
    depth: float
    k: float


@dataclass(frozen=True)
class Confinement:
    """All walls of a filter system: the file between an inner and an outer cap."""

    file: FileWalls
    inner: Funnel
    outer: Funnel


def sphere_energy(wall: SphereWall, positions: np.ndarray) -> np.ndarray:
    """Energy of a :class:`SphereWall`, kJ/mol."""
    return _half_harmonic(wall.k, np.linalg.norm(positions, axis=-1) - wall.radius)


def file_energy(walls: FileWalls, positions: np.ndarray) -> np.ndarray:
    """Energy of :class:`FileWalls`, kJ/mol."""
    z = positions[..., 2]
    rho = np.hypot(positions[..., 0], positions[..., 1])
    return (
        _half_harmonic(walls.k, walls.z_lower - z)
        + _half_harmonic(walls.k, z - walls.z_upper)
        + _half_harmonic(walls.k, rho - walls.radius)
    )


def departed(walls: FileWalls, positions: np.ndarray) -> np.ndarray:
    """Whether a molecule of the file is more than ``hard_margin`` beyond an end."""
    z = positions[..., 2]
    return (z < walls.z_lower - walls.hard_margin) | (z > walls.z_upper + walls.hard_margin)


def funnel_energy(funnel: Funnel, positions: np.ndarray) -> np.ndarray:
    """Energy of a :class:`Funnel`, kJ/mol."""
    s = funnel.direction * (positions[..., 2] - funnel.z_mouth)
    rho = np.hypot(positions[..., 0], positions[..., 1])
    radius = funnel.radius0 + funnel.slope * np.clip(s, 0.0, funnel.depth)
    return (
        _half_harmonic(funnel.k, -s)
        + _half_harmonic(funnel.k, s - funnel.depth)
        + _half_harmonic(funnel.k, rho - radius)
    )


def funnel_depth(n_waters: int, radius0: float, slope: float, free_space: float) -> float:
    """Depth (Å) of a cone whose volume is (1 + ``free_space``) times that of the liquid.

    V = n(1 + f)/ρ with ρ = 0.0334 Å⁻³, and for the frustum V = π[(r0 + s h)³ − r0³]/(3s), or
    πr0²h for s = 0.
    """
    volume = n_waters * (1.0 + free_space) / WATER_DENSITY
    if slope == 0.0:
        return volume / (math.pi * radius0**2)
    return (math.cbrt(radius0**3 + 3.0 * slope * volume / math.pi) - radius0) / slope


def default_confinement(geometry: FilterGeometry, n_caps: tuple[int, int]) -> Confinement:
    """Walls of a filter with ``n_caps`` waters in the inner and in the outer cap.

    The file runs from 3 Å below the lowest oxygen plane to 4.5 Å above the topmost one (room for
    a molecule in S0), in a cylinder of 2 Å; a molecule 1 Å beyond an end has departed. A cap
    begins where the file ends, 3 Å wide, widening by 45°, as deep as its waters need at the
    density of the liquid with 50 % of volume added. Every k is 10 kcal/mol/Å².

    Raises
    ------
    InputError
        A negative number of waters.
    """
    if len(n_caps) != 2 or min(n_caps) < 0:
        rule = "gives the waters of the inner and of the outer cap, neither negative"
        raise InputError("n_caps", n_caps, rule, "for example (6, 6)")
    z_lower = geometry.rings[0].oxygen.z - 3.0
    z_upper = geometry.rings[-1].oxygen.z + 4.5
    inner, outer = (
        Funnel(mouth, direction, 3.0, 1.0, funnel_depth(n, 3.0, 1.0, _FREE_SPACE), _WALL_K)
        for mouth, direction, n in ((z_lower, -1, n_caps[0]), (z_upper, 1, n_caps[1]))
    )
    return Confinement(FileWalls(z_lower, z_upper, _WALL_K, 2.0, 1.0), inner, outer)


def _half_harmonic(k: float, excess: np.ndarray) -> np.ndarray:
    return 0.5 * k * np.maximum(excess, 0.0) ** 2
