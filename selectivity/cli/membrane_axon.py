"""What the topics of the squid axon share: options, how their texts are read, and progress."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import read_kelvin, read_metres
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.excitable import SquidAxon, Stimulus

Warmth = Annotated[str | None, typer.Option("--temperature", help='Such as "18.5 degC".')]
Leak = Annotated[
    str,
    typer.Option(
        help='E_leak: "rounded" (-54.3 mV, rest at -64.97 mV) or "1952" (-54.387 mV, -65.00 mV).'
    ),
]
Radius = Annotated[str | None, typer.Option(help="Of the axon; 238 um is that of 1952.")]

OHM_METRES = {"ohm cm": 0.01, "ohm*cm": 0.01, "ohm m": 1.0, "ohm*m": 1.0}
QUIET_S = 2.0  # a run that is done sooner says nothing of its progress
_QUANTITY = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*[^\s\d+-]\S*")
KINDS = {
    "pulse": ("time", "time", "current_density"),
    "step": ("time", "current_density"),
    "ramp": ("time", "time", "current_density", "current_density"),
    "shock": ("time", "voltage"),
    "hold": ("current_density",),
}
EXAMPLES = {
    "pulse": "pulse 2 ms 2.5 ms 20 uA/cm^2",
    "step": "step 5 ms 10 uA/cm^2",
    "ramp": "ramp 0 ms 50 ms 0 uA/cm^2 20 uA/cm^2",
    "shock": "shock 2 ms 10 mV",
    "hold": "hold 3 uA/cm^2",
}


def read_axon(temperature: str | None, leak: str, radius: str | None) -> SquidAxon:
    """The shipped axon at a temperature, with a leak and a radius."""
    from selectivity.cell.excitable import squid_axon

    axon = squid_axon(None if temperature is None else read_kelvin(temperature), leak)
    if radius is None:
        return axon
    metres = read_metres(radius, "--radius")
    if metres <= 0.0:
        raise InputError("--radius", radius, "is above zero", 'for example "238 um"')
    return replace(axon, radius_m=metres)


def read_resistivity(text: str) -> float:
    """``35.4 ohm cm`` in ohm m."""
    match = re.fullmatch(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(.*?)\s*", text)
    unit = " ".join(match[2].replace("Ω", "ohm").split()) if match else ""
    if match is None or unit not in OHM_METRES:
        rule = "needs a resistivity"
        raise InputError("--resistivity", text, rule, 'for example "35.4 ohm cm"')
    value = parse_quantity(match[1], "dimensionless", "--resistivity") * OHM_METRES[unit]
    if value <= 0.0:
        raise InputError("--resistivity", text, "is above zero")
    return value


def read_stimulus(texts: list[str], axon: SquidAxon) -> Stimulus:
    """Applied currents such as ``pulse 2 ms 2.5 ms 20 uA/cm^2``, added up."""
    from selectivity.cell.excitable import together

    return together([_one_stimulus(text, axon) for text in texts])


def _one_stimulus(text: str, axon: SquidAxon) -> Stimulus:
    from selectivity.cell.excitable import held, pulse, ramp, shock, step

    kind, _, rest = text.strip().partition(" ")
    if kind not in KINDS:
        remedy = f'for example "{EXAMPLES["pulse"]}"'
        raise InputError("--stimulus", text, "begins with " + ", ".join(KINDS), remedy)
    found = _QUANTITY.findall(rest)
    wanted = KINDS[kind]
    if len(found) != len(wanted) or " ".join(" ".join(found).split()) != " ".join(rest.split()):
        nouns = {"time": "a time", "voltage": "a voltage", "current_density": "a current density"}
        rule = f"{kind} takes " + ", ".join(nouns[part] for part in wanted)
        raise InputError("--stimulus", text, rule, f'for example "{EXAMPLES[kind]}"')
    n = [
        parse_quantity(part, what, f"--stimulus {kind}")
        for part, what in zip(found, wanted, strict=True)
    ]
    if kind in ("pulse", "ramp") and not n[0] < n[1]:
        raise InputError("--stimulus", text, "ends after it starts", f'"{EXAMPLES[kind]}"')
    if kind == "pulse":
        return pulse(n[0], n[1] - n[0], n[2])
    if kind == "ramp":
        return ramp(*n)
    if kind == "shock":
        return shock(n[0], n[1] / 1000.0 * axon.capacitance_F_m2)
    return step(*n) if kind == "step" else held(*n)


def read_ends(text: str, kind: str, option: str) -> tuple[float, float]:
    """``1 uA/cm^2 to 170 uA/cm^2`` as two rising numbers."""
    ends = [parse_quantity(part.strip(), kind, option) for part in re.split(r"\s+to\s+|,", text)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(option, text, "is a lower and a higher end", 'such as "1 ms to 2 ms"')
    return ends[0], ends[1]


def told(name: str) -> Callable[[float], None]:
    """Says on standard error how far ``name`` is, at every quarter of what takes seconds."""
    began, said = time.monotonic(), [0]

    def progress(share: float) -> None:
        quarter = int(4.0 * share + 1e-9)
        if quarter > said[0] and time.monotonic() - began > QUIET_S and quarter < 4:
            print(f"... {name}: {25 * quarter} %", file=sys.stderr, flush=True)
        said[0] = max(said[0], quarter)

    return progress
