"""``selectivity membrane electrodiffusion`` and ``iv-filter``: ions in a slab and in a filter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from selectivity.cli.membrane_inputs import (
    Inside,
    Outside,
    Preset,
    Temperature,
    read_metres,
    read_quantities,
    read_range,
    read_sides,
    read_volt,
)
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError, NotConvergedError

if TYPE_CHECKING:
    import numpy as np

    from selectivity.membrane import Solution
    from selectivity.membrane.electrodiffusion import Slab
    from selectivity.membrane.electrodiffusion.slab import Mode
    from selectivity.membrane.electrodiffusion.transient import Faces, Start

Curve = Annotated[str | None, typer.Option("--iv", help='I-V curve: "-100 mV to 100 mV".')]
Points = Annotated[int, typer.Option(help="Voltages of the I-V curve.")]


def electrodiffusion(
    mode: Annotated[str, typer.Option(help="constant-field, electroneutral or pnp.")],
    diffusion: Annotated[
        str, typer.Option(help='In the slab: "K=1.96e-9 m^2/s, Cl=2.03e-9 m^2/s".')
    ],
    length: Annotated[str, typer.Option(help='Thickness of the slab, such as "10 nm".')],
    preset: Preset = None,
    inside: Inside = None,
    outside: Outside = None,
    temperature: Temperature = None,
    voltage: Annotated[str | None, typer.Option(help='V = inside less outside: "-70 mV".')] = None,
    open_circuit: Annotated[bool, typer.Option("--open-circuit", help="No net current.")] = False,
    iv: Curve = None,
    points: Points = 41,
    permittivity: Annotated[
        str | None, typer.Option(help='Relative, for pnp: "78.3", or "water" at the temperature.')
    ] = None,
    fixed_charge: Annotated[str, typer.Option(help='Bound charge over F: "-50 mM".')] = "0 mM",
    partition: Annotated[
        str | None, typer.Option(help='Slab over bath: "K=0.1, Cl=0.01"; 1 where not named.')
    ] = None,
    cells: Annotated[int | None, typer.Option(help="Cells of the mesh.")] = None,
    time: Annotated[
        str | None, typer.Option(help='Follow in time for "1 us", or "settled".')
    ] = None,
    start: Annotated[str, typer.Option(help="In time: straight, inside or outside.")] = "straight",
    closed: Annotated[
        bool, typer.Option("--closed", help="In time: faces let nothing by.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Nernst-Planck fluxes through a slab: profiles, currents, potential of no current."""
    from selectivity.membrane import electrodiffusion as e

    _check_questions(voltage, open_circuit, iv, time, closed or start != "straight")
    inner, outer, _ = read_sides(preset, inside, outside, temperature)
    slab = _slab(inner, outer, diffusion, length, (permittivity, fixed_charge, partition))
    which = cast("Mode", mode)
    mesh = {} if cells is None else {"cells": cells}
    if iv is not None:
        emit(e.slab_currents(slab, _voltages(iv, points), which, **mesh), as_json, csv, plot)
        return
    volt = None if voltage is None else read_volt(voltage, "--voltage")
    if time is None or volt is None:
        emit(e.slab_state(slab, volt, which, **mesh), as_json, csv, plot)
        return
    duration = None if time == "settled" else parse_quantity(time, "time", "--time")
    faces: Faces = "closed" if closed else "baths"
    run = e.slab_run(slab, volt, which, cast("Start", start), duration, faces, **mesh)
    emit(run, as_json, csv, plot)


def _check_questions(
    voltage: str | None, open_circuit: bool, iv: str | None, time: str | None, in_time: bool
) -> None:
    """One thing is asked at a time, and what belongs to a run in time stands with ``--time``."""
    asked = {"--voltage": voltage is not None, "--open-circuit": open_circuit, "--iv": bool(iv)}
    if sum(asked.values()) != 1:
        given = ", ".join(option for option, there in asked.items() if there) or None
        rule = "one of --voltage, --open-circuit and --iv is given"
        raise InputError("--voltage", given, rule, 'for example --voltage "-70 mV"')
    if time is None and in_time:
        raise InputError("--start, --closed", None, "stand with --time")
    if time is not None and voltage is None:
        raise InputError("--time", time, "stands with --voltage")


def _slab(
    inside: Solution,
    outside: Solution,
    diffusion: str,
    length: str,
    more: tuple[str | None, str, str | None],
) -> Slab:
    from selectivity.membrane import relative_permittivity
    from selectivity.membrane.electrodiffusion import Slab

    permittivity, fixed_charge, partition = more
    epsilon = None
    if permittivity == "water":
        epsilon = float(relative_permittivity(inside.temperature_K))
    elif permittivity is not None:
        epsilon = parse_quantity(permittivity, "dimensionless", "--permittivity")
    return Slab(
        inside,
        outside,
        read_quantities(diffusion, "diffusion", "--diffusion"),
        read_metres(length, "--length"),
        epsilon,
        parse_quantity(fixed_charge, "concentration", "--fixed-charge"),
        {} if partition is None else read_quantities(partition, "dimensionless", "--partition"),
    )


def _voltages(text: str, points: int) -> np.ndarray:
    """``-100 mV to 100 mV`` as evenly spaced voltages in volt."""
    import numpy as np

    ends = read_range(text, "--iv")
    if points < 2:
        raise InputError("--points", points, "is two or more")
    # whole steps, so that a voltage that is meant as 0 is 0
    return np.round(np.linspace(*ends, points), 15)


def iv_filter(
    folder: Annotated[Path, typer.Argument(help="Run folder with a sampled filter.")],
    inside: Annotated[str, typer.Option("--in", help='Such as "K=140 mM, Na=15 mM".')],
    outside: Annotated[str, typer.Option("--out", help='Such as "K=5 mM, Na=145 mM".')],
    radius: Annotated[str, typer.Option(help='Of the cross-section of W, such as "1.5 angstrom".')],
    reduction: Annotated[
        float, typer.Option(help="D in the pore over D in bulk water, above 0, at most 1.")
    ],
    diffusion: Annotated[
        str | None, typer.Option(help='In bulk: "K=1.96e-9 m^2/s, Na=1.33e-9 m^2/s".')
    ] = None,
    well: Annotated[
        str, typer.Option(help="Levelled wells of K above the baths: sampling does not know it.")
    ] = "0 kJ/mol",
    system: Annotated[str | None, typer.Option(help="A filter of the run; the headline.")] = None,
    iv: Annotated[str, typer.Option("--iv", help="Range of voltages.")] = "-100 mV to 100 mV",
    points: Points = 21,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Current-voltage curve, in pA with its band, of a filter whose profile was sampled.

    Exit code 3 where the sampling has not converged; the curve is printed and flagged.
    """
    from selectivity.api.filter_iv import Pore, filter_iv

    pore = Pore(
        read_metres(radius, "--radius"),
        reduction,
        None if diffusion is None else read_quantities(diffusion, "diffusion", "--diffusion"),
        parse_quantity(well, "energy", "--well"),
    )
    baths = ((inside, "--in"), (outside, "--out"))
    within, without = (read_quantities(text, "concentration", option) for text, option in baths)
    curve = filter_iv(folder, within, without, pore, _voltages(iv, points), system)
    emit(curve, as_json, csv, plot)
    if not curve.inputs["converged"]:
        raise typer.Exit(NotConvergedError.exit_code)
