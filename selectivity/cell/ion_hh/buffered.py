"""The cell of Huebel and Dahlem: fixed volumes, and outside potassium held by glia or vessels.

Beside charge and amounts (:mod:`selectivity.cell.ion_hh.membrane`) the state has the gate n (h
follows from it, m is at its steady value) and the potassium that the buffer or the vessels took up:

    buffer   db/dt = k₂(K_o) K_o (B₀ − b) − k₁ b,   k₂ = k₂,max/(1 + exp((15 mM − K_o)/1.09 mM)),
    vessels  db/dt = λ (K_o − K_bath),

b in mM of the outside volume; the outside gives what they take.

Source: Huebel & Dahlem 2014, PLoS Comput Biol 10:e1003941 (b = −ΔK_b there); ModelDB 167714.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selectivity.cell.cell_presets import cell_preset
from selectivity.cell.dynamics import Drive
from selectivity.cell.ion_hh.gates import h_of_n, n_rates
from selectivity.cell.ion_hh.membrane import (
    AMOUNTS,
    IONS,
    UM3_PER_FMOL_MM,
    Currents,
    IonHH,
    membrane_numbers,
)

PRESET = "huebel_dahlem_2014"
VASCULAR = "huebel_dahlem_2014_vascular"


@dataclass(frozen=True)
class Buffer:
    """Numbers of the glial buffer (module docstring)."""

    k_release_per_s: float
    k_bind_max_per_s_mM: float
    capacity_mM: float
    k_half_mM: float
    k_slope_mM: float

    def uptake(self, k_out_mM: float, held_mM: float) -> float:
        """db/dt in mM/s."""
        x = (self.k_half_mM - k_out_mM) / self.k_slope_mM
        bind = self.k_bind_max_per_s_mM / (1.0 + math.exp(min(x, 700.0)))
        return bind * k_out_mM * (self.capacity_mM - held_mM) - self.k_release_per_s * held_mM


@dataclass(frozen=True)
class BufferedCell(IonHH):
    """The cell with a glial ``buffer``, or with vessels at ``bath_rate_per_s`` where it is None."""

    w_in_um3: float = 0.0
    w_out_um3: float = 0.0
    n_start: float = 0.0
    buffer: Buffer | None = None
    bath_rate_per_s: float = 0.0
    k_bath_mM: float = 0.0
    names: tuple[str, ...] = field(default=(*AMOUNTS, "k_taken_fmol", "n"), init=False, repr=False)

    @property
    def panels(self) -> tuple[tuple[str, str], ...]:
        """V, outside potassium, inside sodium, and what the buffer or the vessels hold."""
        where = "vessels" if self.buffer is None else "buffer"
        return (
            ("v_mV", "V (mV)"),
            ("k_out_mM", "K⁺ outside (mM)"),
            ("na_in_mM", "Na⁺ inside (mM)"),
            ("k_taken_mM", f"K⁺ taken by the {where}\n(mM of the outside)"),
        )

    @property
    def baths_mM(self) -> Mapping[str, float]:  # noqa: N802
        """Potassium of the vessels."""
        return {"K": self.k_bath_mM} if self.buffer is None else {}

    def start(self) -> list[float]:
        """Published initial values; nothing taken up yet."""
        return [*self.start_amounts(), 0.0, self.n_start]

    def scales(self) -> list[float]:
        """Those of the amounts, 10 fmol and 1."""
        return [*self.amount_scales(), 10.0, 1.0]

    def _now(self, y: Sequence[float], drive: Drive) -> Currents:
        n = y[7]
        return self.currents(y, (self.w_in_um3, self.w_out_um3), (n, h_of_n(n)), drive.pump)

    def rates(self, t_s: float, y: list[float], drive: Drive) -> list[float]:
        """d/dt of the state per second."""
        now = self._now(y, drive)
        out = self.amount_rates(now, drive)
        k_out, litres = now.outside[1], self.w_out_um3 / UM3_PER_FMOL_MM
        if self.buffer is None:
            taken = litres * self.bath_rate_per_s * (k_out - drive.bath_mM["K"])
        else:
            taken = litres * self.buffer.uptake(k_out, y[6] / litres)
        out[4] -= taken
        alpha, beta = n_rates(now.v_mV)
        return [*out, taken, self.phi * (alpha * (1.0 - y[7]) - beta * y[7])]

    def observe(self, t_s: float, y: list[float], drive: Drive) -> dict[str, float]:
        """Row of the table."""
        now = self._now(y, drive)
        return {
            **self.row(now),
            "k_taken_mM": y[6] * UM3_PER_FMOL_MM / self.w_out_um3,
            "w_um3": self.w_in_um3,
            "n": y[7],
        }

    def totals(self, y: Sequence[float]) -> dict[str, float]:
        """fmol inside, outside and taken up."""
        found = super().totals(y)
        return found | {"K": found["K"] + y[6]}

    def charge_gap(self, y: Sequence[float]) -> float:
        """Net charge of both sides and of what was taken up, fmol."""
        return super().charge_gap(y) + y[6]

    def donnan_state(self, y: Sequence[float]) -> list[float]:
        """Where the amounts of ``y`` end without a pump; what was taken up stays there."""
        system = self.closed_system(y, self.w_in_um3 + self.w_out_um3)
        return self.shared_out(y, system, self.w_in_um3)


def buffered_cell(vascular: bool = False) -> BufferedCell:
    """The published cell with the glial buffer, or with vessels."""
    preset = cell_preset(PRESET)
    geometry, start = preset["geometry"], preset["start"]
    w_in, w_out = geometry["w_in_um3"], geometry["w_out_um3"]
    more: dict[str, Any] = {"buffer": Buffer(**preset["buffer"].values)}
    if vascular:
        bath = preset["bath"]
        more = {"bath_rate_per_s": bath["rate_per_s"], "k_bath_mM": bath["k_bath_mM"]}
    return BufferedCell(
        name=VASCULAR if vascular else PRESET,
        **membrane_numbers(preset),
        inside_fmol=_amounts(start["inside_mM"], w_in),
        outside_fmol=_amounts(start["outside_mM"], w_out),
        w_in_um3=w_in,
        w_out_um3=w_out,
        n_start=start["n"],
        **more,
    )


def _amounts(c_mM: Mapping[str, float], w_um3: float) -> tuple[float, float, float]:
    na, k, cl = (c_mM[ion] * w_um3 / UM3_PER_FMOL_MM for ion in IONS)
    return na, k, cl
