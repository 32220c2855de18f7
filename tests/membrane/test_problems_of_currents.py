"""The scripts of analysis/ on GHK, I-V curves, permeability ratios and the resting potential."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import ModuleType

import pytest

from selectivity import resources


def script(name: str) -> ModuleType:
    path = resources.folder("analysis") / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "figures", "said"),
    [
        ("problem_ghk", ["ghk.png"], "V = -61.642 mV; the library: -61.642 mV"),
        ("problem_iv", ["iv.png", "iv_recording.png"], "Both reverse at -67.343 mV"),
        ("problem_permeability", ["permeability.png"], "0.008117; the library: 0.008117"),
        ("problem_rest", ["rest.png"], "V = −RT/F ln r = -133.92 mV (library -133.92;"),
    ],
)
def test_problems(name, figures, said, tmp_path, capsys):
    assert script(name).main(["--out", str(tmp_path)]) == 0
    assert said in capsys.readouterr().out
    for figure in figures:
        assert (tmp_path / figure).stat().st_size > 10_000


def test_what_the_docstrings_state(tmp_path):
    """8 % of a ratio for 2 mV; GHK threefold the ohmic current 170 mV above the reversal."""
    assert "is ±7.9 % of each ratio" in script("problem_permeability").working()
    problem = script("problem_iv")
    problem.recording(tmp_path / "r.csv")
    curve, found, line = problem.solve(tmp_path / "r.csv")
    assert curve.v_mV[-1] - curve.reversal_mV == pytest.approx(167.3, abs=0.1)
    assert curve.net_A_m2[-1] / curve.net_ohmic_A_m2[-1] == pytest.approx(3.2, abs=0.1)
    assert abs(found.reversal_mV - curve.reversal_mV) < 3.0 * found.error_mV
    assert abs(line.reversal_mV - curve.reversal_mV) > 5.0 * line.error_mV


def test_the_ratio_of_a_run(tmp_path, capsys):
    entry = {"value": 54.0, "low": 34.0, "high": None}
    table = {"temperature_K": 298.15, "ratio": {"integral_levelled": entry}}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ratio.json").write_text(json.dumps(table), encoding="utf-8")
    problem = script("problem_rest")
    assert problem.main(["--run", str(tmp_path), "--out", str(tmp_path)]) == 0
    assert "P_K/P_Na = 54 (34 to inf) at 298.15 K" in capsys.readouterr().out
