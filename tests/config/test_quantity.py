"""Texts with units become internal numbers; anything else is refused with its likely readings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("3.5 Å", "length", 3.5),
        ("0.35 nm", "length", 3.5),
        ("−4.1 angstrom", "length", -4.1),
        ("3.5 \N{ANGSTROM SIGN}", "length", 3.5),
        ("20 kcal/mol", "energy", 83.68),
        ("83.68 kJ/mol", "energy", 83.68),
        ("20 kcal/mol/angstrom^2", "force_constant", 83.68),
        ("20 kcal/mol/Å²", "force_constant", 83.68),
        ("20 kcal mol⁻¹ Å⁻²", "force_constant", 83.68),
        ("20 kcal/(mol Å**2)", "force_constant", 83.68),
        ("8368 kJ/mol/nm2", "force_constant", 83.68),
        ("310.15 K", "temperature", 310.15),
        ("37 degC", "temperature", 310.15),
        ("37 °C", "temperature", 310.15),
        ("145 mM", "concentration", 145.0),
        ("145 mol/m3", "concentration", 145.0),
        ("0.145 mol/L", "concentration", 145.0),
        ("-0.07 V", "voltage", -70.0),
        ("1.33e-5 cm^2/s", "diffusion", 1.33e-9),
        ("0.51 e", "charge", 0.51),
        ("-65 pA", "current", -65.0),
        ("1.5 nA", "current", 1500.0),
        ("20 µS/cm²", "conductance_density", 0.2),
        ("1 mS/cm^2", "conductance_density", 10.0),
        ("3 pS/um2", "conductance_density", 3.0),
        ("35.4 ohm cm", "resistivity", 0.354),
        ("35.4 Ω cm", "resistivity", 0.354),
        ("0.354 ohm*m", "resistivity", 0.354),
        ("10 kPa", "pressure", 1e4),
        ("1 atm", "pressure", 101325.0),
        ("750 mmHg", "pressure", 99991.79056125),
        ("10 cmH2O", "pressure", 980.665),
        ("2 pmol", "amount", 2000.0),
        ("300 fmol", "amount", 300.0),
        ("3 debye", "dipole", 3.0),
        ("2 h", "time", 7200.0),
        ("5 %", "dimensionless", 0.05),
        (0.5, "dimensionless", 0.5),
        ("0.5", "dimensionless", 0.5),
    ],
)
def test_internal_units(text: object, dimension: str, value: float) -> None:
    assert parse_quantity(text, dimension, "x") == value


@pytest.mark.parametrize("number", [310.15, "310.15", " 310.15 "])
def test_a_bare_number_shows_its_likely_readings(number: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_quantity(number, "temperature", "run.yaml:2:14")
    assert '"310.15 K" or "310.15 degC"' in caught.value.remedy
    assert caught.value.place == "run.yaml:2:14"


@pytest.mark.parametrize(
    ("text", "dimension", "pieces"),
    [
        ("5 kcal", "energy", ["not per mole", "needs an energy per mole", '"5 kcal/mol"']),
        ("5 kT", "energy", ["kT depends on the temperature"]),
        ("3 A", "length", ["electric current", "needs a length", "A is the ampere"]),
        ("37 C", "temperature", ["found a charge", '"degC"']),
        ("20 kcal/mol", "force_constant", ["found an energy per mole", "force constant"]),
        ("3 foo", "length", ["'foo' is not a unit", "angstrom"]),
        ("3,5 K", "temperature", ["one finite number and a unit"]),
        ("5 1/3 K", "temperature", ["'1/3 K' is not a unit"]),
        ("nan K", "temperature", ["finite"]),
        ("1e999 K", "temperature", ["finite"]),
        ("1e308 nm", "length", ["finite"]),
        ("1 delta_degC", "temperature", ["not a unit"]),
        ("2 m^99", "length", ["not a unit"]),
        ("1.5 ms", "dimensionless", ["found a time", "needs a pure number"]),
        ("", "length", ["needs a length"]),
        (None, "length", ["needs a length"]),
        (True, "length", ["needs a length"]),
        (["3 Å"], "length", ["needs a length"]),
        pytest.param(10**5000, "length", ["needs a length"], id="huge"),
    ],
)
def test_refusals_say_what_was_found_and_needed(
    text: object, dimension: str, pieces: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        parse_quantity(text, dimension, "here")
    for piece in ["here", *pieces]:
        assert piece in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"-?\d+(\.\d+)? ?[a-zA-Z/^*()²Å -]*")))
def test_any_text_is_a_finite_number_or_an_input_error(text: str) -> None:
    for dimension in ("length", "temperature", "force_constant"):
        try:
            value = parse_quantity(text, dimension, "x")
        except InputError:
            continue
        assert value - value == 0.0
