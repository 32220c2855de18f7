"""The chloride that leak, KCC2 and NKCC1 leave inside a cell, and which of them wins.

With V, Na and K held, the flux of chloride into the cell (times F, A/m²) is linear in E_Cl,

    g_Cl (V − E_Cl) + g_KCC2 (E_K − E_Cl) + 2 g_NKCC1 (E_Na + E_K − 2 E_Cl) = 0,

so that the steady E_Cl is a weighted mean of the three potentials at which each would rest,

    E_Cl = [g_Cl V + g_KCC2 E_K + 4 g_NKCC1 (E_Na + E_K)/2]/(g_Cl + g_KCC2 + 4 g_NKCC1).

KCC2 wins where E_Cl < V, NKCC1 where E_Cl > V; a passive cell has E_Cl = V. Both run on the
sodium pump: at that steady state NKCC1 brings J_NKCC1 of sodium in, which costs a third of it in
ATP, however little chloride it wins. Bicarbonate is taken as held by the cell's pH.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from selectivity.cell.chloride.cell import ChlorideCell
from selectivity.cell.chloride.reversal import (
    chloride_at_reversal,
    effect_of,
    gaba_reversal,
)
from selectivity.cell.cotransport import CL_PER_NKCC1, kcc2_current, nkcc1_current
from selectivity.errors import InputError
from selectivity.membrane import checks, nernst
from selectivity.membrane.result import Columns, Result
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NA_PER_ATP = 3


class ChlorideRates(NamedTuple):
    """Rate constants in S/m²: chloride leak, KCC2, NKCC1 (of its cycles)."""

    g_cl_S_m2: float
    g_kcc2_S_m2: float
    g_nkcc1_S_m2: float


def steady_e_cl(e_rest: Any, e_k: Any, e_na: Any, rates: ChlorideRates | Sequence[Any]) -> Any:
    """Steady E_Cl in volt (module docstring) from V, E_K and E_Na in volt.

    Rates may be arrays; they are not checked, and their weighted sum must be above zero.
    """
    g_cl, g_kcc2, g_nkcc1 = rates
    weight = CL_PER_NKCC1 * CL_PER_NKCC1 * g_nkcc1
    pulled = g_cl * e_rest + g_kcc2 * e_k + weight * 0.5 * (e_na + e_k)
    return pulled / (g_cl + g_kcc2 + weight)


@dataclass(frozen=True)
class ChlorideBalance(Result):
    """Steady chloride of a cell at held V, Na and K.

    ``into_cell_A_m2`` is the chloride flux times F by leak, KCC2 and NKCC1, positive into the
    cell; the three cancel. ``switch_nkcc1_S_m2`` is the g_NKCC1 at which GABA turns round with
    the other two rates as they are (nan: none). The sweep runs over g_NKCC1.
    """

    cell: ChlorideCell
    rates: ChlorideRates
    cl_in_mM: float
    e_cl_mV: float
    e_gaba_mV: float
    into_cell_A_m2: ChlorideRates
    sodium_load_A_m2: float
    switch_nkcc1_S_m2: float
    sweep_nkcc1_S_m2: NDArray[np.float64]
    sweep_cl_in_mM: NDArray[np.float64]
    sweep_e_cl_mV: NDArray[np.float64]
    sweep_e_gaba_mV: NDArray[np.float64]

    @property
    def v_mV(self) -> float:  # noqa: N802
        """The held potential."""
        return 1000.0 * self.cell.voltage_V

    @property
    def winner(self) -> str:
        """Which transporter holds chloride away from passive distribution."""
        if math.isclose(self.e_cl_mV, self.v_mV, rel_tol=0.0, abs_tol=1e-9):
            return "neither: chloride is passive"
        return "KCC2" if self.e_cl_mV < self.v_mV else "NKCC1"

    @property
    def atp_mol_m2_s(self) -> float:
        """ATP that the pump spends on the sodium of NKCC1, mol/(m² s)."""
        return self.sodium_load_A_m2 / (NA_PER_ATP * FARADAY)

    @property
    def _why(self) -> str:
        if self.e_cl_mV <= self.v_mV < self.e_gaba_mV:
            return ", since bicarbonate holds E_GABA above V"
        return ""

    def lines(self) -> list[str]:
        """The balance in words."""
        r, j = self.rates, self.into_cell_A_m2
        parts = zip(("leak", "KCC2", "NKCC1"), r, j, strict=True)
        effect = effect_of(self.v_mV - self.e_gaba_mV)
        out = [
            *self.cell.lines(),
            "steady chloride at held V, Na, K and HCO3, in place of the Cl_in above",
            "",
            *(f"{name:<6}g = {g:<9.4g} S/m²   chloride in {i:+.4g} A/m²" for name, g, i in parts),
            "",
            f"Cl_in = {self.cl_in_mM:.4g} mM, E_Cl = {self.e_cl_mV:.2f} mV, "
            f"E_GABA = {self.e_gaba_mV:.2f} mV against V = {self.v_mV:.2f} mV",
            f"wins: {self.winner}; GABA {effect}{self._why}",
            f"NKCC1 brings {self.sodium_load_A_m2:.4g} A/m² of Na in: "
            f"{1e9 * self.atp_mol_m2_s:.4g} nmol ATP/(m² s)",
        ]
        if math.isnan(self.switch_nkcc1_S_m2):
            return [*out, "no g_NKCC1 turns GABA round with these g_Cl and g_KCC2"]
        return [*out, f"GABA turns round at g_NKCC1 = {self.switch_nkcc1_S_m2:.4g} S/m²"]

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        into = {
            f"chloride_in_{name}_A_m2": value
            for name, value in zip(("leak", "kcc2", "nkcc1"), self.into_cell_A_m2, strict=True)
        }
        return {
            **self.cell.record(),
            **self.rates._asdict(),
            "steady_cl_in_mM": self.cl_in_mM,
            "steady_e_cl_mV": self.e_cl_mV,
            "steady_e_gaba_mV": self.e_gaba_mV,
            "winner": self.winner,
            **into,
            "sodium_load_A_m2": self.sodium_load_A_m2,
            "atp_mol_m2_s": self.atp_mol_m2_s,
            "switch_nkcc1_S_m2": self.switch_nkcc1_S_m2,
            "sweep": dict(self.columns()),
        }

    def columns(self) -> Columns:
        """The sweep over g_NKCC1."""
        return {
            "g_nkcc1_S_m2": self.sweep_nkcc1_S_m2,
            "cl_in_mM": self.sweep_cl_in_mM,
            "e_cl_mV": self.sweep_e_cl_mV,
            "e_gaba_mV": self.sweep_e_gaba_mV,
        }

    def draw(self, figure: Figure) -> None:
        """Steady E_Cl and E_GABA against g_NKCC1."""
        from selectivity.cell.chloride.figures import draw_balance

        draw_balance(self, figure)


def chloride_balance(cell: ChlorideCell, rates: ChlorideRates) -> ChlorideBalance:
    """Steady internal chloride of ``cell``, whose own Cl_in is not used.

    Parameters
    ----------
    cell : ChlorideCell
    rates : ChlorideRates
        In S/m², zero or positive, not all zero.

    Raises
    ------
    InputError
        A negative rate, or nothing that moves chloride.
    """
    for name, value in rates._asdict().items():
        checks.nonnegative(checks.scalar(value, name), name)
    if not any(rates):
        raise InputError("rates", tuple(rates), "lets chloride through one path at least")
    volt, e_k, e_na = cell.voltage_V, cell.e_k_V, cell.e_na_V
    e_cl = steady_e_cl(volt, e_k, e_na, rates)
    cycles = nkcc1_current(rates.g_nkcc1_S_m2, e_na, e_k, e_cl)
    into = ChlorideRates(
        rates.g_cl_S_m2 * (volt - e_cl),
        kcc2_current(rates.g_kcc2_S_m2, e_k, e_cl),
        CL_PER_NKCC1 * cycles,
    )
    sweep = _sweep(rates)
    e_sweep = np.asarray(steady_e_cl(volt, e_k, e_na, (*rates[:2], sweep)))
    cl, gaba = _gaba(cell, np.asarray(e_cl))
    cl_sweep, gaba_sweep = _gaba(cell, e_sweep)
    return ChlorideBalance(
        cell=cell,
        rates=rates,
        cl_in_mM=float(cl),
        e_cl_mV=1000.0 * e_cl,
        e_gaba_mV=float(gaba),
        into_cell_A_m2=into,
        sodium_load_A_m2=cycles,
        switch_nkcc1_S_m2=_switch(cell, rates),
        sweep_nkcc1_S_m2=sweep,
        sweep_cl_in_mM=cl_sweep,
        sweep_e_cl_mV=1000.0 * e_sweep,
        sweep_e_gaba_mV=gaba_sweep,
    )


def _gaba(
    cell: ChlorideCell, e_cl: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cl_in (mM) and E_GABA (mV) at E_Cl."""
    out, kelvin = cell.outside, cell.temperature_K
    chloride = np.asarray(out["Cl"] * np.exp(e_cl * FARADAY / (GAS_CONSTANT * kelvin)))
    others = (out["Cl"], cell.inside["HCO3"], out["HCO3"], cell.p_hco3, kelvin)
    return chloride, 1000.0 * np.asarray(gaba_reversal(chloride, *others))


def _switch(cell: ChlorideCell, rates: ChlorideRates) -> float:
    """g_NKCC1 at which E_GABA = V; nan where none of zero or more does it."""
    out, kelvin, volt = cell.outside, cell.temperature_K, cell.voltage_V
    others = (out["Cl"], cell.inside["HCO3"], out["HCO3"], cell.p_hco3, kelvin)
    chloride = chloride_at_reversal(volt, *others)
    if math.isnan(chloride) or chloride == 0.0:
        return math.nan
    e_cl = nernst(-1, chloride, out["Cl"], kelvin)
    drive = CL_PER_NKCC1 * (cell.e_na_V + cell.e_k_V - CL_PER_NKCC1 * e_cl)
    loss = rates.g_cl_S_m2 * (e_cl - volt) + rates.g_kcc2_S_m2 * (e_cl - cell.e_k_V)
    found = loss / drive if drive else math.nan
    return found if found >= 0.0 else math.nan


def _sweep(rates: ChlorideRates) -> NDArray[np.float64]:
    """From a thousandth to ten times the largest rate."""
    top = max(rates)
    return np.asarray(np.geomspace(1e-3 * top, 10.0 * top, 161))
