"""When a run counts as a spreading depolarisation, and when as recovered.

A spreading depolarisation is a stretch of at least 5 s in which V stays above −40 mV (spikes fall
back below it between them) and outside potassium passes 20 mM. The cell has recovered where the
last such stretch ended and at the end of the run V lies no more than 10 mV above its rest and
outside potassium is below twice its rest. The criterion is of this package; it reads rows of a
table, so that times are known to the time between rows.

In the cells of :mod:`selectivity.cell.ion_hh` the depolarised state ends where it loses its
stability to an oscillation (a pair of eigenvalues crosses the imaginary axis) while potassium falls
slowly. The cell stays on the unstable state until what perturbs it, here the solver's rounding, has
grown: with any tolerance the moment is known to a second or two only.

Potassium above some 10 mM with a loss of spiking is what electrodes show in tissue: Somjen 2001,
Physiol Rev 81:1065.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

V_ABOVE_MV = -40.0
K_OUT_MM = 20.0
HELD_S = 5.0
V_BACK_MV = 10.0
K_BACK = 2.0

END_NOTE = (
    "the depolarised state ends by a delayed loss of stability: a tolerance, or any noise, moves "
    "its end by a second or two"
)
CRITERION = (
    f"V above {V_ABOVE_MV:g} mV for {HELD_S:g} s or more, with outside potassium past "
    f"{K_OUT_MM:g} mM in that time"
)
RECOVERY = (
    f"the depolarisation over, V at the end at most {V_BACK_MV:g} mV above its rest, outside "
    f"potassium below {K_BACK:g} times its rest"
)


@dataclass(frozen=True)
class Depolarisation:
    """One stretch that meets the criterion; ``end_s`` is inf where the run ended in it."""

    start_s: float
    end_s: float
    k_out_peak_mM: float


@dataclass
class Watch:
    """Reads rows in the order of time and keeps the stretches that meet the criterion.

    As ``stop`` of an integration it answers True at the first one.
    """

    found: list[Depolarisation] = field(default_factory=list)
    _since_s: float | None = None
    _last_s: float = 0.0
    _peak_mM: float = 0.0

    @property
    def met(self) -> bool:
        """Whether a stretch, perhaps the present one, meets the criterion."""
        return bool(self.found) or self._now()

    def __call__(self, t_s: float, row: Mapping[str, float]) -> bool:
        """Take a row."""
        if row["v_mV"] > V_ABOVE_MV:
            if self._since_s is None:
                self._since_s, self._peak_mM = t_s, 0.0
            self._peak_mM = max(self._peak_mM, row["k_out_mM"])
            self._last_s = t_s
        else:
            self._close(self._last_s)
        return self.met

    def read(self, table: Mapping[str, Any], from_s: float = 0.0) -> Watch:
        """Take all rows of a table, its times counted from ``from_s``; returns itself."""
        columns = (table["t_s"].tolist(), table["v_mV"].tolist(), table["k_out_mM"].tolist())
        for t_s, v_mV, k_out_mM in zip(*columns, strict=True):
            self(from_s + t_s, {"v_mV": v_mV, "k_out_mM": k_out_mM})
        return self

    def all(self) -> tuple[Depolarisation, ...]:
        """The stretches, the present one as one without an end."""
        if self._now():
            assert self._since_s is not None
            return (*self.found, Depolarisation(self._since_s, math.inf, self._peak_mM))
        return tuple(self.found)

    def _now(self) -> bool:
        if self._since_s is None:
            return False
        return self._last_s - self._since_s >= HELD_S and self._peak_mM > K_OUT_MM

    def _close(self, end_s: float) -> None:
        if self._now():
            assert self._since_s is not None
            self.found.append(Depolarisation(self._since_s, end_s, self._peak_mM))
        self._since_s = None


def recovered(
    found: tuple[Depolarisation, ...], rest: Mapping[str, float], end: Mapping[str, float]
) -> bool:
    """Whether the cell is back at the end, from its row at rest and its last row."""
    over = not found or math.isfinite(found[-1].end_s)
    polarised = end["v_mV"] <= rest["v_mV"] + V_BACK_MV
    return over and polarised and end["k_out_mM"] < K_BACK * rest["k_out_mM"]
