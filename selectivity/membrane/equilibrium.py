"""The Nernst potential of one ion as a result: words, JSON, a table and its straight line."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.nernst import electrochemical_difference, nernst, nernst_slope
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, ion_symbol
from selectivity.membrane.text import aligned, kelvin
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DECADES = 2.0


@dataclass(frozen=True)
class Equilibrium(Result):
    """Nernst potential of one ion, and its driving force where a membrane potential is given.

    ``e_mV`` may be infinite (one side empty). ``slope_mV_per_decade`` is (RT/zF) ln 10. With
    ``v_mV`` there are the driving force V − E and Δμ = μ_in − μ_out in J/mol and in kT per ion.
    """

    ion: str
    z: int
    c_in_mM: float
    c_out_mM: float
    temperature_K: float
    e_mV: float
    slope_mV_per_decade: float
    v_mV: float | None = None
    driving_force_mV: float | None = None
    delta_mu_J_mol: float | None = None
    delta_mu_kT: float | None = None

    def record(self) -> dict[str, Any]:
        """Fields by name; those of the driving force only where a potential was given."""
        given = asdict(self)
        return given if self.v_mV is not None else dict(list(given.items())[:7])

    def columns(self) -> Columns:
        """One row."""
        return {key: [value] for key, value in self.record().items()}

    def lines(self) -> list[str]:
        """Each quantity in the usual unit and in SI, and the concentrations put back."""
        rows = [
            ("temperature", f"{self.temperature_K - 273.15:.2f} °C", f"{self.temperature_K:g} K"),
            ("E = (RT/zF) ln(out/in)", *_both(self.e_mV)),
            ("slope per decade", *_both(self.slope_mV_per_decade)),
        ]
        if self.driving_force_mV is not None:
            rows += [
                ("driving force V − E", *_both(self.driving_force_mV)),
                (
                    "Δμ (in − out)",
                    f"{self.delta_mu_kT:z.4f} kT per ion",
                    f"{self.delta_mu_J_mol:z.6g} J/mol",
                ),
            ]
        title = (
            f"{self.ion} (z = {self.z:+d}), {self.c_in_mM:g} mM inside, {self.c_out_mM:g} outside"
        )
        said = [title, *aligned(("quantity", "value", "SI"), rows)]
        if math.isfinite(self.e_mV):
            reduced = self.z * FARADAY * self.e_mV / 1000.0 / (GAS_CONSTANT * self.temperature_K)
            back = math.exp(reduced) * self.c_in_mM
            said.append(f"check: c_in exp(zFE/RT) = {back:.6g} mM, c_out = {self.c_out_mM:.6g} mM")
        return said

    def draw(self, figure: Figure) -> None:
        """E against the outside concentration over four decades, the given point marked.

        Raises
        ------
        InputError
            A side is empty: there is no finite potential to draw.
        """
        from selectivity.plotting import GREY, legend, open_frame, tidy

        if not math.isfinite(self.e_mV):
            rule = "draws a finite potential: the ion is present on both sides"
            raise InputError("plot", self.e_mV, rule, "leave the plot out")
        c_out = self.c_out_mM * np.logspace(-_DECADES, _DECADES, 101)
        e = 1000.0 * nernst(self.z, self.c_in_mM, c_out, self.temperature_K)
        ax = figure.add_subplot()
        slope = f"{self.slope_mV_per_decade:.2f} mV per decade"
        ax.semilogx(c_out, e, color="black", lw=1.4, label=f"Nernst, {slope}")
        ax.plot(self.c_out_mM, self.e_mV, "o", color="black", ms=6, label=f"E = {self.e_mV:.2f} mV")
        if self.v_mV is not None:
            label = f"V = {self.v_mV:g} mV, V − E = {self.driving_force_mV:.2f} mV"
            ax.axhline(self.v_mV, color=GREY, ls="--", lw=1.2, label=label)
        ax.axvline(self.c_in_mM, color=GREY, ls=":", lw=1.0, label="c_out = c_in")
        title = f"{self.ion}, {self.c_in_mM:g} mM inside, {kelvin(self.temperature_K)}"
        tidy(ax, title, f"{self.ion} outside (mM)", "potential (mV)")
        open_frame(ax)
        legend(ax)


def _both(millivolt: float) -> tuple[str, str]:
    return f"{millivolt:z.3f} mV", f"{millivolt / 1000.0:z.6g} V"


def equilibrium(
    ion: str, c_in_mM: float, c_out_mM: float, temperature_K: float, voltage_V: float | None = None
) -> Equilibrium:
    """Nernst potential E = (RT/zF) ln(c_out/c_in) of ``ion`` as a result.

    Parameters
    ----------
    ion : str
        Symbol of :data:`selectivity.membrane.VALENCE`.
    c_in_mM, c_out_mM : float
        Free concentrations; one of them may be zero.
    temperature_K : float
        Absolute temperature.
    voltage_V : float, optional
        Membrane potential, for the driving force.

    Raises
    ------
    InputError
        Unknown ion, negative concentration, both zero, or a bad temperature or potential.
    """
    symbol = ion_symbol(ion)
    z = VALENCE[symbol]
    checks.nonnegative(c_in_mM, f"inside.{symbol}")
    checks.nonnegative(c_out_mM, f"outside.{symbol}")
    c_in = checks.scalar(c_in_mM, f"inside.{symbol}")
    c_out = checks.scalar(c_out_mM, f"outside.{symbol}")
    if c_in == 0.0 and c_out == 0.0:
        raise InputError(symbol, (c_in, c_out), "is present on at least one side")
    e = 1000.0 * nernst(z, c_in, c_out, temperature_K)
    slope = 1000.0 * nernst_slope(z, temperature_K)
    fixed = (symbol, z, c_in, c_out, float(temperature_K), e, slope)
    if voltage_V is None:
        return Equilibrium(*fixed)
    force = electrochemical_difference(z, c_in, c_out, voltage_V, temperature_K)
    return Equilibrium(*fixed, 1000.0 * voltage_V, force.mV, force.J_mol, force.kT)
