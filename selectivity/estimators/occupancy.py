"""Water in the open stretches of a single file: p(n_w | z), its mean, and where the water stands.

With n_w the number of waters in the open stretches of a sample and w_nX the weights of
:mod:`selectivity.estimators.weights`, p_X(n | z) is the weighted mean of 1[n_w = n] and the
occupancy of a stretch the weighted mean of the waters that stand between its planes, both with ion
X at z. Every sample counts for every ion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.barrier import Sites
from selectivity.estimators.mixture import require_same_run
from selectivity.estimators.weights import (
    Weights,
    all_weights,
    bin_of,
    binned_means,
    normalised,
    replica_error,
    replica_mean,
    require_even,
)
from selectivity.sampling.samples import ReplicaSamples


@dataclass(frozen=True)
class Stretch:
    """A part of the axis between two oxygen planes, Å; infinite beyond the outermost."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class WaterProfile:
    """Waters in the file along z of the ion, of every replica.

    Attributes
    ----------
    z : ndarray, shape (B,)
        Bin centres, Å, evenly spaced.
    ions : tuple of str
    numbers : ndarray of int, shape (M,)
        n_w from 0 to the highest that was sampled.
    stretches : tuple of Stretch, length S
        From inside to outside.
    p : dict of str to ndarray, shape (R, M, B)
        p_X(n | z) by ion; nan where a replica has no sample in the bin.
    occupancy : dict of str to ndarray, shape (R, S, B)
        Mean number of waters in every stretch with the ion at z.
    while_in : dict of str to ndarray, shape (R, S)
        Mean n_w while the ion itself is in a stretch, over the part that the windows cover.
    """

    z: np.ndarray
    ions: tuple[str, ...]
    numbers: np.ndarray
    stretches: tuple[Stretch, ...]
    p: dict[str, np.ndarray]
    occupancy: dict[str, np.ndarray]
    while_in: dict[str, np.ndarray]

    @property
    def replicas(self) -> int:
        """Number of replicas R."""
        return next(iter(self.p.values())).shape[0]

    def of(self, ion: str) -> np.ndarray:
        """Mean n_w of every replica, shape (R, B); InputError for another ion."""
        if ion not in self.p:
            raise InputError("ion of the waters", ion, f"is one of {', '.join(self.ions)}")
        return np.einsum("m,rmb->rb", self.numbers.astype(float), self.p[ion])

    def mean(self, ion: str) -> np.ndarray:
        """Mean n_w over the replicas that hold the bin, shape (B,)."""
        return replica_mean(self.of(ion))

    def error(self, ion: str) -> np.ndarray:
        """Standard error of the mean n_w over replicas, shape (B,); nan below two replicas."""
        return replica_error(self.of(ion))


def number_of_waters(samples: ReplicaSamples) -> np.ndarray:
    """n_w of every sample, shape (K, N).

    Raises
    ------
    InputError
        Samples of a file without an open stretch, or of another shape than z.
    """
    place = f"waters of {samples.system}, replica {samples.replica}"
    if samples.water_z.shape[:2] != samples.z.shape or samples.water_z.shape[2] == 0:
        rule = f"hold the places of waters in every sample, {samples.z.shape}"
        raise InputError(place, samples.water_z.shape, rule, "only a file with gc has them")
    return np.isfinite(samples.water_z).sum(axis=2)


def stretches_of(sites: Sites) -> tuple[Stretch, ...]:
    """The axis cut at the oxygen planes, from inside to outside.

    A stretch between two planes has the name of the cage in it, else of its planes; what lies
    beyond the outermost planes is named after the cage there (``"S0 and beyond"``), else after the
    plane (``"below T75 OG1"``).

    Raises
    ------
    InputError
        A filter without planes.
    """
    planes = sorted(sites.planes.items(), key=lambda item: item[1])
    if not planes:
        raise InputError("planes", dict(sites.planes), "name at least one oxygen plane")
    ends = [("", -math.inf), *planes, ("", math.inf)]
    found = []
    for (below, low), (above, high) in pairwise(ends):
        cages = "+".join(name for name, z in sites.cages.items() if low < z < high)
        beyond = f"above {below}" if below else f"below {above}"
        if below and above:
            name = cages or f"{below} to {above}"
        else:
            name = f"{cages} and beyond" if cages else beyond
        found.append(Stretch(name, low, high))
    return tuple(found)


def water_profile(
    replicas: Sequence[ReplicaSamples],
    sites: Sites,
    z_bins: np.ndarray,
    weights: Sequence[Weights] | None = None,
) -> WaterProfile:
    """Number and places of the waters in the open stretches of a file along z of the ion.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
        Of one filter whose composition has ``gc``.
    sites : Sites
        Planes and cages.
    z_bins : ndarray, shape (B,)
        Bin centres, Å, evenly spaced.
    weights : sequence of Weights, optional
        Of these replicas; solved here without them.

    Raises
    ------
    InputError
        No windows, no places of waters, no planes, or bins that are not evenly spaced.
    NotConvergedError
        From :func:`selectivity.estimators.separable.solve_windows`.
    """
    require_same_run(replicas)
    z, stretches = require_even(z_bins), stretches_of(sites)
    counted = [number_of_waters(samples) for samples in replicas]
    numbers = np.arange(max(int(n.max()) for n in counted) + 1)
    rows = [
        _replica(samples, w, n_w, z, stretches, numbers)
        for samples, w, n_w in zip(replicas, all_weights(replicas, weights), counted, strict=True)
    ]
    p, occupancy, while_in = (
        {ion: np.stack([row[i][ion] for row in rows]) for ion in rows[0][0]} for i in range(3)
    )
    return WaterProfile(z, tuple(p), numbers, stretches, p, occupancy, while_in)


_ByIon = dict[str, np.ndarray]


def _replica(
    samples: ReplicaSamples,
    weights: Weights,
    n_w: np.ndarray,
    z: np.ndarray,
    stretches: tuple[Stretch, ...],
    numbers: np.ndarray,
) -> tuple[_ByIon, _ByIon, _ByIon]:
    """p (M, B), occupancy (S, B) and n_w by the ion's stretch (S,) of one replica, by ion."""
    B, S, n = z.size, len(stretches), n_w.ravel()
    which = bin_of(samples.z.ravel(), z)
    inside = which >= 0
    stretch = np.where(inside, _stretch(samples.z.ravel(), stretches), -1)
    water = _stretch(samples.water_z.reshape(n.size, -1), stretches)
    here = [(water == s).sum(axis=1) for s in range(S)]
    p, occupancy, while_in = {}, {}, {}
    for ion, log_w in weights.log_weights(samples).items():
        w = normalised(which, log_w, B)
        p[ion] = np.stack([binned_means(which, w, n == m, B) for m in numbers])
        occupancy[ion] = np.stack([binned_means(which, w, count, B) for count in here])
        while_in[ion] = binned_means(stretch, normalised(stretch, log_w, S), n, S)
    return p, occupancy, while_in


def _stretch(z: np.ndarray, stretches: tuple[Stretch, ...]) -> np.ndarray:
    """Stretch in which every z lies, −1 for nan."""
    found = np.searchsorted([s.low for s in stretches[1:]], z, side="right")
    return np.where(np.isfinite(z), found, -1)
