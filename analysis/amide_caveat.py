"""What additive force fields do to K+ and Na+ among liquid amides, against experiment.

    python analysis/amide_caveat.py --out amide.run

Runs runs/amide.yaml (or continues it): K+ turned into Na+ in droplets of formamide and
N-methylacetamide and in the droplet of water of the same parameter set, then prints ΔΔG(K→Na) from
water into the amide beside experiment, and the rows of selectivity/permeation/amides.toml, which
are printed beside every ratio. Exit code 3 where a droplet did not converge. Some 7 min of CPU
time. For another parameter set copy the run file and change its list, or give
``--set "systems.nma.forcefield=[charmm36-ecc]"``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selectivity import api
from selectivity.api.running import Options

KCAL = 4.184  # kJ per kcal
Row = Mapping[str, Any]


def transfers(analysis: Row) -> list[dict[str, Any]]:
    """One row a droplet of an amide that has a reference; energies in kcal/mol."""
    found = []
    for system in analysis["systems"]:
        legs = {(leg["from"], leg["to"]): leg for leg in system["alchemical"]}
        leg, solvent = legs.get(("K", "Na")), system.get("solvent")
        if solvent is None or leg is None or leg["ddg_kJ_mol"] is None:
            continue
        known = solvent["measured_ddg_K_to_Na_kJ_mol"]
        found.append(
            {
                "forcefield": system["forcefield"],
                "amide": solvent["name"],
                "molecules": solvent["molecules"],
                "temperature_K": system["temperature_K"],
                "ddg": leg["ddg_kJ_mol"] / KCAL,
                "error": leg["ddg_error_kJ_mol"] / KCAL,
                "dof": leg["replicas"] - 1,
                "measured": sum(known) / len(known) / KCAL,
                "round_trips": leg["round_trips"],
                "converged": system["converged"],
            }
        )
    return found


def table(found: Sequence[Row]) -> str:
    """Computed and measured in Markdown."""
    lines = [
        "| parameter set | amide | molecules | ΔΔG(K→Na), kcal/mol | measured | difference "
        "| round trips | converged |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['forcefield']} | {row['amide']} | {row['molecules']} "
        f"| {row['ddg']:+.2f} ± {row['error']:.2f} | {row['measured']:+.1f} "
        f"| {row['ddg'] - row['measured']:+.2f} | {row['round_trips']} "
        f"| {'yes' if row['converged'] else 'NO'} |"
        for row in found
    ]
    return "\n".join(lines) + "\n"


def rows(found: Sequence[Row]) -> str:
    """The computed values of amides.toml."""
    return "\n".join(
        f"[computed.{row['forcefield']}.{row['amide']}]\n"
        f"ddg_kcal_mol = {row['ddg']:.2f}\n"
        f"error_kcal_mol = {row['error']:.2f}\n"
        f"dof = {row['dof']}\n"
        f"molecules = {row['molecules']}\n"
        f"temperature_K = {row['temperature_K']:g}\n"
        f"converged = {'true' if row['converged'] else 'false'}\n"
        for row in found
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", default="amide", help="run file (default: amide)")
    parser.add_argument("--out", type=Path, help="run folder (default: in the working folder)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="changes")
    parser.add_argument("--workers", type=int, help="threads (default: all cores)")
    given = parser.parse_args(arguments)
    try:
        options = Options(workers=given.workers)
        folder = api.run(given.file, given.out, given.changes, options)
        analysis = api.analyse(folder, figures=False).as_dict()
    except Exception as problem:
        code = getattr(problem, "exit_code", None)  # the program's own errors explain themselves
        if code is None:
            raise
        print(problem, file=sys.stderr)
        return int(code)
    found = transfers(analysis)
    print(table(found))
    print(rows(found), end="")
    return 0 if all(row["converged"] for row in found) else 3


if __name__ == "__main__":
    raise SystemExit(main())
