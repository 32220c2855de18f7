"""Disk and memory that a run is about to need, against what there is."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from selectivity.config.check import cost
from selectivity.errors import InputError
from selectivity.sampling.campaign import Task
from selectivity.units import size

PROGRAM_BYTES = 300_000_000  # a process with its compiled kernels: 240 MB and some room
BLOCK_COPIES = 10  # memory of a block in hand over its size on the disk: 7 at its peak, measured
DISK_MARGIN, RESULTS_BYTES = 1.1, 20_000_000  # figures and tables of all systems


@dataclass(frozen=True)
class Room:
    """What the blocks that are not stored yet need on this machine, and what is free, bytes.

    ``memory_free`` is None where the system does not say.
    """

    disk: float
    disk_free: float
    memory: float
    memory_free: float | None

    def __str__(self) -> str:
        free = "" if self.memory_free is None else f" ({size(self.memory_free)} free)"
        return (
            f"needs about {size(self.disk)} more on the disk ({size(self.disk_free)} free) "
            f"and {size(self.memory)} of memory{free}"
        )


def room_for(tasks: Iterable[Task], folder: Path, processes: int, blocks: int) -> Room:
    """Estimate for ``processes`` processes here with ``blocks`` blocks in hand at once.

    Parameters
    ----------
    tasks : iterable of Task
        Whatever is stored of them is left out.
    folder : Path
        The run folder.
    processes, blocks : int
    """
    disk = largest = 0.0
    for task in tasks:
        whole = cost(task.spec, task.plan).disk_bytes / task.plan.replicas
        disk += whole * (1.0 - task.done)
        largest = max(largest, whole / task.plan.segments)
    memory = PROGRAM_BYTES * processes + BLOCK_COPIES * largest * blocks
    free = shutil.disk_usage(folder).free
    return Room(DISK_MARGIN * disk + RESULTS_BYTES, free, memory, free_memory())


def check_disk(room: Room, folder: Path) -> None:
    """Refuse to start what the disk cannot hold.

    Raises
    ------
    InputError
        It has less room than the run needs.
    """
    if room.disk > room.disk_free:
        rule = f"the disk has room for the run, about {size(room.disk)}"
        remedy = "make room, give --out a folder elsewhere, or raise sampling.stride"
        raise InputError(str(folder), f"{size(room.disk_free)} free", rule, remedy)


def free_memory() -> float | None:
    """Bytes of memory that programs may still have: of the machine, or of this process's group."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    amounts = dict(line.split(":", 1) for line in lines)
    free = [1024.0 * float(amounts["MemAvailable"].split()[0])]
    group = Path("/sys/fs/cgroup")
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            most, now = (float((group / name).read_text().strip()) for name in (limit, used))
        except (OSError, ValueError):  # no such group, or "max": no limit
            continue
        free.append(most - now)
    return max(0.0, min(free))
