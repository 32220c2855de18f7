"""The verdict on one row: rules only, nothing here knows what a row computes."""

from __future__ import annotations

import math

from selectivity.validation.records import Computed, Outcome, Row, Target, Verdict

AGREE = 3.0
"""Two numbers agree within this many standard errors."""
UNKNOWN = "its standard error is unknown"


def judge(row: Row, computed: Computed, cpu_seconds: float = 0.0, stored: bool = False) -> Outcome:
    """Hold what was computed against the row's target.

    A value that is not finite fails, whatever the criterion; so does one whose standard error is
    above ``largest_error``, and one without a known error where the criterion is ``z``.
    """
    target, reference = row.target, _reference(row.target, computed)
    z = deviate(computed, reference, _reference_error(row.target, computed))
    verdict, reason = _verdict(row.target, computed, reference, z)
    if verdict == "pass" and not computed.error <= target.largest_error:
        verdict = "fail"
        reason = f"its standard error is above {target.largest_error:g}: sampled too little"
        if math.isnan(computed.error):
            reason = UNKNOWN
    elif verdict == "fail" and row.known:
        reason = f"{reason}; {row.known}"
    return Outcome(row, verdict, computed, z, reason, cpu_seconds, stored)


def deviate(computed: Computed, reference: float | None, reference_error: float) -> float:
    """Normal deviate of value − reference, nan where there is no error to measure it by.

    (value − reference)/σ is referred to Student's t, with the degrees of freedom of the value's
    error by Welch and Satterthwaite (the reference's error is taken as known), and turned into the
    normal deviate of the same probability.
    """
    if reference is None or not math.isfinite(computed.value):
        return math.nan
    variance = computed.error**2 + reference_error**2
    if not (math.isfinite(variance) and variance > 0.0):
        return math.nan
    t = (computed.value - reference) / math.sqrt(variance)
    if computed.error == 0.0 or math.isinf(computed.dof):
        return t
    dof = computed.dof * (variance / computed.error**2) ** 2
    if dof <= 0.0:
        return math.nan
    from scipy.special import ndtri, stdtr

    return float(-math.copysign(1.0, t) * ndtri(stdtr(dof, -abs(t))))


def _reference(target: Target, computed: Computed) -> float | None:
    return computed.target if target.value is None else target.value


def _reference_error(target: Target, computed: Computed) -> float:
    return computed.target_error if target.value is None else target.uncertainty


def _verdict(
    target: Target, computed: Computed, reference: float | None, z: float
) -> tuple[Verdict, str]:
    if target.criterion == "reported":
        return "reported", ""
    if not math.isfinite(computed.value):
        return "fail", "it has no value"
    if target.criterion == "range":
        return _in_range(target, computed)
    if reference is None:
        return "fail", "there is nothing to hold it against"
    if target.criterion == "z":
        if math.isnan(z):
            return "fail", UNKNOWN
        return ("pass", "") if abs(z) <= AGREE else ("fail", f"|z| is above {AGREE:g}")
    allowed = target.tolerance * (abs(reference) if target.criterion == "relative" else 1.0)
    if abs(computed.value - reference) <= allowed:
        return "pass", ""
    return "fail", f"it is off by more than {allowed:.3g}"


def _in_range(target: Target, computed: Computed) -> tuple[Verdict, str]:
    if not target.low <= computed.value <= target.high:
        return "fail", "it lies outside of the range"
    if target.beyond == 0.0:
        return "pass", ""
    if not math.isfinite(computed.error):
        return "fail", UNKNOWN
    reach = target.beyond * computed.error
    if target.low <= computed.value - reach and computed.value + reach <= target.high:
        return "pass", ""
    return "fail", f"it is not inside by {target.beyond:g} standard errors"
