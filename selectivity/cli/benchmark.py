"""``selectivity benchmark``: how fast the program is on this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from selectivity.cli.results import print_json


def benchmark(
    quick: Annotated[bool, typer.Option("--quick", help="Within a minute.")] = False,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="One part: throughput, droplet, filter, scaling, threads or estimates.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How fast the program is on this machine.

    Throughput, effective samples per CPU second, scaling and estimates, in some ten minutes.
    Leave the machine alone meanwhile: the figures are CPU time, which other programs lengthen too.
    """
    from selectivity import api
    from selectivity.report.benchmark_page import benchmark_lines

    record = api.benchmark(quick, only, _tell)
    if as_json:
        print_json(record)
    else:
        for text in benchmark_lines(record):
            typer.echo(text)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
