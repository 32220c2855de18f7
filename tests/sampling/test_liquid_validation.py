"""Droplets of water against the stored liquid: its activity, its density, one activity throughout.

Half a minute of CPU time each; run with ``pytest -m validate``.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from selectivity import api
from selectivity.estimators.insertion import bennett
from selectivity.forcefield.reservoir import liquid
from selectivity.sampling.liquid import DropletPlan, droplet_radius, toggle_droplet, water_droplet

pytestmark = pytest.mark.validate

KCAL = 4.184
COMPRESSIBILITY = 5.0e-10 * 1.0e3 / 6.02214076e23 * 1.0e30  # Å³ mol/kJ, from 1/Pa
"""Of the three-site models at 298 K: 4.6 (SPC/E) to 5.7 (TIP3P) in 1e-10/Pa."""


@pytest.fixture(scope="module")
def found() -> api.WaterPotential:
    settings = api.DropletSettings(sizes=(64, 216), replicas=4, production=500, seed=7)
    return api.water_potential("tips3p", (310.15,), settings)


def test_other_seeds_find_the_stored_chemical_potential(found: api.WaterPotential) -> None:
    """Four replicas of 64 and 216 waters; 0.1 kcal/mol is what they can tell."""
    stored, own = liquid("tips3p", 310.15), found.liquids[0].mu_excess
    z = (own.value - stored.mu_excess) / math.hypot(own.error, stored.error)
    assert abs(z) < 3.0
    assert own.error < 0.25 * KCAL


def test_the_inside_is_the_liquid_under_the_pressure_of_the_surface(
    found: api.WaterPotential,
) -> None:
    """ρ_inside = ρ(1 + κ_T p) with p = ρ(μ_N − μ_∞); 2 % for ρ, κ_T and a small inside."""
    stored = liquid("tips3p", 310.15)
    droplet = found.droplets[1]
    pressure = stored.density * (droplet.mu_excess.value - stored.mu_excess)
    expected = stored.density * (1.0 + COMPRESSIBILITY * pressure)
    assert pressure > 0.0
    difference = droplet.core_density.value - expected
    assert abs(difference) < 0.02 * expected + 3.0 * droplet.core_density.error


def test_surface_tension_is_that_of_a_water(found: api.WaterPotential) -> None:
    """30 to 80 mN/m; planar interfaces of the three-site models have 50 to 64."""
    assert 30.0 < found.surface_tension.value < 80.0


def test_one_activity_throughout_a_droplet() -> None:
    """Trials inside only, and trials in inside and surface, find the same z* of 64 waters."""
    radius = droplet_radius(64)
    whole = water_droplet("tip3p", 310.15, 64, radius)
    reach = radius - 2.0
    inside = replace(whole.regions[0], z_lower=-reach, z_upper=reach, radius=reach)
    means, errors = [], []
    for topology in (whole, replace(whole, regions=(inside,))):
        trials = [toggle_droplet(topology, i, DropletPlan(500, 2500)) for i in range(6)]
        log_z = np.array([t.log_z - bennett(t.log_ratio, t.upper) for t in trials])
        means.append(log_z.mean())
        errors.append(log_z.std(ddof=1) / math.sqrt(len(log_z)))
    assert abs(means[0] - means[1]) < 3.0 * math.hypot(*errors)
    assert math.hypot(*errors) < 0.15
