"""``selectivity membrane donnan``: what impermeant charge does to ions, potential and water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import read_kelvin, read_solution
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.cli.membrane_units import read_pressure
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.donnan import Impermeant


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
    from selectivity.cell.donnan import donnan as donnan_of
    from selectivity.cell.donnan import together

    bath = read_solution(outside, "--out", "outside", read_kelvin(temperature))
    found = donnan_of(
        bath,
        together(*_kinds(impermeant, "--impermeant")),
        together(*(_kinds(outer, "--outer") if outer is not None else ())),
        volume,
        0.0 if wall is None else read_pressure(wall, "--wall"),
    )
    emit(found, as_json, csv, plot)


def _kinds(text: str, option: str) -> list[Impermeant]:
    """``155 mM, -0.85; 10 mM, 0`` as impermeants."""
    from selectivity.cell.donnan import Impermeant

    found = []
    for part in text.split(";"):
        concentration, comma, charge = part.partition(",")
        if not comma:
            rule = "is a concentration and a charge number"
            raise InputError(option, part.strip(), rule, 'for example "155 mM, -0.85"')
        found.append(
            Impermeant(
                parse_quantity(concentration.strip(), "concentration", option),
                parse_quantity(charge.strip(), "dimensionless", option),
            )
        )
    return found
