"""Outcomes as lines of text, as CSV and as plain data for JSON."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from selectivity.validation.records import Outcome, Row, Section, Verdict

TITLE = 45
"""Columns of a row's title with its unit."""
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "reported", "not run")
COLUMNS = (
    "section", "id", "title", "unit", "criterion", "target", "target_error", "low", "high",
    "tolerance", "beyond", "largest_error", "value", "error", "dof", "n_eff", "z", "verdict",
    "reason", "note", "source", "mark", "tier", "stored", "cpu_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """All outcomes of one command.

    ``provenance`` says what they rest on; ``figures`` holds those of a section by its name.
    """

    outcomes: tuple[Outcome, ...]
    sections: tuple[Section, ...]
    provenance: dict[str, Any]
    stopped: bool = False
    figures: Mapping[str, list[Any]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict."""
        return {v: sum(o.verdict == v for o in self.outcomes) for v in VERDICTS}

    @property
    def by_section(self) -> dict[str, dict[Verdict, int]]:
        """Rows of every section by verdict."""
        found = {section.name: dict.fromkeys(VERDICTS, 0) for section in self.sections}
        for outcome in self.outcomes:
            found[outcome.row.section][outcome.verdict] += 1
        return found

    @property
    def failed(self) -> bool:
        """Whether a row fails."""
        return any(outcome.verdict == "fail" for outcome in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; None where there is no number."""
        return {
            "counts": self.counts,
            "sections": [
                {"name": section.name, "title": section.title, **self.by_section[section.name]}
                for section in self.sections
            ],
            "failed": self.failed,
            "stopped": self.stopped,
            "rows": [row_dict(outcome) for outcome in self.outcomes],
            "provenance": self.provenance,
        }


def row_dict(outcome: Outcome) -> dict[str, Any]:
    """One outcome as plain data."""
    row, target, c = outcome.row, outcome.row.target, outcome.computed
    record = {
        "section": row.section,
        "id": row.id,
        "title": row.title,
        "unit": row.unit,
        "criterion": target.criterion,
        "target": outcome.target,
        "target_error": outcome.target_error if outcome.target is not None else None,
        "low": target.low,
        "high": target.high,
        "tolerance": target.tolerance,
        "beyond": target.beyond,
        "largest_error": target.largest_error,
        "value": c.value if c else None,
        "error": c.error if c else None,
        "dof": c.dof if c else None,
        "n_eff": c.n_eff if c else None,
        "z": outcome.z,
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "note": c.note if c else "",
        "source": row.source,
        "mark": row.mark,
        "tier": row.tier,
        "stored": outcome.stored,
        "cpu_seconds": outcome.cpu_seconds,
    }
    return {
        key: None if isinstance(v, float) and not math.isfinite(v) else v
        for key, v in record.items()
    }


def csv_text(outcomes: Iterable[Outcome]) -> str:
    """A table with a line of column names; empty where there is no number."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row_dict(outcome) for outcome in outcomes)
    return text.getvalue()


def number(value: float | None, error: float = math.nan, digits: int = 7) -> str:
    """A number with as many digits as its error allows, ``-`` where there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    if math.isfinite(error) and error > 0.0:
        places = max(0, 1 - math.floor(math.log10(error)))
        if places <= 8 and abs(value) < 1e7:
            return f"{value:.{places}f}"
    return f"{value:.{digits}g}"


def computed_text(outcome: Outcome) -> str:
    """What was computed, ``-`` where nothing was."""
    c = outcome.computed
    if c is None:
        return "-"
    if outcome.row.target.criterion == "range" and not c.error > 0.0:
        return number(c.value, digits=3)
    return with_error(c.value, c.error)


def with_error(value: float | None, error: float) -> str:
    """``value ± error``; the value alone where its error is zero or unknown."""
    if value is None or not math.isfinite(value):
        return "-"
    if not (math.isfinite(error) and error > 0.0):
        return number(value)
    return f"{number(value, error)} ± {number(error, error)}"


def target_text(outcome: Outcome) -> str:
    """What a row is held against: a value, a range or nothing."""
    target = outcome.row.target
    if target.criterion == "range":
        if math.isinf(target.high):
            return f">= {target.low:g}"
        if math.isinf(target.low):
            return f"<= {target.high:g}"
        return f"{target.low:g} to {target.high:g}"
    if outcome.target is None:
        return "exact" if target.criterion != "reported" else "-"
    return with_error(outcome.target, outcome.target_error)


def allowed_text(outcome: Outcome) -> str:
    """The rule of a row in words."""
    target = outcome.row.target
    by = f" by {target.beyond:g} standard errors" if target.beyond else ""
    return {
        "z": "|z| <= 3",
        "absolute": f"within {target.tolerance:g}",
        "relative": f"within {target.tolerance:g} of it",
        "range": f"in the range{by}",
        "reported": "not judged",
    }[target.criterion]


def z_text(outcome: Outcome) -> str:
    """The normal deviate, or the difference from the target where there is no error."""
    if math.isfinite(outcome.z):
        return f"z {outcome.z:+.1f}"
    c = outcome.computed
    if c is None or outcome.target is None or outcome.row.target.criterion == "range":
        return ""
    return f"d {c.value - outcome.target:+.1g}"


def section_lines(section: Section, say: Callable[[str], str] = str, width: int = 100) -> list[str]:
    """Title, explanation and, where all rows share it, the source; ``say`` as in row_lines."""
    lines = ["", say(section.title), *textwrap.wrap(say(section.text), width)]
    shared = {source_text(row) for row in section.rows}
    if len(shared) == 1:
        lines += textwrap.wrap(say(f"source: {shared.pop()}"), width)
    return lines


def source_text(row: Row) -> str:
    """Source and mark; the mark is that of a target, which an output that is reported lacks."""
    if row.target.criterion == "reported" and row.target.value is None:
        return row.source
    return f"{row.source} [{row.mark}]"


def titled(row: Row) -> str:
    """Title and unit; they fit into ``TITLE`` columns."""
    return f"{row.title}, {row.unit}" if row.unit else row.title


def row_lines(
    outcome: Outcome, section: Section, say: Callable[[str], str] = str, width: int = 100
) -> list[str]:
    """Verdict, title, target, computed and z; then what else there is to say, indented.

    ``say`` turns texts into what the terminal can show.
    """
    row, c = outcome.row, outcome.computed
    title, target = say(titled(row)), say(target_text(outcome))
    computed = say(computed_text(outcome))
    head = f"{outcome.verdict:<8} {title:<{TITLE}} {target:>17} {computed:>19}"
    lines = [f"{head} {z_text(outcome):>7}".rstrip()]
    more = [part for part in (outcome.reason, c.note if c else "") if part]
    if len({source_text(r) for r in section.rows}) > 1 and outcome.verdict != "not run":
        more.append(source_text(row))
    if more or outcome.verdict == "fail":
        text = say("; ".join([row.id, *more]))
        lines += textwrap.wrap(text, width, initial_indent=9 * " ", subsequent_indent=9 * " ")
    return lines


def head_line() -> str:
    """Names of the columns of :func:`row_lines`."""
    return f"{'verdict':<8} {'row':<{TITLE}} {'target':>17} {'computed':>19} {'z':>7}"
