"""The small systems: what they must sample, and that a sampler that is wrong is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from selectivity.engine.arrays import AXIAL
from selectivity.validation.sections.moves import CASES
from selectivity.validation.sections.water_moves import CASES as WATER
from selectivity.validation.small import record
from selectivity.validation.statistics import (
    Counts,
    Density,
    merged,
    p_value,
    thinned,
    uniformity,
)
from selectivity.validation.water import watch

pytestmark = pytest.mark.usefixtures("kernels")


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_temperature_is_found_out(name):
    """Sampled with half of β, every case has an observable with p < 1e-3."""
    case = CASES[name]()
    run = case.make(5)
    run.model = run.model._replace(beta=0.5 * run.model.beta)
    series = record(run, 4000 if name == "hop" else 2500, case.stride, case.observe)
    p = [p_value(thinned(series[:, i]), e) for i, e in enumerate(case.exact())]
    assert min(p) < 1e-3, p


@pytest.mark.parametrize("name", ["come and go: ideal", "come and go: weak ion"])
def test_a_wrong_activity_is_found_out(name):
    case = WATER[name]()
    run = case.make(np.random.default_rng(2))
    region = run.model.region.copy()
    region[:, 4] += 0.4  # the logarithm of the activity
    run.model = run.model._replace(region=region)
    series = watch(run, 3000, case.trials, case.observe)
    assert p_value(thinned(series[:, 0]), case.exact()[0]) < 1e-3


def test_a_step_that_depends_on_the_state_is_found_out():
    """Detailed balance broken: steps that are longer on one side."""
    case = CASES["axial"]()
    run = case.make(3)

    def observe(r):
        run.window.step[AXIAL] = 1.0 if r[4, 0, 2] > 0.0 else 0.05
        return case.observe(r)

    series = record(run, 8000, 1, observe)
    assert p_value(thinned(series[:, 0]), case.exact()[0]) < 1e-3


def test_p_values():
    grid = np.linspace(-6.0, 6.0, 1201)
    normal = Density("x", grid, -0.5 * grid**2)
    rng = np.random.default_rng(1)
    p = [p_value(rng.normal(size=300), normal) for _ in range(200)]
    assert uniformity(p) > 0.01
    assert uniformity(np.array(p) ** 2) < 1e-3
    assert p_value(np.array([0.0, 7.0]), normal) == 0.0
    assert normal.mean == pytest.approx(0.0, abs=1e-12)
    assert normal.density(np.array([0.0]))[0] == pytest.approx((2.0 * np.pi) ** -0.5, rel=1e-6)
    shifted = replace(normal, log_p=-0.5 * (grid - 1.5) ** 2)
    assert shifted.mean == pytest.approx(1.5, abs=1e-4)


def test_counts():
    exact = Counts("n", np.array([0.2, 0.0, 0.8]))
    rng = np.random.default_rng(2)
    draws = 2 * (rng.random(1000) < 0.8).astype(int)
    assert p_value(draws, exact) > 1e-3
    assert p_value(np.append(draws, 1), exact) == 0.0
    assert p_value(np.append(draws, 3), exact) == 0.0
    assert p_value(2 * (rng.random(1000) < 0.7).astype(int), exact) < 1e-3


def test_rare_values_are_taken_together():
    seen, expected = merged(np.array([1, 2, 3, 50, 1]), np.array([2.0, 3.0, 4.0, 40.0, 2.0]))
    assert (seen, expected) == ([6.0, 51.0], [9.0, 42.0])


def test_thinned():
    rng = np.random.default_rng(3)
    assert thinned(rng.normal(size=1000)).size == 1000
    x = np.repeat(rng.normal(size=400), 10)
    assert 400 / 4 < thinned(x).size < 400 / 2
