"""Follows a run that this process drives, and tells its status as it goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from selectivity.api.status import Status, status_of
from selectivity.api.tally import Session, add, catch_up, keys, new_tally, swept
from selectivity.config.run_file import RunFile
from selectivity.sampling.campaign import Sink, Task
from selectivity.sampling.checkpoint import Snapshot
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.folder import RunFolder
from selectivity.storage.marks import mark_of

EVERY = 0.5
"""Seconds between two statuses while no block ends."""


class Follower:
    """Tells the status of a run at its start, after every block and, at most, every half second.

    Parameters
    ----------
    folder : RunFolder
    run_file : RunFile
    publish : callable
        Called with every :class:`Status`, from any thread, one at a time.
    hidden : int
        Workers that do not tell how far their blocks are.
    """

    def __init__(
        self, folder: RunFolder, run_file: RunFile, publish: Callable[[Status], None], hidden: int
    ) -> None:
        self._path, self._publish = str(folder.path), publish
        self._tally, self._lock, self._next = new_tally(run_file), threading.Lock(), 0.0
        catch_up(self._tally, folder)
        done = {key: swept(self._tally, key) for key in keys(self._tally)}
        self._session = Session(time.time(), done, hidden)
        self._tell()

    def told(self, task: Task, sweeps: int) -> None:
        """Take note of sweeps that a worker of this process has just done."""
        key = (task.spec.name, task.replica)
        with self._lock:
            self._tally.in_hand[key] = self._tally.in_hand.get(key, 0) + sweeps
            if time.monotonic() >= self._next:
                self._tell()

    def storing(self, sink: Sink) -> Sink:
        """``sink``, followed by a note of the block that it has stored."""

        def store(saved: Snapshot, samples: ReplicaSamples | None) -> None:
            sink(saved, samples)
            mark = mark_of(saved, samples, self._tally.run_file.pair, time.time())
            with self._lock:
                add(self._tally, mark)
                self._tell()

        return store

    def _tell(self) -> None:
        self._next = time.monotonic() + EVERY
        self._publish(status_of(self._tally, self._path, self._session))
