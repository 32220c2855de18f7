"""Samples of a finished run with their weights, solved once."""

from __future__ import annotations

from functools import lru_cache

from selectivity.errors import InputError
from selectivity.estimators.weights import Weights, all_weights
from selectivity.sampling.samples import ReplicaSamples
from selectivity.validation.context import RunOutput


@lru_cache(maxsize=4)
def weighed(
    found: RunOutput, system: str
) -> tuple[tuple[ReplicaSamples, ...], tuple[Weights, ...]]:
    """Replicas of ``system`` and the weights of each.

    Raises
    ------
    InputError
        The run holds no such system.
    """
    samples = found.samples()
    if system not in samples:
        raise InputError(str(found.folder), system, f"is one of {', '.join(samples)}", "")
    replicas = tuple(samples[system])
    return replicas, tuple(all_weights(replicas))
