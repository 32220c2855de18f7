"""``selectivity membrane pump-leak``: the steady state of pump and leak at fixed volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_cell_inputs import (
    LAW_HELP,
    Adp,
    Atp,
    AtpConstant,
    Phosphate,
    read_conductance,
    read_impermeants,
    read_law,
    read_phosphates,
    read_rates,
)
from selectivity.cli.membrane_inputs import (
    Outside,
    Permeability,
    Preset,
    PUnit,
    Temperature,
    read_kelvin,
    read_p_unit,
    read_pairs,
    read_quantities,
    read_solution,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.leaks import Leaks
    from selectivity.membrane import Solution

_POINTS = 61


def pump_leak(
    law: Annotated[str, typer.Option(help=LAW_HELP)],
    impermeant: Annotated[
        str, typer.Option(help='What cannot cross, inside: amount and charge, "155 mM, -0.85".')
    ],
    outside: Outside = None,
    temperature: Temperature = None,
    preset: Preset = None,
    conductance: Annotated[
        str | None, typer.Option(help='Leaks, "Na=20 uS/cm^2, K=70 uS/cm^2, Cl=20 uS/cm^2".')
    ] = None,
    permeability: Permeability = None,
    p_unit: PUnit = None,
    kcc2: Annotated[
        str | None, typer.Option(help='Rate constant of KCC2, such as "20 uS/cm^2".')
    ] = None,
    bath_impermeant: Annotated[
        str | None, typer.Option(help='What cannot cross, in the bath, such as "29.5 mM".')
    ] = None,
    atp_constant: AtpConstant = None,
    atp: Atp = "3 mM",
    adp: Adp = "0.03 mM",
    pi: Phosphate = "5 mM",
    scan: Annotated[
        str | None,
        typer.Option(help='Rates of the law to run through, "0.0001 A/m^2 to 0.1 A/m^2".'),
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Where pump and leak leave a cell of fixed volume: Na, K, Cl and V at which nothing runs down.

    The bath (--out, or that of --preset) and the impermeants are given. The steady state is the
    only one, or there is none: then the answer is the words "no steady state" with the reason (in
    JSON steady is false and the numbers are null), and the exit code is 0, since the question is
    answered. A state that ATP could not pay for is marked.
    """
    from selectivity.cell.donnan import NONE
    from selectivity.cell.pump_leak import pump_leak as solve
    from selectivity.cell.pump_leak import pump_leak_scan

    bath, ratios = _bath(preset, outside, temperature)
    if permeability is not None:
        ratios = read_quantities(permeability, "dimensionless", "--permeability")
    leaks = _leaks(conductance, ratios, p_unit, kcc2)
    inner = read_impermeants(impermeant, "--impermeant")
    outer = NONE
    if bath_impermeant is not None:
        outer = read_impermeants(bath_impermeant, "--bath-impermeant", charge="0")
    phosphates = read_phosphates(atp, adp, pi)
    rate = read_law(law, "--law", atp_constant)
    if scan is None:
        emit(solve(bath, leaks, rate, inner, outer, phosphates), as_json, csv, plot)
        return
    rates = read_rates(scan, _POINTS, "--scan", "0.0001 A/m^2 to 0.1 A/m^2")
    emit(pump_leak_scan(bath, leaks, rate, inner, rates, outer, phosphates), as_json, csv, plot)


def _bath(
    preset: str | None, outside: str | None, temperature: str | None
) -> tuple[Solution, dict[str, float]]:
    """The bath, and the relative permeabilities of the preset if there is one."""
    from selectivity import membrane as m

    kelvin = None if temperature is None else read_kelvin(temperature)
    if preset is not None:
        if outside is not None:
            rule = "brings its own bath"
            raise InputError("--preset", preset, rule, "leave out --preset or --out")
        base = m.preset(preset)
        base = base if kelvin is None else base.at(kelvin)
        return base.outside, dict(base.permeability)
    for option, value in (("--out", outside), ("--temperature", temperature)):
        if value is None:
            remedy = "give it, or --preset with one of " + ", ".join(m.preset_names())
            raise InputError(option, None, "is needed without --preset", remedy)
    assert outside is not None
    assert kelvin is not None
    return read_solution(outside, "--out", "outside", kelvin), {}


def _leaks(
    conductance: str | None, ratios: dict[str, float], p_unit: str | None, kcc2: str | None
) -> Leaks:
    """Conductances; the ions without one by their permeabilities."""
    from selectivity.cell.leaks import Leaks

    ohmic = {} if conductance is None else read_pairs(conductance, "--conductance")
    g = {ion: read_conductance(text, f"--conductance {ion}") for ion, text in ohmic.items()}
    unit = read_p_unit(p_unit)
    rest = {ion: p for ion, p in ratios.items() if ion not in g}
    if not g and not rest:
        rule = "is given, or --permeability with --p-unit"
        raise InputError("--conductance", None, rule, '"Na=20 uS/cm^2, K=70 uS/cm^2"')
    if rest and unit is None:
        rule = "is the permeability that 1 stands for: against a pump the scale matters"
        raise InputError("--p-unit", None, rule, 'for example "10 nm/s"')
    p = {ion: value * unit for ion, value in rest.items()} if unit is not None else {}
    return Leaks(g, p, 0.0 if kcc2 is None else read_conductance(kcc2, "--kcc2"))
