"""Waters of a single file whose number fluctuates: collective moves and closed stretches.

Waters and ions without energy but their walls, so that every distribution is one of points on a
line: with n waters in stretches of the measure M = ∫exp(−βE) the weight is (zM)^n/n!.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_cases import Run, filter_, make_run
from scipy.integrate import cumulative_trapezoid
from water_cases import (
    BETA,
    FF,
    GHOST,
    SEVERAL,
    Ion,
    Pool,
    assert_density,
    assert_histogram,
    count,
    exchange,
    flask,
    poisson,
    present,
    watch,
)

from selectivity.engine.arrays import (
    AXIAL,
    DEPARTURES,
    HOP,
    INSERT,
    JUMP,
    SHIFT,
    TRANSLATE,
)
from selectivity.geometry.confinement import FileWalls
from selectivity.system.build import build_topology, start
from selectivity.units import kcal

WALLS = FileWalls(-3.0, 2.5, kcal(1.0), 1.0, 1.0)
LOW, HIGH, RADIUS = -4.0, 3.5, 2.0
UMBRELLA = (0.4, kcal(0.4))
PLACES = 7

GRID = np.linspace(LOW, HIGH, 601)
G = np.exp(-0.5 * BETA * WALLS.k * np.maximum(np.maximum(-3.0 - GRID, GRID - 2.5), 0.0) ** 2)
G_X = G * np.exp(-0.5 * BETA * UMBRELLA[1] * (GRID - UMBRELLA[0]) ** 2)
RHO = np.linspace(0.0, RADIUS, 2001)
SECTION = np.trapezoid(
    2.0 * math.pi * RHO * np.exp(-0.5 * BETA * WALLS.k * np.maximum(RHO - 1.0, 0.0) ** 2), RHO
)
MEASURE = SECTION * cumulative_trapezoid(G, GRID, initial=0.0)  # of a water below a height, Å³
LOG_Z = math.log(3.0 / MEASURE[-1])  # three waters in a file open throughout

COLLECTIVE, SINGLE = (SHIFT, HOP), (TRANSLATE,)


def open_file(
    stretches: tuple[bool, ...],
    kinds: tuple[int, ...],
    seed: int,
    heights: tuple[float, ...],
    log_z: float = LOG_Z,
    places: int = PLACES,
) -> Run:
    """X and, with a third stretch, a resident below it, in a file of ideal waters."""
    pool = Pool(places, (LOW, HIGH), RADIUS, log_z, WALLS, in_file=True)
    residents = [Ion(GHOST, (0.0, 0.0, z), True, WALLS) for z in heights[:-1]]
    x = Ion(FF.ion("K"), (0.0, 0.0, heights[-1]), True, WALLS)
    n = len(heights)
    run = flask([pool], residents, x=x, umbrella=UMBRELLA, file=tuple(range(n)), seed=seed,
                file_limits=(LOW, HIGH), open_stretches=stretches, trials=SEVERAL,
                movers=[(0, 0)])  # fmt: skip
    every = range(len(run.topology.members))
    movers = [(kind, m) for kind in kinds if kind in SINGLE for m in every]
    movers += [(kind, run.topology.x) for kind in kinds if kind in COLLECTIVE] * max(1, len(every))
    run.model = run.model._replace(movers=np.array(movers), sweep_length=1)
    run.window.step[TRANSLATE] = 1.5
    run.window.step[SHIFT] = 1.2
    return run


def heights(run: Run) -> np.ndarray:
    """z of the file's named members, from inside to outside."""
    return run.state.r[list(run.topology.file_order), 0, 2].copy()


def stands_well(run: Run) -> bool:
    """Members in their order, everybody within the ends, no water in a closed stretch."""
    z, waters = heights(run), run.state.r[present(run), 0, 2]
    stretch = np.searchsorted(z, waters)
    is_open = np.array(run.topology.open_stretches)
    low, high = run.topology.file_limits
    everybody = np.concatenate([z, waters])
    within = bool(np.all((everybody >= low) & (everybody <= high)))
    return within and bool(np.all(np.diff(z) > 0.0)) and bool(np.all(is_open[stretch]))


def truncated_exp(x: np.ndarray, places: int) -> np.ndarray:
    """Σ x^n/n! up to ``places``: all numbers of waters together."""
    return np.sum([x**n / math.factorial(n) for n in range(places + 1)], axis=0)


