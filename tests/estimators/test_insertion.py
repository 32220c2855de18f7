"""Bennett's ratio of trial insertions and deletions, and the limit of large droplets."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.errors import NotConvergedError
from selectivity.estimators.insertion import bennett, bulk_limit

SIZES = (64, 125, 216, 343)


def trials(d: float, s: float, n: tuple[int, int], rng: np.random.Generator):
    """Gaussian ln of the ratio that obeys p_0(l)/p_1(l) = e^(D − l): means D ∓ s²/2."""
    log_ratio = np.concatenate(
        [rng.normal(d - 0.5 * s * s, s, n[0]), rng.normal(d + 0.5 * s * s, s, n[1])]
    )
    return log_ratio, np.arange(sum(n)) >= n[0]


@pytest.mark.parametrize("n", [(2000, 2000), (3000, 400)])
@pytest.mark.parametrize("d", [0.0, -3.0, 14.0])
def test_known_ratio(d: float, n: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    found = np.array([bennett(*trials(d, 2.0, n, rng)) for _ in range(60)])
    assert abs(found.mean() - d) < 3.0 * found.std(ddof=1) / np.sqrt(60)


def test_certain_trials_give_the_ratio_without_error() -> None:
    log_ratio = np.full(30, 1.7)
    assert bennett(log_ratio, np.arange(30) < 11) == pytest.approx(1.7, abs=1e-9)


def test_impossible_insertions_count_as_never_accepted() -> None:
    """Half of the insertions impossible: the ratio is halved."""
    log_ratio = np.array([0.4, -np.inf] * 50 + [0.4] * 50)
    upper = np.arange(150) >= 100
    assert bennett(log_ratio, upper) == pytest.approx(0.4 + np.log(0.5), abs=1e-9)


def test_the_activity_only_shifts_it() -> None:
    log_ratio, upper = trials(0.3, 1.5, (500, 700), np.random.default_rng(3))
    assert bennett(log_ratio + 2.0, upper) == pytest.approx(bennett(log_ratio, upper) + 2.0)


@pytest.mark.parametrize("upper", [np.zeros(9, dtype=bool), np.ones(9, dtype=bool)])
def test_a_number_that_never_changed_is_refused(upper: np.ndarray) -> None:
    with pytest.raises(NotConvergedError, match="never changed"):
        bennett(np.zeros(9), upper)


def droplets(noise: float, n_replicas: int = 8, curvature: float = 0.0, seed: int = 0):
    """μ of two temperatures on the line −25 (and −24.4) + 10 N^(−1/3), noise falling as N^(−½)."""
    x = np.array(SIZES) ** (-1.0 / 3.0)
    mean = np.array([-25.0, -24.4])[:, None] + 10.0 * x + curvature * x**2
    spread = noise / np.sqrt(SIZES)
    draws = np.random.default_rng(seed).normal(size=(2, len(SIZES), n_replicas))
    return mean[:, :, None] + spread[:, None] * draws


def test_a_line_is_found() -> None:
    limit = bulk_limit(SIZES, droplets(1e-9))
    assert [e.value for e in limit.bulk] == pytest.approx([-25.0, -24.4])
    assert limit.slope.value == pytest.approx(10.0)
    assert [e.value for e in limit.without_smallest] == pytest.approx([0.0, 0.0], abs=1e-7)
    assert limit.dof == 5


def test_errors_are_those_of_the_scatter() -> None:
    """Over 200 sets the intervals of one error cover what Student's t with 7 dof promises."""
    found = [bulk_limit(SIZES, droplets(1.0, seed=seed), SIZES).bulk[0] for seed in range(200)]
    z = np.array([(bulk.value + 25.0) / bulk.error for bulk in found])
    assert abs(z.mean()) < 3.0 * np.sqrt(7.0 / 5.0 / 200)
    expected = 2.0 * (1.0 - 0.8247)  # two-sided probability of |t_7| > 1
    covered = (np.abs(z) > 1.0).mean()
    assert abs(covered - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / 200)


def test_curvature_shows_in_what_the_smallest_droplet_changes() -> None:
    limit = bulk_limit(SIZES, droplets(0.05, curvature=8.0))
    change = limit.without_smallest[0]
    assert change.value / change.error < -3.0
    assert limit.chi2 > 3.0 * limit.dof


def test_two_sizes_and_one_temperature() -> None:
    limit = bulk_limit(SIZES[:2], droplets(1e-9)[:1, :2])
    assert limit.bulk[0].value == pytest.approx(-25.0)
    assert limit.without_smallest == ()
    assert limit.dof == 0


def test_weights_decide_between_sizes_that_no_line_joins() -> None:
    """A heavy pair of sizes is met exactly, whatever the third is."""
    mu = droplets(1e-9)[:1, :3]
    mu[:, 2] += 1.0
    heavy = bulk_limit(SIZES[:3], mu, (1e9, 1e9, 1.0))
    assert heavy.bulk[0].value == pytest.approx(-25.0, abs=1e-5)
    even = bulk_limit(SIZES[:3], mu)
    assert even.bulk[0].value > -24.0
