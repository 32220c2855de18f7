"""Steady electrodiffusion: GHK, Planck and Boltzmann as exact limits."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import VALENCE, Solution, ghk_current, ghk_flux, ghk_voltage, nernst
from selectivity.membrane.electrodiffusion import (
    Slab,
    henderson_voltage,
    planck_current,
    planck_flux,
    planck_voltage,
    slab_currents,
    slab_state,
)
from selectivity.membrane.electrodiffusion.mesh import even_mesh, graded_mesh, layered_mesh, volumes
from selectivity.membrane.electrodiffusion.scharfetter_gummel import (
    cell_flux,
    cell_slopes,
    end_to_end_flux,
    log_resistance,
    profile_between,
)
from tests.membrane.slabs import ACID, D_ACID, D_NEURON, D_SALT, NEURON, SALT, T, slab, thick

VOLTS = (-0.3, -0.07, -1e-12, 0.0, 1e-12, 0.05, 0.3)


def ghk_of(s: Slab, volt: float) -> dict[str, tuple[float, float]]:
    """GHK flux of every ion and the larger of its one-way fluxes."""
    found = {}
    for ion, p in s.permeability_m_s.items():
        z, c = VALENCE[ion], (s.inside[ion], s.outside[ion])
        ways = (ghk_flux(p, z, c[0], 0.0, volt, T), ghk_flux(p, z, 0.0, c[1], volt, T))
        found[ion] = (ghk_flux(p, z, *c, volt, T), max(map(abs, ways)))
    return found


@pytest.mark.parametrize("z", [1.0, -1.0, 2.0])
def test_one_cell_is_the_ghk_flux(z):
    for volt in VOLTS:
        w = -z * volt / (8.31446261815324 * T / 96485.33212331)
        c = np.array([[140.0, 5.0]])
        got = cell_flux(np.array([[2e-9]]), np.array([1e-8]), np.array([[w]]), c)[0, 0]
        size = max(abs(ghk_flux(0.2, z, 140.0, 0.0, volt, T)), abs(ghk_flux(0.2, z, 0, 5, volt, T)))
        assert got == pytest.approx(ghk_flux(0.2, z, 140.0, 5.0, volt, T), abs=1e-12 * size)


def test_slopes_of_the_flux_are_its_derivatives():
    rng = np.random.default_rng(1)
    d, h, w = np.array([[1.0], [0.7]]), np.array([0.2, 0.3]), rng.normal(size=(2, 2))
    log_c, eps = rng.normal(size=(2, 3)), 1e-6
    here, there, by_w = cell_slopes(d, h, w, np.exp(log_c))
    for shift, expected in (([eps, 0], here), ([0, eps], there)):
        step = np.zeros((2, 3))
        for cell in range(2):
            step[:] = 0.0
            step[:, cell : cell + 2] = shift
            up, down = (cell_flux(d, h, w, np.exp(log_c + s * step))[:, cell] for s in (1, -1))
            np.testing.assert_allclose((up - down) / (2 * eps), expected[:, cell], rtol=1e-8)
    c = np.exp(log_c)
    change = (cell_flux(d, h, w + eps, c) - cell_flux(d, h, w - eps, c)) / (2 * eps)
    np.testing.assert_allclose(change, by_w, rtol=1e-8)


def test_no_flux_is_boltzmann_in_any_potential():
    """Ends in equilibrium: exactly e^(−ψ) between them, and a flux of zero to rounding."""
    rng = np.random.default_rng(2)
    x = np.sort(np.concatenate([[0.0, 1.0], rng.random(60)]))
    psi = np.cumsum(rng.normal(size=(1, x.size)), axis=1)
    left, right = np.exp(-psi[:, 0]), np.exp(-psi[:, -1])
    log_c = profile_between(x, psi, left, right)
    np.testing.assert_allclose(log_c, -psi, atol=1e-12)
    flux = cell_flux(np.ones((1, 1)), np.diff(x), np.diff(psi), np.exp(log_c))
    assert np.abs(flux * np.diff(x) / np.exp(log_c[:, :-1])).max() < 1e-12
    through = end_to_end_flux(np.ones(1), psi, log_resistance(x, psi), left, right)
    one_way = np.exp(np.log(left) + psi[:, 0] - log_resistance(x, psi))
    assert abs(through[0]) < 1e-14 * one_way[0]


def test_flux_from_end_to_end_is_that_of_every_cell():
    rng = np.random.default_rng(3)
    x, z = layered_mesh(40, 0.02), np.array([[1.0], [-2.0]])
    psi = z * np.cumsum(0.2 * rng.normal(size=x.size))
    left, right, d = np.array([1.0, 0.3]), np.array([0.02, 1.0]), np.array([1.0, 0.5])
    c = np.exp(profile_between(x, psi, left, right))
    cells = cell_flux(d[:, None], np.diff(x), np.diff(psi), c)
    whole = end_to_end_flux(d, psi, log_resistance(x, psi), left, right)
    np.testing.assert_allclose(cells, np.broadcast_to(whole[:, None], cells.shape), rtol=1e-10)


@pytest.mark.parametrize("cells", [1, 2, 17, 400])
@pytest.mark.parametrize("volt", VOLTS)
def test_constant_field_is_ghk_on_any_mesh(cells, volt):
    s = slab(NEURON, D_NEURON, partition={"K": 0.1})
    state = slab_state(s, volt, "constant-field", cells)
    for ion, (expected, size) in ghk_of(s, volt).items():
        assert state.flux_mol_m2_s[ion] == pytest.approx(expected, abs=1e-12 * size)


def test_goldman_profiles_are_the_closed_form():
    s, volt = slab(NEURON, D_NEURON), -0.07
    state = slab_state(s, volt, "constant-field", 50)
    u, y = volt / s.thermal_V, state.x_m / s.length_m
    for ion, c in state.concentration_mM.items():
        u_z = VALENCE[ion] * u
        grown = np.expm1(u_z * y) / np.expm1(u_z)
        expected = s.inside[ion] + (s.outside[ion] - s.inside[ion]) * grown
        # c(x) = A + B e^(zuy): flat part plus the exponential that the field makes
        np.testing.assert_allclose(c, expected, rtol=1e-10)
    np.testing.assert_allclose(state.potential_V, volt * (1.0 - y), atol=1e-15)


def test_zeros_and_huge_voltages():
    s = slab(({"K": 100.0, "Na": 0.0, "Cl": 0.0}, {"K": 0.0, "Na": 0.0, "Cl": 100.0}), D_NEURON)
    for volt in (-30.0, -1.0, 0.0, 1.0, 30.0):
        state = slab_state(s, volt, "constant-field", 100)
        for ion, (expected, size) in ghk_of(s, volt).items():
            assert state.flux_mol_m2_s[ion] == pytest.approx(expected, abs=1e-11 * size)
            assert (state.concentration_mM[ion] >= 0.0).all()
        assert state.flux_mol_m2_s["Na"] == 0.0
    cation = slab(({"K": 100.0}, {"K": 0.0}), {"K": 1e-9})
    assert math.isnan(slab_state(cation, 0.0, "constant-field").reversal_V)


@pytest.mark.parametrize("mode", ["constant-field", "pnp", "electroneutral"])
def test_equal_baths_are_ohmic(mode):
    baths = ({"K": 100.0, "Cl": 100.0},) * 2
    s = slab(baths, {"K": 1.96e-9, "Cl": 2.03e-9})
    for volt in (-0.1, 0.02, 0.3):
        for ion, current in slab_state(s, volt, mode, 60).current_A_m2.items():
            p = s.permeability_m_s[ion]
            assert current == pytest.approx(
                ghk_current(p, VALENCE[ion], 100.0, 100.0, volt, T), rel=1e-9
            )


@pytest.mark.parametrize(
    ("baths", "d", "most"), [(NEURON, D_NEURON, 1e-7), (SALT, D_SALT, 3e-6), (ACID, D_ACID, 3e-6)]
)
@pytest.mark.parametrize("volt", [-0.1, -0.03, 0.07])
def test_a_hundredth_of_a_debye_length_is_ghk(baths, d, most, volt):
    """Within 1e-7 between a neuron's solutions; a tenfold step of the total bends φ 30 times more.

    What is left is Poisson's, not the mesh's: it falls with (L/λ)², next test.
    """
    s = thick(0.01, baths, d)
    state = slab_state(s, volt, "pnp", 150)
    for ion, (expected, size) in ghk_of(s, volt).items():
        assert state.flux_mol_m2_s[ion] == pytest.approx(expected, abs=most * size)
    columns = [[side[ion] for ion in s.ions] for side in (s.inside, s.outside)]
    expected = ghk_voltage([d[i] for i in s.ions], [VALENCE[i] for i in s.ions], *columns, T)
    assert state.reversal_V == pytest.approx(expected, abs=1e-6 * s.thermal_V)
    open_cf = slab_state(s, None, "constant-field", 20)
    assert open_cf.voltage_V == pytest.approx(expected, abs=1e-12)


def test_distance_from_ghk_falls_with_the_square_of_the_thickness():
    far = []
    for ratio in (0.1, 0.01):
        s = thick(ratio, SALT, D_SALT)
        flux = slab_state(s, -0.05, "pnp").flux_mol_m2_s
        far.append([flux[i] - ghk for i, (ghk, _) in ghk_of(s, -0.05).items()])
        far[-1] = np.array(far[-1]) * s.length_m
    np.testing.assert_allclose(far[0] / far[1], 100.0, rtol=0.01)


@pytest.mark.parametrize(("baths", "d"), [(SALT, D_SALT), (ACID, D_ACID)])
def test_thick_slabs_approach_planck(baths, d):
    planck = planck_voltage(slab(baths, d))
    ghk = slab_state(slab(baths, d), None, "constant-field", 20).voltage_V
    states = [slab_state(thick(r, baths, d), None, "pnp") for r in (10, 30, 100, 300, 1000)]
    left = [(state.voltage_V - planck) / (ghk - planck) for state in states]
    assert all(0.0 < b < a for a, b in pairwise(left))
    assert left[1] < 0.125
    assert left[-1] < 1e-3
    assert all(
        abs(s.net_current_A_m2) < 1e-9 * max(map(abs, s.current_A_m2.values())) for s in states
    )


def test_equal_totals_make_ghk_exact_at_any_thickness():
    """Equal total concentration on both sides keeps the field constant (HCl against NaCl)."""
    baths = ({"H": 100.0, "Na": 0.0, "Cl": 100.0}, {"H": 0.0, "Na": 100.0, "Cl": 100.0})
    expected = math.log((1.33 + 2.03) / (9.31 + 2.03)) * slab(baths, D_ACID).thermal_V
    for ratio in (0.1, 30.0):
        found = slab_state(thick(ratio, baths, D_ACID), None, "pnp", 100).voltage_V
        assert found == pytest.approx(expected, abs=1e-9)
    assert planck_voltage(slab(baths, D_ACID)) == pytest.approx(expected, abs=1e-14)
    assert henderson_voltage(slab(baths, D_ACID)) == pytest.approx(expected, abs=1e-14)


def test_single_salt_is_planck_in_closed_form():
    s = slab(SALT, D_SALT)
    expected = (1.33 - 2.03) / (1.33 + 2.03) * s.thermal_V * math.log(10.0)
    assert planck_voltage(s) == pytest.approx(expected, rel=1e-13)
    assert henderson_voltage(s) == pytest.approx(expected, rel=1e-13)
    state = slab_state(s, None, "electroneutral")
    assert state.voltage_V == pytest.approx(expected, abs=2e-7)
    fine = slab_state(s, None, "electroneutral", 800)
    ratio = (state.voltage_V - expected) / (fine.voltage_V - expected)
    assert ratio == pytest.approx(4.0, rel=0.05)  # second order in the cells


def test_mixtures_part_planck_and_henderson():
    s = slab(ACID, D_ACID)
    assert 1000.0 * planck_voltage(s) == pytest.approx(-21.096, abs=1e-3)
    assert 1000.0 * henderson_voltage(s) == pytest.approx(-17.903, abs=1e-3)
    current = planck_current(s, [planck_voltage(s), 0.0])
    assert abs(sum(i[0] for i in current.values())) < 1e-9 * abs(current["Cl"][0])
    assert current["Cl"][1] == pytest.approx(-96485.33212331 * planck_flux(s, 0.0)["Cl"])


@pytest.mark.parametrize("volt", [-0.1, 0.0, 0.06])
@pytest.mark.parametrize(("baths", "d"), [(SALT, D_SALT), (NEURON, D_NEURON), (ACID, D_ACID)])
def test_electroneutral_fluxes_are_plancks(baths, d, volt):
    s = slab(baths, d)
    state = slab_state(s, volt, "electroneutral", 200)
    closed = planck_flux(s, volt)
    size = max(abs(float(j)) for j in closed.values())
    for ion, flux in closed.items():
        assert state.flux_mol_m2_s[ion] == pytest.approx(float(flux), abs=3e-4 * size)
    charge = sum(VALENCE[i] * c for i, c in state.concentration_mM.items())
    assert np.abs(charge).max() < 1e-9


def test_plancks_flux_against_an_independent_integration():
    """The Nernst-Planck equations with the fluxes of the closed form, integrated by solve_ivp."""
    from scipy.integrate import solve_ivp

    s, volt = slab(ACID, D_ACID), -0.04
    z = np.array([1.0, 1.0, -1.0])
    j = np.array([float(f) for f in planck_flux(s, volt).values()])
    d = np.array(list(D_ACID.values()))

    def slopes(_, y):
        c = y[:3]
        field = -(z @ (j / d)) / (z**2 @ c)
        return [*(-j / d - z * c * field), field]

    start = [*(s.inside[i] for i in s.ions), volt / s.thermal_V]
    end = solve_ivp(slopes, (0.0, s.length_m), start, rtol=1e-10, atol=1e-12).y[:, -1]
    np.testing.assert_allclose(end[:3], [s.outside[i] for i in s.ions], atol=1e-6)
    assert end[3] == pytest.approx(0.0, abs=1e-8)


def test_poissons_equation_holds():
    s = thick(30.0, SALT, D_SALT)
    state = slab_state(s, 0.05, "pnp", 800)
    x, phi = state.x_m, state.potential_V
    charge = 96485.33212331 * sum(VALENCE[i] * c for i, c in state.concentration_mM.items())
    field = -np.diff(phi) / np.diff(x)
    assert s.relative_permittivity is not None
    left = s.relative_permittivity * 8.8541878188e-12 * np.diff(field)
    right = charge[1:-1] * volumes(x)[1:-1]
    np.testing.assert_allclose(left, right, atol=1e-9 * np.abs(right).max())


def test_poisson_nernst_planck_against_a_boundary_value_solver():
    """SciPy's collocation on the same equations, with the fluxes as unknown parameters."""
    from scipy.integrate import solve_bvp

    s, volt = thick(3.0, SALT, D_SALT), -0.05
    state = slab_state(s, volt, "pnp", 800)
    z = np.array([1.0, -1.0])
    strength = 1.0 / (2.0 * (s.debye_length_m() / s.length_m) ** 2)  # F² c_ref L²/(ε RT)
    left, right = np.array([0.1, 0.1]), np.array([1.0, 1.0])

    def slopes(_, y, flux):
        gradient = -flux[:, None] - z[:, None] * y[:2] * y[3]
        return np.vstack([gradient, y[3:4], -strength * (z @ y[:2])[None]])

    def ends(a, b, _):
        return np.array([*(a[:2] - left), *(b[:2] - right), a[2] - volt / s.thermal_V, b[2]])

    x = state.x_m / s.length_m
    field = np.gradient(state.potential_V / s.thermal_V, x)
    guess = np.vstack(
        [*(c / 100.0 for c in state.concentration_mM.values()), state.potential_V / 0.0257, field]
    )
    found = solve_bvp(slopes, ends, x, guess, p=np.array([-1.0, 1.0]), tol=1e-9, max_nodes=20000)
    assert found.success
    for flux, ion in zip(found.p, s.ions, strict=True):
        unit = 100.0 * D_SALT[ion] / s.length_m
        assert state.flux_mol_m2_s[ion] / unit == pytest.approx(flux, abs=2e-6)
    np.testing.assert_allclose(
        state.potential_V, s.thermal_V * found.sol(x)[2], atol=1e-5 * s.thermal_V
    )


