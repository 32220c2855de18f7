"""Activity coefficients: exact limits, published tables, a witness, ranges, shifts of E."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import (
    MODELS,
    ActivityRangeWarning,
    Solution,
    activities,
    activity_coefficients,
    activity_shift,
    davies,
    debye_huckel_a,
    debye_huckel_b,
    debye_huckel_extended,
    debye_huckel_limiting,
    guntelberg,
    ionic_strength,
    kielland_size_nm,
    mean_activity_coefficient,
    molality,
    nernst_shift,
    pitzer_coefficients,
    preset,
    single_ion,
    truesdell_jones,
    truesdell_jones_constants,
    water_density,
)
from selectivity.membrane.pitzer import _g

WARM = 310.15
ROOM = 298.15


def solution(kelvin=WARM, name="solution", **mM):
    return Solution(mM, kelvin, name)


INSIDE = solution(name="inside", K=140.0, Na=10.0, Cl=150.0)
OUTSIDE = solution(name="outside", K=5.0, Na=145.0, Cl=150.0)


def quiet(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ActivityRangeWarning)
        return function(*arguments, **options)


# --- the laws -------------------------------------------------------------------------------------


def test_laws_by_hand():
    """At I = 0.1 mol/kg and 25 °C, from A and B alone."""
    strength = 0.1 * water_density(ROOM)
    a, b, root = debye_huckel_a(ROOM), debye_huckel_b(ROOM), math.sqrt(0.1)
    logs = {
        "limiting": (debye_huckel_limiting(2, strength, ROOM), -4.0 * a * root),
        "extended": (
            debye_huckel_extended(2, strength, ROOM, 0.6),
            -4.0 * a * root / (1.0 + b * 0.6 * root),
        ),
        "davies": (davies(-1, strength, ROOM), -a * (root / (1.0 + root) - 0.03)),
        "davies 1938": (davies(-1, strength, ROOM, 0.2), -a * (root / (1.0 + root) - 0.02)),
        "truesdell-jones": (
            truesdell_jones(1, strength, ROOM, 0.4, 0.075),
            -a * root / (1.0 + b * 0.4 * root) + 0.0075,
        ),
    }
    for name, (gamma, log) in logs.items():
        assert math.log10(gamma) == pytest.approx(log, rel=1e-12), name
    assert debye_huckel_b(ROOM) * 0.304 == pytest.approx(1.0, abs=1e-3)
    one = debye_huckel_extended(1, strength, ROOM, 1.0 / b)
    assert guntelberg(1, strength, ROOM) == pytest.approx(one, rel=2e-4)


def test_kielland_table():
    """γ at I = 0.1 of ions of 0.25 to 0.9 nm, as printed: rounded, and with another A."""
    for ion, printed in {"Cs": 0.75, "K": 0.755, "Li": 0.80, "H": 0.83, "Ca": 0.405}.items():
        gamma = single_ion("extended", ion, 0.1 * water_density(ROOM), ROOM)
        assert gamma == pytest.approx(printed, abs=0.01), ion
    assert [kielland_size_nm(ion) for ion in ("Na", "K", "Cl")] == [0.45, 0.30, 0.30]


@pytest.mark.parametrize("model", MODELS)
def test_no_ions_no_correction(model):
    empty = solution(K=0.0, Cl=0.0)
    assert activity_coefficients(empty, model) == {"K": 1.0, "Cl": 1.0}
    macinnes = activity_coefficients(empty, model, convention="macinnes")
    assert macinnes == {"K": 1.0, "Cl": 1.0}


@pytest.mark.parametrize("model", MODELS)
def test_every_law_has_the_limiting_slope(model):
    """ln γ/√I → −A ln 10 as I → 0, from 1e-6 mM on."""
    gamma = single_ion(model, "Cl", 1e-6, ROOM)
    slope = math.log(gamma) / math.sqrt(molality(1e-6, ROOM))
    assert slope == pytest.approx(-debye_huckel_a(ROOM) * math.log(10.0), rel=2e-4)


def test_davies_turns_upward():
    strength = np.linspace(0.01, 1.0, 1000) * water_density(ROOM)
    lowest = molality(strength[np.argmin(davies(1, strength, ROOM))], ROOM)
    assert lowest == pytest.approx(0.39, abs=0.005)


def test_laws_broadcast():
    z, strength = np.array([[1], [-2]]), np.array([0.0, 10.0, 100.0])
    for law in (debye_huckel_limiting, guntelberg, davies):
        found = law(z, strength, ROOM)
        assert found.shape == (2, 3)
        assert found[0, 1] == law(1, 10.0, ROOM)
        assert (found[:, 0] == 1.0).all()
    assert np.shape(pitzer_coefficients({"K": strength, "Cl": strength}, ROOM)["Na"]) == (3,)


# --- Pitzer ---------------------------------------------------------------------------------------

# Mean activity coefficients at 25 °C by mol/kg: Robinson & Stokes 1959, Electrolyte Solutions,
# appendix 8.10 (the column of KCl from memory; the witness below does not rest on it).
MOLAL = (0.1, 0.2, 0.5, 1.0, 2.0)
MEASURED = {"Na": (0.778, 0.735, 0.681, 0.657, 0.668), "K": (0.770, 0.718, 0.649, 0.604, 0.573)}


def mean(gamma, cation):
    return math.sqrt(gamma[cation] * gamma["Cl"])


@pytest.mark.parametrize("cation", MEASURED)
def test_pitzer_against_measured_mean_coefficients(cation):
    for m, measured in zip(MOLAL, MEASURED[cation], strict=True):
        gamma = mean(pitzer_coefficients({cation: m, "Cl": m}, ROOM), cation)
        assert gamma == pytest.approx(measured, abs=0.004), m


def test_davies_is_high_and_limiting_is_low_at_physiological_strength():
    """γ± of 0.1 mol/kg NaCl is 0.778: Davies within 0.01, the limiting law 0.09 below."""
    strength = 0.1 * water_density(ROOM)
    assert davies(1, strength, ROOM) == pytest.approx(0.778, abs=0.01)
    assert debye_huckel_limiting(1, strength, ROOM) == pytest.approx(0.689, abs=0.002)


@pytest.mark.parametrize("kelvin", [288.15, ROOM, WARM])
def test_pitzer_against_phreeqc(kelvin):
    """PHREEQC's own Pitzer parameters (another fit), mean and, scaled by MacInnes, single ions."""
    witness = pytest.importorskip("phreeqpython").PhreeqPython(database="pitzer.dat")
    for salts in (
        {"NaCl": 0.1},
        {"KCl": 0.5},
        {"NaCl": 0.145, "KCl": 0.005},
        {"NaCl": 0.01, "KCl": 0.14},
        {"NaCl": 1.0, "KCl": 1.0},
    ):
        theirs = witness.add_solution_simple({salt: 1000.0 * m for salt, m in salts.items()})
        theirs.change_temperature(kelvin - 273.15)
        activity, content = theirs.species_activities, theirs.species_molalities
        m = {salt[:-2]: value for salt, value in salts.items()}
        c = {ion: value * water_density(kelvin) for ion, value in m.items()}
        ours = Solution({**c, "Cl": sum(c.values())}, kelvin)
        gamma = quiet(activity_coefficients, ours, "pitzer", "macinnes")
        for ion, symbol in (("Na", "Na+"), ("K", "K+"), ("Cl", "Cl-")):
            if symbol in content:
                reference = activity[symbol] / content[symbol]
                assert gamma[ion] == pytest.approx(reference, abs=0.01), (salts, ion)
        for cation in m:
            pair = (f"{cation}+", "Cl-")
            reference = math.sqrt(math.prod(activity[s] / content[s] for s in pair))
            found = quiet(mean_activity_coefficient, ours, cation, "Cl", "pitzer")
            assert found == pytest.approx(reference, abs=0.003), (salts, cation)


