"""The ``selectivity`` command: thin commands over :mod:`selectivity.api`.

Exit codes: 0 done, 2 bad input, 3 not converged (results are written and flagged), 4 stopped and
resumable, 5 damaged store.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from typing import Any

import typer

from selectivity import __version__
from selectivity.cli import (
    benchmark,
    export,
    files,
    membrane,
    report,
    results,
    run,
    scan,
    status,
    structure,
    validate,
    verify,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Why a potassium channel prefers K+ to Na+, from explicit particles.",
    epilog="Exit codes: 0 done, 2 bad input, 3 not converged, 4 stopped and resumable, "
    "5 damaged store.",
)
app.command("new")(files.new)
app.command("check")(files.check)
app.command("run")(run.run)
app.command("scan")(scan.scan)
app.command("status")(status.status)
app.command("analyse")(results.analyse)
app.command("ratio")(results.ratio)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("validate")(validate.validate)
app.command("benchmark")(benchmark.benchmark)
app.add_typer(membrane.app, name="membrane")
app.add_typer(structure.app, name="structure")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"selectivity {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and leave."
    ),
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the command line; every error becomes one message and an exit code."""
    sys.exit(answer(sys.argv[1:]))


@functools.cache
def _command() -> Any:
    return typer.main.get_command(app)


def answer(arguments: Sequence[str]) -> int:
    """The exit code of the command ``arguments``; whatever goes wrong is told, never raised."""
    from selectivity.cli import ending

    ending.readable_everywhere()
    try:
        code = _command().main(list(arguments), prog_name="selectivity", standalone_mode=False)
        ending.flush()
        return ending.interrupted() if code == ending.INTERRUPTED else int(code or 0)
    except KeyboardInterrupt:
        return ending.interrupted()
    except SystemExit:  # typer's answer to a reader that went away
        return ending.unread()
    except Exception as error:
        return ending.told(error)
