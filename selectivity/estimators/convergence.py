"""Whether a number may be used: the verdict, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.memory import Disagreement, disagreements
from selectivity.estimators.mixing import (
    max_rhat,
    min_exchange,
    walker_round_trips,
    window_round_trips,
    z_round_trips,
)
from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.starts import (
    NO_WORST,
    StartAgreement,
    start_agreement,
)
from selectivity.estimators.turnover import WaterTurnover
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
# Round trips of the number of waters between its extremes, summed over replicas, in a window that
# allows them: below it a warning is given, for the reason of MIN_ROUND_TRIPS. A window of the
# interior with fewer than one a replica is a reason against the number.
ADVISED_WATER_TRIPS = 50
# Split R-hat beyond which a warning is given (Gelman et al. 2013); it decides nothing.
ADVISED_RHAT = 1.1


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
    file_worst_z, file_worst_z_at, file_worst_p : float
        The same between files started empty and full, where their number of waters fluctuates.
    water_z, water_z_at, water_p : float
        Largest |z| of the mean number of waters between starts, of the ion and of the file, where
        (Å), and its chance allowing for the number of windows; the less likely of the two.
    resident_z, resident_z_at, resident_p : float
        Largest |z| of a resident ion's mean place between files started near X and far from it,
        over the windows, where X was held (Å), and its chance allowing for their number.
    water_round_trips, water_round_trips_at : float
        Round trips of the number of waters between its extremes, summed over replicas, in the
        window (Å) that has fewest of those that allow any; nan where none does.
    water_walker_round_trips : float
        The same following the files through the windows, the minimum over walkers; nan likewise.
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
    file_worst_z: float = math.nan
    file_worst_z_at: float = math.nan
    file_worst_p: float = math.nan
    water_z: float = math.nan
    water_z_at: float = math.nan
    water_p: float = math.nan
    resident_z: float = math.nan
    resident_z_at: float = math.nan
    resident_p: float = math.nan
    water_round_trips: float = math.nan
    water_round_trips_at: float = math.nan
    water_walker_round_trips: float = math.nan
    min_overlap: float = math.nan
    min_exchange: float = math.nan
    max_rhat: float = math.nan
    walker_round_trips: int = 0
    z_round_trips: int = 0


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
    water: WaterTurnover | None = None,
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
    water : WaterTurnover, optional
        Of a filter whose number of waters fluctuates: its starts count as well.
    """
    trips = min(int(window_round_trips(s, a, b).min()) for s in (replicas, droplet) if s)
    start = start_agreement(values, [samples.start_ion for samples in replicas])
    file = start_agreement(values, [samples.start_file for samples in replicas])
    windows, overlap = replicas[0].z.shape[0], math.nan
    if profiles is not None and profiles.neighbour_overlap.size:
        overlap = float(profiles.neighbour_overlap.min())
    found = disagreements(replicas, (a, b), profiles, interval, water)
    rhat, exchange = max_rhat(replicas, a, b), min_exchange(replicas)
    against = [d for d in found if d.refuses and d.worst.p < MIN_WORST_P]
    reasons = (*problems, *_reasons(trips, start, overlap, np.asarray(values, dtype=float)))
    reasons += _memory(file, water) + _stuck(water, len(replicas), interval)
    reasons += tuple(d.reason() for d in against)
    doubts = tuple(d.warning() for d in found if d not in against and d.worst.p < ADVISED_WORST_P)
    return Verdict(
        converged=not reasons,
        reasons=reasons,
        warnings=(*doubts, *_warnings(rhat, windows, exchange), *_water_warnings(file, water)),
        round_trips=trips,
        start_z=start.z,
        file_start_z=file.z,
        min_overlap=overlap,
        min_exchange=exchange,
        max_rhat=rhat,
        walker_round_trips=int(walker_round_trips(replicas, a, b).min()),
        z_round_trips=z_round_trips(replicas) if windows > 1 else 0,
        **_worst_fields(found),
        **_water_fields(water),
    )


