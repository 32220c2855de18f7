"""Permeability ratios from reversal potentials: closed forms, round trips, errors, refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import MeasuredReversal, Solution, ghk_voltage, permeability_ratios
from selectivity.units import FARADAY, GAS_CONSTANT

T = 293.15
RT_F = GAS_CONSTANT * T / FARADAY
K150 = Solution({"K": 150.0}, T, "inside")


def point(outside, volt, error=None, inside=K150):
    return MeasuredReversal(inside, Solution(outside, T, "outside"), volt, error)


def test_bi_ionic_closed_form_and_its_error():
    found = permeability_ratios([point({"Na": 120.0}, -0.12, 0.002)]).ratios["Na"]
    expected = 150.0 / 120.0 * math.exp(-0.12 / RT_F)
    assert found.value == pytest.approx(expected, rel=1e-11)
    assert found.ln_error == pytest.approx(0.002 / RT_F, rel=1e-9)
    half = 1.959964 * 0.002 / RT_F
    assert found.low == pytest.approx(expected * math.exp(-half), rel=1e-6)
    assert found.high == pytest.approx(expected * math.exp(half), rel=1e-6)


def test_a_divalent_closed_form():
    """P_Ca/P_K = (K_in/4 Ca_out) x (x + 1), x = exp(FV/RT)."""
    found = permeability_ratios([point({"Ca": 110.0}, -0.03)]).ratios["Ca"]
    x = math.exp(-0.03 / RT_F)
    assert found.value == pytest.approx(150.0 / 440.0 * x * (x + 1.0), rel=1e-11)
    assert math.isnan(found.ln_error)


def test_mixtures_come_back_exactly():
    p = {"K": 1.0, "Na": 0.03, "Rb": 0.7, "Ca": 0.15, "Cl": 0.2}
    z = [1, 1, 1, 2, -1]
    outsides = (
        {"Na": 150.0, "Cl": 150.0},
        {"Rb": 150.0, "K": 5.0, "Cl": 155.0},
        {"Ca": 100.0, "Na": 10.0, "Cl": 210.0},
        {"Rb": 70.0, "Na": 70.0, "Ca": 5.0, "Cl": 150.0},
    )
    inside = Solution({"K": 140.0, "Na": 5.0, "Cl": 145.0}, T)
    points = []
    for outside in outsides:
        columns = [
            [side.get(ion, 0.0) for ion in p] for side in (inside.concentrations_mM, outside)
        ]
        volt = ghk_voltage(list(p.values()), z, *columns, T)
        points.append(point(outside, volt, 0.001, inside))
    found = permeability_ratios(points, known={"Cl": 0.2})
    for ion in ("Na", "Rb", "Ca"):
        assert found.ratios[ion].value == pytest.approx(p[ion], rel=1e-9)
    assert np.abs(found.residual_mV).max() < 1e-8
    assert found.dof == 1
    turned = permeability_ratios(points, "Rb", known={"Cl": 0.2 / 0.7})
    assert turned.ratios["K"].value == pytest.approx(1.0 / 0.7, rel=1e-9)


@pytest.mark.parametrize("stated", [True, False])
def test_errors_are_calibrated(stated):
    """300 sets of five noisy bi-ionic reversals: z of ln P has unit width, 95 % hold the truth."""
    rng, truth, z, held = np.random.default_rng(4), 0.02, [], 0
    volt = RT_F * math.log(truth)
    for _ in range(300):
        noisy = volt + rng.normal(0.0, 0.002, 5)
        points = [point({"Na": 150.0}, v, 0.002 if stated else None) for v in noisy]
        found = permeability_ratios(points).ratios["Na"]
        z.append(math.log(found.value / truth) / found.ln_error)
        held += found.low <= truth <= found.high
    assert abs(np.mean(z)) < 4.0 * np.std(z) / math.sqrt(300.0)
    assert 0.92 <= held / 300 <= 0.98
    if stated:
        assert 0.88 < np.std(z) < 1.12


def test_scatter_gives_students_interval():
    volts = np.array([-0.120, -0.116, -0.121])
    found = permeability_ratios([point({"Na": 150.0}, v) for v in volts]).ratios["Na"]
    assert math.log(found.value) == pytest.approx(volts.mean() / RT_F, rel=1e-9)
    error = volts.std(ddof=1) / math.sqrt(3.0) / RT_F
    assert found.ln_error == pytest.approx(error, rel=1e-6)
    assert math.log(found.high / found.value) == pytest.approx(4.302653 * error, rel=1e-5)


def test_one_measurement_without_an_error_has_no_interval(tmp_path):
    found = permeability_ratios([point({"Na": 150.0, "Cl": 150.0}, -0.1)])
    assert found.impermeant == ("Cl",)
    assert "have no interval" in found.summary()
    record = json.loads(found.to_json())
    assert record["ratios"]["Na"]["interval_95"] == [None, None]
    assert record["impermeant"] == ["Cl"]
    found.plot(tmp_path / "p.png")
    assert found.to_csv().splitlines()[0].startswith("ion,reference,ratio,ratio_low")


def test_measurements_that_contradict_are_told():
    points = [point({"Na": 150.0}, v, 0.001) for v in (-0.1, -0.13)]
    found = permeability_ratios(points)
    assert found.chi2_per_dof > 100.0
    assert "does not describe" in found.summary()


@pytest.mark.parametrize(
    ("points", "options", "said"),
    [
        ([], {}, "at least one"),
        ([point({"Na": 150.0}, -0.1)], {"reference": "Rb"}, "occurs in a solution"),
        ([point({"Cl": 150.0}, -0.1)], {}, "names at least one ion"),
        ([point({"Na": 150.0}, -0.1)], {"unknown": ["Cs"]}, "occurs in a solution"),
        ([point({"Na": 150.0}, -0.1)], {"unknown": ["K"]}, "neither the reference"),
        ([point({"Na": 75.0, "Rb": 75.0}, -0.1)], {}, "as many as the unknown"),
        ([point({"Na": 150.0, "K": 5.0}, -0.1)], {}, "zero or negative"),
        ([point({"Na": 75.0, "Rb": 75.0}, v) for v in (-0.1, -0.11)], {}, "told apart|zero or neg"),
        ([point({"Na": 150.0}, -0.1, 0.001), point({"Na": 150.0}, -0.1)], {}, "for all"),
        ([point({"Na": 150.0}, -0.1, 0.0)], {}, "error_V"),
        ([point({"Na": 150.0}, math.nan)], {}, "reversal_V"),
        ([point({"Na": 150.0}, -0.1)], {"known": {"Cl": -1.0}}, r"known\.Cl"),
    ],
)
def test_refusals(points, options, said):
    with pytest.raises(InputError, match=said):
        permeability_ratios(points, **options)


def test_two_temperatures_are_refused():
    warm = MeasuredReversal(K150, Solution({"Na": 150.0}, 300.0), -0.1)
    with pytest.raises(InputError, match="one for all"):
        permeability_ratios([warm])
