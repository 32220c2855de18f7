"""Published and independently computed K→Na free energies: long, run with ``-m validate``.

The cage of eight carbonyls is that of Noskov, Bernèche and Roux 2004 (Nature 431:830), computed by
independent Monte Carlo in exactly this model; so is the table's scan over the number of ligands.
"""

from __future__ import annotations

import numpy as np
import pytest
from sampling_cases import end_to_end, sampled

from selectivity.records import Estimate
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import CageSpec, DropletSpec

TOLERANCE = 0.15  # kcal/mol

CAGES = {
    "base case": ({}, -12.54),
    "ligand electrostatics off": ({"ligand_electrostatics": 0.0}, -25.48),
    "four carbonyls": ({"n_carbonyls": 4}, -14.79),
    "six carbonyls": ({"n_carbonyls": 6}, -16.03),
    "radius 3 Å": ({"radius": 3.0}, -12.37),
    "dipole 1.5 D": ({"carbonyl_charge": 1.5 / (1.230 * 4.80320)}, -7.20),
    "dipole 4.5 D": ({"carbonyl_charge": 4.5 / (1.230 * 4.80320)}, -16.15),
    "four waters": ({"n_carbonyls": 0, "n_waters": 4}, -16.62),
    "eight waters": ({"n_carbonyls": 0, "n_waters": 8}, -15.97),
}


def free_energy(spec, plan: SamplingPlan) -> Estimate:
    found = Estimate.from_replicas(
        [end_to_end(sampled(spec, plan, number)[1]) for number in range(plan.replicas)]
    )
    print(f"{found.value:.3f} ± {found.error:.3f} kcal/mol")
    return found


@pytest.mark.validate
@pytest.mark.parametrize("name", CAGES)
def test_cage(name):
    changes, published = CAGES[name]
    spec = CageSpec("cage", "charmm36", ("K", "Na"), 300.0, **changes)
    plan = SamplingPlan(
        seed=1, replicas=4, production=300_000, adaptation=20_000, exchange_every=200, segments=1
    )
    found = free_energy(spec, plan)
    assert found.error < 0.5 * TOLERANCE
    assert found.value == pytest.approx(published, abs=TOLERANCE)


@pytest.mark.validate
def test_droplet():
    """20 waters within 5.82 Å, Joung and Cheatham's ions in TIP3P, 298 K: −18.3 ± 0.4."""
    spec = DropletSpec("droplet", "jc-tip3p", ("K", "Na"), 298.15, 20, 5.82)
    plan = SamplingPlan(
        seed=1, replicas=4, production=60_000, adaptation=10_000, exchange_every=200, segments=1
    )
    found = free_energy(spec, plan)
    assert found.error < 0.15
    assert found.value == pytest.approx(-18.3, abs=0.4)


@pytest.mark.validate
def test_starts_as_either_ion_agree():
    """Forward and backward starts of the base cage: |z| < 3.5 between even and odd replicas."""
    spec = CageSpec("cage", "charmm36", ("K", "Na"), 300.0)
    plan = SamplingPlan(seed=2, production=100_000, exchange_every=200, segments=1)
    values = np.array([end_to_end(sampled(spec, plan, number)[1]) for number in range(8)])
    difference = Estimate.from_replicas(values[::2]) - Estimate.from_replicas(values[1::2])
    assert abs(difference.value) < 3.5 * difference.error
