"""The resting potential by its usual equations side by side, with why they differ.

GHK asks that all currents cancel. The chord equation Σ g E/Σ g says the same with each ion's chord
conductance I/(V − E) at V itself; with other conductances it is another number, and with
permeabilities as weights it is the potential of no membrane. None of them keeps the concentrations:
at the GHK voltage K leaves and Na enters. With a pump that undoes both leaks the potential is that
of Mullins and Noda (:mod:`selectivity.membrane.pump`), a few mV lower.

Sources: Hodgkin & Katz 1949, J Physiol 108:37 (GHK); Hille 2001, Ion Channels of Excitable
Membranes (chord conductance); Mullins & Noda 1963, J Gen Physiol 47:117 (pump).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError
from selectivity.membrane.band import draw_band
from selectivity.membrane.goldman import draw_against, pump_lines
from selectivity.membrane.handover import RestingPotential
from selectivity.membrane.membrane import (
    Membrane,
    RestBalance,
    chord_conductances,
    membrane_potential,
    nernst_potentials,
    rest_balance,
    slope_conductances,
)
from selectivity.membrane.pump import PUMPED, PumpedRest, mullins_noda
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.reversal import chord_potential
from selectivity.membrane.text import aligned, fixed, kelvin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Form = tuple[str, str, float, str]


@dataclass(frozen=True)
class Form:
    """One equation: its key and name, its potential (mV; nan where it has none), and why."""

    form: str
    name: str
    v_mV: float
    difference_mV: float
    why: str


@dataclass(frozen=True)
class Rest(Result):
    """Resting potentials of one membrane: ``forms``, with differences from the GHK voltage.

    ``membrane`` is what the equations were given: with a hand-over its sodium permeability is
    P_K/r plus the leak. ``pump`` is None where K or Na is impermeant.
    """

    membrane: Membrane
    forms: tuple[Form, ...]
    pump: PumpedRest | None
    handover: RestingPotential | None = None
    warnings: tuple[str, ...] = ()

    def __getitem__(self, form: str) -> Form:
        """The form with this key, such as ``ghk`` or ``pump``."""
        for found in self.forms:
            if found.form == form:
                return found
        raise InputError("form", form, "is one of " + ", ".join(f.form for f in self.forms))

    def columns(self) -> Columns:
        """The forms, a row each."""
        rows = [asdict(form) for form in self.forms]
        return {key: [row[key] for row in rows] for key in rows[0]}

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        membrane = self.membrane
        record: dict[str, Any] = {
            "membrane": membrane.name,
            "source": membrane.source,
            "verified": membrane.verified,
            "temperature_K": membrane.temperature_K,
            "inside_mM": dict(membrane.inside.concentrations_mM),
            "outside_mM": dict(membrane.outside.concentrations_mM),
            "permeability": dict(membrane.permeability),
            "forms": [asdict(form) for form in self.forms],
            "pump": None if self.pump is None else self.pump.as_dict(),
        }
        if self.handover is not None:
            record["resting_potential"] = self.handover.record()
        own = self.handover.warnings if self.handover else ()
        record["warnings"] = [*own, *self.warnings]
        return record

    def lines(self) -> list[str]:
        """The forms with their differences, why they differ, the pump's ledger, the hand-over."""
        membrane = self.membrane
        relative = ", ".join(f"P_{ion} = {p:.4g}" for ion, p in membrane.permeability.items())
        said = [f"membrane: {membrane.name}, {kelvin(membrane.temperature_K)}"]
        if membrane.source:
            said.append(f"source: {membrane.source}")
        said += [f"permeabilities: {relative}", ""]
        rows = [(form.name, fixed(form.v_mV), fixed(form.difference_mV)) for form in self.forms]
        said += aligned(("equation", "V mV", "less GHK"), rows)
        said += ["", *(f"{form.name}: {form.why}" for form in self.forms)]
        if self.pump is not None:
            said += ["", *pump_lines(self.pump)]
        if self.handover is not None:
            said += ["", *self.handover.lines()]
        own = self.handover.warnings if self.handover else ()
        return said + [f"warning: {line}" for line in (*own, *self.warnings)]

    def draw(self, figure: Figure) -> None:
        """The forms beside the band of V_rest; without a hand-over beside V against log K_out."""
        width, height = figure.get_size_inches()
        figure.set_size_inches(max(9.6, width), height)
        left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.2))
        _draw_forms(left, self.forms)
        p = self.membrane.permeability
        if self.handover is not None:
            draw_band(right, self.handover)
        else:
            draw_against(right, self.membrane, "K" if p.get("K") else max(p, key=lambda i: p[i]))


def with_channel(membrane: Membrane, handover: RestingPotential) -> Membrane:
    """``membrane`` at the ratio's temperature with the channel's share in its sodium permeability.

    P_Na = P_K/r + P_Na,leak at the value of the ratio.
    """
    p, ratio = membrane.permeability, handover.inputs["ratio"]["value"]
    sodium = p["K"] / ratio + p["Na"]
    return membrane.at(handover.temperature_K).with_permeability({**p, "Na": sodium})


