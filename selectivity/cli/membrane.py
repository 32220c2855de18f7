"""``selectivity membrane``: Nernst and Goldman-Hodgkin-Katz on the command line."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selectivity.cli import membrane_tables as tables
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError, StoreError
from selectivity.records import Interval

if TYPE_CHECKING:
    from selectivity.membrane import Membrane, Solution

app = typer.Typer(no_args_is_help=True, help="What ions and a permeability ratio do to a membrane.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def nernst(
    ion: Annotated[str, typer.Option(help="Ion, such as K, Na, Cl, Ca.")],
    inside: Annotated[str, typer.Option("--in", help='Concentration inside, such as "140 mM".')],
    outside: Annotated[str, typer.Option("--out", help='Concentration outside, such as "5 mM".')],
    temperature: Annotated[str, typer.Option(help='Such as "37 degC" or "310.15 K".')],
    voltage: Annotated[
        str | None, typer.Option(help='Membrane potential for the driving force, such as "-70 mV".')
    ] = None,
    as_json: Json = False,
) -> None:
    """Equilibrium potential of one ion, E = (RT/zF) ln(c_out/c_in)."""
    from selectivity import membrane as m

    symbol = m.ion_symbol(ion, "--ion")
    z = m.VALENCE[symbol]
    c_in = parse_quantity(inside, "concentration", "--in")
    c_out = parse_quantity(outside, "concentration", "--out")
    kelvin = parse_quantity(temperature, "temperature", "--temperature")
    if c_in == 0.0 and c_out == 0.0:
        raise InputError("--in, --out", "0, 0", f"{symbol} is present on at least one side")
    out: dict[str, Any] = {
        "ion": symbol,
        "z": z,
        "c_in_mM": c_in,
        "c_out_mM": c_out,
        "temperature_K": kelvin,
        "e_mV": 1000.0 * m.nernst(z, c_in, c_out, kelvin),
        "slope_mV_per_decade": 1000.0 * m.nernst_slope(z, kelvin),
    }
    if voltage is not None:
        out["v_mV"] = parse_quantity(voltage, "voltage", "--voltage")
        difference = m.electrochemical_difference(z, c_in, c_out, out["v_mV"] / 1000.0, kelvin)
        out["driving_force_mV"] = difference.mV
        out["delta_mu_J_mol"], out["delta_mu_kT"] = difference.J_mol, difference.kT
    if as_json:
        tables.print_json(out)
    else:
        tables.show_nernst(out)


@app.command()
def ghk(
    preset: Annotated[
        str | None, typer.Option(help="A shipped membrane, such as squid or neuron.")
    ] = None,
    inside: Annotated[
        str | None, typer.Option("--in", help='Such as "K=140 mM, Na=15 mM, Cl=10 mM".')
    ] = None,
    outside: Annotated[
        str | None, typer.Option("--out", help='Such as "K=5 mM, Na=145 mM, Cl=110 mM".')
    ] = None,
    permeability: Annotated[
        str | None, typer.Option(help='Relative, such as "K=1, Na=0.04, Cl=0.45".')
    ] = None,
    temperature: Annotated[
        str | None, typer.Option(help='Such as "310.15 K"; a preset has its own.')
    ] = None,
    ratio: Annotated[
        str | None,
        typer.Option(help='P_K/P_Na of a channel: "150", or value, low, high: "150, 80, 300".'),
    ] = None,
    from_run: Annotated[
        Path | None, typer.Option("--from", help="Run folder whose P_K/P_Na is put in.")
    ] = None,
    voltage: Annotated[
        list[str] | None, typer.Option(help='Currents at this potential, such as "-70 mV".')
    ] = None,
    as_json: Json = False,
) -> None:
    """Goldman-Hodgkin-Katz potential and currents; with a channel's ratio, the resting potential.

    With a ratio, the permeability of Na is the leak through other paths and must be given.
    """
    from selectivity.membrane import resting_potential

    membrane = _membrane(preset, inside, outside, permeability, temperature)
    rest = None
    if from_run is not None and ratio is not None:
        raise InputError("--ratio", ratio, "stands without --from", "give one of the two")
    warnings: list[str] = []
    if from_run is not None:
        interval, kelvin, warnings = _ratio_of_run(from_run)
        rest = resting_potential(interval, kelvin, membrane)
    elif ratio is not None:
        rest = resting_potential(_ratio(ratio), membrane.temperature_K, membrane)
    volts = [parse_quantity(text, "voltage", "--voltage") / 1000.0 for text in voltage or []]
    out = tables.ghk_record(membrane, volts)
    if rest is not None:
        out["resting_potential"] = rest.as_dict()
    out["warnings"] = [*(rest.warnings if rest else ()), *warnings]
    if as_json:
        tables.print_json(out)
    else:
        tables.show_ghk(out)


def _pairs(text: str, option: str) -> dict[str, str]:
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


def _solution(text: str, option: str, name: str, kelvin: float) -> Solution:
    from selectivity.membrane import Solution

    pairs = _pairs(text, option).items()
    values = {ion: parse_quantity(c, "concentration", f"{option} {ion}") for ion, c in pairs}
    return Solution(values, kelvin, name)


def _membrane(
    preset: str | None,
    inside: str | None,
    outside: str | None,
    permeability: str | None,
    temperature: str | None,
) -> Membrane:
    """The membrane of a preset (with other permeabilities or temperature) or of the options."""
    from selectivity import membrane as m

    kelvin = (
        None if temperature is None else parse_quantity(temperature, "temperature", "--temperature")
    )
    relative = None
    if permeability is not None:
        pairs = _pairs(permeability, "--permeability").items()
        relative = {
            ion: parse_quantity(p, "dimensionless", f"--permeability {ion}") for ion, p in pairs
        }
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
        _solution(inside, "--in", "inside", kelvin),
        _solution(outside, "--out", "outside", kelvin),
        relative,
        name="command line",
    )


def _ratio(text: str) -> Interval:
    values = [parse_quantity(part.strip(), "dimensionless", "--ratio") for part in text.split(",")]
    if len(values) == 1:
        values = values * 3
    if len(values) != 3:
        rule = "is one number, or value, low and high"
        raise InputError("--ratio", text, rule, 'for example "150, 80, 300"')
    return Interval(*values)


def _ratio_of_run(folder: Path) -> tuple[Interval, float, list[str]]:
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