def test_gibbs_duhem_of_a_mixture():
    """Cross differentiation: ∂ln γ±²(NaCl)/∂m_KCl = ∂ln γ±²(KCl)/∂m_NaCl."""

    def logs(na, k):
        gamma = pitzer_coefficients({"Na": na, "K": k, "Cl": na + k}, WARM)
        return tuple(math.log(gamma[ion] * gamma["Cl"]) for ion in ("Na", "K"))

    h = 1e-5
    left = (logs(0.5, 0.3 + h)[0] - logs(0.5, 0.3 - h)[0]) / (2 * h)
    right = (logs(0.5 + h, 0.3)[1] - logs(0.5 - h, 0.3)[1]) / (2 * h)
    assert left == pytest.approx(right, rel=1e-7)


def test_series_of_the_pitzer_functions_meet():
    below, above = _g(np.array([0.999e-3])), _g(np.array([1.001e-3]))
    for one, other in zip(below, above, strict=True):
        assert one[0] == pytest.approx(other[0], rel=3e-3)
    assert _g(np.array([0.0]))[0][0] == 1.0


# --- solutions ------------------------------------------------------------------------------------


def test_solution_knows_its_strength_charge_and_activities():
    assert INSIDE.ionic_strength_mM == 150.0
    assert INSIDE.net_charge_mM == 0.0
    assert INSIDE.neutrality.neutral
    gamma = INSIDE.activity_coefficients("davies")
    assert gamma == activity_coefficients(INSIDE, "davies")
    assert INSIDE.activities_mM("davies")["K"] == pytest.approx(140.0 * gamma["K"], rel=1e-15)


