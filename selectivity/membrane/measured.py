"""A measured current-voltage curve, read from a CSV file whose header carries the units.

Columns are told apart by their units: one of a voltage, one of a current (or a current density, or
pA/pF), and perhaps a second of the same unit with the standard errors. Accepted headers are
``V (mV)``, ``I [pA]``, ``I / nA``, ``v_mV``; a name with err, sd, se, sem or sigma marks the
errors. Lines that begin with # are left out.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError

Array = NDArray[np.float64]

_VOLTAGES = {"V": 1000.0, "mV": 1.0, "uV": 1e-3}
_CURRENTS = {
    "A": ("pA", 1e12),
    "mA": ("pA", 1e9),
    "uA": ("pA", 1e6),
    "nA": ("pA", 1e3),
    "pA": ("pA", 1.0),
    "fA": ("pA", 1e-3),
    "A/m2": ("A/m²", 1.0),
    "mA/cm2": ("A/m²", 10.0),
    "uA/cm2": ("A/m²", 0.01),
    "nA/cm2": ("A/m²", 1e-5),
    "A/F": ("pA/pF", 1.0),
    "pA/pF": ("pA/pF", 1.0),
}
CONDUCTANCE = {"pA": ("nS", 1.0), "A/m²": ("S/m²", 1000.0), "pA/pF": ("nS/pF", 1.0)}
"""Unit of a current over mV, and the factor from it."""
_ERROR_NAME = re.compile(r"(?:^|[^a-z])(err(or)?|sd|se|sem|std|sigma)(?:[^a-z]|$)", re.I)
_HEADERS = (
    re.compile(r"(?P<name>.*?)\s*[(\[]\s*(?P<unit>[^()\[\]]+?)\s*[)\]]\s*"),
    re.compile(r"(?P<name>[^/]*?)\s*/\s*(?P<unit>.+?)\s*"),
    re.compile(r"(?P<name>.*)_(?P<unit>[^_]+)"),
)


@dataclass(frozen=True, eq=False)
class MeasuredIV:
    """A measured curve: ``v_mV``, ``current`` and ``error`` (or None) of shape (n,), in ``unit``.

    ``unit`` is pA, A/m² or pA/pF; other units of the file were converted.
    """

    v_mV: Array
    current: Array
    error: Array | None
    unit: str
    source: str


@dataclass(frozen=True)
class _Column:
    index: int
    name: str
    unit: str


def read_iv(path: str | Path, column: str | None = None) -> MeasuredIV:
    """Read a measured I-V curve (module docstring).

    Parameters
    ----------
    path : str or Path
        Text with a header and comma, semicolon or tab between cells; with semicolons a decimal
        comma is understood.
    column : str, optional
        Name of the current's column where the file has several.

    Raises
    ------
    InputError
        No such file, a header without units, no column of a voltage or a current, several
        currents, fewer than two rows, or a cell that is no finite number (the message has
        file:line and the column).
    """
    rows, separator = read_rows(path, "file")
    if len(rows) < 3:
        raise InputError(str(path), f"{len(rows)} lines", "has a header and two or more rows")
    place = f"{path}:{rows[0][0]}"
    voltage, current, error = _roles(_columns(rows[0][1], place), place, column)
    wanted = [c for c in (voltage, current, error) if c is not None]
    table = np.array([_numbers(row, wanted, f"{path}:{i}", separator) for i, row in rows[1:]])
    unit, factor = _CURRENTS[current.unit]
    spread = None
    if error is not None:
        spread = table[:, 2] * _CURRENTS[error.unit][1]
        if not (spread > 0.0).all():
            raise InputError(f"{path}: {error.name}", float(spread.min()), "is above zero")
    return MeasuredIV(
        v_mV=table[:, 0] * _VOLTAGES[voltage.unit],
        current=table[:, 1] * factor,
        error=spread,
        unit=unit,
        source=str(path),
    )


def read_rows(path: str | Path, place: str) -> tuple[list[tuple[int, list[str]]], str]:
    """Cells of each line of a table with the line's number, and what separates them.

    Tab, semicolon or comma, the first that the first line holds. Empty lines and lines that begin
    with # are left out; ``place`` names the file in an InputError.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(place, str(path), f"can be read as text: {fault}") from None
    lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(i, line) for i, line in lines if not line.lstrip().startswith("#")]
    separator = next((s for s in ("\t", ";", ",") if lines and s in lines[0][1]), ",")
    return [(i, next(csv.reader([line], delimiter=separator))) for i, line in lines], separator


def number_text(cell: str, separator: str) -> str:
    """A cell with a decimal point and a plain minus; between semicolons a comma is decimal."""
    text = cell.strip().replace("−", "-")
    return text.replace(",", ".") if separator == ";" else text


def _columns(header: list[str], place: str) -> list[_Column]:
    """Columns whose header carries a unit of this module; others are passed over."""
    found = []
    for index, cell in enumerate(header):
        cell = re.sub(r"_A_m2$", " (A/m2)", cell.strip())
        for pattern in _HEADERS:
            match = pattern.fullmatch(cell)
            unit = _plain(match["unit"]) if match else ""
            if match and (unit in _VOLTAGES or unit in _CURRENTS):
                found.append(_Column(index, match["name"].strip(), unit))
                break
    if not found:
        remedy = 'write it as in "V (mV), I (pA)"'
        raise InputError(place, ", ".join(header), "has units in the header", remedy)
    return found


def _plain(unit: str) -> str:
    text = unit.strip().replace("µ", "u").replace("μ", "u").replace("²", "2")
    return re.sub(r"[\^*\s]", "", text)


def _roles(
    columns: list[_Column], place: str, wanted: str | None
) -> tuple[_Column, _Column, _Column | None]:
    volts = [c for c in columns if c.unit in _VOLTAGES and not _ERROR_NAME.search(c.name)]
    if len(volts) != 1:
        rule = f"has one column of a voltage ({', '.join(_VOLTAGES)})"
        raise InputError(place, [c.name for c in volts], rule, 'such as "V (mV)"')
    others = [c for c in columns if c.unit in _CURRENTS]
    errors = [c for c in others if _ERROR_NAME.search(c.name)]
    currents = [c for c in others if c not in errors]
    if wanted is not None:
        currents = [c for c in currents if c.name == wanted]
    if len(currents) != 1:
        names = [c.name for c in others]
        rule = "has one column of a current" if wanted is None else f"has the current {wanted!r}"
        raise InputError(place, names, rule, 'such as "I (pA)"; name one of several as the column')
    own = [c for c in errors if _CURRENTS[c.unit][0] == _CURRENTS[currents[0].unit][0]]
    if len(own) > 1:
        own = [c for c in own if currents[0].name.lower() in c.name.lower()]
        if len(own) != 1:
            names = [c.name for c in errors]
            raise InputError(place, names, "has one column of errors for the current")
    return volts[0], currents[0], own[0] if own else None


def _numbers(row: list[str], columns: list[_Column], place: str, separator: str) -> list[float]:
    found = []
    for column in columns:
        cell = row[column.index].strip() if column.index < len(row) else ""
        try:
            value = float(number_text(cell, separator))
        except ValueError:
            value = float("nan")
        if not np.isfinite(value):
            raise InputError(f"{place}: {column.name}", cell, "is a finite number")
        found.append(value)
    return found
