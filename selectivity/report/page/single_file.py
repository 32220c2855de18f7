"""Where the rest of the single file stands, and how many waters an open file holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from selectivity.estimators.convergence import ADVISED_WATER_TRIPS
from selectivity.estimators.weights import (
    bin_of,
    binned_means,
    normalised,
    replica_error,
    replica_mean,
)
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
from selectivity.report.page.canvas import Canvas, Figure, Mark, Table, label, path
from selectivity.report.page.material import FilterParts
from selectivity.report.page.profiles import LEFT, PLOT, Z_LABEL
from selectivity.report.style import half_widths


def member_places(parts: FilterParts) -> dict[tuple[str, str], np.ndarray]:
    """Mean z of every member of the file by (ion, member) along z of X, shape (R, B), Å."""
    z = parts.profiles.z
    rows: dict[tuple[str, str], list[np.ndarray]] = {}
    for samples, weights in zip(parts.replicas, parts.weights, strict=True):
        which = bin_of(samples.z.ravel(), z)
        for ion, log_w in weights.log_weights(samples).items():
            w = normalised(which, log_w, z.size)
            for member, places in samples.file_z.items():
                mean = binned_means(which, w, places.ravel(), z.size)
                rows.setdefault((ion, member), []).append(mean)
    return {name: np.stack(found) for name, found in rows.items()}


def member_name(member: str) -> str:
    """``0:K`` and ``1:W`` in words."""
    symbol = member.split(":")[1]
    return "water" if symbol == "W" else f"resident {ion_label(symbol)}"


def file_figure(parts: FilterParts) -> Figure | None:
    """Mean places of resident ions and waters while X stands at z; None where X is alone."""
    found = member_places(parts)
    if not found:
        return None
    z, replicas = parts.profiles.z, parts.profiles.replicas
    means = {name: replica_mean(rows) for name, rows in found.items()}
    span = (float(z[0]), float(z[-1]))
    panel = Panel(LEFT, 34.0, PLOT, 220.0, span, padded([*means.values(), z], 1.0))
    marks: list[Mark] = filter_marks(panel, parts.sites)
    marks += _planes(panel, parts)
    marks.append(curve(panel, z, z, "fine ink"))
    columns: dict[str, Any] = {"z_A": column(z)}
    for (ion, member), mean in means.items():
        error = replica_error(found[ion, member])
        half = half_widths(mean, error, replicas)
        kind = "dash" if member.endswith(":W") else "line"
        marks += band(panel, z, mean - half, mean + half, f"band {ion}")
        marks.append(curve(panel, z, mean, f"{kind} {ion}"))
        name = member.replace(":", "_")
        columns[f"{name}_while_X_is_{ion}_z_A"] = column(mean)
        columns[f"{name}_while_X_is_{ion}_half_width_95_A"] = column(half)
    marks += frame(panel, Z_LABEL, "z of the others, Å")
    ions = list(dict.fromkeys(ion for ion, _ in means))
    entries = [(f"line {ion}", f"X = {ion_label(ion)}") for ion in ions]
    entries += [("line grey", "ions"), ("dash grey", "waters"), ("fine ink", "X")]
    marks += key(entries, panel.left - 25, panel.bottom + 48.0, 9.0)
    return Figure(
        "file",
        "The rest of the single file",
        f"Mean places of resident ions (solid) and waters (dashed) of {parts.composition} while "
        "the sampled ion X, dotted, stands at z, 95 % bands. What moves with X lies along it.",
        "Mean places in the middle of the interior. " + _in_words(parts, means),
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        columns,
    )


def _planes(panel: Panel, parts: FilterParts) -> list[Mark]:
    """Planes across the panel, for the places of the others."""
    marks = []
    for name, z in parts.sites.planes.items():
        if panel.y[0] < z < panel.y[1]:
            y = float(panel.at_y(z))
            marks.append(path([(panel.left, y), (panel.right, y)], "thin faint"))
            marks.append(label(panel.right + 3, y + 3.5, name, "text grey", 9.0))
    return marks


def _in_words(parts: FilterParts, means: Mapping[tuple[str, str], np.ndarray]) -> str:
    at = int(np.argmin(np.abs(parts.profiles.z - np.mean(parts.sites.interior))))
    texts = [
        f"with X = {ion_label(ion)} {member_name(member)} {words.plain(mean[at], 1)} Å"
        for (ion, member), mean in means.items()
    ]
    return "; ".join(texts) + "."


def water_table(system: Mapping[str, Any]) -> Table | None:
    """Number of waters in an open file by the site of the ion; None for other files."""
    water = system.get("water")
    if water is None:
        return None
    ions = list(water["n_w"])[:2]
    rows, flags = [], []
    for i, (name, site) in enumerate(water["by_site_of_ion"].items()):
        trips, sweeps = site["round_trips"], words.number(site, "correlation_sweeps")
        counts = [
            words.with_error(words.number(e, "mean"), words.number(e, "error"))
            for e in (site["n_w"][ion] for ion in ions)
        ]
        correlation = f"{sweeps:,.0f}" if math.isfinite(sweeps) else "-"
        start = words.plain(words.number(site, "start_z"), 1)
        turned = "fixed" if trips is None else f"{trips:,}"
        rows.append((name, *counts, correlation, turned, start))
        flags += [i] if trips is not None and trips < ADVISED_WATER_TRIPS else []
    columns = ("ion in", *(f"waters, X = {ion_label(ion)}" for ion in ions),
               "correlation, sweeps", "round trips", "starts")  # fmt: skip
    note = (
        "Waters in the open stretches while the ion is in the site, ± one standard error; round "
        f"trips of their number ({ADVISED_WATER_TRIPS} advised) and the largest difference "
        "between starts in standard errors."
    )
    return Table("Waters in the open file", columns, rows, note, flags)
