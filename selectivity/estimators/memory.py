"""Where the samples still remember how they began: comparisons of starts along z, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.starts import WorstStart, contrast, worst_of, worst_start_z
from selectivity.estimators.turnover import WaterTurnover
from selectivity.sampling.samples import ReplicaSamples


@dataclass(frozen=True)
class Disagreement:
    """Two kinds of start that were compared along z, ``who`` in words, and their worst place.

    ``unit`` is that of the difference, where it is told beside its standard errors; ``refuses``
    whether a difference beyond chance is a reason against the number.
    """

    field: str
    who: str
    worst: WorstStart
    remembers: str = "a window remembers its start"
    unit: str | None = None
    refuses: bool = True

    def _by(self) -> str:
        errors = f"{self.worst.z:+.1f} standard errors"
        if self.unit is None:
            return errors
        scatter = errors if math.isfinite(self.worst.z) else "none of them scatters"
        return f"{self.worst.difference:+.2f} {self.unit} ({scatter})"

    def reason(self) -> str:
        """Why the number may not be used."""
        share = f"{self.worst.p:.1g}" if self.worst.p > 0.0 else "none"
        return (
            f"{self.who} differ at z = {self.worst.at:.2f} Å by {self._by()}, which "
            f"chance does in {share} of all runs: {self.remembers}"
        )

    def warning(self) -> str:
        """The same where chance cannot be ruled out."""
        return (
            f"{self.who} differ most at z = {self.worst.at:.2f} Å, by {self._by()} "
            f"(chance of so large a worst point: {self.worst.p:.2g})"
        )


def disagreements(
    replicas: Sequence[ReplicaSamples],
    pair: tuple[str | None, str | None],
    profiles: ProfileSet | None,
    interval: tuple[float, float] | None,
    water: WaterTurnover | None,
) -> tuple[Disagreement, ...]:
    """Every comparison of starts along z that can be made.

    Of ΔΔG(z), of the number of waters, of the places of resident ions.
    """
    ions, files = [s.start_ion for s in replicas], [s.start_file for s in replicas]
    found = []
    a, b = pair
    if profiles is not None and interval is not None and a is not None and b is not None:
        m = _inside(replicas[0], interval)
        worst = worst_start_z(profiles, a, b, interval, m, ions)
        found.append(Disagreement("worst", "starts", worst))
        if water is not None:
            worst = worst_start_z(profiles, a, b, interval, m, files)
            found.append(Disagreement("file_worst", f"files started {_kinds(files)}", worst))
    if water is not None:
        for kinds, how in ((ions, "as "), (files, "")):
            worst = worst_of(water.starts(kinds), water.centers, water.centers.size)
            who = f"files started {how}{_kinds(kinds, how)}"
            remembers = "the window remembers its start"
            found.append(Disagreement("water", who, worst, remembers, "waters"))
    return tuple(found) + _residents(replicas, files)


def _residents(
    replicas: Sequence[ReplicaSamples], files: Sequence[str]
) -> tuple[Disagreement, ...]:
    """Where the other ions of the file stand, window by window, by the start of the file.

    It warns and refuses nothing: the number itself is compared between the same starts, and the
    replicas that started either way scatter in its error. Where a resident stands takes tens of
    thousands of sweeps to forget.
    """
    centers = replicas[0].centers
    found = []
    for member in replicas[0].file_z:
        place, symbol = member.split(":")
        if symbol == "W":
            continue
        heights = np.array([samples.file_z[member].mean(axis=1) for samples in replicas])
        worst = worst_of(contrast(heights, files), centers, centers.size)
        who = f"mean places of the {symbol}+ at place {place} of files started {_kinds(files)}"
        found.append(Disagreement("resident", who, worst, unit="Å", refuses=False))
    return tuple(found)


def _kinds(starts: Sequence[str], how: str = "") -> str:
    return f" and {how}".join(dict.fromkeys(starts))


def _inside(samples: ReplicaSamples, interval: tuple[float, float]) -> int:
    """Windows whose centres lie in ``interval``."""
    return int(np.sum((samples.centers >= interval[0]) & (samples.centers <= interval[1])))
