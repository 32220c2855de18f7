"""The ratio every way, all filters of the run, the order of many ions, and every leg."""

from __future__ import annotations

import math

from selectivity.plotting import ion_label
from selectivity.report import words
from selectivity.report.page.canvas import Section, Table
from selectivity.report.page.material import Material, Record


def systems_section(material: Material) -> Section | None:
    """Every filter of the run, every way to the ratio, and every leg."""
    blocks = []
    if material.ratio is not None:
        blocks += [_ways(material.ratio), _filters(material.ratio), _order(material.ratio)]
    blocks.append(_legs(material.analysis))
    tables = [table for table in blocks if table.rows]
    dependence = words.dependence(material.ratio) if material.ratio is not None else []
    return Section("systems", "The number and its relatives", (), tables, dependence)


def _ways(record: Record) -> Table:
    """The ratio three ways and twice over, as the console has it."""
    names = {
        "integral_levelled": ("levelled integral (headline)", "ddg_integral_kJ_mol"),
        "barrier_levelled": ("levelled barrier", "ddg_barrier_kJ_mol"),
        "integral": ("integral as sampled", "ddg_integral_sampled_kJ_mol"),
        "barrier": ("barrier as sampled", "ddg_barrier_sampled_kJ_mol"),
        "plane_to_plane": ("levelled integral, plane to plane", ""),
    }
    rows = []
    for name, (text, energy) in names.items():
        if record["ratio"].get(name) is not None:
            value, low, high = words.interval_texts(record["ratio"][name])
            kj, kcal = words.energies(record.get(energy), "value", "error")
            if not energy:  # the record's ΔΔG from plane to plane is of binding
                kj, kcal = words.thermal_logarithm(record, record["ratio"][name])
            rows.append((text, value, f"{low} – {high}", kcal, kj))
    bounds = record["ratio"]["bounds"]
    low = words.ratio_text(words.number(bounds, "low", 0.0))
    high = words.ratio_text(words.number(bounds, "high", math.inf))
    pair = "/".join(f"P({ion_label(ion)})" for ion in record["ions"])
    note = f"Whatever common f(z) acts on both ions, the ratio lies between {low} and {high}."
    columns = ("over the interior", pair, "95 %", "RT ln, kcal/mol", "kJ/mol")
    return Table("The ratio, every way", columns, rows, note)


def _filters(record: Record) -> Table:
    rows, flags = [], []
    for i, row in enumerate(record.get("systems") or ()):
        value, low, high = words.interval_texts(row["ratio"][row["headline"]])
        model = (row["composition"], str(row.get("forcefield", "")), words.tether_short(row))
        mark = " (headline)" if row["system"] == record["system"] else ""
        verdict = "yes" if row["converged"] else "NO"
        rows.append((row["system"] + mark, *model, value, f"{low} – {high}", verdict))
        flags += [] if row["converged"] else [i]
    pair = "/".join(f"P({ion_label(ion)})" for ion in record["ions"])
    columns = ("system", "composition", "set", "tethers", pair, "95 %", "converged")
    note = "Tethers: B is from B-factors."
    rows = rows if len(rows) > 1 else []
    return Table("All filters of the run", columns, rows, note, flags, left=4)


def _order(record: Record) -> Table:
    """P_X/P_ref of every ion where more than two were sampled; else no rows."""
    order = record.get("order") or {"ions": ()}
    rows, reference = [], ""
    for ion in order["ions"] if len(order["ions"]) > 2 else ():
        name = next(key for key in order if key.startswith("relative_to_"))
        reference = name.removeprefix("relative_to_")
        value, low, high = words.interval_texts(order[name][ion])
        rows.append((ion_label(ion), value, "" if ion == reference else f"{low} – {high}"))
    columns = ("ion", f"P(X)/P({ion_label(reference)})", "95 %")
    return Table("Order of the ions", columns, rows, str(order.get("text", "")))


def _legs(analysis: Record) -> Table:
    """Every leg; of a ladder of many ions those between neighbours."""
    rows = []
    for system in analysis["systems"]:
        ladder = list(dict.fromkeys(ion for leg in system["alchemical"]
                                    for ion in (leg["from"], leg["to"])))  # fmt: skip
        neighbours = [leg for leg in system["alchemical"]
                      if ladder.index(leg["to"]) == ladder.index(leg["from"]) + 1]  # fmt: skip
        for leg in neighbours:
            pair = f"{ion_label(leg['from'])} → {ion_label(leg['to'])}"
            own = words.energies(leg, "dg_kJ_mol", "error_kJ_mol")[1]
            against = words.energies(leg, "ddg_kJ_mol", "ddg_error_kJ_mol")[1]
            against = "-" if against == "undetermined" else against
            rows.append((system["system"], pair, own, against, f"{leg['round_trips']:,}"))
    columns = ("system", "leg", "ΔG, kcal/mol", "against bulk, kcal/mol", "round trips")
    note = "A filter's legs run over all its windows, not over a site. ± is one standard error."
    return Table("Free energies of exchange", columns, rows, note, left=2)
