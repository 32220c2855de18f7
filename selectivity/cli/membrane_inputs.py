"""What the topics of ``selectivity membrane`` share: input options, and how texts are read."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError, StoreError
from selectivity.records import Interval

if TYPE_CHECKING:
    from selectivity.membrane import Membrane, PumpedRest, RestingPotential, Solution

Preset = Annotated[str | None, typer.Option(help="A shipped membrane, such as squid or neuron.")]
Inside = Annotated[str | None, typer.Option("--in", help='Such as "K=140 mM, Na=15 mM, Cl=10 mM".')]
Outside = Annotated[
    str | None, typer.Option("--out", help='Such as "K=5 mM, Na=145 mM, Cl=110 mM".')
]
Permeability = Annotated[
    str | None, typer.Option(help='Relative, such as "K=1, Na=0.04, Cl=0.45".')
]
Temperature = Annotated[str | None, typer.Option(help='Such as "310.15 K"; a preset has its own.')]
Ratio = Annotated[
    str | None,
    typer.Option(help='P_K/P_Na of a channel: "150", or value, low, high: "150, 80, 300".'),
]
FromRun = Annotated[
    Path | None, typer.Option("--from", help="Run folder whose P_K/P_Na is put in.")
]
Pump = Annotated[
    str | None,
    typer.Option(
        help='Electrogenic pump: "3:2" for the Mullins-Noda form, or its net current outward, '
        'such as "0.1 uA/cm^2", with --p-unit.'
    ),
]
PUnit = Annotated[
    str | None, typer.Option("--p-unit", help='What a permeability of 1 is, such as "10 nm/s".')
]

METRES_PER_ANGSTROM = 1e-10
"""Lengths are read in Å."""


def read_pairs(text: str, option: str) -> dict[str, str]:
    """``K=1, Na=0.04`` as a mapping of symbols to texts."""
    from selectivity.membrane import ion_symbol

    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals:
            rule = "is a list of ION=VALUE, separated by commas"
            raise InputError(option, part.strip(), rule, 'for example "K=140 mM, Na=15 mM"')
        symbol = ion_symbol(name, option)
        if symbol in found:
            raise InputError(option, symbol, "stands once", "leave one of the two out")
        found[symbol] = value.strip()
    return found


def read_quantities(text: str, kind: str, option: str) -> dict[str, float]:
    """``K=140 mM, Na=15 mM`` as numbers in the unit in which quantities of ``kind`` are read."""
    pairs = read_pairs(text, option).items()
    return {ion: parse_quantity(value, kind, f"{option} {ion}") for ion, value in pairs}


def read_kelvin(text: str) -> float:
    """``--temperature`` in K."""
    return parse_quantity(text, "temperature", "--temperature")


def read_volt(text: str, option: str) -> float:
    """``-70 mV`` in volt."""
    return parse_quantity(text, "voltage", option) / 1000.0


def read_metres(text: str, option: str) -> float:
    """``10 nm`` in m."""
    return METRES_PER_ANGSTROM * parse_quantity(text, "length", option)


def read_ends(text: str, kind: str, option: str, example: str) -> tuple[float, float]:
    """``1 ms to 2 ms``, or with a comma between them, as two rising numbers of ``kind``."""
    ends = [parse_quantity(part.strip(), kind, option) for part in re.split(r"\s+to\s+|,", text)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(option, text, "is a lower and a higher end", f'for example "{example}"')
    return ends[0], ends[1]


def read_range(text: str, option: str) -> tuple[float, float]:
    """``-150 mV to 100 mV`` as two rising potentials in volt."""
    low, high = read_ends(text, "voltage", option, "-150 mV to 100 mV")
    return low / 1000.0, high / 1000.0


def read_above_zero(text: str, kind: str, option: str, example: str) -> float:
    """A number of ``kind`` above zero."""
    value = parse_quantity(text, kind, option)
    if value <= 0.0:
        raise InputError(option, text, "is above zero", f'for example "{example}"')
    return value


def read_solution(text: str, option: str, name: str, kelvin: float) -> Solution:
    """``K=140 mM, Na=15 mM`` as the solution ``name``."""
    from selectivity.membrane import Solution

    return Solution(read_quantities(text, "concentration", option), kelvin, name)


def check_both_sides(ion: str, c_in: float, c_out: float) -> None:
    """InputError where a side lacks ``ion`` (concentrations in mM): it has no equilibrium then."""
    empty = [side for side, c in (("--in", c_in), ("--out", c_out)) if c == 0.0]
    if empty:
        rule = "is above zero: an ion that a side lacks has no finite equilibrium potential"
        remedy = "give what the water holds as a trace, or leave the ion out"
        raise InputError(f"{', '.join(empty)} {ion}", "0 mM", rule, remedy)


def read_membrane(
    preset: str | None,
    inside: str | None,
    outside: str | None,
    permeability: str | None,
    temperature: str | None,
) -> Membrane:
    """The membrane of a preset (with other permeabilities or temperature) or of the options."""
    from selectivity import membrane as m

    kelvin = None if temperature is None else read_kelvin(temperature)
    relative = None
    if permeability is not None:
        relative = read_quantities(permeability, "dimensionless", "--permeability")
    if preset is not None:
        if inside is not None or outside is not None:
            rule = "brings its own solutions"
            raise InputError("--preset", preset, rule, "leave out --preset, or --in and --out")
        base = m.preset(preset)
        base = base if kelvin is None else base.at(kelvin)
        if relative is None:
            return base
        source = f"solutions of the preset {preset}, permeabilities of the command line"
        return replace(base, permeability=relative, source=source, verified=None)
    if inside is None or outside is None or relative is None or kelvin is None:
        given = {"--in": inside, "--out": outside}
        given |= {"--permeability": permeability, "--temperature": temperature}
        missing = next(option for option, value in given.items() if value is None)
        remedy = "give it, or --preset with one of " + ", ".join(m.preset_names())
        raise InputError(missing, None, "is needed without --preset", remedy)
    return m.Membrane(
        read_solution(inside, "--in", "inside", kelvin),
        read_solution(outside, "--out", "outside", kelvin),
        relative,
        name="command line",
    )


def read_sides(
    preset: str | None, inside: str | None, outside: str | None, temperature: str | None
) -> tuple[Solution, Solution, str]:
    """Inner and outer solution of a preset or of the options, and where they come from."""
    if preset is not None:
        base = read_membrane(preset, inside, outside, None, temperature)
        return base.inside, base.outside, base.source
    given = {"--in": inside, "--out": outside, "--temperature": temperature}
    for option, value in given.items():
        if value is None:
            remedy = "give it, or --preset (`selectivity membrane presets` lists them)"
            raise InputError(option, None, "is needed without --preset", remedy)
    assert inside is not None
    assert outside is not None
    assert temperature is not None
    kelvin = read_kelvin(temperature)
    inner = read_solution(inside, "--in", "inside", kelvin)
    return inner, read_solution(outside, "--out", "outside", kelvin), ""


def read_p_unit(text: str | None) -> float | None:
    """Permeability (m/s) of a relative permeability of 1, where it is given."""
    if text is None:
        return None
    return read_above_zero(text, "permeability", "--p-unit", "10 nm/s")


def read_pump(text: str | None, p_unit: str | None, membrane: Membrane) -> PumpedRest | None:
    """The potential of ``membrane`` with the pump of ``--pump``, or None without one."""
    from selectivity.membrane import mullins_noda, pumped_rest

    unit = read_p_unit(p_unit)
    if text is None:
        return None
    if re.fullmatch(r"\s*\d+\s*:\s*\d+\s*", text):
        sodium, potassium = (int(part) for part in text.split(":"))
        if potassium == 0 or sodium < potassium:
            raise InputError("--pump", text, "moves at least as many Na out as K in", "3:2")
        return mullins_noda(membrane, sodium / potassium, *([unit] if unit else []))
    current = parse_quantity(text, "current_density", "--pump")
    if unit is None:
        remedy = 'give it with --p-unit, such as "10 nm/s"; or --pump 3:2 for the steady state'
        raise InputError("--pump", text, "needs the scale of the permeabilities", remedy)
    return pumped_rest(membrane, current, unit)


def read_handover(
    ratio: str | None, from_run: Path | None, membrane: Membrane
) -> tuple[RestingPotential | None, list[str]]:
    """What ``--ratio`` or ``--from`` does to ``membrane``, with warnings; None without either."""
    from selectivity.membrane import resting_potential

    if from_run is not None and ratio is not None:
        raise InputError("--ratio", ratio, "stands without --from", "give one of the two")
    if from_run is not None:
        interval, kelvin, warnings = ratio_of_run(from_run)
        return resting_potential(interval, kelvin, membrane), warnings
    if ratio is not None:
        return resting_potential(read_ratio(ratio), membrane.temperature_K, membrane), []
    return None, []


def read_ratio(text: str) -> Interval:
    """``150`` or ``150, 80, 300``: P_K/P_Na with the ends of its interval."""
    values = [parse_quantity(part.strip(), "dimensionless", "--ratio") for part in text.split(",")]
    if len(values) == 1:
        values = values * 3
    if len(values) != 3:
        rule = "is one number, or value, low and high"
        raise InputError("--ratio", text, rule, 'for example "150, 80, 300"')
    return Interval(*values)


def ratio_of_run(folder: Path) -> tuple[Interval, float, list[str]]:
    """Headline ratio of a run folder with its temperature and what is to be said about it."""
    path = folder / "results" / "ratio.json"
    if not path.is_file():
        remedy = f"run `selectivity ratio {folder}` first"
        raise InputError("--from", str(folder), "holds results/ratio.json", remedy)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        ratio, kelvin, ions = table["ratio"], float(table["temperature_K"]), table["ions"]
        entry = ratio["integral_levelled"]
        value, low, high = (entry[key] for key in ("value", "low", "high"))
        interval = Interval(
            float(value),
            0.0 if low is None else float(low),
            math.inf if high is None else float(high),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise StoreError(
            f"{path}: lacks a readable ratio.integral_levelled, temperature_K or ions ({fault!r}); "
            f"write it anew with `selectivity ratio {folder}`"
        ) from None
    if list(ions) != ["K", "Na"]:
        remedy = "only this ratio changes the sodium permeability of a membrane"
        raise InputError("--from", ions, "holds the ratio of K to Na", remedy)
    warnings = [] if table.get("converged", True) else ["the ratio of this run is not converged"]
    if "composition" in table:
        warnings.append(f"the ratio holds for the composition {table['composition']}")
    return interval, kelvin, warnings
