"""``selectivity membrane pump``: the pump's ledger, its rate laws and the bound that ATP sets."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_cell_inputs import (
    LAW_HELP,
    Adp,
    Atp,
    AtpConstant,
    Phosphate,
    Standard,
    read_coupling,
    read_currents,
    read_law,
    read_phosphates,
)
from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Preset,
    Temperature,
    read_sides,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.errors import InputError


def pump(
    leak: Annotated[
        str | None,
        typer.Option(
            help='Sodium leak, such as "-65 pA" or "-2.7 uA/cm^2" (inward is negative), or of '
            'several ions: "Na=-65 pA, K=50 pA".'
        ),
    ] = None,
    coupling: Annotated[str, typer.Option(help="Na out to K in per ATP.")] = "3:2",
    law: Annotated[list[str] | None, typer.Option(help=LAW_HELP + " May be given again.")] = None,
    atp_constant: AtpConstant = None,
    voltage: Annotated[
        str | None, typer.Option(help='Membrane potential for the bound, such as "-70 mV".')
    ] = None,
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    temperature: Temperature = None,
    atp: Atp = "3 mM",
    adp: Adp = "0.03 mM",
    pi: Phosphate = "5 mM",
    standard: Standard = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """What the sodium pump carries, ion by ion; what it costs; how fast it runs.

    With --leak the ledger: leak, pump part and sum of every ion, net pump current and ATP per
    second. With --law the rate against Na inside and K outside (and without --leak the ledger of
    the cell at that rate). With --voltage the work of a cycle against what ATP gives: efficiency,
    stall potential, steepest gradients. --law and --voltage need the concentrations.
    """
    from selectivity.cell.pump_bound import pump_bound
    from selectivity.cell.pump_curves import pump_curves
    from selectivity.cell.pump_ledger import pump_ledger
    from selectivity.cell.pump_report import PumpReport

    if leak is None and not law and voltage is None:
        rule = "stands, or --law, or --voltage"
        raise InputError("--leak", None, rule, 'for example --leak "-65 pA"')
    n, k = read_coupling(coupling)
    ledger = curves = bound = None
    if leak is not None:
        currents, unit = read_currents(leak, "--leak")
        ledger = pump_ledger(currents, unit, n, k)
    if law or voltage is not None:
        inner, outer, _ = read_sides(preset, inside, outside, temperature)
        phosphates = read_phosphates(atp, adp, pi, standard)
        if law:
            laws = [read_law(text, "--law", atp_constant) for text in law]
            fed = None if atp_constant is None else phosphates.atp_mM
            curves = pump_curves(laws, inner, outer, fed)
        if curves is not None and ledger is None and len(curves.laws) == 1:
            ledger = pump_ledger({}, "A/m2", n, k, float(curves.at_A_m2[0]))
        if voltage is not None:
            volt = read_volt(voltage, "--voltage")
            bound = pump_bound(inner, outer, volt, phosphates, n, k)
    emit(PumpReport(ledger, curves, bound), as_json, csv, plot)
