"""Jumps: waters of a closed system share the regions as their integrals say."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from water_cases import (
    BETA,
    DEFAULT,
    FEW,
    FF,
    P_LEAST,
    SEVERAL,
    WEAK,
    Ion,
    Pool,
    about_ion,
    any_water,
    assert_density,
    assert_histogram,
    assert_mean,
    count,
    flask,
    independent,
    over_cylinder,
    shared,
    watch,
)

from selectivity.engine.arrays import DELETE, INSERT, JUMP, RIGID, ROTATE, SATURATED, TRANSLATE
from selectivity.geometry.confinement import (
    FileWalls,
    Funnel,
    SphereWall,
    file_energy,
    funnel_energy,
    sphere_energy,
)
from selectivity.units import kcal

FILE = FileWalls(-1.5, 1.0, kcal(2.0), 0.8, 1.0)
FUNNEL = Funnel(2.5, 1, 1.0, 0.8, 1.5, kcal(1.5))
SPHERE = SphereWall(0.5, kcal(0.5))


def points_in(pool: Pool, n: int) -> list[tuple[float, float, float]]:
    return [(0.0, 0.0, 0.5 * sum(pool.z) + 0.01 * i) for i in range(n)]


class TestIdeal:
    @pytest.mark.parametrize(
        ("trials", "places"),
        [(FEW, (5, 5)), ((1, 5), (5, 5)), (SEVERAL, (5, 5)), (SEVERAL, (3, 4)), (DEFAULT, (5, 5))],
    )
    def test_two_wells(self, places, trials):
        """Five waters in a file and a funnel: binomial, cut off where a region is full."""
        a = Pool(places[0], (-2.5, 2.0), 1.8, wall=FILE)
        b = Pool(places[1], (1.8, 5.0), 3.0, wall=FUNNEL)
        weights = [
            over_cylinder(a, lambda x: np.exp(-BETA * file_energy(FILE, x))),
            over_cylinder(b, lambda x: np.exp(-BETA * funnel_energy(FUNNEL, x))),
        ]
        run = flask([a, b], trials=trials, start=[points_in(a, 2), points_in(b, 3)], seed=61)
        n = 1500 if trials == DEFAULT else 6000
        pairs = watch(run, n, 10, lambda run: (count(run, 0), count(run, 1)))
        assert np.all(pairs.sum(axis=1) == 5)
        p = shared(weights, 5, list(places)).sum(axis=1)
        assert_histogram(pairs[:, 0], p, least=500)
        assert run.window.tried[[INSERT, DELETE]].sum() == 0
        assert (run.state.counts[SATURATED] > 0) == (places == (3, 4))

    def test_places_in_both_wells(self):
        a = Pool(3, (-2.5, 2.0), 1.8, wall=FILE)
        b = Pool(3, (1.8, 5.0), 3.0, wall=FUNNEL)
        run = flask([a, b], start=[points_in(a, 2), points_in(b, 1)], seed=62)
        choose = np.random.default_rng(6)
        z = watch(run, 8000, 10, lambda run: [any_water(run, i, choose)[0, 2] for i in range(2)])
        walls = (lambda x: file_energy(FILE, x), lambda x: funnel_energy(FUNNEL, x))
        for i, (pool, energy) in enumerate(zip((a, b), walls, strict=True)):
            series = z[np.isfinite(z[:, i]), i]
            grid, rho = np.linspace(pool.z[0], pool.z[1], 301), np.linspace(0.0, pool.radius, 301)
            points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, grid), axis=-1)
            density = np.trapezoid(rho[:, None] * np.exp(-BETA * energy(points)), rho, axis=0)
            assert_density(series, grid, density)

    def test_three_regions(self):
        pools = [
            Pool(4, (-4.0, -2.0), 1.0),
            Pool(4, (-2.0, 0.0), 1.7),
            Pool(4, (1.0, 2.0), 1.2),
        ]
        run = flask(pools, start=[points_in(pools[0], 4)], seed=63)
        numbers = watch(run, 8000, 15, lambda run: [count(run, i) for i in range(3)])
        p = shared([pool.volume for pool in pools], 4, [4, 4, 4])
        assert_histogram(numbers @ [25, 5, 1], p.ravel())

    @pytest.mark.parametrize("sweeps", [0, 3])
    def test_one_region(self, sweeps):
        """Nowhere to go but elsewhere in the same region."""
        pool = Pool(2, (-2.5, 2.2), 1.9, wall=SPHERE)
        movers = [(TRANSLATE, 0), (TRANSLATE, 1)]
        run = flask([pool], start=[points_in(pool, 2)], movers=movers, seed=64)
        z = watch(run, 9000, 5, lambda run: run.state.r[:2, 0, 2].copy(), sweeps)
        grid, rho = np.linspace(-2.5, 2.2, 301), np.linspace(0.0, 1.9, 301)
        points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, grid), axis=-1)
        density = np.exp(-BETA * sphere_energy(SPHERE, points))
        density = np.trapezoid(rho[:, None] * density, rho, axis=0)
        for m in range(2):
            assert_density(z[:, m], grid, density)
        assert run.window.accepted[JUMP].sum() > 5000

    def test_waters_outside_a_region_do_not_jump(self):
        """Waters that other moves carry out of two regions: only those inside are exchanged."""
        wall = SphereWall(0.8, kcal(0.8))
        a = Pool(4, (-1.5, 0.8), 1.5, wall=wall, confined=False)
        b = Pool(4, (-1.2, 1.0), 1.8, wall=SPHERE, confined=False)
        movers = [(TRANSLATE, m) for m in range(8)]
        run = flask([a, b], start=[points_in(a, 2), points_in(b, 2)], movers=movers, seed=65)
        run.window.step[TRANSLATE] = 1.5
        everywhere = Pool(4, (-6.5, 6.5), 6.5)
        weights = [
            over_cylinder(everywhere, lambda x, w=w: np.exp(-BETA * sphere_energy(w, x)))
            for w in (wall, SPHERE)
        ]
        numbers = watch(run, 9000, 12, count, 40)
        assert_histogram(numbers, shared(weights, 4, [4, 4]).sum(axis=1))


class TestAboutAnIon:
    def test_one_water_in_one_region(self):
        """Jumps alone keep the distance that the ion and the orientations give."""
        pool = Pool(1, (-3.5, 4.5), 4.2)
        r, density = about_ion(pool, FF.water, WEAK)
        run = flask([pool], [Ion(WEAK, (0.0, 0.0, 0.0))], FF.water, guard=True, trials=(5, 4),
                    start=[[(0.0, 3.0, 0.5)]], seed=66)  # fmt: skip
        far = watch(run, 6000, 20, lambda run: np.linalg.norm(run.state.r[0, 0]))
        assert_density(far, r, density)

    @pytest.mark.parametrize("trials", [SEVERAL, (2, 8)])
    def test_one_water_in_two_regions(self, trials):
        """p_a/p_b = ∫_a exp(−βu)/∫_b exp(−βu), regions of other sizes and distances."""
        a, b = Pool(1, (1.9, 3.9), 1.5, in_file=True), Pool(2, (-6.0, -1.8), 3.0)
        weight = []
        for pool in (a, b):
            r, density = about_ion(pool, FF.water, WEAK)
            weight.append(np.trapezoid(density, r))
        run = flask([a, b], [Ion(WEAK, (0.0, 0.0, 0.0))], FF.water, guard=True, trials=trials,
                    start=[[(0.0, 0.0, 2.9)]], seed=67)  # fmt: skip
        inside = watch(run, 6000, 20, count).astype(float)
        assert_mean(inside, weight[0] / sum(weight), least=1500)


class TestReservoirAndCaps:
    """Three waters about a K+, all interactions on: file and cap with a reservoir or without.

    Given their total, the number in the file does not know where the waters came from. At 750 K,
    where they change places often.
    """

    a, b = Pool(3, (0.3, 3.6), 2.0, in_file=True), Pool(3, (-3.4, 0.1), 2.4)
    beta = 0.4 * BETA

    def numbers(self, log_activity, n, start=(), seed=71, precision="mixed"):
        pools = [dataclasses.replace(p, log_activity=log_activity) for p in (self.a, self.b)]
        movers = [(kind, m) for m in range(6) for kind in (TRANSLATE, ROTATE, RIGID)]
        run = flask(pools, [Ion(FF.ion("K"), (0.0, 0.0, 0.0))], FF.water, guard=True,
                    trials=DEFAULT, movers=movers, start=start, seed=seed,
                    precision=precision)  # fmt: skip
        run.model = run.model._replace(beta=self.beta)
        return watch(run, n, 20, lambda run: (count(run, 0), count(run, 1)), 12)

    def test_one_water_by_quadrature(self):
        w = []
        for pool in (self.a, self.b):
            r, density = about_ion(pool, FF.water, FF.ion("K"), self.beta)
            w.append(np.trapezoid(density, r))
        inside = self.numbers(math.nan, 2500, [[(0.0, 0.0, 2.6)]])[:, 0].astype(float)
        assert_mean(inside, w[0] / sum(w), least=500)
        z = 1.0 / sum(w)
        pairs = self.numbers(math.log(z), 3000)
        few = pairs[pairs.sum(axis=1) <= 1]
        assert_mean(few.sum(axis=1).astype(float), 0.5, least=500)
        assert_mean(few[few.sum(axis=1) == 1, 0].astype(float), w[0] / sum(w), least=300)

    def test_given_the_total_both_agree(self):
        open_pairs = self.numbers(-8.6, 3500)
        total = open_pairs.sum(axis=1)
        starts = {
            2: [[(0.0, 0.0, 2.6)], [(0.0, 0.0, -2.6)]],
            3: [[(0.0, 0.0, 2.6)], [(0.0, 0.0, -2.6), (2.2, 0.0, -0.5)]],
        }
        for n, start in starts.items():
            closed = self.numbers(math.nan, 2500, start, 72 + n)
            assert np.all(closed.sum(axis=1) == n)
            compare(closed[:, 0], open_pairs[total == n, 0], n + 1)


def compare(a: np.ndarray, b: np.ndarray, states: int, least: int = 200) -> None:
    """Two series of integers come from one distribution: chi² of their independent parts."""
    table = []
    for series in (a, b):
        thin = independent(series, states)
        assert len(thin) >= least, f"{len(thin)} effective samples of {len(series)}"
        table.append(np.bincount(thin, minlength=states))
    seen = np.array(table)
    seen = seen[:, seen.sum(axis=0) >= 20]
    assert seen.shape[1] > 1
    p = chi2_contingency(seen).pvalue
    print(f"p {p:.3g}, seen {seen.tolist()}")
    assert p > P_LEAST, f"p = {p:.1e}: {seen.tolist()}"
