"""Sensitivities: what scaling demands exactly, closed-form derivatives, any steady state."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.volume import (
    VolumeCell,
    at_rest,
    pump_leak_neuron,
    sensitivities,
    volume_rest,
    volume_sensitivities,
)
from selectivity.errors import InputError

NEURON = pump_leak_neuron()
CELL = VolumeCell(
    145.0, 3.5, 119.0, 29.5, 0.2, 0.7, 0.2, 0.2, 0.0, NEURON.pump, -0.85, 300.0, 0.0267
)
FOUND = volume_sensitivities(NEURON)
BATH = ("na_out_mM", "k_out_mM", "cl_out_mM", "x_out_mM")
RATES = ("g_na_S_m2", "g_k_S_m2", "g_cl_S_m2", "g_kcc2_S_m2", "pump.p_A_m2")


def total(output, names, found=FOUND):
    return sum(found.value(output, name) for name in names)


def test_scaling_all_conductances_and_the_pump_changes_nothing_but_the_current():
    """Euler: the state has degree 0 in the rates together, the current degree 1."""
    for output in ("v_mV", "na_in_mM", "cl_in_mM", "w_um3", "e_cl_mV"):
        assert total(output, RATES) == pytest.approx(0.0, abs=1e-9)
    assert total("q_A_m2", RATES) == pytest.approx(1.0, abs=1e-9)


def test_scaling_the_bath_scales_the_inside_and_shrinks_the_volume():
    for output, degree in (("v_mV", 0.0), ("na_in_mM", 1.0), ("x_in_mM", 1.0), ("w_um3", -1.0)):
        # the membrane's charge, 5e-5 of the ions, is what departs from the exact degree
        assert total(output, BATH) == pytest.approx(degree, abs=3e-5)


def test_more_impermeants_more_volume():
    assert FOUND.value("w_um3", "x_fmol") == pytest.approx(1.0, abs=2e-5)
    assert FOUND.value("v_mV", "x_fmol") == pytest.approx(0.0, abs=2e-5)


def test_chloride_conductance_without_kcc2():
    found = volume_sensitivities(at_rest(replace(NEURON, g_kcc2_S_m2=0.0)))
    for output in ("v_mV", "w_um3", "cl_in_mM"):
        assert found.value(output, "g_cl_S_m2") == pytest.approx(0.0, abs=1e-12)
    assert found.left_out == ("g_kcc2_S_m2", "g_nkcc1_S_m2")


def test_against_derivatives_in_closed_form():
    """z = −1, a constant pump, no membrane charge: θ = Osm/2S, hence V = φ ln(2S/Osm)."""
    cell = replace(CELL, z=-1.0, pump=PumpLaw.constant(0.008))
    found = volume_sensitivities(cell)
    phi, osm = cell.rt_over_f_V, cell.osmolarity_mM
    rho_na, rho_k = -3.0 / 0.2, 2.0 * 0.4 / 0.32
    na = 145.0 * math.exp(rho_na * 0.008 / phi)
    k = 3.5 * math.exp(rho_k * 0.008 / phi)
    v = 1e3 * phi * math.log(2.0 * (na + k) / osm)
    assert found.outputs["v_mV"] == pytest.approx(v, rel=1e-13)
    dv = {
        "na_out_mM": 1e3 * phi * (na / (na + k) - 145.0 / osm),
        "cl_out_mM": -1e3 * phi * 119.0 / osm,
        "x_out_mM": -1e3 * phi * 29.5 / osm,
        "g_na_S_m2": -1e3 * na / (na + k) * rho_na * 0.008,
        "pump.q_A_m2": 1e3 * (na * rho_na + k * rho_k) / (na + k) * 0.008,
    }
    for name, slope in dv.items():
        assert found.value("v_mV", name) == pytest.approx(0.01 * slope, rel=1e-8), name


def test_two_steps_agree_and_the_bound_holds():
    coarse, fine = volume_sensitivities(NEURON, 4e-3), volume_sensitivities(NEURON, 1e-3)
    for name, row in coarse.rows.items():
        for output, (value, bound) in row.items():
            assert abs(value - fine.value(output, name)) <= bound + 1e-10, (name, output)


def test_any_steady_state():
    found = sensitivities(
        lambda p: {"y": p["a"] ** 3 / p["b"], "v_mV": 10.0 * math.log(p["a"]), "nil": 0.0},
        {"a": 2.0, "b": 5.0, "c": 0.0},
        name="a power",
    )
    assert found.value("y", "a") == pytest.approx(3.0, abs=1e-10)
    assert found.value("y", "b") == pytest.approx(-1.0, abs=1e-10)
    assert found.value("v_mV", "a") == pytest.approx(0.1, abs=1e-12)
    assert math.isnan(found.value("nil", "a"))
    assert found.left_out == ("c",)


def test_a_neighbour_without_a_steady_state_is_no_number():
    found = sensitivities(lambda p: {"y": p["a"]} if p["a"] <= 1.0 else None, {"a": 1.0})
    assert math.isnan(found.value("y", "a"))
    assert json.loads(found.to_json())["sensitivities"]["a"]["y"] is None


def test_refused():
    with pytest.raises(InputError, match="steady state"):
        sensitivities(lambda p: None, {"a": 1.0})
    with pytest.raises(InputError, match="step"):
        sensitivities(dict, {"a": 1.0}, step=0.0)
    with pytest.raises(InputError, match="parameter"):
        sensitivities(dict, {"a": 1.0}, names=["b"])
    with pytest.raises(InputError, match="output"):
        FOUND.value("nothing", "z")
    with pytest.raises(InputError, match="too fast"):
        volume_sensitivities(replace(NEURON, pump=PumpLaw.constant(1.0)))


def test_table_and_figure(tmp_path):
    header = FOUND.to_csv().splitlines()[0]
    assert header.startswith(
        "parameter,value,v_mV__mV_per_percent,v_mV__bound,na_in_mM__elasticity"
    )
    assert np.isfinite([FOUND.value("v_mV", name) for name in FOUND.rows]).all()
    assert "rt_over_f_V" not in FOUND.rows
    FOUND.plot(tmp_path / "s.png")
    assert (tmp_path / "s.png").stat().st_size > 20_000
    assert volume_rest(NEURON).outputs() == FOUND.outputs
