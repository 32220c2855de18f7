"""``selectivity membrane nernst``: the equilibrium potential of one ion."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import check_both_sides, read_kelvin, read_volt
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity


def nernst(
    ion: Annotated[str, typer.Option(help="Ion, such as K, Na, Cl, Ca.")],
    inside: Annotated[str, typer.Option("--in", help='Concentration inside, such as "140 mM".')],
    outside: Annotated[str, typer.Option("--out", help='Concentration outside, such as "5 mM".')],
    temperature: Annotated[str, typer.Option(help='Such as "37 degC" or "310.15 K".')],
    voltage: Annotated[
        str | None, typer.Option(help='Membrane potential for the driving force, such as "-70 mV".')
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Equilibrium potential of one ion, E = (RT/zF) ln(c_out/c_in)."""
    from selectivity import membrane as m

    symbol = m.ion_symbol(ion, "--ion")
    c_in = parse_quantity(inside, "concentration", f"--in {symbol}")
    c_out = parse_quantity(outside, "concentration", f"--out {symbol}")
    kelvin = read_kelvin(temperature)
    check_both_sides(symbol, c_in, c_out)
    volt = None if voltage is None else read_volt(voltage, "--voltage")
    emit(m.equilibrium(symbol, c_in, c_out, kelvin, volt), as_json, csv, plot)
