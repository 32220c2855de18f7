"""Slabs that several tests use."""

from __future__ import annotations

from selectivity.membrane import Solution
from selectivity.membrane.electrodiffusion import Slab

T = 298.15
NEURON = ({"K": 140.0, "Na": 15.0, "Cl": 155.0}, {"K": 5.0, "Na": 145.0, "Cl": 150.0})
D_NEURON = {"K": 1.96e-9, "Na": 1.33e-9, "Cl": 2.03e-9}
SALT = ({"Na": 10.0, "Cl": 10.0}, {"Na": 100.0, "Cl": 100.0})
D_SALT = {"Na": 1.33e-9, "Cl": 2.03e-9}
ACID = ({"H": 10.0, "Na": 0.0, "Cl": 10.0}, {"H": 0.0, "Na": 100.0, "Cl": 100.0})
D_ACID = {"H": 9.31e-9, "Na": 1.33e-9, "Cl": 2.03e-9}


def slab(baths, diffusion, length=1e-8, epsilon=78.3, **more) -> Slab:
    inside, outside = (Solution(c, T, n) for c, n in zip(baths, ("inside", "outside"), strict=True))
    return Slab(inside, outside, diffusion, length, epsilon, **more)


def thick(ratio, baths, diffusion, **more) -> Slab:
    """A slab of ``ratio`` Debye lengths."""
    length = ratio * slab(baths, diffusion, **more).debye_length_m()
    return slab(baths, diffusion, length, **more)
