"""Where the minima of a filter's profiles lie, and what stands between them, replica by replica.

Places are found once on the pooled profile smoothed with the kernel of ``estimators.profile`` and
every replica is evaluated there, so that noise moves no maximum upward.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from selectivity.estimators.alchemical import free_energies
from selectivity.estimators.barrier import WELL_REACH, Sites, levelling, wells
from selectivity.estimators.hydration import coordination_profile
from selectivity.estimators.profile import ProfileSet, fill_gaps, profile_set, smooth
from selectivity.estimators.weights import Weights
from selectivity.geometry.files import load_filter
from selectivity.geometry.filter import FilterGeometry
from selectivity.permeation.pair import binding, pair_of
from selectivity.records import Estimate
from selectivity.sampling.samples import ReplicaSamples
from selectivity.validation.context import RunOutput
from selectivity.validation.run_samples import weighed


@dataclass(frozen=True)
class FilterProfiles:
    """Profiles of one filter of a run, with the structure that they belong to."""

    profiles: ProfileSet
    geometry: FilterGeometry
    replicas: tuple[ReplicaSamples, ...]
    weights: tuple[Weights, ...]

    @property
    def z(self) -> np.ndarray:
        """Bin centres, Å."""
        return self.profiles.z

    def of(self, ion: str) -> np.ndarray:
        """W of every replica, kJ/mol, shape (R, B), gaps closed by straight lines."""
        return fill_gaps(self.z, self.profiles.of(ion))

    def pooled(self, ion: str) -> np.ndarray:
        """Pooled, smoothed W, kJ/mol, shape (B,)."""
        return smooth(self.z, fill_gaps(self.z, self.profiles.mean(ion)))


@lru_cache(maxsize=8)
def read_profiles(found: RunOutput, system: str, structure: str) -> FilterProfiles:
    """Profiles of a filter of a finished run, solved once.

    Raises as :func:`~selectivity.validation.run_samples.weighed`.
    """
    replicas, weights = weighed(found, system)
    geometry = load_filter(structure)
    interior = tuple(geometry.cage_centers[name] for name in ("S3", "S1"))
    profiles = profile_set(replicas, interior=(interior[0], interior[1]), weights=weights)
    return FilterProfiles(profiles, geometry, replicas, weights)


@lru_cache(maxsize=8)
def bulk(found: RunOutput, droplet: str) -> Estimate:
    """ΔG(K → Na) of a droplet of the run, kJ/mol."""
    return free_energies(found.samples()[droplet]).difference("K", "Na")


def local_minimum(z: np.ndarray, w: np.ndarray, low: float, high: float) -> int | None:
    """Index of the lowest local minimum of ``w`` strictly between ``low`` and ``high``.

    None where there is none: a slope has no minimum, however low its end.
    """
    inner = np.arange(1, z.size - 1)
    inner = inner[(z[inner] > low) & (z[inner] < high)]
    found = inner[(w[inner] < w[inner - 1]) & (w[inner] <= w[inner + 1])]
    return int(found[np.argmin(w[found])]) if found.size else None


def common_slope(read: FilterProfiles) -> np.ndarray:
    """f(z) through the wells of K+ in all cages that the windows cover, kJ/mol, shape (B,).

    What acts on charge alone adds a function of this kind to both profiles; taken off, it levels
    them.
    """
    half = 0.5 * read.profiles.width
    first, last = float(read.z[0]) - half, float(read.z[-1]) + half
    cages = {
        cage.name: cage.center
        for cage in read.geometry.cages
        if first + WELL_REACH <= cage.center <= last - WELL_REACH
    }
    interior = (min(cages.values()), max(cages.values()))
    f = levelling(wells(read.profiles, Sites(interior, cages, read.geometry.planes), "K"))
    return f(read.z)


def minimum_place(
    read: FilterProfiles, ion: str, low: float, high: float, levelled: bool = False
) -> Estimate | None:
    """z of the ion's minimum between two heights, Å; None where the pooled profile has none.

    The value is that of the pooled profile, the error the scatter of the replicas' own minima.
    With ``levelled`` the profile is W − f, f of :func:`common_slope`.
    """
    z = read.z
    f = common_slope(read) if levelled else np.zeros(z.size)
    pooled = local_minimum(z, read.pooled(ion) - f, low, high)
    if pooled is None:
        return None
    own = [local_minimum(z, smooth(z, w) - f, low, high) for w in read.of(ion)]
    places = [z[i] for i in own if i is not None]
    spread = Estimate.from_replicas(places) if len(places) > 1 else Estimate(0.0, math.nan, 0.0)
    return Estimate(float(z[pooled]), spread.error, spread.dof)


def around(read: FilterProfiles, kind: str, name: str) -> tuple[float, float, float]:
    """Height of a cage or plane and the stretch in which its minimum is sought, Å.

    A cage reaches from plane to plane, a plane from cage centre to cage centre; the outermost ones
    reach to the end of the windows.
    """
    geometry, ends = read.geometry, (float(read.z[0]), float(read.z[-1]))
    places, walls = geometry.planes, geometry.cage_centers
    if kind == "cage":
        places, walls = walls, places
    here = places[name]
    below = [z for z in walls.values() if z < here]
    above = [z for z in walls.values() if z > here]
    return here, max([ends[0], *below]), min([ends[1], *above])


def lowest_near(read: FilterProfiles, ion: str, site: str) -> int:
    """Bin of the lowest pooled W within 1 Å of a cage centre."""
    near = np.abs(read.z - read.geometry.cage_centers[site]) <= WELL_REACH
    return int(np.nanargmin(np.where(near, read.pooled(ion), np.inf)))


def climb(read: FilterProfiles, ion: str, low: str, high: str) -> tuple[np.ndarray, float, float]:
    """Highest less lowest W − f from the cage ``low`` to ``high``, kJ/mol, shape (R,), and where.

    f is :func:`common_slope`, so that a common tilt changes nothing. Both places (Å, the highest
    first) are those of the pooled profile.
    """
    centers, f = read.geometry.cage_centers, common_slope(read)
    between = (read.z >= centers[low]) & (read.z <= centers[high])
    level = np.where(between, read.pooled(ion) - f, np.nan)
    top, bottom = int(np.nanargmax(level)), int(np.nanargmin(level))
    w = read.of(ion) - f
    return w[:, top] - w[:, bottom], float(read.z[top]), float(read.z[bottom])


def ddg_at(read: FilterProfiles, z: float) -> np.ndarray:
    """W_Na − W_K at a height, kJ/mol, shape (R,), with the bulk not yet taken off."""
    difference = read.of("Na") - read.of("K")
    return np.array([np.interp(z, read.z, row) for row in difference])


def site_ddg(read: FilterProfiles, names: Sequence[str]) -> dict[str, np.ndarray]:
    """ΔΔG_site of cages from plane to plane, kJ/mol, shape (R,), the bulk not taken off."""
    pair = pair_of(read.profiles, "K", "Na", Estimate(0.0, 0.0, math.inf))
    planes = read.geometry.planes
    return {
        cage.name: binding(pair, (planes[cage.lower], planes[cage.upper]))
        for cage in read.geometry.cages
        if cage.name in names
    }


def ligands_at(read: FilterProfiles, ion: str, z: float) -> np.ndarray:
    """Ligand oxygens in the ion's first shell at a height, shape (R,)."""
    shells = coordination_profile(read.replicas, read.z, read.weights)
    return np.array([np.interp(z, read.z, row) for row in shells.of(ion, "ligand")])
