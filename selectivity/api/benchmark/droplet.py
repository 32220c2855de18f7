"""The droplet that speed is measured on: K+, free to move, under an umbrella along z in water."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from selectivity.engine import arrays, pack, sweep, trajectory, yardsticks
from selectivity.engine.pack import Precision
from selectivity.sampling.chain import start_trajectories, tune
from selectivity.system.build import build_topology, start
from selectivity.system.spec import DropletSpec
from selectivity.system.topology import Topology

TEMPERATURE_K = 310.15
KAPPA = 5.0  # kJ/mol/Å²
OBSERVED = yardsticks.OBSERVED
BLOCK = 100  # records between two looks at the clock


Parts = tuple[arrays.Model, arrays.State, arrays.Window, arrays.Work, np.random.Generator]


@dataclass(frozen=True)
class Droplet:
    """One chain of a droplet with all that its sampling needs."""

    topology: Topology
    model: arrays.Model
    state: arrays.State
    window: arrays.Window
    work: arrays.Work
    rng: np.random.Generator

    @property
    def parts(self) -> Parts:
        """What kernels take, in their order."""
        return self.model, self.state, self.window, self.work, self.rng


def droplet_spec(n_waters: int = 64) -> DropletSpec:
    """K+ (Joung-Cheatham) in SPC/E water within a sphere: 7.7 Å for 64 waters, 5.8 Å for 20."""
    radius = 7.7 if n_waters == 64 else 1.462 * n_waters ** (1.0 / 3.0) + 1.852
    return DropletSpec("benchmark", "jc-spce", ("K", "Na"), TEMPERATURE_K, n_waters, radius)


def new_droplet(n_waters: int = 64, precision: Precision = "mixed", seed: int = 1) -> Droplet:
    """The droplet at its start; its ion moves under ½κz² with κ = ``KAPPA``."""
    topology = build_topology(droplet_spec(n_waters))
    members = list(topology.members)
    members[topology.x] = replace(members[topology.x], mobile=True)
    topology = replace(topology, members=tuple(members))
    model = pack.pack_model(topology, precision)
    rng = np.random.Generator(np.random.PCG64(seed))
    state = pack.pack_state(model, start(topology, 0.0, rng))
    window, work = pack.new_window(model, 0.0, KAPPA), pack.new_work(model)
    sweep.refresh(model, state, work)
    return Droplet(topology, model, state, window, work, rng)


def equilibrate(droplet: Droplet, sweeps: int, trajectories: tuple[int, int] = (0, 0)) -> None:
    """Equilibrate at fixed identity; tune moves, and then trajectories where there are any.

    ``trajectories`` is the number of sweeps for one trajectory, 0 for none, and its mean length.
    """
    model, state, window, work, _ = droplet.parts
    squares = np.zeros((arrays.N_CLASSES, 2, 2))
    window.trajectory[:] = 0
    blocks = max(4, sweeps // 100)
    for i in range(blocks):
        advance(droplet, max(1, sweeps // blocks))
        tune(window)
        if i >= blocks // 2:
            trajectory.add_squares(model, state, window, work, squares)
    start_trajectories(model, window, squares, trajectories)
    if trajectories[0]:
        for _ in range(20):
            advance(droplet, 25 * trajectories[0])
            tune(window)
    window.tried[:] = window.accepted[:] = 0


def advance(droplet: Droplet, sweeps: int) -> None:
    """``sweeps`` sweeps as K+."""
    sweep.adapt(*droplet.parts, (sweeps, 1, 0, 100, 1))


def sample(droplet: Droplet, stride: int, cpu_seconds: float) -> tuple[np.ndarray, float]:
    """Sample for ``cpu_seconds``, a record every ``stride`` sweeps.

    Returns
    -------
    rows : ndarray, shape (n, 4)
        ``OBSERVED``: z of the ion (Å), energy without the umbrella (kJ/mol), waters in the first
        shell, dipole of the waters along z (e Å).
    cpu : float
        CPU seconds of this thread that they took.
    """
    rows: list[np.ndarray] = []
    began = time.thread_time()
    while not rows or time.thread_time() - began < cpu_seconds:
        block = np.empty((BLOCK, len(OBSERVED)))
        yardsticks.observe(*droplet.parts, stride, block)
        rows.append(block)
    return np.concatenate(rows), time.thread_time() - began


def acceptance(droplet: Droplet) -> float:
    """Share of trajectories accepted since equilibration; nan without any."""
    tried = int(droplet.window.tried[arrays.THRUST].sum())
    return int(droplet.window.accepted[arrays.THRUST].sum()) / tried if tried else float("nan")
