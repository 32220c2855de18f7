"""Results about activities: the coefficients of one solution, and what two of them do to E_i."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError
from selectivity.membrane import text
from selectivity.membrane.activity import (
    MODELS,
    check_model,
    coefficients,
    nernst_shift,
    range_warnings,
    single_ion,
)
from selectivity.membrane.debye_huckel import molality
from selectivity.membrane.nernst import nernst
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, Solution, common_temperature, ionic_strength
from selectivity.membrane.water import debye_length

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CONVENTION_TEXT = {
    "model": "single ions as the law gives them; only mean coefficients can be measured",
    "macinnes": "single ions scaled so that γ(Cl) is γ± of KCl (MacInnes)",
}
_MARKERS = dict(zip(MODELS, "o^vsDP", strict=True))
_COLOURS = dict(
    zip(MODELS, ("#9A9A9A", "#62B1E6", "#00876C", "#202020", "#E66101", "#5E3C99"), strict=True)
)


@dataclass(frozen=True)
class Activities(Result):
    """Activity coefficients of one solution by several laws.

    ``gamma`` maps a law to γ of every ion; ``left_out`` maps a law that does not apply to its
    reason. ``ionic_strength_mM`` is what entered: of the listed ions, or with ``fill`` of the
    missing charge too.
    """

    name: str
    temperature_K: float
    concentrations_mM: Mapping[str, float]
    ionic_strength_mM: float
    net_charge_mM: float
    debye_length_nm: float
    gamma: Mapping[str, Mapping[str, float]]
    convention: str = "model"
    fill: bool = False
    left_out: Mapping[str, str] | None = None
    warnings: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The numbers as aligned lines, with what is to be said about them."""
        out = [
            f"{self.name}: {text.kelvin(self.temperature_K)}, I = {self.ionic_strength_mM:.4g} "
            f"mM, Debye length {self.debye_length_nm:.3f} nm, net charge {self.net_charge_mM:z.4g} "
            "mM",
            f"convention: {CONVENTION_TEXT[self.convention]}",
            "",
            f"{'γ':<23}" + "".join(f"{ion:>9}" for ion in self.concentrations_mM),
        ]
        for model, gamma in self.gamma.items():
            cells = (f" {g:8.4f}" if g < 100.0 else f" {g:8.2e}" for g in gamma.values())
            out.append(f"{model:<23}" + "".join(cells))
        out.append("")
        for model, gamma in self.gamma.items():
            cells = (f" {gamma[ion] * c:8.4g}" for ion, c in self.concentrations_mM.items())
            out.append(f"{'a, mM: ' + model:<23}" + "".join(cells))
        return out + _notes(self.left_out, self.warnings)

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        activity = {
            model: {ion: g * self.concentrations_mM[ion] for ion, g in gamma.items()}
            for model, gamma in self.gamma.items()
        }
        return {
            "solution": self.name,
            "temperature_K": self.temperature_K,
            "concentrations_mM": self.concentrations_mM,
            "ionic_strength_mM": self.ionic_strength_mM,
            "net_charge_mM": self.net_charge_mM,
            "debye_length_nm": self.debye_length_nm,
            "gamma": self.gamma,
            "activity_mM": activity,
            "convention": self.convention,
            "fill": self.fill,
            "left_out": self.left_out or {},
            "warnings": list(self.warnings),
        }

    def columns(self) -> Columns:
        """The rows as a table; names carry units."""
        rows = [
            (model, ion, VALENCE[ion], c, gamma[ion], gamma[ion] * c)
            for model, gamma in self.gamma.items()
            for ion, c in self.concentrations_mM.items()
        ]
        return _table(("model", "ion", "z", "c_mM", "gamma", "activity_mM"), rows)

    def draw(self, figure: Figure) -> None:
        """γ of the most concentrated ion against ionic strength, thin beyond each law's range."""
        from selectivity.plotting import GREY, legend, open_frame, tidy

        ax = figure.add_subplot()
        ion = max(self.concentrations_mM, key=lambda i: self.concentrations_mM[i])
        for model in self.gamma:
            _draw_law(ax, model, ion, self)
        ax.axvline(self.ionic_strength_mM, color=GREY, lw=0.8, ls=":")
        ax.set_xscale("log")
        ax.set_ylim(0.3, 1.02)
        scaled = ", scaled" if self.convention != "model" else ""
        title = f"{self.name}, {self.temperature_K:g} K; marks: this solution{scaled}"
        tidy(ax, title, "ionic strength (mM)", f"activity coefficient of {ion}")
        legend(ax, loc="lower left")
        open_frame(ax)


