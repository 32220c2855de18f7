"""Energy budgets: the equations from the leaks themselves, and what two papers print."""

import json
import math

import pytest
from scipy.optimize import brentq

from selectivity.cell import energy
from selectivity.cell.cell_presets import cell_preset
from selectivity.errors import InputError
from selectivity.units import AVOGADRO, ELEMENTARY_CHARGE

AL, HOWARTH = "attwell_laughlin_2001", "howarth_2012"


def test_the_resting_cost_is_what_undoes_the_leaks():
    """Leaks found from their own two balances and the input conductance, by bisection."""
    g, v, e_na, e_k = 5e-9, -0.07, 0.05, -0.1

    def net(g_na):
        sodium, potassium = g_na * (e_na - v), (g - g_na) * (v - e_k)
        return sodium / 3.0 - potassium / 2.0

    g_na = brentq(net, 0.0, g, xtol=1e-24, rtol=1e-15)
    cycles = g_na * (e_na - v) / 3.0 / ELEMENTARY_CHARGE
    assert energy.resting_atp(g, v, e_na, e_k) == pytest.approx(cycles, rel=1e-12)
    assert energy.pump_cycle_current(g, v, e_na, e_k) == pytest.approx(54.5454545e-12, rel=1e-8)


def test_net_current_of_the_leaks_is_the_pump_and_each_ion_balances():
    g, v, e_na, e_k = 7e-9, -0.065, 0.06, -0.095
    current = energy.pump_cycle_current(g, v, e_na, e_k)
    g_na, g_k = 3.0 * current / (e_na - v), 2.0 * current / (v - e_k)
    assert g_na + g_k == pytest.approx(g, rel=1e-14)
    assert g_na * (v - e_na) + g_k * (v - e_k) == pytest.approx(-current, rel=1e-12)


def test_costs_by_hand():
    assert energy.atp_of_sodium(2.88e8, 4.0) == pytest.approx(3.84e8)
    assert energy.charging_sodium(0.01, 1e-9, 0.1) == pytest.approx(1e-12 / ELEMENTARY_CHARGE)
    assert energy.atp_of_load(1e-2, 1e-8) == pytest.approx(1e-10 / ELEMENTARY_CHARGE / 3.0)
    expected = 3.29e9 * 9.2e7 * 60.0 / AVOGADRO * 1e6
    assert energy.tissue_rate(3.29e9, 9.2e7) == pytest.approx(expected)


def test_the_published_total_and_parts_of_2001():
    found = energy.energy_budget(AL)
    rows = {key: (mine, theirs) for key, mine, theirs, _ in found.comparison()}
    for key in ("total_ATP_s", "spike_ATP", "vesicle_ATP"):
        mine, theirs = rows[key]
        assert f"{mine:.3g}" == f"{theirs:.3g}", key  # to every printed digit
    mine, theirs = rows["rest_neuron_ATP_s"]
    assert mine / theirs - 1.0 == pytest.approx(-0.0045, abs=2e-4)
    mine, theirs = rows["tissue_umol_g_min"]
    assert round(mine) == theirs


@pytest.mark.parametrize(("name", "shares"), [(AL, 5), (HOWARTH, 5)])
def test_published_shares_within_half_a_point(name, shares):
    rows = [row for row in energy.energy_budget(name).comparison() if row[0].endswith("_percent")]
    assert len(rows) == shares
    assert sum(row[2] for row in rows) == 100.0
    for key, mine, theirs, verified in rows:
        assert abs(mine - theirs) < 0.5, key
        assert verified or (name, key) == (AL, "presynaptic_percent")


def test_2012_differs_from_2001_by_the_overlap_alone():
    old, new = energy.energy_preset(AL), energy.energy_preset(HOWARTH)
    same = energy.energy_preset(AL, {"overlap": 1.24}).inputs
    assert new.inputs == same
    assert old.inputs.overlap == 4.0
    assert "Howarth" in new.origin["overlap"].source
    assert "total_ATP_s" not in new.published


def test_the_geometry_gives_the_published_sodium_and_its_shares():
    """2.88e8 ions; axon 82 %, dendrites 14 %, soma 4 %."""
    parts = energy.geometry_sodium(AL)
    total = sum(parts.values())
    assert total == pytest.approx(2.88e8, rel=5e-3)
    shares = {key: round(100.0 * value / total) for key, value in parts.items()}
    assert shares == {"soma": 4, "dendrites": 14, "axon": 82}


