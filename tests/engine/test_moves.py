"""Every kind of move alone samples exactly the Boltzmann distribution of a small system.

Distributions are known by quadrature or in closed form; each system is chosen so that walls,
tethers, umbrella and the last molecule of the list all shape it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_cases import (
    Run,
    assemble,
    assert_follows,
    in_body_frame,
    ion_at,
    make_run,
    marginal,
    record,
)

from selectivity.engine import energy
from selectivity.engine.arrays import (
    AXIAL,
    DEPARTURES,
    HOP,
    REORIENT,
    RIGID,
    ROTATE,
    SHIFT,
    TORSION,
    TRANSLATE,
)
from selectivity.forcefield.library import load
from selectivity.geometry.confinement import (
    FileWalls,
    Funnel,
    SphereWall,
    file_energy,
    funnel_energy,
    sphere_energy,
)
from selectivity.system.topology import Anchor, Member
from selectivity.units import kcal, rt

FF = load("jc-tip3p")
BETA = 1.0 / rt(300.0)
FAR_AWAY = np.array([0.0, 0.0, 1000.0])


def steps(run: Run, kind: int, m: int, size: float) -> None:
    run.window.step[kind, run.model.cls[m]] = size


def ion_and(member: Member, at: np.ndarray, ion_position: np.ndarray, kind: int, **options) -> Run:
    """Molecule 0 makes moves of one kind; the ion, last of the list, stands still."""
    topology = assemble([member, Member(FF.ion("K"), "ion", "X", mobile=False)], x=1)
    r = np.zeros((2, max(len(member.molecule.sites), 1), 3))
    r[0, : len(at)] = at
    r[1, 0] = ion_position
    return make_run(topology, r, movers=[(kind, 0)], **options)


class TestTranslate:
    def test_two_ions_in_a_sphere(self):
        """p(r) ∝ r² exp(−β[U(r) + wall(r)]), uniform over directions."""
        wall = SphereWall(3.0, kcal(60.0))
        run = ion_and(
            Member(FF.ion("K"), "resident", "K", wall=wall),
            np.array([[0.0, 0.0, 3.2]]),
            np.zeros(3),
            TRANSLATE,
        )
        steps(run, TRANSLATE, 0, 1.2)
        r = record(run, 10_000, 60, lambda r: r[0, 0].copy())
        distance = np.linalg.norm(r, axis=1)
        grid = np.linspace(2.5, 4.5, 2001)
        points = np.stack([grid, 0 * grid, 0 * grid], axis=-1)
        u = ion_at(points, FF.ion("K"), FF.ion("K")) + sphere_energy(wall, points)
        assert_follows(distance, grid, 2.0 * np.log(grid) - BETA * u)
        for k in range(3):
            line = np.linspace(-1.0, 1.0, 101)
            assert_follows(r[:, k] / distance, line, 0.0 * line)

    def test_ion_under_its_umbrella(self):
        """z: umbrella and an end of the file; ρ: the cylinder. The ion is alone."""
        wall = FileWalls(-0.4, 3.0, kcal(10.0), 0.3, 1.0)
        topology = assemble([Member(FF.ion("K"), "ion", "X", wall=wall)], x=0)
        run = make_run(topology, np.zeros((1, 1, 3)), umbrella=(-0.5, 12.0), movers=[(0, 0)])
        steps(run, TRANSLATE, 0, 0.8)
        r = record(run, 10_000, 20, lambda r: r[0, 0].copy())
        z = np.linspace(-3.0, 3.0, 3001)
        points = np.stack([0 * z, 0 * z, z], axis=-1)
        assert_follows(r[:, 2], z, -BETA * (file_energy(wall, points) + 6.0 * (z + 0.5) ** 2))
        rho = np.linspace(1e-6, 3.0, 3001)
        points = np.stack([rho, 0 * rho, 0 * rho + 1.0], axis=-1)
        assert_follows(
            np.hypot(r[:, 0], r[:, 1]), rho, np.log(rho) - BETA * file_energy(wall, points)
        )

    @pytest.mark.parametrize("direction", [1, -1])
    def test_water_in_a_funnel(self, direction):
        wall = Funnel(1.5, direction, 1.0, 0.8, 2.0, kcal(3.0))
        water = FF.water.coordinates() + np.array([0.0, 0.0, 1.5 + direction])
        run = ion_and(Member(FF.water, "water", "W", wall=wall), water, FAR_AWAY, TRANSLATE)
        steps(run, TRANSLATE, 0, 2.0)
        r = record(run, 10_000, 30, lambda r: r[0, 0].copy())
        z = np.linspace(-6.0, 9.0, 1501)
        rho = np.linspace(1e-6, 8.0, 1001)
        points = np.stack(np.broadcast_arrays(rho[:, None], 0.0, z), axis=-1)
        log_p = np.log(rho)[:, None] - BETA * funnel_energy(wall, points)
        assert_follows(r[:, 2], z, marginal(log_p, 1, rho, z))
        assert_follows(np.hypot(r[:, 0], r[:, 1]), rho, marginal(log_p, 0, rho, z))


class TestTurns:
    @pytest.mark.parametrize(("kind", "size"), [(ROTATE, 1.5), (REORIENT, math.pi)])
    def test_water_before_an_ion(self, kind, size):
        """Water turns about a fixed O, 4 Å from K+: two angles of the ion in the water's frame."""
        run = ion_and(
            Member(FF.water, "file_water", "W"),
            FF.water.coordinates(),
            np.array([2.4, 0.0, 3.2]),
            kind,
        )
        steps(run, kind, 0, size)
        s = record(run, 10_000, 20, lambda r: in_body_frame(r[0], r[1, 0]))
        np.testing.assert_allclose(np.linalg.norm(s, axis=1), 4.0, atol=1e-9)
        c, phi = np.linspace(-1.0, 1.0, 601), np.linspace(0.0, np.pi / 2, 201)
        points = 4.0 * directions(c, phi)
        log_p = -BETA * ion_at(points, FF.water, FF.ion("K"))
        assert_follows(s[:, 2] / 4.0, c, marginal(log_p, 0, c, phi))
        folded = np.arctan2(np.abs(s[:, 1]), np.abs(s[:, 0]))
        assert_follows(folded, phi, marginal(log_p, 1, c, phi))

    def test_tethered_carbonyl_beside_an_ion(self):
        """C=O turns about a fixed O in tether, orientation term and the field of an ion."""
        crystal = np.array([[0.3, -0.2, -1.229], [0.0, 0.0, 0.0]])
        anchor = Anchor(crystal, np.array([8.0, 5.0]), k_theta=4.0)
        ion = np.array([3.2, 0.0, 1.6])
        sites = FF.carbonyl.coordinates() - [0.0, 0.0, 1.229]
        run = ion_and(Member(FF.carbonyl, "carbonyl", "C=O", anchor=anchor), sites, ion, ROTATE)
        steps(run, ROTATE, 0, 2.5)
        n = record(run, 10_000, 20, lambda r: (r[0, 1] - r[0, 0]) / 1.229)
        c, phi = np.linspace(-1.0, 1.0, 401), np.linspace(-np.pi, np.pi, 401)
        now = directions(c, phi)
        # seen from the carbonyl the ion stands at (ion − O) turned into the body frame: only its
        # distance to C matters, so a point at that distance along the axis serves
        u = sum(
            ion_at(points[..., None, :], one_site(FF.carbonyl, s), FF.ion("K"))[..., 0]
            for s, points in ((0, ion + 1.229 * now), (1, np.broadcast_to(ion, now.shape)))
        )
        u += 4.0 * np.sum((-1.229 * now - crystal[0]) ** 2, axis=-1)
        towards = -crystal[0] / np.linalg.norm(crystal[0])
        u += 4.0 * (1.0 - now @ towards)
        assert_follows(n[:, 2], c, marginal(-BETA * u, 0, c, phi))
        assert_follows(np.arctan2(n[:, 1], n[:, 0]), phi, marginal(-BETA * u, 1, c, phi))

    def test_hydroxyl_about_its_bond(self):
        """One torsion: energies by the reference at 720 angles."""
        sites = FF.hydroxyl.coordinates()
        ion = np.array([2.0, 2.2, 3.0])
        run = ion_and(Member(FF.hydroxyl, "hydroxyl", "OH"), sites, ion, TORSION)
        steps(run, TORSION, 0, 2.0)
        topology, fixed = run.topology, run.state.r[:, :2].copy()
        h = record(run, 10_000, 20, lambda r: r[0, 2].copy())
        np.testing.assert_allclose(run.state.r[:, :2], fixed, atol=1e-9)
        np.testing.assert_allclose(h[:, 2], sites[2, 2], atol=1e-9)
        phi = np.linspace(-np.pi, np.pi, 721)
        u = np.empty(721)
        for i, angle in enumerate(phi):
            r = run.state.r.copy()
            r[0, 2] = [sites[2, 0] * np.cos(angle), sites[2, 0] * np.sin(angle), sites[2, 2]]
            u[i] = energy.total_energy(topology, r)
        assert np.ptp(u) > 10.0
        assert_follows(np.arctan2(h[:, 1], h[:, 0]), phi, -BETA * u)


