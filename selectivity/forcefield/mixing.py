"""Pair parameters: Lorentz-Berthelot in Rmin, with explicit overrides (NBFIX)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from selectivity.forcefield.species import SiteType

Overrides = Mapping[frozenset[str], tuple[float, float]]
"""Unordered pair of type names -> (full Rmin of the pair in Å, ε in kJ/mol)."""


def pair_parameters(
    a: SiteType, b: SiteType, overrides: Overrides | None = None
) -> tuple[float, float]:
    """Rmin (Å) and ε (kJ/mol) of a pair of sites.

    Rmin_ab = Rmin_a/2 + Rmin_b/2 and ε_ab = (ε_a ε_b)^½, as CHARMM and Amber mix them, unless
    ``overrides`` names the pair.
    """
    override = overrides.get(frozenset((a.name, b.name))) if overrides else None
    if override is not None:
        return override
    return a.rmin_half + b.rmin_half, math.sqrt(a.epsilon * b.epsilon)


def lennard_jones_ab(rmin: float, epsilon: float) -> tuple[float, float]:
    """Coefficients of E = A/r¹² − B/r⁶: A = ε Rmin¹² (kJ Å¹²/mol), B = 2ε Rmin⁶ (kJ Å⁶/mol)."""
    r6 = rmin**6
    return epsilon * r6 * r6, 2.0 * epsilon * r6


def lj_tables(
    types: Sequence[SiteType], overrides: Overrides | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric matrices A and B over ``types``, each of shape (n, n); units as in
    :func:`lennard_jones_ab`.
    """
    n = len(types)
    A, B = np.zeros((n, n)), np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            a, b = lennard_jones_ab(*pair_parameters(types[i], types[j], overrides))
            A[i, j] = A[j, i] = a
            B[i, j] = B[j, i] = b
    return A, B
