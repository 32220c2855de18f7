"""The ``selectivity`` command: thin commands over :mod:`selectivity.api`.

Exit codes: 0 done, 2 bad input, 3 not converged (results are written and flagged), 4 stopped and
resumable, 5 damaged store.
"""

from __future__ import annotations

import os
import sys

import typer

from selectivity import __version__
from selectivity.cli import files, membrane, results, run, structure, validate
from selectivity.errors import SelectivityError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Why a potassium channel prefers K+ to Na+, from explicit particles.",
    epilog="Exit codes: 0 done, 2 bad input, 3 not converged, 4 stopped and resumable, "
    "5 damaged store.",
)
app.command("new")(files.new)
app.command("check")(files.check)
app.command("run")(run.run)
app.command("status")(results.status)
app.command("analyse")(results.analyse)
app.command("ratio")(results.ratio)
app.command("validate")(validate.validate)
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
    try:
        app()
    except SelectivityError as error:
        typer.echo(f"selectivity: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("selectivity: stopped", err=True)
        sys.exit(4)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SELECTIVITY_DEBUG"):
            raise
        text = f"internal error, a fault of the program: {type(error).__name__}: {error}"
        typer.echo(f"selectivity: {text}", err=True)
        typer.echo("set SELECTIVITY_DEBUG=1 to see where it arose, and please report it", err=True)
        sys.exit(1)
