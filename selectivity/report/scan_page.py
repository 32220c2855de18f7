"""The page that ``selectivity scan`` ends with, from the record of ``scan.json``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity.report.console import make_console, voice
from selectivity.report.layout import Say, as_is, bullets, heading, line, table, written
from selectivity.report.scan_plot import axis_label, cell_text, tick_texts
from selectivity.units import KCAL

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Record = Mapping[str, Any]
MOST_ROWS, MOST_COLUMNS = 40, 14
MOST_TOLD = 4


def print_scan(record: Record, folder: str | Path, ascii_only: bool | None = None) -> None:
    """Print the page of a scan.

    Parameters
    ----------
    record : mapping
        ``Scan.as_dict()``, or the same read back from ``scan.json``.
    folder : path
        The scan's folder: the page says where its files lie.
    ascii_only : bool, optional
        Without it, ASCII where the output is no terminal or its encoding is not UTF.
    """
    console = make_console()
    say = voice(console, ascii_only)
    for part in scan_parts(record, say):
        console.print(part)
    console.print()
    text = f"results: {written(console, str(Path(folder) / 'scan.csv'))}, scan.json"
    if any(cell["legs"] for cell in record["cells"]):
        text += ", map.png, map.svg, map.pdf"
    console.print(line(as_is, text), soft_wrap=True)
    console.print(line(say, range_line(record), "bold"))


def scan_parts(record: Record, say: Say) -> list[RenderableType]:
    """The map as a table of winners, or the curve as one of numbers; then what is wrong.

    Parameters
    ----------
    record : mapping
        ``Scan.as_dict()``, or the same read back from ``scan.json``.
    say : callable
    """
    parts: list[RenderableType] = [heading(say, record["title"]), line(say, _what(record))]
    if len(record["axes"]) == 1:
        parts.append(_rows(record, say))
    elif all(
        len(axis["values"]) <= most
        for axis, most in zip(record["axes"], (MOST_COLUMNS, MOST_ROWS), strict=True)
    ):
        parts.append(_grid(record, say))
    parts += _wrong(record, say)
    return parts


def _what(record: Record) -> str:
    a = record["pair"][0]
    states = [cell["state"] for cell in record["cells"]]
    told = f"{record['system']}: {states.count('done')} of {len(states)} cells done"
    for state in ("not converged", "failed", "not finished"):
        if state in states:
            told += f", {states.count(state)} {state}"
    found = f"{told}. The winner has the lowest ΔΔG({a}→X) against bulk; its lead in kcal/mol; "
    return found + "? where a 95 % interval holds zero."


def _rows(record: Record, say: Say) -> Table:
    axis, a = record["axes"][0], record["pair"][0]
    others = [ion for ion in record["ions"] if ion != a]
    five = len(record["ions"]) == 5
    columns = [axis_label(axis), *(f"ΔΔG({a}→{ion}), kJ/mol" for ion in others), "kcal/mol"]
    if len(others) > 1:
        columns = [axis_label(axis), *(f"{a}→{ion}" for ion in others)]
    columns += ["order" if len(others) > 1 else "winner", *(["Eisenman"] if five else []), ""]
    made = table(say, columns)
    for cell, tick in zip(record["cells"], tick_texts(axis), strict=True):
        legs = {leg["to"]: leg for leg in cell["legs"]}
        numbers = [_number(legs.get(ion), "kJ_mol", len(others) == 1) for ion in others]
        if len(others) == 1:
            numbers.append(_number(legs.get(others[0]), "kcal_mol", True))
        winner = cell["winner"] or "-"
        found = " > ".join(cell["order"]) if len(others) > 1 else winner
        found += "" if cell["order_resolved"] or not cell["winner"] else "?"
        state = "" if cell["state"] == "done" else cell["state"]
        end = [*([cell["eisenman"] or "-"] if five else []), state]
        made.add_row(*(say(text) for text in (tick, *numbers, found, *end)))
    return made


def _number(leg: Record | None, unit: str, error: bool) -> str:
    if leg is None or leg[f"ddg_{unit}"] is None:
        return "-"
    digits = 1 if unit == "kJ_mol" else 2
    text = f"{leg[f'ddg_{unit}']:+.{digits}f}"
    return f"{text} ± {leg[f'ddg_error_{unit}']:.{digits}f}" if error else text


def _grid(record: Record, say: Say) -> Table:
    """Rows: the second axis, from its highest value down; columns: the first."""
    first, second = record["axes"]
    made = table(say, [f"{second['label']} \\ {first['label']}", *tick_texts(first)])
    cells = {tuple(cell["index"]): cell for cell in record["cells"]}
    for j in reversed(range(len(second["values"]))):
        row = [cell_text(cells[i, j]).replace("\n", " ") for i in range(len(first["values"]))]
        made.add_row(*(say(text) for text in (tick_texts(second)[j], *row)))
    return made


def _wrong(record: Record, say: Say) -> list[RenderableType]:
    found = [cell for cell in record["cells"] if cell["state"] in ("not converged", "failed")]
    if not found:
        return []
    shared = [r for r in found[0]["reasons"] if all(r in cell["reasons"] for cell in found)]
    shared = shared if len(found) > 1 else []
    texts = [f"all {len(found)}: {reason}" for reason in shared]
    rest = [(c, [r for r in c["reasons"] if r not in shared]) for c in found]
    rest = [(cell, reasons) for cell, reasons in rest if reasons]
    texts += [f"{', '.join(c['values'])}: {'; '.join(reasons)}" for c, reasons in rest[:MOST_TOLD]]
    if len(rest) > MOST_TOLD:
        texts.append(f"and {len(rest) - MOST_TOLD} more, in scan.json")
    return [heading(say, "Cells that are no result"), bullets(say, texts)]


def range_line(record: Record) -> str:
    """The span of ΔΔG over the map, in both units."""
    b = record["pair"][1]
    values = [
        leg["ddg_kJ_mol"] for cell in record["cells"] for leg in cell["legs"] if leg["to"] == b
    ]
    if not values:
        return "no cell has a result yet"
    low, high = min(values), max(values)
    return (
        f"ΔΔG({record['pair'][0]}→{b}) from {low:+.1f} to {high:+.1f} kJ/mol "
        f"({low / KCAL:+.1f} to {high / KCAL:+.1f} kcal/mol)"
    )
