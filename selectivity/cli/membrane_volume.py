"""``selectivity membrane volume``: composition, potential and volume of a pump-leak cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selectivity.cli.membrane_cell_inputs import LAW_HELP, read_law, read_rates
from selectivity.cli.membrane_inputs import METRES_PER_ANGSTROM, read_kelvin
from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.volume import PumpLeakNeuron, VolumeCell

Numbers = dict[str, float]
_UNITS = ("_mM", "_S_m2", "_fmol", "_F_m2", "_um", "_A_m2", "_V", "_C_mol")
_KINDS = {
    "_mM": "concentration",
    "_S_m2": "conductance_density",
    "_fmol": "amount",
    "_F_m2": "capacitance",
    "_A_m2": "current_density",
}
_IN_TIME = ("start_", "fixed_", "water_", "faraday_")


def volume(
    preset: Annotated[str, typer.Option(help="A shipped cell.")] = "duesterwald_2018",
    set_: Annotated[
        str | None,
        typer.Option(
            "--set", help='Other numbers: "g_kcc2=0 uS/cm^2, k_out=5 mM, z=-1, p=1 A/m^2".'
        ),
    ] = None,
    pump: Annotated[
        str | None,
        typer.Option(help="Another law. " + LAW_HELP),
    ] = None,
    temperature: Annotated[
        str | None, typer.Option(help="For RT/F; a shipped cell has its own.")
    ] = None,
    scan: Annotated[
        str | None,
        typer.Option(help='"pump", or "pump 0.01 A/m^2 to 100 A/m^2": against the pump\'s rate.'),
    ] = None,
    points: Annotated[int, typer.Option(help="Of the scan.")] = 121,
    sensitivities: Annotated[
        bool, typer.Option("--sensitivities", help="To every parameter, as a table.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """The steady state in closed form, its scan over the pump rate, or its sensitivities.

    Where a cell has no steady state the answer says so and why; `selectivity membrane simulate`
    follows the same cell in time.
    """
    from selectivity.cell import volume as v

    cell = read_cell(preset, set_, pump, temperature)
    if sensitivities:
        if scan is not None:
            raise InputError("--sensitivities", scan, "stands without --scan", "give one of them")
        emit(v.volume_sensitivities(cell), as_json, csv, plot)
    elif scan is not None:
        emit(v.pump_scan(cell, _rates(scan, points), told("scan")), as_json, csv, plot)
    else:
        emit(v.volume_rest(cell), as_json, csv, plot)


def read_cell(
    preset: str, set_: str | None, pump: str | None, temperature: str | None
) -> PumpLeakNeuron:
    """The shipped cell with what the options change."""
    from selectivity.cell import cell_presets
    from selectivity.cell import volume as v

    found = cell_presets.cell_preset(preset)
    if found.model != v.PUMP_LEAK_MODEL:
        known = [
            name
            for name in cell_presets.cell_preset_names()
            if cell_presets.cell_preset(name).model == v.PUMP_LEAK_MODEL
        ]
        rule = "is a pump-leak cell with a volume"
        raise InputError("--preset", preset, rule, "known: " + ", ".join(known))
    changes: dict[str, Any] = {}
    if pump is not None:
        changes["pump"] = read_law(pump, "--pump")
    if temperature is not None:
        changes["rt_over_f_V"] = v.thermal_voltage(read_kelvin(temperature))
    cell = v.pump_leak_neuron(found, **changes)
    if set_ is None:
        return cell
    changed = cell.with_numbers(_numbers(set_, cell))
    assert isinstance(changed, v.PumpLeakNeuron)
    return replace(changed, name=f"{cell.name} with {set_.strip()}")


def _numbers(text: str, cell: VolumeCell) -> Numbers:
    """``g_kcc2=0 uS/cm^2, z=-1`` by the names of the cell's numbers."""
    known = {_short(name): name for name in cell.numbers() if not name.startswith(_IN_TIME)}
    found: Numbers = {}
    for part in text.split(","):
        short, equals, value = (word.strip() for word in part.partition("="))
        name = known.get(short) or (short if short in known.values() else None)
        if not equals or name is None:
            rule = "is a list of NAME=VALUE, separated by commas"
            raise InputError("--set", part.strip(), rule, "names: " + ", ".join(known))
        if name in found:
            raise InputError("--set", short, "stands once", "leave one of the two out")
        found[name] = _value(value, name, f"--set {short}")
    return found


def _short(name: str) -> str:
    """``g_na`` for ``g_na_S_m2``, ``p`` for ``pump.p_A_m2``."""
    bare = name.split(".")[-1]
    return next((bare.removesuffix(unit) for unit in _UNITS if bare.endswith(unit)), bare)


def _value(text: str, name: str, place: str) -> float:
    """A number in the unit that ``name`` ends with."""
    if name.endswith("_um"):
        return 1e6 * METRES_PER_ANGSTROM * parse_quantity(text, "length", place)
    if name.endswith("_V"):
        return 1e-3 * parse_quantity(text, "voltage", place)
    kind = next((_KINDS[unit] for unit in _KINDS if name.endswith(unit)), "dimensionless")
    return parse_quantity(text, kind, place)


def _rates(text: str, points: int) -> list[float] | None:
    """Rates of ``--scan``; None for those around the cell's own."""
    word, _, ends = text.strip().partition(" ")
    if word != "pump":
        raise InputError("--scan", text, "begins with pump", '"pump 0.01 A/m^2 to 100 A/m^2"')
    if points < 2:
        raise InputError("--points", points, "is 2 or more")
    if not ends:
        return None
    return read_rates(ends, points, "--scan", "pump 0.01 A/m^2 to 100 A/m^2")
