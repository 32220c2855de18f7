"""I-V curves: GHK beside ohmic, and the reversal that a measured curve gives with its error."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    MeasuredIV,
    Membrane,
    Solution,
    ghk_current,
    ghk_voltage,
    iv_curve,
    membrane_potential,
    nernst,
    preset,
    read_iv,
    reversal_of,
)

NEURON = preset("neuron")
T = NEURON.temperature_K
VOLTS = np.linspace(-0.15, 0.1, 251)


def test_the_curve_of_one_ion():
    curve = iv_curve(NEURON.with_permeability({"K": 2.0}), VOLTS, unit_m_s=1e-8)
    expected = ghk_current(2e-8, 1, 140.0, 5.0, VOLTS, T)
    np.testing.assert_allclose(curve.net_A_m2, expected, rtol=1e-14)
    e = 1000.0 * nernst(1, 140.0, 5.0, T)
    assert curve.reversal_mV == pytest.approx(e, abs=1e-9)
    assert curve.slope_S_m2 == pytest.approx(curve.chord_S_m2, rel=1e-12)
    line = curve.chord_S_m2 * (VOLTS - e / 1000.0)
    np.testing.assert_allclose(curve.net_ohmic_A_m2, line, rtol=1e-9, atol=1e-18)


def test_the_whole_membrane_reverses_at_the_ghk_voltage_on_both_curves():
    curve = iv_curve(NEURON, VOLTS)
    assert curve.reversal_mV == pytest.approx(1000.0 * membrane_potential(NEURON), abs=1e-9)
    there = iv_curve(NEURON, [curve.reversal_mV / 1000.0, 0.0])
    gross = sum(abs(i[0]) for i in there.ghk_A_m2.values())
    assert abs(there.net_A_m2[0]) < 1e-13 * gross
    assert abs(there.net_ohmic_A_m2[0]) < 1e-13 * gross
    for ion, current in curve.ohmic_A_m2.items():
        e = 1000.0 * nernst(-1 if ion == "Cl" else 1, NEURON.inside[ion], NEURON.outside[ion], T)
        assert np.interp(e, curve.v_mV, current) == pytest.approx(0.0, abs=1e-15)


def test_a_pump_moves_the_reversal_as_ghk_voltage_says():
    curve = iv_curve(NEURON, VOLTS, unit_m_s=1e-8, pump_A_m2=0.01)
    columns = ([1e-8, 4e-10, 4.5e-9], [1, 1, -1], [140.0, 15.0, 10.0], [5.0, 145.0, 110.0])
    expected = 1000.0 * ghk_voltage(*columns, T, 0.01)
    assert curve.reversal_mV == pytest.approx(expected, abs=1e-9)
    assert curve.reversal_mV < 1000.0 * membrane_potential(NEURON)
    assert np.interp(expected, curve.v_mV, curve.net_A_m2) == pytest.approx(0.0, abs=1e-5)


def test_an_ion_that_is_missing_on_one_side():
    inside, outside = Solution({"K": 140.0, "Na": 0.0}, T), Solution({"K": 5.0, "Na": 145.0}, T)
    curve = iv_curve(Membrane(inside, outside, {"K": 1.0, "Na": 0.1}), VOLTS)
    assert math.isfinite(curve.reversal_mV)
    at = np.interp(curve.reversal_mV, curve.v_mV, curve.net_ohmic_A_m2)
    assert at == pytest.approx(0.0, abs=1e-12)
    assert curve.rectification["Na"] == 0.0
    alone = iv_curve(Membrane(inside, outside, {"Na": 0.1}), VOLTS)
    assert alone.reversal_mV == math.inf
    assert np.isnan(alone.net_ohmic_A_m2).all()
    assert json.loads(alone.to_json())["reversal_mV"] is None


def test_the_ohmic_line_of_bi_ionic_solutions_is_the_tangent():
    inside = Solution({"K": 140.0, "Na": 0.0}, T, "inside")
    outside = Solution({"K": 0.0, "Na": 140.0}, T, "outside")
    curve = iv_curve(Membrane(inside, outside, {"K": 1.0, "Na": 0.1}), VOLTS)
    line = curve.slope_S_m2 * (VOLTS - curve.reversal_mV / 1000.0)
    np.testing.assert_allclose(curve.net_ohmic_A_m2, line, rtol=1e-9, atol=1e-15)
    assert curve.chord_S_m2 == pytest.approx(curve.slope_S_m2, rel=1e-12)


def test_rectification_of_the_neurons_ions():
    """Potassium 4.8 times better outward than inward 100 mV from E, 28 times far away."""
    curve = iv_curve(NEURON, VOLTS)
    assert curve.rectification["K"] == pytest.approx(4.82, abs=0.005)
    assert curve.rectification["Na"] < 1.0 < curve.rectification["Cl"]
    assert "far from E 28" in curve.summary()


def test_words_table_and_figure(tmp_path):
    curve = iv_curve(NEURON, VOLTS, pump_A_m2=1e-4)
    header = curve.to_csv(tmp_path / "iv.csv").splitlines()[0]
    assert header == "v_mV,i_K_A_m2,i_Na_A_m2,i_Cl_A_m2,i_net_A_m2,i_ohmic_A_m2"
    axes = curve.plot(tmp_path / "iv.png").axes[0]
    assert axes.get_xlabel() == "V (mV)"
    assert "mA/m²" in axes.get_ylabel()
    shown = [text.get_text() for text in axes.get_legend().get_texts()]
    assert any(text.startswith("reversal -") for text in shown)
    back = read_iv(tmp_path / "iv.csv", "i_net")
    np.testing.assert_allclose(back.current, curve.net_A_m2, rtol=1e-14)


def test_bad_curves():
    with pytest.raises(InputError, match="two or more"):
        iv_curve(NEURON, [0.0])
    with pytest.raises(InputError, match="unit_m_s"):
        iv_curve(NEURON, VOLTS, unit_m_s=0.0)


# --- measured curves ---


def measured(v, current, error=None):
    spread = None if error is None else np.full(len(v), error)
    return MeasuredIV(
        np.asarray(v, dtype=float), np.asarray(current, dtype=float), spread, "pA", ""
    )


def test_a_line_by_hand():
    """I = 2 (V + 60) with residuals +1 −2 +1: zero and error of the straight line."""
    v = np.array([-70.0, -60.0, -50.0])
    found = reversal_of(measured(v, 2.0 * (v + 60.0) + np.array([1.0, -2.0, 1.0])), order=1)
    assert found.reversal_mV == pytest.approx(-60.0, abs=1e-12)
    assert found.slope == pytest.approx(2.0)
    assert found.slope_unit == "nS"
    # s² = 6 over one degree of freedom, var(mean) = s²/3, divided by the slope
    assert found.error_mV == pytest.approx(math.sqrt(6.0 / 3.0) / 2.0)
    known = reversal_of(measured(v, 2.0 * (v + 60.0), 3.0), order=1)
    assert known.error_mV == pytest.approx(3.0 / math.sqrt(3.0) / 2.0)
    assert known.chi2_per_dof == pytest.approx(0.0, abs=1e-20)


def test_fiellers_interval_is_where_the_fit_is_not_told_from_zero():
    v = np.arange(-80.0, -39.0, 5.0)
    found = reversal_of(measured(v, 2.0 * (v + 61.0), 4.0), order=1)
    centre, sxx = v.mean(), ((v - v.mean()) ** 2).sum()
    for end in (found.low_mV, found.high_mV):
        spread = 4.0 * math.sqrt(1.0 / v.size + (end - centre) ** 2 / sxx)
        assert abs(2.0 * (end + 61.0)) == pytest.approx(1.959964 * spread, rel=1e-5)
    assert found.low_mV < -61.0 < found.high_mV


def test_a_slope_that_is_not_told_from_zero_leaves_the_interval_open():
    found = reversal_of(measured([-10.0, 0.0, 10.0], [-1.0, 0.0, 1.0], 50.0), order=1)
    assert found.low_mV == -math.inf
    assert found.high_mV == math.inf
    assert "unbounded" in found.summary()


@pytest.mark.parametrize("known", [True, False])
def test_errors_and_intervals_are_calibrated_on_ghk_curves(known):
    """200 noisy GHK curves: z-scores have mean 0 and unit width, 95 % intervals hold the truth."""
    curve = iv_curve(NEURON, np.arange(-0.1, 0.0401, 0.01))
    rng, z, held = np.random.default_rng(20), [], 0
    for _ in range(200):
        current = 1e5 * curve.net_A_m2 + rng.normal(0.0, 20.0, curve.v_mV.size)
        found = reversal_of(measured(curve.v_mV, current, 20.0 if known else None))
        z.append((found.reversal_mV - curve.reversal_mV) / found.error_mV)
        held += found.low_mV <= curve.reversal_mV <= found.high_mV
    assert abs(np.mean(z)) < 0.25
    assert 0.85 < np.std(z) < 1.25
    assert 0.90 <= held / 200 <= 0.99


def test_a_noiseless_ghk_curve_gives_its_reversal():
    curve = iv_curve(NEURON, np.arange(-0.1, -0.0299, 0.005))
    found = reversal_of(measured(curve.v_mV, 1e5 * curve.net_A_m2))
    assert found.reversal_mV == pytest.approx(curve.reversal_mV, abs=1e-3)
    assert found.interpolated_mV == pytest.approx(curve.reversal_mV, abs=0.1)


def test_points_are_chosen_and_the_model_laid_over(tmp_path):
    curve = iv_curve(NEURON, np.arange(-0.12, 0.0601, 0.01))
    data = measured(curve.v_mV, 3e4 * curve.net_A_m2, 5.0)
    near = reversal_of(data, between_V=(-0.1, -0.03), model=curve)
    assert near.points == 8
    assert near.scale == pytest.approx(3e4, rel=1e-9)
    assert near.as_dict()["model"]["reversal_mV"] == curve.reversal_mV
    near.plot(tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 10_000


def test_several_zeros_are_told_and_not_chosen_from():
    v = np.linspace(-100.0, 100.0, 21)
    cubic = measured(v, (v - 60.0) * (v + 60.0) * v / 1e3, 1.0)
    with pytest.raises(InputError, match="crosses zero once"):
        reversal_of(cubic, order=3)
    assert reversal_of(cubic, order=3, between_V=(-0.1, -0.03)).reversal_mV == pytest.approx(-60.0)


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (measured([0.0, 10.0], [1.0, 2.0]), {}, "changes its sign"),
        (measured([5.0, 5.0], [-1.0, 2.0]), {}, "two or more different"),
        (measured([0.0, 10.0], [-1.0, 2.0]), {"order": 2}, "between 1 and 1"),
        (measured([0.0, 10.0], [-1.0, 2.0]), {"between_V": (0.1, 0.2)}, "run from 0 to 10 mV"),
        (measured([0.0, 10.0], [-1.0, 2.0]), {"between_V": (0.2, 0.1)}, "a lower and a higher"),
    ],
)
def test_curves_without_a_reversal(data, options, said):
    with pytest.raises(InputError, match=said):
        reversal_of(data, **options)


def test_two_points_have_a_reversal_and_no_error():
    found = reversal_of(measured([0.0, 10.0], [-1.0, 3.0]))
    assert found.reversal_mV == pytest.approx(2.5)
    assert math.isnan(found.error_mV)
    assert "no spare points" in found.summary()


@pytest.mark.parametrize(
    ("text", "v_mV", "current", "unit"),
    [
        ("V (mV),I (pA)\n-70,-12\n-60,3\n", [-70, -60], [-12, 3], "pA"),
        ("# rig 2\n\nI [nA]\tVm [V]\n-0.5\t-0.07\n1\t0.01\n", [-70, 10], [-500, 1000], "pA"),
        ("V / mV;I / (uA/cm^2)\n-70,5;-1,5\n−60;2\n", [-70.5, -60], [-0.015, 0.02], "A/m²"),
        ("v_mV,time_s,density (pA/pF)\n-70,1,-2\n-60,2,3\n", [-70, -60], [-2, 3], "pA/pF"),
    ],
)
def test_headers_and_units(tmp_path, text, v_mV, current, unit):
    file = tmp_path / "iv.csv"
    file.write_text(text, encoding="utf-8-sig")
    data = read_iv(file)
    np.testing.assert_allclose(data.v_mV, v_mV)
    np.testing.assert_allclose(data.current, current)
    assert data.unit == unit
    assert data.error is None


def test_errors_of_the_currents_are_found_by_name(tmp_path):
    file = tmp_path / "iv.csv"
    file.write_text("V (mV),I (nA),I sem (pA)\n-70,-1,5\n-60,2,6\n", encoding="utf-8")
    data = read_iv(file)
    np.testing.assert_allclose(data.current, [-1000.0, 2000.0])
    np.testing.assert_allclose(data.error, [5.0, 6.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("V,I\n-70,1\n-60,2\n", "units in the header"),
        ("V (mV),I (pA)\n-70,1\n", "two or more rows"),
        ("V (mV),t (s)\n-70,1\n-60,2\n", "one column of a current"),
        ("I (pA),J (nA)\n-70,1\n-60,2\n", "one column of a voltage"),
        ("V (mV),a (pA),b (pA)\n-70,1,2\n-60,2,3\n", "'a', 'b'"),
        ("V (mV),I (pA)\n-70,x\n-60,2\n", r"iv\.csv:2: I: 'x'"),
        ("V (mV),I (pA)\n-70,nan\n-60,2\n", r"iv\.csv:2: I"),
        ("V (mV),I (pA)\n-70,1\n-60\n", r"iv\.csv:3: I"),
        ("V (mV),I (pA),sd (pA)\n-70,1,0\n-60,2,1\n", "above zero"),
    ],
)
def test_bad_files_name_the_line(tmp_path, text, said):
    file = tmp_path / "iv.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_iv(file)


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv"):
        read_iv(tmp_path / "none.csv")
