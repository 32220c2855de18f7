"""``selectivity membrane pump`` and ``pump-leak``."""

import json

import pytest

from selectivity.cell.donnan import Impermeant
from selectivity.cell.leaks import Leaks
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.pump_leak import pump_leak
from selectivity.membrane import Solution, preset
from tests.membrane_command import refused, run

HILL = "hill 10 uA/cm^2, 10 mM, 3.5 mM"
CELL = ["--preset", "neuron", "--voltage", "-70 mV"]
NEURON = ["--out", "Na=145 mM, K=3.5 mM, Cl=119 mM", "--temperature", "37 degC"]
NEURON += ["--conductance", "Na=20 uS/cm^2, K=70 uS/cm^2, Cl=20 uS/cm^2", "--kcc2", "20 uS/cm^2"]
NEURON += ["--impermeant", "154.96 mM, -0.85", "--bath-impermeant", "29.5 mM"]
GHK = ["--preset", "neuron", "--p-unit", "10 nm/s", "--impermeant", "150 mM, -1"]


def test_the_textbook_ledger_in_words_and_numbers(tmp_path):
    """A sodium leak of −65 pA: sodium part +65, net 21.67, K leak 43.33 pA, 1.352e8 ATP/s."""
    text = run("pump", "--leak", "-65 pA")
    assert "sodium part is +65 pA" in text
    assert "net current is +21.67 pA, a third of it" in text
    files = ["--csv", str(tmp_path / "l.csv"), "--plot", str(tmp_path / "l.png")]
    out = json.loads(run("pump", "--leak", "-65 pA", *files, "--json"))["ledger"]
    assert out["net_pump_pA"] == pytest.approx(65.0 / 3.0, rel=1e-12)
    assert out["ledger"]["K"] == pytest.approx(
        {"leak_pA": 130.0 / 3.0, "pump_pA": -130.0 / 3.0, "sum_pA": 0.0}, abs=1e-12
    )
    assert out["atp_per_s"] == pytest.approx(1.3523e8, rel=1e-4)
    assert out["leaks_not_given"] == ["K"]
    assert (tmp_path / "l.csv").read_text().startswith("ion,leak_pA,pump_pA,sum_pA\nNa,-65.0,65.0")
    assert (tmp_path / "l.png").stat().st_size > 8_000


def test_units_of_a_leak_and_other_couplings():
    per_cell = json.loads(run("pump", "--leak", "-0.065 nA", "--json"))["ledger"]
    assert per_cell["ledger"]["Na"]["leak_pA"] == -65.0
    area = json.loads(run("pump", "--leak", "-2.7 uA/cm^2", "--coupling", "2:1", "--json"))
    assert area["ledger"]["cycle_A_m2"] == pytest.approx(0.0135)
    assert area["ledger"]["net_pump_A_m2"] == pytest.approx(0.0135)
    text = run("pump", "--leak", "Na=-65 pA, K=50 pA")
    assert "K is not balanced: 6.667 pA of it leaves" in text


def test_laws_and_bound(tmp_path):
    files = ["--csv", str(tmp_path / "c.csv"), "--plot", str(tmp_path / "c.png")]
    out = json.loads(run("pump", "--law", HILL, *CELL, *files, "--json"))
    law = PumpLaw.hill(0.1, 10.0, 3.5)
    sides = preset("neuron")
    q = law.cycle_current(sides.inside["Na"], sides.outside["Na"], 1.0, sides.outside["K"])
    assert out["curves"]["laws"][0]["q_A_m2"] == pytest.approx(q, rel=1e-12)
    assert out["ledger"]["cycle_A_m2"] == pytest.approx(q, rel=1e-12)
    assert out["bound"]["work_kJ_mol"] == pytest.approx(41.5, abs=0.05)
    assert out["bound"]["phosphates"]["atp_mM"] == 3.0
    assert (tmp_path / "c.csv").read_text().startswith("varied,na_in_mM,k_out_mM,q_hill_A_m2")
    assert (tmp_path / "c.png").stat().st_size > 20_000
    fed = json.loads(run("pump", "--law", HILL, "--atp-constant", "3 mM", *CELL, "--json"))
    assert fed["ledger"]["cycle_A_m2"] == pytest.approx(0.5 * q, rel=1e-12)
    two = json.loads(run("pump", "--law", HILL, "--law", "cubic 10 A/m^2", *CELL[:2], "--json"))
    assert (two["ledger"], two["bound"]) == (None, None)
    assert len(two["curves"]["laws"]) == 2


