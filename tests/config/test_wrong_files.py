"""A corpus of wrong run files: every problem at its line and column, with the pieces that help.

Each file in ``wrong/`` begins with lines ``# expect LINE:COLUMN | key | piece | piece ...``, one
for every problem that reading it must report, and no other problem may be reported.
"""

import re
from pathlib import Path

import pytest

from selectivity.config.load import load
from selectivity.config.model import (
    SYSTEM_MODELS,
    MembraneModel,
    PermeabilityModel,
    RingModel,
    RunModel,
    SamplingModel,
    SidesModel,
    WindowsModel,
)
from selectivity.config.quantity import _DIMENSIONS
from selectivity.errors import RunFileError
from tests.expected import expectations

CORPUS = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_problems_stand_where_they_are(path: Path) -> None:
    expected = expectations(path)
    assert expected
    with pytest.raises(RunFileError) as caught:
        load(path)
    problems = caught.value.problems
    assert [(p.line, p.column) for p in problems] == [(row, col) for row, col, _ in expected]
    for problem, (row, column, (key, *pieces)) in zip(problems, expected, strict=True):
        assert problem.file == str(path)
        assert problem.key == key
        text = str(problem)
        assert problem.remedy
        assert text.startswith(f"{path}:{row}:{column}: {key}: ")
        for piece in pieces:
            assert piece in text


def test_the_corpus_is_there_and_holds_files_with_several_problems() -> None:
    assert len(CORPUS) >= 200
    assert sum(len(expectations(path)) > 1 for path in CORPUS) >= 12


def test_the_corpus_spoils_every_key() -> None:
    """Each key of each model is told of by at least one file, as are four ways to misread units."""
    told = {
        key
        for path in CORPUS
        for _, _, (key, *_) in expectations(path)
        for key in re.sub(r"\[\d+\]", "", key).split(".")
    }
    models = (
        RunModel,
        SamplingModel,
        WindowsModel,
        MembraneModel,
        SidesModel,
        PermeabilityModel,
        RingModel,
    )
    wanted = {key for model in (*models, *SYSTEM_MODELS.values()) for key in model.model_fields}
    assert wanted - told == set()
    text = "\n".join(path.read_text(encoding="utf-8").partition("\n\n")[0] for path in CORPUS)
    for dimension in (
        "length",
        "energy",
        "force_constant",
        "temperature",
        "concentration",
        "charge",
    ):
        assert f"{_DIMENSIONS[dimension].noun} needs a unit" in text
        assert f"needs {_DIMENSIONS[dimension].noun}" in text


@pytest.mark.parametrize(
    ("content", "place", "pieces"),
    [
        (b"", "1:1", ["is empty", "selectivity new"]),
        (b"  \n\n", "1:1", ["is empty"]),
        (b"# only a comment\n", "1:1", ["holds no keys"]),
        (b"title: x\nions: [K, N\xe9]\n", "2:12", ["0xe9 is not UTF-8", "save the file as UTF-8"]),
        (b"title: x\ntitle2: a\x00b\n", "2:10", ["is not allowed"]),
        (b'title: "\\U99999999"\n', "1:1", ["cannot be read as YAML"]),
        (b"[" * 1000, "1:1", ["nest too deeply"]),
        (b"a: &a [*a]\n", "1:4", ["holds itself"]),
        (b"x" * 1_000_001, "1:1", ["too large"]),
    ],
    ids=["empty", "blank", "comment", "latin1", "nul", "escape", "deep", "recursive", "large"],
)
def test_files_that_are_no_run_file(
    tmp_path: Path, content: bytes, place: str, pieces: list[str]
) -> None:
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(RunFileError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{place}: ")
    for piece in pieces:
        assert piece in str(caught.value)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    (tmp_path / "channel.yaml").touch()
    for path, pieces in (
        (tmp_path, ["is a folder"]),
        (tmp_path / "chanel.yaml", ["does not exist", 'did you mean "channel.yaml"?']),
        (tmp_path / "quickstart.yaml", ["does not exist", "selectivity new quickstart"]),
        (tmp_path / "channel.yaml" / "x.yaml", ["cannot be read"]),
        ("\0", ["cannot be read"]),
    ):
        with pytest.raises(RunFileError) as caught:
            load(path)
        for piece in pieces:
            assert piece in str(caught.value)
