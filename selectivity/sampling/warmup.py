"""Compiles the kernels once, before threads ask for them, and says so while it takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from selectivity.engine import sweep
from selectivity.engine.water import exchange_waters
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.system.spec import CageSpec
from selectivity.units import kcal


def compile_kernels(
    precisions: Iterable[str], notice: Callable[[str], None], open_file: bool = False
) -> None:
    """Run a few moves of a tiny cage in every precision asked for.

    The exchange of waters, which an open file alone needs, is compiled with ``open_file``.
    ``notice`` is called with a sentence where this takes longer than a loading from the cache.
    """
    timer = threading.Timer(2.0, notice, ("compiling the kernels, once on this machine ...",))
    timer.daemon = True
    timer.start()
    try:
        for precision in sorted(set(precisions)):
            spec = CageSpec("warm-up", "charmm36", ("K", "Na"), 300.0, 2, wall_k=kcal(10.0))
            plan = SamplingPlan(
                replicas=1,
                equilibration=2,
                adaptation=2,
                production=2,
                stride=1,
                exchange_every=2,
                segments=1,
                precision=precision,  # type: ignore[arg-type]
            )
            replica = new_replica(spec, plan, 0)
            prepare(replica)
            produce(replica)
            chain = replica.chains[0]
            parts = (replica.model, chain.state, chain.window, replica.work, chain.rng)
            sweep.relabel(*parts)
            if open_file:
                exchange_waters(*parts, 0)
    finally:
        timer.cancel()
