"""Cotransport: the reversals, the signs and the second law, each from the definition."""

import math

import mpmath
import numpy as np
import pytest

from selectivity.cell import cotransport as ct
from selectivity.errors import InputError
from selectivity.membrane import nernst
from selectivity.units import FARADAY, GAS_CONSTANT

KELVIN = 310.15
IN = {"Na": 15.0, "K": 140.0}
OUT = {"Na": 145.0, "K": 5.0, "Cl": 110.0}


def potentials(cl_in, kelvin=KELVIN):
    e = {ion: nernst(1, IN[ion], OUT[ion], kelvin) for ion in IN}
    return e["Na"], e["K"], nernst(-1, cl_in, OUT["Cl"], kelvin)


def test_kcc2_stands_still_where_chloride_sits_at_the_potassium_potential():
    cl = ct.kcc2_reversal(IN["K"], OUT["K"], OUT["Cl"])
    assert cl == pytest.approx(5.0 * 110.0 / 140.0, rel=1e-15)
    _, e_k, e_cl = potentials(cl)
    assert e_cl == pytest.approx(e_k, abs=1e-16)
    assert ct.kcc2_current(0.2, e_k, e_cl) == pytest.approx(0.0, abs=1e-16)


def test_nkcc1_stands_still_half_way_between_sodium_and_potassium():
    cl = ct.nkcc1_reversal(IN["Na"], OUT["Na"], IN["K"], OUT["K"], OUT["Cl"])
    mpmath.mp.dps = 30
    exact = mpmath.sqrt(mpmath.mpf(145) * 5 * 110**2 / (15 * 140))
    assert cl == pytest.approx(float(exact), rel=1e-15)
    e_na, e_k, e_cl = potentials(cl)
    assert e_cl == pytest.approx(0.5 * (e_na + e_k), abs=1e-16)
    assert ct.nkcc1_current(0.2, e_na, e_k, e_cl) == pytest.approx(0.0, abs=1e-16)


def test_signs_salt_runs_down_its_gradient():
    e_na, e_k, low = potentials(1.0)
    high = potentials(110.0)[2]
    assert ct.kcc2_current(1.0, e_k, low) > 0.0 > ct.kcc2_current(1.0, e_k, high)
    assert ct.nkcc1_current(1.0, e_na, e_k, low) > 0.0 > ct.nkcc1_current(1.0, e_na, e_k, high)


def test_currents_are_the_chemical_potentials_over_f_and_never_gain_free_energy():
    rng = np.random.default_rng(1)
    na_i, k_i, cl_i, na_o, k_o, cl_o = np.exp(rng.uniform(-3, 6, (6, 500)))
    e_na, e_k = nernst(1, na_i, na_o, KELVIN), nernst(1, k_i, k_o, KELVIN)
    e_cl = nernst(-1, cl_i, cl_o, KELVIN)
    thermal = GAS_CONSTANT * KELVIN / FARADAY
    down = thermal * np.log(k_o * cl_o / (k_i * cl_i))  # −Δμ/F of KCl into the cell
    assert ct.kcc2_current(1.0, e_k, e_cl) == pytest.approx(down, abs=1e-13)
    down = thermal * np.log(na_o * k_o * cl_o**2 / (na_i * k_i * cl_i**2))
    j = ct.nkcc1_current(3.0, e_na, e_k, e_cl)
    assert j == pytest.approx(3.0 * down, abs=1e-12)
    assert (j * down >= 0.0).all()


def test_the_reversals_broadcast():
    cl = ct.kcc2_reversal([[100.0], [200.0]], [2.0, 4.0, 8.0], 100.0)
    assert cl == pytest.approx(np.array([[2.0, 4.0, 8.0], [1.0, 2.0, 4.0]]))
    cl = ct.nkcc1_reversal(np.array([10.0, 40.0]), 160.0, 100.0, 4.0, 100.0)
    assert cl == pytest.approx(100.0 * np.sqrt([0.64, 0.16]))


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: ct.kcc2_reversal(0.0, 5.0, 110.0), "k_in_mM"),
        (lambda: ct.kcc2_reversal(140.0, -5.0, 110.0), "k_out_mM"),
        (lambda: ct.nkcc1_reversal(0.0, 145.0, 140.0, 5.0, 110.0), "na_in_mM"),
        (lambda: ct.nkcc1_reversal(15.0, 145.0, 140.0, 5.0, math.nan), "cl_out_mM"),
    ],
)
def test_bad_concentrations_are_named(call, place):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.place == place
