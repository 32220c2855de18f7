"""Waters come and go in the exact proportions: ideal ones, in wells, and about an ion.

Few trial places and orientations are as right as many, and show a wrong weight sooner.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from engine_cases import ion_at
from scipy.special import logsumexp
from scipy.stats import binom, chi2, kstest
from water_cases import (
    BETA,
    DEFAULT,
    FEW,
    FF,
    GHOST,
    IDEAL,
    P_LEAST,
    SEVERAL,
    UNCHARGED,
    WEAK,
    Z_MOST,
    Ion,
    Pool,
    about_ion,
    any_water,
    assert_density,
    assert_histogram,
    assert_mean,
    count,
    directions,
    exchange,
    flask,
    gauss,
    over_cylinder,
    poisson,
    present,
    share_of_sphere,
    turned_average,
    watch,
)

from selectivity.engine import energy
from selectivity.engine.arrays import DELETE, INSERT, RIGID, ROTATE, SATURATED, TRANSLATE
from selectivity.engine.flags import kernel
from selectivity.engine.growth import PLACES, TURNS, grow, log_mean, pick, retrace, take_out
from selectivity.forcefield.library import load
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.geometry.confinement import (
    FileWalls,
    Funnel,
    SphereWall,
    file_energy,
    funnel_energy,
    sphere_energy,
)
from selectivity.units import kcal

ORIGIN = (0.0, 0.0, 0.0)


@kernel
def remove(state, m, n):
    take_out(state, m, n)


def activity(mean: float, integral: float) -> float:
    """ln z for a mean of ``mean`` ideal waters."""
    return math.log(mean / integral)


class TestTrials:
    """One trial insertion: its choice of places and its Rosenbluth factor."""

    def test_logarithm_of_a_mean(self):
        assert log_mean(np.array([-np.inf, -np.inf]), 2) == -np.inf
        w = np.array([-1.0, 3.0, -np.inf, 2.0, 50.0])
        assert log_mean(w, 4) == pytest.approx(logsumexp(w[:4]) - math.log(4), abs=1e-12)
        assert log_mean(np.array([-5000.0, -5001.0]), 2) == pytest.approx(
            -5000.0 + math.log(0.5 * (1.0 + math.exp(-1.0))), abs=1e-9
        )

    def test_pick_follows_the_weights(self):
        rng = np.random.Generator(np.random.PCG64(3))
        w = np.array([0.3, -np.inf, 1.4, -0.7, -np.inf])
        average = log_mean(w, 5)
        seen = np.array([pick(w, 5, average, rng) for _ in range(20_000)])
        assert_histogram(seen, np.exp(w) / np.exp(w).sum())

    @pytest.mark.parametrize("forcefield", ["jc-tip3p", "jc-tip4pew"])
    def test_one_trial_weighs_its_boltzmann_factor(self, forcefield):
        """With one place and one orientation ln W = −βU of what was placed, and back again."""
        ff = load(forcefield)
        pool = Pool(2, (-4.0, 4.0), 4.0, 0.0, SphereWall(3.0, kcal(1.0)))
        run = flask([pool], [Ion(ff.ion("K"), ORIGIN)], ff.water, guard=True, trials=FEW,
                    precision="double", forcefield=forcefield)  # fmt: skip
        n, placed = len(ff.water.sites), 0
        while placed < 40:
            j, log_w = grow(run.model, run.state, run.work, 0, 0, run.rng)
            if j < 0:
                assert log_w == -np.inf
                continue
            placed += 1
            r = run.state.r.copy()
            r[0] = run.work.turns[0]
            exact = energy.total_energy(run.topology, r)
            assert log_w == pytest.approx(-BETA * exact, rel=1e-9, abs=1e-9)
            assert run.work.rows[0].sum() + sphere_energy(pool.wall, r[0, 0]) == pytest.approx(
                exact, rel=1e-9
            )
            run.state.r[0] = r[0]
            remove(run.state, 0, n)
            assert retrace(run.model, run.state, run.work, 0, 0, run.rng) == pytest.approx(
                log_w, rel=1e-12, abs=1e-12
            )

    def test_mean_weight_is_the_integral(self):
        """⟨W⟩ = ∫exp(−βU)/V for every number of trials, by independent trials."""
        pool = Pool(1, (-3.5, 4.5), 4.5, 0.0)
        run = flask([pool], [Ion(WEAK, ORIGIN)], FF.water, guard=True)
        r, density = about_ion(pool, FF.water, WEAK)
        exact = np.trapezoid(density, r) / pool.volume
        for trials in (SEVERAL, (2, 9), DEFAULT):
            run = flask([pool], [Ion(WEAK, ORIGIN)], FF.water, guard=True, trials=trials)
            n = 600 if trials == DEFAULT else 8000
            w = np.exp([grow(run.model, run.state, run.work, 0, 0, run.rng)[1] for _ in range(n)])
            z = (w.mean() - exact) / (w.std(ddof=1) / math.sqrt(n))
            assert abs(z) < Z_MOST, f"{trials}: {w.mean():.4f}, exact {exact:.4f}, z = {z:.1f}"

    def test_choice_times_weight_is_boltzmann(self):
        """⟨W f⟩/⟨W⟩ over trial insertions is the Boltzmann mean of f: distance and dipole."""
        pool = Pool(1, (-4.0, 4.0), 4.0, 0.0)
        run = flask([pool], [Ion(WEAK, ORIGIN)], FF.water, guard=True, trials=(6, 5), seed=5)
        rows = []
        for _ in range(10_000):
            j, log_w = grow(run.model, run.state, run.work, 0, 0, run.rng)
            if j >= 0:
                water = run.work.turns[j]
                far = np.linalg.norm(water[0])
                dipole = water[1] + water[2] - 2.0 * water[0]
                rows.append((math.exp(log_w), far, dipole @ water[0] / far))
        w, far, dipole = np.array(rows).T
        r, density = about_ion(pool, FF.water, WEAK)
        exact = [np.trapezoid(r * density, r) / np.trapezoid(density, r)]
        exact.append(mean_dipole(pool))
        for f, value in zip((far, dipole), exact, strict=True):
            ratio = (w @ f) / w.sum()
            error = math.sqrt(np.sum((w * (f - ratio)) ** 2)) / w.sum()
            z = (ratio - value) / error
            assert abs(z) < Z_MOST, f"{ratio:.4f}, exact {value:.4f}, z = {z:.1f}"

    def test_nothing_grows_in_the_guard(self):
        """A cylinder thinner than the guard about a site without energy."""
        pool = Pool(1, (-0.3, 0.3), 0.3, 20.0)
        run = flask([pool], [Ion(GHOST, ORIGIN)], guard=True)
        assert grow(run.model, run.state, run.work, 0, 0, run.rng) == (-1, -np.inf)
        exchange(run, 500)
        assert count(run) == 0
        assert run.window.tried[INSERT].sum() > 100

    def test_work_has_the_stated_trials(self):
        run = flask([Pool(2, (-1.0, 1.0), 1.0, 0.0)], trials=DEFAULT)
        assert (PLACES, TURNS) == DEFAULT == (len(run.work.spots), len(run.work.turns))


def mean_dipole(pool: Pool) -> float:
    """⟨(OH1 + OH2)·r̂⟩ of a water about the weak ion at the origin, r̂ from the ion to O."""
    d, weight = directions()
    r, _ = about_ion(pool, FF.water, WEAK)
    factor = np.exp(-BETA * ion_at(r[:, None, None] * d, FF.water, WEAK))
    sites = FF.water.coordinates()
    along = -d @ (sites[1] + sites[2])  # d is where the ion stands, seen from the water
    shell = r**2 * share_of_sphere(r, pool)
    mean = np.trapezoid(shell * (factor @ (weight * along)), r)
    return float(mean / np.trapezoid(shell * (factor @ weight), r))


class TestTurns:
    def test_orientations_are_uniform(self):
        """Moments of the rotation matrix, and the angle of the rotation, of 6000 trials."""
        water = load("jc-tip4pew").water
        pool = Pool(1, (-1.0, 1.0), 1.0, 0.0)
        run = flask([pool], water=water, forcefield="jc-tip4pew", trials=(1, 6))
        body = frame(water.coordinates())
        turns = []
        for _ in range(1000):
            grow(run.model, run.state, run.work, 0, 0, run.rng)
            turns += [frame(sites).T @ body for sites in run.work.turns]
        rotation = np.array(turns)
        n = len(rotation)
        np.testing.assert_allclose(np.linalg.det(rotation), 1.0, atol=1e-12)
        first = rotation.mean(axis=0) * math.sqrt(3.0 * n)
        second = ((rotation**2).mean(axis=0) - 1.0 / 3.0) / math.sqrt(4.0 / 45.0 / n)
        assert max(np.abs(first).max(), np.abs(second).max()) < 4.5  # 18 z-scores
        angle = np.arccos(np.clip(0.5 * (np.trace(rotation, axis1=1, axis2=2) - 1.0), -1.0, 1.0))
        assert kstest(angle, lambda t: (t - np.sin(t)) / np.pi).pvalue > P_LEAST
        azimuth = np.arctan2(rotation[:, 1, 2], rotation[:, 0, 2])
        assert kstest(azimuth, "uniform", args=(-np.pi, 2.0 * np.pi)).pvalue > P_LEAST

    @pytest.mark.parametrize("forcefield", ["jc-tip3p", "jc-tip4pew"])
    def test_waters_have_their_shape(self, forcefield):
        water = load(forcefield).water
        run = flask([Pool(4, (-4.0, 4.0), 4.0, -4.0)], water=water, forcefield=forcefield)
        template = water.coordinates()
        lengths = np.linalg.norm(template[:, None] - template, axis=-1)
        seen = 0
        for _ in range(50):
            exchange(run, 20)
            for m in present(run):
                sites = run.state.r[m]
                now = np.linalg.norm(sites[:, None] - sites, axis=-1)
                np.testing.assert_allclose(now, lengths, atol=1e-12)
                seen += 1
        assert seen > 50


def frame(sites: np.ndarray) -> np.ndarray:
    """Rows: unit vectors of a water's own frame."""
    x = sites[1] - sites[2]
    z = 0.5 * (sites[1] + sites[2]) - sites[0]
    x, z = x / np.linalg.norm(x), z / np.linalg.norm(z)
    return np.array([x, np.cross(z, x), z])


