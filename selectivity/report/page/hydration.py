"""What surrounds the ion: numbers of oxygens along z and how far away they are."""

from __future__ import annotations

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
    padded,
)
from selectivity.report.page.canvas import Canvas, Figure, Mark, Section, Table
from selectivity.report.page.contacts import Contact, along_z, shell_numbers
from selectivity.report.page.material import FilterParts, Frames, Material
from selectivity.report.page.profiles import LEFT, PLOT, Z_LABEL
from selectivity.report.page.single_file import file_figure, water_table
from selectivity.report.style import half_widths

BIN_A = 0.25
RADII = np.arange(1.8, 4.501, 0.05)
NO_FRAMES = (
    "Distances need coordinates of the ions at the ends: this run stored none yet "
    "(sampling.frames_every in the run file says how often they are kept)."
)
AT_ENDS = (
    "No frames were stored (sampling.frames_every is 0); the states after the segments stand in "
    "for them, so that there are few."
)


def shells_figure(parts: FilterParts) -> Figure:
    """Numbers of ligand and water oxygens in the first shell of every ion along z."""
    shells, z = parts.shells, parts.shells.z
    ions = [ion for ion in parts.profiles.ions if ion in shells.ions]
    replicas = parts.profiles.replicas
    series = [
        (ion, what, shells.mean(ion, what), half_widths(shells.mean(ion, what),
                                                        shells.error(ion, what), replicas))
        for ion in ions
        for what in ("ligand", "water")
        if f"{ion}:{what}" in shells.numbers
    ]  # fmt: skip
    tops = [np.nanmax(mean) for _, _, mean, _ in series if np.isfinite(mean).any()]
    panel = Panel(LEFT, 34.0, PLOT, 190.0, (float(z[0]), float(z[-1])),
                  (0.0, 1.1 * max([1.0, *tops])))  # fmt: skip
    marks = filter_marks(panel, parts.sites)
    columns: dict[str, Any] = {"z_A": column(z)}
    for ion, what, mean, half in series:
        marks += band(panel, z, mean - half, mean + half, f"band {ion}")
        marks.append(curve(panel, z, mean, f"{'line' if what == 'ligand' else 'dash'} {ion}"))
        columns[f"{ion}_{what}_oxygens"] = column(mean)
        columns[f"{ion}_{what}_half_width_95"] = column(half)
    marks += frame(panel, Z_LABEL, "oxygens in the first shell")
    marks += _kinds(ions, panel)
    text = "; ".join(
        f"{ion_label(ion)} has {words.plain(_inside(parts, z, mean), 1)} {what} oxygens"
        for ion, what, mean, _ in series
    )
    return Figure(
        "hydration",
        "Oxygens about the ion",
        "Mean numbers of ligand oxygens (solid) and water oxygens (dashed) within the first-shell "
        "radius of each ion, 95 % bands, from every stored sample with its weight.",
        f"First-shell oxygens along z. On average over the interior {text}.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def _inside(parts: FilterParts, z: np.ndarray, mean: np.ndarray) -> float:
    """Mean of a curve over the bins of the interior."""
    inside = (z >= parts.sites.interior[0]) & (z <= parts.sites.interior[1]) & np.isfinite(mean)
    return float(mean[inside].mean()) if inside.any() else float("nan")


def _kinds(ions: list[str], panel: Panel) -> list[Mark]:
    entries = [(f"line {ion}", f"{ion_label(ion)}, ligand") for ion in ions]
    entries += [(f"dash {ion}", f"{ion_label(ion)}, water") for ion in ions]
    if len(entries) <= 4:
        return key(entries, panel.left - 30, panel.bottom + 48.0, 10.0)
    short = [(f"line {ion}", ion_label(ion)) for ion in ions]
    return key([*short, ("dash grey", "water")], panel.left, panel.bottom + 48.0)


def contacts_figure(parts: FilterParts, frames: Frames) -> Figure | None:
    """Mean distances of the nearest ligand and water oxygens along z, from stored frames."""
    n = parts.geometry.symmetry
    low, high = float(parts.profiles.z[0]), float(parts.profiles.z[-1])
    bins = max(2, round((high - low) / BIN_A))
    width = (high - low) / bins
    z = low + width * (np.arange(bins) + 0.5)
    found = along_z(frames, z, (("ligand", 1, n), ("ligand", n + 1, 2 * n), ("water", 1, 1)))
    drawn = [c for c in found if np.isfinite(c.mean).any()]
    if not drawn:
        return None
    ligands = [c for c in drawn if c.what == "ligand"]
    waters = [c for c in drawn if c.what == "water"]
    marks: list[Mark] = []
    columns: dict[str, Any] = {"z_A": column(z)}
    top, panel = 34.0, None
    for contacts, name, height in ((ligands, "ligand O, Å", 150.0), (waters, "water O, Å", 96.0)):
        if contacts:
            limits = padded([c.mean for c in contacts], 0.5)
            limits = (limits[0], min(limits[1], 6.0))
            panel = Panel(LEFT, top, PLOT, height, (low, high), limits)
            marks += filter_marks(panel, parts.sites, names=top == 34.0)
            marks += [m for c in contacts for m in _contact(panel, z, c)]
            marks += frame(panel, "", name)
            top = panel.bottom + 26.0
    assert panel is not None
    marks += frame(panel, Z_LABEL)
    for c in drawn:
        columns[f"{c.ion}_{c.what}_O_{c.first}_to_{c.last}_A"] = column(c.mean)
        columns[f"{c.ion}_{c.what}_O_{c.first}_to_{c.last}_error_A"] = column(c.error)
    ions = list(dict.fromkeys(c.ion for c in drawn))
    entries = [(f"line {ion}", ion_label(ion)) for ion in ions]
    marks += key([*entries, ("line grey", f"nearest {n}, water: 1"), ("dash grey", f"next {n}")],
                 panel.left - 30, panel.bottom + 48.0, 10.0)  # fmt: skip
    return Figure(
        "distances",
        "Distances to oxygens",
        f"Mean distance from the ion to its {n} nearest ligand oxygens (solid) and to the next "
        f"{n} (dashed), and, below, to the nearest water oxygen, with 95 % bands over replicas; "
        f"plain means over {len(frames.gathered.r):,} stored frames in bins of {width:.2f} Å.",
        "Distances to the nearest oxygens along z. " + _contact_words(parts, z, drawn),
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def _contact(panel: Panel, z: np.ndarray, contact: Contact) -> list[Mark]:
    half = half_widths(contact.mean, contact.error, contact.values.shape[0])
    kind = "line" if contact.first == 1 else "dash"
    return [
        *band(panel, z, contact.mean - half, contact.mean + half, f"band {contact.ion}"),
        curve(panel, z, contact.mean, f"{kind} {contact.ion}"),
    ]


def _contact_words(parts: FilterParts, z: np.ndarray, drawn: list[Contact]) -> str:
    texts = [
        f"{ion_label(c.ion)} to {c.what} oxygen{'s' if c.last > 1 else ''} {c.first}"
        + (f" to {c.last}" if c.last > c.first else "")
        + f": {words.plain(_inside(parts, z, c.mean))} Å"
        for c in drawn
    ]
    return f"Means over the interior: {'; '.join(texts)}."


def radial_figure(name: str, frames: Frames) -> Figure | None:
    """Oxygens within r of every ion, for a system without an axis."""
    found = {ion: shell_numbers(frames, ion, RADII) for ion in frames.identities}
    series = [(ion, what, n) for ion, kinds in found.items() for what, n in kinds.items()]
    if not series:
        return None
    top = max(float(n.max()) for _, _, n in series)
    panel = Panel(LEFT, 14.0, PLOT, 190.0, (RADII[0], RADII[-1]), (0.0, 1.08 * max(1.0, top)))
    marks: list[Mark] = []
    columns: dict[str, Any] = {"r_A": column(RADII)}
    for ion, what, n in series:
        marks.append(curve(panel, RADII, n, f"{'line' if what == 'ligand' else 'dash'} {ion}"))
        columns[f"{ion}_{what}_oxygens_within_r"] = column(n)
    marks += frame(panel, "distance r from the ion (Å)", "oxygens within r")
    marks += _kinds([ion for ion, kinds in found.items() if kinds], panel)
    shell = "; ".join(
        f"{ion_label(ion)} has {words.plain(float(np.interp(frames.shell_A[ion], RADII, n)), 1)} "
        f"{what} oxygens within {frames.shell_A[ion]:g} Å"
        for ion, what, n in series
        if ion in frames.shell_A
    )
    return Figure(
        f"shells-{name}",
        f"Oxygens about the ion in {name}",
        "Mean number of ligand (solid) and solvent oxygens (dashed) within r of the ion, over "
        f"{len(frames.gathered.r):,} stored frames.",
        f"Running number of oxygens. {shell}.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def hydration_section(material: Material) -> Section | None:
    """Numbers and distances, or what is missing and how to get it."""
    blocks: list[Figure | Table] = []
    remarks = []
    if material.filter is not None:
        blocks.append(shells_figure(material.filter))
    stored = {n: f for n, f in material.frames.items() if len(f.gathered.r)}
    for name, frames in stored.items():
        made = (
            contacts_figure(material.filter, frames)
            if material.filter is not None
            else radial_figure(name, frames)
        )
        blocks += [made] if made is not None else []
        if frames.gathered.at_ends:
            remarks.append(f"{name}: {AT_ENDS}")
    if not stored:
        remarks.append(NO_FRAMES)
    rest = file_figure(material.filter) if material.filter is not None else None
    blocks += [rest] if rest is not None else []
    for system in material.analysis["systems"]:
        table = water_table(system)
        if table is not None and system["system"] == material.filter_name:
            blocks.append(table)
    return Section("hydration", "What surrounds the ion", (), blocks, remarks)
