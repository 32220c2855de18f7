"""Figures of the filter's section: profiles, distances in the sites, stiffness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.geometry.files import load_filter
from selectivity.geometry.filter import FilterGeometry
from selectivity.records import Estimate
from selectivity.report.style import (
    GREY,
    SMALL,
    ion_colour,
    ion_label,
    legend,
    new_figure,
    open_frame,
    tidy,
)
from selectivity.units import KCAL
from selectivity.validation import filter_sites
from selectivity.validation.context import Arrays
from selectivity.validation.filter_profiles import FilterProfiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 25.0
"""kcal/mol above the lowest well beyond which a profile is not drawn."""


def profile_figure(panels: Sequence[tuple[str, FilterProfiles, Estimate]]) -> Figure:
    """W_K and W_Na, each less its bulk, over ΔΔG, one column a filter."""
    figure = new_figure(3.1 * len(panels), 5.0)
    for i, (title, read, bulk) in enumerate(panels):
        top = figure.add_subplot(2, len(panels), i + 1)
        below = figure.add_subplot(2, len(panels), len(panels) + i + 1, sharex=top)
        _profiles(top, read, bulk)
        _difference(below, read, bulk)
        tidy(top, title, "", "W, kcal/mol" if i == 0 else "")
        tidy(below, "", "z, Å", "ΔΔG, kcal/mol" if i == 0 else "")
        for ax in (top, below):
            _marks(ax, read)
            open_frame(ax)
        if i == 0:
            legend(top)
    return figure


def _profiles(ax: Axes, read: FilterProfiles, bulk: Estimate) -> None:
    """W of both ions against the bulk, up to the constant that they share."""
    for ion, shift in (("K", 0.0), ("Na", bulk.value)):
        w = (read.profiles.mean(ion) - shift) / KCAL
        ax.plot(read.z, w, color=ion_colour(ion), lw=1.2, label=ion_label(ion))
        error = read.profiles.error(ion) / KCAL
        ax.fill_between(read.z, w - error, w + error, color=ion_colour(ion), alpha=0.2, lw=0)
    lowest = np.nanmin(read.profiles.mean("K")) / KCAL
    lines = np.concatenate([line.get_ydata() for line in ax.lines])
    ax.set_ylim(min(lowest, np.nanmin(lines)) - 3.0, lowest + SHOWN)


def _difference(ax: Axes, read: FilterProfiles, bulk: Estimate) -> None:
    ddg = (read.profiles.difference_mean("K", "Na") - bulk.value) / KCAL
    error = read.profiles.difference_error("K", "Na") / KCAL
    ax.plot(read.z, ddg, color="black", lw=1.2)
    ax.fill_between(read.z, ddg - error, ddg + error, color="black", alpha=0.2, lw=0)
    ax.axhline(0.0, color=GREY, lw=0.7)


def _marks(ax: Axes, read: FilterProfiles) -> None:
    """Planes as lines, cage centres dotted and named."""
    ax.set_xlim(read.z[0] - 0.1, read.z[-1] + 0.1)
    for z in read.geometry.planes.values():
        ax.axvline(z, color=GREY, lw=0.9, zorder=0)
    for name, z in read.geometry.cage_centers.items():
        if read.z[0] <= z <= read.z[-1]:
            ax.axvline(z, color=GREY, lw=0.7, ls=(0, (1, 3)), zorder=0)
            ax.annotate(
                name, (z, 0.98), xycoords=("data", "axes fraction"), ha="center", va="top",
                fontsize=SMALL - 1.0, color=GREY,
            )  # fmt: skip


def oxygen_figure(held: Mapping[tuple[str, str], Sequence[Arrays]]) -> Figure:
    """Distances from K+ held in a site to both rings beside those of the crystal."""
    rows = [
        (load_filter(structure), site, ring, pieces)
        for (structure, site), pieces in held.items()
        for ring in _rings(load_filter(structure), site)
    ]
    figure = new_figure(5.2, 0.8 + 0.2 * len(rows))
    ax = figure.add_subplot()
    for i, (geometry, site, ring, pieces) in enumerate(rows):
        found = [filter_sites.mean_place_distance(geometry, ring, piece) for piece in pieces]
        crystal = filter_sites.ion_oxygen(geometry, site, ring)
        ax.plot([crystal - 0.15, crystal + 0.15], [i, i], color=GREY, lw=5, alpha=0.25)
        ax.plot(crystal, i, "|", color="black", ms=8)
        ax.plot(np.mean(found), i, "o", color=ion_colour("K"), ms=4)
    labels = [f"{geometry.name} {site} to {ring}" for geometry, site, ring, _ in rows]
    ax.set_yticks(range(len(rows)), labels)
    ax.invert_yaxis()
    tidy(ax, "K+ held in a site: the crystal, ±0.15 Å, and computed", "K-O, Å")
    open_frame(ax)
    return figure


def _rings(geometry: FilterGeometry, site: str) -> tuple[str, ...]:
    """Both rings of a cage, the upper first, without one that is turned out of the pore."""
    cage = next(c for c in geometry.cages if c.name == site)
    names = (cage.upper, cage.lower)
    return tuple(name for name in names if geometry.ring(name).oxygen.r < TURNED_OUT)


TURNED_OUT = 3.5
"""Radius (Å) beyond which a ring does not bind: 5VKE has two such rings, at 3.86 and 3.95 Å."""


def stiffness_figure(records: Sequence[dict[str, Any]]) -> Figure:
    """RT ln P_K/P_Na against the tether, a place for every system in the order of the run."""
    figure = new_figure(4.8, 3.2)
    ax = figure.add_subplot()
    values, errors = (
        [np.nan if r["ddg_integral_kJ_mol"][key] is None else r["ddg_integral_kJ_mol"][key] / KCAL
         for r in records]
        for key in ("value", "error")
    )  # fmt: skip
    places = np.arange(len(records))
    ax.errorbar(places, values, yerr=errors, color="black", marker="o", ms=4, lw=0.8, capsize=2)
    ax.axhline(0.0, color=GREY, lw=0.7)
    ax.set_xticks(places, [_stiffness(r["tether"]) for r in records], rotation=20)
    tidy(ax, "tethers from soft to rigid", "kcal/mol/Å²", "RT ln P(K+)/P(Na+), kcal/mol")
    open_frame(ax)
    return figure


def _stiffness(tether: Mapping[str, Any]) -> str:
    if tether["mode"] == "rigid":
        return "rigid"
    if tether["mode"] == "uniform":
        return f"{tether['k_kJ_mol_A2'] / KCAL:g}"
    return "B" if tether["scale"] == 1.0 else f"{tether['scale']:g} B"
