"""Solutions: what they accept, what they refuse, ionic strength and charge balance."""

import pickle

import pytest

from selectivity.errors import InputError
from selectivity.membrane import VALENCE, Solution, ion_symbol, ionic_strength, neutrality


def test_reads_ions_with_or_without_their_charge():
    assert ion_symbol("K") == "K"
    assert [ion_symbol(text) for text in ("K+", "Ca2+", "Ca++", "HCO3-", "SO42-", "NH4+")] == [
        "K",
        "Ca",
        "Ca",
        "HCO3",
        "SO4",
        "NH4",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("k", "did you mean K"),
        ("na+", "did you mean Na"),
        ("Ca+", "carries the charge +2"),
        ("Cl+", "carries the charge -1"),
        ("Xq", "known: H, Li"),
    ],
)
def test_refuses_unknown_ions_and_wrong_charges(text, said):
    with pytest.raises(InputError) as caught:
        ion_symbol(text)
    assert said in str(caught.value)


def test_valences_of_the_ions_that_matter():
    expected = {"K": 1, "Na": 1, "Li": 1, "Rb": 1, "Cs": 1, "Cl": -1, "Ca": 2, "Mg": 2, "HCO3": -1}
    assert {ion: VALENCE[ion] for ion in expected} == expected


@pytest.mark.parametrize(
    ("concentrations", "kelvin", "place"),
    [
        ({"Na": -15.0}, 310.15, "inside.Na"),
        ({"Na": float("nan")}, 310.15, "inside.Na"),
        ({"Na": float("inf")}, 310.15, "inside.Na"),
        ({"Na": "much"}, 310.15, "inside.Na"),
        ({"Na": [1.0, 2.0]}, 310.15, "inside.Na"),
        ({"Natrium": 15.0}, 310.15, "inside.Natrium"),
        ({"K": 5.0, "K+": 5.0}, 310.15, "inside.K"),
        ({"K": 5.0}, 37.0, "inside.temperature_K"),
        ({"K": 5.0}, -1.0, "inside.temperature_K"),
    ],
)
def test_errors_name_solution_and_ion(concentrations, kelvin, place):
    with pytest.raises(InputError) as caught:
        Solution(concentrations, kelvin, "inside")
    assert caught.value.place == place


def test_celsius_given_as_kelvin_is_shown_in_kelvin():
    with pytest.raises(InputError, match=r"37 °C is 310\.15 K"):
        Solution({"K": 5.0}, 37.0)


def test_there_is_no_default_temperature():
    with pytest.raises(TypeError):
        Solution({"K": 5.0})  # type: ignore[call-arg]


def test_an_ion_that_is_not_stated_is_an_error_not_zero():
    solution = Solution({"K": 5.0}, 310.15, "outside")
    with pytest.raises(InputError, match=r"outside\.Na.*write Na = 0"):
        solution["Na"]


def test_is_frozen_hashable_and_picklable():
    given = {"K": 140.0, "Cl": 10.0}
    solution = Solution(given, 310.15, "inside")
    given["K"] = 1.0
    assert solution["K"] == 140.0
    with pytest.raises(TypeError):
        solution.concentrations_mM["K"] = 1.0  # type: ignore[index]
    twin = pickle.loads(pickle.dumps(solution))
    assert twin == solution
    assert hash(twin) == hash(solution)
    assert solution.at(293.15).temperature_K == 293.15


def test_ionic_strength_of_salts():
    assert ionic_strength(Solution({"Na": 150.0, "Cl": 150.0}, 298.15)) == 150.0
    assert ionic_strength(Solution({"Ca": 10.0, "Cl": 20.0}, 298.15)) == 30.0
    assert ionic_strength(Solution({"Mg": 10.0, "SO4": 10.0}, 298.15)) == 40.0


def test_neutrality_is_reported_and_never_fails():
    salt = neutrality(Solution({"Ca": 10.0, "Cl": 20.0}, 298.15, "bath"))
    assert salt.neutral
    assert salt.charge_mM == 0.0
    cytosol = neutrality(Solution({"K": 140.0, "Na": 15.0, "Cl": 10.0}, 310.15, "inside"))
    assert not cytosol.neutral
    assert cytosol.charge_mM == 145.0
    assert cytosol.fraction == pytest.approx(145.0 / 165.0)
    assert str(cytosol) == "inside: 145 mM of negative charge is not in the list"
    assert neutrality(Solution({"K": 0.0}, 310.15)).fraction == 0.0
