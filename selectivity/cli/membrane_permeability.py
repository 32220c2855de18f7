"""``selectivity membrane permeability``: ratios from measured reversal potentials."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.membrane_inputs import read_kelvin, read_quantities, read_solution, read_volt
from selectivity.cli.membrane_output import Csv, Json, Plot, emit
from selectivity.config.quantity import parse_quantity
from selectivity.errors import InputError

if TYPE_CHECKING:
    from selectivity.membrane import MeasuredReversal

_HEADER = re.compile(r"\s*(?P<name>[^(\[]+?)\s*[(\[]\s*(?P<unit>[^)\]]+?)\s*[)\]]\s*")
_SIDE = re.compile(r"(?P<ion>\S+?)[ _](?P<side>in|out)")
_EXAMPLE = 'such as "K_in (mM), Na_out (mM), E_rev (mV), error (mV)"'
REVERSALS = ("e_rev", "reversal", "v_rev", "e", "v")
ERRORS = ("error", "err", "sd", "se", "sem", "sigma")


def permeability(
    temperature: Annotated[str, typer.Option(help='Such as "20 degC" or "293.15 K".')],
    inside: Annotated[
        str | None, typer.Option("--in", help='Such as "K=150 mM, Cl=150 mM".')
    ] = None,
    outside: Annotated[
        str | None, typer.Option("--out", help='Such as "Na=150 mM, Cl=150 mM".')
    ] = None,
    reversal: Annotated[
        str | None, typer.Option(help='Measured reversal potential, such as "-65 mV".')
    ] = None,
    error: Annotated[str | None, typer.Option(help='Its standard error, such as "2 mV".')] = None,
    measured: Annotated[
        Path | None,
        typer.Option(help=f"CSV file of measurements, {_EXAMPLE.replace(chr(34), '')}."),
    ] = None,
    reference: Annotated[str, typer.Option(help="The ion whose permeability is 1.")] = "K",
    unknown: Annotated[
        str | None, typer.Option(help='Ions wanted, such as "Na, Rb"; else every other cation.')
    ] = None,
    known: Annotated[
        str | None, typer.Option(help='Permeabilities of further ions, such as "Cl=0.1".')
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Permeability ratios from measured (bi-ionic) reversal potentials, with errors.

    Potentials are inside minus outside, junction potentials taken off. Ions that are neither the
    reference nor --unknown nor --known are taken as impermeant.
    """
    from selectivity.membrane import permeability_ratios

    kelvin = read_kelvin(temperature)
    given = {"--in": inside, "--out": outside, "--reversal": reversal}
    if measured is not None:
        for option, value in {**given, "--error": error}.items():
            if value is not None:
                raise InputError(option, value, "stands without --measured", "give one of the two")
        points = _from_file(measured, kelvin)
    else:
        points = [_from_options(given, error, kelvin)]
    wanted = None if unknown is None else [part.strip() for part in unknown.split(",")]
    fixed = {} if known is None else read_quantities(known, "dimensionless", "--known")
    emit(permeability_ratios(points, reference, wanted, fixed), as_json, csv, plot)


def _from_options(
    given: dict[str, str | None], error: str | None, kelvin: float
) -> MeasuredReversal:
    from selectivity.membrane import MeasuredReversal

    for option, value in given.items():
        if value is None:
            raise InputError(option, None, "is needed without --measured", "give it, or a file")
    texts = {option: value or "" for option, value in given.items()}
    spread = None if error is None else read_volt(error, "--error")
    return MeasuredReversal(
        read_solution(texts["--in"], "--in", "inside", kelvin),
        read_solution(texts["--out"], "--out", "outside", kelvin),
        read_volt(texts["--reversal"], "--reversal"),
        spread,
    )


def _from_file(path: Path, kelvin: float) -> list[MeasuredReversal]:
    from selectivity.membrane.measured import number_text, read_rows

    rows, separator = read_rows(path, "--measured")
    if len(rows) < 2:
        raise InputError(str(path), f"{len(rows)} lines", "has a header and a row", _EXAMPLE)
    header = _header(rows[0][1], f"{path}:{rows[0][0]}")

    def plain(row: list[str]) -> list[str]:
        both = zip(row, header, strict=False)
        return [number_text(cell, separator) if column else cell for cell, column in both]

    return [_row(plain(row), header, f"{path}:{i}", kelvin) for i, row in rows[1:]]


def _header(cells: list[str], place: str) -> list[tuple[str, str, str] | None]:
    """Role, ion and unit of each column; None for a column that is passed over."""
    from selectivity.membrane import ion_symbol

    found: list[tuple[str, str, str] | None] = []
    for cell in cells:
        match = _HEADER.fullmatch(cell)
        name = match["name"] if match else cell.strip()
        side = _SIDE.fullmatch(name)
        role = "error" if name.lower() in ERRORS else ""
        role = "reversal" if name.lower() in REVERSALS else role
        if (side or role) and match is None:
            raise InputError(place, cell, "has a unit in brackets", _EXAMPLE)
        if side and match:
            found.append((side["side"], ion_symbol(side["ion"], place), match["unit"]))
        elif role and match:
            found.append((role, "", match["unit"]))
        else:
            found.append(None)
    roles = [column[0] for column in found if column]
    for role in ("in", "out", "reversal"):
        if role not in roles:
            raise InputError(place, ", ".join(cells), f"has a column of kind {role}", _EXAMPLE)
    if roles.count("reversal") > 1 or roles.count("error") > 1:
        raise InputError(place, ", ".join(cells), "has one reversal and one error", _EXAMPLE)
    return found


def _row(
    cells: list[str], header: list[tuple[str, str, str] | None], place: str, kelvin: float
) -> MeasuredReversal:
    from selectivity.membrane import MeasuredReversal, Solution

    sides: dict[str, dict[str, float]] = {"in": {}, "out": {}}
    volts: dict[str, float] = {}
    name = ""
    for cell, column in zip(cells, header, strict=False):
        if column is None:
            name = name or cell.strip()
            continue
        role, ion, unit = column
        where = f"{place}: {ion + '_' if ion else ''}{role}"
        if not cell.strip() and role in sides:
            continue
        kind = "concentration" if role in sides else "voltage"
        value = parse_quantity(f"{cell.strip()} {unit}", kind, where)
        if role in sides:
            sides[role][ion] = value
        else:
            volts[role] = value / 1000.0
    if "reversal" not in volts:
        raise InputError(place, ", ".join(cells), "has a reversal potential", _EXAMPLE)
    return MeasuredReversal(
        Solution(sides["in"], kelvin, "inside"),
        Solution(sides["out"], kelvin, "outside"),
        volts["reversal"],
        volts.get("error"),
        name,
    )
