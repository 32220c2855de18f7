"""``benchmark``: how fast the program is on this machine, in what counts and in raw speed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from selectivity.api.provenance import commit, machine
from selectivity.errors import InputError

Notice = Callable[[str], None]
DROPLET_WATERS = 64


@dataclass(frozen=True)
class Effort:
    """How long and how often each thing is timed; ``sampled`` are the CPU seconds of a chain."""

    timed: float
    sampled: float
    repeats: int
    waters: tuple[int, ...]
    equilibration: int
    lengths: tuple[int, int]
    windows: tuple[int, int]


FULL = Effort(0.3, 15.0, 5, (8, 16, 32, 64, 128, 256, 512), 4_000, (1_000, 4_000), (40, 10_000))
QUICK = Effort(0.05, 1.5, 3, (8, 32, 128), 1_000, (200, 600), (20, 1_000))


def benchmark(
    quick: bool = False, only: str | None = None, notice: Notice | None = None
) -> dict[str, Any]:
    """Measure the speed of the program on this machine.

    Everything that is compared is timed by turns in this one run, several times, and given by its
    median beside all values; times are CPU seconds of the thread that did the work, but for the
    gain by threads, which is one of wall time.

    Parameters
    ----------
    quick : bool
        Shorter and with fewer sizes: within a minute once the kernels are compiled.
    only : str, optional
        One of ``PARTS``.
    notice : callable, optional
        Called with a sentence before each part.

    Returns
    -------
    dict
        ``versions platform processor cores load commit date quick`` and, by part, its figures:

        ``throughput``: trial moves, pair-sites and forces, beside textbook, NumPy and hardware.
        ``droplet``, ``filter``: effective samples per CPU second, with and without trajectories.
        ``scaling``: CPU time of a sweep from 8 to 512 waters and its exponent.
        ``threads``: sweeps per second with a chain on each of 1, 2, ... threads.
        ``estimates``: time of binned WHAM and of unbinned MBAR on 40 × 10,000 samples.

    Raises
    ------
    InputError
        No part has that name.
    """
    if only is not None and only not in PARTS:
        raise InputError("--only", only, f"is one of {', '.join(PARTS)}", "leave it out for all")
    effort, say = QUICK if quick else FULL, notice or (lambda text: None)
    record = _where(quick)
    for name in PARTS if only is None else (only,):
        say(f"... {name}: {TITLES[name]}")
        record[name] = PARTS[name](effort)
    record["load_at_the_end"] = _load()
    return record


def _where(quick: bool) -> dict[str, Any]:
    return {
        **machine("numpy", "scipy", "numba"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": _load(),
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "quick": quick,
    }


def _processor() -> str:
    """Name of the processor where the system tells it."""
    import platform

    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            names = [line.split(":", 1)[1].strip() for line in stream if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor()


def _load() -> float | None:
    """Processes that want to run, over the last minute; None where the system does not count."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _throughput(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.throughput import throughput

    return throughput(effort.timed, effort.repeats, effort.equilibration)


def _droplet(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.effective import droplet_rates

    return droplet_rates(effort.sampled, effort.repeats, effort.equilibration)


def _filter(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.effective import filter_rates

    return filter_rates(effort.sampled, effort.repeats, effort.lengths)


def _scaling(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.scaling import sizes

    return sizes(effort.waters, effort.timed, effort.repeats)


def _threads(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.scaling import threads

    cores, counts = os.cpu_count() or 1, [1]
    while 2 * counts[-1] <= cores:
        counts.append(2 * counts[-1])
    return threads(tuple(counts), effort.timed, effort.repeats)


def _estimates(effort: Effort) -> dict[str, Any]:
    from selectivity.api.benchmark.estimates import estimates

    return estimates(*effort.windows, seconds=effort.timed, repeats=effort.repeats)


PARTS: dict[str, Callable[[Effort], dict[str, Any]]] = {
    "throughput": _throughput,
    "droplet": _droplet,
    "filter": _filter,
    "scaling": _scaling,
    "threads": _threads,
    "estimates": _estimates,
}
TITLES = {
    "throughput": f"trial moves, pair-sites and forces at {DROPLET_WATERS} waters",
    "droplet": f"effective samples of K+ in {DROPLET_WATERS} waters",
    "filter": "effective samples of an ion in the filter",
    "scaling": "cost of a sweep by number of waters",
    "threads": "chains side by side",
    "estimates": "WHAM and MBAR on samples of a known profile",
}
