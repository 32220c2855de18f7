"""Every kind of move alone samples exactly the Boltzmann distribution of a small system.

The systems and their distributions, known by quadrature or in closed form, are those of
:mod:`selectivity.validation.move_cases` and ``file_cases``; each is chosen so that walls, tethers,
umbrella and the last molecule of the list all shape it.
"""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import assemble, assert_follows, make_run, record

from selectivity.engine.arrays import AXIAL, DEPARTURES, HOP, SHIFT, TRANSLATE
from selectivity.geometry.confinement import FileWalls
from selectivity.system.topology import Member
from selectivity.units import kcal
from selectivity.validation.file_cases import HELD, HOP_GRID, file_run, three_in_file
from selectivity.validation.move_cases import BETA, FF, Case, steps, two_ions, water_in_funnel
from selectivity.validation.sections.moves import CASES

MORE = {
    "translate in a funnel that opens downward": lambda: water_in_funnel(-1),
    "shift and hop": lambda: three_in_file((SHIFT, HOP)),
}
UNIFORM = ("direction", "normal", "dipole")
LONG = {"shift": 16_000, "shift and hop": 16_000, "hop": 12_000}  # records; others 10,000


def sampled(case: Case, records: int) -> np.ndarray:
    return record(case.make(1), records, case.stride, case.observe)


@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_distribution(name):
    case = (CASES | MORE)[name]()
    series = sampled(case, LONG.get(name, 10_000))
    for i, exact in enumerate(case.exact()):
        print(exact.name)
        assert exact.log_p.max() > exact.log_p.min() or exact.name in UNIFORM
        assert_follows(series[:, i], exact.grid, exact.log_p)


def test_two_ions_look_everywhere():
    """The direction of one ion from the other is uniform along every axis."""
    r = record(two_ions().make(1), 10_000, 60, lambda r: r[0, 0].copy())
    line = np.linspace(-1.0, 1.0, 101)
    for k in range(3):
        assert_follows(r[:, k] / np.linalg.norm(r, axis=1), line, 0.0 * line)


class TestWhatStaysFixed:
    @pytest.mark.parametrize("name", ["rotate", "reorient", "rotate a carbonyl"])
    def test_the_oxygen_of_a_turn(self, name):
        run = CASES[name]().make(1)
        oxygen = run.topology.members[0].molecule.main
        before = run.state.r[0].copy()
        run.equilibrate(2000)
        np.testing.assert_allclose(run.state.r[0, oxygen], before[oxygen], atol=1e-9)
        assert np.abs(run.state.r[0] - before).max() > 0.1

    def test_the_bond_of_a_torsion(self):
        run = CASES["torsion"]().make(1)
        before = run.state.r[0].copy()
        run.equilibrate(2000)
        np.testing.assert_allclose(run.state.r[0, :2], before[:2], atol=1e-9)
        assert run.state.r[0, 2, 2] == pytest.approx(before[2, 2], abs=1e-9)

    def test_the_axis(self):
        run = CASES["axial"]().make(1)
        run.equilibrate(2000)
        assert np.all(run.state.r[4, 0, :2] == 0.0)

    def test_the_ion_of_hops(self):
        """And no trial of a hop departs."""
        run = CASES["hop"]().make(1)
        order = list(run.topology.file_order)
        z = record(run, 1000, 60, lambda r: r[order, 0, 2])
        assert np.all(z[:, 2] == HOP_GRID[HELD])
        assert np.ptp(z[:, 0]) > 0.5
        assert run.state.counts[DEPARTURES] == 0

    def test_the_shape_of_the_water(self):
        run = file_run("WXW", (-2.9, -0.2, 2.4), (SHIFT, HOP))
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
