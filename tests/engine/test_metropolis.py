"""The acceptance rule by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selectivity.engine.metropolis import accept


@pytest.mark.parametrize("delta", [0.05, 0.7, 1.0, 3.0])
def test_frequency(delta):
    """min(1, exp(−Δ)) within 3.5 standard errors of 15,000 decisions."""
    rng, n = np.random.default_rng(4), 15_000
    p = math.exp(-delta)
    found = sum(accept(delta, rng) for _ in range(n)) / n
    assert abs(found - p) < 3.5 * math.sqrt(p * (1.0 - p) / n)


@pytest.mark.parametrize("delta", [0.0, -0.0, -1e-300, -3.0, -1e12, -math.inf])
def test_downhill_is_always_accepted_and_draws_nothing(delta):
    rng = np.random.default_rng(4)
    before = rng.bit_generator.state
    assert all(accept(delta, rng) for _ in range(50))
    assert rng.bit_generator.state == before


@pytest.mark.parametrize("delta", [math.nan, -math.nan, math.inf, 1e300, 700.0])
def test_impossible_is_never_accepted(delta):
    rng = np.random.default_rng(4)
    assert not any(accept(delta, rng) for _ in range(50))


def test_steep_but_possible_is_rare():
    rng = np.random.default_rng(4)
    assert sum(accept(30.0, rng) for _ in range(2000)) == 0
