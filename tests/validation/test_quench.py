"""Minima of rigid clusters, and pair sums of periodic configurations."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield.library import load
from selectivity.units import KCAL
from selectivity.validation.periodic import Configuration, pair_sum, read_configuration
from selectivity.validation.quench import cluster, energy, quench, sites_of
from selectivity.validation.sections.minima import engine_energy


@pytest.mark.parametrize("model", ["jc-tip4pew", "charmm36"])
def test_gradient_is_that_of_the_energy(model):
    ff, rng = load(model), np.random.default_rng(4)
    c = cluster([ff.water, ff.carbonyl, ff.water, ff.ion("K")])
    p = np.concatenate([4.0 * rng.normal(size=(4, 3)), rng.normal(size=(4, 4))], axis=1)
    _, found = energy(c, p)
    for i in np.ndindex(p.shape):
        step = np.zeros(p.shape)
        step[i] = 1e-5
        slope = (energy(c, p + step)[0] - energy(c, p - step)[0]) / 2e-5
        assert found[i] == pytest.approx(slope, rel=1e-5, abs=1e-5 * np.abs(found).max())


def test_sites_keep_their_shape_whatever_the_length_of_the_quaternion():
    ff, rng = load("jc-tip4pew"), np.random.default_rng(5)
    c = cluster([ff.water])
    x = sites_of(c, np.array([[1.0, 2.0, 3.0, *3.0 * rng.normal(size=4)]]))
    assert x[0].tolist() == [1.0, 2.0, 3.0]
    template = ff.water.coordinates()
    np.testing.assert_allclose(
        np.linalg.norm(x[:, None] - x, axis=-1),
        np.linalg.norm(template[:, None] - template, axis=-1),
        atol=1e-12,
    )


def test_the_energy_is_the_kernels(kernels):
    ff = load("charmm36")
    of = [ff.water, ff.water, ff.ion("Na")]
    c = cluster(of)
    found = quench(c, np.array([[2.3, 0, 0, 1, 0, 1, 0], [-2.3, 0, 0, 1, 0, -1, 0.2],
                                [0, 0, 0, 1, 0, 0, 0]], float))  # fmt: skip
    x = sites_of(c, found.places)
    kernels_energy = engine_energy(of, [x[c.owner == m] for m in range(3)], "charmm36")
    assert found.energy == pytest.approx(kernels_energy, rel=1e-10)
    assert found.energy / KCAL == pytest.approx(-48.0729, abs=1e-3)
    assert found.force < 1e-3


def test_periodic_pairs_against_a_plain_sum(kernels):
    """Nearest images, cutoff, molecules left out, every pair once."""
    rng = np.random.default_rng(6)
    x, owner = rng.uniform(-9.0, 9.0, (33, 3)), np.repeat(np.arange(11), 3)
    q = rng.normal(size=33)
    total, distance, product = pair_sum(Configuration(9.0, x), owner, 4.0, 30.0, 20.0, q)
    exact, count = 0.0, 0
    for i in range(33):
        for j in range(i):
            d = x[i] - x[j]
            r = np.linalg.norm(d - 9.0 * np.round(d / 9.0))
            if owner[i] != owner[j] and r < 4.0:
                exact += q[i] * q[j] / r + 30.0 / r**12 - 20.0 / r**6
                count += 1
    assert count == distance.size == product.size > 50
    assert total == pytest.approx(exact, rel=1e-12)


def test_configurations_are_read_as_published(shared_data):
    c = read_configuration(shared_data / "nist_spce_sample_config_periodic1.xyz")
    assert (c.edge, c.x.shape) == (20.0, (300, 3))
    bond = np.linalg.norm(c.x[1::3] - c.x[::3], axis=1)
    np.testing.assert_allclose(bond, 1.0, atol=1e-5)


@pytest.mark.parametrize("text", ["", "3\n1 8 8 8\n1 0 0 0\n", "1\n1 8 8 9\n1 0 0 0\n", "x\ny\n"])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "a.xyz"
    path.write_text(text)
    with pytest.raises(InputError, match="NIST sample configuration"):
        read_configuration(path)
