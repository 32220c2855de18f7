"""A campaign of two systems that any executor may run, and blocks that kill their worker.

Importable by workers; ``python worker_cases.py`` runs it under MPI and prints its digest.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.sampling import campaign
from selectivity.sampling.campaign import Block, Task, run_block, run_tasks
from selectivity.sampling.checkpoint import Snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import CageSpec, Composition, FilterSpec, Windows

FILTER = FilterSpec(
    name="filter",
    forcefield="charmm36",
    ions=("K", "Na"),
    temperature_K=310.15,
    structure="kcsa",
    composition=Composition.parse("[W X W]"),
    windows=Windows(0.0, 0.9, 0.3),
    interior=(0.2, 0.7),
    caps=(2, 2),
)
CAGE = CageSpec("cage", "charmm36", ("K", "Na"), 300.0)
PLAN = SamplingPlan(
    seed=7,
    replicas=2,
    equilibration=60,
    adaptation=80,
    production=300,  # 5 rounds of exchange a segment: an odd number, so that parity must be kept
    stride=4,
    exchange_every=20,
    frames_every=40,
    segments=3,
)
Whose = tuple[str, int]


@dataclass
class Store:
    """A run folder in memory: the last state and all samples of every replica."""

    saved: dict[Whose, Snapshot] = field(default_factory=dict)
    samples: dict[Whose, list[ReplicaSamples]] = field(default_factory=dict)

    def __call__(self, saved: Snapshot, samples: ReplicaSamples | None) -> None:
        """The sink: blocks of a replica come in order and once."""
        whose = (saved.system, saved.replica)
        before = self.saved.get(whose)
        assert saved.segment == (0 if before is None else before.segment + 1)
        self.saved[whose] = saved
        if samples is not None:
            self.samples.setdefault(whose, []).append(samples)

    def tasks(self) -> list[Task]:
        """Both systems' replicas, each from where it stands."""
        return [
            Task(spec, PLAN, r, self.saved.get((spec.name, r)), moves)
            for spec, moves in ((FILTER, 400.0), (CAGE, 100.0))
            for r in range(PLAN.replicas)
        ]

    def digest(self) -> str:
        """SHA-256 of all samples and last states but CPU times."""
        total = hashlib.sha256()
        for whose in sorted(self.saved):
            _add(total, [self.saved[whose], self.samples.get(whose, [])])
        return total.hexdigest()


def _add(total: Any, value: Any) -> None:
    if is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in fields(value)}
    if isinstance(value, dict):
        value = [(key, value[key]) for key in sorted(value) if key not in ("cpu", "cpu_seconds")]
    if isinstance(value, list | tuple):
        for item in value:
            _add(total, item)
    elif isinstance(value, np.ndarray):
        total.update(f"{value.dtype} {value.shape}".encode())
        total.update(value.tobytes())
    else:
        total.update(repr(value).encode())


def carry_out(executor: Executor, store: Store, stop_after: float = 2.0) -> Store:
    """Run the campaign from where ``store`` stands, or leave it after a share of the rest."""
    stop, done = threading.Event(), [0.0]

    def progress(share: float) -> None:
        done[0] += share
        if done[0] > stop_after:
            stop.set()

    run_tasks(store.tasks(), store, executor, progress, stop, leave=stop)
    return store


def block_number(task: Task) -> int:
    """0 for the preparation, then segments from 1."""
    return 0 if task.saved is None else task.saved.segment + 1


def order_kills(folder: Path, kills: int, seed: int) -> None:
    """Leave ``kills`` orders, no more than three for a block: die after so many rounds."""
    dice, times = random.Random(seed), dict[tuple[Any, ...], int]()
    while sum(times.values()) < kills:
        block = (dice.choice(["filter", "cage"]), dice.randrange(2), dice.randrange(4))
        times[block] = min(3, times.get(block, 0) + 1)
    for block, n in times.items():
        for i in range(n):
            path = folder / "-".join(map(str, (*block, i)))
            path.write_text(str(dice.randint(0, 3)), encoding="ascii")


def mortal(folder: str, task: Task, program: str) -> Block:
    """A block that kills its worker after some rounds, as often as ``folder`` holds orders."""
    name = f"{task.spec.name}-{task.replica}-{block_number(task)}-*"
    orders = sorted(Path(folder).glob(name))
    if not orders:
        return run_block(task, program)
    rounds = [int(orders[0].read_text(encoding="ascii"))]
    orders[0].unlink()

    def tick(sweeps: int) -> None:
        rounds[0] -= 1
        if rounds[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return run_block(task, program, tick)


def doomed(task: Task, program: str) -> Block:
    """A block that kills its worker every time where it is the second segment of cage 1."""
    if (task.spec.name, task.replica, block_number(task)) == ("cage", 1, 2):
        os.kill(os.getpid(), signal.SIGKILL)
    return run_block(task, program)


def mortal_in(folder: Path) -> Callable[[Task, str], Block]:
    """:func:`mortal` with its folder, to stand for ``campaign.run_block``."""
    return partial(mortal, str(folder))


def main(arguments: Iterable[str]) -> None:
    """Run under MPI; with a folder of orders ranks die. Every stored block is written there."""
    from selectivity.sampling.executors import make_executor

    for folder in arguments:
        campaign.run_block = mortal_in(Path(folder))  # type: ignore[assignment]
    print(carry_out(make_executor("mpi"), Store()).digest(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
