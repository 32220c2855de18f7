"""Current through a pore whose potential of mean force is known along its axis.

For an ion that moves alone along z in W(z) and a constant field, from bath to bath,

    J = D A [c_in e^(zu) − c_out] / ∫ e^(W/RT + zφ(z)) dz,   u = FV/RT,

φ falling evenly from u to 0 over the interval, W measured from the baths and A the cross-section to
which W refers. A sampled W has no absolute zero: every ion's is levelled by one common f(z)
through the wells of K+, the ions are set against each other by their difference in bulk water, and
the height of the K+ wells above the baths is an input.

Source: the steady Nernst-Planck equation; Marrink & Berendsen 1994 J Phys Chem 98:4155.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.electrodiffusion.axis_profile import AxisProfile
from selectivity.membrane.electrodiffusion.filter_curve import FilterCurve
from selectivity.membrane.electrodiffusion.scharfetter_gummel import (
    end_to_end_flux,
    log_cell_resistance,
)
from selectivity.membrane.nernst import log_ratio
from selectivity.membrane.solution import VALENCE, Solution
from selectivity.records import Estimate, Interval
from selectivity.units import AVOGADRO, FARADAY, GAS_CONSTANT, R_KJ

Array = NDArray[np.float64]

ANGSTROM = 1e-10
PICO = 1e12


class _Pore(NamedTuple):
    """Everything that enters, in SI units; per ion of ``ions``."""

    ions: tuple[str, ...]
    z: Array
    c_in: Array
    c_out: Array
    strength: Array  # D A, m⁴/s
    lengths: Array  # of the bins in the interval, m
    w: tuple[Array, ...]  # (R, b), over RT, from the baths, bulk legs taken off
    leg: tuple[Estimate, ...]  # bulk leg over RT: its error is not in the replicas
    thermal: float  # RT/F, V


def filter_current(
    profile: AxisProfile,
    inside: Solution,
    outside: Solution,
    diffusion_m2_s: Mapping[str, float],
    radius_m: float,
    voltages_V: ArrayLike,
    well_kJ_mol: float = 0.0,
) -> FilterCurve:
    """Current-voltage curve of a pore with the potential of mean force ``profile``.

    Parameters
    ----------
    profile : AxisProfile
    inside, outside : Solution
        At the profile's temperature; both state every ion of ``diffusion_m2_s``.
    diffusion_m2_s : mapping of str to float
        Diffusion coefficient of each ion *in the pore*; there is no default.
    radius_m : float
        Radius of the cross-section to which W refers, A = π r².
    voltages_V : array_like, shape (V,)
    well_kJ_mol : float
        Height of the levelled wells of the reference ion above the baths. Sampling does not know
        it; every current goes with exp(−well/RT), ratio and reversal potential do not change.

    Returns
    -------
    FilterCurve
        In pA, outward positive.

    Raises
    ------
    InputError
        Another temperature, an ion that the profile or a bath lacks, a number outside its range.
    """
    volts = np.atleast_1d(checks.numbers(voltages_V, "voltages_V"))
    pore = _pore(profile, inside, outside, diffusion_m2_s, radius_m, well_kJ_mol)
    current = {
        ion: np.array([_current(pore, i, float(v)) for v in volts]).T
        for i, ion in enumerate(pore.ions)
    }
    occupancy = {ion: _occupancy(pore, i, radius_m) for i, ion in enumerate(pore.ions)}
    return FilterCurve(
        voltage_V=volts,
        current_pA=current,
        net_pA=np.sum(list(current.values()), axis=0),
        reversal_mV=_reversal(pore),
        permeability_m3_s={
            ion: Interval.from_log(_permeability(pore, i)) for i, ion in enumerate(pore.ions)
        },
        ratio=_ratio(pore, profile.reference),
        occupancy=occupancy,
        well_of_one_kJ_mol=_well_of_one(profile, occupancy, well_kJ_mol),
        inputs=_inputs(profile, inside, outside, diffusion_m2_s, radius_m, well_kJ_mol),
        warnings=_crowded(occupancy),
    )


def _pore(
    profile: AxisProfile,
    inside: Solution,
    outside: Solution,
    diffusion: Mapping[str, float],
    radius_m: float,
    well_kJ_mol: float,
) -> _Pore:
    for side in (inside, outside):
        if not math.isclose(side.temperature_K, profile.temperature_K, rel_tol=1e-6):
            rule = f"is the temperature of the sampling, {profile.temperature_K:g} K"
            raise InputError(f"{side.name}.temperature_K", side.temperature_K, rule)
    if not diffusion:
        raise InputError("diffusion_m2_s", {}, "names at least one ion of the profile")
    ions = tuple(diffusion)
    for ion in ions:
        if ion not in profile.w_kJ_mol:
            known = ", ".join(profile.ions)
            raise InputError(f"diffusion_m2_s.{ion}", ion, f"is one of the sampled ions: {known}")
    d = np.array([checks.positive(d, f"diffusion_m2_s.{ion}") for ion, d in diffusion.items()])
    area = math.pi * checks.positive(radius_m, "radius_m") ** 2
    well = checks.scalar(well_kJ_mol, "well_kJ_mol")
    thermal = R_KJ * profile.temperature_K
    nothing = Estimate(0.0, 0.0, math.inf)
    legs = [profile.bulk_kJ_mol[i] if i != profile.reference else nothing for i in ions]
    used = profile.lengths_A > 0.0
    level = (profile.levelling_kJ_mol - well)[used]
    w = [
        (profile.w_kJ_mol[i][:, used] - level - leg.value) / thermal
        for i, leg in zip(ions, legs, strict=True)
    ]
    return _Pore(
        ions,
        np.array([VALENCE[i] for i in ions], dtype=float),
        np.array([inside[i] for i in ions]),
        np.array([outside[i] for i in ions]),
        d * area,
        ANGSTROM * profile.lengths_A[used],
        tuple(w),
        tuple(Estimate(0.0, leg.error / thermal, leg.dof) for leg in legs),
        GAS_CONSTANT * profile.temperature_K / FARADAY,
    )


def _ends(pore: _Pore, i: int, voltage_V: float) -> Array:
    """zφ at the edges of the bins, from zu to 0."""
    edges = np.concatenate([[0.0], np.cumsum(pore.lengths)])
    found: Array = pore.z[i] * voltage_V / pore.thermal * (1.0 - edges / edges[-1])
    return found


def _log_resistance(pore: _Pore, i: int, voltage_V: float) -> Array:
    """ln ∫e^(W/RT + zφ)dz of every replica, W even in a bin, shape (R,)."""
    from scipy.special import logsumexp

    cells = log_cell_resistance(pore.lengths, _ends(pore, i, voltage_V))
    found: Array = logsumexp(pore.w[i] + cells, axis=1)
    return found


def _flux(pore: _Pore, i: int, voltage_V: float, log_r: Array | float) -> Array:
    """Ions per time through the pore, mol/s, in the shape of ``log_r``."""
    psi = _ends(pore, i, voltage_V)[[0, -1]]
    c_in, c_out = np.asarray(pore.c_in[i]), np.asarray(pore.c_out[i])
    return end_to_end_flux(pore.strength[i], psi, np.asarray(log_r), c_in, c_out)


def _current(pore: _Pore, i: int, voltage_V: float) -> Array:
    """Value, low and high of one ion's current in pA."""
    estimate = Estimate.from_replicas(_log_resistance(pore, i, voltage_V)) + pore.leg[i]
    half = estimate.half_width()
    ends = np.array([estimate.value, estimate.value + half, estimate.value - half])
    value = float(PICO * pore.z[i] * FARADAY * _flux(pore, i, voltage_V, ends[0]))
    if value == 0.0:
        return np.zeros(3)
    with np.errstate(over="ignore", under="ignore"):
        others = value * np.exp(ends[0] - ends[1:])
    return np.array([value, others.min(), others.max()])


