"""The pump-leak cell: what its composition and volume follow from, as one frozen object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from selectivity.cell.pump_law import PumpLaw
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.units import FARADAY, GAS_CONSTANT

PUMP = "pump."
"""What precedes a parameter of the pump law among the numbers of a cell."""


@dataclass(frozen=True)
class VolumeCell:
    """Bath, membrane, pump and impermeants of a cell that sets its own volume.

    Parameters
    ----------
    na_out_mM, k_out_mM, cl_out_mM, x_out_mM : float
        The bath; X are impermeants, of which only the osmotic part enters.
    g_na_S_m2, g_k_S_m2, g_cl_S_m2 : float
        Passive conductances.
    g_kcc2_S_m2, g_nkcc1_S_m2 : float
        Rate constants of the cotransporters (:mod:`selectivity.cell.cotransport`).
    pump : PumpLaw
    z : float
        Mean charge number of the impermeants inside.
    x_fmol : float
        Their amount.
    rt_over_f_V : float
        RT/F; :func:`thermal_voltage` gives it for a temperature.
    faraday_C_mol : float
    capacitance_F_m2 : float
        Of the membrane; at 0 the inside is exactly neutral.
    length_um : float, optional
        Of the cell, a cylinder without ends that swells in its radius; needed with a capacitance.
    atp_mM : float, optional
        For a pump that reads ATP.
    name, source : str

    Raises
    ------
    InputError
        A negative number where none can be, no Na, K or Cl in the bath, no impermeants inside,
        no path for Na, K or Cl, a capacitance without a length, or a pump that reads ATP without
        any given.
    """

    na_out_mM: float
    k_out_mM: float
    cl_out_mM: float
    x_out_mM: float
    g_na_S_m2: float
    g_k_S_m2: float
    g_cl_S_m2: float
    g_kcc2_S_m2: float
    g_nkcc1_S_m2: float
    pump: PumpLaw
    z: float
    x_fmol: float
    rt_over_f_V: float
    faraday_C_mol: float = FARADAY
    capacitance_F_m2: float = 0.0
    length_um: float | None = None
    atp_mM: float | None = None
    name: str = "cell"
    source: str = ""

    def __post_init__(self) -> None:
        for place in ("na_out_mM", "k_out_mM", "cl_out_mM", "g_na_S_m2", "g_k_S_m2"):
            _set(self, place, checks.positive(getattr(self, place), place))
        for place in ("x_fmol", "rt_over_f_V", "faraday_C_mol"):
            _set(self, place, checks.positive(getattr(self, place), place))
        zero = ("x_out_mM", "g_cl_S_m2", "g_kcc2_S_m2", "g_nkcc1_S_m2", "capacitance_F_m2")
        for place in zero:
            checks.nonnegative(getattr(self, place), place)
            _set(self, place, checks.scalar(getattr(self, place), place))
        _set(self, "z", checks.scalar(self.z, "z"))
        if self.g_cl_S_m2 + self.g_kcc2_S_m2 + self.g_nkcc1_S_m2 == 0.0:
            rule = "is above zero where no cotransporter carries Cl: a Cl without a path keeps what"
            raise InputError("g_cl_S_m2", 0.0, f"{rule} it has", "count it to the impermeants")
        if self.length_um is not None:
            _set(self, "length_um", checks.positive(self.length_um, "length_um"))
        elif self.capacitance_F_m2 > 0.0:
            rule = "is given with a capacitance: area and volume set the charge"
            raise InputError("length_um", None, rule, "give it, or a capacitance of 0")
        if self.atp_mM is not None:
            checks.nonnegative(self.atp_mM, "atp_mM")
        elif "ATP" in self.pump.reads:
            raise InputError("atp_mM", None, "is given: this pump reads ATP")

    @property
    def osmolarity_mM(self) -> float:  # noqa: N802
        """Of the bath."""
        return self.na_out_mM + self.k_out_mM + self.cl_out_mM + self.x_out_mM

    def charge_mM(self, v_V: Any, volume_um3: Any) -> Any:  # noqa: N802
        """Excess charge C A V/(F W) inside in mM; any shape.

        Of a cylinder of length L, A/W = 2 √(π L/W).
        """
        if self.capacitance_F_m2 == 0.0 or self.length_um is None:
            return 0.0 * v_V
        per_um = 2.0 * (math.pi * self.length_um / volume_um3) ** 0.5
        return 1e6 * self.capacitance_F_m2 * v_V * per_um / self.faraday_C_mol

    @property
    def bath_charge_mM(self) -> float:  # noqa: N802
        """Na + K − Cl outside, which the impermeants there balance."""
        return self.na_out_mM + self.k_out_mM - self.cl_out_mM

    def with_pump_rate(self, rate_A_m2: float) -> Self:
        """The same cell with another rate of the pump law."""
        return replace(self, pump=self.pump.with_rate(rate_A_m2))

    def numbers(self) -> dict[str, float]:
        """Every number by its name, those of the pump law as ``pump.NAME``."""
        own = {
            f.name: float(getattr(self, f.name))
            for f in fields(self)
            if isinstance(getattr(self, f.name), float | int)
        }
        return {**own, **{PUMP + name: value for name, value in self.pump.parameters.items()}}

    def with_numbers(self, numbers: Mapping[str, float]) -> Self:
        """The same cell with other numbers under the names of :meth:`numbers`.

        Raises
        ------
        InputError
            An unknown name, or what the class refuses.
        """
        known = self.numbers()
        own: dict[str, Any] = {}
        law = dict(self.pump.parameters)
        for name, value in numbers.items():
            if name not in known:
                raise InputError(name, value, "is a number of this cell", ", ".join(known))
            if name.startswith(PUMP):
                law[name.removeprefix(PUMP)] = value
            else:
                own[name] = value
        if any(name.startswith(PUMP) for name in numbers):
            own["pump"] = PumpLaw(self.pump.kind, law, self.pump.source)
        return replace(self, **own)

    def record(self) -> dict[str, Any]:
        """The inputs by name."""
        return {
            "name": self.name,
            "source": self.source,
            **{key: value for key, value in self.numbers().items() if not key.startswith(PUMP)},
            "pump": {"kind": self.pump.kind, **self.pump.parameters, "source": self.pump.source},
        }


def thermal_voltage(temperature_K: float) -> float:
    """RT/F in volt at ``temperature_K``; 26.727 mV at 310.15 K."""
    return float(GAS_CONSTANT * checks.temperature(temperature_K) / FARADAY)


def _set(cell: VolumeCell, place: str, value: float) -> None:
    object.__setattr__(cell, place, value)
