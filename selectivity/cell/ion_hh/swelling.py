"""The cell of Huebel and Ullah: a closed system in which water follows the osmotic pressure.

Beside charge and amounts (:mod:`selectivity.cell.ion_hh.membrane`) the state has the gates n and h
and the volume w inside; the total w_tot is constant, and so are the impermeants X of both sides:

    dw/dt = (w_∞ − w)/τ,    w_∞ = w_tot S_in/(S_in + S_out),    S = Σ N + X,

w_∞ being the volume of equal osmolarity.

Source: Huebel & Ullah 2016, PLoS ONE 11:e0147060; ModelDB 187599.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from selectivity.cell.cell_presets import cell_preset
from selectivity.cell.dynamics import Drive
from selectivity.cell.ion_hh.gates import h_rates, n_rates
from selectivity.cell.ion_hh.membrane import AMOUNTS, IONS, Currents, IonHH, membrane_numbers

PRESET = "huebel_ullah_2016"
NO_CHLORIDE = "huebel_ullah_2016_no_cl"


@dataclass(frozen=True)
class SwellingCell(IonHH):
    """The closed system with water (module docstring); X in fmol, in the osmotic sum alone."""

    w_start_um3: float = 0.0
    w_total_um3: float = 0.0
    tau_water_s: float = 0.0
    n_start: float = 0.0
    h_start: float = 0.0
    x_in_fmol: float = 0.0
    x_out_fmol: float = 0.0
    names: tuple[str, ...] = field(default=(*AMOUNTS, "w_um3", "n", "h"), init=False, repr=False)

    @property
    def panels(self) -> tuple[tuple[str, str], ...]:
        """V, outside potassium, inside sodium, volume."""
        return (
            ("v_mV", "V (mV)"),
            ("k_out_mM", "K⁺ outside (mM)"),
            ("na_in_mM", "Na⁺ inside (mM)"),
            ("w_um3", "volume inside (µm³)"),
        )

    def start(self) -> list[float]:
        """Published initial values, which are printed rounded."""
        return [*self.start_amounts(), self.w_start_um3, self.n_start, self.h_start]

    def scales(self) -> list[float]:
        """Those of the amounts, the volume at the start, 1 for the gates."""
        return [*self.amount_scales(), self.w_start_um3, 1.0, 1.0]

    def _now(self, y: Sequence[float], drive: Drive) -> Currents:
        w = y[6]
        return self.currents(y, (w, self.w_total_um3 - w), (y[7], y[8]), drive.pump)

    def rates(self, t_s: float, y: list[float], drive: Drive) -> list[float]:
        """d/dt of the state per second."""
        now = self._now(y, drive)
        n = self.amounts(y)
        inner = n[0] + n[1] + n[2] + self.x_in_fmol
        outer = n[3] + n[4] + n[5] + self.x_out_fmol
        target = self.w_total_um3 * inner / (inner + outer)
        a_n, b_n = n_rates(now.v_mV)
        a_h, b_h = h_rates(now.v_mV)
        return [
            *self.amount_rates(now, drive),
            (target - y[6]) / self.tau_water_s,
            self.phi * (a_n * (1.0 - y[7]) - b_n * y[7]),
            self.phi * (a_h * (1.0 - y[8]) - b_h * y[8]),
        ]

    def observe(self, t_s: float, y: list[float], drive: Drive) -> dict[str, float]:
        """Row of the table."""
        return {**self.row(self._now(y, drive)), "w_um3": y[6], "n": y[7], "h": y[8]}

    def donnan_state(self, y: Sequence[float]) -> list[float]:
        """Where the amounts of ``y`` end without a pump, with the volume."""
        osmotic = (self.x_in_fmol, self.x_out_fmol)
        system = self.closed_system(y, self.w_total_um3, osmotic)
        w = system.volume()
        found = self.shared_out(y, system, w)
        found[6] = w
        return found


def swelling_cell(chloride: bool = True) -> SwellingCell:
    """The published cell, with its chloride conductance or without."""
    preset = cell_preset(PRESET)
    geometry, start = preset["geometry"], preset["start"]
    cell = SwellingCell(
        name=PRESET if chloride else NO_CHLORIDE,
        **membrane_numbers(preset),
        inside_fmol=_three(start["inside_fmol"]),
        outside_fmol=_three(start["outside_fmol"]),
        w_start_um3=geometry["w_in_um3"],
        w_total_um3=geometry["w_total_um3"],
        tau_water_s=geometry["tau_water_s"],
        n_start=start["n"],
        h_start=start["h"],
        x_in_fmol=start["inside_fmol"]["X"],
        x_out_fmol=start["outside_fmol"]["X"],
    )
    return cell if chloride else replace(cell, g_cl_S_m2=0.0)


def _three(amounts: Mapping[str, float]) -> tuple[float, float, float]:
    na, k, cl = (float(amounts[ion]) for ion in IONS)
    return na, k, cl
