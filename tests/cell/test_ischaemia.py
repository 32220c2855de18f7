"""Ischaemia of the published cells: who depolarises, who recovers, and where they end."""

import math

import numpy as np
import pytest

from selectivity.cell.dynamics import Drive, integrate
from selectivity.cell.ion_hh import buffered_cell
from selectivity.cell.ischaemia import (
    Depolarisation,
    Watch,
    interruption_scan,
    ischaemia,
    recovered,
)
from selectivity.cell.simulate import dynamic_model, dynamic_presets, first_state, simulate
from selectivity.errors import InputError


@pytest.fixture(scope="module")
def published():
    """20 s of rest, 9.5 s without a pump, then with it again."""
    return ischaemia("huebel_dahlem_2014", 20.0, 29.5, until_s=160.0, rtol=1e-7)


@pytest.fixture(scope="module")
def for_good():
    return ischaemia("huebel_ullah_2016", 10.0, until_s=1000.0, rtol=1e-6)


def test_the_published_interruption_triggers_and_the_cell_recovers(published):
    assert published.spreading_depolarisation
    assert published.recovered
    (d,) = published.depolarisations
    assert 28.0 < d.start_s < 31.0
    assert 104.5 < d.end_s < 110.0
    assert published.k_out_peak_mM == pytest.approx(69.6, abs=0.1)
    assert published.run.final["v_mV"] == pytest.approx(-74.86, abs=0.15)
    assert published.run.ledger.largest < 1e-10
    assert published.run.at(19.9)["v_mV"] == pytest.approx(-67.19, abs=0.1)
    assert published.swelling == 1.0


def test_a_second_tolerance_agrees(published):
    other = ischaemia("huebel_dahlem_2014", 20.0, 29.5, until_s=100.0, rtol=1e-8)
    for t_s in (20.0, 29.5, 40.0, 70.0, 100.0):
        a, b = published.run.at(t_s), other.run.at(t_s)
        assert a["t_s"] == pytest.approx(b["t_s"])
        for column in ("v_mV", "k_out_mM", "na_in_mM", "cl_in_mM", "k_taken_mM"):
            assert a[column] == pytest.approx(b[column], rel=1e-4, abs=1e-6), column


def test_the_depolarised_state_loses_its_stability_before_it_ends(published):
    """Eigenvalues of the rates at 102 s and on the plateau's end: a pair crosses to growth."""

    def growth(t_s):
        run = published.run
        cell, row = run.model, int(np.abs(run.t_s - t_s).argmin())
        y, size = run.states[row], np.array(cell.scales())
        steps = 1e-6 * np.maximum(np.abs(y / size), 1e-3)
        columns = []
        for i, h in enumerate(steps):
            up, down = y.copy(), y.copy()
            up[i] += h * size[i]
            down[i] -= h * size[i]
            rise = np.subtract(*(cell.rates(0.0, v.tolist(), Drive()) for v in (up, down)))
            columns.append(rise / size / (2.0 * h))
        eigenvalues = np.linalg.eigvals(np.array(columns).T)
        return eigenvalues[eigenvalues.real.argmax()]

    assert growth(102.0).real < 0.01
    unstable = growth(published.depolarisations[0].end_s - 0.5)
    assert unstable.real > 20.0
    assert abs(unstable.imag) > 500.0


def test_a_short_interruption_does_not_trigger():
    short = ischaemia("huebel_dahlem_2014", 20.0, 25.0, until_s=80.0)
    assert not short.spreading_depolarisation
    assert short.recovered
    assert short.k_out_peak_mM < 6.0
    assert short.run.final["v_mV"] == pytest.approx(-67.19, abs=0.05)
    assert "spreading depolarisation: no" in short.summary()


def test_without_a_pump_the_closed_cell_ends_near_donnan(for_good):
    """All three potentials at V, which is the Donnan one of the impermeants' charge, not zero."""
    end = for_good.run.final
    assert for_good.spreading_depolarisation
    assert not for_good.recovered
    assert for_good.depolarisations[-1].end_s == math.inf
    assert for_good.donnan["v_mV"] == pytest.approx(-16.26, abs=0.01)
    away = for_good.from_donnan
    assert abs(away["v_mV"]) < 0.2
    assert abs(away["k_out_mM"]) < 0.3
    assert abs(away["w_um3"]) < 2.0
    for ion in ("na", "k", "cl"):
        assert end[f"e_{ion}_mV"] == pytest.approx(end["v_mV"], abs=0.4)
    assert for_good.swelling == pytest.approx(1.217, abs=0.002)
    assert for_good.run.ledger.largest < 1e-10


