"""Measured ratios: their sources, their turning over, and comparison with an interval."""

from __future__ import annotations

import pytest

from selectivity.errors import InputError
from selectivity.permeation.measured import (
    EISENMAN,
    FORCE_FIELD_CAVEAT,
    MEASUREMENTS,
    bulk_diffusion_ratio,
    compare,
    measurements,
)
from selectivity.records import Interval
from selectivity.units import kcal, rt


def test_kcsa_is_a_lower_bound_read_in_its_source():
    (kcsa,) = measurements("K", "Na", "KcsA")
    assert (kcsa.kind, kcsa.value, kcsa.mark) == ("above", 150.0, "text")
    assert str(kcsa) == "P_K/P_Na > 150 (KcsA, " + kcsa.source + ")"


def test_turning_a_pair_over():
    (turned,) = measurements("Na", "K", "KcsA")
    assert (turned.kind, turned.value) == ("below", pytest.approx(1.0 / 150.0))
    back = measurements("K", "Na", "delayed rectifier, frog node")[0]
    assert (back.kind, back.value) == ("above", pytest.approx(100.0))


def test_every_measurement_has_a_source_and_a_mark():
    assert all(m.source and m.mark in ("text", "memory") for m in MEASUREMENTS)
    assert all(m.value > 0 for m in MEASUREMENTS)
    assert len(measurements("K", "Na")) >= 5


@pytest.mark.parametrize(
    ("interval", "kind", "verdict"),
    [
        ((300.0, 200.0, 500.0), "above", "consistent"),
        ((300.0, 100.0, 500.0), "above", "undecided"),
        ((30.0, 10.0, 90.0), "above", "inconsistent"),
        ((30.0, 10.0, 90.0), "below", "consistent"),
        ((300.0, 200.0, 500.0), "below", "inconsistent"),
        ((100.0, 90.0, 400.0), "value", "consistent"),
        ((300.0, 200.0, 500.0), "value", "inconsistent"),
        ((300.0, 0.0, float("inf")), "above", "undecided"),
    ],
)
def test_comparison(interval, kind, verdict):
    from dataclasses import replace

    measured = replace(MEASUREMENTS[0], kind=kind, value=150.0)
    found = compare(Interval(*interval), measured)
    assert found.verdict == verdict
    assert str(found).endswith(verdict)


def test_bulk_diffusion():
    assert bulk_diffusion_ratio("K", "Na") == pytest.approx(1.49, abs=0.005)
    assert rt(298.15) * 0.398 == pytest.approx(kcal(0.236), abs=0.003)
    with pytest.raises(InputError):
        bulk_diffusion_ratio("K", "Cl")


def test_sequences_are_eleven_orders_of_five_ions():
    assert len(set(EISENMAN.values())) == 11
    assert all(sorted(seq) == ["Cs", "K", "Li", "Na", "Rb"] for seq in EISENMAN.values())


def test_factors_in_the_caveat():
    """2 to 6 kcal/mol at 310.15 K as factors of the ratio."""
    import math

    low, high = (math.exp(kcal(x) / rt(310.15)) for x in (2.0, 6.0))
    assert f"factor of {low:.0f}" in FORCE_FIELD_CAVEAT
    assert high == pytest.approx(17_000, rel=0.01)
