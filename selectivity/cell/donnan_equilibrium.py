"""Donnan equilibrium: what impermeant charge does to the ions that can cross, and to the water.

Every permeant ion is at equilibrium, c_in = c_out r^z with r = exp(−FV/RT). With y = ln r:

    charge   Σ z c_out e^{zy} + Q = 0          Q = z_X X, the charge of the impermeants inside
    pressure ΔΠ/RT = Σ c_out (e^{zy} − 1) + X − X_out

The charge rises strictly with y: one root. Where all ions are monovalent it is
r = [−Q + √(Q² + 4 A B)]/(2 A), A and B the permeant cations and anions outside. At fixed volume the
pressure follows. At free volume X dilutes until ΔΠ is what the wall bears; ΔΠ rises with X at the
rate 1 + z_X² X/Σ z² c_in (times RT), from −RT (Σ c_out − min_y Σ c_out e^{zy}) − RT X_out at X = 0.
Without impermeants outside and without a wall that is zero: every volume is too small.

Sources: Donnan 1911, Z Elektrochem 17:572; Overbeek 1956, Prog Biophys Biophys Chem 6:57.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks

Array = NDArray[np.float64]

_TURNS = 200


def donnan_log_ratio(c_out_mM: ArrayLike, z: ArrayLike, charge_mM: ArrayLike) -> Any:
    """ln r = −FV/RT at which the inside is neutral (module docstring).

    Monovalent ions have the closed form, in the writing that does not cancel for the sign of Q;
    others a bracketed Newton iteration on ln(positive charge) − ln(negative charge), in which
    nothing cancels.

    Parameters
    ----------
    c_out_mM : array_like, shape (n_ions, ...)
        Permeant ions outside.
    z : array_like, shape (n_ions,)
        Their charge numbers.
    charge_mM : array_like, shape (...)
        Q, charge of the impermeants inside.

    Returns
    -------
    float or ndarray, shape (...)
        c_in = c_out exp(z ln r).

    Raises
    ------
    InputError
        A negative concentration, or no permeant ion of the sign that the inside lacks.
    """
    valence = checks.valence(z)
    c = checks.nonnegative(c_out_mM, "c_out_mM")
    q = checks.numbers(charge_mM, "charge_mM")
    if c.ndim == 0 or c.shape[0] != valence.size:
        raise InputError("c_out_mM", c.tolist(), f"has {valence.size} rows, one for each z")
    shape = np.broadcast_shapes(c.shape[1:], q.shape)
    c = np.broadcast_to(c.reshape(c.shape + (1,) * (len(shape) + 1 - c.ndim)), (len(c), *shape))
    q = np.broadcast_to(q, shape)
    column = valence.reshape((-1,) + (1,) * len(shape))
    plus, minus = (np.where(s * column > 0.0, c, 0.0).sum(axis=0) for s in (1.0, -1.0))
    _existing(plus, minus, q)
    if (np.abs(valence) == 1.0).all():
        return checks.plain(_monovalent(plus, minus, q))
    return checks.plain(_newton(c, column, q))


def _existing(plus: Array, minus: Array, q: Array) -> None:
    """InputError where no r is neutral: the counter-ion is missing."""
    for sign, name, ions, other in ((1.0, "cation", plus, minus), (-1.0, "anion", minus, plus)):
        bad = (ions == 0.0) & ((sign * q < 0.0) | ((q == 0.0) & (other > 0.0)))
        if bad.any():
            rule = f"has a permeant {name} to balance {float(q[bad].flat[0]):g} mM of charge inside"
            raise InputError("c_out_mM", 0.0, rule, f"add a permeant {name} to the bath")
    if ((plus == 0.0) & (minus == 0.0)).any():
        raise InputError("c_out_mM", 0.0, "holds permeant ions")


def _monovalent(a: Array, b: Array, q: Array) -> Array:
    """ln of the positive root of a r² + q r − b = 0; a or b may be zero where q is not."""
    root = np.abs(q) + np.hypot(q, 2.0 * np.sqrt(a) * np.sqrt(b))
    with np.errstate(divide="ignore"):
        high, low = np.log(root) - np.log(2.0 * a), np.log(2.0 * b) - np.log(root)
    return np.where(q > 0.0, low, high)


def _newton(c: Array, z: Array, q: Array) -> Array:
    """Root of ln(positive charge) − ln(negative charge), which rises with y."""
    parts = []
    for sign in (1.0, -1.0):
        with np.errstate(divide="ignore"):
            ions = np.log(np.where(sign * z > 0.0, np.abs(z) * c, 0.0))
            fixed = np.log(np.where(sign * q > 0.0, np.abs(q), 0.0))
        parts.append((ions, fixed))

    def gap(y: Array) -> tuple[Array, Array]:
        value, slope = np.zeros_like(y), np.zeros_like(y)
        for sign, (ions, fixed) in zip((1.0, -1.0), parts, strict=True):
            terms = np.concatenate([ions + z * y, fixed[None]])
            top = terms.max(axis=0)
            weight = np.exp(terms - top)
            total = weight.sum(axis=0)
            value += sign * (top + np.log(total))
            slope += sign * (z * weight[:-1]).sum(axis=0) / total
        return value, slope

    y = np.zeros(q.shape)
    low, high = np.full(q.shape, -np.inf), np.full(q.shape, np.inf)
    for _ in range(_TURNS):
        value, slope = gap(y)
        low, high = np.where(value <= 0.0, y, low), np.where(value >= 0.0, y, high)
        fresh = y - value / slope
        inside = (fresh > low) & (fresh < high)
        fresh = np.where(inside | (value == 0.0), fresh, 0.5 * (low + high))
        done = np.abs(fresh - y) <= 2e-16 * np.maximum(1.0, np.abs(y))
        y = np.where(value == 0.0, y, fresh)
        if done.all():
            break
    return y


def donnan_excess(c_out_mM: ArrayLike, z: ArrayLike, log_ratio: ArrayLike) -> Any:
    """Σ c_out (e^{z ln r} − 1): permeant ions inside over those outside, mM; shapes as above."""
    c, y = np.asarray(c_out_mM, dtype=float), np.asarray(log_ratio, dtype=float)
    valence = np.asarray(z, dtype=float).reshape((-1,) + (1,) * y.ndim)
    c = c.reshape(c.shape + (1,) * (y.ndim + 1 - c.ndim))
    return checks.plain(np.asarray((c * np.expm1(valence * y)).sum(axis=0)))


def swollen_concentration(
    c_out_mM: ArrayLike, z: ArrayLike, valence: float, excess_out_mM: float
) -> float | None:
    """Impermeant concentration X (mM) at which a free volume comes to rest.

    ΔΠ(X) rises from a value that is not positive: one root, by Newton's step in a bracket.

    Parameters
    ----------
    c_out_mM, z : array_like, shape (n_ions,)
        Permeant ions outside.
    valence : float
        Mean charge number of the impermeants inside.
    excess_out_mM : float
        X_out + p_wall/RT, what holds water back.

    Returns
    -------
    float or None
        None where only X = 0 balances: the volume grows without bound.

    Raises
    ------
    InputError
        As :func:`donnan_log_ratio`.
    """
    c, ions = np.asarray(c_out_mM, dtype=float), np.asarray(z, dtype=float)
    held = float(excess_out_mM)
    start = donnan_excess(c, ions, donnan_log_ratio(c, ions, 0.0)) - held
    if start >= -4e-16 * float(c.sum()):
        return None

    low, high = 0.0, -start
    x = 0.5 * high
    for _ in range(_TURNS):
        y = donnan_log_ratio(c, ions, valence * x)
        value = x + donnan_excess(c, ions, y) - held
        low, high = (x, high) if value <= 0.0 else (low, x)
        stiffness = float((ions**2 * c * np.exp(ions * y)).sum())
        fresh = x - value / (1.0 + valence**2 * x / stiffness)
        fresh = fresh if low < fresh < high else 0.5 * (low + high)
        if value == 0.0 or abs(fresh - x) <= 4e-16 * x:
            break
        x = fresh
    return x
