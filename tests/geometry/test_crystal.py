"""Crystal files: a synthetic channel that is known exactly, and the published structures."""

import gemmi
import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.geometry import load_filter, write_toml
from selectivity.geometry.crystal import read_crystal

KCSA = load_filter("kcsa")
NAMES = {"T75": "THR", "V76": "VAL", "G77": "GLY", "Y78": "TYR"}


def random_rotation(rng):
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0.0 else q[:, [1, 0, 2]]


def subunit(model, name, turn, shift, rotation, alternates=False):
    """One chain TVGYG with the shipped coordinates of KcsA, subunit ``turn``, moved as a body."""
    chain = gemmi.Chain(name)
    for label, residue_name in [*NAMES.items(), ("G79", "GLY")]:
        residue = gemmi.Residue()
        residue.name, residue.seqid = residue_name, gemmi.SeqId(label[1:])
        rings = [ring for ring in KCSA.rings if ring.residue == label]
        atoms = [
            (atom, KCSA.group_positions(ring)[turn][i])
            for ring in rings
            for i, atom in enumerate(ring.atoms)
        ]
        for atom, position in atoms:
            for altloc, occupancy, offset in (
                [("A", 0.4, 0.5), ("B", 0.6, 0.0)]
                if alternates and label == "V76"
                else [("\0", 1.0, 0.0)]
            ):
                new = gemmi.Atom()
                new.name, new.element = atom.name, gemmi.Element(atom.name[0])
                new.altloc, new.occ, new.b_iso = altloc, occupancy, atom.b_factor
                new.pos = gemmi.Position(*(rotation @ (position + offset) + shift))
                residue.add_atom(new)
        alpha = gemmi.Atom()
        alpha.name, alpha.element = "CA", gemmi.Element("C")
        residue.add_atom(alpha)
        chain.add_residue(residue)
    model.add_chain(chain)


def ions(model, shift, rotation, heights):
    chain = gemmi.Chain("K")
    for n, height in enumerate(heights):
        residue = gemmi.Residue()
        residue.name, residue.seqid, residue.het_flag = "K", gemmi.SeqId(str(n + 1)), "H"
        atom = gemmi.Atom()
        atom.name, atom.element = "K", gemmi.Element("K")
        atom.pos = gemmi.Position(*(rotation @ np.array([0.0, 0.0, height]) + shift))
        residue.add_atom(atom)
        chain.add_residue(residue)
    model.add_chain(chain)


def synthetic(seed=1, chains=4, alternates=False):
    rng = np.random.default_rng(seed)
    shift, rotation = rng.uniform(-50.0, 50.0, 3), random_rotation(rng)
    structure = gemmi.Structure()
    model = gemmi.Model(1) if int(gemmi.__version__.split(".")[1]) >= 7 else gemmi.Model("1")
    for turn in range(chains):
        subunit(model, "ABCD"[turn], turn, shift, rotation, alternates)
    ions(model, shift, rotation, KCSA.sites.values())
    structure.add_model(model)
    structure.setup_entities()
    return structure


def write(structure, path):
    if path.suffix == ".cif":
        structure.make_mmcif_document().write_file(str(path))
    else:
        structure.write_pdb(str(path))
    return path


def farthest(one, other):
    """Largest distance between the same atoms of two geometries, Å."""
    assert [ring.name for ring in one.rings] == [ring.name for ring in other.rings]
    return max(
        float(np.linalg.norm(a.position() - b.position()))
        for ring, match in zip(one.rings, other.rings, strict=True)
        for a, b in zip(ring.atoms, match.atoms, strict=True)
    )


