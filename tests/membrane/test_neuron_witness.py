"""NEURON as an outside witness of the Nernst potential and of the GHK current."""

from __future__ import annotations

import itertools

import pytest

from selectivity.membrane import ghk_current, nernst

neuron = pytest.importorskip("neuron", reason="the witness is NEURON (extra `validation`)")

CELSIUS = (6.3, 25.0, 37.0)
PAIRS = ((140.0, 5.0), (15.0, 145.0), (100.0, 100.0), (1e-4, 2.0), (10.0, 110.0))
VOLTS_mV = (-300.0, -90.0, -65.5, -1e-3, 0.0, 1e-6, 20.0, 137.0, 300.0)
RELATIVE = 1e-5
M_PER_CM = 0.01
A_M2_PER_MA_CM2 = 10.0


@pytest.fixture(params=CELSIUS)
def celsius(request):
    before = neuron.h.celsius
    neuron.h.celsius = request.param
    yield request.param
    neuron.h.celsius = before


@pytest.mark.parametrize("z", [-2, -1, 1, 2])
def test_nernst(celsius, z):
    for c_in, c_out in PAIRS:
        witness = neuron.h.nernst(c_in, c_out, z)
        found = 1000.0 * nernst(z, c_in, c_out, celsius + 273.15)
        assert found == pytest.approx(witness, rel=RELATIVE, abs=1e-12)


@pytest.mark.parametrize("z", [-2, -1, 1, 2])
def test_ghk_current(celsius, z):
    """NEURON gives mA/cm² for 1 cm/s; near the reversal the one-way flux is the scale."""
    for (c_in, c_out), volt in itertools.product(PAIRS, VOLTS_mV):
        witness = neuron.h.ghk(volt, c_in, c_out, z) * A_M2_PER_MA_CM2
        kelvin = celsius + 273.15
        found = ghk_current(M_PER_CM, z, c_in, c_out, volt / 1000.0, kelvin)
        one_way = abs(ghk_current(M_PER_CM, z, c_in, 0.0, volt / 1000.0, kelvin))
        assert found == pytest.approx(witness, rel=RELATIVE, abs=RELATIVE * one_way)
