"""K→Na beside a single ligand: the whole sampler, identity ladder included, against quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sampling_cases import end_to_end, pair_free_energy, sampled

from selectivity.forcefield.library import load
from selectivity.geometry.confinement import SphereWall, sphere_energy
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import CageSpec
from selectivity.units import kcal

TOLERANCE = 0.02  # kcal/mol
REPLICAS = 4


@pytest.mark.parametrize("ligand", ["carbonyl", "water"])
@pytest.mark.parametrize("forcefield", ["charmm36", "jc-tip3p"])
def test_one_ligand(forcefield, ligand):
    counts = {"n_carbonyls": int(ligand == "carbonyl"), "n_waters": int(ligand == "water")}
    spec = CageSpec(f"one {ligand}", forcefield, ("K", "Na"), 300.0, **counts)
    plan = SamplingPlan(
        seed=3, production=600_000, segments=1, exchange_every=1000, stride=10, adaptation=10_000
    )
    found = [end_to_end(sampled(spec, plan, number)[1]) for number in range(REPLICAS)]
    ff = load(forcefield)
    wall = SphereWall(spec.radius, spec.wall_k)
    exact = pair_free_energy(
        ff.carbonyl if ligand == "carbonyl" else ff.water,
        (ff.ion("K"), ff.ion("Na")),
        lambda points: sphere_energy(wall, points),
        spec.temperature_K,
    )
    error = np.std(found, ddof=1) / math.sqrt(REPLICAS)
    print(f"{np.mean(found):.4f} ± {error:.4f}, exact {exact:.4f}, {np.round(found, 3)}")
    assert error < 0.7 * TOLERANCE
    assert abs(np.mean(found) - exact) < TOLERANCE


def test_quadrature_is_the_published_one():
    """Independent Monte Carlo of the same model: −4.70 ± 0.02 and −5.39 ± 0.02 kcal/mol."""
    ff, wall = load("charmm36"), SphereWall(3.5, kcal(500.0))
    ions = (ff.ion("K"), ff.ion("Na"))
    for molecule, published in ((ff.carbonyl, -4.70), (ff.water, -5.39)):
        found = pair_free_energy(molecule, ions, lambda s: sphere_energy(wall, s), 300.0)
        assert found == pytest.approx(published, abs=0.03)