def _draw_law(ax: Axes, model: str, ion: str, found: Activities) -> None:
    limit = 1000.0 * MODELS[model].limit_mol_kg
    style: dict[str, Any] = {"color": _COLOURS[model]}
    style["ls"] = (0, (4, 2)) if model == "guntelberg" else "-"
    for low, high, width in ((0.1, min(limit, 3000.0), 1.6), (limit, 3000.0, 0.6)):
        if low < high:
            x = np.geomspace(low, high, 200)
            gamma = single_ion(model, ion, x, found.temperature_K)
            ax.plot(x, gamma, lw=width, **style)
    style |= {"marker": _MARKERS[model], "ms": 5, "label": MODELS[model].title}
    ax.plot([found.ionic_strength_mM], [found.gamma[model][ion]], lw=1.6, **style)


@dataclass(frozen=True)
class ShiftRow:
    """One ion by one law: γ on both sides and the Nernst potential without and with them."""

    ion: str
    model: str
    z: int
    c_in_mM: float
    c_out_mM: float
    gamma_in: float
    gamma_out: float
    e_concentration_mV: float
    shift_mV: float

    @property
    def e_activity_mV(self) -> float:  # noqa: N802
        """E from activities: E from concentrations + (RT/zF) ln(γ_out/γ_in)."""
        return self.e_concentration_mV + self.shift_mV


