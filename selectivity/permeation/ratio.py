"""Permeability ratio of two ions from their profiles and the bulk difference.

Everything rests on ΔΔG(z) = W_b(z) − W_a(z) − ΔG_bulk(a → b), positive where the filter prefers a
(K+ over Na+ with a = K, b = Na), and on P_a/P_b as

    (a) barrier    exp{[max W_b − max W_a − ΔG_bulk]/RT}
    (b) integral   (D_a/D_b) ∫exp(W_b/RT)dz / ∫exp(W_a/RT)dz · exp(−ΔG_bulk/RT)

as sampled and levelled: a common f(z), which any force on charge alone may add, is taken from both
profiles. (b) is a mean of exp(ΔΔG(z)/RT) with weights exp(W_a/RT), so that it lies between the
exponentials of the extremes of ΔΔG whatever f(z) is. Binding is (c),
ΔΔG_site = −RT ln[∫exp(−W_b/RT)dz/∫exp(−W_a/RT)dz] − ΔG_bulk from plane to plane.

Sources: Marrink & Berendsen 1994 J Phys Chem 98:4155; Diamond & Katz 1974 J Membr Biol 17:121.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.barrier import (
    MARGIN,
    Levelling,
    Maximum,
    Sites,
    Well,
    interval_bins,
    levelling,
    maximum,
    wells,
)
from selectivity.estimators.profile import ProfileSet, fill_gaps
from selectivity.permeation.measured import bulk_diffusion_ratio
from selectivity.permeation.result import (
    TILT,
    Bounds,
    DiffusionVariant,
    RatioResult,
    SelectivityProfile,
    SiteSelectivity,
    TiltSensitivity,
)
from selectivity.records import Estimate, Interval
from selectivity.units import rt

LEVELLING_ION = "K"


@dataclass(frozen=True)
class _Pair:
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
        ddg = self.estimate(values)
        return Interval.from_log(scaled(ddg, 1.0 / self.rt))

    def estimate(self, values: np.ndarray) -> Estimate:
        """Mean over the replicas that gave a number, less the bulk leg."""
        values = values[np.isfinite(values)]
        if values.size == 0:
            return Estimate(float("nan"), float("nan"), 0.0)
        return Estimate.from_replicas(values) - self.bulk


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """An estimate times a constant."""
    return Estimate(estimate.value * factor, estimate.error * abs(factor), estimate.dof)


def log_integral(
    w: np.ndarray, lengths: np.ndarray, thermal: float, sign: float = 1.0
) -> np.ndarray:
    """RT ln ∫exp(±W/RT)dz of every replica, kJ/mol.

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


def levelling_of(
    profiles: ProfileSet, sites: Sites, a: str = LEVELLING_ION
) -> tuple[Levelling, tuple[Well, ...]]:
    """Levelling function through the wells of K+ (of ``a`` where the ladder lacks K+)."""
    ion = LEVELLING_ION if LEVELLING_ION in profiles.ions else a
    found = wells(profiles, sites, ion)
    return levelling(found), found


