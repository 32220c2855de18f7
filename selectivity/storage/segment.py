"""Segments: one replica's samples of one production segment and its state afterwards, in HDF5.

Plain h5py opens them: ``/samples`` and ``/state`` hold datasets with units, axis names and
dimension scales, ``/frames`` coordinates at some of the samples, ``/streams`` the random streams,
``/provenance`` how they came to be, and the root's attributes the place where the segment belongs.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from selectivity.errors import InputError, StoreError
from selectivity.sampling.samples import Frames, ReplicaSamples, concatenate
from selectivity.storage.datasets import attribute, put_text, take_text
from selectivity.storage.encode import (
    take_frames,
    take_samples,
    take_state,
    write_frames,
    write_samples,
    write_state,
)
from selectivity.storage.files import clean, explained, plain, write_new
from selectivity.storage.folder import RunFolder
from selectivity.storage.seal import BLOCK, REMEDY, check_seal, seal

if TYPE_CHECKING:
    from selectivity.sampling.checkpoint import Snapshot

_FIXED = ("start_ion", "beta", "centers", "kappa", "ladder", "log_g")  # same in all segments
_LAYOUT = ("v110", "v110")  # of HDF5: groups and labels take half of what the oldest layout takes


class Place(NamedTuple):
    """Where a segment belongs: its run (digest), system, replica and number."""

    digest: str
    system: str
    replica: int
    segment: int


def write_segment(
    folder: RunFolder,
    snapshot: Snapshot,
    samples: ReplicaSamples | None,
    provenance: dict[str, Any],
) -> Path:
    """Store a segment: whole, synced to the disk, then named; what is stored stays.

    Parameters
    ----------
    folder : RunFolder
    snapshot : Snapshot
        State after the segment; ``snapshot.segment`` is its number.
    samples : ReplicaSamples or None
        Samples of the segment; None for segment 0, the equilibrated state.
    provenance : dict
        Kept beside them, as JSON.

    Returns
    -------
    Path
        The segment's file.

    Raises
    ------
    StoreError
        The segment exists already, or shapes do not fit together.
    InputError
        The folder may not be written.
    StoppedError
        The disk is full or fails; the store is as it was.
    """
    if (samples is None) != (snapshot.segment == 0):
        raise ValueError("segment 0 holds the equilibrated state only, every other one samples")
    whose = (snapshot.system, snapshot.replica)
    if samples is not None and (samples.system, samples.replica) != whose:
        raise ValueError(f"samples of {samples.system} replica {samples.replica}, state of {whose}")
    path = folder.segment_path(*whose, snapshot.segment)
    if path.parent.is_dir():
        with explained(path.parent):
            clean(path.parent)
    image = _image(snapshot, samples, {"run_digest": folder.digest()}, provenance)
    try:
        write_new(path, seal(image))
    except FileExistsError:
        raise StoreError(
            f"{path}: exists already, and a stored segment is never replaced"
        ) from None
    return path


def read_snapshot(path: Path | str) -> Snapshot:
    """The state at the end of a segment.

    Raises
    ------
    StoreError
        The file is missing, truncated, damaged, incomplete or of another format.
    """
    with opened(path) as file:
        return _snapshot(file)


def read_samples(path: Path | str) -> ReplicaSamples:
    """The samples of a production segment.

    Raises
    ------
    StoreError
        The file is missing, truncated, damaged, incomplete, of another format, or holds no samples
        (segment 0).
    """
    with opened(path) as file:
        return _samples(file, place_of(file))


def read_frames(path: Path | str) -> Frames | None:
    """The frames of a production segment; None where it holds none.

    Raises
    ------
    StoreError
        As :func:`read_samples`.
    """
    with opened(path) as file:
        return take_frames(file["frames"]) if "frames" in file else None


def last_snapshot(folder: RunFolder, system: str, replica: int) -> Snapshot | None:
    """The state after a replica's last stored segment; None where nothing is stored.

    Raises
    ------
    StoreError
        As :func:`read_snapshot`, or the segment belongs to another run, system or replica.
    """
    numbers = folder.segments(system, replica)
    if not numbers:
        return None
    path = folder.segment_path(system, replica, numbers[-1])
    with opened(path) as file:
        check_place(file, Place(folder.digest(), system, replica, numbers[-1]))
        return _snapshot(file)


def read_replica(folder: RunFolder, system: str, replica: int) -> ReplicaSamples:
    """The samples of all stored production segments of a replica, in order.

    Raises
    ------
    InputError
        No production segment is stored yet.
    StoreError
        As :func:`read_samples`, or a segment belongs elsewhere or was sampled differently from the
        first one.
    """
    numbers = folder.segments(system, replica)[1:]
    if not numbers:
        rule = "holds no samples yet"
        raise InputError(f"{system} replica {replica}", str(folder.path), rule, "run it first")
    digest, parts = folder.digest(), []
    for n in numbers:
        with opened(folder.segment_path(system, replica, n)) as file:
            place = Place(digest, system, replica, n)
            check_place(file, place)
            parts.append(_samples(file, place))
            check_same(parts[0], parts[-1])
    return concatenate(parts)


def read_provenance(path: Path | str) -> dict[str, Any]:
    """The provenance that a segment was stored with.

    Raises
    ------
    StoreError
        As :func:`read_snapshot`.
    """
    with opened(path) as file:
        provenance: dict[str, Any] = json.loads(take_text(file, "provenance")[0])
        return provenance


def check_same(first: ReplicaSamples, part: ReplicaSamples) -> None:
    """Hold two segments of a replica to the same windows, ladder, file and frozen weights.

    Raises
    ------
    StoreError
        One of these differs.
    """
    for key in _FIXED:
        a, b = getattr(first, key), getattr(part, key)
        same = np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b
        if not same:
            raise StoreError(f"{key} differs from that of the replica's first segment")
    for key in ("coordination", "file_z"):
        if getattr(first, key).keys() != getattr(part, key).keys():
            raise StoreError(f"{key} differs in its keys from the replica's first segment")
    if first.water_z.shape[2] != part.water_z.shape[2]:
        raise StoreError("water_z differs in its places from the replica's first segment")


@contextlib.contextmanager
def opened(path: Path | str) -> Iterator[Any]:
    """A checked segment as an open h5py file; errors inside the block name the file.

    Raises
    ------
    StoreError
        The file is missing, truncated, damaged, incomplete or of another format.
    """
    import h5py

    try:
        check_seal(Path(path))
        with h5py.File(path, "r", locking=False) as file:
            yield file
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from None
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"{path}: is not laid out as a segment: {error}") from None


def place_of(file: Any) -> Place:
    """Where an open segment says that it belongs."""
    return Place(
        str(attribute(file, "run_digest")),
        str(attribute(file, "system")),
        int(attribute(file, "replica")),
        int(attribute(file, "segment")),
    )


def check_place(file: Any, expected: Place) -> None:
    """Hold an open segment to the place where it lies.

    Raises
    ------
    StoreError
        It was written for another run, system, replica or number.
    """
    found = place_of(file)
    for key, a, b in zip(Place._fields, found, expected, strict=True):
        if a != b:
            raise StoreError(f"is the segment of another {key}: {a}, not {b}; {REMEDY}")


def _snapshot(file: Any) -> Snapshot:
    from selectivity.sampling.checkpoint import Snapshot

    place, streams = place_of(file), take_text(file, "streams")
    arrays = take_state(file["state"], len(streams) - 1)
    return Snapshot(place.system, place.replica, place.segment, arrays, streams)


def _samples(file: Any, place: Place) -> ReplicaSamples:
    if place.segment == 0:
        raise StoreError("segment 0 is the equilibrated state and holds no samples")
    if "samples" not in file:
        raise StoreError("group samples is missing")
    return take_samples(file["samples"], place.system, place.replica)


def _image(
    snapshot: Snapshot,
    samples: ReplicaSamples | None,
    attributes: dict[str, str],
    provenance: dict[str, Any],
) -> bytes:
    """The HDF5 bytes of a segment, made in memory: a full disk cannot hurt the HDF5 library."""
    import h5py

    name, room = f"segment-{secrets.token_hex(8)}", {"driver": "core", "backing_store": False}
    with h5py.File(name, "w", userblock_size=BLOCK, libver=_LAYOUT, **room) as file:
        whose = {"system": snapshot.system, "replica": snapshot.replica}
        file.attrs.update({**attributes, **whose, "segment": snapshot.segment})
        record = json.dumps(plain(provenance), ensure_ascii=False, allow_nan=False)
        put_text(file, "provenance", (record,), "how the segment was made, JSON")
        put_text(file, "streams", snapshot.streams, "random streams: windows, then exchanges; JSON")
        write_state(file.create_group("state"), snapshot.arrays, len(snapshot.streams) - 1)
        if samples is not None:
            write_samples(file.create_group("samples"), samples)
            if samples.frames is not None:
                write_frames(file.create_group("frames"), samples.frames, len(samples.centers))
        file.flush()
        image: bytes = file.id.get_file_image()
        return image
