"""One chain with one fixed ion, looked at from outside: distances, shells, fluctuations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selectivity.sampling.chain import tune
from selectivity.sampling.replica import TUNE_EVERY
from selectivity.system.build import build_topology, start
from selectivity.system.spec import SystemSpec
from selectivity.system.topology import Topology, is_absent
from selectivity.validation.small import Run, make_run

Observe = Callable[[Topology, np.ndarray], np.ndarray | float]


def sample(
    spec: SystemSpec,
    ion: str,
    observe: Observe,
    stream: np.random.Generator,
    *,
    records: int,
    stride: int = 10,
    equilibration: int = 2000,
    z: float = 0.0,
    kappa: float = 0.0,
    spread: bool = False,
) -> np.ndarray:
    """``observe(topology, r)`` of ``records`` configurations, ``stride`` sweeps apart.

    The identity stays ``ion``. In a filter, X starts at ``z`` (Å) and, with ``kappa`` above 0
    (kJ/mol/Å²), an umbrella ½κ(z_X − z)² holds it there; ``spread`` starts the single file far
    from it. Steps are tuned in the first half of ``equilibration`` and then frozen.

    Parameters
    ----------
    observe : callable
        Gets the topology and the coordinates (M, S, 3) in Å, to be copied where it keeps them.
    stream : numpy.random.Generator
        Draws the start and every move.

    Returns
    -------
    ndarray, shape (records, ...)

    Raises
    ------
    InputError
        The system cannot be built.
    """
    topology = build_topology(spec)
    r = start(topology, z, stream, spread=spread)
    umbrella = (z, kappa) if kappa > 0.0 else (float("nan"), 0.0)
    identity = topology.ladder.endpoints[ion]
    run = make_run(topology, r, identity=identity, umbrella=umbrella, seed=stream)
    equilibrate(run, equilibration)
    run.refresh()
    rows = []
    for _ in range(records):
        run.equilibrate(stride)
        rows.append(np.array(observe(topology, run.state.r), dtype=float))
    return np.array(rows)


def equilibrate(run: Run, sweeps: int) -> None:
    """Sweeps at fixed identity; steps are tuned in the first half of them and then frozen."""
    for i in range(max(1, sweeps // TUNE_EVERY)):
        run.equilibrate(TUNE_EVERY)
        if i < max(1, sweeps // (2 * TUNE_EVERY)):
            tune(run.window)


def distances(topology: Topology, r: np.ndarray, *roles: str) -> np.ndarray:
    """Å from X to the main site (the oxygen) of every molecule of these roles, in their order.

    Roles are those of :class:`~selectivity.system.topology.Member`: ``"carbonyl"``,
    ``"hydroxyl"``, ``"water"``, ``"file_water"``, ``"resident"``.
    """
    at = r[topology.x, 0]
    sites = [
        r[m, member.molecule.main]
        for m, member in enumerate(topology.members)
        if member.role in roles and m != topology.x and not is_absent(r[m])
    ]
    return np.linalg.norm(np.array(sites).reshape(-1, 3) - at, axis=1)