class TestRigid:
    def test_water_around_an_ion(self):
        """All of ion and water in a sphere: the ion's place in the water's frame, in 3-D."""
        wall = SphereWall(3.0, kcal(2.0))
        water = FF.water.coordinates() + np.array([0.0, 0.0, 2.9])
        run = ion_and(Member(FF.water, "water", "W", wall=wall), water, np.zeros(3), RIGID)
        steps(run, TRANSLATE, 0, 0.5)
        steps(run, ROTATE, 0, 1.2)
        steps(run, RIGID, 0, 1.0)
        both = record(
            run, 12_000, 40, lambda r: np.concatenate([in_body_frame(r[0], r[1, 0]), r[0, 0]])
        )
        s, o = both[:, :3], both[:, 3:]
        distance = np.linalg.norm(s, axis=1)
        r, phi = np.linspace(1.8, 5.5, 186), np.linspace(0.0, np.pi / 2, 41)
        c = 2.0 * np.linspace(0.0, 1.0, 181) ** 2 - 1.0  # finest where the ion sits, before O
        points = r[:, None, None, None] * directions(c, phi)
        u = ion_at(points, FF.water, FF.ion("K")) + sphere_energy(wall, points)
        log_p = 2.0 * np.log(r)[:, None, None] - BETA * u
        assert_follows(distance, r, marginal(log_p, 0, r, c, phi))
        assert_follows(s[:, 2] / distance, c, marginal(log_p, 1, r, c, phi))
        folded = np.arctan2(np.abs(s[:, 1]), np.abs(s[:, 0]))
        assert_follows(folded, phi, marginal(log_p, 2, r, c, phi))
        line = np.linspace(-1.0, 1.0, 101)
        assert_follows(o[:, 2] / distance, line, 0.0 * line, least=200)

    def test_tethered_carbonyl_alone(self):
        """Middle and direction are independent: a Gaussian, and exp(a cos θ) over the sphere."""
        crystal = np.array([[0.0, 0.0, 0.0], [0.0, 1.229, 0.0]])
        k, k_theta = kcal(1.6), kcal(2.0)
        anchor = Anchor(crystal, np.array([k, k]), k_theta=k_theta)
        member = Member(FF.carbonyl, "carbonyl", "C=O", anchor=anchor)
        run = ion_and(member, crystal, FAR_AWAY, RIGID)
        steps(run, TRANSLATE, 0, 0.8)
        steps(run, ROTATE, 0, 1.2)
        steps(run, RIGID, 0, 1.0)
        sites = record(run, 12_000, 25, lambda r: r[0, :2].copy())
        middle = sites.mean(axis=1) - crystal.mean(axis=0)
        line = np.linspace(-4.0, 4.0, 2001)
        for axis in range(3):
            assert_follows(middle[:, axis], line, -BETA * k * line**2)
        c = np.linspace(-1.0, 1.0, 1001)
        a = BETA * (0.5 * k * 1.229**2 + k_theta)
        assert_follows((sites[:, 1, 1] - sites[:, 0, 1]) / 1.229, c, a * c)


