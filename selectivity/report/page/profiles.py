"""Free-energy profiles over the drawing of the filter, ΔΔG(z), and the sites in a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from selectivity.plotting import ion_label
from selectivity.report import words
from selectivity.report.page.axes import (
    WIDTH,
    Panel,
    band,
    column,
    curve,
    filter_marks,
    frame,
    key,
    kj_axis,
    level,
)
from selectivity.report.page.canvas import Canvas, Figure, Mark, Section, Table, path
from selectivity.report.page.material import FilterParts, Material
from selectivity.report.page.rings import backbone, height_needed
from selectivity.report.profile_plot import difference_half, y_limits
from selectivity.report.style import half_widths
from selectivity.units import KCAL

LEFT, RIGHT = 45.0, 43.0
PLOT = WIDTH - LEFT - RIGHT
LOWEST, TALLEST = 210.0, 340.0
BESIDE_A = 0.7  # drawn of the filter beyond the windows
Z_LABEL = "z of the ion on the axis (Å), inside → outside"
Curves = list[tuple[str, np.ndarray, np.ndarray]]


def levelled_figure(parts: FilterParts) -> Figure:
    """W_X(z) − f(z) of every ion with its band, over the rings in true proportions."""
    z, tall = parts.profiles.z, height_needed(parts.geometry)
    length = max(float(z[-1] - z[0]) + 2.0 * BESIDE_A, PLOT * tall / TALLEST)
    middle = 0.5 * float(z[0] + z[-1])
    span = (middle - 0.5 * length, middle + 0.5 * length)
    scale = PLOT / length
    height = max(LOWEST, scale * tall)
    shown = profile_curves(parts, parts.result.levelling(z))
    panel = Panel(LEFT, 34.0, PLOT, height, span, _limits(parts, shown))
    marks = filter_marks(panel, parts.sites)
    marks += backbone(parts.geometry, panel, scale)
    marks += _draw(panel, z, shown)
    marks += frame(panel, Z_LABEL, "W(z) − f(z), kcal/mol") + kj_axis(panel)
    marks += _key(parts, panel, [("dots oxygen", "oxygen"), ("dots carbon", "carbon")])
    extra = {
        "data-marker": "1",
        "data-left": f"{panel.left:g}",
        "data-width": f"{panel.width:g}",
        "data-top": f"{panel.top:g}",
        "data-bottom": f"{panel.bottom:g}",
        "data-z0": f"{span[0]:.6g}",
        "data-z1": f"{span[1]:.6g}",
    }
    columns: dict[str, Any] = {"z_A": column(z)}
    for ion, mean, half in shown:
        columns[f"W_{ion}_levelled_kcal_mol"] = column(mean)
        columns[f"W_{ion}_half_width_95_kcal_mol"] = column(half)
    return Figure(
        "profiles",
        "The ions along the filter",
        "Levelled free energies W(z) − f(z), less the ions' difference in bulk, with 95 % bands "
        "over replicas. The zero is arbitrary and common to all ions. Behind them the carbonyls "
        "and hydroxyls of the structure in true proportions: what is drawn at a height of one "
        "ångström is as long as one ångström along the axis. The interior, over which the ratio "
        "is taken, is shaded.",
        _profiles_alt(parts, shown),
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
        extra,
    )


def sampled_figure(parts: FilterParts) -> Figure:
    """W_X(z) as sampled with the common f(z) that levelling takes out."""
    z, span = parts.profiles.z, _span(parts)
    shown = profile_curves(parts, 0.0)
    panel = Panel(LEFT, 34.0, PLOT, 200.0, span, _limits(parts, shown))
    marks = filter_marks(panel, parts.sites) + _draw(panel, z, shown)
    levelling = parts.result.levelling
    inside = np.unique(np.concatenate([np.array(levelling.z), parts.result.interior]))
    marks.append(curve(panel, inside, levelling(inside) / KCAL, "dash grey"))
    marks += frame(panel, Z_LABEL, "W(z), kcal/mol") + kj_axis(panel)
    marks += _key(parts, panel, [("dash grey", "common f(z)")])
    columns: dict[str, Any] = {"z_A": column(z), "f_kcal_mol": column(levelling(z) / KCAL)}
    for ion, mean, half in shown:
        columns[f"W_{ion}_kcal_mol"] = column(mean)
        columns[f"W_{ion}_half_width_95_kcal_mol"] = column(half)
    reference = ion_label(parts.result.a)
    return Figure(
        "profiles-sampled",
        "As sampled",
        f"W(z) of every ion, less the ions' difference in bulk, 95 % bands; the zero is arbitrary "
        "and common. Whatever acts on the charge alone is in all curves alike; f(z), straight "
        f"lines through the wells of {reference}, is taken out before the ratio is formed.",
        f"Free energies as sampled over z from {span[0]:.1f} to {span[1]:.1f} Å. "
        + _numbers(parts, shown),
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def difference_figure(parts: FilterParts) -> Figure:
    """ΔΔG(z) of every ion against the reference, with the headline over the interior."""
    z, span = parts.profiles.z, _span(parts)
    shown = difference_curves(parts)
    panel = Panel(LEFT, 34.0, PLOT, 200.0, span, _limits(parts, shown))
    marks = filter_marks(panel, parts.sites)
    e = parts.result.ddg_integral
    low, high = parts.result.interior
    half = e.half_width()
    if math.isfinite(half) and math.isfinite(e.value):
        ends = np.array([low, high])
        bottom, top = ((e.value + s * half) / KCAL for s in (-1, 1))
        marks += band(panel, ends, np.full(2, bottom), np.full(2, top), "band grey")
    marks += [level(panel, 0.0)] if panel.y[0] < 0.0 < panel.y[1] else []
    marks += _draw(panel, z, shown)
    marks.append(curve(panel, np.array([low, high]), np.full(2, e.value / KCAL), "dash ink"))
    marks += frame(panel, Z_LABEL, "ΔΔG(z), kcal/mol") + kj_axis(panel)
    marks += _key(parts, panel, [("dash ink", "RT ln of the headline")], shown)
    a = ion_label(parts.result.a)
    columns: dict[str, Any] = {"z_A": column(z)}
    for ion, mean, half_width in shown:
        columns[f"ddG_{ion}_kcal_mol"] = column(mean)
        columns[f"ddG_{ion}_half_width_95_kcal_mol"] = column(half_width)
    return Figure(
        "ddg",
        "Difference between the ions",
        f"ΔΔG(z): how far W(z) of the other ion lies above that of {a}, less the same in bulk. "
        f"Above zero {a} is preferred. Whatever common field acts on both ions drops out here. "
        "Dashed: RT ln of the headline ratio with its 95 % interval.",
        f"ΔΔG over z. {_numbers(parts, shown, 'ΔΔG')}",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def profile_curves(parts: FilterParts, f: np.ndarray | float) -> Curves:
    """(ion, mean, 95 % half width) of W_X − ΔG_bulk − f, kcal/mol."""
    profiles, reference = parts.profiles, parts.result.a
    found = []
    for ion in profiles.ions:
        leg = parts.bulk.difference(reference, ion).value if ion != reference else 0.0
        half = half_widths(profiles.mean(ion), profiles.error(ion), profiles.replicas)
        found.append((ion, (profiles.mean(ion) - leg - f) / KCAL, half / KCAL))
    return found


def difference_curves(parts: FilterParts) -> Curves:
    """(ion, mean, 95 % half width) of ΔΔG(z) against the reference, kcal/mol."""
    profiles, reference = parts.profiles, parts.result.a
    found = []
    for ion in profiles.ions:
        if ion != reference:
            leg = parts.bulk.difference(reference, ion)
            error = profiles.difference_error(reference, ion)
            half = np.array([difference_half(e, profiles.replicas, leg) for e in error])
            mean = profiles.difference_mean(reference, ion) - leg.value
            found.append((ion, mean / KCAL, half / KCAL))
    return found


def _span(parts: FilterParts) -> tuple[float, float]:
    half = 0.5 * parts.profiles.width
    return float(parts.profiles.z[0]) - half, float(parts.profiles.z[-1]) + half


def _limits(parts: FilterParts, shown: Curves) -> tuple[float, float]:
    return y_limits(parts.profiles.z, shown, parts.sites.interior) or (0.0, 1.0)


def _draw(panel: Panel, z: np.ndarray, shown: Curves) -> list[Mark]:
    marks: list[Mark] = []
    for ion, mean, half in shown:
        marks += band(panel, z, mean - half, mean + half, f"band {ion}")
    for ion, mean, _ in shown:
        under = curve(panel, z, mean, f"line {ion}")
        marks += [path(under.xy, "line paper", 4.0, 0.75), under]
    return marks


def _key(
    parts: FilterParts, panel: Panel, more: list[tuple[str, str]], shown: Curves | None = None
) -> list[Mark]:
    ions = [ion for ion, _, _ in shown] if shown is not None else list(parts.profiles.ions)
    a = ion_label(parts.result.a)
    names = [f"{ion_label(ion)} − {a}" if shown is not None else ion_label(ion) for ion in ions]
    entries = [(f"line {ion}", name) for ion, name in zip(ions, names, strict=True)]
    return key([*entries, *more], panel.left, panel.bottom + 48.0)


def _numbers(parts: FilterParts, shown: Curves, name: str = "W") -> str:
    """The largest and smallest value of every curve over the interior, in words."""
    z = parts.profiles.z
    inside = (z >= parts.sites.interior[0]) & (z <= parts.sites.interior[1])
    texts = []
    for ion, mean, _ in shown:
        values = np.where(inside, mean, np.nan)
        if np.isfinite(values).any():
            top, low = int(np.nanargmax(values)), int(np.nanargmin(values))
            texts.append(
                f"{name} of {ion_label(ion)} over the interior lies between "
                f"{words.plain(values[low], 1)} (z = {words.plain(z[low], 1)} Å) and "
                f"{words.plain(values[top], 1)} kcal/mol (z = {words.plain(z[top], 1)} Å)."
            )
    return " ".join(texts)


def _profiles_alt(parts: FilterParts, shown: Curves) -> str:
    planes = ", ".join(f"{n} {words.plain(z, 1)} Å" for n, z in parts.sites.planes.items())
    return (
        f"Levelled free energies of {' and '.join(ion_label(ion) for ion, _, _ in shown)} over "
        f"z. {_numbers(parts, shown)} Oxygen planes: {planes}."
    )


def site_table(record: Mapping[str, Any]) -> Table | None:
    """Binding at the sites, as the console prints it."""
    if not record.get("sites"):
        return None
    a, b = record["ions"]
    rows = []
    for name, site in record["sites"].items():
        planes = ", ".join(
            f"{plane} {words.plain(words.number(value, 'ddg_kJ_mol') / KCAL, 1)}"
            for plane, value in site["planes"].items()
        )
        whole = words.energies(site, "ddg_kJ_mol", "error")
        centre = words.energies(site["centre"], "ddg_kJ_mol", "error")[1]
        rows.append((name, whole[1], whole[0], centre, planes))
    return Table(
        f"Sites: ΔΔG of binding, {ion_label(b)} against {ion_label(a)}",
        ("site", "kcal/mol", "kJ/mol", "at its centre, kcal/mol", "planes beside it, kcal/mol"),
        rows,
        f"Above zero {ion_label(a)} is preferred. ± is one standard error over replicas. This is "
        "binding from plane to plane, not permeation.",
    )


def profile_section(material: Material) -> Section | None:
    """ΔΔG(z), the profiles as sampled and the sites; the levelled ones lead the page."""
    parts, record = material.filter, material.ratio
    if parts is None or record is None:
        return None
    table = site_table(record)
    lead = [f"{_at(parts, name, z)}." for name, z in _places(parts)]
    blocks: list[Figure | Table] = [
        difference_figure(parts),
        sampled_figure(parts),
        *([table] if table else []),
    ]
    return Section("profiles", "Where the ions are told apart", lead, blocks)


def _places(parts: FilterParts) -> list[tuple[str, float]]:
    """Cage centres and planes from one end of the interior to the other, along z."""
    low, high = parts.sites.interior
    named = {f"At the centre of {n}": z for n, z in parts.sites.cages.items()}
    named |= {f"In the plane of {n}": z for n, z in parts.sites.planes.items()}
    inside = {n: z for n, z in named.items() if low - 0.05 <= z <= high + 0.05}
    return sorted(inside.items(), key=lambda item: item[1])


def _at(parts: FilterParts, place: str, z: float) -> str:
    """ΔΔG of the pair at a place, and the oxygens that every ion of the pair has there."""
    a, b = parts.result.a, parts.result.b
    texts = []
    for ion, mean, _ in difference_curves(parts):
        if ion == b:
            at = int(np.argmin(np.abs(parts.profiles.z - z)))
            texts.append(f"{place} ΔΔG is {words.plain(mean[at], 1)} kcal/mol")
    shells = parts.shells
    counts = []
    for ion in (a, b):
        if f"{ion}:ligand" in shells.numbers and f"{ion}:water" in shells.numbers:
            at = int(np.argmin(np.abs(shells.z - z)))
            ligand, water = (float(shells.mean(ion, what)[at]) for what in ("ligand", "water"))
            counts.append(
                f"{ion_label(ion)} has {words.plain(ligand, 1)} ligand and "
                f"{words.plain(water, 1)} water oxygens about it"
            )
    return ": ".join([*texts, ", ".join(counts)])
