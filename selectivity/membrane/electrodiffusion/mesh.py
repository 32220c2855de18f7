"""Nodes of a slab from 0 to 1: evenly spaced, crowded at both faces, or where ions are few."""

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


def graded_mesh(cells: int, ratio: float) -> Array:
    """Nodes for a quantity C that falls or rises in a straight line by the factor ``ratio``.

    They are even in the mean of x and of ln C/ln(ratio), which crowds them where C is small: the
    potential of an electroneutral layer is a straight line in ln C. Even where C is constant.

    Raises
    ------
    InputError
        No cell, or a ratio that is not above zero.
    """
    if not 0.0 < ratio < np.inf:
        raise InputError("ratio", ratio, "is above zero")
    if abs(np.log(ratio)) < 1e-6:
        return even_mesh(cells)
    share = np.linspace(0.0, 1.0, 4001)
    logarithmic = np.expm1(share * np.log(ratio)) / (ratio - 1.0)
    fine = np.unique(np.clip(np.concatenate([share, logarithmic]), 0.0, 1.0))
    rank = 0.5 * (fine + np.log1p((ratio - 1.0) * fine) / np.log(ratio))
    nodes = np.interp(np.linspace(0.0, 1.0, _whole(cells) + 1), rank / rank[-1], fine)
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
