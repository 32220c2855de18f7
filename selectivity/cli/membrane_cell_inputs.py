"""How the commands on the living cell read currents, rate laws, phosphates and impermeants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import read_ends, read_pairs
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.cell.atp import Phosphates
    from selectivity.cell.donnan import Impermeant
    from selectivity.cell.pump_law import PumpLaw

AtpConstant = Annotated[
    str | None,
    typer.Option(help='The rate also goes with ATP/(ATP + this), such as "0.5 mM".'),
]
Atp = Annotated[str, typer.Option(help="ATP of the cytosol.")]
Adp = Annotated[str, typer.Option(help="ADP of the cytosol.")]
Phosphate = Annotated[str, typer.Option("--pi", help="Phosphate of the cytosol.")]
Standard = Annotated[
    str | None, typer.Option(help='ΔG°′ of ATP hydrolysis, such as "-31.3 kJ/mol".')
]
LAW_HELP = (
    'Rate law with its cycle current q (net pump current): "constant 1 uA/cm^2", "cubic 10 A/m^2" '
    '(times (Na_in/Na_out)^3), "sigmoid 6.8 uA/cm^2", or "hill 10 uA/cm^2, 10 mM, 3.5 mM" '
    "(largest rate, constants of Na inside and K outside)."
)
_EXAMPLES = {
    "constant": '"constant 1 uA/cm^2"',
    "cubic": '"cubic 10 A/m^2"',
    "sigmoid": '"sigmoid 6.8 uA/cm^2"',
    "hill": '"hill 10 uA/cm^2, 10 mM, 3.5 mM"',
}


def read_current(text: str, option: str) -> tuple[float, str]:
    """``-65 pA`` as (−65, "pA"), or ``-2.7 uA/cm^2`` as (−0.027, "A/m2")."""
    for kind, unit in (("current_density", "A/m2"), ("current", "pA")):
        try:
            return parse_quantity(text, kind, option), unit
        except InputError:
            continue
    rule = "is a current or a current per area, with its unit"
    raise InputError(option, text, rule, 'for example "-65 pA" or "-2.7 uA/cm^2"')


def read_currents(text: str, option: str) -> tuple[dict[str, float], str]:
    """A sodium leak, or ``Na=-65 pA, K=50 pA`` for several ions, with the one unit of all."""
    texts = read_pairs(text, option) if "=" in text else {"Na": text}
    found = {ion: read_current(each, f"{option} {ion}") for ion, each in texts.items()}
    units = {unit for _, unit in found.values()}
    if len(units) > 1:
        raise InputError(option, text, "holds currents of a cell, or currents per area, not both")
    return {ion: value for ion, (value, _) in found.items()}, units.pop()


def read_coupling(text: str) -> tuple[int, int]:
    """``3:2`` as sodium and potassium ions per cycle."""
    found = re.fullmatch(r"\s*(\d{1,3})\s*:\s*(\d{1,3})\s*", text)
    if found is None:
        raise InputError("--coupling", text, "is Na out to K in per ATP", 'for example "3:2"')
    return int(found[1]), int(found[2])


def read_law(text: str, option: str = "--law", atp_constant: str | None = None) -> PumpLaw:
    """``hill 10 uA/cm^2, 10 mM, 3.5 mM`` as a rate law, with its ATP factor where one is given."""
    from selectivity.cell.pump_law import KINDS, PumpLaw

    kind, _, rest = text.strip().partition(" ")
    kind = kind.rstrip(":,").lower()
    if kind not in KINDS:
        raise InputError(option, text, "starts with one of " + ", ".join(KINDS), _EXAMPLES["hill"])
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    if len(parts) != (3 if kind == "hill" else 1):
        count = "a largest rate and two constants" if kind == "hill" else "one rate"
        rule = f"{kind} has {count}"
        raise InputError(option, text, rule, f"for example {_EXAMPLES[kind]}")
    rate = parse_quantity(parts[0], "current_density", f"{option} {kind}")
    if kind == "hill":
        na, k = (parse_quantity(part, "concentration", f"{option} hill") for part in parts[1:])
        law = PumpLaw.hill(rate, na, k)
    else:
        make = {"constant": PumpLaw.constant, "cubic": PumpLaw.cubic, "sigmoid": PumpLaw.sigmoid}
        law = make[kind](rate)
    if atp_constant is None:
        return law
    return law.with_atp(parse_quantity(atp_constant, "concentration", "--atp-constant"))


def read_rates(text: str, points: int, option: str, example: str) -> list[float]:
    """``0.0001 A/m^2 to 0.1 A/m^2`` as rates in equal ratios (A/m²)."""
    low, high = read_ends(text, "current_density", option, example)
    if low <= 0.0:
        raise InputError(option, text, "is above zero", f'for example "{example}"')
    step = (high / low) ** (1.0 / (points - 1))
    return [low * step**i for i in range(points - 1)] + [high]


def read_conductance(text: str, option: str) -> float:
    """``20 uS/cm^2`` in S/m²."""
    return parse_quantity(text, "conductance_density", option)


def read_impermeants(text: str, option: str, charge: str | None = None) -> Impermeant:
    """``155 mM, -0.85``, or several kinds with ``;`` between them, as the impermeants of a side.

    ``charge`` stands in where a kind has none of its own.
    """
    from selectivity.cell.donnan import Impermeant, together

    kinds = []
    for part in text.split(";"):
        amount, comma, own = (word.strip() for word in part.partition(","))
        own = own if comma else charge or ""
        if not own:
            rule = "is a concentration and a mean charge number"
            raise InputError(option, part.strip(), rule, 'for example "155 mM, -0.85"')
        mM = parse_quantity(amount, "concentration", option)
        kinds.append(Impermeant(mM, parse_quantity(own, "dimensionless", option)))
    return kinds[0] if len(kinds) == 1 else together(*kinds)


def read_phosphates(atp: str, adp: str, pi: str, standard: str | None = None) -> Phosphates:
    """ATP, ADP and phosphate, and the standard free energy where it is given."""
    from selectivity.cell.atp import Phosphates

    given = {"--atp": atp, "--adp": adp, "--pi": pi}
    mM = {name: parse_quantity(text, "concentration", name) for name, text in given.items()}
    for option, value in mM.items():
        if value <= 0.0:
            raise InputError(option, given[option], "is above zero", "give a trace, such as 1 nM")
    found = Phosphates(mM["--atp"], mM["--adp"], mM["--pi"])
    if standard is None:
        return found
    energy = parse_quantity(standard, "energy", "--standard")
    return replace(found, standard_kJ_mol=energy, source="command line")