def test_the_bound_reads_what_atp_gives():
    text = run("pump", *CELL, "--atp", "0.1 mM", "--adp", "0.5 mM", "--pi", "20 mM")
    assert "past the bound" in text
    assert "[not verified]" in text
    own = run("pump", *CELL, "--standard", "-30.5 kJ/mol")
    assert "ΔG°′ = -30.5 kJ/mol: command line" in own


def test_steady_state_of_the_published_neuron():
    out = json.loads(run("pump-leak", *NEURON, "--law", "cubic 10 A/m^2", "--json"))
    leaks = Leaks({"Na": 0.2, "K": 0.7, "Cl": 0.2}, kcc2_S_m2=0.2)
    bath = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, 310.15, "outside")
    made = pump_leak(bath, leaks, PumpLaw.cubic(10.0), Impermeant(154.96, -0.85))
    assert out["steady"] is True
    assert out["v_mV"] == pytest.approx(made.v_mV, rel=1e-12)
    assert out["v_mV"] == pytest.approx(-72.59, abs=0.02)
    assert out["ledger"]["balanced"] is True
    assert out["inside_mM"]["Na"] == pytest.approx(14.0, abs=0.01)


def test_no_steady_state_is_an_answer(tmp_path):
    """Exit code 0 and the words; in JSON null, never a number."""
    figure = ["--plot", str(tmp_path / "n.png")]
    text = run("pump-leak", *GHK, "--law", "constant 10 uA/cm^2", *figure)
    assert "no steady state: the pump takes out" in text
    out = json.loads(run("pump-leak", *GHK, "--law", "constant 10 uA/cm^2", "--json"))
    assert out["steady"] is False
    assert out["v_mV"] is None
    assert "below zero" in out["reason"]
    csv = tmp_path / "n.csv"
    run("pump-leak", *GHK, "--law", "constant 10 uA/cm^2", "--csv", str(csv))
    assert csv.read_text().splitlines()[1] == "Na,,145.0,"


def test_scan(tmp_path):
    csv = tmp_path / "s.csv"
    scan = ["--scan", "0.0001 A/m^2 to 0.1 A/m^2", "--plot", str(tmp_path / "s.png")]
    text = run("pump-leak", *GHK, "--law", "constant 1 A/m^2", *scan, "--csv", str(csv))
    assert "no steady state" in text
    rows = csv.read_text().splitlines()
    assert len(rows) == 62
    assert rows[1].startswith("0.0001,True,")
    assert rows[-1].startswith("0.1,False,,")
    assert (tmp_path / "s.png").stat().st_size > 15_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pump"], "--leak"),
        (["pump", "--leak", "-65"], "--leak Na"),
        (["pump", "--leak", "-65 mV"], "a current or a current per area"),
        (["pump", "--leak", "65 pA"], "sodium leaks inward"),
        (["pump", "--leak", "K=65 pA"], "leak.Na"),
        (["pump", "--leak", "Na=-65 pA, K=1 A/m^2"], "not both"),
        (["pump", "--leak", "-65 pA", "--coupling", "3"], "--coupling"),
        (["pump", "--leak", "-65 pA", "--coupling", "0:2"], "sodium"),
        (["pump", "--voltage", "-70 mV"], "--in"),
        (["pump", *CELL, "--atp", "0 mM"], "--atp"),
        (["pump", *CELL, "--law", "quartic 1 A/m^2"], "constant, cubic, sigmoid, hill"),
        (["pump", *CELL, "--law", "hill 1 A/m^2"], "two constants"),
        (["pump", *CELL, "--law", "cubic -1 A/m^2"], "p_A_m2"),
        (["pump", *CELL, "--law", "cubic 1 mM"], "--law cubic"),
        (["pump-leak", "--law", HILL, "--impermeant", "150 mM, -1"], "--out"),
        (["pump-leak", *GHK, "--law", HILL, "--out", "K=1 mM"], "--preset"),
        (["pump-leak", *GHK[:2], *GHK[4:], "--law", HILL], "--p-unit"),
        (["pump-leak", *GHK[:4], "--impermeant", "150 mM", "--law", HILL], "--impermeant"),
        (["pump-leak", *NEURON, "--law", HILL, "--scan", "1 A/m^2"], "--scan"),
        (["pump-leak", *NEURON[:4], *NEURON[8:], "--law", HILL], "--conductance"),
        (["pump-leak", *GHK, "--permeability", "Ca=1", "--law", HILL], "Ca"),
    ],
)
def test_bad_input(arguments, said):
    assert said in refused(*arguments)
