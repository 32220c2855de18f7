"""Pump and leak at fixed volume: published digits, independent solvers, limits, no steady state."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selectivity.cell.atp import Phosphates
from selectivity.cell.donnan import Impermeant
from selectivity.cell.donnan_equilibrium import donnan_log_ratio
from selectivity.cell.leaks import Leaks
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.pump_leak import pump_leak, pump_leak_scan
from selectivity.cell.volume import VolumeCell, volume_rest
from selectivity.errors import InputError
from selectivity.membrane import Solution, mullins_noda_voltage
from selectivity.units import FARADAY, GAS_CONSTANT

T_PAPER = 26.725e-3 * FARADAY / GAS_CONSTANT  # RT/F of Duesterwald 2018
T = 310.15
BATH = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, T_PAPER, "outside")
OHMIC = Leaks({"Na": 0.2, "K": 0.7, "Cl": 0.2}, kcc2_S_m2=0.2)
GHK = Leaks(permeability_m_s={"Na": 4e-10, "K": 1e-8, "Cl": 4.5e-9})
X = Impermeant(154.96019624, -0.85)
OUTER = Impermeant(29.5)
CYTOSOL = Phosphates(3.0, 0.03, 5.0)


def balanced(state, size=1e-9):
    return not state.ledger.unbalanced and abs(state.ledger.charge.sum) <= size * state.ledger.size


def neutral(state):
    x = state.impermeant.charge_mM
    c = state.inside_mM
    return c["Na"] + c["K"] - c.get("Cl", 0.0) + x


def test_published_neuron_at_its_impermeants():
    """Every printed digit of Duesterwald 2018, whose inside carries the charge of its membrane.

    That charge, F V C/(...) over the volume of a 5 um cylinder, is 2 C V/(F r) in mM; here it is
    put among the impermeants, since the steady state takes the inside as neutral.
    """
    membrane = 2.0 * 0.02 * 72.5881058137e-3 / (96485.0 * 5e-6)
    charged = Impermeant(154.96019624, -0.85 + membrane / 154.96019624)
    state = pump_leak(BATH, OHMIC, PumpLaw.cubic(10.0), charged, OUTER)
    assert state.v_mV == pytest.approx(-72.5881058137, abs=2e-7)
    assert state.na_in_mM == pytest.approx(14.00164776, abs=1e-8)
    assert state.k_in_mM == pytest.approx(122.873328238, abs=3e-7)
    assert state.cl_in_mM == pytest.approx(5.16482776206, abs=3e-8)
    assert state.reversal_mV("Cl") == pytest.approx(-83.8430527042, abs=3e-7)
    inner, outer = state.osmolarity_mM
    assert inner == pytest.approx(outer, abs=1e-6)  # no wall is needed at the published volume
    assert "no wall is needed" in state.summary()


LAWS = st.sampled_from(
    [
        PumpLaw.constant(1.0),
        PumpLaw.cubic(1.0),
        PumpLaw.sigmoid(1.0),
        PumpLaw.hill(1.0, 10.0, 3.5),
        PumpLaw.hill(1.0, 10.0, 3.5).with_atp(0.5),
    ]
)


def leak_of(kind, values):
    na, k, cl, kcc2 = values
    if kind == "conductance":
        return Leaks({"Na": na, "K": k, "Cl": cl})
    if kind == "kcc2":
        return Leaks({"Na": na, "K": k, "Cl": cl}, kcc2_S_m2=kcc2)
    if kind == "permeability":
        return Leaks(permeability_m_s={"Na": 1e-8 * na, "K": 1e-8 * k, "Cl": 1e-8 * cl})
    return Leaks({"K": k, "Cl": cl}, {"Na": 1e-8 * na}, kcc2_S_m2=kcc2)


@settings(max_examples=120, deadline=None)
@given(
    LAWS,
    st.floats(-4.0, 1.0),
    st.sampled_from(["conductance", "kcc2", "permeability", "mixed"]),
    st.tuples(*(st.floats(0.01, 2.0) for _ in range(4))),
    st.floats(0.0, 250.0),
    st.floats(-2.5, 1.0),
)
def test_a_steady_state_is_one(law, power, kind, values, x, z):
    """Every ion balanced by its own current law, the inside neutral, all concentrations above 0."""
    law = law.with_rate(10.0**power)
    state = pump_leak(BATH, leak_of(kind, values), law, Impermeant(x, z), phosphates=CYTOSOL)
    if not state.steady:
        assert state.reason
        assert math.isnan(state.v_mV)
        return
    c = state.inside_mM
    assert min(c.values()) > 0.0
    assert abs(neutral(state)) < 1e-9 * (max(c.values()) + x * abs(z))
    assert balanced(state)
    q = law.cycle_current(c["Na"], 145.0, c["K"], 3.5, CYTOSOL.atp_mM)
    assert state.q_A_m2 == pytest.approx(q, rel=1e-7)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-3.0, 1.0),
    st.sampled_from(["conductance", "kcc2", "permeability", "mixed"]),
    st.tuples(*(st.floats(0.02, 2.0) for _ in range(4))),
    st.floats(-2.0, 0.5),
)
def test_sodium_falls_with_the_rate_of_the_cycle(power, kind, values, z):
    """The step of the proof that leaves one root: at a held q the neutral Na_in falls with q.

    Each constant pump is one q; where the sodium runs out all faster ones have no steady state.
    """
    leaks, x = leak_of(kind, values), Impermeant(150.0, z)
    q = np.geomspace(1e-6, 10.0**power, 40)
    states = [pump_leak(BATH, leaks, PumpLaw.constant(each), x) for each in q]
    steady = np.array([s.steady for s in states])
    assert not np.any(np.diff(steady.astype(int)) > 0)  # none after the first without
    sodium = np.array([s.na_in_mM for s in states])[steady]
    assert np.all(np.diff(sodium) < 1e-9 * sodium[:-1])


def test_all_roots_of_a_fine_grid_are_the_one_that_is_found():
    """Brute force without the library's algebra: sign changes of f(Na, u) over the plane.

    For each u the inner K and Cl follow from their own balance at q = law(Na); the charge and the
    sodium balance are then two equations in (Na, u). Cells where both change sign: one cluster.
    """
    p, bath_na, bath_k, bath_cl = (4e-10, 1e-8), 145.0, 3.5, 119.0
    law = PumpLaw.hill(0.1, 10.0, 3.5)
    u = np.linspace(-6.0013, 2.0, 1601)[:, None]
    na = np.geomspace(0.05, 400.0, 1600)[None, :]
    q = law.cycle_current(na, bath_na, 1.0, bath_k)
    b_out, b_in = u / np.expm1(u), -u / np.expm1(-u)
    sodium = p[0] * FARADAY * (na * b_in - bath_na * b_out) + 3.0 * q
    k = (bath_k * b_out + 2.0 * q / (p[1] * FARADAY)) / b_in
    charge = na + k - bath_cl * np.exp(u) - 0.85 * 155.0

    def crosses(f):
        s = np.sign(f)
        corner = (s[:-1, :-1], s[1:, :-1], s[:-1, 1:], s[1:, 1:])
        return np.minimum.reduce(corner) != np.maximum.reduce(corner)

    hits = np.argwhere(crosses(sodium) & crosses(charge))
    assert hits.size > 0
    spread = hits.max(axis=0) - hits.min(axis=0)
    assert spread.max() < 12  # all in one place
    state = pump_leak(
        Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, T, "outside"),
        GHK,
        law,
        Impermeant(155.0, -0.85),
    )
    at = hits.mean(axis=0)
    rt_over_f = 1000.0 * GAS_CONSTANT * T / FARADAY
    assert np.interp(at[0], np.arange(1601), u[:, 0]) * rt_over_f == pytest.approx(
        state.v_mV, abs=0.3
    )
    assert np.interp(at[1], np.arange(1600), na[0]) == pytest.approx(state.na_in_mM, rel=0.03)


def test_an_independent_root_with_mpmath():
    """Four equations in (Na, K, Cl, V) as they are written, Newton in 40 digits from elsewhere."""
    mp = pytest.importorskip("mpmath").mp
    mp.dps = 40
    f, thermal = mp.mpf(FARADAY), mp.mpf(GAS_CONSTANT) * T / FARADAY
    p = {"Na": mp.mpf("4e-10"), "K": mp.mpf("1e-8")}
    bath = {"Na": mp.mpf(145), "K": mp.mpf("3.5"), "Cl": mp.mpf(119)}

    def ghk(ion, inner, v):
        u = v / thermal
        return p[ion] * f * u * (inner - bath[ion] * mp.exp(-u)) / (1 - mp.exp(-u))

    def equations(na, k, cl, v):
        q = mp.mpf("0.1") * (1 + 10 / na) ** -3 * (1 + mp.mpf("3.5") / bath["K"]) ** -2
        neutral = na + k - cl - mp.mpf("0.85") * 155
        passive = v + thermal * mp.log(bath["Cl"] / cl)
        return ghk("Na", na, v) + 3 * q, ghk("K", k, v) - 2 * q, passive, neutral

    root = mp.findroot(equations, (20, 110, 5, mp.mpf("-0.08")), tol=1e-30)
    bathed = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, T, "outside")
    state = pump_leak(bathed, GHK, PumpLaw.hill(0.1, 10.0, 3.5), Impermeant(155.0, -0.85))
    found = (state.na_in_mM, state.k_in_mM, state.cl_in_mM, 1e-3 * state.v_mV)
    for mine, other in zip(found, root, strict=True):
        assert mine == pytest.approx(float(other), rel=1e-11)


def test_a_cell_in_time_ends_there():
    """Concentrations run by scipy from another composition, V where the currents cancel."""
    from scipy.integrate import solve_ivp

    thermal, g, kcc2 = GAS_CONSTANT * T_PAPER / FARADAY, (0.2, 0.7, 0.2), 0.2
    bath, z = (145.0, 3.5, 119.0), (1, 1, -1)
    per_s = 2.0 / (5e-6 * FARADAY)  # area over volume of a cylinder, 1/(m C/mol)

    def rates(_, c):
        e = [thermal / zi * math.log(o / i) for o, i, zi in zip(bath, c, z, strict=True)]
        q = 10.0 * (c[0] / bath[0]) ** 3
        v = (sum(gi * ei for gi, ei in zip(g, e, strict=True)) - q) / sum(g)
        j = kcc2 * (e[1] - e[2])
        return [
            -per_s * (g[0] * (v - e[0]) + 3.0 * q),
            -per_s * (g[1] * (v - e[1]) - 2.0 * q - j),
            per_s * (g[2] * (v - e[2]) + j),
        ]

    start = [60.0, 90.0, 60.0 + 90.0 - 0.85 * 154.96019624]
    run = solve_ivp(rates, (0.0, 2e5), start, method="LSODA", rtol=1e-11, atol=1e-11)
    state = pump_leak(BATH, OHMIC, PumpLaw.cubic(10.0), X)
    ended = run.y[:, -1]
    found = (state.na_in_mM, state.k_in_mM, state.cl_in_mM)
    assert ended.tolist() == pytest.approx(found, rel=1e-7)


@pytest.mark.parametrize("leaks", [OHMIC, GHK])
def test_without_a_pump_it_is_donnan(leaks):
    """Closed form: r = [−zX + sqrt(z²X² + 4 S²)]/(2S), the same ratio for every ion."""
    bath = Solution({"Na": 140.0, "K": 5.0, "Cl": 145.0}, T, "outside")
    for law in (PumpLaw.constant(0.0), PumpLaw.cubic(0.0), PumpLaw.hill(0.0, 10.0, 3.5)):
        state = pump_leak(bath, leaks, law, Impermeant(145.0, -1.0))
        golden = (1.0 + math.sqrt(5.0)) / 2.0  # S = X, z = −1
        assert state.na_in_mM == pytest.approx(140.0 * golden, rel=1e-13)
        assert state.k_in_mM == pytest.approx(5.0 * golden, rel=1e-13)
        assert state.cl_in_mM == pytest.approx(145.0 / golden, rel=1e-13)
        expected = -1000.0 * GAS_CONSTANT * T / FARADAY * math.log(golden)
        assert state.v_mV == pytest.approx(expected, rel=1e-13)
        assert state.pressure_kPa > 0.0
    slow = pump_leak(bath, leaks, PumpLaw.constant(1e-9), Impermeant(145.0, -1.0))
    assert slow.na_in_mM == pytest.approx(140.0 * golden, rel=1e-4)


def test_passive_chloride_does_not_bear_on_the_state():
    """Without KCC2 E_Cl = V, and no number depends on the chloride conductance."""
    states = [
        pump_leak(BATH, Leaks({"Na": 0.2, "K": 0.7, "Cl": g}), PumpLaw.cubic(10.0), X)
        for g in (1e-6, 0.2, 50.0)
    ]
    for state in states:
        assert state.reversal_mV("Cl") == pytest.approx(state.v_mV, abs=1e-10)
        assert state.v_mV == pytest.approx(states[0].v_mV, abs=1e-10)
        assert state.na_in_mM == pytest.approx(states[0].na_in_mM, rel=1e-12)


@pytest.mark.parametrize("chloride", [True, False])
@pytest.mark.parametrize("rate", [1e-4, 1e-3, 4e-3])
def test_mullins_noda_is_the_potential_of_the_steady_state(chloride, rate):
    """J_Na/J_K = −3/2 at steady state, so V is exactly the Mullins-Noda form, chloride or not."""
    p = {"Na": 4e-10, "K": 1e-8} | ({"Cl": 4.5e-9} if chloride else {})
    bath = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, T, "outside")
    state = pump_leak(bath, Leaks(permeability_m_s=p), PumpLaw.constant(rate), X)
    assert state.steady
    form = mullins_noda_voltage([p["K"], p["Na"]], [state.k_in_mM, state.na_in_mM], [3.5, 145.0], T)
    assert 1000.0 * form == pytest.approx(state.v_mV, abs=1e-9)


def test_a_pump_that_outruns_its_leak_has_no_steady_state():
    """The constant-field leak of Na is bounded; a constant pump beyond it is said, not numbered."""
    law = PumpLaw.constant(0.1)
    state = pump_leak(BATH, GHK, law, X)
    assert not state.steady
    assert "no steady state: the pump takes out 0.3 A/m² of sodium" in state.summary()
    record = json.loads(state.to_json())
    assert record["steady"] is False
    assert record["v_mV"] is None
    assert record["inside_mM"] == {"Na": None, "K": None, "Cl": None}
    assert record["ledger"] is None
    said = [text.get_text() for text in state.plot().axes[0].texts]
    assert said[0] == "no steady state"
    # the law that knows the sodium has one, whatever its rate
    assert pump_leak(BATH, GHK, PumpLaw.cubic(1e6), X).steady
    # and the edge is where Na_in reaches zero: brackets it from both sides
    rates = np.linspace(5e-3, 8e-3, 301)
    scan = pump_leak_scan(BATH, GHK, PumpLaw.constant(0.0), X, list(rates))
    last = scan.states[int(scan.steady.sum()) - 1]
    assert 0 < scan.steady.sum() < 301
    assert last.na_in_mM < 1.0


def test_no_path_is_no_steady_state():
    no_way_in = Leaks({"K": 0.7, "Cl": 0.2})
    assert "sodium has no way in" in pump_leak(BATH, no_way_in, PumpLaw.cubic(10.0), X).reason
    no_way_out = Leaks({"Na": 0.2, "Cl": 0.2})
    assert "potassium has no way out" in pump_leak(BATH, no_way_out, PumpLaw.cubic(10.0), X).reason
    # KCC2 and a chloride leak are a way out of potassium
    by_kcc2 = Leaks({"Na": 0.2, "Cl": 0.2}, kcc2_S_m2=0.2)
    state = pump_leak(BATH, by_kcc2, PumpLaw.cubic(10.0), X)
    assert state.steady
    assert balanced(state)


def test_more_than_water_holds_is_no_steady_state():
    weak = Leaks({"Na": 0.2, "K": 0.001, "Cl": 0.2})
    state = pump_leak(BATH, weak, PumpLaw.constant(0.02), X)
    assert not state.steady
    assert "more than water itself" in state.reason
    tight = Leaks({"Na": 0.03125, "K": 1.0, "Cl": 1.0})
    emptied = pump_leak(BATH, tight, PumpLaw.constant(0.1), X)
    assert "Na_in below 1.7e-21 mM, one ion in a litre" in emptied.reason


def test_a_state_past_the_bound_is_marked():
    fast = pump_leak(BATH, OHMIC, PumpLaw.constant(0.05), X, phosphates=CYTOSOL)
    assert fast.steady
    assert not fast.bound.runs_forward
    assert "no pump reaches this state" in fast.summary()
    calm = pump_leak(BATH, OHMIC, PumpLaw.cubic(10.0), X, phosphates=CYTOSOL)
    assert calm.bound.runs_forward
    assert calm.bound.v_mV == pytest.approx(calm.v_mV)


def test_atp_slows_the_pump():
    law = PumpLaw.cubic(10.0).with_atp(1.0)
    states = [
        pump_leak(BATH, OHMIC, law, X, phosphates=Phosphates(a, 0.03, 5.0))
        for a in (1e-7, 0.1, 3.0)
    ]
    assert np.all(np.diff([s.na_in_mM for s in states]) < 0.0)
    donnan = pump_leak(BATH, OHMIC, PumpLaw.constant(0.0), X)
    assert states[0].v_mV == pytest.approx(donnan.v_mV, abs=0.1)
    with pytest.raises(InputError, match="reads ATP"):
        pump_leak(BATH, OHMIC, law, X)


def test_scan_table_json_and_figures(tmp_path):
    rates = list(np.geomspace(1e-4, 0.02, 41))
    scan = pump_leak_scan(BATH, GHK, PumpLaw.constant(1.0), X, rates, phosphates=CYTOSOL)
    table = scan.to_csv().splitlines()
    assert table[0].startswith("rate_A_m2,steady,v_mV,na_in_mM,k_in_mM,cl_in_mM")
    assert len(table) == 42
    assert ",False,,,," in table[-1]
    record = json.loads(scan.to_json())
    assert record["v_mV"][-1] is None
    assert record["reason"][0] == ""
    assert "no steady state" in scan.summary()
    scan.plot(tmp_path / "scan.png")
    pump_leak(BATH, OHMIC, PumpLaw.cubic(10.0), X).plot(tmp_path / "state.png")
    assert min((tmp_path / n).stat().st_size for n in ("scan.png", "state.png")) > 15_000


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Leaks({"Ca": 0.1}), "conductance_S_m2.Ca"),
        (lambda: Leaks({"Na": -0.1}), "conductance_S_m2.Na"),
        (lambda: Leaks({"Na": 0.1}, {"Na": 1e-9}), "permeability_m_s.Na"),
        (lambda: Leaks({"Na": 0.1}, {"K": 1e-9}, 0.2), "kcc2_S_m2"),
        (lambda: Leaks({"Na": 0.1, "Na+": 0.1}), "conductance_S_m2.Na+"),
        (lambda: pump_leak(BATH, Leaks({"K": 1.0, "Cl": 1.0}), PumpLaw.cubic(0.0), X), "leaks.Na"),
        (
            lambda: pump_leak(
                BATH, Leaks({"Na": 1.0, "K": 1.0}), PumpLaw.cubic(1.0), Impermeant(1.0, 1.0)
            ),
            "impermeant",
        ),
        (
            lambda: pump_leak(
                Solution({"Na": 1.0, "K": 0.0, "Cl": 1.0}, T, "outside"),
                OHMIC,
                PumpLaw.cubic(1.0),
                X,
            ),
            "outside.K",
        ),
        (
            lambda: pump_leak(
                Solution({"Na": 1.0, "K": 1.0}, T, "outside"), OHMIC, PumpLaw.cubic(1.0), X
            ),
            "outside.Cl",
        ),
        (lambda: pump_leak_scan(BATH, OHMIC, PumpLaw.cubic(1.0), X, []), "rates_A_m2"),
    ],
)
def test_bad_input_is_named(make, place):
    with pytest.raises(InputError) as fault:
        make()
    assert fault.value.place == place


@pytest.mark.parametrize("rate", [0.3, 10.0, 1000.0])
def test_the_cell_that_sets_its_own_volume_is_held_by_no_wall(rate):
    """The state of the free volume, solved otherwise, at its impermeants: the same, and 0 kPa."""
    bath, law = (145.0, 3.5, 119.0, 29.5), PumpLaw.cubic(rate)
    cell = VolumeCell(*bath, 0.2, 0.7, 0.2, 0.2, 0.0, law, -0.85, 300.0, 26.725e-3)
    free = volume_rest(cell)
    held = pump_leak(BATH, OHMIC, PumpLaw.cubic(rate), Impermeant(free.x_in_mM, -0.85), OUTER)
    assert free.steady
    assert held.v_mV == pytest.approx(free.v_mV, abs=1e-9)
    found = (held.na_in_mM, held.k_in_mM, held.cl_in_mM, held.q_A_m2)
    other = (free.na_in_mM, free.k_in_mM, free.cl_in_mM, free.q_A_m2)
    assert found == pytest.approx(other, rel=1e-9)
    assert held.pressure_kPa == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("z", [-2.5, -0.85, 0.0, 0.7])
def test_without_a_pump_it_is_the_donnan_ratio_for_any_charge(z):
    c = [145.0, 3.5, 119.0]
    ratio = math.exp(donnan_log_ratio(c, [1, 1, -1], 155.0 * z))
    state = pump_leak(BATH, OHMIC, PumpLaw.cubic(0.0), Impermeant(155.0, z))
    found = (state.na_in_mM, state.k_in_mM, state.cl_in_mM)
    assert found == pytest.approx((145.0 * ratio, 3.5 * ratio, 119.0 / ratio), rel=1e-12)
