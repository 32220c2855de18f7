"""``selectivity report``: one self-contained page of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selectivity.cli.results import Folder, print_json
from selectivity.errors import NotConvergedError


def report(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the page; results/report of the run without it.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print where it lies and its verdict as JSON.")
    ] = False,
) -> None:
    """One HTML page of a run, with its figures and their data."""
    from selectivity import api

    found = api.report(folder, out)
    if as_json:
        print_json(found.as_dict())
    else:
        typer.echo(f"wrote {found.page} and {len(found.files) - 1} files of its figures")
        if not found.finished:
            typer.echo("the run is not finished: the page shows what is stored so far")
        if not found.converged:
            typer.echo("NOT CONVERGED: the page says why")
        if not found.ordered:
            typer.echo("the order of the ions is not KcsA's: the page says so")
    if not (found.converged and found.ordered):
        raise typer.Exit(NotConvergedError.exit_code)
