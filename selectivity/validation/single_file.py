"""What stands in the single file beside the ion: resident ions by site, waters by number.

Every sample counts by its weight in the unbiased ensemble of the ion that is asked about; a replica
gives one number, and the error is the scatter of replicas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.barrier import Sites
from selectivity.estimators.occupancy import number_of_waters, stretches_of
from selectivity.estimators.weights import Weights, bin_of, normalised
from selectivity.geometry.files import load_filter
from selectivity.sampling.samples import ReplicaSamples
from selectivity.validation.context import RunOutput
from selectivity.validation.run_samples import weighed

BIN = 0.1
"""Å, bins over which the number of waters is averaged along the interior."""


@dataclass(frozen=True)
class File:
    """Samples of one filter with their weights.

    ``names`` are those of the stretches between the oxygen planes ``planes`` (Å), one more than
    these, from inside to outside.
    """

    replicas: tuple[ReplicaSamples, ...]
    weights: tuple[Weights, ...]
    names: tuple[str, ...]
    planes: np.ndarray


def read_file(found: RunOutput, system: str, structure: str) -> File:
    """A filter of a finished run; raises as :func:`~selectivity.validation.run_samples.weighed`."""
    replicas, weights = weighed(found, system)
    geometry = load_filter(structure)
    sites = Sites((0.0, 0.0), geometry.cage_centers, geometry.planes)
    stretches = stretches_of(sites)
    planes = np.array([stretch.low for stretch in stretches[1:]])
    names = tuple(stretch.name for stretch in stretches)
    return File(replicas, weights, names, planes)


def member_of(samples: ReplicaSamples, ion: str) -> str:
    """Key of the only resident ``ion`` among the members of the file.

    Raises
    ------
    InputError
        There is none, or more than one.
    """
    found = [key for key in samples.file_z if key.split(":")[1] == ion]
    if len(found) != 1:
        raise InputError(samples.system, found, f"holds one resident {ion}", "")
    return found[0]


def joint(z_x: np.ndarray, z_other: np.ndarray, w: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """Populations of the stretches of X (rows) and of another member (columns).

    Parameters
    ----------
    z_x, z_other, w : ndarray, shape (N,)
        Heights, Å, and weights.
    planes : ndarray, shape (P,)
        Rising, Å.

    Returns
    -------
    ndarray, shape (P + 1, P + 1)
        Of sum 1.
    """
    table = np.zeros((planes.size + 1, planes.size + 1))
    np.add.at(table, (np.searchsorted(planes, z_x), np.searchsorted(planes, z_other)), w)
    return table / w.sum()


def residents(file: File, ion: str, resident: str = "K") -> np.ndarray:
    """:func:`joint` of X = ``ion`` and the resident ion in every replica, shape (R, S, S)."""
    tables = []
    for samples, weights in zip(file.replicas, file.weights, strict=True):
        log_w = weights.log_weights(samples)[ion]
        other = samples.file_z[member_of(samples, resident)]
        w = np.exp(log_w - log_w.max())
        tables.append(joint(samples.z.ravel(), other.ravel(), w, file.planes))
    return np.stack(tables)


def given(tables: np.ndarray, row: int) -> np.ndarray:
    """p(column | row) of every table, shape (R, S); nan where the row is empty."""
    total = tables[:, row].sum(axis=1, keepdims=True)
    return np.where(total > 0.0, tables[:, row] / np.where(total > 0.0, total, 1.0), np.nan)


def waters(file: File, ion: str, interior: tuple[float, float]) -> np.ndarray:
    """p(n_w | z) of every replica, averaged evenly over the interior, shape (R, M).

    Bins of ``BIN`` Å; one in which a replica has no sample is left out of that replica's mean.
    """
    centers = np.arange(interior[0] + 0.5 * BIN, interior[1], BIN)
    counts = [number_of_waters(samples).ravel() for samples in file.replicas]
    numbers = np.arange(max(int(n.max()) for n in counts) + 1)
    rows = []
    for samples, weights, n in zip(file.replicas, file.weights, counts, strict=True):
        which = bin_of(samples.z.ravel(), centers)
        w = normalised(which, weights.log_weights(samples)[ion], centers.size)
        filled = np.count_nonzero(np.bincount(which[which >= 0], minlength=centers.size))
        rows.append([float(w[n == m].sum()) / filled for m in numbers])
    return np.array(rows)