@pytest.mark.parametrize("suffix", [".pdb", ".cif"])
@pytest.mark.parametrize("seed", range(3))
def test_a_channel_in_any_orientation_is_read_back(seed, suffix, tmp_path):
    path = write(synthetic(seed), tmp_path / f"channel{suffix}")
    found = read_crystal(path)
    assert farthest(found, KCSA) < 0.002
    assert found.cage_names == KCSA.cage_names
    assert set(found.sites) == set(KCSA.sites)
    for site, z in KCSA.sites.items():
        assert found.sites[site] == pytest.approx(z, abs=0.002)
    for ring, expected in zip(found.rings, KCSA.rings, strict=True):
        assert ring.kind == expected.kind
        for atom, other in zip(ring.atoms, expected.atoms, strict=True):
            assert atom.b_factor == pytest.approx(other.b_factor, abs=0.006)
    assert "Chains A, B, C, D" in found.preparation


def test_what_is_read_can_be_written_and_loaded(tmp_path):
    found = read_crystal(write(synthetic(), tmp_path / "channel.pdb"), name="mine")
    write_toml(found, tmp_path / "mine.toml")
    loaded = load_filter(tmp_path / "mine.toml")
    assert farthest(loaded, found) < 0.002
    assert (loaded.name, loaded.preparation) == ("mine", found.preparation)


def test_chain_order_in_the_file_does_not_matter(tmp_path):
    structure = synthetic()
    order = [structure[0][i].clone() for i in (2, 0, 3, 1, 4)]
    while len(structure[0]):
        del structure[0][0]
    for chain in order:
        structure[0].add_chain(chain)
    assert farthest(read_crystal(write(structure, tmp_path / "x.pdb")), KCSA) < 0.002


def test_residues_can_be_named(tmp_path):
    path = write(synthetic(), tmp_path / "channel.pdb")
    named = read_crystal(path, residues=("V76", "G77", "Y78"))
    assert [ring.name for ring in named.rings] == ["V76 O", "G77 O", "Y78 O"]
    assert named.cage_names == ("S2", "S1")
    assert named.planes["G77 O"] == pytest.approx(-named.planes["V76 O"])
    assert read_crystal(path, residues=tuple(NAMES)).rings == read_crystal(path).rings
    with pytest.raises(InputError, match="check numbers and one-letter codes"):
        read_crystal(path, residues=("T75", "A76", "G77", "Y78"))
    with pytest.raises(InputError, match="at least three"):
        read_crystal(path, residues=("G77", "Y78"))


def test_the_alternate_of_highest_occupancy_is_kept_and_reported(tmp_path):
    found = read_crystal(write(synthetic(alternates=True), tmp_path / "alternates.pdb"))
    assert farthest(found, KCSA) < 0.002
    assert "V76 of chain A has alternates A, B: B kept." in found.notes


def test_single_chain_without_symmetry_is_refused_with_a_remedy(tmp_path):
    path = write(synthetic(chains=1), tmp_path / "one.pdb")
    with pytest.raises(InputError, match=r"no assembly records.*four-fold axis.*BIOMT") as caught:
        read_crystal(path)
    assert str(path) == caught.value.place


def test_single_chain_with_an_assembly_becomes_a_tetramer(tmp_path):
    structure = synthetic(chains=1, seed=5)
    first = synthetic(chains=4, seed=5)[0]
    here = np.array([a.pos.tolist() for r in first[0] for a in r if a.name != "CA"])
    assembly = gemmi.Assembly("1")
    generator = gemmi.Assembly.Gen()
    generator.chains = ["A", "K"]
    for copy in range(4):
        there = np.array([a.pos.tolist() for r in first[copy] for a in r if a.name != "CA"])
        u, _, vt = np.linalg.svd((there - there.mean(0)).T @ (here - here.mean(0)))
        matrix = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
        operator = gemmi.Assembly.Operator()
        operator.transform = gemmi.Transform(
            gemmi.Mat33(matrix.tolist()), gemmi.Vec3(*(there.mean(0) - matrix @ here.mean(0)))
        )
        generator.operators.append(operator)
    assembly.generators.append(generator)
    structure.assemblies.append(assembly)
    found = read_crystal(write(structure, tmp_path / "biomt.pdb"))
    assert farthest(found, KCSA) < 0.005
    assert "Tetramer of chain A by assembly 1" in found.preparation
    assert set(found.sites) == set(KCSA.sites)  # images of one ion on the axis count once