def ratio(
    profiles: ProfileSet, bulk: Estimate, sites: Sites, a: str = "K", b: str = "Na"
) -> RatioResult:
    """P_a/P_b of one filter, three ways, as sampled and levelled.

    Parameters
    ----------
    profiles : ProfileSet
        Profiles of all replicas.
    bulk : Estimate
        ΔG_bulk(a → b), kJ/mol, of the droplet of the same parameter set.
    sites : Sites
        Interior, cages and planes.
    a, b : str

    Returns
    -------
    RatioResult
        With one replica, or where bins stay empty, the intervals run from 0 to infinity and
        ``problems`` says why.

    Raises
    ------
    InputError
        An ion that was not sampled, or an interior outside the windows.
    """
    if a == b:
        raise InputError("ions", (a, b), "are two different ions")
    pair = _Pair(
        profiles=profiles,
        a=a,
        b=b,
        w_a=fill_gaps(profiles.z, profiles.of(a)),
        w_b=fill_gaps(profiles.z, profiles.of(b)),
        rt=rt(profiles.temperature_K),
        bulk=bulk,
    )
    lengths = interval_bins(profiles, sites.interior)
    level, found = levelling_of(profiles, sites, a)
    f = level(profiles.z)
    flat = np.zeros(profiles.z.size)
    sampled = _maxima(pair, sites.interior, flat)
    levelled = _maxima(pair, sites.interior, f)
    integral, integral_levelled = _integral(pair, lengths, flat), _integral(pair, lengths, f)
    barrier, barrier_levelled = _barrier(pair, sampled, flat), _barrier(pair, levelled, f)
    at_end = {ion: peak.at_end for ion, peak in levelled.items()}
    variant = bulk_diffusion_ratio(a, b)
    planes = _covered(profiles, sites.plane_to_plane())
    return RatioResult(
        a=a,
        b=b,
        system=profiles.system,
        temperature_K=profiles.temperature_K,
        replicas=profiles.replicas,
        interior=sites.interior,
        barrier=pair.interval(barrier),
        integral=pair.interval(integral),
        barrier_levelled=pair.interval(barrier_levelled),
        integral_levelled=pair.interval(integral_levelled),
        ddg_barrier=pair.estimate(barrier_levelled),
        ddg_integral=pair.estimate(integral_levelled),
        ddg_barrier_sampled=pair.estimate(barrier),
        ddg_integral_sampled=pair.estimate(integral),
        per_replica=integral_levelled - bulk.value,
        bounds=_bounds(pair, lengths),
        tilt_sensitivity=_tilts(pair, sites.interior, f),
        barrier_at_end=at_end,
        barrier_at_end_sampled={ion: peak.at_end for ion, peak in sampled.items()},
        diffusion_ratio=DiffusionVariant(
            1.0, variant, pair.interval(integral_levelled + pair.rt * np.log(variant))
        ),
        sites=_sites(pair, sites),
        ddg_interval=None if planes is None else pair.estimate(_binding(pair, planes)),
        plane_to_plane=(
            None
            if planes is None
            else pair.interval(_integral(pair, interval_bins(profiles, planes), f))
        ),
        plane_interval=planes,
        wells=found,
        maxima=sampled,
        maxima_levelled=levelled,
        levelling=level,
        ddg_profile=SelectivityProfile(
            profiles.z,
            profiles.difference_mean(a, b) - bulk.value,
            np.hypot(profiles.difference_error(a, b), bulk.error),
        ),
        bulk=bulk,
        warnings=_warnings(pair, sites, found, levelled),
        problems=_problems(pair, integral_levelled),
    )


def _integral(pair: _Pair, lengths: np.ndarray, f: np.ndarray) -> np.ndarray:
    """RT ln of the ratio of integrals per replica, before the bulk leg, (R,)."""
    return log_integral(pair.w_b - f, lengths, pair.rt) - log_integral(
        pair.w_a - f, lengths, pair.rt
    )


def _maxima(pair: _Pair, interval: tuple[float, float], f: np.ndarray) -> dict[str, Maximum]:
    return {ion: maximum(pair.profiles, ion, interval, f) for ion in (pair.a, pair.b)}


def _barrier(pair: _Pair, maxima: dict[str, Maximum], f: np.ndarray) -> np.ndarray:
    """Difference of the heights at the pooled maxima per replica, before the bulk leg, (R,)."""
    i, j = maxima[pair.a].index, maxima[pair.b].index
    return (pair.w_b[:, j] - f[j]) - (pair.w_a[:, i] - f[i])


def _binding(pair: _Pair, interval: tuple[float, float]) -> np.ndarray:
    """−RT ln of the ratio of ∫exp(−W/RT)dz per replica, before the bulk leg, (R,)."""
    lengths = interval_bins(pair.profiles, interval)
    return log_integral(pair.w_a, lengths, pair.rt, -1.0) - log_integral(
        pair.w_b, lengths, pair.rt, -1.0
    )


def _bounds(pair: _Pair, lengths: np.ndarray) -> Bounds:
    """Bounds that hold for the reported mean: those of every replica, averaged as it is."""
    ddg = (pair.w_b - pair.w_a)[:, lengths > 0]
    ddg = ddg[np.isfinite(ddg).all(axis=1)]
    if ddg.size == 0:
        return Bounds(0.0, float("inf"))
    ends = np.array([ddg.min(axis=1).mean(), ddg.max(axis=1).mean()]) - pair.bulk.value
    low, high = np.exp(np.minimum(ends / pair.rt, 700.0))
    return Bounds(float(low), float(high))


