"""Current through a potential of mean force: exact profiles, levels, bands, limits."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    AxisProfile,
    Solution,
    filter_current,
    ghk_flux,
    ghk_voltage,
    nernst,
)
from selectivity.records import Estimate
from selectivity.units import FARADAY, rt

T = 310.15
RT = rt(T)
Z = -4.95 + 0.1 * np.arange(100)
INSIDE = Solution({"K": 140.0, "Na": 15.0}, T, "inside")
OUTSIDE = Solution({"K": 5.0, "Na": 145.0}, T, "outside")
D = {"K": 2e-10, "Na": 1.3e-10}
RADIUS = 1.5e-10
AREA = math.pi * RADIUS**2
SURE = Estimate(0.0, 0.0, math.inf)
VOLTS = np.array([-0.1, -0.03, 0.0, 0.05, 0.1])


def profile(k, na, replicas=4, noise=None, leg=SURE, interval=(-5.0, 5.0), level=None):
    """K and Na in R equal replicas, plus ``noise`` (2, R, B)."""
    rows = [np.tile(np.broadcast_to(w, Z.shape), (replicas, 1)) for w in (k, na)]
    rows = rows if noise is None else [w + n for w, n in zip(rows, noise, strict=True)]
    level = np.zeros(Z.size) if level is None else level
    both = dict(zip(("K", "Na"), rows, strict=True))
    return AxisProfile(Z, both, interval, T, level, {"Na": leg}, "K", "made by hand")


def curve(axis, inside=INSIDE, outside=OUTSIDE, d=D, volts=VOLTS, **more):
    return filter_current(axis, inside, outside, d, RADIUS, volts, **more)


def test_the_figure_marks_the_zero_of_the_net_current():
    found = curve(profile(0.0, 8.0))
    upper = found.plot().axes[0]
    net = next(line for line in upper.lines if line.get_label() == "net")
    np.testing.assert_allclose(net.get_ydata(), found.net_pA[0], rtol=1e-12)
    mark = next(line for line in upper.lines if "reversal" in str(line.get_label()))
    assert mark.get_xdata()[0] == pytest.approx(found.reversal_mV.value)


def test_a_flat_profile_is_ghk():
    found = curve(profile(0.0, 0.0))
    for ion, d in D.items():
        for k, volt in enumerate(VOLTS):
            flux = ghk_flux(d / 1e-9, 1, INSIDE[ion], OUTSIDE[ion], volt, T)
            expected = 1e12 * FARADAY * AREA * flux
            assert found.current_pA[ion][0, k] == pytest.approx(expected, rel=1e-12)
            assert found.current_pA[ion][1, k] == pytest.approx(expected, rel=1e-9)
        assert found.permeability_m3_s[ion].value == pytest.approx(d * AREA / 1e-9, rel=1e-12)
    columns = [[side[ion] for ion in D] for side in (INSIDE, OUTSIDE)]
    expected = 1000.0 * ghk_voltage(list(D.values()), [1, 1], *columns, T)
    assert found.reversal_mV.value == pytest.approx(expected, abs=1e-9)
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(2.0 / 1.3, rel=1e-12)


def test_a_step_costs_its_boltzmann_factor():
    found = curve(profile(0.0, 5.0))
    flat = curve(profile(0.0, 0.0))
    np.testing.assert_allclose(
        found.current_pA["Na"][0], math.exp(-5.0 / RT) * flat.current_pA["Na"][0], rtol=1e-12
    )
    np.testing.assert_allclose(found.current_pA["K"], flat.current_pA["K"], rtol=1e-12)


def test_any_profile_against_quadrature_and_microscopic_reversibility():
    """∫exp(W/RT + zφ)dz with W even in every bin; no current at the ion's own E."""
    w = 6.0 * np.sin(1.3 * Z) + 0.4 * Z
    nernst_k = nernst(1, 140.0, 5.0, T)
    found = curve(profile(w, w), d={"K": 2e-10}, volts=[-0.08, 0.06, nernst_k])
    thermal_V = 1000.0 * RT / FARADAY
    fine = np.linspace(-5.0, 5.0, 400_001)
    fine = 0.5 * (fine[1:] + fine[:-1])
    steps = w[np.minimum(((fine + 5.0) / 0.1).astype(int), 99)] / RT
    for k, volt in enumerate((-0.08, 0.06)):
        phi = volt / thermal_V * (5.0 - fine) / 10.0
        whole = 1e-9 * np.exp(steps + phi).mean()
        drive = 140.0 * math.exp(volt / thermal_V) - 5.0
        expected = 1e12 * FARADAY * 2e-10 * AREA * drive / whole
        assert found.current_pA["K"][0, k] == pytest.approx(expected, rel=1e-8)
    assert abs(found.current_pA["K"][0, 2]) < 1e-12 * abs(found.current_pA["K"][0, 1])
    assert found.reversal_mV.value == pytest.approx(1000.0 * nernst_k, abs=1e-9)


