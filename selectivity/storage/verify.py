"""Whether a run folder is whole: every file read, every checksum and every place checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from selectivity.errors import StoreError
from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.datasets import take_text
from selectivity.storage.encode import take_frames, take_samples, take_state
from selectivity.storage.files import is_temporary, read_json
from selectivity.storage.folder import RunFolder, slug, stored_numbers, text_sha256
from selectivity.storage.segment import check_place, check_same, opened, place_of


class Check(NamedTuple):
    """What was found of one file."""

    path: Path
    ok: bool
    message: str


def verify(folder: RunFolder) -> list[Check]:
    """Check every file of a run folder; unfinished temporary files are left out.

    Returns
    -------
    list of Check
        ``resolved.json``, ``run.yaml``, the segments by system, replica and number, the JSON files
        of ``results/``. Errors are reported, not raised.
    """
    found = list(_records(folder))
    replicas = sorted((folder.path / "segments").glob("*/replica-*"))
    for directory in replicas:
        found.extend(_replica(folder, directory, found[0].ok))
    results = sorted((folder.path / "results").rglob("*.json"))
    return found + [_json(path) for path in results if not is_temporary(path)]


def _records(folder: RunFolder) -> Iterator[Check]:
    path, record = folder.path / "resolved.json", None
    try:
        record = folder.record()
        yield Check(path, True, f"run {record['digest'][:12]}")
    except StoreError as error:
        yield Check(path, False, _without(path, error))
    path = folder.path / "run.yaml"
    if record is not None and not path.exists():
        yield Check(path, True, "is missing; resolved.json holds its text")
        return
    try:
        same = record is None or text_sha256(folder.text()) == record["text_sha256"]
        yield Check(path, same, "as given" if same else "was edited after the run began")
    except StoreError as error:
        yield Check(path, False, _without(path, error))


def _replica(folder: RunFolder, directory: Path, digest_known: bool) -> Iterator[Check]:
    """Segments of one replica; the first one that fits is what the later ones are held to."""
    first: ReplicaSamples | None = None
    digest = folder.digest() if digest_known else None
    numbers = stored_numbers(directory)
    missing = next((i for i, n in enumerate(numbers) if i != n), len(numbers))
    for n in numbers:
        path = directory / f"segment-{n:04d}.h5"
        try:
            samples = _segment(path, digest, n)
            if first is not None and samples is not None:
                check_same(first, samples)
            first = first or samples
        except StoreError as error:
            yield Check(path, False, _without(path, error))
            continue
        if n > missing:
            yield Check(path, False, f"stands behind a gap: segment {missing} is missing")
            continue
        yield Check(path, True, "equilibrated state" if samples is None else _extent(samples))


def _segment(path: Path, digest: str | None, n: int) -> ReplicaSamples | None:
    with opened(path) as file:
        place = place_of(file)
        where = (slug(place.system), f"replica-{place.replica:02d}")
        if where != (path.parent.parent.name, path.parent.name):
            raise StoreError(f"is a segment of {place.system} replica {place.replica}")
        check_place(file, place._replace(digest=digest or place.digest, segment=n))
        take_text(file, "provenance")
        take_state(file["state"], len(take_text(file, "streams")) - 1)
        if n == 0:
            return None
        samples = take_samples(file["samples"], place.system, place.replica)
        if "frames" in file:
            take_frames(file["frames"], *samples.z.shape)
        return samples


def _extent(samples: ReplicaSamples) -> str:
    windows, n = samples.z.shape
    return f"{n} samples in each of {windows} windows"


def _json(path: Path) -> Check:
    try:
        read_json(path)
    except StoreError as error:
        return Check(path, False, _without(path, error))
    return Check(path, True, "JSON")


def _without(path: Path, error: StoreError) -> str:
    return str(error).removeprefix(f"{path}: ")
