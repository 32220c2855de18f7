"""The rules of the verdict, one by one."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from selectivity.validation.judge import deviate, judge
from selectivity.validation.records import Computed, Row, Target

NAN, INF = math.nan, math.inf


def row(**target) -> Row:
    known = target.pop("known", "")
    return Row("s.r", "s", "r", "", Target(**target), "here", "C", "quick", "f", known=known)


def verdict(computed: Computed, **target) -> str:
    return judge(row(**target), computed).verdict


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [(1.0, 0.1, "pass"), (1.29, 0.1, "pass"), (1.31, 0.1, "fail"), (0.69, 0.1, "fail"),
     (1.0, NAN, "fail"), (1.0, 0.0, "fail"), (NAN, 0.1, "fail"), (INF, 0.1, "fail")],
)  # fmt: skip
def test_z(value, error, expected):
    assert verdict(Computed(value, error), criterion="z", value=1.0) == expected


def test_both_errors_count():
    assert verdict(Computed(1.4, 0.1), criterion="z", value=1.0) == "fail"
    assert verdict(Computed(1.4, 0.1), criterion="z", value=1.0, uncertainty=0.1) == "pass"


@pytest.mark.parametrize("dof", [3.0, 7.0, 30.0])
@pytest.mark.parametrize("t", [-4.0, -0.3, 2.5, 6.0])
def test_few_replicas_weigh_as_students_t(dof, t):
    """z has the two-sided probability that t has with so many degrees of freedom."""
    z = deviate(Computed(t, 1.0, dof), 0.0, 0.0)
    assert math.copysign(1.0, z) == math.copysign(1.0, t)
    assert stats.norm.sf(abs(z)) == pytest.approx(stats.t.sf(abs(t), dof), rel=1e-9)
    assert abs(z) < abs(t)


def test_a_known_reference_adds_degrees_of_freedom():
    """Welch and Satterthwaite: half of the variance known, four times the degrees of freedom."""
    z = deviate(Computed(3.0, 1.0, 5.0), 0.0, 1.0)
    assert stats.norm.sf(z) == pytest.approx(stats.t.sf(3.0 / math.sqrt(2.0), 20.0), rel=1e-9)


@pytest.mark.parametrize(
    ("criterion", "tolerance", "value", "expected"),
    [("absolute", 0.1, -2.09, "pass"), ("absolute", 0.1, -2.11, "fail"),
     ("relative", 0.1, -2.19, "pass"), ("relative", 0.1, -2.21, "fail"),
     ("absolute", 0.1, NAN, "fail")],
)  # fmt: skip
def test_tolerances(criterion, tolerance, value, expected):
    found = verdict(Computed(value), criterion=criterion, tolerance=tolerance, value=-2.0)
    assert found == expected


@pytest.mark.parametrize(
    ("ends", "value", "expected"),
    [({"low": 1.0, "high": 2.0}, 1.5, "pass"), ({"low": 1.0, "high": 2.0}, 2.1, "fail"),
     ({"low": 0.001}, 0.0009, "fail"), ({"high": 0.001}, 0.0009, "pass"),
     ({"low": 0.0}, NAN, "fail")],
)  # fmt: skip
def test_ranges(ends, value, expected):
    assert verdict(Computed(value), criterion="range", **ends) == expected


def test_reported_rows_are_not_judged():
    assert verdict(Computed(5.0, 0.1), criterion="reported", value=1.0) == "reported"
    assert verdict(Computed(NAN), criterion="reported") == "reported"


@pytest.mark.parametrize(("error", "reason"), [(0.2, "sampled too little"), (NAN, "is unknown")])
def test_a_row_that_was_sampled_too_little_fails(error, reason):
    target = {"criterion": "absolute", "tolerance": 1.0, "value": 1.0, "largest_error": 0.1}
    assert verdict(Computed(1.0, 0.05), **target) == "pass"
    found = judge(row(**target), Computed(1.0, error))
    assert found.verdict == "fail"
    assert reason in found.reason


def test_a_target_that_is_computed_with_the_row():
    assert verdict(Computed(1.0, 0.1, target=1.2), criterion="z") == "pass"
    assert verdict(Computed(1.0, 0.1, target=1.5), criterion="z") == "fail"
    assert verdict(Computed(1.0, 0.1), criterion="z") == "fail"
    outcome = judge(row(criterion="z"), Computed(1.0, 0.1, target=1.2, target_error=0.3))
    assert (outcome.target, outcome.target_error) == (1.2, 0.3)


def test_what_fails_says_why_where_it_is_known():
    target = {"criterion": "absolute", "tolerance": 0.1, "value": 1.0, "known": "no polarisation"}
    assert judge(row(**target), Computed(2.0)).reason.endswith("no polarisation")
    assert judge(row(**target), Computed(1.0)).reason == ""


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [(0.5, 0.2, "pass"), (0.5, 0.3, "fail"), (-0.1, 0.01, "fail"), (5.0, math.nan, "fail")],
)
def test_a_range_may_ask_for_standard_errors(value, error, expected):
    """Above zero by two standard errors."""
    target = {"criterion": "range", "low": 0.0, "beyond": 2.0}
    assert judge(row(**target), Computed(value, error)).verdict == expected
