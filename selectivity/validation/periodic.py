"""Pair sums of a periodic configuration by the engine's own pair function.

The engine knows no periodicity and no cutoff. Here the partners of every site are shifted to their
nearest images and those beyond the cutoff are left out; the sums over the rest are the engine's, in
float64. What an Ewald sum has beyond that (reciprocal space, self and intramolecular terms) has no
counterpart in the engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from selectivity.engine.delta import pair_row
from selectivity.engine.flags import LANES, REFUSED
from selectivity.engine.pack import FAR
from selectivity.errors import InputError


@dataclass(frozen=True)
class Configuration:
    """Sites of a configuration in a cubic cell of edge ``edge``; ``x`` has the shape (N, 3)."""

    edge: float
    x: np.ndarray


def read_configuration(path: Path) -> Configuration:
    """A sample configuration as NIST publishes them.

    Number of sites; a line that ends with the three edges; then number and coordinates by site.

    Raises
    ------
    InputError
        Another format.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        n = int(lines[0].split()[0])
        edges = [float(word) for word in lines[1].split()[-3:]]
        x = np.array([[float(word) for word in row.split()[1:4]] for row in lines[2 : n + 2]])
    except (IndexError, ValueError):
        n, edges, x = 0, [math.nan], np.zeros((0, 3))
    if n == 0 or x.shape != (n, 3) or len(set(edges)) != 1:
        rule = "is a NIST sample configuration in a cubic cell"
        raise InputError(str(path), "another format", rule, "take it as it is published")
    return Configuration(edges[0], x)


def pair_sum(
    configuration: Configuration,
    owner: np.ndarray,
    cutoff: float,
    A: float,
    B: float,
    q: np.ndarray,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Σ [q_i q_j/r + A/r¹² − B/r⁶] over sites of different molecules nearer than ``cutoff``.

    Parameters
    ----------
    configuration : Configuration
    owner : ndarray of int, shape (N,)
        Molecule of every site.
    cutoff : float
    A, B : float
        Zero for sites that have no Lennard-Jones interaction: leave those out.
    q : ndarray, shape (N,)
        Charges, with the square root of the Coulomb constant in them.

    Returns
    -------
    total : float
    distance, product : ndarray, shape (P,)
        r and q_i q_j of every pair that was counted.
    """
    x, edge, n = configuration.x, configuration.edge, len(owner)
    padded = -(-n // LANES) * LANES
    site = np.empty((3, padded))
    charge = np.zeros(padded)
    lj = np.zeros((1, 2, padded))
    row = np.zeros(padded)
    has_lj = np.array([[A != 0.0 or B != 0.0]])
    constants = np.array([1.0, 0.0, REFUSED, 0.0])  # without a guard
    total, distances, products = 0.0, [], []
    for i in range(n - 1):
        d = x - x[i]
        d -= edge * np.round(d / edge)
        r2 = np.sum(d * d, axis=1)
        near = (r2 < cutoff**2) & (owner != owner[i])
        near[: i + 1] = False
        site[:] = FAR
        site[:, :n][:, near] = (x[i] + d[near]).T
        charge[:n] = np.where(near, q, 0.0)
        lj[0, :, :n] = np.where(near, [[A], [B]], 0.0)
        own = np.array([[*x[i], q[i]]])
        slots = np.array([padded])
        pair_row(row, own, np.array([0]), charge, slots, site, lj, (has_lj, constants))
        total += float(row.sum())
        distances.append(np.sqrt(r2[near]))
        products.append(q[i] * q[near])
    return total, np.concatenate(distances), np.concatenate(products)
