"""Exactly solvable file with a fluctuating number of waters.

n = 0, 1 or 2 waters with E(z, n) = 2z² + ENERGY[n] + SLOPE[n]·z for K and DG + SHIFT[n] more for
Na; each water stands anywhere in the file, evenly, whatever n and z are. So p_X(n | z) is a
Boltzmann weight and the occupancy of a stretch is ⟨n⟩ times its share of the file. Samples are
drawn independently from every window's mixture over the identities.
"""

from __future__ import annotations

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import rt

BETA = 1.0 / rt(310.15)
CENTERS = np.linspace(-1.6, 1.6, 9)
KAPPA = 60.0
DG = -70.0  # kJ/mol
ENERGY = np.array([1.0, 0.0, 3.0])  # kJ/mol by the number of waters
SLOPE = np.array([0.0, -2.0, 3.0])  # kJ/mol/Å
SHIFT = {"K": np.zeros(3), "Na": np.array([0.0, -4.0, 1.5])}  # kJ/mol
LENGTH = 12.0  # Å: the file runs from −6 to 6
SITES = Sites(
    (-1.0, 1.0),
    {"S3": -3.0, "S2": 0.0, "S1": 3.0, "S0": 8.0},
    {"lower": -4.5, "V76 O": -1.5, "G77 O": 1.5, "upper": 4.5},
)


def energy(z: np.ndarray, ion: str) -> np.ndarray:
    """E(z, n) without DG, kJ/mol, shape (3, len(z))."""
    return 2.0 * z**2 + (ENERGY + SHIFT[ion])[:, None] + SLOPE[:, None] * z


def law(z: np.ndarray, ion: str) -> np.ndarray:
    """Density of (n, z) of the unbiased ion, not normalised, shape (3, len(z))."""
    return np.exp(-BETA * energy(z, ion))


def p_binned(z: np.ndarray, ion: str) -> np.ndarray:
    """Exact p_X(n | bin) for even bins with centres z, shape (3, B)."""
    width = z[1] - z[0]
    fine = z[:, None] + width * ((np.arange(101) + 0.5) / 101 - 0.5)
    p = law(fine.ravel(), ion).reshape(3, *fine.shape).sum(axis=2)
    return p / p.sum(axis=0)


def starts(replica: int) -> dict[str, str]:
    """The four kinds of start by turns."""
    return {
        "start_ion": ("K", "Na")[replica % 2],
        "start_file": ("empty", "full")[replica // 2 % 2],
    }


def places(n: np.ndarray, rng: np.random.Generator, most: int = 4) -> np.ndarray:
    """Rising places of n waters spread evenly over the file, nan up to ``most``."""
    z = rng.uniform(-0.5 * LENGTH, 0.5 * LENGTH, (*n.shape, most))
    z[np.arange(most) >= n[..., None]] = np.nan
    return np.sort(z, axis=-1).astype(np.float32)


def draw_water(replica: int, n: int = 1000, seed: int = 0) -> ReplicaSamples:
    """n independent samples of every window of one replica."""
    rng = np.random.default_rng([41, seed, replica])
    grid = np.linspace(-3.5, 3.5, 7001)
    reduced = -BETA * np.stack([energy(grid, ion) for ion in ("K", "Na")])  # (ion, n, z)
    log_g = np.zeros((CENTERS.size, 2)) + rng.normal(0.0, 0.2, (CENTERS.size, 2))
    z, waters, identity = np.empty((CENTERS.size, n)), *np.empty((2, CENTERS.size, n), int)
    for k, center in enumerate(CENTERS):
        a = reduced + log_g[k][:, None, None] - 0.5 * BETA * KAPPA * (grid - center) ** 2
        p = np.exp(a).reshape(6, -1)
        cdf = np.cumsum(p.sum(axis=0))
        at = np.searchsorted(cdf / cdf[-1], rng.random(n))
        z[k] = grid[at]
        state = (rng.random(n) > np.cumsum(p[:, at], axis=0) / p[:, at].sum(axis=0)).sum(axis=0)
        identity[k], waters[k] = np.minimum(state, 5) // 3, np.minimum(state, 5) % 3
    log_g[:, 1] += BETA * DG  # the energies below hold DG, the draw did not need it
    gap = DG + (SHIFT["Na"] - SHIFT["K"])[waters]
    return ReplicaSamples(
        system="open file",
        replica=replica,
        beta=BETA,
        centers=CENTERS,
        kappa=KAPPA,
        ladder=("K", "Na"),
        z=z,
        u=np.stack([np.zeros_like(gap), gap], axis=2),
        identity=identity,
        log_g=log_g,
        walker=np.tile(np.arange(CENTERS.size)[:, None], (1, n)),
        water_z=places(waters, rng),
        exchange_accepted=np.full(CENTERS.size - 1, 30),
        exchange_tried=np.full(CENTERS.size - 1, 100),
        **starts(replica),
    )
