"""``selectivity membrane rest``: the resting potential by several equations, and its band."""

from __future__ import annotations

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
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit


def rest(
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    permeability: Permeability = None,
    temperature: Temperature = None,
    ratio: Ratio = None,
    from_run: FromRun = None,
    pump: Pump = None,
    p_unit: PUnit = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Resting potential by GHK, chord and pump equations side by side, and why they differ.

    With --ratio or --from the channel's P_K/P_Na enters with its interval, and the permeability of
    Na is the leak through other paths, which must be given (Na=0 for none). Without --pump the
    3:2 pump is at steady state.
    """
    from dataclasses import replace

    from selectivity.membrane import resting_forms, with_channel

    membrane = read_membrane(preset, inside, outside, permeability, temperature)
    handover, warnings = read_handover(ratio, from_run, membrane)
    if handover is not None:
        membrane = with_channel(membrane, handover)
    found = resting_forms(membrane, handover, read_pump(pump, p_unit, membrane))
    emit(replace(found, warnings=(*found.warnings, *warnings)), as_json, csv, plot)
