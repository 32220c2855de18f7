"""``selectivity membrane ghk``: the Goldman-Hodgkin-Katz potential and currents of a membrane."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import (
    FromRun,
    Inside,
    Outside,
    Permeability,
    Preset,
    Pump,
    PUnit,
    Ratio,
    Temperature,
    read_handover,
    read_membrane,
    read_pump,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit


def ghk(
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    permeability: Permeability = None,
    temperature: Temperature = None,
    ratio: Ratio = None,
    from_run: FromRun = None,
    voltage: Annotated[
        list[str] | None, typer.Option(help='Currents at this potential, such as "-70 mV".')
    ] = None,
    pump: Pump = None,
    p_unit: PUnit = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Goldman-Hodgkin-Katz potential and currents; with a channel's ratio, the resting potential.

    With a ratio, the permeability of Na is the leak through other paths and must be given.
    """
    from selectivity.membrane import goldman

    membrane = read_membrane(preset, inside, outside, permeability, temperature)
    handover, warnings = read_handover(ratio, from_run, membrane)
    pumped = read_pump(pump, p_unit, membrane)
    volts = [read_volt(text, "--voltage") for text in voltage or []]
    emit(goldman(membrane, volts, handover, pumped, warnings), as_json, csv, plot)
