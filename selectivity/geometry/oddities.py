"""What is odd about a filter, told from its rings alone, in plain words.

The bounds are what potassium channels whose filter conducts have in crystals: KcsA (1K4C) and MthK
(3LDC) have carbonyl oxygens 4.4 to 5.1 Å across, planes 3.0 to 3.1 Å apart, and C=O bonds within 50
degrees of the inward direction; in the collapsed KcsA (5VKE) two carbonyls point along the wall.
"""

from __future__ import annotations

import math

import numpy as np

from selectivity.geometry.filter import FilterGeometry, Ring

INWARD_DEG = 70.0
"""A carbonyl farther than this from the inward direction is turned away, degrees."""
ACROSS_A = (4.0, 5.8)
SPACING_A = (2.6, 3.6)


def oddities(geometry: FilterGeometry) -> tuple[str, ...]:
    """Sentences about rings that no conducting filter has; none for one that is sound."""
    turned = [ring for ring in geometry.rings if _is_turned(ring)]
    found = [
        f"{ring.name}: its C=O is turned {inward_deg(ring):.0f} degrees away from the pore's axis "
        f"(at most 50 in a conducting filter): a rotated carbonyl, which holds no ion."
        for ring in turned
    ]
    for ring in geometry.rings:
        wide, low, high = 2.0 * ring.oxygen.r, *ACROSS_A
        if ring.kind != "hydroxyl" and not low <= wide <= high:
            what = "narrow: no K+ passes a plane like that" if wide < low else "wide for K+"
            found.append(f"{ring.name}: its oxygens are {wide:.1f} Å across, too {what}.")
    for below, above in zip(geometry.rings[:-1], geometry.rings[1:], strict=True):
        gap = above.oxygen.z - below.oxygen.z
        if not SPACING_A[0] <= gap <= SPACING_A[1]:
            found.append(
                f"{below.name} and {above.name} are {gap:.1f} Å apart (about 3.0 in a conducting "
                "filter)."
            )
    empty = _empty_cages(geometry)
    if empty:
        found.append(
            f"No ion was seen in {' and '.join(empty)}, though other sites of the filter have one."
        )
    if len(turned) > 0 and len(geometry.rings) > 2:
        found.append(
            "All in all a collapsed or inactivated filter: expect no conduction, and a ratio that "
            "speaks of this shape, not of the open channel."
        )
    return tuple(found)


def inward_deg(ring: Ring) -> float:
    """Angle between C→O (CB→OG1) and the direction from the oxygen straight to the axis."""
    carbon, oxygen = ring.carbon.position(), ring.oxygen.position()
    bond = (oxygen - carbon) / np.linalg.norm(oxygen - carbon)
    inward = -np.array([oxygen[0], oxygen[1], 0.0]) / ring.oxygen.r
    return math.degrees(math.acos(float(np.clip(bond @ inward, -1.0, 1.0))))


def across(geometry: FilterGeometry, ring: Ring) -> float:
    """Largest distance between two oxygens of a ring, Å: the diagonal of four."""
    return float(_distances(geometry, ring).max())


def beside(geometry: FilterGeometry, ring: Ring) -> float:
    """Smallest distance between two oxygens of a ring, Å: the edge of a square of four."""
    apart = _distances(geometry, ring)
    return float(apart[apart > 0.0].min())


def rms(ring: Ring) -> float:
    """Root mean square displacement of the oxygen along one axis, (B/8π²)^½, Å."""
    return math.sqrt(ring.oxygen.b_factor / (8.0 * math.pi**2))


def _distances(geometry: FilterGeometry, ring: Ring) -> np.ndarray:
    oxygens = geometry.group_positions(ring)[:, 1]
    distance: np.ndarray = np.linalg.norm(oxygens[:, None] - oxygens[None], axis=-1)
    return distance


def _is_turned(ring: Ring) -> bool:
    return ring.kind != "hydroxyl" and inward_deg(ring) > INWARD_DEG


def _empty_cages(geometry: FilterGeometry) -> list[str]:
    if not any(cage in geometry.sites for cage in geometry.cage_names):
        return []
    return [cage for cage in geometry.cage_names if cage not in geometry.sites]