def raised(sites: np.ndarray, z: float) -> np.ndarray:
    """Coordinates moved up by ``z``."""
    return sites + np.array([0.0, 0.0, z])


def ring_of_carbonyls(z: float, radius: float) -> list[tuple[Member, np.ndarray]]:
    """Four fixed carbonyls pointing at the axis, O at ``radius`` from it."""
    ring = []
    for i in range(4):
        out = np.array([math.cos(i * math.pi / 2), math.sin(i * math.pi / 2), 0.0])
        sites = raised(np.array([(radius + 1.229) * out, radius * out]), z)
        anchor = Anchor(sites, np.zeros(2))
        ring.append((Member(FF.carbonyl, "carbonyl", f"C=O {i}", False, anchor=anchor), sites))
    return ring


class TestAlongTheAxis:
    def test_axial(self):
        """Ion on the axis of a fixed ring, under an umbrella, against one end of the file."""
        wall = FileWalls(-1.0, 9.0, kcal(10.0), 2.0, 1.0)
        ring = ring_of_carbonyls(0.5, 2.6)
        members = [*(member for member, _ in ring), Member(FF.ion("K"), "ion", "X", wall=wall)]
        topology = assemble(members, x=4, on_axis=True)
        r = np.zeros((5, 2, 3))
        r[:4] = [sites for _, sites in ring]
        umbrella = (-0.9, kcal(8.0))
        run = make_run(topology, r, umbrella=umbrella, movers=[(AXIAL, 4)])
        steps(run, AXIAL, 4, 1.0)
        z = record(run, 10_000, 15, lambda r: r[4, 0, 2])
        assert np.all(run.state.r[4, 0, :2] == 0.0)
        grid = np.linspace(-3.5, 3.5, 1401)
        u = np.empty(grid.size)
        for i, height in enumerate(grid):
            r[4, 0, 2] = height
            u[i] = energy.total_energy(topology, r, umbrella=umbrella)
        assert_follows(z, grid, -BETA * u)


