"""E_GABA, what holds chloride, and which transporter wins: exact answers and root finds."""

import json
import math
import re

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq

from selectivity.cell import chloride as c
from selectivity.cell.chloride import reversal as module
from selectivity.errors import InputError
from selectivity.membrane import Solution, ghk_voltage, membrane_potential, nernst, preset

KELVIN = 310.15


def cell(cl=6.0, volt=-0.07, p=0.2):
    return c.chloride_cell(voltage_V=volt, inside_mM={"Cl": cl}, p_hco3=p)


def test_e_gaba_is_the_ghk_voltage_of_chloride_and_bicarbonate():
    rng = np.random.default_rng(4)
    cl_i, cl_o, h_i, h_o = np.exp(rng.uniform(-2, 5, (4, 200)))
    p = rng.uniform(0, 1, 200)
    expected = ghk_voltage(
        np.stack([np.ones(200), p]), [-1, -1], np.stack([cl_i, h_i]), np.stack([cl_o, h_o]), KELVIN
    )
    assert c.gaba_reversal(cl_i, cl_o, h_i, h_o, p, KELVIN) == pytest.approx(expected, abs=1e-12)


def test_e_gaba_by_hand():
    mpmath.mp.dps = 30
    thermal = mpmath.mpf("8.31446261815324") * mpmath.mpf("310.15") / mpmath.mpf("96485.33212331")
    exact = thermal * mpmath.log((6 + mpmath.mpf("0.2") * 15) / (120 + mpmath.mpf("0.2") * 26))
    assert c.gaba_reversal(6, 120, 15, 26, 0.2, KELVIN) == pytest.approx(float(exact), rel=1e-13)


def test_limits_without_bicarbonate_and_without_chloride():
    assert c.gaba_reversal(6, 120, 15, 26, 0.0, KELVIN) == nernst(-1, 6, 120, KELVIN)
    assert c.gaba_reversal(0, 0, 15, 26, 0.2, KELVIN) == pytest.approx(nernst(-1, 15, 26, KELVIN))
    assert c.gaba_reversal(0, 120, 0, 26, 0.2, KELVIN) == -math.inf


def test_chloride_at_reversal_inverts_e_gaba():
    cl = np.geomspace(0.01, 150.0, 50)
    e = c.gaba_reversal(cl, 120, 15, 26, 0.2, KELVIN)
    assert c.chloride_at_reversal(e, 120, 15, 26, 0.2, KELVIN) == pytest.approx(cl, rel=1e-11)


def test_no_chloride_reaches_a_reversal_that_bicarbonate_holds_above():
    floor = c.gaba_reversal(0.0, 120, 15, 26, 0.2, KELVIN)
    assert math.isnan(c.chloride_at_reversal(floor - 0.001, 120, 15, 26, 0.2, KELVIN))
    found = c.chloride_reversals(cell(volt=-0.12))
    assert math.isnan(found.switch_cl_mM)
    assert "every Cl_in" in found.summary()
    assert json.loads(found.to_json())["switch_cl_mM"] is None


def test_the_docstring_states_e_hco3():
    stated = float(re.search(r"E_HCO3 near −(\d+) mV", module.__doc__)[1])
    assert c.chloride_reversals(c.chloride_cell()).e_hco3_mV == pytest.approx(-stated, abs=0.5)


def test_mature_and_immature_presets():
    mature = c.chloride_reversals(c.chloride_cell("gaba_mature"))
    immature = c.chloride_reversals(c.chloride_cell("gaba_immature"))
    assert mature.effect == "hyperpolarises"
    assert immature.effect == "depolarises"
    assert mature.kcc2_cl_mM == pytest.approx(5 * 120 / 140)
    assert mature.nkcc1_cl_mM == pytest.approx(120 * math.sqrt(145 * 5 / (15 * 140)))
    assert mature.cell.voltage_V == membrane_potential(preset("neuron"))
    assert "not verified" in mature.summary()


def test_the_switch_is_where_the_sign_of_gaba_changes():
    switch = c.chloride_reversals(cell()).switch_cl_mM
    assert c.chloride_reversals(cell(0.99 * switch)).effect == "hyperpolarises"
    assert c.chloride_reversals(cell(1.01 * switch)).effect == "depolarises"
    assert c.chloride_reversals(cell(switch)).driving_force_mV == pytest.approx(0.0, abs=1e-11)


def test_bicarbonate_lifts_e_gaba_the_more_the_lower_the_chloride():
    found = c.chloride_reversals(c.chloride_cell(), np.linspace(2.0, 60.0, 30))
    lift = found.e_gaba_mV - found.e_cl_mV
    assert (lift > 0.0).all()
    assert (np.diff(lift) < 0.0).all()


def balance_root(a_cell, rates):
    """Steady Cl_in from the fluxes themselves, by bisection on the concentration."""
    out, kelvin = a_cell.outside, a_cell.temperature_K
    e_k = nernst(1, a_cell.inside["K"], out["K"], kelvin)
    e_na = nernst(1, a_cell.inside["Na"], out["Na"], kelvin)

    def net(cl):
        e_cl = nernst(-1, cl, out["Cl"], kelvin)
        leak = rates.g_cl_S_m2 * (a_cell.voltage_V - e_cl)
        return (
            leak
            + rates.g_kcc2_S_m2 * (e_k - e_cl)
            + 2.0 * rates.g_nkcc1_S_m2 * (e_na + e_k - 2.0 * e_cl)
        )

    return brentq(net, 1e-6, 1e4, xtol=1e-14, rtol=1e-15)


