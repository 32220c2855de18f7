"""Integrals of small systems by quadrature: what the sampler must give.

Energies are written out here from the molecules and the mixing rules; nothing but the wall is
shared with the kernels or with the reference energy of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from selectivity.forcefield.library import load
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.forcefield.species import Molecule
from selectivity.geometry.confinement import SphereWall, sphere_energy
from selectivity.system.spec import CageSpec, DropletSpec
from selectivity.units import COULOMB, rt


def ion_at(points: np.ndarray, molecule: Molecule, ion: Molecule) -> np.ndarray:
    """Energy of an ion at ``points`` (..., 3) of a molecule's own frame, kJ/mol."""
    total = np.zeros(points.shape[:-1])
    for site, position in zip(molecule.sites, molecule.coordinates(), strict=True):
        d = np.linalg.norm(points - position, axis=-1)
        A, B = lennard_jones_ab(*pair_parameters(site, ion.sites[0]))
        total += COULOMB * site.charge * ion.charge / d + A / d**12 - B / d**6
    return total


def gauss(a: float, b: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre points and weights between a and b."""
    x, w = _legendre(n)
    return 0.5 * (b - a) * x + 0.5 * (a + b), 0.5 * (b - a) * w


@cache
def _legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    found: tuple[np.ndarray, np.ndarray] = np.polynomial.legendre.leggauss(n)
    return found


def in_body_frame(water: np.ndarray, point: np.ndarray) -> np.ndarray:
    """``point`` as seen by a water (O, H1, H2, ...): O at the origin, H in the xz plane."""
    x = water[1] - water[2]
    z = 0.5 * (water[1] + water[2]) - water[0]
    x, z = x / np.linalg.norm(x), z / np.linalg.norm(z)
    return np.array([x, np.cross(z, x), z]) @ (point - water[0])


def directions(c: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Unit vectors of cosine and azimuth, shape (c, phi, 3)."""
    s = np.sqrt(1.0 - c[:, None] ** 2)
    return np.stack(
        np.broadcast_arrays(s * np.cos(phi), s * np.sin(phi), c[:, None] + 0.0 * phi), axis=-1
    )


def marginal(log_density: np.ndarray, keep: int, *grids: np.ndarray) -> np.ndarray:
    """ln of the density of one coordinate: the others integrated over by the trapezoidal rule."""
    from scipy.integrate import trapezoid

    density = np.exp(log_density - log_density.max())
    for axis in reversed(range(len(grids))):
        if axis != keep:
            density = trapezoid(density, grids[axis], axis=axis)
    return np.log(np.maximum(density, 1e-300))


@dataclass(frozen=True)
class PairIntegral:
    """One ion and one molecule: ln Z, mean energy (kJ/mol) and mean distance (Å)."""

    log_z: float
    energy: float
    distance: float


def pair_integral(
    molecule: Molecule,
    ion: Molecule,
    wall: Callable[[np.ndarray], np.ndarray],
    temperature_K: float,
) -> PairIntegral:
    """A molecule about a fixed ion by quadrature.

    The wall holds the main site, whose distance from the ion does not change when the pair is
    turned: in the molecule's frame, origin at the main site, Z = 8π² ∫exp(−β[U(s) + wall(|s|)])d³s
    over the places s of the ion. The mean energy is that of U + wall; ln Z leaves 8π² out.
    """
    beta, origin = 1.0 / rt(temperature_K), molecule.coordinates()[molecule.main]
    r, w_r = gauss(1.3, 6.0, 160)
    t, w_t = gauss(0.0, 1.0, 120)
    # Both ends of the axis are where a charged ligand puts an ion: points are dense there.
    c, w_c = np.cos(np.pi * t), np.pi * np.sin(np.pi * t) * w_t
    phi, w_phi = gauss(0.0, 0.5 * math.pi, 24)  # a quarter turn: both kinds have two mirror planes
    points = r[:, None, None, None] * directions(c, phi)
    energy = ion_at(points + origin, molecule, ion) + wall(points)
    lowest = float(energy.min())
    weight = (w_r * r**2)[:, None, None] * w_c[:, None] * (4.0 * w_phi)
    weight *= np.exp(-beta * (energy - lowest))
    z = float(weight.sum())
    return PairIntegral(
        math.log(z) - beta * lowest,
        float((weight * energy).sum()) / z,
        float((weight * r[:, None, None]).sum()) / z,
    )


@cache
def one_ligand(spec: CageSpec | DropletSpec, ion: str) -> PairIntegral:
    """:func:`pair_integral` of an ion and the only ligand of a cage or droplet, in its wall."""
    ff, wall = load(spec.forcefield), SphereWall(spec.radius, spec.wall_k)
    carbonyl = isinstance(spec, CageSpec) and spec.n_carbonyls == 1
    molecule = ff.carbonyl if carbonyl else ff.water
    return pair_integral(
        molecule, ff.ion(ion), lambda points: sphere_energy(wall, points), spec.temperature_K
    )


def one_ligand_difference(spec: CageSpec | DropletSpec, a: str, b: str) -> float:
    """ΔG(a → b) = RT ln(Z_a/Z_b) of :func:`one_ligand`, kJ/mol."""
    log_z = [one_ligand(spec, ion).log_z for ion in (a, b)]
    return rt(spec.temperature_K) * (log_z[0] - log_z[1])
