"""What the ion-conserving Hodgkin-Huxley cells share: amounts, potential, currents, ledger.

Amounts of Na, K and Cl inside and outside are states (fmol). The potential is the charge inside,

    V = F q/(C A),    q = N_Na + N_K − N_Cl + Q,

with the constant charge Q of impermeants that makes V the published one at the start; the outside
has impermeants of its own, so that the two sides are neutral together. Of the inside the states are
q, N_K and N_Cl, and N_Na follows: q is 10⁻⁵ of the ions, and as a small difference of large states
it would cost the solver its precision. The outside has all three, so that no total is kept by
construction but that of the sums themselves. With I outward positive,

    I_Na = (g_Na,leak + g_Na m³h)(V − E_Na) + 3 p I_p,
    I_K  = (g_K,leak  + g_K n⁴)(V − E_K)    − 2 p I_p,
    I_Cl = g_Cl (V − E_Cl),        dN_i/dt = −A I_i/(z_i F),

which holds C dV/dt = −(I_Na + I_K + I_Cl) of the papers; they put the sodium from neutrality of the
changes and thereby leave out C V/F, some 10⁻³ mM.

Sources: Huebel & Dahlem 2014, PLoS Comput Biol 10:e1003941; Huebel & Ullah 2016, PLoS ONE
11:e0147060.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from selectivity.cell.cell_presets import CellPreset
from selectivity.cell.dynamics import Drive
from selectivity.cell.ion_hh.donnan import ClosedSystem
from selectivity.cell.ion_hh.gates import m_steady
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE, PumpLaw

IONS = ("Na", "K", "Cl")
Z = {"Na": 1, "K": 1, "Cl": -1}
AMOUNTS = ("charge_in_fmol", "k_in_fmol", "cl_in_fmol", "na_out_fmol", "k_out_fmol", "cl_out_fmol")
UM3_PER_FMOL_MM = 1000.0
"""mM times µm³ in a fmol."""
_FMOL = 1e15
_CHARGED_MV = 100.0
_CONDUCTANCES = ("g_na_leak_S_m2", "g_na_S_m2", "g_k_leak_S_m2", "g_k_S_m2", "g_cl_S_m2")


class Currents(NamedTuple):
    """Of one state: potentials in mV, concentrations in mM, currents in A/m², outward positive."""

    v_mV: float
    inside: tuple[float, float, float]
    outside: tuple[float, float, float]
    nernst_mV: tuple[float, float, float]
    na: float
    k: float
    cl: float
    pump: float


@dataclass(frozen=True)
class IonHH:
    """Membrane, pump and amounts of a cell and its outside (module docstring).

    Parameters
    ----------
    preset : CellPreset
        Whose numbers these are.
    name : str
    c_F_m2, area_m2, phi : float
        ``phi`` multiplies the rates of the gates.
    g_na_leak_S_m2, g_na_S_m2, g_k_leak_S_m2, g_k_S_m2, g_cl_S_m2 : float
    pump : PumpLaw
    rt_over_f_mV, faraday_C_mol : float
        As the paper has them.
    start_mV : float
    inside_fmol, outside_fmol : tuple of float
        Na, K, Cl at the start.
    """

    preset: CellPreset
    name: str
    c_F_m2: float
    area_m2: float
    phi: float
    g_na_leak_S_m2: float
    g_na_S_m2: float
    g_k_leak_S_m2: float
    g_k_S_m2: float
    g_cl_S_m2: float
    pump: PumpLaw
    rt_over_f_mV: float
    faraday_C_mol: float
    start_mV: float
    inside_fmol: tuple[float, float, float]
    outside_fmol: tuple[float, float, float]

    @property
    def adjustable(self) -> tuple[str, ...]:
        """Conductances."""
        return _CONDUCTANCES

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ions that may carry an applied current."""
        return ("K", "Na", "Cl")

    @property
    def atp_mM(self) -> float | None:  # noqa: N802
        """The pump reads no ATP."""
        return None

    @property
    def baths_mM(self) -> Mapping[str, float]:  # noqa: N802
        """No bath."""
        return {}

    @cached_property
    def impermeant_fmol(self) -> tuple[float, float]:
        """Charge of the impermeants inside and outside (amount of elementary charges)."""
        held = self.start_mV / self.mv_per_fmol
        na, k, cl = self.inside_fmol
        out_na, out_k, out_cl = self.outside_fmol
        return held - (na + k - cl), -held - (out_na + out_k - out_cl)

    @cached_property
    def mv_per_fmol(self) -> float:
        """Potential (mV) of a charge of one fmol inside, F/(C A)."""
        return 1e3 * self.faraday_C_mol / _FMOL / (self.c_F_m2 * self.area_m2)

    @cached_property
    def fmol_s_per_A_m2(self) -> float:  # noqa: N802
        """Amount per second that a current density of 1 A/m² carries, A/F."""
        return _FMOL * self.area_m2 / self.faraday_C_mol

    def amounts(self, y: Sequence[float]) -> tuple[float, ...]:
        """Na, K, Cl inside and then outside (fmol), of a state."""
        na = y[0] - y[1] + y[2] - self.impermeant_fmol[0]
        return na, y[1], y[2], y[3], y[4], y[5]

    def charge_in(self, inside_fmol: Sequence[float]) -> float:
        """Charge (fmol) with Na, K, Cl inside, impermeants included."""
        na, k, cl = inside_fmol
        return na + k - cl + self.impermeant_fmol[0]

    def start_amounts(self) -> list[float]:
        """Charge, K and Cl inside and all outside at the start: the first six of the state."""
        return [self.start_mV / self.mv_per_fmol, *self.inside_fmol[1:], *self.outside_fmol]

    def amount_scales(self) -> list[float]:
        """The charge of 100 mV, the amounts at the start."""
        return [_CHARGED_MV / self.mv_per_fmol, *self.inside_fmol[1:], *self.outside_fmol]

    def currents(
        self,
        y: Sequence[float],
        volumes_um3: tuple[float, float],
        gates: tuple[float, float],
        p: float,
    ) -> Currents:
        """Currents of a state with the gates (n, h) and the factor p of the pump."""
        n, h = gates
        v = y[0] * self.mv_per_fmol
        n_na, n_k, n_cl, o_na, o_k, o_cl = self.amounts(y)
        a, b = (UM3_PER_FMOL_MM / w for w in volumes_um3)
        na_i, k_i, cl_i = n_na * a, n_k * a, n_cl * a
        na_o, k_o, cl_o = o_na * b, o_k * b, o_cl * b
        thermal = self.rt_over_f_mV
        e_na = thermal * math.log(na_o / na_i)
        e_k = thermal * math.log(k_o / k_i)
        e_cl = thermal * math.log(cl_i / cl_o)
        m, n2 = m_steady(v), n * n
        q = p * self.pump.cycle_current(na_i, na_o, k_i, k_o)
        g_na = self.g_na_leak_S_m2 + self.g_na_S_m2 * m * m * m * h
        g_k = self.g_k_leak_S_m2 + self.g_k_S_m2 * n2 * n2
        return Currents(
            v,
            (na_i, k_i, cl_i),
            (na_o, k_o, cl_o),
            (e_na, e_k, e_cl),
            1e-3 * g_na * (v - e_na) + NA_PER_CYCLE * q,
            1e-3 * g_k * (v - e_k) - K_PER_CYCLE * q,
            1e-3 * self.g_cl_S_m2 * (v - e_cl),
            q,
        )

    def amount_rates(self, now: Currents, drive: Drive) -> list[float]:
        """d/dt of the first six states in fmol/s; an applied current takes its ion from outside."""
        scale = self.fmol_s_per_A_m2
        na, k, cl = -scale * now.na, -scale * now.k, scale * now.cl
        if drive.current_A_m2:
            na += scale * drive.current_A_m2.get("Na", 0.0)
            k += scale * drive.current_A_m2.get("K", 0.0)
            cl -= scale * drive.current_A_m2.get("Cl", 0.0)
        return [na + k - cl, k, cl, -na, -k, -cl]

    def row(self, now: Currents) -> dict[str, float]:
        """Potential, concentrations, equilibria and currents by column."""
        found = {"v_mV": now.v_mV}
        sides = (("in_mM", now.inside), ("out_mM", now.outside))
        for side, values in sides:
            found |= {f"{i.lower()}_{side}": c for i, c in zip(IONS, values, strict=True)}
        found |= {f"e_{i.lower()}_mV": e for i, e in zip(IONS, now.nernst_mV, strict=True)}
        return found | {
            "i_na_A_m2": now.na,
            "i_k_A_m2": now.k,
            "i_cl_A_m2": now.cl,
            "pump_A_m2": now.pump,
        }

    def totals(self, y: Sequence[float]) -> dict[str, float]:
        """fmol of Na, K and Cl inside and outside."""
        amounts = self.amounts(y)
        return {ion: amounts[i] + amounts[i + 3] for i, ion in enumerate(IONS)}

    def charge_gap(self, y: Sequence[float]) -> float:
        """Net charge of both sides (fmol); what a membrane takes from one it gives to the other."""
        return y[0] + y[3] + y[4] - y[5] + self.impermeant_fmol[1]

    def closed_system(
        self, y: Sequence[float], w_total_um3: float, osmotic: tuple[float, float] = (0.0, 0.0)
    ) -> ClosedSystem:
        """A state as a system without a pump; chloride stays where it is at g_Cl = 0."""
        n = self.amounts(y)
        crossing = [i for i, ion in enumerate(IONS) if ion != "Cl" or self.g_cl_S_m2 > 0.0]
        shut = [i for i in range(len(IONS)) if i not in crossing]
        return ClosedSystem(
            shared={IONS[i]: n[i] + n[i + 3] for i in crossing},
            z=Z,
            charge=self.impermeant_fmol[0] + sum(Z[IONS[i]] * n[i] for i in shut),
            osmotic_in=osmotic[0] + sum(n[i] for i in shut),
            osmotic_out=osmotic[1] + sum(n[i + 3] for i in shut),
            fmol_per_log=self.rt_over_f_mV / self.mv_per_fmol,
            w_total_um3=w_total_um3,
        )

    def shared_out(self, y: Sequence[float], system: ClosedSystem, w_um3: float) -> list[float]:
        """The state ``y`` with its amounts at the Donnan equilibrium of a volume inside."""
        inside = system.inside(system.log_ratio(w_um3), w_um3)
        n = list(self.amounts(y))
        for i, ion in enumerate(IONS):
            if ion in inside:
                n[i], n[i + 3] = inside[ion], system.shared[ion] - inside[ion]
        return [self.charge_in(n[:3]), *n[1:], *y[6:]]

    def record(self) -> dict[str, Any]:
        """The preset with its sources, and the charge of the impermeants."""
        inner, outer = self.impermeant_fmol
        return {
            **self.preset.record(),
            "name": self.name,
            "impermeant_charge_in_fmol": inner,
            "impermeant_charge_out_fmol": outer,
        }


def membrane_numbers(preset: CellPreset) -> dict[str, Any]:
    """Fields of :class:`IonHH` that the sections constants, membrane, pump and geometry hold."""
    membrane = preset["membrane"]
    conductances = {
        name: 10.0 * membrane[name.replace("_S_m2", "_mS_cm2")] for name in _CONDUCTANCES
    }
    return {
        "preset": preset,
        "c_F_m2": 0.01 * membrane["c_uF_cm2"],
        "area_m2": 1e-12 * preset["geometry"]["area_um2"],
        "phi": membrane["phi"],
        **conductances,
        "pump": PumpLaw.sigmoid(0.01 * preset["pump"]["rho_uA_cm2"]),
        "rt_over_f_mV": preset["constants"]["rt_over_f_mV"],
        "faraday_C_mol": preset["constants"]["faraday_C_mol"],
        "start_mV": preset["start"]["v_mV"],
    }
