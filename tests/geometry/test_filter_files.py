"""Reading and writing filter tables: everything that can be wrong is named."""

import dataclasses

import pytest

from selectivity import resources
from selectivity.errors import InputError
from selectivity.geometry import load_filter, shipped_filters, write_toml

TEXT = (resources.folder("structures") / "kcsa.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped_filters())
def test_written_tables_read_back(name, tmp_path):
    geometry = load_filter(name)
    write_toml(geometry, tmp_path / "copy.toml")
    again = load_filter(tmp_path / "copy.toml")
    assert again == geometry
    assert list(again.sites) == list(geometry.sites)


def test_texts_with_quotes_and_line_ends_survive(tmp_path):
    odd = dataclasses.replace(load_filter("kcsa"), title='a "b" \\ c\nd')
    write_toml(odd, tmp_path / "odd.toml")
    assert load_filter(tmp_path / "odd.toml") == odd


def test_unknown_filter_gets_a_suggestion():
    with pytest.raises(InputError, match=r"'kcsA'.*did you mean kcsa\?"):
        load_filter("kcsA")
    with pytest.raises(InputError, match="is a shipped filter or the path"):
        load_filter("/nowhere/filter.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("symmetry = 4", 'symmetry = "four"', "symmetry is a whole number"),
        ("symmetry = 4", "symmetry = true", "symmetry is a whole number"),
        ('title = "', 'titel = "', r"'titel': is not a key.*did you mean title"),
        ("r_A = 2.343", "r_A = 0.2343", r"rings\[3\]\.atoms\[2\]\.r_A: 0\.2343: .*0\.5 to 15 Å"),
        ("r_A = 2.343", 'r_A = "2.343 A"', r"write 2\.343: it is in Å"),
        ("r_A = 2.343", "r_A = nan", "is a number from"),
        ("r_A = 2.343", "r = 2.343", r"did you mean r_A\?"),
        ("b_A2 = 14.99", "b_A2 = 0.0", r"b_A2: 0\.0: is a number from 0\.1 to 500 Å²"),
        ("phi_deg = -33.19", "phi_deg = 56.81", r"C-O of a carbonyl is 1\.1 to 1\.36 Å"),
        ("z_A = -1.496", "z_A = -4.9", r"\(?3\.\d+: C-O of a carbonyl"),
        ('name = "CB"', 'name = "CA"', "is CB; carbon first, then oxygen"),
        ('kind = "hydroxyl"', 'kind = "alcohol"', "is carbonyl, hydroxyl or formamide"),
        ('name = "V76 O"', 'name = "T75 O"', "is unique"),
        ('"S4", "S3"', '"S4"', "names the cages between consecutive rings, 4 here"),
        ('"S4", "S3"', '"S4", "S4"', "each once"),
        ("S2 = 0.094", 'S2 = "0.094 A"', r"sites\.S2"),
        ("[sites]", "[[sites]]", "sites.*is a table"),
        ("symmetry = 4", "symmetry 4", r":5:10: file: is not TOML: Expected"),
    ],
)
def test_faults_are_named(old, new, words, tmp_path):
    assert old in TEXT
    path = tmp_path / "wrong.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        load_filter(path)
    assert str(path) in caught.value.place
    assert caught.value.remedy


def test_order_of_rings_is_checked(tmp_path):
    parts = TEXT.split("[[rings]]")
    parts[2], parts[3] = parts[3], parts[2]
    path = tmp_path / "order.toml"
    path.write_text("[[rings]]".join(parts), encoding="utf-8")
    with pytest.raises(InputError, match=r"lies above V76 O .*inside \(low z\) first"):
        load_filter(path)


def test_missing_source_is_named(tmp_path):
    path = tmp_path / "short.toml"
    kept = [line for line in TEXT.splitlines() if not line.startswith("source = ")]
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(InputError, match=r"source: is missing: it is a text that is not empty"):
        load_filter(path)


def test_missing_rings_are_named(tmp_path):
    path = tmp_path / "short.toml"
    path.write_text(TEXT.split("[[rings]]")[0], encoding="utf-8")
    with pytest.raises(
        InputError, match=r"rings: is missing: it holds one \[\[rings\]\] table per ring"
    ):
        load_filter(path)


def test_binary_file_is_refused(tmp_path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(InputError, match="UTF-8"):
        load_filter(path)
