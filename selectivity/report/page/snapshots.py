"""Small side views of stored configurations: the ion, its ligands, waters and resident ions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.plotting import ion_label
from selectivity.report import words
from selectivity.report.page.canvas import Canvas, Mark, dots, label, path, rectangle
from selectivity.report.page.contacts import distances, first_sites, oxygens
from selectivity.report.page.material import Frames
from selectivity.report.page.rings import between
from selectivity.system.topology import Topology

VIEW = 440.0
"""Width of a drawing, points."""
PLANE_A = 1.3
"""Ligand oxygens deeper than this before or behind the axis are drawn faint, Å."""
DIAMETERS = {"K": 2.4, "Na": 1.8, "Li": 1.4, "Rb": 2.7, "Cs": 3.0, "Cl": 3.0}
"""Of drawn ions, Å: 0.9 of Shannon's six-coordinate ones."""
SOLVENT_A, HYDROGEN_A, LIGAND_A, CARBON_A, BOND_A = 1.15, 0.6, 1.05, 0.85, 0.26
REACH_A = 4.8
NAMES = 11.0  # size of type


@dataclass(frozen=True)
class Shot:
    """One stored configuration: coordinates (A, 3), the ion that X is, z of X, replica."""

    ion: str
    z: float
    replica: int
    r: np.ndarray


