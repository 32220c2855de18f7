"""Numbers as text, and the ASCII form."""

from __future__ import annotations

import math

import pytest
from report_data import membrane, ratio_record, result

from selectivity.permeation.span import headline_line, model_span
from selectivity.report import words


def test_signs_have_ascii_forms() -> None:
    text = words.ascii_text("ΔΔG‡ = −2 ± 1 kJ/mol/Å² · K → Na, ≥ 3 … Köpfer")
    assert text == "ddG# = -2 +- 1 kJ/mol/A^2 | K -> Na, >= 3 ... Kopfer"
    assert words.ascii_text("漢").isascii()


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (12.345, 0.456, 1.0, "12.35 ± 0.46"),
        (-78.21, 1.26, 1.0, "−78.2 ± 1.3"),
        (4.184, 0.4184, 4.184, "1.00 ± 0.10"),
        (-0.0001, 0.02, 1.0, "0.00 ± 0.02"),
        (3.0, math.nan, 1.0, "3.00 ± ?"),
        (math.nan, 1.0, 1.0, "undetermined"),
    ],
)
def test_value_with_error(value: float, error: float, unit: float, text: str) -> None:
    assert words.with_error(value, error, unit) == text


def test_the_headline_is_that_of_the_library() -> None:
    found = result()
    span = model_span({"one": found, "two": found})
    record = ratio_record()
    assert words.headline(record) == headline_line(found)
    record["model_span"] = {"low": span.low, "high": span.high}
    assert words.headline(record) == headline_line(found, span)


def test_null_ends_are_unbounded() -> None:
    assert words.interval_texts({"value": 12.0, "low": 0.0, "high": None}) == (
        "12.0",
        "0.00",
        "unbounded",
    )
    assert words.interval_texts({"value": None, "low": 0.0, "high": None})[0] == "undetermined"
    assert words.interval_texts(None) == ("-", "-", "-")


def test_tethers_in_words() -> None:
    assert words.tether_text(None) == ""
    assert words.tether_text({"mode": "rigid"}) == "rigid cage"
    assert words.tether_text({"mode": "bfactor", "scale": 2.0}) == "tethers 2 × from B-factors"
    uniform = {"mode": "uniform", "k_kJ_mol_A2": 13.0, "scale": 1.0}
    assert words.tether_text(uniform) == "tethers 3.11 kcal/mol/Å²"


def test_millivolts_without_an_end() -> None:
    assert words.millivolts(membrane(result().headline).v_rest_mV.value).startswith("−")
    assert words.millivolts(math.inf) == "unbounded"


def test_a_ratio_without_an_error_has_its_logarithm_in_both_units() -> None:
    record = {"temperature_K": 300.0}
    assert words.thermal_logarithm(record, {"value": 100.0}) == ("11.49", "2.75")
    for unusable in ({"value": 0.0}, {"value": None}, None):
        assert words.thermal_logarithm(record, unusable) == ("-", "-")