@pytest.mark.parametrize(
    "g", [(0.2, 0.2, 0.02), (0.2, 0.0, 0.3), (0.0, 1.0, 0.1), (0.5, 2.0, 0.0), (1e-3, 0, 1e-6)]
)
def test_steady_chloride_against_a_root_of_the_fluxes(g):
    rates = c.ChlorideRates(*g)
    found = c.chloride_balance(cell(), rates)
    assert found.cl_in_mM == pytest.approx(balance_root(cell(), rates), rel=1e-12)
    assert sum(found.into_cell_A_m2) == pytest.approx(0.0, abs=1e-15 + 1e-14 * max(g))


def test_one_path_alone_rests_at_its_own_reversal():
    own = cell()
    leak = c.chloride_balance(own, c.ChlorideRates(0.2, 0.0, 0.0))
    assert leak.e_cl_mV == pytest.approx(-70.0, abs=1e-12)
    assert leak.winner.startswith("neither")
    assert leak.sodium_load_A_m2 == 0.0
    curve = c.chloride_reversals(own)
    kcc2 = c.chloride_balance(own, c.ChlorideRates(0.0, 0.3, 0.0))
    assert kcc2.cl_in_mM == pytest.approx(curve.kcc2_cl_mM, rel=1e-13)
    nkcc1 = c.chloride_balance(own, c.ChlorideRates(0.0, 0.0, 0.3))
    assert nkcc1.cl_in_mM == pytest.approx(curve.nkcc1_cl_mM, rel=1e-13)


def test_who_wins_and_where_gaba_turns_round():
    own = cell(volt=-0.065)
    assert c.chloride_balance(own, c.ChlorideRates(0.2, 0.5, 0.01)).winner == "KCC2"
    assert c.chloride_balance(own, c.ChlorideRates(0.2, 0.01, 0.5)).winner == "NKCC1"
    switch = c.chloride_balance(own, c.ChlorideRates(0.2, 0.5, 0.0)).switch_nkcc1_S_m2
    at = c.chloride_balance(own, c.ChlorideRates(0.2, 0.5, switch))
    assert switch > 0.0
    assert at.e_gaba_mV == pytest.approx(-65.0, abs=1e-10)


def test_chloride_may_be_won_by_kcc2_while_gaba_depolarises():
    """Bicarbonate, not chloride, decides in between."""
    found = c.chloride_balance(c.chloride_cell(), c.ChlorideRates(0.2, 0.2, 0.02))
    assert found.winner == "KCC2"
    assert "GABA depolarises, since bicarbonate" in found.summary()


def test_no_switch_where_passive_chloride_already_depolarises():
    found = c.chloride_balance(cell(), c.ChlorideRates(0.2, 0.0, 0.0))
    assert math.isnan(found.switch_nkcc1_S_m2)
    assert found.e_gaba_mV > -70.0


def test_the_sodium_of_nkcc1_costs_a_third_in_atp():
    found = c.chloride_balance(cell(), c.ChlorideRates(0.2, 0.2, 0.1))
    assert found.sodium_load_A_m2 == pytest.approx(0.5 * found.into_cell_A_m2.g_nkcc1_S_m2)
    per_second = found.sodium_load_A_m2 / 3.0 / 96485.33212331
    assert found.atp_mol_m2_s == pytest.approx(per_second, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: c.gaba_reversal(-1, 120, 15, 26, 0.2, KELVIN), "cl_in_mM"),
        (lambda: c.gaba_reversal(6, 120, 15, 26, -0.2, KELVIN), "p_hco3"),
        (lambda: c.gaba_reversal(6, 120, 15, 26, 0.2, 37.0), "temperature_K"),
        (lambda: cell(cl=0.0), "inside.Cl"),
        (lambda: c.chloride_cell("neuron"), "preset"),
        (lambda: c.chloride_balance(cell(), c.ChlorideRates(0.0, 0.0, 0.0)), "rates"),
        (lambda: c.chloride_balance(cell(), c.ChlorideRates(0.1, -1.0, 0.0)), "g_kcc2_S_m2"),
        (lambda: c.chloride_reversals(cell(), [3.0, -1.0]), "cl_in_mM"),
    ],
)
def test_bad_input_names_its_place(call, place):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.place == place


def test_a_cell_of_solutions():
    inside = Solution({"Na": 10, "K": 120, "Cl": 8, "HCO3": 16}, 300.0, "inside")
    outside = Solution({"Na": 140, "K": 3, "Cl": 125, "HCO3": 26}, 300.0, "outside")
    own = c.ChlorideCell(inside, outside, 0.2, -0.065)
    assert c.chloride_reversals(own).kcc2_cl_mM == pytest.approx(3 * 125 / 120)


def test_results_as_table_and_figure(tmp_path):
    for found in (
        c.chloride_reversals(cell()),
        c.chloride_balance(cell(), c.ChlorideRates(0.2, 0.2, 0.02)),
    ):
        lengths = {len(column) for column in found.columns().values()}
        assert len(lengths) == 1
        found.plot(tmp_path / "chloride.png")
        assert (tmp_path / "chloride.png").stat().st_size > 10_000
