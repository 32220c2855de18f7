"""GHK currents and voltages against 50-digit arithmetic (mpmath), a pump's current included."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from selectivity.membrane import ghk_current, ghk_voltage
from selectivity.units import FARADAY, GAS_CONSTANT

mpmath = pytest.importorskip("mpmath", reason="exact arithmetic needs mpmath (extra `test`)")

T = 310.15
DIGITS = 50
P = 1e-8
NANOVOLT_mV = 1e-9
VOLTS_mV = sorted({0.0, 1e-9, -1e-9, 1e-3, -1e-3, *np.linspace(-300.0, 300.0, 49).tolist()})
PAIRS = ((140.0, 5.0), (5.0, 140.0), (100.0, 100.0), (1e-4, 2.0), (0.0, 5.0), (5.0, 0.0))


def one_way(z, c, u):
    """z c B(u), one of the two one-way currents, in units of P F."""
    u = mpmath.mpf(u)
    return z * mpmath.mpf(c) * (mpmath.mpf(1) if u == 0 else u / mpmath.expm1(u))


def exact(z, c_in, c_out, volt):
    """Net current and the larger of the one-way currents, units of F."""
    u = z * mpmath.mpf(volt) * mpmath.mpf(FARADAY) / (mpmath.mpf(GAS_CONSTANT) * mpmath.mpf(T))
    out, into = one_way(z, c_in, -u), one_way(z, c_out, u)
    return out - into, max(abs(out), abs(into))


@pytest.mark.parametrize(("z", "pair"), list(itertools.product((-2, -1, 1, 2), PAIRS)))
def test_current_within_1e_11_of_the_larger_one_way_flux(z, pair):
    volts = np.array(VOLTS_mV) / 1000.0
    found = ghk_current(P, z, *pair, volts, T)
    with mpmath.workdps(DIGITS):
        for volt, current in zip(volts.tolist(), found.tolist(), strict=True):
            net, larger = exact(z, *pair, volt)
            scale = mpmath.mpf(P) * mpmath.mpf(FARADAY)
            assert abs(mpmath.mpf(current) - scale * net) <= 1e-11 * scale * larger


MIXTURES = {
    "monovalent": ([1.0, 0.04, 0.45], [1, 1, -1], [140.0, 15.0, 10.0], [5.0, 145.0, 110.0]),
    "with Ca": ([1.0, 0.05, 0.3, 1.4], [1, 1, -1, 2], [140.0, 15, 10, 1e-4], [5, 145.0, 110, 2]),
    "Ca, Mg, sulfate": (
        [1.0, 0.04, 0.45, 10.0, 0.3, 0.02],
        [1, 1, -1, 2, 2, -2],
        [140.0, 15.0, 10.0, 1e-4, 0.8, 0.5],
        [5.0, 145.0, 110.0, 2.0, 1.0, 25.0],
    ),
    "Ca and Mg only": ([1.0, 0.1], [2, 2], [1e-4, 0.8], [2.0, 1.0]),
    "La": ([1.0, 0.04, 0.5], [1, 1, 3], [140.0, 15.0, 1e-6], [5.0, 145.0, 0.1]),
    "one side of each empty": ([1.0, 1.0], [1, 2], [140.0, 0.0], [0.0, 2.0]),
}


def net_current(mixture, volt, pump):
    columns = zip(*mixture, strict=True)
    total = sum(mpmath.mpf(p) * exact(z, i, o, volt)[0] for p, z, i, o in columns)
    return total + mpmath.mpf(pump) / mpmath.mpf(FARADAY)


def exact_voltage_mV(mixture, pump=0.0):
    """Root of the summed currents by bisection and secant steps at 50 digits."""
    with mpmath.workdps(DIGITS):
        ends = (mpmath.mpf(-3), mpmath.mpf(3))
        root = mpmath.findroot(lambda v: net_current(mixture, v, pump), ends, solver="anderson")
        return float(1000 * root)


@pytest.mark.parametrize("name", MIXTURES)
def test_voltage_of_mixtures_within_1e_9_mV(name):
    found = 1000.0 * ghk_voltage(*MIXTURES[name], T)
    assert found == pytest.approx(exact_voltage_mV(MIXTURES[name]), abs=NANOVOLT_mV, rel=0.0)


@pytest.mark.parametrize("pump", [1e-6, 0.01, -0.01, 1.0, -0.4])
@pytest.mark.parametrize("name", [name for name in MIXTURES if name != "Ca and Mg only"])
def test_voltage_with_a_pump_within_1e_9_mV(name, pump):
    p, *rest = MIXTURES[name]
    mixture = ([1e-8 * x for x in p], *rest)
    found = 1000.0 * ghk_voltage(*mixture, T, pump_A_m2=pump)
    assert found == pytest.approx(exact_voltage_mV(mixture, pump), abs=NANOVOLT_mV, rel=0.0)


def test_a_pump_that_nothing_can_balance_has_no_finite_potential():
    only_inward = ([1e-8], [1], [0.0], [5.0])
    assert ghk_voltage(*only_inward, T, pump_A_m2=-1e-3) == math.inf
    assert math.isfinite(ghk_voltage(*only_inward, T, pump_A_m2=1e-3))
    assert ghk_voltage([1e-8], [1], [5.0], [0.0], T, pump_A_m2=1e-3) == -math.inf


def test_a_pump_broadcasts_with_mixtures():
    p, z, c_in, c_out = MIXTURES["La"]
    pumps = np.array([0.0, 0.01, -0.01])
    volts = ghk_voltage(1e-8 * np.array(p), z, c_in, c_out, T, pumps)
    single = [ghk_voltage(1e-8 * np.array(p), z, c_in, c_out, T, pump) for pump in pumps]
    np.testing.assert_allclose(volts, single, rtol=1e-14)
    assert volts[1] < volts[0] < volts[2]
