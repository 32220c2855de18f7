"""What ATP gives, what a cycle of the pump costs, and where the pump stalls.

    ΔG_ATP = ΔG°′ + RT ln([ADP][Pi]/[ATP])                      (concentrations in M)
    W = n (E_Na − V) + k (V − E_K)                               (volt; n Na out and k K in)

One ATP a cycle can do at most W F = −ΔG_ATP. For 3:2 the bound is

    3 (E_Na − V) + 2 (V − E_K) ≤ −ΔG_ATP/F,

the efficiency the ratio of both sides. The cycle moves n − k charges outward, so that it gets
harder the more negative V is, and stalls where both sides are equal:

    V_stall = [n E_Na − k E_K + ΔG_ATP/F]/(n − k).

The same equality at a given V sets the steepest gradient of one ion where the other is given. Past
the bound the pump runs backwards and makes ATP; a rate law that does not know this says otherwise.

ΔG°′ depends on temperature, pH, Mg and ionic strength (Alberty 2003, J Phys Chem B 107:12324);
none of this is corrected for: the standard value is an input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.units import FARADAY, GAS_CONSTANT

STANDARD_KJ_MOL = -31.3
"""ΔG°′ of ATP hydrolysis in kJ/mol at 310.15 K, pH near 7 and 1 mM free Mg (from memory)."""
STANDARD_SOURCE = "textbook value near 310 K, pH 7, 1 mM free Mg [not verified]"
_CHEMICAL_STANDARD_MM = 1000.0


@dataclass(frozen=True)
class Phosphates:
    """ATP, ADP and phosphate of the cytosol in mM, with the standard free energy in kJ/mol.

    Raises
    ------
    InputError
        A concentration that is not above zero.
    """

    atp_mM: float
    adp_mM: float
    pi_mM: float
    standard_kJ_mol: float = STANDARD_KJ_MOL
    source: str = STANDARD_SOURCE

    def __post_init__(self) -> None:
        for name in ("atp_mM", "adp_mM", "pi_mM"):
            object.__setattr__(self, name, checks.positive(getattr(self, name), name))
        standard = checks.scalar(self.standard_kJ_mol, "standard_kJ_mol")
        object.__setattr__(self, "standard_kJ_mol", standard)

    def free_energy_kJ_mol(self, temperature_K: float) -> float:  # noqa: N802
        """ΔG_ATP of these concentrations; negative where hydrolysis is downhill."""
        return float(
            free_energy_of_atp(
                self.atp_mM, self.adp_mM, self.pi_mM, temperature_K, self.standard_kJ_mol
            )
        )


CYTOSOL = Phosphates(3.0, 0.03, 5.0)
"""A cytosol at rest: −56.8 kJ/mol at 310.15 K. What a model without phosphates is held against."""


def free_energy_of_atp(
    atp_mM: ArrayLike,
    adp_mM: ArrayLike,
    pi_mM: ArrayLike,
    temperature_K: ArrayLike,
    standard_kJ_mol: ArrayLike = STANDARD_KJ_MOL,
) -> Any:
    """ΔG_ATP = ΔG°′ + RT ln([ADP][Pi]/[ATP]) in kJ/mol, concentrations in mM.

    −56.8 kJ/mol at ATP 3 mM, ADP 0.03 mM, Pi 5 mM and 310.15 K.

    Returns
    -------
    float or ndarray
        In the broadcast shape of the arguments; −inf without ADP or phosphate, +inf without ATP,
        nan without ATP and one of the others.

    Raises
    ------
    InputError
        A negative concentration, or a temperature outside liquid water.
    """
    atp, adp = checks.nonnegative(atp_mM, "atp_mM"), checks.nonnegative(adp_mM, "adp_mM")
    pi = checks.nonnegative(pi_mM, "pi_mM")
    thermal = 1e-3 * GAS_CONSTANT * checks.temperature(temperature_K)
    standard = checks.numbers(standard_kJ_mol, "standard_kJ_mol")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(adp) + np.log(pi) - np.log(atp) - math.log(_CHEMICAL_STANDARD_MM)
        return checks.plain(np.asarray(standard + thermal * ratio))


def cycle_work(
    e_na_V: ArrayLike,
    e_k_V: ArrayLike,
    voltage_V: ArrayLike,
    sodium: int = NA_PER_CYCLE,
    potassium: int = K_PER_CYCLE,
) -> Any:
    """W = n (E_Na − V) + k (V − E_K) in volt; times F it is the work of a mole of cycles.

    Arguments broadcast; E may be infinite. Negative where the ions would drive the pump backwards
    without any ATP.

    Raises
    ------
    InputError
        A coupling that is not of whole positive numbers, or a potential that is not finite.
    """
    n, k = coupling(sodium, potassium)
    e_na, e_k = np.asarray(e_na_V, dtype=float), np.asarray(e_k_V, dtype=float)
    v = checks.numbers(voltage_V, "voltage_V")
    return checks.plain(np.asarray(n * (e_na - v) + k * (v - e_k)))


def stall_potential(
    e_na_V: ArrayLike,
    e_k_V: ArrayLike,
    free_energy_kJ_mol: ArrayLike,
    sodium: int = NA_PER_CYCLE,
    potassium: int = K_PER_CYCLE,
) -> Any:
    """V at which the work of a cycle is all that ATP gives (module docstring), volt.

    The pump runs forward above it and backwards below (n > k). nan where n = k: such a pump moves
    no net charge, and V does not bear on it.
    """
    n, k = coupling(sodium, potassium)
    e_na, e_k = np.asarray(e_na_V, dtype=float), np.asarray(e_k_V, dtype=float)
    gives = -1000.0 * checks.numbers(free_energy_kJ_mol, "free_energy_kJ_mol") / FARADAY
    if n == k:
        return checks.plain(np.full(np.broadcast_shapes(e_na.shape, e_k.shape), np.nan))
    return checks.plain(np.asarray((n * e_na - k * e_k - gives) / (n - k)))


def coupling(sodium: int, potassium: int) -> tuple[int, int]:
    """Na out and K in per cycle, checked: whole numbers, one or more of Na."""
    for value, least, place in ((sodium, 1, "sodium"), (potassium, 0, "potassium")):
        if isinstance(value, bool) or int(value) != value or value < least:
            rule = f"is a whole number of ions per cycle, {least} or more"
            raise InputError(place, value, rule, "the sodium pump moves 3 Na out and 2 K in")
    return int(sodium), int(potassium)
