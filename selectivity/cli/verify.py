"""``selectivity verify``: whether a run folder is whole."""

from __future__ import annotations

import typer

from selectivity.cli.results import Folder, Json, print_json
from selectivity.errors import StoreError


def verify(folder: Folder, as_json: Json = False) -> None:
    """Check a run folder byte by byte; exit 5 where it is damaged."""
    from selectivity import api

    found = api.verify(folder)
    if as_json:
        print_json(found.as_dict())
    else:
        for check in found.files:
            if not check.ok:
                typer.echo(f"damaged: {check.path}: {check.message}")
        for replica in found.replicas:
            last = f"0 to {replica.usable - 1}" if replica.usable else "none"
            typer.echo(f"{replica.name}: usable segments: {last}")
        for text in found.remedies:
            typer.echo(f"to mend: {text}")
        verdict = "sound" if found.sound else "damaged"
        typer.echo(f"{found.path}: {verdict}; {len(found.files)} files checked")
    if not found.sound:
        raise typer.Exit(StoreError.exit_code)
