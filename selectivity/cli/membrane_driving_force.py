"""``selectivity membrane driving-force``: Δμ of every ion in J/mol, kT per ion and mV."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Preset,
    Temperature,
    check_both_sides,
    read_sides,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit


def driving_force(
    voltage: Annotated[str, typer.Option(help='Membrane potential, such as "-70 mV".')],
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    temperature: Temperature = None,
    ion: Annotated[
        list[str] | None, typer.Option(help="Only this ion; may be given several times.")
    ] = None,
    activity: Annotated[
        str | None, typer.Option(help="Count in γ by this law, such as davies.")
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", help="Count missing charge as monovalent ions in γ.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Driving force V − E and Δμ = RT ln(a_in/a_out) + zFV of every ion; which way each one goes.

    From concentrations, or with --activity from activities by a law whose coefficients of single
    ions are a convention.
    """
    from selectivity import membrane as m

    sides = read_sides(preset, inside, outside, temperature)
    volt = read_volt(voltage, "--voltage")
    ions = None if ion is None else [m.ion_symbol(text, "--ion") for text in ion]
    found = m.driving_forces(sides[0], sides[1], volt, ions, activity, fill, sides[2])
    for row in found.rows:
        check_both_sides(row.ion, row.c_in_mM, row.c_out_mM)
    emit(found, as_json, csv, plot)
