"""``selectivity membrane iv``: current-voltage curves, computed or measured, and their reversal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Permeability,
    Preset,
    PUnit,
    Temperature,
    read_membrane,
    read_p_unit,
    read_range,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectivity.membrane import IVCurve, MeasuredIV, Membrane

POINTS_AT_MOST = 1_000_000


def iv(
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    permeability: Permeability = None,
    temperature: Temperature = None,
    ion: Annotated[str | None, typer.Option(help="The curve of this ion alone, such as K.")] = None,
    between: Annotated[
        str | None,
        typer.Option(help='Range of the curve, "-150 mV to 100 mV"; of a file, the points to use.'),
    ] = None,
    step: Annotated[str, typer.Option(help="Distance of the potentials.")] = "1 mV",
    p_unit: PUnit = None,
    pump: Annotated[
        str | None, typer.Option(help='Constant pump current outward, such as "0.1 uA/cm^2".')
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option(help='CSV file of a measured curve, header with units: "V (mV), I (pA)".'),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The current's column, where the file has several.")
    ] = None,
    order: Annotated[
        int | None, typer.Option(help="Order of the fitted I(V), 1 to 5; the data decide.")
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """I-V curve of a membrane, GHK against ohmic; or the reversal of a measured curve.

    With --measured and a membrane the GHK curve of the membrane is laid over the points.
    """
    from selectivity.membrane import read_iv, reversal_of

    ends = None if between is None else read_range(between, "--between")
    described = any(x is not None for x in (preset, inside, outside, permeability, temperature))
    data = None if measured is None else read_iv(measured, column)
    over = ends or ((-0.15, 0.1) if data is None else _span(data))
    model = None
    if not described and measured is not None:
        stray = {"--ion": ion, "--p-unit": p_unit, "--pump": pump}
        _refuse(stray, "belongs to a membrane", "give it, or --preset")
    else:
        membrane = read_membrane(preset, inside, outside, permeability, temperature)
        if ion is not None:
            membrane = membrane.with_permeability(_one_ion(ion, membrane.permeability))
        model = _curve(membrane, over, step, _scale(p_unit, pump))
    if data is None:
        _refuse(
            {"--column": column, "--order": order}, "belongs to --measured", "give the file, too"
        )
        assert model is not None
        emit(model, as_json, csv, plot)
        return
    emit(reversal_of(data, order, ends, model), as_json, csv, plot)


def _span(data: MeasuredIV) -> tuple[float, float]:
    """Lowest and highest measured potential, volt."""
    return float(data.v_mV.min()) / 1000.0, float(data.v_mV.max()) / 1000.0


def _refuse(options: Mapping[str, object], rule: str, remedy: str) -> None:
    """InputError for the first of the options that was given."""
    for option, value in options.items():
        if value is not None:
            raise InputError(option, value, rule, remedy)


def _scale(p_unit: str | None, pump: str | None) -> dict[str, float]:
    """Unit of the permeabilities and current of the pump, where they are given."""
    unit = read_p_unit(p_unit)
    scale = {} if unit is None else {"unit_m_s": unit}
    if pump is None:
        return scale
    if unit is None:
        remedy = 'give it with --p-unit, such as "10 nm/s"'
        raise InputError("--pump", pump, "needs the scale of the permeabilities", remedy)
    return {**scale, "pump_A_m2": parse_quantity(pump, "current_density", "--pump")}


def _one_ion(ion: str, permeability: Mapping[str, float]) -> dict[str, float]:
    from selectivity.membrane import ion_symbol

    symbol = ion_symbol(ion, "--ion")
    value = permeability.get(symbol, 0.0)
    if value <= 0.0:
        raise InputError(
            "--ion", symbol, "has a permeability", f'such as --permeability "{symbol}=1"'
        )
    return {symbol: value}


def _curve(
    membrane: Membrane,
    ends: tuple[float, float],
    step: str,
    scale: Mapping[str, float],
) -> IVCurve:
    import numpy as np

    from selectivity.membrane import iv_curve

    width = read_volt(step, "--step")
    count = (ends[1] - ends[0]) / width if width > 0.0 else 0.0
    if not 1.0 <= count <= POINTS_AT_MOST:
        rule = f"is above zero and gives 2 to {POINTS_AT_MOST} points"
        raise InputError("--step", step, rule)
    volts = np.linspace(*ends, round(count) + 1)
    return iv_curve(membrane, volts, **scale)
