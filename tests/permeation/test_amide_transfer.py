"""The error of a parameter set among amides: stored values, factors, and the sentence printed."""

import math

import pytest

from selectivity.forcefield import load, names
from selectivity.permeation import amides
from selectivity.permeation.amides import amide_caveat, amide_dict, measured, transfers
from selectivity.units import KCAL, kcal, rt

T = 310.15
STORED = [(name, transfer) for name in names() for transfer in transfers(name)]
ROW = {
    "ddg_kcal_mol": 1.5,
    "error_kcal_mol": 0.2,
    "dof": 7,
    "molecules": 32,
    "temperature_K": T,
    "converged": True,
}


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A set with an nma that prefers K+ by 1.5 kcal/mol, and a formamide more Na+ than measured."""
    table = dict(amides._table())
    table["computed"] = {
        "made-up": {"nma": ROW, "formamide": {**ROW, "ddg_kcal_mol": -1.8, "converged": False}},
    }
    monkeypatch.setattr(amides, "_table", lambda: table)


def test_experiment_prefers_sodium():
    assert measured("nma").value == pytest.approx(kcal(-1.1))
    assert measured("formamide").value == pytest.approx(kcal(-0.8))
    assert [value / KCAL for value in measured("formamide").values] == pytest.approx([-0.9, -0.7])
    with pytest.raises(KeyError):
        measured("benzene")


def test_complete_sets_have_a_value_for_each_of_their_amides():
    for name in ("charmm36", "jc-tip3p", "jc-spce", "jc-tip4pew"):
        assert {t.amide for t in transfers(name)} == set(load(name).amides)


@pytest.mark.parametrize(("name", "transfer"), STORED)
def test_stored_values_are_good_to_a_third_of_a_kcal(name, transfer):
    assert 0.0 < transfer.computed.error <= kcal(1.0 / 3.0)
    assert transfer.forcefield == name
    assert transfer.amide in load(name).amides
    assert transfer.molecules >= 20
    assert transfer.temperature_K == T


def test_excess_and_factor(made_up):
    nma = transfers("made-up")[0]
    assert nma.excess.value == pytest.approx(kcal(2.6))
    assert nma.excess.error == nma.computed.error
    assert nma.factor(T) == pytest.approx(math.exp(kcal(2.6) / rt(T)))


def test_the_sentence_says_which_way_the_ratio_errs(made_up):
    text = amide_caveat("made-up", "K", "Na", T)
    assert "N-methylacetamide +1.50 ± 0.20 kcal/mol, measured -1.1:" in text
    assert "formamide -1.80 ± 0.20 kcal/mol (not converged), measured -0.9, -0.7:" in text
    assert f"too high by a factor of {math.exp(kcal(2.6) / rt(T)):.1f}" in text
    assert f"too low by a factor of {math.exp(kcal(1.0) / rt(T)):.2f}" in text
    turned = amide_caveat("made-up", "Na", "K", T)
    assert f"too low by a factor of {math.exp(kcal(2.6) / rt(T)):.1f}" in turned
    assert f"too high by a factor of {math.exp(kcal(1.0) / rt(T)):.2f}" in turned


def test_what_was_not_computed_is_said():
    text = amide_caveat("no-such-set", "K", "Na", T)
    assert "was not computed for this parameter set" in text
    assert "analysis/amide_caveat.py" in text
    assert "for P_K/P_Na only, not for P_Rb/P_K" in amide_caveat("charmm36", "Rb", "K", T)
    assert amide_dict("no-such-set", "K", "Na", T)["amides"] == {}
    assert amide_dict("charmm36", "Rb", "K", T)["amides"] == {}


def test_plain_data_is_in_kilojoules_and_turns_with_the_pair(made_up):
    record = amide_dict("made-up", "K", "Na", T)
    nma = record["amides"]["nma"]
    assert nma["computed_kJ_mol"] == pytest.approx(1.5 * 4.184)
    assert nma["measured_kJ_mol"] == pytest.approx(-1.1 * 4.184)
    assert nma["difference_kJ_mol"] == pytest.approx(2.6 * 4.184)
    turned = amide_dict("made-up", "Na", "K", T)["amides"]["nma"]
    assert nma["ratio_factor"] * turned["ratio_factor"] == pytest.approx(1.0)
    assert nma["ratio_factor"] > 1.0
    assert record["text"] == amide_caveat("made-up", "K", "Na", T)