@pytest.mark.parametrize("mode", ["pnp", "electroneutral"])
def test_positive_and_converged_at_high_voltage(mode):
    for volt in (-2.0, -0.3, 0.3, 2.0):
        state = slab_state(thick(30.0, SALT, D_SALT), volt, mode)
        for c in state.concentration_mM.values():
            assert (c > 0.0).all()
        for ion, flux in state.flux_mol_m2_s.items():
            away = volt - nernst(VALENCE[ion], SALT[0][ion], SALT[1][ion], T)
            assert flux * VALENCE[ion] * away > 0.0


def test_fixed_charge_makes_donnan_and_teorell():
    """Thick charged slabs: Poisson's faces become the Donnan jumps of electroneutrality."""
    charged = slab(SALT, D_SALT, fixed_charge_mM=-1000.0)
    ideal = 1000.0 * nernst(1, 10.0, 100.0, T)
    neutral = slab_state(charged, None, "electroneutral")
    # nearly ideal: the co-ion is shut out to c²/X
    assert 1000.0 * neutral.voltage_V == pytest.approx(ideal, abs=1.5)
    assert neutral.concentration_mM["Cl"].max() < 100.0**2 / 1000.0
    jump = neutral.potential_V[-1]
    c = neutral.concentration_mM
    assert c["Na"][-1] * c["Cl"][-1] == pytest.approx(100.0**2, rel=1e-12)
    assert jump == pytest.approx(-charged.thermal_V * math.log(c["Na"][-1] / 100.0), rel=1e-12)
    gap = [
        abs(
            slab_state(thick(r, SALT, D_SALT, fixed_charge_mM=-100.0), None, "pnp").voltage_V
            - slab_state(
                thick(r, SALT, D_SALT, fixed_charge_mM=-100.0), None, "electroneutral"
            ).voltage_V
        )
        for r in (30, 100, 1000)
    ]
    assert gap[0] > gap[1] > gap[2]
    assert gap[2] < 3e-4


