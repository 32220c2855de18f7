"""The guided problem of the squid axon's spike."""

from __future__ import annotations

import importlib.util
import sys

from selectivity import resources


def test_the_problem(tmp_path, capsys):
    path = resources.folder("analysis") / "problem_spike.py"
    spec = importlib.util.spec_from_file_location("problem_spike", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["problem_spike"] = module
    spec.loader.exec_module(module)
    assert module.main(["--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Q/C = 6.490 mV" in said
    assert "overlap 13.24. At 18.5 °C 3.88 and 4.10" in said
    assert "by the travelling wave 18.730" in said
    assert "never slowly" in said
    for name in ("spike", "spike_firing", "spike_warming", "spike_cable"):
        assert (tmp_path / f"{name}.png").stat().st_size > 20_000
