"""``selectivity membrane``: numbers in JSON, tables on the terminal, messages on bad input."""

import json

import pytest
from typer.testing import CliRunner

from selectivity.cli.membrane import app
from selectivity.errors import StoreError
from selectivity.membrane import membrane_potential, preset, resting_potential
from selectivity.records import Interval
from tests.membrane_command import refused, run

SOLUTIONS = ["--in", "K=140 mM, Na=15 mM, Cl=10 mM", "--out", "K=5 mM, Na=145 mM, Cl=110 mM"]
GHK = ["ghk", *SOLUTIONS, "--temperature", "310.15 K"]
RELATIVE = ["--permeability", "K=1,Na=0.04,Cl=0.45"]
NERNST = ["nernst", "--ion", "K", "--in", "140 mM", "--out", "5 mM"]


def record(*arguments):
    return json.loads(run(*arguments, "--json"))


def test_nernst_in_json():
    out = record(*NERNST, "--temperature", "37 degC", "--voltage", "-70 mV")
    assert out["e_mV"] == pytest.approx(-89.0587, abs=1e-4)
    assert out["temperature_K"] == pytest.approx(310.15)
    assert out["driving_force_mV"] == pytest.approx(19.0587, abs=1e-4)
    assert out["delta_mu_J_mol"] == pytest.approx(96485.33 * 0.0190587, rel=1e-4)


def test_nernst_on_the_terminal_shows_si_and_the_check():
    text = run(*NERNST, "--temperature", "37 degC")
    assert "-89.059 mV" in text
    assert "-0.0890587 V" in text
    assert "check: c_in exp(zFE/RT) = 5 mM" in text


@pytest.mark.parametrize(
    ("c_in", "c_out", "place"),
    [("0 mM", "5 mM", "--in Na"), ("5 mM", "0 mM", "--out Na"), ("0 M", "0 M", "--in, --out Na")],
)
def test_an_empty_side_has_no_equilibrium(c_in, c_out, place):
    warm = ["--temperature", "300 K"]
    assert place in refused("nernst", "--ion", "Na+", "--in", c_in, "--out", c_out, *warm)
    sides = ["--in", f"K=140 mM, Na={c_in}", "--out", f"K=5 mM, Na={c_out}", *warm]
    assert place in refused("driving-force", *sides, "--voltage", "-70 mV")
    run("driving-force", *sides, "--voltage", "-70 mV", "--ion", "K")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*NERNST, "--temperature", "310.15"], '"310.15 K" or "310.15 degC"'),
        ([*NERNST, "--temperature", "37 K"], "37 °C is 310.15 K"),
        ([*NERNST, "--temperature", "5 mV"], "--temperature"),
        ([*NERNST[:-1], "5", "--temperature", "300 K"], '"5 mM" or "5 M"'),
        (["nernst", "--ion", "Kx", *NERNST[3:], "--temperature", "300 K"], "did you mean K"),
        ([*GHK], "--permeability"),
        ([*GHK, "--permeability", "K"], "ION=VALUE"),
        ([*GHK, "--permeability", "K=1, K+=2"], "stands once"),
        ([*GHK, "--permeability", "K=0, Na=0"], "at least one ion is permeant"),
        ([*GHK, "--permeability", "K=1, Ca=2"], "inside.Ca"),
        ([*GHK, "--permeability", "K=1", "--ratio", "150"], "permeability.Na"),
        ([*GHK, *RELATIVE, "--ratio", "150, 80"], "value, low and high"),
        ([*GHK, *RELATIVE, "--ratio", "150", "--from", "run"], "one of the two"),
        ([*GHK, *RELATIVE, "--preset", "squid"], "brings its own solutions"),
        ([*GHK, *RELATIVE, "--voltage", "-70"], '"-70 mV" or "-70 V"'),
        (["ghk", "--preset", "octopus"], "squid"),
    ],
)
def test_bad_input_names_the_option_and_the_remedy(arguments, said):
    assert said in refused(*arguments)