def test_partition_counts_once_in_every_mode():
    """One coefficient for all ions scales every flux and moves no potential."""
    for mode in ("constant-field", "electroneutral"):
        plain = slab_state(slab(SALT, D_SALT), 0.02, mode)
        some = slab_state(slab(SALT, D_SALT, partition={"Na": 0.1, "Cl": 0.1}), 0.02, mode)
        for ion, flux in plain.flux_mol_m2_s.items():
            assert some.flux_mol_m2_s[ion] == pytest.approx(0.1 * flux, rel=1e-9)
        assert some.reversal_V == pytest.approx(plain.reversal_V, abs=1e-12)
    only = slab_state(slab(SALT, D_SALT, partition={"Na": 1.0, "Cl": 1e-9}), None, "constant-field")
    assert only.voltage_V == pytest.approx(nernst(1, 10.0, 100.0, T), abs=1e-8)


def test_impermeant_ions_leave_a_donnan_equilibrium():
    """One bath holds anions that do not enter: K and Cl at rest at the Donnan potential."""
    baths = ({"K": 150.0, "Cl": 50.0}, {"K": 86.6025403784, "Cl": 86.6025403784})
    s = slab(baths, {"K": 1.96e-9, "Cl": 2.03e-9})
    donnan = nernst(1, 150.0, 86.6025403784, T)
    state = slab_state(s, donnan, "electroneutral", 50)
    one_way = 0.2 * 150.0
    assert all(abs(j) < 1e-9 * one_way for j in state.flux_mol_m2_s.values())


