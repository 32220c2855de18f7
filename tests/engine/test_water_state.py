"""What a file open to water leaves behind: caches, records, snapshots, exchanges of windows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engine_cases import filter_, make_run
from water_cases import (
    BETA,
    FF,
    IDEAL,
    SEVERAL,
    Ion,
    Pool,
    count,
    exchange,
    flask,
    present,
)

from selectivity.engine import energy, pack, sweep
from selectivity.engine.arrays import DELETE, INSERT, JUMP
from selectivity.sampling import replica as replicas
from selectivity.sampling.chain import energy_drift
from selectivity.sampling.checkpoint import resume, snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.system.build import build_topology, start
from selectivity.system.spec import Windows
from selectivity.system.topology import ABSENT, is_absent
from selectivity.units import kcal
from tests.same_samples import same

MIXED_PAIR = 1e-4  # kJ/mol: a pair of molecules in float32 against float64, at most
WAYS = ("insert", "delete", "jump")
RESERVOIRS = ("bulk", "caps", "bulk and caps")


def open_run(reservoir: str, precision: str, composition: str = "[gc X gc]", seed: int = 1):
    """The filter of KcsA, open, after some hundreds of sweeps and of trials of its waters."""
    topology = build_topology(filter_(composition, reservoir=reservoir, caps=(3, 3)))
    r = start(topology, 0.4, np.random.default_rng(seed), spread=True)
    run = make_run(topology, r, precision, umbrella=(0.4, kcal(20.0)), seed=seed)
    return run


class TestCaches:
    @pytest.mark.parametrize("precision", ["mixed", "double"])
    @pytest.mark.parametrize("reservoir", RESERVOIRS)
    def test_energy_is_that_of_who_is_there(self, reservoir, precision):
        """After thousands of moves the cache is what energy.py makes of the coordinates."""
        run = open_run(reservoir, precision, "[K gc X gc]")
        for block in range(4):
            exchange(run, 400)
            sweep.adapt(
                run.model, run.state, run.window, run.work, run.rng, (25, 2, 25 * block, 60, 0)
            )
            exchange(run, 50)
            r, identity, n = run.state.r, int(run.state.identity[0]), len(run.state.r)
            pairs = energy.pair_matrix(run.topology, r, identity)
            exact = energy.total_energy(run.topology, r, identity)
            held = run.state.pair[:n, :n]
            assert np.array_equal(run.state.pair, run.state.pair.T)
            if precision == "double":
                np.testing.assert_allclose(held, pairs, rtol=1e-9, atol=1e-9)
                assert run.energy() == pytest.approx(exact, rel=1e-9, abs=1e-8)
            else:
                assert np.all(np.abs(held - pairs) < MIXED_PAIR + 1e-5 * np.abs(pairs))
                assert abs(run.energy() - exact) < MIXED_PAIR * n
            one = energy.one_body_energies(run.topology, r)
            np.testing.assert_allclose(run.state.one, one, atol=1e-9)
            gone = np.flatnonzero(is_absent(r))
            assert np.abs(held[gone]).max(initial=0.0) < 1e-9
            assert np.all(run.state.one[gone] == 0.0)
        accepted = run.window.accepted[[INSERT, DELETE, JUMP]].sum(axis=1)
        assert np.array_equal(accepted > 0, [reservoir != "caps"] * 2 + [reservoir == "caps"])

    @pytest.mark.parametrize("precision", ["mixed", "double"])
    def test_drift(self, precision):
        run = open_run("bulk and caps", precision)
        for _ in range(20):
            exchange(run, 150)
            run.equilibrate(20)
        chain = replicas.Chain(run.state, run.window, run.rng)
        drift = energy_drift(run.model, chain, run.work)
        assert abs(drift) < (1e-8 if precision == "double" else 1e-2)

    def test_an_absent_water_changes_nothing(self):
        """Energy terms of a system with empty places are those of the system without them."""
        run = open_run("bulk", "double")
        topology, r = run.topology, run.state.r.copy()
        here = present(run)
        assert 0 < len(here) < len(topology.regions[0].members)
        gone = np.flatnonzero(is_absent(r))
        keep = np.flatnonzero(~is_absent(r))
        new = {int(m): i for i, m in enumerate(keep)}
        members = []
        for m in keep:
            member = topology.members[m]
            if member.anchor is not None and member.anchor.partner >= 0:
                anchor = dataclasses.replace(member.anchor, partner=new[member.anchor.partner])
                member = dataclasses.replace(member, anchor=anchor)
            members.append(member)
        small = dataclasses.replace(
            topology, members=tuple(members), x=new[topology.x], regions=(),
            file_order=tuple(new[m] for m in topology.file_order),
        )  # fmt: skip
        full, without = (energy.energy_terms(t, x) for t, x in ((topology, r), (small, r[keep])))
        for term, value in full.items():
            assert value == pytest.approx(without[term], rel=1e-12, abs=1e-9), term
        assert not energy.pair_matrix(topology, r)[gone].any()
        assert make_run(small, r[keep], "double").energy() == pytest.approx(run.energy(), rel=1e-12)

    def test_a_place_that_empties_is_empty(self):
        """Who leaves stands at the stated distance and meets nobody; who comes starts anew."""
        pool = Pool(3, (-3.0, 3.0), 3.0, 0.0)
        run = flask([pool], [Ion(FF.ion("K"), (0.0, 0.0, 0.0))], FF.water, guard=True)
        exchange(run, 300)
        assert count(run) > 0
        run.model.region[0, 4] = -60.0  # a reservoir with hardly any water
        exchange(run, 20_000)
        assert count(run) == 0
        for m in pool_members(run):
            assert np.all(run.state.r[m] == ABSENT * (m + 1))
        assert not run.state.pair.any()
        assert not run.state.one.any()
        before = run.state.site.copy()
        run.refresh()
        assert np.array_equal(run.state.site, before)

    @pytest.mark.parametrize("log_z", [np.nan, 200.0], ids=["jumps", "deletions"])
    def test_refused_trials_leave_everything_as_it_was(self, log_z):
        """A water that was taken out and does not go is put back, bit for bit."""
        pools = [Pool(2, (0.5, 3.0), 2.0, log_z), Pool(1, (-3.0, -0.5), 2.0, log_z)]
        start = [[(0.0, 0.0, 2.3), (1.5, 0.0, 1.0)], [(0.0, 0.0, -2.4)]]
        run = flask(pools, [Ion(FF.ion("Na"), (0.0, 0.0, 0.0))], FF.water, guard=True,
                    trials=SEVERAL, start=start)  # fmt: skip
        moved = run.window.accepted.sum()
        state = [array.copy() for array in run.state]
        refused = 0
        for _ in range(400):
            exchange(run, 1)
            if run.window.accepted.sum() > moved:
                moved = run.window.accepted.sum()
                state = [array.copy() for array in run.state]
                continue
            refused += 1
            for name, now, then in zip(run.state._fields, run.state, state, strict=True):
                assert name == "counts" or np.array_equal(now, then), name
        assert refused > 100
        assert run.window.tried[[DELETE, JUMP]].sum() > 150


def pool_members(run) -> tuple[int, ...]:
    return run.topology.regions[0].members


class TestRecords:
    def test_heights_of_the_waters(self):
        """``water_z``: the first region's waters by rising z, then nan."""
        run = open_run("bulk and caps", "mixed")
        for _ in range(10):
            exchange(run, 100)
            out = run.advance(1, 2)
            z = np.sort(run.state.r[present(run), 0, 2])
            n = len(z)
            np.testing.assert_array_equal(out.water_z[0, :n], z)
            assert np.isnan(out.water_z[0, n:]).all()
            assert out.water_z.shape == (1, len(pool_members(run)))

    def test_absent_waters_are_not_coordinated(self):
        run = open_run("bulk", "mixed")
        exchange(run, 200)
        out = run.advance(1, 2)
        topology, r = run.topology, run.state.r
        here = [
            m
            for m, member in enumerate(topology.members)
            if member.molecule.kind == "water" and not is_absent(r[m])
        ]
        for i, ion in enumerate(topology.spec.ions):
            d = np.linalg.norm(r[here, 0] - r[topology.x, 0], axis=1)
            assert out.coordination[0, i, 1] == np.sum(d < topology.forcefield.first_shell_A[ion])

    def test_moves_of_absent_waters_are_not_tried(self):
        run = flask([Pool(4, (-1.0, 1.0), 1.0, -50.0)], water=IDEAL, movers=[(0, 0), (0, 3)])
        run.equilibrate(500)
        assert run.window.tried.sum() == 0

    def test_counts_of_trials(self):
        """With a reservoir insertions and deletions, half and half; without one jumps."""
        run = flask([Pool(4, (-1.0, 1.0), 1.0, -1.0)])
        exchange(run, 8000)
        tried = run.window.tried[[INSERT, DELETE, JUMP]].sum(axis=1)
        assert tried.sum() == 8000
        assert tried[2] == 0
        assert abs(tried[0] - 4000) < 4.0 * np.sqrt(2000.0)
        closed = flask([Pool(4, (-1.0, 1.0), 1.0)], start=[[(0.0, 0.0, 0.0)]])
        exchange(closed, 500)
        assert closed.window.tried.sum() == closed.window.tried[JUMP].sum() == 500


