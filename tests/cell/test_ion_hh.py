"""Ion-conserving Hodgkin-Huxley cells against the papers' own form, and their rest states."""

import math
from dataclasses import replace

import numpy as np
import pytest

from selectivity.cell.cell_presets import cell_preset, cell_preset_names
from selectivity.cell.dynamics import Drive, Event, Model, integrate, parse_event
from selectivity.cell.ion_hh import buffered_cell, swelling_cell
from selectivity.cell.ion_hh.gates import h_rates, m_steady, n_rates
from selectivity.errors import InputError, StoreError
from tests.cell.published_forms import AREA_OVER_F, Buffered, Swelling, currents, follow, gates

CELLS = [
    buffered_cell(),
    buffered_cell(vascular=True),
    swelling_cell(),
    swelling_cell(chloride=False),
]
NAMES = [cell.name for cell in CELLS]


@pytest.fixture(params=CELLS, ids=NAMES)
def cell(request):
    return request.param


def test_gates_are_those_of_the_paper():
    for v in (-90.0, -67.0, -34.0, -30.0, -13.7, 20.0):
        am, bm, an, bn, ah, bh = gates(v)
        assert m_steady(v) == pytest.approx(am / (am + bm), rel=1e-12)
        assert n_rates(v) == pytest.approx((1000 * an, 1000 * bn), rel=1e-8)
        assert h_rates(v) == pytest.approx((1000 * ah, 1000 * bh), rel=1e-12)
    assert n_rates(1e9) == n_rates(1e3)
    assert all(map(math.isfinite, (*n_rates(-1e9), *h_rates(-1e9), m_steady(-1e9))))


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_currents_are_those_of_the_paper(cell, p):
    """At any state: currents, gates, uptake and water of the printed equations."""
    y = cell.start()
    moved = [y[0] - 0.004, y[1] - 6.001, y[2] + 0.003, y[3] - 6.0, y[4] + 6.001, y[5] - 0.003]
    for state in (y, [*moved, *y[6:-1], 0.4]):
        drive = Drive(pump=p, bath_mM=cell.baths_mM)
        row, rates = cell.observe(0.0, state, drive), cell.rates(0.0, state, drive)
        inner, outer = (
            [row[f"{i}_{side}_mM"] for i in ("na", "k", "cl")] for side in ("in", "out")
        )
        v, n = row["v_mV"], row["n"]
        h = row["h"] if "h" in row else 1 - 1 / (1 + math.exp(-6.5 * (n - 0.35)))
        g_cl = 0.02 if "dahlem" in cell.name else 0.1 * cell.g_cl_S_m2
        expected = currents(v, n, h, inner, outer, p, g_cl)
        found = [100.0 * row[f"i_{ion}_A_m2"] for ion in ("na", "k", "cl")]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
        flow = [-AREA_OVER_F * i for i in (*expected[:2], -expected[2])]
        assert rates[1:3] == pytest.approx(flow[1:], rel=1e-5, abs=1e-12)
        assert [-r for r in rates[3:4]] == pytest.approx(flow[:1], rel=1e-5, abs=1e-12)
        # C dV/dt = -(sum of the currents), in mV/s
        volts = cell.mv_per_fmol * rates[0]
        assert volts == pytest.approx(-1000.0 * sum(expected), rel=1e-9, abs=1e-6)
        alpha, beta = gates(v)[2:4]
        assert rates[cell.names.index("n")] == pytest.approx(
            3000.0 * (alpha * (1 - n) - beta * n), rel=1e-9, abs=1e-9
        )


def test_uptake_and_water_are_those_of_the_papers():
    form = Buffered()
    for vascular in (False, True):
        cell = buffered_cell(vascular)
        form.vascular = vascular
        drive = Drive(bath_mM=cell.baths_mM)
        for held in (0.0, 40.0):
            y = cell.start()
            y[4] = 0.72 * 30.0
            y[6] = 0.72 * held
            k_in = form.inner0[1] - (30.0 + held - 4.0) / 3.0  # K_o = 30 mM in the other form
            state = (-20.0, 0.5, k_in, form.inner0[2], -held)
            assert form.sides(state)[1][1] == pytest.approx(30.0)
            assert -cell.rates(0.0, y, drive)[6] / 0.72 == pytest.approx(form(state, 0.0, 1.0)[4])
    cell, form = swelling_cell(), Swelling()
    y = cell.start()
    y[6] = 2000.0
    state = (*form.start[:5], 2000.0)
    assert cell.rates(0.0, y, Drive())[6] == pytest.approx(form(state, 0.0, 1.0)[5], rel=1e-9)


