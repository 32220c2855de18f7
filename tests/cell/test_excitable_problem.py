"""The guided problem of the squid axon's spike."""

from __future__ import annotations

import numpy as np
import pytest

from tests.problem import problem

EVERYWHERE = ("overlap 13.24. At 18.5 °C 3.88 and 4.10", "never slowly")
FIGURES = ("spike", "spike_firing", "spike_warming", "spike_cable")


def written(module, folder, capsys):
    assert module.main(["--out", str(folder)]) == 0
    for name in FIGURES:
        assert (folder / f"{name}.png").stat().st_size > 20_000
    return capsys.readouterr().out


@pytest.mark.validate
def test_the_problem(tmp_path, capsys):
    said = written(problem("spike"), tmp_path, capsys)
    for words in (*EVERYWHERE, "Q/C = 6.490 mV", "by the travelling wave 18.730"):
        assert words in said


def test_the_problem_on_few_points(tmp_path, capsys, monkeypatch):
    """Without its thresholds, which test_excitable_firing.py finds one by one."""
    module = problem("spike")
    monkeypatch.setattr(module, "_thresholds", list)
    monkeypatch.setattr(module, "CURRENTS", np.array([5.0, 9.0, 150.0]))
    monkeypatch.setattr(module, "CELSIUS", np.array([6.3, 20.0, 40.0]))
    monkeypatch.setattr(module, "NODES", (20, 40, 80))
    said = written(module, tmp_path, capsys)
    for words in (*EVERYWHERE, "by the travelling wave 18.7"):
        assert words in said
