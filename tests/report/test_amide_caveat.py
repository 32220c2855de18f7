"""The caveat of amides beside a ratio, and the script that computes it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from report_data import analysis_script, ratio_record

from selectivity.permeation.amides import amide_caveat
from selectivity.report.console import ratio_text
from selectivity.report.words import ascii_text
from selectivity.units import KCAL


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return analysis_script("amide_caveat")


def droplet(solvent: str | None, ddg: float | None, **changes: Any) -> dict[str, Any]:
    leg = {
        "from": "K",
        "to": "Na",
        "ddg_kJ_mol": ddg,
        "ddg_error_kJ_mol": 0.5,
        "round_trips": 300,
        "replicas": 8,
    }
    record: dict[str, Any] = {
        "system": "d",
        "forcefield": "charmm36",
        "temperature_K": 310.15,
        "alchemical": [leg],
        "converged": True,
    }
    if solvent is not None:
        known = [-1.1 * KCAL] if solvent == "nma" else [-0.9 * KCAL, -0.7 * KCAL]
        record["solvent"] = {
            "name": solvent,
            "molecules": 32,
            "measured_ddg_K_to_Na_kJ_mol": known,
        }
    return record | changes


def test_a_ratio_without_notes_still_has_the_caveat() -> None:
    page = flat(ratio_text(ratio_record(notes=None)))
    assert ascii_text(amide_caveat("charmm36", "K", "Na", 310.15)) in page


def test_a_set_without_a_value_says_so() -> None:
    page = flat(ratio_text(ratio_record(notes=None, forcefield="charmm36-ecc")))
    assert "charmm36-ecc among amides" in page
    assert "was not computed for this parameter set" in page


def test_the_table_holds_amides_with_a_reference_only(script: ModuleType) -> None:
    systems = [droplet(None, None), droplet("nma", 8.368), droplet("formamide", None)]
    (row,) = script.transfers({"systems": systems})
    assert row["ddg"] == pytest.approx(2.0)
    assert row["measured"] == pytest.approx(-1.1)
    line = script.table([row]).splitlines()[2]
    assert "| charmm36 | nma | 32 | +2.00 ± 0.12 | -1.1 | +3.10 | 300 | yes |" in line


def test_the_rows_are_what_the_package_reads(script: ModuleType) -> None:
    found = script.transfers({"systems": [droplet("nma", 8.368), droplet("formamide", 4.184)]})
    table = tomllib.loads(script.rows(found))["computed"]["charmm36"]
    assert table["nma"] == {
        "ddg_kcal_mol": 2.0,
        "error_kcal_mol": 0.12,
        "dof": 7,
        "molecules": 32,
        "temperature_K": 310.15,
        "converged": True,
    }
    assert table["formamide"]["ddg_kcal_mol"] == 1.0


def test_it_runs_analyses_and_tells(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    class Found:
        def as_dict(self) -> dict[str, Any]:
            return {"systems": [droplet("nma", 8.368, converged=False)]}

    asked = []

    def run(*arguments: Any) -> Path:
        asked.append(arguments)
        return tmp_path

    monkeypatch.setattr(script.api, "run", run)
    monkeypatch.setattr(script.api, "analyse", lambda folder, figures: Found())
    assert script.main(["--set", "sampling.production=80", "--workers", "1"]) == 3
    ((file, out, changes, options),) = asked
    assert (file, out, changes, options.workers) == ("amide", None, ["sampling.production=80"], 1)
    text = capsys.readouterr().out
    assert "| NO |" in text
    assert "[computed.charmm36.nma]" in text


def test_the_program_s_own_errors_are_printed(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["no-such-file.yaml"]) == 2
    assert "no-such-file.yaml" in capsys.readouterr().err
