"""Charge on the membrane against ions inside, for three shapes; what an action potential moves."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    Solution,
    cylinder,
    debye_length,
    electroneutrality,
    excess_fraction,
    ions_moved,
    membrane_charge,
    preset,
    sphere,
    spine,
)

F, E = 96485.33212331, 1.602176634e-19
INSIDE = Solution({"K": 140.0, "Na": 10.0, "Cl": 150.0}, 310.15, "inside")


def test_charge_of_the_membrane():
    assert membrane_charge(-0.07) == pytest.approx(-7.0e-4)
    assert membrane_charge([-0.07, 0.0], 0.02).tolist() == pytest.approx([-1.4e-3, 0.0])
    assert ions_moved(0.07, 1e-12) == pytest.approx(4369, abs=1)
    assert ions_moved(0.1, 1e-12) == pytest.approx(6242, abs=1)
    assert ions_moved(0.1, 1e-12, z=2) == ions_moved(-0.1, 1e-12) / 2


@pytest.mark.parametrize(("make", "factor"), [(sphere, 3.0), (cylinder, 2.0)])
def test_fraction_in_closed_form(make, factor):
    """3 C|V|/(r F c) and 2 C|V|/(r F c)."""
    for radius in (0.05e-6, 10e-6):
        expected = factor * 0.01 * 0.07 / (radius * F * 150.0)
        assert excess_fraction(-0.07, make(radius), 150.0) == pytest.approx(expected, rel=1e-12)
    assert cylinder(1e-6, 5e-6).area_m2 == pytest.approx(5.0 * cylinder(1e-6).area_m2)


def test_numbers_that_the_documentation_gives():
    assert excess_fraction(-0.07, sphere(10e-6), 150.0) == pytest.approx(1.5e-5, abs=5e-7)
    assert excess_fraction(-0.07, cylinder(0.1e-6), 150.0) == pytest.approx(9.7e-4, abs=5e-6)
    thin = excess_fraction(-0.07, cylinder(0.1e-6), 150.0)
    assert 50 < thin / excess_fraction(-0.07, sphere(10e-6), 150.0) < 100


def test_spine_between_its_limits():
    """A vanishing neck leaves the head; a long neck makes it a cylinder."""
    head = spine(0.25e-6, 1e-10, 1e-10)
    assert head.area_m2 == pytest.approx(sphere(0.25e-6).area_m2, rel=1e-6)
    assert head.volume_m3 == pytest.approx(sphere(0.25e-6).volume_m3, rel=1e-6)
    neck = spine(0.25e-6, 0.05e-6, 1.0)
    tube = cylinder(0.05e-6)
    ratio = neck.area_m2 / neck.volume_m3 / (tube.area_m2 / tube.volume_m3)
    assert ratio == pytest.approx(1.0, rel=1e-4)


def test_spine_against_quadrature():
    """Surface and volume of the cut head by integration over its axis."""
    r, a, length = 0.3, 0.1, 0.7
    x = np.linspace(-r, math.sqrt(r**2 - a**2), 200_001)
    volume = np.trapezoid(math.pi * (r**2 - x**2), x) + math.pi * a**2 * length
    area = 2.0 * math.pi * r * (x[-1] - x[0]) + 2.0 * math.pi * a * length
    found = spine(r, a, length)
    assert found.volume_m3 == pytest.approx(volume, rel=1e-8)
    assert found.area_m2 == pytest.approx(area, rel=1e-12)


def test_report():
    found = electroneutrality(INSIDE, sphere(10e-6), -0.07, "Na", overlap=1.24)
    assert found.charge_mM == 150.0
    assert found.debye_length_nm == pytest.approx(1e9 * debye_length(150.0, 310.15))
    assert found.excess_ions == pytest.approx(0.01 * 0.07 * 4.0 * math.pi * 1e-10 / E)
    total = F * 150.0 * sphere(10e-6).volume_m3 / E
    assert found.excess_fraction == pytest.approx(found.excess_ions / total, rel=1e-12)
    change = 3.0 * 1.24 * 0.01 * 0.1 / (10e-6 * F)
    assert found.spike_change_mM == pytest.approx(change, rel=1e-9)
    assert found.spikes_for_tenth == pytest.approx(1.0 / change, rel=1e-9)
    assert json.loads(found.to_json())["compartment"]["shape"] == "sphere"
    assert found.to_csv().splitlines()[1].startswith("sphere,")


def test_missing_charge_counts():
    found = electroneutrality(preset("neuron").inside, sphere(10e-6), -0.07)
    assert found.charge_mM == pytest.approx(155.0, abs=1e-3)
    assert found.ionic_strength_mM == pytest.approx(155.0, abs=1e-3)


@pytest.mark.parametrize("shape", [sphere(10e-6), cylinder(0.5e-6), spine(0.25e-6, 0.05e-6, 1e-6)])
def test_words_and_figure(tmp_path, shape):
    found = electroneutrality(INSIDE, shape, -0.07, "K")
    assert found.summary().startswith(shape.shape)
    assert "action potentials move a tenth of the K inside" in found.summary()
    axes = found.plot(tmp_path / "f.png").axes[0]
    assert axes.get_xlabel() == "radius (µm)"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sphere(0.0), "radius_m"),
        (lambda: cylinder(1e-6, -1.0), "length_m"),
        (lambda: spine(1e-7, 2e-7, 1e-6), "neck_radius_m"),
        (lambda: excess_fraction(-0.07, sphere(1e-6), -1.0), "charge_mM"),
        (lambda: ions_moved(0.1, 1e-12, z=0), "z"),
        (lambda: membrane_charge(float("inf")), "voltage_V"),
        (lambda: electroneutrality(INSIDE, sphere(1e-6), -0.07, "Ca"), "inside.Ca"),
        (lambda: electroneutrality(INSIDE, sphere(1e-6), -0.07, overlap=0.5), "overlap"),
        (lambda: electroneutrality(Solution({"K": 0.0}, 300.0), sphere(1e-6), 0.0, "K"), "ions"),
        (lambda: electroneutrality(INSIDE, sphere(1e-6), -0.07, spike_V=0.0), "spike_V"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
