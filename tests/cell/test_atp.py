"""ATP against the work of a cycle: published inputs, identities, limits, refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.cell.atp import (
    Phosphates,
    cycle_work,
    free_energy_of_atp,
    stall_potential,
)
from selectivity.cell.pump_bound import pump_bound
from selectivity.errors import InputError
from selectivity.membrane import Solution, nernst
from selectivity.units import FARADAY, GAS_CONSTANT

T = 310.15
CYTOSOL = Phosphates(3.0, 0.03, 5.0)


def sides(na_in=15.0, k_in=140.0, na_out=145.0, k_out=5.0, kelvin=T):
    inside = Solution({"Na": na_in, "K": k_in}, kelvin, "inside")
    return inside, Solution({"Na": na_out, "K": k_out}, kelvin, "outside")


def test_free_energy_at_the_usual_concentrations():
    by_hand = -31.3 + 8.314462618e-3 * T * math.log(0.03e-3 * 5e-3 / 3e-3)
    assert CYTOSOL.free_energy_kJ_mol(T) == pytest.approx(by_hand, rel=1e-10)
    assert by_hand == pytest.approx(-56.8, abs=0.05)  # the number of the docstring
    assert by_hand == pytest.approx(-57.0, abs=0.2)


def test_free_energy_at_molar_standard_is_the_standard():
    assert free_energy_of_atp(1000.0, 1000.0, 1000.0, 298.15) == pytest.approx(-31.3, abs=1e-12)


def test_free_energy_broadcasts_and_keeps_its_limits():
    found = free_energy_of_atp([3.0, 0.0, 3.0, 0.0], [[0.03], [0.0]], 5.0, T)
    assert found.shape == (2, 4)
    assert found[0, 1] == math.inf
    assert found[1, 0] == -math.inf
    assert math.isnan(found[1, 1])
    # ten times less ATP gives RT ln 10 less
    drop = free_energy_of_atp(0.3, 0.03, 5.0, T) - free_energy_of_atp(3.0, 0.03, 5.0, T)
    assert drop == pytest.approx(1e-3 * GAS_CONSTANT * T * math.log(10.0), rel=1e-12)


def test_work_of_a_cycle_of_the_textbook_neuron():
    # 41.5 kJ per mole: Na 15/145, K 140/5 mM, −70 mV, 310.15 K, by chemical potentials
    bound = pump_bound(*sides(), -0.070, CYTOSOL)
    rt = 1e-3 * GAS_CONSTANT * T
    mu_na = rt * math.log(145 / 15) + 1e-3 * FARADAY * 0.070  # one Na out
    mu_k = rt * math.log(140 / 5) - 1e-3 * FARADAY * 0.070  # one K in
    assert bound.work_kJ_mol == pytest.approx(3 * mu_na + 2 * mu_k, rel=1e-12)
    assert bound.work_kJ_mol == pytest.approx(41.5, abs=0.05)
    assert bound.efficiency == pytest.approx(bound.work_kJ_mol / 56.84, rel=1e-3)
    assert bound.runs_forward


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1.0, 200.0),
    st.floats(1.0, 200.0),
    st.floats(1.0, 200.0),
    st.floats(0.5, 50.0),
    st.floats(-0.15, 0.1),
    st.sampled_from([(3, 2), (2, 1), (1, 1), (3, 3), (2, 3), (3, 0)]),
)
def test_the_bound_is_met_where_it_says(na_in, na_out, k_in, k_out, volt, ratio):
    """At the stall potential, and at each limiting gradient, the work is exactly −ΔG_ATP."""
    n, k = ratio
    bound = pump_bound(*sides(na_in, k_in, na_out, k_out), volt, CYTOSOL, n, k)
    gives = -bound.free_energy_kJ_mol
    e_na, e_k = nernst(1, na_in, na_out, T), nernst(1, k_in, k_out, T)
    least = nernst(1, bound.na_in_least_mM, na_out, T)
    faraday = 1e-3 * FARADAY
    assert faraday * cycle_work(e_na, e_k, volt, n, k) == pytest.approx(bound.work_kJ_mol, abs=1e-9)
    assert faraday * cycle_work(least, e_k, volt, n, k) == pytest.approx(gives, abs=1e-8)
    if k:
        most = nernst(1, bound.k_in_most_mM, k_out, T)
        assert faraday * cycle_work(e_na, most, volt, n, k) == pytest.approx(gives, abs=1e-8)
    else:
        assert bound.k_in_most_mM == math.inf
    if n == k:
        assert math.isnan(bound.stall_mV)
        return
    stall = 1e-3 * bound.stall_mV
    assert faraday * cycle_work(e_na, e_k, stall, n, k) == pytest.approx(gives, abs=1e-8)
    assert bound.runs_forward == ((volt > stall) == (n > k))


def test_stall_of_three_to_two_in_one_line():
    e_na, e_k = np.array([0.050, 0.060]), -0.090
    expected = 3 * e_na - 2 * e_k - 57e3 / FARADAY
    np.testing.assert_allclose(stall_potential(e_na, e_k, -57.0), expected, rtol=1e-13)


def test_less_atp_lifts_the_stall_until_the_pump_turns():
    """ADP and Pi up, ATP down: the stall passes −70 mV and the same pump would make ATP."""
    low = pump_bound(*sides(), -0.070, Phosphates(0.1, 0.5, 20.0))
    assert not low.runs_forward
    assert low.stall_mV > -70.0
    assert "past the bound" in low.summary()
    assert "runs forward" in pump_bound(*sides(), -0.070, CYTOSOL).lines()[-4]


def test_words_json_table_and_figure(tmp_path):
    bound = pump_bound(*sides(), -0.070, CYTOSOL)
    text = bound.summary()
    assert "[not verified]" in text
    assert "stalls at V" in text
    record = json.loads(bound.to_json())
    assert record["phosphates"]["standard_kJ_mol"] == -31.3
    assert record["work_kJ_mol"] == pytest.approx(bound.work_kJ_mol)
    assert bound.to_csv().splitlines()[0] == "part,kJ_mol"
    bound.plot(tmp_path / "bound.png")
    assert (tmp_path / "bound.png").stat().st_size > 10_000
    even = pump_bound(*sides(), -0.070, CYTOSOL, 2, 2)
    assert "no stall potential" in even.summary()
    even.plot(tmp_path / "even.png")


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Phosphates(0.0, 1.0, 1.0), "atp_mM"),
        (lambda: Phosphates(1.0, 1.0, -1.0), "pi_mM"),
        (lambda: free_energy_of_atp(1.0, -1.0, 1.0, T), "adp_mM"),
        (lambda: free_energy_of_atp(1.0, 1.0, 1.0, 37.0), "temperature_K"),
        (lambda: pump_bound(*sides(na_in=0.0), -0.07, CYTOSOL), "inside.Na"),
        (lambda: pump_bound(*sides(k_out=0.0), -0.07, CYTOSOL), "outside.K"),
        (lambda: pump_bound(*sides(), -0.07, CYTOSOL, 0, 2), "sodium"),
        (lambda: pump_bound(*sides(), -0.07, CYTOSOL, 3, 1.5), "potassium"),
        (lambda: pump_bound(*sides(), -0.07, Phosphates(1e-9, 9e4, 9e4)), "free_energy_kJ_mol"),
        (lambda: pump_bound(*sides(), math.inf, CYTOSOL), "voltage_V"),
        (
            lambda: pump_bound(Solution({"Na": 1.0}, T, "inside"), sides()[1], 0.0, CYTOSOL),
            "inside.K",
        ),
    ],
)
def test_bad_input_is_named(make, place):
    with pytest.raises(InputError) as fault:
        make()
    assert fault.value.place == place
