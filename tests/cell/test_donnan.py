"""Donnan equilibrium: closed forms first, mpmath next, then what no volume can do."""

import json
import math

import numpy as np
import pytest

from selectivity.cell.donnan import Impermeant, donnan, together
from selectivity.cell.donnan_equilibrium import (
    donnan_excess,
    donnan_log_ratio,
    swollen_concentration,
)
from selectivity.errors import InputError
from selectivity.membrane import Solution
from selectivity.units import FARADAY, GAS_CONSTANT

KELVIN = 310.15
SALT = Solution({"K": 100.0, "Cl": 100.0}, KELVIN, "outside")
BATH = Solution({"Na": 145.0, "K": 3.5, "Cl": 119.0}, KELVIN, "outside")
OUTER = Impermeant(29.5, -1.0)
GOLDEN = 0.5 * (1.0 + math.sqrt(5.0))


def test_golden_ratio():
    found = donnan(SALT, Impermeant(100.0, -1.0))
    assert found.ratio == pytest.approx(GOLDEN, rel=1e-15)
    assert found.inside_mM["K"] == pytest.approx(100.0 * GOLDEN)
    assert found.inside_mM["Cl"] == pytest.approx(100.0 / GOLDEN)
    rt = GAS_CONSTANT * KELVIN
    assert found.v_mV == pytest.approx(-1e3 * rt / FARADAY * math.log(GOLDEN))
    excess = 100.0 * (GOLDEN + 1.0 / GOLDEN + 1.0 - 2.0)
    assert found.pressure_Pa == pytest.approx(rt * excess, rel=1e-14)


def test_the_sign_of_the_charge_mirrors_the_potential():
    minus, plus = (donnan(SALT, Impermeant(70.0, z)) for z in (-2.5, 2.5))
    assert plus.v_mV == pytest.approx(-minus.v_mV, rel=1e-15)
    assert plus.pressure_Pa == pytest.approx(minus.pressure_Pa, rel=1e-14)
    assert plus.inside_mM["K"] == pytest.approx(minus.inside_mM["Cl"])


@pytest.mark.parametrize("q", [1e-9, 1.0, 1e5, 1e13])
def test_no_cancellation_at_either_sign(q):
    """r = [−Q + √(Q² + 4S²)]/2S and its mirror: asinh(Q/2S) to every digit."""
    y = donnan_log_ratio([100.0, 100.0], [1, -1], [q, -q])
    assert y == pytest.approx([-math.asinh(q / 200.0), math.asinh(q / 200.0)], rel=2e-14)


@pytest.mark.parametrize("charge", [-300.0, -1.0, 0.0, 1e-6, 20.0, 400.0, 1e6])
def test_ions_of_several_valences(charge):
    mpmath = pytest.importorskip("mpmath")
    c, z = [100.0, 2.0, 3.0, 95.0, 5.0, 2.0], [1, 2, 3, -1, -2, -2]
    c[3] += sum(a * b for a, b in zip(c, z, strict=True))
    y = donnan_log_ratio(c, z, charge)
    with mpmath.workdps(40):
        exact = mpmath.findroot(
            lambda t: sum(a * b * mpmath.exp(b * t) for a, b in zip(c, z, strict=True)) + charge, y
        )
    assert y == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


def test_newton_meets_the_closed_form_and_broadcasts():
    charge = np.array([[-100.0, 3.0], [0.5, 200.0]])
    closed = donnan_log_ratio([90.0, 10.0, 100.0], [1, 1, -1], charge)
    root = donnan_log_ratio([90.0, 10.0, 100.0, 0.0], [1, 1, -1, 2], charge)
    assert closed.shape == (2, 2)
    assert root == pytest.approx(closed, rel=1e-13)


def test_pressure_is_never_below_that_of_the_impermeants_alone():
    for z in (-3.0, -1.0, 0.0, 0.3, 2.0):
        for x in (1e-6, 1.0, 300.0):
            found = donnan(SALT, Impermeant(x, z))
            assert found.pressure_Pa >= GAS_CONSTANT * KELVIN * x * (1.0 - 1e-7)


