"""Small systems on the axis of a ring of carbonyls: the ion along it, and three in file."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from selectivity.engine import energy
from selectivity.engine.arrays import AXIAL, HOP, SHIFT
from selectivity.geometry.confinement import FileWalls
from selectivity.system.topology import Anchor, Member
from selectivity.units import kcal
from selectivity.validation.exact import marginal
from selectivity.validation.move_cases import BETA, BOND, FF, Case, Seed, steps
from selectivity.validation.small import Run, assemble, make_run
from selectivity.validation.statistics import Density


def ring_of_carbonyls(z: float, radius: float) -> list[tuple[Member, np.ndarray]]:
    """Four fixed carbonyls pointing at the axis, O at ``radius`` from it."""
    ring = []
    for i in range(4):
        out = np.array([math.cos(i * math.pi / 2), math.sin(i * math.pi / 2), 0.0])
        sites = np.outer([radius + BOND, radius], out) + np.array([0.0, 0.0, z])
        anchor = Anchor(sites, np.zeros(2))
        ring.append((Member(FF.carbonyl, "carbonyl", f"C=O {i}", False, anchor=anchor), sites))
    return ring


def ion_on_axis() -> Case:
    """An ion on the axis of a fixed ring, under an umbrella, against one end of the file."""
    umbrella = (-0.9, kcal(8.0))
    wall = FileWalls(-1.0, 9.0, kcal(10.0), 2.0, 1.0)

    def make(seed: Seed) -> Run:
        ring = ring_of_carbonyls(0.5, 2.6)
        members = [*(member for member, _ in ring), Member(FF.ion("K"), "ion", "X", wall=wall)]
        topology = assemble(members, x=4, on_axis=True)
        r = np.zeros((5, 2, 3))
        r[:4] = [sites for _, sites in ring]
        run = make_run(topology, r, umbrella=umbrella, movers=[(AXIAL, 4)], seed=seed)
        steps(run, AXIAL, 4, 1.0)
        return run

    def exact() -> tuple[Density, ...]:
        run = make(1)
        grid, r = np.linspace(-3.5, 3.5, 1401), run.state.r.copy()
        u = np.empty(grid.size)
        for i, height in enumerate(grid):
            r[4, 0, 2] = height
            u[i] = energy.total_energy(run.topology, r, umbrella=umbrella)
        return (Density("z", grid, -BETA * u),)

    return Case(make, lambda r: (r[4, 0, 2],), exact, 15)


FILE = FileWalls(-2.4, 1.9, kcal(4.0), 2.0, 1.0)
LIMITS = (FILE.z_lower - FILE.hard_margin, FILE.z_upper + FILE.hard_margin)
FILE_UMBRELLA = (0.6, kcal(1.0))


def file_run(symbols: str, heights: Sequence[float], movers: Sequence[int], seed: Seed = 1) -> Run:
    """A single file of waters W and the ion X on the axis of a ring of carbonyls.

    Waters below the ion point O upwards, those above it downwards; none ever turns.
    """
    ring = ring_of_carbonyls(-0.8, 3.4)
    file = [
        Member(FF.ion("K"), "ion", "X", wall=FILE)
        if symbol == "X"
        else Member(FF.water, "file_water", "W", wall=FILE)
        for symbol in symbols
    ]
    members = [*(member for member, _ in ring), *file]
    x = 4 + symbols.index("X")
    topology = assemble(members, x=x, file=(4, 5, 6), file_limits=LIMITS)
    r = np.zeros((7, 3, 3))
    for f, (m, height) in enumerate(zip(topology.file_order, heights, strict=True)):
        template = topology.members[m].molecule.coordinates()
        upside = 1.0 if f > symbols.index("X") else -1.0
        r[m, : len(template)] = template * [1.0, 1.0, upside] + [0.0, 0.0, height]
    carbonyls = [m for m, member in enumerate(topology.members) if member.role == "carbonyl"]
    r[carbonyls, :2] = [sites for _, sites in ring]
    table = [(kind, topology.x) for kind in movers]
    run = make_run(topology, r, umbrella=FILE_UMBRELLA, movers=table, seed=seed)
    steps(run, SHIFT, topology.x, 0.5)
    return run


def file_exact(run: Run, grid: np.ndarray) -> np.ndarray:
    """ln p of the three heights on an even grid, shape (n, n, n).

    The energy is a sum over molecules, and over pairs that depend on the difference in height.
    """
    topology, order, n = run.topology, run.topology.file_order, grid.size

    def at(heights: dict[int, float]) -> np.ndarray:
        r = run.state.r.copy()
        for m in order:
            sites = len(topology.members[m].molecule.sites)
            r[m, :sites, 2] += heights.get(m, 500.0 + m) - r[m, 0, 2]
        return r

    others = [m for m in range(len(run.state.r)) if m not in order]
    single = {m: np.empty(n) for m in order}
    for i, height in enumerate(grid):
        for m, u in single.items():
            r = at({m: height})
            u[i] = energy.pair_matrix(topology, r)[m, others].sum()
            u[i] += energy.one_body_energies(topology, r)[m]
    single[topology.x] += 0.5 * FILE_UMBRELLA[1] * (grid - FILE_UMBRELLA[0]) ** 2
    a, b, c = order
    u = single[a][:, None, None] + single[b][:, None] + single[c]
    places = np.arange(n)[None, :] - np.arange(n)[:, None] + n - 1
    for lower, upper, shape in ((a, b, 0), (b, c, 1), (a, c, 2)):
        table = np.full(2 * n - 1, np.inf)  # by (place of upper − place of lower) + n − 1
        for gap in range(1, n):
            r = at({lower: 0.0, upper: gap * (grid[1] - grid[0])})
            table[gap + n - 1] = energy.pair_matrix(topology, r)[lower, upper]
        pair = table[places]
        u = u + (pair[:, :, None], pair[None], pair[:, None, :])[shape]
    return -BETA * u


def three_in_file(movers: tuple[int, ...] = (SHIFT,)) -> Case:
    """W X W pressed between both ends of the file: the height of each."""
    heights = (-2.9, -0.2, 2.4)

    def make(seed: Seed) -> Run:
        return file_run("WXW", heights, movers, seed)

    order = list(make(1).topology.file_order)

    def exact() -> tuple[Density, ...]:
        grid = np.linspace(*LIMITS, 141)
        log_p = file_exact(make(1), grid)
        return tuple(
            Density(f"height of {name}", grid, marginal(log_p, f, grid, grid, grid))
            for f, name in enumerate(("lower water", "ion", "upper water"))
        )

    return Case(make, lambda r: r[order, 0, 2].copy(), exact, 30 * len(movers))


HOP_GRID = np.linspace(*LIMITS, 211)
HELD = 195  # place of X in the grid of the hops


def hopping_waters() -> Case:
    """W W X, hops alone: X stays, the waters below it move one by one and together."""

    def make(seed: Seed) -> Run:
        return file_run("WWX", (-2.4, 0.3, HOP_GRID[HELD]), (HOP,), seed)

    order = list(make(1).topology.file_order)

    def exact() -> tuple[Density, ...]:
        log_p = file_exact(make(1), HOP_GRID)[:, :, HELD]
        return tuple(
            Density(f"height of {name}", HOP_GRID, marginal(log_p, f, HOP_GRID, HOP_GRID))
            for f, name in enumerate(("lower water", "upper water"))
        )

    return Case(make, lambda r: r[order[:2], 0, 2].copy(), exact, 150)
