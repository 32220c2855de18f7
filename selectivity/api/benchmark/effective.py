"""Effective samples per CPU second, with and without trajectories: droplet and filter."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from selectivity.api.benchmark.droplet import (
    OBSERVED,
    acceptance,
    equilibrate,
    new_droplet,
    sample,
)
from selectivity.api.benchmark.timing import spread
from selectivity.estimators.correlation import effective_samples
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import Composition, FilterSpec, Windows

DEFAULT = SamplingPlan()
PLANS = {"moves only": (0, 0), "with trajectories": DEFAULT.trajectory}
STRIDE = 10  # sweeps between two records of the droplet
WINDOW = (-0.3, 0.3)  # Å: three umbrella windows about S2
FILTER_STRIDE = 5


def droplet_rates(seconds: float, repeats: int, equilibration: int = 4_000) -> dict[str, Any]:
    """Effective samples per CPU second of z, U, coordination and dipole of the droplet."""
    chains = {}
    for name, plan in PLANS.items():
        chains[name] = new_droplet()
        equilibrate(chains[name], equilibration, plan)
    found: dict[str, dict[str, list[float]]] = {
        name: {observed: [] for observed in OBSERVED} for name in PLANS
    }
    for _ in range(repeats):
        for name, chain in chains.items():
            rows, cpu = sample(chain, STRIDE, seconds)
            for i, observed in enumerate(OBSERVED):
                found[name][observed].append(effective_samples(rows[:, i]) / cpu)
    record: dict[str, Any] = {
        name: {observed: spread(values) for observed, values in rows.items()}
        for name, rows in found.items()
    }
    rate = acceptance(chains["with trajectories"])
    return record | {"acceptance_of_trajectories": rate, "stride": STRIDE}


def filter_spec() -> FilterSpec:
    """KcsA as ``[K W X W]``, CHARMM36, windows about S2."""
    return FilterSpec(
        "filter", "charmm36", ("K", "Na"), 310.15, "kcsa", Composition.parse("[K W X W]"),
        Windows(*WINDOW), interior=WINDOW,
    )  # fmt: skip


def filter_rates(seconds: float, repeats: int, lengths: tuple[int, int]) -> dict[str, Any]:
    """Effective samples per CPU second of identity and z, summed over the windows of a filter.

    The windows share the CPU time, that of their exchanges included. ``lengths`` are the sweeps
    of equilibration and of adaptation.
    """
    replicas = {}
    for name, (every, steps) in PLANS.items():
        plan = replace(
            DEFAULT,
            replicas=1, segments=1, frames_every=0, stride=FILTER_STRIDE,
            equilibration=lengths[0], adaptation=lengths[1], production=400,
            trajectory_every=every, trajectory_steps=steps or 1,
        )  # fmt: skip
        replicas[name] = new_replica(filter_spec(), plan, 0)
        prepare(replicas[name])
    found: dict[str, Any] = {name: {"lambda": [], "z": []} for name in PLANS}
    for _ in range(repeats):
        for name, replica in replicas.items():
            parts: list[ReplicaSamples] = []
            began = time.thread_time()
            while not parts or time.thread_time() - began < seconds:
                parts.append(produce(replica))
            cpu = time.thread_time() - began
            for key, what in (("lambda", "identity"), ("z", "z")):
                series = np.concatenate([getattr(p, what) for p in parts], axis=1)
                total = sum(effective_samples(row) for row in series)
                found[name][key].append(total / cpu)
    record: dict[str, Any] = {
        name: {key: spread(values) for key, values in rows.items()} for name, rows in found.items()
    }
    return record | {"windows": len(filter_spec().windows.centers()), "stride": FILTER_STRIDE}
