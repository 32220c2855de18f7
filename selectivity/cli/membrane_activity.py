"""``selectivity membrane activity``: activity coefficients, and the shift of E that they cause."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Preset,
    Temperature,
    read_kelvin,
    read_sides,
    read_solution,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.errors import InputError


def activity(
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    temperature: Temperature = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="limiting, extended, guntelberg, davies, truesdell-jones or pitzer; may be given "
            "several times. Without it: all that apply."
        ),
    ] = None,
    macinnes: Annotated[
        bool, typer.Option("--macinnes", help="Scale single ions so that γ(Cl) = γ±(KCl).")
    ] = False,
    fill: Annotated[
        bool, typer.Option("--fill", help="Count missing charge as monovalent ions in I.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Activity coefficients of one solution (--in alone), or the shift of every E between two.

    Only mean coefficients of neutral salts can be measured; those of single ions are a convention:
    what the law gives, or with --macinnes γ(Cl) = γ± of KCl. What moves E is the ratio γ_out/γ_in.
    """
    from selectivity import membrane as m

    convention = "macinnes" if macinnes else "model"
    if preset is None and outside is None and inside is not None:
        if temperature is None:
            remedy = 'for example --temperature "37 degC"'
            raise InputError("--temperature", None, "is needed without --preset", remedy)
        kelvin = read_kelvin(temperature)
        one = read_solution(inside, "--in", "solution", kelvin)
        emit(m.activities(one, model, convention, fill), as_json, csv, plot)
        return
    sides = read_sides(preset, inside, outside, temperature)
    found = m.activity_shift(sides[0], sides[1], model, convention, fill)
    emit(found, as_json, csv, plot)