SHIFT_UMBRELLA = (0.6, kcal(1.0))


FILE = FileWalls(-2.4, 1.9, kcal(4.0), 2.0, 1.0)
LIMITS = (FILE.z_lower - FILE.hard_margin, FILE.z_upper + FILE.hard_margin)


def file_system(symbols: str, heights: tuple[float, ...], movers: tuple[int, ...]) -> Run:
    """A single file of waters W and the ion X on the axis of a ring of carbonyls.

    Waters below the ion point O upwards, those above it downwards; none ever turns.
    """
    ring = ring_of_carbonyls(-0.8, 3.4)
    file = [
        Member(FF.ion("K"), "ion", "X", wall=FILE)
        if symbol == "X"
        else Member(FF.water, "file_water", "W", wall=FILE)
        for symbol in symbols
    ]
    members = [*(member for member, _ in ring), *file]
    x = 4 + symbols.index("X")
    topology = assemble(members, x=x, file=(4, 5, 6), file_limits=LIMITS)
    r = np.zeros((7, 3, 3))
    for f, (m, height) in enumerate(zip(topology.file_order, heights, strict=True)):
        template = topology.members[m].molecule.coordinates()
        upside = 1.0 if f > symbols.index("X") else -1.0
        r[m, : len(template)] = raised(template * [1.0, 1.0, upside], height)
    carbonyls = [m for m, member in enumerate(topology.members) if member.role == "carbonyl"]
    r[carbonyls, :2] = [sites for _, sites in ring]
    table = [(kind, topology.x) for kind in movers]
    run = make_run(topology, r, umbrella=SHIFT_UMBRELLA, movers=table)
    steps(run, SHIFT, topology.x, 0.5)
    return run


def file_exact(run: Run, grid: np.ndarray) -> np.ndarray:
    """ln p of the three heights on an even grid, shape (n, n, n).

    The energy is a sum over molecules, and over pairs that depend on the difference in height.
    """
    topology, order, n = run.topology, run.topology.file_order, grid.size

    def at(heights: dict[int, float]) -> np.ndarray:
        r = run.state.r.copy()
        for m in order:
            sites = len(topology.members[m].molecule.sites)
            r[m, :sites, 2] += heights.get(m, 500.0 + m) - r[m, 0, 2]
        return r

    others = [m for m in range(len(run.state.r)) if m not in order]
    single = {m: np.empty(n) for m in order}
    for i, height in enumerate(grid):
        for m, u in single.items():
            r = at({m: height})
            u[i] = energy.pair_matrix(topology, r)[m, others].sum()
            u[i] += energy.one_body_energies(topology, r)[m]
    single[topology.x] += 0.5 * SHIFT_UMBRELLA[1] * (grid - SHIFT_UMBRELLA[0]) ** 2
    a, b, c = order
    u = single[a][:, None, None] + single[b][:, None] + single[c]
    places = np.arange(n)[None, :] - np.arange(n)[:, None] + n - 1
    for lower, upper, shape in ((a, b, 0), (b, c, 1), (a, c, 2)):
        table = np.full(2 * n - 1, np.inf)  # by (place of upper − place of lower) + n − 1
        for gap in range(1, n):
            r = at({lower: 0.0, upper: gap * (grid[1] - grid[0])})
            table[gap + n - 1] = energy.pair_matrix(topology, r)[lower, upper]
        pair = table[places]
        u = u + (pair[:, :, None], pair[None], pair[:, None, :])[shape]
    return -BETA * u


