"""``selectivity structure``: list, show and import filter geometries."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selectivity.cli.results import print_json

if TYPE_CHECKING:
    from selectivity.api.structure import StructureReport

app = typer.Typer(no_args_is_help=True, help="Filter geometries: shipped ones and your own.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Plot = Annotated[
    Path | None, typer.Option(help="Draw top and side views: a .png, .svg or .pdf file.")
]
_WIDTH = 100


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Name the shipped structures, with source and preparation."""
    from selectivity import api

    found = api.list_structures()
    if as_json:
        print_json({"structures": [report.as_dict() for report in found]})
        return
    for report in found:
        typer.echo(f"{report.name}: {report.title}")
        _wrapped(f"source: {report.source}", "  ")
        _wrapped(f"preparation: {report.preparation}", "  ")
        for text in report.odd[-1:]:
            _wrapped(f"odd: {text}", "  ")
        typer.echo("")
    typer.echo("selectivity structure show NAME     rings, distances, sites; --plot draws them")


@app.command()
def show(
    structure: Annotated[str, typer.Argument(help="Shipped name, or path of a .toml file.")],
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Print rings, distances, sites and oddities of a structure; draw it on request."""
    from selectivity import api

    _tell(api.show_structure(structure, plot), as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="PDB or mmCIF file of a potassium channel.")],
    out: Annotated[
        Path | None, typer.Option(help="The .toml file to write; named after the file without it.")
    ] = None,
    residues: Annotated[
        str | None, typer.Option(help='Filter residues, such as "T75,V76,G77,Y78".')
    ] = None,
    model: Annotated[
        int | None, typer.Option(help="Which of several models, counted from 1.")
    ] = None,
    b_factor: Annotated[
        float | None, typer.Option(help="B-factor of all atoms, Å², in place of the file's.")
    ] = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Read a filter from a crystal structure and write it as a structure file."""
    from selectivity import api

    _tell(api.import_structure(file, out, residues, model, b_factor, plot), as_json)


def _wrapped(text: str, first: str = "") -> None:
    rest = " " * len(first) if first.strip() else first + "  "
    typer.echo(textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=rest))


def _tell(report: StructureReport, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
        return
    typer.echo(f"{report.name}: {report.title}")
    _wrapped(report.source)
    _wrapped(report.preparation)
    typer.echo("")
    _table(report)
    for title, texts in (("noted", report.notes), ("odd", report.odd)):
        typer.echo(f"\n{title}:" if texts else f"\n{title}: nothing")
        for text in texts:
            _wrapped(text, " - ")
    for path in report.files:
        typer.echo(f"wrote {path}")
    typer.echo("\nnext:")
    for step in report.next_steps:
        typer.echo(f"  {step}")


def _table(report: StructureReport) -> None:
    """Rings from outside to inside, as one looks at a channel; then the ions and the cages."""
    typer.echo("ring        kind       radius  across  beside       z  to next  C=O in     B   rms")
    typer.echo("                           Å       Å       Å       Å        Å  degrees    Å²     Å")
    for row in reversed(report.rings):
        gap = "" if row.above_A is None else f"{row.above_A:.2f}"
        typer.echo(
            f"{row.name:<11} {row.kind:<9} {row.radius_A:7.2f} {row.across_A:7.2f} "
            f"{row.beside_A:7.2f} {row.z_A:7.2f} {gap:>8} {row.inward_deg:8.0f} "
            f"{row.b_A2:5.0f} {row.rms_A:5.2f}"
        )
    ions = ", ".join(f"{name} {z:.2f}" for name, z in report.sites.items())
    typer.echo(f"ions of the crystal on the axis, z in Å: {ions or 'none'}")
    cages = ", ".join(f"{name} {z:.2f}" for name, z in report.cages.items())
    typer.echo(f"cages, z of their centres in Å: {cages or 'none'}")
