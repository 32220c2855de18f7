"""Compiler flags of every kernel, in one place, and where compiled kernels are kept.

``kernel`` and ``inline`` keep strict IEEE arithmetic. ``pair_sum`` alone may reassociate, contract
and use the reciprocal square root estimate with its Newton step: it is what lets the pair sum
vectorise. NaN and infinity keep their meaning in all, so an impossible trial is always rejected.
``error_model="numpy"`` is needed for vectorised division.

A compiled kernel holds the code of the kernels that it calls, which numba's cache does not follow.
So the cache folder carries a digest of all sources of this room, and of nothing else. Nor does it
expect two processes that compile one function for different types at the same time: both may give
their code the same file name, and the index then leads one type to the other's code. So entries
are saved under a lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config  # its settings are set at run time: numba declares none

GUARD = 0.8  # Å: no trial is accepted with two sites of different molecules closer than this
REFUSED = 1.0e12  # kJ/mol: energy of a pair inside the guard
LANES = 16  # molecules per slot are padded to a multiple of this

_STRICT: dict[str, Any] = {"error_model": "numpy", "nogil": True, "cache": True}
_WITHIN = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # cannot be called from Python
_TUPLES = {"model", "state", "window", "work"}
_FAST = {"reassoc", "contract", "arcp", "afn", "nsz"}

F = TypeVar("F", bound=Callable[..., Any])


@cache
def cache_folder() -> Path:
    """Where compiled kernels are kept: NUMBA_CACHE_DIR or the user's cache, by source digest."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR")
    root = Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = root / "selectivity" / f"kernels-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"selectivity-{os.getuid()}" / folder.name
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _jit(function: F, **options: Any) -> F:
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    try:
        dispatcher = numba.njit(**_STRICT, **options)(function)
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]
    _save_under_lock(dispatcher)
    return dispatcher


def _save_under_lock(dispatcher: Any) -> None:
    store = getattr(dispatcher, "_cache", None)  # none where compilation is switched off
    if store is None:
        return
    save = store.save_overload

    def locked(*arguments: Any) -> None:
        with _lock():
            save(*arguments)

    store.save_overload = locked


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """One process at a time; without effect where the system has no ``flock``."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (cache_folder() / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def kernel(function: F) -> F:
    """Compile an entry of the engine.

    With numba's reference counts: without them every call keeps one of its generator for good, and
    a run of hours eats the memory. What is compiled into it has none and returns no arrays.
    """
    return _jit(function, no_cfunc_wrapper=True)


def inline(function: F) -> F:
    """Compile a small function into every function that calls it."""
    return _part(function, forceinline=True)


def section(function: F) -> F:
    """Compile a large part of a kernel; whether its code is repeated in a caller is LLVM's choice.

    A function that is forced into its callers is optimised anew in each of them, and they in
    theirs: with all of them forced a first compilation takes three times as long.
    """
    return _part(function)


def pair_sum(function: F) -> F:
    """Compile the pair sum, with reassociation."""
    return _part(function, forceinline=True, fastmath=_FAST)


def _part(function: F, **options: Any) -> F:
    """What kernels call. Where it takes the tuples of ``arrays``, Python must not call it.

    The code by which Python would call it takes longer to compile than the function does.
    """
    code = function.__code__
    if _TUPLES.intersection(code.co_varnames[: code.co_argcount]):
        options |= _WITHIN
    return _jit(function, _nrt=False, **options)
