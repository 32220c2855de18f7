"""Clusters, shells and droplets of the section ``hydration``: their formulas on exact answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selectivity.config.load import load
from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.records import Estimate
from selectivity.units import R_KJ, rt
from selectivity.validation import catalogue, hydrates, hydration_figures, shells
from selectivity.validation.exact import pair_integral
from selectivity.validation.sections.hydration import IONS, Hydrates
from selectivity.validation.water import GHOST, IDEAL


def test_the_integral_of_a_pair_without_energy_is_the_volume():
    found = pair_integral(IDEAL, GHOST, lambda s: np.zeros(s.shape[:-1]), 300.0)
    volume = 4.0 / 3.0 * math.pi * (6.0**3 - 1.3**3)
    assert found.log_z == pytest.approx(math.log(volume), abs=1e-9)


def test_standard_state():
    """A cluster as likely as a free water at 1 atm: ΔG° = 0, with 24.47 L/mol at 298.15 K."""
    per_molecule = 24.4654e27 / 6.02214076e23  # Å³
    assert math.exp(-hydrates.LOG_DENSITY) == pytest.approx(per_molecule, rel=1e-5)
    assert hydrates.free_energy(math.log(per_molecule)) == pytest.approx(0.0, abs=1e-5)
    assert hydrates.free_energy(math.log(10.0 * per_molecule)) < 0.0


@pytest.mark.usefixtures("kernels")
def test_insertions_give_the_integral_of_the_first_water():
    key = [
        float(hydrates.insertion_replica(("jc-tip3p", "Cs", 1), (120, 250), (7, r))["log_k"])
        for r in range(6)
    ]
    found = Estimate.from_replicas([hydrates.free_energy(k) for k in key])
    assert found.error < 0.1
    exact = hydrates.exact_step("jc-tip3p", "Cs")[1]
    assert abs(found.value - exact) < 4.0 * found.error


def test_samples_of_a_mixture_are_reweighted_to_its_ends():
    """x in harmonic wells of three stiffnesses: F = ½RT ln(k/k_0), ⟨U⟩ = ½RT, 8 × 4000 samples."""
    k, g, temperature = np.array([2.0, 5.0, 11.0]), np.array([0.0, 0.3, 0.8]), 298.15
    beta, rng = 1.0 / rt(temperature), np.random.default_rng(4)
    p = np.exp(g) / np.sqrt(k)
    found = []
    for _ in range(8):
        state = rng.choice(3, size=(400, 10), p=p / p.sum())
        x = rng.normal(size=state.shape) / np.sqrt(beta * k[state])
        u = 0.5 * (k - k[0]) * x[..., None] ** 2
        energy = 0.5 * k[0] * x[:, -1] ** 2
        found.append(hydrates.reweighted(u, energy, g, [0, 2], temperature))
    f = Estimate.from_replicas([piece["g"][1] for piece in found])
    assert abs(f.value - 0.5 * rt(temperature) * math.log(k[2] / k[0])) < 4.0 * f.error
    assert f.error < 0.03
    for end in range(2):
        energy = Estimate.from_replicas([piece["energy"][end] for piece in found])
        assert abs(energy.value - 0.5 * rt(temperature)) < 4.0 * energy.error
        assert energy.error < 0.06


def test_steps_of_clusters():
    """Two waters bound by 20 and 15 kcal/mol, a little more to every smaller ion."""
    more = np.arange(len(IONS))[::-1] * 0.5  # by ion; nothing more for the last
    energy = np.zeros((3, 1, len(IONS)))
    energy[1], energy[2] = -20.0 - more, -35.0 - 2.0 * more
    found = Hydrates(energy, -np.cumsum([0.0 * more, more, more], axis=0)[:, None], -energy[..., 0])
    found = Hydrates(found.energy, found.g, np.array([[0.0], [-12.0], [-8.0]]))
    thermal = R_KJ * 298.15 / 4.184
    assert found.enthalpies(1, "Cs") == pytest.approx([-20.0 - thermal])
    assert found.enthalpies(2, "Li") == pytest.approx([-17.0 - thermal])
    assert found.free_energies(1, "Cs") == pytest.approx([-12.0])
    assert found.free_energies(2, "K") == pytest.approx([-9.0])


def test_the_maximum_of_a_bell_is_its_centre():
    g = np.exp(-0.5 * ((shells.CENTERS - 2.374) / 0.12) ** 2)
    assert shells.maximum(g) == pytest.approx(2.374, abs=1e-9)


def test_waters_of_uniform_density():
    """2e5 points uniform in a ball of 8 Å, as 100 records: their density over that of water."""
    rng = np.random.default_rng(3)
    g = shells.radial(8.0 * rng.random((100, 2000)) ** (1.0 / 3.0))
    density = 2000.0 / (4.0 / 3.0 * math.pi * 8.0**3) / 0.0334
    assert g[40:] == pytest.approx(np.full(120, density), rel=0.15)
    assert np.mean(g[80:]) == pytest.approx(density, rel=0.01)
    assert shells.mean_number(np.array([0, 1, 0, 3])) == 2.5


@pytest.mark.parametrize(
    ("n", "like"), [(8, (20, 5.82)), (20, (20, 5.82)), (64, (64, 7.7)), (125, (64, 7.7))]
)
def test_droplets_are_as_dense_as_those_of_the_shipped_run_files(n, like):
    run = load(catalogue.FOLDER / f"hydration_{n}.yaml")
    (spec,) = run.systems
    assert (spec.n_waters, spec.temperature_K, spec.ions) == (n, 298.15, IONS)
    assert spec.radius == pytest.approx(like[1] * (n / like[0]) ** (1.0 / 3.0), abs=0.006)


def test_figures():
    g = {ion: np.arange(8.0) + i for i, ion in enumerate(IONS)}
    droplets = {f"jc-spce {n}": IdentityFreeEnergies(IONS, g, 298.15) for n in (8, 64)}
    bell = {"g": np.exp(-((shells.CENTERS - 2.5) ** 2))}
    cluster = Hydrates(*np.ones((2, 3, 4, 5)), np.ones((3, 4)))
    drawn = (
        hydration_figures.sizes(droplets),
        hydration_figures.radial({"shells jc-spce": {ion: [bell] for ion in IONS}}),
        hydration_figures.steps({"hydrates charmm36": cluster}),
    )
    assert [len(figure.axes) for figure in drawn] == [4, 1, 2]
    low, high = hydration_figures._ranges()["K", "Na"]
    assert (low, high) == (-17.7, -16.7)
    assert hydration_figures._steps()["enthalpies", "K", 1] == 17.9
