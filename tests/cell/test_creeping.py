"""Long runs beside a steady state: LSODA may creep there, and a run never does."""

import math
from dataclasses import replace

import pytest

from selectivity.cell.chloride.development import DAY_S, maturation
from selectivity.cell.dynamics import Event, integrate, work
from selectivity.cell.volume import pump_leak_neuron
from selectivity.cell.volume.neuron import at_rest
from selectivity.cell.volume.rest import volume_rest
from selectivity.errors import NotConvergedError

RESTING_mV = -72.5881058157
CALLS = 3000 + work.WINDOW * work.WINDOWS


@pytest.mark.parametrize("rtol", [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11])
@pytest.mark.parametrize(("t_end_s", "rows"), [(100.0, 1), (100.0, 10), (3000.0, 2000), (1e5, 1)])
def test_a_published_rest_is_followed_in_few_evaluations(rtol, t_end_s, rows):
    """Rounded in its last digits, it sends LSODA creeping at six of these."""
    run = integrate(pump_leak_neuron(), [], t_end_s, dt_out_s=t_end_s / rows, rtol=rtol)
    assert run.calls < CALLS
    assert run.table["v_mV"] == pytest.approx(RESTING_mV, abs=1e-6)
    assert run.ledger.largest < 1e-10


@pytest.fixture(scope="module")
def long_ramp():
    """KCC2 doubled over 20 days from rest, the ramp on which LSODA crept at 1e-9 and 1e-10."""
    ramp = Event("parameter", 5.0 * DAY_S, 25.0 * DAY_S, 0.4, "g_kcc2_S_m2", "ramp")
    return at_rest(maturation().neuron), ramp


@pytest.mark.parametrize("rtol", [1e-8, 1e-9, 1e-10, 1e-11])
def test_days_of_a_ramp_take_seconds_at_every_tolerance(rtol, long_ramp):
    neuron, ramp = long_ramp
    run = integrate(neuron, [ramp], 25.0 * DAY_S, dt_out_s=DAY_S / 4.0, rtol=rtol)
    assert run.calls < 2 * CALLS
    settled = volume_rest(replace(neuron, g_kcc2_S_m2=0.4))
    assert run.final["v_mV"] == pytest.approx(settled.v_mV, abs=0.01)
    assert run.final["w_um3"] == pytest.approx(settled.w_um3, rel=1e-4)
    assert run.ledger.largest < 1e-9


def test_what_bdf_took_over_is_told_and_right():
    """A watch of two evaluations gives every segment to BDF: the same run, and it says so."""
    neuron, stroke = pump_leak_neuron(), [Event("pump", 1.0, math.inf, 0.5)]
    usual = integrate(neuron, stroke, 600.0, times_s=[0.0, 1.0, 300.0, 600.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "WINDOW", 30)
        patch.setattr(work, "WINDOWS", 1)
        patch.setattr(work, "STILL", 1e-2)
        with pytest.raises(NotConvergedError, match="too small to move"):
            integrate(neuron, [], 600.0, times_s=[600.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work._Lsoda, "to", _creep)
        handed = integrate(neuron, stroke, 600.0, times_s=[0.0, 1.0, 300.0, 600.0])
    assert usual.crept_s == ()
    assert handed.crept_s == (0.0, 1.0)
    assert handed.as_dict()["bdf_from_s"] == [0.0, 1.0]
    assert "BDF went on from 0 s, 1 s" in handed.summary()
    for column in ("v_mV", "w_um3", "na_in_mM"):
        assert handed.table[column] == pytest.approx(usual.table[column], rel=1e-7)
    assert handed.ledger.largest < 1e-10


def _creep(self, t_s):
    raise work._CreepError


def test_evaluations_are_bounded():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "MOST_CALLS", 100)
        patch.setattr(work, "WINDOW", 50)
        with pytest.raises(NotConvergedError, match="100 evaluations of the rates are used up"):
            integrate(pump_leak_neuron(), [Event("pump", 0.0, math.inf, 0.0)], 1e5)