def test_free_volume_with_impermeants_in_the_bath():
    """Both balances hold; for monovalent ions the quadratic in r gives the same."""
    for z in (-3.0, -1.0, -0.85, 0.0, 0.4, 1.0, 2.0):
        found = donnan(BATH, Impermeant(155.0, z), OUTER, "free")
        inside, x = found.inside_mM, found.inner.c_mM
        assert sum(inside.values()) + x == pytest.approx(297.0, rel=1e-14)
        assert inside["Na"] + inside["K"] - inside["Cl"] + z * x == pytest.approx(0.0, abs=1e-11)
        r = found.ratio
        residual = (1 - z) * 148.5 * r**2 + z * 297.0 * r - (1 + z) * 119.0
        assert residual == pytest.approx(0.0, abs=1e-9)
        assert found.swelling == pytest.approx(155.0 / x)
        assert found.pressure_Pa == pytest.approx(0.0, abs=1e-6)
    assert donnan(BATH, Impermeant(155.0, -0.85), OUTER, "free").swelling == pytest.approx(
        5.1808, abs=1e-4
    )


def test_free_volume_without_impermeants_outside_is_none():
    found = donnan(SALT, Impermeant(100.0, -1.0), volume="free")
    assert not found.equilibrium
    assert found.swelling == math.inf
    assert "without bound" in found.summary()
    data = json.loads(found.to_json())
    assert data["equilibrium"] is False
    assert data["volume_ratio"] is None
    assert data["v_mV"] is None


def test_a_wall_gives_a_volume():
    """RT of the osmotic difference is what the wall bears; a fixed volume says what it takes."""
    held = donnan(SALT, Impermeant(100.0, -1.0), volume="free", wall_Pa=1e4)
    assert held.pressure_Pa == pytest.approx(1e4, rel=1e-12)
    as_fixed = donnan(SALT, held.inner)
    assert as_fixed.pressure_Pa == pytest.approx(1e4, rel=1e-12)
    assert as_fixed.v_mV == pytest.approx(held.v_mV, rel=1e-12)
    now = donnan(SALT, Impermeant(100.0, -1.0))
    kept = donnan(SALT, Impermeant(100.0, -1.0), volume="free", wall_Pa=now.pressure_Pa)
    assert kept.swelling == pytest.approx(1.0, rel=1e-13)
    small = donnan(SALT, Impermeant(100.0, -1.0), volume="free", wall_Pa=1e-3)
    rt = GAS_CONSTANT * KELVIN
    assert small.inner.c_mM == pytest.approx(1e-3 / rt, rel=1e-6)


def test_multivalent_free_volume():
    c, z = [100.0, 2.0, 104.0], [1, 2, -1]
    x = swollen_concentration(c, z, -1.3, 12.0)
    y = donnan_log_ratio(c, z, -1.3 * x)
    assert x + donnan_excess(c, z, y) == pytest.approx(12.0, rel=1e-13)
    assert swollen_concentration(c, z, -1.3, 0.0) is None


def test_kinds_together():
    kinds = together(Impermeant(100.0, -1.0), Impermeant(50.0, 0.5))
    assert (kinds.c_mM, kinds.charge_mM) == (150.0, -75.0)
    assert together().c_mM == 0.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((BATH, Impermeant(155.0, -1.0)), "is neutral"),
        ((SALT, Impermeant(155.0, -1.0), None, "open"), "volume"),
        ((SALT, Impermeant(155.0, -1.0), None, "fixed", 1e3), "wall_Pa"),
        ((SALT, Impermeant(0.0, -1.0), None, "free"), "impermeant"),
        ((SALT, Impermeant(1.0, -1.0), None, "free", -1.0), "wall_Pa"),
        ((Solution({"K": 10.0}, KELVIN), Impermeant(5.0, 1.0), Impermeant(10.0, -1.0)), "anion"),
    ],
)
def test_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        donnan(*arguments)


def test_bad_impermeants():
    with pytest.raises(InputError, match="impermeant"):
        Impermeant(-1.0, 1.0)
    with pytest.raises(InputError, match="impermeant"):
        Impermeant(1.0, math.nan)


def test_curves_and_figure(tmp_path):
    found = donnan(BATH, Impermeant(155.0, -0.85), OUTER, "free")
    v, pressure = found.curves([found.swelling, 1.0])
    assert pressure[0] == pytest.approx(0.0, abs=1e-5)
    assert v[0] == pytest.approx(found.v_mV, abs=1e-9)
    assert pressure[1] > 0.0
    found.plot(tmp_path / "donnan.png")
    assert (tmp_path / "donnan.png").stat().st_size > 10_000
    assert found.to_csv().splitlines()[0] == "species,z,c_out_mM,c_in_mM"