def resting_forms(
    membrane: Membrane, handover: RestingPotential | None = None, pump: PumpedRest | None = None
) -> Rest:
    """Resting potential of ``membrane`` by the equations of the module docstring.

    Parameters
    ----------
    membrane : Membrane
        What rests; with a hand-over from :func:`with_channel`.
    handover : RestingPotential, optional
        Where the sodium permeability comes from, with its interval.
    pump : PumpedRest, optional
        Potential with a pump; without it the 3:2 pump at steady state, where K and Na are permeant.

    Raises
    ------
    InputError
        As :func:`selectivity.membrane.rest_balance`.
    """
    balance = rest_balance(membrane)
    ghk = 1000.0 * balance.v_ghk_V
    warnings: tuple[str, ...] = ()
    through = all(membrane.permeability.get(ion, 0.0) > 0.0 for ion in PUMPED)
    if pump is None and through:
        pump = mullins_noda(membrane)
    elif pump is None:
        warnings = ("no form with a pump: it needs permeabilities of K and of Na",)
    found = _ohmic_forms(membrane, balance)
    if pump is not None:
        found += _pump_forms(pump, membrane)
    return Rest(
        membrane=membrane,
        forms=tuple(Form(key, name, v, v - ghk, why) for key, name, v, why in found),
        pump=pump,
        handover=handover,
        warnings=warnings,
    )


def _ohmic_forms(membrane: Membrane, balance: RestBalance) -> list[_Form]:
    """GHK and the weighted means: key, name, mV and why."""
    alone = sum(p > 0.0 for p in membrane.permeability.values()) == 1
    same = "the same number: one ion alone has one potential"
    return [
        ("ghk", "GHK", 1000.0 * balance.v_ghk_V, _why_ghk(membrane, balance.current)),
        (
            "chord",
            "Σ g E/Σ g, chord conductances at V",
            1000.0 * balance.v_chord_V,
            "the same number: with g = I/(V − E) at V itself, Σ g (V − E) is Σ I"
            if math.isfinite(balance.v_chord_V)
            else "none: a permeant ion is missing on one side, its E is infinite",
        ),
        (
            "chord_slope",
            "Σ g E/Σ g, slope conductances at V",
            _slope_mean(membrane, balance.v_ghk_V),
            same
            if alone
            else "dI/dV answers to a small step away from V; I(V) is curved, so it does not give V",
        ),
        (
            "permeability_mean",
            "Σ P E/Σ P",
            1000.0 * balance.v_permeability_mean_V,
            same
            if alone
            else "no potential of this membrane: a permeability is not a conductance, the "
            "concentrations are missing from the weights",
        ),
    ]


def _why_ghk(membrane: Membrane, current: Any) -> str:
    if len([i for i in current.values() if i != 0.0]) < 2:
        return "one ion alone: its Nernst potential, where nothing flows"
    out = max(current, key=lambda ion: current[ion])
    into = min(current, key=lambda ion: current[ion])
    return (
        "the currents cancel, the ions do not stand still: the largest outward current is carried "
        f"by {out}, the largest inward one by {into}"
    )


def _slope_mean(membrane: Membrane, volt: float) -> float:
    reversal = nernst_potentials(membrane)
    ions = [ion for ion, p in membrane.permeability.items() if p > 0.0]
    e = np.array([reversal[ion] for ion in ions])
    if not np.isfinite(e).all():
        return math.nan
    g = slope_conductances(membrane, volt)
    return 1000.0 * float(chord_potential([g[ion] for ion in ions], e))


def _pump_forms(pump: PumpedRest, membrane: Membrane) -> list[_Form]:
    """GHK of the ions that the pump form counts, and the pump form."""
    counted = membrane.with_permeability({ion: membrane.permeability[ion] for ion in pump.ledger})
    forms = []
    if pump.left_out:
        left = ", ".join(pump.left_out)
        why = (
            f"without {left}, which at steady state sits at V and carries nothing; at the given "
            "concentrations it does not"
        )
        name = f"GHK of {' and '.join(pump.ledger)}"
        forms.append(("ghk_pumped_ions", name, 1000.0 * membrane_potential(counted), why))
    settled = all(
        abs(row.sum_A_m2) <= 1e-9 * max(abs(row.leak_A_m2), abs(row.pump_A_m2))
        for row in pump.ledger.values()
    )
    why = (
        f"the pump carries {pump.pump_A_m2:.3g} A/m² outward (P = 1: {1e9 * pump.unit_m_s:g} nm/s) "
        f"and moves V by {pump.difference_mV:.2f} mV; "
    )
    why += (
        "each leak is undone, nothing runs down"
        if settled
        else "the ledger below is not zero for every ion: the concentrations still move"
    )
    forms.append(("pump", f"with the pump ({pump.form})", pump.v_mV, why))
    reversal = nernst_potentials(counted)
    g = chord_conductances(counted, pump.v_mV / 1000.0)
    ions = [ion for ion in g if counted.permeability[ion] > 0.0]
    if all(math.isfinite(reversal[ion]) for ion in ions):
        total = sum(g[ion] for ion in ions)
        passive = sum(g[ion] * reversal[ion] for ion in ions) / total
        chord = 1000.0 * (passive - pump.pump_A_m2 / (pump.unit_m_s * total))
        why = "the same as the line above, written with chord conductances at this V"
        forms.append(("chord_pump", "(Σ g E − I_pump)/Σ g", chord, why))
    return forms


def _draw_forms(ax: Axes, forms: tuple[Form, ...]) -> None:
    """Each form as a point over the potential, its number beside it."""
    from selectivity.plotting import GREY, SMALL, open_frame, tidy

    shown = [form for form in forms if math.isfinite(form.v_mV)]
    ax.axvline(shown[0].v_mV, color=GREY, ls="--", lw=0.9)
    for at, form in enumerate(shown):
        ax.plot(form.v_mV, at, "o", color="black", ms=5)
        ax.annotate(
            f"{form.v_mV:.2f}",
            (form.v_mV, at),
            (7, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
    ax.set_yticks(range(len(shown)), [form.name for form in shown])
    ax.set_ylim(len(shown) - 0.5, -0.7)
    ax.margins(x=0.22)
    ax.locator_params(axis="x", nbins=6)
    tidy(ax, "one membrane, several equations", "V (mV)")
    open_frame(ax)
