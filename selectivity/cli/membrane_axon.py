"""What the topics of the squid axon share: options, and how their texts are read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import read_above_zero, read_kelvin, read_metres
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
    return read_above_zero(text, "resistivity", "--resistivity", "35.4 ohm cm")


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
