"""What a row or a stage is computed from, and the store of a stage's pieces."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.errors import StoppedError
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.files import read_json, write_new

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class RunOutput:
    """A finished run folder.

    ``samples()`` reads those of all replicas by system; ``analysis()`` and ``ratio()`` are the
    records of ``selectivity analyse --json`` and ``ratio --json``.
    """

    folder: Path
    samples: Callable[[], dict[str, tuple[ReplicaSamples, ...]]]
    analysis: Callable[[], dict[str, Any]]
    ratio: Callable[[], dict[str, Any]]


Runner = Callable[[Path, Path, tuple[str, ...]], RunOutput]
"""Runs a run file in a folder, with ``key=value`` changes, or continues it."""


@dataclass(frozen=True)
class Context:
    """Settings of a row or of a stage, with what it may ask for.

    Attributes
    ----------
    settings : mapping
        As they are in the tier that is run.
    seed : int
        Root of all random streams.
    open_stage : callable
        What the row's stage found (:meth:`stage`).
    file : callable
        Path of a file of ``--data`` by its name.
    folder : Path or None
        Where a stage keeps its pieces.
    section : Path
        The section's module, without its suffix.
    stop : threading.Event
    tick : callable
        Called with the share of a stage that was just done.
    workers : int
        Threads that pieces are made on.
    """

    settings: Mapping[str, Any]
    seed: int
    open_stage: Callable[[], Any]
    file: Callable[[str], Path]
    folder: Path | None
    section: Path
    stop: threading.Event
    tick: Callable[[float], None]
    workers: int = 1

    def stage(self) -> Any:
        """What the row's stage returned, a :class:`RunOutput` where it is a run file."""
        return self.open_stage()

    def table(self) -> Any:
        """The section's own data, ``sections/NAME.json``."""
        return read_json(self.section.with_suffix(".json"))

    def pieces(self, keys: Iterable[object], make: Callable[[Any], Arrays]) -> list[Arrays]:
        """Arrays of every key, read back where they are stored, else made and stored.

        Several are made at once, on threads of their own: ``make`` draws from streams of its key
        alone. A stage that works in pieces loses those begun at most when it is stopped.

        Raises
        ------
        StoppedError
            A stop was asked for.
        """
        keys = list(keys)

        def piece(key: object) -> Arrays:
            found = self._piece(key, make)
            self.tick(1.0 / len(keys))
            return found

        if self.workers == 1 or len(keys) < 2:
            return [piece(key) for key in keys]
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(piece, key) for key in keys]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _piece(self, key: object, make: Callable[[Any], Arrays]) -> Arrays:
        if self.stop.is_set():
            raise StoppedError("stopped")
        if self.folder is None:
            return make(key)
        path = self.folder / f"{key}.npz"
        stored = _read(path)
        if stored is None:
            stored = make(key)
            buffer = io.BytesIO()
            np.savez(buffer, **stored)  # type: ignore[arg-type]
            path.unlink(missing_ok=True)
            write_new(path, buffer.getvalue())
        return stored


def _read(path: Path) -> Arrays | None:
    """Arrays of a file, None where it is missing or damaged."""
    try:
        with np.load(path) as stored:
            return {name: stored[name] for name in stored.files}
    except (FileNotFoundError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        return None
