"""A file layer that fails at its n-th call below a folder, as a full or a broken disk does.

Calls that open, write, sync, rename, link, make directories or delete are counted; reading too
where it opens a file. HDF5 writes nothing to the disk by itself: the program makes a segment's
bytes in memory and writes them as a whole.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

RENAMES = ("rename", "replace", "link")
PLAIN = ("open", "mkdir", "unlink", "remove", "ftruncate", "pwrite", "fsync", "utime")


class Disk:
    """Counts the calls below ``folder``; the ``fails``-th one raises ``error``, an errno."""

    def __init__(self, folder: Path, fails: int = 0, error: int = 0) -> None:
        self.folder, self.fails, self.error = str(folder), fails, error
        self.calls: list[str] = []

    def call(self, name: str, place: object) -> None:
        """Count a call, and fail where it is its turn."""
        path = _path(place)
        if not path.startswith(self.folder):
            return
        self.calls.append(f"{name} {path[len(self.folder) :]}")
        if len(self.calls) == self.fails:
            raise OSError(self.error, os.strerror(self.error), path)


def _path(place: object) -> str:
    if isinstance(place, int):
        try:
            return os.readlink(f"/proc/self/fd/{place}")
        except OSError:
            return ""
    return os.path.abspath(os.fspath(place))  # type: ignore[call-overload]


@contextmanager
def failing(disk: Disk) -> Iterator[None]:
    """Put ``disk`` under the program while the block runs."""
    patch = pytest.MonkeyPatch()
    for name in PLAIN:
        patch.setattr(os, name, _counted(disk, name, getattr(os, name)))
    for name in RENAMES:
        patch.setattr(os, name, _counted(disk, name, getattr(os, name), target=True))
    opened = _opener(disk, builtins.open)
    patch.setattr(builtins, "open", opened)
    patch.setattr(io, "open", opened)
    try:
        yield
    finally:
        patch.undo()


def _counted(
    disk: Disk, name: str, function: Callable[..., Any], target: bool = False
) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        disk.call(name, arguments[1] if target else arguments[0])
        return function(*arguments, **named)

    return call


def _opener(disk: Disk, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        disk.call(f"open:{mode}", file)
        stream = function(file, mode, *rest, **named)
        below = _path(file).startswith(disk.folder)
        if not below or "b" not in mode or not set("wxa") & set(mode):
            return stream
        descriptor = os.dup(stream.fileno())
        stream.close()
        raw = io.FileIO(descriptor, "r+" if "+" in mode else "w")
        return _binary(disk, raw, str(_path(file)))

    return call


def _binary(disk: Disk, raw: io.FileIO, name: str) -> Any:
    class Stream(io.BufferedWriter):
        def write(self, data: Any) -> int:
            disk.call("write", name)
            return super().write(data)

    return Stream(raw)
