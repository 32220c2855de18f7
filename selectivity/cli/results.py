"""``selectivity analyse`` and ``ratio``, and the end of ``run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selectivity.errors import NotConvergedError

if TYPE_CHECKING:
    from selectivity.api import Analysis, RatioReport
    from selectivity.cli.progress import Lines, Screen

Folder = Annotated[Path, typer.Argument(help="Run folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, energies in kJ/mol.")]


def print_json(record: dict[str, Any]) -> None:
    """Print ``record`` as strict JSON."""
    from selectivity.storage.files import plain

    typer.echo(json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False))


def analyse(folder: Folder, as_json: Json = False) -> None:
    """Free energies, profiles, diagnostics and figures of a run."""
    from selectivity import api

    analysis = api.analyse(folder)
    _show_analysis(analysis, as_json)
    if not analysis.converged:
        raise typer.Exit(NotConvergedError.exit_code)


def ratio(folder: Folder, as_json: Json = False) -> None:
    """P_K/P_Na of a run, its interval, its span and the membrane."""
    from selectivity import api

    report = api.ratio(folder)
    _show_ratio(report, as_json)


def finish(folder: Path, as_json: bool, shown: Lines | Screen) -> None:
    """What ``run`` ends with: analyse, then ratio where the run has a filter."""
    from selectivity import api

    with shown.working("analysing the samples and drawing figures"):
        analysis = api.analyse(folder)
    if analysis.run.run_file.headline is None:
        _show_analysis(analysis, as_json)
        if not analysis.converged:
            raise typer.Exit(NotConvergedError.exit_code)
        return
    report = api.ratio(folder, analysis)
    if not as_json:
        _show_analysis(analysis, False, details=False)
    _show_ratio(report, as_json)


def _show_analysis(analysis: Analysis, as_json: bool, details: bool = True) -> None:
    if as_json:
        print_json(analysis.as_dict())
        return
    from selectivity.report.console import print_analysis

    print_analysis(analysis.as_dict(), analysis.run.folder.path, details=details)


def _show_ratio(report: RatioReport, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
    else:
        from selectivity.report.console import print_ratio

        print_ratio(report.as_dict(), report.analysis.run.folder.path)
    if not (report.converged and report.ordered):
        raise typer.Exit(NotConvergedError.exit_code)
