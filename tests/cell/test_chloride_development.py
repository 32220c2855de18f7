"""The developmental shift: beside the closed form, conserved, and turned round by the rates."""

import json
from dataclasses import replace

import numpy as np
import pytest

from selectivity.cell import chloride as c
from selectivity.cell.volume.rest import volume_rest
from selectivity.errors import InputError
from selectivity.membrane import nernst


@pytest.fixture(scope="module")
def shift():
    return c.chloride_development()


def at_rates(course, kcc2, nkcc1):
    return volume_rest(replace(course.neuron, g_kcc2_S_m2=kcc2, g_nkcc1_S_m2=nkcc1))


def test_it_starts_and_ends_at_the_closed_form(shift):
    course, table = shift.course, shift.table
    young = at_rates(course, course.kcc2.start_S_m2, course.nkcc1.start_S_m2)
    old = at_rates(course, course.kcc2.end_S_m2, course.nkcc1.end_S_m2)
    for rest, row in ((young, 0), (old, -1)):
        assert table["v_mV"][row] == pytest.approx(rest.v_mV, abs=1e-6)
        assert table["e_cl_mV"][row] == pytest.approx(rest.e_cl_mV, abs=1e-6)
        assert table["w_um3"][row] == pytest.approx(rest.w_um3, rel=1e-7)


def test_in_between_it_lags_the_closed_form_by_its_speed(shift):
    q = shift.quasi_steady
    assert q.v_mV < 0.01
    assert q.e_cl_mV < 0.05
    assert q.volume_percent < 0.05
    slow = c.maturation()
    for name in ("kcc2", "nkcc1"):
        own = getattr(slow, name)
        longer = replace(own, from_day=4.0 * own.from_day, to_day=4.0 * own.to_day)
        slow = replace(slow, **{name: longer})
    lag = c.chloride_development(replace(slow, days=100.0)).quasi_steady
    assert q.e_cl_mV / lag.e_cl_mV == pytest.approx(4.0, rel=0.1)


def test_every_total_is_conserved(shift):
    assert max(shift.run.ledger.record()["largest_relative_change"].values()) < 1e-10


def test_the_published_neuron_comes_out_without_nkcc1():
    """With the rates of 2018 at the end, its published rest; GABA lies 0.16 mV below V."""
    course = c.maturation()
    course = replace(
        course,
        kcc2=replace(course.kcc2, end_S_m2=0.2),
        nkcc1=replace(course.nkcc1, end_S_m2=0.0),
    )
    last = {key: column[-1] for key, column in c.chloride_development(course).table.items()}
    assert last["v_mV"] == pytest.approx(-72.5881058137, abs=1e-6)
    assert last["e_cl_mV"] == pytest.approx(-83.8430527042, abs=1e-6)
    assert last["cl_in_mM"] == pytest.approx(5.16482776206, abs=1e-7)
    assert last["w_um3"] == pytest.approx(1963.51826388, rel=1e-7)
    assert last["driving_force_mV"] == pytest.approx(0.159, abs=1e-3)


def test_gaba_turns_round_after_chloride_does(shift):
    assert len(shift.gaba_switch_days) == len(shift.cl_switch_days) == 1
    assert shift.cl_switch_days[0] < shift.gaba_switch_days[0]
    before = shift.table["age_days"] < shift.gaba_switch_days[0]
    assert (shift.table["driving_force_mV"][before] < 0.0).all()
    assert (shift.table["driving_force_mV"][~before] > 0.0).all()


def test_the_switch_is_that_of_the_closed_form(shift):
    """At the rates of that day the closed form has E_GABA = V."""
    day = shift.gaba_switch_days[0]
    course, b = shift.course, shift.course.bicarbonate
    rest = at_rates(course, float(course.kcc2.at(day)), float(course.nkcc1.at(day)))
    kelvin = course.neuron.rt_over_f_V * 96485.33212331 / 8.31446261815324
    e_gaba = c.gaba_reversal(rest.cl_in_mM, 119.0, b.in_mM, b.out_mM, b.p_hco3, kelvin)
    assert 1e3 * e_gaba == pytest.approx(rest.v_mV, abs=0.03)


def test_without_bicarbonate_gaba_is_chloride(shift):
    course = shift.course
    own = replace(course, bicarbonate=course.bicarbonate._replace(p_hco3=0.0))
    bare = c.chloride_development(own)
    assert bare.gaba_switch_days == pytest.approx(bare.cl_switch_days, abs=1e-9)
    assert bare.table["e_gaba_mV"] == pytest.approx(bare.table["e_cl_mV"], abs=1e-9)


def test_potassium_chloride_leaves_and_the_cell_shrinks(shift):
    table = shift.table
    assert (np.diff(table["w_um3"]) <= 1e-9 * table["w_um3"][0]).all()
    assert table["cl_in_mM"][0] == pytest.approx(30.0, abs=1.0)
    thermal = shift.course.neuron.rt_over_f_V
    e_cl = 1e3 * thermal * np.log(table["cl_in_mM"] / 119.0)
    assert table["e_cl_mV"] == pytest.approx(e_cl, abs=1e-9)
    assert nernst(-1, table["cl_in_mM"][0], 119.0, 310.15) < 0.0


def test_nothing_changes_without_a_change():
    course = c.maturation()
    flat = replace(
        course,
        kcc2=c.Course(0.2, 0.2, 1.0, 2.0),
        nkcc1=c.Course(0.01, 0.01, 1.0, 2.0),
        days=3.0,
    )
    found = c.chloride_development(flat)
    assert np.ptp(found.table["v_mV"]) < 1e-6
    assert found.gaba_switch_days == ()
    assert "at every age" in found.summary()


def test_what_is_illustrative_says_so(shift):
    assert shift.course.verified is False
    assert "illustrative" in shift.summary()
    out = json.loads(shift.to_json())
    assert out["kcc2"]["end_S_m2"] == 0.4
    assert out["gaba_switch_days"] == list(shift.gaba_switch_days)


def test_figure_and_table(shift, tmp_path):
    shift.plot(tmp_path / "shift.png")
    assert (tmp_path / "shift.png").stat().st_size > 20_000
    assert shift.to_csv().startswith("age_days,g_kcc2_S_m2,g_nkcc1_S_m2,v_mV,")


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: c.Course(0.1, -0.2, 1.0, 2.0), "end_S_m2"),
        (lambda: c.Course(0.1, 0.2, 2.0, 2.0), "to_day"),
        (lambda: c.maturation("duesterwald_2018"), "preset"),
        (lambda: replace(c.maturation(), days=0.0), "days"),
        (
            lambda: replace(c.maturation(), bicarbonate=c.Bicarbonate(-1.0, 26.0, 0.2)),
            "bicarbonate.in_mM",
        ),
    ],
)
def test_bad_input_names_its_place(call, place):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.place == place
