"""Ratios of a run as rows, and what stands in the single file, on answers known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from ratio_records import record

from selectivity.errors import InputError
from selectivity.sampling.samples import ReplicaSamples
from selectivity.validation import run_ratios, single_file
from selectivity.validation.judge import judge
from selectivity.validation.records import Row, Target


def row(**target):
    return Row("s.r", "s", "t", "", Target(**target), "s", "C", "quick", "f")


def test_the_droplets_error_is_taken_off():
    found = run_ratios.effective(record())
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(0.5)
    assert found.own_error == pytest.approx(0.4)
    assert found.dof == 7.0
    assert "130 (40.0-unbounded in 95 %)" in found.note
    assert found.note.endswith("converged")


def test_a_number_without_an_error_has_none():
    given = record()
    given["ddg_integral_kJ_mol"] = {"value": None, "error": None}
    found = run_ratios.effective(given)
    assert math.isnan(found.value)
    assert math.isnan(found.own_error)


def test_what_did_not_converge_says_so_and_never_passes():
    for converged, verdict in ((True, "pass"), (False, "fail")):
        found = run_ratios.judged(run_ratios.effective(record(converged=converged)))
        assert judge(row(criterion="range", low=2.0), found, 0.0).verdict == verdict
        assert ("NOT CONVERGED: too short" in found.note) == (not converged)
        site = run_ratios.site(record(converged=converged), "S2")
        held = row(criterion="absolute", value=5.5, tolerance=1.0)
        assert judge(held, site, 0.0).verdict == verdict
        order = run_ratios.order(record(converged=converged))
        assert judge(row(criterion="absolute", value=4.0, tolerance=0.5), order, 0.0).verdict == (
            verdict
        )


def test_a_contrast_leaves_the_droplet_out():
    """2 kcal/mol over 0.5 with seven degrees of freedom: t = 4, two-sided p = 0.0052."""
    upper = run_ratios.effective(record(ddg=5.0, error=0.5, bulk_error=0.4))
    lower = run_ratios.effective(record(ddg=3.0, error=math.hypot(0.4, 0.4), bulk_error=0.4))
    found = run_ratios.contrast(upper, lower)
    assert found.value == pytest.approx(2.795, abs=0.005)
    assert "difference 2.00 ± 0.50 kcal/mol: 5.00 less 3.00" in found.note
    assert run_ratios.contrast(lower, upper).value == pytest.approx(-found.value)
    stuck = run_ratios.effective(record(converged=False))
    found = run_ratios.contrast(upper, stuck)
    assert math.isnan(found.error)
    assert found.note.endswith("the second NOT CONVERGED")


def test_systems_are_found_by_name():
    given = {"systems": [record("a"), record("b", ddg=1.0)]}
    assert run_ratios.system_of(given, "b")["composition"] == "[b]"
    with pytest.raises(InputError, match="is one of a, b"):
        run_ratios.system_of(given, "c")


def test_relative_permeability_has_the_error_of_its_interval():
    """ln 4 = 2 t(0.975, 7) σ of the logarithm, t = 2.3646; RT in kcal/mol."""
    given = record()
    thermal = 0.00198720426 * given["temperature_K"]
    found = run_ratios.relative(given, "Rb")
    assert found.value == pytest.approx(thermal * math.log(0.8), rel=1e-6)
    assert found.error == pytest.approx(thermal * math.log(4.0) / (2.0 * 2.3646), rel=1e-4)


PLANES = np.array([-1.0, 1.0])


def test_joint_populations():
    table = single_file.joint(
        np.array([-2.0, 0.0, 0.0, 2.0]),
        np.array([-2.0, -2.0, 0.0, 0.0]),
        np.array([1.0, 2.0, 3.0, 4.0]),
        PLANES,
    )
    np.testing.assert_allclose(table, [[0.1, 0.0, 0.0], [0.2, 0.3, 0.0], [0.0, 0.4, 0.0]])
    shares = single_file.given(np.stack([table, np.zeros((3, 3))]), 1)
    np.testing.assert_allclose(shares[0], [0.4, 0.6, 0.0])
    assert np.isnan(shares[1]).all()


class Weighted:
    """Weights that are given instead of solved."""

    def __init__(self, **log_w):
        self.log_w = log_w

    def log_weights(self, samples):
        return self.log_w


def samples(z, **fields):
    """Two samples of each of two windows."""
    shape = np.shape(z)
    return ReplicaSamples(
        "file",
        0,
        "K",
        1.0,
        np.zeros(2),
        1.0,
        ("K", "Na"),
        np.array(z),
        np.zeros((*shape, 2)),
        np.zeros(shape, int),
        np.zeros((2, 2)),
        np.zeros(shape, int),
        **fields,
    )


def test_residents_by_the_weights_of_the_ion_that_is_asked_about():
    one = samples([[0.0, 0.0], [2.0, 2.0]], file_z={"0:K": np.array([[-2.0, 0.0], [0.0, 0.0]])})
    weights = Weighted(K=np.log([3.0, 1.0, 2.0, 2.0]), Na=np.log([1.0, 3.0, 2.0, 2.0]))
    file = single_file.File((one,), (weights,), ("inside", "cage", "outside"), PLANES)
    shares = single_file.given(single_file.residents(file, "K"), 1)
    np.testing.assert_allclose(shares, [[0.75, 0.25, 0.0]])
    shares = single_file.given(single_file.residents(file, "Na"), 1)
    np.testing.assert_allclose(shares, [[0.25, 0.75, 0.0]])
    with pytest.raises(InputError, match="holds one resident Rb"):
        single_file.residents(file, "K", "Rb")


def test_waters_count_evenly_along_the_interior():
    """Weights differ a millionfold between the two bins; each bin counts as much as the other."""
    water_z = np.full((2, 2, 3), np.nan)
    water_z[0, 0, :1] = water_z[0, 1, :2] = water_z[1, :, :3] = 5.0
    one = samples([[0.02, 0.05], [0.12, 0.15]], water_z=water_z)
    weights = Weighted(K=np.log([3.0, 1.0, 1e-6, 1e-6]))
    file = single_file.File((one,), (weights,), ("inside", "cage", "outside"), PLANES)
    p = single_file.waters(file, "K", (0.0, 0.2))
    np.testing.assert_allclose(p, [[0.0, 0.375, 0.125, 0.5]])
