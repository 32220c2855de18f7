"""The filmstrip: stored configurations of every ion along z, and what a slider moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.plotting import ion_label
from selectivity.report import words
from selectivity.report.page.axes import WIDTH
from selectivity.report.page.canvas import Canvas, Figure, Mark, label, moved
from selectivity.report.page.material import FilterParts, Frames, Material
from selectivity.report.page.profiles import Curves, profile_curves
from selectivity.report.page.rings import turn_of
from selectivity.report.page.snapshots import (
    VIEW,
    Shot,
    View,
    describe,
    drawing,
    pick,
    scenery,
)
from selectivity.system.topology import Topology

STEP_A = 0.4
MOST = 20
BEYOND_A = 3.8
SCENERY = ("text grey", "bold grey")
"""Names of sites and planes: the first row of the sheet has them for all."""


@dataclass(frozen=True)
class Picture:
    """One drawing of the strip: None where no frame of the ion lies in the bin."""

    ion: str
    canvas: Canvas | None
    text: str


@dataclass(frozen=True)
class Stop:
    """One place of the slider: z, pictures of all ions, and what the curves say there."""

    z: float
    title: str
    text: str
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Strip:
    """All stops, the view that they share, and the strip as one figure for its files."""

    stops: Sequence[Stop]
    view: View
    note: str
    sheet: Figure


def filter_strip(material: Material) -> Strip | None:
    """The strip of the headline filter; None where no frame of any ion of the ladder is stored."""
    parts = material.filter
    if parts is None or material.ratio is None:
        return None
    frames = material.frames.get(material.ratio["system"])
    if frames is None or not len(frames.gathered.r):
        return None
    low, high = float(parts.profiles.z[0]), float(parts.profiles.z[-1])
    count = min(MOST, max(3, round((high - low) / STEP_A)))
    width = (high - low) / count
    planes = list(parts.sites.planes.values())
    view = View(min(low, *planes) - BEYOND_A, max(high, *planes) + BEYOND_A)
    turn = turn_of(parts.geometry)
    names = [*((n, z, True) for n, z in parts.sites.cages.items()),
             *((n, z, False) for n, z in parts.sites.planes.items())]  # fmt: skip
    ground = scenery(view, names)
    curves = profile_curves(parts, parts.result.levelling(parts.profiles.z))
    stops, taken = [], []
    for z in low + width * (np.arange(count) + 0.5):
        shots = {ion: pick(frames, ion, z, width) for ion in parts.profiles.ions}
        pictures = [_picture(frames, ion, shot, view, turn, ground) for ion, shot in shots.items()]
        stops.append(Stop(z, _place(parts, z), _values(parts, curves, z), pictures))
        taken += [(z, ion, shot) for ion, shot in shots.items() if shot is not None]
    if not taken:
        return None
    note = (
        "Stored configurations, not drawings: at each place the frame whose first shell is the "
        f"most usual one of those within ± {0.5 * width:.2f} Å. Side view, inside at the left; "
        "carbonyls before and behind the plane of the paper are faint."
    )
    if frames.gathered.at_ends:
        note += " No frames were stored: these are states after the segments."
    sheet = _sheet(frames.topology, stops, taken)
    return Strip(stops, view, note, sheet)


def sphere_strips(material: Material) -> dict[str, Strip]:
    """Strips of systems without an axis, by name: one stop with every ion.

    Systems without a frame of any ion are left out: X may have been between ions in all of them.
    """
    found = {}
    for name, frames in material.frames.items():
        spec = frames.topology.spec
        if spec.kind == "filter" or not len(frames.gathered.r):
            continue
        reach = max(4.2, min(spec.radius + 1.6, 6.0))
        view = View(-reach, reach, 0.94 * reach)
        shots = {ion: pick(frames, ion, float("nan"), 1.0) for ion in frames.identities}
        pictures = [_picture(frames, ion, shot, view, 0.0) for ion, shot in shots.items()]
        stop = Stop(0.0, name, "", pictures)
        taken = [(0.0, ion, shot) for ion, shot in shots.items() if shot is not None]
        if not taken:
            continue
        note = "Stored configurations with the most usual first shell, the ion at the origin."
        found[name] = Strip([stop], view, note, _sheet(frames.topology, [stop], taken, name))
    return found


def _picture(
    frames: Frames,
    ion: str,
    shot: Shot | None,
    view: View,
    turn: float,
    ground: Sequence[Mark] = (),
) -> Picture:
    if shot is None:
        return Picture(ion, None, f"{ion_label(ion)}: no stored frame here")
    text = describe(frames, shot)
    return Picture(ion, drawing(frames.topology, shot, view, turn, ground), text)


def _place(parts: FilterParts, z: float) -> str:
    """z in words: with the plane or the cage that is near."""
    text = f"z = {words.plain(z, 1)} Å"
    names = {**parts.sites.cages, **{f"plane {n}": p for n, p in parts.sites.planes.items()}}
    near = min(names, key=lambda name: abs(names[name] - z))
    return f"{text}, at {near}" if abs(names[near] - z) < 0.5 else text


def _values(parts: FilterParts, curves: Curves, z: float) -> str:
    at = int(np.argmin(np.abs(parts.profiles.z - z)))
    texts = [f"W {ion_label(ion)} {words.plain(mean[at], 1)}" for ion, mean, _ in curves]
    return f"levelled, {', '.join(texts)} kcal/mol"


def _sheet(
    topology: Topology, stops: Sequence[Stop], taken: Sequence[tuple[float, str, Shot]],
    name: str = "",
) -> Figure:  # fmt: skip
    """All pictures on one sheet: a row for every place, a column for every ion."""
    ions = list(dict.fromkeys(ion for _, ion, _ in taken))
    shown = [p.canvas for stop in stops for p in stop.pictures if p.canvas is not None]
    height = shown[0].height + 20.0
    marks: list[Mark] = []
    for row, stop in enumerate(stops):
        for picture in stop.pictures:
            if picture.canvas is not None:
                x, y = ions.index(picture.ion) * (VIEW + 20.0), row * height
                kept = [m for m in picture.canvas.marks if row == 0 or m.style not in SCENERY]
                marks += moved(kept, x, y + 18.0)
                title = f"{ion_label(picture.ion)}, {stop.title}"
                marks.append(label(x + 4, y + 12, title, "bold ink", 12.0))
    columns: dict[str, Sequence[Any]] = {
        "place_A": [float(z) for z, _, _ in taken],
        "ion": [ion for _, ion, _ in taken],
        "z_of_ion_A": [shot.z for _, _, shot in taken],
        "replica": [shot.replica for _, _, shot in taken],
    }
    columns.update(_coordinates(topology, taken))
    width = max(WIDTH, len(ions) * (VIEW + 20.0) - 20.0)
    canvas = Canvas(width, len(stops) * height, tuple(marks))
    stem = f"filmstrip-{name}" if name else "filmstrip"
    return Figure(stem, "Filmstrip", "", "", canvas, columns)


def _coordinates(
    topology: Topology, taken: Sequence[tuple[float, str, Shot]]
) -> dict[str, list[float | str]]:
    """Coordinates of all sites as columns, so that the pictures can be drawn again."""
    from selectivity.system.atoms import atoms

    found: dict[str, list[float | str]] = {}
    for i, atom in enumerate(atoms(topology)):
        for axis, name in enumerate("xyz"):
            values = [float(shot.r[i, axis]) for _, _, shot in taken]
            found[f"{atom}:{name}_A"] = [round(v, 3) if np.isfinite(v) else "" for v in values]
    return found
