"""``selectivity membrane neutrality``: how few ions make a membrane potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import (
    Inside,
    Preset,
    Temperature,
    read_kelvin,
    read_metres,
    read_solution,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.membrane import Compartment, Solution


def neutrality(
    voltage: Annotated[str, typer.Option(help='Membrane potential, such as "-70 mV".')],
    radius: Annotated[str, typer.Option(help='Of the sphere, cylinder or head: "10 um".')],
    shape: Annotated[str, typer.Option(help="sphere, cylinder or spine.")] = "sphere",
    length: Annotated[
        str | None, typer.Option(help="Of the cylinder (1 um without it) or of the spine's neck.")
    ] = None,
    neck_radius: Annotated[str | None, typer.Option(help="Of the spine's neck.")] = None,
    preset: Preset = None,
    inside: Inside = None,
    temperature: Temperature = None,
    ion: Annotated[str, typer.Option(help="The ion that an action potential moves.")] = "Na",
    spike: Annotated[str, typer.Option(help="Height of the action potential.")] = "100 mV",
    overlap: Annotated[
        float, typer.Option(help="Ions that pass over the least that is needed, 1 or more.")
    ] = 1.0,
    capacitance: Annotated[str, typer.Option(help="Of the membrane.")] = "1 uF/cm^2",
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Charge on the membrane, its fraction of the ions inside, Debye length, ions of one spike."""
    from selectivity import membrane as m

    found = m.electroneutrality(
        _inside(preset, inside, temperature),
        _compartment(shape, radius, length, neck_radius),
        read_volt(voltage, "--voltage"),
        m.ion_symbol(ion, "--ion"),
        read_volt(spike, "--spike"),
        overlap,
        parse_quantity(capacitance, "capacitance", "--capacitance"),
    )
    emit(found, as_json, csv, plot)


def _inside(preset: str | None, inside: str | None, temperature: str | None) -> Solution:
    from selectivity import membrane as m

    kelvin = None if temperature is None else read_kelvin(temperature)
    if preset is not None:
        if inside is not None:
            rule = "brings its own solutions"
            raise InputError("--preset", preset, rule, "leave out --preset or --in")
        solution = m.preset(preset).inside
        return solution if kelvin is None else solution.at(kelvin)
    for option, value in (("--in", inside), ("--temperature", temperature)):
        if value is None:
            remedy = "give it, or --preset (`selectivity membrane presets` lists them)"
            raise InputError(option, None, "is needed without --preset", remedy)
    assert inside is not None
    assert kelvin is not None
    return read_solution(inside, "--in", "inside", kelvin)


def _compartment(
    shape: str, radius: str, length: str | None, neck_radius: str | None
) -> Compartment:
    from selectivity import membrane as m

    if shape not in ("sphere", "cylinder", "spine"):
        raise InputError("--shape", shape, "is sphere, cylinder or spine")
    r = read_metres(radius, "--radius")
    foreign = {"--length": length if shape == "sphere" else None}
    foreign["--neck-radius"] = None if shape == "spine" else neck_radius
    for option, value in foreign.items():
        if value is not None:
            raise InputError(
                option, value, f"is not asked of a {shape}", "leave it out, or --shape"
            )
    if shape == "sphere":
        return m.sphere(r)
    if shape == "cylinder":
        return m.cylinder(r) if length is None else m.cylinder(r, read_metres(length, "--length"))
    for option, value in (("--length", length), ("--neck-radius", neck_radius)):
        if value is None:
            rule = "is needed for a spine"
            raise InputError(
                option, None, rule, 'for example --length "1 um" --neck-radius "50 nm"'
            )
    assert length is not None
    assert neck_radius is not None
    return m.spine(r, read_metres(neck_radius, "--neck-radius"), read_metres(length, "--length"))
