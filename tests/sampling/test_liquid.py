"""Droplets between N and N + 1 waters: their activity against exact values and NumPy averages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.spatial.transform import Rotation

from selectivity.engine.flags import GUARD
from selectivity.errors import InputError
from selectivity.estimators.insertion import bennett
from selectivity.forcefield.library import load, water
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.sampling.liquid import (
    CLEARANCE,
    DropletPlan,
    droplet_radius,
    force_field_of,
    new_droplet,
    toggle_droplet,
    water_droplet,
)
from selectivity.system.topology import is_absent
from selectivity.units import COULOMB, kcal, rt

HOT = 500.0  # K: bound pairs weigh much, and plain averages still converge
WALL_K = kcal(10.0)


def room(radius: float, temperature: float) -> float:
    """∫ exp(−βU_wall) over space, Å³."""

    def weight(r: float) -> float:
        excess = max(0.0, r - radius)
        return 4.0 * math.pi * r * r * math.exp(-0.5 * WALL_K * excess**2 / rt(temperature))

    return quad(weight, 0.0, radius)[0] + quad(weight, radius, radius + 8.0)[0]


def activities(topology, replicas: int, plan: DropletPlan) -> tuple[np.ndarray, np.ndarray]:
    """ln z* of every replica: by Bennett's ratio and by the share of time in either state."""
    by_trials, by_visits = [], []
    for i in range(replicas):
        t = toggle_droplet(topology, i, plan)
        by_trials.append(t.log_z - bennett(t.log_ratio, t.upper))
        share = t.upper.mean()
        by_visits.append(t.log_z - math.log(share / (1.0 - share)))
    return np.array(by_trials), np.array(by_visits)


def z_score(values: np.ndarray, exact: float, error: float = 0.0) -> float:
    """Distance of a mean over replicas from a value, in their common standard error."""
    own = values.std(ddof=1) / math.sqrt(len(values))
    return float((values.mean() - exact) / math.hypot(own, error))


def test_no_water_or_one_is_exact() -> None:
    """Q(1)/Q(0) is the room that the wall leaves: most of it lies outside the region of trials."""
    radius = 1.0
    topology = water_droplet("tip3p", 298.15, 0, radius)
    by_trials, by_visits = activities(topology, 8, DropletPlan(200, 1500, sweeps=20))
    exact = -math.log(room(radius + CLEARANCE, 298.15))
    assert abs(z_score(by_trials, exact)) < 3.0
    assert abs(z_score(by_visits, exact)) < 3.0
    assert by_trials.std(ddof=1) < 0.1


def pair_average(name: str, radius: float, temperature: float, n: int) -> tuple[float, float]:
    """⟨exp(−βu_12)⟩ of two waters that feel the wall only, and its error; NumPy throughout."""
    rng = np.random.default_rng(11)
    molecule = water(name)
    template = molecule.coordinates() - molecule.coordinates()[molecule.main]
    sites = []
    for _ in range(2):
        r = np.linspace(0.0, radius + 8.0, 40_000)
        density = r**2 * np.exp(-0.5 * WALL_K * np.maximum(r - radius, 0.0) ** 2 / rt(temperature))
        cumulative = np.cumsum(density) / density.sum()
        distance = np.interp(rng.random(n), cumulative, r)
        direction = rng.normal(size=(n, 3))
        direction /= np.linalg.norm(direction, axis=1)[:, None]
        turns = Rotation.random(n, random_state=rng).as_matrix()
        sites.append(
            np.einsum("nij,aj->nai", turns, template) + (distance[:, None] * direction)[:, None]
        )
    energy, clash = np.zeros(n), np.zeros(n, dtype=bool)
    for a, one in enumerate(molecule.sites):
        for b, other in enumerate(molecule.sites):
            d = np.linalg.norm(sites[0][:, a] - sites[1][:, b], axis=1)
            clash |= d < GUARD
            A, B = lennard_jones_ab(*pair_parameters(one, other, {}))
            energy += COULOMB * one.charge * other.charge / d + A / d**12 - B / d**6
    weight = np.exp(np.where(clash, -np.inf, -energy / rt(temperature)))
    return float(weight.mean()), float(weight.std(ddof=1) / math.sqrt(n))


@pytest.mark.parametrize("name", ["tips3p", "tip4pew"])
def test_one_water_or_two_against_a_plain_average(name: str) -> None:
    """Q(2)/Q(1) = ½ V ⟨exp(−βu_12)⟩, V the room of one."""
    radius = 0.7
    topology = water_droplet(name, HOT, 1, radius)
    by_trials, by_visits = activities(topology, 8, DropletPlan(200, 1500, sweeps=20))
    average, error = pair_average(name, radius + CLEARANCE, HOT, 400_000)
    exact = -math.log(0.5 * room(radius + CLEARANCE, HOT) * average)
    assert error / average < 0.01
    assert abs(z_score(by_trials, exact, error / average)) < 3.0
    assert abs(z_score(by_visits, exact, error / average)) < 3.0


def test_the_ion_is_left_out_and_one_place_is_empty() -> None:
    topology = water_droplet("spce", 298.15, 12, droplet_radius(12))
    droplet = new_droplet(topology, 1, 0)
    gone = is_absent(droplet.chain.state.r)
    assert gone[topology.x]
    assert gone.sum() == 2
    assert topology.regions[0].minimum == 12


def test_a_replica_is_a_function_of_its_seed_and_number() -> None:
    topology = water_droplet("tip3p", 310.15, 6, droplet_radius(6))
    plan = DropletPlan(4, 6, sweeps=2)
    a, again, b = (toggle_droplet(topology, i, plan) for i in (0, 0, 1))
    assert np.array_equal(a.log_ratio, again.log_ratio)
    assert a.log_z == again.log_z
    assert not np.array_equal(a.log_ratio, b.log_ratio)


def test_the_inside_of_a_droplet_is_as_dense_as_a_liquid() -> None:
    """Within 8 %: 0.0334 Å⁻³ and some 5 % for the pressure of the surface."""
    topology = water_droplet("tips3p", 310.15, 216, droplet_radius(216))
    found = toggle_droplet(topology, 0, DropletPlan(120, 60))
    assert found.core_density == pytest.approx(0.0348, rel=0.08)
    assert abs(found.drift) < 0.05
    small = water_droplet("spce", 298.15, 20, droplet_radius(20))
    assert math.isnan(toggle_droplet(small, 0, DropletPlan(1, 1)).core_density)


@pytest.mark.parametrize("name", ["tips3p", "tip3p", "spce", "tip4pew"])
def test_every_water_has_a_parameter_set(name: str) -> None:
    assert load(force_field_of(name)).water.name == name


def test_unknown_water() -> None:
    with pytest.raises(InputError, match="is the water of a parameter set"):
        force_field_of("tip5p")