def test_the_well_scales_and_moves_nothing_else():
    w = 4.0 * np.cos(2.0 * Z)
    deep, level = curve(profile(w, w + 8.0), well_kJ_mol=-10.0), curve(profile(w, w + 8.0))
    factor = math.exp(10.0 / RT)
    for ion in D:
        np.testing.assert_allclose(deep.current_pA[ion], factor * level.current_pA[ion], rtol=1e-10)
    assert deep.reversal_mV.value == pytest.approx(level.reversal_mV.value, abs=1e-9)
    assert deep.ratio.value == pytest.approx(level.ratio.value, rel=1e-12)
    assert deep.occupancy["K"] == pytest.approx(factor * level.occupancy["K"], rel=1e-12)
    assert deep.well_of_one_kJ_mol == pytest.approx(level.well_of_one_kJ_mol, abs=1e-9)
    one = curve(profile(w, w + 8.0), well_kJ_mol=level.well_of_one_kJ_mol)
    assert one.occupancy["K"] == pytest.approx(1.0, rel=1e-9)


def test_levelling_and_bulk_leg_are_taken_off():
    tilt = 0.7 * Z + 3.0
    plain = curve(profile(0.0, 5.0))
    tilted = profile(tilt, tilt + 5.0 - 70.0, leg=Estimate(-70.0, 0.0, 7.0), level=tilt)
    for ion in D:
        np.testing.assert_allclose(curve(tilted).current_pA[ion], plain.current_pA[ion], rtol=1e-9)


def test_bands_are_students_t_over_replicas_with_the_bulk_leg():
    noise = np.zeros((2, 5, Z.size))
    shifts = np.array([-1.0, 0.5, 0.2, -0.4, 0.7])
    noise[1] = shifts[:, None]
    leg = Estimate(0.0, 0.3, 7.0)
    found = curve(profile(0.0, 5.0, 5, noise, leg))
    scatter = Estimate.from_replicas(shifts / RT)
    both = scatter + Estimate(0.0, 0.3 / RT, 7.0)
    np.testing.assert_allclose(
        found.current_pA["Na"][1:, 0] / found.current_pA["Na"][0, 0],
        np.exp([both.half_width(), -both.half_width()]),  # an inward current: low is the larger
        rtol=1e-9,
    )
    assert found.current_pA["K"][1, 0] == pytest.approx(found.current_pA["K"][0, 0], rel=1e-9)
    assert found.reversal_mV.error > 0.0
    low, high = found.reversal_interval_mV
    assert low < found.reversal_mV.value < high
    np.testing.assert_allclose(
        found.net_pA, found.current_pA["K"] + found.current_pA["Na"], rtol=1e-12
    )