def open_measure(stretches: tuple[bool, ...]) -> np.ndarray:
    """M of the open stretches by the heights of the members, shape (z,) or (z_K, z_X)."""
    total = MEASURE[-1]
    if len(stretches) == 2:
        return stretches[0] * MEASURE + stretches[1] * (total - MEASURE)
    below, above = MEASURE[:, None], MEASURE[None, :]
    return (
        stretches[0] * below + stretches[1] * (above - below) + stretches[2] * (total - above)
    ) + 0.0 * (below + above)


class TestOpenStretches:
    @pytest.mark.parametrize(
        ("stretches", "kinds"),
        [
            ((True, True), (*SINGLE, *COLLECTIVE)),
            ((True, False), (*SINGLE, *COLLECTIVE)),
            ((False, True), COLLECTIVE),
            ((True, False), SINGLE),
        ],
        ids=["gc X gc", "gc X", "X gc", "gc X, no collective moves"],
    )
    def test_ion_alone(self, stretches, kinds):
        """[gc X gc], [gc X], [X gc]: X's height feels the waters that its place leaves room for."""
        run = open_file(stretches, kinds, 81, (0.4,))
        assert stands_well(run)
        rows = watch(run, 4000, 12, lambda run: (count(run), heights(run)[0], stands_well(run)), 60)
        assert rows[:, 2].all()
        m = math.exp(LOG_Z) * open_measure(stretches)
        numbers = [np.trapezoid(G_X * m**n / math.factorial(n), GRID) for n in range(PLACES + 1)]
        assert_histogram(rows[:, 0].astype(int), np.array(numbers) / sum(numbers))
        assert_density(rows[:, 1], GRID, G_X * truncated_exp(m, PLACES), least=500)
        assert run.window.accepted[list(kinds)].sum() > 5000

    @pytest.mark.parametrize(
        ("stretches", "kinds"),
        [
            ((True, True, True), (*SINGLE, *COLLECTIVE)),
            ((False, True, False), (*SINGLE, *COLLECTIVE)),
            ((True, False, False), COLLECTIVE),
            ((True, False, True), (*SINGLE, *COLLECTIVE)),
        ],
        ids=["gc K gc X gc", "K gc X", "gc K X", "gc K X gc"],
    )
    def test_resident_and_ion(self, stretches, kinds):
        """Two members in their order: their heights and the number of waters."""
        run = open_file(stretches, kinds, 82, (-1.0, 0.4))
        rows = watch(run, 4000, 12, lambda run: (count(run), *heights(run), stands_well(run)), 50)
        assert rows[:, 3].all()
        m = math.exp(LOG_Z) * open_measure(stretches)
        weight = np.triu(G[:, None] * G_X)
        weight[np.diag_indices_from(weight)] *= 0.5
        numbers = [(weight * m**n).sum() / math.factorial(n) for n in range(PLACES + 1)]
        assert_histogram(rows[:, 0].astype(int), np.array(numbers) / sum(numbers))
        weight *= truncated_exp(m, PLACES)
        assert_density(rows[:, 1], GRID, weight.sum(axis=1), least=500)
        assert_density(rows[:, 2], GRID, weight.sum(axis=0), least=500)

    def test_few_places(self):
        """[gc X] with two places: what does not fit does not come."""
        run = open_file((True, False), (TRANSLATE, SHIFT, HOP), 83, (0.4,), places=2)
        rows = watch(run, 4000, 12, lambda run: (count(run), heights(run)[0]), 50)
        m = math.exp(LOG_Z) * open_measure((True, False))
        numbers = [np.trapezoid(G_X * m**n / math.factorial(n), GRID) for n in range(3)]
        assert_histogram(rows[:, 0].astype(int), np.array(numbers) / sum(numbers))
        assert_density(rows[:, 1], GRID, G_X * truncated_exp(m, 2))


def standing(run: Run, places: list[float]) -> None:
    """Waters on the axis at these heights."""
    for m, z in zip(run.topology.regions[0].members, places, strict=False):
        run.state.r[m] = run.topology.members[m].molecule.coordinates() + np.array([0.0, 0.0, z])
    run.refresh()


