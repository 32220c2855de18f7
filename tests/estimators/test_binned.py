"""Binned UWHAM against exact profiles, closed forms, MBAR on the same counts and WHAM."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr
from synthetic_filter import DOUBLE_WELL, DROPLET, HARMONIC, PERIODIC, draw

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators import binned
from selectivity.estimators.binned import binned_profile, binned_profile_set, bootstrap_profiles
from selectivity.estimators.cells import Cells, _log_bin_bias, bins_of, solve_cells
from selectivity.estimators.mbar import mbar
from selectivity.estimators.profile import profile_set, replica_profile
from selectivity.estimators.wham import wham

CENTERS = np.linspace(-2.1, 2.1, 15)


def z_scores(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=0) / (values.std(axis=0, ddof=1) / np.sqrt(len(values)))


@pytest.mark.parametrize("model", [HARMONIC, DOUBLE_WELL])
def test_profiles_and_their_difference_are_exact(model):
    """z-scores of 40 runs in 42 bins; W_Na − W_K needs no alignment, each ion is centred."""
    runs = [binned_profile(draw(model, 41, CENTERS, n=200, replica=r)) for r in range(40)]
    z = runs[0].z
    exact = {ion: model.binned(z, ion) for ion in ("K", "Na")}
    for ion in ("K", "Na"):
        off = np.array([run.w[ion] - exact[ion] for run in runs])
        assert np.max(np.abs(z_scores(off - off.mean(axis=1, keepdims=True)))) < 4.5
    off = np.array([run.w["Na"] - run.w["K"] for run in runs]) - (exact["Na"] - exact["K"])
    score = z_scores(off)
    assert np.max(np.abs(score)) < 4.5
    assert 0.3 < np.mean(score**2) < 2.5
    assert max(run.residual for run in runs) <= 1e-10


@pytest.mark.parametrize("model", [DOUBLE_WELL, PERIODIC])
def test_binned_and_unbinned_differ_by_less_than_their_error(model):
    replicas = [draw(model, 42, CENTERS, n=300, replica=r) for r in range(8)]
    fast, slow = binned_profile_set(replicas), profile_set(replicas)
    np.testing.assert_array_equal(fast.z, slow.z)
    difference = fast.difference_mean("K", "Na") - slow.difference_mean("K", "Na")
    error = slow.difference_error("K", "Na")
    assert np.sqrt(np.mean(difference**2)) < 0.5 * np.sqrt(np.mean(error**2))
    assert fast.difference_error("K", "Na").mean() == pytest.approx(error.mean(), rel=0.15)
    # Seen together with the identity, windows overlap by no more than without it.
    less = slow.neighbour_overlap - fast.neighbour_overlap
    assert 0.0 < less.mean() < 0.03
    assert less.min() > -0.01


def test_bins_and_counts_are_those_of_the_unbinned_profile():
    samples = draw(DOUBLE_WELL, 43, CENTERS, n=150)
    fast, slow = binned_profile(samples), replica_profile(samples)
    np.testing.assert_array_equal(fast.count, slow.count)
    np.testing.assert_array_equal(np.isnan(fast.w["K"]), np.isnan(slow.w["K"]))
    total = np.nansum(np.exp(-samples.beta * fast.w["K"])) * (fast.z[1] - fast.z[0])
    assert total == pytest.approx(1.0, rel=1e-12)
    assert fast.temperature_K == pytest.approx(slow.temperature_K)


def test_one_identity_gives_histogram_wham():
    """Another solver and the bias over a bin in closed form: the same equations."""
    full = draw(DOUBLE_WELL, 44, CENTERS, n=400)
    samples = replace(full, ladder=("K",), u=full.u[:, :, :1], log_g=np.zeros((15, 1)))
    found = binned_profile(samples)
    reference, f_k = wham(samples, "K", found.z)
    w = found.w["K"] - np.nanmin(found.w["K"])
    np.testing.assert_allclose(w, reference, rtol=0, atol=2e-5)
    assert f_k.size == 15


def test_mean_of_the_bias_over_a_bin():
    samples = draw(HARMONIC, 1, CENTERS, n=5)
    middle, width = np.linspace(-3.0, 3.0, 61), 0.02
    scale = np.sqrt(samples.beta * samples.kappa)
    low = np.abs(middle - CENTERS[:, None]) - 0.5 * width
    area = ndtr(-low * scale) - ndtr(-(low + width) * scale)
    exact = np.log(area * np.sqrt(2.0 * np.pi) / (width * scale))
    found = _log_bin_bias(samples, middle, width)
    near = np.abs(middle - CENTERS[:, None]) < 1.0
    np.testing.assert_allclose(found[near], exact[near], rtol=0, atol=1e-7)


def test_cells_solve_as_mbar_does_on_the_same_counts():
    """Every count of a cell written out as a sample of its own."""
    rng = np.random.default_rng(5)
    log_q = -0.5 * (np.arange(40)[None, :] - 6.0 * np.arange(7)[:, None]) ** 2 / 16.0
    log_q += rng.normal(0.0, 3.0, (7, 1))
    p = np.exp(log_q) * np.exp(rng.normal(size=40))
    h = np.stack([rng.multinomial(300 + 50 * k, row / row.sum()) for k, row in enumerate(p)])
    cells = Cells(np.arange(40), h[:, :, None].astype(float), log_q[:, :, None])
    owner, cell = np.nonzero(h)
    cell = np.repeat(cell, h[owner, cell])
    table = mbar(-log_q[:, cell], h.sum(axis=1))
    solution = solve_cells(cells)
    np.testing.assert_allclose(solution.f_k, table.f_k, rtol=0, atol=1e-9)
    again = solve_cells(cells, start=solution.f_k)
    assert again.iterations <= 1 < solution.iterations


def test_bins_of_samples_far_apart():
    z = np.array([0.05, -0.15, 1e9, 0.06])
    bins, place = bins_of(z, 0.0, 0.1)
    assert bins.size == 3
    assert bins[:2].tolist() == [-2, 0]
    assert place.tolist() == [1, 0, 2, 1]
    bins, place = bins_of(z[:2], 0.0, 0.1)
    assert bins.tolist() == [-2, 0]
    assert place.tolist() == [1, 0]


class TestBootstrap:
    def test_error_is_the_scatter_of_independent_runs(self):
        """Root mean square over bins of the error of W_Na − W_K, within a quarter."""
        runs = [binned_profile(draw(HARMONIC, 45, CENTERS, n=300, replica=r)) for r in range(40)]
        scatter = np.array([run.w["Na"] - run.w["K"] for run in runs]).std(axis=0, ddof=1)
        drawn = bootstrap_profiles(draw(HARMONIC, 45, CENTERS, n=300), 60, seed=1)
        error = (drawn["Na"] - drawn["K"]).std(axis=0, ddof=1)
        ratio = np.sqrt(np.mean(error**2) / np.mean(scatter**2))
        assert 0.75 < ratio < 1.25

    def test_repeated_samples_carry_no_new_weight(self):
        """Each sample written four times: blocks keep the error, single samples would halve it."""
        samples = draw(HARMONIC, 46, CENTERS, n=150)
        long = replace(samples, **{n: np.repeat(getattr(samples, n), 4, 1) for n in ("z", "u")})

        def error(s):
            drawn = bootstrap_profiles(s, 60, seed=2, bin_width=0.3)
            return np.sqrt(np.mean(np.var(drawn["Na"] - drawn["K"], axis=0, ddof=1)))

        assert 0.75 < error(long) / error(samples) < 1.25

    def test_seed_fixes_it_and_one_draw_is_refused(self):
        samples = draw(HARMONIC, 47, CENTERS, n=60)
        one, two = (bootstrap_profiles(samples, 2, seed=3) for _ in range(2))
        np.testing.assert_array_equal(one["K"], two["K"])
        assert one["K"].shape == (2, 42)
        with pytest.raises(InputError, match="draws"):
            bootstrap_profiles(samples, 1, seed=3)

    def test_every_draw_keeps_the_number_of_samples(self):
        count = binned._resample((3, 50), np.array([1, 7, 50]), np.random.default_rng(0))
        assert count.sum(axis=1).tolist() == [50.0, 50.0, 50.0]
        assert np.ptp(count[2]) == 0.0


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(InputError, match="two umbrella windows"):
        binned_profile(draw(DROPLET, 1, None, n=40))
    samples = draw(HARMONIC, 1, CENTERS, n=20)
    values = samples.u.copy()
    values.flat[3] = np.nan
    with pytest.raises(InputError, match="finite"):
        binned_profile(replace(samples, u=values))
    apart = draw(HARMONIC, 1, np.array([-5.0, -4.9, 4.9, 5.0]), kappa=2000.0, n=50)
    with pytest.raises(NotConvergedError):
        binned_profile(apart)