def _permeability(pore: _Pore, i: int) -> Estimate:
    """ln of D A/∫e^(W/RT)dz in m³/s."""
    log_r = Estimate.from_replicas(_log_resistance(pore, i, 0.0)) + pore.leg[i]
    return Estimate(math.log(pore.strength[i]) - log_r.value, log_r.error, log_r.dof)


def _ratio(pore: _Pore, reference: str) -> Interval | None:
    """Permeability of the reference over the other ion's, from the difference in each replica."""
    if len(pore.ions) != 2 or reference not in pore.ions:
        return None
    a = pore.ions.index(reference)
    b = 1 - a
    difference = _log_resistance(pore, b, 0.0) - _log_resistance(pore, a, 0.0)
    log_ratio_d = math.log(pore.strength[a] / pore.strength[b])
    return Interval.from_log(Estimate.from_replicas(difference + log_ratio_d) + pore.leg[b])


def _occupancy(pore: _Pore, i: int, radius_m: float) -> float:
    """Mean number in the interval, N_A c A ∫e^(−W/RT)dz, at V = 0; mean of the replicas."""
    with np.errstate(over="ignore", under="ignore"):
        lengths = np.exp(-pore.w[i]) @ pore.lengths
    c = max(pore.c_in[i], pore.c_out[i])
    return float(AVOGADRO * c * math.pi * radius_m**2 * lengths.mean())


