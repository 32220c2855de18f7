"""Whether a number may be used: agreement of the two kinds of start, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.mixing import (
    max_rhat,
    min_exchange,
    walker_round_trips,
    window_round_trips,
    z_round_trips,
)
from selectivity.estimators.profile import ProfileSet
from selectivity.sampling.samples import ReplicaSamples

# End-to-end round trips of the identity, summed over replicas, in the window that has fewest:
# with fewer the relative error of an end-to-end population is of the order 1/sqrt(50), 14 %.
MIN_ROUND_TRIPS = 50
# Standard errors between the two kinds of start: further apart, they have not met.
MAX_START_Z = 3.0
# Overlap of neighbouring states: below it, free energies between them are known to fail (Klimovich,
# Shirts & Mobley 2015 J Comput Aided Mol Des 29:397).
MIN_OVERLAP = 0.03
# Chance of the worst point of ΔΔG(z) below which a warning is given; it decides nothing.
ADVISED_WORST_P = 0.01
# Chance of so large a worst difference between starts below which a run is refused: one in a
# thousand sound runs is.
MIN_WORST_P = 1e-3
# Split R-hat beyond which a warning is given (Gelman et al. 2013); it decides nothing.
ADVISED_RHAT = 1.1


@dataclass(frozen=True)
class StartAgreement:
    """Difference between replicas started as the last and as the first ion.

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
class Verdict:
    """Whether a number may be used, and every figure that decides it.

    Attributes
    ----------
    converged : bool
    reasons : tuple of str
        Why not; empty where converged.
    warnings : tuple of str
        What deserves a look and decides nothing.
    round_trips : int
        Of the identity, summed over replicas, the minimum over windows and droplet.
    start_z : float
        Agreement of starts of the number at hand (the levelled ΔΔG‡).
    file_start_z : float
        The same between single files started close about X and spread out to the ends.
    worst_z, worst_z_at, worst_p : float
        Largest |z| of ΔΔG(z) over the interval, where (Å), and its chance probability allowing for
        the number of independent points (one a window spacing; Šidák).
    min_overlap, min_exchange, max_rhat : float
        nan where there are no windows.
    walker_round_trips : int
        Of the identity following the configurations through the windows, summed over replicas, the
        minimum over walkers: it tells real turnover from an exchange of stuck ions.
    z_round_trips : int
        Of walkers between the first and the last window, summed.
    """

    converged: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    round_trips: int = 0
    start_z: float = math.nan
    file_start_z: float = math.nan
    worst_z: float = math.nan
    worst_z_at: float = math.nan
    worst_p: float = math.nan
    min_overlap: float = math.nan
    min_exchange: float = math.nan
    max_rhat: float = math.nan
    walker_round_trips: int = 0
    z_round_trips: int = 0


def start_agreement(values: np.ndarray, start_ions: Sequence[str]) -> StartAgreement:
    """Compare replicas by the ion at which they started.

    Parameters
    ----------
    values : ndarray, shape (R,)
        One number a replica.
    start_ions : sequence of str, length R

    Returns
    -------
    StartAgreement
    """
    values = np.asarray(values, dtype=float)
    z, difference, error, dof = _start_z(values[:, None], start_ions)
    return StartAgreement(
        float(z[0]), float(difference[0]), float(error[0]), dof, _two_sided(float(z[0]), dof)
    )


