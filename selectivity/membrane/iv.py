"""Current-voltage curves of a membrane: GHK beside the straight lines that replace it.

The ohmic current of an ion is I_i(V₀) + g_i (V − V₀), with V₀ the reversal potential of the whole
curve and g_i the ion's chord conductance there: the usual g_i (V − E_i). An ion that a side lacks
has no finite E_i and no chord; its line is the tangent, g_i = dI_i/dV at V₀. Both curves cross zero
at V₀ by construction and leave each other away from it.

Sources: Hodgkin & Katz 1949, J Physiol 108:37 (GHK currents); Hille 2001, Ion Channels of Excitable
Membranes (ohmic currents and rectification).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.ghk import (
    chord_conductance,
    ghk_current,
    rectification_ratio,
    slope_conductance,
)
from selectivity.membrane.membrane import NM_PER_S, Membrane, ion_columns
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.reversal import ghk_voltage
from selectivity.membrane.solution import VALENCE
from selectivity.membrane.text import aligned, fixed, kelvin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_RECTIFIED_AT_V = 0.1


@dataclass(frozen=True, eq=False)
class IVCurve(Result):
    """GHK and ohmic currents of a membrane over potentials.

    ``v_mV`` shape (n,); ``ghk_A_m2`` and ``ohmic_A_m2`` one array of that shape for each ion,
    A/m² outward positive where a permeability of 1 is ``unit_m_s``; the ohmic ones are nan where
    the curve has no finite reversal. ``reversal_mV`` includes the constant ``pump_A_m2``.
    ``slope_S_m2`` is dI/dV there and ``chord_S_m2`` Σ g_i of the ohmic lines; for one ion and no
    pump they agree.
    ``rectification`` of each ion: |I(E + 100 mV)/I(E − 100 mV)|.
    """

    membrane: Membrane
    v_mV: Array
    ghk_A_m2: Mapping[str, Array]
    ohmic_A_m2: Mapping[str, Array]
    reversal_mV: float
    slope_S_m2: float
    chord_S_m2: float
    rectification: Mapping[str, float]
    unit_m_s: float
    pump_A_m2: float = 0.0

    @property
    def net_A_m2(self) -> Array:  # noqa: N802
        """GHK currents of all ions and the pump."""
        return np.asarray(sum(self.ghk_A_m2.values()) + self.pump_A_m2)

    @property
    def net_ohmic_A_m2(self) -> Array:  # noqa: N802
        """Ohmic currents of all ions and the pump."""
        return np.asarray(sum(self.ohmic_A_m2.values()) + self.pump_A_m2)

    def columns(self) -> Columns:
        """Potentials, the GHK current of each ion, the net, and the ohmic net."""
        return {
            "v_mV": self.v_mV,
            **{f"i_{ion}_A_m2": current for ion, current in self.ghk_A_m2.items()},
            "i_net_A_m2": self.net_A_m2,
            "i_ohmic_A_m2": self.net_ohmic_A_m2,
        }

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        membrane = self.membrane
        return {
            "membrane": membrane.name,
            "source": membrane.source,
            "verified": membrane.verified,
            "temperature_K": membrane.temperature_K,
            "permeability": dict(membrane.permeability),
            "inside_mM": dict(membrane.inside.concentrations_mM),
            "outside_mM": dict(membrane.outside.concentrations_mM),
            "p_unit_m_s": self.unit_m_s,
            "pump_A_m2": self.pump_A_m2,
            "reversal_mV": self.reversal_mV,
            "slope_conductance_S_m2": self.slope_S_m2,
            "chord_conductance_S_m2": self.chord_S_m2,
            "rectification_at_100_mV": dict(self.rectification),
            **self.columns(),
        }

    def lines(self) -> list[str]:
        """Reversal, conductances, rectification and a short table."""
        per_unit = f"for P = 1 meaning {1e9 * self.unit_m_s:g} nm/s"
        said = [
            f"membrane: {self.membrane.name}, {kelvin(self.membrane.temperature_K)}",
            f"currents in A/m² {per_unit}, outward positive",
            f"reversal of the GHK curve: {fixed(self.reversal_mV, 3)} mV"
            if math.isfinite(self.reversal_mV)
            else "no reversal: the permeant ions are missing on one side",
        ]
        if self.pump_A_m2:
            said.append(f"pump current {self.pump_A_m2:.4g} A/m² at every potential")
        if math.isfinite(self.reversal_mV):
            said.append(
                f"at the reversal: slope conductance {self.slope_S_m2:.4g} S/m², "
                f"chord conductance {self.chord_S_m2:.4g} S/m²"
            )
        for ion, ratio in self.rectification.items():
            far = _far(self.membrane, ion)
            said.append(f"{ion}: |I(E + 100 mV)/I(E − 100 mV)| = {ratio:.4g}, far from E {far:.4g}")
        few = np.unique(np.linspace(0, self.v_mV.size - 1, 9).round().astype(int))
        table = self.columns()
        names = [name.removeprefix("i_").removesuffix("_A_m2") for name in list(table)[1:]]
        cells = [[np.asarray(column)[i] for column in table.values()] for i in few]
        rows = [(f"{row[0]:g}", *(f"{x:.4e}" for x in row[1:])) for row in cells]
        return [*said, "", *aligned(("V mV", *names), rows)]

    def draw(self, figure: Figure) -> None:
        """Net GHK against ohmic current, the ions' parts in grey, the reversal marked."""
        draw_iv(figure.add_subplot(), self)


