"""``selectivity membrane`` driving-force, activity, neutrality and presets."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from selectivity.cli.membrane import app
from selectivity.errors import InputError
from selectivity.membrane import preset_names
from tests.membrane_command import run

SOLUTIONS = ["--in", "K=140 mM, Na=10 mM, Cl=150 mM", "--out", "K=5 mM, Na=145 mM, Cl=150 mM"]
WARM = ["--temperature", "37 degC"]
VOLT = ["--voltage", "-70 mV"]
SOMA = ["neutrality", "--radius", "10 um", *VOLT]


def record(*arguments):
    return json.loads(run(*arguments, "--json"))


def test_driving_force():
    out = record("driving-force", *SOLUTIONS, *WARM, *VOLT, "--ion", "K+")
    assert [row["ion"] for row in out["ions"]] == ["K"]
    assert out["ions"][0]["driving_force_mV"] == pytest.approx(19.0587, abs=1e-4)
    assert out["ions"][0]["passive"] == "out"
    text = run("driving-force", "--preset", "neuron", *VOLT)
    assert "typical textbook values" in text
    davies = record("driving-force", "--preset", "neuron", *VOLT, "--activity", "davies", "--fill")
    assert davies["activity"] == "davies"
    assert davies["warnings"] == []


def test_activity_of_one_solution_and_of_two():
    one = record("activity", *SOLUTIONS[:2], *WARM, "--model", "davies")
    assert one["ionic_strength_mM"] == 150.0
    assert list(one["gamma"]) == ["davies"]
    two = record("activity", *SOLUTIONS, *WARM)
    assert {row["shift_mV"] for row in two["rows"] if row["model"] == "davies"} == {0.0}
    scaled = record("activity", *SOLUTIONS, *WARM, "--macinnes", "--model", "pitzer")
    assert scaled["convention"] == "macinnes"
    gamma = {row["gamma_in"] for row in scaled["rows"] if row["ion"] == "Cl"}
    assert gamma == {row["gamma_out"] for row in scaled["rows"] if row["ion"] == "Cl"}
    filled = record("activity", "--preset", "neuron", "--fill")
    assert filled["ionic_strength_in_mM"] == pytest.approx(155.0, abs=1e-3)


def test_neutrality():
    out = record(*SOMA, *SOLUTIONS[:2], *WARM)
    assert out["excess_fraction"] == pytest.approx(1.45e-5, abs=1e-7)
    spine = ["--shape", "spine", "--length", "1 um", "--neck-radius", "50 nm"]
    out = record("neutrality", "--radius", "250 nm", *VOLT, "--preset", "neuron", *spine)
    assert out["compartment"]["neck_radius_m"] == pytest.approx(5e-8)
    axon = ["--radius", "0.1 um", "--shape", "cylinder", "--capacitance", "2 uF/cm^2"]
    out = record("neutrality", *axon, *VOLT, "--preset", "neuron", "--ion", "K", *WARM)
    assert out["capacitance_uF_cm2"] == pytest.approx(2.0)
    assert "action potential" in run(*SOMA, "--preset", "neuron")


def test_presets_carry_their_citations():
    out = record("presets")
    assert [entry["name"] for entry in out["presets"]] == list(preset_names())
    for entry in out["presets"]:
        assert entry["concentrations_source"]
        assert entry["permeability_source"]
    text = run("presets")
    assert "Hodgkin & Katz 1949" in text
    assert "[not verified]" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["driving-force", "--preset", "squid", *VOLT],
        ["activity", *SOLUTIONS, *WARM],
        ["activity", *SOLUTIONS[:2], *WARM],
        [*SOMA, "--preset", "neuron"],
    ],
)
def test_tables_and_figures(tmp_path, arguments):
    csv, png = tmp_path / "t.csv", tmp_path / "f.png"
    text = run(*arguments, "--csv", str(csv), "--plot", str(png))
    assert csv.read_text().count("\n") >= 2
    assert png.stat().st_size > 10_000
    assert f"written: {png}" in text
    listed = tmp_path / "presets.csv"
    run("presets", "--csv", str(listed))
    assert listed.read_text().startswith("preset,ion,c_in_mM")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["driving-force", *SOLUTIONS, *VOLT], "--temperature"),
        (["driving-force", *SOLUTIONS[:2], *WARM, *VOLT], "--out"),
        (["driving-force", *SOLUTIONS, *WARM, "--voltage", "-70"], '"-70 mV" or "-70 V"'),
        (["driving-force", *SOLUTIONS, *WARM, *VOLT, "--ion", "Kx"], "did you mean K"),
        (["driving-force", *SOLUTIONS, *WARM, *VOLT, "--ion", "Ca"], "inside.Ca"),
        (["driving-force", "--preset", "neuron", *SOLUTIONS, *VOLT], "brings its own"),
        (["driving-force", "--in", "K=-1 mM", *SOLUTIONS[2:], *WARM, *VOLT], "inside.K"),
        (["activity", *SOLUTIONS[:2]], "--temperature"),
        (["activity", *SOLUTIONS, *WARM, "--model", "bates"], "known: limiting"),
        (["activity", "--preset", "neuron", "--model", "pitzer"], "Ca"),
        (["activity", *SOLUTIONS[:2], "--temperature", "130 degC"], "temperature_K"),
        (["activity"], "--in"),
        ([*SOMA], "--in"),
        ([*SOMA, "--preset", "neuron", *SOLUTIONS[:2]], "brings its own"),
        ([*SOMA, "--preset", "neuron", "--shape", "cube"], "sphere, cylinder or spine"),
        ([*SOMA, "--preset", "neuron", "--shape", "spine"], "--length"),
        ([*SOMA, "--preset", "neuron", "--length", "1 um"], "not asked of a sphere"),
        ([*SOMA, "--preset", "neuron", "--neck-radius", "1 um"], "not asked of a sphere"),
        ([*SOMA[:3], "--voltage", "0 mV", "--preset", "neuron", "--plot", "q.png"], "V = 0"),
        ([*SOMA, "--preset", "neuron", "--capacitance", "1 uF"], "a capacitance per area"),
        (["neutrality", "--radius", "10", *VOLT, "--preset", "neuron"], "a length needs a unit"),
    ],
)
def test_bad_input_names_the_option_and_the_remedy(arguments, said):
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert caught.value.exit_code == 2
    assert said in str(caught.value)
