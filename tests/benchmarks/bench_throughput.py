"""The engine beside a textbook loop on 64 waters, as ratios taken in one run on one core."""

from __future__ import annotations

import pytest

from selectivity import api

LEAST = {"mixed": 6.5, "double": 4.0}  # trial moves per CPU second, times those of the textbook


@pytest.mark.benchmark
def test_trial_moves():
    ratios = api.benchmark(only="throughput")["throughput"]["ratios"]
    print(ratios)
    for precision, least in LEAST.items():
        assert ratios[f"moves, {precision} to textbook"] >= least
