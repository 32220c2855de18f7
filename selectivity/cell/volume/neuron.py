"""The pump-leak cell in time: water, ions and charge of a cylinder that swells in its radius.

    dN_Na/dt = −(A/F)[g_Na (V − E_Na) + 3 q − J_N]
    dN_K/dt  = −(A/F)[g_K (V − E_K) − 2 q − J_C − J_N]
    dN_Cl/dt = +(A/F)[g_Cl (V − E_Cl) + J_C + 2 J_N]
    dW/dt    = v_w p_w A (Σ c_in − Σ c_out),     A = 2 √(π L W)
    V        = F (N_Na + N_K − N_Cl + z N_X)/(C A)

with q of the pump law and J_C, J_N of KCC2 and NKCC1 (:mod:`selectivity.cell.cotransport`). The
net charge N_Na + N_K − N_Cl + z₀ N_X0 is a component of the state in place of N_Na, which follows
from it: a charge is 10⁻⁵ of the ions, and an error of 10⁻³ mM in the sum would be 12 mV. A new z or
amount of the impermeants puts its charge on the membrane; change it slowly (a ramp), as a step of
1 mM is thousands of mV for the milliseconds of C/g.

What crosses goes to the bath, whose uptake is counted. The cubic law of the published neuron has no
largest rate: a pump that is switched on again at 80 mM of sodium runs at 200 times its rate at rest
and drives V below −1.5 V, past what ATP could; bring it back by a ramp, or take a law that
saturates. Sources: Düsterwald et al. 2018, eLife
7:e39575; Keener & Sneyd 2009, ch. 2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from selectivity.cell.cotransport import kcc2_current, nkcc1_current
from selectivity.cell.pump_law import PumpLaw  # noqa: F401  annotation of the base class
from selectivity.cell.volume.cell import VolumeCell
from selectivity.errors import InputError
from selectivity.membrane import checks

if TYPE_CHECKING:
    from selectivity.cell.dynamics.drive import Drive

_NAMES = (
    "charge_fmol",
    "k_in_fmol",
    "cl_in_fmol",
    "w_um3",
    "na_bath_fmol",
    "k_bath_fmol",
    "cl_bath_fmol",
)
_ADJUSTABLE = (
    *("g_na_S_m2", "g_k_S_m2", "g_cl_S_m2", "g_kcc2_S_m2", "g_nkcc1_S_m2"),
    *("z", "x_fmol", "water_permeability_m_s"),
)
_PANELS = (
    ("v_mV", "V (mV)"),
    ("w_um3", "volume (µm³)"),
    ("na_in_mM", "Na inside (mM)"),
    ("k_in_mM", "K inside (mM)"),
    ("cl_in_mM", "Cl inside (mM)"),
    ("e_cl_mV", "E_Cl (mV)"),
)
_IONS = {"Na": 1.0, "K": 1.0, "Cl": -1.0}
_LEAST = 1e-290
_CHARGED_V = 0.1


@dataclass(frozen=True)
class PumpLeakNeuron(VolumeCell):
    """A :class:`VolumeCell` with water, a capacitance and a first state; a model of
    :mod:`selectivity.cell.dynamics`.

    Parameters
    ----------
    water_molar_volume_m3_mol, water_permeability_m_s : float
        v_w and p_w of the module docstring.
    start_v_V, start_k_mM, start_cl_mM, start_w_um3 : float
        First state; Na follows from the charge.
    fixed_charge_fmol : float, optional
        z N_X at the start, which the charge of the state is counted with; left out, z times
        ``x_fmol``.

    Raises
    ------
    InputError
        As :class:`VolumeCell`; no capacitance; a first state that needs less than no sodium.
    """

    water_molar_volume_m3_mol: float = 1.8e-5
    water_permeability_m_s: float = 1.5e-4
    start_v_V: float = math.nan
    start_k_mM: float = math.nan
    start_cl_mM: float = math.nan
    start_w_um3: float = math.nan
    fixed_charge_fmol: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.capacitance_F_m2 == 0.0:
            rule = "is above zero: V follows from the charge on it"
            raise InputError("capacitance_F_m2", 0.0, rule, "1 µF/cm² is 0.01 F/m²")
        for place in ("water_molar_volume_m3_mol", "water_permeability_m_s"):
            checks.positive(getattr(self, place), place)
        for place in ("start_k_mM", "start_cl_mM", "start_w_um3"):
            checks.positive(getattr(self, place), place)
        checks.scalar(self.start_v_V, "start_v_V")
        if self.fixed_charge_fmol is None:
            object.__setattr__(self, "fixed_charge_fmol", self.z * self.x_fmol)
            self._sodium(self.start())

    @property
    def names(self) -> tuple[str, ...]:
        """Components of the state."""
        return _NAMES

    @property
    def adjustable(self) -> tuple[str, ...]:
        """Fields that events may change."""
        return _ADJUSTABLE

    @property
    def baths_mM(self) -> Mapping[str, float]:  # noqa: N802
        """The bath by ion; X are its impermeants."""
        na, k, cl = self.na_out_mM, self.k_out_mM, self.cl_out_mM
        return {"Na": na, "K": k, "Cl": cl, "X": self.x_out_mM}

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ions that may carry an applied current."""
        return ("Na", "K", "Cl")

    @property
    def panels(self) -> tuple[tuple[str, str], ...]:
        """What a figure of a run shows."""
        return _PANELS

    def start(self) -> list[float]:
        """The first state; its charge is that of ``start_v_V``."""
        w = self.start_w_um3
        charge = self.start_v_V / self._volt_per_fmol(w) - self._added()
        return [charge, 1e-3 * w * self.start_k_mM, 1e-3 * w * self.start_cl_mM, w, 0.0, 0.0, 0.0]

    def scales(self) -> list[float]:
        """The charge of 100 mV, the ions of the bath in the first volume, the first volume."""
        w = self.start_w_um3
        ions = 1e-3 * w * self.osmolarity_mM
        return [_CHARGED_V / self._volt_per_fmol(w), ions, ions, w, ions, ions, ions]

    def rates(self, t_s: float, y: list[float], drive: Drive) -> list[float]:
        """dy/dt per second (module docstring)."""
        v, na, k, cl, w = self._inside(y)
        bath, phi = drive.bath_mM, self.rt_over_f_V
        na_out, k_out, cl_out = bath["Na"], bath["K"], bath["Cl"]
        e_na, e_k, e_cl = (
            _nernst(phi, na_out, na),
            _nernst(phi, k_out, k),
            -_nernst(phi, cl_out, cl),
        )
        q = drive.pump * self.pump.cycle_current(na, na_out, k, k_out, drive.atp_mM)
        kcc2 = kcc2_current(self.g_kcc2_S_m2, e_k, e_cl)
        nkcc1 = nkcc1_current(self.g_nkcc1_S_m2, e_na, e_k, e_cl)
        area = 2.0 * math.sqrt(math.pi * self.length_um * w)  # type: ignore[operator]
        per = 1e3 * area / self.faraday_C_mol  # fmol/s per A/m²
        leak_na, leak_k = self.g_na_S_m2 * (v - e_na), self.g_k_S_m2 * (v - e_k)
        leak_cl = self.g_cl_S_m2 * (v - e_cl)
        applied = drive.current_A_m2
        i_na, i_k, i_cl = (applied.get(ion, 0.0) for ion in _IONS) if applied else (0.0, 0.0, 0.0)
        into_na = per * (i_na + nkcc1 - leak_na - 3.0 * q)
        into_k = per * (i_k + nkcc1 + kcc2 - leak_k + 2.0 * q)
        into_cl = per * (leak_cl + kcc2 + 2.0 * nkcc1 - i_cl)
        charge = per * (i_na + i_k + i_cl - leak_na - leak_k - leak_cl - q)
        x = 1e3 * self.x_fmol / w
        osmotic = na + k + cl + x - (na_out + k_out + cl_out + bath["X"])
        filling = 1e6 * self.water_molar_volume_m3_mol * self.water_permeability_m_s
        return [charge, into_k, into_cl, filling * area * osmotic, -into_na, -into_k, -into_cl]

    def observe(self, t_s: float, y: list[float], drive: Drive) -> dict[str, float]:
        """One row: potentials, concentrations, volume and the pump."""
        v, na, k, cl, w = self._inside(y)
        bath, phi = drive.bath_mM, self.rt_over_f_V
        q = drive.pump * self.pump.cycle_current(na, bath["Na"], k, bath["K"], drive.atp_mM)
        x = 1e3 * self.x_fmol / w
        out = sum(bath.values())
        return {
            "v_mV": 1e3 * v,
            "na_in_mM": na,
            "k_in_mM": k,
            "cl_in_mM": cl,
            "x_in_mM": x,
            "na_out_mM": bath["Na"],
            "k_out_mM": bath["K"],
            "cl_out_mM": bath["Cl"],
            "w_um3": w,
            "e_na_mV": 1e3 * _nernst(phi, bath["Na"], na),
            "e_k_mV": 1e3 * _nernst(phi, bath["K"], k),
            "e_cl_mV": -1e3 * _nernst(phi, bath["Cl"], cl),
            "pump_A_m2": q,
            "osmotic_difference_mM": na + k + cl + x - out,
            "area_um2": 2.0 * math.sqrt(math.pi * self.length_um * w),  # type: ignore[operator]
            "g_kcc2_S_m2": self.g_kcc2_S_m2,
            "g_nkcc1_S_m2": self.g_nkcc1_S_m2,
            "z": self.z,
        }

    def totals(self, y: Sequence[float]) -> dict[str, float]:
        """Amounts inside and in the bath's account, fmol."""
        na = y[0] - y[1] + y[2] - float(self.fixed_charge_fmol or 0.0)
        return {"Na": na + y[4], "K": y[1] + y[5], "Cl": y[2] + y[6]}

    def charge_gap(self, y: Sequence[float]) -> float:
        """Charge inside and in the bath's account, fmol."""
        return y[0] + y[4] + y[5] - y[6]

    def record(self) -> dict[str, Any]:
        """The inputs by name."""
        return super().record()

    def _added(self) -> float:
        """Charge of the impermeants that came after the start, fmol."""
        return self.z * self.x_fmol - float(self.fixed_charge_fmol or 0.0)

    def _volt_per_fmol(self, w_um3: float) -> float:
        area = 2.0 * math.sqrt(math.pi * self.length_um * w_um3)  # type: ignore[operator]
        return 1e-3 * self.faraday_C_mol / (self.capacitance_F_m2 * area)

    def _sodium(self, y: Sequence[float]) -> float:
        na = y[0] - y[1] + y[2] - float(self.fixed_charge_fmol or 0.0)
        if na <= 0.0:
            rule = "leaves sodium above zero in the first state: K and the charge need more anions"
            raise InputError("start_k_mM", self.start_k_mM, rule, "lower K, or raise Cl or X")
        return na

    def _inside(self, y: Sequence[float]) -> tuple[float, float, float, float, float]:
        """V and the concentrations of Na, K, Cl; W."""
        w = y[3]
        if w <= 0.0:
            raise ValueError("the volume is not above zero")
        na = y[0] - y[1] + y[2] - float(self.fixed_charge_fmol or 0.0)
        v = (y[0] + self._added()) * self._volt_per_fmol(w)
        return v, 1e3 * na / w, 1e3 * y[1] / w, 1e3 * y[2] / w, w


def at_rest(neuron: PumpLeakNeuron) -> PumpLeakNeuron:
    """The neuron with its own closed-form steady state as the first one.

    Raises
    ------
    InputError
        It has none; the reason is in the message.
    """
    from selectivity.cell.volume.rest import volume_rest

    rest = volume_rest(neuron)
    if not rest.steady:
        rule = f"has a steady state to start from: {rest.reason}"
        raise InputError("start", neuron.name, rule, "give a first state")
    return replace(
        neuron,
        start_v_V=1e-3 * rest.v_mV,
        start_k_mM=rest.k_in_mM,
        start_cl_mM=rest.cl_in_mM,
        start_w_um3=rest.w_um3,
        fixed_charge_fmol=None,
    )


def _nernst(phi: float, c_out: float, c_in: float) -> float:
    return phi * math.log(c_out / (c_in if c_in > _LEAST else _LEAST))
