"""Sites carry the names that structure files give them."""

from dataclasses import replace

from selectivity.system.atoms import atoms
from selectivity.system.build import build_topology
from selectivity.system.spec import CageSpec, Composition, DropletSpec, FilterSpec, Windows

FILTER = FilterSpec(
    "filter",
    "jc-tip4pew",
    ("K", "Na"),
    310.15,
    structure="kcsa",
    composition=Composition.parse("[Rb W X]"),
    windows=Windows(0.0, 0.3),
    interior=(0.0, 0.3),
    caps=(1, 1),
)


def named(spec: FilterSpec | CageSpec | DropletSpec, x: str = "X") -> list[str]:
    """Names of all sites; no two are the same."""
    found = [str(atom) for atom in atoms(build_topology(spec), x)]
    assert len(set(found)) == len(found)
    return found


def test_a_filter_has_the_residues_of_its_structure() -> None:
    topology = build_topology(FILTER)
    found = atoms(topology, "Na")
    protein = {(a.residue, a.number) for a in found if a.chain in "ABCD"}
    assert protein == {("THR", 75), ("VAL", 76), ("GLY", 77), ("TYR", 78)}
    threonine = {a.name: a.element for a in found if (a.chain, a.number) == ("C", 75)}
    assert threonine == {"CB": "C", "OG1": "O", "HG1": "H", "C": "C", "O": "O"}
    ions = {(a.name, a.residue, a.number, a.element) for a in found if a.chain == "I"}
    assert ions == {("NA", "NA", 1, "Na"), ("RB", "RB", 2, "Rb")}
    water = {a.name: a.element for a in found if (a.chain, a.number) == ("W", 3)}
    assert water == {"O": "O", "H1": "H", "H2": "H", "M": ""}
    assert {a.residue for a in found if a.chain == "W"} == {"HOH"}
    sites = [site for member in topology.members for site in member.molecule.sites]
    assert len(found) == len(sites)
    hydrogens = [a.element == "H" for a in found]
    assert hydrogens == [site.hydrogen for site in sites]


def test_other_residues_and_free_ligands_are_numbered() -> None:
    ideal = replace(FILTER, structure="s2_idealised", composition=Composition.parse("[X]"))
    assert {"A:LIG1:C", "D:LIG2:O", "I:X1:X"} < set(named(ideal))
    assert named(CageSpec("cage", "charmm36", ("K", "Na"), 300.0))[-2:] == ["A:LIG8:O", "I:X1:X"]
    drop = named(DropletSpec("drop", "charmm36", ("K", "Na"), 300.0, 3, 5.0), "K")
    assert drop[-3:] == ["W:HOH3:H1", "W:HOH3:H2", "I:K1:K"]
    amide = DropletSpec("a", "charmm36", ("K", "Na"), 300.0, 2, 9.0, solvent="formamide")
    assert {"W:FMD1:C", "W:FMD2:N"} < set(named(amide))
