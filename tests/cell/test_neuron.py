"""The pump-leak neuron in time: published rest, conservation, pauses, swelling, events."""

import math
from dataclasses import replace

import numpy as np
import pytest

from selectivity.cell.donnan import Impermeant, donnan
from selectivity.cell.dynamics import Event, Model, integrate, parse_event
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.volume import at_rest, pump_leak_neuron, volume_rest
from selectivity.errors import InputError
from selectivity.membrane import Solution
from tests.cell.test_volume import PUBLISHED

NEURON = pump_leak_neuron()
REST = volume_rest(NEURON)


def run(model, events, t_end, **options):
    events = [parse_event(event) if isinstance(event, str) else event for event in events]
    return integrate(model, events, t_end, **options)


def close_to(row, rest, mV=1e-6, relative=1e-8):
    assert row["v_mV"] == pytest.approx(rest.v_mV, abs=mV)
    for name in ("na_in_mM", "k_in_mM", "cl_in_mM", "w_um3"):
        assert row[name] == pytest.approx(rest.outputs()[name], rel=relative), name


def test_it_is_a_model():
    assert isinstance(NEURON, Model)
    assert len(NEURON.start()) == len(NEURON.names) == len(NEURON.scales())


def test_published_rest_is_steady():
    """From the printed digits, with Na set by V: 3,000 s later the same digits."""
    done = run(NEURON, [], 3000.0, rtol=1e-8)
    for name, (value, within) in PUBLISHED.items():
        assert done.final[name] == pytest.approx(value, abs=within, rel=0.0), name
    v = done.table["v_mV"]
    assert np.abs(v - v[-1]).max() < 1e-5


def test_published_rest_is_reached():
    """From another composition, volume and potential."""
    start = replace(NEURON, start_v_V=-0.02, start_k_mM=90.0, start_cl_mM=20.0, start_w_um3=2600.0)
    done = run(start, [], 2e4)
    close_to(done.final, REST, mV=1e-7, relative=1e-9)
    assert done.ledger.largest < 1e-11


def test_the_trap_of_the_charge():
    """The printed 8 digits of Na as an amount, instead of Na from V, put V wrong by far more."""
    y = NEURON.start()
    rest = PUBLISHED
    amounts = {i: 1e-3 * NEURON.start_w_um3 * rest[f"{i}_in_mM"][0] for i in ("na", "k", "cl")}
    charge = amounts["na"] + amounts["k"] - amounts["cl"] + NEURON.z * NEURON.x_fmol
    per_fmol = NEURON.start_v_V / y[0]
    assert 1e3 * per_fmol * abs(charge - y[0]) > 1e-6  # mV
    one = 1e-3 * NEURON.start_w_um3 * 1e-3  # fmol of 0.001 mM
    assert 1e3 * per_fmol * one == pytest.approx(12.06, abs=0.01)


def test_against_amounts_written_anew():
    """All four amounts as states, V from their sum, scipy's Radau: a perturbed cell with NKCC1."""
    from scipy.integrate import solve_ivp

    cell = replace(
        NEURON, g_nkcc1_S_m2=0.05, start_k_mM=110.0, start_w_um3=2100.0, fixed_charge_fmol=None
    )
    f, phi, wl = 96485.0, 0.026725, 25e-6

    def rates(t, y):
        na, k, cl, w = y  # mol, m³
        area = 2 * math.pi * wl * math.sqrt(w / (math.pi * wl))
        v = f * (na + k - cl - 0.85 * cell.x_fmol * 1e-15) / (0.02 * area)
        e_na, e_k = phi * math.log(145 * w / na), phi * math.log(3.5 * w / k)
        e_cl = phi * math.log(cl / (119 * w))
        jp, jc = 10 * (na / w / 145) ** 3, 0.2 * (e_k - e_cl)
        jn = 0.05 * (e_na + e_k - 2 * e_cl)
        return (
            -area / f * (0.2 * (v - e_na) + 3 * jp - jn),
            -area / f * (0.7 * (v - e_k) - 2 * jp - jc - jn),
            area / f * (0.2 * (v - e_cl) + jc + 2 * jn),
            1.8e-5 * 1.5e-4 * area * ((na + k + cl + cell.x_fmol * 1e-15) / w - 297),
        )

    y = cell.start()
    sodium = y[0] - y[1] + y[2] + 0.85 * cell.x_fmol
    start = (1e-15 * sodium, 1e-15 * y[1], 1e-15 * y[2], 1e-18 * y[3])
    times = [1.0, 30.0, 300.0]
    witness = solve_ivp(
        rates, (0, 300), start, "Radau", times, rtol=1e-10, atol=[1e-28] * 3 + [1e-28]
    )
    done = run(cell, [], 300.0, times_s=times)
    for at, column in enumerate(("na_in_mM", "k_in_mM", "cl_in_mM")):
        assert done.table[column] == pytest.approx(witness.y[at] / witness.y[3], rel=1e-6)
    assert done.table["w_um3"] == pytest.approx(1e18 * witness.y[3], rel=1e-6)


def test_recovery_after_a_pause_of_the_pump():
    done = run(NEURON, ["pump 100 s 1000 s 0"], 2e4)
    worst = done.at(1000.0)
    assert worst["v_mV"] > -60.0
    assert worst["na_in_mM"] > 75.0
    assert worst["w_um3"] > 2000.0
    close_to(done.final, REST)
    assert done.ledger.largest < 1e-11


