"""Rate laws of the pump: values by hand, scalar against array, what is refused."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from selectivity.cell.pump_law import KINDS, PumpLaw
from selectivity.errors import InputError

LAWS = {
    "constant": PumpLaw.constant(0.03),
    "cubic": PumpLaw.cubic(10.0),
    "sigmoid": PumpLaw.sigmoid(0.068),
    "hill": PumpLaw.hill(0.13, 10.0, 3.5),
}


def test_every_kind_has_a_law_here():
    assert set(LAWS) == set(KINDS)


def test_cubic_of_the_published_neuron():
    # Duesterwald 2018: p = 10 A/m2 at Na 14.00164776/145 mM
    q = LAWS["cubic"].cycle_current(14.00164776, 145.0, 122.9, 3.5)
    assert q == pytest.approx(10.0 * (14.00164776 / 145.0) ** 3, rel=1e-15)
    assert q == pytest.approx(0.009004, rel=1e-3)


def test_sigmoid_of_the_published_rest():
    # Huebel & Dahlem 2014: rho 6.8 uA/cm2, Na 25.231485, K_o 4
    q = LAWS["sigmoid"].cycle_current(25.231485, 125.30555, 129.25764, 4.0)
    by_hand = 0.068 / (1 + math.exp((25 - 25.231485) / 3)) / (1 + math.exp(1.5))
    assert q == pytest.approx(by_hand, rel=1e-15)


def test_half_rates_of_the_sites():
    # at Na = K_Na each of three sites is half filled: 1/8; at K = K_K two sites: 1/4
    assert LAWS["hill"].cycle_current(10.0, 145.0, 140.0, 3.5) == pytest.approx(0.13 / 32)
    assert LAWS["hill"].cycle_current(0.0, 145.0, 140.0, 3.5) == 0.0
    assert LAWS["hill"].cycle_current(10.0, 145.0, 140.0, 0.0) == 0.0
    form = (1 + 10.0 / 17.0) ** -3 * (1 + 3.5 / 6.0) ** -2
    assert LAWS["hill"].cycle_current(17.0, 1.0, 1.0, 6.0) == pytest.approx(0.13 * form, rel=1e-15)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_and_arrays_agree(kind):
    rng = np.random.default_rng(5)
    c = rng.uniform(0.5, 150.0, (4, 3, 7))
    for law in (LAWS[kind], LAWS[kind].with_atp(0.5)):
        whole = law.cycle_current(*c, 1.3)
        assert whole.shape == (3, 7)
        each = [
            law.cycle_current(*(float(x) for x in c[:, i, j]), 1.3) for i, j in np.ndindex(3, 7)
        ]
        np.testing.assert_allclose(whole.ravel(), each, rtol=1e-14)
        assert all(type(q) is float for q in each)
        row = law.cycle_current(c[0, 0], 145.0, 140.0, c[3, :, :1], 1.3)  # broadcasting
        assert row.shape == (3, 7)


@pytest.mark.parametrize("kind", KINDS)
def test_atp_factor(kind):
    law = LAWS[kind]
    fed = law.with_atp(0.8)
    given = (12.0, 145.0, 140.0, 4.0)
    q = law.cycle_current(*given)
    assert fed.cycle_current(*given, 0.8) == pytest.approx(0.5 * q, rel=1e-15)
    assert fed.cycle_current(*given, 0.0) == 0.0
    assert fed.cycle_current(*given, 1e12) == pytest.approx(q, rel=1e-11)
    np.testing.assert_allclose(fed.cycle_current(*given, [0.0, 0.8, 2.4]), [0, q / 2, 0.75 * q])
    assert law.cycle_current(*given, 0.1) == q  # a law without the factor does not read it
    assert "ATP" in fed.reads
    assert "ATP" not in law.reads
    with pytest.raises(InputError, match="atp_mM"):
        fed.cycle_current(*given)


@pytest.mark.parametrize("kind", KINDS)
def test_rate_scales_and_survives(kind):
    law = LAWS[kind].with_atp(0.8)
    given = (12.0, 145.0, 140.0, 4.0, 2.0)
    twice = law.with_rate(2.0 * law.rate_A_m2)
    assert twice.cycle_current(*given) == pytest.approx(2.0 * law.cycle_current(*given), rel=1e-15)
    assert law.with_rate(0.0).cycle_current(*given) == 0.0
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert hash(again) == hash(law)
    assert again.cycle_current(*given) == law.cycle_current(*given)
    assert law.source


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_what_counts(kind):
    law = LAWS[kind]
    base = (12.0, 145.0, 140.0, 4.0)
    for i, name in enumerate(("Na_in", "Na_out", "K_in", "K_out")):
        moved = [c * (1.1 if j == i else 1.0) for j, c in enumerate(base)]
        assert (law.cycle_current(*moved) != law.cycle_current(*base)) == (name in law.reads)


def test_sigmoid_far_out_is_finite():
    assert LAWS["sigmoid"].cycle_current(-1e5, 1.0, 1.0, -1e5) == 0.0
    assert LAWS["sigmoid"].cycle_current(1e5, 1.0, 1.0, 1e5) == pytest.approx(0.068)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: PumpLaw("cube", {}), "kind"),
        (lambda: PumpLaw("cubic", {}), "p_A_m2"),
        (lambda: PumpLaw("cubic", {"p_A_m2": 1.0, "q_A_m2": 1.0}), "q_A_m2"),
        (lambda: PumpLaw.constant(-0.1), "q_A_m2"),
        (lambda: PumpLaw.constant(math.nan), "q_A_m2"),
        (lambda: PumpLaw.hill(1.0, 0.0, 1.0), "k_na_mM"),
        (lambda: PumpLaw.sigmoid(1.0, na_slope_mM=0.0), "na_slope_mM"),
        (lambda: PumpLaw.cubic(1.0).with_atp(0.0), "k_m_atp_mM"),
        (lambda: PumpLaw.cubic(1.0).cycle_current(1.0, 0.0, 1.0, 1.0), "na_out_mM"),
        (lambda: PumpLaw.cubic(1.0).cycle_current([1.0], [0.0], 1.0, 1.0), "na_out_mM"),
    ],
)
def test_bad_input_is_named(make, place):
    with pytest.raises(InputError) as fault:
        make()
    assert fault.value.place == place


@pytest.mark.parametrize("kind", KINDS)
def test_scalar_path_makes_no_arrays(kind, monkeypatch):
    law = LAWS[kind].with_atp(0.5)

    def refuse(*args, **kwargs):
        raise AssertionError("an array was made on the scalar path")

    for name in ("asarray", "broadcast_arrays", "full_like", "exp", "any"):
        monkeypatch.setattr(np, name, refuse)
    q = law.cycle_current(12.0, 145.0, 140.0, 4.0, 2.0)
    assert q > 0.0