class TestRules:
    def test_all_regions_have_a_reservoir_or_none(self):
        """A jump into a region that only inserts and deletes would have no way back."""
        with pytest.raises(ValueError, match="or none has one"):
            flask([Pool(2, (-1.0, 1.0), 1.0, -3.0), Pool(2, (2.0, 4.0), 1.0)])

    def test_places_of_a_region_are_consecutive(self):
        topology = build_topology(filter_("[gc X gc]"))
        region = topology.regions[0]
        scattered = dataclasses.replace(region, members=region.members[::2])
        with pytest.raises(ValueError, match="consecutive"):
            pack.pack_model(dataclasses.replace(topology, regions=(scattered,)))


def spec_of(reservoir: str, **changes):
    spec = filter_(
        "[K gc X gc]", reservoir=reservoir, caps=(3, 3), windows=Windows(0.0, 0.9, 0.3), **changes
    )
    return dataclasses.replace(spec, interior=(0.2, 0.7))


PLAN = SamplingPlan(
    seed=11,
    production=180,  # 3 rounds of exchange a segment
    equilibration=60,
    adaptation=80,
    stride=4,
    exchange_every=20,
    segments=3,
)


class TestReplica:
    @pytest.mark.parametrize("number", [1, 2], ids=["empty", "full"])
    @pytest.mark.parametrize("reservoir", RESERVOIRS)
    def test_resumed_replica_leaves_no_trace(self, reservoir, number):
        """Stopped after any segment and continued: the same waters at the same places."""
        spec = spec_of(reservoir)
        replica = new_replica(spec, PLAN, number)
        prepare(replica)
        states, whole = [], []
        for _ in range(PLAN.segments):
            states.append(snapshot(replica))
            whole.append(produce(replica))
        assert whole[0].start_file == ("empty", "full")[number // 2 % 2]
        tried = [whole[-1].counters.get(f"{kind}:file_water:tried", 0) for kind in WAYS]
        assert sum(tried) > 100
        for saved, expected in zip(states, whole, strict=True):
            copy = dataclasses.replace(
                saved, arrays={key: value.copy() for key, value in saved.arrays.items()}
            )
            continued = resume(spec, PLAN, copy)
            assert np.array_equal(snapshot(continued).arrays["r"], saved.arrays["r"])
            same(produce(continued), expected)

    def test_same_seed_same_bits(self):
        first, second = (new_replica(spec_of("bulk and caps"), PLAN, 2) for _ in range(2))
        for replica in (first, second):
            prepare(replica)
        same(produce(first), produce(second))

    def test_exchange_carries_the_number(self):
        """A configuration takes its waters along into the other window, energies and all."""
        replica = new_replica(spec_of("bulk"), PLAN, 2)
        model, chains = replica.model, replica.chains
        region = replica.topology.regions[0]
        for k, chain in enumerate(chains):
            if k % 2 == 0:
                for m in region.members:
                    chain.state.r[m] = ABSENT * (m + 1)
                sweep.refresh(model, chain.state, replica.work)
            chain.window.umbrella[1] = 0.0  # windows alike, so that every exchange is accepted
        before = [count_in(chain.state, region) for chain in chains]
        assert (before[0], before[2]) == (0, 0)
        assert min(before[1], before[3]) > 0
        configurations = [chain.state.r.copy() for chain in chains]
        walker = replica.walker.copy()
        replica.rounds = 0
        u, z = np.zeros((4, model.ladder.shape[0])), np.zeros(4)
        for chain in chains:
            chain.window.log_g[:] = 0.0
        replicas._exchange(replica, u, z)
        for k, j in enumerate([1, 0, 3, 2]):
            state = chains[k].state
            assert np.array_equal(state.r, configurations[j])
            assert count_in(state, region) == before[j]
            assert replica.walker[k] == walker[j]
            exact = energy.total_energy(replica.topology, state.r, int(state.identity[0]))
            assert sweep.cached_energy(model, state) == pytest.approx(exact, abs=0.02)


def count_in(state, region) -> int:
    return int(np.sum(~is_absent(state.r[list(region.members)])))


def test_units_of_the_reservoir():
    """ln z of the packed region is that of the topology, and the volume its cylinder's."""
    run = open_run("bulk and caps", "mixed")
    for region, row in zip(run.topology.regions, run.model.region, strict=True):
        assert row[3] == pytest.approx(np.log(region.volume))
        assert row[4] == region.log_activity
    assert run.model.beta < BETA  # 310.15 K
