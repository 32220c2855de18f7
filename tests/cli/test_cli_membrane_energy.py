"""``selectivity membrane energy``."""

import json
from functools import partial

import pytest

from selectivity.cell import energy
from tests import membrane_command

run = partial(membrane_command.run, "energy")
refused = partial(membrane_command.refused, "energy")


def test_published_beside_computed():
    text = run()
    assert "rest_neuron_ATP_s [not verified]" in text
    assert "-0.45 %" in text
    assert "boutons = 8000" in text


def test_preset_files_and_json(tmp_path):
    files = ["--csv", str(tmp_path / "e.csv"), "--plot", str(tmp_path / "e.png")]
    out = json.loads(run("--preset", "howarth_2012", *files, "--json"))
    assert out["total_ATP_s"] == pytest.approx(energy.energy_budget("howarth_2012").total_ATP_s)
    assert (tmp_path / "e.csv").read_text().count("\n") == 6
    assert (tmp_path / "e.png").stat().st_size > 10_000


def test_overrides_with_and_without_units():
    text = "rate_Hz=8 Hz, overlap=1.24, v_mV=-0.065 V, input_resistance_Mohm=100"
    out = json.loads(run("--set", text, "--atp-energy", "-57 kJ/mol", "--json"))
    changes = {"rate_Hz": 8, "overlap": 1.24, "v_mV": -65, "input_resistance_Mohm": 100}
    found = energy.energy_budget("attwell_laughlin_2001", changes, -57.0)
    assert out["total_ATP_s"] == pytest.approx(found.total_ATP_s)
    assert out["power_W_kg"] == pytest.approx(found.power_W_kg)
    assert sorted(out["changed"]) == sorted(changes)


def test_overlap_of_a_simulated_spike():
    out = json.loads(run("--squid-spike", "18.5 degC", "--json"))
    assert out["inputs"]["overlap"] == pytest.approx(3.9, abs=0.05)
    assert out["changed"] == ["overlap"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "attwell"], "preset"),
        (["--set", "rate=3"], "names: input_resistance_Mohm"),
        (["--set", "rate_Hz"], "--set"),
        (["--set", "rate_Hz=fast"], "--set rate_Hz"),
        (["--set", "rate_Hz=nan"], "--set rate_Hz"),
        (["--set", "rate_Hz=1, rate_Hz=2"], "stands once"),
        (["--set", "rate_Hz=-1"], "rate_Hz"),
        (["--set", "v_mV=70 mV"], "e_na_V"),
        (["--set", "overlap=0.5"], "overlap"),
        (["--set", "overlap=2", "--squid-spike", "18.5 degC"], "--squid-spike"),
        (["--atp-energy", "57 kJ/mol"], "--atp-energy"),
        (["--atp-energy", "-57 kJ"], "--atp-energy"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, said):
    assert said in refused(*arguments)
