"""Scan files: axes, grids, bases, cells as run files of their own, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from selectivity import resources
from selectivity.config.document import children
from selectivity.config.load import load, load_text
from selectivity.config.scan_axis import measure, text_of
from selectivity.config.scan_file import ScanFile, cell_seed, load_scan
from selectivity.config.source import read
from selectivity.errors import RunFileError
from selectivity.system.spec import CageSpec, FilterSpec, Tether
from tests.expected import expectations

CORPUS = sorted((Path(__file__).parent / "wrong_scans").glob("*.yaml"))
SCANS = resources.names("runs/scans", ".yaml")
MAP = """\
title: map
base: noskov_cage
axes:
  - {key: systems.cage.carbonyls, values: [4, 8]}
  - {key: systems.cage.carbonyl_charge, from: 0.3 e, to: 0.7 e, n: 3}
sampling: {replicas: 2, production: 400, segments: 1}
"""


def scan_of(folder: Path, text: str, overrides: tuple[str, ...] = ()) -> ScanFile:
    path = folder / "scan.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scan(path, overrides)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_problems_of_scans_stand_where_they_are(path: Path) -> None:
    expected = expectations(path)
    with pytest.raises(RunFileError) as caught:
        load_scan(path)
    problems = caught.value.problems
    assert [(p.line, p.column) for p in problems] == [(row, col) for row, col, _ in expected]
    for problem, (_, _, (key, *pieces)) in zip(problems, expected, strict=True):
        assert problem.file == str(path)
        assert problem.key == key
        assert problem.remedy
        for piece in pieces:
            assert piece in str(problem)


def test_the_corpus_of_wrong_scans_is_there() -> None:
    assert len(CORPUS) >= 30


def test_two_axes_make_a_cell_of_every_pair_of_values(tmp_path: Path) -> None:
    scan = scan_of(tmp_path, MAP)
    assert scan.system == "cage"
    assert [axis.texts for axis in scan.axes] == [("4", "8"), ("0.3 e", "0.5 e", "0.7 e")]
    assert scan.axes[1].unit == "e"
    assert scan.axes[1].numbers == (0.3, 0.5, 0.7)
    assert [cell.index for cell in scan.cells] == [(i, j) for i in (0, 1) for j in (0, 1, 2)]
    spec = scan.cells[4].run_file.system("cage")
    assert isinstance(spec, CageSpec)
    assert (spec.n_carbonyls, spec.carbonyl_charge) == (8, 0.5)
    assert scan.cells[4].changes == (
        "systems.cage.carbonyls=8",
        "systems.cage.carbonyl_charge=0.5 e",
    )


def test_own_keys_lie_over_those_of_the_base(tmp_path: Path) -> None:
    found = scan_of(tmp_path, MAP).cells[0].run_file
    base = load(resources.shipped("runs", "noskov_cage", ".yaml") or "")
    assert found.plans["cage"].production == 400
    assert found.plans["cage"].stride == base.plans["cage"].stride
    assert found.temperature_K == base.temperature_K
    assert [spec.name for spec in found.systems] == ["cage", "bulk"]


def test_overrides_reach_every_cell(tmp_path: Path) -> None:
    scan = scan_of(tmp_path, MAP, ("systems.bulk.waters=8", "sampling.seed=7"))
    for cell in scan.cells:
        assert cell.run_file.system("bulk").n_waters == 8  # type: ignore[union-attr]
        assert cell.run_file.plans["bulk"].seed == 7


def test_an_axis_is_not_overridden(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match=r"carbonyls is an axis of the scan"):
        scan_of(tmp_path, MAP, ("systems.cage.carbonyls=8",))


def test_a_cell_is_the_run_of_its_own_text(tmp_path: Path) -> None:
    """Whoever runs the file in a cell's folder gets its samples: seeds and all."""
    for cell in scan_of(tmp_path, MAP).cells[::2]:
        assert load_text(cell.run_file.text).digest() == cell.run_file.digest()


def test_texts_of_values_say_the_same_to_set(tmp_path: Path) -> None:
    path = tmp_path / "axis.yaml"
    values = ("[-0.4 angstrom, 0.6 angstrom]", "[0, 2]", "[K W X W]", "0.5 e", "true", "null", "6")
    path.write_text(f"a: [{', '.join(values)}]\n", encoding="utf-8")
    found = children(read(path).root)["a"].value
    assert tuple(text_of(node) for node in found) == values


def test_seeds_differ_by_cell_and_stay_with_the_values(tmp_path: Path) -> None:
    scan = scan_of(tmp_path, MAP)
    seeds = {cell.changes: cell.run_file.plans["cage"].seed for cell in scan.cells}
    assert len(set(seeds.values())) == len(scan.cells)
    assert {cell.run_file.plans["bulk"].seed for cell in scan.cells} == {2026}
    finer = scan_of(tmp_path, MAP.replace("n: 3", "n: 5"))
    kept = {cell.changes: cell.run_file.plans["cage"].seed for cell in finer.cells}
    assert seeds.items() <= kept.items()
    assert cell_seed(1, ("a=1", "b=2")) == cell_seed(1, ("b=2", "a=1"))
    assert cell_seed(1, ("a=1",)) != cell_seed(2, ("a=1",))
    assert all(0 <= seed < 2**63 for seed in seeds.values())


def test_grids_even_in_the_number_and_in_the_logarithm(tmp_path: Path) -> None:
    text = MAP.replace("from: 0.3 e, to: 0.7 e, n: 3", "from: 0.25 e, to: 1 e, n: 3, scale: log")
    axis = scan_of(tmp_path, text).axes[1]
    assert axis.log
    assert axis.texts == ("0.25 e", "0.5 e", "1 e")
    whole = MAP.replace("values: [4, 8]", "from: 4, to: 8, n: 5")
    assert scan_of(tmp_path, whole).axes[0].texts == ("4", "5", "6", "7", "8")


def test_several_keys_change_together(tmp_path: Path) -> None:
    scan = load_scan(resources.shipped("runs/scans", "tether_radius", ".yaml") or "")
    spec = scan.cells[-1].run_file.system("s2")
    assert isinstance(spec, FilterSpec)
    assert spec.tether == Tether("rigid")
    assert [change.radius for change in spec.rings] == [2.6, 2.6]
    assert scan.axes[0].numbers[-1] is None
    assert scan.axes[0].unit == "kcal/mol/angstrom^2"


@pytest.mark.parametrize("name", SCANS)
def test_every_shipped_scan_resolves(name: str) -> None:
    """It has replicas for honest errors, and its header says what it takes."""
    path = resources.shipped("runs/scans", name, ".yaml")
    assert path is not None
    scan = load_scan(path)
    assert len(scan.cells) >= 11
    assert all(p.replicas >= 8 for cell in scan.cells for p in cell.run_file.plans.values())
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    assert "CPU minutes" in header


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.5 e", (0.5, "e")),
        ("-1e-3 kcal/mol/angstrom^2", (-1e-3, "kcal/mol/angstrom^2")),
        ("0.5 x B-factors", (0.5, "x B-factors")),
        ("8", (8.0, "")),
        ("rigid", None),
        ("[K W X W]", None),
    ],
)
def test_numbers_and_units_of_values(text: str, found: tuple[float, str] | None) -> None:
    assert measure(text) == found
