"""Weighted means in bins: by hand, beyond underflow, and from one solution for all uses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_filter import PERIODIC, draw

from selectivity.errors import InputError
from selectivity.estimators.profile import profile_set
from selectivity.estimators.weights import (
    all_weights,
    bin_of,
    binned_means,
    normalised,
    replica_error,
    replica_mean,
    replica_weights,
    require_even,
)

CENTERS = np.linspace(-1.2, 1.2, 7)


def test_bins_by_hand() -> None:
    z = np.array([0.5, 1.5, 2.5])
    assert bin_of(np.array([-0.1, 0.0, 0.99, 1.0, 2.9, 3.0]), z).tolist() == [-1, 0, 0, 1, 2, -1]


def test_means_by_hand_and_beyond_underflow() -> None:
    which = np.array([0, 0, 2, 2, -1])
    log_w = np.array([-5000.0, -5000.0 + np.log(3.0), 800.0, 800.0, 9000.0])
    w = normalised(which, log_w, 3)
    assert w == pytest.approx([0.25, 0.75, 0.5, 0.5, 0.0])
    means = binned_means(which, w, np.array([4.0, 8.0, 1.0, 2.0, 77.0]), 3)
    assert means[[0, 2]] == pytest.approx([7.0, 1.5])
    assert np.isnan(means[1])


def test_mean_and_error_leave_out_what_is_missing() -> None:
    rows = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan], [5.0, np.nan, np.nan]])
    assert replica_mean(rows)[:2].tolist() == [3.0, 5.0]
    assert replica_error(rows)[0] == pytest.approx(2.0 / np.sqrt(3.0))
    assert np.isnan(replica_mean(rows)[2])
    assert np.isnan(replica_error(rows)[1:]).all()


def test_one_solution_serves_every_use() -> None:
    replicas = [draw(PERIODIC, 5, CENTERS, n=100, replica=r) for r in range(2)]
    solved = [replica_weights(samples) for samples in replicas]
    given, own = profile_set(replicas, weights=solved), profile_set(replicas)
    for ion in own.ions:
        np.testing.assert_array_equal(given.of(ion), own.of(ion))
    np.testing.assert_array_equal(given.neighbour_overlap, own.neighbour_overlap)


def test_what_does_not_fit_is_refused() -> None:
    replicas = [draw(PERIODIC, 5, CENTERS, n=50, replica=r) for r in range(2)]
    solved = [replica_weights(samples) for samples in replicas]
    with pytest.raises(InputError, match="one a replica"):
        all_weights(replicas, solved[:1])
    with pytest.raises(InputError, match="one a replica"):
        all_weights([replicas[0], draw(PERIODIC, 5, CENTERS, n=60, replica=1)], solved)
    with pytest.raises(InputError, match="two umbrella windows"):
        replica_weights(replace(replicas[0], kappa=0.0))
    with pytest.raises(InputError, match="evenly spaced"):
        require_even(np.array([0.0, 0.1, 0.3]))
