"""A replica's life: same seed same bits, resumes that leave no trace, everything frozen in time."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sampling_cases import sampled

from selectivity.engine import arrays, pack
from selectivity.errors import StoreError
from selectivity.sampling.chain import Chain, energy_drift, tune
from selectivity.sampling.checkpoint import resume, snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.samples import concatenate
from selectivity.system.spec import CageSpec, Composition, DropletSpec, FilterSpec, Windows
from tests.same_samples import same

FILTER = FilterSpec(
    name="filter",
    forcefield="charmm36",
    ions=("K", "Na"),
    temperature_K=310.15,
    structure="kcsa",
    composition=Composition.parse("[K W X W]"),
    windows=Windows(0.0, 0.9, 0.3),
    interior=(0.2, 0.7),
    caps=(4, 4),
)
CAGE = CageSpec("cage", "charmm36", ("K", "Na"), 300.0)
DROPLET = DropletSpec("droplet", "jc-tip3p", ("K", "Na"), 298.15, 12, 5.0)
PLAN = SamplingPlan(
    seed=7,
    production=300,  # 5 rounds of exchange a segment: an odd number, so that parity must be kept
    equilibration=60,
    adaptation=80,
    stride=4,
    exchange_every=20,
    segments=3,
)


@pytest.mark.parametrize("spec", [FILTER, CAGE, DROPLET], ids=lambda s: s.kind)
class TestBits:
    def test_same_seed_same_bits(self, spec):
        same(sampled(spec, PLAN, 1)[1], sampled(spec, PLAN, 1)[1])

    def test_other_seed_other_replica_other_samples(self, spec):
        first = sampled(spec, PLAN, 0)[1]
        for other in (
            sampled(spec, PLAN, 2)[1],
            sampled(spec, dataclasses.replace(PLAN, seed=8), 0)[1],
            sampled(dataclasses.replace(spec, name="other"), PLAN, 0)[1],
        ):
            assert not np.array_equal(first.u, other.u)

    def test_resumed_replica_leaves_no_trace(self, spec):
        """Continued from the state after preparation or after any segment, exchange included."""
        replica = new_replica(spec, PLAN, 1)
        prepare(replica)
        states, caches, whole = [], [], []
        for _ in range(PLAN.segments):
            states.append(snapshot(replica))
            caches.append([chain.state.pair.copy() for chain in replica.chains])
            whole.append(produce(replica))
        for i, state in enumerate(states):
            again = resume(spec, PLAN, state)
            assert again.segment == i
            for chain, pair in zip(again.chains, caches[i], strict=True):
                assert np.array_equal(chain.state.pair, pair)
            for part in whole[i:]:
                same(produce(again), part)
            assert np.array_equal(snapshot(again).arrays["r"], snapshot(replica).arrays["r"])
            assert snapshot(again).streams == snapshot(replica).streams


class TestReplicas:
    def test_threads_do_not_meet(self):
        """Two at a time give what one after the other gives."""
        with ThreadPoolExecutor(2) as executor:
            parallel = list(executor.map(lambda i: sampled(FILTER, PLAN, i)[1], range(4)))
        for number in (0, 3):
            same(parallel[number], sampled(FILTER, PLAN, number)[1])

    def test_starts_alternate_between_the_ions(self):
        for number, ion, j in ((0, "K", 0), (1, "Na", 5), (2, "K", 0)):
            replica = new_replica(FILTER, PLAN, number)
            assert replica.start_ion == ion
            assert all(chain.state.identity[0] == j for chain in replica.chains)

    def test_frozen_in_production(self):
        """Steps and identity weights are found before production and stay bit for bit."""
        replica = new_replica(FILTER, PLAN, 0)
        step = [chain.window.step.copy() for chain in replica.chains]
        prepare(replica)
        assert all(
            not np.array_equal(chain.window.step, old)
            for chain, old in zip(replica.chains, step, strict=True)
        )
        assert all(chain.window.log_g.any() for chain in replica.chains)
        frozen = [(c.window.step.copy(), c.window.log_g.copy()) for c in replica.chains]
        parts = [produce(replica) for _ in range(3)]
        for chain, (old_step, log_g) in zip(replica.chains, frozen, strict=True):
            assert np.array_equal(chain.window.step, old_step)
            assert np.array_equal(chain.window.log_g, log_g)
        assert np.array_equal(parts[-1].log_g, [log_g for _, log_g in frozen])

    def test_counts_begin_with_production(self):
        replica = new_replica(FILTER, PLAN, 0)
        prepare(replica)
        assert all(not c.window.tried.any() and not c.state.counts.any() for c in replica.chains)
        samples = produce(replica)
        tried = sum(v for key, v in samples.counters.items() if key.endswith(":tried"))
        trajectories = samples.counters["trajectory:ion:tried"]
        sweeps = 4 * PLAN.production // PLAN.segments - trajectories  # one stands for a sweep
        assert 0 < trajectories < 0.2 * sweeps
        assert tried == sweeps * replica.model.sweep_length + trajectories
        # 5 rounds after the 4 of adaptation: three of the pairs (0, 1) and (2, 3), two of (1, 2)
        assert samples.exchange_tried.tolist() == [3, 2, 3]

    def test_samples_are_what_was_sampled(self):
        replica, samples = sampled(FILTER, PLAN, 0)
        n = PLAN.production // PLAN.segments // PLAN.stride
        assert samples.z.shape == (4, n)
        assert samples.u.shape == (4, n, 6)
        assert np.all(samples.u[:, :, 0] == 0.0)
        assert set(np.unique(samples.identity)) <= set(range(6))
        assert samples.centers.tolist() == pytest.approx([0.0, 0.3, 0.6, 0.9])
        assert samples.kappa == FILTER.windows.kappa
        assert samples.ladder[0] == "K"
        assert samples.ladder[-1] == "Na"
        assert samples.beta == pytest.approx(1.0 / (0.00831446 * 310.15), rel=1e-5)
        assert np.abs(samples.z - samples.centers[:, None]).max() < 1.5
        assert samples.coordination["K:ligand"].max() >= 4
        assert replica.segment == 1

    def test_drift_is_rounding(self):
        """The running energy is the energy: 1e-8 kJ/mol in double, float32 roundings in mixed."""
        for precision, bound in (("double", 1e-8), ("mixed", 5e-3)):
            plan = dataclasses.replace(PLAN, precision=precision)
            replica = sampled(CAGE, plan, 0)[0]
            assert replica.drift < bound
            chain = replica.chains[0]
            assert abs(energy_drift(replica.model, chain, replica.work)) < bound

    def test_drift_sees_a_wrong_cache(self):
        replica = sampled(CAGE, PLAN, 0)[0]
        chain = replica.chains[0]
        chain.state.pair[1, 0] += 1.0
        assert energy_drift(replica.model, chain, replica.work) == pytest.approx(1.0, abs=0.01)

    def test_snapshots_of_another_system_are_refused(self):
        state = snapshot(new_replica(CAGE, PLAN, 0))
        with pytest.raises(StoreError, match="not a state of droplet"):
            resume(DROPLET, PLAN, state)
        with pytest.raises(StoreError, match="another shape"):
            resume(dataclasses.replace(CAGE, n_carbonyls=7), PLAN, state)

    def test_snapshots_of_other_moves_are_refused(self):
        """As stored before there were trajectories, with eleven kinds of moves."""
        state = snapshot(new_replica(CAGE, PLAN, 0))
        for key in ("step", "tried", "accepted"):
            state.arrays[key] = state.arrays[key][:, :11]
        with pytest.raises(StoreError, match="with other moves, which alone can continue it"):
            resume(CAGE, PLAN, state)

    def test_segments_join(self):
        replica = new_replica(FILTER, PLAN, 0)
        prepare(replica)
        parts = [produce(replica) for _ in range(3)]
        whole = concatenate(parts)
        assert whole.z.shape[1] == PLAN.production // PLAN.stride
        assert np.array_equal(whole.z[:, 25:50], parts[1].z)
        assert whole.counters == parts[-1].counters
        assert np.array_equal(whole.exchange_tried, parts[-1].exchange_tried)

    def test_ticks_add_up(self):
        ticks: list[int] = []
        replica = new_replica(CAGE, PLAN, 0)
        prepare(replica, ticks.append)
        for _ in range(PLAN.segments):
            produce(replica, ticks.append)
        assert sum(ticks) == PLAN.equilibration + PLAN.adaptation + PLAN.production


class TestTuning:
    def window(self, tried: int, accepted: int) -> arrays.Window:
        window = pack.new_window(new_replica(CAGE, PLAN, 0).model, 0.0, 0.0)
        window.tried[:], window.accepted[:] = tried, accepted
        return window

    @pytest.mark.parametrize(("accepted", "grows"), [(0, False), (5, False), (60, True)])
    def test_direction(self, accepted, grows):
        window = self.window(100, accepted)
        before = window.step[arrays.TRANSLATE].copy()
        tune(window)
        assert np.all((window.step[arrays.TRANSLATE] > before) == grows)
        assert not window.tried[arrays.TRANSLATE].any()

    def test_target_is_kept(self):
        window = self.window(100, 25)
        before = window.step.copy()
        tune(window)
        np.testing.assert_allclose(window.step, before, rtol=1e-12)

    def test_bounds(self):
        window = self.window(100, 100)
        for _ in range(40):
            window.tried[:] = window.accepted[:] = 100
            tune(window)
        assert window.step[arrays.TRANSLATE].max() == 2.0
        assert window.step[arrays.ROTATE].max() == np.pi
        assert window.step[arrays.RIGID].max() == 1.0

    def test_few_trials_decide_nothing(self):
        window = self.window(10, 0)
        before = window.step.copy()
        tune(window)
        assert np.array_equal(window.step, before)

    def test_reached_in_a_run(self):
        """Rigid moves of the cage's carbonyls come near the target of 0.25."""
        plan = dataclasses.replace(PLAN, equilibration=1500, adaptation=1500, production=1500)
        samples = sampled(CAGE, plan, 0)[1]
        rate = (
            samples.counters["rigid:carbonyl:accepted"] / samples.counters["rigid:carbonyl:tried"]
        )
        assert 0.15 < rate < 0.4


def test_chain_holds_its_own_state():
    """Windows of one replica share the model and nothing else."""
    replica = new_replica(FILTER, PLAN, 0)
    assert isinstance(replica.chains[0], Chain)
    for name in ("r", "site", "lj", "pair", "one"):
        parts = [getattr(chain.state, name) for chain in replica.chains]
        assert not any(np.shares_memory(parts[0], other) for other in parts[1:])
