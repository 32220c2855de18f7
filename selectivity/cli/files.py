"""``selectivity new`` and ``selectivity check``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def run_file_names(incomplete: str) -> list[str]:
    """Shipped run files whose name begins so, for the shell's completion."""
    from selectivity import resources

    return [name for name in resources.names("runs", ".yaml") if name.startswith(incomplete)]


RunFile = Annotated[
    Path,
    typer.Argument(help="Run file, or the name of a shipped one.", autocompletion=run_file_names),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one key of the run file."),
]


def new(
    name: Annotated[
        str | None,
        typer.Argument(
            help='Name of a shipped run file; "blank" holds every key.',
            autocompletion=run_file_names,
        ),
    ] = None,
    destination: Annotated[Path | None, typer.Argument(help="Where to write it.")] = None,
) -> None:
    """Copy a shipped run file to start from, or list them."""
    from selectivity import api, resources

    if name is None:
        for stem in resources.names("runs", ".yaml"):
            typer.echo(f"{stem:<20} {_title(stem)}")
        return
    typer.echo(f"wrote {api.new(name, destination)}")


def _title(stem: str) -> str:
    from selectivity import resources

    text = (resources.folder("runs") / f"{stem}.yaml").read_text(encoding="utf-8")
    titles = (line for line in text.splitlines() if line.startswith("title:"))
    return next(titles, "").removeprefix("title:").strip()


def check(
    file: RunFile,
    set_: Set = None,
    as_json: Json = False,
) -> None:
    """Resolve a run file and show what it costs; nothing is started."""
    from selectivity import api
    from selectivity.config.check import MOVES_A_SECOND
    from selectivity.units import duration

    description = api.check(file, set_ or ())
    if as_json:
        typer.echo(json.dumps(asdict(description), indent=2))
        return
    d = description
    typer.echo(f"{d.title}\n{d.source}: sound; digest {d.digest[:12]}")
    typer.echo(f"ions {', '.join(d.ions)} at {d.temperature_K:g} K; headline: {d.headline or '-'}")
    head = ("system", "kind", "windows", "states", "replicas", "molecules", "moves", "disk")
    rows = [
        (
            s.name,
            s.kind,
            str(s.windows),
            str(s.windows * s.identities),
            str(s.replicas),
            str(s.molecules),
            f"{s.moves / 1e6:.0f} M",
            f"{s.disk_bytes / 1e6:.0f} MB",
        )
        for s in d.systems
    ]
    rows.append(
        ("all", "", "", "", "", "", f"{d.moves / 1e6:.0f} M", f"{d.disk_bytes / 1e6:.0f} MB")
    )
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        typer.echo("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
    trajectories = sum(s.trajectories for s in d.systems)
    if trajectories:
        typer.echo(f"{trajectories} trajectories are among the moves (trajectory_every)")
    frames = sum(s.frames for s in d.systems)
    if frames:
        share = sum(s.frame_bytes for s in d.systems) / 1e6
        typer.echo(f"coordinates of {frames} frames take {share:.1f} MB of it (frames_every)")
    for s in d.systems:
        if s.rings:
            typer.echo(f"{s.name} changes rings: {'; '.join(s.rings)}")
        if s.water:
            typer.echo(f"{s.name} exchanges the waters of its file with {s.water}")
    for name, droplet in d.references.items():
        typer.echo(f"{name} is measured against {droplet}")
    if d.membrane:
        typer.echo(f"membrane: {d.membrane}")
    rate = f"{MOVES_A_SECOND / 1e6:g} million moves a second"
    typer.echo(f"about {duration(d.moves / MOVES_A_SECOND)} of CPU time ({rate})")
