"""``selectivity membrane volume`` and ``donnan``."""

import json

import pytest

from selectivity.cell.volume import pump_leak_neuron, volume_rest
from tests.membrane_command import refused, run

SALT = ("donnan", "--out", "K=100 mM, Cl=100 mM", "--temperature", "37 degC")


def test_published_rest():
    out = json.loads(run("volume", "--json"))
    assert out["steady"] is True
    assert out["v_mV"] == pytest.approx(-72.5881058, abs=1e-7)
    assert out["ions"]["Cl"]["e_mV"] == pytest.approx(-83.8430527, abs=1e-7)
    text = run("volume")
    assert "-72.5881 mV" in text
    assert "1.96352 pL" in text


def test_numbers_and_laws():
    changes = "g_kcc2=0 uS/cm^2, z=-1, k_out=5 mM, x=0.4 pmol, p=2 A/m^2"
    out = json.loads(run("volume", "--set", changes, "--temperature", "310.15 K", "--json"))
    cell = pump_leak_neuron().with_numbers(
        {
            "g_kcc2_S_m2": 0.0,
            "z": -1.0,
            "k_out_mM": 5.0,
            "x_fmol": 400.0,
            "pump.p_A_m2": 2.0,
            "rt_over_f_V": 8.31446261815324 * 310.15 / 96485.33212331,
        }
    )
    assert out["w_um3"] == pytest.approx(volume_rest(cell).w_um3, rel=1e-12)
    hill = json.loads(run("volume", "--pump", "hill 0.05 A/m^2, 10 mM, 1 mM", "--json"))
    assert hill["cell"]["pump"]["kind"] == "hill"
    assert hill["cell"]["pump"]["k_na_mM"] == 10.0


def test_no_steady_state_is_said_and_is_no_error():
    text = run("volume", "--set", "p=0 A/m^2, x_out=0 mM, cl_out=148.5 mM")
    assert "no steady state" in text
    out = json.loads(run("volume", "--pump", "constant 1 A/m^2", "--json"))
    assert out["steady"] is False
    assert "too fast" in out["reason"]
    assert out["v_mV"] is None


def test_scan(tmp_path):
    files = ["--csv", str(tmp_path / "s.csv"), "--plot", str(tmp_path / "s.png")]
    out = json.loads(
        run("volume", "--scan", "pump 0.1 A/m^2 to 1000 A/m^2", "--points", "9", *files, "--json")
    )
    assert out["least_rate_A_m2"] == pytest.approx(31.3, abs=0.1)
    rows = (tmp_path / "s.csv").read_text().splitlines()
    assert rows[0].startswith("rate_A_m2,steady,v_mV,na_in_mM")
    assert len(rows) == 10
    assert (tmp_path / "s.png").stat().st_size > 20_000
    assert "least volume" in run("volume", "--scan", "pump", "--points", "5")


def test_sensitivities():
    out = json.loads(run("volume", "--sensitivities", "--json"))
    assert out["sensitivities"]["x_fmol"]["w_um3"] == pytest.approx(1.0, abs=1e-4)
    assert out["units"]["v_mV"] == "mV per 1 %"


def test_donnan():
    out = json.loads(run(*SALT, "--impermeant", "100 mM, -1", "--json"))
    assert out["ratio"] == pytest.approx(1.618033988749895)
    out = json.loads(
        run(*SALT, "--impermeant", "60 mM, -1; 40 mM, 0", "--volume", "free", "--wall", "0.1 bar",
            "--json")
    )  # fmt: skip
    assert out["pressure_Pa"] == pytest.approx(1e4)
    assert out["impermeant_in"]["z"] == pytest.approx(-0.6)
    text = run(*SALT, "--impermeant", "100 mM, -1", "--volume", "free")
    assert "without bound" in text


def test_donnan_with_impermeants_outside(tmp_path):
    bath = ("--out", "Na=145 mM, K=3.5 mM, Cl=119 mM", "--temperature", "37 degC")
    inside = ("--impermeant", "155 mM, -0.85", "--outer", "29.5 mM, -1", "--volume", "free")
    text = run("donnan", *bath, *inside, "--plot", str(tmp_path / "d.png"))
    assert "volume at rest: 5.18" in text
    said = refused("donnan", *bath, "--impermeant", "155 mM, -0.85")
    assert "is neutral" in said
    assert "-29.5 mM" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("volume", "--set", "g_foo=1 mM"), "g_kcc2"),
        (("volume", "--set", "g_na=1 mM"), "conductance per area"),
        (("volume", "--set", "z=-1, z=-2"), "stands once"),
        (("volume", "--set", "k_out=0 mM"), "k_out_mM"),
        (("volume", "--pump", "linear 1 A/m^2"), "cubic"),
        (("volume", "--pump", "hill 1 A/m^2"), "two constants"),
        (("volume", "--preset", "nothing"), "duesterwald_2018"),
        (("volume", "--preset", "squid_axon"), "duesterwald_2018"),
        (("volume", "--scan", "sodium"), "pump"),
        (("volume", "--scan", "pump 3 A/m^2 to 1 A/m^2"), "lower"),
        (("volume", "--scan", "pump", "--sensitivities"), "--scan"),
        (("volume", "--scan", "pump", "--points", "1"), "--points"),
        ((*SALT, "--impermeant", "100 mM"), "charge number"),
        ((*SALT, "--impermeant", "100, -1"), "mM"),
        ((*SALT, "--impermeant", "100 mM, -1", "--wall", "3"), "kPa"),
        ((*SALT, "--impermeant", "100 mM, -1", "--wall", "3 kPa"), "free"),
    ],
)
def test_bad_input_names_what_is_wrong(arguments, said):
    assert said in refused(*arguments)
