"""The potential at which the currents of several ions cancel: GHK voltage and chord equation.

The total GHK current rises strictly with V, so there is one root. With x = exp(−FV/RT),

    a  = Σ₊₁ P c_in + Σ₋₁ P c_out       d_in  = 4 [Σ₊₂ P c_in + Σ₋₂ P c_out]
    b  = Σ₊₁ P c_out + Σ₋₁ P c_in       d_out = 4 [Σ₊₂ P c_out + Σ₋₂ P c_in]

charges up to ±2 give (b + d_out) x² − (a − b) x − (a + d_in) = 0, whose positive root is the
answer; without divalents x = a/b, the usual GHK voltage. Higher charges and a pump's current need
a root search (:mod:`selectivity.membrane.balance`).

Sources: Goldman 1943, J Gen Physiol 27:37; Hodgkin & Katz 1949, J Physiol 108:37; the quadratic
follows from summing the currents of :mod:`selectivity.membrane.ghk`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.balance import balance
from selectivity.membrane.nernst import nernst
from selectivity.units import FARADAY, GAS_CONSTANT

Array = NDArray[np.float64]


def ghk_voltage(
    permeability: ArrayLike,
    z: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    temperature_K: ArrayLike,
    pump_A_m2: ArrayLike = 0.0,
) -> Any:
    """Potential V = φ_in − φ_out (volt) at which all GHK currents and the pump's sum to zero.

    Parameters
    ----------
    permeability : array_like, shape (n_ions, ...)
        In any one unit, since only ratios matter; in m/s where there is a pump current.
    z : array_like, shape (n_ions,)
        Charge numbers.
    c_in, c_out : array_like, shape (n_ions, ...)
        Concentrations in mM.
    temperature_K : array_like, shape (...)
        Absolute temperature.
    pump_A_m2 : array_like, shape (...)
        Net current of pumps, outward positive and independent of V, in A/m² (the 3:2 sodium pump:
        one third of its sodium part).

    Returns
    -------
    float or ndarray, shape (...)
        Trailing axes broadcast. Where one ion alone is permeant and present, without a pump,
        exactly its Nernst potential; ±inf where every permeant ion is absent from the side that
        would stop it; in arrays nan where nothing can carry current.

    Raises
    ------
    InputError
        Nothing can carry current (a single mixture, not an array of them), z = 0, a negative
        permeability or concentration, shapes that do not fit, or a bad temperature.
    """
    z = checks.valence(z)
    p, c_in, c_out, temperature, pump = _ion_axes(
        z, permeability, c_in, c_out, (temperature_K, pump_A_m2)
    )
    z = z.reshape((z.size,) + (1,) * (p.ndim - 1))
    active = (p > 0.0) & ((c_in > 0.0) | (c_out > 0.0))
    count = active.sum(axis=0)
    if p.ndim == 1 and count == 0:
        rule = "at least one ion is permeant and present"
        remedy = "the potential is undefined without a current: give one ion a permeability"
        raise InputError("permeability", p.tolist(), rule, remedy)
    reduced = _quadratic(np.where(active, p, 0.0), z, c_in, c_out)
    root = ((active & (np.abs(z) > 2)).any(axis=0) & (count > 1)) | (pump != 0.0)
    if root.any():
        mixture = (np.where(active, p, 0.0)[:, root], z.reshape(-1, 1), c_in[:, root])
        reduced[root] = _by_bracket(*mixture, c_out[:, root], pump[root])
    voltage = reduced * GAS_CONSTANT * temperature / FARADAY
    alone = active & (count == 1) & (pump == 0.0)
    single = np.where(alone, np.asarray(nernst(z, c_in, c_out, temperature)), 0.0).sum(axis=0)
    return checks.plain(np.where(count == 0, np.nan, np.where(alone.any(axis=0), single, voltage)))


def _ion_axes(
    z: Array,
    permeability: ArrayLike,
    c_in: ArrayLike,
    c_out: ArrayLike,
    trailing_only: tuple[ArrayLike, ArrayLike],
) -> tuple[Array, Array, Array, Array, Array]:
    """Checked arguments in full shape: (n_ions, ...) three times, (...) of temperature and pump."""
    if z.ndim != 1 or z.size == 0:
        raise InputError("z", z.tolist(), "is a list of charge numbers, one per ion")
    named = {
        "permeability": checks.nonnegative(permeability, "permeability"),
        "c_in": checks.nonnegative(c_in, "c_in"),
        "c_out": checks.nonnegative(c_out, "c_out"),
    }
    for place, array in named.items():
        if array.ndim == 0 or array.shape[0] != z.size:
            rule = f"has one entry per ion along the first axis ({z.size} charge numbers)"
            raise InputError(place, f"shape {array.shape}", rule)
    temperature = checks.temperature(trailing_only[0])
    pump = checks.numbers(trailing_only[1], "pump_A_m2")
    try:
        trailing = np.broadcast_shapes(
            temperature.shape, pump.shape, *(a.shape[1:] for a in named.values())
        )
    except ValueError:
        shapes = {place: array.shape for place, array in named.items()}
        raise InputError("shapes", shapes, "trailing axes broadcast together") from None
    full = [
        np.broadcast_to(
            a.reshape((z.size,) + (1,) * (len(trailing) + 1 - a.ndim) + a.shape[1:]),
            (z.size, *trailing),
        )
        for a in named.values()
    ]
    ends = (np.broadcast_to(temperature, trailing), np.broadcast_to(pump, trailing))
    return full[0], full[1], full[2], *ends


def _quadratic(p: Array, z: Array, c_in: Array, c_out: Array) -> Array:
    """FV/RT from the quadratic in exp(−FV/RT); ions beyond ±2 are left out."""
    outward, inward = np.where(z > 0, c_in, c_out), np.where(z > 0, c_out, c_in)
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        p = p / p.max(axis=0)
        weight = np.where(np.abs(z) == 2, 4.0 * p, 0.0)
        p = np.where(np.abs(z) == 1, p, 0.0)
        a, b = (p * outward).sum(axis=0), (p * inward).sum(axis=0)
        d_in, d_out = (weight * outward).sum(axis=0), (weight * inward).sum(axis=0)
        lead, middle, last = b + d_out, a - b, a + d_in
        root = np.hypot(middle, 2.0 * np.sqrt(lead) * np.sqrt(last))
        x = np.where(middle >= 0.0, (middle + root) / (2.0 * lead), 2.0 * last / (root - middle))
        reduced = -np.log(x)
    return np.where(lead == 0.0, -np.inf, np.where(last == 0.0, np.inf, reduced))


def _by_bracket(p: Array, z: Array, c_in: Array, c_out: Array, pump: Array) -> Array:
    """FV/RT by the bracketed root, with permeabilities in units of the largest."""
    largest = p.max(axis=0)
    unit = np.where(largest > 0.0, largest, 1.0)
    return balance(p / unit, z, c_in, c_out, pump / FARADAY / unit)


def chord_potential(conductance: ArrayLike, reversal_V: ArrayLike) -> Any:
    """Conductance-weighted mean of reversal potentials, V = Σ g_i E_i / Σ g_i, in volt.

    Exact for ohmic currents, and for GHK currents with each ion's chord conductance at V itself.
    With *permeabilities* as weights it is not the GHK voltage: that mean, which many texts print,
    differs by more than 15 mV for P_K : P_Na = 1 : 0.05 at neuronal concentrations.

    Parameters
    ----------
    conductance : array_like, shape (n_ions, ...)
        Zero or positive; ions of zero conductance are left out, whatever their reversal.
    reversal_V : array_like, shape (n_ions, ...)
        Nernst potentials in volt; may be infinite.

    Raises
    ------
    InputError
        A negative conductance, or none above zero (a single mixture; nan in arrays).
    """
    g = checks.nonnegative(conductance, "conductance")
    reversal = np.asarray(reversal_V, dtype=float)
    if g.ndim == 0 or reversal.ndim == 0 or g.shape[0] != reversal.shape[0]:
        rule = "conductance and reversal_V have one entry per ion along the first axis"
        raise InputError("shapes", (g.shape, reversal.shape), rule)
    total = g.sum(axis=0)
    if total.ndim == 0 and total == 0.0:
        raise InputError("conductance", g.tolist(), "at least one is above zero")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(g > 0.0, g * reversal, 0.0).sum(axis=0) / total
    return checks.plain(np.asarray(mean))