def test_four_chains_about_no_axis_are_refused(tmp_path):
    structure = synthetic()
    for residue in structure[0][3]:
        for atom in residue:
            atom.pos = gemmi.Position(*(np.array(atom.pos.tolist()) + np.array([8.0, -5.0, 6.0])))
    with pytest.raises(InputError, match="chains A, B, C, D of the file"):
        read_crystal(write(structure, tmp_path / "broken.pdb"))


def test_several_models_need_a_choice(tmp_path):
    structure = synthetic()
    other = structure[0].clone()
    for chain in other:
        for residue in chain:
            for atom in residue:
                atom.b_iso = 50.0
    structure.add_model(other)
    structure.renumber_models()
    path = write(structure, tmp_path / "models.pdb")
    with pytest.raises(InputError, match=r"several models.*--model 1 to 2"):
        read_crystal(path)
    assert read_crystal(path, model=2).rings[0].oxygen.b_factor == pytest.approx(50.0)
    with pytest.raises(InputError, match="which has 2"):
        read_crystal(path, model=3)


def test_missing_atom_is_named(tmp_path):
    structure = synthetic()
    residue = structure[0]["C"][1]
    residue.remove_atom("O", "\0", gemmi.Element("O"))
    with pytest.raises(InputError, match="chain C: V76 O': these atoms"):
        read_crystal(write(structure, tmp_path / "missing.pdb"))


def test_no_filter_says_how_to_name_one(tmp_path):
    structure = synthetic()
    for chain in structure[0]:
        for residue in chain:
            if residue.name == "TYR":
                residue.name = "ALA"
    path = write(structure, tmp_path / "none.pdb")
    with pytest.raises(InputError, match=r"no filter.*--residues"):
        read_crystal(path)
    found = read_crystal(path, residues=("T75", "V76", "G77", "A78"))
    assert farthest_positions(found) < 0.002


def farthest_positions(found):
    return max(
        float(np.linalg.norm(a.position() - b.position()))
        for ring, match in zip(found.rings, KCSA.rings, strict=True)
        for a, b in zip(ring.atoms, match.atoms, strict=True)
    )


def test_what_is_not_a_structure_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_crystal(tmp_path / "absent.pdb")
    (tmp_path / "junk.pdb").write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(InputError, match="at least one model"):
        read_crystal(tmp_path / "junk.pdb")
    (tmp_path / "junk.cif").write_text("loop_ 'broken", encoding="utf-8")
    with pytest.raises(InputError, match="is a PDB or mmCIF file"):
        read_crystal(tmp_path / "junk.cif")


@pytest.mark.parametrize(
    ("code", "name", "how"),
    [
        ("1k4c", "kcsa", "Tetramer of chain C by assembly 1"),
        ("3ldc", "mthk", "Chains A, B, C, D"),
        ("5vke", "kcsa_collapsed", "Tetramer of chain C by assembly 1"),
    ],
)
def test_published_structures_give_the_shipped_tables(code, name, how, shared_data):
    found, shipped = read_crystal(shared_data / f"{code}.pdb"), load_filter(name)
    assert farthest(found, shipped) < 0.001
    assert how in found.preparation
    assert set(found.sites) == set(shipped.sites)
    for site, z in shipped.sites.items():
        assert found.sites[site] == pytest.approx(z, abs=0.001)
    for ring, expected in zip(found.rings, shipped.rings, strict=True):
        for atom, other in zip(ring.atoms, expected.atoms, strict=True):
            assert atom.b_factor == pytest.approx(other.b_factor, abs=0.006)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("TVGFG", None),
        ("TIGYG", None),
        ("TVGDG", "does not select"),
        ("TVGLG", "a relative of TVGYG"),
        ("SVGFG", "serine's"),
        ("CIGYG", "no hydroxyl"),
    ],
)
def test_relatives_of_the_signature_are_found_and_named(letters, words, tmp_path):
    structure = synthetic()
    for chain in structure[0]:
        if chain.name in "ABCD":
            for residue, letter in zip(chain, letters, strict=True):
                residue.name = gemmi.expand_one_letter(letter, gemmi.ResidueKind.AA)
                for atom in residue if letter == "S" else ():
                    atom.name = "OG" if atom.name == "OG1" else atom.name
    found = read_crystal(write(structure, tmp_path / "relative.pdb"))
    told = " ".join(note for note in found.notes if "signature" in note or "innermost" in note)
    assert (words in told) if words else not told
    kinds = [ring.kind for ring in found.rings]
    assert kinds == ["hydroxyl"] * (letters[0] in "TS") + ["carbonyl"] * 4
    assert [atom.name for atom in found.rings[0].atoms][1] in ("OG1", "O")


