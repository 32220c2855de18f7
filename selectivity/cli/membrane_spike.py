"""``selectivity membrane spike``: the squid axon's action potential in the space clamp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_axon import (
    EXAMPLES,
    Leak,
    Radius,
    Warmth,
    read_axon,
    read_stimulus,
)
from selectivity.cli.membrane_inputs import read_above_zero, read_ends
from selectivity.cli.membrane_output import Csv, Json, Plot, emit, told
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.excitable import SquidAxon
    from selectivity.membrane.result import Result

POINTS_AT_MOST = 1000
Applied = Annotated[
    list[str] | None,
    typer.Option(
        "--stimulus",
        help="Start, end, strength; may be given more than once. "
        + "; ".join(f'"{text}"' for text in EXAMPLES.values()),
    ),
]
Duration = Annotated[str | None, typer.Option(help='Of the trace ("30 ms"), or of each f-I step.')]
Fi = Annotated[str | None, typer.Option("--fi", help='f-I curve: "1 uA/cm^2 to 170 uA/cm^2".')]
Least = Annotated[
    str | None,
    typer.Option(
        "--threshold", help='Of a pulse that long ("0.5 ms"), of a shock, a step or an anode-break.'
    ),
]
Refractory = Annotated[
    str | None, typer.Option(help='Threshold of a second pulse: "4 ms to 25 ms".')
]
Warm = Annotated[str | None, typer.Option(help='Series of temperatures: "0 degC to 40 degC".')]
Points = Annotated[int, typer.Option(help="Points of a curve.")]


def spike(
    stimulus: Applied = None,
    temperature: Warmth = None,
    duration: Duration = None,
    fi: Fi = None,
    threshold: Least = None,
    refractory: Refractory = None,
    warm: Warm = None,
    points: Points = 30,
    leak: Leak = "rounded",
    radius: Radius = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Action potential of the squid axon: trace, thresholds, f-I, refractoriness, heat.

    Without --fi, --threshold, --refractory or --warm a trace with its spikes, currents, sodium
    load and ATP. The temperature is 6.3 degC, that of the rates, unless given.
    """
    modes = {"--fi": fi, "--threshold": threshold, "--refractory": refractory, "--warm": warm}
    chosen = [name for name, value in modes.items() if value is not None]
    if len(chosen) > 1:
        raise InputError(chosen[1], modes[chosen[1]], f"stands without {chosen[0]}")
    if stimulus is not None and chosen and chosen != ["--warm"]:
        raise InputError("--stimulus", stimulus[0], f"stands without {chosen[0]}")
    if duration is not None and chosen and chosen != ["--fi"]:
        raise InputError("--duration", duration, f"stands without {chosen[0]}")
    if not 2 <= points <= POINTS_AT_MOST:
        raise InputError("--points", points, f"lies between 2 and {POINTS_AT_MOST}")
    axon = read_axon(temperature, leak, radius)
    length = None if duration is None else parse_quantity(duration, "time", "--duration")
    if length is not None and length <= 0.0:
        raise InputError("--duration", duration, "is above zero")
    if fi is not None:
        found = _firing(axon, fi, points, length)
    elif threshold is not None:
        found = _threshold(axon, threshold)
    elif refractory is not None:
        found = _refractory(axon, refractory, points)
    elif warm is not None:
        found = _warming(axon, warm, points, stimulus)
    else:
        found = _trace(axon, stimulus, length)
    emit(found, as_json, csv, plot)


def _trace(axon: SquidAxon, stimulus: list[str] | None, length: float | None) -> Result:
    from selectivity.cell.excitable import space_clamp

    given = read_stimulus(stimulus or [EXAMPLES["pulse"]], axon)
    return space_clamp(axon, given, 0.03 if length is None else length)


def _firing(axon: SquidAxon, fi: str, points: int, length: float | None) -> Result:
    import numpy as np

    from selectivity.cell.excitable import firing_curve

    currents = np.linspace(
        *read_ends(fi, "current_density", "--fi", "1 uA/cm^2 to 170 uA/cm^2"), points
    )
    more = {} if length is None else {"duration_s": length}
    return firing_curve(axon, currents, progress=told("f-I curve"), **more)


def _threshold(axon: SquidAxon, text: str) -> Result:
    from selectivity.cell.excitable import anode_break, pulse_threshold, rheobase, shock_threshold

    named = {"shock": shock_threshold, "step": rheobase, "anode-break": anode_break}
    if text in named:
        return named[text](axon)
    if text.strip().isalpha() or "-" in text.strip()[1:]:
        rule = "is the duration of a pulse, shock, step or anode-break"
        raise InputError("--threshold", text, rule, 'for example "0.5 ms"')
    return pulse_threshold(axon, read_above_zero(text, "time", "--threshold", "0.5 ms"))


def _refractory(axon: SquidAxon, text: str, points: int) -> Result:
    import numpy as np

    from selectivity.cell.excitable import refractory_period

    ends = read_ends(text, "time", "--refractory", "1 ms to 30 ms")
    if ends[0] <= 5e-4:
        raise InputError("--refractory", text, "starts after the first pulse, which lasts 0.5 ms")
    return refractory_period(axon, np.linspace(*ends, points), progress=told("second pulses"))


def _warming(axon: SquidAxon, text: str, points: int, stimulus: list[str] | None) -> Result:
    import numpy as np

    from selectivity.cell.excitable import temperature_series

    given = None if stimulus is None else read_stimulus(stimulus, axon)
    kelvins = np.linspace(*read_ends(text, "temperature", "--warm", "6.3 degC to 30 degC"), points)
    return temperature_series(axon, kelvins, given, progress=told("temperatures"))
