"""Wells, maxima over the interior and the levelling function, located once on pooled profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.profile import SMOOTHING, ProfileSet, smooth

WELL_REACH = 1.0  # Å from the cage centre within which its well is sought
MARGIN = 1.0  # Å by which windows reach beyond the interval that is reported


@dataclass(frozen=True)
class Sites:
    """Where a filter has its cages and planes, and the interval of the headline.

    Attributes
    ----------
    interior : (float, float)
        Å; fixed before sampling.
    cages : mapping of str to float
        Cage centres (``"S1": 3.06``), Å.
    planes : mapping of str to float
        z of the oxygen planes, Å.
    """

    interior: tuple[float, float]
    cages: Mapping[str, float]
    planes: Mapping[str, float] = field(default_factory=dict)

    def inner_cages(self) -> dict[str, float]:
        """Cages of the interior, from inside to outside.

        Its ends are wells, which may lie up to ``WELL_REACH`` from the centre of their cage.
        """
        low, high = self.interior
        inner = {
            name: z for name, z in self.cages.items() if low - WELL_REACH < z < high + WELL_REACH
        }
        return dict(sorted(inner.items(), key=lambda item: item[1]))

    def beside(self, z: float) -> tuple[str, str] | None:
        """Names of the planes next below and next above ``z``, None where one is missing."""
        below = [name for name, plane in self.planes.items() if plane < z]
        above = [name for name, plane in self.planes.items() if plane > z]
        if not below or not above:
            return None
        return max(below, key=lambda n: self.planes[n]), min(above, key=lambda n: self.planes[n])

    def plane_to_plane(self) -> tuple[float, float] | None:
        """From the plane below the lowest cage of the interior to the one above its highest."""
        cages = list(self.inner_cages().values())
        if not cages:
            return None
        lowest, highest = self.beside(cages[0]), self.beside(cages[-1])
        if lowest is None or highest is None:
            return None
        return self.planes[lowest[0]], self.planes[highest[1]]


@dataclass(frozen=True)
class Well:
    """Minimum of a pooled, smoothed profile in one cage.

    ``at_centre`` is set where none was found within 1 Å and the centre itself stands in.
    """

    site: str
    z: float
    w_kJ_mol: float
    at_centre: bool


@dataclass(frozen=True)
class Maximum:
    """Highest point of a pooled, smoothed profile over an interval.

    ``at_end`` is set where it lies on the first or last bin: then it is no barrier.
    """

    ion: str
    z: float
    index: int
    at_end: bool


@dataclass(frozen=True)
class Levelling:
    """Common f(z): straight lines through nodes, continued with the slope of the last segment.

    One node gives a constant, none gives zero.
    """

    z: tuple[float, ...]
    f: tuple[float, ...]

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """f at ``z`` (Å), kJ/mol."""
        z = np.asarray(z, dtype=float)
        if len(self.z) < 2:
            return np.full(z.shape, self.f[0] if self.f else 0.0)
        nodes, values = np.array(self.z), np.array(self.f)
        slopes = np.diff(values) / np.diff(nodes)
        inner = np.interp(z, nodes, values)
        below = np.minimum(z - nodes[0], 0.0) * slopes[0]
        above = np.maximum(z - nodes[-1], 0.0) * slopes[-1]
        return inner + below + above


def interval_bins(profiles: ProfileSet, interval: tuple[float, float]) -> np.ndarray:
    """Length of every bin that lies inside ``interval``, Å, shape (B,).

    Raises
    ------
    InputError
        If the interval is empty or reaches outside the bins.
    """
    low, high = interval
    half = 0.5 * profiles.width
    first, last = profiles.z[0] - half, profiles.z[-1] + half
    if not low < high:
        raise InputError("interval", interval, "runs from a lower to a higher z")
    if low < first - 1e-6 or high > last + 1e-6:
        rule = f"lies within the windows, {first:.2f} ... {last:.2f} Å"
        remedy = f"let the windows reach {MARGIN:g} Å beyond it"
        raise InputError(f"interval of {profiles.system or 'the profile'}", interval, rule, remedy)
    overlap = np.minimum(profiles.z + half, high) - np.maximum(profiles.z - half, low)
    return np.maximum(overlap, 0.0)


def wells(profiles: ProfileSet, sites: Sites, ion: str) -> tuple[Well, ...]:
    """Wells of ``ion`` in the cages of the interior, from inside to outside.

    A well is the lowest minimum of the pooled, smoothed W(z) − s z within 1 Å of the cage centre,
    s the mean slope of W between the neighbouring wells (at an end: between the last two); where
    that stretch holds none, the centre itself, flagged. Of two wells this is the common tangent.
    The definition is solved by iteration from the centres; of places between which a well goes on
    wandering the innermost is taken if they are no farther apart than the smoothing, else the
    centre. A straight line added to W moves no well, whereas a search on W itself finds, on a
    slope, points up the slope or none at all.

    Raises
    ------
    NotConvergedError
        No sample near a cage.
    """
    w = smooth(profiles.z, profiles.mean(ion))
    centres = tuple(_centre(profiles, w, site, z, ion) for site, z in sites.inner_cages().items())
    found = [centres]
    while True:
        slopes = _slopes(found[-1])
        moved = tuple(
            _well(profiles, w - slope * profiles.z, w, centre)
            for slope, centre in zip(slopes, centres, strict=True)
        )
        if moved in found:
            break
        found.append(moved)
    cycle = found[found.index(moved) :]
    return tuple(_settled([wells_[i] for wells_ in cycle], c) for i, c in enumerate(centres))


def _slopes(found: tuple[Well, ...]) -> list[float]:
    """Slope of W about every well, from the wells beside it; 0 for a single well."""
    if len(found) < 2:
        return [0.0] * len(found)
    z = np.array([well.z for well in found])
    w = np.array([well.w_kJ_mol for well in found])
    i = np.arange(z.size)
    below, above = np.maximum(i - 1, 0), np.minimum(i + 1, z.size - 1)
    return list((w[above] - w[below]) / (z[above] - z[below]))


def _settled(places: list[Well], centre: Well) -> Well:
    """The place of a well, from those that the iteration goes on visiting."""
    z = [well.z for well in places]
    if any(well.at_centre for well in places) or max(z) - min(z) > SMOOTHING + 1e-9:
        return centre
    return min(places, key=lambda well: well.z)


def _centre(profiles: ProfileSet, w: np.ndarray, site: str, centre: float, ion: str) -> Well:
    near = (np.abs(profiles.z - centre) <= WELL_REACH) & np.isfinite(w)
    if not near.any():
        raise NotConvergedError(
            f"cage {site} at {centre:g} Å: no sample of {ion} within {WELL_REACH:g} Å; "
            "place windows there or sample longer"
        )
    return Well(site, float(centre), float(np.interp(centre, profiles.z[near], w[near])), True)


def _well(profiles: ProfileSet, level: np.ndarray, w: np.ndarray, centre: Well) -> Well:
    """Lowest minimum of ``level`` near a cage centre, with its height in ``w``, or the centre."""
    near = np.flatnonzero((np.abs(profiles.z - centre.z) <= WELL_REACH) & np.isfinite(w))
    inner = near[(near > 0) & (near < w.size - 1)]
    minima = inner[(level[inner] < level[inner - 1]) & (level[inner] <= level[inner + 1])]
    if minima.size == 0:
        return centre
    lowest = minima[np.argmin(level[minima])]
    return Well(centre.site, float(profiles.z[lowest]), float(w[lowest]), False)


def levelling(found: tuple[Well, ...]) -> Levelling:
    """f(z) through the wells (see :class:`Levelling`)."""
    z = tuple(well.z for well in found)
    if any(b <= a for a, b in pairwise(z)):
        raise InputError("wells", z, "lie apart and in order", "check the cage centres")
    return Levelling(z, tuple(well.w_kJ_mol for well in found))


def maximum(
    profiles: ProfileSet, ion: str, interval: tuple[float, float], f: np.ndarray | float = 0.0
) -> Maximum:
    """Highest point of the pooled, smoothed W_ion less ``f`` over the bins of ``interval``.

    ``f`` is known without noise and is subtracted after smoothing.
    """
    inside = np.flatnonzero(interval_bins(profiles, interval) > 0.5 * profiles.width)
    w = (smooth(profiles.z, profiles.mean(ion), SMOOTHING) - f)[inside]
    if not np.isfinite(w).any():
        raise NotConvergedError(f"profile of {ion}: no sample in the interior; sample longer")
    top = int(np.nanargmax(w))
    at_end = top in (0, inside.size - 1)
    return Maximum(ion, float(profiles.z[inside[top]]), int(inside[top]), at_end)
