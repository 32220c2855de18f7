"""Diffusion potentials in closed form: Planck's electroneutral layer, and Henderson's mixture.

Planck 1890: ions of charge ±1 in an electroneutral layer at a steady state. Their total
concentration C is a straight line and φ = −(RT/F) (u/r) ln C + const with u = FV/RT and
r = ln(C_out/C_in), so that every flux is

    J = (D/L) [(e^r − 1)/r] [c_in B(r − zu) − c_out e^(−r) B(zu − r)],   B(w) = w/(e^w − 1).

With r = 0 the field is constant and this is the GHK flux. Henderson 1907 takes the two solutions
as mixed in proportion to x (a flowing or free junction, not a steady one).

Sources: Planck 1890, Ann Phys Chem 275:561 and 276:561; Henderson 1907, Z Phys Chem 59:118. The
form above follows by integrating the Nernst-Planck equations with that φ.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.electrodiffusion.slab import Slab
from selectivity.membrane.ghk import bernoulli
from selectivity.membrane.nernst import log_ratio
from selectivity.membrane.solution import NEUTRAL_FRACTION, VALENCE
from selectivity.units import FARADAY

Array = NDArray[np.float64]


class _Layer(NamedTuple):
    ions: tuple[str, ...]
    z: Array
    d: Array
    c_in: Array
    c_out: Array


def planck_flux(slab: Slab, voltage_V: ArrayLike) -> dict[str, Array]:
    """Steady flux of each ion (mol/(m² s)) through an electroneutral slab, module docstring.

    Parameters
    ----------
    slab : Slab
        Electroneutral baths of ions of charge ±1 that all cross, with one partition coefficient
        and no fixed charge.
    voltage_V : array_like, shape (...)

    Returns
    -------
    dict of str to ndarray, shape (...)

    Raises
    ------
    InputError
        A bath that is not electroneutral, pure water on one side, an ion of another charge, a
        fixed charge, or different partition coefficients.
    """
    layer = _layer(slab)
    u = checks.numbers(voltage_V, "voltage_V") / slab.thermal_V
    found = _fluxes(layer, u) / slab.length_m
    return dict(zip(layer.ions, found, strict=True))


def planck_voltage(slab: Slab) -> float:
    """Planck's diffusion potential in volt: no net current through an electroneutral slab.

    For a single salt (D₊ − D₋)/(D₊ + D₋) (RT/F) ln(c_out/c_in). Arguments and errors as
    :func:`planck_flux`, and an InputError where no voltage stops the current.
    """
    from scipy.optimize import brentq

    layer = _layer(slab)
    equilibria = np.asarray(log_ratio(layer.c_out, layer.c_in)) / layer.z
    equilibria = equilibria[(layer.c_in > 0.0) | (layer.c_out > 0.0)]
    low, high = (float(x) for x in np.clip([equilibria.min(), equilibria.max()], -690.0, 690.0))

    def net(u: float) -> float:
        return float(layer.z @ _fluxes(layer, np.asarray(u)))

    if low == high:
        return low * slab.thermal_V
    if net(low) * net(high) > 0.0:
        rule = "bound the voltage of an open circuit from both sides"
        raise InputError("inside, outside", equilibria.tolist(), rule)
    return float(brentq(net, low, high, xtol=1e-14, rtol=1e-14)) * slab.thermal_V


def henderson_voltage(slab: Slab) -> float:
    """Henderson's diffusion potential in volt, for ions of any charge.

    V = (RT/F) Σ z D (c_out − c_in)/Ḡ with Ḡ the logarithmic mean of Σ z² D c on the two sides.
    For a single salt it is Planck's; for mixtures it is not. Fixed charge and partition
    coefficients take no part: it is the junction of the two baths.

    Raises
    ------
    InputError
        Pure water on one side, or a bath that is not electroneutral.
    """
    z, d, c_in, c_out = _bath_columns(slab)
    _require_neutral(slab, z, c_in, c_out)
    g_in, g_out = float(z**2 * d @ c_in), float(z**2 * d @ c_out)
    r = float(log_ratio(np.asarray(g_out), np.asarray(g_in)))
    mean = g_in * float(1.0 / bernoulli(r))  # (g_out − g_in)/ln(g_out/g_in)
    return slab.thermal_V * float(z * d @ (c_out - c_in)) / mean


def planck_current(slab: Slab, voltage_V: ArrayLike) -> dict[str, Array]:
    """Current density of each ion, zFJ in A/m²; arguments as :func:`planck_flux`."""
    return {ion: VALENCE[ion] * FARADAY * j for ion, j in planck_flux(slab, voltage_V).items()}


def _fluxes(layer: _Layer, u: Array) -> Array:
    """J L of every ion, shape (n, ...)."""
    tail = (1,) * u.ndim
    z, d, c_in, c_out = (a.reshape((-1, *tail)) for a in layer[1:])
    total_in, total_out = layer.c_in.sum(), layer.c_out.sum()
    r = float(log_ratio(np.asarray(total_out), np.asarray(total_in)))
    q = r - z * u
    mean = 1.0 / float(bernoulli(r))
    found: Array = d * mean * (c_in * bernoulli(q) - c_out * np.exp(-r) * bernoulli(-q))
    return found


def _layer(slab: Slab) -> _Layer:
    z, d, c_in, c_out = _bath_columns(slab)
    if (np.abs(z) != 1.0).any():
        ion = slab.ions[int(np.argmax(np.abs(z) != 1.0))]
        rule = "has charge +1 or −1"
        raise InputError(f"diffusion_m2_s.{ion}", ion, rule, "use the mode electroneutral")
    if slab.fixed_charge_mM != 0.0:
        rule = "is zero in Planck's layer"
        raise InputError("fixed_charge_mM", slab.fixed_charge_mM, rule, "use electroneutral")
    partition = {slab.partition.get(ion, 1.0) for ion in slab.ions}
    if len(partition) > 1:
        rule = "is the same for all ions in Planck's layer"
        raise InputError("partition", sorted(partition), rule, "use the mode electroneutral")
    _require_neutral(slab, z, c_in, c_out)
    k = partition.pop()
    return _Layer(slab.ions, z, d, k * c_in, k * c_out)


def _bath_columns(slab: Slab) -> tuple[Array, Array, Array, Array]:
    ions = slab.ions
    return (
        np.array([VALENCE[ion] for ion in ions], dtype=float),
        np.array([slab.diffusion_m2_s[ion] for ion in ions]),
        np.array([slab.inside[ion] for ion in ions]),
        np.array([slab.outside[ion] for ion in ions]),
    )


def _require_neutral(slab: Slab, z: Array, c_in: Array, c_out: Array) -> None:
    for side, c in ((slab.inside, c_in), (slab.outside, c_out)):
        gross, charge = float(np.abs(z) @ c), float(z @ c)
        if gross == 0.0:
            raise InputError(side.name, 0.0, "holds ions that cross")
        if abs(charge) > NEUTRAL_FRACTION * gross:
            rule = "is electroneutral in the ions that cross"
            remedy = f"{abs(charge):.4g} mM of charge is missing"
            raise InputError(side.name, charge, rule, remedy)