def test_the_space_group_stands_in_where_no_assembly_is_told(shared_data, tmp_path):
    lines = (shared_data / "1k4c.pdb").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("REMARK 350", "REMARK 300"))]
    path = tmp_path / "bare.pdb"
    path.write_text("\n".join(kept) + "\n")
    found = read_crystal(path)
    assert "by the space group's operation" in found.preparation
    assert farthest(found, KCSA) < 0.001
    assert set(found.sites) == set(KCSA.sites)


def test_subunits_in_models_of_their_own_are_one_tetramer(tmp_path):
    whole = synthetic()
    structure = synthetic()
    del structure[0]
    for turn, name in enumerate("ABCD"):
        model = whole[0].clone()
        for other in [chain.name for chain in model if chain.name != name]:
            if not (turn == 0 and other == "K"):
                model.remove_chain(other)
        structure.add_model(model)
    structure.renumber_models()
    found = read_crystal(write(structure, tmp_path / "unit.pdb"))
    assert found.preparation.startswith("Models 1 to 4 of the file as one")
    assert farthest(found, KCSA) < 0.002
    assert set(found.sites) == set(KCSA.sites)


def test_what_the_file_says_of_itself_is_noted(tmp_path):
    structure = synthetic()
    structure.resolution = 3.4
    structure.info["_exptl.method"] = "ELECTRON MICROSCOPY"
    for chain in structure[0]:
        for residue in chain:
            for atom in residue:
                atom.b_iso = 30.0
    path = write(structure, tmp_path / "em.pdb")
    told = " ".join(read_crystal(path).notes)
    for words in ("Resolution 3.40 Å", "Electron microscopy", "Every B-factor is 30.0"):
        assert words in told
    given = read_crystal(path, b_factor=18.0)
    assert {atom.b_factor for ring in given.rings for atom in ring.atoms} == {18.0}
    assert any("not used: 18 Å²" in note for note in given.notes)
    assert "by hand" in given.preparation
    with pytest.raises(InputError, match=r"0\.1 to 500"):
        read_crystal(path, b_factor=0.0)


def test_mmcif_gives_what_pdb_gives(shared_data, tmp_path):
    for code in ("1k4c", "3ldc", "5vke"):
        structure = gemmi.read_structure(str(shared_data / f"{code}.pdb"))
        structure.setup_entities()
        path = tmp_path / f"{code}.cif"
        structure.make_mmcif_document().write_file(str(path))
        assert farthest(read_crystal(path), read_crystal(shared_data / f"{code}.pdb")) < 0.001


def test_four_copies_far_from_their_axis_are_no_pore(tmp_path):
    """An assembly record of another origin than the coordinates."""
    structure = synthetic(chains=1)
    assembly, generator = gemmi.Assembly("1"), gemmi.Assembly.Gen()
    generator.chains = ["A"]
    for k in range(4):
        operator = gemmi.Assembly.Operator()
        turn = np.linalg.matrix_power(np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]), k)
        operator.transform = gemmi.Transform(gemmi.Mat33(turn.tolist()), gemmi.Vec3(0, 0, 0))
        generator.operators.append(operator)
    assembly.generators.append(generator)
    structure.assemblies.append(assembly)
    with pytest.raises(InputError, match="no pore between them"):
        read_crystal(write(structure, tmp_path / "moved.pdb"))
