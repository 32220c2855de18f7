"""Trajectories of all molecules: reversible, of second order, exact, and refused without a trace.

That trajectories alone sample the exact distributions of small systems is held in
``test_moves.py`` with every other kind of move.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_cases import SYSTEMS, Run, cage, droplet, filter_, make_run, start_z

from selectivity.engine import arrays, energy, sweep, trajectory
from selectivity.engine.arrays import SPIN, THRUST
from selectivity.engine.flags import kernel
from selectivity.sampling.chain import start_trajectories
from selectivity.system.build import build_topology, start
from selectivity.system.spec import SystemSpec, Tether
from selectivity.system.topology import is_absent
from selectivity.units import kcal
from selectivity.validation.move_cases import rigid_water
from selectivity.validation.small import record
from selectivity.validation.trajectory_cases import by_trajectories

OPEN = filter_("[gc K gc X gc]", caps=(3, 3))
FILE = filter_("[W X]", caps=(2, 2))
SMALL = cage(n_carbonyls=4, n_waters=2)
DRY_RIGID = filter_("[X]", tether=Tether("rigid"), on_axis=True, caps=(0, 0))
CACHES = ("r", "site", "lj", "pair", "one", "identity", "flipped")


def ready(
    spec: SystemSpec, precision: str = "double", factor: float = 1.0, length: int = 8, **options
) -> Run:
    """A run after 150 sweeps, its steps ``factor`` times those that a chain starts with.

    An open file starts full.
    """
    topology = build_topology(spec)
    r = start(topology, start_z(spec), np.random.default_rng(3), spread=bool(topology.regions))
    umbrella = (start_z(spec), kcal(20.0)) if spec.kind == "filter" else (0.0, 0.0)
    run = make_run(topology, r, precision, 0, umbrella, **options)
    run.equilibrate(100)
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    for _ in range(5):
        run.equilibrate(10)
        trajectory.add_squares(run.model, run.state, run.window, run.work, squares)
    start_trajectories(run.model, run.window, squares, (1, length))
    run.window.step[[THRUST, SPIN]] *= factor
    run.window.tried[:] = run.window.accepted[:] = 0
    run.refresh()
    return run


def caches(run: Run) -> dict[str, np.ndarray]:
    return {key: getattr(run.state, key).copy() for key in CACHES}


def assert_same(run: Run, before: dict[str, np.ndarray]) -> None:
    for key, value in before.items():
        assert np.array_equal(getattr(run.state, key), value, equal_nan=True), key


@kernel
def leapfrog(model, state, window, work, scale, steps):
    return trajectory.integrate(model, state, window, work, scale, steps)


@kernel
def one_sweep(model, state, window, work, rng):
    sweep.sweep(model, state, window, work, rng)


def integrate(run: Run, scale: float, steps: int) -> None:
    assert leapfrog(run.model, run.state, run.window, run.work, scale, steps)


def hamiltonian(run: Run) -> float:
    """βU + kinetic energy of the molecules that are there."""
    run.refresh()
    there = ~is_absent(run.state.r)
    u = (
        run.energy()
        + 0.5
        * run.window.umbrella[1]
        * (run.state.r[run.model.x, 0, 2] - run.window.umbrella[0]) ** 2
    )
    return run.model.beta * u + 0.5 * float(np.sum(run.work.momentum[there] ** 2))


class TestPath:
    @pytest.mark.parametrize("spec", [SMALL, FILE, OPEN], ids=["cage", "filter", "open filter"])
    def test_reversed_momenta_lead_back(self, spec):
        run = ready(spec)
        origin = run.state.r.copy()
        momentum = np.random.default_rng(1).normal(size=run.work.momentum.shape)
        run.work.momentum[:] = momentum
        integrate(run, 1.0, 15)
        there = ~is_absent(origin)
        assert np.abs(run.state.r - origin)[there].max() > 0.1
        run.work.momentum[:] *= -1.0
        integrate(run, 1.0, 15)
        np.testing.assert_allclose(run.state.r[there], origin[there], atol=1e-9)
        back = -run.work.momentum[there]
        np.testing.assert_allclose(back, momentum[there], atol=1e-8)
        assert np.array_equal(run.state.r[~there], origin[~there])

    def test_molecules_stay_rigid(self):
        run = ready(FILE)
        origin = run.state.r.copy()
        run.work.momentum[:] = np.random.default_rng(1).normal(size=run.work.momentum.shape)
        integrate(run, 1.0, 200)
        for m, n in enumerate(run.model.n_sites):
            for a in range(n):
                for b in range(a):
                    lengths = [np.linalg.norm(r[m, a] - r[m, b]) for r in (origin, run.state.r)]
                    assert lengths[1] == pytest.approx(lengths[0], abs=1e-10)

    @pytest.mark.parametrize("spec", [SMALL, FILE], ids=["cage", "filter"])
    def test_error_of_h_falls_with_the_square_of_the_step(self, spec):
        run = ready(spec)
        origin, rng, errors = run.state.r.copy(), np.random.default_rng(2), []
        for _ in range(6):
            momentum = rng.normal(size=run.work.momentum.shape)
            row = []
            for n in (1, 2, 4):
                run.state.r[:], run.work.momentum[:] = origin, momentum
                before = hamiltonian(run)
                integrate(run, 0.25 / n, 8 * n)
                row.append(hamiltonian(run) - before)
            errors.append(row)
        size = np.sqrt(np.mean(np.square(errors), axis=0))
        print(f"errors {size}, ratios {size[:-1] / size[1:]}")
        assert size[0] > 1e-4
        assert size[0] / size[1] == pytest.approx(4.0, abs=0.4)
        assert size[1] / size[2] == pytest.approx(4.0, abs=0.2)

    @pytest.mark.parametrize("spec", [SMALL, FILE, OPEN], ids=["cage", "filter", "open filter"])
    def test_mean_of_exp_minus_dh_is_one(self, spec):
        """In equilibrium, as the map preserves volume (Creutz 1988, Phys. Rev. D 38:1228)."""
        run = ready(spec, factor=1.0 if spec is SMALL else 0.8)
        run.window.trajectory[0] = 0
        rng, dh, n = np.random.default_rng(3), [], 800
        for _ in range(n):
            run.equilibrate(3)
            kept = run.state.r.copy()
            run.work.momentum[:] = rng.normal(size=run.work.momentum.shape)
            before = hamiltonian(run)
            integrate(run, 1.0, 5)
            dh.append(hamiltonian(run) - before)
            run.state.r[:] = kept
            run.refresh()
        found = np.exp(-np.array(dh))
        z = (found.mean() - 1.0) / (found.std(ddof=1) / math.sqrt(n))
        half = np.median(np.abs(dh))
        print(f"half of |dH| above {half:.2f}, <exp(-dH)> {found.mean():.3f}, z {z:.2f}")
        assert half > 0.2
        assert abs(z) < 3.0


class TestTrial:
    @pytest.mark.parametrize("precision", ["mixed", "double"])
    @pytest.mark.parametrize("spec", [FILE, OPEN, droplet(n_waters=8, radius=4.3)],
                             ids=["filter", "open filter", "droplet"])  # fmt: skip
    def test_caches_follow_from_the_coordinates(self, spec, precision):
        """After accepted and refused trajectories they are what a refresh gives, to rounding."""
        run = ready(spec, precision, 0.8)
        run.equilibrate(60)
        assert 5 < run.window.accepted[THRUST].sum() < 60
        before = caches(run)
        run.refresh()
        n = len(run.state.r)
        for key in CACHES:
            now, then = getattr(run.state, key), before[key]
            if key == "pair":
                rounding = 1e-12 if precision == "double" else 1e-4
                np.testing.assert_allclose(now[:n, :n], then[:n, :n], rounding, rounding)
            else:
                assert np.array_equal(now, then), key
        exact = energy.total_energy(run.topology, run.state.r, int(run.state.identity[0]))
        assert run.energy() == pytest.approx(exact, abs=1e-8 if precision == "double" else 0.05)

    def test_accepted_as_the_difference_of_h_says(self):
        """Momenta and lengths drawn again from the same stream decide as the kernel decided."""
        run = ready(FILE)
        outcomes, expected, rng = [], [], np.random.default_rng()
        for _ in range(60):
            rng.bit_generator.state = run.rng.bit_generator.state
            kept, before = run.state.r.copy(), run.window.accepted[THRUST].sum()
            departed = run.state.counts[arrays.DEPARTURES]
            run.equilibrate(1)
            departed = run.state.counts[arrays.DEPARTURES] > departed
            outcomes.append(run.window.accepted[THRUST].sum() > before)
            end = run.state.r.copy()
            rng.random()  # whether a trajectory is made
            scale = 1.0 + trajectory.JITTER * (2.0 * rng.random() - 1.0)
            steps = 1 + int(rng.random() * (2 * run.window.trajectory[1] - 1))
            run.state.r[:] = kept
            run.work.momentum[:] = rng.standard_normal(run.work.momentum.size).reshape(
                run.work.momentum.shape
            )
            before = hamiltonian(run)
            integrate(run, scale, steps)
            dh = hamiltonian(run) - before
            expected.append(
                not departed and (dh <= 0.0 or (dh < 700.0 and rng.random() < math.exp(-dh)))
            )
            assert np.array_equal(run.state.r if outcomes[-1] else kept, end)
            assert rng.bit_generator.state == run.rng.bit_generator.state
            run.state.r[:] = end
            run.refresh()
        assert outcomes == expected
        assert 10 < sum(outcomes) < 55

    @pytest.mark.parametrize("step", [3.0, 1e12, 1e40, math.inf, math.nan])
    @pytest.mark.parametrize("precision", ["mixed", "double"])
    def test_refused_without_a_trace(self, step, precision):
        """Steps far too long, up to where absent waters stand and to what is no number."""
        run = ready(OPEN, precision)
        run.window.step[[THRUST, SPIN]] = step
        before = caches(run)
        run.equilibrate(30)
        assert run.window.tried[THRUST].sum() == 30
        assert run.window.accepted[THRUST].sum() == 0
        assert_same(run, before)

    def test_one_molecule_without_a_number_is_refused(self):
        run = ready(FILE)
        run.window.step[SPIN, arrays.CARBONYL] = math.nan
        before = caches(run)
        run.equilibrate(10)
        assert_same(run, before)
        assert run.window.accepted[THRUST].sum() == 0

    def test_a_step_of_zero_is_accepted_and_moves_nothing(self):
        run = ready(FILE, factor=0.0)
        before = caches(run)
        run.equilibrate(20)
        assert_same(run, before)
        assert run.window.accepted[THRUST].sum() == run.window.tried[THRUST].sum() == 20

    def test_none_is_the_engine_without_trajectories(self):
        """With ``every`` = 0 neither steps nor lengths are seen, and no number is drawn for it."""
        runs = [ready(FILE, factor=factor, length=n) for factor, n in ((1.0, 8), (3.0, 2))]
        for run in runs:
            run.window.trajectory[0] = 0
        outputs = [run.advance(10, 4) for run in runs]
        for a, b in zip(*outputs, strict=True):
            assert np.array_equal(a, b, equal_nan=True)
        assert_same(runs[0], caches(runs[1]))
        assert runs[0].window.tried[THRUST].sum() == 0
        alone = ready(FILE)
        for _ in range(40):
            one_sweep(alone.model, alone.state, alone.window, alone.work, alone.rng)
            sweep.relabel(alone.model, alone.state, alone.window, alone.work, alone.rng)
        assert_same(runs[0], caches(alone))

    def test_one_sweep_in_so_many(self):
        run = ready(SMALL)
        run.window.trajectory[0] = 4
        run.equilibrate(2000)
        tried, n = int(run.window.tried[THRUST].sum()), 2000
        assert abs(tried - n / 4) < 4.0 * math.sqrt(n * 0.25 * 0.75)
        others = run.window.tried.sum() - tried
        assert others == (n - tried) * run.model.sweep_length


class TestWhatHolds:
    def test_immobile_molecules_and_the_axis(self):
        run = ready(DRY_RIGID)
        before = run.state.r.copy()
        run.equilibrate(100)
        assert run.window.accepted[THRUST].sum() > 50
        others = np.arange(len(before)) != run.topology.x
        assert np.array_equal(run.state.r[others], before[others])
        assert np.all(run.state.r[run.topology.x, 0, :2] == 0.0)
        assert run.state.r[run.topology.x, 0, 2] != before[run.topology.x, 0, 2]

    def test_every_mobile_molecule_moves_and_no_other(self):
        run = ready(SYSTEMS["cage charmm36"], factor=0.6)
        before = run.state.r.copy()
        run.equilibrate(20)
        assert run.window.accepted[THRUST].sum() > 5
        moved = np.any(run.state.r != before, axis=(1, 2))
        assert np.array_equal(moved, [member.mobile for member in run.topology.members])

    def test_absent_waters_stay_absent(self):
        run = ready(OPEN, factor=0.6)
        before = run.state.r.copy()
        gone = is_absent(before)
        assert gone.any()
        assert (~gone & (run.model.region_of >= 0)).any()
        run.equilibrate(50)
        assert run.window.accepted[THRUST].sum() > 10
        assert np.array_equal(run.state.r[gone], before[gone])
        assert np.array_equal(is_absent(run.state.r), gone)
        assert np.all(np.abs(run.state.pair[: len(gone), : len(gone)][gone]) < 1e-12)

    def test_order_and_limits_of_the_file(self):
        """Pulled against the end of the file; trajectories beyond it are refused and counted."""
        run = ready(filter_("[K W X W]", caps=(2, 2)), "mixed", 0.3)
        order, limits = list(run.topology.file_order), run.topology.file_limits
        run.window.umbrella[:] = 20.0, 60.0
        run.window.trajectory[0] = 2
        for _ in range(60):
            run.equilibrate(10)
            z = run.state.r[order, 0, 2]
            assert np.all(np.diff(z) > 0.0)
            assert limits[0] <= z[0]
            assert z[-1] <= limits[1]
        assert run.window.accepted[THRUST].sum() > 5
        assert run.state.counts[arrays.DEPARTURES] > 50

    def test_two_that_would_pass_each_other(self):
        """The end of the file and its order refuse trajectories; each is counted."""
        from selectivity.validation.file_cases import three_in_file
        from selectivity.validation.trajectory_cases import ALONG_Z

        run = by_trajectories(three_in_file(), 0.04, length=16, free=ALONG_Z).make(1)
        order = list(run.topology.file_order)
        z = record(run, 1500, 1, lambda r: r[order, 0, 2].copy())
        low, high = run.topology.file_limits
        assert np.all(np.diff(z, axis=1) > 0.0)
        assert z.min() >= low
        assert z.max() <= high
        assert run.state.counts[arrays.DEPARTURES] > 20
        assert run.window.accepted[THRUST].sum() > 100

    def test_confined_waters_stay_where_they_may(self):
        """Waters of an open file keep to its cylinder and out of closed stretches."""
        run = ready(filter_("[K gc X]", caps=(3, 3)), "mixed")
        inside = 0
        for _ in range(60):
            run.equilibrate(5)
            order, r = list(run.topology.file_order), run.state.r
            heights = r[order, 0, 2]
            for w in np.flatnonzero((run.model.region_of == 0) & ~is_absent(r)):
                region = run.model.region[0]
                x, y, z = r[w, run.model.main[w]]
                assert region[arrays.CONFINED]
                assert region[arrays.Z_LOWER] <= z <= region[arrays.Z_UPPER]
                assert math.hypot(x, y) <= region[arrays.RADIUS]
                assert run.model.open_stretch[int(np.sum(heights < z))]
                inside += 1
        assert inside > 60
        assert run.window.accepted[THRUST].sum() > 20


def test_as_many_there_as_back():
    """Detailed balance: between any two cells of three coordinates, as many ways there as back."""
    case = by_trajectories(rigid_water(), 0.06, 0.14, 3)
    run = case.make(7)
    run.window.trajectory[0] = 2  # and as many translations with rotation
    series = record(run, 12_000, 1, case.observe)
    cell = np.zeros(len(series), dtype=int)
    for column in series.T:
        cell = 3 * cell + np.searchsorted(np.quantile(column, [1 / 3, 2 / 3]), column)
    flow = np.zeros((27, 27))
    np.add.at(flow, (cell[:-1], cell[1:]), 1.0)
    total, net = flow + flow.T, flow - flow.T
    seen = np.triu(total >= 20.0, 1)
    chi2, n = float(np.sum(net[seen] ** 2 / total[seen])), int(seen.sum())
    z = (chi2 - n) / math.sqrt(2.0 * n)
    print(f"{n} pairs of cells, chi² {chi2:.0f}, z {z:.2f}")
    assert n > 60
    assert z < 3.5
