"""The ledger of the pump: the textbook's −65 pA ion by ion, other couplings, the resting forms."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.cell.pump_ledger import ledger_of_rest, pump_ledger
from selectivity.errors import InputError
from selectivity.membrane import mullins_noda, preset, pumped_rest
from selectivity.units import ELEMENTARY_CHARGE, FARADAY


def test_a_sodium_leak_of_65_pA():
    """Sodium part +65, net pump +21.67, K pump −43.33, K leak +43.33 pA; 1.352e8 ATP/s."""
    ledger = pump_ledger({"Na": -65.0})
    assert ledger["Na"].pump == pytest.approx(65.0, rel=1e-15)
    assert ledger.net_pump == pytest.approx(65.0 / 3.0, rel=1e-15)
    assert ledger["K"].pump == pytest.approx(-130.0 / 3.0, rel=1e-15)
    assert ledger["K"].leak == pytest.approx(130.0 / 3.0, rel=1e-15)
    assert (ledger["Cl"].leak, ledger["Cl"].pump) == (0.0, 0.0)
    assert [row.sum for row in ledger.rows] == [0.0, 0.0, 0.0]
    assert ledger.charge.sum == pytest.approx(0.0, abs=1e-13)
    assert ledger.unbalanced == ()
    # one ATP a cycle, three sodium ions a cycle
    sodium_ions = 65e-12 / 1.602176634e-19
    assert ledger.atp_per_s == pytest.approx(sodium_ions / 3.0, rel=1e-14)
    assert ledger.atp_per_s == pytest.approx(1.3523e8, rel=1e-4)


def test_the_words_answer_the_textbook():
    text = pump_ledger({"Na": -65.0}).summary()
    assert "sodium part is +65 pA" in text
    assert "net current is +21.67 pA, a third of it" in text
    assert "it would carry +195 pA of sodium" in text
    assert "potassium leak of +43.33 pA" in text
    assert "with the leak of K, which is not given, every ion is balanced" in text
    both = pump_ledger({"Na": -65.0, "K": 130.0 / 3.0}).summary()
    assert "every ion is balanced, and so is the charge" in both


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-1e4, -1e-9) | st.just(0.0),
    st.sampled_from([(3, 2), (2, 1), (1, 1), (2, 3), (3, 0), (5, 4)]),
    st.sampled_from(["pA", "A/m2"]),
)
def test_every_ion_and_the_charge_balance(leak, ratio, unit):
    n, k = ratio
    ledger = pump_ledger({"Na": leak}, unit, n, k)
    size = abs(leak)
    assert all(abs(row.sum) <= 1e-14 * size for row in ledger.rows)
    assert abs(ledger.charge.sum) <= 1e-14 * size
    assert ledger.net_pump == pytest.approx((n - k) / n * size, rel=1e-13)
    assert ledger.unbalanced == ()


def test_per_area():
    ledger = pump_ledger({"Na": -0.027}, "A/m2")
    assert ledger.atp_mol_m2_s == pytest.approx(0.009 / FARADAY, rel=1e-14)
    assert ledger.atp_per_s == pytest.approx(0.009e-12 / ELEMENTARY_CHARGE, rel=1e-14)  # per µm²
    assert math.isnan(pump_ledger({"Na": -0.027}).atp_mol_m2_s)
    assert set(ledger.record()) >= {"cycle_A_m2", "net_pump_A_m2", "atp_per_um2_s"}


def test_the_misreading_is_told_apart():
    """A pump whose *net* current is 65 pA against the leak of −65 pA empties the cell of Na."""
    ledger = pump_ledger({"Na": -65.0, "K": 0.0}, cycle=65.0)
    assert ledger["Na"].sum == pytest.approx(130.0)
    assert ledger["K"].sum == pytest.approx(-130.0)
    assert ledger.unbalanced == ("Na", "K")
    assert ledger.charge.sum == pytest.approx(0.0, abs=1e-12)  # and yet V stands still
    assert "V stands still for the moment, the ions do not" in ledger.summary()


def test_leaks_that_do_not_balance_are_said():
    ledger = pump_ledger({"Na": -65.0, "K": 50.0, "Cl": 3.0})
    assert ledger.unbalanced == ("K", "Cl")
    text = ledger.summary()
    assert "K is not balanced: 6.667 pA of it leaves in all" in text
    assert "Cl is not balanced: 3 pA of it enters in all, its concentration inside rises" in text
    assert "V becomes more negative" in text
    assert json.loads(ledger.to_json())["balanced"] is False


def test_mullins_noda_is_the_same_ledger():
    """The sodium leak of the resting form gives every other row of its ledger."""
    rest = mullins_noda(preset("neuron"))
    taken = ledger_of_rest(rest)
    made = pump_ledger({"Na": rest.ledger["Na"].leak_A_m2}, "A/m2")
    assert (taken.sodium, taken.potassium) == (3, 2)
    for ion in ("Na", "K"):
        assert made[ion].leak == pytest.approx(taken[ion].leak, rel=1e-12)
        assert made[ion].pump == pytest.approx(taken[ion].pump, rel=1e-12)
    assert taken.net_pump == pytest.approx(rest.pump_A_m2, rel=1e-12)
    assert taken.unbalanced == ()


@pytest.mark.parametrize("coupling", [1.0, 1.5, 2.0, 5 / 4])
def test_a_given_pump_current_is_the_same_ledger(coupling):
    """A current that does not balance keeps its remainder; a coupling of 1 has no net current."""
    if coupling == 1.0:
        taken = ledger_of_rest(mullins_noda(preset("squid"), coupling))
        assert taken.net_pump == 0.0
        assert taken["Na"].pump > 0.0
    else:
        rest = pumped_rest(preset("squid"), 0.002, 1e-8, coupling)
        taken = ledger_of_rest(rest)
        assert taken.net_pump == pytest.approx(0.002, rel=1e-12)
        assert taken.charge.sum == pytest.approx(0.0, abs=1e-13)
        assert set(taken.unbalanced) >= {"Na", "K"}
    assert taken.sodium / taken.potassium == pytest.approx(coupling)


def test_table_json_and_figure(tmp_path):
    ledger = pump_ledger({"Na": -65.0})
    assert ledger.to_csv().splitlines()[0] == "ion,leak_pA,pump_pA,sum_pA"
    assert ledger.to_csv().splitlines()[-1].startswith("all,")
    record = json.loads(ledger.to_json())
    assert record["net_pump_pA"] == pytest.approx(21.6667, rel=1e-5)
    assert record["ledger"]["K"]["leak_pA"] == pytest.approx(43.3333, rel=1e-5)
    ledger.plot(tmp_path / "l.png")
    assert (tmp_path / "l.png").stat().st_size > 8_000


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: pump_ledger({"K": 43.0}), "leak.Na"),
        (lambda: pump_ledger({"Na": 65.0}), "leak.Na"),
        (lambda: pump_ledger({"Na": math.nan}), "leak.Na"),
        (lambda: pump_ledger({"Na": -1.0, "Na+": -1.0}), "leak.Na+"),
        (lambda: pump_ledger({"Na": -1.0, "Xx": 1.0}), "leak.Xx"),
        (lambda: pump_ledger({"Na": -1.0}, "nA"), "unit"),
        (lambda: pump_ledger({"Na": -1.0}, "pA", 3, -1), "potassium"),
        (lambda: ledger_of_rest(mullins_noda(preset("squid"), math.pi)), "coupling"),
    ],
)
def test_bad_input_is_named(make, place):
    with pytest.raises(InputError) as fault:
        make()
    assert fault.value.place == place
