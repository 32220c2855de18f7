"""Every shipped system by OpenMM: the same Hamiltonian in another program."""

from __future__ import annotations

import numpy as np

from selectivity import resources
from selectivity.config.load import load
from selectivity.engine import energy
from selectivity.engine.flags import REFUSED
from selectivity.errors import InputError
from selectivity.system.build import build_topology
from selectivity.system.spec import SystemSpec
from selectivity.system.topology import Topology
from selectivity.validation.context import Context
from selectivity.validation.openmm_witness import openmm_energy
from selectivity.validation.records import Computed
from selectivity.validation.small import make_run, scrambled


def run_file(context: Context) -> Computed:
    """Largest relative difference of kernels and reference from OpenMM over a run file's systems.

    Every molecule is displaced and turned, walls are overstepped, so that no term vanishes; first,
    an intermediate and the last identity.
    """
    name = context.settings["file"]
    path = resources.shipped("runs", name, ".yaml")
    if path is None:
        raise InputError("run file", name, "is a shipped run file", "")
    run = load(path)
    found = [
        difference(spec, run.plans[spec.name].states_per_gap, seed)
        for seed, spec in enumerate(run.systems)
    ]
    return Computed(max(found), note=f"{len(found)} systems", target=0.0)


def difference(spec: SystemSpec, states_per_gap: int, seed: int) -> float:
    """Largest relative difference over three identities of one system."""
    topology = build_topology(spec, states_per_gap)
    r = displaced(topology, seed)
    last = len(topology.ladder.labels) - 1
    worst = 0.0
    for identity in {0, last // 2, last}:
        witness = openmm_energy(topology, r, identity)
        kernels = make_run(topology, r, "double", identity).energy()
        for value in (kernels, energy.total_energy(topology, r, identity)):
            worst = max(worst, abs(value / witness - 1.0))
    return worst


def displaced(topology: Topology, seed: int) -> np.ndarray:
    """The first scrambled start without two sites in the guard, where the kernels add 1e12."""
    for attempt in range(ATTEMPTS):
        r = scrambled(topology, 0.37, seed + 1000 * attempt)
        if make_run(topology, r, "double").state.pair.max() < 0.1 * REFUSED:
            return r
    rule = f"has a start without overlaps among {ATTEMPTS}"
    raise InputError(topology.spec.name, seed, rule, "give another seed")


ATTEMPTS = 50
