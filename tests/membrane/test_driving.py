"""Electrochemical potentials and driving forces, in three units, from concentrations or γ c."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    Solution,
    davies,
    driving_forces,
    electrochemical_difference,
    electrochemical_potential,
    nernst,
    preset,
)

WARM = 310.15
R, F = 8.31446261815324, 96485.33212331
CELL = preset("neuron")
IONS = Solution({"K": 140.0, "Na": 15.0, "Cl": 155.0}, WARM, "inside")
BATH = Solution({"K": 5.0, "Na": 145.0, "Cl": 150.0}, WARM, "outside")


def row(result, ion):
    return next(r for r in result.rows if r.ion == ion)


def test_potassium_by_hand():
    found = row(driving_forces(IONS, BATH, -0.07, ["K"]), "K")
    joule = R * WARM * math.log(140.0 / 5.0) + F * -0.07
    assert found.delta_mu_J_mol == pytest.approx(joule, rel=1e-9)
    assert found.delta_mu_kT == pytest.approx(joule / (R * WARM), rel=1e-9)
    assert found.driving_force_mV == pytest.approx(1000.0 * joule / F, rel=1e-9)
    assert found.driving_force_mV == pytest.approx(-70.0 - found.e_mV, rel=1e-9)
    assert found.passive == "out"


def test_directions_of_a_neuron():
    found = driving_forces(CELL.inside, CELL.outside, -0.07)
    assert {r.ion: r.passive for r in found.rows} == {
        "K": "out",
        "Na": "in",
        "Cl": "out",
        "Ca": "in",
    }
    at_rest = driving_forces(IONS, BATH, nernst(1, 140.0, 5.0, WARM), ["K"])
    assert at_rest.rows[0].driving_force_mV == 0.0


def test_difference_of_the_two_phases():
    """μ_in − μ_out is Δμ whatever the zero of φ; c° is 1 M."""
    sides = [electrochemical_potential(-1, c, phi, WARM) for c, phi in ((10.0, 0.03), (110.0, 0.1))]
    assert sides[0] - sides[1] == pytest.approx(
        electrochemical_difference(-1, 10.0, 110.0, -0.07, WARM).J_mol, rel=1e-12
    )
    assert electrochemical_potential(1, 1000.0, 0.0, WARM) == 0.0
    assert electrochemical_potential(0, 1000.0, 0.5, WARM) == 0.0
    found = electrochemical_potential(1, np.array([0.0, 1.0]), 0.0, WARM)
    assert found[0] == -math.inf
    assert np.isfinite(found[1])


def test_activities_enter_by_their_ratio():
    plain, counted = (driving_forces(IONS, BATH, -0.07, activity=a) for a in (None, "davies"))
    ratio = davies(1, 150.0, WARM) / davies(1, 155.0, WARM)
    shift = 1000.0 * R * WARM / F * math.log(ratio)
    assert row(counted, "K").e_mV - row(plain, "K").e_mV == pytest.approx(shift, rel=1e-6)
    assert row(counted, "K").gamma_in == davies(1, 155.0, WARM)
    assert not counted.warnings
    short = driving_forces(CELL.inside, CELL.outside, -0.07, activity="davies")
    assert "missing from the ionic strength" in short.summary()
    filled = driving_forces(CELL.inside, CELL.outside, -0.07, activity="davies", fill=True)
    assert not filled.warnings
    assert abs(row(filled, "K").e_mV + 89.06) < 0.02


def test_an_empty_side():
    found = driving_forces(IONS, Solution({"K": 0.0}, WARM, "outside"), -0.07)
    record = json.loads(found.to_json())["ions"][0]
    assert record["e_mV"] is None
    assert record["passive"] == "out"
    both = driving_forces(*(Solution({"Ca": 0.0}, WARM, s) for s in ("inside", "outside")), 0.0)
    assert both.rows[0].passive == ""


def test_table_and_figure(tmp_path):
    found = driving_forces(CELL.inside, CELL.outside, -0.07, source=CELL.source)
    assert "typical textbook values" in found.summary()
    assert (
        found.to_csv().splitlines()[0].startswith("ion,z,c_in_mM,c_out_mM,gamma_in,gamma_out,e_mV")
    )
    figure = found.plot(tmp_path / "f.png")
    assert figure.axes[0].get_xlabel() == "potential (mV)"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: driving_forces(IONS, BATH.at(300.0), 0.0), "one temperature"),
        (lambda: driving_forces(IONS, BATH, float("nan")), "voltage_V"),
        (lambda: driving_forces(IONS, BATH, 0.0, ["Ca"]), "inside.Ca"),
        (lambda: driving_forces(IONS, Solution({"Ca": 1.0}, WARM), 0.0), "holds one of them"),
        (lambda: driving_forces(IONS, BATH, 0.0, activity="ideal"), "known: limiting"),
        (lambda: electrochemical_potential(1, -1.0, 0.0, WARM), "activity_mM"),
        (lambda: electrochemical_potential(0.5, 1.0, 0.0, WARM), "whole number"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
