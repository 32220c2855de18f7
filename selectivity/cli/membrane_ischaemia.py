"""``selectivity membrane ischaemia``: the pump of a cell fails; what comes of it."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.cli.membrane_simulate import (
    Events,
    Tolerance,
    read_seconds,
    read_tolerance,
)
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

FROM, UNTIL = "20 s", "500 s"
PUBLISHED, PUBLISHED_TO = "huebel_dahlem_2014", "29.5 s"


def ischaemia(
    preset: Annotated[
        str | None,
        typer.Option(
            help="A cell; `presets --cells` lists them. Without it huebel_dahlem_2014, whose pump "
            "fails as published, from 20 s to 29.5 s, unless --from or --to says otherwise."
        ),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help=f'The pump fails at; "{FROM}" without it.')
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="and is back at; never without it.")
    ] = None,
    depth: Annotated[str, typer.Option(help='Share of the pump that is lost: "100 %".')] = "100 %",
    until: Annotated[
        str, typer.Option(help="End of the run; with --scan, after each stop.")
    ] = UNTIL,
    scan: Annotated[
        str | None,
        typer.Option(help='Stops of several lengths instead: "5 s, 9.5 s, 20 s, 60 s".'),
    ] = None,
    event: Events = None,
    rtol: Tolerance = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Spreading depolarisation or not, recovery or not, potassium, swelling, way to Donnan.

    With --scan: the shortest stop of the pump that triggers it, and who recovers.
    """
    from selectivity.cell.ischaemia import interruption_scan
    from selectivity.cell.ischaemia import ischaemia as fail

    if preset is None:
        preset = PUBLISHED
        if scan is None and from_ is None and to is None:
            to = PUBLISHED_TO
    share, end = _read_depth(depth), read_seconds(until, "--until")
    tolerance, said = read_tolerance(rtol), told(preset)
    if scan is not None:
        for option, value in (("--from", from_), ("--to", to), ("--event", event)):
            if value:
                raise InputError(option, value, "stands without --scan")
        durations = [read_seconds(part.strip(), "--scan") for part in scan.split(",")]
        found = interruption_scan(preset, durations, share, end, rtol=tolerance, progress=said)
        emit(found, as_json, csv, plot)
        return
    start = parse_quantity(FROM if from_ is None else from_, "time", "--from")
    stop = math.inf if to is None else parse_quantity(to, "time", "--to")
    if not 0.0 <= start < min(stop, end):
        raise InputError("--from", from_ or FROM, "lies before --to and --until")
    run = fail(preset, start, stop, share, end, events=event or [], rtol=tolerance, progress=said)
    emit(run, as_json, csv, plot)


def _read_depth(text: str) -> float:
    percent = text.strip().endswith("%")
    value = parse_quantity(text.replace("%", ""), "dimensionless", "--depth")
    share = 0.01 * value if percent else value
    if not 0.0 < share <= 1.0:
        rule = "is a share of the pump above 0 and up to 100 %"
        raise InputError("--depth", text, rule, 'for example "100 %" or "0.8"')
    return share
