"""All rows, read from the tables of ``sections/``.

A table ``NAME.toml`` holds ``title``, ``text`` and, for rows that do not say otherwise, ``source``
and ``mark``; then ``[[stage]]`` and ``[[row]]``. Both may stand for many: ``cases`` is a list of
small tables, and every one of them gives a row of its own, whose texts are filled in from it
(``"{ion} in {forcefield}"``), whose keys replace those of the row (``target``, ``known``, ...) and
whose other keys are added to ``settings``. A table ``quick``, ``default`` or ``full`` inside
``settings`` changes them from that tier on. Rows that read one stage stand together.
"""

from __future__ import annotations

import importlib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from selectivity.errors import InputError
from selectivity.validation.records import MARKS, TIERS, Row, Section, Stage, Target, Tier

FOLDER = Path(__file__).resolve().parent / "sections"
SECTIONS = (
    "pairs",
    "harmonic",
    "moves",
    "water_moves",
    "ladder",
    "nist",
    "minima",
    "openmm",
    "hydration",
    "cages",
    "hosts",
    "amides",
    "filter",
    "compositions",
    "controls",
    "calibration",
    "witnesses",
)
"""In the order in which they are printed and run."""

_TARGET = ("criterion", "uncertainty", "low", "high", "tolerance", "beyond", "largest_error")
_LISTS = ("needs", "packages")
_TEXTS = ("id", "title", "unit", "source", "mark", "tier", "compute", "stage", "known")
_ROW = {*_TEXTS, *_LISTS, *_TARGET, "target", "settings", "cases"}
_STAGE = {"name", "title", "compute", "run", "settings", "cpu_seconds", "packages", "cases"}

Table = Mapping[str, Any]


def sections(names: tuple[str, ...] = SECTIONS, folder: Path = FOLDER) -> tuple[Section, ...]:
    """The sections of ``names`` in their order.

    Raises
    ------
    InputError
        A table that is wrong: an unknown key, a stage that is not there, an id that stands twice.
    """
    found = tuple(read_section(folder / f"{name}.toml") for name in names)
    ids = [row.id for section in found for row in section.rows]
    for i in {i for i in ids if ids.count(i) > 1}:
        raise InputError("sections", i, "is the id of one row", "give another id")
    return found


def read_section(path: Path) -> Section:
    """One section; raises as :func:`sections`."""
    with path.open("rb") as stream:
        table = tomllib.load(stream)
    name = path.stem
    common: Table = {key: table[key] for key in ("source", "mark") if key in table}
    stages = [
        _stage(name, case)
        for entry in table.get("stage", [])
        for case in _cases(name, entry, _STAGE)
    ]
    rows = [
        _row(name, case)
        for entry in table.get("row", [])
        for case in _cases(name, {**common, **entry}, _ROW)
    ]
    known = {stage.name: stage for stage in stages}
    for row in rows:
        if row.stage is not None and row.stage not in known:
            raise InputError(row.id, row.stage, f"is a stage of {path.name}", "add it")
    order = [None, *known]
    rows.sort(key=lambda row: order.index(row.stage))  # those of one stage stand together
    return Section(name, table["title"], table["text"], tuple(rows), known)


def module_of(section: str) -> ModuleType:
    """The module with the section's functions."""
    return importlib.import_module(f"selectivity.validation.sections.{section}")


def at_tier(settings: Table, tier: Tier) -> dict[str, Any]:
    """Settings as they are in ``tier``: the changes of every tier up to it, in their order."""
    found = {key: value for key, value in settings.items() if key not in TIERS}
    for name in TIERS[: TIERS.index(tier) + 1]:
        found.update(settings.get(name, {}))
    return found


def _cases(section: str, entry: Table, known: set[str]) -> Iterator[dict[str, Any]]:
    """The entry once for every one of its cases, texts filled in."""
    for key in set(entry) - known:
        raise InputError(f"{section}.toml", key, "is not a key of this table", ", ".join(known))
    for case in entry.get("cases", [{}]):
        merged = {key: value for key, value in entry.items() if key != "cases"}
        merged.update({key: value for key, value in case.items() if key in known})
        own = {key: value for key, value in case.items() if key not in known}
        merged["settings"] = {**merged.get("settings", {}), **own}
        yield {key: _filled(value, case) for key, value in merged.items() if key != "settings"} | {
            "settings": merged["settings"]
        }


def _filled(value: Any, case: Table) -> Any:
    if isinstance(value, str):
        return value.format(**case)
    if isinstance(value, list):
        return [_filled(item, case) for item in value]
    return value


def _stage(section: str, entry: dict[str, Any]) -> Stage:
    entry["packages"] = tuple(entry.get("packages", ()))
    if bool(entry.get("run")) == bool(entry.get("compute")):
        raise InputError(f"{section}.toml", entry["name"], "has either compute or run", "")
    return Stage(section=section, **entry)


def _row(section: str, entry: dict[str, Any]) -> Row:
    target = Target(
        value=_number(entry.pop("target", None)),
        **{key: entry.pop(key) for key in _TARGET if key in entry},
    )
    entry["id"] = re.sub(r"[^A-Za-z0-9.+_-]+", "-", f"{section}.{entry['id']}")
    for key in _LISTS:
        entry[key] = tuple(entry.get(key, ()))
    row = Row(section=section, target=target, **entry)
    _check(row)
    return row


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _check(row: Row) -> None:
    target = row.target
    if row.tier not in TIERS:
        raise InputError(row.id, row.tier, f"is one of {', '.join(TIERS)}", "")
    if row.mark not in MARKS:
        raise InputError(row.id, row.mark, f"is one of {', '.join(MARKS)}", "")
    if target.criterion in ("absolute", "relative") and not target.tolerance > 0.0:
        raise InputError(row.id, target.tolerance, "has a tolerance above zero", "")
    if target.criterion == "range" and math.isinf(target.low) and math.isinf(target.high):
        raise InputError(row.id, "no range", "has a low or a high end", "")
