"""``selectivity membrane spike`` and ``selectivity membrane cable``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from selectivity.cell.excitable import (
    conduct,
    make_cable,
    pulse,
    pulse_threshold,
    space_clamp,
    squid_axon,
)
from selectivity.cli.membrane_axon import read_resistivity, read_stimulus
from selectivity.cli.membrane_output import told
from tests.membrane_command import refused, run


def test_a_trace_in_all_forms(tmp_path):
    table, figure = tmp_path / "t.csv", tmp_path / "t.png"
    written = ["--csv", str(table), "--plot", str(figure), "--json"]
    given = ["--stimulus", "pulse 2 ms 2.5 ms 30 uA/cm^2", "--duration", "20 ms"]
    out = json.loads(run("spike", *given, "--temperature", "18.5 degC", *written))
    trace = space_clamp(squid_axon(291.65), pulse(2e-3, 5e-4, 0.3), 0.02)
    assert out["peak_mV"] == pytest.approx(trace.peak_mV, abs=1e-9)
    assert out["axon"]["e_leak_mV"] == -54.3
    assert out["cost"]["overlap"] == pytest.approx(trace.cost().overlap, rel=1e-9)
    assert len(table.read_text().splitlines()) == trace.v_mV.size + 1
    assert figure.stat().st_size > 20_000


def test_words_of_a_trace():
    said = run("spike", "--leak", "1952", "--radius", "1 um")
    assert "E_leak = -54.387 mV" in said
    assert "6.30" in said
    assert "1 mm of axon of 1" in said
    assert "overlap factor 13" in said


def test_thresholds():
    out = json.loads(run("spike", "--threshold", "0.5 ms", "--json"))
    want = pulse_threshold(squid_axon(), 5e-4).current_A_m2
    assert out["current_A_m2"] == pytest.approx(want, rel=1e-12)
    assert "moves V by 6.4898 mV" in run("spike", "--threshold", "shock")
    assert "rheobase" in run("spike", "--threshold", "step")


def test_curves():
    fi = ["spike", "--fi", "6 uA/cm^2 to 10 uA/cm^2", "--points", "3", "--duration", "200 ms"]
    out = json.loads(run(*fi, "--json"))
    assert out["current_A_m2"] == pytest.approx([0.06, 0.08, 0.1])
    assert out["rate_on_Hz"][0] == 0.0
    assert out["rate_on_Hz"][2] == pytest.approx(68.4, abs=0.2)
    assert "none" in run("spike", "--refractory", "3 ms to 12 ms", "--points", "2")
    warm = json.loads(run("spike", "--warm", "10 degC to 40 degC", "--points", "4", "--json"))
    assert warm["width_ms"][-1] is None
    assert warm["temperature_K"][0] == pytest.approx(283.15)


def test_a_cable(tmp_path):
    figure = tmp_path / "c.png"
    out = json.loads(run("cable", "--compartments", "40", "--plot", str(figure), "--json"))
    want = conduct(make_cable(squid_axon(291.65), nodes=40))
    assert out["velocity_m_s"] == pytest.approx(want.velocity_m_s, rel=1e-9)
    assert out["axon"]["temperature_K"] == 291.65
    assert figure.stat().st_size > 20_000
    assert "at h = 0" in run("cable", "--compartments", "40", "--mesh-check", "--length", "80 mm")
    assert "not conducted" in run("cable", "--compartments", "40", "--strength", "0.01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["spike", "--stimulus", "pulse 2 ms 20 uA/cm2"], "takes a time, a time, a current"),
        (["spike", "--stimulus", "pluse 2 ms 3 ms 20 uA/cm2"], "begins with pulse"),
        (["spike", "--stimulus", "pulse 3 ms 2 ms 20 uA/cm2"], "ends after it starts"),
        (["spike", "--stimulus", "step 3 ms 2 mV"], "--stimulus step"),
        (["spike", "--temperature", "6.3"], "--temperature"),
        (["spike", "--duration", "1 h"], "duration_s"),
        (["spike", "--duration", "-1 ms"], "--duration"),
        (["spike", "--leak", "none"], "leak"),
        (["spike", "--radius", "0 um"], "--radius"),
        (["spike", "--points", "1"], "--points"),
        (["spike", "--threshold", "soon"], "--threshold"),
        (["spike", "--threshold", "0 ms"], "--threshold"),
        (["spike", "--fi", "10 uA/cm^2"], "--fi"),
        (["spike", "--fi", "1 uA/cm^2 to 2 uA/cm^2", "--threshold", "1 ms"], "stands without"),
        (["spike", "--threshold", "1 ms", "--duration", "9 ms"], "--duration"),
        (["spike", "--refractory", "0.1 ms to 2 ms"], "after the first pulse"),
        (["spike", "--warm", "20 degC"], "--warm"),
        (["cable", "--resistivity", "35.4"], "--resistivity"),
        (["cable", "--length", "0 mm"], "--length"),
        (["cable", "--compartments", "7"], "--compartments"),
        (["cable", "--compartments", "41", "--mesh-check"], "even"),
        (["cable", "--mesh-check", "--duration", "1 ms"], "--duration"),
    ],
)
def test_bad_input_names_the_option(arguments, said):
    assert said in refused(*arguments)


def test_exit_code_and_no_traceback():
    code = "from selectivity.cli.main import main; main()"
    command = [sys.executable, "-c", code, "membrane", "spike", "--stimulus", "pulse 2 ms"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--stimulus" in done.stderr
    assert "Traceback" not in done.stderr


def test_readings():
    assert read_resistivity("35.4 ohm cm") == pytest.approx(0.354, rel=1e-12)
    assert read_resistivity("0.354 Ω m") == pytest.approx(0.354, rel=1e-12)
    axon = squid_axon()
    both = read_stimulus(["shock 1 ms 10 mV", "ramp 0 ms 5ms 0 A/m^2 -1e-1 A/m2"], axon)
    assert both.charge_at(1e-3) == pytest.approx(1e-4, rel=1e-12)
    assert both.at(2.5e-3) == pytest.approx(-0.05)
    assert read_stimulus(["hold 3 uA/cm^2"], axon).held_A_m2 == pytest.approx(0.03)


def test_progress_is_quiet_for_short_runs(capsys):
    progress = told("a run")
    for share in (0.1, 0.3, 0.6, 1.0):
        progress(share)
    assert capsys.readouterr().err == ""
