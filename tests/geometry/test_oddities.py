"""What is odd about a filter is told of those that are odd, and of no other."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.geometry import load_filter
from selectivity.geometry.mutations import RingChange, mutated
from selectivity.geometry.oddities import across, beside, inward_deg, oddities, rms


@pytest.mark.parametrize(
    "name", ["kcsa", "mthk", "nak_like", "s2_idealised", "cage_six", "cage_four"]
)
def test_sound_filters_are_not_odd(name: str) -> None:
    assert oddities(load_filter(name)) == ()


def test_the_collapsed_filter_is_told_ring_by_ring() -> None:
    told = oddities(load_filter("kcsa_collapsed"))
    assert [text.split(":")[0] for text in told if "rotated carbonyl" in text] == ["V76 O", "Y78 O"]
    assert any("V76 O: its oxygens are 7.7 Å across, too wide" in text for text in told)
    assert any("S3 and S2" in text for text in told)
    assert "collapsed or inactivated" in told[-1]


def test_a_narrow_ring_and_a_gap_are_told() -> None:
    kcsa = load_filter("kcsa")
    assert "too narrow" in oddities(mutated(kcsa, [RingChange("G77 O", radius=1.8)]))[0]
    gap = oddities(mutated(kcsa, [RingChange("G77 O", ligand="deleted")]))
    assert any("6.1 Å apart" in text for text in gap)


def test_distances_of_a_ring_of_four() -> None:
    kcsa = load_filter("kcsa")
    ring = kcsa.ring("G77 O")
    assert across(kcsa, ring) == pytest.approx(2.0 * ring.oxygen.r)
    assert beside(kcsa, ring) == pytest.approx(np.sqrt(2.0) * ring.oxygen.r)
    assert rms(ring) == pytest.approx(np.sqrt(14.70 / 8.0) / np.pi)
    assert inward_deg(load_filter("s2_idealised").rings[0]) == pytest.approx(0.0, abs=1e-6)
