"""A rigid cage is a fixed field: windows, identities and MBAR against its quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from sampling_cases import gauss, sampled
from scipy.special import logsumexp

from selectivity.estimators.profile import profile_set
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.geometry.confinement import FileWalls, file_energy
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.build import build_topology, start
from selectivity.system.spec import Composition, FilterSpec, Tether, Windows
from selectivity.units import COULOMB, KCAL, kcal

TOLERANCE = 0.15  # kcal/mol, over climbs of up to 40 kcal/mol


def dry(structure: str, windows: Windows, on_axis: bool, forcefield: str) -> FilterSpec:
    return FilterSpec(
        name=f"{structure} rigid",
        forcefield=forcefield,
        ions=("K", "Na"),
        temperature_K=310.15,
        structure=structure,
        composition=Composition.parse("[X]"),
        windows=windows,
        interior=(windows.lower, windows.upper),
        caps=(0, 0),
        tether=Tether("rigid"),
        on_axis=on_axis,
    )


def field(spec: FilterSpec, points: np.ndarray, symbol: str) -> np.ndarray:
    """Energy of an ion at ``points`` (..., 3) in the fixed cage and the walls, kJ/mol."""
    topology = build_topology(spec)
    r, ion = start(topology, 0.0, np.random.default_rng(0)), topology.forcefield.ion(symbol)
    wall = topology.members[topology.x].wall
    assert isinstance(wall, FileWalls)
    total = file_energy(wall, points)
    for m, member in enumerate(topology.members):
        if m == topology.x:
            continue
        for site, place in zip(member.molecule.sites, r[m], strict=False):
            d2 = np.sum((points - place) ** 2, axis=-1)
            A, B = lennard_jones_ab(*pair_parameters(site, ion.sites[0]))
            total += COULOMB * site.charge * ion.charge / np.sqrt(d2) + A / d2**6 - B / d2**3
    return total


def exact_profile(
    spec: FilterSpec, z: np.ndarray, width: float, beta: float, symbol: str
) -> np.ndarray:
    """−RT ln of the probability of every bin: over its width and, off the axis, over x and y."""
    inside, w_inside = gauss(-0.5, 0.5, 8)
    height = z[:, None] + width * inside
    if spec.on_axis:
        points = np.stack(np.broadcast_arrays(0.0, 0.0, height), axis=-1)
        return -logsumexp(-beta * field(spec, points, symbol), axis=1, b=w_inside) / beta
    # ρ = 1.6 t²: K+ in a plane has 0.04 Å of freedom, and beyond 1.5 Å neither ion is ever found
    t, w = gauss(0.0, 1.0, 60)
    rho, phi = 1.6 * t**2, np.arange(0.0, 2.0 * np.pi, np.pi / 16)
    x, y = rho[:, None] * np.cos(phi), rho[:, None] * np.sin(phi)
    weight = (3.2 * t * rho * w)[:, None, None] * w_inside
    log_p = np.empty(z.size)
    for i, row in enumerate(height):
        points = np.stack(np.broadcast_arrays(x[..., None], y[..., None], row), axis=-1)
        log_p[i] = logsumexp(-beta * field(spec, points, symbol), b=weight)
    return -log_p / beta


def largest_deviation(spec: FilterSpec, plan: SamplingPlan, replicas: int) -> dict[str, float]:
    """Of the pooled W_X(z) from the exact one, common constant removed, kcal/mol, by ion."""
    samples = [sampled(spec, plan, number)[1] for number in range(replicas)]
    profiles = profile_set(samples)
    found = {}
    for ion in spec.ions:
        exact = exact_profile(spec, profiles.z, profiles.width, samples[0].beta, ion)
        assert np.ptp(exact) > kcal(2.0)
        deviation = profiles.mean(ion) - exact
        assert np.all(np.isfinite(deviation))
        found[ion] = np.abs(deviation - deviation.mean()).max() / KCAL
    deviation = profiles.difference_mean("K", "Na")
    deviation -= exact_profile(spec, profiles.z, profiles.width, samples[0].beta, "Na")
    deviation += exact_profile(spec, profiles.z, profiles.width, samples[0].beta, "K")
    found["Na − K"] = np.abs(deviation).max() / KCAL
    print({key: round(value, 3) for key, value in found.items()})
    return found


def plan(production: int) -> SamplingPlan:
    return SamplingPlan(
        seed=11,
        production=production,
        equilibration=500,
        adaptation=4000,
        stride=5,
        exchange_every=100,
        segments=1,
    )


def test_ideal_cage_on_its_axis():
    """K+ climbs 37 kcal/mol from the centre to the planes, Na+ 11."""
    spec = dry("s2_idealised", Windows(-1.5, 1.5, 0.15, kcal(100.0)), True, "charmm36")
    found = largest_deviation(spec, plan(30_000), replicas=2)
    assert max(found.values()) < TOLERANCE


def test_ideal_cage_off_its_axis():
    """The same with the lateral freedom integrated over, in the other family of force fields."""
    spec = dry("s2_idealised", Windows(-1.5, 1.5, 0.15, kcal(100.0)), False, "jc-spce")
    found = largest_deviation(spec, plan(25_000), replicas=2)
    assert max(found.values()) < TOLERANCE


@pytest.mark.validate
@pytest.mark.parametrize("on_axis", [True, False])
@pytest.mark.parametrize("structure", ["kcsa", "mthk"])
def test_crystal_cage(structure, on_axis):
    spec = dry(structure, Windows(-4.2, 4.5, 0.15, kcal(60.0)), on_axis, "charmm36")
    found = largest_deviation(spec, plan(60_000), replicas=4)
    assert max(found.values()) < TOLERANCE
