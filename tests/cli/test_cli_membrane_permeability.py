"""``selectivity membrane permeability``: one measurement, a file of them, bad input."""

import json
import math
from functools import partial

import pytest

from selectivity.units import FARADAY, GAS_CONSTANT
from tests import membrane_command

run = partial(membrane_command.run, "permeability")
refused = partial(membrane_command.refused, "permeability")

WARM = ["--temperature", "20 degC"]
ONE = ["--in", "K=150 mM, Cl=150 mM", "--out", "Na=150 mM, Cl=150 mM", *WARM]
RT_F_MV = 1000.0 * GAS_CONSTANT * 293.15 / FARADAY


def test_one_measurement(tmp_path):
    files = ["--csv", str(tmp_path / "p.csv"), "--plot", str(tmp_path / "p.svg")]
    out = json.loads(run(*ONE, "--reversal", "-65 mV", "--error", "2 mV", *files, "--json"))
    expected = math.exp(-65.0 / RT_F_MV)
    assert out["ratios"]["Na"]["value"] == pytest.approx(expected, rel=1e-9)
    assert out["ratios"]["Na"]["ln_error"] == pytest.approx(2.0 / RT_F_MV, rel=1e-9)
    assert out["impermeant"] == ["Cl"]
    assert (tmp_path / "p.svg").stat().st_size > 5_000
    assert "P_K/P_Na" in run(*ONE, "--reversal", "-65 mV")


def test_a_file_of_measurements(tmp_path):
    file = tmp_path / "m.csv"
    rows = ["cell,K_in (mM),Na_out (mM),Rb_out [M],E_rev (mV),sd (mV)", "a,150,150,,-120,2"]
    file.write_text("\n".join([*rows, "b,150,,0.15,-10,1"]) + "\n", encoding="utf-8")
    out = json.loads(run("--measured", str(file), *WARM, "--json"))
    assert out["ratios"]["Na"]["value"] == pytest.approx(math.exp(-120.0 / RT_F_MV), rel=1e-9)
    assert out["ratios"]["Rb"]["value"] == pytest.approx(math.exp(-10.0 / RT_F_MV), rel=1e-9)
    assert [m["name"] for m in out["measurements"]] == ["a", "b"]
    one = json.loads(
        run("--measured", str(file), *WARM, "--unknown", "Na", "--known", "Rb=0.7", "--json")
    )
    assert list(one["ratios"]) == ["Na"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("K_in (mM),Na_out (mM),E_rev (mV)\n", "a header and a row"),
        ("K_in,Na_out (mM),E_rev (mV)\n150,150,-60\n", "unit in brackets"),
        ("K_in (mM),Na_out (mM)\n150,150\n", "of kind reversal"),
        ("K_in (mM),Kx_out (mM),E_rev (mV)\n150,150,-60\n", "did you mean"),
        ("K_in (mM),Na_out (mM),E_rev (mV)\n150,-150,-60\n", "outside.Na"),
        ("K_in (mM),Na_out (mM),E_rev (mV)\n150,x,-60\n", "m.csv:2: Na_out"),
        ("K_in (mM),Na_out (mM),E_rev (pA)\n150,150,-60\n", "m.csv:2: reversal"),
        ("K_in (mM),Na_out (mM),E_rev (mV)\n150,150\n", "m.csv:2"),
    ],
)
def test_bad_files(tmp_path, text, said):
    file = tmp_path / "m.csv"
    file.write_text(text, encoding="utf-8")
    assert said in refused("--measured", str(file), *WARM)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (ONE, "--reversal"),
        ([*ONE, "--reversal", "-65"], '"-65 mV"'),
        ([*ONE, "--reversal", "-65 mV", "--measured", "x.csv"], "without --measured"),
        ([*ONE, "--reversal", "-65 mV", "--error", "0 mV"], "error_V"),
        (["--measured", "none.csv", *WARM], "none.csv"),
    ],
)
def test_bad_options(arguments, said):
    assert said in refused(*arguments)


def test_a_file_with_semicolons_and_decimal_commas(tmp_path):
    file = tmp_path / "m.csv"
    text = "# a comment\ncell;K_in (M);Na_out (M);E_rev (mV)\nx,y;0,15;0,15;−65,5\n"
    file.write_text(text, encoding="utf-8")
    out = json.loads(run("--measured", str(file), *WARM, "--json"))
    assert out["measurements"][0]["name"] == "x,y"
    assert out["measurements"][0]["reversal_mV"] == pytest.approx(-65.5, rel=1e-14)
    assert out["ratios"]["Na"]["value"] == pytest.approx(math.exp(-65.5 / RT_F_MV), rel=1e-9)
