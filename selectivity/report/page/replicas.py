"""Replicas beside each other: by how they started, along z, and as sampling went on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from selectivity.estimators.starts import ddg_by_start, start_agreement
from selectivity.plotting import ion_label
from selectivity.records import Estimate
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
    padded,
)
from selectivity.report.page.canvas import Canvas, Figure, Mark, dots
from selectivity.report.page.material import FilterParts, Leg
from selectivity.report.page.profiles import LEFT, PLOT, Z_LABEL
from selectivity.report.running import Running
from selectivity.units import KCAL


def starts_figure(parts: FilterParts) -> Figure | None:
    """ΔΔG(z) of replicas that started alike; None where all did."""
    a, b = parts.result.a, parts.result.b
    means, scatter, dof = ddg_by_start(parts.profiles, a, b)
    if len(means) < 2:
        return None
    z, leg = parts.profiles.z, parts.result.bulk.value
    curves = {kind: (mean - leg) / KCAL for kind, mean in means.items()}
    span = (float(z[0]), float(z[-1]))
    inside = (z >= parts.sites.interior[0]) & (z <= parts.sites.interior[1])
    limits = padded(list(curves.values()), 1.0)
    panel = Panel(LEFT, 34.0, PLOT, 150.0, span, limits)
    marks: list[Mark] = filter_marks(panel, parts.sites)
    columns: dict[str, Any] = {"z_A": column(z)}
    entries = []
    for (ion, file), values in curves.items():
        style = f"{'dash' if file in ('near', 'empty') else 'line'} {ion}"
        marks.append(curve(panel, z, values, style))
        columns[f"ddG_started_{ion}_{file}_kcal_mol"] = column(values)
        entries.append((style, f"{ion_label(ion)}, {file}"))
    columns["scatter_of_a_replica_kcal_mol"] = column(scatter / KCAL)
    marks += frame(panel, Z_LABEL, "ΔΔG(z), kcal/mol") + kj_axis(panel)
    marks += key(entries, panel.left - 20, panel.bottom + 48.0, 8.0)
    stacked = np.stack(list(curves.values()))
    apart = (stacked.max(axis=0) - stacked.min(axis=0))[inside]
    known = apart[np.isfinite(apart)]
    widest = float(known.max()) if known.size else math.nan
    text = f"Over the interior they lie at most {words.plain(widest)} kcal/mol apart."
    return Figure(
        "starts",
        "Forward and backward starts",
        "ΔΔG(z) of replicas by the ion and by the single file that they started with: where curves "
        "differ, the replicas still remember how they began. "
        f"{text} One replica scatters by {words.plain(_typical(scatter, inside))} kcal/mol about "
        f"its kind ({dof} degrees of freedom).",
        f"ΔΔG over z for {len(curves)} kinds of start. {text}",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def _typical(scatter: np.ndarray, inside: np.ndarray) -> float:
    values = scatter[inside & np.isfinite(scatter)] / KCAL
    return float(np.median(values)) if values.size else math.nan


def replicas_figure(
    name: str, title: str, values: np.ndarray, starts: tuple[list[str], list[str]]
) -> Figure:
    """One number of every replica by how it started; mean with its 95 % band.

    ``values`` in kJ/mol; ``starts`` are the starting ions and the starting files.
    """
    estimate, number = Estimate.from_replicas(values), np.arange(values.size)
    mean, half = estimate.value / KCAL, estimate.half_width() / KCAL
    ends = [values / KCAL]
    if math.isfinite(half):
        ends.append(np.array([mean - half, mean + half]))
    panel = Panel(LEFT, 14.0, PLOT, 150.0, (-0.5, values.size - 0.5), padded(ends, 0.1))
    marks: list[Mark] = []
    if math.isfinite(half):
        low, high = np.full(2, mean - half), np.full(2, mean + half)
        marks += band(panel, np.array(panel.x), low, high, "band grey")
    if math.isfinite(mean):
        marks.append(level(panel, mean, "dash ink"))
    ions, files = starts
    for ion in dict.fromkeys(ions):
        mine = np.array([i == ion for i in ions]) & np.isfinite(values)
        points = np.stack([panel.at_x(number[mine]), panel.at_y(values[mine] / KCAL)], axis=1)
        marks.append(dots(points, f"dots {ion}", 8.0))
    for kind in ("near", "empty"):  # started close about X: a hole in the dot
        mine = np.array([f == kind for f in files]) & np.isfinite(values)
        if 0 < mine.sum() < values.size:
            points = np.stack([panel.at_x(number[mine]), panel.at_y(values[mine] / KCAL)], axis=1)
            marks.append(dots(points, "dots paper", 3.2))
    marks += frame(panel, "replica", "kcal/mol", whole=True) + kj_axis(panel)
    entries = [(f"dots {ion}", f"started as {ion_label(ion)}") for ion in dict.fromkeys(ions)]
    marks += key([*entries, ("dash ink", "mean, 95 %")], panel.left - 20, panel.bottom + 48.0, 10.0)
    found = _agreements(values, ions, files)
    return Figure(
        name,
        title,
        f"Every replica by how it started, with the mean and its 95 % interval. {found}",
        f"Values of {values.size} replicas between {words.plain(float(np.nanmin(values)) / KCAL)} "
        f"and {words.plain(float(np.nanmax(values)) / KCAL)} kcal/mol. {found}"
        if np.isfinite(values).any()
        else "No replica gave a number.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        {
            "replica": [int(n) for n in number],
            "started_as": ions,
            "file_started": files,
            "value_kcal_mol": column(values / KCAL),
        },
    )


def _agreements(values: np.ndarray, ions: list[str], files: list[str]) -> str:
    """How far forward and backward starts, and near and far files, lie apart."""
    texts = []
    for name, starts in (("of the ion", ions), ("of the file (hollow: close about X)", files)):
        kinds = sorted(set(starts))
        z = start_agreement(values, starts).z if len(kinds) == 2 else math.nan
        if math.isfinite(z):
            texts.append(f"Forward and backward starts {name} differ by {abs(z):.1f} standard "
                         "errors.")  # fmt: skip
    return " ".join(texts)


def running_figure(running: Running, final: float) -> Figure:
    """RT ln of the headline as sampling went on."""
    value, half = running.value / KCAL, np.nan_to_num(running.half_width) / KCAL
    panel = Panel(LEFT, 14.0, PLOT, 150.0, (0.0, 1.04), padded([value - half, value + half], 0.1))
    marks = band(panel, running.fraction, value - half, value + half, "band K")
    marks.append(curve(panel, running.fraction, value, "line K"))
    points = np.stack([panel.at_x(running.fraction), panel.at_y(value)], axis=1)
    marks.append(dots(points[np.isfinite(value)], "dots K", 7.0))
    if math.isfinite(final):
        marks.append(level(panel, final / KCAL, "dash ink"))
    marks += frame(panel, "share of the samples", "kcal/mol") + kj_axis(panel)
    marks += key([("line K", "up to there, 95 %"), ("dash ink", "all samples")], panel.left,
                 panel.bottom + 48.0)  # fmt: skip
    listed = ", ".join(
        f"{100 * f:.0f} %: {words.plain(v)}" for f, v in zip(running.fraction, value, strict=True)
    )
    return Figure(
        "running",
        "The headline as sampling went on",
        "RT ln of the ratio from the first part of every replica's samples.",
        f"RT ln of the ratio in kcal/mol by share of the samples: {listed}.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        {
            "share": column(running.fraction),
            "value_kcal_mol": column(value),
            "half_width_95_kcal_mol": column(running.half_width / KCAL),
        },
    )


def leg_figure(leg: Leg, ions: tuple[str, str]) -> Figure:
    """ΔG of every replica of a system without windows."""
    a, b = (ion_label(ion) for ion in ions)
    starts = ([s.start_ion for s in leg.replicas], [s.start_file for s in leg.replicas])
    return replicas_figure(f"replicas-{leg.name}", f"ΔG({a} → {b}) of {leg.name}", leg.values,
                           starts)  # fmt: skip
