"""The scripts of analysis/ that draw one figure each, from stored runs and scans."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from report_data import analysis_script
from test_scan_figure import a_curve, a_map

from selectivity import api, resources
from selectivity.api.running import Options
from tests.tiny import SHORT, TINY

PICTURES = ("kcsa_profiles", "rigid_cage", "resident_ions", "noskov_cage", "eisenman",
            "four_factors")  # fmt: skip
MOST_BYTES = 120_000


def stored_scan(folder: Path, record: dict[str, Any]) -> Path:
    """A scan folder that holds nothing but the record."""
    folder.mkdir()
    (folder / "scan.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def resident_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run with a resident K+."""
    base = tmp_path_factory.mktemp("resident")
    file = base / "tiny.yaml"
    file.write_text(TINY.replace('"[W X]"', '"[K X]"'), encoding="utf-8")
    return api.run(file, base / "tiny.run", SHORT, Options(executor="serial"))


def test_profiles_and_stiffness_of_a_stored_run(
    finished_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("kcsa_profiles", "rigid_cage"):
        code = analysis_script(name).main(["--run", str(finished_run), "--out", str(tmp_path)])
        assert code == 3  # far from converged, and said
    said = capsys.readouterr().out
    assert "P_K/P_Na, levelled integral: " in said
    assert "50 are required" in said
    assert "not converged" in said
    for name in ("kcsa_profiles", "rigid_cage", "rigid_cage_profiles"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000


def test_resident_ions_of_a_stored_run(
    resident_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = analysis_script("resident_ions")
    wanted = ["--run", str(resident_run), "--out", str(tmp_path), "--format", "svg"]
    assert script.main(wanted) == 3
    assert "resident K⁺" in (tmp_path / "resident_ions.svg").read_text(encoding="utf-8")
    assert "[K X]" in capsys.readouterr().out
    record = api.resident_ions(resident_run).as_dict()
    assert record["residents"] == ["0:K"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    for ion in ("K", "Na"):
        for at in {row["x_in"] for row in record["rows"]}:
            here = [row for row in record["rows"] if (row["x"], row["x_in"]) == (ion, at)]
            assert sum(row["share"] for row in here) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "said"), [("noskov_cage", "ΔG(K→"), ("eisenman", "I: Cs > Rb > K > Na > Li at ")]
)
def test_curves_of_a_stored_scan(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {**a_curve(), "converged": True}
    for cell in record["cells"]:
        for leg in cell["legs"]:
            leg |= {"from": "K", "dg_kcal_mol": -12.5, "dg_error_kcal_mol": 0.1}
            leg |= {"reference_dg_kcal_mol": -18.7, "reference_dg_error_kcal_mol": 0.1}
    folder = stored_scan(tmp_path / "a.scan", record)
    code = analysis_script(name).main(["--run", str(folder), "--out", str(tmp_path / "out")])
    assert code == 0
    assert said in capsys.readouterr().out
    assert (tmp_path / "out" / f"{name}.png").stat().st_size > 10_000


def test_maps_of_stored_scans(tmp_path: Path) -> None:
    folder = stored_scan(tmp_path / "a.scan", {**a_map(), "converged": False})
    out = ["--out", str(tmp_path / "out")]
    script = analysis_script("four_factors")
    assert script.main(["--run", str(folder), *out]) == 3
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["coordination_charge.png"]
    assert script.main(["--run", str(folder), "--and", str(folder), *out]) == 3
    assert (tmp_path / "out" / "tether_radius.png").exists()


@pytest.mark.parametrize("name", PICTURES)
def test_a_wrong_folder_is_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = analysis_script(name).main(["--run", str(tmp_path), "--out", str(tmp_path / "out")])
    assert code == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.validate
@pytest.mark.parametrize("name", PICTURES)
def test_without_a_run_a_small_one_is_made(name: str, tmp_path: Path) -> None:
    assert analysis_script(name).main(["--out", str(tmp_path)]) in (0, 3)
    assert list(tmp_path.glob("*.png"))


SCRIPTS = sorted(resources.folder("analysis").glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_says_what_it_shows_and_how_long_it_takes(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert f"python analysis/{path.name}" in text
    assert any(word in text for word in ("second", "minute", " min of CPU", "hour"))


def test_the_page_shows_and_names_every_file() -> None:
    folder = resources.folder("analysis")
    page = (folder / "README.md").read_text(encoding="utf-8")
    for path in folder.glob("*.py"):
        assert f"`{path.name}" in page, path.name
    pictures = sorted((folder / "figures").glob("*.png"))
    assert len(pictures) >= 8
    for path in pictures:
        assert f"(figures/{path.name})" in page
        assert path.stat().st_size < MOST_BYTES, path.name


def test_the_page_of_the_run_files_names_every_one() -> None:
    folder = resources.folder("runs")
    page = (folder / "README.md").read_text(encoding="utf-8")
    for path in [*folder.glob("*.yaml"), *(folder / "scans").glob("*.yaml")]:
        assert f"| `{path.stem}` |" in page, path.stem
