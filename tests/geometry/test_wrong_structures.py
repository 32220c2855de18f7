"""A corpus of wrong structure files: every problem at its line and column.

Each file in ``wrong/`` begins with lines ``# expect LINE:COLUMN | key | piece | piece``, one for
every problem that reading it must report, and no other problem may be reported.
"""

from pathlib import Path

import pytest

from selectivity.config.load import load_text
from selectivity.errors import InputError, RunFileError, StructureFileError
from selectivity.geometry import load_filter
from tests.expected import expectations

CORPUS = sorted((Path(__file__).parent / "wrong").glob("*.toml"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_problems_stand_where_they_are(path: Path) -> None:
    expected = expectations(path)
    assert expected
    with pytest.raises(StructureFileError) as caught:
        load_filter(path)
    problems = caught.value.problems
    assert [(p.line, p.column) for p in problems] == [(row, col) for row, col, _ in expected]
    for problem, (row, column, (key, *pieces)) in zip(problems, expected, strict=True):
        text = str(problem)
        assert text.startswith(f"{path}:{row}:{column}: {key}: ")
        assert text in str(caught.value)
        assert problem.remedy
        for piece in pieces:
            assert piece in text


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 50
    assert sum(len(expectations(path)) > 1 for path in CORPUS) >= 5


RUN = """\
title: small
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  pore: {{kind: filter, structure: {}, composition: "[X]", reference: bulk}}
  bulk: {{kind: droplet, waters: 20, radius: 5.82 angstrom}}
"""


def test_a_run_file_that_names_one_tells_all_its_problems_where_it_is_named() -> None:
    path = next(path for path in CORPUS if path.stem == "many_problems")
    with pytest.raises(RunFileError) as caught:
        load_text(RUN.format(path), folder=path.parent)
    problems = caught.value.problems
    assert len(problems) == len(expectations(path)) >= 4
    assert {(p.line, p.column, p.key) for p in problems} == {(6, 35, "systems.pore.structure")}
    for problem, (row, column, (key, *_)) in zip(problems, expectations(path), strict=True):
        assert f"many_problems.toml:{row}:{column}: {key}: " in problem.message


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    for content, place, words in (
        (b"name = 'caf\xe9'\n", "1:12", "the byte 0xe9 is not UTF-8"),
        (b"x" * 1_000_001, "1:1", "too large for a structure file"),
        (b"", "1:1", "is missing"),
        (b"\x00", "1:1", "is not TOML"),
    ):
        path = tmp_path / "odd.toml"
        path.write_bytes(content)
        with pytest.raises(StructureFileError, match=words) as caught:
            load_filter(path)
        assert str(caught.value).startswith(f"{path}:{place}: ")
    path.write_text("HEADER    x\n", encoding="utf-8")
    with pytest.raises(StructureFileError, match="import it first: selectivity structure import"):
        load_filter(path.rename(tmp_path / "1abc.pdb"))
    for where, words in ((tmp_path, "is a folder"), ("a/" * 2500 + "b", "cannot be read")):
        with pytest.raises(InputError, match=words):
            load_filter(where)
