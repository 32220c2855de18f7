"""Top and side views of a filter with its distances, from a structure alone."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.geometry.filter import FilterGeometry, Ring
from selectivity.geometry.oddities import INWARD_DEG, across, beside, inward_deg, rms
from selectivity.plotting import BAD, GREY, SMALL, TEXT, ion_colour, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CARBON, _OXYGEN = "#4A4A4A", "#C0392B"
_BALL_A = {"carbon": 0.36, "oxygen": 0.42, "ion": 0.75}
_PANEL_IN = 1.75


def structure_figure(geometry: FilterGeometry) -> Figure:
    """Side view (two opposite subunits) and one top view per ring, outermost first.

    The side view has the distances between planes and across each ring, and the crystal's ions; the
    top views the distances across and along each ring. A pale disc is the root mean square
    displacement of the oxygen that its B-factor tells, twice over.
    """
    n = len(geometry.rings)
    columns = 1 if n <= 2 else 2
    rows = -(-n // columns)
    height = max(3.6, 1.0 + (_PANEL_IN + 0.25) * rows)
    figure = new_figure(4.6 + (_PANEL_IN + 0.4) * columns, height, geometry.title)
    grid = figure.add_gridspec(rows, columns + 1, width_ratios=[2.4] + [1.0] * columns)
    _side(figure.add_subplot(grid[:, 0]), geometry)
    reach = max(max(r.carbon.r + 0.4, r.oxygen.r + 2.0 * rms(r)) for r in geometry.rings)
    for i, ring in enumerate(reversed(geometry.rings)):
        _top(figure.add_subplot(grid[i // columns, 1 + i % columns]), geometry, ring, reach)
    caption = (
        "Distances in Å; top views from outside. Beside the names: the angle of C=O to the\n"
        "inward direction. Discs: twice the displacement that the B-factor tells."
    )
    figure.supxlabel(caption, fontsize=SMALL, color=GREY)
    return figure


def _colour(ring: Ring) -> str:
    """The oxygens of a carbonyl that is turned away stand out."""
    return BAD if ring.kind != "hydroxyl" and inward_deg(ring) > INWARD_DEG else "black"


def _ball(ax: Axes, x: float, y: float, kind: str, colour: str, **options: Any) -> None:
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), _BALL_A[kind], fc=colour, ec="white", lw=0.6, **options))


def _cloud(ax: Axes, x: float, y: float, ring: Ring) -> None:
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), 2.0 * rms(ring), fc=_OXYGEN, ec="none", alpha=0.13, zorder=1))


def _groups(ax: Axes, ring: Ring, places: np.ndarray) -> None:
    """Bonds, carbons and oxygens at ``places``, shape (groups, 2 atoms, 2 coordinates)."""
    for carbon, oxygen in places:
        ax.plot(*np.array([carbon, oxygen]).T, color=_CARBON, lw=2.2, zorder=2)
        _cloud(ax, oxygen[0], oxygen[1], ring)
        _ball(ax, carbon[0], carbon[1], "carbon", _CARBON, zorder=3)
        _ball(ax, oxygen[0], oxygen[1], "oxygen", _OXYGEN, zorder=4)


def _side(ax: Axes, geometry: FilterGeometry) -> None:
    """Radius against z of subunit 0 and of the one across, as if both stood in the paper."""
    planes = geometry.planes
    left = -max(ring.carbon.r for ring in geometry.rings) - 0.6
    for ring in geometry.rings:
        half = np.array([[atom.r, atom.z] for atom in (ring.carbon, ring.oxygen)])
        _groups(ax, ring, np.array([half, half * [-1.0, 1.0]]))
        z, r = ring.oxygen.z, ring.oxygen.r
        ax.plot([-r, r], [z, z], color=GREY, lw=0.6, ls=(0, (2, 2)), zorder=1)
        wide = f"{2.0 * r:.2f}"
        ax.text(0.0, z, wide, ha="center", va="center", fontsize=SMALL, zorder=6, bbox=_box())
        name = f"{ring.name}  {inward_deg(ring):.0f}°"
        ax.text(left, z, name, ha="right", va="center", fontsize=TEXT, color=_colour(ring))
    _spacings(ax, list(planes.values()), -left)
    _ions(ax, geometry)
    low, high = min(planes.values()), max(planes.values())
    shown = [z for z in geometry.sites.values() if low - 4.0 < z < high + 5.0]
    ax.set_xlim(left - 3.4, -left + 2.4)
    ax.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}")
    ax.set_ylim(min([low, *shown]) - 1.8, max([high, *shown]) + 1.8)
    ax.set_aspect("equal")
    tidy(ax, "side view, two subunits", "distance from the axis, Å", "z, Å (outside is up)")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _box() -> dict[str, Any]:
    return {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.85}


def _spacings(ax: Axes, planes: list[float], x: float) -> None:
    for below, above in itertools.pairwise(planes):
        ax.annotate(
            "",
            (x, below),
            (x, above),
            arrowprops={"arrowstyle": "<->", "lw": 0.7, "color": GREY, "shrinkA": 0, "shrinkB": 0},
        )
        middle = 0.5 * (below + above)
        ax.text(x + 0.25, middle, f"{above - below:.2f}", va="center", fontsize=SMALL)


def _ions(ax: Axes, geometry: FilterGeometry) -> None:
    """The crystal's ions on the axis, and cages without one as open circles."""
    from matplotlib.patches import Circle

    planes = list(geometry.planes.values())
    for name, z in geometry.sites.items():
        if not planes[0] - 4.0 < z < planes[-1] + 5.0:
            continue
        _ball(ax, 0.0, z, "ion", ion_colour("K"), zorder=5, alpha=0.85)
        ax.text(0.0, z, name, ha="center", va="center", color="white", fontsize=SMALL, zorder=7)
    for cage in geometry.cages:
        if cage.name not in geometry.sites:
            ring = Circle((0.0, cage.center), _BALL_A["ion"], fc="none", ec=GREY, lw=0.8, ls=":")
            ax.add_patch(ring)
            ax.text(0.0, cage.center, cage.name, ha="center", va="center", fontsize=SMALL)


def _top(ax: Axes, geometry: FilterGeometry, ring: Ring, reach: float) -> None:
    places = geometry.group_positions(ring)[:, :, :2]
    _groups(ax, ring, places)
    oxygens = places[:, 1]
    closed = np.vstack([oxygens, oxygens[:1]])
    ax.plot(*closed.T, color=GREY, lw=0.6, ls=(0, (2, 2)), zorder=1)
    wide, edge = f"{across(geometry, ring):.2f}", f"{beside(geometry, ring):.2f}"
    centre = wide if wide != edge or len(oxygens) == 2 else ""
    ax.text(0.0, 0.0, centre, ha="center", va="center", fontsize=SMALL, bbox=_box(), zorder=6)
    if len(oxygens) > 2:
        x, y = 0.475 * (oxygens[0] + oxygens[1])
        ax.text(x, y, edge, ha="center", va="center", fontsize=SMALL, bbox=_box())
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_aspect("equal")
    ax.set_axis_off()
    title = f"{ring.name}   B {ring.oxygen.b_factor:.0f} Å²"
    ax.set_title(title, fontsize=TEXT, color=_colour(ring))
