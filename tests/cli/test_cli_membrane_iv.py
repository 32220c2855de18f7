"""``selectivity membrane iv``: computed and measured curves."""

import json
from functools import partial

import numpy as np
import pytest

from selectivity.cli.membrane_inputs import read_range
from selectivity.errors import InputError
from selectivity.membrane import iv_curve, membrane_potential, preset
from tests import membrane_command

run = partial(membrane_command.run, "iv")
refused = partial(membrane_command.refused, "iv")


@pytest.fixture
def file(tmp_path):
    curve = iv_curve(preset("neuron"), np.arange(-0.1, 0.0401, 0.01))
    rows = (f"{v:.6g},{1e5 * i:.6g},2" for v, i in zip(curve.v_mV, curve.net_A_m2, strict=True))
    path = tmp_path / "iv.csv"
    path.write_text("V (mV),I (pA),sd (pA)\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_a_curve_in_all_forms(tmp_path):
    table, figure = tmp_path / "c.csv", tmp_path / "c.png"
    options = ["--between", "-120 mV, 60 mV", "--step", "2 mV", "--csv", str(table)]
    out = json.loads(run("--preset", "neuron", *options, "--plot", str(figure), "--json"))
    rest = 1000.0 * membrane_potential(preset("neuron"))
    assert out["reversal_mV"] == pytest.approx(rest, abs=1e-9)
    assert out["v_mV"][0] == pytest.approx(-120.0)
    assert len(out["v_mV"]) == 91
    assert len(table.read_text().splitlines()) == 92
    assert figure.stat().st_size > 10_000


def test_one_ion_and_a_pump():
    out = json.loads(run("--preset", "neuron", "--ion", "K+", "--json"))
    assert out["permeability"] == {"K": 1.0}
    assert out["reversal_mV"] == pytest.approx(-89.0587, abs=1e-4)
    pumped = run("--preset", "neuron", "--pump", "0.1 uA/cm^2", "--p-unit", "10 nm/s")
    assert "pump current 0.001 A/m²" in pumped


def test_a_measured_curve_beside_the_model(file):
    out = json.loads(run("--measured", file, "--json"))
    rest = 1000.0 * membrane_potential(preset("neuron"))
    assert out["reversal_mV"] == pytest.approx(rest, abs=3.0 * out["error_mV"])
    assert "model" not in out
    text = run("--measured", file, "--preset", "neuron", "--between", "-100 mV, -30 mV")
    assert "standard errors" in text
    assert "8 points" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "neuron", "--ion", "Ca"], "--ion"),
        (["--preset", "neuron", "--ion", "Kx"], "did you mean K"),
        (["--preset", "neuron", "--between", "10 mV"], "a lower and a higher"),
        (["--preset", "neuron", "--between", "10, 20"], '"10 mV"'),
        (["--preset", "neuron", "--step", "0 mV"], "--step"),
        (["--preset", "neuron", "--pump", "0.1 uA/cm^2"], "--p-unit"),
        (["--preset", "neuron", "--order", "2"], "belongs to --measured"),
        (["--measured", "none.csv"], "none.csv"),
        ([], "--preset"),
    ],
)
def test_bad_input_names_the_option(arguments, said):
    assert said in refused(*arguments)


@pytest.mark.parametrize(
    "option", [("--ion", "K"), ("--p-unit", "1 nm/s"), ("--pump", "1 uA/cm^2")]
)
def test_options_of_a_membrane_need_one(file, option):
    assert f"{option[0]}: {option[1]!r}: belongs to a membrane" in refused(
        "--measured", file, *option
    )


@pytest.mark.parametrize("text", ["-150 mV to 100 mV", "-150 mV, 0.1 V", "-150mV,100mV"])
def test_a_range_of_potentials(text):
    assert read_range(text, "--between") == pytest.approx((-0.15, 0.1), rel=1e-15)


@pytest.mark.parametrize("text", ["100 mV to -150 mV", "10 mV", "1 mV, 2 mV, 3 mV"])
def test_no_range_of_potentials(text):
    with pytest.raises(InputError, match="lower and a higher"):
        read_range(text, "--iv")