def test_without_chloride_the_cell_does_not_swell():
    """No anion can follow: V ends at the Donnan potential with Cl as an impermeant."""
    run = ischaemia("huebel_ullah_2016_no_cl", 1.0, until_s=100.0, rtol=1e-6)
    assert run.from_donnan["v_mV"] == pytest.approx(0.0, abs=0.01)
    assert run.donnan["v_mV"] == pytest.approx(-4.33, abs=0.01)
    assert run.swelling < 1.0001
    assert run.run.final["cl_in_mM"] == pytest.approx(run.rest["cl_in_mM"], rel=1e-4)


def test_the_neuron_in_a_bath_ends_near_donnan_too():
    """After days; the bath's impermeants hold the volume finite."""
    run = ischaemia("duesterwald_2018", 50.0, until_s=4e5)
    assert not run.spreading_depolarisation
    assert not run.recovered
    for column in ("v_mV", "na_in_mM", "cl_in_mM"):
        assert run.from_donnan[column] == pytest.approx(0.0, abs=0.3), column
    assert run.run.final["w_um3"] == pytest.approx(run.donnan["w_um3"], rel=0.02)
    assert "held at 3.5 mM by the bath" in run.summary()
    assert run.run.ledger.largest < 1e-9


def test_half_a_failure_is_less():
    half = ischaemia("huebel_dahlem_2014", 5.0, 14.5, depth=0.3, until_s=40.0)
    assert not half.spreading_depolarisation
    assert half.failure.value == pytest.approx(0.7)


def test_scan_without_a_buffer():
    """A closed cell that was depolarised never comes back; one that was not, does."""
    told = []
    scan = interruption_scan(
        "huebel_ullah_2016_no_cl",
        [3.0, 6.0],
        after_s=20.0,
        resolution_s=0.5,
        rtol=1e-6,
        progress=told.append,
    )
    short, long = scan.interruptions
    assert short.recovered
    assert not short.depolarisations
    assert long.depolarisations
    assert not long.recovered
    assert scan.shortest_s in (4.5, 5.0)
    assert told[-1] == 1.0
    assert told == sorted(told)


@pytest.mark.validate
@pytest.mark.parametrize("rtol", [1e-6, 1e-8])
def test_shortest_stop_by_runs_of_its_own(rtol):
    """What a scan continues from one run, begun anew at the two stops on its sides."""
    scan = interruption_scan(
        "huebel_ullah_2016_no_cl", [3.0, 6.0], after_s=20.0, resolution_s=0.5, rtol=rtol
    )
    for stop, triggered in ((scan.shortest_s, True), (scan.shortest_s - 0.5, False)):
        run = ischaemia("huebel_ullah_2016_no_cl", 1.0, 1.0 + stop, until_s=25.0, rtol=rtol)
        assert run.spreading_depolarisation == triggered


def test_scan_that_finds_none():
    scan = interruption_scan("huebel_dahlem_2014", [2.0, 4.0], after_s=60.0)
    assert scan.shortest_s is None
    assert "no stop up to 4 s" in scan.summary()
    assert scan.columns()["recovered"] == [True, True]


def test_results(published, tmp_path):
    record = published.as_dict()
    assert record["spreading_depolarisation"] is True
    assert record["depolarisations"][0]["end_s"] == published.depolarisations[0].end_s
    assert record["donnan"]["v_mV"] == pytest.approx(published.donnan["v_mV"])
    assert published.to_csv().startswith("t_s,v_mV,na_in_mM")
    figure = published.plot(tmp_path / "four.png")
    assert len(figure.axes) == 4
    text = published.summary()
    assert "spreading depolarisation: yes" in text
    assert "ledger" in text
    scan = interruption_scan("huebel_dahlem_2014", [1.0], after_s=5.0)
    scan.plot(tmp_path / "scan.png")
    assert (tmp_path / "scan.png").stat().st_size > 5_000
    assert scan.as_dict()["shortest_s"] is None


def _rows(v, k_out):
    """A table of one row a second."""
    return {"t_s": np.arange(len(v), dtype=float), "v_mV": np.array(v), "k_out_mM": np.array(k_out)}


