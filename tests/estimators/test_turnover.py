"""Turnover of the number of waters: by hand, against a known correlation, and by start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest
from synthetic_water import CENTERS, draw_water, places, starts

from selectivity.errors import InputError
from selectivity.estimators.convergence import verdict
from selectivity.estimators.profile import profile_set
from selectivity.estimators.starts import contrast, ddg_by_start, worst_of
from selectivity.estimators.turnover import WaterTurnover, water_turnover
from selectivity.sampling.samples import ReplicaSamples

VALUES = np.array([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0, 1.0])
INTERVAL = (-1.0, 1.0)


def with_numbers(n: list[list[int]] | np.ndarray, walker: object = None) -> ReplicaSamples:
    """Samples whose windows hold these numbers of waters."""
    numbers = np.asarray(n)
    K, N = numbers.shape
    return replace(
        draw_water(0, n=N),
        centers=np.arange(float(K)),
        z=np.zeros((K, N)),
        walker=np.tile(np.arange(K)[:, None], (1, N)) if walker is None else np.asarray(walker),
        water_z=places(numbers, np.random.default_rng(0), most=6),
    )


class TestByHand:
    def test_extremes_are_the_likely_numbers(self):
        rare = [0] * 2 + [1] * 49 + [2] * 46 + [3] * 3  # 2, 49, 46 and 3 %
        even = [0, 2] * 50
        still = [3] * 100
        seldom = [1] * 97 + [2] * 3
        found = water_turnover([with_numbers([rare, even, still, seldom])])
        assert found.lowest.tolist() == [1, 0, 3, 1]
        assert found.highest.tolist() == [2, 2, 3, 1]
        assert found.fixed.tolist() == [False, False, True, True]

    @pytest.mark.parametrize(
        ("sequence", "trips"),
        [
            ([0, 1, 2, 1, 0, 1, 2], 1),
            ([0, 2, 0, 2, 0], 2),
            ([1, 1, 0, 0, 1, 2, 2], 0),
            ([2, 0, 2, 1, 1, 0], 1),
        ],
    )
    def test_trips_from_end_to_end(self, sequence, trips):
        found = water_turnover([with_numbers([sequence])])
        assert (found.lowest[0], found.highest[0]) == (0, 2)
        assert found.round_trips.tolist() == [trips]

    def test_beyond_an_extreme_counts_as_there(self):
        # 0 and 2 are likely; 3, one sample in 41, is not, and the file was full there all the same
        sequence = [0, 3, 0] + [0] * 18 + [1, 2] * 10
        found = water_turnover([with_numbers([sequence])])
        assert (found.lowest[0], found.highest[0]) == (0, 2)
        assert found.round_trips.tolist() == [1]
        assert water_turnover([with_numbers([sequence])] * 3).round_trips.tolist() == [3]

    def test_replicas_are_summed_and_pooled(self):
        empty, full = with_numbers([[0] * 10]), with_numbers([[2] * 10])
        found = water_turnover([empty, full])
        assert (found.lowest[0], found.highest[0]) == (0, 2)
        assert not found.fixed[0]
        assert found.round_trips.tolist() == [0]
        assert np.isnan(found.inefficiency[0])
        assert np.isnan(found.effective[0])
        turning = with_numbers([[0, 2, 0, 2, 0, 2, 0, 2, 0, 2]])
        assert water_turnover([turning, turning, full]).round_trips.tolist() == [8]

    def test_walkers_tell_turnover_from_exchange(self):
        swapping = np.array([[0, 1] * 10, [1, 0] * 10])
        stuck = with_numbers(np.where(swapping == 0, 0, 2), swapping)
        found = water_turnover([stuck])
        assert found.round_trips.tolist() == [9, 9]
        assert found.walker_extremes == (0, 2)
        assert found.walker_round_trips.tolist() == [0, 0]
        assert np.isnan(found.walker_inefficiency).all()
        turning = with_numbers([[0, 2] * 10] * 2)
        assert water_turnover([turning]).walker_round_trips.tolist() == [9, 9]

    def test_the_slowest_window(self):
        quick, slow, fixed = [0, 2] * 10, [0] * 10 + [2] * 10, [1] * 20
        assert water_turnover([with_numbers([quick, fixed, slow])]).slowest == 2
        assert water_turnover([with_numbers([fixed, fixed])]).slowest is None

    def test_a_file_without_open_stretch_is_refused(self):
        shut = replace(draw_water(0, n=5), water_z=np.zeros((0, 0, 0), np.float32))
        with pytest.raises(InputError, match="gc"):
            water_turnover([shut])


def telegraph(flip: float, rows: int, n: int, seed: int) -> np.ndarray:
    """0 and 1, turning with the chance f a step: ρ(t) = (1 − 2f)^t, so that g = (1 − f)/f."""
    rng = np.random.default_rng(seed)
    turns = np.cumsum(rng.random((rows, n)) < flip, axis=1)
    return (turns + rng.integers(0, 2, (rows, 1))) % 2


class TestCorrelation:
    @pytest.mark.parametrize("flip", [0.5, 0.2, 0.05])
    def test_of_a_telegraph_is_known(self, flip):
        n, replicas = 4000, 8
        g = (1.0 - flip) / flip
        found = water_turnover(
            [with_numbers(telegraph(flip, 4, n, 10 * i + 3)) for i in range(replicas)]
        )
        # The spread of g over replicas and windows gives the error of the mean; the estimator's
        # own bias is of the order g/n.
        assert found.inefficiency == pytest.approx(g, rel=0.15)
        assert found.effective == pytest.approx(replicas * n / g, rel=0.15)
        # of independent samples p(1 − p)/n; the means scatter by g times that (χ² of 32, 3σ)
        assert found.variance == pytest.approx(0.25 / n, rel=0.1)
        assert found.mean.var(ddof=1) == pytest.approx(0.25 * g / n, rel=0.75)

    def test_one_replica_that_never_moves_weighs_one_sample(self):
        rows = telegraph(0.5, 1, 1000, 5)
        found = water_turnover([with_numbers(rows), with_numbers(np.ones_like(rows))])
        assert found.effective[0] == pytest.approx(1000.0, rel=0.2)


def eight(seed: int = 0, n: int = 300) -> list[ReplicaSamples]:
    return [draw_water(r, n=n, seed=seed) for r in range(8)]


def kinds(replicas: list[ReplicaSamples], what: str) -> list[str]:
    return [getattr(s, what) for s in replicas]


def stick(samples: ReplicaSamples, k: int, share: float) -> ReplicaSamples:
    """Take the waters of window k away in a share of the samples that began empty."""
    if samples.start_file != "empty":
        return samples
    water_z = samples.water_z.copy()
    water_z[k, : int(share * water_z.shape[1])] = np.nan
    return replace(samples, water_z=water_z)


def relabelled(replicas: list[ReplicaSamples]) -> list[ReplicaSamples]:
    """Those that began empty are said to have begun as K, the others as Na."""
    return [replace(s, **starts(r // 2)) for r, s in enumerate(replicas)]


class TestStarts:
    @pytest.mark.parametrize("what", ["start_ion", "start_file"])
    def test_no_alarm_where_nothing_differs(self, what):
        """Chance of the worst window is nowhere less than it says: one-sided KS, 40 runs."""
        p = []
        for seed in range(40):
            replicas = eight(seed, n=40)
            found = water_turnover(replicas).starts(kinds(replicas, what))
            p.append(worst_of(found, CENTERS, CENTERS.size).p)
        assert kstest(p, "uniform", alternative="greater").pvalue > 0.01
        assert np.mean(p) < 0.9

    @pytest.mark.parametrize("what", ["start_file", "start_ion"])
    def test_a_planted_difference_is_found(self, what):
        stuck = [stick(s, 4, 0.8) for s in eight()]
        other = "start_ion"
        if what == "start_ion":
            stuck, other = relabelled(stuck), "start_file"
        found = water_turnover(stuck)
        worst = worst_of(found.starts(kinds(stuck, what)), CENTERS, CENTERS.size)
        assert worst.at == CENTERS[4]
        assert worst.z > 10.0
        assert worst.p < 1e-3
        assert worst.difference > 0.4
        assert worst_of(found.starts(kinds(stuck, other)), CENTERS, CENTERS.size).p > 0.01

    def test_counts_that_agree_by_chance_are_no_alarm(self):
        """One water once in every full replica, none in an empty one: no scatter, no proof."""
        once = np.zeros((1, 1000), int)
        once[0, 500] = 1
        rows = [np.zeros_like(once), np.zeros_like(once), once, once] * 2
        samples = [replace(with_numbers(n), **starts(r)) for r, n in enumerate(rows)]
        found = water_turnover(samples)
        plain = contrast(found.mean, kinds(samples, "start_file"))
        assert np.isinf(plain.z[0])
        assert abs(found.starts(kinds(samples, "start_file")).z[0]) == pytest.approx(2.0, rel=1e-3)

    def test_files_that_never_change_and_differ_are_an_alarm(self):
        rows = [np.full((1, 100), 0), np.full((1, 100), 0), *[np.full((1, 100), 2)] * 2] * 2
        samples = [replace(with_numbers(n), **starts(r)) for r, n in enumerate(rows)]
        found = water_turnover(samples).starts(kinds(samples, "start_file"))
        assert np.isinf(found.z[0])
        assert worst_of(found, CENTERS[:1], 1) == (np.inf, CENTERS[0], 0.0, 2.0)

    def test_every_kind_has_its_own_profile(self):
        replicas = eight()
        profiles = profile_set(replicas)
        means, scatter, dof = ddg_by_start(profiles, "K", "Na")
        assert list(means) == [("K", "empty"), ("Na", "empty"), ("K", "full"), ("Na", "full")]
        rows = profiles.difference("K", "Na")
        assert np.allclose(means["Na", "full"], rows[[3, 7]].mean(axis=0))
        pairs = [rows[[i, i + 4]] for i in range(4)]
        squares = sum(pair.var(axis=0, ddof=1) for pair in pairs)
        assert dof == 4
        assert np.allclose(scatter, np.sqrt(squares / 4.0))


@pytest.fixture(scope="module")
def replicas() -> list[ReplicaSamples]:
    return eight(n=600)


def judge(replicas: list[ReplicaSamples], water: WaterTurnover | None = None):
    return verdict(
        replicas,
        VALUES,
        a="K",
        b="Na",
        profiles=profile_set(replicas),
        interval=INTERVAL,
        water=water or water_turnover(replicas),
    )


class TestVerdict:
    def test_good_samples_pass(self, replicas):
        v = judge(replicas)
        assert v.converged
        assert v.warnings == ()
        assert v.water_p > 0.01
        assert v.file_worst_p > 0.01
        assert v.water_round_trips >= 50
        assert v.water_round_trips_at in CENTERS
        assert 0 < v.water_walker_round_trips < v.water_round_trips

    def test_without_waters_nothing_is_said(self, replicas):
        v = verdict(replicas, VALUES, a="K", b="Na", profiles=profile_set(replicas))
        assert np.isnan([v.water_z, v.water_p, v.water_round_trips, v.file_worst_z]).all()
        assert v.converged

    def test_a_number_that_remembers_its_start_is_refused(self, replicas):
        stuck = [stick(s, 4, 0.9) for s in replicas]
        v = judge(stuck)
        assert not v.converged
        (reason,) = v.reasons
        assert reason.startswith("files started empty and full differ at z = 0.00 Å by +0.")
        assert "waters (+" in reason
        assert reason.endswith("of all runs: the window remembers its start")
        assert v.water_z_at == 0.0
        assert v.water_p < 1e-3
        (reason,) = judge(relabelled(stuck)).reasons
        assert reason.startswith("files started as K and as Na differ")

    def test_in_between_is_a_warning(self, replicas):
        rows = np.random.default_rng(6).normal(0.0, 0.05, (8, CENTERS.size))
        rows[[2, 3, 6, 7], 3] += 0.22
        water = replace(water_turnover(replicas), mean=rows, variance=0.0 * rows)
        v = judge(replicas, water)
        assert 1e-3 < v.water_p < 0.01
        assert v.converged
        (warning,) = v.warnings
        assert warning.startswith("files started empty and full differ most at z = -0.40 Å, by +0.")

    def test_files_that_never_change_are_said_so(self, replicas):
        rows = np.zeros((8, CENTERS.size))
        rows[[2, 3, 6, 7], 3] = 2.0
        water = replace(water_turnover(replicas), mean=rows, variance=0.0 * rows)
        (reason,) = judge(replicas, water).reasons
        assert "by +2.00 waters (none of them scatters), which chance does in none of" in reason

    def test_selectivity_that_remembers_the_file_is_refused(self, replicas):
        profiles = profile_set(replicas)
        w = {ion: rows.copy() for ion, rows in profiles.w.items()}
        w["Na"][[2, 3, 6, 7], 14:18] += 60.0
        split = replace(profiles, w=w)
        turnover = water_turnover(replicas)
        told = {"a": "K", "b": "Na", "profiles": split, "interval": INTERVAL}
        v = verdict(replicas, VALUES, **told, water=turnover)
        assert not v.converged
        (reason,) = v.reasons
        assert reason.startswith("files started empty and full differ at z = ")
        assert "waters" not in reason
        assert v.file_worst_p < 1e-3
        assert verdict(replicas, VALUES, **told).converged  # judged where water fluctuates alone

    def test_few_round_trips_are_a_warning_with_their_number(self, replicas):
        water = water_turnover(replicas)
        trips = water.round_trips.copy()
        trips[2] = 12
        v = judge(replicas, replace(water, round_trips=trips))
        assert v.converged
        low, high = water.lowest[2], water.highest[2]
        assert v.warnings == (
            f"12 round trips of the number of waters, {low} ↔ {high}, in the window at "
            "z = -0.80 Å; 50 are advised",
        )
        assert v.water_round_trips == 12
        fixed = replace(water, round_trips=trips, lowest=water.highest)
        v = judge(replicas, fixed)
        assert v.warnings == ()
        assert np.isnan(v.water_round_trips)

    def test_fewer_trips_than_replicas_in_the_interior_refuse_the_number(self, replicas):
        water = water_turnover(replicas)
        trips = water.round_trips.copy()
        trips[0] = 0  # outside of the interior: a warning alone
        assert judge(replicas, replace(water, round_trips=trips)).converged
        trips[3], trips[5] = 7, 3
        v = judge(replicas, replace(water, round_trips=trips))
        low, high = water.lowest[5], water.highest[5]
        assert v.reasons == (
            f"3 round trips of the number of waters, {low} ↔ {high}, in the window at z = 0.40 Å "
            "of the interior: fewer than one a replica (2 such windows)",
        )
        trips[3] = trips[5] = 8
        assert judge(replicas, replace(water, round_trips=trips)).converged

    def test_two_replicas_cannot_be_compared(self, replicas):
        v = judge_few(replicas[:2])
        assert any("empty and full cannot be compared" in w for w in v.warnings)

    def test_the_headline_names_the_files(self, replicas):
        values = VALUES + 3.0 * np.array([s.start_file == "full" for s in replicas])
        v = verdict(replicas, values, water=water_turnover(replicas))
        assert any("files started empty and full disagree by +" in r for r in v.reasons)
        v = verdict(replicas, values)
        assert any("near and far from X" in r for r in v.reasons)


def judge_few(replicas: list[ReplicaSamples]):
    return verdict(replicas, VALUES[: len(replicas)], water=water_turnover(replicas))
