"""``selectivity membrane cable``: a spike that travels along an axon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_axon import Leak, Radius, Warmth, read_axon, read_resistivity
from selectivity.cli.membrane_inputs import read_metres
from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.excitable import SquidAxon

COMPARTMENTS = (20, 2000)


def cable(
    temperature: Warmth = None,
    radius: Radius = None,
    resistivity: Annotated[
        str | None, typer.Option(help='Of the axoplasm; "35.4 ohm cm" is that of 1952.')
    ] = None,
    length: Annotated[
        str | None, typer.Option(help='Such as "100 mm"; 14 length constants without.')
    ] = None,
    compartments: Annotated[int, typer.Option(help="Of the mesh.")] = 280,
    mesh_check: Annotated[
        bool,
        typer.Option(
            "--mesh-check",
            help="Run half and twice the compartments too, extrapolate, and solve the "
            "travelling-wave equation.",
        ),
    ] = False,
    strength: Annotated[
        float, typer.Option(help="Current into the end, over that which fires it as a rule.")
    ] = 1.0,
    duration: Annotated[
        str | None, typer.Option(help='Such as "10 ms"; until it has passed without.')
    ] = None,
    leak: Leak = "rounded",
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Conduction of the squid axon's spike: V(x, t), velocity, sodium and ATP along a millimetre.

    Without --temperature 18.5 degC, that of the propagated action potential of 1952.
    """
    from selectivity.cell.excitable import conduct, conduction_velocity, make_cable

    axon, metres = _axon(temperature, radius, resistivity, leak), _metres(length)
    _check(compartments, mesh_check, duration)
    one = make_cable(axon, metres, compartments)
    current = strength * one.stimulus_A
    if mesh_check:
        meshes = (compartments // 2, compartments, 2 * compartments)
        tell = told("three meshes")
        emit(conduction_velocity(axon, metres, meshes, current, tell), as_json, csv, plot)
        return
    seconds = None if duration is None else parse_quantity(duration, "time", "--duration")
    found = conduct(replace(one, stimulus_A=current), duration_s=seconds, progress=told("cable"))
    emit(found, as_json, csv, plot)


def _axon(
    temperature: str | None, radius: str | None, resistivity: str | None, leak: str
) -> SquidAxon:
    from selectivity.cell.excitable import cable_temperature_K

    axon = read_axon(temperature, leak, radius)
    if temperature is None:
        axon = replace(axon, temperature_K=cable_temperature_K())
    if resistivity is not None:
        axon = replace(axon, axial_resistivity_ohm_m=read_resistivity(resistivity))
    return axon


def _metres(length: str | None) -> float | None:
    metres = None if length is None else read_metres(length, "--length")
    if metres is not None and metres <= 0.0:
        raise InputError("--length", length, "is above zero")
    return metres


def _check(compartments: int, mesh_check: bool, duration: str | None) -> None:
    if not COMPARTMENTS[0] <= compartments <= COMPARTMENTS[1]:
        rule = f"lies between {COMPARTMENTS[0]} and {COMPARTMENTS[1]}"
        raise InputError("--compartments", compartments, rule)
    if mesh_check and (compartments % 2 or compartments < 2 * COMPARTMENTS[0]):
        rule = f"is even and {2 * COMPARTMENTS[0]} or more for --mesh-check"
        raise InputError("--compartments", compartments, rule)
    if mesh_check and duration is not None:
        raise InputError("--duration", duration, "stands without --mesh-check")
