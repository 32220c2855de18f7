"""Forces and torques against differences of the reference energy, term by term and molecule."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import SYSTEMS, Run, cage, droplet, filter_, make_run, scrambled, start_z

from selectivity.engine import arrays, energy, trajectory
from selectivity.geometry.confinement import FileWalls, Funnel, SphereWall
from selectivity.system.build import build_topology
from selectivity.system.spec import SystemSpec, Tether
from selectivity.system.topology import is_absent
from selectivity.units import kcal

UMBRELLA = (0.1, kcal(20.0))
STEP = 1e-3  # Å or rad; five points a derivative
CASES: dict[str, SystemSpec] = {
    "droplet": droplet("jc-tip4pew", n_waters=12, radius=5.0),
    "droplet of formamide": droplet(solvent="formamide", n_waters=6, radius=5.0),
    "cage": cage(n_waters=2),
    "cage without ligand electrostatics": cage(ligand_electrostatics=0.0),
    "filter": filter_("[K W X W]", caps=(3, 3)),
    "filter with four-site water": filter_("[W X]", "jc-tip4pew", caps=(2, 2)),
    "filter that turns freely": filter_("[K X]", k_theta=0.0, caps=(2, 2)),
    "filter, ligand electrostatics scaled": filter_("[X]", ligand_electrostatics=0.4, caps=(2, 2)),
    "open filter": filter_("[gc K gc X gc]", caps=(2, 2)),
    "mthk": SYSTEMS["mthk"],
}


def forces_of(name: str, precision: str = "double", identity: int = 2, far: float = 0.25) -> Run:
    """A run with every term strained; its forces are in ``work.force``."""
    spec = CASES[name]
    topology = build_topology(spec)
    r = scrambled(topology, start_z(spec), 3, far)
    run = make_run(topology, r, precision, identity, UMBRELLA)
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    trajectory.add_squares(run.model, run.state, run.window, run.work, squares)
    return run


def derivative(run: Run, m: int, part: int, k: int) -> float:
    """−dU/ds of the reference energy under a shift along or a turn about axis ``k``."""
    n, main = run.model.n_sites[m], run.model.main[m]
    r = run.state.r.copy()
    about = r[m, :n] - r[m, main]

    def at(s: float) -> float:
        moved = r.copy()
        if part == 0:
            moved[m, :n, k] += s
        else:
            i, j = (k + 1) % 3, (k + 2) % 3
            moved[m, :n, i] = r[m, main, i] + np.cos(s) * about[:, i] - np.sin(s) * about[:, j]
            moved[m, :n, j] = r[m, main, j] + np.sin(s) * about[:, i] + np.cos(s) * about[:, j]
        return energy.total_energy(run.topology, moved, int(run.state.identity[0]), UMBRELLA)

    h = STEP
    return -(8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)


def chosen(run: Run) -> list[int]:
    """X, both groups of one residue, the first of every class and all beyond their wall."""
    members, found = run.topology.members, {run.topology.x}
    there = np.flatnonzero(~is_absent(run.state.r))
    for cls in set(run.model.cls[there].tolist()):
        found.add(next(int(m) for m in there if run.model.cls[m] == cls))
    walls: list[object] = []
    for m in there:
        wall = members[m].wall
        if wall is not None and wall not in walls and m != run.topology.x:
            walls.append(wall)  # the first of every wall was put 9 Å beyond it
            found.add(int(m))
    bonded = np.flatnonzero(run.model.partner >= 0)
    return sorted(found | {int(m) for m in bonded[:2]})


@pytest.mark.parametrize("name", CASES)
def test_forces_are_minus_the_gradient(name):
    run = forces_of(name)
    worst = 0.0
    for m in chosen(run):
        scale = max(1.0, float(np.abs(run.work.force[m]).max()))
        for part in range(2 if run.model.n_sites[m] > 1 else 1):
            for k in range(3):
                off = run.work.force[m, part, k] - derivative(run, m, part, k)
                worst = max(worst, abs(off) / scale)
    print(f"largest relative error {worst:.1e}")
    assert worst < 1e-6


def test_the_cases_hold_every_class_and_every_wall():
    runs = [forces_of(name) for name in CASES]
    classes = {int(run.model.cls[m]) for run in runs for m in chosen(run)}
    assert classes == set(range(arrays.N_CLASSES))
    walls = [run.topology.members[m].wall for run in runs for m in chosen(run)]
    assert {type(wall) for wall in walls if wall is not None} == {SphereWall, FileWalls, Funnel}
    assert any((run.model.partner >= 0).any() for run in runs)
    absent = [run for run in runs if is_absent(run.state.r).any()]
    assert [run.topology.spec for run in absent] == [CASES["open filter"]]


@pytest.mark.parametrize("name", CASES)
def test_sums_of_squares_are_those_of_what_is_free(name):
    """Every free component of a molecule that is there counts once, in its class."""
    run = forces_of(name)
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    trajectory.add_squares(run.model, run.state, run.window, run.work, squares)
    expected = np.zeros_like(squares)
    for m in np.flatnonzero(~is_absent(run.state.r)):
        force, torque = run.work.force[m]
        cls = run.model.cls[m]
        if run.topology.members[m].mobile:
            expected[cls, 0] += np.sum(force**2), 3
            if run.model.n_sites[m] > 1:
                expected[cls, 1] += np.sum(torque**2), 3
    np.testing.assert_allclose(squares, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["droplet", "filter", "open filter"])
def test_mixed_against_double(name):
    """Single precision changes forces by less than 1e-5 of their largest."""
    one, two = (forces_of(name, precision, far=0.0) for precision in ("mixed", "double"))
    there = ~is_absent(two.state.r)
    off = np.abs(one.work.force[there] - two.work.force[there]).max()
    assert 0.0 < off < 1e-5 * np.abs(two.work.force[there]).max()


def test_forces_add_up_to_nothing():
    """Without walls, tethers or umbrella the molecules of a droplet push each other alone."""
    run = forces_of("droplet", far=0.0)
    run.model = run.model._replace(wall_kind=np.zeros_like(run.model.wall_kind))
    run.window.umbrella[:] = 0.0
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    trajectory.add_squares(run.model, run.state, run.window, run.work, squares)
    force, r = run.work.force, run.state.r
    main = r[np.arange(len(r)), run.model.main]
    scale = np.abs(force).max()
    np.testing.assert_allclose(force[:, 0].sum(axis=0) / scale, 0.0, atol=1e-8)
    turning = (np.cross(main, force[:, 0]) + force[:, 1]).sum(axis=0)
    np.testing.assert_allclose(turning / scale, 0.0, atol=1e-7)


def test_a_rigid_filter_counts_its_ion_along_the_axis_alone():
    spec = filter_("[X]", tether=Tether("rigid"), on_axis=True, caps=(0, 0))
    topology = build_topology(spec)
    run = make_run(topology, scrambled(topology, 0.4, 3, 0.0), "double", 0, UMBRELLA)
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    trajectory.add_squares(run.model, run.state, run.window, run.work, squares)
    assert squares[..., 1].sum() == 1.0
    assert squares[run.model.cls[topology.x], 0, 0] == run.work.force[topology.x, 0, 2] ** 2
