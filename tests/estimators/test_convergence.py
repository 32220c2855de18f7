"""The verdict on handmade sequences and on samples that are known to be good or bad."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_ind
from synthetic_filter import DROPLET, PERIODIC, TEMPERATURE, draw

from selectivity.estimators.convergence import (
    ADVISED_WORST_P,
    MIN_ROUND_TRIPS,
    MIN_WORST_P,
    verdict,
)
from selectivity.estimators.mixing import (
    identity_effective_samples,
    max_rhat,
    min_exchange,
    round_trips,
    walker_round_trips,
    window_round_trips,
    z_round_trips,
)
from selectivity.estimators.profile import ProfileSet, bin_centers, profile_set
from selectivity.estimators.starts import landmark_start_z, start_agreement, worst_start_z
from selectivity.sampling.samples import ReplicaSamples

CENTERS = np.linspace(-4.1, 4.1, 28)


class TestRoundTrips:
    @pytest.mark.parametrize(
        ("sequence", "trips"),
        [
            ([0, 1, 2, 3], 0),
            ([0, 1, 2, 3, 2, 1, 0], 1),
            ([0, 3, 0, 3], 1),
            ([0, 3, 0, 3, 0], 2),
            ([3, 0, 3], 1),
            ([1, 2, 1, 2, 1], 0),
            ([0, 2, 0, 2, 0, 2, 3], 0),
            ([0, 0, 3, 3, 0, 0], 1),
            ([], 0),
            ([3], 0),
        ],
    )
    def test_handmade(self, sequence, trips):
        assert round_trips(np.array(sequence, dtype=int), 0, 3) == trips

    def test_inner_ends_of_a_longer_ladder(self):
        assert round_trips(np.array([0, 1, 2, 4, 3, 1, 0, 2, 4, 3]), 1, 3) == 1
        assert round_trips(np.array([0, 0, 0]), 0, 0) == 0

    @given(st.lists(st.integers(0, 4), max_size=40))
    def test_a_loop_written_out(self, sequence):
        trips, target, home = 0, None, None
        for state in sequence:
            if state not in (0, 4):
                continue
            if home is None:
                home, target = state, 4 - state
            elif target is not None and state == target and target != home:
                target = home
            elif state == target == home:
                trips, target = trips + 1, 4 - home
        assert round_trips(np.array(sequence, dtype=int), 0, 4) == trips

    def test_sums_over_replicas_and_follows_walkers(self):
        base = draw(DROPLET, 1, None, n=6)
        identity = np.array([[0, 0, 0, 0, 0, 0], [4, 4, 4, 4, 4, 4]])
        still = np.array([[0] * 6, [1] * 6])
        swapping = np.array([[0, 1] * 3, [1, 0] * 3])
        # Two ions that never turn over but change places: the windows see round trips, the
        # walkers none.
        stuck = replace(
            base,
            identity=np.where(swapping == 0, 0, 4),
            walker=swapping,
            z=np.zeros((2, 6)),
        )
        assert window_round_trips([stuck, stuck]).tolist() == [4, 4]
        assert walker_round_trips([stuck, stuck]).tolist() == [0, 0]
        assert z_round_trips([stuck, stuck]) == 8
        quiet = replace(stuck, identity=identity, walker=still)
        assert window_round_trips([quiet]).tolist() == [0, 0]
        assert z_round_trips([quiet]) == 0
        turning = replace(stuck, identity=np.array([[0, 4, 0, 4, 0, 4]] * 2), walker=still)
        assert walker_round_trips([turning, quiet]).tolist() == [2, 2]

    def test_ions_inside_a_ladder(self):
        ladder = ("Li", "Na", "Na:0.5:K", "K", "Rb")
        samples = replace(
            draw(DROPLET, 1, None, n=5), ladder=ladder, identity=np.array([[1, 2, 3, 0, 1]])
        )
        assert window_round_trips([samples], "Na", "K").tolist() == [1]
        assert window_round_trips([samples]).tolist() == [0]


class TestStarts:
    def test_is_the_pooled_t_test(self):
        values = np.array([1.0, 4.0, 2.0, 5.5, 1.5, 6.0])
        agreement = start_agreement(values, ("K", "Na", "K", "Na", "K", "Na"))
        reference = ttest_ind(values[1::2], values[::2])
        assert agreement.z == pytest.approx(reference.statistic)
        assert agreement.p == pytest.approx(reference.pvalue)
        assert agreement.dof == 4
        assert agreement.difference == pytest.approx(values[1::2].mean() - values[::2].mean())

    @pytest.mark.parametrize(("replicas", "rate"), [(4, 0.0955), (8, 0.0240), (16, 0.0096)])
    def test_rate_of_false_alarms_is_the_stated_one(self, replicas, rate):
        rng = np.random.default_rng(replicas)
        starts = ("K", "Na") * (replicas // 2)
        alarms = sum(
            abs(start_agreement(rng.normal(size=replicas), starts).z) > 3.0 for _ in range(1500)
        )
        assert binomtest(alarms, 1500, rate).pvalue > 0.003

    @pytest.mark.parametrize("starts", [("K", "Na"), ("K", "K", "Na"), ("K",) * 4, ("K",)])
    def test_too_few_of_a_kind(self, starts):
        assert np.isnan(start_agreement(np.arange(float(len(starts))), starts).z)

    def test_equal_values_agree(self):
        assert start_agreement(np.ones(4), ("K", "Na") * 2).z == 0.0
        assert start_agreement(np.array([0.0, 1.0] * 2), ("K", "Na") * 2).z == np.inf

    def test_worst_point_allows_for_many(self):
        """p of the worst of m independent points is uniform where nothing differs: KS, 300 runs."""
        from scipy.stats import kstest

        rng = np.random.default_rng(8)
        z = bin_centers(0.0, 1.0)
        p = []
        for _ in range(300):
            w = {"K": np.zeros((8, 10)), "Na": rng.normal(size=(8, 10))}
            profiles = ProfileSet(z, w, ("K", "Na"), TEMPERATURE, ("K", "Na") * 4)
            p.append(worst_start_z(profiles, "K", "Na", (0.0, 1.0), 10)[2])
        assert kstest(p, "uniform").pvalue > 0.01

    def test_worst_point_is_found(self):
        z = bin_centers(0.0, 1.0)
        w = np.random.default_rng(1).normal(size=(8, 10))
        w[1::2, 6] += 30.0
        profiles = ProfileSet(
            z, {"K": np.zeros((8, 10)), "Na": w}, ("K", "Na"), TEMPERATURE, ("K", "Na") * 4
        )
        worst, at, p, _ = worst_start_z(profiles, "K", "Na", (0.0, 1.0), 10)
        assert worst > 10.0
        assert at == pytest.approx(z[6])
        assert p < 1e-4
        places = {"plane": z[2], "cage": z[6], "outside": 7.0}
        name, worst, p = landmark_start_z(profiles, "K", "Na", places)
        assert name == "cage"
        assert worst > 10.0
        assert p < 1e-4
        nothing = replace(profiles, start_ions=("K",) * 8)
        assert np.isnan(landmark_start_z(nothing, "K", "Na", places)[1])
        assert np.isnan(worst_start_z(nothing, "K", "Na", (0.0, 1.0), 10)[0])


@pytest.fixture(scope="module")
def run() -> tuple[list[ReplicaSamples], ProfileSet]:
    replicas = [draw(PERIODIC, 21, CENTERS, n=300, replica=r) for r in range(4)]
    return replicas, profile_set(replicas)


class TestVerdict:
    def test_good_samples_pass(self, run):
        replicas, profiles = run
        droplet = [draw(DROPLET, 5, None, n=3000, replica=r) for r in range(4)]
        v = verdict(
            replicas,
            np.array([1.0, 1.1, 0.9, 1.0]),
            a="K",
            b="Na",
            profiles=profiles,
            interval=(-3.1, 3.1),
            droplet=droplet,
        )
        assert v.converged
        assert v.reasons == ()
        assert v.round_trips >= MIN_ROUND_TRIPS
        assert v.min_overlap > 0.1
        assert v.min_exchange == pytest.approx(0.3)
        assert v.max_rhat < 1.05
        assert np.isfinite(v.worst_z)

    def test_every_fault_is_named(self, run):
        replicas, profiles = run
        few = [replace(s, identity=s.identity * 0) for s in replicas]
        apart = replace(profiles, neighbour_overlap=profiles.neighbour_overlap * 0.01)
        v = verdict(
            few,
            np.array([0.0, 9.0, 0.1, 9.1]),
            a="K",
            b="Na",
            profiles=apart,
            problems=("the reference is missing",),
        )
        assert not v.converged
        text = "\n".join(v.reasons)
        for word in ("round trips", "starts disagree", "overlap", "reference"):
            assert word in text

    def test_the_droplet_counts(self, run):
        replicas, _ = run
        droplet = [draw(DROPLET, 5, None, n=30, replica=r) for r in range(2)]
        v = verdict(replicas, np.array([1.0, 1.1, 0.9, 1.0]), droplet=droplet)
        assert v.round_trips == window_round_trips(droplet).min() < MIN_ROUND_TRIPS
        assert not v.converged

    def test_numbers_that_are_missing(self, run):
        replicas, _ = run
        v = verdict(replicas, np.array([1.0, np.nan, 0.9, 1.0]))
        assert "no number" in v.reasons[-1]

    def test_one_replica_cannot_be_judged(self):
        v = verdict([draw(DROPLET, 5, None, n=3000)], np.array([1.0]))
        assert not v.converged
        assert "cannot be compared" in v.reasons[0]
        assert np.isnan(v.min_overlap)
        assert np.isnan(v.min_exchange)

    def test_starts_that_differ_beyond_chance_at_one_place_are_refused(self, run):
        replicas, profiles = run
        w = {ion: rows.copy() for ion, rows in profiles.w.items()}
        w["Na"][1::2, 40:44] += 40.0
        split = replace(profiles, w=w)
        v = verdict(
            replicas,
            np.array([1.0, 1.1, 0.9, 1.0]),
            a="K",
            b="Na",
            profiles=split,
            interval=(-3.1, 3.1),
        )
        assert not v.converged
        assert v.worst_z > 10.0
        assert v.worst_p < 1e-3
        assert any("remembers its start" in r for r in v.reasons)
        assert not any("starts differ" in w for w in v.warnings)

    def test_starts_that_may_differ_by_chance_are_a_warning(self, run):
        replicas, _ = run
        z = np.linspace(-1.0, 1.0, 5)
        rows = np.random.default_rng(2).normal(size=(4, 5))
        rows[1::2, 2] += 50.0
        few = ProfileSet(
            z, {"K": 0.0 * rows, "Na": rows}, ("K", "Na"), TEMPERATURE, ("K", "Na") * 2
        )
        v = verdict(
            replicas, np.array([1.0, 1.1, 0.9, 1.0]), a="K", b="Na", profiles=few, interval=(-1, 1)
        )
        assert v.worst_z_at == 0.0
        assert MIN_WORST_P < v.worst_p < ADVISED_WORST_P
        assert v.converged
        assert any("starts differ most at z = 0.00 Å" in w for w in v.warnings)

    def test_warnings_decide_nothing(self, run):
        replicas, _ = run
        shifted = [replace(s, z=s.z + 0.5 * (s.replica == 3)) for s in replicas]
        never = [replace(s, exchange_accepted=s.exchange_accepted * 0) for s in shifted]
        v = verdict(never, np.array([1.0, 1.1, 0.9, 1.0]))
        assert v.converged
        assert any("R-hat" in w for w in v.warnings)
        assert any("never exchanged" in w for w in v.warnings)


def test_exchange_is_pooled_over_replicas():
    first = draw(PERIODIC, 1, np.linspace(-1, 1, 4), n=10)
    a = replace(first, exchange_accepted=np.array([1, 5, 0]), exchange_tried=np.array([10, 10, 0]))
    b = replace(first, exchange_accepted=np.array([3, 5, 0]), exchange_tried=np.array([10, 30, 0]))
    assert min_exchange([a, b]) == pytest.approx(0.2)
    untried = replace(first, exchange_tried=np.zeros(3, int))
    assert np.isnan(min_exchange([untried]))


def test_rhat_sees_a_window_that_differs():
    replicas = [draw(PERIODIC, 3, np.linspace(-1, 1, 4), n=200, replica=r) for r in range(2)]
    assert max_rhat(replicas, "K", "Na") < 1.05
    z = replicas[1].z.copy()
    z[2] += 0.4
    assert max_rhat([replicas[0], replace(replicas[1], z=z)]) > 1.2
    assert np.isnan(max_rhat([draw(DROPLET, 1, None, n=3)]))


def test_rhat_gives_equal_energies_one_rank():
    """Two energies by turns in every replica: ranks broken by position would tell them apart."""
    base = draw(DROPLET, 1, None, n=400)
    turns = np.where(np.arange(400) % 2, 3.0, 1.0)[None, :, None]
    u = np.concatenate([np.zeros((1, 400, 4)), turns], axis=2)
    assert max_rhat([replace(base, u=u, replica=r) for r in range(4)]) == pytest.approx(
        1.0, abs=0.01
    )


def test_effective_samples_of_independent_identities():
    replicas = [draw(DROPLET, 3, None, n=1000, replica=r) for r in range(4)]
    assert identity_effective_samples(replicas) == pytest.approx(4000, rel=0.15)
