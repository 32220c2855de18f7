"""The steady state of a pump-leak cell as a result: composition, potential, volume, ledger."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from selectivity.cell.atp import CYTOSOL
from selectivity.cell.cotransport import kcc2_current, nkcc1_current
from selectivity.cell.volume.cell import VolumeCell
from selectivity.cell.volume.solve import Working, working_point
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed
from selectivity.units import FARADAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IONS = ("Na", "K", "Cl")


class IonRest(NamedTuple):
    """One ion at rest: mM, mV, and what moves it as outward currents in A/m².

    The cotransporters carry no net current; their parts are those of the ion. The sum is zero.
    """

    c_out_mM: float
    c_in_mM: float
    e_mV: float
    leak_A_m2: float
    pump_A_m2: float
    kcc2_A_m2: float
    nkcc1_A_m2: float
    sum_A_m2: float


@dataclass(frozen=True)
class VolumeRest(Result):
    """Steady state of a :class:`VolumeCell`, or the reason for which it has none.

    Without one ``steady`` is False, ``reason`` says why, and every number of a state is nan; the
    volume is then unbounded (inf). ``q_A_m2`` is the cycle current and the net pump current.
    """

    cell: VolumeCell
    steady: bool
    reason: str
    q_A_m2: float
    v_mV: float
    na_in_mM: float
    k_in_mM: float
    cl_in_mM: float
    x_in_mM: float
    charge_in_mM: float
    w_um3: float
    ions: Mapping[str, IonRest]

    @property
    def e_cl_mV(self) -> float:  # noqa: N802
        """Nernst potential of chloride."""
        return self.ions["Cl"].e_mV

    @property
    def atp_mol_m2_s(self) -> float:
        """ATP that the pump takes, one a cycle: q/F."""
        return self.q_A_m2 / self.cell.faraday_C_mol

    @property
    def atp_kJ_mol(self) -> float:  # noqa: N802
        """What ATP gives at :data:`selectivity.cell.atp.CYTOSOL`, −ΔG_ATP."""
        ratio = CYTOSOL.adp_mM * CYTOSOL.pi_mM / (1e3 * CYTOSOL.atp_mM)
        thermal = 1e-3 * FARADAY * self.cell.rt_over_f_V
        return -(CYTOSOL.standard_kJ_mol + thermal * math.log(ratio))

    @property
    def atp_share(self) -> float:
        """F [3 (E_Na − V) + 2 (V − E_K)] over −ΔG_ATP: above 1 no pump reaches the state."""
        work_mV = 3.0 * (self.ions["Na"].e_mV - self.v_mV) + 2.0 * (self.v_mV - self.ions["K"].e_mV)
        return 1e-6 * FARADAY * work_mV / self.atp_kJ_mol

    def outputs(self) -> dict[str, float]:
        """The numbers of the state, as sensitivities are asked of them."""
        return {
            "v_mV": self.v_mV,
            "na_in_mM": self.na_in_mM,
            "k_in_mM": self.k_in_mM,
            "cl_in_mM": self.cl_in_mM,
            "x_in_mM": self.x_in_mM,
            "e_cl_mV": self.e_cl_mV,
            "w_um3": self.w_um3,
            "q_A_m2": self.q_A_m2,
        }

    def lines(self) -> list[str]:
        """The state in words and numbers, or why there is none."""
        cell = self.cell
        law = ", ".join(f"{key} {value:g}" for key, value in cell.pump.parameters.items())
        out = [
            f"{cell.name}: pump {cell.pump.kind} ({law}), impermeants {cell.x_fmol:.4g} fmol of "
            f"charge {cell.z:g}"
        ]
        if cell.x_out_mM == 0.0 and abs(cell.bath_charge_mM) > 1e-4 * cell.osmolarity_mM:
            out.append(
                f"the bath is not neutral: Na + K − Cl = {cell.bath_charge_mM:g} mM and no "
                "impermeants to balance it"
            )
        elif cell.x_out_mM > 0.0:
            mean = -cell.bath_charge_mM / cell.x_out_mM
            out.append(
                f"bath: {cell.osmolarity_mM:g} mM in all; its {cell.x_out_mM:g} mM of impermeants "
                f"balance the ions there with {mean:.3g} charges each"
            )
        if not self.steady:
            return [*out, f"no steady state: {self.reason}"]
        rows = [
            (
                ion,
                *(f"{v:.3f}" for v in r[:3]),
                *(f"{v + 0.0:+.4g}" for v in r[3:7]),
                f"{r[7]:+.0e}",
            )
            for ion, r in self.ions.items()
        ]
        rows.append(("X", f"{cell.x_out_mM:.3f}", f"{self.x_in_mM:.3f}", *[""] * 6))
        header = ("", "out, mM", "in, mM", "E, mV", "leak", "pump", "KCC2", "NKCC1", "sum, A/m²")
        return [
            *out,
            f"V = {fixed(self.v_mV, 4)} mV, volume {self.w_um3:.6g} µm³ ({self.w_um3 / 1e3:.6g} "
            f"pL), charge inside {self.charge_in_mM:.2g} mM",
            f"pump: {self.q_A_m2:.5g} A/m² of cycles and of net current, "
            f"{self.atp_mol_m2_s:.4g} mol ATP/(m² s)",
            *aligned(header, rows),
            *self._atp_lines(),
        ]

    def _atp_lines(self) -> list[str]:
        if self.q_A_m2 == 0.0:
            return []
        share = f"{100.0 * self.atp_share:.1f} % of what ATP gives ({self.atp_kJ_mol:.1f} kJ/mol)"
        if self.atp_share <= 1.0:
            return [f"a cycle of the pump takes {share}"]
        return [
            f"warning: a cycle would take {share}: no pump reaches this state; the rate law does "
            "not know the energy of ATP"
        ]

    def record(self) -> dict[str, Any]:
        """The state with its inputs."""
        return {
            "cell": self.cell.record(),
            "steady": self.steady,
            "reason": self.reason,
            **self.outputs(),
            "charge_in_mM": self.charge_in_mM,
            "atp_mol_m2_s": self.atp_mol_m2_s,
            "atp_kJ_mol": self.atp_kJ_mol,
            "atp_share": self.atp_share,
            "ions": {ion: row._asdict() for ion, row in self.ions.items()},
        }

    def columns(self) -> Columns:
        """A row for each ion."""
        rows = self.ions
        table: dict[str, list[Any]] = {"ion": [*rows, "X"]}
        for key in IonRest._fields:
            last = {"c_out_mM": self.cell.x_out_mM, "c_in_mM": self.x_in_mM}.get(key, math.nan)
            table[key] = [*(getattr(row, key) for row in rows.values()), last]
        return table

    def draw(self, figure: Figure) -> None:
        """What fills both sides, and the potentials of the ions against V."""
        from selectivity.cell.volume.figures import draw_rest

        draw_rest(self, figure)


def volume_rest(cell: VolumeCell) -> VolumeRest:
    """Steady state of ``cell`` in closed form, with a root of one variable for the pump rate.

    A cell without one is no error: the result says so.
    """
    found = working_point(cell)
    s = found.state
    volume = 1e3 * cell.x_fmol / s.x_mM if not found.reason else math.inf
    charge = s.na_mM + s.k_mM - s.cl_mM + cell.z * s.x_mM
    return VolumeRest(
        cell=cell,
        steady=not found.reason,
        reason=found.reason,
        q_A_m2=found.q_A_m2,
        v_mV=1e3 * s.v_V,
        na_in_mM=s.na_mM,
        k_in_mM=s.k_mM,
        cl_in_mM=s.cl_mM,
        x_in_mM=s.x_mM,
        charge_in_mM=charge,
        w_um3=volume,
        ions=_ledger(cell, found),
    )


def _ledger(cell: VolumeCell, found: Working) -> dict[str, IonRest]:
    s, q = found.state, found.q_A_m2
    pairs = ((cell.na_out_mM, s.na_mM), (cell.k_out_mM, s.k_mM), (cell.cl_out_mM, s.cl_mM))
    e_na, e_k, e_cl = (
        sign * cell.rt_over_f_V * math.log(out / c)
        for sign, (out, c) in zip((1.0, 1.0, -1.0), pairs, strict=True)
    )
    leaks = [
        g * (s.v_V - e)
        for g, e in ((cell.g_na_S_m2, e_na), (cell.g_k_S_m2, e_k), (cell.g_cl_S_m2, e_cl))
    ]
    kcc2 = kcc2_current(cell.g_kcc2_S_m2, e_k, e_cl)
    nkcc1 = nkcc1_current(cell.g_nkcc1_S_m2, e_na, e_k, e_cl)
    parts = (
        (leaks[0], 3.0 * q, 0.0, -nkcc1),
        (leaks[1], -2.0 * q, -kcc2, -nkcc1),
        (leaks[2], 0.0, kcc2, 2.0 * nkcc1),
    )
    return {
        ion: IonRest(out, c, 1e3 * e, *part, math.fsum(part))
        for ion, (out, c), e, part in zip(IONS, pairs, (e_na, e_k, e_cl), parts, strict=True)
    }
