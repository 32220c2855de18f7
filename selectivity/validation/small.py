"""Small systems ready to move: hand-made or built, packed for the kernels, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.engine import arrays, pack, sweep
from selectivity.engine.pack import Precision
from selectivity.forcefield.identity import ladder
from selectivity.forcefield.library import load
from selectivity.system.build import start
from selectivity.system.spec import CageSpec
from selectivity.system.topology import Member, Topology, is_absent, sort_members


@dataclass
class Run:
    """A system ready to move: what the kernels take, in their order."""

    topology: Topology
    model: arrays.Model
    state: arrays.State
    window: arrays.Window
    work: arrays.Work
    rng: np.random.Generator

    def refresh(self) -> None:
        """Fill the caches from the coordinates."""
        sweep.refresh(self.model, self.state, self.work)

    def advance(self, records: int, stride: int) -> arrays.Output:
        """``records`` samples, ``stride`` sweeps apart, the identity drawn before each."""
        out = pack.new_output(self.model, records)
        sweep.advance(self.model, self.state, self.window, self.work, self.rng, stride, out)
        return out

    def equilibrate(self, sweeps: int) -> None:
        """Sweeps at fixed identity."""
        sweep.adapt(self.model, self.state, self.window, self.work, self.rng, (1, sweeps, 0, 1, 1))

    def energy(self) -> float:
        """What the caches hold, kJ/mol, without the umbrella."""
        return float(sweep.cached_energy(self.model, self.state))


def make_run(
    topology: Topology,
    r: np.ndarray,
    precision: Precision = "mixed",
    identity: int = 0,
    umbrella: tuple[float, float] = (float("nan"), 0.0),
    seed: int | np.random.Generator = 1,
    movers: list[tuple[int, int]] | None = None,
) -> Run:
    """A run at coordinates ``r``, its caches filled; ``movers`` replaces the table of moves.

    With ``movers``, (kind, molecule) to be drawn from, a sweep is one trial. ``seed`` may be the
    random stream itself.
    """
    model = pack.pack_model(topology, precision)
    if movers is not None:
        model = model._replace(movers=np.array(movers), sweep_length=1)
    state = pack.pack_state(model, r, identity)
    window = pack.new_window(model, *umbrella)
    rng = seed
    if not isinstance(rng, np.random.Generator):
        rng = np.random.Generator(np.random.PCG64(rng))
    run = Run(topology, model, state, window, pack.new_work(model), rng)
    run.refresh()
    return run


def assemble(
    members: Sequence[Member], x: int, forcefield: str = "jc-tip3p", **changes: Any
) -> Topology:
    """A topology of hand-made members, at 300 K; ``x`` and ``file`` are places in ``members``."""
    spec = CageSpec("hand-made", forcefield, ("K", "Na"), 300.0)
    ff = load(forcefield)
    ordered, new = sort_members(list(members))
    if "file" in changes:
        changes["file_order"] = tuple(new[m] for m in changes.pop("file"))
    return Topology(spec, ff, ladder(ff, spec.ions, 5), ordered, new[x], **changes)


def record(run: Run, n: int, stride: int, observe: Callable[[np.ndarray], Any]) -> np.ndarray:
    """``observe(r)`` of ``n`` configurations, ``stride`` sweeps apart, after n/10 of them."""
    run.equilibrate(stride * (n // 10))
    rows = []
    for _ in range(n):
        run.equilibrate(stride)
        rows.append(observe(run.state.r))
    return np.array(rows)


def scrambled(topology: Topology, z: float, seed: int, far: float = 0.25) -> np.ndarray:
    """The start with every molecule displaced and turned a little, one 9 Å beyond each wall.

    So that no term vanishes: tethers, orientation and C...CB are strained, walls are overstepped.
    With ``far`` = 0 it is the start itself.
    """
    from scipy.spatial.transform import Rotation

    rng = np.random.default_rng(seed)
    r = start(topology, z, rng)
    for m, member in enumerate(topology.members):
        if is_absent(r[m]):
            continue
        n = len(member.molecule.sites)
        turn = Rotation.from_rotvec(rng.uniform(-far, far, 3)).as_matrix()
        pivot = r[m, member.molecule.main].copy()
        if m != topology.x:
            r[m, :n] = (r[m, :n] - pivot) @ turn.T + pivot + rng.uniform(-far, far, 3)
    if far == 0.0:
        return r
    walls: list[object] = []
    for m, member in enumerate(topology.members):
        if m == topology.x or member.wall is None or member.wall in walls or is_absent(r[m]):
            continue
        walls.append(member.wall)
        n = len(member.molecule.sites)
        out = r[m, member.molecule.main] * np.array([1.0, 1.0, 0.2])
        r[m, :n] += 9.0 * out / np.linalg.norm(out)
    return r
