"""Whether the samples suffice: overlap, round trips, replicas and starts, drift of the energy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from selectivity.errors import NotConvergedError
from selectivity.estimators.convergence import MIN_OVERLAP, MIN_ROUND_TRIPS
from selectivity.estimators.mixing import window_round_trips
from selectivity.estimators.separable import solve_windows
from selectivity.estimators.starts import start_agreement
from selectivity.plotting import ion_label
from selectivity.records import Estimate
from selectivity.report import words
from selectivity.report.page.axes import (
    SMALL,
    WIDTH,
    Panel,
    band,
    column,
    curve,
    frame,
    key,
    kj_axis,
    level,
    padded,
)
from selectivity.report.page.canvas import (
    Canvas,
    Figure,
    Mark,
    Section,
    Table,
    dots,
    label,
    path,
    rectangle,
)
from selectivity.report.page.material import FilterParts, Leg, Material
from selectivity.report.page.profiles import LEFT, PLOT
from selectivity.report.ratio_page import sampling
from selectivity.report.running import Running, first_samples
from selectivity.units import KCAL

OVERLAP_SAMPLES = 200
"""A window and replica: the overlap matrix is a picture, what decides uses all samples."""
SHOWN = 0.005


def overlap_matrix(parts: FilterParts) -> np.ndarray | None:
    """Overlap of all windows, mean over replicas, from thinned samples; None where they fall apart.

    O_kl: the probability that a sample of window k could have come from window l.
    """
    try:
        found = [
            solve_windows(first_samples(samples, 1.0, OVERLAP_SAMPLES)).overlap
            for samples in parts.replicas
        ]
    except NotConvergedError:
        return None
    return np.mean(found, axis=0)


def overlap_figure(parts: FilterParts) -> Figure | None:
    """The overlap matrix as squares whose darkness is the overlap."""
    matrix = overlap_matrix(parts)
    if matrix is None:
        return None
    centers = parts.replicas[0].centers
    n, top = centers.size, 14.0
    side = min(330.0, PLOT) / n
    marks: list[Mark] = []
    for i in range(n):
        for j in range(n):
            if matrix[i, j] >= SHOWN:
                x, y = LEFT + j * side, top + i * side
                shade = min(1.0, 0.08 + 1.1 * float(matrix[i, j]) ** 0.7)
                marks.append(rectangle(x, y, x + side, y + side, "fill K", shade))
                if n <= 10:
                    ink = "text paper" if shade > 0.55 else "text ink"
                    marks.append(label(x + 0.5 * side, y + 0.5 * side + 3.5,
                                       f"{matrix[i, j]:.2f}", ink, SMALL, "middle"))  # fmt: skip
    end = top + n * side
    marks.append(path([(LEFT, top), (LEFT, end), (LEFT + n * side, end)], "thin grey"))
    for k in range(0, n, max(1, n // 8)):
        at = (k + 0.5) * side
        text = words.plain(float(centers[k]), 1)
        marks.append(label(LEFT - 5, top + at + 3.5, text, "text grey", SMALL, "end"))
        marks.append(label(LEFT + at, end + 14, text, "text grey", SMALL, "middle"))
    marks.append(label(LEFT + 0.5 * n * side, end + 30, "centre of the window, Å", "text ink",
                       11.0, "middle"))  # fmt: skip
    neighbours = np.minimum(np.diag(matrix, 1), np.diag(matrix, -1))
    columns: dict[str, Any] = {"center_A": column(centers)}
    columns |= {f"overlap_with_{k}": column(matrix[:, k]) for k in range(n)}
    return Figure(
        "overlap",
        "Overlap of the windows",
        "O(k, l), the probability that a sample of window k (rows) could have come from window l; "
        f"mean over replicas, from up to {OVERLAP_SAMPLES} samples a window. Neighbours need "
        f"{MIN_OVERLAP:g}.",
        f"Overlap matrix of {n} windows. Neighbouring windows overlap by {neighbours.min():.2f} "
        f"to {neighbours.max():.2f}; {MIN_OVERLAP:g} is required.",
        Canvas(WIDTH, end + 38.0, tuple(marks)),
        columns,
    )


def trips_figure(parts: FilterParts) -> Figure:
    """Identity round trips of every window and exchange with the next."""
    a, b = parts.result.a, parts.result.b
    centers = parts.replicas[0].centers
    trips = window_round_trips(parts.replicas, a, b)
    gap = float(centers[1] - centers[0])
    span = (float(centers[0]) - 0.6 * gap, float(centers[-1]) + 0.6 * gap)
    panel = Panel(LEFT, 14.0, PLOT, 150.0, span, (0.0, 1.15 * max(MIN_ROUND_TRIPS, trips.max())))
    marks: list[Mark] = []
    for z, n in zip(centers, trips, strict=True):
        left, right = (float(panel.at_x(z + s * 0.4 * gap)) for s in (-1, 1))
        style = "pale good" if n >= MIN_ROUND_TRIPS else "fill bad"
        marks.append(rectangle(left, float(panel.at_y(n)), right, panel.bottom, style))
    marks.append(level(panel, MIN_ROUND_TRIPS, "dash ink"))
    marks += frame(panel, "centre of the window, Å", "round trips")
    marks += key([("dash ink", f"required: {MIN_ROUND_TRIPS}")], panel.left, panel.bottom + 48.0)
    tried = np.sum([s.exchange_tried for s in parts.replicas], axis=0)
    accepted = np.sum([s.exchange_accepted for s in parts.replicas], axis=0)
    rate = np.where(tried > 0, accepted / np.maximum(tried, 1), np.nan)
    pair = f"{ion_label(a)} ↔ {ion_label(b)}"
    return Figure(
        "round-trips",
        f"Round trips {pair}",
        "How often the ion went from one end of the ladder of identities to the other and back, "
        "summed over replicas, window by window.",
        f"Round trips {pair} by window: fewest {trips.min()}, most {trips.max()}; "
        f"{MIN_ROUND_TRIPS} are required.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        {
            "center_A": column(centers),
            "round_trips": [int(n) for n in trips],
            "exchange_with_next": column(np.append(rate, np.nan)),
        },
    )


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
        marks += band(panel, np.array(panel.x), *(np.full(2, mean + s * half) for s in (-1, 1)),
                      "band grey")  # fmt: skip
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


def diagnostics_table(material: Material) -> Table:
    """Diagnostics of every system, with the drift of its running energy."""
    rows, flags = [], []
    for i, system in enumerate(material.analysis["systems"]):
        d, windows = system["diagnostics"], "profile" in system
        drift, allowed = material.drift.get(system["system"], (math.nan, math.nan))
        cells = [
            f"{d['round_trips']:,}",
            f"{d['walker_round_trips']:,}" if windows else "-",
            f"{d['z_round_trips']:,}" if windows else "-",
            words.plain(words.number(d, "min_exchange")),
            words.plain(words.number(d, "min_overlap")),
            words.plain(words.number(d, "max_rhat")),
            words.plain(words.number(d, "start_z"), 1),
            f"{drift:.1g} / {allowed:.1g}" if math.isfinite(drift) else "-",
            "ok" if system["converged"] else "NOT OK",
        ]
        rows.append((system["system"], *cells))
        flags += [] if system["converged"] else [i]
    columns = ("system", "trips", "walker", "in z", "exchange", "overlap", "R-hat", "starts",
               "drift / allowed", "verdict")  # fmt: skip
    note = (
        "Trips: identity round trips in the slowest window; walker: the same following the slowest "
        "configuration; in z: of configurations from the first window to the last and back. "
        "Exchange and overlap: lowest of all neighbours. Starts: forward against backward, in "
        "standard errors. Drift: of the running energy against a full recomputation, kJ/mol, in "
        "the systems that this page draws."
    )
    return Table("Diagnostics of all systems", columns, rows, note, flags)


def diagnostics_section(material: Material) -> Section:
    """Figures of the headline, or of every leg, and the table of all systems."""
    blocks: list[Figure | Table] = []
    parts = material.filter
    if parts is not None:
        overlap = overlap_figure(parts)
        blocks += [overlap] if overlap is not None else []
        profiles = parts.profiles
        starts = (list(profiles.start_ions), list(profiles.start_files))
        blocks += [
            trips_figure(parts),
            replicas_figure("replicas", "RT ln of the headline by replica",
                            parts.result.per_replica, starts),
            running_figure(parts.running, parts.result.ddg_integral.value),
        ]  # fmt: skip
    else:
        blocks += [leg_figure(leg, material.ions) for leg in material.legs]
    blocks.append(diagnostics_table(material))
    remarks = sampling(material.ratio) if material.ratio is not None else []
    return Section("diagnostics", "Do the samples suffice?", (), blocks, remarks)
