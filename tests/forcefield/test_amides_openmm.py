"""Energies between amides are those of OpenMM's own force-field files, parameters and all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pytest

from selectivity.engine import energy
from selectivity.forcefield.species import Molecule
from selectivity.system.build import build_topology, start
from selectivity.system.spec import DropletSpec

mm = pytest.importorskip("openmm")
app = pytest.importorskip("openmm.app")

METHYLS = {"CL": ("HL1", "HL2", "HL3"), "CR": ("HR1", "HR2", "HR3")}
BONDS = (("C", "O"), ("C", "N"), ("C", "HA"), ("N", "HC"), ("N", "HT"), ("N", "H"), ("C", "CL"))
ALL_BONDS = (*BONDS, ("N", "CR"), *((c, h) for c, hs in METHYLS.items() for h in hs))
CAPS = {
    **{name: ("ACE", atom) for name, atom in (("C", "C"), ("O", "O"), ("CL", "CH3"))},
    **{f"HL{i}": ("ACE", f"HH3{i}") for i in (1, 2, 3)},
    **{name: ("NME", atom) for name, atom in (("N", "N"), ("H", "H"), ("CR", "CH3"))},
    **{f"HR{i}": ("NME", f"HH3{i}") for i in (1, 2, 3)},
}
CASES = [
    ("charmm36", "formamide", "charmm36.xml", "FORM"),
    ("charmm36", "nma", "charmm36.xml", "NMA"),
    ("jc-tip3p", "nma", "amber14/protein.ff14SB.xml", None),
]


def names_there(molecule: Molecule, residue: str | None) -> dict[str, tuple[str, str]]:
    """Residue and atom of OpenMM's file by our site."""
    if residue is None:
        return CAPS
    return {name: (residue, name) for name in molecule.site_names}


def openmm_energy(
    forcefield: object, names: Mapping[str, tuple[str, str]], copies: Iterable[Mapping]
) -> float:
    """kJ/mol of molecules, each a mapping of site to place (Å), intramolecular terms included."""
    topology, places = app.Topology(), []
    for copy in copies:
        chain, atoms = topology.addChain(), {}
        for residue in dict.fromkeys(residue for residue, _ in names.values()):
            there = topology.addResidue(residue, chain)
            for site, (owner, atom) in names.items():
                if owner == residue:
                    element = app.element.Element.getBySymbol(site[0])
                    atoms[site] = topology.addAtom(atom, element, there)
                    places.append(copy[site])
        for a, b in ALL_BONDS:
            if a in atoms and b in atoms:
                topology.addBond(atoms[a], atoms[b])
    system = forcefield.createSystem(topology, nonbondedMethod=app.NoCutoff)
    platform = mm.Platform.getPlatformByName("Reference")
    context = mm.Context(system, mm.VerletIntegrator(0.001), platform)
    context.setPositions(np.array(places) * 0.1)
    return context.getState(getEnergy=True).getPotentialEnergy()._value


@pytest.mark.parametrize(("name", "solvent", "file", "residue"), CASES)
def test_energy_between_molecules(name, solvent, file, residue):
    spec = DropletSpec("d", name, ("K", "Na"), 310.15, 5, 8.0, solvent=solvent)
    topology = build_topology(spec)
    r = start(topology, 0.0, np.random.default_rng(4))
    ours = 0.5 * energy.pair_matrix(topology, r)[:5, :5].sum()
    molecule, forcefield = topology.members[0].molecule, app.ForceField(file)
    names = names_there(molecule, residue)
    copies = [dict(zip(molecule.site_names, sites, strict=True)) for sites in r[:5]]
    alone = sum(openmm_energy(forcefield, names, [copy]) for copy in copies)
    theirs = openmm_energy(forcefield, names, copies) - alone
    assert abs(ours) > 1.0
    assert ours == pytest.approx(theirs, rel=1e-9)
