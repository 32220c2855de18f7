"""Whether the samples suffice: overlap, round trips, replicas and starts, drift of the energy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from selectivity.errors import NotConvergedError
from selectivity.estimators.convergence import MIN_OVERLAP, MIN_ROUND_TRIPS
from selectivity.estimators.mixing import window_round_trips
from selectivity.estimators.separable import solve_windows
from selectivity.plotting import ion_label
from selectivity.report import words
from selectivity.report.page.axes import (
    SMALL,
    WIDTH,
    Panel,
    column,
    frame,
    key,
    level,
)
from selectivity.report.page.canvas import (
    Canvas,
    Figure,
    Mark,
    Section,
    Table,
    label,
    path,
    rectangle,
)
from selectivity.report.page.material import FilterParts, Material
from selectivity.report.page.profiles import LEFT, PLOT
from selectivity.report.page.replicas import (
    leg_figure,
    replicas_figure,
    running_figure,
    starts_figure,
)
from selectivity.report.ratio_page import sampling
from selectivity.report.running import first_samples

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
    side = PLOT / n
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
            *([shown] if (shown := starts_figure(parts)) is not None else []),
        ]  # fmt: skip
    else:
        blocks += [leg_figure(leg, material.ions) for leg in material.legs]
    blocks.append(diagnostics_table(material))
    remarks = sampling(material.ratio) if material.ratio is not None else []
    return Section("diagnostics", "Do the samples suffice?", (), blocks, remarks)
