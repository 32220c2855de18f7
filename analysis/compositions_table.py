"""Permeability ratios of all filters of a run: a table in Markdown and CSV, and a figure.

    selectivity run runs/kcsa_compositions.yaml --out RUN
    python analysis/compositions_table.py RUN --out tables --format pdf

One row a system: composition, stiffness and parameter set, the levelled integral (the headline)
with its 95 % statistical interval and RT ln of it, the levelled barrier, the bounds for any common
f(z), the order of the ions where more than two were sampled, equilibrium selectivity of the sites,
and whether the row converged. Rows keep the order of the run file. Exit code 3 where a row did not
converge. runs/alkali_compositions.yaml gives the table with the order of five ions. A minute or two
of analysis for a folder of an hour; README.md beside this script holds what was found.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selectivity import api
from selectivity.api.pictures import compositions_figure, save_figure

KCAL = 4.184  # kJ per kcal
Row = Mapping[str, Any]


def table_row(system: Row) -> dict[str, Any]:
    """One system as plain columns, energies in kJ/mol; None where there is no number."""
    headline = system["ratio"][system["headline"]]
    barrier, bounds = system["ratio"]["barrier_levelled"], system["ratio"]["bounds"]
    tether, ddg = system.get("tether") or {}, system["ddg_integral_kJ_mol"]
    return {
        "system": system["system"],
        "composition": system["composition"],
        "forcefield": system.get("forcefield"),
        "tether": tether.get("mode"),
        "tether_k_kJ_mol_A2": tether.get("k_kJ_mol_A2")
        if tether.get("mode") == "uniform"
        else None,
        "tether_scale": tether.get("scale"),
        "ratio": headline["value"],
        "low": headline["low"],
        "high": headline["high"],
        "ddg_kJ_mol": ddg["value"],
        "ddg_error_kJ_mol": ddg["error"],
        "barrier_levelled": barrier["value"],
        "order": " > ".join((system.get("order") or {}).get("ions") or ()),
        "bound_low": bounds["low"],
        "bound_high": bounds["high"],
        **{f"site_{name}_kJ_mol": site["ddg_kJ_mol"] for name, site in system["sites"].items()},
        "round_trips": system["round_trips"],
        "departures_refused": system.get("departures_refused"),
        "flips": system.get("flips"),
        "converged": system["converged"],
    }


def short(value: float | None, absent: str = "unbounded") -> str:
    """Three significant digits; what is not finite stands as null in the record."""
    if value is None:
        return absent
    return f"{value:,.3g}" if abs(value) < 1e3 else f"{value:,.0f}"


def markdown(report: Row) -> str:
    """The table as Markdown, with what it may and may not be read as."""
    a, b = report["ions"]
    rows = [table_row(system) for system in report["systems"]]
    ordered = any(row["order"].count(">") > 1 for row in rows)
    lines = [
        f"| system | composition | P_{a}/P_{b} (95 %) | ΔΔG, kcal/mol | barrier | bounds "
        + ("| order " if ordered else "")
        + "| round trips | converged |",
        "|---|---|---|---|---|---|---|---|" + ("---|" if ordered else ""),
    ]
    for row in rows:
        name = f"**{row['system']}**" if row["system"] == report["system"] else row["system"]
        if row["ddg_kJ_mol"] is None or row["ddg_error_kJ_mol"] is None:
            ddg = "-"
        else:
            ddg = f"{row['ddg_kJ_mol'] / KCAL:.2f} ± {row['ddg_error_kJ_mol'] / KCAL:.2f}"
        lines.append(
            f"| {name} | {row['composition']} "
            f"| {short(row['ratio'], 'undetermined')} "
            f"({short(row['low'])}-{short(row['high'])}) | {ddg} "
            f"| {short(row['barrier_levelled'], 'undetermined')} "
            f"| {short(row['bound_low'])}-{short(row['bound_high'])} "
            + (f"| {row['order']} " if ordered else "")
            + f"| {row['round_trips']} | {'yes' if row['converged'] else 'NO'} |"
        )
    lines.append("")
    lines.append(
        f"Levelled integral at {report['temperature_K']:g} K; ± is one standard error over "
        "replicas, intervals are statistical only. The headline, in bold, was fixed before "
        "sampling. Each ratio is conditional on its composition"
        + (
            "; gc: the number of waters is an output, `selectivity analyse` shows it."
            if any("gc" in row["composition"] for row in report["systems"])
            else "."
        )
    )
    lines += [f"- {note}" for note in report.get("notes") or ()]
    return "\n".join(lines) + "\n"


def write_csv(path: Path, systems: Sequence[Row]) -> None:
    """All columns of all systems; sites that only some systems have stay empty in the others."""
    rows = [table_row(system) for system in systems]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write table and figure of one run folder; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--out", type=Path, help="folder for the files (default: RUN/results)")
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    given = parser.parse_args(arguments)
    try:
        report = api.ratio(given.run).as_dict()
    except Exception as problem:
        code = getattr(problem, "exit_code", None)  # the program's own errors explain themselves
        if code is None:
            raise
        print(problem, file=sys.stderr)
        return int(code)
    out: Path = given.out or given.run / "results"
    out.mkdir(parents=True, exist_ok=True)
    text = markdown(report)
    (out / "compositions.md").write_text(text, encoding="utf-8")
    write_csv(out / "compositions.csv", report["systems"])
    save_figure(compositions_figure(report["systems"]), out / f"compositions.{given.format}")
    print(text, end="")
    return 0 if all(system["converged"] for system in report["systems"]) else 3


if __name__ == "__main__":
    raise SystemExit(main())