def test_ghk_of_a_preset():
    out = record("ghk", "--preset", "squid", "--voltage", "-70 mV", "--voltage", "0 mV")
    assert out["v_ghk_mV"] == pytest.approx(1000.0 * membrane_potential(preset("squid")), abs=1e-9)
    assert out["v_chord_mV"] == pytest.approx(out["v_ghk_mV"], abs=1e-9)
    assert [row["v_mV"] for row in out["currents"]] == [-70.0, 0.0]
    fick = 1e-9 * 96485.33212 * (400.0 - 20.0)
    assert out["currents"][1]["current_A_m2_per_nm_s"]["K"] == pytest.approx(fick, rel=1e-8)
    assert out["neutrality"]["inside"]["neutral"] is False
    assert "resting_potential" not in out


def test_ghk_of_solutions_equals_the_preset_with_the_same_numbers():
    out = record(*GHK, *RELATIVE)
    assert out["v_ghk_mV"] == pytest.approx(1000.0 * membrane_potential(preset("neuron")), abs=1e-9)


def test_a_preset_with_other_permeabilities_says_so():
    out = record("ghk", "--preset", "squid", "--permeability", "K=1, Na=20, Cl=0.45")
    peak = membrane_potential(preset("squid_peak"))
    assert out["v_ghk_mV"] == pytest.approx(1000.0 * peak, abs=1e-9)
    assert "permeabilities of the command line" in out["source"]
    warm = record("ghk", "--preset", "squid", "--temperature", "6.3 degC")
    assert warm["temperature_K"] == pytest.approx(279.45)


def test_a_ratio_gives_the_resting_potential():
    out = record(*GHK, *RELATIVE, "--ratio", "150, 80, 300")["resting_potential"]
    rest = resting_potential(Interval(150.0, 80.0, 300.0), 310.15, preset("neuron"))
    assert out["v_rest_mV"]["low"] == pytest.approx(rest.v_rest_mV.low, abs=1e-9)
    assert out["bi_ionic_mV"] == pytest.approx(rest.bi_ionic_mV, abs=1e-9)
    text = run(*GHK, *RELATIVE, "--ratio", "150", "--voltage", "-70 mV")
    assert "no interval given" in text
    assert "P_Na,leak = 0.04 P_K (an input)" in text
    assert "145 mM of negative charge is not in the list" in text


def stored(folder, **change):
    table = {
        "temperature_K": 310.15,
        "ions": ["K", "Na"],
        "ratio": {"integral_levelled": {"value": 150.0, "low": 80.0, "high": 300.0}},
        "composition": "[W X W]",
        "converged": True,
    }
    results = folder / "results"
    results.mkdir()
    (results / "ratio.json").write_text(json.dumps({**table, **change}), encoding="utf-8")
    return str(folder)


def test_the_ratio_of_a_run_is_read_at_its_temperature(tmp_path):
    out = record("ghk", "--preset", "squid", "--from", stored(tmp_path, converged=False))
    rest = resting_potential(Interval(150.0, 80.0, 300.0), 310.15, preset("squid"))
    assert out["resting_potential"]["v_rest_mV"]["value"] == rest.v_rest_mV.value
    assert out["temperature_K"] == 293.15
    said = " ".join(out["warnings"])
    assert "ratio's temperature" in said
    assert "not converged" in said
    assert "[W X W]" in said


def test_an_unbounded_interval_of_a_run(tmp_path):
    ratio = {"integral_levelled": {"value": 150.0, "low": None, "high": None}}
    folder = stored(tmp_path, ratio=ratio)
    out = record("ghk", "--preset", "neuron", "--from", folder)["resting_potential"]
    assert out["bi_ionic_interval_mV"] == [None, None]
    assert "unbounded" in run("ghk", "--preset", "neuron", "--from", folder)


def test_runs_without_a_usable_ratio_are_refused(tmp_path):
    assert "selectivity ratio" in refused("ghk", "--preset", "squid", "--from", str(tmp_path))
    folder = stored(tmp_path, ions=["K", "Rb"])
    assert "ratio of K to Na" in refused("ghk", "--preset", "squid", "--from", folder)
    for text in ("{", "[]", '{"ratio": {}}'):
        (tmp_path / "results" / "ratio.json").write_text(text, encoding="utf-8")
        arguments = ["ghk", "--preset", "squid", "--from", folder]
        with pytest.raises(StoreError, match=r"ratio\.json"):
            CliRunner().invoke(app, arguments, catch_exceptions=False)
