"""Who stands where: the order of the single file, and the regions of fluctuating waters."""

from __future__ import annotations

from selectivity.engine.arrays import CONFINED, END, FIRST, IN_FILE, RADIUS, Z_LOWER, Z_UPPER
from selectivity.engine.flags import inline, section
from selectivity.system.topology import ABSENT


@inline
def absent(state, m):
    """Whether molecule ``m`` is not there."""
    return state.r[m, 0, 0] > 0.5 * ABSENT


@inline
def outside(model, z):
    """Whether height ``z`` lies beyond an end of the file."""
    return z < model.file_limits[0] or z > model.file_limits[1]


@inline
def passes_below(model, r, f, z):
    """Whether file place ``f`` at height ``z`` would stand at or below its inner neighbour."""
    if f == 0:
        return False
    below = model.file_order[f - 1]
    return z <= r[below, model.main[below], 2]


@inline
def passes_above(model, r, f, z):
    """Whether file place ``f`` at height ``z`` would stand at or above its outer neighbour."""
    if f + 1 == model.file_order.shape[0]:
        return False
    above = model.file_order[f + 1]
    return z >= r[above, model.main[above], 2]


@inline
def departs(model, r, f, z):
    """Whether file place ``f`` at height ``z`` would leave the file or pass a neighbour."""
    return outside(model, z) or passes_below(model, r, f, z) or passes_above(model, r, f, z)


@inline
def file_place(model, m):
    """Place of molecule ``m`` in the single file, or −1."""
    for f in range(model.file_order.shape[0]):
        if model.file_order[f] == m:
            return f
    return -1


@section
def file_now(model, state, file):
    """Fill ``file`` with the present members of the single file by rising z; their number."""
    n = 0
    for f in range(model.file_order.shape[0]):
        file[f] = model.file_order[f]
        n += 1
    if model.region.shape[0] and model.region[0, IN_FILE]:
        for w in range(int(model.region[0, FIRST]), int(model.region[0, END])):
            if absent(state, w):
                continue
            i = n
            z = state.r[w, model.main[w], 2]
            while i > 0 and state.r[file[i - 1], model.main[file[i - 1]], 2] > z:
                file[i] = file[i - 1]
                i -= 1
            file[i] = w
            n += 1
    return n


@inline
def holds_x(model, file, first, last):
    """Whether the sampled ion is among places first...last."""
    found = False
    for f in range(first, last + 1):
        found |= file[f] == model.x
    return found


@inline
def inside(model, region, x, y, z):
    """Whether a point lies in the region's cylinder."""
    p = model.region[region]
    return p[Z_LOWER] <= z <= p[Z_UPPER] and x * x + y * y <= p[RADIUS] * p[RADIUS]


@section
def stretch_open(model, state, z, moved, z_moved):
    """Whether a water may stand at ``z``, with member ``moved`` of the file at ``z_moved``."""
    stretch = 0
    for f in range(model.file_order.shape[0]):
        m = model.file_order[f]
        height = z_moved if m == moved else state.r[m, model.main[m], 2]
        if height < z:
            stretch += 1
    return model.open_stretch[stretch] != 0


@inline
def may_stand(model, state, region, x, y, z):
    """Whether a water of ``region`` may stand at a point of its cylinder."""
    if not inside(model, region, x, y, z):
        return False
    return model.region[region, IN_FILE] == 0.0 or stretch_open(model, state, z, -1, 0.0)


@section
def leaves(model, state, m, x, y, z):
    """Whether water ``m`` would leave the region that confines it."""
    region = model.region_of[m]
    if region < 0 or model.region[region, CONFINED] == 0.0:
        return False
    return not may_stand(model, state, region, x, y, z)


@section
def crowds(model, state, m, z):
    """Whether file member ``m`` at ``z`` would leave a water of the file in a closed stretch."""
    if model.region.shape[0] == 0 or model.region[0, IN_FILE] == 0.0:
        return False
    for w in range(int(model.region[0, FIRST]), int(model.region[0, END])):
        if not absent(state, w) and not stretch_open(
            model, state, state.r[w, model.main[w], 2], m, z
        ):
            return True
    return False


@section
def count_waters(model, state, region):
    """Waters of a region inside its cylinder, all of them, and its first empty place or −1."""
    n, total, empty = 0, 0, -1
    for m in range(int(model.region[region, FIRST]), int(model.region[region, END])):
        if absent(state, m):
            if empty < 0:
                empty = m
            continue
        total += 1
        s = model.main[m]
        if inside(model, region, state.r[m, s, 0], state.r[m, s, 1], state.r[m, s, 2]):
            n += 1
    return n, total, empty


@section
def pick_water(model, state, region, i):
    """Water number ``i`` of those inside the region's cylinder."""
    for m in range(int(model.region[region, FIRST]), int(model.region[region, END])):
        if absent(state, m):
            continue
        s = model.main[m]
        if inside(model, region, state.r[m, s, 0], state.r[m, s, 1], state.r[m, s, 2]):
            if i == 0:
                return m
            i -= 1
    return -1