def test_criterion():
    """5 s above -40 mV with potassium past 20 mM in that time; spikes interrupt it."""
    up, down = [0.0] * 6, [-60.0]
    high = Watch().read(_rows([*down, *up, *down], [4.0] * 4 + [25.0] + [4.0] * 3))
    assert high.all() == (Depolarisation(1.0, 6.0, 25.0),)
    assert not Watch().read(_rows([*down, *up, *down], [25.0, *([19.0] * 7)])).met
    spikes = [0.0, 0.0, 0.0, -60.0] * 5
    assert not Watch().read(_rows(spikes, [30.0] * 20)).met
    lasting = Watch().read(_rows(up, [30.0] * 6), from_s=10.0)
    assert lasting.all() == (Depolarisation(10.0, math.inf, 30.0),)
    rest = {"v_mV": -67.0, "k_out_mM": 4.0}
    assert recovered(high.all(), rest, {"v_mV": -75.0, "k_out_mM": 3.0})
    assert not recovered(high.all(), rest, {"v_mV": -56.0, "k_out_mM": 3.0})
    assert not recovered(high.all(), rest, {"v_mV": -75.0, "k_out_mM": 8.5})
    assert not recovered(lasting.all(), rest, {"v_mV": -75.0, "k_out_mM": 3.0})


@pytest.mark.parametrize("preset", ["huebel_ullah_2016", "huebel_ullah_2016_no_cl"])
def test_a_rounded_start_is_relaxed(preset):
    run = simulate(preset, until_s=50.0, dt_out_s=1.0)
    v = run.table["v_mV"]
    assert abs(v - v[0]).max() < 1e-3
    assert v[0] == pytest.approx(-67.09, abs=0.02)


def test_simulate_starts_where_it_is_told():
    model = buffered_cell()
    assert first_state("huebel_dahlem_2014") == list(model.start())
    run = simulate(model, ["current 1 s 1.1 s 0.01 A/m2"], 2.0, dt_out_s=0.5)
    same = integrate(model, run.events, 2.0, dt_out_s=0.5)
    assert run.final == same.final
    assert set(dynamic_presets()) >= {"duesterwald_2018", "huebel_dahlem_2014_vascular"}
    assert dynamic_model("huebel_ullah_2016_no_cl").g_cl_S_m2 == 0.0


def test_a_law_without_a_largest_rate_and_an_event_too_late_are_said():
    """A cubic pump switched on at 100 mM of sodium: no ATP pays for the potential."""
    found = ischaemia("duesterwald_2018", 10.0, 1210.0, until_s=1220.0, events=["pump 1 h 2 h 0"])
    volt, late = "ATP drives no pump against this", "without effect: pump 3600 s 7200 s 0"
    assert found.run.table["v_mV"].min() < -250.0
    for said in (found.lines(), found.run.lines(), found.record()["run"]["cautions"]):
        assert sum(volt in line for line in said) == 1
        assert sum(late in line for line in said) == 1


def test_no_caution_where_none_is_due(published):
    assert published.run.cautions() == []


def test_a_variant_has_the_title_of_its_preset():
    found = ischaemia("huebel_ullah_2016_no_cl", 1.0, until_s=2.0)
    assert found.title.endswith("anoxia and cell death; without chloride")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: simulate("squid"), "duesterwald_2018"),
        (lambda: ischaemia("huebel_dahlem_2014", 50.0, until_s=50.0), "before the end"),
        (lambda: ischaemia("huebel_dahlem_2014", depth=1.2), "between 0 and 1"),
        (lambda: ischaemia("huebel_dahlem_2014", until_s=-1.0), "until_s"),
        (lambda: ischaemia("huebel_dahlem_2014", 20.0, events=["pump 1 s 30 s 0"]), "starts after"),
        (lambda: interruption_scan("huebel_dahlem_2014", [5.0, 4.0]), "rise from above zero"),
        (lambda: interruption_scan("huebel_dahlem_2014", [5.0], after_s=0.0), "after_s"),
    ],
)
def test_what_is_refused(call, told):
    with pytest.raises(InputError) as caught:
        call()
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("preset", "ion"), [("duesterwald_2018", "Na"), ("huebel_ullah_2016", "K")]
)
def test_a_current_without_an_ion_says_what_carries_it(preset, ion):
    run = simulate(dynamic_model(preset), ["current 0.1 s 0.2 s 0.001 A/m2"], 0.3, dt_out_s=0.1)
    assert run.events[0].target == ion
    assert f"event: current {ion} 0.1 s 0.2 s" in run.lines()[1]