def _tilts(pair: _Pair, interval: tuple[float, float], f: np.ndarray) -> TiltSensitivity:
    """Change of both levelled figures when f is tilted about the middle of the interior."""
    z = pair.profiles.z
    lengths = interval_bins(pair.profiles, interval)
    line = TILT * (z - 0.5 * (interval[0] + interval[1]))

    def figures(g: np.ndarray) -> tuple[float, float]:
        heights = _barrier(pair, _maxima(pair, interval, g), g)
        integral, barrier = (pair.estimate(v).value for v in (_integral(pair, lengths, g), heights))
        return integral, barrier

    level = np.array(figures(f))
    changes = np.abs(np.array([figures(f + line), figures(f - line)]) - level)
    return TiltSensitivity(float(changes[:, 0].max()), float(changes[:, 1].max()))


def _covered(
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


def _sites(pair: _Pair, sites: Sites) -> dict[str, SiteSelectivity]:
    """Equilibrium selectivity of every cage whose two planes the windows cover."""
    found = {}
    for name, centre in sorted(sites.cages.items(), key=lambda item: item[1]):
        beside = sites.beside(centre)
        if beside is None:
            continue
        low, high = (sites.planes[plane] for plane in beside)
        if _covered(pair.profiles, (low, high)) is None:
            continue
        found[name] = SiteSelectivity(
            site=name,
            ddg=pair.estimate(_binding(pair, (low, high))),
            centre=_at(pair, centre),
            planes={plane: _at(pair, sites.planes[plane]) for plane in beside},
        )
    return found


def _at(pair: _Pair, z: float) -> Estimate:
    """ΔΔG at one z, between bin centres by straight lines."""
    rows = pair.w_b - pair.w_a
    values = np.array([np.interp(z, pair.profiles.z, row) for row in rows])
    return pair.estimate(values)


def _problems(pair: _Pair, headline: np.ndarray) -> tuple[str, ...]:
    """Why the number may not be used."""
    problems = []
    lost = int(np.count_nonzero(~np.isfinite(headline)))
    if lost:
        problems.append(
            f"{lost} of {headline.size} replicas left out: bins of the interior without samples"
        )
    if headline.size - lost < 2:
        problems.append("fewer than two replicas gave a number: it has no error")
    if not np.isfinite(pair.bulk.value + pair.bulk.error):
        problems.append("the bulk reference has no error: run at least two replicas of its droplet")
    return tuple(problems)


def _warnings(
    pair: _Pair, sites: Sites, found: tuple[Well, ...], levelled: dict[str, Maximum]
) -> tuple[str, ...]:
    """What deserves a look beside the number."""
    z, half = pair.profiles.z, 0.5 * pair.profiles.width
    low, high = sites.interior
    warnings = []
    reach = min(low - (z[0] - half), (z[-1] + half) - high)
    if reach < MARGIN - 1e-6:
        warnings.append(
            f"the windows reach {max(reach, 0.0):.2f} Å beyond the interior, "
            f"{MARGIN:g} Å are advised"
        )
    inside = interval_bins(pair.profiles, sites.interior) > 0
    for ion, filled in ((pair.a, pair.w_a), (pair.b, pair.w_b)):
        raw = pair.profiles.of(ion)[:, inside]
        gaps = int(np.count_nonzero(np.isfinite(filled[:, inside]) & ~np.isfinite(raw)))
        if gaps:
            warnings.append(f"{gaps} empty bins of {ion} in the interior filled by straight lines")
    if not found:
        warnings.append("no cage lies in the interior: nothing was levelled")
    warnings += [
        f"no well within 1 Å of the centre of {well.site}: levelled through the centre itself"
        for well in found
        if well.at_centre
    ]
    warnings += [
        f"the levelled maximum of {ion} lies on the end of the interior ({peak.z:.2f} Å): "
        "it is no barrier"
        for ion, peak in levelled.items()
        if peak.at_end
    ]
    return tuple(warnings)
