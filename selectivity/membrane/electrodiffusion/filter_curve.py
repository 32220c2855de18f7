"""Result of a current through a sampled pore: its curve in words, JSON, CSV and as a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selectivity.membrane.electrodiffusion import figures
from selectivity.membrane.result import Columns, Result
from selectivity.records import Estimate, Interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

LIMITS = (
    "interior only: entry and access resistance are not included",
    "independent ions: no saturation, no knock-on by resident ions beyond what W holds",
    "the size of every current goes with exp(-well/RT) and the cross-section, which are inputs; "
    "the shape of the curve, the ratio and the reversal potential do not",
    "the voltage falls evenly over the interior and moves neither ions' wells nor water",
)


@dataclass(frozen=True, eq=False)
class FilterCurve(Result):
    """Current-voltage curve of a pore with a sampled potential of mean force.

    Attributes
    ----------
    voltage_V : ndarray, shape (V,)
    current_pA : mapping of str to ndarray, shape (3, V)
        Value, low and high of each ion (95 %, log-normal over replicas).
    net_pA : ndarray, shape (3, V)
        Sum of the values, of the lower ends and of the upper ends: both ions' errors at once,
        which is wider than 95 % where they are independent.
    reversal_mV : Estimate
        Potential of no net current with its standard error.
    permeability_m3_s : mapping of str to Interval
        D A/∫e^(W/RT)dz of each ion, at V = 0.
    ratio : Interval or None
        Permeability of the reference over that of the other ion, where there are two.
    occupancy : mapping of str to float
        Mean number of ions in the interval in equilibrium with the bath that holds more of them.
    well_of_one_kJ_mol : float
        Height of the wells at which one ion of the reference would stand in the interval; deeper
        wells than this leave what independent ions can mean.
    inputs : dict
    warnings : tuple of str
    """

    voltage_V: Array
    current_pA: Mapping[str, Array]
    net_pA: Array
    reversal_mV: Estimate
    permeability_m3_s: Mapping[str, Interval]
    ratio: Interval | None
    occupancy: Mapping[str, float]
    well_of_one_kJ_mol: float
    inputs: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def reversal_interval_mV(self) -> tuple[float, float]:  # noqa: N802
        """95 % interval of the reversal potential (Student's t), mV."""
        half = self.reversal_mV.half_width()
        return self.reversal_mV.value - half, self.reversal_mV.value + half

    def lines(self) -> list[str]:
        """Inputs, conventions, permeabilities, reversal potential and the curve in words."""
        return _lines(self)

    def record(self) -> dict[str, Any]:
        """Inputs, limits, permeabilities, voltages (mV) and currents (pA) with their ends."""
        low, high = self.reversal_interval_mV
        ends = ("value", "low", "high")
        return {
            **self.inputs,
            "v_mV": 1000.0 * self.voltage_V,
            "current_pA": {
                ion: dict(zip(ends, rows, strict=True)) for ion, rows in self.current_pA.items()
            },
            "net_current_pA": dict(zip(ends, self.net_pA, strict=True)),
            "reversal_mV": {"value": self.reversal_mV.value, "low": low, "high": high},
            "permeability_m3_s": {i: vars(p) for i, p in self.permeability_m3_s.items()},
            "permeability_ratio": None if self.ratio is None else vars(self.ratio),
            "occupancy": dict(self.occupancy),
            "well_of_one_ion_kJ_mol": self.well_of_one_kJ_mol,
            "limits": list(LIMITS),
            "warnings": list(self.warnings),
        }

    def columns(self) -> Columns:
        """Voltage (mV) and the currents (pA) of each ion and in sum, with the ends of the bands."""
        found: dict[str, Array] = {"v_mV": 1000.0 * self.voltage_V}
        for ion, rows in (*self.current_pA.items(), ("net", self.net_pA)):
            for name, row in zip(("", "_low", "_high"), rows, strict=True):
                found[f"i_{ion}{name}_pA"] = row
        return found

    def draw(self, figure: Figure) -> None:
        """The net current and that of each ion, a panel an ion, with their bands."""
        figures.draw_filter(self, figure)


def _lines(curve: FilterCurve) -> list[str]:
    given = curve.inputs
    low, high = given["interval_A"]
    lines = [
        f"{given['system'] or 'profile'}: {given['replicas']} replicas, interval {low:.2f} to "
        f"{high:.2f} Å ({given['length_nm']:.3g} nm), {given['temperature_K']:g} K",
        f"convention: W levelled through the wells of {given['reference']}, which lie "
        f"{given['well_kJ_mol']:g} kJ/mol above the baths (input: the sampling does not know it)",
        f"cross-section of W: radius {given['radius_nm']:g} nm (input)",
    ]
    if "reduction" in given:
        lines.append(
            f"D in the pore: {given['reduction']:g} (input) times {given['bulk_diffusion_source']}"
        )
    for ion, d in given["diffusion_m2_s"].items():
        lines.append(
            f"{ion}: D = {d:.4g} m²/s in the pore (input), {given['inside_mM'][ion]:g} mM inside, "
            f"{given['outside_mM'][ion]:g} mM outside, permeability "
            f"{_triple(curve.permeability_m3_s[ion])} m³/s"
        )
    if curve.ratio is not None:
        lines.append(f"ratio of the permeabilities, D included: {_triple(curve.ratio)}")
    full = curve.occupancy.get(given["reference"], 0.0)
    if full > 0.0:
        lines.append(
            f"{full:.3g} {given['reference']} in the interval at once; with wells at "
            f"{curve.well_of_one_kJ_mol:.3g} kJ/mol it would be one, and all currents "
            f"{1.0 / full:.3g} times these: the most that independent ions can carry"
        )
    ends = curve.reversal_interval_mV
    lines.append(
        f"reversal potential {curve.reversal_mV.value:.2f} mV (95 % {ends[0]:.2f} to {ends[1]:.2f})"
    )
    for k, volt in enumerate(1000.0 * curve.voltage_V):
        value, least, most = curve.net_pA[:, k]
        parts = ", ".join(f"{i} {rows[0, k]:.4g}" for i, rows in curve.current_pA.items())
        lines.append(f"V = {volt:g} mV: {value:.4g} pA ({least:.3g} to {most:.3g}); {parts}")
    return [
        *lines,
        *(f"limit: {text}" for text in LIMITS),
        *(f"warning: {w}" for w in curve.warnings),
    ]


def _triple(x: Interval) -> str:
    return f"{x.value:.3g} (95 % {x.low:.3g} to {x.high:.3g})"
