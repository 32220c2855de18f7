"""Steady composition and potential of the pump-leak cell in closed form.

With the cycle current q of the pump (A/m²), x_i = V − E_i and φ = RT/F, no ion accumulates where

    g_Na x_Na + g_N n           = −3 q        n = x_Na + x_K − 2 x_Cl
    g_K  x_K  + g_C k + g_N n   = +2 q        k = x_K − x_Cl
    g_Cl x_Cl − g_C k − 2 g_N n =  0          g_C of KCC2, g_N of NKCC1

which is linear in q: x_i = q ρ_i. So Na_in = Na' θ, K_in = K' θ, Cl_in = Cl'/θ with θ = e^(−V/φ),
Na' = Na_out e^(ρ_Na q/φ), K' = K_out e^(ρ_K q/φ), Cl' = Cl_out e^(−ρ_Cl q/φ). Osmotic balance gives
X_in = Osm − Na_in − K_in − Cl_in, neutrality Na_in + K_in − Cl_in + z X_in = 0. With S = Na' + K',
m = √(S Cl'), θ = √(Cl'/S) e^s the two are

    2 m sinh s = −z X_in,   X_in = Osm − 2 m cosh s,

a quadratic in e^s of which one root has X_in > 0, if and only if the gap Osm − 2 m is above zero.
S Cl' is a sum of exponentials of q, hence convex: the rates with a steady state are one interval.
Without NKCC1: ρ_K = 2 (g_Cl + g_C) β, ρ_Cl = 2 g_C β, β = 1/(g_K g_Cl + g_C g_K + g_C g_Cl).
Without a cotransporter ρ_Cl = 0: E_Cl = V and g_Cl is nowhere.

A membrane with a capacitance holds the charge σ = C A V/(F W), 0.006 mM in a neuron of 5 µm
radius, where neutrality has zero: 0.6 µV at rest. It is put in by iteration, from the closed form.

Sources: Keener & Sneyd 2009, Mathematical Physiology, ch. 2; Kay 2017, Front Cell Dev Biol 5:41;
Düsterwald et al. 2018, eLife 7:e39575.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.leaks import kcc2_displacement
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE
from selectivity.cell.volume.cell import VolumeCell

Array = NDArray[np.float64]

_EXPONENT = 600.0
_TURNS = 8
_LEAST = 1e-15
"""Gap, as a fraction of the osmolarity, below which it is not told from zero."""


class Composition(NamedTuple):
    """Potential (V) and concentrations (mM) at a pump rate; nan where there is no steady state.

    ``gap_mM`` is Osm − 2 m: a steady state exists where it is above zero.
    """

    v_V: Any
    na_mM: Any
    k_mM: Any
    cl_mM: Any
    x_mM: Any
    gap_mM: Any


def displacement(cell: VolumeCell) -> tuple[float, float, float]:
    """ρ = (V − E)/q of Na, K and Cl in m²/S (module docstring)."""
    g_na, g_k, g_cl = cell.g_na_S_m2, cell.g_k_S_m2, cell.g_cl_S_m2
    kcc2, nkcc1 = cell.g_kcc2_S_m2, cell.g_nkcc1_S_m2
    det = g_k * g_cl + kcc2 * g_k + kcc2 * g_cl
    if det == 0.0:  # chloride moves by NKCC1 alone, which then stands still
        rho_na, rho_k = -NA_PER_CYCLE / g_na, K_PER_CYCLE / g_k
        return rho_na, rho_k, 0.5 * (rho_na + rho_k)
    rho_na, (rho_k, rho_cl) = -NA_PER_CYCLE / g_na, kcc2_displacement(g_k, g_cl, kcc2)
    if nkcc1 == 0.0:
        return rho_na, rho_k, rho_cl
    w_na, w_k = 1.0 / g_na, (g_cl + kcc2 - 2.0 * kcc2) / det
    w_cl = (kcc2 - 2.0 * (g_k + kcc2)) / det
    driven = rho_na + rho_k - 2.0 * rho_cl
    flux = nkcc1 * driven / (1.0 + nkcc1 * (w_na + w_k - 2.0 * w_cl))
    return rho_na - flux * w_na, rho_k - flux * w_k, rho_cl - flux * w_cl


def composition(cell: VolumeCell, q_A_m2: ArrayLike) -> Composition:
    """Steady state at the cycle current ``q_A_m2`` of any shape (module docstring)."""
    q = np.asarray(q_A_m2, dtype=float)
    e_na, e_k, e_cl = (
        np.clip(rho * q / cell.rt_over_f_V, -_EXPONENT, _EXPONENT) for rho in displacement(cell)
    )
    s_out, cl_out = cell.na_out_mM + cell.k_out_mM, cell.cl_out_mM
    rise = (cell.na_out_mM * np.expm1(e_na) + cell.k_out_mM * np.expm1(e_k)) / s_out
    log_m = 0.5 * (np.log1p(rise) - e_cl)
    root_s, root_cl = math.sqrt(s_out), math.sqrt(cl_out)
    m_out = root_s * root_cl
    bath = cell.x_out_mM + ((s_out - cl_out) / (root_s + root_cl)) ** 2  # Osm − 2 m at q = 0
    gap = bath - 2.0 * m_out * np.expm1(log_m)
    steady = gap > _LEAST * cell.osmolarity_mM
    middle = 0.5 * (math.log(cl_out / s_out) - e_cl - np.log1p(rise))
    s, x = _balanced(cell, m_out * np.exp(log_m), np.where(steady, gap, np.nan), middle)
    log_theta = middle + s
    theta = np.exp(log_theta)
    parts = (
        -cell.rt_over_f_V * log_theta,
        cell.na_out_mM * theta * np.exp(e_na),
        cell.k_out_mM * theta * np.exp(e_k),
        cl_out / theta * np.exp(-e_cl),
        x,
        gap,
    )
    return Composition(*(float(p) if q.ndim == 0 else p for p in map(np.asarray, parts)))


def _balanced(cell: VolumeCell, m: Array, gap: Array, middle: Array) -> tuple[Array, Array]:
    """s and X_in of 2 m sinh s + z X_in = σ, with σ = C A V/(F W) where there is a capacitance."""
    s = _asymmetry(gap / m, cell.z)
    x = gap - 4.0 * m * np.sinh(0.5 * s) ** 2
    for _ in range(_TURNS if cell.capacitance_F_m2 > 0.0 else 0):
        volume = 1000.0 * cell.x_fmol / np.where(x > 0.0, x, np.nan)
        charge = cell.charge_mM(-cell.rt_over_f_V * (middle + s), volume)
        over = 2.0 * m * np.sinh(s) + cell.z * x - charge
        s = s - over / (2.0 * m * (np.cosh(s) - cell.z * np.sinh(s)))
        x = gap - 4.0 * m * np.sinh(0.5 * s) ** 2
    return s, x


def _asymmetry(g: Array, z: float) -> Array:
    """s of 2 sinh s = −z (2 + g − 2 cosh s), odd in z, of either sign without cancellation."""
    a = abs(z)
    root = np.sqrt(4.0 + a * a * g * (g + 4.0))
    grown = (a * g + a * a * g * (g + 4.0) / (root + 2.0)) / (2.0 * (1.0 + a))
    return -math.copysign(1.0, z) * np.log1p(grown)


def pump_current(cell: VolumeCell, state: Composition) -> Any:
    """Cycle current (A/m²) that the cell's pump law gives at a composition."""
    return cell.pump.cycle_current(
        state.na_mM, cell.na_out_mM, state.k_mM, cell.k_out_mM, cell.atp_mM
    )


