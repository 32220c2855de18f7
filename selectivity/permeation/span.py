"""Span of a ratio over the models that were run: compositions, stiffnesses, parameter sets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from selectivity.errors import InputError
from selectivity.permeation.result import RatioResult


@dataclass(frozen=True)
class Span:
    """Lowest and highest headline value over models, and which models they are.

    ``left_out`` names models that gave no number.
    """

    low: float
    high: float
    lowest: str
    highest: str
    values: dict[str, float]
    left_out: tuple[str, ...] = ()


def model_span(results: Mapping[str, RatioResult]) -> Span:
    """Span of the levelled integral over several systems.

    It holds the values only: the statistical interval of each stands beside it and is another
    kind of uncertainty.

    Parameters
    ----------
    results : mapping of str to RatioResult
        By the name of the system; all of one pair of ions.

    Raises
    ------
    InputError
        No result, different pairs of ions, or no finite value.
    """
    pairs = {(result.a, result.b) for result in results.values()}
    if len(pairs) != 1:
        raise InputError("systems of the span", sorted(pairs), "share one pair of ions")
    values = {name: result.headline.value for name, result in results.items()}
    usable = {name: value for name, value in values.items() if math.isfinite(value)}
    if not usable:
        raise InputError("systems of the span", sorted(values), "hold a finite ratio")
    lowest, highest = min(usable, key=usable.__getitem__), max(usable, key=usable.__getitem__)
    return Span(
        low=usable[lowest],
        high=usable[highest],
        lowest=lowest,
        highest=highest,
        values=usable,
        left_out=tuple(name for name in values if name not in usable),
    )


def headline_line(result: RatioResult, span: Span | None = None) -> str:
    """``P_K/P_Na = value (95 % statistical low-high; model span low-high)``."""
    r = result.headline
    text = f"P_{result.a}/P_{result.b} = {figure(r.value)} "
    text += f"(95 % statistical {figure(r.low)}-{figure(r.high)}"
    if span is not None:
        text += f"; model span {figure(span.low)}-{figure(span.high)}"
    return text + ")"


def figure(x: float) -> str:
    """Three significant digits without an exponent where that stays readable."""
    if not math.isfinite(x):
        return "unbounded" if x > 0 else "undetermined"
    if x != 0 and not 1e-3 <= abs(x) < 1e6:
        return f"{x:.2e}"
    digits = max(0, 2 - (math.floor(math.log10(abs(x))) if x else 0))
    return f"{x:,.{digits}f}"
