"""Where a member of the single file stands while the sampled ion stands elsewhere.

With w_nX the weights of :mod:`selectivity.estimators.weights`, p_X(c | b) is the weighted mean of
1[member in c] over the samples with X in b: b and c are intervals of the axis. Every sample counts
for every ion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.barrier import Sites
from selectivity.estimators.mixture import require_same_run
from selectivity.estimators.occupancy import stretches_of
from selectivity.estimators.weights import (
    Weights,
    all_weights,
    binned_means,
    normalised,
    replica_mean,
)
from selectivity.sampling.samples import ReplicaSamples

WATER = "W"
Shares = dict[tuple[str, str], np.ndarray]
"""p_X(c | b) by (ion, member), shape (R, C, B); nan where a replica has no sample in b."""


@dataclass(frozen=True)
class Residents:
    """Resident ions of a filter while X stands along its axis.

    Attributes
    ----------
    z : ndarray, shape (B,)
        Bin centres of X, Å, evenly spaced.
    z_resident : ndarray, shape (C,)
        Bin centres of the residents, Å, evenly spaced.
    ions : tuple of str
        What X turns into.
    members : tuple of str
        ``"0:K"``: place in the file from inside, and symbol.
    density : dict of (ion, member) to ndarray, shape (C, B)
        Density of the member along the axis with X at z, 1/Å, mean over replicas.
    sites : tuple of str, length S
        Stretches between two planes, from inside to outside.
    sites_of_x : tuple of str, length T
        Those that hold a cage of the interior.
    shares : dict of (ion, member) to ndarray, shape (R, S, T)
        Share of the member in every site while X is in one of ``sites_of_x``.
    starts : tuple of str, length R
        How the file of every replica was started.
    """

    z: np.ndarray
    z_resident: np.ndarray
    ions: tuple[str, ...]
    members: tuple[str, ...]
    density: Shares
    sites: tuple[str, ...]
    sites_of_x: tuple[str, ...]
    shares: Shares
    starts: tuple[str, ...]


def member_shares(
    replicas: Sequence[ReplicaSamples],
    cuts_x: np.ndarray,
    cuts: np.ndarray,
    weights: Sequence[Weights] | None = None,
) -> Shares:
    """p_X(c | b) of every member of the file, waters too.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
        Of one filter.
    cuts_x : ndarray, shape (B + 1,)
        Ends of the intervals of X, rising, Å; samples outside of them do not count.
    cuts : ndarray, shape (C − 1,)
        Cuts between the intervals of the member, rising, Å; the outermost are open.
    weights : sequence of Weights, optional
        Of these replicas; solved here without them.

    Raises
    ------
    InputError
        No windows, or another number of weights than of replicas.
    """
    require_same_run(replicas)
    rows: dict[tuple[str, str], list[np.ndarray]] = {}
    bins = len(cuts_x) - 1
    for samples, solved in zip(replicas, all_weights(replicas, weights), strict=True):
        which = np.searchsorted(cuts_x, samples.z.ravel(), side="right") - 1
        which[which == bins] = -1
        at = {m: np.searchsorted(cuts, z.ravel(), "right") for m, z in samples.file_z.items()}
        for ion, log_w in solved.log_weights(samples).items():
            w = normalised(which, log_w, bins)
            for member, place in at.items():
                shares = [binned_means(which, w, place == c, bins) for c in range(len(cuts) + 1)]
                rows.setdefault((ion, member), []).append(np.stack(shares))
    return {name: np.stack(found) for name, found in rows.items()}


def residents(
    replicas: Sequence[ReplicaSamples],
    sites: Sites,
    z_bins: np.ndarray,
    weights: Sequence[Weights] | None = None,
    width: float = 0.2,
) -> Residents:
    """Where the resident ions of a filter stand while X is where.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
    sites : Sites
        Interior, cages and planes.
    z_bins : ndarray, shape (B,)
        Bin centres of X, Å, evenly spaced.
    weights : sequence of Weights, optional
        Of these replicas; solved here without them.
    width : float
        Of the bins of the residents, Å.

    Raises
    ------
    InputError
        A file without a resident ion, without windows or planes.
    """
    found = [m for m in replicas[0].file_z if m.split(":")[1] != WATER]
    if not found:
        rule = "have a resident ion in the single file"
        raise InputError(f"samples of {replicas[0].system}", "none", rule, "[K W X W] has one")
    solved = all_weights(replicas, weights)
    half = 0.5 * (z_bins[1] - z_bins[0])
    edges = np.append(z_bins - half, z_bins[-1] + half)
    places = np.concatenate([s.file_z[m].ravel() for s in replicas for m in found])
    low = width * np.floor(places.min() / width)
    cuts = low + width * np.arange(int((places.max() - low) / width) + 2)
    fine = member_shares(replicas, edges, cuts, solved)
    stretches = stretches_of(sites)
    planes = np.array([s.low for s in stretches[1:]])
    coarse = member_shares(replicas, np.array([-np.inf, *planes, np.inf]), planes, solved)
    inner = sites.inner_cages().values()
    of_x = [i for i, s in enumerate(stretches) if any(s.low < z < s.high for z in inner)]
    named = [name for name in fine if name[1] in found]
    return Residents(
        z_bins,
        0.5 * (cuts[1:] + cuts[:-1]),
        tuple(dict.fromkeys(ion for ion, _ in named)),
        tuple(found),
        {name: replica_mean(fine[name])[1:-1] / width for name in named},
        tuple(s.name for s in stretches),
        tuple(stretches[i].name for i in of_x),
        {name: coarse[name][:, :, of_x] for name in named},
        tuple(samples.start_file for samples in replicas),
    )
