"""``selectivity membrane simulate``: a published cell in time, under events."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import read_above_zero
from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

CellName = Annotated[
    str, typer.Option(help="A cell, such as huebel_dahlem_2014; `presets --cells` lists them.")
]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        help='Repeatable: "pump 20 s 29.5 s 0", "current K 1 s 2 s 0.1 A/m2" (inward), '
        '"bath K 10 s 60 s 12 mM", "conductance g_na_S_m2 0 s end 0.5", '
        '"parameter g_kcc2_S_m2 ramp 0 s 1 h 2", "atp 50 s end 0.1 mM".',
    ),
]
Tolerance = Annotated[
    str | None,
    typer.Option(help='Relative tolerance of the steps, such as "1e-10"; 1e-9 without it.'),
]


def simulate(
    preset: CellName,
    until: Annotated[str, typer.Option(help='Such as "500 s".')],
    event: Events = None,
    every: Annotated[str | None, typer.Option(help='Time between rows, such as "0.1 s".')] = None,
    rtol: Tolerance = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Follow a published cell from its rest; a ledger of every ion is kept and printed."""
    from selectivity.cell.simulate import simulate as follow

    run = follow(
        preset,
        event or [],
        read_seconds(until, "--until"),
        dt_out_s=None if every is None else read_seconds(every, "--every"),
        rtol=read_tolerance(rtol),
        progress=told(preset),
    )
    emit(run, as_json, csv, plot)


def read_seconds(text: str, option: str) -> float:
    """``500 s`` in seconds, above zero."""
    return read_above_zero(text, "time", option, "500 s")


def read_tolerance(text: str | None) -> float | None:
    """``1e-9``, between 1e-13 and 1e-3."""
    if text is None:
        return None
    value = parse_quantity(text, "dimensionless", "--rtol")
    if not 1e-13 <= value <= 1e-3:
        raise InputError("--rtol", text, "lies between 1e-13 and 1e-3", 'for example "1e-10"')
    return value
