"""``selectivity membrane chloride``."""

import json
from functools import partial

import pytest

from selectivity.cell import chloride as c
from tests import membrane_command

run = partial(membrane_command.run, "chloride")
refused = partial(membrane_command.refused, "chloride")


def test_reversals(tmp_path):
    files = ["--csv", str(tmp_path / "c.csv"), "--plot", str(tmp_path / "c.png")]
    out = json.loads(run("--preset", "gaba_immature", *files, "--json"))
    found = c.chloride_reversals(c.chloride_cell("gaba_immature"))
    assert out["e_gaba_mV"] == pytest.approx(found.cell_e_gaba_mV)
    assert out["gaba"] == "depolarises"
    assert (tmp_path / "c.csv").read_text().startswith("cl_in_mM,e_cl_mV,e_gaba_mV")
    assert (tmp_path / "c.png").stat().st_size > 10_000


def test_units_and_replacements():
    given = ["--in", "Cl=0.008 M, K=130 mM", "--out", "HCO3=24 mM", "--p-hco3", "0.3"]
    out = json.loads(run(*given, "--voltage", "-65 mV", "--temperature", "35 degC", "--json"))
    assert out["inside_mM"]["Cl"] == 8.0
    assert out["outside_mM"]["HCO3"] == 24.0
    assert out["v_mV"] == pytest.approx(-65.0)
    assert out["temperature_K"] == pytest.approx(308.15)
    expected = 1e3 * c.gaba_reversal(8, 120, 15, 24, 0.3, 308.15)
    assert out["e_gaba_mV"] == pytest.approx(expected)
    assert out["kcc2_reversal_cl_mM"] == pytest.approx(5 * 120 / 130)


def test_balance():
    out = json.loads(run("--leak", "20 uS/cm^2", "--kcc2", "0.02 mS/cm2", "--json"))
    found = c.chloride_balance(c.chloride_cell(), c.ChlorideRates(0.2, 0.2, 0.0))
    assert out["steady_cl_in_mM"] == pytest.approx(found.cl_in_mM)
    assert out["winner"] == "KCC2"


def test_development():
    ramps = ["--kcc2", "2 uS/cm^2 to 30 uS/cm^2, 1 d to 5 d"]
    ramps += ["--nkcc1", "8 uS/cm^2 to 0 uS/cm^2, 24 h to 4 d", "--duration", "7 d"]
    out = json.loads(run("--development", *ramps, "--in", "HCO3=12 mM", "--json"))
    assert out["kcc2"] == {"start_S_m2": 0.02, "end_S_m2": 0.3, "from_day": 1.0, "to_day": 5.0}
    assert out["bicarbonate"]["in_mM"] == 12.0
    assert out["table"]["age_days"][-1] == pytest.approx(7.0)
    assert len(out["gaba_switch_days"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--in", "Cl=8"], "--in Cl"),
        (["--in", "Ca=8 mM"], "Ca"),
        (["--in", "K=0 mM"], "inside.K"),
        (["--p-hco3", "-1"], "p_hco3"),
        (["--preset", "neuron"], "HCO3"),
        (["--voltage", "-70"], "--voltage"),
        (["--leak", "0.2"], "--leak"),
        (["--leak", "0 S/m2"], "--leak"),
        (["--kcc2", "-1 S/m2"], "--kcc2"),
        (["--duration", "3 d"], "--duration"),
        (["--development", "--leak", "1 S/m2"], "--leak"),
        (["--development", "--in", "Cl=8 mM"], "HCO3 alone"),
        (["--development", "--kcc2", "1 S/m2"], "--kcc2"),
        (["--development", "--nkcc1", "1 S/m2 to 2 S/m2, 5 d to 4 d"], "--nkcc1"),
        (["--development", "--duration", "0 d"], "--duration"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, said):
    assert said in refused(*arguments)
