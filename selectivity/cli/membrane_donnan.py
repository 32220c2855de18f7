"""``selectivity membrane donnan``: what impermeant charge does to ions, potential and water."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_cell_inputs import read_impermeants
from selectivity.cli.membrane_inputs import read_kelvin, read_solution
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity


def donnan(
    outside: Annotated[
        str, typer.Option("--out", help='Permeant ions of the bath: "Na=145 mM, Cl=145 mM".')
    ],
    impermeant: Annotated[
        str,
        typer.Option(
            help='Impermeants inside and their charge: "155 mM, -0.85"; several kinds with ";".'
        ),
    ],
    temperature: Annotated[str, typer.Option(help='Such as "37 degC".')],
    outer: Annotated[
        str | None, typer.Option(help='Impermeants of the bath: "29.5 mM, -1".')
    ] = None,
    volume: Annotated[str, typer.Option(help="fixed, or free for water to move.")] = "fixed",
    wall: Annotated[
        str | None, typer.Option(help='Pressure that a wall bears at free volume: "10 kPa".')
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Concentrations, potential and osmotic pressure; at free volume the volume, if there is one.

    The bath with its impermeants is neutral. Where a free volume has no equilibrium the answer says
    so, with the exit code 0: it is the result.
    """
    from selectivity.cell.donnan import NONE
    from selectivity.cell.donnan import donnan as donnan_of

    bath = read_solution(outside, "--out", "outside", read_kelvin(temperature))
    found = donnan_of(
        bath,
        read_impermeants(impermeant, "--impermeant"),
        NONE if outer is None else read_impermeants(outer, "--outer"),
        volume,
        0.0 if wall is None else parse_quantity(wall, "pressure", "--wall"),
    )
    emit(found, as_json, csv, plot)
