"""The HTML page of a report: one file that holds its figures and loads nothing."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.validation.judge import AGREE
from selectivity.validation.records import MARKS, Outcome, Section
from selectivity.validation.summary import chance_lines, failures, scores, section_counts
from selectivity.validation.table import (
    VERDICTS,
    Report,
    allowed_text,
    computed_text,
    source_text,
    target_text,
    z_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEMPLATE = Path(__file__).with_name("page.html.j2")
ENOUGH = 8
"""Rows with a z that make a histogram."""


def page(report: Report) -> str:
    """The page as text."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    figures = [score_figure(report.outcomes)] if scores(report.outcomes).size >= ENOUGH else []
    return template.render(
        **report.provenance,
        counts=report.counts,
        summary=_summary(report),
        verdicts=VERDICTS,
        chance=chance_lines(report.outcomes),
        stopped=report.stopped,
        marks=MARKS,
        failing=[_row(o) for o in failures(report)],
        figures=[svg(figure) for figure in figures],
        sections=[_section(report, section) for section in report.sections],
    )


def _summary(report: Report) -> list[tuple[str, str, list[int]]]:
    """Anchor, title and rows by verdict of every section; none for the sum of all."""
    names = [*(section.name for section in report.sections), ""]
    counted = section_counts(report)
    return [(name, title, n) for name, (title, n) in zip(names, counted, strict=True)]


def _section(report: Report, section: Section) -> dict[str, Any]:
    outcomes = [o for o in report.outcomes if o.row.section == section.name]
    shared = {source_text(row) for row in section.rows}
    drawn = [o for o in outcomes if math.isfinite(share(o))]
    return {
        "name": section.name,
        "title": section.title,
        "text": section.text,
        "source": shared.pop() if len(shared) == 1 else "",
        "rows": [_row(outcome) for outcome in outcomes],
        "undrawn": report.provenance.get("undrawn", {}).get(section.name, ""),
        "figures": [
            svg(figure)
            for figure in (
                *([deviation_figure(drawn)] if drawn else []),
                *report.figures.get(section.name, []),
            )
        ],
    }


def _row(outcome: Outcome) -> dict[str, str]:
    row, c = outcome.row, outcome.computed
    remarks = [outcome.reason, c.note if c else "", "stored" if outcome.stored else ""]
    if c is not None and math.isfinite(c.n_eff):
        remarks.append(f"N_eff {c.n_eff:.3g}")
    return {
        "id": row.id,
        "title": row.title,
        "unit": row.unit,
        "verdict": outcome.verdict,
        "target": target_text(outcome),
        "computed": computed_text(outcome),
        "z": z_text(outcome),
        "allowed": allowed_text(outcome),
        "reason": outcome.reason,
        "remarks": "; ".join(part for part in remarks if part),
        "source": source_text(row),
    }


def share(outcome: Outcome) -> float:
    """Deviation from the target as a share of what is allowed; beyond ±1 the row fails.

    z/3 where z decides, the difference over the tolerance where that does, ln p over ln of the
    least p for a p-value; nan for rows that are not held against a value.
    """
    target, c, reference = outcome.row.target, outcome.computed, outcome.target
    if c is None or not math.isfinite(c.value):
        return math.nan
    if outcome.row.unit == "p":
        return math.log(max(c.value, 1e-300)) / math.log(target.low)
    if reference is None:
        return math.nan
    if target.criterion == "z":
        return outcome.z / AGREE
    if target.criterion in ("absolute", "relative"):
        scale = abs(reference) if target.criterion == "relative" else 1.0
        return (c.value - reference) / (target.tolerance * scale)
    return math.nan


def deviation_figure(outcomes: Sequence[Outcome]) -> Figure:
    """Every row's deviation as a share of what is allowed, with its standard error."""
    from selectivity.report.style import BAD, GOOD, GREY, LIGHT, new_figure, open_frame, tidy

    many = len(outcomes) > MANY
    figure = new_figure(8.0, 1.0 + (0.05 if many else 0.17) * len(outcomes))
    ax: Axes = figure.add_subplot()
    ax.axvspan(-1.0, 1.0, color=LIGHT, lw=0, zorder=0)
    ax.axvline(0.0, color=GREY, lw=0.7, zorder=1)
    for y, outcome in enumerate(outcomes):
        x = share(outcome)
        colour = {"pass": GOOD, "fail": BAD}.get(outcome.verdict, GREY)
        beyond = abs(x) > EDGE
        marker = "o" if not beyond else (">" if x > 0 else "<")
        ax.plot(float(np.clip(x, -EDGE, EDGE)), y, marker, color=colour, ms=2.5 if many else 4)
    named = [y for y, o in enumerate(outcomes) if not many or abs(share(o)) > NOTABLE]
    ax.set_yticks(named, [outcomes[y].row.title for y in named])
    ax.set_ylim(len(outcomes) - 0.4, -0.6)
    ax.set_xlim(-1.1 * EDGE, 1.1 * EDGE)
    tidy(ax, "", "deviation as a share of what is allowed")
    open_frame(ax)
    return figure


EDGE = 2.0
"""Deviations beyond it are drawn at the edge, as arrows."""
MANY = 60
"""Rows beyond which only those are named that lie off by more than NOTABLE."""
NOTABLE = 0.8


def score_figure(outcomes: Sequence[Outcome]) -> Figure:
    """Histogram of all z beside the normal density that they follow where all is right."""
    from selectivity.report.style import GOOD, new_figure, open_frame, tidy

    z = scores(outcomes)
    figure = new_figure(5.0, 2.6)
    ax: Axes = figure.add_subplot()
    edges = np.linspace(-5.0, 5.0, 21)
    ax.hist(np.clip(z, -5.0, 5.0), edges.tolist(), color=GOOD, alpha=0.6)
    x = np.linspace(-5.0, 5.0, 201)
    density = np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi)
    ax.plot(x, z.size * 0.5 * density, color="black", lw=1.0)
    tidy(ax, f"z of {z.size} rows and the normal density", "z", "rows")
    open_frame(ax)
    return figure


def svg(figure: Figure) -> Any:
    """A figure as the text of an SVG element, safe to put into the page."""
    from markupsafe import Markup
    from matplotlib import rc_context

    stream = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "selectivity"}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    return Markup(text[re.search("<svg", text).start() :])  # type: ignore[union-attr]
