"""Free energies of cages out of the record of ``analyse``: one leg, and what follows from several.

Everything is in kcal/mol. ΔG(a→b) is that of the site, ΔΔG(a→b) is ΔG less that of the droplet of
the same run, positive where the site prefers a.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from selectivity.units import KCAL
from selectivity.validation.records import Computed

Which = Literal["dg", "ddg"]


@dataclass(frozen=True)
class Leg:
    """a→b in one system: ΔG and ΔΔG with their standard errors, nan where there is none."""

    dg: float
    dg_error: float
    ddg: float
    ddg_error: float
    round_trips: int
    replicas: int

    def value(self, which: Which) -> tuple[float, float]:
        """Value and standard error of ΔG or ΔΔG."""
        return (self.dg, self.dg_error) if which == "dg" else (self.ddg, self.ddg_error)


def leg(analysis: Mapping[str, Any], system: str, a: str, b: str) -> Leg:
    """The leg a→b of ``system`` in a record of ``analyse --json``, in either direction.

    Raises
    ------
    KeyError
        The record has no such system or no such pair of ions.
    """
    for found in analysis["systems"]:
        if found["system"] != system:
            continue
        for row in found["alchemical"]:
            if {row["from"], row["to"]} == {a, b}:
                return _leg(row, 1.0 if row["from"] == a else -1.0)
    raise KeyError(f"{a} to {b} in {system}")


def _leg(row: Mapping[str, Any], sign: float) -> Leg:
    return Leg(
        sign * _kcal(row["dg_kJ_mol"]),
        _kcal(row["error_kJ_mol"]),
        sign * _kcal(row["ddg_kJ_mol"]),
        _kcal(row["ddg_error_kJ_mol"]),
        int(row["round_trips"]),
        int(row["replicas"]),
    )


def _kcal(value: float | None) -> float:
    return math.nan if value is None else value / KCAL


def computed(found: Leg, which: Which) -> Computed:
    """ΔG or ΔΔG of one leg; the degrees of freedom are those of the fewer replicas, less one."""
    value, error = found.value(which)
    note = f"{found.round_trips} round trips of the identity"
    return Computed(value, error, found.replicas - 1.0, float(found.round_trips), note)


def contrast(a: Leg, b: Leg) -> Computed:
    """ΔΔG of ``a`` less that of ``b``: their droplet drops out, so that ΔG is enough."""
    error = math.hypot(a.dg_error, b.dg_error)
    return Computed(a.dg - b.dg, error, min(a.replicas, b.replicas) - 1.0)


def extreme(legs: Mapping[str, Leg], sign: float) -> Computed:
    """The largest (``sign`` 1) or smallest (−1) ΔΔG of several systems, with that system's name."""
    name = max(legs, key=lambda key: sign * legs[key].ddg)
    found = computed(legs[name], "ddg")
    return Computed(found.value, found.error, found.dof, found.n_eff, name)


def turning_point(numbers: Sequence[int], legs: Sequence[Leg]) -> Computed:
    """The number of ligands with the smallest ΔG; the note says by how much, and with what error.

    A number has no standard error; how far the second best lies is told in its own.
    """
    order = sorted(range(len(numbers)), key=lambda i: legs[i].dg)
    best, second = legs[order[0]], legs[order[1]]
    gap = second.dg - best.dg
    error = math.hypot(best.dg_error, second.dg_error)
    note = f"n = {numbers[order[1]]} lies {gap:.2f} ± {error:.2f} kcal/mol above"
    return Computed(float(numbers[order[0]]), note=note)


def preference(analysis: Mapping[str, Any], system: str, ions: Sequence[str]) -> dict[str, float]:
    """ΔΔG(K→X) of every ion; the site binds that with the smallest best, as against water."""
    return {x: 0.0 if x == "K" else leg(analysis, system, "K", x).ddg for x in ions}


def roman(order: Sequence[str], sequences: Mapping[str, Sequence[str]]) -> float:
    """The place of an order of ions among ``sequences``, counted from 1; nan where it is none."""
    for i, sequence in enumerate(sequences.values()):
        if tuple(order) == tuple(sequence):
            return i + 1.0
    return math.nan
