"""The page of ``selectivity analyse``, from the record that ``--json`` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selectivity.estimators.convergence import (
    ADVISED_RHAT,
    ADVISED_WATER_TRIPS,
    MAX_START_Z,
    MIN_OVERLAP,
    MIN_ROUND_TRIPS,
)
from selectivity.report import words
from selectivity.report.layout import Say, bullets, heading, line, table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Record = Mapping[str, Any]


def analysis_parts(record: Record, say: Say, details: bool = True) -> list[RenderableType]:
    """Alchemical legs of every system, then their diagnostics, then what to look at.

    Parameters
    ----------
    record : mapping
        As ``selectivity analyse --json`` prints it; the systems stand in ``systems``.
    say : callable
    details : bool
        Whether acceptance, refusals and CPU time of every system are shown too.
    """
    systems: Sequence[Record] = record["systems"]
    parts: list[RenderableType] = []
    for system in systems:
        parts += _legs(system, say)
    for system in systems:
        if "water" in system:
            parts += _water(system, say)
    for system in systems:
        if witness := system.get("wham_difference_kJ_mol"):
            found = ", ".join(f"{ion} {words.number(witness, ion):.2g}" for ion in witness)
            text = (
                f"{system['system']}: histogram WHAM differs from MBAR by at most, kJ/mol: {found}"
            )
            parts.append(line(say, text))
    if any("profile" in system for system in systems):
        parts.append(line(say, "a filter's legs run over all its windows, not over a site"))
    parts += [heading(say, "Diagnostics"), _diagnostics(systems, say), line(say, "")]
    parts.append(bullets(say, _key()))
    for system in systems if details else ():
        parts += _moves(system, say)
    notes = [*(record.get("warnings") or ())]
    notes += [
        f"{s['system']}: {text}" for s in systems for text in s["diagnostics"].get("warnings") or ()
    ]
    if notes:
        parts += [heading(say, "Warnings"), bullets(say, notes, "yellow")]
    return parts


def not_converged(record: Record) -> list[str]:
    """Every reason against every system, and what the run still lacks."""
    found = [
        f"{system['system']}: {reason}"
        for system in record["systems"]
        for reason in system["diagnostics"].get("reasons") or ()
    ]
    return found or list(record.get("warnings") or ())


def _legs(system: Record, say: Say) -> list[RenderableType]:
    kind = f"{system['kind']}, {system['forcefield']}, {words.kelvin(system['temperature_K'])}"
    against = any(leg["ddg_kJ_mol"] is not None for leg in system["alchemical"])
    columns = ["leg", "ΔG, kJ/mol"]
    columns += ["bulk ΔG", "ΔΔG, kJ/mol", "kcal/mol"] if against else ["kcal/mol"]
    rows = table(say, [*columns, "trips"])
    for leg in system["alchemical"]:
        own = words.energies(leg, "dg_kJ_mol", "error_kJ_mol")
        cells = [f"{leg['from']} → {leg['to']}"]
        if against:
            bulk = words.energies(leg, "reference_dg_kJ_mol", "reference_error_kJ_mol")[0]
            cells += [own[0], bulk, *words.energies(leg, "ddg_kJ_mol", "ddg_error_kJ_mol")]
        else:
            cells += own
        rows.add_row(*map(say, [*cells, f"{leg['round_trips']:,}"]))
    return [heading(say, f"{system['system']} ({kind})"), rows]


def _water(system: Record, say: Say) -> list[RenderableType]:
    """Number of waters in the file by the site of the ion, and how fast it turns over."""
    water = system["water"]
    ions = [ion for ion in ("K", "Na") if ion in water["n_w"]]
    ions = ions if len(ions) == 2 else list(water["n_w"])[:2]
    columns = ["ion in", *(f"n_w as {ion}" for ion in ions), "corr., sweeps", "trips", "start z"]
    rows = table(say, columns)
    for name, site in water["by_site_of_ion"].items():
        trips, start = site["round_trips"], words.number(site, "start_z")
        sweeps = words.number(site, "correlation_sweeps")
        cells = (
            name,
            *(_with_error(site["n_w"][ion]) for ion in ions),
            f"{sweeps:,.0f}" if math.isfinite(sweeps) else "-",
            "fixed" if trips is None else f"{trips:,}",
            "> 99" if abs(start) > 99.0 else words.plain(start, 1),
        )
        few = trips is not None and trips < ADVISED_WATER_TRIPS
        rows.add_row(*map(say, cells), style="yellow" if few else "")
    key = [
        "n_w: waters in the open stretches while the ion is in the site, ± one standard error",
        "corr.: sweeps between independent n_w, in the slowest window of the site; trips: of n_w "
        "from its lowest likely value to its highest and back, in the window with fewest "
        f"({ADVISED_WATER_TRIPS} advised; fixed: one value alone is likely)",
        "start z: largest difference of n_w between starts as either ion or empty and full, in "
        "standard errors",
    ]
    title = f"Water in the file of {system['system']}"
    return [heading(say, title), rows, line(say, ""), bullets(say, key)]


def _with_error(estimate: Record) -> str:
    return words.with_error(words.number(estimate, "mean"), words.number(estimate, "error"))


def _diagnostics(systems: Sequence[Record], say: Say) -> Table:
    columns = (
        "system",
        "trips",
        "walker",
        "in z",
        "exch.",
        "overlap",
        "R-hat",
        "starts",
        "verdict",
    )
    rows = table(say, columns)
    for system in systems:
        d = system["diagnostics"]
        windows = "profile" in system
        cells = (
            system["system"],
            f"{d['round_trips']:,}",
            f"{d['walker_round_trips']:,}" if windows else "-",
            f"{d['z_round_trips']:,}" if windows else "-",
            words.plain(words.number(d, "min_exchange")),
            words.plain(words.number(d, "min_overlap")),
            words.plain(words.number(d, "max_rhat")),
            words.plain(words.number(d, "start_z"), 1),
            "ok" if system["converged"] else "NOT OK",
        )
        rows.add_row(*map(say, cells), style="" if system["converged"] else "bold red")
    return rows


def _key() -> list[str]:
    return [
        f"trips: identity round trips, end to end, in the slowest window or the droplet "
        f"({MIN_ROUND_TRIPS} required); walker: the same, following the slowest configuration; "
        "in z: of configurations from the first window to the last and back",
        f"exch., overlap: lowest of all neighbouring windows (overlap {MIN_OVERLAP:g} required); "
        f"R-hat: largest split R-hat ({ADVISED_RHAT:g} advised)",
        f"starts: replicas started as one end ion against the other, in standard errors "
        f"({MAX_START_Z:g} allowed)",
    ]


def _moves(system: Record, say: Say) -> list[RenderableType]:
    d = system["diagnostics"]
    rates = d.get("acceptance")
    if not rates:
        return []
    counts = ", ".join(
        f"{d[key]:,} {name}"
        for key, name in (
            ("flips", "carbonyl flips"),
            ("departures_refused", "departures refused"),
            ("overlaps_refused", "overlaps refused"),
        )
        if d.get(key) is not None
    )
    listed = ", ".join(
        f"{name.replace(':', ' ').replace('_', ' ')} {rate:.2f}" for name, rate in rates.items()
    )
    items = [f"accepted share of moves: {listed}", counts]
    if d.get("cpu_seconds") is not None:
        items.append(f"{d['cpu_seconds']:,.1f} CPU seconds")
    return [heading(say, f"Moves of {system['system']}"), bullets(say, filter(None, items))]
