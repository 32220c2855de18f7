"""``selectivity membrane energy``: what signalling costs a neuron, beside what papers print."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from selectivity.cli.membrane_inputs import read_kelvin
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

DEFAULT = "attwell_laughlin_2001"
_EXAMPLE = 'for example "rate_Hz=8, overlap=1.24, v_mV=-65 mV"'

Budget = Annotated[str, typer.Option(help="attwell_laughlin_2001 or howarth_2012.")]
Changes = Annotated[
    str | None,
    typer.Option(
        "--set", help='Other inputs, in the unit of their name: "rate_Hz=8, overlap=1.24".'
    ),
]
Squid = Annotated[
    str | None,
    typer.Option(help='Overlap from a simulated spike of the squid axon at "18.5 degC".'),
]
FreeEnergy = Annotated[
    str | None, typer.Option("--atp-energy", help='ΔG of ATP for watt: "-57 kJ/mol".')
]


def energy(
    preset: Budget = DEFAULT,
    set_: Changes = None,
    squid_spike: Squid = None,
    atp_energy: FreeEnergy = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Energy budget of signalling: rest, spikes and synapses in ATP/s, with every input shown.

    Each published number stands beside the computed one with the difference. Inputs that are
    replaced are marked; what the paper prints is then of the cell as it was.
    """
    from selectivity.cell import energy as e

    changes = {} if set_ is None else _changes(set_)
    if squid_spike is not None:
        if "overlap" in changes:
            raise InputError("--squid-spike", squid_spike, "stands without --set overlap")
        changes["overlap"] = e.squid_overlap(read_kelvin(squid_spike))
    gives = None if atp_energy is None else parse_quantity(atp_energy, "energy", "--atp-energy")
    if gives is not None and gives >= 0.0:
        rule = "is negative: hydrolysis gives energy"
        raise InputError("--atp-energy", atp_energy, rule, "-57 kJ/mol in a cell")
    emit(e.energy_budget(preset, changes, gives), as_json, csv, plot)


def _changes(text: str) -> dict[str, float]:
    """``rate_Hz=8, overlap=1.24`` by name."""
    from selectivity.cell.energy import input_names

    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals or name not in input_names():
            rule = "is a list of NAME=VALUE, separated by commas"
            raise InputError("--set", part.strip(), rule, "names: " + ", ".join(input_names()))
        if name in found:
            raise InputError("--set", name, "stands once", "leave one of the two out")
        found[name] = _value(value, name)
    return found


def _value(text: str, name: str) -> float:
    """A number in the unit that ``name`` ends with, which may stand behind it."""
    place = f"--set {name}"
    unit = name.rpartition("_")[2]
    if unit == "mV" and not _plain(text):
        return parse_quantity(text, "voltage", place)
    bare = text.removesuffix(unit).strip() if unit in ("mV", "Hz", "ATP", "Mohm") else text
    if not _plain(bare):
        raise InputError(place, text, f"is a number in the unit of {name}", _EXAMPLE)
    return float(bare)


def _plain(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
