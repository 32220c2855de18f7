"""The guided problem of the pump: it runs, and its lines hold the numbers that it is about."""

from __future__ import annotations

import importlib.util

from selectivity import resources


def test_problem_pump(tmp_path, capsys):
    path = resources.folder("analysis") / "problem_pump.py"
    spec = importlib.util.spec_from_file_location("problem_pump", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.main(["--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "| K | +43.33 | -43.33 | 0 |" in text
    assert "Its net current is 21.67 pA, a third" in text
    assert "efficiency 73 %" in text
    assert "no steady state" in text
    for law in ("cubic", "sigmoid", "hill"):
        row = next(line for line in text.splitlines() if f"| {law} | -" in line)
        v, form = row.split("|")[2:4]
        assert v == form  # the steady state sits at the Mullins-Noda potential
    for figure in ("pump.png", "pump_leak.png"):
        assert (tmp_path / figure).stat().st_size > 20_000
