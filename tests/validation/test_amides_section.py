"""Rows of the section on amides from a ready analysis."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from selectivity import resources
from selectivity.config.load import load
from selectivity.permeation import amides as stored
from selectivity.units import KCAL
from selectivity.validation.catalogue import FOLDER, read_section
from selectivity.validation.sections import amides


def context(amide: str = "nma", forcefield: str = "charmm36", ddg: float = 2.5) -> Any:
    leg = {
        "from": "K",
        "to": "Na",
        "ddg_kJ_mol": ddg * KCAL,
        "ddg_error_kJ_mol": 0.1 * KCAL,
        "round_trips": 77,
        "replicas": 8,
    }
    record = {"systems": [{"system": "it", "alchemical": [leg], "converged": True}]}
    settings = {"system": "it", "amide": amide, "forcefield": forcefield}
    return SimpleNamespace(
        settings=settings, stage=lambda: SimpleNamespace(analysis=lambda: record)
    )


def test_transfer_is_the_leg_against_the_reference_in_kcal() -> None:
    found = amides.transfer(context())
    assert (found.value, found.error) == (pytest.approx(2.5), pytest.approx(0.1))
    assert found.dof == 7
    assert found.note == "77 round trips"


def test_experiment_and_excess() -> None:
    found = amides.against_experiment(context())
    assert found.target == pytest.approx(-1.1)
    assert "computed less measured +3.60" in found.note
    assert amides.excess(context()).value == pytest.approx(3.6)
    assert amides.excess(context("formamide", ddg=0.2)).value == pytest.approx(1.0)


def test_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    table = dict(stored._table())
    row = {"ddg_kcal_mol": 2.0, "error_kcal_mol": 0.2, "dof": 7}
    row |= {"molecules": 32, "temperature_K": 310.15, "converged": True}
    table["computed"] = {"one": {"nma": row}}
    monkeypatch.setattr(stored, "_table", lambda: table)
    found = amides.against_stored(context(forcefield="one"))
    assert found.target == pytest.approx(2.0)
    assert found.target_error == pytest.approx(0.2)
    missing = amides.against_stored(context(forcefield="other"))
    assert missing.target is None
    assert "none is stored" in missing.note


def test_rows_name_systems_of_their_run_files() -> None:
    section = read_section(FOLDER / "amides.toml")
    systems = {}
    for stage in section.stages.values():
        shipped = resources.shipped("runs", stage.run, ".yaml")
        run = load(shipped or FOLDER / stage.run, overrides=tuple(stage.settings.get("set", ())))
        systems[stage.name] = {spec.name: spec for spec in run.systems}
    for row in section.rows:
        spec = systems[row.stage][row.settings["system"]]
        assert spec.solvent == row.settings["amide"]
        assert spec.reference is not None
        assert spec.forcefield == row.settings.get("forcefield", "charmm36")
