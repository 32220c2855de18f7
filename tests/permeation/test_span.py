"""Span over models and the line that carries the headline."""

from __future__ import annotations

import pytest
from handmade_profiles import RT, SITES, SURE, Z, cosine, set_of

from selectivity.errors import InputError
from selectivity.permeation.ratio import ratio
from selectivity.permeation.span import figure, headline_line, model_span
from selectivity.records import Estimate


def result(ddg: float, bulk: Estimate = SURE):
    w = cosine(Z, 7.0)
    return ratio(set_of({"K": w, "Na": w - 70.0 + ddg}), bulk, SITES)


def test_lowest_and_highest_headline():
    results = {"a": result(5.0), "b": result(12.0), "c": result(-1.0)}
    span = model_span(results)
    assert (span.lowest, span.highest) == ("c", "b")
    assert span.low == results["c"].headline.value
    assert span.high == results["b"].headline.value
    assert span.left_out == ()


def test_models_without_a_number_are_named():
    broken = result(5.0, Estimate(float("nan"), float("nan"), 0.0))
    span = model_span({"a": result(5.0), "b": broken})
    assert span.left_out == ("b",)
    with pytest.raises(InputError, match="finite"):
        model_span({"b": broken})


def test_refusals():
    w = cosine(Z, 7.0)
    turned = ratio(set_of({"K": w, "Na": w}), SURE, SITES, a="Na", b="K")
    with pytest.raises(InputError, match="one pair"):
        model_span({"a": result(5.0), "b": turned})
    with pytest.raises(InputError):
        model_span({})


def test_line():
    import math

    r = result(RT * math.log(120.0))
    assert headline_line(r) == "P_K/P_Na = 120 (95 % statistical 120-120)"
    span = model_span({"a": r, "b": result(RT * math.log(3.0))})
    assert headline_line(r, span).endswith("; model span 3.00-120)")


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0.00"),
        (1.0, "1.00"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
        (0.01234, "0.0123"),
        (4.2e7, "4.20e+07"),
        (2e-5, "2.00e-05"),
        (float("inf"), "unbounded"),
        (float("nan"), "undetermined"),
    ],
)
def test_figures(x, text):
    assert figure(x) == text
