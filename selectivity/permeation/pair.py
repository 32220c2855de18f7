"""Estimates of one pair of ions over an interval: integrals, barriers, binding, bounds, tilts.

Every function yields one number a replica in kJ/mol before the bulk leg, which all replicas share;
:meth:`Pair.estimate` takes the bulk leg off and makes the error from the scatter of replicas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.barrier import Maximum, Sites, interval_bins, maximum
from selectivity.estimators.profile import ProfileSet, fill_gaps
from selectivity.permeation.result import TILT, Bounds, SiteSelectivity, TiltSensitivity
from selectivity.records import Estimate, Interval
from selectivity.units import rt


@dataclass(frozen=True)
class Pair:
    """Profiles of both ions with inner gaps filled, (R, B), and what every estimate shares."""

    profiles: ProfileSet
    a: str
    b: str
    w_a: np.ndarray
    w_b: np.ndarray
    rt: float
    bulk: Estimate

    def interval(self, values: np.ndarray) -> Interval:
        """Ratio from RT ln(ratio) per replica before the bulk leg."""
        return interval_of(self.estimate(values), self.rt)

    def estimate(self, values: np.ndarray) -> Estimate:
        """Mean over the replicas that gave a number, less the bulk leg."""
        values = values[np.isfinite(values)]
        if values.size == 0:
            return Estimate(float("nan"), float("nan"), 0.0)
        return Estimate.from_replicas(values) - self.bulk


def pair_of(profiles: ProfileSet, a: str, b: str, bulk: Estimate) -> Pair:
    """The profiles of ``a`` and ``b`` with the empty bins between filled ones bridged."""
    if a == b:
        raise InputError("ions", (a, b), "are two different ions")
    w_a, w_b = (fill_gaps(profiles.z, profiles.of(ion)) for ion in (a, b))
    return Pair(profiles, a, b, w_a, w_b, rt(profiles.temperature_K), bulk)


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """An estimate times a constant."""
    return Estimate(estimate.value * factor, estimate.error * abs(factor), estimate.dof)


def interval_of(ddg: Estimate, thermal: float) -> Interval:
    """exp(ΔΔG/RT) with its interval; undetermined between 0 and infinity without a number."""
    if np.isnan(ddg.value):
        return Interval(float("nan"), 0.0, float("inf"))
    return Interval.from_log(scaled(ddg, 1.0 / thermal))


def log_integral(
    w: np.ndarray, lengths: np.ndarray, thermal: float, sign: float = 1.0
) -> np.ndarray:
    """RT ln ∫exp(±W/RT)dz of every replica, kJ/mol.

    The exponential of a noisy bin is too large on average, by about one over the effective samples
    in it. Most of that is common to both ions; what stayed in RT ln of the ratio on an exactly
    solvable filter (windows every 0.3 Å, bins of 0.1 Å) was +0.14 kJ/mol at 100 independent
    samples a window and replica, +0.05 at 200 and within 0.03 from 600 on.

    Parameters
    ----------
    w : ndarray, shape (R, B)
        kJ/mol; every bin of the interval must hold a number.
    lengths : ndarray, shape (B,)
        Length of each bin inside the interval, Å.
    thermal : float
        RT, kJ/mol.
    sign : {1, -1}

    Returns
    -------
    ndarray, shape (R,)
        nan for a replica with an empty bin in the interval.
    """
    used = lengths > 0
    x = sign * w[:, used] / thermal
    top = x.max(axis=1)
    total = np.exp(x - top[:, None]) @ lengths[used]
    return thermal * (top + np.log(total))


def integral(pair: Pair, lengths: np.ndarray, f: np.ndarray) -> np.ndarray:
    """RT ln of the ratio of integrals per replica, before the bulk leg, (R,)."""
    return log_integral(pair.w_b - f, lengths, pair.rt) - log_integral(
        pair.w_a - f, lengths, pair.rt
    )


def maxima(pair: Pair, interval: tuple[float, float], f: np.ndarray) -> dict[str, Maximum]:
    """Highest point of W − f of both ions in ``interval``, located on the pooled profile."""
    return {ion: maximum(pair.profiles, ion, interval, f) for ion in (pair.a, pair.b)}


def barrier(pair: Pair, maxima: dict[str, Maximum], f: np.ndarray) -> np.ndarray:
    """Difference of the heights at the pooled maxima per replica, before the bulk leg, (R,)."""
    i, j = maxima[pair.a].index, maxima[pair.b].index
    return (pair.w_b[:, j] - f[j]) - (pair.w_a[:, i] - f[i])


def binding(pair: Pair, interval: tuple[float, float]) -> np.ndarray:
    """−RT ln of the ratio of ∫exp(−W/RT)dz per replica, before the bulk leg, (R,)."""
    lengths = interval_bins(pair.profiles, interval)
    return log_integral(pair.w_a, lengths, pair.rt, -1.0) - log_integral(
        pair.w_b, lengths, pair.rt, -1.0
    )


def bounds(pair: Pair, lengths: np.ndarray) -> Bounds:
    """Bounds that hold for the reported mean: those of every replica, averaged as it is."""
    ddg = (pair.w_b - pair.w_a)[:, lengths > 0]
    ddg = ddg[np.isfinite(ddg).all(axis=1)]
    if ddg.size == 0:
        return Bounds(0.0, float("inf"))
    ends = np.array([ddg.min(axis=1).mean(), ddg.max(axis=1).mean()]) - pair.bulk.value
    low, high = np.exp(np.minimum(ends / pair.rt, 700.0))
    return Bounds(float(low), float(high))


def tilt_sensitivity(pair: Pair, interval: tuple[float, float], f: np.ndarray) -> TiltSensitivity:
    """Change of both levelled figures when f is tilted about the middle of the interior."""
    z = pair.profiles.z
    lengths = interval_bins(pair.profiles, interval)
    line = TILT * (z - 0.5 * (interval[0] + interval[1]))

    def figures(g: np.ndarray) -> tuple[float, float]:
        heights = barrier(pair, maxima(pair, interval, g), g)
        total = integral(pair, lengths, g)
        return pair.estimate(total).value, pair.estimate(heights).value

    level = np.array(figures(f))
    changes = np.abs(np.array([figures(f + line), figures(f - line)]) - level)
    return TiltSensitivity(float(changes[:, 0].max()), float(changes[:, 1].max()))


def covered(
    profiles: ProfileSet, interval: tuple[float, float] | None
) -> tuple[float, float] | None:
    """``interval`` if the windows cover it, else None."""
    if interval is None:
        return None
    try:
        interval_bins(profiles, interval)
    except InputError:
        return None
    return interval


def site_selectivities(pair: Pair, sites: Sites) -> dict[str, SiteSelectivity]:
    """Equilibrium selectivity of every cage whose two planes the windows cover."""
    found = {}
    for name, centre in sorted(sites.cages.items(), key=lambda item: item[1]):
        beside = sites.beside(centre)
        if beside is None:
            continue
        low, high = (sites.planes[plane] for plane in beside)
        if covered(pair.profiles, (low, high)) is None:
            continue
        found[name] = SiteSelectivity(
            site=name,
            ddg=pair.estimate(binding(pair, (low, high))),
            centre=selectivity_at(pair, centre),
            planes={plane: selectivity_at(pair, sites.planes[plane]) for plane in beside},
        )
    return found


def selectivity_at(pair: Pair, z: float) -> Estimate:
    """ΔΔG at one z, between bin centres by straight lines."""
    rows = pair.w_b - pair.w_a
    values = np.array([np.interp(z, pair.profiles.z, row) for row in rows])
    return pair.estimate(values)
