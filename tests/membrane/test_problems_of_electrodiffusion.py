"""The scripts of analysis/ on electrodiffusion and on the current through a sampled filter."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from selectivity import resources


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, resources.folder("analysis") / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_from_goldman_to_planck(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = script("problem_electrodiffusion")
    monkeypatch.setattr(problem, "RATIOS", (0.01, 1.0, 30.0, 1000.0))
    text = problem.working()
    assert "· 25.693 mV · ln 10 = -12.325 mV" in text
    row = "| NaCl 10 / 100 mM | -8.845 | -12.325 | -12.325 | -8.845 | -8.947 | -11.918 | -12.323 |"
    assert row in text
    assert "| HCl 10 / NaCl 100 mM | -16.913 | -21.096 | -17.903 |" in text
    assert "| HCl 100 / NaCl 100 mM | -31.252 | -31.252 | -31.252 | -31.252 |" in text


def test_the_curve_of_a_stored_run(finished_run: Path, tmp_path: Path, capsys) -> None:
    assert script("filter_iv").main([str(finished_run), "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "GHK voltage of the same P_K/P_Na" in text
    assert "interior only" in text
    assert (tmp_path / "filter_iv.png").stat().st_size > 10_000
    record = json.loads((tmp_path / "filter_iv.json").read_text())
    assert record["reduction"] == 0.1
    assert len((tmp_path / "filter_iv.csv").read_text().splitlines()) == 22
