"""Events, schedule, integration and ledger, on a model that is solved by hand.

Two vessels of unit volume exchange K at the rate k: the difference decays as exp(−2kt). A pump
carries q per second out of the first, a bath of the second takes up k_b (c_2 − bath).
"""

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pytest

from selectivity.cell.dynamics import (
    ConservationError,
    Event,
    Model,
    Schedule,
    integrate,
    parse_event,
    pump_failure,
)
from selectivity.errors import InputError, NotConvergedError


@dataclass(frozen=True)
class Vessels:
    k_per_s: float = 0.5
    q_per_s: float = 0.0
    bath_per_s: float = 0.0
    leak_per_s: float = 0.0
    name: str = "vessels"
    names = ("k_in_fmol", "k_out_fmol", "k_bath_fmol")
    adjustable = ("k_per_s",)
    carriers = ("K",)
    atp_mM = None
    panels = (("k_in_mM", "K inside, mM"), ("k_out_mM", "K outside, mM"))
    baths_mM = MappingProxyType({"K": 2.0})

    def start(self):
        return (3.0, 1.0, 0.0)

    def scales(self):
        return (2.0, 2.0, 1.0)

    def rates(self, t_s, y, drive):
        inward = self.k_per_s * (y[1] - y[0]) - drive.pump * self.q_per_s
        applied = drive.current_A_m2.get("K", 0.0)
        drained = self.bath_per_s * (y[1] - drive.bath_mM["K"])
        return [inward + applied - self.leak_per_s, -inward - applied - drained, drained]

    def observe(self, t_s, y, drive):
        return {"k_in_mM": y[0], "k_out_mM": y[1], "pump": drive.pump, "rate": self.k_per_s}

    def totals(self, y):
        return {"K": y[0] + y[1] + y[2]}

    def charge_gap(self, y):
        return y[0] + y[1] + y[2] - 4.0

    def record(self):
        return {"k_per_s": self.k_per_s}


def test_exact_decay_and_ledger():
    run = integrate(Vessels(), t_end_s=4.0, dt_out_s=0.5, rtol=1e-11)
    exact = 2.0 + np.exp(-run.t_s)
    assert run.t_s == pytest.approx(np.arange(9) * 0.5)
    assert run.table["k_in_mM"] == pytest.approx(exact, rel=1e-9)
    assert run.ledger.largest < 1e-14
    assert isinstance(run.model, Model)
    assert not run.stopped
    assert run.states[-1, 1] == pytest.approx(4.0 - exact[-1], rel=1e-9)


def test_a_pump_that_stops_and_returns():
    """d(in − out)/dt = −2k (in − out) − 2q while it works."""
    model = Vessels(k_per_s=1.0, q_per_s=2.0)
    run = integrate(
        model, [Event("pump", 1.0, 2.0, 0.0)], 3.0, times_s=[0.5, 1.0, 2.0, 3.0], rtol=1e-10
    )

    def relaxed(d, q, dt):
        return -q + (d + q) * math.exp(-2.0 * dt)

    d = [relaxed(2.0, 2.0, 1.0)]
    d += [relaxed(d[-1], 0.0, 1.0)]
    d += [relaxed(d[-1], 2.0, 1.0)]
    found = run.table["k_in_mM"] - run.table["k_out_mM"]
    assert run.t_s.tolist() == [0.5, 1.0, 2.0, 3.0]
    assert found[1:] == pytest.approx(d, rel=1e-8)
    assert run.table["pump"].tolist() == [1.0, 0.0, 1.0, 1.0]


def test_a_ramp_of_a_field():
    """k(t) = t/2 up to 2 s and 1 from there on: ∫k dt = 1 at 2 s, 2 at 3 s."""
    ramp = Event("parameter", 0.0, 2.0, 1.0, "k_per_s", "ramp")
    run = integrate(Vessels(k_per_s=0.0), [ramp], 3.0, times_s=[1.0, 2.0, 3.0])
    found = run.table["k_in_mM"] - run.table["k_out_mM"]
    assert found == pytest.approx(2.0 * np.exp([-0.5, -2.0, -4.0]), rel=1e-7)
    assert run.table["rate"] == pytest.approx([0.5, 1.0, 1.0])


def test_factor_on_a_parameter():
    events = [
        Event("parameter", 0.0, math.inf, 3.0, "k_per_s"),
        Event("conductance", 1.0, 2.0, 0.5, "k_per_s"),
    ]
    run = integrate(Vessels(), events, 3.0, times_s=[0.5, 1.5, 2.5])
    assert run.table["rate"].tolist() == [3.0, 1.5, 3.0]


def test_applied_current_and_bath():
    run = integrate(
        Vessels(k_per_s=0.0), [parse_event("current 1 s 3 s 0.25 A/m2")], 4.0, times_s=[4.0]
    )
    assert run.final["k_in_mM"] == pytest.approx(3.5, rel=1e-9)
    assert run.final["k_out_mM"] == pytest.approx(0.5, rel=1e-9)
    bath = parse_event("bath K 0 s end 6 mM")
    run = integrate(Vessels(k_per_s=0.0, bath_per_s=1.0), [bath], 2.0)
    assert run.final["k_out_mM"] == pytest.approx(6.0 - 5.0 * math.exp(-2.0), rel=1e-8)
    assert run.ledger.largest < 1e-14


def test_a_leak_in_the_ledger_stops_the_run():
    with pytest.raises(ConservationError) as caught:
        integrate(Vessels(leak_per_s=1e-6), t_end_s=1.0, dt_out_s=0.1)
    text = str(caught.value)
    assert "total of K" in text
    assert "t = 0.1 s" in text
    assert "2.50e-08" in text
    assert caught.value.exit_code == 3