class TestFile:
    @pytest.mark.parametrize("movers", [(SHIFT,), (SHIFT, HOP)])
    def test_three_in_file(self, movers):
        """W X W pressed between both ends of the file: the height of each."""
        run = file_system("WXW", (-2.9, -0.2, 2.4), movers)
        order = list(run.topology.file_order)
        z = record(run, 16_000, 30 * len(movers), lambda r: r[order, 0, 2])
        grid = np.linspace(*LIMITS, 141)
        log_p = file_exact(run, grid)
        for f in range(3):
            assert_follows(z[:, f], grid, marginal(log_p, f, grid, grid, grid))

    def test_hops(self):
        """W W X, hops alone: X stays, the waters below it move one by one and together."""
        grid = np.linspace(*LIMITS, 211)
        run = file_system("WWX", (-2.4, 0.3, grid[195]), (HOP,))
        order = list(run.topology.file_order)
        z = record(run, 12_000, 60, lambda r: r[order, 0, 2])
        assert np.all(z[:, 2] == grid[195])
        log_p = file_exact(run, grid)[:, :, 195]
        assert_follows(z[:, 0], grid, marginal(log_p, 0, grid, grid))
        assert_follows(z[:, 1], grid, marginal(log_p, 1, grid, grid))
        assert np.ptp(z[:, 0]) > 0.5
        assert run.state.counts[DEPARTURES] == 0

    def test_shape_of_the_water_is_kept(self):
        run = file_system("WXW", (-2.9, -0.2, 2.4), (SHIFT, HOP))
        water = run.topology.file_order[2]
        before = run.state.r[water] - run.state.r[water, 0]
        run.equilibrate(2000)
        np.testing.assert_allclose(run.state.r[water] - run.state.r[water, 0], before, atol=1e-9)


class TestDepartures:
    @pytest.mark.parametrize("kind", [AXIAL, SHIFT])
    def test_refused_trials_keep_the_distribution(self, kind):
        """Hard limits that the umbrella presses against: the density is cut off there, no more."""
        member = Member(FF.ion("K"), "ion", "X")
        topology = assemble([member], x=0, file=(0,), file_limits=(-0.5, 0.7))
        run = make_run(topology, np.zeros((1, 1, 3)), umbrella=(1.0, 6.0), movers=[(kind, 0)])
        steps(run, kind, 0, 0.9)
        z = record(run, 8000, 12, lambda r: r[0, 0, 2])
        grid = np.linspace(-0.5, 0.7, 601)
        assert_follows(z, grid, -BETA * 3.0 * (grid - 1.0) ** 2)
        assert run.state.counts[DEPARTURES] > 1000

    def test_order_and_limits_of_the_file(self):
        """In a wide file two ions could pass each other; the trial is refused and counted."""
        wall = FileWalls(-4.0, 4.0, kcal(1.0), 12.0, 0.5)
        members = [
            Member(FF.ion("Na"), "resident", "Na", wall=wall),
            Member(FF.ion("K"), "ion", "X", wall=wall),
        ]
        topology = assemble(members, x=1, file=(0, 1), file_limits=(-4.5, 4.5))
        r = np.zeros((2, 1, 3))
        r[:, 0] = [[5.0, 0.0, -2.0], [-5.0, 0.0, 2.0]]
        run = make_run(topology, r, movers=[(TRANSLATE, 0), (TRANSLATE, 1), (SHIFT, 1)])
        run.window.step[TRANSLATE] = 6.0
        run.window.step[SHIFT] = 3.0
        z = record(run, 3000, 10, lambda r: r[:, 0, 2].copy())
        assert np.all(z[:, 0] < z[:, 1])
        assert np.abs(z).max() <= 4.5
        assert run.state.counts[DEPARTURES] > 1000
        assert (z[:, 0] > 1.0).any()
        assert (z[:, 1] < -1.0).any()


def directions(c: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Unit vectors of cosine and azimuth, shape (c, phi, 3)."""
    s = np.sqrt(1.0 - c[:, None] ** 2)
    return np.stack(
        np.broadcast_arrays(s * np.cos(phi), s * np.sin(phi), c[:, None] + 0.0 * phi), axis=-1
    )


def one_site(molecule, s: int):
    """One site of a molecule at the origin."""
    from dataclasses import replace

    return replace(
        molecule, sites=(molecule.sites[s],), positions=((0.0, 0.0, 0.0),), site_names=("s",)
    )
