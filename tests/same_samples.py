"""Whether two records of samples are one and the same."""

from __future__ import annotations

import dataclasses

import numpy as np

from selectivity.sampling.samples import ReplicaSamples

MAY_BE_NAN = ("centers", "water_z")  # no umbrella; no water


def same(a: ReplicaSamples, b: ReplicaSamples) -> None:
    """Everything but CPU time is equal, bit for bit."""
    for field in dataclasses.fields(ReplicaSamples):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if field.name == "cpu_seconds":
            continue
        if field.name == "frames":
            assert (one is None) == (other is None)
            one, other = (vars(frames) if frames else {} for frames in (one, other))
            assert one.keys() == other.keys()
            assert all(np.array_equal(one[key], other[key], equal_nan=key == "r") for key in one)
        elif isinstance(one, dict):
            assert one.keys() == other.keys()
            assert all(np.array_equal(one[key], other[key]) for key in one)
        else:
            assert np.array_equal(one, other, equal_nan=field.name in MAY_BE_NAN), field.name