def test_a_solver_that_gives_up():
    class Bursting(Vessels):
        def rates(self, t_s, y, drive):
            return [y[0] ** 2, -(y[0] ** 2), 0.0]

    with pytest.raises(NotConvergedError, match="vessels: no solution between"):
        integrate(Bursting(), t_end_s=1.0, dt_out_s=0.25)


def test_progress_and_stop():
    seen = []
    run = integrate(
        Vessels(),
        t_end_s=4.0,
        dt_out_s=0.5,
        progress=seen.append,
        stop=lambda t_s, row: row["k_in_mM"] < 2.5,
    )
    assert run.stopped
    assert run.t_s[-1] == 1.0
    assert seen == pytest.approx([0.0, 0.125, 0.25])
    assert "before its time" in run.summary()


def test_edges_of_events_are_rows():
    run = integrate(Vessels(), [Event("pump", 0.3, 0.7, 0.0)], 1.0, dt_out_s=0.1)
    assert run.t_s.size == 11
    assert np.isin([0.3, 0.7], run.t_s).all()
    run = integrate(Vessels(), [Event("pump", 0.33, 0.77, 0.0)], 1.0, dt_out_s=0.1)
    assert run.t_s.size == 13
    assert run.table["pump"][run.t_s == 0.77].tolist() == [1.0]


def test_results(tmp_path):
    run = integrate(Vessels(), [pump_failure(0.3, 0.7, 0.25)], 1.0, dt_out_s=0.1)
    record = run.as_dict()
    assert record["events"][0]["value"] == 0.75
    assert record["ledger"]["totals_at_start"] == {"K": 4.0}
    assert run.to_csv().startswith("t_s,k_in_mM,k_out_mM,pump,rate\n0.0,3.0,1.0,1.0,0.5\n")
    assert run.at(0.5)["t_s"] == pytest.approx(0.5)
    run.plot(tmp_path / "run.png")
    assert (tmp_path / "run.png").stat().st_size > 5_000
    with pytest.raises(InputError, match="t_s"):
        run.at(1.5)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("pump 20 s 29.5 s 0", Event("pump", 20.0, 29.5, 0.0)),
        ("pump ramp 1 min 2min 20 %", Event("pump", 60.0, 120.0, 0.2, None, "ramp")),
        ("current Na 1 s 1500 ms 10 uA/cm^2", Event("current", 1.0, 1.5, 0.1, "Na")),
        ("bath K 10 s 60 s 12 mM", Event("bath", 10.0, 60.0, 12.0, "K")),
        ("atp 50 s end 0.1 mM", Event("atp", 50.0, math.inf, 0.1)),
        ("parameter g_x ramp 0 s 1 h -2", Event("parameter", 0.0, 3600.0, -2.0, "g_x", "ramp")),
    ],
)
def test_text_of_events(text, event):
    found = parse_event(text)
    assert (found.kind, found.target, found.shape) == (event.kind, event.target, event.shape)
    assert (found.start_s, found.end_s) == pytest.approx((event.start_s, event.end_s))
    assert found.value == pytest.approx(event.value)
    assert parse_event(found.text()) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "begins with one of"),
        ("stroke 1 s 2 s 0", "begins with one of"),
        ("pump 20 s", "an end"),
        ("pump 20 29.5 s 0", "needs a unit"),
        ("pump 29.5 s 20 s 0", "after its start"),
        ("pump 2 s 20 s -1", "zero or positive"),
        ("pump 2 s 20 s 0 mM", "ends with its value"),
        ("pump K 2 s 20 s 0", "names no ion"),
        ("bath 2 s 20 s 5 mM", "names its ion"),
        ("bath K 2 s 20 s 5 A/m2", "mM"),
        ("pump ramp 2 s end 0", "end"),
        ("current 1 s 2 s x", "A/m2"),
    ],
)
def test_texts_that_are_refused(text, told):
    with pytest.raises(InputError, match="event") as caught:
        parse_event(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (["bath Na 0 s 1 s 5 mM"], "Na is an ion of the bath"),
        (["bath K 0 s 1 s 0 mM"], "the bath holds K"),
        (["atp 0 s 1 s 5 mM"], "reads no ATP"),
        (["current Cl 0 s 1 s 1 A/m2"], "known: K"),
        (["conductance q_per_s 0 s 1 s 1"], "known: k_per_s"),
        (["pump 0 s 2 s 0", "pump 1 s 3 s 0.5"], "starts after"),
        (["current 0 s 2 s 1 A/m2", "current K 1 s 3 s 1 A/m2"], "starts after"),
    ],
)
def test_events_that_a_model_refuses(events, told):
    with pytest.raises(InputError) as caught:
        Schedule(Vessels(), [parse_event(text) for text in events])
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"t_end_s": 0.0}, "t_end_s"),
        ({"t_end_s": 1.0, "rtol": 0.0}, "rtol"),
        ({"t_end_s": 1.0, "dt_out_s": -1.0}, "dt_out_s"),
        ({"t_end_s": 1.0, "times_s": [0.5, 0.2]}, "times_s"),
        ({"t_end_s": 1.0, "times_s": [0.5, 2.0]}, "times_s"),
        ({"t_end_s": 1.0, "times_s": [0.5], "dt_out_s": 0.1}, "dt_out_s"),
        ({"t_end_s": 1.0, "start": [1.0]}, "3 components"),
        ({"t_end_s": 1.0, "start": [1.0, math.nan, 0.0]}, "start"),
    ],
)
def test_numbers_that_are_refused(options, told):
    with pytest.raises(InputError) as caught:
        integrate(Vessels(), **options)
    assert told in str(caught.value)


def test_depth_is_a_share():
    with pytest.raises(InputError, match="between 0 and 1"):
        pump_failure(0.0, 1.0, 1.5)
