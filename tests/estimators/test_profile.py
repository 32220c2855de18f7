"""Profiles of an exactly solvable filter, pooled and smoothed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, norm, t
from synthetic_filter import DOUBLE_WELL, DROPLET, PERIODIC, RT, TEMPERATURE, draw

from selectivity.errors import InputError
from selectivity.estimators.mixture import ion_states
from selectivity.estimators.profile import (
    ProfileSet,
    ReplicaProfile,
    bin_centers,
    fill_gaps,
    pool,
    profile_set,
    replica_profile,
    smooth,
)

CENTERS = np.linspace(-2.1, 2.1, 15)


def handmade(rows: dict[str, np.ndarray], z: np.ndarray) -> list[ReplicaProfile]:
    R = next(iter(rows.values())).shape[0]
    nothing = np.zeros(0)
    return [
        ReplicaProfile(
            z, {ion: w[r] for ion, w in rows.items()}, nothing, nothing, 0.0, TEMPERATURE, r
        )
        for r in range(R)
    ]


class TestBins:
    def test_cover_the_range_exactly(self):
        z = bin_centers(-2.1, 2.1, 0.1)
        assert z.size == 42
        np.testing.assert_allclose(np.diff(z), 0.1)
        assert z[0] == pytest.approx(-2.05)
        assert z[-1] == pytest.approx(2.05)
        np.testing.assert_allclose(np.diff(bin_centers(0.0, 1.0, 0.3)), 0.25)

    @pytest.mark.parametrize("bad", [(1.0, 1.0, 0.1), (2.0, 1.0, 0.1), (0.0, 1.0, 0.0)])
    def test_refusals(self, bad):
        with pytest.raises(InputError):
            bin_centers(*bad)

    def test_a_droplet_has_no_profile(self):
        with pytest.raises(InputError, match="windows"):
            replica_profile(draw(DROPLET, 1, None))

    def test_ions_are_the_ends_of_the_ladder(self):
        assert ion_states(("Li", "Li:0.5:Na", "Na", "Na:0.5:K", "K")) == {"Li": 0, "Na": 2, "K": 4}


class TestReplica:
    def test_zero_and_counts(self):
        samples = draw(DOUBLE_WELL, 2, CENTERS, n=100)
        profile = replica_profile(samples)
        inside = (samples.z >= -2.1) & (samples.z < 2.1)
        assert profile.count.sum() == inside.sum()
        width = profile.z[1] - profile.z[0]
        assert np.nansum(np.exp(-profile.w["K"] / RT)) * width == pytest.approx(1.0)
        assert profile.residual < 1e-10
        assert profile.neighbour_overlap.shape == (14,)
        assert np.all(profile.neighbour_overlap > 0.03)
        assert profile.temperature_K == pytest.approx(TEMPERATURE)

    def test_exact_profile_is_recovered_with_calibrated_errors(self):
        """60 runs of 8 replicas: W_X(z) − W_X(z0) and W_Na − W_K follow Student's t_7."""
        z = bin_centers(-2.1, 2.1)
        exact = {ion: DOUBLE_WELL.binned(z, ion) for ion in ("K", "Na")}
        here, there = 10, 21  # a well and the barrier top
        values = np.empty((60, 8, 3))
        for run in range(60):
            for r in range(8):
                w = replica_profile(draw(DOUBLE_WELL, 50 + run, CENTERS, n=100, replica=r)).w
                values[run, r, 0] = w["K"][there] - w["K"][here]
                values[run, r, 1] = w["Na"][there] - w["Na"][here]
                values[run, r, 2] = w["Na"][there] - w["K"][there]
        truth = [exact[ion][there] - exact[ion][here] for ion in ("K", "Na")]
        truth.append(exact["Na"][there] - exact["K"][there])
        score = values.mean(axis=1) - np.array(truth)
        score /= values.std(axis=1, ddof=1) / np.sqrt(8)
        for column in score.T:
            assert kstest(column, t(7).cdf).pvalue > 0.01
            normal = norm.ppf(t(7).cdf(column))
            assert abs(np.mean(normal**2) - 1.0) < 3.0 * np.sqrt(2.0 / 60)


