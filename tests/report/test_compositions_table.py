"""The script that turns a run of several compositions into a table and a figure."""

from __future__ import annotations

import csv
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from report_data import analysis_script, ratio_record, result

from selectivity import resources
from selectivity.errors import InputError


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return analysis_script("compositions_table")


def report() -> dict[str, Any]:
    dry = ratio_record(system="kcsa-X", composition="[X]", converged=False)
    dry["ratio"] = {
        **dry["ratio"],
        "integral_levelled": {"value": 4.21, "low": 2.9, "high": None},
    }
    dry["ddg_integral_kJ_mol"] = {"value": 3.71, "error": None}
    dry["sites"] = {"S1": {"ddg_kJ_mol": 2.5}}
    record = ratio_record()
    record["systems"] = [dry, ratio_record()]
    return record


def test_the_markdown_table_holds_every_system(script: ModuleType) -> None:
    rows = script.markdown(report()).splitlines()
    found = result()
    assert rows[2].startswith("| kcsa-X | [X] | 4.21 (2.9-unbounded) | - |")
    assert rows[2].endswith("| NO |")
    ddg = found.ddg_integral
    kcal = f"{ddg.value / 4.184:.2f} ± {ddg.error / 4.184:.2f}"
    assert rows[3].startswith("| **made-up** | [K W X W] | ")
    assert kcal in rows[3]
    assert script.short(found.integral_levelled.value) in rows[3]
    assert "conditional on its composition" in rows[5]
    assert rows[6] == "- interior only: entry and access resistance are not included"


def test_an_open_file_stands_beside_the_fixed_ones(script: ModuleType, tmp_path: Path) -> None:
    open_file = ratio_record(system="kcsa-gc", composition="[K gc X gc]")
    systems = [*report()["systems"], open_file]
    rows = script.markdown({**report(), "systems": systems}).splitlines()
    assert rows[4].startswith("| kcsa-gc | [K gc X gc] | ")
    assert "gc: the number of waters is an output" in "\n".join(rows)
    assert "gc:" not in script.markdown(report())
    script.write_csv(tmp_path / "rows.csv", systems)
    with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
        assert [row["composition"] for row in csv.DictReader(file)][-1] == "[K gc X gc]"


def test_files_and_exit_code(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script.api, "ratio", lambda _: SimpleNamespace(as_dict=report))
    code = script.main([str(tmp_path / "run"), "--out", str(tmp_path / "out"), "--format", "svg"])
    assert code == 3  # one row did not converge
    with (tmp_path / "out" / "compositions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["system"] for row in rows] == ["kcsa-X", "made-up"]
    assert float(rows[1]["ratio"]) == result().integral_levelled.value
    assert float(rows[1]["site_S2_kJ_mol"]) == result().sites["S2"].ddg.value
    assert rows[0]["site_S2_kJ_mol"] == ""
    assert rows[0]["high"] == ""
    assert "[K W X W]" in (tmp_path / "out" / "compositions.svg").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "compositions.md").read_text(encoding="utf-8").startswith("| system")


def test_the_program_s_own_errors_are_printed(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def refuse(path: Path) -> None:
        raise InputError(str(path), "empty", "is a run folder")

    monkeypatch.setattr(script.api, "ratio", refuse)
    assert script.main([str(tmp_path)]) == 2
    assert "is a run folder" in capsys.readouterr().err


def test_it_imports_nothing_but_the_api() -> None:
    text = (resources.folder("analysis") / "compositions_table.py").read_text(encoding="utf-8")
    lines = [row for row in text.splitlines() if row.startswith(("import ", "from "))]
    inner = [row for row in lines if "selectivity" in row]
    assert inner
    assert all(
        row == "from selectivity import api" or row.startswith("from selectivity.api")
        for row in inner
    )
