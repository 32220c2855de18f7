"""``selectivity membrane rest`` and ``ghk --pump``."""

import json

import pytest

from selectivity.membrane import mullins_noda, preset, pumped_rest, resting_potential
from selectivity.records import Interval
from tests.membrane_command import refused, run


def forms(out):
    return {form["form"]: form["v_mV"] for form in out["forms"]}


def test_rest_of_a_preset(tmp_path):
    files = ["--csv", str(tmp_path / "r.csv"), "--plot", str(tmp_path / "r.pdf")]
    out = json.loads(run("rest", "--preset", "neuron", *files, "--json"))
    assert forms(out)["pump"] == pytest.approx(mullins_noda(preset("neuron")).v_mV)
    assert "resting_potential" not in out
    assert (tmp_path / "r.csv").read_text().startswith("form,name,v_mV,difference_mV,why")
    assert (tmp_path / "r.pdf").stat().st_size > 5_000


def test_rest_with_a_ratio():
    out = json.loads(run("rest", "--preset", "neuron", "--ratio", "150, 80, 300", "--json"))
    rest = resting_potential(Interval(150.0, 80.0, 300.0), 310.15, preset("neuron"))
    assert out["resting_potential"]["v_rest_mV"]["high"] == pytest.approx(rest.v_rest_mV.high)
    assert forms(out)["ghk"] == pytest.approx(rest.v_rest_mV.value, abs=1e-9)
    assert out["permeability"]["Na"] == pytest.approx(1 / 150 + 0.04)


def test_rest_of_a_run(tmp_path):
    table = {
        "temperature_K": 310.15,
        "ions": ["K", "Na"],
        "ratio": {"integral_levelled": {"value": 150.0, "low": 80.0, "high": None}},
        "converged": False,
    }
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ratio.json").write_text(json.dumps(table), encoding="utf-8")
    text = run("rest", "--preset", "squid", "--from", str(tmp_path))
    assert "not converged" in text
    assert "ratio's temperature" in text
    assert "unbounded" in text


def test_ghk_with_a_pump():
    out = json.loads(run("ghk", "--preset", "neuron", "--pump", "3:2", "--json"))
    assert out["pump"]["v_mV"] == pytest.approx(mullins_noda(preset("neuron")).v_mV)
    assert out["pump"]["coupling"] == 1.5
    current = ["--pump", "0.1 uA/cm^2", "--p-unit", "10 nm/s"]
    out = json.loads(run("ghk", "--preset", "neuron", *current, "--json"))
    expected = pumped_rest(preset("neuron"), 0.001, 1e-8).v_mV
    assert out["pump"]["v_mV"] == pytest.approx(expected, abs=1e-9)
    text = run("ghk", "--preset", "neuron", "--pump", "3 : 2")
    assert "left out, each taken to sit at V: Cl" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ghk", "--preset", "neuron", "--pump", "1 A/m^2"], "--p-unit"),
        (["ghk", "--preset", "neuron", "--pump", "2:3"], "at least as many"),
        (["ghk", "--preset", "neuron", "--pump", "3:0"], "at least as many"),
        (["ghk", "--preset", "neuron", "--pump", "3"], "--pump"),
        (["ghk", "--preset", "neuron", "--pump", "3:2", "--p-unit", "0 nm/s"], "above zero"),
        (["rest", "--preset", "neuron", "--permeability", "K=1", "--pump", "3:2"], "Na"),
        (["rest", "--preset", "neuron", "--permeability", "K=1", "--ratio", "9"], "Na = 0"),
        (["rest"], "--preset"),
    ],
)
def test_bad_input(arguments, said):
    assert said in refused(*arguments)
