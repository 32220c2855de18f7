"""GHK current over a long array of voltages beside ``scipy.special.exprel`` of that array.

Both are timed by turns in one process; the figure is the median of the ratios. Run as a script, or
with ``pytest -m benchmark``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import exprel

from selectivity.membrane import ghk_current

POINTS = 1_000_000
REPEATS = 15
AT_MOST = 3.0


def _cpu(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def ratio() -> float:
    """CPU time of ``ghk_current`` over that of ``exprel``, median of turns."""
    volts = np.linspace(-0.3, 0.3, POINTS)
    runs = (
        lambda: ghk_current(1e-8, 1, 140.0, 5.0, volts, 310.15),
        lambda: exprel(volts),
    )
    for run in runs:
        run()
    return statistics.median(_cpu(runs[0]) / _cpu(runs[1]) for _ in range(REPEATS))


@pytest.mark.benchmark
def test_ghk_current_costs_at_most_three_exprel() -> None:
    assert ratio() <= AT_MOST


if __name__ == "__main__":
    print(f"ghk_current over exprel, {POINTS} voltages: {ratio():.2f}")