class TestIdealGas:
    """p(N) ∝ (zV)^N/N!, as far as places and the minimum let it."""

    @pytest.mark.parametrize("trials", [FEW, (5, 1), (1, 4), SEVERAL, DEFAULT])
    def test_number(self, trials):
        pool = Pool(12, (-1.0, 2.0), 1.3, activity(2.5, math.pi * 1.3**2 * 3.0))
        run = flask([pool], trials=trials, seed=11)
        n = 1500 if trials == DEFAULT else 6000
        numbers = watch(run, n, 12, count)
        assert_histogram(numbers, poisson(2.5, 12), least=500)

    @pytest.mark.parametrize(("places", "minimum"), [(3, 0), (6, 2), (2, 1)])
    def test_places_and_minimum(self, places, minimum):
        pool = Pool(places, (-1.0, 1.0), 1.0, activity(2.2, 2.0 * math.pi), minimum=minimum)
        inside = [(0.0, 0.0, 0.1 * i) for i in range(minimum)]
        run = flask([pool], start=[inside], seed=12)
        numbers = watch(run, 9000, 12, count)
        assert_histogram(numbers, poisson(2.2, places, minimum))
        assert (run.state.counts[SATURATED] > 0) == (numbers.max() == places)

    def test_places_and_turns(self):
        """Main sites uniform in the cylinder, orientations over all."""
        pool = Pool(8, (-3.0, 1.0), 2.0, activity(2.0, 16.0 * math.pi))
        run = flask([pool], seed=13)
        choose = np.random.default_rng(1)
        sites = watch(run, 8000, 20, lambda run: any_water(run, 0, choose))
        sites = sites[np.isfinite(sites[:, 0, 0])]
        x, y, z = sites[:, 0].T
        assert_density(z, np.linspace(-3.0, 1.0, 3), np.ones(3))
        rho = np.linspace(0.0, 2.0, 2001)
        assert_density(np.hypot(x, y), rho, rho)
        assert_density(np.arctan2(y, x), np.linspace(-np.pi, np.pi, 3), np.ones(3))
        line = np.linspace(-1.0, 1.0, 3)
        for axis in frame_of_all(sites):
            assert_density(axis[:, 2], line, np.ones(3))

    def test_two_regions_know_nothing_of_each_other(self):
        """Reservoirs of other activities: two Poisson numbers, independent of each other."""
        pools = [
            Pool(6, (-4.0, -1.0), 1.0, activity(1.0, 3.0 * math.pi)),
            Pool(8, (0.0, 1.0), 2.0, activity(2.0, 4.0 * math.pi)),
        ]
        run = flask(pools, seed=14)
        numbers = watch(run, 9000, 25, lambda run: (count(run, 0), count(run, 1)))
        joint = poisson(1.0, 6)[:, None] * poisson(2.0, 8)
        assert_histogram(numbers[:, 0] * 9 + numbers[:, 1], joint.ravel())


