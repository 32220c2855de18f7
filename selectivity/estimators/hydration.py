"""Coordination numbers along z: oxygens of ligands and of waters in the first shell of every ion.

The mean of c_nX, the oxygens within the first-shell radius of ion X, under the weights of
:mod:`selectivity.estimators.weights`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.mixture import require_same_run
from selectivity.estimators.profile import bin_centers
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

WHAT = ("ligand", "water")
BIN_WIDTH = 0.2  # Å


@dataclass(frozen=True)
class CoordinationProfile:
    """Mean coordination numbers of every ion along z.

    Attributes
    ----------
    z : ndarray, shape (B,)
        Bin centres, Å, evenly spaced.
    ions : tuple of str
        Ions of the ladder whose shells were counted.
    numbers : dict of str to ndarray, shape (R, B)
        By ``"K:ligand"``, ``"K:water"``, …; nan where a replica has no sample in the bin.
    """

    z: np.ndarray
    ions: tuple[str, ...]
    numbers: dict[str, np.ndarray]

    def of(self, ion: str, what: str) -> np.ndarray:
        """Numbers of every replica, shape (R, B); ``what`` is ``"ligand"`` or ``"water"``.

        Raises
        ------
        InputError
            An ion or a kind of oxygen that was not counted.
        """
        key = f"{ion}:{what}"
        if key not in self.numbers:
            raise InputError("coordination", key, f"is one of {', '.join(self.numbers)}")
        return self.numbers[key]

    def mean(self, ion: str, what: str) -> np.ndarray:
        """Mean over the replicas that hold the bin, shape (B,); nan where none does."""
        return replica_mean(self.of(ion, what))

    def error(self, ion: str, what: str) -> np.ndarray:
        """Standard error from the scatter of replicas, shape (B,); nan below two replicas."""
        return replica_error(self.of(ion, what))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: ``z_A`` and, by ion and kind, ``mean`` and ``error``."""
        record: dict[str, Any] = {"z_A": self.z.tolist()}
        for ion in self.ions:
            record[ion] = {
                what: {"mean": _plain(self.mean(ion, what)), "error": _plain(self.error(ion, what))}
                for what in WHAT
                if f"{ion}:{what}" in self.numbers
            }
        return record


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def coordination_profile(
    replicas: Sequence[ReplicaSamples],
    z_bins: np.ndarray | None = None,
    weights: Sequence[Weights] | None = None,
) -> CoordinationProfile:
    """Mean number of ligand and water oxygens in the first shell of every ion along z.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
        Of one filter, with ``coordination`` keys ``"K:ligand"``, ``"K:water"``, ….
    z_bins : ndarray, shape (B,), optional
        Bin centres, Å, evenly spaced; without them bins of 0.2 Å from the first to the last window.
    weights : sequence of Weights, optional
        Of these replicas; solved here without them.

    Returns
    -------
    CoordinationProfile

    Raises
    ------
    InputError
        No windows, no coordination numbers, numbers of another shape than z, or bins that are not
        evenly spaced.
    NotConvergedError
        From :func:`selectivity.estimators.separable.solve_windows`.
    """
    first = require_same_run(replicas)
    solved = all_weights(replicas, weights)
    if z_bins is None:
        z_bins = bin_centers(float(first.centers.min()), float(first.centers.max()), BIN_WIDTH)
    z = require_even(z_bins)
    rows = [_replica(samples, w, z) for samples, w in zip(replicas, solved, strict=True)]
    return CoordinationProfile(
        z=z,
        ions=tuple(dict.fromkeys(key.split(":")[0] for key in rows[0])),
        numbers={key: np.stack([row[key] for row in rows]) for key in rows[0]},
    )


def _replica(samples: ReplicaSamples, weights: Weights, z: np.ndarray) -> dict[str, np.ndarray]:
    """Mean numbers of one replica by key, each of shape (B,)."""
    place = f"coordination of {samples.system}, replica {samples.replica}"
    which = bin_of(samples.z.ravel(), z)
    found = {}
    for ion, log_w in weights.log_weights(samples).items():
        w = normalised(which, log_w, z.size)
        for what in WHAT:
            numbers = samples.coordination.get(f"{ion}:{what}")
            if numbers is None:
                continue
            if numbers.shape != samples.z.shape:
                raise InputError(place, numbers.shape, f"has the shape of z, {samples.z.shape}")
            found[f"{ion}:{what}"] = binned_means(which, w, numbers.ravel(), z.size)
    if not found:
        rule = "holds numbers of at least one ion of the ladder"
        raise InputError(place, tuple(samples.coordination), rule)
    return found
