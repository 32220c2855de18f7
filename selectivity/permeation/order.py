"""Permeability of several ions relative to one of them, and the order that comes out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.estimators.barrier import Sites, interval_bins
from selectivity.estimators.profile import ProfileSet, fill_gaps
from selectivity.permeation.measured import EISENMAN, KCSA_SEQUENCE
from selectivity.permeation.pair import interval_of, log_integral
from selectivity.permeation.ratio import levelling_of
from selectivity.records import Estimate, Interval
from selectivity.units import rt


@dataclass(frozen=True)
class Neighbours:
    """Two ions that follow each other in the order: P_a/P_b >= 1.

    ``resolved`` where the 95 % interval of the ratio leaves out 1.
    """

    a: str
    b: str
    ratio: Interval
    resolved: bool


@dataclass(frozen=True)
class PermeabilityOrder:
    """P_X/P_reference of every ion (levelled integral) and the order from the most permeant.

    Attributes
    ----------
    reference : str
    relative : dict of str to Interval
        The reference's own ratio is 1 without an error.
    order : tuple of str
    neighbours : tuple of Neighbours
    eisenman : str or None
        Roman number of the Eisenman sequence with this order; None where the five alkali ions are
        not all there or the order is none of the eleven.
    kcsa_order : tuple of str
        KcsA's order (Eisenman IV) of the same ions.
    text : str
    """

    reference: str
    relative: dict[str, Interval]
    order: tuple[str, ...]
    neighbours: tuple[Neighbours, ...]
    eisenman: str | None
    kcsa_order: tuple[str, ...]
    text: str

    @property
    def same_as_kcsa(self) -> bool:
        """Whether the order of the values is KcsA's."""
        return self.order == self.kcsa_order


def permeability_order(
    profiles: ProfileSet, bulk: IdentityFreeEnergies, sites: Sites, reference: str = "K"
) -> PermeabilityOrder:
    """Order the ions of a ladder by the levelled integral.

    All ions share one f(z), so that P_a/P_b = (P_a/P_ref)/(P_b/P_ref) holds replica by replica;
    each pair has its own bulk leg and its own interval.

    Parameters
    ----------
    profiles : ProfileSet
    bulk : IdentityFreeEnergies
        Of the droplet with the same parameter set; holds every ion of ``profiles``.
    sites : Sites
    reference : str

    Raises
    ------
    InputError
        The reference was not sampled, or the droplet lacks an ion.
    """
    resistance = _resistances(profiles, sites, reference)
    thermal = rt(profiles.temperature_K)

    def between(a: str, b: str) -> Interval:
        return _ratio(resistance[b] - resistance[a], bulk.difference(a, b), thermal)

    relative = {
        ion: Interval(1.0, 1.0, 1.0) if ion == reference else between(ion, reference)
        for ion in profiles.ions
    }
    order = tuple(sorted(relative, key=lambda ion: -np.nan_to_num(relative[ion].value, nan=-1.0)))
    neighbours = []
    for a, b in pairwise(order):
        interval = between(a, b)
        neighbours.append(Neighbours(a, b, interval, interval.low > 1.0 or interval.high < 1.0))
    eisenman = next((name for name, seq in EISENMAN.items() if seq == order), None)
    kcsa = tuple(ion for ion in EISENMAN[KCSA_SEQUENCE] if ion in order)
    return PermeabilityOrder(
        reference=reference,
        relative=relative,
        order=order,
        neighbours=tuple(neighbours),
        eisenman=eisenman,
        kcsa_order=kcsa,
        text=_text(order, tuple(neighbours), eisenman, kcsa),
    )


def _ratio(values: np.ndarray, bulk: Estimate, thermal: float) -> Interval:
    """P_a/P_b from the difference of resistances (b less a) of every replica, kJ/mol."""
    values = values[np.isfinite(values)]
    if values.size == 0:
        return interval_of(Estimate(float("nan"), float("nan"), 0.0), thermal)
    return interval_of(Estimate.from_replicas(values) - bulk, thermal)


def _resistances(profiles: ProfileSet, sites: Sites, reference: str) -> dict[str, np.ndarray]:
    """RT ln ∫exp((W_X − f)/RT)dz over the interior per replica, kJ/mol, for every ion."""
    if reference not in profiles.ions:
        raise InputError("reference", reference, f"is one of {', '.join(profiles.ions)}")
    level, _ = levelling_of(profiles, sites, reference)
    f = level(profiles.z)
    lengths = interval_bins(profiles, sites.interior)
    thermal = rt(profiles.temperature_K)
    return {
        ion: log_integral(fill_gaps(profiles.z, profiles.of(ion)) - f, lengths, thermal)
        for ion in profiles.ions
    }


def _text(
    order: tuple[str, ...],
    neighbours: tuple[Neighbours, ...],
    eisenman: str | None,
    kcsa: tuple[str, ...],
) -> str:
    parts = [" > ".join(order)]
    if eisenman is not None:
        parts[0] += f" (Eisenman {eisenman})"
    if order == kcsa:
        parts.append("the order of KcsA")
    else:
        parts.append(f"KcsA has {' > '.join(kcsa)} (Eisenman {KCSA_SEQUENCE})")
    open_pairs = [f"{pair.a}/{pair.b}" for pair in neighbours if not pair.resolved]
    if open_pairs:
        parts.append(f"unresolved within the 95 % interval: {', '.join(open_pairs)}")
    else:
        parts.append("every neighbouring pair is resolved at 95 %")
    return "; ".join(parts)
