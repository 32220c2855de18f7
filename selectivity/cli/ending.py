"""How a command ends: every exception as one message on standard error and an exit code."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import sys
from typing import Any

import typer

from selectivity.errors import InputError, SelectivityError, StoppedError

INTERRUPTED = 130
"""What typer answers to Ctrl-C."""
_UNREADABLE = "selectivity-escape"
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def readable_everywhere() -> None:
    """Characters that a stream cannot encode are written as ``\\uNNNN``, valid in JSON too."""
    codecs.register_error(_UNREADABLE, _escaped)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or no file
            stream.reconfigure(errors=_UNREADABLE)  # type: ignore[union-attr]


def flush() -> None:
    """Write what is left in standard output, while an error in doing so can still be told."""
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def interrupted() -> int:
    """Ctrl-C outside of sampling: nothing was left half written."""
    _tell("stopped; the same command does it again")
    return StoppedError.exit_code


def unread() -> int:
    """Whoever read standard output, such as ``head``, has read enough: no fault."""
    _silence()
    return 0


def told(error: Exception) -> int:
    """Tell ``error`` on standard error and return the exit code."""
    if isinstance(error, SelectivityError):
        _tell(str(error))
        return error.exit_code
    if getattr(error, "errno", None) == errno.EPIPE:
        return unread()
    if isinstance(error, typer.Abort):
        return interrupted()
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # wrong options and arguments
        return _usage(error)
    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, MemoryError):
        _tell("the memory of this machine does not suffice; make the systems or the run smaller")
        return InputError.exit_code
    return _internal(error)


def _usage(error: Any) -> int:
    with contextlib.suppress(OSError):
        error.show()
    return int(error.exit_code)


def _of_the_system(error: OSError) -> int:
    """A file or folder that cannot be used (2), or a disk that is full or fails (4)."""
    place = error.filename if error.filename is not None else "standard output"
    reason = error.strerror or str(error)
    if error.errno in _DISK:
        _silence()
        _tell(f"{place}: {reason}; make room, then give the same command again")
        return StoppedError.exit_code
    _tell(f"{_shown(place)}: {reason}; check the path and its permissions")
    return InputError.exit_code


def _internal(error: Exception) -> int:
    if os.environ.get("SELECTIVITY_DEBUG"):
        raise error
    _tell(f"internal error, a fault of the program: {type(error).__name__}: {error}")
    _tell("set SELECTIVITY_DEBUG=1 to see where it arose, and please report it")
    return 1


def _tell(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # nobody listens
        typer.echo(f"selectivity: {_legible(text)}", err=True)


def _legible(text: str) -> str:
    """Signs that steer a terminal, from a key or the name of a file, are written out."""
    return "".join(c if c.isprintable() or c in "\n" else _units(c) for c in text)


def _shown(place: object) -> str:
    text = str(place)
    return text if len(text) <= 300 else f"{text[:120]}...{text[-60:]}"


def _silence() -> None:
    """Nothing more goes to standard output, not even when the interpreter closes it."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _units(error.object[error.start : error.end]), error.end


def _units(text: str) -> str:
    """``text`` as JSON's ``\\uNNNN``."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
