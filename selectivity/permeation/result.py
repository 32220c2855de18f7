"""What a permeability ratio is reported with: plain records and their JSON form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.estimators.barrier import Levelling, Maximum, Well
from selectivity.records import Estimate, Interval
from selectivity.units import kcal

TILT = kcal(2.0)  # kJ/mol/Å, the tilts under which the levelled ratio is recomputed


@dataclass(frozen=True)
class SiteSelectivity:
    """Equilibrium selectivity of one cage (binding, not permeation), kJ/mol.

    ``ddg`` from plane to plane, ``centre`` at the cage centre, ``planes`` at the planes beside it.
    """

    site: str
    ddg: Estimate
    centre: Estimate
    planes: dict[str, Estimate]


@dataclass(frozen=True)
class TiltSensitivity:
    """Largest |change| of RT ln ratio, kJ/mol, when f(z) is tilted by ±``tilt_kJ_mol_A``."""

    integral: float
    barrier: float
    tilt_kJ_mol_A: float = TILT


@dataclass(frozen=True)
class Bounds:
    """Between which P_a/P_b of any integral lies, whatever common f(z) acts on both ions."""

    low: float
    high: float


@dataclass(frozen=True)
class DiffusionVariant:
    """Headline with D_a/D_b = 1 and its variant with the bulk ratio of the coefficients."""

    headline: float
    variant: float
    ratio: Interval


@dataclass(frozen=True)
class SelectivityProfile:
    """ΔΔG(z) over the bins, kJ/mol: value and standard error, shape (B,)."""

    z: np.ndarray
    value: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class RatioResult:
    """P_a/P_b of one system, three ways, with what they rest on.

    Attributes
    ----------
    a, b : str
        The ratio is P_a/P_b.
    barrier, integral, barrier_levelled, integral_levelled : Interval
        95 % intervals, log-normal; ``integral_levelled`` is the headline.
    ddg_barrier, ddg_integral : Estimate
        RT ln of the levelled barrier and of the levelled integral, kJ/mol.
    ddg_barrier_sampled, ddg_integral_sampled : Estimate
        The same as sampled.
    per_replica : ndarray, shape (R,)
        RT ln(integral, levelled) of every replica with the common bulk mean, kJ/mol.
    bounds : Bounds
        exp of the mean over replicas of each replica's extremes of ΔΔG(z)/RT over the interior.
    barrier_at_end, barrier_at_end_sampled : dict of str to bool
        Whether the maximum lies on the end of the interior and is no barrier.
    sites : dict of str to SiteSelectivity
    ddg_interval : Estimate or None
        Equilibrium selectivity over the whole plane-to-plane interval, kJ/mol.
    plane_to_plane : Interval or None
        The headline over the plane-to-plane interval; None where the windows do not cover it.
    bulk : Estimate
        ΔG_bulk(a → b), kJ/mol.
    problems : tuple of str
        Why the number may not be used.
    warnings : tuple of str
    """

    a: str
    b: str
    system: str
    temperature_K: float
    replicas: int
    interior: tuple[float, float]
    barrier: Interval
    integral: Interval
    barrier_levelled: Interval
    integral_levelled: Interval
    ddg_barrier: Estimate
    ddg_integral: Estimate
    ddg_barrier_sampled: Estimate
    ddg_integral_sampled: Estimate
    per_replica: np.ndarray
    bounds: Bounds
    tilt_sensitivity: TiltSensitivity
    barrier_at_end: dict[str, bool]
    barrier_at_end_sampled: dict[str, bool]
    diffusion_ratio: DiffusionVariant
    sites: dict[str, SiteSelectivity]
    ddg_interval: Estimate | None
    plane_to_plane: Interval | None
    plane_interval: tuple[float, float] | None
    wells: tuple[Well, ...]
    maxima: dict[str, Maximum]
    maxima_levelled: dict[str, Maximum]
    levelling: Levelling
    ddg_profile: SelectivityProfile
    bulk: Estimate
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def headline(self) -> Interval:
        """The levelled integral."""
        return self.integral_levelled


def interval_json(interval: Interval | None) -> dict[str, float | None] | None:
    """``{value, low, high}``, null where not finite."""
    if interval is None:
        return None
    return {key: finite(getattr(interval, key)) for key in ("value", "low", "high")}


def estimate_json(estimate: Estimate | None, name: str = "value") -> dict[str, Any] | None:
    """``{value, error}`` (the value under ``name``), null where not finite."""
    if estimate is None:
        return None
    return {name: finite(estimate.value), "error": finite(estimate.error)}


def finite(x: float) -> float | None:
    """``x`` as a plain float, None (null in JSON) where it is infinite or not a number."""
    return float(x) if math.isfinite(x) else None


def ratio_json(result: RatioResult) -> dict[str, Any]:
    """What ``selectivity ratio --json`` says of one system, energies in kJ/mol."""
    ratios: dict[str, Any] = {
        name: interval_json(getattr(result, name))
        for name in ("barrier", "integral", "barrier_levelled", "integral_levelled")
    }
    bounds = result.bounds
    ratios["bounds"] = {"low": finite(bounds.low), "high": finite(bounds.high)}
    ratios["plane_to_plane"] = interval_json(result.plane_to_plane)
    variant = result.diffusion_ratio
    tilt = result.tilt_sensitivity
    return {
        "system": result.system,
        "temperature_K": result.temperature_K,
        "ions": [result.a, result.b],
        "replicas": result.replicas,
        "interior_A": list(result.interior),
        "plane_interval_A": list(result.plane_interval) if result.plane_interval else None,
        "headline": "integral_levelled",
        "ratio": ratios,
        "ddg_barrier_kJ_mol": estimate_json(result.ddg_barrier),
        "ddg_integral_kJ_mol": estimate_json(result.ddg_integral),
        "ddg_barrier_sampled_kJ_mol": estimate_json(result.ddg_barrier_sampled),
        "ddg_integral_sampled_kJ_mol": estimate_json(result.ddg_integral_sampled),
        "ddg_plane_to_plane_kJ_mol": estimate_json(result.ddg_interval),
        "tilt_sensitivity": {
            "integral_kJ_mol": finite(tilt.integral),
            "barrier_kJ_mol": finite(tilt.barrier),
            "tilt_kJ_mol_A": tilt.tilt_kJ_mol_A,
        },
        "barrier_at_end": dict(result.barrier_at_end),
        "barrier_at_end_sampled": dict(result.barrier_at_end_sampled),
        "barrier_z_A": {ion: peak.z for ion, peak in result.maxima_levelled.items()},
        "diffusion_ratio": {
            "headline": variant.headline,
            "variant": variant.variant,
            "integral_levelled": interval_json(variant.ratio),
        },
        "sites": {name: _site_json(site) for name, site in result.sites.items()},
        "wells": [
            {"site": w.site, "z_A": w.z, "w_kJ_mol": w.w_kJ_mol, "at_centre": w.at_centre}
            for w in result.wells
        ],
        "bulk_dg_kJ_mol": estimate_json(result.bulk),
        "statistical_only": True,
        "warnings": [*result.problems, *result.warnings],
    }


def _site_json(site: SiteSelectivity) -> dict[str, Any]:
    return {
        "ddg_kJ_mol": finite(site.ddg.value),
        "error": finite(site.ddg.error),
        "centre": estimate_json(site.centre, "ddg_kJ_mol"),
        "planes": {name: estimate_json(e, "ddg_kJ_mol") for name, e in site.planes.items()},
    }
