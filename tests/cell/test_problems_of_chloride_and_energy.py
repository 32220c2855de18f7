"""The guided problems of chloride and energy: they run, and hold the numbers they are about."""

from __future__ import annotations

import pytest

from tests.problem import problem


@pytest.mark.parametrize(
    ("name", "said", "figures"),
    [
        (
            "chloride",
            (
                "= -70.36 mV (library -70.36)",
                "| gaba_immature | 30 | -37.05 |",
                "V = -72.5881 mV and E_Cl = -83.8431 mV",
            ),
            ("chloride", "chloride_balance", "chloride_development"),
        ),
        (
            "energy",
            (
                "= 54.55 pA, ATP/s = I_p/e = 3.404e+08",
                "soma 4 %, dendrites 14 %, axon 82 %",
                "| spikes | 46.7 | 47 | 21.4 | 21 |",
                "| rest_neuron_ATP_s | 3.404e+08 | 3.42e+08 | -0.45 |",
            ),
            ("energy_attwell_laughlin_2001", "energy_howarth_2012"),
        ),
    ],
)
def test_problem(name, said, figures, tmp_path, capsys):
    assert problem(name).main(["--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    for line in said:
        assert line in text
    for figure in figures:
        assert (tmp_path / f"{figure}.png").stat().st_size > 10_000
