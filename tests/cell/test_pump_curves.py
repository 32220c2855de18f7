"""Rate laws as curves: the numbers are those of the laws, the words say what bears on them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from selectivity.cell.pump_curves import pump_curves
from selectivity.cell.pump_law import PumpLaw
from selectivity.errors import InputError
from selectivity.membrane import Solution

INSIDE = Solution({"Na": 15.0, "K": 130.0}, 310.15, "inside")
OUTSIDE = Solution({"Na": 145.0, "K": 3.5}, 310.15, "outside")
LAWS = (PumpLaw.cubic(10.0), PumpLaw.hill(0.1, 10.0, 3.5), PumpLaw.hill(0.2, 10.0, 1.0))


def test_curves_pass_through_the_cell_and_rise():
    curves = pump_curves(LAWS, INSIDE, OUTSIDE)
    for i, law in enumerate(LAWS):
        assert curves.at_A_m2[i] == law.cycle_current(15.0, 145.0, 130.0, 3.5)
        at = np.interp(15.0, curves.na_in_mM, curves.over_sodium_A_m2[i])
        assert at == pytest.approx(curves.at_A_m2[i], rel=1e-3)
        assert np.all(np.diff(curves.over_sodium_A_m2[i]) >= 0.0)
        assert np.all(np.diff(curves.over_potassium_A_m2[i]) >= 0.0)
    assert curves.labels == ("cubic", "hill 1", "hill 2")


def test_words_and_table():
    curves = pump_curves(LAWS[:1], INSIDE, OUTSIDE)
    assert "+33.1" in curves.summary()  # 1.1³ − 1 per 10 % of sodium
    header, first = curves.to_csv().splitlines()[:2]
    assert header == "varied,na_in_mM,k_out_mM,q_cubic_A_m2"
    assert first == "Na_in,0.0,3.5,0.0"
    assert json.loads(curves.to_json())["laws"][0]["p_A_m2"] == 10.0


def test_figures(tmp_path):
    for name, laws in (("one", LAWS[:1]), ("far", (*LAWS, PumpLaw.constant(0.0)))):
        pump_curves(laws, INSIDE, OUTSIDE).plot(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 15_000


def test_bad_input_is_named():
    with pytest.raises(InputError, match="laws"):
        pump_curves([], INSIDE, OUTSIDE)
    with pytest.raises(InputError, match="atp_mM"):
        pump_curves([LAWS[0].with_atp(1.0)], INSIDE, OUTSIDE)
    with pytest.raises(InputError, match=r"inside\.Na"):
        pump_curves(LAWS, Solution({"K": 1.0}, 310.15, "inside"), OUTSIDE)