def test_the_published_interruption_against_the_papers_form():
    """9.5 s without a pump, from rest over the spikes to the plateau of the depolarisation."""
    cell, form = buffered_cell(), Buffered()
    times = [2.0, 11.5, 18.0]
    ends = follow(form, [(2.0, 1.0), (11.5, 0.0), (18.0, 1.0)], rtol=1e-7)
    run = integrate(cell, [Event("pump", 2.0, 11.5, 0.0)], 18.0, times_s=times, rtol=1e-7)
    for row, y in zip((run.at(t) for t in times), ends, strict=True):
        inner, outer = form.sides(y)
        assert row["v_mV"] == pytest.approx(y[0], abs=0.02)
        assert row["k_in_mM"] == pytest.approx(inner[1], abs=0.02)
        assert row["cl_in_mM"] == pytest.approx(inner[2], abs=0.001)
        assert row["na_in_mM"] == pytest.approx(inner[0], abs=0.02)
        assert row["k_out_mM"] == pytest.approx(outer[1], abs=0.03)
        assert row["k_taken_mM"] == pytest.approx(-y[4], abs=0.005)
    assert run.final["k_out_mM"] > 60.0
    assert run.ledger.largest < 1e-12


def test_chloride_and_water_after_the_depolarisation_against_the_papers_form():
    """From a depolarised state, without a pump: 300 s of slow chloride and swelling.

    The papers' form leaves C ΔV/F = 0.006 fmol out of the sodium, 0.014 mM of the outside.
    """
    cell, form = swelling_cell(), Swelling()
    form.start = (-5.0, 0.8, 0.01, 217.7, 21.7, 2160.0)
    y0 = cell.start()
    y0[1], y0[4] = 217.7, 62.8
    y0[0] = -5.0 / cell.mv_per_fmol
    y0[3] = 54.6 + 91.3 - cell.amounts(y0)[0]
    y0[7:] = 0.8, 0.01
    times = [1.0, 60.0, 300.0]
    ends = follow(form, [(t, 0.0) for t in times])
    stopped = Event("pump", 0.0, math.inf, 0.0)
    run = integrate(cell, [stopped], 300.0, times_s=times, start=y0, rtol=1e-9)
    for row, y in zip((run.at(t) for t in times), ends, strict=True):
        inner, outer = form.sides(y)
        assert row["v_mV"] == pytest.approx(y[0], abs=0.005)
        assert row["na_in_mM"] == pytest.approx(inner[0], abs=0.004)
        assert row["k_out_mM"] == pytest.approx(outer[1], abs=0.015)
        assert row["cl_out_mM"] == pytest.approx(outer[2], abs=0.015)
        assert row["w_um3"] == pytest.approx(y[5], abs=0.05)
    assert run.final["w_um3"] > 2350.0


def test_rest_is_steady(cell):
    run = integrate(cell, t_end_s=50.0, dt_out_s=0.1)
    v = run.table["v_mV"]
    start = {"huebel_dahlem_2014": -67.193253, "huebel_ullah_2016": -67.0}
    assert v[0] == pytest.approx(start[cell.preset.name], abs=1e-8)
    if "dahlem" in cell.name:
        assert np.ptp(v) < 0.1
    else:  # printed rounded: they relax by 0.1 mV, and then stay
        assert abs(v[-1] - v[0]) < 0.1
        assert np.ptp(v) < 0.35
        assert np.ptp(v[run.t_s >= 20.0]) < 0.01
    assert run.ledger.largest < 1e-13


def test_start_and_totals(cell):
    y = cell.start()
    assert isinstance(cell, Model)
    assert len(y) == len(cell.names) == len(cell.scales()) <= 12
    assert cell.charge_gap(y) == pytest.approx(0.0, abs=1e-10)
    total = cell.totals(y)
    assert cell.amounts(y)[:3] == pytest.approx(cell.inside_fmol, rel=1e-12)
    assert total["Na"] == pytest.approx(cell.inside_fmol[0] + y[3])
    more = list(y)
    more[0] -= 5.0
    more[1] -= 5.0
    more[4] += 5.0
    assert cell.totals(more) == pytest.approx(total)
    if "dahlem" in cell.name:
        more[4] -= 1.0
        more[6] += 1.0
        assert cell.totals(more) == pytest.approx(total)
        assert cell.charge_gap(more) == pytest.approx(0.0, abs=1e-10)


def test_potential_is_the_charge():
    """C V A/F with C = 1 µF/cm² and A = 922 µm²: a millivolt is 9.556e-5 fmol."""
    cell = swelling_cell()
    assert 1.0 / cell.mv_per_fmol == pytest.approx(9.55589e-5, rel=1e-5)
    assert 0.01 * cell.fmol_s_per_A_m2 == pytest.approx(9.55589e-2, rel=1e-5)
    y = cell.start()
    assert y[0] == pytest.approx(-67.0 / cell.mv_per_fmol)
    y[0] += 1.0 / cell.mv_per_fmol
    assert cell.observe(0.0, y, Drive())["v_mV"] == pytest.approx(-66.0, abs=1e-8)
    inner, outer = cell.impermeant_fmol
    assert inner == pytest.approx(-310.6, abs=0.01)
    assert outer == pytest.approx(-4.3, abs=0.01)


