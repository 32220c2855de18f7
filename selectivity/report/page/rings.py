"""The filter drawn to scale: carbonyls and hydroxyls of all subunits, seen from the side."""

from __future__ import annotations

import numpy as np

from selectivity.geometry.filter import FilterGeometry
from selectivity.report.page.axes import Panel
from selectivity.report.page.canvas import Mark, dots, path

CARBON_A, OXYGEN_A, BOND_A = 0.55, 0.8, 0.16
"""Diameters of the drawn atoms and the width of a bond, Å: smaller than the atoms, to see through.
"""


def turn_of(geometry: FilterGeometry) -> float:
    """Turn about the axis (radians) that brings the oxygens of two subunits into the paper.

    The mean over the rings of n·phi, on the circle, divided by the symmetry n.
    """
    n = geometry.symmetry
    phi = np.radians([ring.oxygen.phi_deg for ring in geometry.rings])
    return -float(np.angle(np.exp(1j * n * phi).mean())) / n


def side_view(geometry: FilterGeometry) -> list[tuple[str, np.ndarray, float]]:
    """Every ligand group as (ring, points (2, 2) as z and height, depth), crystal positions, Å.

    All are turned together by :func:`turn_of`.
    """
    turn = turn_of(geometry)
    found = []
    for ring in geometry.rings:
        for group in geometry.group_positions(ring):
            x = group[:, 0] * np.cos(turn) - group[:, 1] * np.sin(turn)
            depth = group[:, 0] * np.sin(turn) + group[:, 1] * np.cos(turn)
            points = np.stack([group[:, 2], x], axis=1)
            found.append((ring.name, points, float(depth[1])))
    return found


def backbone(geometry: FilterGeometry, panel: Panel, scale: float) -> list[Mark]:
    """The groups behind, in and before the plane, faint, for curves to be drawn over them.

    ``scale`` is that of the z axis, points per Å: the height has the same, about the middle of
    the panel.
    """
    middle = 0.5 * (panel.top + panel.bottom)
    groups = [
        (np.stack([panel.at_x(p[:, 0]), middle - scale * p[:, 1]], axis=1), depth, p)
        for _, p, depth in side_view(geometry)
    ]
    shown = [
        (points, depth)
        for points, depth, p in groups
        if np.all((p[:, 0] > panel.x[0]) & (p[:, 0] < panel.x[1]))
        and np.all((points[:, 1] > panel.top) & (points[:, 1] < panel.bottom))
    ]
    marks: list[Mark] = []
    for points, depth in sorted(shown, key=lambda item: item[1]):
        opacity = 0.42 if abs(depth) < 1.2 else 0.16
        bond = between(points, 0.5 * CARBON_A * scale, 0.5 * OXYGEN_A * scale)
        marks.append(path(bond, "line carbon", BOND_A * scale, opacity))
        marks.append(dots(points[:1], "dots carbon", CARBON_A * scale, opacity))
        marks.append(dots(points[1:], "dots oxygen", OXYGEN_A * scale, opacity))
    return [*_axis(panel, middle), *marks]


def between(points: np.ndarray, first: float, last: float) -> np.ndarray:
    """The part of a bond outside of two discs with these radii, shape (2, 2)."""
    a, b = points
    length = float(np.linalg.norm(b - a))
    if length <= first + last:
        return np.full((2, 2), np.nan)
    u = (b - a) / length
    return np.stack([a + first * u, b - last * u])


def _axis(panel: Panel, middle: float) -> list[Mark]:
    """The axis of the filter."""
    return [path([(panel.left, middle), (panel.right, middle)], "fine faint")]


def height_needed(geometry: FilterGeometry) -> float:
    """Height of the drawing, Å."""
    reach = max(float(np.abs(points[:, 1]).max()) for _, points, _ in side_view(geometry))
    return 2.0 * (reach + 0.6)