def test_currents_rise_with_the_voltage_and_cross_at_the_reversal():
    s = thick(10.0, SALT, D_SALT)
    curve = slab_currents(s, [0.1, -0.1, 0.0, 0.03], "pnp", 150)
    order = np.argsort(curve.voltage_V)
    assert (np.diff(curve.net_current_A_m2[order]) > 0.0).all()
    at = slab_state(s, 0.03, "pnp", 150)
    assert curve.net_current_A_m2[3] == pytest.approx(at.net_current_A_m2, rel=1e-9)
    assert curve.reversal_V == pytest.approx(at.reversal_V, abs=1e-12)
    closing = slab_currents(s, [curve.reversal_V], "pnp", 150)
    size = max(abs(i[0]) for i in closing.current_A_m2.values())
    assert abs(closing.net_current_A_m2[0]) < 1e-9 * size


def test_divalents_in_all_modes():
    baths = ({"Ca": 10.0, "K": 5.0, "Cl": 25.0}, {"Ca": 1.0, "K": 150.0, "Cl": 152.0})
    d = {"Ca": 0.79e-9, "K": 1.96e-9, "Cl": 2.03e-9}
    ions = tuple(d)
    ghk = ghk_voltage(
        [d[i] for i in ions],
        [VALENCE[i] for i in ions],
        [baths[0][i] for i in ions],
        [baths[1][i] for i in ions],
        T,
    )
    assert slab_state(thick(0.01, baths, d), None, "pnp").voltage_V == pytest.approx(ghk, abs=1e-9)
    thin, deep = (slab_state(thick(r, baths, d), None, "pnp").voltage_V for r in (100.0, 1000.0))
    neutral = slab_state(slab(baths, d), None, "electroneutral").voltage_V
    assert abs(deep - neutral) < 0.1 * abs(thin - neutral)


