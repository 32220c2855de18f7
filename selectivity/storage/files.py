"""Files that are there whole or not at all, and strict JSON.

A file is written under a temporary name in its own directory, synced to the disk and only then
given its name in one step; the directory is synced after that. A process that is killed at any
moment leaves the old file, the new file or a temporary file, never a part of a file.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import json
import math
import numbers
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.errors import InputError, StoppedError, StoreError

_STALE = 3600.0  # seconds after which somebody else's temporary text file counts as left over
_NO_SYNC = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)  # file systems that sync no directories


def write_text_atomic(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 in place of whatever ``path`` was.

    Raises
    ------
    InputError
        The place may not be written.
    StoppedError
        The disk is full or fails; ``path`` is as it was.
    """
    path = Path(path)
    with explained(path):
        make_directory(path.parent)
        clean(path.parent, path.name, _STALE)
        temporary = _temporary(path)
        try:
            _write_synced(temporary, text.encode())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_directory(path.parent)


def write_json_atomic(path: Path, value: object) -> None:
    """Write ``value`` as strict JSON (:func:`plain`) in place of whatever ``path`` was.

    Raises
    ------
    TypeError
        ``value`` holds something without a JSON form.
    InputError, StoppedError
        As :func:`write_text_atomic`.
    """
    text = json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    write_text_atomic(path, text + "\n")


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet; of several writers one succeeds.

    Raises
    ------
    FileExistsError
        ``path`` exists; it is left as it is.
    InputError, StoppedError
        As :func:`write_text_atomic`.
    """
    with explained(path):
        make_directory(path.parent)
        temporary = _temporary(path)
        try:
            _write_synced(temporary, data)
            _publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_directory(path.parent)


def read_json(path: Path) -> Any:
    """Contents of a JSON file.

    Raises
    ------
    StoreError
        It is missing, cannot be read or is not JSON.
    """
    try:
        return json.loads(Path(path).read_bytes())
    except FileNotFoundError:
        raise StoreError(f"{path}: is missing") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path}: is not JSON: {error}") from None


def plain(value: Any) -> Any:
    """``value`` in the types of JSON.

    NumPy numbers and arrays become numbers and lists, NaN and infinities None, dataclasses dicts,
    paths texts.

    Raises
    ------
    TypeError
        Something has no JSON form.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def sha256_of(value: object) -> str:
    """SHA-256 of the canonical JSON of ``value``: keys sorted, no spaces."""
    text = json.dumps(
        plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def clean(directory: Path, name: str = "", older_than: float = 0.0) -> None:
    """Delete the temporary files that killed processes left in ``directory``.

    Those of this process stay.

    Parameters
    ----------
    directory : Path
    name : str
        Only temporary files of this file; of all, if empty.
    older_than : float
        Only temporary files last written so many seconds ago or more.
    """
    now = time.time()
    for path in directory.glob(".*.tmp"):
        if not is_temporary(path) or f".{os.getpid()}-" in path.name:
            continue
        with contextlib.suppress(FileNotFoundError):
            old = older_than <= 0 or now - path.stat().st_mtime >= older_than
            if old and path.name.startswith(f".{name}"):
                path.unlink()


def is_temporary(path: Path) -> bool:
    """Whether ``path`` has the name of an unfinished file of this package."""
    return path.name.startswith(".") and path.name.endswith(".tmp")


def make_directory(path: Path) -> None:
    """Create ``path`` with its parents, durably."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "a file is in the way", error.filename) from None
    for created in missing:
        _sync_directory(created.parent)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses at ``path`` into the package's errors."""
    try:
        yield
    except FileExistsError:
        raise
    except (PermissionError, NotADirectoryError) as error:
        rule = f"must be writable: {error.strerror}"
        raise InputError(str(path), error.filename, rule, "choose another folder") from None
    except OSError as error:
        if error.errno == errno.EROFS:
            rule = "is on a disk that is mounted read-only"
            raise InputError(str(path), error.filename, rule, "choose another folder") from None
        reason = error.strerror or str(error)
        raise StoppedError(
            f"{path}: cannot be written: {reason}; what is stored is unharmed, and the same "
            "command continues once that is mended"
        ) from None


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def _write_synced(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name, which no other file may have.

    A hard link cannot replace a file, a rename would; where the file system has no links, the
    rename is checked first, and the folder's lock keeps others away.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.rename(temporary, path)


def _sync_directory(path: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(fd)
