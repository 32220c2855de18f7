"""``selectivity export``: a run folder in the formats of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selectivity.cli.results import Folder, print_json


def export(
    folder: Folder,
    format: Annotated[
        str, typer.Option("--format", "--to", help="One of csv, plumed, wham, pdb, dcd or xtc.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="New or empty folder; NAME-FORMAT without it.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Of all systems this one only.")] = None,
    ion: Annotated[
        str | None, typer.Option(help="Only where X is this ion (wham and trajectories).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print files and notes as JSON.")] = False,
) -> None:
    """Write samples or coordinates of a run for other programs."""
    from selectivity import api

    found = api.export(folder, format, out, system, ion)
    if as_json:
        print_json(found.as_dict())
        return
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"wrote {len(found.files)} files to {found.folder}")
