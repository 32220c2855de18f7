"""Words of results: aligned tables of text and numbers that may be unbounded."""

from __future__ import annotations

import math
from collections.abc import Sequence


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as lines: the first column to the left, the others to the right."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    return [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def fixed(value: float | None, digits: int = 2) -> str:
    """A number with ``digits`` decimals; ``unbounded`` where it is infinite, ``-`` where nan."""
    if value is None or math.isinf(value):
        return "unbounded"
    return "-" if math.isnan(value) else f"{round(value, digits) + 0.0:.{digits}f}"


def kelvin(value: float) -> str:
    """A temperature in both scales."""
    return f"{value:g} K ({value - 273.15:.2f} °C)"
