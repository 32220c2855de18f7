"""Waters about a fixed ion: distribution of their distances, its maximum, numbers in the shell."""

from __future__ import annotations

import numpy as np

from selectivity.forcefield.library import load
from selectivity.geometry.confinement import WATER_DENSITY
from selectivity.system.spec import DropletSpec
from selectivity.system.topology import Topology
from selectivity.validation.context import Arrays
from selectivity.validation.fixed_ion import distances, sample

WIDTH, FARTHEST = 0.05, 8.0  # Å, of bins and of the last one's end
EDGES = np.linspace(0.0, FARTHEST, round(FARTHEST / WIDTH) + 1)
CENTERS = 0.5 * (EDGES[1:] + EDGES[:-1])
NUMBERS = 17  # waters in a shell are counted from none to one less than this
BESIDE = 2  # bins on each side of the highest that the maximum is drawn through


def shell_replica(spec: DropletSpec, lengths: dict[str, int], rng: np.random.Generator) -> Arrays:
    """Distances of one chain with the first ion of ``spec``.

    Parameters
    ----------
    lengths : dict of str to int
        ``records``, ``stride`` and ``equilibration`` of :func:`fixed_ion.sample`.

    Returns
    -------
    dict
        ``g``, :func:`radial` at ``CENTERS``; ``shell``, how often 0, 1, ... waters were within the
        ion's first-shell radius.
    """
    ion = spec.ions[0]
    radius = load(spec.forcefield).first_shell_A[ion]

    def observe(topology: Topology, r: np.ndarray) -> np.ndarray:
        return distances(topology, r, "water")

    d = sample(spec, ion, observe, rng, **lengths)  # type: ignore[arg-type]
    number = np.minimum((d < radius).sum(axis=1), NUMBERS - 1)
    return {"g": radial(d), "shell": np.bincount(number, minlength=NUMBERS)}


def radial(d: np.ndarray) -> np.ndarray:
    """g(r) at ``CENTERS`` of distances (records, waters): density over that of liquid water."""
    counts = np.histogram(d, EDGES)[0] / len(d)
    volume = 4.0 / 3.0 * np.pi * np.diff(EDGES**3)
    found: np.ndarray = counts / (WATER_DENSITY * volume)
    return found


def maximum(g: np.ndarray) -> float:
    """Distance (Å) of the maximum: parabola through ln g of the highest bin and those beside it."""
    top = int(np.argmax(g))
    near = np.arange(max(0, top - BESIDE), min(len(g), top + BESIDE + 1))
    near = near[g[near] > 0.0]
    if len(near) < 3:
        return float(CENTERS[top])
    weight = np.sqrt(g[near]) * CENTERS[near]  # of ln(count), by the root of the count
    x = CENTERS[near] - CENTERS[top]
    a, b, _ = np.polyfit(x, np.log(g[near]), 2, w=weight)
    return float(CENTERS[top] - b / (2.0 * a))


def mean_number(shell: np.ndarray) -> float:
    """Mean of a histogram of numbers 0, 1, ..."""
    return float(np.arange(len(shell)) @ shell / shell.sum())
