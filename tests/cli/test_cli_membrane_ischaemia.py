"""``selectivity membrane ischaemia``, ``simulate`` and the cells of ``presets``."""

import json

import pytest

from tests.membrane_command import refused, run

CELL = ["--preset", "huebel_dahlem_2014"]


def test_ischaemia(tmp_path):
    files = ["--csv", str(tmp_path / "i.csv"), "--plot", str(tmp_path / "i.png")]
    times = ["--from", "2 s", "--to", "7 s", "--until", "0.5 min"]
    text = run("ischaemia", *CELL, *times, *files)
    assert "spreading depolarisation: no" in text
    assert "recovered: yes" in text
    assert "ledger" in text
    assert (tmp_path / "i.csv").read_text().startswith("t_s,v_mV")
    assert (tmp_path / "i.png").stat().st_size > 10_000


def test_ischaemia_as_json():
    times = ["--from", "1 s", "--to", "3 s", "--until", "10 s", "--depth", "80 %"]
    out = json.loads(run("ischaemia", *CELL, *times, "--json"))
    assert out["failure"]["value"] == pytest.approx(0.2)
    assert out["spreading_depolarisation"] is False
    assert out["ledger"]["largest_relative_change"]["K"] < 1e-10
    assert out["donnan"]["v_mV"] < -10.0


def test_the_published_stop_is_the_one_without_options():
    out = json.loads(run("ischaemia", "--until", "31 s", "--json"))
    assert out["failure"]["start_s"] == 20.0
    assert out["failure"]["end_s"] == 29.5
    assert out["k_out_peak_mM"] > 20.0


def test_scan():
    out = json.loads(run("ischaemia", *CELL, "--scan", "1 s, 3 s", "--until", "20 s", "--json"))
    assert out["shortest_s"] is None
    assert [i["duration_s"] for i in out["interruptions"]] == [1.0, 3.0]


def test_simulate(tmp_path):
    events = ["--event", "current 0.1 s 0.4 s 2 uA/cm2", "--event", "pump 0.5 s 1 s 0.5"]
    files = ["--csv", str(tmp_path / "s.csv"), "--plot", str(tmp_path / "s.svg")]
    out = run("simulate", *CELL, *events, "--until", "1 s", "--every", "10 ms", *files)
    assert "event: current K 0.1 s 0.4 s 0.02 A/m2" in out
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 102
    ramp = "parameter g_kcc2_S_m2 ramp 0 s 1 min 0.1"
    neuron = ["--preset", "duesterwald_2018", "--event", ramp, "--until", "2 min", "--json"]
    out = json.loads(run("simulate", *neuron))
    assert out["final"]["g_kcc2_S_m2"] == pytest.approx(0.1)
    assert out["final"]["cl_in_mM"] > 5.2


def test_presets_hold_the_cells(tmp_path):
    text = run("presets")
    assert "Squid giant axon at rest" in text
    assert "huebel_ullah_2016: " in text
    assert "ModelDB 167714" in text
    out = json.loads(run("presets", "--json"))
    assert {"huebel_dahlem_2014", "duesterwald_2018"} <= {cell["name"] for cell in out["cells"]}
    assert out["presets"][0]["inside_mM"]
    run("presets", "--cells", "--csv", str(tmp_path / "c.csv"))
    table = (tmp_path / "c.csv").read_text()
    assert table.startswith("preset,section,key,value,source,verified\n")
    assert "huebel_dahlem_2014,pump,rho_uA_cm2,6.8" in table


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ischaemia", "--preset", "huebel"], "known: duesterwald_2018"),
        (["ischaemia", *CELL, "--from", "20"], "--from"),
        (["ischaemia", *CELL, "--from", "30 s", "--to", "20 s"], "before --to"),
        (["ischaemia", *CELL, "--depth", "120 %"], "--depth"),
        (["ischaemia", *CELL, "--until", "0 s"], "--until"),
        (["ischaemia", *CELL, "--scan", "5 s", "--to", "9 s"], "without --scan"),
        (["ischaemia", *CELL, "--scan", "5 s, 3 s"], "rise"),
        (["ischaemia", *CELL, "--rtol", "1"], "--rtol"),
        (["simulate", *CELL, "--until", "5 s", "--event", "bath K 1 s 2 s 5 mM"], "K is an ion of"),
        (["simulate", *CELL, "--until", "5 s", "--event", "bath K 1 s 2 s 5 V"], "needs a unit"),
        (["simulate", *CELL, "--until", "5 s", "--event", "atp 1 s 2 s 5 mM"], "reads no ATP"),
        (["simulate", *CELL, "--until", "5 mM"], "--until"),
    ],
)
def test_what_is_refused(arguments, told):
    assert told in refused(*arguments)
