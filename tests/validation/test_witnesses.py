"""Methods that witness one another, each on a system whose answer is known."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from selectivity.engine import energy
from selectivity.records import Estimate
from selectivity.system.build import start
from selectivity.system.spec import CageSpec
from selectivity.units import KCAL
from selectivity.validation.context import Context
from selectivity.validation.exact import one_ligand_difference
from selectivity.validation.openmm_witness import flat
from selectivity.validation.sections import witnesses
from selectivity.validation.sections.witnesses import (
    CASES,
    GAPS,
    IONS,
    METHODS,
    TEMPERATURE,
    End,
    bar,
    chain,
    estimate,
    held,
    ladder_energies,
    leg,
    pymbar_bar,
)
from selectivity.validation.small import scrambled

pytestmark = pytest.mark.usefixtures("kernels")

SETTINGS = {
    "equilibration": 500,
    "adaptation": 1000,
    "production": 12_000,
    "records": 400,
    "stride": 10,
    "frames": 250,
    "frame_steps": 20,
    "step_fs": 2.0,
}
CARBONYL = CageSpec("one carbonyl", "charmm36", IONS, TEMPERATURE, 1, 0)
ENDS = (End(CARBONYL), End(replace(CARBONYL, name="one water", n_carbonyls=0, n_waters=1)))


def context(**settings) -> Context:
    return Context(
        settings={**SETTINGS, **settings},
        seed=11,
        open_stage=lambda: None,
        file=lambda name: None,
        folder=None,
        section=None,
        stop=threading.Event(),
        tick=lambda share: None,
    )


def test_bar_of_gaussians_is_exact():
    """Works that fulfil Crooks' relation: w_F ~ N(Δ + s²/2, s²), w_R ~ N(−Δ + s²/2, s²)."""
    rng, delta, s = np.random.default_rng(4), 3.0, 1.5
    found = []
    for _ in range(16):
        forward = rng.normal(delta + 0.5 * s * s, s, 2000)
        reverse = rng.normal(-delta + 0.5 * s * s, s, 500)
        found.append(bar(forward, reverse))
    e = Estimate.from_replicas(found)
    assert e.error < 0.02
    assert abs(e.value - delta) < 4.0 * e.error


def test_bar_of_a_constant_work():
    assert bar(np.full(7, -250.0), np.full(3, 250.0)) == pytest.approx(-250.0, abs=1e-8)


def test_bar_is_that_of_pymbar():
    pytest.importorskip("pymbar")
    rng = np.random.default_rng(5)
    forward, reverse = rng.normal(12.0, 3.0, 900), rng.normal(-6.0, 2.0, 400)
    assert bar(forward, reverse) == pytest.approx(pymbar_bar(forward, reverse), abs=1e-7)


def test_a_leg_adds_its_neighbours():
    a = np.array([0.0, 5.0, -2.0, 11.0])
    u = np.broadcast_to(a, (4, 30, 4))
    assert leg(u) == pytest.approx(11.0, abs=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_ladder_energies_are_those_of_the_reference(case):
    for end in CASES[case]():
        topology = held(end.spec)
        r = scrambled(topology, 0.4, 3, 0.1)
        u = [energy.total_energy(topology, r, j) for j in range(GAPS + 1)]
        found = ladder_energies(topology, flat(topology, r)[None])
        assert found[0] == pytest.approx(np.array(u) - u[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_a_held_ion_keeps_its_place_and_identity(case):
    for end in CASES[case]():
        run = chain(context(), end, 2, 0)
        z = 0.0 if math.isnan(end.z) else end.z
        assert run.state.r[run.topology.x, 0].tolist() == [0.0, 0.0, z]
        assert run.state.identity[0] == 2
        assert run.topology.x not in run.model.movers[:, 1]
        before = run.state.r.copy()
        run.equilibrate(50)
        assert np.abs(run.state.r - before).max() > 0.01


def exact() -> float:
    """ΔΔG(K → Na) from one carbonyl to one water by quadrature, kcal/mol."""
    carbonyl, water = (one_ligand_difference(end.spec, *IONS) for end in ENDS)
    return (water - carbonyl) / KCAL


@pytest.mark.parametrize("method", ["ladder", "bar", "openmm"])
def test_a_method_gives_what_is_known(method):
    if method == "openmm":
        pytest.importorskip("openmm")
    found = estimate([METHODS[method](context(), ENDS, number) for number in range(5)])
    assert found.error < 0.2
    assert abs(found.value - exact()) < 4.0 * found.error


def test_langevin_keeps_molecules_rigid_and_the_ion_at_rest():
    pytest.importorskip("openmm")
    from selectivity.validation.langevin import langevin

    topology = held(replace(CARBONYL, n_waters=1))
    r = start(topology, 0.0, np.random.default_rng(1))
    plan = {"records": 40, "steps": 10, "equilibration": 100, "step_fs": 2.0}
    found = langevin(topology, r, [0, GAPS], 7, **plan)
    assert found.shape == (2, 40, topology.n_sites, 3)
    assert found.std(axis=1).max() > 0.05
    p = 0
    for m, member in enumerate(topology.members):
        n = len(member.molecule.sites)
        sites, places = found[:, :, p : p + n], member.molecule.coordinates()
        for a in range(n):
            for b in range(a):
                length = np.linalg.norm(sites[:, :, a] - sites[:, :, b], axis=-1)
                assert length == pytest.approx(np.linalg.norm(places[a] - places[b]), rel=1e-6)
        if m == topology.x:
            assert np.abs(sites).max() == 0.0
        p += n


@pytest.mark.parametrize("case", ["tethered", "kcsa"])
def test_both_precisions_give_one_difference(case):
    small = context(case=case, records=20, stride=5, equilibration=200)
    assert abs(witnesses.precision(small).value) < 1e-3
