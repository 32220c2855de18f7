"""How well the chains mix: round trips in identity and in z, window exchange, split R-hat."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from selectivity.estimators.correlation import effective_samples, split_rhat
from selectivity.estimators.mixture import ion_states
from selectivity.sampling.samples import ReplicaSamples


def round_trips(sequence: np.ndarray, first: int, last: int) -> int:
    """Complete trips first → last → first (or last → first → last) in a sequence of states.

    Parameters
    ----------
    sequence : ndarray of int, shape (N,)
    first, last : int
        The two end states; states beyond them and between them are passed through.

    Returns
    -------
    int
        Half the number of end-to-end passages, rounded down.
    """
    sequence = np.asarray(sequence)
    if first == last:
        return 0
    ends = sequence[(sequence == first) | (sequence == last)]
    return int(np.count_nonzero(ends[1:] != ends[:-1])) // 2


def _ends(samples: ReplicaSamples, a: str | None, b: str | None) -> tuple[int, int]:
    states = ion_states(samples.ladder)
    last = len(samples.ladder) - 1
    return (0 if a is None else states[a]), (last if b is None else states[b])


def window_round_trips(
    replicas: Sequence[ReplicaSamples], a: str | None = None, b: str | None = None
) -> np.ndarray:
    """Identity round trips between ions a and b (ends of the ladder) per window, shape (K,).

    Summed over replicas.
    """
    counts = [
        [round_trips(row, *_ends(samples, a, b)) for row in samples.identity]
        for samples in replicas
    ]
    return np.sum(counts, axis=0)


def walker_round_trips(
    replicas: Sequence[ReplicaSamples], a: str | None = None, b: str | None = None
) -> np.ndarray:
    """Identity round trips of each walker, followed through the windows, shape (K,)."""
    totals = np.zeros(replicas[0].identity.shape[0], dtype=int)
    for samples in replicas:
        ends = _ends(samples, a, b)
        followed = follow(samples.walker, samples.identity)
        totals += np.array([round_trips(row, *ends) for row in followed])
    return totals


def z_round_trips(replicas: Sequence[ReplicaSamples]) -> int:
    """Round trips of walkers between the first and the last window, over walkers and replicas."""
    total = 0
    for samples in replicas:
        K, N = samples.walker.shape
        window = np.broadcast_to(np.arange(K)[:, None], (K, N))
        followed = follow(samples.walker, window)
        total += sum(round_trips(row, 0, K - 1) for row in followed)
    return total


def follow(walker: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Reorder values[k, n], shape (K, N), from windows to walkers."""
    order = np.argsort(walker, axis=0, kind="stable")
    return np.take_along_axis(values, order, axis=0)


def identity_effective_samples(replicas: Sequence[ReplicaSamples]) -> float:
    """Effective samples of the identity, N/g of its index, summed over windows and replicas."""
    return sum(effective_samples(row) for samples in replicas for row in samples.identity)


def min_exchange(replicas: Sequence[ReplicaSamples]) -> float:
    """Lowest acceptance of window exchange over the neighbours, replicas together; nan if none."""
    if replicas[0].exchange_tried.size == 0:
        return math.nan
    accepted = np.sum([samples.exchange_accepted for samples in replicas], axis=0)
    tried = np.sum([samples.exchange_tried for samples in replicas], axis=0)
    if not np.any(tried > 0):
        return math.nan
    return float(np.min(accepted[tried > 0] / tried[tried > 0]))


def max_rhat(
    replicas: Sequence[ReplicaSamples], a: str | None = None, b: str | None = None
) -> float:
    """Largest split R-hat over windows of z (with umbrellas) and of the energy U_b − U_a.

    The energy enters as its rank, since its distribution has a long tail.
    """
    first, last = _ends(replicas[0], a, b)
    worst = -math.inf
    if replicas[0].z.shape[1] < 4:
        return math.nan
    for k in range(replicas[0].z.shape[0]):
        if replicas[0].kappa > 0:
            worst = max(worst, split_rhat(np.stack([s.z[k] for s in replicas])))
        gap = np.stack([s.u[k, :, last] - s.u[k, :, first] for s in replicas])
        worst = max(worst, split_rhat(_rank(gap)))
    return worst


def _rank(x: np.ndarray) -> np.ndarray:
    """Rank of every value among all; equal values share the mean of their ranks."""
    flat = x.ravel()
    order = np.argsort(flat)
    rising = flat[order]
    first = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]]))
    count = np.diff(np.append(first, flat.size))
    rank = np.empty(flat.size)
    rank[order] = np.repeat(first + 0.5 * (count - 1), count)
    return rank.reshape(x.shape)
