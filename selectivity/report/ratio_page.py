"""The page of ``selectivity ratio``, from the record that ``--json`` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selectivity.estimators.convergence import MAX_START_Z, MIN_ROUND_TRIPS
from selectivity.permeation.amides import amide_caveat
from selectivity.permeation.measured import (
    FORCE_FIELD_CAVEAT,
    INTERIOR_ONLY,
    Measurement,
    compare,
    measurements,
)
from selectivity.records import Interval
from selectivity.report import words
from selectivity.report.layout import Say, bullets, heading, line, table
from selectivity.units import KCAL

if TYPE_CHECKING:
    from rich.console import RenderableType

Record = Mapping[str, Any]

CHANNELS = {"kcsa": "KcsA"}
"""Measured channel of a structure, by its name."""
OPEN = "gc"
"""Place of a composition in which the number of waters fluctuates."""
IN_GENERAL = "K+ channels in general"
DRY_LIMIT = "dry limit: mostly dehydration, not a KcsA prediction"


def ratio_parts(record: Record, say: Say) -> list[RenderableType]:
    """Everything above the closing lines, from the facts of the system to the verdict.

    Parameters
    ----------
    record : mapping
        As ``selectivity ratio --json`` prints it: one filter at top level, all in ``systems``.
    say : callable
        :func:`selectivity.report.layout.as_is` or :func:`selectivity.report.words.ascii_text`.
    """
    parts = [*_facts(record, say), *_ratios(record, say), *_beside(record, say)]
    parts += _sites(record, say)
    parts += _order(record, say)
    parts += _systems(record, say)
    parts += _measured(record, say)
    parts += [heading(say, "What the number is"), bullets(say, limits(record))]
    parts += [heading(say, "Sampling"), bullets(say, sampling(record))]
    reasons = record.get("reasons") or ()
    warnings = [text for text in record.get("warnings") or () if text not in reasons]
    if warnings:
        parts += [heading(say, "Warnings"), bullets(say, warnings, "yellow")]
    return parts


def _pair(record: Record) -> tuple[str, str]:
    a, b = record["ions"]
    return a, b


def _facts(record: Record, say: Say) -> list[RenderableType]:
    a, b = _pair(record)
    low, high = record["interior_A"]
    facts = [
        f"structure {record['structure']}" if record.get("structure") else "",
        str(record.get("forcefield") or ""),
        words.tether_text(record.get("tether")),
        words.kelvin(record["temperature_K"]),
        f"{record['replicas']} replicas",
    ]
    return [
        line(say, f"P_{a}/P_{b} of {record['system']}, {record['composition']}", "bold"),
        line(say, " · ".join(fact for fact in facts if fact)),
        line(say, f"interior {words.plain(low)} … {words.plain(high)} Å, fixed before sampling"),
    ]


def _ratios(record: Record, say: Say) -> list[RenderableType]:
    a, b = _pair(record)
    ratio = record["ratio"]
    rows = table(say, (f"P_{a}/P_{b}", "value", "95 %", "RT ln, kJ/mol", "kcal/mol"))
    energies = {
        "integral_levelled": ("levelled integral *", "ddg_integral_kJ_mol"),
        "barrier_levelled": ("levelled barrier", "ddg_barrier_kJ_mol"),
        "integral": ("integral as sampled", "ddg_integral_sampled_kJ_mol"),
        "barrier": ("barrier as sampled", "ddg_barrier_sampled_kJ_mol"),
    }
    for key, (name, energy) in energies.items():
        value, low, high = words.interval_texts(ratio[key])
        units = words.energies(record.get(energy), "value", "error")
        style = "bold" if key == record["headline"] else ""
        rows.add_row(*map(say, (name, value, f"{low}-{high}", *units)), style=style)
    variant = record["diffusion_ratio"]
    others = (
        (f"* with D_{a}/D_{b} = {variant['variant']:.2f}", variant["integral_levelled"]),
        ("* plane to plane", ratio.get("plane_to_plane")),
    )
    for name, interval in others:
        if interval is None:
            continue
        value, low, high = words.interval_texts(interval)
        cells = (name, value, f"{low}-{high}", *words.thermal_logarithm(record, interval))
        rows.add_row(*map(say, cells))
    return [heading(say, "Permeability ratio over the interior"), rows]


def _beside(record: Record, say: Say) -> list[RenderableType]:
    """Bounds, tilts, wells, maxima and the bulk leg."""
    a, b = _pair(record)
    bounds, tilt = record["ratio"]["bounds"], record["tilt_sensitivity"]
    low = words.ratio_text(words.number(bounds, "low", 0.0))
    high = words.ratio_text(words.number(bounds, "high", math.inf))
    moves = [
        f"{name} by {words.plain(x)} kJ/mol ({words.plain(x / KCAL)} kcal/mol)"
        for name, x in (
            ("the integral", words.number(tilt, "integral_kJ_mol")),
            ("the barrier", words.number(tilt, "barrier_kJ_mol")),
        )
    ]
    wells = ", ".join(
        f"{w['site']} {words.plain(w['z_A'])} Å" + (" (no well: centre)" if w["at_centre"] else "")
        for w in record["wells"]
    )
    maxima = [_maximum(record, ion) for ion in (a, b)]
    items = [
        f"* headline; D_{a}/D_{b} = {record['diffusion_ratio']['headline']:g}; ± is one standard "
        "error over replicas",
        f"bounds: whatever common f(z) acts on both ions, the ratio lies within {low} to {high}"
        + _residents(record),
        f"tilting f(z) by ±{tilt['tilt_kJ_mol_A'] / KCAL:g} kcal/mol/Å moves RT ln of "
        + " and of ".join(moves),
        f"levelled through the wells: {wells or 'none'}",
        f"levelled maxima: {', '.join(maxima)}",
        f"bulk leg ΔG({a} → {b}) = {words.energy(record['bulk_dg_kJ_mol'], 'value', 'error')}; "
        "the droplet's finite size, some 0.5 kcal/mol, is not in the interval",
    ]
    return [line(say, ""), bullets(say, items)]


def _residents(record: Record) -> str:
    """What the bounds do not cover where ions other than X stand in the file."""
    if all(place in ("X", "W", OPEN) for place in _places(record)):
        return ""
    return " (a field that also moves the resident ions is not covered)"


def _places(record: Record) -> list[str]:
    return str(record["composition"]).strip("[]").split()


def _maximum(record: Record, ion: str) -> str:
    text = f"{ion} {words.plain(words.number(record['barrier_z_A'], ion))} Å"
    return text + (" (on the end: no barrier)" if record["barrier_at_end"].get(ion) else "")


def _sites(record: Record, say: Say) -> list[RenderableType]:
    if not record.get("sites"):
        return []
    a, b = _pair(record)
    title = f"Binding at the sites (not permeation): ΔΔG = W_{b} − W_{a} − bulk, > 0 prefers {a}"
    columns = ("site", "kJ/mol", "kcal/mol", "centre, kJ/mol", "planes beside it, kJ/mol")
    rows = table(say, columns)
    for name, site in record["sites"].items():
        planes = ", ".join(
            f"{plane} {words.plain(words.number(value, 'ddg_kJ_mol'), 1)}"
            for plane, value in site["planes"].items()
        )
        centre = words.energies(site["centre"], "ddg_kJ_mol", "error")[0]
        cells = (name, *words.energies(site, "ddg_kJ_mol", "error"), centre, planes)
        rows.add_row(*map(say, cells))
    return [heading(say, title), rows]


def _order(record: Record, say: Say) -> list[RenderableType]:
    order = record.get("order")
    if not order or len(order["ions"]) < 3:
        return []
    key = next(name for name in order if name.startswith("relative_to_"))
    reference = key.removeprefix("relative_to_")
    rows = table(say, ("ion", f"P_X/P_{reference}", "95 %"))
    for ion in order["ions"]:
        value, low, high = words.interval_texts(order[key][ion])
        rows.add_row(say(ion), value, "" if ion == reference else f"{low}-{high}")
    return [heading(say, "Order of the ions"), rows, line(say, order["text"])]


def _systems(record: Record, say: Say) -> list[RenderableType]:
    systems = record.get("systems") or []
    if len(systems) < 2:
        return []
    a, b = _pair(record)
    columns = ("system", "composition", "set", "tethers", f"P_{a}/P_{b}", "95 %", "conv.")
    rows = table(say, columns, left=4)
    for row in systems:
        value, low, high = words.interval_texts(row["ratio"][row["headline"]])
        mark = " *" if row["system"] == record["system"] else ""
        converged = "yes" if row["converged"] else "NO"
        model = (row["composition"], str(row.get("forcefield", "")), words.tether_short(row))
        rows.add_row(*map(say, (row["system"] + mark, *model, value, f"{low}-{high}", converged)))
    page: list[RenderableType] = [heading(say, "All systems of the run, levelled integral"), rows]
    dry = [row["system"] for row in systems if row["composition"] == "[X]"]
    return [*page, bullets(say, [f"{', '.join(dry)}: {DRY_LIMIT}"])] if dry else page


def measured_beside(record: Record) -> tuple[Measurement, ...]:
    """Measurements that belong beside the headline: of its channel, and of K+ channels."""
    a, b = _pair(record)
    names = (CHANNELS.get(str(record.get("structure"))), IN_GENERAL)
    return tuple(m for name in names if name for m in measurements(a, b, name))


def _measured(record: Record, say: Say) -> list[RenderableType]:
    found = record["ratio"][record["headline"]]
    value = words.number(found, "value")
    beside = measured_beside(record)
    if not beside or not math.isfinite(value):
        return []
    computed = Interval(
        value, words.number(found, "low", 0.0), words.number(found, "high", math.inf)
    )
    items = []
    for m in beside:
        unchecked = "" if m.mark == "text" else " (figure not checked at its source)"
        items.append(f"{m}: the computed interval is {compare(computed, m).verdict}{unchecked}")
    items.append("one number that agrees with an experiment proves little")
    return [heading(say, "Measured"), bullets(say, items)]


def limits(record: Record) -> list[str]:
    """What the ratio is conditional on, and what it does not hold."""
    refused = record.get("departures_refused")
    departures = f"; departures refused: {refused:,}" if refused is not None else ""
    held = "the number and the order of what stands in the file"
    if OPEN in _places(record):
        held = "the ions and their order, the number of waters between them is an output"
    items = [
        f"conditional on the composition {record['composition']}: end walls hold {held}"
        f"{departures}",
        "the 95 % interval is statistical only: it says nothing of the model",
    ]
    return items + list(record.get("notes") or _notes(record))


def _notes(record: Record) -> list[str]:
    """What stands beside a ratio whose record is older than its notes."""
    caveat = amide_caveat(
        str(record.get("forcefield")), *_pair(record), temperature_K=record["temperature_K"]
    )
    return [INTERIOR_ONLY, FORCE_FIELD_CAVEAT, caveat]


def sampling(record: Record) -> list[str]:
    """Round trips, agreement of starts and flips of the headline, in words."""
    a, b = _pair(record)
    start = words.number(record, "start_z")
    agreement = (
        f"starts as {a} and as {b} differ by {words.plain(start, 1)} standard errors "
        f"({MAX_START_Z:g} allowed)"
    )
    items = [
        f"{record['round_trips']} round trips {a} ↔ {b} in the slowest window or the droplet "
        f"({MIN_ROUND_TRIPS} required)",
        agreement if math.isfinite(start) else "starts cannot be compared",
    ]
    file = words.number(record, "file_start_z")
    if math.isfinite(file):
        began = "empty and full" if OPEN in _places(record) else "near and far from X"
        items.append(
            f"files started {began} differ by {words.plain(file, 1)} standard errors "
            f"({MAX_START_Z:g} allowed)"
        )
    if record.get("flips") is not None:
        items.append(f"{record['flips']} carbonyl flips")
    return items
