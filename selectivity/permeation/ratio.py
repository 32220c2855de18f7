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

from typing import Any

import numpy as np

from selectivity.estimators.barrier import (
    MARGIN,
    Levelling,
    Maximum,
    Sites,
    Well,
    interval_bins,
    levelling,
    wells,
)
from selectivity.estimators.profile import ProfileSet
from selectivity.permeation.measured import bulk_diffusion_ratio
from selectivity.permeation.pair import (
    Pair,
    barrier,
    binding,
    bounds,
    covered,
    integral,
    maxima,
    pair_of,
    site_selectivities,
    tilt_sensitivity,
)
from selectivity.permeation.result import DiffusionVariant, RatioResult, SelectivityProfile
from selectivity.records import Estimate

LEVELLING_ION = "K"


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
    pair = pair_of(profiles, a, b, bulk)
    lengths = interval_bins(profiles, sites.interior)
    level, found = levelling_of(profiles, sites, a)
    f = level(profiles.z)
    values = integral(pair, lengths, f)
    levelled = maxima(pair, sites.interior, f)
    return RatioResult(
        a=a,
        b=b,
        system=profiles.system,
        temperature_K=profiles.temperature_K,
        replicas=profiles.replicas,
        interior=sites.interior,
        per_replica=values - bulk.value,
        bounds=bounds(pair, lengths),
        tilt_sensitivity=tilt_sensitivity(pair, sites.interior, f),
        wells=found,
        levelling=level,
        ddg_profile=_selectivity(pair),
        bulk=bulk,
        warnings=_warnings(pair, sites, found, levelled),
        problems=_problems(pair, values),
        **_integrals(pair, lengths, values),
        **_barriers(pair, sites, levelled, f),
        **_equilibrium(pair, sites, f),
    )


def _integrals(pair: Pair, lengths: np.ndarray, levelled: np.ndarray) -> dict[str, Any]:
    """Fields of the integral, as sampled and levelled."""
    sampled = integral(pair, lengths, np.zeros(lengths.size))
    variant = bulk_diffusion_ratio(pair.a, pair.b)
    with_diffusion = pair.interval(levelled + pair.rt * np.log(variant))
    return {
        "integral": pair.interval(sampled),
        "integral_levelled": pair.interval(levelled),
        "ddg_integral_sampled": pair.estimate(sampled),
        "ddg_integral": pair.estimate(levelled),
        "diffusion_ratio": DiffusionVariant(1.0, variant, with_diffusion),
    }


def _barriers(pair: Pair, sites: Sites, tops: dict[str, Maximum], f: np.ndarray) -> dict[str, Any]:
    """Fields of the barrier, as sampled and levelled."""
    flat = np.zeros(f.size)
    sampled_tops = maxima(pair, sites.interior, flat)
    sampled, levelled = barrier(pair, sampled_tops, flat), barrier(pair, tops, f)
    return {
        "barrier": pair.interval(sampled),
        "barrier_levelled": pair.interval(levelled),
        "ddg_barrier_sampled": pair.estimate(sampled),
        "ddg_barrier": pair.estimate(levelled),
        "barrier_at_end": {ion: top.at_end for ion, top in tops.items()},
        "barrier_at_end_sampled": {ion: top.at_end for ion, top in sampled_tops.items()},
        "maxima": sampled_tops,
        "maxima_levelled": tops,
    }


def _equilibrium(pair: Pair, sites: Sites, f: np.ndarray) -> dict[str, Any]:
    """Fields of the sites, and of the plane-to-plane interval where the windows cover it."""
    planes = covered(pair.profiles, sites.plane_to_plane())
    fields: dict[str, Any] = {
        "sites": site_selectivities(pair, sites),
        "plane_interval": planes,
        "plane_to_plane": None,
        "ddg_interval": None,
    }
    if planes is not None:
        lengths = interval_bins(pair.profiles, planes)
        fields["plane_to_plane"] = pair.interval(integral(pair, lengths, f))
        fields["ddg_interval"] = pair.estimate(binding(pair, planes))
    return fields


def _selectivity(pair: Pair) -> SelectivityProfile:
    """ΔΔG(z) with the error of the bulk leg in it."""
    profiles = pair.profiles
    return SelectivityProfile(
        profiles.z,
        profiles.difference_mean(pair.a, pair.b) - pair.bulk.value,
        np.hypot(profiles.difference_error(pair.a, pair.b), pair.bulk.error),
    )


def _problems(pair: Pair, headline: np.ndarray) -> tuple[str, ...]:
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
    pair: Pair, sites: Sites, found: tuple[Well, ...], levelled: dict[str, Maximum]
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