def test_meshes_cover_the_slab_and_crowd_at_its_faces():
    x = layered_mesh(300, 1e-3)
    assert x[0] == 0.0
    assert x[-1] == 1.0
    assert x.size == 301
    assert (np.diff(x) > 0.0).all()
    np.testing.assert_allclose(x + x[::-1], 1.0, atol=1e-15)
    assert (x < 1e-3).sum() > 20
    np.testing.assert_array_equal(layered_mesh(50, 2.0), even_mesh(50))
    assert volumes(x).sum() == pytest.approx(1.0, abs=1e-15)
    for cells, layer in ((0, 0.1), (10, 0.0), (True, 0.1)):
        with pytest.raises(InputError):
            layered_mesh(cells, layer)


def test_a_graded_mesh_follows_steep_layers():
    """Even where C is even; nodes even in ln C hold a step of 1e12 between the baths."""
    np.testing.assert_array_equal(graded_mesh(10, 1.0), even_mesh(10))
    up, down = graded_mesh(100, 1e3), graded_mesh(100, 1e-3)
    np.testing.assert_allclose(up + down[::-1], 1.0, atol=1e-12)
    assert (np.diff(up) > 0.0).all()
    assert (up < 1e-3).sum() > 5
    with pytest.raises(InputError, match="ratio"):
        graded_mesh(10, 0.0)
    steep = slab(({"Na": 1e-10, "Cl": 1e-10}, SALT[1]), D_SALT)
    found = slab_state(steep, None, "electroneutral", 200).voltage_V
    assert found == pytest.approx(planck_voltage(steep), rel=1e-2)


