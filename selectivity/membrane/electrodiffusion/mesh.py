"""Nodes of a slab from 0 to 1, evenly spaced or crowded at both faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError

Array = NDArray[np.float64]

LAYER_REACH = 3.0
"""Decay of the crowding from a face, in Debye lengths."""


def even_mesh(cells: int) -> Array:
    """``cells`` + 1 evenly spaced nodes.

    Raises
    ------
    InputError
        No cell.
    """
    return np.linspace(0.0, 1.0, _whole(cells) + 1)


def layered_mesh(cells: int, layer: float) -> Array:
    """Nodes crowded within about ``layer`` (a fraction of the slab) of both faces.

    A third of the cells is spread evenly, a third goes to each face with a density that falls as
    exp(−distance/ℓ), ℓ = ``LAYER_REACH`` times ``layer``. With a layer of half the slab or more
    the mesh is even.

    Raises
    ------
    InputError
        Fewer than three cells, or a layer that is not above zero.
    """
    if not layer > 0.0:
        raise InputError("layer", layer, "is above zero")
    reach = LAYER_REACH * layer
    if _whole(cells) < 3 or reach >= 0.5:
        return even_mesh(cells)
    near = 0.5 * np.geomspace(min(1e-3, 1e-2 * reach), 1.0, 2000)
    fine = np.concatenate([[0.0], near, 1.0 - near[-2::-1], [1.0]])
    from_left, from_right = -np.expm1(-fine / reach), np.exp(-(1.0 - fine) / reach)
    rank = fine + from_left / from_left[-1] + (from_right - from_right[0])
    nodes = np.interp(np.linspace(rank[0], rank[-1], cells + 1), rank, fine)
    nodes = 0.5 * (nodes + 1.0 - nodes[::-1])
    nodes[0], nodes[-1] = 0.0, 1.0
    return nodes


def volumes(x: Array) -> Array:
    """Length of the control volume about each node; the two at the faces are half cells."""
    h = np.diff(x)
    return 0.5 * (np.concatenate([h, [0.0]]) + np.concatenate([[0.0], h]))


def _whole(cells: int) -> int:
    if isinstance(cells, bool) or not isinstance(cells, int | np.integer) or cells < 1:
        raise InputError("cells", cells, "is a whole number above zero")
    return int(cells)
