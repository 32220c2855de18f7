"""Donnan state of a closed system: a cell and its outside that share what can cross.

Every permeant ion is at equilibrium, c_in/c_out = r^z with V = −(RT/F) ln r, and its amount N is
shared out between the volumes,

    N_in = N w r^z/(w r^z + w_out).

The charge inside, Σ z N_in + Q, is that of the membrane, C A V/F: it rises strictly with ln r, one
root. Where water can cross, w is that of equal osmolarity, S_in/w = S_out/(w_tot − w): a root of
its own around the other. A cell whose pump has stopped tends to this state.

Source: as :mod:`selectivity.cell.donnan_equilibrium`, with a finite outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LOG_R = 60.0
"""ln r beyond which no amounts of a cell lead."""


@dataclass(frozen=True)
class ClosedSystem:
    """What is shared out (module docstring); amounts in fmol, volumes in µm³.

    ``shared`` are the total amounts of the ions that cross, ``z`` their charge numbers; ``charge``
    is Q of all that stays inside; ``osmotic_in`` and ``osmotic_out`` are the amounts that stay;
    ``fmol_per_log`` is the charge C A (RT/F)/F that the membrane holds at ln r = −1.
    """

    shared: Mapping[str, float]
    z: Mapping[str, int]
    charge: float
    osmotic_in: float
    osmotic_out: float
    fmol_per_log: float
    w_total_um3: float

    def inside(self, log_r: float, w_um3: float) -> dict[str, float]:
        """Amount of every shared ion inside."""
        out = self.w_total_um3 - w_um3
        return {
            ion: n / (1.0 + out / w_um3 * math.exp(-self.z[ion] * log_r))
            for ion, n in self.shared.items()
        }

    def log_ratio(self, w_um3: float) -> float:
        """ln r at a volume inside."""

        def gap(log_r: float) -> float:
            amounts = self.inside(log_r, w_um3)
            ions = sum(self.z[ion] * n for ion, n in amounts.items())
            return ions + self.charge + self.fmol_per_log * log_r

        return _root(gap, -_LOG_R, _LOG_R)

    def volume(self) -> float:
        """Volume inside (µm³) of equal osmolarity."""
        total = sum(self.shared.values())

        def excess(share: float) -> float:
            amounts = self.inside(
                self.log_ratio(share * self.w_total_um3), share * self.w_total_um3
            )
            inner = self.osmotic_in + sum(amounts.values())
            outer = self.osmotic_out + total - sum(amounts.values())
            return share * outer - (1.0 - share) * inner

        return self.w_total_um3 * _root(excess, 1e-9, 1.0 - 1e-9)


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(f, low, high, xtol=1e-14, rtol=1e-14))