def test_pure_water_on_one_side():
    """A field holds in pure water, electroneutrality does not; salt leaves with no current."""
    one = slab((SALT[1], {"Na": 0.0, "Cl": 0.0}), D_SALT)
    with pytest.raises(InputError, match="pure water"):
        slab_state(one, 0.0, "electroneutral")
    state = slab_state(one, None, "pnp", 150)
    together = [state.flux_mol_m2_s[ion] for ion in ("Na", "Cl")]
    assert together[0] > 0.0
    assert together[0] == pytest.approx(together[1], rel=1e-9)


def test_results_tell_themselves(tmp_path):
    s = slab(SALT, D_SALT)
    state, curve = slab_state(s, -0.05, "pnp", 60), slab_currents(s, [-0.1, 0.1], "pnp", 60)
    record = json.loads(state.to_json())
    assert record["v_mV"] == pytest.approx(-50.0)
    assert len(record["profile"]["x_m"]) == 61
    assert record["length_over_debye"] == pytest.approx(s.length_m / s.debye_length_m())
    assert state.to_csv().splitlines()[0] == "x_nm,phi_mV,c_Na_mM,c_Cl_mM"
    assert len(curve.to_csv().splitlines()) == 3
    assert "Debye length" in state.summary()
    for result in (state, curve):
        result.plot(tmp_path / "a.png")
        assert (tmp_path / "a.png").stat().st_size > 5000