def _worst_fields(found: Sequence[Disagreement]) -> dict[str, float]:
    """Fields of the verdict; of two comparisons of one kind the less likely stands."""
    fields: dict[str, float] = {}
    for name in dict.fromkeys(d.field for d in found):
        known = [d.worst for d in found if d.field == name and not math.isnan(d.worst.p)]
        worst = min(known, key=lambda w: w.p, default=NO_WORST)
        fields |= {f"{name}_z": worst.z, f"{name}_z_at": worst.at, f"{name}_p": worst.p}
    return fields


def _water_fields(water: WaterTurnover | None) -> dict[str, float]:
    if water is None or water.slowest is None:
        return {}
    low, high = water.walker_extremes
    walkers = math.nan if low == high else float(water.walker_round_trips.min())
    return {
        "water_round_trips": float(water.round_trips[water.slowest]),
        "water_round_trips_at": float(water.centers[water.slowest]),
        "water_walker_round_trips": walkers,
    }


def _water_warnings(file: StartAgreement, water: WaterTurnover | None) -> tuple[str, ...]:
    """What deserves a look in the number of waters; it decides nothing."""
    if water is None:
        return ()
    warnings = []
    k = water.slowest
    if k is not None and water.round_trips[k] < ADVISED_WATER_TRIPS:
        warnings.append(
            f"{water.round_trips[k]} round trips of the number of waters, {water.lowest[k]} ↔ "
            f"{water.highest[k]}, in the window at z = {water.centers[k]:.2f} Å; "
            f"{ADVISED_WATER_TRIPS} are advised"
        )
    if math.isnan(file.z):
        warnings.append(
            "files started empty and full cannot be compared: fewer than two replicas of each"
        )
    return tuple(warnings)


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
            f"({start.difference:+.2f} kJ/mol), {MAX_START_Z:g} are allowed{_by_chance(start.p)}"
        )
    if overlap < MIN_OVERLAP:
        reasons.append(
            f"neighbouring windows overlap by {overlap:.3f}, {MIN_OVERLAP:g} is required: "
            "place them closer"
        )
    return tuple(reasons)


def _memory(file: StartAgreement, water: WaterTurnover | None) -> tuple[str, ...]:
    """Reason by which the number at hand still remembers how its files began."""
    if not abs(file.z) > MAX_START_Z:
        return ()
    began = "near and far from X" if water is None else "empty and full"
    return (
        f"files started {began} disagree by {file.z:+.1f} standard errors "
        f"({file.difference:+.2f} kJ/mol), {MAX_START_Z:g} are allowed{_by_chance(file.p)}",
    )


def _by_chance(p: float) -> str:
    """How many sound runs are refused for so large a difference, where that is not rare."""
    return f"; {100.0 * p:.1f} % of sound runs differ as much" if p >= 1e-3 else ""


def _stuck(
    water: WaterTurnover | None, replicas: int, interval: tuple[float, float] | None
) -> tuple[str, ...]:
    """Reason by which the number of waters did not turn over in a window of the interior."""
    if water is None or interval is None:
        return ()
    inside = (water.centers >= interval[0]) & (water.centers <= interval[1])
    few = np.flatnonzero(inside & ~water.fixed & (water.round_trips < replicas))
    if few.size == 0:
        return ()
    k = few[np.argmin(water.round_trips[few])]
    return (
        f"{water.round_trips[k]} round trips of the number of waters, {water.lowest[k]} ↔ "
        f"{water.highest[k]}, in the window at z = {water.centers[k]:.2f} Å of the interior: fewer "
        f"than one a replica ({few.size} such windows)",
    )


def _warnings(rhat: float, windows: int, exchange: float) -> tuple[str, ...]:
    warnings = []
    if rhat > ADVISED_RHAT:
        warnings.append(f"split R-hat reaches {rhat:.2f} ({ADVISED_RHAT:g} is advised)")
    if windows > 1 and exchange == 0.0:
        warnings.append("two neighbouring windows never exchanged")
    return tuple(warnings)