class TestCollectiveMoves:
    def test_number_and_order_stay(self):
        """Shifts and hops of X, a resident and three waters: nobody comes, goes or passes."""
        run = open_file((True, True, True), COLLECTIVE, 84, (-1.0, 1.0))
        standing(run, [-2.0, 0.0, 2.0])
        for _ in range(300):
            run.equilibrate(10)
            z = run.state.r[[0, run.topology.file_order[0], 1, run.topology.x, 2], 0, 2]
            assert np.all(np.diff(z) > 0.0)
            assert count(run) == 3
            assert stands_well(run)
        assert np.all(run.window.accepted[[SHIFT, HOP]].sum(axis=1) > 50)

    def test_three_waters_and_the_ion(self):
        """W W X W in this order: p ∝ Π exp(−βE) over z1 < z2 < zX < z3, with the umbrella on X."""
        run = open_file((True, True), COLLECTIVE, 85, (0.4,))
        standing(run, [-2.0, -1.0, 2.0])
        z = watch(run, 9000, 0, lambda run: run.state.r[[0, 1, run.topology.x, 2], 0, 2], 40)
        step = GRID[1] - GRID[0]

        def up_to(f):
            return cumulative_trapezoid(f, dx=step, initial=0.0)

        def beyond(f):
            return up_to(f[::-1])[::-1]

        below = up_to(G * up_to(G))  # z1 < z2 < z
        assert_density(z[:, 2], GRID, G_X * below * beyond(G))
        assert_density(z[:, 3], GRID, G * up_to(G_X * below))
        assert_density(z[:, 0], GRID, G * beyond(G * beyond(G_X * beyond(G))))

    def test_a_hop_leaves_x_alone(self):
        run = open_file((True, True), (HOP,), 86, (0.4,))
        watch(run, 200, 5, count, 20)
        assert run.state.r[run.topology.x, 0].tolist() == [0.0, 0.0, 0.4]
        assert run.window.accepted[HOP].sum() > 200


class TestCrowding:
    @pytest.mark.parametrize("kind", [TRANSLATE, AXIAL])
    def test_x_does_not_pass_a_water_it_closes_in(self, kind):
        """[gc X]: X above a water stays above it, where the umbrella pulls it down."""
        run = open_file((True, False), SINGLE, 87, (0.4,))
        standing(run, [0.0])
        run.window.umbrella[:] = -2.0, kcal(0.5)
        run.model = run.model._replace(movers=np.array([(kind, run.topology.x)]))
        run.window.step[AXIAL] = 1.5
        z = watch(run, 4000, 0, lambda run: heights(run)[0], 10)
        assert z.min() > 0.0
        assert run.state.counts[DEPARTURES] > 1000
        grid = np.linspace(0.0, HIGH, 601)
        density = np.interp(grid, GRID, G)
        density *= np.exp(-0.5 * BETA * kcal(0.5) * (grid + 2.0) ** 2)
        assert_density(z, grid, density)

    def test_a_water_stays_in_its_open_stretch(self):
        run = open_file((True, False), SINGLE, 88, (0.4,))
        standing(run, [0.0])
        run.model = run.model._replace(movers=np.array([(TRANSLATE, 0)]))
        z = watch(run, 4000, 0, lambda run: run.state.r[0, 0, 2], 10)
        assert z.max() < 0.4
        assert run.state.counts[DEPARTURES] > 1000
        grid = np.linspace(LOW, 0.4, 601)
        assert_density(z, grid, np.interp(grid, GRID, G))

    def test_nothing_grows_in_a_closed_stretch(self):
        run = open_file((False, False), SINGLE, 89, (0.4,), log_z=10.0)
        exchange(run, 2000)
        assert count(run) == 0
        assert run.window.accepted[INSERT].sum() == 0

    @pytest.mark.parametrize("composition", ["[gc X]", "[K gc X]", "[gc K X gc]"])
    def test_in_the_filter(self, composition):
        """All kinds of moves with all interactions: no water ever stands where none may."""
        topology = build_topology(filter_(composition, reservoir="bulk and caps", caps=(2, 2)))
        r = start(topology, 2.0, np.random.default_rng(4), spread=True)
        run = make_run(topology, r, umbrella=(2.0, kcal(20.0)))
        for _ in range(150):
            exchange(run, 20)
            run.equilibrate(2)
            assert stands_well(run)
        assert run.window.accepted[[INSERT, JUMP]].sum() > 5


def test_poisson_of_three():
    """The numbers of an open file, as a check on the exact side itself."""
    m = math.exp(LOG_Z) * open_measure((True, True))
    np.testing.assert_allclose(m, 3.0, rtol=1e-12)
    joint = [np.trapezoid(G_X * m**n / math.factorial(n), GRID) for n in range(PLACES + 1)]
    np.testing.assert_allclose(np.array(joint) / sum(joint), poisson(3.0, PLACES))
