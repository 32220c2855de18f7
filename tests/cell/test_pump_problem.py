"""The guided problem of the pump: it runs, and its lines hold the numbers that it is about."""

from __future__ import annotations

from tests.problem import problem


def test_problem_pump(tmp_path, capsys):
    module = problem("pump")
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