class TestPooled:
    def test_set_of_a_run(self):
        replicas = [draw(PERIODIC, 4, np.linspace(-4, 4, 28), n=150, replica=r) for r in range(4)]
        profiles = profile_set(replicas, interior=(-3.1, 3.1))
        assert profiles.replicas == 4
        assert profiles.ions == ("K", "Na")
        assert profiles.start_ions == ("K", "Na", "K", "Na")
        assert profiles.neighbour_overlap.shape == (4, 27)
        exact = PERIODIC.binned(profiles.z, "Na") - PERIODIC.binned(profiles.z, "K")
        z = (profiles.difference_mean("K", "Na") - exact) / profiles.difference_error("K", "Na")
        # 80 bins with t_3 errors: the median of |t_3| is 0.765.
        assert np.median(np.abs(z)) < 1.5
        assert np.sqrt(np.mean((profiles.difference_mean("K", "Na") - exact) ** 2)) < 0.5

    def test_alignment_takes_out_one_shift_a_replica(self):
        z = bin_centers(-2.0, 2.0)
        w_k, w_na = 5.0 * np.cos(z), 4.0 * z**2 - 70.0
        shift = np.array([0.0, 13.0, -40.0])[:, None]
        profiles = pool(handmade({"K": w_k + shift, "Na": w_na + shift}, z))
        np.testing.assert_allclose(profiles.mean("K"), w_k - w_k.min(), atol=1e-10)
        np.testing.assert_allclose(profiles.error("K"), 0.0, atol=1e-10)
        np.testing.assert_allclose(
            profiles.difference("K", "Na"), np.tile(w_na - w_k, (3, 1)), atol=1e-10
        )

    def test_alignment_is_least_squares_with_empty_bins(self):
        rng = np.random.default_rng(3)
        z = bin_centers(-1.0, 1.0, 0.25)
        rows = {ion: rng.normal(size=(4, 8)) + 10.0 * np.arange(4)[:, None] for ion in ("K", "Na")}
        for ion in rows:
            rows[ion][rng.random((4, 8)) < 0.3] = np.nan
        profiles = pool(handmade(rows, z))
        cells = np.concatenate([profiles.w[ion] for ion in ("K", "Na")], axis=1)
        have = np.isfinite(cells)
        residual = np.where(have, cells - np.nanmean(cells, axis=0), 0.0)
        # The normal equations: what is left of a replica after the means sums to zero.
        np.testing.assert_allclose(residual.sum(axis=1), 0.0, atol=1e-9)

    def test_alignment_uses_the_interior_only(self):
        z = bin_centers(-2.0, 2.0)
        rows = np.tile(np.zeros(z.size), (2, 1))
        rows[1, z > 1.0] = 100.0
        profiles = pool(handmade({"K": rows}, z), interior=(-1.0, 0.9))
        np.testing.assert_allclose(profiles.w["K"][1, z < 0.9], 0.0, atol=1e-10)

    def test_empty_bins(self):
        z = bin_centers(0.0, 1.0)
        rows = np.zeros((3, 10))
        rows[0, 3] = np.nan
        rows[:, 7] = np.nan
        profiles = ProfileSet(z, {"K": rows, "Na": rows + 2.0}, ("K", "Na"), TEMPERATURE)
        assert np.isnan(profiles.mean("K")[7])
        assert profiles.mean("K")[3] == 0.0
        assert np.isnan(profiles.error("K")[7])
        filled = fill_gaps(z, rows)
        assert np.all(filled == 0.0)

    def test_one_replica_has_no_error(self):
        z = bin_centers(0.0, 1.0)
        profiles = pool(handmade({"K": np.zeros((1, 10)), "Na": np.ones((1, 10))}, z))
        assert np.all(np.isnan(profiles.error("K")))
        assert np.all(np.isnan(profiles.difference_error("K", "Na")))

    def test_refusals(self):
        z = bin_centers(0.0, 1.0)
        one = handmade({"K": np.zeros((1, 10))}, z)
        other = handmade({"K": np.zeros((1, 10))}, z + 0.5)
        with pytest.raises(InputError, match="bins"):
            pool([*one, *other])
        with pytest.raises(InputError):
            pool([])
        with pytest.raises(InputError, match="interior"):
            pool(one, interior=(4.0, 5.0))
        with pytest.raises(InputError, match="is one of K"):
            pool(one).mean("Cs")

    def test_replicas_of_different_runs(self):
        first = draw(PERIODIC, 4, np.linspace(-1, 1, 5), n=20)
        for change in (
            {"system": "other"},
            {"beta": 0.5},
            {"centers": first.centers + 0.1},
        ):
            with pytest.raises(InputError, match="replica"):
                profile_set([first, replace(first, **change)])


class TestSmoothing:
    def test_a_straight_line_stays_up_to_the_ends(self):
        z = bin_centers(-2.0, 3.0)
        np.testing.assert_allclose(smooth(z, 3.0 * z - 1.0), 3.0 * z - 1.0, atol=1e-12)

    def test_a_common_tilt_goes_through_unchanged(self):
        z = bin_centers(-2.0, 3.0)
        w = 6.0 * np.cos(2.0 * z) + np.random.default_rng(0).normal(size=z.size)
        np.testing.assert_allclose(smooth(z, w + 8.4 * z), smooth(z, w) + 8.4 * z, atol=1e-10)

    def test_damping_of_a_cosine(self):
        """Far from the ends a cosine keeps exp(−½q²σ²) of its amplitude: the line term is odd."""
        z = bin_centers(-6.0, 6.0, 0.02)
        q = 2.0 * np.pi / 3.1
        w = smooth(z, np.cos(q * z))
        middle = np.abs(z) < 3.0
        factor = np.exp(-0.5 * (q * 0.2) ** 2)
        np.testing.assert_allclose(w[middle], factor * np.cos(q * z[middle]), atol=1e-6)

    def test_empty_bins(self):
        z = bin_centers(0.0, 3.0)
        w = 2.0 * z
        w[10:12] = np.nan
        np.testing.assert_allclose(smooth(z, w), 2.0 * z, atol=1e-10)
        w[8:20] = np.nan
        assert np.isnan(smooth(z, w)[14])
        assert np.all(np.isnan(smooth(z, np.full(z.size, np.nan))))


def test_gaps_at_the_ends_stay():
    z = bin_centers(0.0, 1.0)
    w = z.copy()
    w[[0, 4, 9]] = np.nan
    filled = fill_gaps(z, w)
    assert np.isnan(filled[0])
    assert np.isnan(filled[9])
    assert filled[4] == pytest.approx(z[4])
    assert np.isnan(w[4])