def test_a_law_without_a_largest_rate_shoots_past_what_atp_can():
    """The cubic law at 80 mM of Na; a ramp, or a saturating law, comes back without it."""
    times = np.concatenate([[0.0, 999.0], np.linspace(1000.0, 1001.0, 101)])
    sudden = run(NEURON, ["pump 100 s 1000 s 0"], 1001.0, times_s=times).table
    assert sudden["pump_A_m2"][2] / REST.q_A_m2 == pytest.approx(200.0, rel=0.03)
    assert sudden["v_mV"].min() < -1500.0
    hill = at_rest(replace(NEURON, pump=PumpLaw.hill(0.05, 10.0, 1.0)))
    assert run(hill, ["pump 100 s 1000 s 0"], 1001.0, times_s=times).table["v_mV"].min() > -110.0


def test_stopped_pump_ends_at_donnan_where_the_bath_has_impermeants():
    done = run(NEURON, ["pump 0 s end 0"], 3e6)
    close_to(done.final, volume_rest(NEURON.with_pump_rate(0.0)), relative=1e-6)
    bath = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, 310.15, "outside")
    inside = Impermeant(REST.x_in_mM, NEURON.z)
    found = donnan(bath, inside, Impermeant(29.5, -1.0), "free")
    assert done.final["w_um3"] == pytest.approx(REST.w_um3 * found.swelling, rel=1e-4)
    assert done.final["v_mV"] == pytest.approx(found.v_mV, abs=1e-3)
    for ion in ("Na", "K", "Cl"):
        assert done.final[f"{ion.lower()}_in_mM"] == pytest.approx(found.inside_mM[ion], rel=1e-4)
    assert done.ledger.largest < 1e-10


def test_stopped_pump_swells_without_bound_where_it_has_none():
    """The volume keeps growing; the potential goes with the gradients, never before them."""
    model = at_rest(replace(NEURON, x_out_mM=0.0, cl_out_mM=148.5))
    done = run(model, ["pump 0 s end 0"], 1e7, times_s=[0.0, 1e4, 1e5, 1e6, 1e7])
    w, v = done.table["w_um3"], done.table["v_mV"]
    assert (np.diff(w) > 0.5 * w[:-1]).all()
    assert (np.diff(v) > 0.0).all()
    assert (v < 0.0).all()
    for i in range(1, 5):  # near Donnan: chloride and potassium follow V
        assert done.table["e_k_mV"][i] == pytest.approx(v[i], abs=2.0 if i > 1 else 40.0)
        if abs(v[i]) < 0.2:
            assert abs(done.table["k_in_mM"][i] - 3.5) < 0.05
    assert not volume_rest(model.with_pump_rate(0.0)).steady


@pytest.mark.parametrize(
    ("event", "numbers"),
    [
        ("conductance g_kcc2_S_m2 ramp 10 s 100 s 0.1", {"g_kcc2_S_m2": 0.02}),
        ("parameter g_nkcc1_S_m2 ramp 10 s 100 s 0.1", {"g_nkcc1_S_m2": 0.1}),
        ("parameter z ramp 10 s 1000 s -1.1", {"z": -1.1}),
        ("parameter x_fmol ramp 10 s 1000 s 400", {"x_fmol": 400.0}),
    ],
)
def test_changes_lead_to_the_closed_form_of_the_new_cell(event, numbers):
    done = run(NEURON, [event], 3e4, times_s=[0.0, 3e4])
    close_to(done.final, volume_rest(NEURON.with_numbers(numbers)))
    assert done.ledger.largest < 1e-10


def test_change_of_the_bath():
    events = ["bath K ramp 10 s 100 s 10 mM", "bath X ramp 10 s 100 s 23 mM"]
    done = run(NEURON, events, 3e4, times_s=[0.0, 3e4])
    close_to(done.final, volume_rest(NEURON.with_numbers({"k_out_mM": 10.0, "x_out_mM": 23.0})))


def test_impermeants_added_with_a_step_keep_the_charge_they_bring():
    """dV = F z dN/(C A): thousands of mV for the milliseconds of C/g, and back."""
    event = Event("parameter", 1.0, 2.0, NEURON.x_fmol + 0.01, "x_fmol")
    done = run(NEURON, [event], 3.0, times_s=[0.999, 1.0, 1.5])
    per = 1e3 * NEURON.start_v_V / NEURON.start()[0]
    jump = done.table["v_mV"][1] - done.table["v_mV"][0]
    assert jump == pytest.approx(per * NEURON.z * 0.01, rel=1e-6)
    assert done.table["v_mV"][2] == pytest.approx(REST.v_mV, abs=0.05)


def test_applied_current():
    """After many time constants: the sum of the conductances against the current."""
    done = run(NEURON, ["current K 0 s 1 s 0.01 A/m2"], 0.5, times_s=[0.0, 0.5])
    step = done.table["v_mV"][1] - done.table["v_mV"][0]
    assert step == pytest.approx(1e3 * 0.01 / 1.1, rel=0.02)
    assert done.ledger.largest < 1e-12


def test_refused():
    with pytest.raises(InputError, match="capacitance_F_m2"):
        replace(NEURON, capacitance_F_m2=0.0)
    with pytest.raises(InputError, match="start_k_mM"):
        pump_leak_neuron(start_k_mM=200.0)
    with pytest.raises(InputError, match="without bound"):
        at_rest(replace(NEURON, x_out_mM=0.0, cl_out_mM=148.5).with_pump_rate(0.0))
    with pytest.raises(InputError, match="known"):
        run(NEURON, ["parameter na_out_mM 0 s 1 s 3"], 1.0)


def test_at_rest_starts_at_its_own_rest():
    model = at_rest(replace(NEURON, z=-1.2))
    done = run(model, [], 100.0, rtol=1e-8)
    assert np.ptp(done.table["v_mV"]) < 1e-8


def test_figure(tmp_path):
    run(NEURON, ["pump 10 s 400 s 0"], 1000.0).plot(tmp_path / "run.png")
    assert (tmp_path / "run.png").stat().st_size > 20_000