@pytest.mark.parametrize("cell", [CELLS[0], CELLS[2], CELLS[3]], ids=lambda c: c.name)
def test_donnan_state(cell):
    """No permeant ion flows there, the osmolarities agree, amounts are those of the start."""
    y = cell.start()
    d = cell.donnan_state(y)
    row = cell.observe(0.0, d, Drive(pump=0.0))
    assert row["e_na_mV"] == pytest.approx(row["v_mV"], abs=1e-6)
    assert row["e_k_mV"] == pytest.approx(row["v_mV"], abs=1e-6)
    assert cell.totals(d) == pytest.approx(cell.totals(y), rel=1e-14)
    assert row["v_mV"] < -3.0
    if cell.g_cl_S_m2:
        assert row["e_cl_mV"] == pytest.approx(row["v_mV"], abs=1e-6)
    else:
        assert d[2] == y[2]
    if "ullah" in cell.name:
        inside = sum(cell.amounts(d)[:3]) + 318.0
        outside = sum(d[3:6]) + 40.0
        assert inside / d[6] == pytest.approx(outside / (2880.0 - d[6]), rel=1e-9)


def test_applied_current_moves_its_ion(cell):
    """J A/(z F) more of the carrier inside per second, as much less outside; dV/dt is J/C."""
    drive = Drive(bath_mM=cell.baths_mM)
    quiet = cell.rates(0.0, cell.start(), drive)
    for index, (ion, sign) in enumerate((("Na", 1.0), ("K", 1.0), ("Cl", -1.0))):
        pushed = cell.rates(0.0, cell.start(), replace(drive, current_A_m2={ion: 0.01}))
        more = [a - b for a, b in zip(pushed, quiet, strict=True)]
        carried = sign * 0.01 * cell.fmol_s_per_A_m2
        assert more[0] == pytest.approx(0.01 * cell.fmol_s_per_A_m2, rel=1e-9)
        if index:
            assert more[index] == pytest.approx(carried, rel=1e-9)
        assert more[index + 3] == pytest.approx(-carried, rel=1e-9)
        assert sum(map(abs, more)) == pytest.approx((3 if index else 2) * abs(carried), rel=1e-9)
        volt = 1e-3 * cell.mv_per_fmol * more[0]
        assert volt == pytest.approx(0.01 / 0.01, rel=1e-9)  # V/s at 0.01 A/m², 0.01 F/m²


def test_a_strong_current_makes_spikes():
    """Spikes return to rest after the current; the ledger closes through them."""
    event = parse_event("current 0.1 s 0.4 s 2 uA/cm2")
    run = integrate(buffered_cell(), [event], 1.0, dt_out_s=2e-4)
    v = run.table["v_mV"]
    assert v.max() > 0.0
    assert v[-1] == pytest.approx(-67.19, abs=2.0)
    assert run.ledger.largest < 1e-12


def test_vessels_take_a_bath_event():
    cell = buffered_cell(vascular=True)
    run = integrate(cell, [parse_event("bath K 5 s end 8 mM")], 15.0, dt_out_s=1.0)
    assert run.final["k_out_mM"] > run.table["k_out_mM"][5] + 0.2
    assert run.states[-1, 6] < 0.0
    assert run.ledger.largest < 1e-13
    with pytest.raises(InputError, match="has none"):
        integrate(buffered_cell(), [parse_event("bath K 5 s end 8 mM")], 15.0)


def test_presets_carry_their_sources():
    assert {"huebel_dahlem_2014", "huebel_ullah_2016"} <= set(cell_preset_names())
    preset = cell_preset("huebel_dahlem_2014")
    assert preset["pump"]["rho_uA_cm2"] == 6.8
    assert all("e1003941" in section.source for section in preset.sections.values())
    text = preset.summary()
    assert "g_na_leak_mS_cm2 0.0175" in text
    assert "PLoS Comput Biol" in text
    assert preset.as_dict()["sections"]["start"]["inside_mM"]["K"] == 129.25764
    assert "start,inside_mM.K,129.25764" in preset.to_csv()
    with pytest.raises(InputError, match="huebel_ullah_2016"):
        cell_preset("huebel")
    with pytest.raises(StoreError, match="lacks the section"):
        preset["water"]
    with pytest.raises(StoreError, match="lacks the key"):
        preset["pump"]["q"]
