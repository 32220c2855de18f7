"""A report in short: section by section, what fails and why; and the whole of it as Markdown."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

from selectivity.validation.judge import AGREE
from selectivity.validation.records import MARKS, Outcome
from selectivity.validation.table import (
    VERDICTS,
    Report,
    allowed_text,
    computed_text,
    source_text,
    target_text,
    titled,
    z_text,
)


def section_counts(report: Report) -> list[tuple[str, list[int]]]:
    """Title of every section and its rows by verdict, in the order of ``VERDICTS``; then all."""
    counts = report.by_section
    found = [(section.title, list(counts[section.name].values())) for section in report.sections]
    return [*found, ("all", [report.counts[v] for v in VERDICTS])]


def scores(outcomes: Sequence[Outcome]) -> np.ndarray:
    """z of every row that z decides: standard normal where all is right."""
    z = [o.z for o in outcomes if o.row.target.criterion == "z" and o.computed is not None]
    return np.array([value for value in z if math.isfinite(value)])


def chance_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """What chance alone does in so many rows, and whether all of them together look like it.

    The z of all rows are held against the normal distribution, all p-values against the uniform
    one (Kolmogorov and Smirnov; the rows of one stage share samples, so p is a guide).
    """
    from scipy.stats import kstest, norm

    lines, z = [], scores(outcomes)
    if z.size >= 2:
        expected = z.size * 2.0 * norm.sf(AGREE)
        found, p = int(np.sum(np.abs(z) > AGREE)), kstest(z, "norm").pvalue
        lines.append(
            f"z decides {z.size} rows: {found} beyond {AGREE:g}, {expected:.2g} expected by "
            f"chance; all z against the normal distribution: p = {p:.2g}"
        )
    judged = [o for o in outcomes if o.row.unit == "p" and o.computed is not None]
    if len(judged) >= 2:
        values = np.array([o.computed.value for o in judged if o.computed is not None])
        least = np.array([o.row.target.low for o in judged])
        found, p = int(np.sum(values < least)), kstest(values, "uniform").pvalue
        lines.append(
            f"{values.size} rows are p-values: {found} below their limit, {least.sum():.2g} "
            f"expected by chance; all against the uniform distribution: p = {p:.2g}"
        )
    return lines


def summary_lines(report: Report) -> list[str]:
    """:func:`section_counts` as text in columns."""
    rows = section_counts(report)
    width = max(len(title) for title, _ in rows)
    lines = [f"{'':<{width}}" + "".join(f"{verdict:>10}" for verdict in VERDICTS)]
    for title, counts in rows:
        lines.append(f"{title:<{width}}" + "".join(f"{n or '-':>10}" for n in counts))
    return lines


def closing_lines(report: Report) -> list[str]:
    """Rows by verdict, section by section; which fail and why; what could not be drawn."""
    lines = ["", *summary_lines(report)]
    for text in chance_lines(report.outcomes):
        lines += textwrap.wrap(text, 100)
    if failing := failures(report):
        lines += ["failing:", *(f"  {o.row.id}: {o.reason}" for o in failing)]
    for section, reason in report.provenance.get("undrawn", {}).items():
        lines.append(f"figures of {section} were not drawn: {reason}")
    return lines


def failures(report: Report) -> list[Outcome]:
    """The rows that fail, in their order."""
    return [outcome for outcome in report.outcomes if outcome.verdict == "fail"]


def markdown(report: Report) -> str:
    """The report as a Markdown page: provenance, summary, what fails, every row."""
    p = report.provenance
    versions = ", ".join(f"{name} {version}" for name, version in p["versions"].items())
    lines = [
        "# Validation",
        "",
        f"`{' '.join(p['command'])}`, {p['date']}, commit {p['commit']}, tier {p['tier']}, "
        f"seed {p['seed']}; {versions}; {p['platform']}.",
        "",
        "Marks of sources: " + "; ".join(f"{m} {text}" for m, text in MARKS.items()) + ".",
        "",
        *_table(["section", *VERDICTS], _summary_rows(report)),
    ]
    if failing := failures(report):
        lines += ["", "## What fails", ""]
        lines += [f"- `{o.row.id}`, {o.row.title}: {o.reason}" for o in failing]
    for section in report.sections:
        lines += ["", f"## {section.title}", "", section.text, ""]
        head = ["verdict", "row", "target", "computed", "z", "rule", "source", "remarks"]
        own = (o for o in report.outcomes if o.row.section == section.name)
        lines += _table(head, (_cells(o) for o in own))
    return "\n".join(lines) + "\n"


def _summary_rows(report: Report) -> list[list[str]]:
    return [[title, *(str(n or "-") for n in counts)] for title, counts in section_counts(report)]


def _cells(outcome: Outcome) -> list[str]:
    row, c = outcome.row, outcome.computed
    remarks = "; ".join(part for part in (outcome.reason, c.note if c else "") if part)
    return [
        f"**{outcome.verdict}**" if outcome.verdict == "fail" else outcome.verdict,
        titled(row),
        target_text(outcome),
        computed_text(outcome),
        z_text(outcome),
        allowed_text(outcome),
        source_text(row),
        remarks,
    ]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line("---" for _ in head), *(line(row) for row in rows)]
