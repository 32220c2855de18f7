"""Electrochemical potential of one ion, and the driving forces on all ions of a membrane.

μ = μ° + RT ln a + zFφ in each phase, with a = c/c° and c° = 1 mol per litre of water, so that

    Δμ = μ_in − μ_out = RT ln(a_in/a_out) + zFV,    Δμ/(zF) = V − E.

A passive ion moves down: outward where Δμ > 0. Concentrations stand for activities where both
sides have one activity coefficient; γ can be counted in (:mod:`selectivity.membrane.activity`).

Source: Hille 2001, Ion Channels of Excitable Membranes, ch. 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.errors import InputError
from selectivity.membrane import checks, text
from selectivity.membrane.activity import coefficients, range_warnings
from selectivity.membrane.nernst import electrochemical_difference, nernst
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, Solution, common_temperature
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STANDARD_MM = 1000.0
"""c° in mM: the standard state of electrochemical potentials is 1 mol per litre of water."""


def electrochemical_potential(
    z: ArrayLike, activity_mM: ArrayLike, potential_V: ArrayLike, temperature_K: ArrayLike
) -> Any:
    """μ − μ° = RT ln(a/c°) + zFφ of one ion in one phase, in J/mol.

    Parameters
    ----------
    z : array_like
        Charge number; 0 is allowed.
    activity_mM : array_like
        Activity, or concentration of an ideal solution, in mM; −inf is returned where it is zero.
    potential_V : array_like
        φ of the phase in volt, against any one zero.
    temperature_K : array_like
        Absolute temperature.

    Returns
    -------
    float or ndarray
        In the broadcast shape of the arguments.

    Raises
    ------
    InputError
        A negative activity, z not whole, φ not finite, or a temperature outside liquid water.
    """
    charge = checks.numbers(z, "z")
    if (charge != 0.0).any():
        checks.valence(charge[charge != 0.0])
    activity = checks.nonnegative(activity_mM, "activity_mM")
    phi = checks.numbers(potential_V, "potential_V")
    energy = GAS_CONSTANT * checks.temperature(temperature_K)
    with np.errstate(divide="ignore"):
        chemical = energy * (np.log(activity) - np.log(STANDARD_MM))
    return checks.plain(np.asarray(chemical + charge * FARADAY * phi))


@dataclass(frozen=True)
class DrivingForce:
    """One ion across a membrane.

    Concentrations in mM, ``e_mV`` the Nernst potential, ``driving_force_mV`` V − E = Δμ/(zF),
    ``delta_mu_J_mol`` and ``delta_mu_kT`` (per ion) Δμ = μ_in − μ_out. ``passive`` says where the
    ion goes by itself: ``out``, ``in`` or ``nowhere``.
    """

    ion: str
    z: int
    c_in_mM: float
    c_out_mM: float
    gamma_in: float
    gamma_out: float
    e_mV: float
    driving_force_mV: float
    delta_mu_J_mol: float
    delta_mu_kT: float

    @property
    def passive(self) -> str:
        """Direction of passive flow; empty where the ion is on neither side."""
        if np.isnan(self.delta_mu_kT):
            return ""
        if self.delta_mu_kT == 0.0:
            return "nowhere"
        return "out" if self.delta_mu_kT > 0.0 else "in"


@dataclass(frozen=True)
class DrivingForces(Result):
    """Driving forces at one membrane potential; ``activity`` names the law of γ, or is None."""

    v_mV: float
    temperature_K: float
    rows: tuple[DrivingForce, ...]
    activity: str | None = None
    source: str = ""
    warnings: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The numbers as aligned lines, with what is to be said about them."""
        law = f"activities by {self.activity}, single ions as the law gives them"
        basis = law if self.activity else "concentrations"
        out = [
            f"V = {self.v_mV:g} mV, {text.kelvin(self.temperature_K)}, from {basis}",
            *([f"source: {self.source}"] if self.source else []),
            "",
            f"{'ion':<6}{'z':>3}{'in mM':>10}{'out mM':>10}{'E mV':>10}{'V−E mV':>10}"
            f"{'Δμ J/mol':>12}{'Δμ kT/ion':>11}  passive",
        ]
        out += [
            f"{r.ion:<6}{r.z:>+3d}{r.c_in_mM:10.4g}{r.c_out_mM:10.4g}{r.e_mV:z10.2f}"
            f"{r.driving_force_mV:z10.2f}{r.delta_mu_J_mol:z12.1f}{r.delta_mu_kT:z11.3f}  "
            f"{r.passive}"
            for r in self.rows
        ]
        return out + [f"warning: {text}" for text in self.warnings]

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        names = tuple(self.columns())
        rows = zip(*self.columns().values(), strict=True)
        return {
            "v_mV": self.v_mV,
            "temperature_K": self.temperature_K,
            "activity": self.activity,
            "source": self.source,
            "ions": [dict(zip(names, row, strict=True)) for row in rows],
            "warnings": list(self.warnings),
        }

    def columns(self) -> Columns:
        """The rows as a table; names carry units."""
        names = ["ion", "z", "c_in_mM", "c_out_mM", "gamma_in", "gamma_out", "e_mV"]
        names += ["driving_force_mV", "delta_mu_J_mol", "delta_mu_kT", "passive"]
        return {name: [getattr(row, name) for row in self.rows] for name in names}

    def draw(self, figure: Figure) -> None:
        """E of every ion with an arrow to V; its length is the driving force."""
        from selectivity.plotting import GREY, SMALL, open_frame, tidy

        ax = figure.add_subplot()
        shown = [row for row in self.rows if np.isfinite(row.e_mV)]
        for y, row in enumerate(shown):
            ax.annotate(
                "",
                xy=(self.v_mV, y),
                xytext=(row.e_mV, y),
                arrowprops={"arrowstyle": "->", "color": "black", "lw": 1.2, "shrinkB": 0},
            )
            ax.plot([row.e_mV], [y], "o", ms=6, color="black", mfc="white", zorder=3)
            text = f"V − E = {row.driving_force_mV:+.1f} mV\n{row.ion} goes {row.passive} by itself"
            ax.text(1.02, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=SMALL)
        ax.axvline(self.v_mV, color=GREY, lw=1.0, ls="--")
        ax.set_yticks(range(len(shown)), [f"{row.ion} ({row.z:+d})" for row in shown])
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.margins(x=0.12)
        title = f"circles: E of each ion; dashed: V = {self.v_mV:g} mV; {self.temperature_K:g} K"
        tidy(ax, title, "potential (mV)")
        open_frame(ax)


