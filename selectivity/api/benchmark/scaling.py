"""How the cost of a sweep grows with the number of waters, and throughput with threads."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from selectivity.api.benchmark.droplet import advance, equilibrate, new_droplet
from selectivity.api.benchmark.timing import by_turns, spread


def sizes(waters: tuple[int, ...], seconds: float, repeats: int) -> dict[str, Any]:
    """CPU microseconds of a sweep by number of waters, and the power law through the medians.

    cost = c·N^p with N waters; p between the two largest sizes stands beside it, as the cost of a
    trial is not that of its pairs alone in small droplets.
    """
    runs = {}
    for n in waters:
        droplet = new_droplet(n)
        equilibrate(droplet, max(20, 8_000 // n))
        runs[str(n)] = lambda sweeps, droplet=droplet: advance(droplet, sweeps)
    found = by_turns(runs, seconds, repeats)
    cost = {n: spread([1e6 * t for t in times]) for n, times in found.items()}
    log_cost = np.log([cost[str(n)]["median"] for n in waters])
    exponent, constant = np.polyfit(np.log(waters), log_cost, 1)
    last = (log_cost[-1] - log_cost[-2]) / math.log(waters[-1] / waters[-2])
    return {
        "microseconds_per_sweep": cost,
        "exponent": float(exponent),
        "constant_microseconds": math.exp(constant),
        "exponent_at_the_end": float(last),
    }


def threads(counts: tuple[int, ...], seconds: float, repeats: int) -> dict[str, Any]:
    """Sweeps per second of wall time with one chain on each of several threads, by turns.

    The CPU time that all threads got for each second that passed is given beside it: where it is
    less than their number, the machine had no more to give.
    """
    chains = [new_droplet(seed=i + 1) for i in range(max(counts))]
    for chain in chains:
        equilibrate(chain, 200)
    began = time.thread_time()
    advance(chains[0], 200)
    sweeps = max(1, round(200 * seconds / (time.thread_time() - began)))
    rates: dict[int, list[float]] = {n: [] for n in counts}
    cores: dict[int, list[float]] = {n: [] for n in counts}
    for _ in range(repeats):
        for n in counts:
            with ThreadPoolExecutor(n) as pool:
                wall, cpu = time.perf_counter(), time.process_time()
                list(pool.map(lambda chain: advance(chain, sweeps), chains[:n]))
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            rates[n].append(n * sweeps / wall)
            cores[n].append(cpu / wall)
    first = rates[counts[0]]
    return {
        str(n): {
            "sweeps_per_s": spread(rates[n]),
            "gain": spread([a / b for a, b in zip(rates[n], first, strict=True)]),
            "cores_given": spread(cores[n]),
        }
        for n in counts
    }
