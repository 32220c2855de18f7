"""Sweeps as a whole: what is drawn, what is counted, and that the same seed gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import SYSTEMS, filter_, make_run, scrambled, start_z

from selectivity.engine import arrays, pack, sweep
from selectivity.engine.flags import LANES
from selectivity.system.build import build_topology
from selectivity.system.spec import CageSpec, FilterSpec, Tether

DRY_RIGID = filter_("[X]", tether=Tether("rigid"), on_axis=True, caps=(0, 0))


def run_of(spec, seed: int = 1, z: float | None = None, **options):
    topology = build_topology(spec)
    height = start_z(spec) if z is None else z
    return make_run(topology, scrambled(topology, height, 3, 0.0), seed=seed, **options)


@pytest.mark.parametrize("name", ["droplet charmm36", "cage charmm36", "filter jc-tip4pew"])
def test_same_seed_same_bits(name):
    runs = [run_of(SYSTEMS[name], seed) for seed in (5, 5, 6)]
    outputs = [run.advance(20, 3) for run in runs]
    for a, b in zip(outputs[0], outputs[1], strict=True):
        assert np.array_equal(a, b)
    for field in ("r", "pair", "one", "lj", "identity", "counts"):
        assert np.array_equal(getattr(runs[0].state, field), getattr(runs[1].state, field))
    assert not np.array_equal(outputs[0].u, outputs[2].u)


def test_blocks_are_seamless():
    """One block of 20 records is two of 10, bit for bit."""
    whole, parts = (run_of(filter_()) for _ in range(2))
    one = whole.advance(20, 3)
    two = [parts.advance(10, 3) for _ in range(2)]
    assert np.array_equal(one.z, np.concatenate([out.z for out in two]))
    assert np.array_equal(one.u, np.concatenate([out.u for out in two]))


def test_refresh_changes_nothing_that_moves_see():
    """Every cached energy is what ``refresh`` makes of the coordinates (double: to rounding)."""
    run = run_of(filter_(), precision="double")
    run.equilibrate(100)
    before = run.state.pair.copy(), run.state.one.copy(), run.state.lj.copy()
    run.refresh()
    np.testing.assert_allclose(run.state.pair, before[0], rtol=1e-10, atol=1e-10)
    np.testing.assert_array_equal(run.state.one, before[1])
    np.testing.assert_array_equal(run.state.lj, before[2])


def test_refresh_twice_is_refresh_once():
    """A stored chain continues bit for bit, because its caches follow from its coordinates."""
    run = run_of(filter_())
    run.equilibrate(100)
    run.refresh()
    once = run.state.pair.copy()
    run.refresh()
    assert np.array_equal(once, run.state.pair)


def test_moves_are_drawn_in_their_shares():
    run = run_of(filter_("[K W X W]"))
    run.equilibrate(400)
    tried, model = run.window.tried, run.model
    total = tried.sum()
    assert total == 400 * model.sweep_length
    expected = np.zeros_like(tried, dtype=float)
    for kind, m in model.movers:
        expected[kind, model.cls[m]] += total / len(model.movers)
    assert np.all((expected > 0) == (tried > 0))
    assert np.all(np.abs(tried - expected) < 5.0 * np.sqrt(expected) + 1e-9)
    assert np.all(run.window.accepted <= tried)


def test_every_mobile_molecule_moves_and_no_other():
    for name in ("droplet charmm36", "cage charmm36", "filter charmm36"):
        run = run_of(SYSTEMS[name])
        before = run.state.r.copy()
        run.equilibrate(300)
        moved = np.any(run.state.r != before, axis=(1, 2))
        mobile = np.array([member.mobile for member in run.topology.members])
        assert np.array_equal(moved, mobile)


def test_rigid_cage_holds_still_and_the_ion_stays_on_its_axis():
    run = run_of(DRY_RIGID)
    before = run.state.r.copy()
    out = run.advance(200, 5)
    x = run.topology.x
    others = np.arange(len(before)) != x
    assert np.array_equal(run.state.r[others], before[others])
    assert np.all(run.state.r[x, 0, :2] == 0.0)
    assert np.ptp(out.z) > 0.1


def test_steps_and_umbrella_are_never_changed_by_a_sweep():
    run = run_of(filter_())
    run.window.umbrella[:] = 0.3, 80.0
    step = run.window.step.copy()
    run.advance(50, 2)
    assert np.array_equal(run.window.step, step)
    assert run.window.umbrella.tolist() == [0.3, 80.0]


def test_file_keeps_its_order_and_departures_are_counted():
    """Pulled against the end of the file, trials beyond it are refused and counted."""
    spec = filter_("[K W X W]")
    run = run_of(spec, z=0.0)
    order, limits = list(run.topology.file_order), run.topology.file_limits
    run.window.umbrella[:] = 20.0, 40.0
    for _ in range(40):
        run.equilibrate(50)
        z = run.state.r[order, 0, 2]
        assert np.all(np.diff(z) > 0.0)
        assert limits[0] <= z[0]
        assert z[-1] <= limits[1]
    assert run.state.counts[arrays.DEPARTURES] > 0
    assert run.state.r[order[3], 0, 2] > limits[1] - 1.5


def test_umbrella_holds_the_ion():
    for center in (-2.0, 1.5):
        run = run_of(filter_("[X]"), z=center)
        run.window.umbrella[:] = center, 4000.0
        z = run.advance(200, 5).z
        assert np.abs(z - center).max() < 0.3


def test_flips_are_counted():
    """A group turned over by hand is counted once, and once again on its way back."""
    run = run_of(filter_("[X]"))
    m = next(m for m, member in enumerate(run.topology.members) if member.role == "carbonyl")
    still = run.model._replace(movers=np.array([[0, m]]), sweep_length=0)
    run.model = still
    for expected in (1, 2):
        run.state.r[m, 0] = 2.0 * run.state.r[m, 1] - run.state.r[m, 0]
        out = pack.new_output(run.model, 1)
        sweep.advance(run.model, run.state, run.window, run.work, run.rng, 1, out)
        assert run.state.counts[arrays.FLIPS] == expected
    out = pack.new_output(run.model, 3)
    sweep.advance(run.model, run.state, run.window, run.work, run.rng, 1, out)
    assert run.state.counts[arrays.FLIPS] == 2


def test_free_ligands_of_a_cage_have_no_crystal_direction_to_flip_from():
    run = run_of(CageSpec("cage", "charmm36", ("K", "Na"), 300.0))
    run.advance(300, 5)
    assert run.state.counts[arrays.FLIPS] == 0


@pytest.mark.parametrize("spec", [filter_(), filter_("[X]", structure="mthk")])
def test_coordination_numbers(spec):
    """Oxygens within each ion's first-shell radius, ligands and waters apart, by brute force."""
    assert isinstance(spec, FilterSpec)
    run = run_of(spec)
    run.equilibrate(50)
    out = run.advance(1, 2)
    topology, r = run.topology, run.state.r
    for i, ion in enumerate(spec.ions):
        count = [0, 0]
        for m, member in enumerate(topology.members):
            if member.molecule.kind != "ion":
                d = np.linalg.norm(r[m, member.molecule.main] - r[topology.x, 0])
                count[not member.is_ligand] += d < topology.forcefield.first_shell_A[ion]
        assert out.coordination[0, i].tolist() == count
    assert out.coordination.sum() > 0


def test_a_system_in_which_nothing_moves_holds_still():
    """An ion without ligands: the fixed ion is no one's to move."""
    run = run_of(CageSpec("empty", "charmm36", ("K", "Na"), 300.0, n_carbonyls=0))
    out = run.advance(20, 3)
    assert np.all(run.state.r == 0.0)
    assert np.all(out.u == 0.0)
    assert set(out.identity) <= set(range(6))


def test_packing_sorts_and_pads():
    model = run_of(filter_()).model
    assert np.all(np.diff(model.n_sites) <= 0)
    assert np.all(model.n_slot % LANES == 0)
    assert np.all(np.diff(model.n_slot) <= 0)
    for s, n in enumerate(model.n_slot):
        assert n >= np.count_nonzero(model.n_sites > s)
