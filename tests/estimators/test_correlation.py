"""Correlation of series with known correlation: independent, autoregressive, stuck."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from scipy.signal import lfilter

from selectivity.errors import InputError
from selectivity.estimators.correlation import (
    autocorrelation,
    effective_samples,
    integrated_autocorrelation_time,
    split_rhat,
    statistical_inefficiency,
)


def autoregressive(phi: float, n: int, seed: int) -> np.ndarray:
    """Stationary x_{t+1} = φ x_t + noise: ρ(t) = φ^t and g = (1 + φ)/(1 − φ)."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=n)
    noise[0] /= np.sqrt(1.0 - phi**2)
    return lfilter([1.0], [1.0, -phi], noise)


def test_autocorrelation_is_the_direct_sum():
    x = np.random.default_rng(1).normal(size=37)
    d = x - x.mean()
    direct = [np.sum(d[: 37 - t] * d[t:]) / np.sum(d * d) for t in range(37)]
    np.testing.assert_allclose(autocorrelation(x), direct, atol=1e-13)


@pytest.mark.parametrize("method", ["geyer", "chodera"])
@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_inefficiency_of_an_autoregressive_series(phi, method):
    """Mean of 60 series of 4,000: within 3 errors or 4 % (the truncation's own bias)."""
    g = np.array(
        [statistical_inefficiency(autoregressive(phi, 4000, seed), method) for seed in range(60)]
    )
    exact = (1.0 + phi) / (1.0 - phi)
    assert abs(g.mean() - exact) < 3.0 * g.std(ddof=1) / np.sqrt(60) + 0.04 * exact


def test_error_of_a_mean_is_calibrated():
    """Means of 400 correlated series scatter as their effective samples say."""
    x = np.array([autoregressive(0.8, 1500, seed) for seed in range(400)])
    predicted = np.array([row.var(ddof=1) / effective_samples(row) for row in x])
    score = x.mean(axis=1) / np.sqrt(predicted)
    assert abs(np.mean(score**2) - 1.0) < 3.0 * np.sqrt(2.0 / 400) + 0.04


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.95])
def test_chodera_agrees_with_pymbar(phi):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from pymbar import timeseries
    x = autoregressive(phi, 1000, 7)
    reference = timeseries.statistical_inefficiency(x, mintime=3)
    assert statistical_inefficiency(x, "chodera") == pytest.approx(reference, rel=1e-10)


def test_time_and_samples_follow_from_the_inefficiency():
    x = autoregressive(0.7, 3000, 1)
    g = statistical_inefficiency(x)
    assert integrated_autocorrelation_time(x) == pytest.approx(0.5 * (g - 1.0))
    assert effective_samples(x) == pytest.approx(3000 / g)


def test_alternating_series_counts_no_more_than_its_length():
    assert statistical_inefficiency(np.tile([1.0, -1.0], 50)) == 1.0


def test_series_that_never_changes_is_one_sample():
    x = np.full(100, 0.1)
    assert statistical_inefficiency(x) == 100.0
    assert effective_samples(x) == 1.0
    np.testing.assert_array_equal(autocorrelation(x), 1.0)


def test_scale_and_origin_do_not_matter():
    x = autoregressive(0.6, 500, 3)
    assert statistical_inefficiency(1e5 + 30.0 * x) == pytest.approx(statistical_inefficiency(x))


@pytest.mark.parametrize("x", [np.zeros(1), np.zeros((3, 3)), np.array([1.0, np.nan])])
def test_what_is_no_series(x):
    with pytest.raises(InputError, match="series"):
        statistical_inefficiency(x)


class TestSplitRhat:
    def test_written_out(self):
        chains = np.random.default_rng(0).normal(size=(3, 10))
        halves = [row[part] for row in chains for part in (slice(0, 5), slice(5, 10))]
        within = np.mean([np.var(h, ddof=1) for h in halves])
        between = 5 * np.var([np.mean(h) for h in halves], ddof=1)
        expected = np.sqrt((4 / 5 * within + between / 5) / within)
        assert split_rhat(chains) == pytest.approx(expected, rel=1e-12)

    def test_one_distribution_and_two(self):
        rng = np.random.default_rng(2)
        chains = rng.normal(size=(4, 1000))
        assert split_rhat(chains) < 1.01
        assert split_rhat(chains + np.array([[0.0], [0.0], [0.0], [2.0]])) > 1.1
        assert split_rhat(chains[0] + np.linspace(0.0, 3.0, 1000)) > 1.1

    def test_chains_that_never_change(self):
        assert split_rhat(np.ones((2, 8))) == 1.0
        assert split_rhat(np.array([[1.0] * 8, [2.0] * 8])) == float("inf")

    def test_too_short(self):
        with pytest.raises(InputError):
            split_rhat(np.zeros((2, 3)))
