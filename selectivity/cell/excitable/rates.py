"""Opening and closing rates of the squid axon's gates (1952), as functions of the potential.

With V = φ_in − φ_out in mV, the resting potential at −65 mV, in 1/ms at 6.3 °C:

    α_m = B(−(V+40)/10)         β_m = 4 exp(−(V+65)/18)
    α_h = 0.07 exp(−(V+65)/20)  β_h = 1/(1 + exp(−(V+35)/10))
    α_n = 0.1 B(−(V+55)/10)     β_n = 0.125 exp(−(V+65)/80)

B(u) = u/(e^u − 1) removes the 0/0 that the printed α_m has at −40 mV and α_n at −55 mV.

Source: Hodgkin & Huxley 1952, J Physiol 117:500, in the modern sign.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_FAR = 700.0  # e^u overflows soon above; B(u) is below 1e-300 there


class Rates(NamedTuple):
    """Rates of the three gates at 6.3 °C, 1/ms, each of the shape of V."""

    alpha_m: Array
    beta_m: Array
    alpha_h: Array
    beta_h: Array
    alpha_n: Array
    beta_n: Array


def bernoulli(u: ArrayLike) -> Array:
    """B(u) = u/(e^u − 1), 1 at u = 0; an array of the shape of ``u``."""
    x = np.minimum(np.asarray(u, dtype=float), _FAR)
    below = np.expm1(x)
    return np.divide(x, below, out=np.ones_like(x), where=below != 0.0)


def gate_rates(v_mV: ArrayLike) -> Rates:
    """Rates (1/ms at 6.3 °C) of the gates m, h and n at the potentials ``v_mV``, any shape."""
    v = np.asarray(v_mV, dtype=float)
    rest = v + 65.0
    with np.errstate(over="ignore"):  # far below any membrane's potential they are infinite
        return Rates(
            bernoulli(-0.1 * (v + 40.0)),
            4.0 * np.exp(-rest / 18.0),
            0.07 * np.exp(-rest / 20.0),
            1.0 / (1.0 + np.exp(-0.1 * (v + 35.0))),
            0.1 * bernoulli(-0.1 * (v + 55.0)),
            0.125 * np.exp(-rest / 80.0),
        )


def steady_gates(v_mV: ArrayLike) -> tuple[Array, Array, Array]:
    """m, h and n where the potential ``v_mV`` is held, α/(α + β) each."""
    r = gate_rates(v_mV)
    return (
        r.alpha_m / (r.alpha_m + r.beta_m),
        r.alpha_h / (r.alpha_h + r.beta_h),
        r.alpha_n / (r.alpha_n + r.beta_n),
    )


def scalar_rates(v: float) -> tuple[float, float, float, float, float, float]:
    """:func:`gate_rates` of one potential in mV, for right-hand sides called a million times."""
    rest = v + 65.0
    return (
        _bernoulli(-0.1 * (v + 40.0)),
        4.0 * _exp(-rest / 18.0),
        0.07 * _exp(-rest / 20.0),
        1.0 / (1.0 + _exp(-0.1 * (v + 35.0))),
        0.1 * _bernoulli(-0.1 * (v + 55.0)),
        0.125 * _exp(-rest / 80.0),
    )


def _bernoulli(u: float) -> float:
    if u > _FAR:
        return 0.0
    below = math.expm1(u)
    return u / below if below != 0.0 else 1.0


def _exp(u: float) -> float:
    return math.exp(u) if u < _FAR else math.inf
