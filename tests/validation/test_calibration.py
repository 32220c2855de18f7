"""The calibration of error bars: its own arithmetic, and the truths it holds intervals against."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from selectivity.engine import energy
from selectivity.records import Estimate
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica
from selectivity.system.build import build_topology, start
from selectivity.units import rt
from selectivity.validation.exact import one_ligand_difference
from selectivity.validation.sections import calibration
from selectivity.validation.sections.calibration import (
    CAGE,
    DROPLET,
    INTERIOR,
    TEMPERATURE,
    again,
    axis,
    covered,
    deviates,
    true_ratio,
)


def rows_of(rng: np.random.Generator, n: int, bias: float = 0.0, shrink: float = 1.0) -> np.ndarray:
    """Estimates from eight normal replicas, their errors times ``shrink``."""
    rows = []
    for _ in range(n):
        e = Estimate.from_replicas(rng.normal(bias, 1.0, 8))
        rows.append(calibration._row(Estimate(e.value, shrink * e.error, e.dof)))
    return np.array(rows)


def test_right_intervals_cover_and_wrong_ones_do_not():
    rng, n = np.random.default_rng(1), 3000
    right = rows_of(rng, n)
    for level in (0.95, 0.6827):
        error = np.sqrt(level * (1.0 - level) / n)
        assert abs(covered(right, level).mean() - level) < 4.0 * error
    assert stats.kstest(deviates(right), "norm").pvalue > 1e-3
    assert covered(rows_of(rng, n, shrink=0.8), 0.95).mean() < 0.93
    assert covered(rows_of(rng, n, bias=0.3), 0.95).mean() < 0.93


def test_deviates_are_normal_quantiles_of_t():
    rows = np.array([[2.365, 1.0, 7.0, 0.0, 0.0], [-1.0, 1.0, 9.5, 0.0, 0.0]])
    expected = stats.norm.ppf(stats.t.cdf([2.365, -1.0], [7.0, 9.5]))
    assert deviates(rows) == pytest.approx(expected, rel=1e-9)


@pytest.mark.usefixtures("kernels")
def test_a_copied_replica_is_a_new_one(tmp_path: Path):
    spec, _ = axis(tmp_path)
    plan = SamplingPlan(
        seed=3, equilibration=200, adaptation=200, production=300, stride=3, segments=1
    )
    base = new_replica(spec, plan, 0)
    for number in (0, 3):
        copied = calibration._run(again(base, number))
        fresh = calibration._run(new_replica(spec, plan, number))
        assert copied.start_ion == fresh.start_ion
        for name in ("z", "u", "identity", "log_g", "walker", "exchange_accepted"):
            assert np.array_equal(getattr(copied, name), getattr(fresh, name)), name


def test_the_true_ratio_is_the_integral_over_the_energy(tmp_path: Path):
    spec, sites = axis(tmp_path)
    found = true_ratio(spec, sites, 0.02)
    topology = build_topology(spec)
    r = start(topology, 0.0, np.random.default_rng(0))
    ends, thermal = topology.ladder.endpoints, rt(TEMPERATURE)

    def u(ion: str, z: float) -> float:
        r[topology.x, 0] = 0.0, 0.0, z
        return energy.total_energy(topology, r, ends[ion])

    # The levelling is on the zero of the profiles: a constant, which the ratio does not see.
    zero = u("K", 0.0)

    def integral(ion: str) -> float:
        def height(z: float) -> float:
            f = float(found.levelling(np.array([z]))[0])
            return np.exp((u(ion, z) - zero - f) / thermal)

        return thermal * np.log(quad(height, *INTERIOR, epsrel=1e-6)[0])

    bulk = one_ligand_difference(DROPLET, "K", "Na")
    expected = integral("Na") - integral("K") - bulk
    assert found.ddg_integral.value == pytest.approx(expected, abs=0.02)


def test_what_bins_do_is_the_slope_within_them(tmp_path: Path):
    """One over the mean of exp(-x) for the mean of exp(x): both differ by [sinh(s/2)/(s/2)]²."""
    spec, sites = axis(tmp_path)
    fine, binned = (true_ratio(spec, sites, width) for width in (0.02, 0.1))
    off = binned.ddg_integral.value - fine.ddg_integral.value
    assert np.ptp(fine.levelling(np.array(INTERIOR))) > 1.0  # there is something to level
    thermal = rt(TEMPERATURE)
    slope = np.gradient(fine.ddg_profile.value, fine.ddg_profile.z)[fine.ddg_profile.z >= -1.1][:5]
    s = 0.1 * slope.mean() / thermal  # where Na+ resists most, K+ is in its well
    assert off < -0.2
    assert off == pytest.approx(-thermal * s * s / 12.0, rel=0.5)


def test_exact_legs_prefer_sodium():
    assert one_ligand_difference(CAGE, "K", "Na") < 0.0
    assert one_ligand_difference(DROPLET, "K", "Na") < one_ligand_difference(CAGE, "K", "Na")