def test_missing_charge_can_be_counted():
    cell = preset("neuron").inside
    assert cell.net_charge_mM == pytest.approx(145.0, abs=1e-3)
    assert ionic_strength(cell) == pytest.approx(82.5, abs=1e-3)
    assert ionic_strength(cell, fill=True) == pytest.approx(155.0, abs=1e-3)
    with pytest.warns(ActivityRangeWarning, match="missing from the ionic strength"):
        activity_coefficients(cell, "davies")


def test_macinnes_keeps_mean_coefficients():
    gamma = {c: quiet(activity_coefficients, INSIDE, "pitzer", c) for c in ("model", "macinnes")}
    for cation in ("Na", "K"):
        assert mean(gamma["macinnes"], cation) == pytest.approx(mean(gamma["model"], cation))
    pure = solution(K=150.0, Cl=150.0)
    scaled = activity_coefficients(pure, "pitzer", "macinnes")
    assert scaled["K"] == pytest.approx(scaled["Cl"], rel=1e-14)
    assert gamma["macinnes"]["Cl"] == pytest.approx(scaled["Cl"], rel=1e-14)
    calcium = solution(Ca=2.0, Cl=4.0)
    both = [activity_coefficients(calcium, "extended", c) for c in ("model", "macinnes")]
    cubes = [g["Ca"] * g["Cl"] ** 2 for g in both]
    assert cubes[0] == pytest.approx(cubes[1], rel=1e-14)