def iv_curve(
    membrane: Membrane, voltage_V: ArrayLike, unit_m_s: float = NM_PER_S, pump_A_m2: float = 0.0
) -> IVCurve:
    """Current-voltage curve of ``membrane``; of one ion where it is permeable to one.

    Parameters
    ----------
    membrane : Membrane
        For a single ion give it with ``membrane.with_permeability({"K": 1})``.
    voltage_V : array_like, shape (n,)
        Potentials in volt.
    unit_m_s : float
        Permeability (m/s) of a relative permeability of 1.
    pump_A_m2 : float
        Constant current of a pump, outward positive.

    Raises
    ------
    InputError
        No ion can carry a current, potentials that are not a list of numbers, or a scale that is
        not positive.
    """
    volts = checks.numbers(voltage_V, "voltage_V")
    if volts.ndim != 1 or volts.size < 2:
        raise InputError("voltage_V", volts.shape, "is a list of two or more potentials")
    unit = checks.positive(unit_m_s, "unit_m_s")
    ions = tuple(membrane.permeability)
    relative, z, c_in, c_out = ion_columns(membrane)
    p = unit * relative
    warm = membrane.temperature_K
    zero = float(ghk_voltage(p, z, c_in, c_out, warm, checks.scalar(pump_A_m2, "pump_A_m2")))
    every = (slice(None), None)
    currents = ghk_current(p[every], z[every], c_in[every], c_out[every], volts, warm)
    ohmic, slope, chord = np.full(currents.shape, np.nan), math.nan, math.nan
    if math.isfinite(zero):
        tangent = np.asarray(slope_conductance(p, z, c_in, c_out, zero, warm))
        both = (c_in > 0.0) & (c_out > 0.0)
        g = np.where(both, chord_conductance(p, z, c_in, c_out, zero, warm), tangent)
        at_zero = np.asarray(ghk_current(p, z, c_in, c_out, zero, warm))
        ohmic = at_zero[:, None] + g[:, None] * (volts - zero)
        slope = float(tangent.sum())
        chord = float(g.sum())
    rectified = rectification_ratio(z, c_in, c_out, _RECTIFIED_AT_V, warm)
    passing = (p > 0.0) & (c_in + c_out > 0.0)
    return IVCurve(
        membrane=membrane,
        v_mV=1000.0 * volts,
        ghk_A_m2=dict(zip(ions, currents, strict=True)),
        ohmic_A_m2=dict(zip(ions, ohmic, strict=True)),
        reversal_mV=1000.0 * zero,
        slope_S_m2=slope,
        chord_S_m2=chord,
        rectification={ions[i]: float(rectified[i]) for i in np.flatnonzero(passing)},
        unit_m_s=unit,
        pump_A_m2=float(pump_A_m2),
    )


def _far(membrane: Membrane, ion: str) -> float:
    """Rectification ratio far from E."""
    inside, outside = membrane.inside[ion], membrane.outside[ion]
    source, sink = (inside, outside) if VALENCE[ion] > 0 else (outside, inside)
    return source / sink if sink > 0.0 else math.inf


def draw_iv(ax: Axes, curve: IVCurve) -> None:
    """The figure of an I-V curve in ``ax``."""
    from selectivity.plotting import GREY, legend, open_frame, tidy

    dashes = ((0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1.2, 1.2)), (0, (7, 1, 1, 1, 1, 1)))
    milli = 1000.0
    ax.axhline(0.0, color="0.7", lw=0.8)
    ax.axvline(0.0, color="0.7", lw=0.8)
    if len(curve.ghk_A_m2) > 1:
        for i, (ion, current) in enumerate(curve.ghk_A_m2.items()):
            style = dashes[i % len(dashes)]
            ax.plot(curve.v_mV, milli * current, color=GREY, ls=style, lw=1.1, label=f"GHK, {ion}")
    name = "GHK, net" if len(curve.ghk_A_m2) > 1 else f"GHK, {next(iter(curve.ghk_A_m2))}"
    ax.plot(curve.v_mV, milli * curve.net_A_m2, color="black", lw=1.8, label=name)
    if math.isfinite(curve.reversal_mV):
        ohmic = milli * curve.net_ohmic_A_m2
        label = f"ohmic, {curve.chord_S_m2:.3g} S/m²"
        ax.plot(curve.v_mV, ohmic, color="black", ls="--", lw=1.1, label=label)
        label = f"reversal {curve.reversal_mV:.2f} mV"
        ax.plot(
            curve.reversal_mV, 0.0, "o", color="white", mec="black", ms=6, zorder=5, label=label
        )
    nano = 1e9 * curve.unit_m_s
    ylabel = f"current density (mA/m² at P = 1: {nano:g} nm/s)"
    tidy(ax, f"{curve.membrane.name}, {curve.membrane.temperature_K:g} K", "V (mV)", ylabel)
    open_frame(ax)
    legend(ax)