def test_parts_add_up_and_scale_with_the_rate():
    found = energy.energy_budget(AL)
    assert sum(found.parts_ATP_s.values()) == pytest.approx(found.total_ATP_s)
    assert sum(found.share_percent.values()) == pytest.approx(100.0)
    faster = energy.energy_budget(AL, {"rate_Hz": 5.0})
    apart = faster.tissue_umol_g_min - found.tissue_umol_g_min
    assert apart == pytest.approx(found.per_hertz_umol_g_min, rel=1e-9)
    silent = energy.energy_budget(AL, {"rate_Hz": 0.0})
    assert silent.share_percent["rest"] == pytest.approx(100.0)


def test_a_spike_from_elsewhere_replaces_the_computed_one():
    found = energy.energy_budget(AL, {"spike_ATP": 1e8, "rest_neuron_ATP_s": 2e8})
    assert found.costs.spike_ATP == 1e8
    assert found.parts_ATP_s["spikes"] == 4e8
    assert found.parts_ATP_s["rest"] == pytest.approx(3.02e8)
    assert "changed: spike_ATP" in found.summary()
    assert "of the cell as it was" in found.summary()


def test_power():
    found = energy.energy_budget(AL, free_energy_kJ_mol=-57.0)
    assert found.power_W == pytest.approx(found.total_ATP_s / AVOGADRO * 57e3)
    assert found.power_W_kg == pytest.approx(found.power_W * 9.2e7 * 1000.0)
    assert energy.energy_budget(AL).power_W is None
    assert "W/kg" in found.summary()


def test_what_is_not_verified_says_so():
    text = energy.energy_budget(AL).summary()
    assert "boutons = 8000    Attwell & Laughlin 2001 [not verified]" in text
    assert "nmda_ATP = 70000    Attwell & Laughlin 2001, p. 1136" in text
    section = cell_preset(AL)["vesicle"]
    assert section.verified
    assert section["nmda_ATP"] == pytest.approx(210000 / 3)


def test_the_overlap_of_four_is_that_of_a_squid_near_18_degrees():
    assert energy.squid_overlap(291.65) == pytest.approx(3.9, abs=0.05)
    assert energy.squid_overlap(279.45) == pytest.approx(13.0, abs=0.1)
    found = energy.energy_budget(AL, {"overlap": energy.squid_overlap(291.65)})
    assert found.costs.spike_ATP == pytest.approx(3.74e8, rel=2e-3)
    with pytest.raises(InputError):
        energy.squid_overlap(315.0)


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: energy.resting_atp(5e-9, -0.11, 0.05, -0.1), "e_k_V"),
        (lambda: energy.resting_atp(5e-9, 0.05, 0.05, -0.1), "e_na_V"),
        (lambda: energy.resting_atp(-5e-9, -0.07, 0.05, -0.1), "conductance_S"),
        (lambda: energy.atp_of_sodium(1e8, 0.9), "overlap"),
        (lambda: energy.tissue_rate(1e9, 1e8, 0.0), "density_g_cm3"),
        (lambda: energy.energy_budget("attwell"), "preset"),
        (lambda: energy.energy_budget("duesterwald_2018"), "preset"),
        (lambda: energy.energy_budget(AL, {"rate": 3.0}), "set"),
        (lambda: energy.energy_budget(AL, {"rate_Hz": -3.0}), "rate_Hz"),
        (lambda: energy.energy_budget(AL, {"release_probability": 2.0}), "release_probability"),
        (lambda: energy.energy_budget(AL, {"input_resistance_Mohm": 0}), "input_resistance_Mohm"),
        (lambda: energy.energy_budget(AL, {"boutons": math.nan}), "boutons"),
        (lambda: energy.energy_budget(AL, free_energy_kJ_mol=57.0), "free_energy_kJ_mol"),
        (lambda: energy.energy_budget(energy.energy_preset(AL), {"overlap": 2.0}), "changes"),
    ],
)
def test_bad_input_names_its_place(call, place):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.place == place


def test_json_table_and_figure(tmp_path):
    found = energy.energy_budget(HOWARTH)
    out = json.loads(found.to_json())
    assert out["sources"]["overlap"]["verified"] is False
    assert out["power_W"] is None
    assert found.to_csv().startswith("part,ATP_s,share_percent,published_percent\nspikes,")
    found.plot(tmp_path / "budget.svg")
    assert "action potentials" in (tmp_path / "budget.svg").read_text()