def driving_forces(
    inside: Solution,
    outside: Solution,
    voltage_V: float,
    ions: Sequence[str] | None = None,
    activity: str | None = None,
    fill: bool = False,
    source: str = "",
) -> DrivingForces:
    """Driving force on every ion of two solutions at one membrane potential.

    Parameters
    ----------
    inside, outside : Solution
        At one temperature.
    voltage_V : float
        V = φ_in − φ_out in volt.
    ions : sequence of str, optional
        Ions to report; without them, all that both solutions state.
    activity : str, optional
        Law of the activity coefficients (:data:`selectivity.membrane.MODELS`); without it,
        concentrations stand for activities.
    fill : bool
        Count missing charge as monovalent ions in the ionic strength of the law.
    source : str
        Where the concentrations come from.

    Returns
    -------
    DrivingForces
        An ion that is missing on one side has an infinite E (null in JSON); on both, no number.

    Raises
    ------
    InputError
        Two temperatures, no common ion, an ion that a solution does not state, V not finite, or a
        law that does not apply.
    """
    kelvin = common_temperature(inside, outside)
    volt = checks.scalar(voltage_V, "voltage_V")
    wanted = [ion for ion in inside if ion in outside] if ions is None else list(ions)
    if not wanted:
        raise InputError("ions", list(inside), f"{outside.name} holds one of them")
    sides = (inside, outside)
    gamma: list[Mapping[str, float]] = [{}, {}]
    said: list[str] = []
    if activity is not None:
        gamma = [coefficients(side, activity, fill=fill) for side in sides]
        said = [text for side in sides for text in range_warnings(side, activity, fill)]
    rows = tuple(
        _one(ion, (inside[ion], outside[ion]), [g.get(ion, 1.0) for g in gamma], volt, kelvin)
        for ion in wanted
    )
    return DrivingForces(1000.0 * volt, kelvin, rows, activity, source, tuple(said))


def _one(
    ion: str, c: tuple[float, float], gamma: Sequence[float], volt: float, kelvin: float
) -> DrivingForce:
    z = VALENCE[ion]
    a_in, a_out = c[0] * gamma[0], c[1] * gamma[1]
    found = electrochemical_difference(z, a_in, a_out, volt, kelvin)
    return DrivingForce(
        ion=ion,
        z=z,
        c_in_mM=c[0],
        c_out_mM=c[1],
        gamma_in=gamma[0],
        gamma_out=gamma[1],
        e_mV=1000.0 * nernst(z, a_in, a_out, kelvin),
        driving_force_mV=found.mV,
        delta_mu_J_mol=found.J_mol,
        delta_mu_kT=found.kT,
    )
