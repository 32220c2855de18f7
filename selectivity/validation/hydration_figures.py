"""Figures of ions in water, of what the stages of the section ``hydration`` found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.report.style import (
    GREY,
    LIGHT,
    ion_colour,
    ion_label,
    new_figure,
    open_frame,
    tidy,
)
from selectivity.units import KCAL
from selectivity.validation.catalogue import FOLDER, read_section
from selectivity.validation.records import Row
from selectivity.validation.shells import CENTERS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAIRS = (("K", "Na"), ("K", "Rb"), ("Rb", "Cs"), ("Na", "Li"))
SET_COLOURS = {"charmm36": "#B2182B", "jc-tip3p": "#2166AC", "jc-spce": "#3B7A57"}


def sizes(droplets: Mapping[str, Any]) -> Figure:
    """ΔG of every pair against N^(−1/3), over the experimental range.

    ``droplets`` are free energies by "parameter set, number of waters".
    """
    figure = new_figure(9.0, 2.6, "Free energies in droplets")
    ranges = _ranges()
    for place, (a, b) in enumerate(PAIRS):
        ax = figure.add_subplot(1, len(PAIRS), place + 1)
        ax.axhspan(*ranges[a, b], color=LIGHT, zorder=0)
        for name, colour in SET_COLOURS.items():
            n = sorted(int(key.split()[1]) for key in droplets if key.split()[0] == name)
            found = [droplets[f"{name} {size}"].difference(a, b) for size in n]
            if n:
                x = np.array(n, float) ** (-1.0 / 3.0)
                y = [e.value / KCAL for e in found]
                bars = [e.error / KCAL for e in found]
                ax.errorbar(x, y, bars, fmt="o-", ms=3, lw=0.8, color=colour, label=name)
        ax.set_xlim(0.0, 0.55)
        label = "ΔG (kcal/mol)" if place == 0 else ""
        tidy(ax, f"{ion_label(a)} to {ion_label(b)}", "N$^{-1/3}$", label)
        open_frame(ax)
    figure.axes[0].legend(fontsize=6, frameon=False)
    return figure


def radial(around: Mapping[str, dict[str, list[dict[str, np.ndarray]]]]) -> Figure:
    """g(r) of every ion by parameter set; dotted lines at the measured distances."""
    figure = new_figure(3.1 * len(around), 2.8, "Water oxygens about the ions")
    measured = _measured()
    for place, (name, ions) in enumerate(around.items()):
        ax = figure.add_subplot(1, len(around), place + 1)
        for ion, pieces in ions.items():
            g = np.mean([piece["g"] for piece in pieces], axis=0)
            ax.plot(CENTERS, g, color=ion_colour(ion), lw=1.0, label=ion_label(ion))
            ax.axvline(measured[ion], color=ion_colour(ion), lw=0.6, ls=":")
        ax.set_xlim(1.5, 6.5)
        tidy(ax, name.removeprefix("shells "), "r (Å)", "g(r)" if place == 0 else "")
        open_frame(ax)
    figure.axes[0].legend(fontsize=7, frameon=False)
    return figure


def steps(hydrated: Mapping[str, Any]) -> Figure:
    """−ΔH and −ΔG° of every step by parameter set, circles where they were measured."""
    from selectivity.validation.sections.hydration import IONS

    figure = new_figure(3.6 * len(hydrated), 5.2, "Stepwise hydration in the gas, 298 K")
    measured = _steps()
    for column, (name, found) in enumerate(hydrated.items()):
        for row, quantity in enumerate(("enthalpies", "free_energies")):
            ax = figure.add_subplot(2, len(hydrated), row * len(hydrated) + column + 1)
            n = np.arange(1, len(found.energy))
            for ion in IONS:
                y = [-float(np.mean(getattr(found, quantity)(int(m), ion))) for m in n]
                ax.plot(n, y, "-", color=ion_colour(ion), lw=1.0, label=ion_label(ion))
                seen = [(m, v) for (q, i, m), v in measured.items() if (q, i) == (quantity, ion)]
                ax.plot(*zip(*seen, strict=True), "o", ms=3.5, mfc="none", color=ion_colour(ion))
            symbol = "−ΔH (kcal/mol)" if row == 0 else "−ΔG° (kcal/mol)"
            title = name.removeprefix("hydrates ") if row == 0 else ""
            tidy(ax, title, "n" if row else "", symbol if column == 0 else "")
            ax.axhline(0.0, color=GREY, lw=0.5)
            open_frame(ax)
    figure.axes[0].legend(fontsize=7, frameon=False)
    return figure


def _rows(compute: str, criterion: str) -> list[Row]:
    """Rows of the section ``hydration``, whose targets are drawn."""
    section = read_section(FOLDER / "hydration.toml")
    return [r for r in section.rows if (r.compute, r.target.criterion) == (compute, criterion)]


def _ranges() -> dict[tuple[str, str], tuple[float, float]]:
    rows = _rows("droplet_difference", "range")
    return {(r.settings["a"], r.settings["b"]): (r.target.low, r.target.high) for r in rows}


def _measured() -> dict[str, Any]:
    return {row.settings["ion"]: row.target.value for row in _rows("shell_distance", "reported")}


def _steps() -> dict[tuple[str, str, int], Any]:
    kinds = {"step_enthalpy": "enthalpies", "step_free_energy": "free_energies"}
    return {
        (kind, row.settings["ion"], row.settings["n"]): row.target.value
        for compute, kind in kinds.items()
        for row in _rows(compute, "reported")
    }
