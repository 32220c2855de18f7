"""OpenMM as a second witness: every shipped kind of system on its Reference platform, in double.

The Hamiltonian is written once more in OpenMM's forces and units by
:mod:`selectivity.validation.openmm_witness`, from the topology alone.
"""

from __future__ import annotations

import pytest
from engine_cases import SYSTEMS, make_run, scrambled, start_z

from selectivity.engine import energy
from selectivity.system.build import build_topology
from selectivity.validation.openmm_witness import openmm_energy


@pytest.mark.parametrize("name", SYSTEMS)
def test_openmm_agrees(name):
    """1e-6 relative, of the kernels in double and of the NumPy reference."""
    topology = build_topology(SYSTEMS[name])
    r = scrambled(topology, start_z(topology.spec), seed=11)
    last = len(topology.ladder.labels) - 1
    for identity in (0, last - 2, last):
        witness = openmm_energy(topology, r, identity)
        assert energy.total_energy(topology, r, identity) == pytest.approx(witness, rel=1e-6)
        run = make_run(topology, r, "double", identity)
        assert run.energy() == pytest.approx(witness, rel=1e-6)
        if "filter" not in name and "mthk" not in name:
            break


@pytest.mark.parametrize("name", ["droplet jc-tip4pew", "cage charmm36", "filter charmm36"])
def test_openmm_agrees_after_moves(name):
    """Energies of equilibrated configurations are smaller than those of scrambled ones."""
    topology = build_topology(SYSTEMS[name])
    run = make_run(topology, scrambled(topology, start_z(topology.spec), 11, 0.0), "double")
    run.equilibrate(300)
    witness = openmm_energy(topology, run.state.r, 0)
    assert run.energy() == pytest.approx(witness, rel=1e-6)
