"""Coordination numbers along z: oxygens of ligands and of waters in the first shell of every ion.

n_X(z) = Σ_n δ(z − z_n) c_nX w_nX / Σ_n δ(z − z_n) w_nX with w_nX = exp(−βU_nX)/D_n, where c_nX
counts oxygens within the first-shell radius of ion X. Every sample counts for every ion by its
Rao-Blackwell weight, whatever identity it was sampled with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.alchemical import log_weights, require_same_run
from selectivity.estimators.mbar import mbar, mixture_reduced_bias
from selectivity.estimators.profile import bin_centers
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
        rows = self.of(ion, what)
        count = np.isfinite(rows).sum(axis=0)
        total = np.where(np.isfinite(rows), rows, 0.0).sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def error(self, ion: str, what: str) -> np.ndarray:
        """Standard error from the scatter of replicas, shape (B,); nan below two replicas."""
        rows = self.of(ion, what)
        count = np.isfinite(rows).sum(axis=0)
        square = np.where(np.isfinite(rows), rows - self.mean(ion, what), 0.0) ** 2
        variance = square.sum(axis=0) / np.maximum(count - 1, 1)
        return np.where(count > 1, np.sqrt(variance / np.maximum(count, 1)), np.nan)

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
    replicas: Sequence[ReplicaSamples], z_bins: np.ndarray | None = None
) -> CoordinationProfile:
    """Mean number of ligand and water oxygens in the first shell of every ion along z.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
        Of one filter, with ``coordination`` keys ``"K:ligand"``, ``"K:water"``, ….
    z_bins : ndarray, shape (B,), optional
        Bin centres, Å, evenly spaced; without them bins of 0.2 Å from the first to the last window.

    Returns
    -------
    CoordinationProfile

    Raises
    ------
    InputError
        No windows, no coordination numbers, numbers of another shape than z, or bins that are not
        evenly spaced.
    NotConvergedError
        From :func:`selectivity.estimators.mbar.mbar`.
    """
    first = require_same_run(replicas)
    place = f"windows of {first.system}"
    if first.kappa <= 0 or first.z.shape[0] < 2:
        raise InputError(place, first.z.shape[0], "coordination along z needs umbrella windows")
    if z_bins is None:
        z_bins = bin_centers(float(first.centers.min()), float(first.centers.max()), BIN_WIDTH)
    z = np.asarray(z_bins, dtype=float)
    if z.ndim != 1 or z.size < 2 or not np.allclose(np.diff(z), z[1] - z[0]) or z[1] <= z[0]:
        raise InputError("z_bins", z.shape, "holds at least two evenly spaced, rising bin centres")
    rows = [_replica(samples, z) for samples in replicas]
    return CoordinationProfile(
        z=z,
        ions=tuple(dict.fromkeys(key.split(":")[0] for key in rows[0])),
        numbers={key: np.stack([row[key] for row in rows]) for key in rows[0]},
    )


def _replica(samples: ReplicaSamples, z: np.ndarray) -> dict[str, np.ndarray]:
    """Mean numbers of one replica by key, each of shape (B,)."""
    place = f"coordination of {samples.system}, replica {samples.replica}"
    counts = np.full(samples.z.shape[0], samples.z.shape[1])
    solution = mbar(mixture_reduced_bias(samples), counts)
    width = z[1] - z[0]
    which = np.floor((samples.z.ravel() - (z[0] - 0.5 * width)) / width).astype(int)
    inside = (which >= 0) & (which < z.size)
    found = {}
    for ion, log_w in log_weights(samples, solution.log_denominator_n).items():
        for what in WHAT:
            numbers = samples.coordination.get(f"{ion}:{what}")
            if numbers is None:
                continue
            if numbers.shape != samples.z.shape:
                raise InputError(place, numbers.shape, f"has the shape of z, {samples.z.shape}")
            found[f"{ion}:{what}"] = _weighted_means(
                which[inside], log_w[inside], numbers.ravel()[inside], z.size
            )
    if not found:
        rule = "holds numbers of at least one ion of the ladder"
        raise InputError(place, tuple(samples.coordination), rule)
    return found


def _weighted_means(
    which: np.ndarray, log_w: np.ndarray, values: np.ndarray, bins: int
) -> np.ndarray:
    """Weighted mean of ``values`` in every bin; the weights are relative to the bin's largest."""
    top = np.full(bins, -np.inf)
    np.maximum.at(top, which, log_w)
    w = np.exp(log_w - top[which])
    total = np.bincount(which, w, minlength=bins)
    weighted = np.bincount(which, w * values, minlength=bins)
    return np.where(total > 0, weighted / np.where(total > 0, total, 1.0), np.nan)
