"""Soft walls: values by hand, volumes by counting, defaults of the shipped filters."""

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.geometry import FileWalls, Funnel, SphereWall, default_confinement, load_filter
from selectivity.geometry.confinement import (
    WATER_DENSITY,
    departed,
    file_energy,
    funnel_depth,
    funnel_energy,
    sphere_energy,
)
from selectivity.units import KCAL

FILE = FileWalls(z_lower=-10.0, z_upper=9.0, k=40.0, radius=2.0, hard_margin=1.0)


def test_sphere():
    wall = SphereWall(radius=3.5, k=100.0)
    r = np.array([[0.0, 0.0, 3.4], [0.0, 3.5, 0.0], [3.0, 0.0, 4.0], [-4.5, 0.0, 0.0]])
    np.testing.assert_allclose(sphere_energy(wall, r), [0.0, 0.0, 0.5 * 100 * 1.5**2, 50.0])
    assert sphere_energy(wall, r[2]) == pytest.approx(112.5)


def test_file_walls_add_up():
    r = np.array(
        [[0.0, 0.0, 0.0], [0.0, 0.0, -10.5], [0.0, 0.0, 9.5], [3.0, 4.0, 0.0], [0.0, -3.0, 10.0]]
    )
    np.testing.assert_allclose(file_energy(FILE, r), [0.0, 5.0, 5.0, 20.0 * 9.0, 20.0 + 20.0])


def test_departure_is_beyond_the_margin():
    r = np.zeros((5, 3))
    r[:, 2] = [-11.01, -10.99, 0.0, 9.99, 10.01]
    assert departed(FILE, r).tolist() == [True, False, False, False, True]


@pytest.mark.parametrize("direction", [1, -1])
def test_funnel(direction):
    funnel = Funnel(z_mouth=9.0, direction=direction, radius0=3.0, slope=1.0, depth=4.0, k=40.0)
    s = np.array([0.5, -1.0, 5.0, 2.0, 2.0, 5.0])
    rho = np.array([3.4, 0.0, 0.0, 4.9, 6.0, 8.0])
    r = np.column_stack((rho * 0.6, rho * 0.8, 9.0 + direction * s))
    expected = [0.0, 20.0, 20.0, 0.0, 20.0, 20.0 + 20.0]
    np.testing.assert_allclose(funnel_energy(funnel, r), expected, atol=1e-9)


def test_walls_are_continuous_with_continuous_force():
    rng = np.random.default_rng(3)
    r = rng.uniform(-14.0, 14.0, size=(2000, 3))
    funnel = Funnel(9.0, 1, 3.0, 1.0, 4.0, 40.0)
    for energy in (
        lambda x: sphere_energy(SphereWall(7.7, 40.0), x),
        lambda x: file_energy(FILE, x),
        lambda x: funnel_energy(funnel, x),
    ):
        step = 1e-4
        second = (energy(r + step) - 2.0 * energy(r) + energy(r - step)) / step**2
        assert np.all(np.abs(second) < 40.0 * 60.0)
        assert np.all(energy(r) >= 0.0)


@pytest.mark.parametrize(("n", "slope"), [(6, 1.0), (20, 1.0), (6, 0.0), (12, 0.3)])
def test_funnel_volume_holds_its_waters(n, slope):
    depth = funnel_depth(n, 3.0, slope, 0.5)
    s = (np.arange(20_000) + 0.5) * depth / 20_000
    volume = np.sum(np.pi * (3.0 + slope * s) ** 2) * depth / 20_000
    assert volume == pytest.approx(1.5 * n / WATER_DENSITY, rel=1e-6)


def test_no_waters_need_no_depth():
    assert funnel_depth(0, 3.0, 1.0, 0.5) == pytest.approx(0.0, abs=1e-12)


def test_defaults_of_kcsa():
    walls = default_confinement(load_filter("kcsa"), (6, 10))
    assert walls.file.z_lower == pytest.approx(-7.608 - 3.0)
    assert walls.file.z_upper == pytest.approx(4.614 + 4.5)
    assert walls.file.radius == 2.0
    assert walls.file.k == pytest.approx(10.0 * KCAL)
    assert (walls.inner.z_mouth, walls.inner.direction) == (walls.file.z_lower, -1)
    assert (walls.outer.z_mouth, walls.outer.direction) == (walls.file.z_upper, 1)
    assert walls.inner.depth == pytest.approx(3.576, abs=1e-3)
    assert walls.outer.depth > walls.inner.depth
    with pytest.raises(InputError, match="n_caps"):
        default_confinement(load_filter("kcsa"), (6, -1))
