"""Rate laws of the pump side by side: cycle current against inner sodium and outer potassium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selectivity.cell.pump_law import PumpLaw
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import Solution, common_temperature
from selectivity.membrane.text import aligned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_POINTS = 121
_STRETCH = 3.0
_SODIUM_MM, _POTASSIUM_MM = 45.0, 15.0
"""Ends of the curves (mM) where the cell's own concentrations do not ask for more."""


@dataclass(frozen=True, eq=False)
class PumpCurves(Result):
    """Cycle currents (A/m²) of several laws, a row each, over Na_in and over K_out.

    The other concentrations are those of the cell, ``at_A_m2`` the current at the cell itself.
    """

    laws: tuple[PumpLaw, ...]
    na_at_mM: float
    k_at_mM: float
    na_out_mM: float
    k_in_mM: float
    atp_mM: float | None
    at_A_m2: Array
    na_in_mM: Array
    over_sodium_A_m2: Array
    k_out_mM: Array
    over_potassium_A_m2: Array

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each law; a number behind it where a kind stands several times."""
        kinds = [law.kind for law in self.laws]
        return tuple(
            kind if kinds.count(kind) == 1 else f"{kind} {kinds[: i + 1].count(kind)}"
            for i, kind in enumerate(kinds)
        )

    def columns(self) -> Columns:
        """Both curves below each other; ``varied`` says which concentration moves."""
        n = self.na_in_mM.size
        together = np.concatenate([self.over_sodium_A_m2, self.over_potassium_A_m2], axis=1)
        names = [f"q_{label.replace(' ', '_')}_A_m2" for label in self.labels]
        return {
            "varied": ["Na_in"] * n + ["K_out"] * self.k_out_mM.size,
            "na_in_mM": np.concatenate([self.na_in_mM, np.full(self.k_out_mM.size, self.na_at_mM)]),
            "k_out_mM": np.concatenate([np.full(n, self.k_at_mM), self.k_out_mM]),
            **dict(zip(names, together, strict=True)),
        }

    def record(self) -> dict[str, Any]:
        """The curves with the laws and the cell."""
        laws = [
            {"kind": law.kind, "source": law.source, "q_A_m2": q, **law.parameters}
            for law, q in zip(self.laws, self.at_A_m2.tolist(), strict=True)
        ]
        cell = {"na_in_mM": self.na_at_mM, "na_out_mM": self.na_out_mM}
        cell |= {"k_in_mM": self.k_in_mM, "k_out_mM": self.k_at_mM}
        return {"laws": laws, "cell": {**cell, "atp_mM": self.atp_mM}, "curves": self.columns()}

    def lines(self) -> list[str]:
        """Each law with its numbers, its current at the cell, and what a tenth more does to it."""
        more = [self.per_tenth(law) for law in self.laws]
        rows = [
            (label, f"{q:.4g}", f"{share[0]:+.1f}", f"{share[1]:+.1f}")
            for label, q, share in zip(self.labels, self.at_A_m2, more, strict=True)
        ]
        atp = "" if self.atp_mM is None else f", ATP {self.atp_mM:g} mM"
        said = [
            f"rate laws at Na {self.na_at_mM:g}/{self.na_out_mM:g} mM, K {self.k_in_mM:g}/"
            f"{self.k_at_mM:g} mM{atp}",
            "",
            *aligned(("law", "q A/m²", "% per 10 % Na_in", "% per 10 % K_out"), rows),
            "",
        ]
        for label, law in zip(self.labels, self.laws, strict=True):
            numbers = ", ".join(f"{name} = {value:g}" for name, value in law.parameters.items())
            said.append(f"{label}: {numbers}; {law.source}")
        return said

    def per_tenth(self, law: PumpLaw) -> tuple[float, float]:
        """Change of the rate in percent where Na_in, and where K_out, is a tenth higher."""

        def q(sodium: float, potassium: float) -> float:
            return float(
                law.cycle_current(sodium, self.na_out_mM, self.k_in_mM, potassium, self.atp_mM)
            )

        now = q(self.na_at_mM, self.k_at_mM)
        if now == 0.0:
            return 0.0, 0.0
        moved = q(1.1 * self.na_at_mM, self.k_at_mM), q(self.na_at_mM, 1.1 * self.k_at_mM)
        return 100.0 * (moved[0] / now - 1.0), 100.0 * (moved[1] / now - 1.0)

    def draw(self, figure: Figure) -> None:
        """Both curves beside each other."""
        from selectivity.cell.pump_figures import draw_curves

        width, height = figure.get_size_inches()
        figure.set_size_inches(max(9.6, width), height)
        left, right = figure.subplots(1, 2)
        draw_curves((left, right), self)


def pump_curves(
    laws: Sequence[PumpLaw], inside: Solution, outside: Solution, atp_mM: float | None = None
) -> PumpCurves:
    """Cycle current of ``laws`` against Na inside and K outside, and at the cell itself.

    Parameters
    ----------
    laws : sequence of PumpLaw
    inside, outside : Solution
        With Na and K; sodium outside above zero.
    atp_mM : float, optional
        For laws that read ATP.

    Raises
    ------
    InputError
        No law, Na or K missing, no sodium outside, or a law that reads ATP without it.
    """
    if not laws:
        raise InputError("laws", [], "holds at least one rate law")
    common_temperature(inside, outside)
    na, k, k_in = inside["Na"], outside["K"], inside["K"]
    na_out = outside["Na"]
    if atp_mM is not None:
        atp_mM = checks.scalar(checks.nonnegative(atp_mM, "atp_mM"), "atp_mM")
    sodium = np.linspace(0.0, max(_SODIUM_MM, _STRETCH * na), _POINTS)
    potassium = np.linspace(0.0, max(_POTASSIUM_MM, _STRETCH * k), _POINTS)
    return PumpCurves(
        laws=tuple(laws),
        na_at_mM=na,
        k_at_mM=k,
        na_out_mM=na_out,
        k_in_mM=k_in,
        atp_mM=atp_mM,
        at_A_m2=np.array([law.cycle_current(na, na_out, k_in, k, atp_mM) for law in laws]),
        na_in_mM=sodium,
        over_sodium_A_m2=np.array(
            [law.cycle_current(sodium, na_out, k_in, k, atp_mM) for law in laws]
        ),
        k_out_mM=potassium,
        over_potassium_A_m2=np.array(
            [law.cycle_current(na, na_out, k_in, potassium, atp_mM) for law in laws]
        ),
    )