def fastest(cell: VolumeCell) -> float:
    """Cycle current (A/m²) above which there is no steady state; inf where there is none such."""
    rho_na, rho_k, rho_cl = displacement(cell)
    least, limit = slowest_growth(cell), math.log(0.5 * cell.osmolarity_mM)

    def above(q: float) -> float:
        terms = ((cell.na_out_mM, rho_na), (cell.k_out_mM, rho_k))
        logs = [
            math.log(c * cell.cl_out_mM) + (rho - rho_cl) * q / cell.rt_over_f_V for c, rho in terms
        ]
        return 0.5 * float(np.logaddexp(logs[0], logs[1])) - limit

    if not math.isfinite(least) or rho_k <= rho_cl:
        return math.inf
    if above(max(least, 0.0)) >= 0.0:
        return 0.0
    from scipy.optimize import brentq

    high = max(2.0 * least, cell.rt_over_f_V * cell.g_k_S_m2)
    while above(high) <= 0.0:
        high *= 2.0
    return float(brentq(above, max(least, 0.0), high, xtol=1e-300, rtol=1e-15))


def slowest_growth(cell: VolumeCell) -> float:
    """Cycle current (A/m²) at which S Cl' is least and the gap largest; inf where it only falls.

    Below it a cell without a steady state is pumped too slowly, above it too fast.
    """
    rho_na, rho_k, rho_cl = displacement(cell)
    fall, grow = cell.na_out_mM * (rho_cl - rho_na), cell.k_out_mM * (rho_k - rho_cl)
    if grow <= 0.0:
        return math.inf
    if fall <= 0.0:
        return -math.inf
    return cell.rt_over_f_V * math.log(fall / grow) / (rho_k - rho_na)
