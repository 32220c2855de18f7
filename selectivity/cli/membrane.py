"""``selectivity membrane``: Nernst and Goldman-Hodgkin-Katz on the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from selectivity.cli import membrane_tables as tables
from selectivity.cli.membrane_inputs import (
    FromRun,
    Inside,
    Outside,
    Permeability,
    Preset,
    Ratio,
    Temperature,
    ratio_of_run,
    read_membrane,
    read_ratio,
)
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

app = typer.Typer(no_args_is_help=True, help="What ions and a permeability ratio do to a membrane.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def nernst(
    ion: Annotated[str, typer.Option(help="Ion, such as K, Na, Cl, Ca.")],
    inside: Annotated[str, typer.Option("--in", help='Concentration inside, such as "140 mM".')],
    outside: Annotated[str, typer.Option("--out", help='Concentration outside, such as "5 mM".')],
    temperature: Annotated[str, typer.Option(help='Such as "37 degC" or "310.15 K".')],
    voltage: Annotated[
        str | None, typer.Option(help='Membrane potential for the driving force, such as "-70 mV".')
    ] = None,
    as_json: Json = False,
) -> None:
    """Equilibrium potential of one ion, E = (RT/zF) ln(c_out/c_in)."""
    from selectivity import membrane as m

    symbol = m.ion_symbol(ion, "--ion")
    z = m.VALENCE[symbol]
    c_in = parse_quantity(inside, "concentration", "--in")
    c_out = parse_quantity(outside, "concentration", "--out")
    kelvin = parse_quantity(temperature, "temperature", "--temperature")
    if c_in == 0.0 and c_out == 0.0:
        raise InputError("--in, --out", "0, 0", f"{symbol} is present on at least one side")
    out: dict[str, Any] = {
        "ion": symbol,
        "z": z,
        "c_in_mM": c_in,
        "c_out_mM": c_out,
        "temperature_K": kelvin,
        "e_mV": 1000.0 * m.nernst(z, c_in, c_out, kelvin),
        "slope_mV_per_decade": 1000.0 * m.nernst_slope(z, kelvin),
    }
    if voltage is not None:
        out["v_mV"] = parse_quantity(voltage, "voltage", "--voltage")
        difference = m.electrochemical_difference(z, c_in, c_out, out["v_mV"] / 1000.0, kelvin)
        out["driving_force_mV"] = difference.mV
        out["delta_mu_J_mol"], out["delta_mu_kT"] = difference.J_mol, difference.kT
    if as_json:
        tables.print_json(out)
    else:
        tables.show_nernst(out)


@app.command()
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
    as_json: Json = False,
) -> None:
    """Goldman-Hodgkin-Katz potential and currents; with a channel's ratio, the resting potential.

    With a ratio, the permeability of Na is the leak through other paths and must be given.
    """
    from selectivity.membrane import resting_potential

    membrane = read_membrane(preset, inside, outside, permeability, temperature)
    rest = None
    if from_run is not None and ratio is not None:
        raise InputError("--ratio", ratio, "stands without --from", "give one of the two")
    warnings: list[str] = []
    if from_run is not None:
        interval, kelvin, warnings = ratio_of_run(from_run)
        rest = resting_potential(interval, kelvin, membrane)
    elif ratio is not None:
        rest = resting_potential(read_ratio(ratio), membrane.temperature_K, membrane)
    volts = [parse_quantity(text, "voltage", "--voltage") / 1000.0 for text in voltage or []]
    out = tables.ghk_record(membrane, volts)
    if rest is not None:
        out["resting_potential"] = rest.as_dict()
    out["warnings"] = [*(rest.warnings if rest else ()), *warnings]
    if as_json:
        tables.print_json(out)
    else:
        tables.show_ghk(out)
