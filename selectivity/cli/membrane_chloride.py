"""``selectivity membrane chloride``: E_GABA, what holds chloride, and its shift in development."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_cell_inputs import read_conductance
from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Temperature,
    read_above_zero,
    read_kelvin,
    read_quantities,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectivity.cell.chloride import ChlorideRates, Course, Maturation

RATE = "20 uS/cm^2"
RAMP = "1 uS/cm^2 to 40 uS/cm^2, 5 d to 15 d"
SECONDS_PER_DAY = 86400.0

Receptor = Annotated[
    str | None, typer.Option(help="gaba_mature (unless given) or gaba_immature: Cl, HCO3, P.")
]
Ratio = Annotated[str | None, typer.Option("--p-hco3", help='P_HCO3/P_Cl of GABA-A: "0.2".')]
Voltage = Annotated[str | None, typer.Option(help='V, such as "-70 mV"; else GHK of neuron.')]
Leak = Annotated[str | None, typer.Option(help=f'Chloride leak: "{RATE}". For the balance.')]
Kcc2 = Annotated[str | None, typer.Option(help=f'KCC2: "{RATE}"; in development "{RAMP}".')]
Nkcc1 = Annotated[
    str | None,
    typer.Option(
        help='NKCC1: "2 uS/cm^2"; in development "8 uS/cm^2 to 0.2 uS/cm^2, 5 d to 20 d".'
    ),
]
Develop = Annotated[
    bool, typer.Option("--development", help="The shift as a run over days, with its ledger.")
]
Duration = Annotated[str | None, typer.Option(help='Of the development: "25 d".')]


def chloride(
    preset: Receptor = None,
    inside: Inside = None,
    outside: Outside = None,
    p_hco3: Ratio = None,
    voltage: Voltage = None,
    temperature: Temperature = None,
    leak: Leak = None,
    kcc2: Kcc2 = None,
    nkcc1: Nkcc1 = None,
    development: Develop = False,
    duration: Duration = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """E_Cl, E_GABA and the reversal of KCC2 and NKCC1 over internal chloride.

    With --leak, --kcc2 or --nkcc1 the steady chloride where they balance (what is not given is
    zero). With --development KCC2 rises and NKCC1 falls on a neuron with a pump and a volume.
    """
    from selectivity.cell import chloride as c

    ratio = None if p_hco3 is None else parse_quantity(p_hco3, "dimensionless", "--p-hco3")
    given = _sides(inside, outside)
    if development:
        alone = {"--preset": preset, "--voltage": voltage, "--temperature": temperature}
        _refuse({**alone, "--leak": leak}, "stands without --development: the neuron brings it")
        course = _course(given, ratio, (kcc2, nkcc1), duration)
        emit(c.chloride_development(course, told("development")), as_json, csv, plot)
        return
    _refuse({"--duration": duration}, "goes with --development")
    cell = c.chloride_cell(
        c.MATURE if preset is None else preset,
        voltage_V=None if voltage is None else read_volt(voltage, "--voltage"),
        inside_mM=given[0],
        outside_mM=given[1],
        p_hco3=ratio,
        temperature_K=None if temperature is None else read_kelvin(temperature),
    )
    rates = _rates(leak, kcc2, nkcc1)
    found = c.chloride_reversals(cell) if rates is None else c.chloride_balance(cell, rates)
    emit(found, as_json, csv, plot)


def _sides(inside: str | None, outside: str | None) -> tuple[dict[str, float], dict[str, float]]:
    """What replaces the concentrations of the preset, by ion (mM)."""
    from selectivity.cell.chloride import IONS

    read = []
    for option, text in (("--in", inside), ("--out", outside)):
        side = {} if text is None else read_quantities(text, "concentration", option)
        for ion in side:
            if ion not in IONS:
                raise InputError(option, ion, f"is one of {', '.join(IONS)}")
        read.append(side)
    return read[0], read[1]


def _refuse(options: Mapping[str, str | None], rule: str) -> None:
    for option, text in options.items():
        if text is not None:
            raise InputError(option, text, rule)


def _rates(leak: str | None, kcc2: str | None, nkcc1: str | None) -> ChlorideRates | None:
    """Rate constants of the balance; None where none is given."""
    from selectivity.cell.chloride import ChlorideRates

    given = {"--leak": leak, "--kcc2": kcc2, "--nkcc1": nkcc1}
    if all(text is None for text in given.values()):
        return None
    read = [0.0 if text is None else _rate(text, option) for option, text in given.items()]
    if not any(read):
        named = next(option for option, text in given.items() if text is not None)
        raise InputError(named, given[named], "lets chloride through one path at least")
    return ChlorideRates(*read)


def _rate(text: str, option: str) -> float:
    value = read_conductance(text, option)
    if value < 0.0:
        raise InputError(option, text, "is zero or positive")
    return value


def _course(
    given: tuple[Mapping[str, float], Mapping[str, float]],
    ratio: float | None,
    ramps: tuple[str | None, str | None],
    duration: str | None,
) -> Maturation:
    """The shipped course with what the options change."""
    from selectivity.cell.chloride import maturation

    course = maturation()
    own = course.bicarbonate
    for option, side in zip(("--in", "--out"), given, strict=True):
        for ion in side:
            if ion != "HCO3":
                rule = "is HCO3 alone with --development: the neuron has its own ions"
                raise InputError(option, ion, rule)
    own = own._replace(
        in_mM=given[0].get("HCO3", own.in_mM),
        out_mM=given[1].get("HCO3", own.out_mM),
        p_hco3=own.p_hco3 if ratio is None else ratio,
    )
    kcc2 = course.kcc2 if ramps[0] is None else _ramp(ramps[0], "--kcc2")
    nkcc1 = course.nkcc1 if ramps[1] is None else _ramp(ramps[1], "--nkcc1")
    days = course.days
    if duration is not None:
        days = read_above_zero(duration, "time", "--duration", "25 d") / SECONDS_PER_DAY
    return replace(course, bicarbonate=own, kcc2=kcc2, nkcc1=nkcc1, days=days)


def _ramp(text: str, option: str) -> Course:
    """``1 uS/cm^2 to 40 uS/cm^2, 5 d to 15 d`` as a course."""
    from selectivity.cell.chloride import Course

    parts = [re.split(r"\s+to\s+", part.strip()) for part in text.split(",")]
    if [len(part) for part in parts] != [2, 2]:
        raise InputError(option, text, "is a ramp of two rates and two ages", f'such as "{RAMP}"')
    first, last = (_rate(part, option) for part in parts[0])
    start, end = (parse_quantity(part, "time", option) / SECONDS_PER_DAY for part in parts[1])
    if not 0.0 <= start < end:
        raise InputError(option, text, "goes on for some time from birth on", f'such as "{RAMP}"')
    return Course(first, last, start, end)
