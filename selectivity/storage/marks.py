"""What one stored block tells of its windows, small enough to be kept and added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from selectivity.estimators.mixture import ion_states
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.datasets import take_array, take_text
from selectivity.storage.folder import RunFolder
from selectivity.storage.segment import Place, check_place, opened

if TYPE_CHECKING:
    from selectivity.sampling.checkpoint import Snapshot

_NEITHER = -1


@dataclass(frozen=True)
class Mark:
    """A block of one replica; of K windows.

    Attributes
    ----------
    system : str
    replica, segment : int
        Segment 0 is the preparation.
    ended : float
        When it was stored, seconds since 1970.
    cpu_seconds : float
        Running total of the replica.
    tried, accepted : ndarray of int, shape (K,)
        Trial moves, running totals since production began.
    exchange_tried, exchange_accepted : ndarray of int, shape (K - 1,)
        Exchanges of neighbouring windows, running totals since production began.
    passages : ndarray of int, shape (K,)
        Passages of the identity from one ion of the pair to the other; two make a round trip.
    first, last : ndarray of int, shape (K,)
        Ion of the pair that was met first and last, 0 or 1; -1 where neither was.
    """

    system: str
    replica: int
    segment: int
    ended: float
    cpu_seconds: float
    tried: np.ndarray
    accepted: np.ndarray
    exchange_tried: np.ndarray
    exchange_accepted: np.ndarray
    passages: np.ndarray
    first: np.ndarray
    last: np.ndarray


def mark_of(
    saved: Snapshot, samples: ReplicaSamples | None, pair: tuple[str, str], ended: float
) -> Mark:
    """The mark of a block that was just computed.

    Parameters
    ----------
    saved : Snapshot
    samples : ReplicaSamples or None
    pair : tuple of two str
        Ions between which round trips are counted.
    ended : float
        Seconds since 1970.
    """
    identity, ladder = (samples.identity, samples.ladder) if samples is not None else (None, ())
    where = (saved.system, saved.replica, saved.segment)
    return _mark(where, ended, saved.arrays, _passages(identity, ladder, pair))


def read_mark(
    folder: RunFolder, system: str, replica: int, segment: int, pair: tuple[str, str]
) -> Mark:
    """The mark of a stored segment; energies and coordinates are not read.

    Raises
    ------
    StoreError
        As :func:`selectivity.storage.segment.read_snapshot`.
    """
    path = folder.segment_path(system, replica, segment)
    with opened(path) as file:
        check_place(file, Place(folder.digest(), system, replica, segment))
        state = file["state"]
        keys = ("tried", "accepted", "exchange_tried", "exchange_accepted", "cpu")
        arrays = {key: take_array(state, key) for key in keys}
        identity: np.ndarray | None = None
        ladder: tuple[str, ...] = ()
        if "samples" in file:
            identity = take_array(file["samples"], "identity")
            ladder = take_text(file["samples"], "ladder")
        ended = path.stat().st_mtime
        where = (system, replica, segment)
        return _mark(where, ended, arrays, _passages(identity, ladder, pair))


def join(earlier: Mark, later: Mark) -> Mark:
    """Marks of two consecutive blocks of a replica as one."""
    met = (earlier.last != _NEITHER) & (later.first != _NEITHER)
    crossed = met & (earlier.last != later.first)
    return replace(
        later,
        passages=earlier.passages + later.passages + crossed,
        first=np.where(earlier.first == _NEITHER, later.first, earlier.first),
        last=np.where(later.last == _NEITHER, earlier.last, later.last),
    )


def _mark(
    where: tuple[str, int, int],
    ended: float,
    arrays: dict[str, np.ndarray],
    met: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
) -> Mark:
    tried = arrays["tried"]
    windows = len(tried)
    nothing = np.zeros(windows, int), np.full(windows, _NEITHER), np.full(windows, _NEITHER)
    return Mark(
        *where,
        ended,
        float(arrays["cpu"][0]),
        tried.reshape(windows, -1).sum(axis=1),
        arrays["accepted"].reshape(windows, -1).sum(axis=1),
        arrays["exchange_tried"],
        arrays["exchange_accepted"],
        *(met or nothing),
    )


def _passages(
    identity: np.ndarray | None, ladder: Sequence[str], pair: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Passages between the ions of ``pair`` in every window, and the ions met first and last."""
    if identity is None:
        return None
    states = ion_states(ladder)
    ends = [states[ion] for ion in pair]
    rows = []
    for sequence in identity:
        met = (sequence[np.isin(sequence, ends)] == ends[1]).astype(int)
        edges = (int(met[0]), int(met[-1])) if met.size else (_NEITHER, _NEITHER)
        rows.append((int(np.count_nonzero(np.diff(met))), *edges))
    passages, first, last = np.array(rows, dtype=int).T
    return passages, first, last
