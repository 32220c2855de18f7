"""Nernst and GHK as results: records, tables and figures; V against an outside concentration."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    Membrane,
    Solution,
    equilibrium,
    goldman,
    membrane_potential,
    nernst,
    nernst_slope,
    potential_against,
    preset,
)
from selectivity.membrane.text import aligned, fixed

NEURON = preset("neuron")
T = NEURON.temperature_K


def test_bi_ionic_solutions():
    inside = Solution({"K": 140.0, "Na": 0.0}, T, "inside")
    outside = Solution({"K": 0.0, "Na": 140.0}, T, "outside")
    found = goldman(Membrane(inside, outside, {"K": 1.0, "Na": 0.1}))
    record = json.loads(found.to_json())
    assert record["v_ghk_mV"] == pytest.approx(-1000.0 * nernst_slope(1, T), abs=1e-9)
    assert record["ions"]["K"]["conductance_share"] is None
    assert record["v_chord_mV"] is None
    assert "nan" not in found.summary()


def test_an_equilibrium_and_its_line(tmp_path):
    found = equilibrium("K", 140.0, 5.0, T, -0.07)
    assert found.e_mV == pytest.approx(1000.0 * nernst(1, 140.0, 5.0, T))
    assert found.as_dict()["driving_force_mV"] == pytest.approx(-70.0 - found.e_mV)
    assert "v_mV" not in equilibrium("K", 140.0, 5.0, T).as_dict()
    assert found.to_csv().splitlines()[0].startswith("ion,z,c_in_mM")
    ax = found.plot(tmp_path / "e.png").axes[0]
    x, y = ax.lines[0].get_data()
    slope = np.polyfit(np.log10(x), y, 1)[0]
    assert slope == pytest.approx(found.slope_mV_per_decade, rel=1e-9)
    with pytest.raises(InputError, match="both sides"):
        equilibrium("Na", 0.0, 5.0, T).plot()
    with pytest.raises(InputError, match="at least one side"):
        equilibrium("Na", 0.0, 0.0, T)
    with pytest.raises(InputError, match=r"outside\.Na"):
        equilibrium("Na", 1.0, -1.0, T)


def test_potential_against_potassium_leaves_the_nernst_slope():
    c = np.array([0.1, 5.0, 2000.0, 20000.0])
    v = 1000.0 * potential_against(NEURON, "K", c)
    assert v[1] == pytest.approx(1000.0 * membrane_potential(NEURON), abs=1e-9)
    decade = 1000.0 * nernst(1, 1.0, 10.0, T)
    assert v[3] - v[2] == pytest.approx(decade, rel=0.01)
    flat = 1000.0 * potential_against(NEURON, "K", [1e-6, 1e-5])
    assert abs(flat[1] - flat[0]) < 1e-3
    with pytest.raises(InputError, match=r"outside\.Rb"):
        potential_against(NEURON, "Rb", c)


def test_a_membrane_in_all_forms(tmp_path):
    found = goldman(NEURON, [-0.07, 0.0])
    rows = found.to_csv().splitlines()
    assert rows[0] == "ion,z,c_in_mM,c_out_mM,permeability,e_mV,conductance_share," + (
        "current_A_m2_per_nm_s"
    )
    assert len(rows) == 4
    record = found.as_dict()
    assert sum(row["conductance_share"] for row in record["ions"].values()) == pytest.approx(1.0)
    assert len(record["currents"]) == 2
    ax = found.plot(tmp_path / "g.png").axes[0]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert any(label.startswith("Nernst of K") for label in labels)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("K outside (mM)", "potential (mV)")


def test_text_of_numbers():
    assert fixed(math.inf) == "unbounded"
    assert fixed(math.nan) == "-"
    assert fixed(-1e-9) == "0.00"
    assert aligned(("a", "b"), [("long", "1"), ("x", "22")]) == ["a      b", "long   1", "x     22"]