def test_debye_length_of_sea_like_salt():
    """0.304 nm/√(I/M) at 25 °C in water."""
    baths = ({"Na": 100.0, "Cl": 100.0},) * 2
    assert slab(baths, D_SALT).debye_length_m() == pytest.approx(0.9607e-9, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"diffusion_m2_s": {"Xx": 1e-9}}, "diffusion_m2_s.Xx"),
        ({"diffusion_m2_s": {"Na": -1e-9}}, "diffusion_m2_s.Na"),
        ({"diffusion_m2_s": {}}, "at least one ion"),
        ({"diffusion_m2_s": {"K": 1e-9}}, "states the concentration of K"),
        ({"length_m": 0.0}, "length_m"),
        ({"length_m": math.nan}, "length_m"),
        ({"relative_permittivity": -1.0}, "relative_permittivity"),
        ({"partition": {"Na": 0.0}}, "partition.Na"),
        ({"partition": {"K": 1.0}}, "partition.K"),
        ({"fixed_charge_mM": math.inf}, "fixed_charge_mM"),
    ],
)
def test_bad_slabs_are_refused(change, word):
    given = {"diffusion_m2_s": D_SALT, "length_m": 1e-8, **change}
    with pytest.raises(InputError, match=word):
        Slab(Solution(SALT[0], T, "inside"), Solution(SALT[1], T, "outside"), **given)


def test_what_a_mode_cannot_do_is_refused():
    charged = slab(SALT, D_SALT, fixed_charge_mM=-10.0)
    with pytest.raises(InputError, match="fixed_charge_mM"):
        slab_state(charged, 0.0, "constant-field")
    with pytest.raises(InputError, match="relative_permittivity"):
        slab_state(slab(SALT, D_SALT, epsilon=None), 0.0, "pnp")
    with pytest.raises(InputError, match="mode"):
        slab_state(charged, 0.0, "ohmic")
    with pytest.raises(InputError, match="both signs"):
        slab_state(slab(SALT, {"Na": 1e-9}), 0.0, "electroneutral")
    one = slab(({"Na": 10.0, "Cl": 0.0}, {"Na": 0.0, "Cl": 100.0}), D_SALT)
    with pytest.raises(InputError, match="both sides"):
        slab_state(one, None, "constant-field")
    with pytest.raises(InputError, match="one temperature"):
        Slab(Solution(SALT[0], T), Solution(SALT[1], 310.0), D_SALT, 1e-8)
    with pytest.raises(InputError, match="charge"):
        planck_voltage(slab(({"Ca": 1.0, "Cl": 2.0},) * 2, {"Ca": 1e-9, "Cl": 2e-9}))
    with pytest.raises(InputError, match="electroneutral"):
        henderson_voltage(slab(({"Na": 10.0, "Cl": 5.0}, SALT[1]), D_SALT))
    with pytest.raises(InputError, match="fixed_charge"):
        planck_flux(charged, 0.0)
