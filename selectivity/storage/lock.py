"""One process writes a run folder, or one process each of its replicas.

The lock is the kernel's (``flock``) on a file in ``DIR/lock/``: it is free again the moment its
process ends, however it ends, so on one machine a lock is never stale. Whether it reaches other
machines depends on the file system. So the file also says who holds it (process id, host, start),
and its holder touches it every :data:`BEAT` seconds:

- a holder on this host: the kernel decides, and its text is a message only;
- a holder on another host whose last sign of life is younger than :data:`STALE` seconds: refused,
  even where the kernel would let one in;
- a holder on another host that has been silent for longer: it is taken for dead, and its lock is
  taken over where the kernel allows.

Clocks of machines that share a folder must agree to within a minute or so. Lock files stay;
deleting one while another process waits would let two in.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from selectivity.errors import InputError
from selectivity.storage.files import explained, make_directory
from selectivity.storage.folder import RunFolder

RUN = "run"
BEAT = 30.0  # seconds between two signs of life
STALE = 300.0  # seconds of silence after which a holder on another host counts as dead
_held: set[int] = set()  # descriptors that carry a lock of this process


@dataclass(frozen=True)
class Holder:
    """Who holds the lock ``name``: process id, host and start time (UTC, ISO 8601).

    ``silent`` is the time (s) since its last sign of life.
    """

    name: str
    pid: int
    host: str
    started: str
    silent: float = field(default=0.0, compare=False)

    @property
    def here(self) -> bool:
        """Whether it is on this host."""
        return self.host == platform.node()

    def __str__(self) -> str:
        text = f"pid {self.pid} on {self.host} since {self.started} ({self.name})"
        return text if self.here else f"{text}, last sign of life {self.silent:.0f} s ago"


@contextlib.contextmanager
def lock(folder: RunFolder, name: str = RUN) -> Iterator[Path]:
    """Hold ``name`` in the run folder while the block runs.

    ``"run"`` is the whole folder. Any other name, such as ``"replica-03"``, is a part: different
    parts are held side by side, by different processes or one; nobody holds the whole meanwhile.
    Processes forked in the block do not hold it.

    Yields
    ------
    Path
        The lock file.

    Raises
    ------
    InputError
        Another process (or another block of this one) holds it, or one on another host that was
        alive less than :data:`STALE` seconds ago; the folder may not be written, or its file
        system has no locks.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise ValueError(f"{name!r} is not the name of a lock")
    directory = folder.path / "lock"
    with explained(directory):
        make_directory(directory)
    with contextlib.ExitStack() as stack:
        if name != RUN:
            stack.enter_context(_hold(directory / RUN, shared=True))
        yield stack.enter_context(_hold(directory / name, shared=False))


def holders(folder: RunFolder) -> list[Holder]:
    """Who writes the run folder by its lock files; dead processes are left out.

    Of processes on other hosts nothing is known but the text and the last sign of life.
    """
    directory = folder.path / "lock"
    paths = sorted(directory.iterdir()) if directory.is_dir() else []
    found = [_holder(path) for path in paths]
    return [holder for holder in found if holder is not None]


@contextlib.contextmanager
def _hold(path: Path, shared: bool) -> Iterator[Path]:
    with explained(path):
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _acquire(fd, path, shared)
        _refuse_other_hosts(path, shared)
    except BaseException:
        os.close(fd)
        raise
    _held.add(fd)
    try:
        with contextlib.nullcontext() if shared else _heart(fd):
            if not shared:
                _write(fd, path.name)
            yield path
    finally:
        if fd in _held:
            _held.discard(fd)
            if not shared:
                with contextlib.suppress(OSError):
                    os.ftruncate(fd, 0)
            os.close(fd)


def _acquire(fd: int, path: Path, shared: bool) -> None:
    try:
        import fcntl
    except ImportError:
        rule = "a run folder is written under a POSIX file lock, which this system lacks"
        raise InputError(str(path), os.name, rule, "run under Linux, macOS or WSL") from None
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _refusal(path) from None
    except OSError as error:
        rule = f"its file system has no file locks: {error.strerror}"
        raise InputError(str(path), "flock", rule, "give --out a folder elsewhere") from None


@contextlib.contextmanager
def _heart(fd: int) -> Iterator[None]:
    """Touch the lock file every :data:`BEAT` seconds while the block runs."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT):
            with contextlib.suppress(OSError):
                os.utime(fd)

    thread = threading.Thread(target=beat, name="lock heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _refuse_other_hosts(path: Path, shared: bool) -> None:
    """Refuse while a process on another host seems to hold this lock or what it excludes."""
    for holder in holders(RunFolder(path.parent.parent)):
        excluded = holder.name == path.name or (path.name == RUN and not shared)
        if excluded and not holder.here:
            left = max(1.0, STALE - holder.silent)
            remedy = (
                f"wait for it or stop it; where it is dead, its lock counts no more in {left:.0f} "
                f"s, or delete {path.parent / holder.name} now"
            )
            raise InputError(
                str(path), str(holder), "a process on another host writes this run folder", remedy
            )


def _write(fd: int, name: str) -> None:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = {"name": name, "pid": os.getpid(), "host": platform.node(), "started": now}
    text = json.dumps(record)
    with contextlib.suppress(OSError):
        os.ftruncate(fd, 0)
        os.pwrite(fd, text.encode() + b"\n", 0)


def _refusal(path: Path) -> InputError:
    folder = RunFolder(path.parent.parent)
    who = [h for h in holders(folder) if path.name in (RUN, h.name) or h.name == RUN]
    value = "; ".join(map(str, who)) or "a process that does not name itself"
    stop = " and ".join(f"`kill -INT {h.pid}` on {h.host}" for h in who[:3])
    remedy = f"wait for it or stop it ({stop})" if stop else "wait for it or stop it"
    rule = "another process writes this run folder"
    return InputError(str(path), value, rule, f"{remedy}, then give the same command again")


def _holder(path: Path) -> Holder | None:
    try:
        record = json.loads(path.read_bytes())
        silent = abs(time.time() - path.stat().st_mtime)
        holder = Holder(**{**record, "silent": silent})
        alive = _alive(holder.pid) if holder.here else silent < STALE
    except (OSError, ValueError, TypeError, OverflowError):
        return None
    return holder if alive else None


def _alive(pid: int) -> bool:
    if os.name != "posix":  # elsewhere os.kill would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget() -> None:
    """In a forked child: close the inherited descriptors, or the child would keep the lock."""
    for fd in _held:
        with contextlib.suppress(OSError):
            os.close(fd)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
