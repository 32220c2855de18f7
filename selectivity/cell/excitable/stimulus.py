"""Applied currents: pulses, steps, ramps, instantaneous shocks, and their sums.

A current is per area of membrane (A/m²), positive where it depolarises. A shock puts its charge
(C/m²) on the membrane at once and moves V by Q/C: the limit of ever shorter pulses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.excitable.rates import Array
from selectivity.errors import InputError
from selectivity.membrane import checks


@dataclass(frozen=True)
class Piece:
    """A current that goes evenly from one value (A/m²) to another between two times (s)."""

    start_s: float
    end_s: float
    from_A_m2: float
    to_A_m2: float


@dataclass(frozen=True)
class Shock:
    """A charge (C/m²) that is on the membrane at once at ``time_s``."""

    time_s: float
    charge_C_m2: float


@dataclass(frozen=True)
class Stimulus:
    """Sum of ``pieces`` and ``shocks`` upon a current ``held_A_m2`` that has always flowed."""

    pieces: tuple[Piece, ...] = ()
    shocks: tuple[Shock, ...] = ()
    held_A_m2: float = 0.0

    def __add__(self, other: Stimulus) -> Stimulus:
        return Stimulus(
            self.pieces + other.pieces,
            self.shocks + other.shocks,
            self.held_A_m2 + other.held_A_m2,
        )

    def scaled(self, factor: float) -> Stimulus:
        """Every piece and shock times ``factor``; the held current stays."""
        return Stimulus(
            tuple(
                Piece(p.start_s, p.end_s, factor * p.from_A_m2, factor * p.to_A_m2)
                for p in self.pieces
            ),
            tuple(Shock(s.time_s, factor * s.charge_C_m2) for s in self.shocks),
            self.held_A_m2,
        )

    def edges(self, duration_s: float) -> list[float]:
        """Times within [0, duration] where the current or its slope jumps, ends included."""
        inner = {t for p in self.pieces for t in (p.start_s, p.end_s)}
        inner |= {s.time_s for s in self.shocks}
        return [0.0, *sorted(t for t in inner if 0.0 < t < duration_s), duration_s]

    def line(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Current (A/m²) at the start, and its slope (A/m² s), between neighbouring edges."""
        middle = 0.5 * (start_s + end_s)
        current, slope = self.held_A_m2, 0.0
        for p in self.pieces:
            if p.start_s < middle < p.end_s:
                rise = 0.0
                if p.to_A_m2 != p.from_A_m2:
                    rise = (p.to_A_m2 - p.from_A_m2) / (p.end_s - p.start_s)
                current += p.from_A_m2 + rise * (start_s - p.start_s)
                slope += rise
        return current, slope

    def charge_at(self, time_s: float) -> float:
        """Charge (C/m²) of the shocks at ``time_s``."""
        return sum(s.charge_C_m2 for s in self.shocks if s.time_s == time_s)

    def at(self, time_s: ArrayLike) -> Array:
        """Current (A/m²) at ``time_s``, any shape; at a jump the value after it."""
        t = np.asarray(time_s, dtype=float)
        found = np.full(t.shape, self.held_A_m2)
        for p in self.pieces:
            share = (t - p.start_s) / (p.end_s - p.start_s) if math.isfinite(p.end_s) else 0.0 * t
            here = p.from_A_m2 + share * (p.to_A_m2 - p.from_A_m2)
            found = found + np.where((t >= p.start_s) & (t < p.end_s), here, 0.0)
        return found

    @property
    def last_edge_s(self) -> float:
        """When the last piece ends or the last shock falls; steps end never and do not count."""
        ends = [p.end_s if math.isfinite(p.end_s) else p.start_s for p in self.pieces]
        return max([0.0, *ends, *(s.time_s for s in self.shocks)])

    def as_dict(self) -> dict[str, object]:
        """Plain data for results."""
        return {
            "held_A_m2": self.held_A_m2,
            "pieces": [
                {
                    "start_ms": 1e3 * p.start_s,
                    "end_ms": 1e3 * p.end_s,
                    "from_A_m2": p.from_A_m2,
                    "to_A_m2": p.to_A_m2,
                }
                for p in self.pieces
            ],
            "shocks": [
                {"time_ms": 1e3 * s.time_s, "charge_C_m2": s.charge_C_m2} for s in self.shocks
            ],
        }


def pulse(start_s: float, duration_s: float, current_A_m2: float) -> Stimulus:
    """A constant current for a while.

    Raises
    ------
    InputError
        A start before 0, or a duration that is not above 0.
    """
    start, width = _start(start_s), checks.positive(duration_s, "duration_s")
    current = checks.scalar(current_A_m2, "current_A_m2")
    return Stimulus((Piece(start, start + width, current, current),))


def step(start_s: float, current_A_m2: float) -> Stimulus:
    """A constant current from ``start_s`` on."""
    current = checks.scalar(current_A_m2, "current_A_m2")
    return Stimulus((Piece(_start(start_s), math.inf, current, current),))


def ramp(start_s: float, end_s: float, from_A_m2: float, to_A_m2: float) -> Stimulus:
    """A current that changes evenly between two times, zero before and after.

    Raises
    ------
    InputError
        A start before 0, or an end that is not after it.
    """
    start, end = _start(start_s), checks.scalar(end_s, "end_s")
    if not start < end:
        raise InputError("end_s", end, "is after the start of the ramp")
    ends = (checks.scalar(from_A_m2, "from_A_m2"), checks.scalar(to_A_m2, "to_A_m2"))
    return Stimulus((Piece(start, end, *ends),))


def shock(time_s: float, charge_C_m2: float) -> Stimulus:
    """A charge at once at ``time_s``."""
    return Stimulus(shocks=(Shock(_start(time_s), checks.scalar(charge_C_m2, "charge_C_m2")),))


def held(current_A_m2: float) -> Stimulus:
    """A current that has always flowed; the membrane starts at its steady potential."""
    return Stimulus(held_A_m2=checks.scalar(current_A_m2, "current_A_m2"))


def together(parts: Sequence[Stimulus]) -> Stimulus:
    """The sum of several."""
    return sum(parts, Stimulus())


def _start(value: float) -> float:
    start = checks.scalar(value, "start_s")
    if start < 0.0:
        raise InputError("start_s", start, "is 0 or later")
    return start
