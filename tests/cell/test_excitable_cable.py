"""A spike along a cable: exact cables, velocity, mesh, scaling, cost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from selectivity.cell.excitable import (
    Cable,
    cable_temperature_K,
    conduct,
    conduction_velocity,
    length_constant,
    make_cable,
    squid_axon,
    wave_velocity,
)
from selectivity.cell.excitable.cable import cable_rates, integrate_cable
from selectivity.errors import InputError

AXON = squid_axon(cable_temperature_K())
PUBLISHED = 18.8  # m/s, computed in Hodgkin & Huxley 1952


@pytest.fixture(scope="module")
def velocity():
    return conduction_velocity(AXON, nodes=(80, 160, 320))


def test_a_passive_cable_at_steady_state():
    """Current into the sealed end of a passive cable: V = I R∞ cosh((L−x)/λ)/sinh(L/λ), to h²."""
    bare = replace(AXON, g_na_S_m2=0.0, g_k_S_m2=0.0)
    lam = math.sqrt(bare.radius_m / (2.0 * bare.axial_resistivity_ohm_m * bare.g_leak_S_m2))
    assert length_constant(bare) == pytest.approx(lam, rel=1e-9)
    area = math.pi * bare.radius_m**2
    infinite = lam * bare.axial_resistivity_ohm_m / area
    worst = []
    for nodes in (40, 80):
        cable = Cable(bare, 3.0 * lam, nodes, 1e-6, 0.2)
        found = integrate_cable(cable, 0.2, 1e-3, 1e-10)
        away = 1e-3 * found.y[-1, :, 0] - bare.e_leak_V
        want = 1e-6 * infinite * np.cosh(3.0 - cable.x_m / lam) / math.sinh(3.0)
        worst.append(np.abs(away / want - 1.0).max())
    assert worst[1] < 1e-3
    assert worst[0] / worst[1] == pytest.approx(4.0, rel=0.1)


def test_axial_current_makes_no_charge():
    """Summed over the cable, the rates of V are those of the membrane alone: sealed ends."""
    cable = make_cable(AXON, nodes=30)
    rng = np.random.default_rng(3)
    y = np.column_stack([rng.uniform(-80.0, 40.0, 30), rng.uniform(0.0, 1.0, (30, 3))])
    far = replace(cable, axon=replace(AXON, axial_resistivity_ohm_m=1e12))
    both = [cable_rates(c, 0.0)(0.0, y.ravel())[::4].sum() for c in (cable, far)]
    assert both[0] == pytest.approx(both[1], rel=1e-10)


def test_velocity_against_the_published_one(velocity):
    assert velocity.extrapolated_m_s == pytest.approx(PUBLISHED, rel=0.005)
    assert velocity.extrapolated_m_s == pytest.approx(18.730, abs=0.002)


def test_the_mesh_converges_to_the_travelling_wave(velocity):
    """The wave equation has no mesh and is solved by shooting."""
    assert velocity.ratio == pytest.approx(4.0, rel=0.05)
    assert velocity.extrapolated_m_s == pytest.approx(velocity.wave_m_s, rel=1e-4)
    assert abs(velocity.velocity_m_s[-1] / velocity.wave_m_s - 1.0) < 1e-3
    assert "at h = 0" in velocity.summary()


def test_velocity_goes_as_the_root_of_the_radius():
    """On one physical mesh for all three, and exactly in the wave equation."""
    step, radii = 2.4e-4, np.array([20e-6, 80e-6])
    found = []
    for radius in radii:
        axon = replace(AXON, radius_m=float(radius))
        length = 12.0 * length_constant(axon)
        found.append(conduct(make_cable(axon, length, round(length / step))).velocity_m_s)
    assert found[1] / found[0] == pytest.approx(2.0, rel=1e-2)
    slow = wave_velocity(replace(AXON, radius_m=AXON.radius_m / 4.0), 9.4)
    assert 2.0 * slow == pytest.approx(wave_velocity(AXON, 18.7), rel=1e-8)


def test_a_spike_on_its_way_is_steady_and_balanced(velocity):
    """Na in, less K and leak out: no charge is left behind; the two halves have one velocity."""
    run = velocity.runs[-1]
    assert abs(run.unsteady) < 1e-4
    assert run.cost.na_load_mol_m2 == pytest.approx(4.355e-8, rel=1e-3)
    assert run.cost.k_loss_mol_m2 < run.cost.na_load_mol_m2
    assert 4.0 < run.cost.overlap < 5.0
    assert run.spike.peak_mV == pytest.approx(25.52, abs=0.03)


def test_tolerance_moves_nothing():
    cable = make_cable(AXON, nodes=80)
    tight, loose = (conduct(cable, tolerance=t).velocity_m_s for t in (1e-9, 1e-6))
    assert loose == pytest.approx(tight, rel=1e-5)


def test_not_conducted():
    told = []
    weak = make_cable(AXON, nodes=60, stimulus_A=1e-7)
    found = conduct(weak, progress=told.append)
    assert not found.conducted
    assert found.cost is None
    assert "not conducted" in found.summary()
    assert told[-1] == 1.0
    hot = conduct(make_cable(AXON.at(273.15 + 38.0), nodes=100))
    assert not hot.conducted
    assert found.as_dict()["velocity_m_s"] is None


def test_no_wave_near_a_wrong_guess():
    with pytest.raises(InputError, match="guess_m_s"):
        wave_velocity(AXON, 40.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: make_cable(AXON, nodes=5), "nodes"),
        (lambda: make_cable(AXON, length_m=-1.0), "length_m"),
        (lambda: conduct(make_cable(AXON), duration_s=1e-5), "longer than the stimulus"),
        (lambda: conduct(make_cable(AXON), duration_s=10.0), "at most 1 s"),
        (lambda: conduct(make_cable(AXON), tolerance=1.0), "tolerance"),
        (lambda: conduction_velocity(AXON, nodes=(100, 150)), "twice the one before"),
    ],
)
def test_bad_cables(call, said):
    with pytest.raises(InputError, match=said):
        call()


def test_forms(velocity, tmp_path):
    out = velocity.as_dict()
    assert out["mesh_nodes"] == [80.0, 160.0, 320.0]
    assert out["axon_cost"]["length_mm"] == 1.0
    assert velocity.to_csv().startswith("time_ms,v_at_")
    velocity.plot(tmp_path / "c.png")
    assert (tmp_path / "c.png").stat().st_size > 20_000
