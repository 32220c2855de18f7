"""Whether replicas that started in different ways agree: by the ion and by the single file.

Two groups of replicas are compared by Student's t with the variance pooled over both. The largest
of many comparisons is judged by its chance allowing for their number (Šidák 1967 J Am Stat Assoc
62:626).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.weights import replica_mean


@dataclass(frozen=True)
class StartAgreement:
    """Difference between replicas of the second kind of start and of the first.

    ``z`` is the difference over its standard error with the variance pooled over both groups
    (``dof`` = R − 2); nan where a group holds fewer than two replicas. With few replicas z is
    Student-distributed: |z| > 3 then arises by chance in 9.5 % (4 replicas), 2.4 % (8) or 1.0 %
    (16) of all runs. ``p`` is that probability for the z at hand.
    """

    z: float
    difference: float
    error: float
    dof: int
    p: float


@dataclass(frozen=True)
class Contrast:
    """The same at B places at once: ``z``, ``difference`` and ``error`` of shape (B,)."""

    z: np.ndarray
    difference: np.ndarray
    error: np.ndarray
    dof: int


class WorstStart(NamedTuple):
    """The largest |z| of many places, where it lies, and its chance allowing for their number.

    All nan where starts cannot be compared.
    """

    z: float
    at: float
    p: float
    difference: float


NO_WORST = WorstStart(math.nan, math.nan, math.nan, math.nan)


def start_agreement(values: np.ndarray, starts: Sequence[str]) -> StartAgreement:
    """Compare replicas by how they started.

    Parameters
    ----------
    values : ndarray, shape (R,)
        One number a replica.
    starts : sequence of str, length R
        Two kinds, such as the ion of the start.

    Returns
    -------
    StartAgreement
    """
    found = contrast(np.asarray(values, dtype=float)[:, None], starts)
    z = float(found.z[0])
    return StartAgreement(
        z, float(found.difference[0]), float(found.error[0]), found.dof, two_sided(z, found.dof)
    )


def contrast(
    values: np.ndarray, starts: Sequence[str], floor: np.ndarray | float = 0.0
) -> Contrast:
    """Difference between the two kinds of start for every column of ``values``.

    Parameters
    ----------
    values : ndarray, shape (R, B)
    starts : sequence of str, length R
    floor : ndarray, shape (B,), optional
        Least variance of one replica's value, for numbers that are counts and can be the same by
        chance in all replicas of a kind.

    Returns
    -------
    Contrast
        Second kind in the order of appearance less the first; nan where there are not two kinds
        with two replicas each. Infinite z where no replica scatters and the kinds differ.
    """
    values = np.asarray(values, dtype=float)
    kinds = list(dict.fromkeys(starts))
    nothing = np.full(values.shape[1], np.nan)
    if len(kinds) != 2:
        return Contrast(nothing, nothing, nothing, 0)
    groups = [values[[start == kind for start in starts]] for kind in kinds]
    n = [group.shape[0] for group in groups]
    if min(n) < 2:
        return Contrast(nothing, nothing, nothing, 0)
    dof = sum(n) - 2
    squares = sum(((g - g.mean(axis=0)) ** 2).sum(axis=0) for g in groups)
    error = np.sqrt(np.maximum(squares / dof, floor) * (1.0 / n[0] + 1.0 / n[1]))
    difference = groups[1].mean(axis=0) - groups[0].mean(axis=0)
    same = np.abs(difference) <= 1e-12 * np.abs(values).max(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(same, 0.0, difference / error)
    return Contrast(np.where(np.isnan(difference), np.nan, z), difference, error, dof)


def two_sided(z: float, dof: int) -> float:
    """Chance of so large a |z| under Student's t; nan without degrees of freedom."""
    if dof <= 0 or math.isnan(z):
        return math.nan
    from scipy.special import stdtr

    return float(2.0 * stdtr(dof, -abs(z)))


