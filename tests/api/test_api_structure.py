"""Structures of one's own: from a file to a run file that takes it, and what is told on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selectivity import api
from selectivity.cli.main import answer
from selectivity.config.load import load
from selectivity.errors import InputError
from selectivity.geometry import load_filter, shipped_filters
from tests.geometry import handmade
from tests.tiny import SHORT, TINY


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a channel in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pore.pdb").write_text(handmade.text(), encoding="utf-8")
    return tmp_path


def test_every_shipped_structure_is_listed_with_source_and_preparation() -> None:
    found = {report.name: report for report in api.list_structures()}
    assert list(found) == shipped_filters()
    assert {"kcsa", "mthk", "kcsa_collapsed", "s2_idealised", "cage_six", "cage_four"} <= set(found)
    assert all(report.source and report.preparation for report in found.values())
    assert [name for name, report in found.items() if report.odd] == ["kcsa_collapsed"]


def test_numbers_of_the_rings_are_those_of_the_structure() -> None:
    report, kcsa = api.show_structure("kcsa"), load_filter("kcsa")
    for row, ring in zip(report.rings, kcsa.rings, strict=True):
        assert (row.name, row.z_A) == (ring.name, ring.oxygen.z)
        assert row.across_A == 2.0 * ring.oxygen.r
    gaps = [row.above_A for row in report.rings]
    assert gaps[-1] is None
    assert gaps[2] == pytest.approx(kcsa.planes["G77 O"] - kcsa.planes["V76 O"])
    assert json.loads(json.dumps(report.as_dict()))["cages"] == kcsa.cage_centers


def test_the_next_steps_lead_to_a_sound_run_file(here: Path) -> None:
    """What ``import`` prints, done word for word."""
    report = api.import_structure("pore.pdb")
    assert report.files == ("pore.toml",)
    new, line, command = report.next_steps
    assert new == "selectivity new own_structure mine.yaml"
    api.new("own_structure", "mine.yaml")
    number = int(line.split()[2])
    lines = (here / "mine.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[number - 1].strip().startswith("structure: mthk ")
    lines[number - 1] = "    " + line.partition("write  ")[2]
    (here / "mine.yaml").write_text("\n".join(lines), encoding="utf-8")
    spec = load("mine.yaml").system("pore")
    assert spec.kind == "filter"
    assert spec.structure == str((here / "pore.toml").resolve())
    assert command.startswith("selectivity check mine.yaml")
    changed = load("mine.yaml", ("systems.pore.rings={G77 O: deleted}", "systems.pore.caps=[2, 2]"))
    assert [str(change) for change in changed.system("pore").rings] == ["G77 O deleted"]


@pytest.mark.parametrize("name", ["nak_like", "cage_six", "cage_four", "kcsa_collapsed"])
def test_the_next_steps_fit_every_structure(name: str, here: Path) -> None:
    _, *lines, _ = api.show_structure(name).next_steps
    api.new("own_structure", "mine.yaml")
    changes = [line.partition("write  ")[2].partition(": ") for line in lines]
    spec = load("mine.yaml", [f"systems.pore.{key}={value}" for key, _, value in changes])
    assert spec.system("pore").structure == name


def test_an_import_without_out_overwrites_nothing_and_takes_no_shipped_name(here: Path) -> None:
    (here / "kcsa.pdb").write_text(handmade.text(), encoding="utf-8")
    assert api.import_structure("kcsa.pdb").files == ("my_kcsa.toml",)
    api.import_structure("pore.pdb")
    for out, words in (
        (None, "is a new file.*--out pore-2.toml"),
        ("mthk.toml", "no shipped structure's name.*my_mthk.toml"),
        ("pore.txt", "ends in .toml"),
        ("absent/pore.toml", "no such folder"),
    ):
        with pytest.raises(InputError, match=words):
            api.import_structure("pore.pdb", out)
    with pytest.raises(InputError, match=r"\.png, \.pdf, \.svg"):
        api.import_structure("pore.pdb", "other.toml", plot="other.gif")
    assert not (here / "other.toml").exists()


def test_the_commands_are_the_functions(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--residues", "V76,G77,Y78", "--b-factor", "20", "--plot", "pore.svg", "--json"]
    assert answer(["structure", "import", "pore.pdb", "--out", "own.toml", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [ring["name"] for ring in told["rings"]] == ["V76 O", "G77 O", "Y78 O"]
    assert told["files"] == ["own.toml", "pore.svg"]
    assert told == json.loads(json.dumps(api.show_structure("own.toml").as_dict())) | {
        "files": told["files"]
    }
    assert (here / "pore.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert answer(["structure", "show", "kcsa_collapsed"]) == 0
    text = capsys.readouterr().out
    assert "rotated carbonyl" in text
    assert "in line" in text
    assert answer(["structure", "list"]) == 0
    assert "source: Ye, Li and Jiang 2010" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["1k4c", "3ldc", "5vke"])
def test_published_structures_resolve_in_a_run_file(
    code: str, here: Path, shared_data: Path
) -> None:
    report = api.import_structure(shared_data / f"{code}.pdb")
    assert bool(report.odd) == (code == "5vke")
    api.new("own_structure", "mine.yaml")
    run = load("mine.yaml", (f"systems.pore.structure={code}.toml",))
    assert run.headline == "pore"


@pytest.mark.validate
@pytest.mark.parametrize("code", ["1k4c", "3ldc", "5vke"])
def test_from_a_crystal_file_to_a_ratio(code: str, here: Path, shared_data: Path) -> None:
    """Import, run and ratio without touching code, as it is and with a changed ring."""
    from selectivity.api.running import Options

    api.import_structure(shared_data / f"{code}.pdb")
    ring = list(load_filter(f"./{code}.toml").planes)[3]
    (here / "tiny.yaml").write_text(TINY, encoding="utf-8")
    changes = (
        *SHORT,
        f"systems.cage.structure={code}.toml",
        f"systems.cage.rings=[{{}}, {{{ring}: formamide}}, {{{ring}: deleted}}]",
    )
    folder = api.run("tiny.yaml", here / "tiny.run", changes, Options(executor="serial"))
    found = {row["system"]: row for row in api.ratio(folder).as_dict()["systems"]}
    label = ring.replace(" ", "-")
    assert set(found) == {"cage-as-it-is", f"cage-{label}-formamide", f"cage-{label}-deleted"}
    assert found["cage-as-it-is"]["structure"] == code
    changed = found[f"cage-{label}-deleted"]
    assert changed["rings"] == [f"{ring} deleted"]
    assert changed["structure"] == f"{code} with {ring} deleted"
    for row in found.values():
        assert row["ratio"]["integral_levelled"]["value"] > 0.0