def _start_z(
    values: np.ndarray, start_ions: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """z, difference and its error for every column of values (R, B), and the dof."""
    kinds = list(dict.fromkeys(start_ions))
    nothing = np.full(values.shape[1], np.nan)
    if len(kinds) != 2:
        return nothing, nothing, nothing, 0
    groups = [values[[ion == kind for ion in start_ions]] for kind in kinds]
    n = [group.shape[0] for group in groups]
    if min(n) < 2:
        return nothing, nothing, nothing, 0
    dof = sum(n) - 2
    squares = sum(((g - g.mean(axis=0)) ** 2).sum(axis=0) for g in groups)
    error = np.sqrt(squares / dof * (1.0 / n[0] + 1.0 / n[1]))
    difference = groups[1].mean(axis=0) - groups[0].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(difference == 0.0, 0.0, difference / error)
    return np.where(np.isnan(difference), np.nan, z), difference, error, dof


def _two_sided(z: float, dof: int) -> float:
    if dof <= 0 or math.isnan(z):
        return math.nan
    from scipy.special import stdtr

    return float(2.0 * stdtr(dof, -abs(z)))


def worst_start_z(
    profiles: ProfileSet, a: str, b: str, interval: tuple[float, float], independent: int
) -> tuple[float, float, float]:
    """Largest |z| between starts of ΔΔG(z) over an interval, where, and its chance probability.

    The largest of m values exceeds 3 more often than one does, so that the probability of the
    largest is 1 − (1 − p)^m with m = ``independent`` points (bins within one window share samples
    and count once). The verdict rests on the one number that is reported, not on this one.

    Returns
    -------
    (z, position, p) : tuple of float
        Signed z; nan where starts cannot be compared.
    """
    inside = np.flatnonzero((profiles.z >= interval[0]) & (profiles.z <= interval[1]))
    z, _, _, dof = _start_z(profiles.difference(a, b)[:, inside], profiles.start_ions)
    if not np.isfinite(z).any():
        return math.nan, math.nan, math.nan
    worst = int(np.nanargmax(np.abs(z)))
    p = _largest_of(independent, _two_sided(float(z[worst]), dof))
    return float(z[worst]), float(profiles.z[inside[worst]]), p


def landmark_start_z(
    profiles: ProfileSet, a: str, b: str, landmarks: Mapping[str, float]
) -> tuple[str, float, float]:
    """Largest |z| between starts of ΔΔG at named places (cage centres, planes, maxima).

    Returns
    -------
    (name, z, p)
        Of the worst place inside the bins, with the chance probability of the largest of all of
        them (Šidák); an empty name and nan where starts cannot be compared.
    """
    first, last = profiles.z[0] - 0.5 * profiles.width, profiles.z[-1] + 0.5 * profiles.width
    inside = {name: z for name, z in landmarks.items() if first <= z <= last}
    rows = profiles.difference(a, b)
    values = np.array([[np.interp(z, profiles.z, row) for z in inside.values()] for row in rows])
    z, _, _, dof = _start_z(values, profiles.start_ions)
    if not np.isfinite(z).any():
        return "", math.nan, math.nan
    worst = int(np.nanargmax(np.abs(z)))
    p = _largest_of(len(inside), _two_sided(float(z[worst]), dof))
    return list(inside)[worst], float(z[worst]), p


def _largest_of(m: int, p: float) -> float:
    """Chance that the largest of m independent deviations is as large as one of probability p."""
    return float(-np.expm1(max(1, m) * np.log1p(-min(p, 1.0 - 1e-15))))


def verdict(
    replicas: Sequence[ReplicaSamples],
    values: np.ndarray,
    *,
    a: str | None = None,
    b: str | None = None,
    profiles: ProfileSet | None = None,
    interval: tuple[float, float] | None = None,
    droplet: Sequence[ReplicaSamples] = (),
    problems: Sequence[str] = (),
) -> Verdict:
    """Judge one number of one system.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
        Of the system itself (filter, cage or droplet).
    values : ndarray, shape (R,)
        The number of every replica, kJ/mol: the levelled ΔΔG‡ of a filter, ΔG of a droplet.
    a, b : str
        The pair of ions; the ends of the ladder without them.
    profiles, interval
        Of a filter: for the overlap and for the agreement of ΔΔG(z).
    droplet : sequence of ReplicaSamples
        The reference, whose round trips count as well.
    problems : sequence of str
        Further reasons against the number, such as ``RatioResult.problems``.
    """
    trips = int(window_round_trips(replicas, a, b).min())
    if droplet:
        trips = min(trips, int(window_round_trips(droplet, a, b).min()))
    start = start_agreement(values, [samples.start_ion for samples in replicas])
    file = start_agreement(values, [samples.start_file for samples in replicas])
    windows = replicas[0].z.shape[0]
    overlap, worst = math.nan, (math.nan, math.nan, math.nan)
    if profiles is not None and profiles.neighbour_overlap.size:
        overlap = float(profiles.neighbour_overlap.min())
    if profiles is not None and interval is not None and a is not None and b is not None:
        worst = worst_start_z(profiles, a, b, interval, _inside(replicas[0], interval))
    rhat, exchange = max_rhat(replicas, a, b), min_exchange(replicas)
    reasons = (*problems, *_reasons(trips, start, overlap, np.asarray(values, dtype=float)))
    reasons += _memory(file, worst)
    return Verdict(
        converged=not reasons,
        reasons=reasons,
        warnings=_warnings(worst, rhat, windows, exchange),
        round_trips=trips,
        start_z=start.z,
        file_start_z=file.z,
        worst_z=worst[0],
        worst_z_at=worst[1],
        worst_p=worst[2],
        min_overlap=overlap,
        min_exchange=exchange,
        max_rhat=rhat,
        walker_round_trips=int(walker_round_trips(replicas, a, b).min()),
        z_round_trips=z_round_trips(replicas) if windows > 1 else 0,
    )


def _inside(samples: ReplicaSamples, interval: tuple[float, float]) -> int:
    """Windows whose centres lie in ``interval``."""
    return int(np.sum((samples.centers >= interval[0]) & (samples.centers <= interval[1])))


def _reasons(
    trips: int, start: StartAgreement, overlap: float, values: np.ndarray
) -> tuple[str, ...]:
    reasons = []
    if trips < MIN_ROUND_TRIPS:
        reasons.append(
            f"{trips} round trips of the identity in the slowest window, "
            f"{MIN_ROUND_TRIPS} are required: sample longer"
        )
    if not np.all(np.isfinite(values)):
        reasons.append("a replica gave no number: its bins or windows are empty")
    elif math.isnan(start.z):
        reasons.append("starts cannot be compared: fewer than two replicas began as each end ion")
    elif abs(start.z) > MAX_START_Z:
        reasons.append(
            f"starts disagree by {start.z:+.1f} standard errors "
            f"({start.difference:+.2f} kJ/mol), {MAX_START_Z:g} are allowed"
        )
    if overlap < MIN_OVERLAP:
        reasons.append(
            f"neighbouring windows overlap by {overlap:.3f}, {MIN_OVERLAP:g} is required: "
            "place them closer"
        )
    return tuple(reasons)


def _memory(file: StartAgreement, worst: tuple[float, float, float]) -> tuple[str, ...]:
    """Reasons by which a run still remembers its starts, besides the ion."""
    reasons = []
    if abs(file.z) > MAX_START_Z:
        reasons.append(
            f"files started near and far from X disagree by {file.z:+.1f} standard errors "
            f"({file.difference:+.2f} kJ/mol), {MAX_START_Z:g} are allowed"
        )
    if worst[2] < MIN_WORST_P:
        reasons.append(
            f"starts differ at z = {worst[1]:.2f} Å by {worst[0]:+.1f} standard errors, which "
            f"chance does in {worst[2]:.1g} of all runs: a window remembers its start"
        )
    return tuple(reasons)


def _warnings(
    worst: tuple[float, float, float], rhat: float, windows: int, exchange: float
) -> tuple[str, ...]:
    warnings = []
    if worst[2] < ADVISED_WORST_P:
        warnings.append(
            f"starts differ most at z = {worst[1]:.2f} Å, by {worst[0]:+.1f} standard errors "
            f"(chance of so large a worst point: {worst[2]:.2g})"
        )
    if rhat > ADVISED_RHAT:
        warnings.append(f"split R-hat reaches {rhat:.2f} ({ADVISED_RHAT:g} is advised)")
    if windows > 1 and exchange == 0.0:
        warnings.append("two neighbouring windows never exchanged")
    return tuple(warnings)
