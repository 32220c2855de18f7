"""The Goldman-Hodgkin-Katz potential of a membrane as a result, and what it does as an ion changes.

The potential beside the two weighted means that it is confused with, the ions at rest, currents at
given potentials, the hand-over of a channel's ratio and a pump, in words, JSON, a table of the ions
and the figure V against the logarithm of a concentration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import checks
from selectivity.membrane.handover import RestingPotential
from selectivity.membrane.membrane import (
    NM_PER_S,
    Membrane,
    RestBalance,
    ion_currents,
    membrane_potential,
    rest_balance,
)
from selectivity.membrane.nernst import nernst, nernst_slope
from selectivity.membrane.pump import PumpedRest
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.reversal import ghk_voltage
from selectivity.membrane.solution import VALENCE, Neutrality, ionic_strength, neutrality
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMES = {
    "v_ghk_mV": "GHK",
    "v_chord_mV": "Σ g E/Σ g, chord conductances g",
    "v_permeability_mean_mV": "Σ P E/Σ P (not GHK)",
}


def potential_against(membrane: Membrane, ion: str, c_out_mM: ArrayLike) -> NDArray[np.float64]:
    """GHK voltage (volt) of ``membrane`` at the outside concentrations ``c_out_mM`` of ``ion``.

    The other concentrations stay; so the outside is not kept neutral, as in the usual figure.

    Raises
    ------
    InputError
        An ion that the membrane's permeabilities do not name, or a negative concentration.
    """
    membrane.outside[ion]
    c = checks.nonnegative(c_out_mM, f"outside.{ion}")
    ions = tuple(membrane.permeability)
    outside = [c if name == ion else np.full(c.shape, membrane.outside[name]) for name in ions]
    one = (1,) * c.ndim
    p = np.array([membrane.permeability[name] for name in ions]).reshape(-1, *one)
    inside = np.array([membrane.inside[name] for name in ions]).reshape(-1, *one)
    z = [VALENCE[name] for name in ions]
    return np.asarray(ghk_voltage(p, z, inside, np.stack(outside), membrane.temperature_K))


@dataclass(frozen=True)
class Goldman(Result):
    """GHK potential of a membrane and what flows there.

    ``balance`` holds potentials in volt and currents per m/s; the record gives mV, and
    currents for a permeability of 1 that stands for 1 nm/s. ``handover`` and ``pump`` are None
    where no channel's ratio and no pump were given.
    """

    membrane: Membrane
    balance: RestBalance
    volts: tuple[float, ...] = ()
    handover: RestingPotential | None = None
    pump: PumpedRest | None = None
    warnings: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        membrane, balance = self.membrane, self.balance
        sides = (membrane.inside, membrane.outside)
        record: dict[str, Any] = {
            "membrane": membrane.name,
            "source": membrane.source,
            "verified": membrane.verified,
            "temperature_K": membrane.temperature_K,
            "v_ghk_mV": 1000.0 * balance.v_ghk_V,
            "v_chord_mV": 1000.0 * balance.v_chord_V,
            "v_permeability_mean_mV": 1000.0 * balance.v_permeability_mean_V,
            "net_over_gross_current": balance.imbalance,
            "ions": self._ions(),
            "impermeant": list(membrane.impermeant),
            "currents": [_current_row(membrane, volt) for volt in self.volts],
            "ionic_strength_mM": {side.name: ionic_strength(side) for side in sides},
            "neutrality": {side.name: _neutrality(neutrality(side)) for side in sides},
        }
        if self.handover is not None:
            record["resting_potential"] = self.handover.record()
        if self.pump is not None:
            record["pump"] = self.pump.as_dict()
        own = self.handover.warnings if self.handover else ()
        record["warnings"] = [*own, *self.warnings]
        return record

    def _ions(self) -> dict[str, dict[str, Any]]:
        membrane, balance = self.membrane, self.balance
        total = sum(balance.conductance.values())
        return {
            ion: {
                "z": VALENCE[ion],
                "c_in_mM": membrane.inside[ion],
                "c_out_mM": membrane.outside[ion],
                "permeability": p,
                "e_mV": 1000.0 * balance.nernst_V[ion],
                "conductance_share": balance.conductance[ion] / total if total > 0.0 else math.nan,
                "current_A_m2_per_nm_s": NM_PER_S * balance.current[ion],
            }
            for ion, p in membrane.permeability.items()
        }

    def columns(self) -> Columns:
        """The ions at rest, a row each."""
        ions = self._ions()
        first = next(iter(ions.values()))
        return {"ion": list(ions), **{key: [row[key] for row in ions.values()] for key in first}}

    def lines(self) -> list[str]:
        """Ions, potentials, currents, what a ratio and a pump do, and the checks."""
        record = self.record()
        said = [f"membrane: {record['membrane']}, {kelvin(record['temperature_K'])}"]
        if record["source"]:
            said.append(f"source: {record['source']}")
        said += ["", "ions (I in A/m² for P = 1 meaning 1 nm/s)", *_ion_table(record)]
        rows = [
            (name, fixed(record[key]), fixed(record[key] / 1000.0, 6))
            for key, name in _NAMES.items()
        ]
        said += ["", "potential of the membrane as given"]
        said += aligned(("equation", "mV", "V (SI)"), rows)
        if record["currents"]:
            said += ["", "GHK currents, A/m² for P = 1 meaning 1 nm/s, outward positive"]
            said += _current_table(record)
        if self.handover is not None:
            said += ["", *self.handover.lines()]
        if self.pump is not None:
            said += ["", *pump_lines(self.pump)]
        said += ["", *(f"check: {line}" for line in _check_lines(record))]
        return said + [f"warning: {line}" for line in record["warnings"]]

    def draw(self, figure: Figure) -> None:
        """V against the outside concentration of K (or of the most permeant ion)."""
        p = self.membrane.permeability
        ion = "K" if p.get("K", 0.0) > 0.0 else max(p, key=lambda name: p[name])
        draw_against(figure.add_subplot(), self.membrane, ion)


def goldman(
    membrane: Membrane,
    volts: Sequence[float] = (),
    handover: RestingPotential | None = None,
    pump: PumpedRest | None = None,
    warnings: Sequence[str] = (),
) -> Goldman:
    """GHK potential of ``membrane`` as a result.

    Parameters
    ----------
    membrane : Membrane
    volts : sequence of float
        Potentials (volt) at which currents are wanted.
    handover : RestingPotential, optional
        What a channel's ratio does to this membrane.
    pump : PumpedRest, optional
        Its potential with a pump.
    warnings : sequence of str
        What else is to be said.

    Raises
    ------
    InputError
        As :func:`selectivity.membrane.rest_balance`.
    """
    checked = tuple(checks.scalar(volt, "volts") for volt in volts)
    return Goldman(membrane, rest_balance(membrane), checked, handover, pump, tuple(warnings))


def draw_against(ax: Axes, membrane: Membrane, ion: str, decades: float = 1.7) -> None:
    """V against log c_out of ``ion``: GHK leaves the Nernst line; the given point is marked."""
    from selectivity.plotting import GREY, legend, open_frame, tidy

    here = membrane.outside[ion] or membrane.inside[ion] / 30.0
    c = here * np.logspace(-decades, decades, 161)
    z, warm = VALENCE[ion], membrane.temperature_K
    slope = f"{1000.0 * nernst_slope(z, warm):.1f} mV per decade"
    e = 1000.0 * np.asarray(nernst(z, membrane.inside[ion], c, warm))
    if np.isfinite(e).all():
        ax.semilogx(c, e, color=GREY, ls="--", lw=1.2, label=f"Nernst of {ion}, {slope}")
    v = 1000.0 * potential_against(membrane, ion, c)
    ax.semilogx(c, v, color="black", lw=1.6, label="GHK")
    rest = 1000.0 * membrane_potential(membrane)
    if membrane.outside[ion] > 0.0:
        label = f"{membrane.outside[ion]:g} mM: {rest:.2f} mV"
        ax.plot(membrane.outside[ion], rest, "o", color="black", ms=6, label=label)
    relative = ", ".join(f"{name} {p:g}" for name, p in membrane.permeability.items())
    tidy(ax, f"P: {relative}; {kelvin(warm)}", f"{ion} outside (mM)", "potential (mV)")
    open_frame(ax)
    legend(ax)


def pump_lines(pump: PumpedRest) -> list[str]:
    """The pumped potential and the ledger of each ion in words."""
    per_unit = f"for P = 1 meaning {1e9 * pump.unit_m_s:g} nm/s"
    rows = [
        (ion, *(f"{x:z.3e}" for x in (row.leak_A_m2, row.pump_A_m2, row.sum_A_m2)))
        for ion, row in pump.ledger.items()
    ]
    said = [
        f"pump, {pump.form}, {pump.coupling:g} Na per K: V = {pump.v_mV:.3f} mV, without it "
        f"{pump.v_passive_mV:.3f} mV, difference {pump.difference_mV:.3f} mV",
        f"net pump current {pump.pump_A_m2:.4e} A/m² {per_unit}",
        *aligned(("A/m²", "leak", "pump", "sum"), rows),
    ]
    if pump.left_out:
        said.append("left out, each taken to sit at V: " + ", ".join(pump.left_out))
    return said


def _neutrality(found: Neutrality) -> dict[str, Any]:
    return {
        "charge_mM": found.charge_mM,
        "fraction": found.fraction,
        "neutral": found.neutral,
        "text": str(found),
    }


def _current_row(membrane: Membrane, volt: float) -> dict[str, Any]:
    current = {ion: NM_PER_S * i for ion, i in ion_currents(membrane, volt).items()}
    return {
        "v_mV": 1000.0 * volt,
        "current_A_m2_per_nm_s": current,
        "net_A_m2_per_nm_s": sum(current.values()),
    }


def _ion_table(record: dict[str, Any]) -> list[str]:
    header = ("ion", "in mM", "out mM", "P", "E mV", "g share", "I at rest")
    rows = [
        (
            ion,
            *(f"{row[key]:g}" for key in ("c_in_mM", "c_out_mM", "permeability")),
            fixed(row["e_mV"]),
            fixed(row["conductance_share"], 3),
            f"{row['current_A_m2_per_nm_s']:z.3e}",
        )
        for ion, row in record["ions"].items()
    ]
    return aligned(header, rows)


def _current_table(record: dict[str, Any]) -> list[str]:
    rows = []
    for row in record["currents"]:
        cells = [*row["current_A_m2_per_nm_s"].values(), row["net_A_m2_per_nm_s"]]
        rows.append((f"{row['v_mV']:g}", *(f"{x:z.3e}" for x in cells)))
    return aligned(("V mV", *record["ions"], "net"), rows)


def _check_lines(record: dict[str, Any]) -> list[str]:
    thermal_mV = 1000.0 * GAS_CONSTANT * record["temperature_K"] / FARADAY
    lines = [
        f"|Σ I|/Σ|I| at the GHK potential = {record['net_over_gross_current']:.1e}; "
        f"FV/RT = {record['v_ghk_mV'] / thermal_mV:.4f}",
        *(side["text"] for side in record["neutrality"].values()),
    ]
    if record["impermeant"]:
        lines.append("taken as impermeant: " + ", ".join(record["impermeant"]))
    return lines
