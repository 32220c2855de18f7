"""What a spike costs: sodium that came in, the least it could be, and the ATP to pump it out.

The load is ∫ (I_Na(rest) − I_Na) dt/F: the sodium that enters above the steady inflow of the
resting membrane. Charging the capacitance from rest to the peak takes C ΔV/F at the least; the
load over that is the overlap factor, the share that potassium current wastes. The pump takes one
ATP for three sodium ions.

A load N per area changes the inside of a cylinder of radius a by 2N/a.

Sources: Hodgkin 1975, Phil Trans R Soc B 270:297 (overlap); Attwell & Laughlin 2001, J Cereb Blood
Flow Metab 21:1133.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.units import AVOGADRO, FARADAY

SODIUM_PER_ATP = 3.0
UM2 = 1e-12  # m²


@dataclass(frozen=True)
class AxonCost:
    """Load of one spike on a piece of axon: ions, ATP, and what changes inside (mM).

    A loss of potassium is a negative change.
    """

    radius_um: float
    length_mm: float
    na_ions: float
    k_ions: float
    atp: float
    atp_mol: float
    na_in_change_mM: float
    k_in_change_mM: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class SpikeCost:
    """Cost of one spike per area of membrane (of the mean of ``spikes`` where there are more).

    ``na_load_mol_m2`` above the resting inflow, ``na_total_mol_m2`` with it, over the window from
    ``from_ms`` to ``to_ms``; ``k_loss_mol_m2`` above the resting outflow;
    ``capacitive_mol_m2`` = C (peak − rest)/F.
    """

    spikes: int
    from_ms: float
    to_ms: float
    na_load_mol_m2: float
    na_total_mol_m2: float
    k_loss_mol_m2: float
    capacitive_mol_m2: float

    @property
    def overlap(self) -> float:
        """Load over the capacitive minimum."""
        return self.na_load_mol_m2 / self.capacitive_mol_m2

    @property
    def na_ions_um2(self) -> float:
        """Sodium ions per µm²."""
        return self.na_load_mol_m2 * AVOGADRO * UM2

    @property
    def atp_um2(self) -> float:
        """ATP molecules per µm²."""
        return self.na_ions_um2 / SODIUM_PER_ATP

    def for_axon(self, radius_m: float, length_m: float) -> AxonCost:
        """Cost on a cylinder of membrane, its ends left out."""
        radius, length = (
            checks.positive(radius_m, "radius_m"),
            checks.positive(length_m, "length_m"),
        )
        area = 2.0 * math.pi * radius * length
        ions = self.na_load_mol_m2 * area * AVOGADRO
        return AxonCost(
            radius_um=1e6 * radius,
            length_mm=1e3 * length,
            na_ions=ions,
            k_ions=self.k_loss_mol_m2 * area * AVOGADRO,
            atp=ions / SODIUM_PER_ATP,
            atp_mol=self.na_load_mol_m2 * area / SODIUM_PER_ATP,
            na_in_change_mM=2.0 * self.na_load_mol_m2 / radius,
            k_in_change_mM=-2.0 * self.k_loss_mol_m2 / radius,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data with what follows from the fields."""
        return {
            **asdict(self),
            "overlap": self.overlap,
            "na_ions_um2": self.na_ions_um2,
            "atp_um2": self.atp_um2,
        }

    def lines(self) -> list[str]:
        """The cost in words."""
        each = "per spike" if self.spikes == 1 else f"per spike, mean of {self.spikes}"
        return [
            f"sodium load {each}: {_pmol(self.na_load_mol_m2):.3f} pmol/cm², "
            f"{self.na_ions_um2:.0f} ions/µm² above the resting inflow "
            f"({_pmol(self.na_total_mol_m2):.3f} pmol/cm² with it) "
            f"from {self.from_ms:g} to {self.to_ms:g} ms",
            f"least charge C ΔV: {_pmol(self.capacitive_mol_m2):.3f} pmol/cm²; "
            f"overlap factor {self.overlap:.3f}; potassium lost {_pmol(self.k_loss_mol_m2):.3f} "
            "pmol/cm²",
            f"ATP {each}: {self.atp_um2:.0f} per µm²",
        ]


def spike_cost(
    charges_C_m2: tuple[float, float],
    resting_A_m2: tuple[float, float],
    window_s: tuple[float, float],
    capacitive_C_m2: float,
    spikes: int = 1,
) -> SpikeCost:
    """Cost from the charges that left the cell as sodium and as potassium within a window.

    Parameters
    ----------
    charges_C_m2, resting_A_m2 : tuple of two floats
        Of Na and K: charge over the window, current at rest; outward positive.
    window_s : tuple of two floats
        Its start and end.
    capacitive_C_m2 : float
        C (peak − rest), of the mean spike.
    spikes : int
        Spikes in the window; results are per spike.

    Raises
    ------
    InputError
        No spike in the window.
    """
    if spikes < 1:
        raise InputError("spikes", spikes, "is one or more", "the stimulus fires none")
    width = window_s[1] - window_s[0]
    na, k = (q / FARADAY / spikes for q in charges_C_m2)
    na_rest, k_rest = (i * width / FARADAY / spikes for i in resting_A_m2)
    return SpikeCost(
        spikes=spikes,
        from_ms=1e3 * window_s[0],
        to_ms=1e3 * window_s[1],
        na_load_mol_m2=na_rest - na,
        na_total_mol_m2=-na,
        k_loss_mol_m2=k - k_rest,
        capacitive_mol_m2=capacitive_C_m2 / FARADAY,
    )


def _pmol(mol_m2: float) -> float:
    """mol/m² in pmol/cm²."""
    return 1e8 * mol_m2