@dataclass(frozen=True)
class View:
    """What of space is drawn: z from left to right, ``half`` Å up and down."""

    low: float
    high: float
    half: float = REACH_A

    @property
    def scale(self) -> float:
        """Points per Å."""
        return VIEW / (self.high - self.low)

    @property
    def height(self) -> float:
        """Of the canvas, points."""
        return 2.0 * self.half * self.scale

    def points(self, r: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
        """Points (N, 2) and depths (N,) of coordinates (N, 3), turned about z by ``turn``."""
        x = r[:, 0] * np.cos(turn) - r[:, 1] * np.sin(turn)
        depth = r[:, 0] * np.sin(turn) + r[:, 1] * np.cos(turn)
        flat = np.stack([(r[:, 2] - self.low) * self.scale,
                         (self.half - x) * self.scale], axis=1)  # fmt: skip
        return flat, depth

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Whether points lie on the canvas, shape (N,)."""
        x, y = points.T
        return (x > 2.0) & (x < VIEW - 2.0) & (y > 2.0) & (y < self.height - 2.0)


def pick(frames: Frames, ion: str, z: float, width: float) -> Shot | None:
    """The frame of ``ion`` in a bin whose first shell is the most usual one; None without any."""
    r, at, replica = frames.of(ion)
    near = np.flatnonzero(np.abs(at - z) <= 0.5 * width) if np.isfinite(z) else np.arange(len(r))
    if not near.size:
        return None
    where, shell = oxygens(frames.topology), frames.shell_A.get(ion, 3.5)
    counts = [
        (distances(r[near], where.x, sites) < shell).sum(axis=1)
        for sites in (where.ligand, where.solvent)
    ]
    unusual = sum(np.abs(n - np.median(n)) for n in counts)
    off = np.abs(at[near] - z) / width if np.isfinite(z) else np.zeros(near.size)
    best = near[int(np.argmin(unusual + off))]
    return Shot(ion, float(at[best]), int(replica[best]), np.asarray(r[best], float))


def describe(frames: Frames, shot: Shot) -> str:
    """The configuration in words, with numbers read off it."""
    where, topology = oxygens(frames.topology), frames.topology
    shell = frames.shell_A.get(shot.ion, 3.5)
    texts = []
    for kind, sites in (("ligand", where.ligand), ("water", where.solvent)):
        if not sites.size:
            continue
        near = distances(shot.r[None], where.x, sites)[0]
        count = int((near < shell).sum())
        texts.append(f"{count} {kind} oxygen{'' if count == 1 else 's'}")
        if count:
            texts[-1] += f" (nearest {near[0]:.2f} Å)"
    text = f"{ion_label(shot.ion)}: {' and '.join(texts)} within {shell:g} Å"
    for m, member in enumerate(topology.members):
        if member.role == "resident":
            z = shot.r[first_sites(topology)[m], 2]
            text += f"; resident {ion_label(member.molecule.name)} at {words.plain(z, 1)} Å"
    return text


def scenery(view: View, names: Sequence[tuple[str, float, bool]]) -> list[Mark]:
    """What stands behind every picture of a filter: planes with their names, cages, the sides.

    ``names`` are (name, z, whether it is a cage).
    """
    marks = []
    for name, z, cage in names:
        x = (z - view.low) * view.scale
        if 10.0 < x < VIEW - 10.0:
            if not cage:
                marks.append(path([(x, 22.0), (x, view.height - 14.0)], "thin faint"))
            style, y = ("bold grey", 12.0) if cage else ("text grey", view.height - 4.0)
            marks.append(label(x, y, name, style, NAMES, "middle"))
    low = view.height - 4.0
    marks.append(label(4.0, low, "inside", "text grey", NAMES))
    marks.append(label(VIEW - 4.0, low, "outside", "text grey", NAMES, "end"))
    return marks


def drawing(
    topology: Topology, shot: Shot, view: View, turn: float, ground: Sequence[Mark] = ()
) -> Canvas:
    """One configuration over ``ground``, z from inside (left) to outside (right)."""
    marks: list[Mark] = []
    first = first_sites(topology)
    ligands: list[tuple[float, list[Mark]]] = []
    waters: list[tuple[float, list[Mark]]] = []
    ions: list[Mark] = []
    for m, member in enumerate(topology.members):
        r = shot.r[first[m] : first[m] + len(member.molecule.sites)]
        if np.isnan(r).any():
            continue
        points, depth = view.points(r, turn)
        if m == topology.x or member.role == "resident":
            name = shot.ion if m == topology.x else member.molecule.name
            ions += _ion(points, name, view, m == topology.x)
        elif member.is_ligand:
            ligands.append(_group(points, depth, member.molecule.site_names, view))
        else:
            waters.append(_solvent(points, depth, member.molecule.site_names, view))
    behind = [item for item in (*ligands, *waters) if item[0] < 0.0]
    front = [item for item in (*ligands, *waters) if item[0] >= 0.0]
    for _, group in sorted(behind, key=lambda item: item[0]):
        marks += group
    marks += ions
    for _, group in sorted(front, key=lambda item: item[0]):
        marks += group
    axis = path([(0, 0.5 * view.height), (VIEW, 0.5 * view.height)], "fine faint")
    paper = rectangle(0, 0, VIEW, view.height, "fill paper")
    return Canvas(VIEW, view.height, (paper, *ground, axis, *marks))


def _ion(points: np.ndarray, name: str, view: View, sampled: bool) -> list[Mark]:
    if not view.holds(points).all():
        return []
    diameter = DIAMETERS.get(name, 2.4) * view.scale
    x, y = points[0]
    size = max(8.0, 0.42 * diameter)
    marks = [dots(points, f"dots {name}", diameter, 1.0 if sampled else 0.6)]
    return [*marks, label(x, y + 0.36 * size, ion_label(name), "bold paper", size, "middle")]


def _group(
    points: np.ndarray, depth: np.ndarray, names: tuple[str, ...], view: View
) -> tuple[float, list[Mark]]:
    """A ligand: in the plane solid, before and behind it faint; its depth is that of its O."""
    o = next((i for i, name in enumerate(names) if name.startswith("O")), 0)
    if not view.holds(points).all():
        return float(depth[o]), []
    opacity = 1.0 if abs(depth[o]) < PLANE_A else 0.3
    return float(depth[o]), _bonded(points, names, view, ("oxygen", opacity), LIGAND_A)


def _solvent(
    points: np.ndarray, depth: np.ndarray, names: tuple[str, ...], view: View
) -> tuple[float, list[Mark]]:
    o = next((i for i, name in enumerate(names) if name.startswith("O")), 0)
    if not view.holds(points).all():
        return float(depth[o]), []
    opacity = 0.95 if abs(depth[o]) < 2.0 else 0.4
    return float(depth[o]), _bonded(points, names, view, ("water", opacity), SOLVENT_A)


def _bonded(
    points: np.ndarray,
    names: tuple[str, ...],
    view: View,
    look: tuple[str, float],
    oxygen_A: float,
) -> list[Mark]:
    """Bonds from the first atom, carbons and hydrogens, then the oxygen on top."""
    colour, opacity = look
    scale = view.scale
    o = next((i for i, name in enumerate(names) if name.startswith("O")), 0)
    others = [i for i, name in enumerate(names) if i != o and not name.startswith("M")]
    marks = []
    for i in others:
        hydrogen = names[i].startswith("H")
        bond = "hydrogen" if hydrogen else "carbon"
        size = (HYDROGEN_A if hydrogen else CARBON_A) * scale
        bare = between(points[[o, i]], 0.5 * oxygen_A * scale, 0.5 * size)
        marks.append(path(bare, f"line {bond}", BOND_A * scale, opacity))
        marks.append(dots(points[[i]], f"dots {bond}", size, opacity))
    return [*marks, dots(points[[o]], f"dots {colour}", oxygen_A * scale, opacity)]