def test_reversal_error_is_that_of_the_ratio_where_ghk_holds():
    """Flat profiles: V = f(P_Na/P_K), so the error follows from dV/d ln P of the GHK voltage."""
    leg = Estimate(0.0, 0.2, 7.0)
    found = curve(profile(0.0, 4.0, 4, None, leg))

    def volt(shift):
        p = [D["K"], D["Na"] * math.exp(-(4.0 + shift) / RT)]
        return 1000.0 * ghk_voltage(p, [1, 1], [140.0, 15.0], [5.0, 145.0], T)

    slope = (volt(0.01) - volt(-0.01)) / 0.02
    assert found.reversal_mV.value == pytest.approx(volt(0.0), abs=1e-9)
    assert found.reversal_mV.error == pytest.approx(abs(slope) * 0.2, rel=1e-3)


def test_one_replica_has_no_band():
    found = curve(profile(0.0, 5.0, 1))
    assert not np.isfinite(found.current_pA["K"][2]).all()
    record = json.loads(found.to_json())
    assert record["net_current_pA"]["high"][-1] is None
    assert record["reversal_mV"]["low"] is None


def test_part_of_the_axis_alone_counts():
    w = np.where(np.abs(Z) < 2.0, 0.0, 50.0)
    found = curve(profile(w, w, interval=(-1.95, 1.95)))
    assert found.permeability_m3_s["K"].value == pytest.approx(2e-10 * AREA / 3.9e-10, rel=1e-12)


def test_it_says_what_it_rests_on(tmp_path):
    found = curve(profile(0.0, 5.0))
    text = found.summary()
    for words in ("which lie 0 kJ/mol above the baths", "interior only", "in the pore (input)"):
        assert words in text
    assert "limits" in json.loads(found.to_json())
    assert found.to_csv().splitlines()[0].startswith("v_mV,i_K_pA,i_K_low_pA,i_K_high_pA,i_Na_pA")
    assert len(found.to_csv().splitlines()) == VOLTS.size + 1
    found.plot(tmp_path / "iv.png")
    assert (tmp_path / "iv.png").stat().st_size > 10_000


def test_crowding_is_told():
    found = curve(profile(0.0, 5.0), well_kJ_mol=-40.0)
    assert any("independent ions are a poor model" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"radius_m": 0.0}, "radius_m"),
        ({"diffusion_m2_s": {"K": 0.0}}, "diffusion_m2_s.K"),
        ({"diffusion_m2_s": {"Rb": 1e-10}}, "diffusion_m2_s.Rb"),
        ({"diffusion_m2_s": {}}, "at least one ion"),
        ({"inside": INSIDE.at(298.15)}, "temperature of the sampling"),
        ({"inside": Solution({"K": 1.0}, T, "inside")}, "inside.Na"),
        ({"voltages_V": [math.nan]}, "voltages_V"),
        ({"well_kJ_mol": math.inf}, "well_kJ_mol"),
    ],
)
def test_bad_input_is_refused(change, word):
    given = {
        "profile": profile(0.0, 5.0),
        "inside": INSIDE,
        "outside": OUTSIDE,
        "diffusion_m2_s": D,
        "radius_m": RADIUS,
        "voltages_V": VOLTS,
        **change,
    }
    with pytest.raises(InputError, match=word):
        filter_current(**given)


def test_bad_profiles_are_refused():
    for change, word in (
        ({"interval_A": (-6.0, 5.0)}, "interval_A"),
        ({"reference": "Rb"}, "reference"),
        ({"bulk_kJ_mol": {}}, "bulk_kJ_mol.Na"),
        ({"w_kJ_mol": {"K": np.zeros((2, 3))}}, "w_kJ_mol.K"),
        ({"w_kJ_mol": {"K": np.full((2, Z.size), np.nan)}}, "sample longer"),
        ({"z_A": Z[::-1]}, "z_A"),
    ):
        given = {
            "z_A": Z,
            "w_kJ_mol": {"K": np.zeros((2, Z.size)), "Na": np.zeros((2, Z.size))},
            "interval_A": (-5.0, 5.0),
            "temperature_K": T,
            "levelling_kJ_mol": np.zeros(Z.size),
            "bulk_kJ_mol": {"Na": SURE},
            **change,
        }
        with pytest.raises(InputError, match=word):
            AxisProfile(**given)