def frame_of_all(sites: np.ndarray) -> np.ndarray:
    """Axes of many waters, shape (3, n, 3)."""
    return np.array([frame(water) for water in sites]).transpose(1, 0, 2)


FUNNEL = Funnel(0.5, -1, 1.0, 0.8, 1.5, kcal(1.5))
FILE = FileWalls(-1.2, 1.0, kcal(2.0), 0.6, 1.0)
SPHERE = SphereWall(0.7, kcal(1.0))
WELLS = {
    "sphere": (SPHERE, lambda points: sphere_energy(SPHERE, points)),
    "file": (FILE, lambda points: file_energy(FILE, points)),
    "funnel": (FUNNEL, lambda points: funnel_energy(FUNNEL, points)),
}


def cut(f, pool: Pool):
    """The density as a function of z: f integrated over the cylinder's sections."""
    rho, w_rho = gauss(0.0, pool.radius, 200)

    def density(z: np.ndarray) -> np.ndarray:
        points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, z), axis=-1)
        return (w_rho * rho) @ f(points)

    return density


class TestWells:
    """Waters that meet nothing but a wall: ⟨N⟩ = z∫exp(−βE) by quadrature."""

    @pytest.mark.parametrize(("sweeps", "trials"), [(0, FEW), (0, SEVERAL), (4, SEVERAL)])
    @pytest.mark.parametrize("well", WELLS)
    def test_number_and_places(self, well, sweeps, trials):
        wall, walled = WELLS[well]

        def boltzmann(points):
            return np.exp(-BETA * walled(points))

        empty = Pool(9, (-2.5, 2.2), 1.8, wall=wall)
        log_z = activity(2.0, over_cylinder(empty, boltzmann))
        pool = dataclasses.replace(empty, log_activity=log_z)
        movers = [(kind, m) for m in range(9) for kind in (TRANSLATE, RIGID, ROTATE)]
        run = flask([pool], movers=movers, trials=trials, seed=21)
        run.window.step[TRANSLATE] = 2.0
        choose = np.random.default_rng(2)
        rows = watch(
            run,
            4000,
            15,
            lambda run: (count(run), *any_water(run, 0, choose)[0]),
            sweeps,
        )
        assert_histogram(rows[:, 0].astype(int), poisson(2.0, 9))
        there = rows[rows[:, 0] > 0]
        z = np.linspace(pool.z[0], pool.z[1], 401)
        assert_density(there[:, 3], z, cut(boltzmann, pool)(z))
        assert (run.window.accepted[:INSERT].sum() > 0) == (sweeps > 0)

    def test_waters_outside_are_left_alone(self):
        """A region inside a wider well: all waters of the well, and those inside, are Poisson."""
        wall = SphereWall(1.0, kcal(1.0))
        everywhere = Pool(10, (-6.0, 6.0), 6.0)
        inner = Pool(10, (-1.4, 1.2), 1.5)

        def boltzmann(points):
            return np.exp(-BETA * sphere_energy(wall, points))

        whole, part = (over_cylinder(pool, boltzmann) for pool in (everywhere, inner))
        log_z = activity(3.0, whole)
        pool = dataclasses.replace(inner, log_activity=log_z, wall=wall, confined=False)
        run = flask([pool], movers=[(TRANSLATE, m) for m in range(10)], seed=22)
        run.window.step[TRANSLATE] = 1.5

        def numbers(run):
            x = run.state.r[present(run), 0]
            inside = (np.hypot(x[:, 0], x[:, 1]) <= 1.5) & (x[:, 2] >= -1.4) & (x[:, 2] <= 1.2)
            return len(x), inside.sum()

        rows = watch(run, 9000, 20, numbers, 60)
        assert_histogram(rows[:, 0], poisson(3.0, 10))
        inside = poisson(3.0, 10) @ [binom.pmf(np.arange(11), n, part / whole) for n in range(11)]
        assert_histogram(rows[:, 1], inside)

    def test_a_minimum_counts_waters_outside(self):
        wall = SphereWall(1.0, kcal(1.0))
        pool = Pool(5, (-1.4, 1.2), 1.2, activity(1.1, 10.0), wall=wall, confined=False, minimum=2)
        start = [[(0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]]
        run = flask([pool], movers=[(TRANSLATE, m) for m in range(5)], start=start, seed=23)
        run.window.step[TRANSLATE] = 1.5

        def boltzmann(points):
            return np.exp(-BETA * sphere_energy(wall, points))

        whole = over_cylinder(Pool(1, (-5.0, 5.0), 5.0), boltzmann)
        numbers = watch(run, 8000, 25, count, 40)
        assert_histogram(numbers, poisson(math.exp(pool.log_activity) * whole, 5, 2))


class TestTwoWaters:
    @pytest.mark.parametrize("sweeps", [0, 10], ids=["exchange alone", "all moves"])
    @pytest.mark.parametrize("trials", [FEW, SEVERAL])
    def test_two_oxygens_in_a_harmonic_well(self, trials, sweeps):
        """None, one or two waters that meet by Lennard-Jones: ½z²∫∫ factorises in the well.

        With E = ½k r² for each, centre and distance d are independent:
        ∫∫ = (2π/βk)^{3/2} · (β k/4π)^{3/2} (2π/βk)^{3/2} ∫exp(−β[¼k d² + u(d)]) 4πd² dd.
        """
        k = 2.0
        one = (2.0 * math.pi / (BETA * k)) ** 1.5
        d = np.linspace(0.5, 15.0, 8001)
        A, B = lennard_jones_ab(*pair_parameters(UNCHARGED.sites[0], UNCHARGED.sites[0]))
        u = A / d**12 - B / d**6
        density = 4.0 * math.pi * d**2 * np.exp(-BETA * (0.25 * k * d**2 + u))
        two = one**2 * (BETA * k / (4.0 * math.pi)) ** 1.5 * np.trapezoid(density, d)
        z = math.sqrt(2.0 / two)
        p = np.array([1.0, z * one, 0.5 * z * z * two])
        wall = SphereWall(0.0, k)
        pool = Pool(2, (-6.5, 6.5), 6.5, math.log(z), wall)
        movers = [(TRANSLATE, 0), (TRANSLATE, 1), (RIGID, 1)]
        run = flask([pool], water=UNCHARGED, guard=True, trials=trials, movers=movers, seed=31)
        run.window.step[TRANSLATE] = 1.5

        def observe(run):
            r = run.state.r
            apart = np.linalg.norm(r[0, 0] - r[1, 0]) if count(run) == 2 else np.nan
            return count(run), apart

        rows = watch(run, 6000, 30, observe, sweeps)
        assert_histogram(rows[:, 0].astype(int), p / p.sum())
        both = rows[rows[:, 0] == 2.0, 1]
        assert_density(both, d, density, least=400)


class TestAboutAnIon:
    """One water at most: p(1)/p(0) = z∫exp(−βu), over places and orientations by quadrature."""

    def occupied(self, water, single, trials, sweeps=0, n=6000, between=20, least=1500,
                 beta=BETA, **options):  # fmt: skip
        empty = Pool(1, (-3.5, 4.5), 4.2)
        r, density = about_ion(empty, water, single, beta)
        pool = dataclasses.replace(empty, log_activity=activity(1.0, np.trapezoid(density, r)))
        run = flask([pool], [Ion(single, ORIGIN)], water, guard=True, trials=trials,
                    movers=[(TRANSLATE, 0), (RIGID, 0), (ROTATE, 0)], **options)  # fmt: skip
        run.model = run.model._replace(beta=beta)
        run.window.step[TRANSLATE] = 0.6
        far = watch(run, n, between, lambda run: np.linalg.norm(any_water(run)[0]), sweeps)
        assert_mean(np.isfinite(far).astype(float), 0.5, least)
        near = far[np.isfinite(far)]
        assert_density(near, r, density, least=300)

    @pytest.mark.parametrize("trials", [FEW, (2, 7), (9, 2)])
    def test_weak_ion(self, trials):
        self.occupied(FF.water, WEAK, trials, seed=41)

    def test_weak_ion_with_all_moves(self):
        self.occupied(FF.water, WEAK, SEVERAL, sweeps=6, n=4000, between=10, seed=42)

    @pytest.mark.parametrize("symbol", ["K", "Na"])
    def test_ion(self, symbol):
        """−18 and −24 kcal/mol in the minimum, at 750 K, with the product's numbers of trials."""
        self.occupied(FF.water, FF.ion(symbol), DEFAULT, 20, 3000, 20, least=500, seed=43,
                      beta=0.4 * BETA)  # fmt: skip

    def test_four_sites_double(self):
        ff = load("jc-tip4pew")
        self.occupied(ff.water, ff.ion("K"), DEFAULT, 20, 2000, 20, least=500, seed=44,
                      beta=0.4 * BETA, precision="double", forcefield="jc-tip4pew")  # fmt: skip

    @pytest.mark.validate
    @pytest.mark.parametrize("symbol", ["K", "Na"])
    def test_ion_at_300_K(self, symbol):
        """A strongly held water leaves rarely: once in hundreds of trials."""
        self.occupied(FF.water, FF.ion(symbol), DEFAULT, 200, 20_000, 150, seed=46)

    def test_guard(self):
        """A site without energy excludes the places and turns that bring a site within 0.8 Å."""
        pool = Pool(1, (-1.8, 1.8), 1.8)
        r = np.linspace(1e-6, 1.8, 721)
        excluded = 1.0 - turned_average(r, IDEAL, GHOST)
        free = pool.volume - np.trapezoid(4.0 * math.pi * r**2 * excluded, r)
        assert free < 0.9 * pool.volume
        pool = dataclasses.replace(pool, log_activity=activity(1.0, free))
        run = flask([pool], [Ion(GHOST, ORIGIN)], guard=True, seed=45)
        numbers = watch(run, 10_000, 12, count)
        assert_mean(numbers.astype(float), 0.5, least=6000)


class TestDetailedBalance:
    @pytest.mark.parametrize("way", ["insertion and deletion", "jumps"])
    def test_flux_between_bins_goes_both_ways(self, way):
        """n(i → j) = n(j → i) for every pair of bins of one water about the weak ion.

        Bins by the distance from the ion and the side that the water turns to it: between each and
        the empty place by insertion and deletion, and between two of them by jumps.
        """
        pool = Pool(1, (-3.5, 4.5), 4.2)
        r, density = about_ion(pool, FF.water, WEAK)
        log_z = activity(1.0, np.trapezoid(density, r))
        start = [[(0.0, 3.0, 0.5)]]
        if way != "jumps":
            pool, start = dataclasses.replace(pool, log_activity=log_z), []
        run = flask([pool], [Ion(WEAK, ORIGIN)], FF.water, guard=True, trials=(6, 4), start=start,
                    seed=51)  # fmt: skip

        def state(run):
            if count(run) == 0:
                return 0
            water = run.state.r[0]
            far = np.linalg.norm(water[0])
            turned = (water[1] + water[2] - 2.0 * water[0]) @ water[0] > 0.6 * far
            return 1 + 2 * int(np.searchsorted([2.8, 3.4, 4.4], far)) + int(turned)

        states = watch(run, 24_000, 1, state)
        flux = np.zeros((9, 9))
        np.add.at(flux, (states[:-1], states[1:]), 1)
        edges = [(i, j) for i in range(9) for j in range(i) if flux[i, j] + flux[j, i] >= 15]
        assert len(edges) >= (12 if way == "jumps" else 7)
        ahead, back = (np.array([flux[e[::s]] for e in edges]) for s in (1, -1))
        score = (ahead - back) ** 2 / (ahead + back)
        assert chi2.sf(score.sum(), len(edges)) > P_LEAST
        assert score.max() < 5.0**2

    def test_as_many_come_as_go(self):
        pool = Pool(9, (-1.0, 1.0), 1.5, activity(2.0, 4.5 * math.pi))
        run = flask([pool], seed=52)
        exchange(run, 200)
        run.window.accepted[:] = 0
        before = count(run)
        exchange(run, 20_000)
        came, gone = run.window.accepted[[INSERT, DELETE]].sum(axis=1)
        assert came - gone == count(run) - before
        assert came > 3000
