"""Gates of the ion-conserving Hodgkin-Huxley cells.

The rates of Hodgkin & Huxley 1952 with the potentials shifted as in Huebel & Dahlem 2014, per ms,
V in mV, B(x) = x/(1 − e^(−x)):

    α_m = B((V + 30)/10)          β_m = 4 exp(−(V + 55)/18)
    α_n = 0.1 B((V + 34)/10)      β_n = 0.125 exp(−(V + 44)/80)
    α_h = 0.07 exp(−(V + 44)/20)  β_h = 1/(1 + exp(−(V + 14)/10))
"""

from __future__ import annotations

import math

FARTHEST_MV = 1000.0
"""Potentials beyond ±1 V, where a solver may look, have the rates of ±1 V."""


def _b(x: float) -> float:
    """x/(1 − e^(−x)), 1 at 0."""
    return x / -math.expm1(-x) if x else 1.0


def _held(v_mV: float) -> float:
    if -FARTHEST_MV <= v_mV <= FARTHEST_MV:
        return v_mV
    return math.copysign(FARTHEST_MV, v_mV)


def m_steady(v_mV: float) -> float:
    """α_m/(α_m + β_m)."""
    v = _held(v_mV)
    alpha = _b((v + 30.0) / 10.0)
    return alpha / (alpha + 4.0 * math.exp(-(v + 55.0) / 18.0))


def n_rates(v_mV: float) -> tuple[float, float]:
    """α_n and β_n per second."""
    v = _held(v_mV)
    return 100.0 * _b((v + 34.0) / 10.0), 125.0 * math.exp(-(v + 44.0) / 80.0)


def h_rates(v_mV: float) -> tuple[float, float]:
    """α_h and β_h per second."""
    v = _held(v_mV)
    return 70.0 * math.exp(-(v + 44.0) / 20.0), 1000.0 / (1.0 + math.exp(-(v + 14.0) / 10.0))


def h_of_n(n: float) -> float:
    """h = 1 − 1/(1 + exp(−6.5 (n − 0.35))), of Huebel & Dahlem 2014."""
    return 1.0 - 1.0 / (1.0 + math.exp(-6.5 * (n - 0.35)))
