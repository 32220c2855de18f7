"""Liquid amides of the parameter sets: neutral, planar, with the source's geometry and dipole."""

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.forcefield import library, load, names
from selectivity.units import DEBYE

SETS = {
    "charmm36": ("formamide", "nma"),
    "jc-tip3p": ("nma",),
    "charmm36-ecc": ("formamide", "nma"),
}
MOLECULES = [
    ("charmm36", "formamide", 4.228),
    ("charmm36", "nma", 4.127),
    ("jc-spce", "nma", 4.329),
]
HEAVY = ("C", "O", "N")


def angle(x: np.ndarray, a: int, b: int, c: int) -> float:
    u, v = x[a] - x[b], x[c] - x[b]
    cosine = u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    return float(np.degrees(np.arccos(cosine)))


@pytest.mark.parametrize(("forcefield", "name", "dipole"), MOLECULES)
class TestMolecule:
    def test_neutral_with_the_dipole_of_openmm(self, forcefield, name, dipole):
        molecule = load(forcefield).solvent(name)
        assert molecule.charge == pytest.approx(0.0, abs=1e-9)
        found = np.linalg.norm(molecule.charges() @ molecule.coordinates()) / DEBYE
        assert found == pytest.approx(dipole, abs=0.002)

    def test_planar_with_the_bonds_of_a_peptide(self, forcefield, name, dipole):
        molecule = load(forcefield).solvent(name)
        x = molecule.coordinates()
        c, o, n = (molecule.index(site) for site in HEAVY)
        assert np.linalg.norm(x[o] - x[c]) == pytest.approx(1.225, abs=0.006)
        assert np.linalg.norm(x[n] - x[c]) == pytest.approx(1.343, abs=0.012)
        assert angle(x, o, c, n) == pytest.approx(122.5, abs=1.5)
        skeleton = [i for i, site in enumerate(molecule.site_names) if site[:2] not in ("HL", "HR")]
        assert np.abs(x[skeleton, 1]).max() < 1e-6

    def test_the_oxygen_is_what_walls_hold_and_hydrogens_are_guarded(
        self, forcefield, name, dipole
    ):
        molecule = load(forcefield).solvent(name)
        assert molecule.kind == "amide"
        assert molecule.site_names[molecule.main] == "O"
        for site, called in zip(molecule.sites, molecule.site_names, strict=True):
            assert site.hydrogen == called.startswith("H")


def test_nma_is_trans_and_its_methyls_are_tetrahedral():
    for forcefield in ("charmm36", "jc-tip3p"):
        molecule = load(forcefield).solvent("nma")
        x, at = molecule.coordinates(), molecule.index
        # O and H(N) on opposite sides of the line C-N
        co, nh, cn = x[at("O")] - x[at("C")], x[at("H")] - x[at("N")], x[at("N")] - x[at("C")]
        assert np.cross(co, cn) @ np.cross(nh, cn) < 0.0
        for carbon, hydrogens in (("CL", ("HL1", "HL2", "HL3")), ("CR", ("HR1", "HR2", "HR3"))):
            for h in hydrogens:
                assert np.linalg.norm(x[at(h)] - x[at(carbon)]) == pytest.approx(1.10, abs=0.02)
            assert angle(x, at(hydrogens[0]), at(carbon), at(hydrogens[1])) == pytest.approx(
                108.5, abs=2.0
            )


def test_the_charmm_peptide_group_has_the_carbonyl_of_the_set():
    forcefield = load("charmm36")
    nma, carbonyl = forcefield.solvent("nma"), forcefield.carbonyl
    for name in ("C", "O"):
        ours, peptide = nma.sites[nma.index(name)], carbonyl.sites[carbonyl.index(name)]
        assert (ours.charge, ours.rmin_half) == (peptide.charge, peptide.rmin_half)
        assert ours.epsilon == pytest.approx(peptide.epsilon)


def test_a_set_has_the_amides_of_its_own_ligands_and_no_others():
    assert library.solvents() == ("water", "formamide", "nma")
    for forcefield, amides in SETS.items():
        assert tuple(load(forcefield).amides) == amides
    assert all(load(name).solvent("water") is not None for name in names())
    with pytest.raises(InputError, match="is a solvent of the set jc-tip3p"):
        load("jc-tip3p").solvent("formamide")


def test_types_of_one_name_are_one_type():
    for name in names():
        forcefield = load(name)
        seen: dict[str, tuple[float, float]] = {}
        molecules = (forcefield.carbonyl, forcefield.hydroxyl, *forcefield.amides.values())
        for molecule in molecules:
            for site in molecule.sites:
                assert seen.setdefault(site.name, (site.rmin_half, site.epsilon)) == (
                    site.rmin_half,
                    site.epsilon,
                )
