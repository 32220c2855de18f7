"""What a parameter set does to K+ and Na+ among liquid amides, where experiment is known.

ΔΔG(K→Na) is the free energy of turning K+ into Na+ in the amide less that in water; positive means
that the amide prefers K+ over Na+ more than water does. Computed less measured is the error of the
set's carbonyls in a liquid: the caveat beside every ratio. The computed values are this program's
own, from droplets (``runs/amide.yaml``, ``analysis/amide_caveat.py``).
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from selectivity.permeation.result import finite
from selectivity.permeation.span import figure
from selectivity.records import Estimate
from selectivity.units import KCAL, kcal, rt

_FILE = Path(__file__).resolve().parent / "amides.toml"
PAIR = ("K", "Na")
"""Ions that were measured and computed: the first turned into the second."""
NAMES = {"formamide": "formamide", "nma": "N-methylacetamide"}


@dataclass(frozen=True)
class Measured:
    """ΔΔG(K→Na) from water into a liquid amide by experiment, kJ/mol: the mean of what is known."""

    value: float
    values: tuple[float, ...]
    source: str


@dataclass(frozen=True)
class AmideTransfer:
    """ΔΔG(K→Na) from water into a liquid amide, computed with one parameter set and measured.

    Attributes
    ----------
    forcefield, amide : str
    computed : Estimate
        kJ/mol, from droplets.
    measured : Measured
    molecules : int
        Of the amide's droplet.
    temperature_K : float
    converged : bool
        Whether the run found its droplets converged; ``computed.error`` says less where not.
    """

    forcefield: str
    amide: str
    computed: Estimate
    measured: Measured
    molecules: int
    temperature_K: float
    converged: bool

    @property
    def excess(self) -> Estimate:
        """Computed less measured, kJ/mol; the error is that of the computation."""
        c = self.computed
        return Estimate(c.value - self.measured.value, c.error, c.dof)

    def factor(self, temperature_K: float) -> float:
        """exp(excess/RT): by how much such an error would raise P_K/P_Na."""
        return math.exp(self.excess.value / rt(temperature_K))


def measured(amide: str) -> Measured:
    """Experiment on one amide; KeyError for another."""
    row = _table()["measured"][amide]
    values = tuple(kcal(value) for value in row["ddg_kcal_mol"])
    return Measured(math.fsum(values) / len(values), values, row["source"])


def transfers(forcefield: str) -> tuple[AmideTransfer, ...]:
    """Stored values of a parameter set; empty where none was computed."""
    return tuple(
        AmideTransfer(
            forcefield,
            amide,
            Estimate(kcal(row["ddg_kcal_mol"]), kcal(row["error_kcal_mol"]), row["dof"]),
            measured(amide),
            row["molecules"],
            row["temperature_K"],
            row["converged"],
        )
        for amide, row in _table().get("computed", {}).get(forcefield, {}).items()
    )


def amide_caveat(forcefield: str, a: str, b: str, temperature_K: float) -> str:
    """The sentence that stands beside a ratio P_a/P_b of one parameter set."""
    if {a, b} != set(PAIR):
        return (
            f"{forcefield} among amides: its error was computed for P_K/P_Na only, not for "
            f"P_{a}/P_{b}"
        )
    found = transfers(forcefield)
    if not found:
        return (
            f"{forcefield} among amides: ΔΔG(K→Na) from water into liquid amides was not "
            "computed for this parameter set; runs/amide.yaml and analysis/amide_caveat.py do it"
        )
    parts = [_part(transfer, a, temperature_K) for transfer in found]
    return (
        f"{forcefield}, additive, among amides, ΔΔG(K→Na) from water into the liquid as computed "
        f"in droplets: {'; '.join(parts)}. How much of it a filter's carbonyls share is not known"
    )


def _part(transfer: AmideTransfer, a: str, temperature_K: float) -> str:
    computed, factor = transfer.computed, transfer.factor(temperature_K)
    known = ", ".join(f"{value / KCAL:+.1f}" for value in transfer.measured.values)
    doubt = "" if transfer.converged else " (not converged)"
    high = (factor >= 1.0) == (a == PAIR[0])
    return (
        f"{NAMES[transfer.amide]} {computed.value / KCAL:+.2f} ± {computed.error / KCAL:.2f} "
        f"kcal/mol{doubt}, measured {known}: carbonyls off by as much make the ratio too "
        f"{'high' if high else 'low'} by a factor of {figure(max(factor, 1.0 / factor))}"
    )


def amide_dict(forcefield: str, a: str, b: str, temperature_K: float) -> dict[str, Any]:
    """The caveat as plain data, kJ/mol; ``amides`` is empty where nothing was computed.

    ``ratio_factor`` is what an error of the same size does to P_a/P_b.
    """
    found = transfers(forcefield) if {a, b} == set(PAIR) else ()
    sign = 1.0 if a == PAIR[0] else -1.0
    return {
        "forcefield": forcefield,
        "from": PAIR[0],
        "to": PAIR[1],
        "amides": {
            transfer.amide: {
                "computed_kJ_mol": transfer.computed.value,
                "error_kJ_mol": finite(transfer.computed.error),
                "converged": transfer.converged,
                "measured_kJ_mol": transfer.measured.value,
                "difference_kJ_mol": transfer.excess.value,
                "ratio_factor": transfer.factor(temperature_K) ** sign,
                "molecules": transfer.molecules,
                "temperature_K": transfer.temperature_K,
                "measured_source": transfer.measured.source,
            }
            for transfer in found
        },
        "source": _table()["source"],
        "text": amide_caveat(forcefield, a, b, temperature_K),
    }


@cache
def _table() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)