def _crowded(occupancy: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(
        f"{ion}: {n:.3g} ions would stand in the interval at once; independent ions are a poor "
        "model there, raise the wells"
        for ion, n in occupancy.items()
        if n > 1.0
    )


def _well_of_one(profile: AxisProfile, occupancy: Mapping[str, float], well_kJ_mol: float) -> float:
    """Height of the wells at which the reference's occupancy is one; nan without the ion."""
    n = occupancy.get(profile.reference, 0.0)
    thermal = R_KJ * profile.temperature_K
    return well_kJ_mol + thermal * math.log(n) if n > 0.0 else math.nan


def _reversal(pore: _Pore) -> Estimate:
    """Potential of no net current, mV: mean over replicas, the bulk legs' errors added."""
    replicas = range(pore.w[0].shape[0])
    nothing = np.zeros(len(pore.ions))
    found = Estimate.from_replicas([_root(pore, r, nothing) for r in replicas])
    for i, leg in enumerate(pore.leg):
        if leg.error == 0.0:
            continue
        step = np.zeros(len(pore.ions))
        step[i] = 0.5 * (leg.error if math.isfinite(leg.error) else 1.0)
        rows = [[_root(pore, r, sign * step) for r in replicas] for sign in (1.0, -1.0)]
        slope = (np.mean(rows[0]) - np.mean(rows[1])) / (2.0 * step[i])
        found = found + Estimate(0.0, abs(float(slope)) * leg.error, leg.dof)
    return found


def _root(pore: _Pore, replica: int, shift: Array) -> float:
    """Reversal potential of one replica in mV, ln resistances moved by ``shift``; nan if none."""
    from scipy.optimize import brentq

    there = [i for i in range(len(pore.ions)) if pore.c_in[i] > 0.0 or pore.c_out[i] > 0.0]
    equilibria = pore.thermal * np.asarray(log_ratio(pore.c_out, pore.c_in))[there] / pore.z[there]
    if not there or (np.isinf(equilibria).all() and np.unique(equilibria).size == 1):
        return math.nan
    low, high = np.clip([equilibria.min(), equilibria.max()], -2.0, 2.0)
    if low == high:
        return 1000.0 * float(low)

    def net(voltage: float) -> float:
        total = 0.0
        for i in there:
            log_r = _log_resistance(
                pore._replace(w=tuple(w[replica : replica + 1] for w in pore.w)), i, voltage
            )
            total += pore.z[i] * float(_flux(pore, i, voltage, log_r[0] + shift[i]))
        return total * 1e15

    if net(low) * net(high) > 0.0:
        return math.nan
    return 1000.0 * float(brentq(net, low, high, xtol=1e-12))


def _inputs(
    profile: AxisProfile,
    inside: Solution,
    outside: Solution,
    diffusion: Mapping[str, float],
    radius_m: float,
    well_kJ_mol: float,
) -> dict[str, Any]:
    low, high = profile.interval_A
    return {
        "system": profile.system,
        "temperature_K": profile.temperature_K,
        "replicas": next(iter(profile.w_kJ_mol.values())).shape[0],
        "interval_A": [low, high],
        "length_nm": 0.1 * (high - low),
        "reference": profile.reference,
        "well_kJ_mol": float(well_kJ_mol),
        "radius_nm": 1e9 * radius_m,
        "area_nm2": 1e18 * math.pi * radius_m**2,
        "diffusion_m2_s": dict(diffusion),
        "inside_mM": {ion: inside[ion] for ion in diffusion},
        "outside_mM": {ion: outside[ion] for ion in diffusion},
        "bulk_dg_kJ_mol": {
            ion: {"value": leg.value, "error": leg.error}
            for ion, leg in profile.bulk_kJ_mol.items()
            if ion in diffusion
        },
    }