def test_mean_coefficient_of_an_unsymmetric_salt():
    salt = solution(ROOM, Ca=10.0, Cl=20.0)
    gamma = activity_coefficients(salt, "davies")
    expected = (gamma["Ca"] * gamma["Cl"] ** 2) ** (1.0 / 3.0)
    assert mean_activity_coefficient(salt, "Ca", "Cl") == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("model", "mM"), [("limiting", 6.0), ("extended", 110.0), ("davies", 520.0), ("pitzer", 5000.0)]
)
def test_ranges(model, mM):
    with pytest.warns(ActivityRangeWarning, match="past the range of " + model):
        activity_coefficients(solution(ROOM, K=mM, Cl=mM), model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        activity_coefficients(solution(ROOM, K=0.8 * mM, Cl=0.8 * mM), model)


def test_pitzer_beyond_its_temperatures():
    with pytest.warns(ActivityRangeWarning, match="330 K"):
        activity_coefficients(solution(330.0, K=10.0, Cl=10.0), "pitzer")


# --- shifts ---------------------------------------------------------------------------------------


def test_davies_shifts_nothing_at_equal_ionic_strength():
    found = activity_shift(INSIDE, OUTSIDE, ["davies"])
    assert [row.shift_mV for row in found.rows] == [0.0, 0.0, 0.0]


def test_pitzer_shifts_by_tenths_of_a_millivolt_at_equal_ionic_strength():
    rows = {row.ion: row for row in activity_shift(INSIDE, OUTSIDE, ["pitzer"]).rows}
    assert rows["K"].shift_mV == pytest.approx(-0.11, abs=0.01)
    assert rows["Cl"].shift_mV == pytest.approx(-0.41, abs=0.01)
    assert rows["K"].e_activity_mV == rows["K"].e_concentration_mV + rows["K"].shift_mV


def test_unequal_ionic_strength_shifts_by_millivolts():
    """150 mM inside, 15 mM outside: γ_out > γ_in, so E of a cation rises and of an anion falls."""
    thin = solution(name="outside", K=5.0, Na=10.0, Cl=15.0)
    rows = {row.ion: row for row in activity_shift(INSIDE, thin, ["davies"]).rows}
    ratio = davies(1, 15.0, WARM) / davies(1, 150.0, WARM)
    expected = 1000.0 * 8.314462618 * WARM / 96485.33212 * math.log(ratio)
    assert rows["K"].shift_mV == pytest.approx(expected, rel=1e-9)
    assert rows["K"].shift_mV == pytest.approx(4.2, abs=0.1)
    assert rows["Cl"].shift_mV == -rows["K"].shift_mV


def test_nernst_shift():
    assert nernst_shift(1, 0.7, 0.7, WARM) == 0.0
    assert nernst_shift([1, 2], 0.5, 1.0, WARM)[0] == pytest.approx(0.0185258, abs=1e-6)
    with pytest.raises(InputError, match="gamma_in"):
        nernst_shift(1, 0.0, 0.7, WARM)


def test_a_side_without_the_ion():
    out = activity_shift(solution(name="inside", Na=0.0, K=10.0, Cl=10.0), OUTSIDE, ["davies"])
    row = next(row for row in out.rows if row.ion == "Na")
    assert row.e_concentration_mV == math.inf
    assert math.isfinite(row.shift_mV)
    assert [r["e_activity_mV"] for r in out.as_dict()["rows"] if r["ion"] == "Na"] == [None]


# --- results --------------------------------------------------------------------------------------


def test_activities_of_all_laws():
    found = activities(INSIDE)
    assert list(found.gamma) == list(MODELS)
    assert "past the range of limiting (0.005), extended (0.1), guntelberg (0.1)" in found.summary()
    record = found.as_dict()
    assert record["activity_mM"]["davies"]["Na"] == pytest.approx(
        10.0 * record["gamma"]["davies"]["Na"]
    )
    assert found.to_csv().splitlines()[0] == "model,ion,z,c_mM,gamma,activity_mM"
    with_calcium = activities(solution(Ca=1.0, Cl=2.0))
    assert "pitzer" in with_calcium.left_out
    assert "left out: pitzer: needs that Ca is one of Na, K and Cl" in with_calcium.summary()
    filled = activities(INSIDE, fill=True)
    assert "pitzer" in filled.left_out


@pytest.mark.parametrize("name", ["activities", "shift"])
def test_figures(tmp_path, name):
    result = activities(INSIDE) if name == "activities" else activity_shift(INSIDE, OUTSIDE)
    figure = result.plot(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    assert "mM" in figure.axes[0].get_xlabel() or "mV" in figure.axes[0].get_xlabel()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: activity_coefficients(INSIDE, "debye"), "known: limiting"),
        (lambda: activity_coefficients(INSIDE, convention="bates"), "macinnes"),
        (lambda: activity_coefficients(INSIDE, "pitzer", fill=True), "fill"),
        (lambda: activity_coefficients(solution(Ca=1.0), "pitzer"), "Ca"),
        (lambda: activity_coefficients(solution(Rb=1.0), "truesdell-jones"), "Rb"),
        (lambda: activity_coefficients(solution(380.0, K=1.0)), "temperature_K"),
        (lambda: truesdell_jones_constants("Tl"), "known: H"),
        (lambda: pitzer_coefficients({"Ca": 1.0}, ROOM), "molality.Ca"),
        (lambda: pitzer_coefficients({"Na": -1.0}, ROOM), "molality.Na"),
        (lambda: activities(solution(Ca=1.0), ["pitzer"]), "Ca"),
        (lambda: mean_activity_coefficient(INSIDE, "Cl", "K"), "is a cation"),
        (lambda: mean_activity_coefficient(INSIDE, "Ca", "Cl"), "solution states|states the"),
        (lambda: activity_shift(INSIDE, OUTSIDE.at(300.0)), "one temperature"),
        (lambda: activity_shift(INSIDE, solution(Ca=1.0)), "holds one of them"),
        (lambda: activities(solution()), "states the concentration"),
        (lambda: davies(1, -1.0, ROOM), "ionic_strength_mM"),
        (lambda: davies(1, float("nan"), ROOM), "ionic_strength_mM"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