@dataclass(frozen=True)
class ActivityShift(Result):
    """What activities do to the Nernst potentials between two solutions, a row an ion and law."""

    temperature_K: float
    ionic_strength_in_mM: float
    ionic_strength_out_mM: float
    rows: tuple[ShiftRow, ...]
    convention: str = "model"
    fill: bool = False
    left_out: Mapping[str, str] | None = None
    warnings: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The numbers as aligned lines, with what is to be said about them."""
        out = [
            f"{text.kelvin(self.temperature_K)}; ionic strength {self.ionic_strength_in_mM:.4g} "
            f"mM inside, {self.ionic_strength_out_mM:.4g} mM outside",
            f"convention: {CONVENTION_TEXT[self.convention]}",
            "",
            f"{'ion':<5}{'law':<17}{'γ in':>8}{'γ out':>8}{'E(c) mV':>10}{'E(a) mV':>10}"
            f"{'shift mV':>10}",
        ]
        out += [
            f"{r.ion:<5}{r.model:<17}{r.gamma_in:8.4f}{r.gamma_out:8.4f}"
            f"{r.e_concentration_mV:z10.3f}{r.e_activity_mV:z10.3f}{r.shift_mV:+z10.3f}"
            for r in self.rows
        ]
        return out + _notes(self.left_out, self.warnings)

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        names = tuple(self.columns())
        rows = zip(*self.columns().values(), strict=True)
        return {
            "temperature_K": self.temperature_K,
            "ionic_strength_in_mM": self.ionic_strength_in_mM,
            "ionic_strength_out_mM": self.ionic_strength_out_mM,
            "rows": [dict(zip(names, row, strict=True)) for row in rows],
            "convention": self.convention,
            "fill": self.fill,
            "left_out": self.left_out or {},
            "warnings": list(self.warnings),
        }

    def columns(self) -> Columns:
        """The rows as a table; names carry units."""
        names = ["ion", "model", "z", "c_in_mM", "c_out_mM", "gamma_in", "gamma_out"]
        names += ["e_concentration_mV", "e_activity_mV", "shift_mV"]
        return _table(names, [tuple(getattr(r, name) for name in names) for r in self.rows])

    def draw(self, figure: Figure) -> None:
        """Shift of every E_i, a mark a law."""
        from selectivity.plotting import GREY, legend, open_frame, tidy

        ax = figure.add_subplot()
        ions = list(dict.fromkeys(row.ion for row in self.rows))
        for model in dict.fromkeys(row.model for row in self.rows):
            here = [row for row in self.rows if row.model == model]
            offset = 0.09 * (list(MODELS).index(model) - 2.5)
            y = [ions.index(row.ion) + offset for row in here]
            x = [row.shift_mV for row in here]
            style: dict[str, Any] = {"color": _COLOURS[model], "marker": _MARKERS[model]}
            ax.plot(x, y, ls="none", ms=5, label=MODELS[model].title, **style)
        ax.axvline(0.0, color=GREY, lw=0.8)
        ax.set_yticks(range(len(ions)), ions)
        ax.set_ylim(len(ions) - 0.5, -0.5)
        title = (
            f"I = {self.ionic_strength_in_mM:.4g} mM inside, {self.ionic_strength_out_mM:.4g} mM "
            f"outside, {self.temperature_K:g} K"
        )
        tidy(ax, title, "E from activities − E from concentrations (mV)")
        ax.margins(x=0.12)
        legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
        open_frame(ax)


def activities(
    solution: Solution,
    models: Sequence[str] | None = None,
    convention: str = "model",
    fill: bool = False,
) -> Activities:
    """Activity coefficients of ``solution`` by ``models``; without them, by all that apply.

    ``convention`` and ``fill`` as in :func:`selectivity.membrane.activity_coefficients`, errors
    too; a law that was not asked for by name and does not apply is listed in ``left_out``.
    """
    if not solution.concentrations_mM:
        raise InputError(solution.name, {}, "states the concentration of an ion")
    gamma, left_out, said = _by_models((solution,), models, convention, fill)
    strength = ionic_strength(solution, fill)
    return Activities(
        name=solution.name,
        temperature_K=solution.temperature_K,
        concentrations_mM=solution.concentrations_mM,
        ionic_strength_mM=strength,
        net_charge_mM=solution.net_charge_mM,
        debye_length_nm=1e9 * debye_length(strength, solution.temperature_K),
        gamma={model: both[0] for model, both in gamma.items()},
        convention=convention,
        fill=fill,
        left_out=left_out,
        warnings=said,
    )


def activity_shift(
    inside: Solution,
    outside: Solution,
    models: Sequence[str] | None = None,
    convention: str = "model",
    fill: bool = False,
) -> ActivityShift:
    """Nernst potentials from concentrations and from activities, of every ion of both solutions.

    Parameters as :func:`activities`. E_a = E_c + (RT/zF) ln(γ_out/γ_in): with Davies and equal
    ionic strengths the shift is exactly zero.

    Raises
    ------
    InputError
        Two temperatures, no common ion, or as :func:`activities`.
    """
    kelvin = common_temperature(inside, outside)
    common = [ion for ion in inside if ion in outside]
    if not common:
        raise InputError("ions", list(inside), f"{outside.name} holds one of them")
    gamma, left_out, said = _by_models((inside, outside), models, convention, fill)
    rows = []
    for ion in common:
        z, c = VALENCE[ion], (inside[ion], outside[ion])
        e = 1000.0 * nernst(z, *c, kelvin)
        for model, (g_in, g_out) in gamma.items():
            shift = 1000.0 * nernst_shift(z, g_in[ion], g_out[ion], kelvin)
            rows.append(ShiftRow(ion, model, z, *c, g_in[ion], g_out[ion], e, shift))
    i_in, i_out = (ionic_strength(side, fill) for side in (inside, outside))
    return ActivityShift(kelvin, i_in, i_out, tuple(rows), convention, fill, left_out, said)


def _by_models(
    solutions: Sequence[Solution], models: Sequence[str] | None, convention: str, fill: bool
) -> tuple[dict[str, list[dict[str, float]]], dict[str, str], tuple[str, ...]]:
    """γ of each solution by law, why a law was left out, and all warnings once."""
    gamma: dict[str, list[dict[str, float]]] = {}
    left_out: dict[str, str] = {}
    for model in MODELS if models is None else models:
        check_model(model)
        try:
            gamma[model] = [coefficients(one, model, convention, fill) for one in solutions]
        except InputError as error:
            if models is not None or error.place not in (*VALENCE, "fill"):
                raise
            left_out[model] = f"needs that {error.place} {error.rule}"
    said = [text for one in solutions for text in _said(one, list(gamma), fill)]
    return gamma, left_out, tuple(said)


def _said(solution: Solution, models: Sequence[str], fill: bool) -> list[str]:
    """The warnings of one solution, laws past their range in one line."""
    strength = float(molality(ionic_strength(solution, fill), solution.temperature_K))
    past = [MODELS[name] for name in models if strength > MODELS[name].limit_mol_kg]
    said = []
    if past:
        limits = ", ".join(f"{law.name} ({law.limit_mol_kg:g})" for law in past)
        said.append(f"{solution.name}: {strength:.3g} mol/kg is past the range of {limits}")
    others = [text for name in models for text in range_warnings(solution, name, fill)]
    return said + [text for text in dict.fromkeys(others) if "past the range" not in text]


def _table(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Columns:
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _notes(left_out: Mapping[str, str] | None, warnings: Sequence[str]) -> list[str]:
    notes = [f"left out: {model}: {why}" for model, why in (left_out or {}).items()]
    return notes + [f"warning: {text}" for text in warnings]
