"""The headline from the first part of the samples: does it still move?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.barrier import Sites
from selectivity.estimators.profile import profile_set
from selectivity.permeation.ratio import ratio
from selectivity.records import Estimate
from selectivity.sampling.samples import ReplicaSamples

FRACTIONS = (0.2, 0.4, 0.6, 0.8, 1.0)
MOST_SAMPLES = 300  # a window and replica: more cost time and move no point by much


@dataclass(frozen=True)
class Running:
    """RT ln of the headline from the first ``fraction`` of every replica's samples.

    ``value``, ``half_width`` (95 %), kJ/mol, shape (F,): nan where too little was sampled to give
    a number.
    """

    fraction: np.ndarray
    value: np.ndarray
    half_width: np.ndarray


def running_ratio(
    replicas: Sequence[ReplicaSamples],
    bulk: Estimate,
    sites: Sites,
    a: str = "K",
    b: str = "Na",
    fractions: Sequence[float] = FRACTIONS,
    final: Estimate | None = None,
) -> Running:
    """RT ln(P_a/P_b), levelled integral, as sampling goes on.

    Every point is a full analysis of the samples up to there, of every m-th where a window holds
    more than ``MOST_SAMPLES``; the bulk leg is the final one throughout.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
    bulk : Estimate
        ΔG_bulk(a → b), kJ/mol.
    sites : Sites
    a, b : str
    fractions : sequence of float
        In (0, 1].
    final : Estimate, optional
        RT ln of the headline from all samples, which becomes the last point.

    Raises
    ------
    InputError
        A fraction outside (0, 1].
    """
    if not all(0.0 < fraction <= 1.0 for fraction in fractions):
        raise InputError("fractions", tuple(fractions), "lie above 0 and up to 1")
    points = [_point(replicas, bulk, sites, (a, b), fraction) for fraction in fractions]
    if final is not None:
        points.append((final.value, _finite(final.half_width())))
        fractions = (*fractions, 1.0)
    value, half = np.array(points).T
    return Running(np.array(fractions, dtype=float), value, half)


def _finite(half: float) -> float:
    return half if np.isfinite(half) else np.nan


def _point(
    replicas: Sequence[ReplicaSamples],
    bulk: Estimate,
    sites: Sites,
    ions: tuple[str, str],
    fraction: float,
) -> tuple[float, float]:
    try:
        parts = [first_samples(samples, fraction, MOST_SAMPLES) for samples in replicas]
        profiles = profile_set(parts, interior=sites.interior)
        estimate = ratio(profiles, bulk, sites, *ions).ddg_integral
    except NotConvergedError:
        return np.nan, np.nan
    return estimate.value, _finite(estimate.half_width())


def first_samples(samples: ReplicaSamples, fraction: float, most: int) -> ReplicaSamples:
    """The first part of one replica's samples, thinned to at most ``most`` a window."""
    count = max(1, round(fraction * samples.z.shape[1]))
    every = slice(0, count, -(-count // most))
    return replace(
        samples,
        z=samples.z[:, every],
        u=samples.u[:, every],
        identity=samples.identity[:, every],
        walker=samples.walker[:, every],
        coordination={key: values[:, every] for key, values in samples.coordination.items()},
        file_z={key: values[:, every] for key, values in samples.file_z.items()},
        water_z=samples.water_z[:, every],
    )
