"""The headline as sampling goes on: the last point is the headline, early ones use less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from report_data import SITES, bulk, sampled_profiles, samples

from selectivity.errors import InputError
from selectivity.permeation.ratio import ratio
from selectivity.report import running
from selectivity.report.running import running_ratio

LEG = bulk().difference("K", "Na")


def test_the_last_point_is_the_headline() -> None:
    found = running_ratio(samples(), LEG, SITES, fractions=(0.5, 1.0))
    headline = ratio(sampled_profiles(), LEG, SITES).ddg_integral
    assert found.fraction.tolist() == [0.5, 1.0]
    assert found.value[1] == pytest.approx(headline.value, abs=1e-9)
    assert found.half_width[1] == pytest.approx(headline.half_width(), abs=1e-9)
    assert found.value[0] != found.value[1]


def test_a_point_sees_nothing_of_what_came_later() -> None:
    half = samples()[0].z.shape[1] // 2
    changed = [
        replace(s, u=np.concatenate([s.u[:, :half], s.u[:, half:] + 40.0], axis=1))
        for s in samples()
    ]
    before = running_ratio(samples(), LEG, SITES, fractions=(0.5,)).value
    assert running_ratio(changed, LEG, SITES, fractions=(0.5,)).value == pytest.approx(before)


def test_long_series_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    full = running_ratio(samples(), LEG, SITES, fractions=(1.0,)).value[0]
    monkeypatch.setattr(running, "MOST_SAMPLES", 40)
    thin = running_ratio(samples(), LEG, SITES, fractions=(1.0,))
    assert thin.value[0] != full
    assert abs(thin.value[0] - full) < 1.0  # kJ/mol: 40 of 120 samples in 31 windows


def test_windows_that_do_not_meet_give_no_number() -> None:
    apart = [replace(s, z=s.centers[:, None] + 0.0 * s.z, kappa=1e5) for s in samples()]
    found = running_ratio(apart, LEG, SITES, fractions=(1.0,))
    assert np.isnan(found.value[0])
    assert np.isnan(found.half_width[0])


def test_fractions_are_checked() -> None:
    with pytest.raises(InputError, match="above 0"):
        running_ratio(samples(), LEG, SITES, fractions=(0.0, 1.0))
