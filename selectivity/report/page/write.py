"""Puts the page together and writes it with the files of its figures."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.errors import InputError
from selectivity.plotting import ion_label
from selectivity.report.page.about import (
    caveat_section,
    citation_section,
    printed,
    provenance_section,
)
from selectivity.report.page.axes import Panel, rounded
from selectivity.report.page.canvas import Figure, Section
from selectivity.report.page.diagnostics import diagnostics_section
from selectivity.report.page.filmstrip import Strip, filter_strip, sphere_strips
from selectivity.report.page.headline import headline
from selectivity.report.page.hydration import NO_FRAMES, hydration_section
from selectivity.report.page.material import FilterParts, Material
from selectivity.report.page.membrane import membrane_section
from selectivity.report.page.profiles import levelled_figure, profile_curves, profile_section
from selectivity.report.page.svg import FONT, colour_rules, mark_rules, svg, svg_file
from selectivity.report.page.systems import systems_section
from selectivity.storage.files import explained, make_directory, write_text_atomic
from selectivity.storage.folder import slug

HERE = Path(__file__).parent
PAGE = "report.html"
ROWS = 40
"""Most rows of a figure's table on the page; its CSV file has all."""
COLUMNS = 12


@dataclass(frozen=True)
class Sheet:
    """A page before it is written: its text and the figures that get files of their own."""

    text: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class _Explorer:
    """The levelled profiles with the strip that the slider runs through."""

    figure: Figure
    strip: Strip | None


def sheet(material: Material) -> Sheet:
    """The page as text, and its figures."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    explorer = _explorer(material)
    spheres = sphere_strips(material)
    sections = [section for section in _sections(material) if section is not None]
    script = (HERE / "page.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        inline=_inline, picture=_picture, table_of=_table_of, csv_of=_csv_link, ion=ion_label
    )
    text = environment.get_template("page.html.j2").render(
        title=material.title,
        folder=material.folder,
        head=headline(material),
        explorer=explorer,
        stops=_stops(material.filter, explorer) if material.filter and explorer else [],
        spheres=spheres,
        no_frames=NO_FRAMES,
        sections=sections,
        printed=printed(material),
        run_text=material.run_text,
        style=_style(),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    figures = [b for section in sections for b in section.blocks if isinstance(b, Figure)]
    strips = [*([explorer.strip] if explorer and explorer.strip else []), *spheres.values()]
    lead = [explorer.figure] if explorer else []
    return Sheet(text, [*lead, *figures, *(strip.sheet for strip in strips)])


def write(material: Material, folder: Path) -> list[Path]:
    """Write the page and, in ``figures/``, every figure as SVG and PDF with its data as CSV.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    from selectivity.report.page.pdf import write_pdf

    if folder.exists() and not folder.is_dir():
        raise InputError("--out", str(folder), "is a folder", "name another one")
    made = sheet(material)
    figures = folder / "figures"
    with explained(figures):
        make_directory(figures)
        written = [folder / PAGE]
        for figure in made.figures:
            stem = figures / slug(figure.name)
            write_text_atomic(stem.with_name(f"{stem.name}.csv"), csv_text(figure))
            write_text_atomic(
                stem.with_name(f"{stem.name}.svg"),
                svg_file(figure.canvas, figure.title, figure.alt),
            )
            write_pdf(figure.canvas, stem.with_name(f"{stem.name}.pdf"))
            written += [stem.with_name(f"{stem.name}{end}") for end in (".csv", ".svg", ".pdf")]
        write_text_atomic(written[0], made.text)
    return written


def csv_text(figure: Figure) -> str:
    """The columns of a figure as CSV, numbers with all digits."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(figure.columns)
    writer.writerows(zip(*figure.columns.values(), strict=True))
    return file.getvalue()


def _sections(material: Material) -> list[Section | None]:
    return [
        systems_section(material),
        profile_section(material),
        hydration_section(material),
        diagnostics_section(material),
        membrane_section(material),
        caveat_section(material),
        provenance_section(material),
        citation_section(material),
    ]


def _explorer(material: Material) -> _Explorer | None:
    if material.filter is None:
        return None
    return _Explorer(levelled_figure(material.filter), filter_strip(material))


def _stops(parts: FilterParts, explorer: _Explorer) -> list[dict[str, Any]]:
    """Where the marker stands at every stop of the slider: x, and y on every ion's curve."""
    if explorer.strip is None:
        return []
    data = {name.removeprefix("data-"): float(v) for name, v in explorer.figure.extra.items()}
    low, high = data["z0"], data["z1"]
    curves = profile_curves(parts, parts.result.levelling(parts.profiles.z))
    from selectivity.report.profile_plot import y_limits

    limits = y_limits(parts.profiles.z, curves, parts.sites.interior) or (0.0, 1.0)
    panel = Panel(data["left"], data["top"], data["width"], data["bottom"] - data["top"],
                  (low, high), limits)  # fmt: skip
    found = []
    for stop in explorer.strip.stops:
        heights = []
        for _, mean, _ in curves:
            have = np.isfinite(mean)
            w = np.interp(stop.z, parts.profiles.z[have], mean[have]) if have.any() else np.nan
            y = float(panel.at_y(w))
            heights.append(f"{y:.1f}" if panel.top <= y <= panel.bottom else "-99")
        found.append({"stop": stop, "x": f"{float(panel.at_x(stop.z)):.1f}", "y": heights})
    return found


def _inline(figure: Figure, ions: Sequence[str] = (), first: dict[str, Any] | None = None) -> Any:
    """The figure's SVG, with the marker of the slider where there is one."""
    from markupsafe import Markup

    tail = ""
    if first is not None:
        top, bottom = figure.extra["data-top"], figure.extra["data-bottom"]
        rings = "".join(
            f'<circle class="marker-dot c-{ion}" r="5.5" cy="{y}"/>'
            for ion, y in zip(ions, first["y"], strict=True)
        )
        tail = (
            f'<g id="marker" data-z="{first["stop"].z:.2f}" transform="translate({first["x"]} 0)">'
            f'<line class="m-thin c-ink" y1="{top}" y2="{bottom}"/>{rings}</g>'
        )
    key = f"fig-{slug(figure.name)}"
    return Markup(svg(figure.canvas, key, figure.title, figure.alt, figure.extra, tail))


def _picture(canvas: Any, key: str, title: str, text: str) -> Any:
    from markupsafe import Markup

    return Markup(svg(canvas, key, title, text))


def _table_of(figure: Figure) -> dict[str, Any]:
    """Header and rows of a figure's data for readers who hear the page, thinned."""
    texts = rounded(figure.columns)
    names = list(texts)[:COLUMNS]
    count = len(texts[names[0]])
    every = max(1, -(-count // ROWS))
    rows = [[texts[name][i] for name in names] for i in range(0, count, every)]
    left_out = len(texts) > COLUMNS or every > 1
    return {"columns": names, "rows": rows, "thinned": left_out}


def _csv_link(figure: Figure) -> str:
    """The figure's CSV file as a link that holds it."""
    data = base64.b64encode(csv_text(figure).encode()).decode()
    return f"data:text/csv;base64,{data}"


def _style() -> Any:
    from markupsafe import Markup

    text = (HERE / "page.css").read_text(encoding="utf-8")
    light, dark = colour_rules(0), colour_rules(1)
    schemes = f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"
    return Markup(f"{schemes}{mark_rules()}body,svg{{font-family:{FONT}}}\n{text}")
