"""Where chloride and GABA-A currents turn round, and where the cotransporters do.

A GABA-A receptor lets chloride and bicarbonate through. Both carry one negative charge, so the
Goldman-Hodgkin-Katz voltage of the two is, with p = P_HCO3/P_Cl,

    E_GABA = (RT/F) ln[(Cl_in + p HCO3_in)/(Cl_out + p HCO3_out)].

Bicarbonate is held far above equilibrium by the cell's pH (E_HCO3 near −15 mV), so that E_GABA
lies above E_Cl, and the more so the lower Cl_in. GABA depolarises where V < E_GABA and
hyperpolarises where V > E_GABA; shunting inhibition is not told by the sign.

Sources: Kaila 1994, Prog Neurobiol 42:489; Staley & Proctor 1999, J Physiol 519:693.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.chloride.cell import ChlorideCell
from selectivity.cell.cotransport import kcc2_reversal, nkcc1_reversal
from selectivity.errors import InputError
from selectivity.membrane import checks, nernst, text
from selectivity.membrane.result import Columns, Result
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEFAULT_RANGE_MM = (2.0, 100.0)
"""Internal chloride (mM) over which a curve is computed where no values are given."""


def gaba_reversal(
    cl_in_mM: ArrayLike,
    cl_out_mM: ArrayLike,
    hco3_in_mM: ArrayLike,
    hco3_out_mM: ArrayLike,
    p_hco3: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """E_GABA (module docstring) in volt.

    Parameters
    ----------
    cl_in_mM, cl_out_mM, hco3_in_mM, hco3_out_mM : array_like
        Concentrations in mM.
    p_hco3 : array_like
        P_HCO3/P_Cl of the receptor; 0 gives E_Cl.
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        In the broadcast shape; −inf or +inf where nothing stands inside or outside.

    Raises
    ------
    InputError
        A negative concentration or ratio, or a temperature outside liquid water.
    """
    p = checks.nonnegative(p_hco3, "p_hco3")
    inside = checks.nonnegative(cl_in_mM, "cl_in_mM")
    inside = inside + p * checks.nonnegative(hco3_in_mM, "hco3_in_mM")
    outside = checks.nonnegative(cl_out_mM, "cl_out_mM")
    outside = outside + p * checks.nonnegative(hco3_out_mM, "hco3_out_mM")
    return nernst(-1, inside, outside, temperature_K)


def chloride_at_reversal(
    e_gaba_V: ArrayLike,
    cl_out_mM: ArrayLike,
    hco3_in_mM: ArrayLike,
    hco3_out_mM: ArrayLike,
    p_hco3: ArrayLike,
    temperature_K: ArrayLike,
) -> Any:
    """Cl_in (mM) at which E_GABA is ``e_gaba_V``: (Cl_out + p HCO3_out) e^(EF/RT) − p HCO3_in.

    Arguments as :func:`gaba_reversal`. The value is nan where bicarbonate alone already holds
    E_GABA above ``e_gaba_V``, so that no chloride concentration reaches it.

    Raises
    ------
    InputError
        As :func:`gaba_reversal`, or a potential that is not finite.
    """
    p = checks.nonnegative(p_hco3, "p_hco3")
    volt = checks.numbers(e_gaba_V, "e_gaba_V")
    outside = checks.nonnegative(cl_out_mM, "cl_out_mM")
    outside = outside + p * checks.nonnegative(hco3_out_mM, "hco3_out_mM")
    thermal = GAS_CONSTANT * checks.temperature(temperature_K) / FARADAY
    own = p * checks.nonnegative(hco3_in_mM, "hco3_in_mM")
    chloride = np.asarray(outside * np.exp(volt / thermal) - own)
    return checks.plain(np.where(chloride < 0.0, np.nan, chloride))


@dataclass(frozen=True)
class ChlorideReversals(Result):
    """Potentials at which chloride, bicarbonate and GABA-A currents turn round, over Cl_in.

    ``cl_in_mM``, ``e_cl_mV`` and ``e_gaba_mV`` are the curve; the other numbers belong to the
    cell's own Cl_in. ``kcc2_cl_mM`` and ``nkcc1_cl_mM`` are the concentrations at which the
    transporters stand still, ``switch_cl_mM`` the one at which E_GABA is V (nan: none).
    """

    cell: ChlorideCell
    cl_in_mM: NDArray[np.float64]
    e_cl_mV: NDArray[np.float64]
    e_gaba_mV: NDArray[np.float64]
    cell_e_cl_mV: float
    cell_e_gaba_mV: float
    e_hco3_mV: float
    e_k_mV: float
    e_na_mV: float
    kcc2_cl_mM: float
    nkcc1_cl_mM: float
    switch_cl_mM: float

    @property
    def driving_force_mV(self) -> float:  # noqa: N802
        """V − E_GABA: negative where GABA depolarises."""
        return 1000.0 * self.cell.voltage_V - self.cell_e_gaba_mV

    @property
    def effect(self) -> str:
        """What opening GABA-A receptors does to V."""
        return effect_of(self.driving_force_mV)

    def lines(self) -> list[str]:
        """The numbers in words."""
        cell, cl = self.cell, self.cell.inside["Cl"]
        out = [
            *cell.lines(),
            "",
            f"E_Cl = {text.fixed(self.cell_e_cl_mV)} mV, "
            f"E_HCO3 = {text.fixed(self.e_hco3_mV)} mV, "
            f"E_GABA = {text.fixed(self.cell_e_gaba_mV)} mV",
            f"V − E_GABA = {self.driving_force_mV:+.2f} mV: GABA {self.effect}",
            "",
        ]
        rows = (
            ("KCC2", self.kcc2_cl_mM, ("imports KCl", "exports KCl")),
            ("NKCC1", self.nkcc1_cl_mM, ("imports NaKCl2", "exports NaKCl2")),
        )
        for name, reversal, (below, above) in rows:
            now = below if cl < reversal else above if cl > reversal else "stands still"
            out.append(f"{name} stands still at Cl_in = {reversal:.3g} mM; at {cl:g} mM it {now}")
        if np.isnan(self.switch_cl_mM):
            out.append("E_GABA lies above V at every Cl_in: bicarbonate alone holds it there")
        else:
            out.append(f"GABA turns round (E_GABA = V) at Cl_in = {self.switch_cl_mM:.3g} mM")
        return out

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {
            **self.cell.record(),
            "e_cl_mV": self.cell_e_cl_mV,
            "e_hco3_mV": self.e_hco3_mV,
            "e_gaba_mV": self.cell_e_gaba_mV,
            "e_k_mV": self.e_k_mV,
            "e_na_mV": self.e_na_mV,
            "driving_force_mV": self.driving_force_mV,
            "gaba": self.effect,
            "kcc2_reversal_cl_mM": self.kcc2_cl_mM,
            "nkcc1_reversal_cl_mM": self.nkcc1_cl_mM,
            "switch_cl_mM": self.switch_cl_mM,
            "curve": dict(self.columns()),
        }

    def columns(self) -> Columns:
        """The curve: potentials over internal chloride."""
        return {
            "cl_in_mM": self.cl_in_mM,
            "e_cl_mV": self.e_cl_mV,
            "e_gaba_mV": self.e_gaba_mV,
            "driving_force_mV": 1000.0 * self.cell.voltage_V - self.e_gaba_mV,
        }

    def draw(self, figure: Figure) -> None:
        """E_Cl and E_GABA against Cl_in with V, and where the transporters stand still."""
        from selectivity.cell.chloride.figures import draw_reversals

        draw_reversals(self, figure)


def effect_of(driving_force_mV: float) -> str:
    """What GABA does to V at a driving force V − E_GABA (mV)."""
    if driving_force_mV == 0.0:
        return "leaves V where it is"
    return "depolarises" if driving_force_mV < 0.0 else "hyperpolarises"


def chloride_reversals(
    cell: ChlorideCell, cl_in_mM: Sequence[float] | None = None
) -> ChlorideReversals:
    """Reversal potentials of ``cell`` and their curve over internal chloride.

    Parameters
    ----------
    cell : ChlorideCell
    cl_in_mM : sequence of float, optional
        Internal chloride (mM) of the curve; without it :data:`DEFAULT_RANGE_MM`, widened to hold
        the cell's own and both transporters' points.

    Raises
    ------
    InputError
        An empty or negative range.
    """
    inside, outside, kelvin = cell.inside, cell.outside, cell.temperature_K
    na, k = (inside["Na"], outside["Na"]), (inside["K"], outside["K"])
    others = (outside["Cl"], inside["HCO3"], outside["HCO3"], cell.p_hco3, kelvin)
    kcc2 = kcc2_reversal(*k, outside["Cl"])
    nkcc1 = nkcc1_reversal(*na, *k, outside["Cl"])
    curve = _curve(cl_in_mM, (inside["Cl"], kcc2, nkcc1))
    return ChlorideReversals(
        cell=cell,
        cl_in_mM=curve,
        e_cl_mV=1000.0 * nernst(-1, curve, outside["Cl"], kelvin),
        e_gaba_mV=1000.0 * gaba_reversal(curve, *others),
        cell_e_cl_mV=1000.0 * cell.e_cl_V,
        cell_e_gaba_mV=1000.0 * gaba_reversal(inside["Cl"], *others),
        e_hco3_mV=1000.0 * nernst(-1, inside["HCO3"], outside["HCO3"], kelvin),
        e_k_mV=1000.0 * cell.e_k_V,
        e_na_mV=1000.0 * cell.e_na_V,
        kcc2_cl_mM=kcc2,
        nkcc1_cl_mM=nkcc1,
        switch_cl_mM=chloride_at_reversal(cell.voltage_V, *others),
    )


def _curve(values: Sequence[float] | None, points: Sequence[float]) -> NDArray[np.float64]:
    if values is None:
        low, high = DEFAULT_RANGE_MM
        held = [point for point in points if point > 0.0]
        return np.geomspace(min(low, 0.7 * min(held)), max(high, 1.3 * max(held)), 201)
    curve = np.atleast_1d(checks.nonnegative(values, "cl_in_mM"))
    if curve.size == 0 or curve.ndim != 1:
        raise InputError("cl_in_mM", list(curve.shape), "is a list of concentrations in mM")
    return curve
