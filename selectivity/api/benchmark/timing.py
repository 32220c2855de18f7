"""Times of things that are compared, taken by turns in one run: the machine drifts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Repeat = Callable[[int], object]


def cpu_per_call(run: Repeat, n: int) -> float:
    """CPU seconds of this thread for each of ``n`` repetitions, done in one call."""
    began = time.thread_time()
    run(n)
    return (time.thread_time() - began) / n


def by_turns(runs: Mapping[str, Repeat], seconds: float, repeats: int) -> dict[str, list[float]]:
    """CPU seconds for one repetition of each, ``repeats`` times by turns.

    Parameters
    ----------
    runs : mapping of str to callable
        Takes the number of repetitions; the first calls compile it and find how many fill
        ``seconds``.
    seconds, repeats : float, int
    """
    calls = {}
    for name, run in runs.items():
        run(1)
        n, per_call = 1, cpu_per_call(run, 1)
        while n * per_call < 0.1 * seconds:
            n *= 4
            per_call = cpu_per_call(run, n)
        calls[name] = max(1, round(seconds / per_call))
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            found[name].append(cpu_per_call(run, calls[name]))
    return found


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """Median over the turns of how many times ``fast`` is as fast as ``slow``."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def spread(values: list[float]) -> dict[str, Any]:
    """Median of several values, and the values."""
    return {"median": statistics.median(values), "values": values}