def worst_of(found: Contrast, places: np.ndarray, independent: int) -> WorstStart:
    """The largest |z| of a contrast, with its chance as the largest of ``independent`` ones.

    The largest of m values exceeds 3 more often than one does: its chance is 1 − (1 − p)^m.
    """
    if not np.any(~np.isnan(found.z)):
        return NO_WORST
    worst = int(np.nanargmax(np.abs(found.z)))
    z = float(found.z[worst])
    p = _largest_of(independent, two_sided(z, found.dof))
    return WorstStart(z, float(places[worst]), p, float(found.difference[worst]))


def worst_start_z(
    profiles: ProfileSet,
    a: str,
    b: str,
    interval: tuple[float, float],
    independent: int,
    starts: Sequence[str] | None = None,
) -> WorstStart:
    """Largest |z| between starts of ΔΔG(z) over an interval, where, and its chance probability.

    Parameters
    ----------
    profiles : ProfileSet
    a, b : str
    interval : (float, float)
        Å.
    independent : int
        Points that count as independent: bins within one window share samples and count once.
    starts : sequence of str, length R, optional
        Kinds of start; the ions without it.
    """
    inside = np.flatnonzero((profiles.z >= interval[0]) & (profiles.z <= interval[1]))
    kinds = profiles.start_ions if starts is None else starts
    found = contrast(profiles.difference(a, b)[:, inside], kinds)
    return worst_of(found, profiles.z[inside], independent)


def landmark_start_z(
    profiles: ProfileSet, a: str, b: str, landmarks: Mapping[str, float]
) -> tuple[str, float, float]:
    """Largest |z| between starts of ΔΔG at named places (cage centres, planes, maxima).

    Returns
    -------
    (name, z, p)
        Of the worst place inside the bins, with the chance probability of the largest of all of
        them; an empty name and nan where starts cannot be compared.
    """
    first, last = profiles.z[0] - 0.5 * profiles.width, profiles.z[-1] + 0.5 * profiles.width
    inside = {name: z for name, z in landmarks.items() if first <= z <= last}
    rows = profiles.difference(a, b)
    values = np.array([[np.interp(z, profiles.z, row) for z in inside.values()] for row in rows])
    found = contrast(values, profiles.start_ions)
    worst = worst_of(found, np.arange(len(inside)), len(inside))
    if math.isnan(worst.z):
        return "", math.nan, math.nan
    return list(inside)[int(worst.at)], worst.z, worst.p


def ddg_by_start(
    profiles: ProfileSet, a: str, b: str
) -> tuple[dict[tuple[str, str], np.ndarray], np.ndarray, int]:
    """W_b(z) − W_a(z) of every kind of start, ion and single file together.

    Returns
    -------
    means : dict of (ion, file) to ndarray, shape (B,)
        kJ/mol; kinds in the order of appearance.
    scatter : ndarray, shape (B,)
        Standard deviation of one replica about the mean of its kind, pooled over the kinds; the
        error of a mean over n replicas is scatter/√n. nan without a kind of two replicas.
    dof : int
        Replicas less kinds.
    """
    rows = profiles.difference(a, b)
    kinds = list(zip(profiles.start_ions, profiles.start_files, strict=True))
    means, squares = {}, np.zeros(rows.shape[1])
    for kind in dict.fromkeys(kinds):
        mine = rows[[k == kind for k in kinds]]
        means[kind] = replica_mean(mine)
        squares += ((mine - mine.mean(axis=0)) ** 2).sum(axis=0)
    dof = len(kinds) - len(means)
    scatter = np.sqrt(squares / dof) if dof > 0 else np.full(rows.shape[1], np.nan)
    return means, scatter, dof


def _largest_of(m: int, p: float) -> float:
    """Chance that the largest of m independent deviations is as large as one of probability p."""
    return max(0.0, float(-np.expm1(max(1, m) * np.log1p(-min(p, 1.0 - 1e-15)))))
