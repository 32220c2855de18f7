"""Thresholds, refractoriness, repetitive firing and heat of the space-clamped squid axon."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selectivity.cell.excitable import (
    anode_break,
    eigenvalues,
    firing_curve,
    held,
    hopf_currents,
    is_stable,
    pulse,
    pulse_threshold,
    refractory_period,
    resting_potential,
    rheobase,
    shock,
    shock_threshold,
    space_clamp,
    squid_axon,
    step,
    temperature_series,
)
from selectivity.errors import InputError

AXON = squid_axon()
MICRO = 100.0  # A/m² to µA/cm²


@pytest.fixture(scope="module")
def curve():
    currents = np.array([1.0, 5.0, 6.5, 8.0, 20.0, 120.0, 170.0]) / MICRO
    told = []
    found = firing_curve(AXON, currents, 0.3, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    return found


def test_a_pulse_just_below_and_just_above():
    found = pulse_threshold(AXON, 5e-4)
    for factor, count in ((1.0 - 1e-6, 0), (1.0 + 1e-6, 1)):
        trace = space_clamp(AXON, pulse(0.0, 5e-4, factor * found.current_A_m2), 0.03)
        assert len(trace.spikes) == count
    assert found.below_mV < -50.0 < 30.0 < found.above_mV
    assert found.charge_C_m2 == pytest.approx(found.current_A_m2 * 5e-4)


def test_short_pulses_need_the_charge_of_a_shock():
    """The threshold charge of ever shorter pulses tends to that of a shock, from above."""
    at_once = shock_threshold(AXON).charge_C_m2
    charges = [pulse_threshold(AXON, width).charge_C_m2 for width in (4e-4, 1e-4, 2.5e-5)]
    excess = np.array(charges) / at_once - 1.0
    assert (excess > 0.0).all()
    assert (excess[:-1] / excess[1:] > 4.0).all()
    assert excess[-1] < 1e-3
    assert shock_threshold(AXON).jump_mV == pytest.approx(6.49, abs=0.01)


def test_rheobase_and_anode_break():
    least = rheobase(AXON)
    assert MICRO * least.current_A_m2 == pytest.approx(2.236, abs=0.005)
    assert math.isnan(least.charge_C_m2)
    below = anode_break(AXON)
    assert below.current_A_m2 < 0.0
    trace = space_clamp(AXON, pulse(0.0, 0.03, 1.01 * below.current_A_m2), 0.06)
    (spike,) = trace.spikes
    assert spike.time_ms > 30.0


def test_warm_thresholds_are_less_sharp():
    cold, warm = (shock_threshold(squid_axon(273.15 + c)) for c in (6.3, 25.0))
    assert cold.above_mV - cold.below_mV > 90.0
    assert warm.graded
    assert "graded" in warm.summary()
    assert not cold.graded
    assert warm.charge_C_m2 > cold.charge_C_m2


def test_no_threshold_is_said():
    with pytest.raises(InputError, match="lies above what its spikes reach"):
        shock_threshold(AXON, level_V=0.06)
    with pytest.raises(InputError, match="fires without"):
        pulse_threshold(AXON, 5e-4, level_V=-0.06, held_A_m2=0.2)


def test_refractory_period():
    found = refractory_period(AXON, np.array([3.0, 9.0, 18.0]) * 1e-3)
    assert math.isinf(found.ratio[0])
    assert found.ratio[1] == pytest.approx(4.587, abs=0.01)
    assert 0.8 < found.ratio[2] < 0.9  # supernormal on the way back from below rest
    assert found.absolute_ms == pytest.approx(9.0)
    second = pulse(0.0, 5e-4, 2.0 * found.threshold_A_m2)
    base = found.threshold_A_m2
    for factor, count in ((0.999, 1), (1.001, 2)):
        pair = second + pulse(9e-3, 5e-4, factor * found.ratio[1] * base)
        assert len(space_clamp(AXON, pair, 0.03).spikes) == count
    with pytest.raises(InputError, match="longer than the pulse"):
        refractory_period(AXON, [4e-4])


def test_hopf_currents_against_the_published_ones():
    """9.78 and 154.5 µA/cm² at 6.3 °C (Rinzel & Miller 1980, quoted from memory), leak of 1952."""
    low, high = hopf_currents(squid_axon(leak="1952"))
    assert MICRO * low.current_A_m2 == pytest.approx(9.78, abs=0.01)
    assert MICRO * high.current_A_m2 == pytest.approx(154.5, abs=0.05)
    assert not low.silent_above
    assert high.silent_above
    for at in (low, high):
        pair = eigenvalues(squid_axon(leak="1952"), 1e-3 * at.v_mV)
        assert np.sort(np.abs(pair.real))[:2] == pytest.approx(0.0, abs=1e-3)
    assert is_stable(AXON, 0.09)
    assert not is_stable(AXON, 0.11)


def test_a_small_push_grows_where_the_state_is_unstable():
    """The growth rate of the linearised equations is that of the equations themselves."""
    for current in (0.09, 0.11):
        volt = resting_potential(AXON, current)
        rate = eigenvalues(AXON, volt).real.max()
        trace = space_clamp(AXON, held(current) + shock(0.0, 1e-9), 0.1)
        t, away = trace.time_ms, np.abs(trace.v_mV - 1e3 * volt)
        early, late = (away[(t > a) & (t < a + 15.0)].max() for a in (20.0, 80.0))
        assert math.log(late / early) / 0.06 == pytest.approx(rate, abs=0.1 * abs(rate) + 1.0)


def test_firing_and_bistability(curve):
    on, off = ([f.rate_Hz for f in branch] for branch in (curve.from_rest, curve.from_firing))
    assert on[:2] == [0.0, 0.0]
    assert curve.from_rest[1].spikes == 1
    assert off[2] > 50.0
    assert curve.stable[:4].all()  # 6.5 and 8 µA/cm²: fires, and rest is stable
    assert off[3] == pytest.approx(62.6, abs=0.2)
    assert on[4] == pytest.approx(86.5, abs=0.2)
    assert on == [*sorted(on[:-1]), 0.0]
    assert MICRO * curve.fold_A_m2 == pytest.approx(6.23, abs=0.02)
    assert curve.from_firing[5].peak_mV < -20.0  # fires small near the block
    assert "depolarisation block" in curve.summary()
    assert "both stable" in curve.summary()


def test_the_rate_is_that_of_the_spikes_of_a_trace(curve):
    trace = space_clamp(AXON, step(0.0, 0.2), 0.2)
    times = np.array([s.time_ms for s in trace.spikes])[-6:]
    assert curve.from_rest[4].rate_Hz == pytest.approx(1e3 / np.diff(times).mean(), rel=1e-4)


def test_published_lower_end_of_firing():
    """6.26 µA/cm² (Rinzel & Miller 1980, quoted from memory), with the leak of 1952."""
    found = firing_curve(squid_axon(leak="1952"), [0.05, 0.1], 0.3)
    assert MICRO * found.fold_A_m2 == pytest.approx(6.26, abs=0.02)


def test_warming():
    found = temperature_series(AXON, 273.15 + np.array([6.3, 18.5, 30.0, 40.0]))
    assert (np.diff(found.peak_mV) < 0.0).all()
    assert (np.diff(found.na_load_mol_m2[:3]) < 0.0).all()
    assert (np.diff(found.overlap[:3]) < 0.0).all()
    assert math.isnan(found.width_ms[3])
    assert 35.0 < found.block_K - 273.15 < 38.0
    for excess, count in ((-0.05, 1), (0.05, 0)):
        axon = AXON.at(found.block_K + excess)
        trace = space_clamp(axon, shock(0.0, 1.5e-4), 0.01, level_V=-0.02)
        assert len(trace.spikes) == count
    assert "heat block" in found.summary()


def test_a_hotter_axon_is_a_faster_one_where_only_the_gates_count():
    """All rates and C⁻¹ times φ is time over φ: exact."""
    from dataclasses import replace

    hot = AXON.at(AXON.temperature_K + 10.0)
    quick = replace(hot, capacitance_F_m2=AXON.capacitance_F_m2 / 3.0)
    slow = space_clamp(AXON, pulse(3e-3, 6e-4, 0.2), 0.03)
    fast = space_clamp(quick, pulse(1e-3, 2e-4, 0.2), 0.01)
    assert fast.peak_mV == pytest.approx(slow.peak_mV, abs=1e-3)
    assert 3.0 * fast.spikes[0].width_ms == pytest.approx(slow.spikes[0].width_ms, rel=1e-5)
    assert 3.0 * fast.cost().na_load_mol_m2 == pytest.approx(slow.cost().na_load_mol_m2, rel=1e-6)


def test_bad_curves():
    with pytest.raises(InputError, match="two or more"):
        firing_curve(AXON, [0.1])
    with pytest.raises(InputError, match="duration_s"):
        firing_curve(AXON, [0.1, 0.2], 3600.0)
    with pytest.raises(InputError, match=r"293\.15 K"):
        temperature_series(AXON, [20.0])


def test_forms(curve, tmp_path):
    assert curve.to_csv().splitlines()[0].startswith("current_A_m2,steady_mV,steady_stable,rate_on")
    assert len(curve.as_dict()["rate_off_Hz"]) == 7
    found = pulse_threshold(AXON, 5e-4)
    assert found.as_dict()["shape"] == "pulse"
    curve.plot(tmp_path / "c.png")
    assert (tmp_path / "c.png").stat().st_size > 20_000
