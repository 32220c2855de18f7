"""A corpus of wrong crystal files: `structure import` says what is wrong, and writes nothing.

Each file in ``wrong_crystals/`` names in its first line what the message must hold, ``expect piece
| piece``, and in its second the options of the command, where it needs any.
"""

import gzip
from pathlib import Path

import pytest
from hypothesis import strategies as st

from selectivity.cli.main import answer
from selectivity.geometry import load_filter
from selectivity.geometry.crystal import read_crystal
from tests.fuzzing import cases, flipped, try_all
from tests.geometry import handmade

CORPUS = sorted((Path(__file__).parent / "wrong_crystals").iterdir())
WHOLE = handmade.text().encode()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_what_is_wrong_is_said(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = path.read_text(encoding="utf-8").split("\n", 2)
    pieces = first.partition(" expect ")[2].split(" | ")
    options = second.partition(" options ")[2].split()
    out = tmp_path / "pore.toml"
    assert answer(["structure", "import", str(path), "--out", str(out), *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(pieces)
    for piece in pieces:
        assert piece in said.err
    assert ";" in said.err  # a remedy
    assert not out.exists()


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 40


def test_the_file_that_was_spoiled_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "pore.pdb"
    path.write_bytes(WHOLE)
    found = read_crystal(path)
    assert list(found.planes.values()) == pytest.approx([-7.6, -4.5, -1.5, 1.5, 4.5], abs=1e-3)
    assert not any("cut" in note for note in found.notes)
    zipped = path.with_suffix(".pdb.gz")
    zipped.write_bytes(gzip.compress(WHOLE))
    assert read_crystal(zipped).rings == found.rings
    path.write_bytes(WHOLE.removesuffix(b"END\n"))
    assert "The file has no END record and may be cut." in read_crystal(path).notes


def test_an_atom_of_another_alternate_than_its_residue_is_taken(tmp_path: Path) -> None:
    """V76 of chain B is kept as A, but its O exists as B only."""
    lines = handmade.lines()
    for i, line in enumerate(lines):
        if line[21:26] == "B  76":
            label = "B" if line[12:16].strip() == "O" else "A"
            lines[i] = f"{line[:16]}{label}{line[17:]}"
    path = tmp_path / "alternates.pdb"
    path.write_text("\n".join([*lines, "END", ""]), encoding="utf-8")
    assert read_crystal(path).planes["V76 O"] == pytest.approx(-1.5, abs=1e-3)


def imported(path: Path, content: bytes) -> None:
    """Import it: a filter near the sound one, or a message; nothing else."""
    path.write_bytes(content)
    out = path.with_suffix(".toml")
    out.unlink(missing_ok=True)
    code = answer(["structure", "import", str(path), "--out", str(out)])
    assert code in (0, 2)
    assert out.exists() == (code == 0)
    if code == 0:
        assert len(load_filter(out).rings) in (4, 5)


@cases(25, 1000)
def test_cut_files(tmp_path: Path, count: int) -> None:
    def case(end: int) -> None:
        imported(tmp_path / "cut.pdb", WHOLE[:end])

    try_all(count, case, st.integers(0, len(WHOLE) - 1))


@cases(25, 1000)
def test_flipped_bits(tmp_path: Path, count: int) -> None:
    def case(bits: list[int]) -> None:
        imported(tmp_path / "flipped.pdb", flipped(WHOLE, bits))

    bits = st.integers(0, 8 * len(WHOLE) - 1)
    try_all(count, case, st.lists(bits, min_size=1, max_size=20))


@cases(25, 1000)
def test_foreign_bytes(tmp_path: Path, count: int) -> None:
    def case(piece: bytes, at: int, suffix: str) -> None:
        imported(tmp_path / f"foreign{suffix}", WHOLE[:at] + piece + WHOLE[at:])

    suffixes = st.sampled_from([".pdb", ".cif"])
    try_all(count, case, st.binary(max_size=300), st.integers(0, len(WHOLE)), suffixes)


@cases(25, 1000)
def test_spoiled_mmcif_and_gzip(tmp_path: Path, count: int) -> None:
    import gemmi

    structure = gemmi.read_pdb_string(WHOLE)
    structure.setup_entities()
    cif = structure.make_mmcif_document().as_string().encode()
    sound = {"spoiled.cif": cif, "spoiled.pdb.gz": gzip.compress(WHOLE, mtime=0)}

    def case(name: str, share: float, places: list[float]) -> None:
        raw = sound[name][: 1 + int(share * len(sound[name]))]
        imported(tmp_path / name, flipped(raw, [int(p * 8 * len(raw)) for p in places]))

    part = st.floats(0.0, 1.0, exclude_max=True)
    places = st.lists(part, max_size=3)
    try_all(count, case, st.sampled_from(sorted(sound)), part, places)
