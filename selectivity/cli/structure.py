"""``selectivity structure``: list, show and import filter geometries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from selectivity.geometry.filter import FilterGeometry

app = typer.Typer(no_args_is_help=True, help="Filter geometries: shipped ones and your own.")


@app.command("list")
def list_() -> None:
    """Name the shipped structures."""
    from selectivity.geometry.files import load_filter, shipped_filters

    for name in shipped_filters():
        typer.echo(f"{name:<16} {load_filter(name).title}")


@app.command()
def show(
    structure: Annotated[str, typer.Argument(help="Shipped name, or path of a .toml file.")],
) -> None:
    """Print rings, B-factors and sites of a structure."""
    from selectivity.geometry.files import load_filter

    _print(load_filter(structure))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="PDB or mmCIF file of a potassium channel.")],
    out: Annotated[Path, typer.Option(help="The .toml file to write.")],
    residues: Annotated[
        str | None, typer.Option(help='Filter residues, such as "T75,V76,G77,Y78".')
    ] = None,
    model: Annotated[
        int | None, typer.Option(help="Which of several models, counted from 1.")
    ] = None,
) -> None:
    """Read a filter from a crystal structure and write it as a structure file."""
    from selectivity.errors import InputError
    from selectivity.geometry.crystal import read_crystal
    from selectivity.geometry.files import write_toml

    if out.exists():
        raise InputError(str(out), "exists", "is a new file", "choose another place")
    if not out.parent.is_dir():
        raise InputError(str(out.parent), "no such folder", "is a folder", "make it first")
    named = tuple(part.strip() for part in residues.split(",")) if residues else None
    geometry = read_crystal(file, residues=named, model=model, name=out.stem)
    write_toml(geometry, out)
    _print(geometry)
    typer.echo(f"wrote {out}")


def _print(geometry: FilterGeometry) -> None:
    typer.echo(f"{geometry.name}: {geometry.title}\n{geometry.source}\n{geometry.preparation}")
    typer.echo(f"{'ring':<10} {'atom':<5} {'r/Å':>7} {'z/Å':>8} {'phi/deg':>8} {'B/Å²':>6}")
    for ring in reversed(geometry.rings):
        for atom in reversed(ring.atoms):
            typer.echo(
                f"{ring.name:<10} {atom.name:<5} {atom.r:7.3f} {atom.z:8.3f} "
                f"{atom.phi_deg:8.2f} {atom.b_factor:6.2f}"
            )
    typer.echo("sites: " + ", ".join(f"{name} {z:.3f} Å" for name, z in geometry.sites.items()))
