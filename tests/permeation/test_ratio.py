"""Permeability ratios of profiles whose integrals and barriers are known in closed form."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from handmade_profiles import PERIOD, RT, SITES, SURE, TEMPERATURE, Z, cosine, set_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import i0
from scipy.stats import binomtest, t

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.barrier import Sites
from selectivity.permeation.pair import log_integral
from selectivity.permeation.ratio import ratio
from selectivity.permeation.result import TILT, ratio_json
from selectivity.records import Estimate
from selectivity.units import kcal

FIELDS = ("barrier", "integral", "barrier_levelled", "integral_levelled")
LENGTHS = np.clip(3.1 + 0.05 - np.abs(Z), 0.0, 0.1)  # of each bin inside ±3.1 Å


def profile_values(low: float = -30.0, high: float = 30.0):
    return arrays(float, Z.size, elements=st.floats(low, high, width=32))


class TestClosedForms:
    def test_a_constant_difference_is_the_answer_of_every_route(self):
        """ΔΔG(z) = +8 kJ/mol everywhere: K+ is favoured by exp(8/RT), whatever the profile."""
        w = cosine(Z, 9.0) + 1.3 * Z
        r = ratio(set_of({"K": w, "Na": w - 62.0}), SURE, SITES)
        expected = np.exp(8.0 / RT)
        for field in FIELDS:
            interval = getattr(r, field)
            assert interval.value == pytest.approx(expected)
            assert interval.low == pytest.approx(expected)
            assert interval.high == pytest.approx(expected)
        assert r.plane_to_plane.value == pytest.approx(expected)
        assert r.bounds.low == pytest.approx(expected)
        assert r.bounds.high == pytest.approx(expected)
        assert r.ddg_barrier.value == pytest.approx(8.0)
        assert r.ddg_interval.value == pytest.approx(8.0)
        assert r.tilt_sensitivity.integral == pytest.approx(0.0, abs=1e-9)
        assert r.tilt_sensitivity.barrier == pytest.approx(0.0, abs=1e-9)
        assert list(r.sites) == ["S3", "S2", "S1"]
        for site in r.sites.values():
            assert site.ddg.value == pytest.approx(8.0)
            assert site.centre.value == pytest.approx(8.0)
            assert all(plane.value == pytest.approx(8.0) for plane in site.planes.values())
        np.testing.assert_allclose(r.ddg_profile.value, 8.0)
        np.testing.assert_allclose(r.per_replica, 8.0)

    def test_integrals_of_cosines_are_bessel_functions(self):
        """∫exp[a(1 − cos)/RT]dz over whole periods = n L exp(a/RT) I0(a/RT)."""
        a, b, offset = 7.0, 11.0, -66.0
        w = {"K": cosine(Z, a), "Na": cosine(Z, b) + offset}
        r = ratio(set_of(w), SURE, SITES)
        ddg = (b - a) + offset + 70.0 + RT * np.log(i0(b / RT) / i0(a / RT))
        assert r.ddg_integral_sampled.value == pytest.approx(ddg, abs=1e-6)
        assert r.integral.value == pytest.approx(np.exp(ddg / RT), rel=1e-6)
        # The wells lie level: levelling takes a constant off both ions.
        assert r.ddg_integral.value == pytest.approx(ddg, abs=1e-6)
        assert r.plane_to_plane.value == pytest.approx(r.integral.value, rel=1e-6)
        binding = (b - a) + offset + 70.0 - RT * np.log(i0(b / RT) / i0(a / RT))
        assert r.ddg_interval.value == pytest.approx(binding, abs=1e-6)
        for site in r.sites.values():
            assert site.ddg.value == pytest.approx(binding, abs=0.02)

    def test_barriers_are_those_of_the_located_bins(self):
        w_k, w_na = cosine(Z, 7.0) + 0.8 * Z, cosine(Z - 0.4, 11.0) + 0.8 * Z - 66.0
        r = ratio(set_of({"K": w_k, "Na": w_na}), SURE, SITES)
        i, j = r.maxima["K"].index, r.maxima["Na"].index
        assert Z[i] == pytest.approx(1.55, abs=0.11)
        assert Z[j] == pytest.approx(1.95, abs=0.11)
        assert r.ddg_barrier_sampled.value == pytest.approx(w_na[j] - w_k[i] + 70.0)
        assert w_k[i] == pytest.approx(w_k[np.abs(Z) < 3.1].max(), abs=0.1)
        f = r.levelling(Z)
        i, j = r.maxima_levelled["K"].index, r.maxima_levelled["Na"].index
        assert r.ddg_barrier.value == pytest.approx(w_na[j] - f[j] - w_k[i] + f[i] + 70.0)

    def test_sign(self):
        """Na+ worse off in the filter than in water: K+ is selected, positive, above one."""
        w = cosine(Z, 5.0)
        r = ratio(set_of({"K": w, "Na": w - 60.0}), SURE, SITES)
        assert r.ddg_integral.value == pytest.approx(10.0)
        assert r.headline.value > 1.0
        turned = ratio(set_of({"K": w, "Na": w - 80.0}), SURE, SITES)
        assert turned.headline.value < 1.0

    def test_turning_the_pair_over(self):
        w = {"K": cosine(Z, 7.0) + 2.0 * Z, "Na": cosine(Z - 0.5, 11.0) - 66.0}
        forward = ratio(set_of(w), SURE, SITES)
        back = ratio(set_of(w), Estimate(70.0, 0.0, 7.0), SITES, a="Na", b="K")
        for field in FIELDS:
            product = getattr(forward, field).value * getattr(back, field).value
            assert product == pytest.approx(1.0)
        assert forward.bounds.low * back.bounds.high == pytest.approx(1.0)

    def test_diffusion_variant(self):
        r = ratio(set_of({"K": cosine(Z, 7.0), "Na": cosine(Z, 11.0) - 66.0}), SURE, SITES)
        assert r.diffusion_ratio.headline == 1.0
        assert r.diffusion_ratio.variant == pytest.approx(1.98 / 1.33)
        assert r.diffusion_ratio.ratio.value == pytest.approx(r.headline.value * 1.98 / 1.33)

    @pytest.mark.parametrize("sign", [1.0, -1.0])
    def test_log_integral_of_large_numbers(self, sign):
        w = np.full((1, Z.size), 5e4)
        lengths = np.full(Z.size, 0.1)
        expected = sign * 5e4 + RT * np.log(9.3)
        assert log_integral(w, lengths, RT, sign)[0] == pytest.approx(expected, rel=1e-12)


class TestCommonForce:
    @settings(max_examples=40, deadline=None)
    @given(profile_values(), profile_values(-20.0, 20.0), profile_values(-40.0, 40.0))
    def test_the_integral_stays_within_the_bounds_whatever_acts_on_charge(self, w_k, ddg, f):
        """exp(min ΔΔG/RT) ≤ ∫exp(W_Na/RT)/∫exp(W_K/RT) ≤ exp(max ΔΔG/RT) for any common f(z)."""
        r = ratio(set_of({"K": w_k + f, "Na": w_k + f + ddg - 70.0}, 2), SURE, SITES)
        inside = np.abs(Z) < 3.1 + 0.05
        assert r.bounds.low == pytest.approx(np.exp(ddg[inside].min() / RT), rel=1e-6)
        assert r.bounds.high == pytest.approx(np.exp(ddg[inside].max() / RT), rel=1e-6)
        slack = 1.0 + 1e-9
        for interval in (r.integral, r.integral_levelled):
            assert r.bounds.low / slack <= interval.value <= r.bounds.high * slack

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 2**31))
    def test_bounds_hold_for_the_mean_of_unlike_replicas(self, seed):
        rng = np.random.default_rng(seed)
        noise = rng.normal(0.0, 6.0, (2, 5, Z.size))
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z, 11.0) - 66.0}
        r = ratio(set_of(w, 5, noise), SURE, SITES)
        for interval in (r.integral, r.integral_levelled):
            assert r.bounds.low <= interval.value <= r.bounds.high

    def test_bounds_hold_where_replicas_contradict_each_other(self):
        """Each replica resists where its own ΔΔG is +10: pooled, ΔΔG vanishes everywhere."""
        side = np.where(Z > 0, 1.0, -1.0)
        ddg = 10.0 * np.stack([side, -side])
        noise = np.stack([1.5 * ddg, 2.5 * ddg])
        r = ratio(set_of({"K": 0.0 * Z, "Na": 0.0 * Z - 70.0}, 2, noise), SURE, SITES)
        np.testing.assert_allclose(r.ddg_profile.value, 0.0, atol=1e-9)
        assert r.ddg_integral.value > 9.5
        assert r.bounds.high == pytest.approx(np.exp(10.0 / RT))
        assert r.headline.value <= r.bounds.high

    @settings(max_examples=20, deadline=None)
    @given(profile_values(-40.0, 40.0))
    def test_a_common_force_changes_neither_bounds_nor_ddg(self, f):
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z - 0.6, 11.0) - 66.0}
        alone = ratio(set_of(w), SURE, SITES)
        pushed = ratio(set_of({ion: values + f for ion, values in w.items()}), SURE, SITES)
        assert pushed.bounds.low == pytest.approx(alone.bounds.low)
        assert pushed.bounds.high == pytest.approx(alone.bounds.high)
        np.testing.assert_allclose(pushed.ddg_profile.value, alone.ddg_profile.value, atol=1e-9)
        for name, site in alone.sites.items():
            assert pushed.sites[name].centre.value == pytest.approx(site.centre.value)
            for plane, value in site.planes.items():
                assert pushed.sites[name].planes[plane].value == pytest.approx(value.value)

    @pytest.mark.parametrize("slope", [kcal(2.0), -kcal(2.0), kcal(0.7), kcal(12.0), -kcal(30.0)])
    def test_levelling_takes_a_tilt_out(self, slope):
        """A tilt moves the ratio as sampled; levelled, it is the untilted one to round-off."""
        w = {"K": cosine(Z, 12.0), "Na": cosine(Z - 0.7, 15.0) - 66.0 + 1.5 * Z}
        level = ratio(set_of(w), SURE, SITES)
        tilted = ratio(set_of({ion: v + slope * Z for ion, v in w.items()}), SURE, SITES)
        moved = abs(tilted.ddg_integral_sampled.value - level.ddg_integral_sampled.value)
        assert moved > 0.2
        assert tilted.ddg_integral.value == pytest.approx(level.ddg_integral.value, abs=1e-6)
        assert tilted.ddg_barrier.value == pytest.approx(level.ddg_barrier.value, abs=1e-6)
        assert [well.z for well in tilted.wells] == [well.z for well in level.wells]

    def test_tilt_sensitivity_is_that_of_tilting_by_hand(self):
        w_k, w_na = cosine(Z, 7.0), cosine(Z - 0.7, 11.0) - 66.0
        r = ratio(set_of({"K": w_k, "Na": w_na}), SURE, SITES)
        assert pytest.approx(8.368) == TILT
        changes = []
        for slope in (TILT, -TILT):
            f = r.levelling(Z) + slope * Z
            na, k = (log_integral((w - f)[None], LENGTHS, RT)[0] for w in (w_na, w_k))
            changes.append(abs(na - k + 70.0 - r.ddg_integral.value))
        assert r.tilt_sensitivity.integral == pytest.approx(max(changes), abs=1e-6)
        assert r.tilt_sensitivity.barrier > 0.0


class TestErrors:
    def test_replicas_and_bulk_are_combined_by_welch_satterthwaite(self):
        w = cosine(Z, 7.0)
        shifts = np.array([1.0, 2.5, -0.5, 3.0])
        noise = np.stack([np.zeros((4, Z.size)), np.tile(shifts[:, None], (1, Z.size))])
        bulk = Estimate(-70.0, 0.8, 5.0)
        r = ratio(set_of({"K": w, "Na": w - 65.0}, 4, noise), bulk, SITES)
        np.testing.assert_allclose(r.per_replica, 5.0 + shifts)
        error = shifts.std(ddof=1) / 2.0
        total = np.hypot(error, 0.8)
        dof = total**4 / (error**4 / 3.0 + 0.8**4 / 5.0)
        assert r.ddg_integral.value == pytest.approx(5.0 + shifts.mean())
        assert r.ddg_integral.error == pytest.approx(total)
        assert r.ddg_integral.dof == pytest.approx(dof)
        np.testing.assert_allclose(r.ddg_profile.error, total)
        np.testing.assert_allclose(r.ddg_profile.value, 5.0 + shifts.mean())
        half = t.ppf(0.975, dof) * total
        assert r.headline.low == pytest.approx(np.exp((5.0 + shifts.mean() - half) / RT))
        assert r.headline.high == pytest.approx(np.exp((5.0 + shifts.mean() + half) / RT))

    def test_common_noise_of_a_replica_cancels(self):
        rng = np.random.default_rng(0)
        common = rng.normal(0.0, 20.0, (1, 4, 1)) + np.zeros((2, 4, Z.size))
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z, 11.0) - 66.0}
        r = ratio(set_of(w, 4, common), SURE, SITES)
        assert r.ddg_barrier.error == pytest.approx(0.0, abs=1e-9)
        assert r.ddg_integral.error == pytest.approx(0.0, abs=1e-9)

    def test_intervals_cover(self):
        """200 sets of 8 replicas with smooth noise and a droplet of 8: 95 % hold the truth.

        Noise: 1.5 kJ/mol common to both ions, 0.7 on each, correlated over 0.5 Å; 0.4 in the bulk
        leg. The truth is that of the noiseless profiles under the f(z) of the run.
        """
        rng = np.random.default_rng(12)
        kernel = np.exp(-0.5 * ((Z[:, None] - Z[None, :]) / 0.5) ** 2)
        kernel /= np.sqrt((kernel**2).sum(axis=1))[:, None]
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z - 0.4, 11.0) - 66.0}
        covered = dict.fromkeys(("integral", "barrier"), 0)
        for _ in range(200):
            common = 1.5 * rng.normal(size=(1, 8, Z.size)) @ kernel.T
            noise = common + 0.7 * rng.normal(size=(2, 8, Z.size)) @ kernel.T
            bulk = Estimate.from_replicas(-70.0 + 0.4 * np.sqrt(8) * rng.normal(size=8))
            r = ratio(set_of(w, 8, noise), bulk, SITES)
            f = r.levelling(Z)
            na, k = (log_integral((v - f)[None], LENGTHS, RT)[0] for v in (w["Na"], w["K"]))
            truth = np.exp((na - k + 70.0) / RT)
            covered["integral"] += r.headline.low <= truth <= r.headline.high
            i, j = r.maxima_levelled["K"].index, r.maxima_levelled["Na"].index
            truth = np.exp((w["Na"][j] - f[j] - w["K"][i] + f[i] + 70.0) / RT)
            covered["barrier"] += r.barrier_levelled.low <= truth <= r.barrier_levelled.high
        for count in covered.values():
            assert binomtest(count, 200, 0.95).pvalue > 0.003

    def test_from_samples_of_a_solvable_filter(self):
        """40 runs of 4 replicas through MBAR: intervals cover, and scores follow t_3."""
        from scipy.stats import kstest
        from synthetic_filter import PERIODIC, draw

        from selectivity.estimators.profile import profile_set

        centers = np.linspace(-2.4, 2.4, 17)
        sites = replace(SITES, interior=(-1.55, 1.55))
        scores, covered = [], 0
        for run in range(40):
            replicas = [draw(PERIODIC, 900 + run, centers, n=300, replica=r) for r in range(4)]
            profiles = profile_set(replicas, interior=sites.interior)
            r = ratio(profiles, SURE, sites)
            f, z = r.levelling(profiles.z), profiles.z
            lengths = np.clip(1.55 + 0.5 * profiles.width - np.abs(z), 0.0, profiles.width)
            na, k = (
                log_integral((PERIODIC.binned(z, ion) - f)[None], lengths, RT)[0]
                for ion in ("Na", "K")
            )
            truth = na - k + 70.0
            scores.append((r.ddg_integral.value - truth) / r.ddg_integral.error)
            covered += r.headline.low <= np.exp(truth / RT) <= r.headline.high
        assert binomtest(covered, 40, 0.95).pvalue > 0.003
        assert kstest(scores, t(3).cdf).pvalue > 0.01


class TestFlags:
    def test_a_maximum_on_the_end_is_no_barrier(self):
        w = {"K": cosine(Z, 7.0), "Na": 8.0 * np.abs(Z) - 60.0}
        r = ratio(set_of(w), SURE, SITES)
        assert r.barrier_at_end == {"K": False, "Na": True}
        assert r.barrier_at_end_sampled == {"K": False, "Na": True}
        assert any("maximum of Na" in text for text in r.warnings)

    def test_a_cage_without_a_well_is_named(self):
        w_k = np.where(np.abs(Z) < 1.55, cosine(Z, 7.0), 14.0 - 0.5 * (np.abs(Z) - 1.55))
        r = ratio(set_of({"K": w_k, "Na": w_k - 60.0}), SURE, SITES)
        assert [well.at_centre for well in r.wells] == [True, False, True]
        assert any("S3" in text for text in r.warnings)

    def test_windows_that_end_too_soon(self):
        sites = replace(SITES, interior=(-4.0, 4.0))
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z, 9.0) - 60.0}
        r = ratio(set_of(w), SURE, sites)
        assert any("0.65 Å beyond" in text for text in r.warnings)
        assert not any("beyond" in text for text in ratio(set_of(w), SURE, SITES).warnings)

    def test_planes_outside_the_windows(self):
        sites = replace(SITES, planes={"T75": -4.9, "V76": -1.55, "G77": 1.55, "Y78": 4.9})
        r = ratio(set_of({"K": cosine(Z, 7.0), "Na": cosine(Z, 9.0) - 60.0}), SURE, sites)
        assert r.plane_to_plane is None
        assert r.plane_interval is None
        assert r.ddg_interval is None
        assert list(r.sites) == ["S2"]

    def test_no_cage_in_the_interior(self):
        sites = Sites((-3.1, 3.1), {"S4": -6.2})
        w = {"K": cosine(Z, 7.0), "Na": cosine(Z, 9.0) - 60.0}
        r = ratio(set_of(w), SURE, sites)
        assert r.headline.value == pytest.approx(r.integral.value)
        assert r.sites == {}
        assert any("nothing was levelled" in text for text in r.warnings)


class TestDegenerate:
    W = {"K": cosine(Z, 7.0), "Na": cosine(Z, 11.0) - 66.0}  # noqa: RUF012

    def test_one_replica(self):
        r = ratio(set_of(self.W, 1), SURE, SITES)
        assert np.isfinite(r.headline.value)
        assert (r.headline.low, r.headline.high) == (0.0, np.inf)
        assert np.isnan(r.ddg_barrier.error)
        assert any("fewer than two replicas" in text for text in r.problems)

    def test_bulk_without_an_error(self):
        r = ratio(set_of(self.W), Estimate(-70.0, float("nan"), 0.0), SITES)
        assert (r.headline.low, r.headline.high) == (0.0, np.inf)
        assert any("bulk" in text for text in r.problems)

    def test_an_empty_bin_is_bridged_and_named(self):
        profiles = set_of(self.W)
        profiles.w["K"][1, 40] = np.nan
        r = ratio(profiles, SURE, SITES)
        whole = ratio(set_of(self.W), SURE, SITES)
        assert r.ddg_integral.value == pytest.approx(whole.ddg_integral.value, abs=0.05)
        assert any("1 empty bins of K" in text for text in r.warnings)
        assert r.problems == ()

    def test_a_replica_that_does_not_reach_is_left_out_and_named(self):
        profiles = set_of(self.W)
        for ion in ("K", "Na"):
            profiles.w[ion][2, :30] = np.nan
        r = ratio(profiles, SURE, SITES)
        assert np.isnan(r.per_replica[2])
        assert r.ddg_integral.dof == pytest.approx(2.0)
        assert any("1 of 4 replicas left out" in text for text in r.problems)

    def test_no_replica_reaches(self):
        profiles = set_of(self.W, 2)
        for r in range(2):
            profiles.w["Na"][r, -16:] = np.nan
        result = ratio(profiles, SURE, SITES)
        assert np.isnan(result.headline.value)
        assert (result.bounds.low, result.bounds.high) == (0.0, np.inf)
        assert len(result.problems) == 2

    def test_nothing_sampled_at_all(self):
        profiles = set_of({"K": np.full(Z.size, np.nan), "Na": np.full(Z.size, np.nan)})
        with pytest.raises(NotConvergedError):
            ratio(profiles, SURE, SITES)

    def test_interior_outside_the_windows(self):
        with pytest.raises(InputError, match="within the windows"):
            ratio(set_of(self.W), SURE, replace(SITES, interior=(-3.1, 5.1)))

    @pytest.mark.parametrize(("a", "b"), [("K", "Cs"), ("Rb", "Na"), ("K", "K")])
    def test_ions_that_were_not_sampled(self, a, b):
        with pytest.raises(InputError, match="ion"):
            ratio(set_of(self.W), SURE, SITES, a=a, b=b)


class TestJson:
    def test_names_of_the_command(self):
        r = ratio(set_of({"K": cosine(Z, 7.0), "Na": cosine(Z, 9.0) - 60.0}), SURE, SITES)
        record = json.loads(json.dumps(ratio_json(r), allow_nan=False))
        assert record["temperature_K"] == TEMPERATURE
        assert record["ions"] == ["K", "Na"]
        assert record["headline"] == "integral_levelled"
        for field in FIELDS:
            assert set(record["ratio"][field]) == {"value", "low", "high"}
        assert set(record["ratio"]["bounds"]) == {"low", "high"}
        assert set(record["ddg_barrier_kJ_mol"]) == {"value", "error"}
        assert set(record["barrier_at_end"]) == {"K", "Na"}
        assert record["sites"]["S1"]["ddg_kJ_mol"] == pytest.approx(r.sites["S1"].ddg.value)
        assert record["bulk_dg_kJ_mol"]["value"] == -70.0
        assert record["statistical_only"] is True

    def test_what_is_not_finite_becomes_null(self):
        r = ratio(set_of({"K": cosine(Z, 7.0), "Na": cosine(Z, 9.0) - 60.0}, 1), SURE, SITES)
        record = json.loads(json.dumps(ratio_json(r), allow_nan=False))
        assert record["ratio"]["integral_levelled"]["high"] is None
        assert record["ddg_barrier_kJ_mol"]["error"] is None
        assert record["warnings"][0] == r.problems[0]


def test_period_of_the_handmade_profiles():
    assert cosine(np.array([PERIOD]), 5.0)[0] == pytest.approx(0.0)
