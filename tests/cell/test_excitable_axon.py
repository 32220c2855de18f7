"""The squid axon's membrane: rates, rest, stimuli, traces, spikes and their cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from selectivity.cell.cell_presets import cell_preset
from selectivity.cell.excitable import (
    SquidAxon,
    find_spikes,
    gate_rates,
    held,
    held_current,
    ion_currents,
    pulse,
    ramp,
    resting_potential,
    shock,
    space_clamp,
    squid_axon,
    steady_gates,
    step,
    together,
)
from selectivity.cell.excitable.integrate import resting_state
from selectivity.cell.excitable.rates import scalar_rates
from selectivity.errors import InputError
from selectivity.units import AVOGADRO, FARADAY

AXON = squid_axon()
PULSE = pulse(2e-3, 5e-4, 0.2)


@pytest.fixture(scope="module")
def trace():
    return space_clamp(AXON, PULSE, 0.04)


def test_rates_at_the_removed_zero_over_zero():
    """α_m(−40 mV) = 1 and α_n(−55 mV) = 0.1 per ms, exactly, and continuous around them."""
    assert gate_rates(-40.0).alpha_m == 1.0
    assert gate_rates(-55.0).alpha_n == 0.1
    for tiny in (1e-13, 1e-9, 1e-6):
        assert gate_rates(-40.0 + tiny).alpha_m == pytest.approx(1.0 + 0.05 * tiny, rel=1e-13)
    assert all(np.isfinite(rate) for rate in gate_rates(1e4))
    assert gate_rates(-1e6).alpha_m < 1e-300


@pytest.mark.parametrize("v", [-120.0, -65.0, -40.5, 0.0, 30.0, 130.0])
def test_rates_as_printed_in_1952(v):
    """Their own signs: V measured from rest, downward where it depolarises."""
    u = -(v + 65.0)
    r = gate_rates(v)
    assert r.alpha_n == pytest.approx(0.01 * (u + 10) / (math.exp((u + 10) / 10) - 1), rel=1e-12)
    assert r.beta_n == pytest.approx(0.125 * math.exp(u / 80), rel=1e-12)
    assert r.alpha_m == pytest.approx(0.1 * (u + 25) / (math.exp((u + 25) / 10) - 1), rel=1e-12)
    assert r.beta_m == pytest.approx(4 * math.exp(u / 18), rel=1e-12)
    assert r.alpha_h == pytest.approx(0.07 * math.exp(u / 20), rel=1e-12)
    assert r.beta_h == pytest.approx(1 / (math.exp((u + 30) / 10) + 1), rel=1e-12)


@given(st.floats(-500.0, 500.0))
def test_scalar_rates_are_the_array_rates(v):
    assert scalar_rates(v) == pytest.approx([float(x) for x in gate_rates(v)], rel=1e-13)


def test_the_preset():
    """What the object carries is what the file prints; which leak runs is stated."""
    told = AXON.as_dict()
    preset = cell_preset("squid_axon")
    for section in ("membrane", "leak"):
        for key, value in preset[section].values.items():
            assert told[key] == value
    assert told["e_leak_mV"] == -54.3
    assert squid_axon(leak="1952").e_leak_V == -0.054387
    assert "[not verified]" in squid_axon(leak="1952").source
    assert AXON.temperature_K == 279.45
    assert AXON.phi == 1.0
    assert AXON.at(289.45).phi == pytest.approx(3.0, rel=1e-12)


def test_rest():
    assert resting_potential(AXON) == pytest.approx(-0.06497, abs=5e-6)
    assert resting_potential(squid_axon(leak="1952")) == pytest.approx(-0.065, abs=5e-6)
    volt = resting_potential(AXON)
    parts = ion_currents(AXON, volt, *steady_gates(1e3 * volt))
    assert abs(sum(parts)) < 1e-12 * max(abs(float(x)) for x in parts)
    assert resting_potential(AXON.at(310.0)) == volt
    v = np.linspace(-0.2, 0.2, 4001)
    assert (np.diff(held_current(AXON, v)) > 0.0).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"capacitance_F_m2": 0.0}, "capacitance_F_m2"),
        ({"g_na_S_m2": -1.0}, "g_na_S_m2"),
        ({"e_k_V": -77.0}, "give it in volt"),
        ({"temperature_K": 6.3}, "kelvin|279.45 K"),
        ({"radius_m": -1e-6}, "radius_m"),
    ],
)
def test_bad_axons(change, said):
    fields = {name: getattr(AXON, name) for name in AXON.__dataclass_fields__}
    with pytest.raises(InputError, match=said):
        SquidAxon(**{**fields, **change})
    with pytest.raises(InputError, match="leak"):
        squid_axon(leak="other")


def test_a_membrane_without_channels_is_an_rc_circuit():
    """V − E = (J/g)(1 − exp(−t g/C)) for a pulse, and its decay; exact."""
    fields = {name: getattr(AXON, name) for name in AXON.__dataclass_fields__}
    bare = SquidAxon(**{**fields, "g_na_S_m2": 0.0, "g_k_S_m2": 0.0})
    found = space_clamp(bare, pulse(1e-3, 2e-3, 0.05), 8e-3)
    t = 1e-3 * found.time_ms
    tau, high = bare.capacitance_F_m2 / bare.g_leak_S_m2, 0.05 / bare.g_leak_S_m2
    up = high * -np.expm1(-(np.clip(t, 1e-3, 3e-3) - 1e-3) / tau)
    want = bare.e_leak_V + up * np.exp(-np.clip(t - 3e-3, 0.0, None) / tau)
    assert np.abs(1e-3 * found.v_mV - want).max() < 1e-10
    assert found.peak_mV == pytest.approx(1e3 * want.max(), abs=1e-7)


def test_a_ramp_into_a_membrane_without_channels():
    """V − E = (s/g)[t − τ(1 − exp(−t/τ))] under J = s t; exact."""
    fields = {name: getattr(AXON, name) for name in AXON.__dataclass_fields__}
    bare = SquidAxon(**{**fields, "g_na_S_m2": 0.0, "g_k_S_m2": 0.0})
    found = space_clamp(bare, ramp(0.0, 5e-3, 0.0, 0.1), 5e-3)
    t, tau = 1e-3 * found.time_ms, bare.capacitance_F_m2 / bare.g_leak_S_m2
    want = bare.e_leak_V + 20.0 / bare.g_leak_S_m2 * (t + tau * np.expm1(-t / tau))
    assert np.abs(1e-3 * found.v_mV - want).max() < 1e-10


def test_a_shock_moves_v_by_q_over_c_and_adds_no_gate():
    found = space_clamp(AXON, shock(1e-3, 5e-5), 2e-3)
    (at,) = np.flatnonzero(np.diff(found.time_ms) == 0.0)
    assert found.v_mV[at + 1] - found.v_mV[at] == pytest.approx(5.0, rel=1e-12)
    assert found.m[at + 1] == found.m[at]


def test_the_trace_against_another_solver_and_the_equations_written_anew(trace):
    """Radau on V, m, h, n; only the start and the stimulus are shared."""

    def rates(t, y):
        v, m, h, n = y
        r = gate_rates(v)
        current = 20.0 if 2.0 <= t < 2.5 else 0.0
        return [
            current - 120 * m**3 * h * (v - 50) - 36 * n**4 * (v + 77) - 0.3 * (v + 54.3),
            r.alpha_m * (1 - m) - r.beta_m * m,
            r.alpha_h * (1 - h) - r.beta_h * h,
            r.alpha_n * (1 - n) - r.beta_n * n,
        ]

    y = resting_state(AXON)[:4]
    for low, high in ((0.0, 2.0), (2.0, 2.5 - 1e-12), (2.5, 20.0)):
        sol = solve_ivp(rates, (low, high), y, "Radau", rtol=1e-10, atol=1e-12, dense_output=True)
        y = sol.y[:, -1]
    later = (trace.time_ms > 2.5) & (trace.time_ms <= 20.0)
    theirs = sol.sol(trace.time_ms[later])
    assert np.abs(trace.v_mV[later] - theirs[0]).max() < 1e-4  # of its dense output
    for ours, gate in zip((trace.m, trace.h, trace.n), theirs[1:], strict=True):
        assert np.abs(ours[later] - gate).max() < 1e-6
    assert trace.v_mV[np.isclose(trace.time_ms, 20.0)] == pytest.approx(y[0], abs=1e-6)


def test_tolerance_moves_nothing(trace):
    loose = space_clamp(AXON, PULSE, 0.04, tolerance=1e-7)
    assert loose.peak_mV == pytest.approx(trace.peak_mV, abs=1e-4)
    coarse = space_clamp(AXON, PULSE, 0.04, dt_s=4e-5)  # the cubic between samples
    assert coarse.peak_mV == pytest.approx(trace.peak_mV, abs=2e-3)


def test_charge_is_conserved(trace):
    """What the stimulus brought less what the ions carried out is on the capacitance."""
    brought = 0.2 * 5e-4
    out = trace.charge_na_C_m2 + trace.charge_k_C_m2 + trace.charge_leak_C_m2
    kept = AXON.capacitance_F_m2 * 1e-3 * (trace.v_mV - trace.v_mV[0])
    after = trace.time_ms > 2.5
    assert np.abs(brought - out - kept)[after].max() < 1e-9 * abs(trace.charge_na_C_m2).max()


def test_the_spike(trace):
    (spike,) = trace.spikes
    assert spike.peak_mV == trace.peak_mV == pytest.approx(39.2929, abs=1e-3)
    assert spike.half_height_mV == pytest.approx(0.5 * (spike.peak_mV + trace.rest_mV))
    assert spike.width_ms == pytest.approx(1.4573, abs=1e-3)
    assert spike.trough_mV == pytest.approx(-76.17, abs=0.01)
    assert trace.v_mV[-1] == pytest.approx(trace.rest_mV, abs=0.1)


def test_the_cost(trace):
    cost = trace.cost()
    t = 1e-3 * trace.time_ms
    inflow = np.trapezoid(trace.i_na_A_m2[0] - trace.i_na_A_m2, t) / FARADAY
    assert cost.na_load_mol_m2 == pytest.approx(inflow, rel=1e-4)
    assert trace.na_load_mol_m2[-1] == pytest.approx(cost.na_load_mol_m2, rel=1e-12)
    least = AXON.capacitance_F_m2 * 1e-3 * (trace.peak_mV - trace.rest_mV) / FARADAY
    assert cost.overlap == pytest.approx(cost.na_load_mol_m2 / least, rel=1e-12)
    assert cost.na_ions_um2 == pytest.approx(cost.na_load_mol_m2 * AVOGADRO * 1e-12)
    assert cost.atp_um2 == pytest.approx(cost.na_ions_um2 / 3.0, rel=1e-15)
    longer = space_clamp(AXON, PULSE, 0.08).cost()
    assert longer.na_load_mol_m2 == pytest.approx(cost.na_load_mol_m2, rel=2e-4)
    assert longer.na_total_mol_m2 > cost.na_total_mol_m2 * 1.02


def test_the_cost_of_an_axon(trace):
    """A thousandth of the radius: a thousandth of the ions, a thousand times the change."""
    wide, thin = (trace.cost().for_axon(a, 1e-3) for a in (238e-6, 0.238e-6))
    assert wide.na_ions == pytest.approx(1e3 * thin.na_ions, rel=1e-12)
    assert thin.na_in_change_mM == pytest.approx(1e3 * wide.na_in_change_mM, rel=1e-12)
    volume = math.pi * 238e-6**2 * 1e-3
    assert wide.na_in_change_mM == pytest.approx(wide.na_ions / AVOGADRO / volume, rel=1e-12)
    assert wide.atp == wide.na_ions / 3.0
    assert wide.k_in_change_mM < 0.0 < wide.na_in_change_mM
    with pytest.raises(InputError, match="radius_m"):
        trace.cost().for_axon(0.0, 1.0)


def test_what_the_stimulus_pushed_up_is_no_spike():
    """A blocked axon, carried over 0 mV by a shock: V falls at once, and no spike is counted."""
    hot = space_clamp(AXON.at(273.15 + 45.0), shock(1e-3, 1.2e-3), 0.01)
    assert hot.peak_mV > 0.0
    assert hot.spikes == ()


def test_no_spike_no_cost():
    quiet = space_clamp(AXON, pulse(1e-3, 5e-4, 0.05), 0.01)
    assert quiet.spikes == ()
    assert "no spike" in quiet.summary()
    assert quiet.as_dict()["cost"] is None
    with pytest.raises(InputError, match="stronger"):
        quiet.cost()


def test_spikes_of_a_known_curve():
    """V = −65 + 100 sin²: heights, times and widths at half height are known."""
    t = np.linspace(0.0, 0.04, 801)
    w = math.pi / 0.02
    v = -0.065 + 0.1 * np.sin(w * t) ** 2
    found = find_spikes(t, v, 0.1 * w * np.sin(2 * w * t))
    assert len(found) == 2
    for k, spike in enumerate(found):
        assert spike.peak_mV == pytest.approx(35.0, abs=1e-9)
        assert spike.peak_ms == pytest.approx(10.0 + 20.0 * k, abs=1e-9)
        assert spike.width_ms == pytest.approx(10.0, abs=1e-6)
        rise = math.asin(math.sqrt(0.65)) / w
        assert spike.time_ms == pytest.approx(1e3 * rise + 20.0 * k, abs=1e-6)
        assert spike.trough_mV == pytest.approx(-65.0, abs=1e-9)


def test_stimuli():
    both = together([pulse(1e-3, 1e-3, 0.1), ramp(1.5e-3, 2.5e-3, 0.0, 0.2), held(0.03)])
    t = np.array([0.0, 1e-3, 1.5e-3, 1.75e-3, 2e-3, 2.4999999e-3, 2.5e-3])
    want = [0.03, 0.13, 0.13, 0.18, 0.13, 0.23, 0.03]
    assert both.at(t) == pytest.approx(want, abs=1e-6)
    assert both.edges(3e-3) == pytest.approx([0.0, 1e-3, 1.5e-3, 2e-3, 2.5e-3, 3e-3])
    assert both.line(1.5e-3, 2e-3) == pytest.approx((0.13, 200.0))
    assert both.scaled(2.0).at(1.2e-3) == pytest.approx(0.23)
    assert step(1e-3, 0.1).at([0.0, 1.0]) == pytest.approx([0.0, 0.1])
    for bad in (lambda: pulse(-1.0, 1.0, 0.1), lambda: pulse(0.0, 0.0, 0.1)):
        with pytest.raises(InputError):
            bad()
    with pytest.raises(InputError, match="after the start"):
        ramp(1.0, 1.0, 0.0, 0.1)


def test_a_held_current_starts_where_it_holds():
    found = space_clamp(AXON, held(0.05), 5e-3)
    assert np.ptp(found.v_mV) < 1e-7
    assert found.rest_mV == pytest.approx(1e3 * resting_potential(AXON, 0.05), abs=1e-9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"duration_s": 0.0}, "duration_s"),
        ({"duration_s": 3600.0}, "duration_s"),
        ({"dt_s": -1.0}, "dt_s"),
        ({"tolerance": 1e-16}, "tolerance"),
    ],
)
def test_bad_traces(options, said):
    with pytest.raises(InputError, match=said):
        space_clamp(AXON, PULSE, **{"duration_s": 0.01, **options})


def test_result_forms(trace, tmp_path):
    out = trace.as_dict()
    assert out["axon"]["e_leak_mV"] == -54.3
    assert out["cost"]["overlap"] == pytest.approx(13.245, abs=0.01)
    assert len(out["v_mV"]) == trace.v_mV.size
    header = trace.to_csv().splitlines()[0]
    assert header.startswith("time_ms,v_mV,m,h,n,i_na_A_m2")
    trace.plot(tmp_path / "t.png")
    assert (tmp_path / "t.png").stat().st_size > 20_000
