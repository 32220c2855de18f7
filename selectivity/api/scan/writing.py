"""The files of a scan: a table, its JSON and the figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selectivity.api.scan.result import Scan
from selectivity.plotting import FORMATS
from selectivity.storage.files import plain, write_json_atomic, write_text_atomic

TABLE, RECORD, FIGURE = "scan.csv", "scan.json", "map"
_ENERGIES = ("kJ_mol", "error_kJ_mol", "kcal_mol", "error_kcal_mol")


def write_scan(scan: Scan) -> list[Path]:
    """Write table, JSON and figure; returns their paths. The same numbers give the same table."""
    from selectivity.report.scan_plot import scan_figure
    from selectivity.report.style import save_figure

    record = plain(scan.as_dict())
    write_text_atomic(scan.folder / TABLE, table_text(record))
    write_json_atomic(scan.folder / RECORD, record)
    written = [scan.folder / TABLE, scan.folder / RECORD]
    if any(cell.legs for cell in scan.cells):
        figure = scan_figure(record)
        written += [save_figure(figure, scan.folder / f"{FIGURE}{suffix}") for suffix in FORMATS]
    return written


def table_text(record: dict[str, Any]) -> str:
    """The map as CSV, one row a cell; a number that there is none of is an empty field."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    rows = [dict(_row(cell, record)) for cell in record["cells"]]
    header = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(header)
    writer.writerows([_field(row.get(name)) for name in header] for row in rows)
    return stream.getvalue()


def _row(cell: dict[str, Any], record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for axis, i in zip(record["axes"], cell["index"], strict=True):
        number, name = axis["numbers"][i], axis["keys"][0]
        unit = f" ({axis['unit']})" if axis["unit"] else ""
        yield f"{name}{unit}", axis["values"][i] if number is None else number
    yield "state", cell["state"]
    yield "winner", cell["winner"]
    yield "winner_resolved_95", cell["resolved"] if cell["winner"] else None
    for name in ("margin_kJ_mol", "margin_error_kJ_mol", "margin_kcal_mol"):
        yield name, cell[name]
    a = record["pair"][0]
    legs = {leg["to"]: leg for leg in cell["legs"]}
    for ion in record["ions"]:
        if ion == a:
            continue
        for what in ("ddg", "dg", "reference_dg"):
            for energy in _ENERGIES:
                yield f"{what}_{a}_to_{ion}_{energy}", legs.get(ion, {}).get(f"{what}_{energy}")
    yield "order", " > ".join(cell["order"]) or None
    yield "order_resolved_95", cell["order_resolved"] if cell["order"] else None
    if len(record["ions"]) == 5:
        yield "eisenman", cell["eisenman"]
    if record["kind"] == "filter":
        permeation = cell.get("permeation_ddg_kJ_mol") or {}
        yield "permeation_ddg_kJ_mol", permeation.get("value")
        yield "permeation_ddg_error_kJ_mol", permeation.get("error")
    yield "seed", cell["seed"]
    yield "droplet_seed", cell["droplet_seed"]
    yield "folder", cell["folder"]
    yield "reasons", "; ".join(cell["reasons"]) or None


def _field(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
